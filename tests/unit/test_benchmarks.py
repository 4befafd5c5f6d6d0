"""The measurements run and say what they declare; how fast anything is, no test says."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.measure import Mark, percentile

ROOT = Path(__file__).resolve().parents[2]
_SCRIPT = """
import json, sys
from benchmarks.__main__ import Sizes, measured
sizes = Sizes(
    incidents=60, bulk_rows=500, list_rows=300, import_rows=300, starts=1, before_the_day=20, day=5,
    exchanged=40, changed=10, joined=2_100,
    live_rounds=3, slow=10, listening=5, writing=2, per_push=3, load_s=2, with_pouch=False,
)
print(json.dumps(measured([sys.argv[1]], sizes)))
"""
_EXPECTED = {
    "writes": {"journalled_write", "bulk_import_speed", "verify_chain"},
    "station": {
        "save_incident_p95",
        "note_p95",
        "assign_p95",
        "unit_state_p95",
        "search_p95",
        "open_by_code_p95",
        "start_to_sign_in",
        "start_to_central",
        "wait_for_central",
        "change_of_person",
        "memory_in_central",
    },
    "lists": {"scroll_frame_p95", "list_memory_per_row"},
    "import": {
        "import_stall",
        "import_memory_growth",
        "import_rows_per_second",
        "import_right_rows",
        "undo_stall",
        "undo_rows_per_second",
        "undo_remaining",
    },
    "stick": {"stick_out", "stick_in"},
    "exchange": {"push_speed", "pull_speed", "snapshot_speed", "update_s", "update_bytes", "concurrent_s"},
    "bootstrap": {"join_stall", "history_stall", "join_s"},
    "live": {
        "live_server_p50",
        "live_server_p95",
        "live_lan_p50",
        "live_lan_p95",
        "lan_five_slowest",
        "slow_line_s",
    },
    "gateway": {
        "gateway_listening",
        "gateway_changes",
        "gateway_push_p95",
        "gateway_pull_cpu",
        "gateway_bytes_kept",
    },
}


def _run(group: str) -> dict[str, Any]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, group],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("group", sorted(_EXPECTED))
def test_each_group_of_marks_is_measured_over_little_data(group: str) -> None:
    marks = {mark["name"]: mark for mark in _run(group)["marks"]}

    assert _EXPECTED[group] <= marks.keys()
    for mark in marks.values():
        assert {"value", "unit", "target", "reference", "compared", "is_met"} <= mark.keys()
        assert isinstance(mark["is_met"], bool)


def test_a_mark_with_a_reference_is_judged_by_the_ratio() -> None:
    mark = Mark("start", "s", value=0.9, target=4, reference=0.3).as_json()

    assert mark["compared"] == pytest.approx(3)
    assert mark["is_met"]


def test_a_mark_that_must_reach_its_target_is_missed_below_it() -> None:
    assert not Mark("speed", "rows/s", value=10, target=0.25, reference=100, at_least=True).as_json()[
        "is_met"
    ]
    assert not Mark("stall", "ms", value=101, target=100).as_json()["is_met"]


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([3, 1, 2, 4], 0.5) == 3
    assert percentile([7], 0.95) == 7
