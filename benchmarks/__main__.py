"""Measure the marks and print one JSON document. `--quick` uses little data and says so."""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import start, work, writes
from benchmarks.measure import Mark, machine
from desktop.core.clock import SystemClock
from desktop.core.paths import Profile
from desktop.operations.demo import make_demo

ROOT = Path(__file__).resolve().parents[1]
FULL_INCIDENTS, FULL_ROWS = 250_000, 100_000
QUICK_INCIDENTS, QUICK_ROWS = 2_000, 5_000


def main(arguments: list[str]) -> int:
    """Run; 0 when every mark was measured, met or not."""
    parser = argparse.ArgumentParser(prog="python3 dev.py bench")
    parser.add_argument("--quick", action="store_true", help="little data: a look, no figure to quote")
    parser.add_argument("--incidents", type=int, help="how many incidents the station holds")
    parser.add_argument("--only", choices=("start", "work", "writes"), help="one group of marks")
    options = parser.parse_args(arguments)
    incidents = options.incidents or (QUICK_INCIDENTS if options.quick else FULL_INCIDENTS)
    rows = QUICK_ROWS if options.quick else FULL_ROWS
    marks: list[Mark] = []
    facts: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="atalaya-bench-") as scratch:
        if options.only in {None, "start"}:
            marks += start.measure(ROOT)
        if options.only in {None, "writes"}:
            marks += writes.measure(Path(scratch), rows)
        if options.only in {None, "work"}:
            began = time.perf_counter()
            with make_demo(Profile(Path(scratch) / "demo"), SystemClock(), incidents) as station:
                facts["demo_s"] = round(time.perf_counter() - began, 1)
                marks += work.measure(station)
    document = {
        "machine": machine(),
        "is_quick": options.quick,
        "incidents": incidents,
        "bulk_rows": rows,
        "facts": facts,
        "marks": [mark.as_json() for mark in marks],
    }
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
