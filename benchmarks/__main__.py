"""Measure the marks and print one JSON document. `--quick` uses little data and says so."""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from benchmarks import bootstrap, exchange, gateway, importing, lists, live, stick, window, work, writes
from benchmarks.measure import Mark, machine
from desktop.app.program import prepare_qt
from desktop.core.clock import SystemClock
from desktop.core.paths import Profile
from desktop.operations.demo import make_demo

ROOT = Path(__file__).resolve().parents[1]
GROUPS = ("writes", "station", "lists", "import", "stick", "exchange", "bootstrap", "live", "gateway")
"""`station`: daily work, then the start, over one station with many incidents."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much data each group has."""

    incidents: int = 250_000
    bulk_rows: int = 100_000
    list_rows: int = 1_000_000
    import_rows: int = 600_000
    starts: int = 5
    before_the_day: int = 20_000
    day: int = 685
    """250,000 in a year."""
    exchanged: int = 100_000
    changed: int = 10_000
    joined: int = 250_000
    live_rounds: int = 300
    slow: int = 10_000
    listening: int = 400
    writing: int = 45
    per_push: int = 50
    load_s: float = 30.0
    with_pouch: bool = True


QUICK = Sizes(
    incidents=2_000,
    bulk_rows=5_000,
    list_rows=20_000,
    import_rows=5_000,
    starts=2,
    before_the_day=500,
    exchanged=300,
    changed=50,
    joined=3_000,
    live_rounds=10,
    slow=50,
    listening=12,
    writing=4,
    per_push=5,
    load_s=3.0,
    with_pouch=False,
)


@cache
def qt_application() -> QApplication:
    """Return the application, off screen where there is none."""
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return prepare_qt([])


def measured(groups: Sequence[str], sizes: Sizes) -> dict[str, Any]:
    """Measure some groups in a folder that is removed afterwards."""
    marks: list[Mark] = []
    facts: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="atalaya-bench-") as name:
        scratch = Path(name)
        if "writes" in groups:
            marks += writes.measure(scratch, sizes.bulk_rows)
        if "station" in groups:
            profile = Profile(scratch / "demo")
            began = time.perf_counter()
            with make_demo(profile, SystemClock(), sizes.incidents) as station:
                facts["demo_s"] = round(time.perf_counter() - began, 1)
                marks += work.measure(station)
            qt_application()
            marks += window.measure(ROOT, profile, sizes.starts)
        if "lists" in groups:
            marks += lists.measure(qt_application(), scratch / "lists", sizes.list_rows)
        if "import" in groups:
            marks += importing.measure(qt_application(), scratch / "import", sizes.import_rows)
        if "stick" in groups:
            marks += stick.measure(scratch / "stick", ROOT, sizes.before_the_day, sizes.day)
        if "exchange" in groups:
            made = scratch / "exchange"
            marks += exchange.measure(made, sizes.exchanged, sizes.changed, with_pouch=sizes.with_pouch)
        if "bootstrap" in groups:
            marks += bootstrap.measure(qt_application(), scratch / "bootstrap", sizes.joined)
        if "live" in groups:
            marks += live.measure(scratch / "live", sizes.live_rounds, sizes.slow)
        if "gateway" in groups:
            marks += gateway.measure(sizes.listening, sizes.writing, sizes.per_push, sizes.load_s)
    return {"facts": facts, "marks": [mark.as_json() for mark in marks]}


def main(arguments: list[str]) -> int:
    """Run; 0 when every mark was measured, met or not."""
    parser = argparse.ArgumentParser(prog="python3 dev.py bench")
    parser.add_argument("--quick", action="store_true", help="little data: a look, no figure to quote")
    parser.add_argument("--only", choices=GROUPS, action="append", help="a group of marks; can be repeated")
    parser.add_argument("--import-rows", type=int, help="rows of the foreign log, 600,000 unless said")
    options = parser.parse_args(arguments)
    sizes = QUICK if options.quick else Sizes()
    if options.import_rows:
        sizes = replace(sizes, import_rows=options.import_rows)
    document = {
        "machine": machine(),
        "is_quick": options.quick,
        "incidents": sizes.incidents,
        "bulk_rows": sizes.bulk_rows,
        "list_rows": sizes.list_rows,
        "import_rows": sizes.import_rows,
        **measured(options.only or GROUPS, sizes),
    }
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
