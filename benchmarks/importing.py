"""A foreign log brought in while its list is on screen: how late the interface is, how fast rows come and go."""

import time
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.desk import RegisterDesk
from benchmarks.foreign_log import ForeignLog, write_foreign_log
from benchmarks.lateness import Lateness
from benchmarks.measure import Mark
from benchmarks.memory import held_mib
from desktop.core.clock import SystemClock
from desktop.core.paths import Profile
from desktop.operations.demo import make_demo
from desktop.operations.imports.run import Summary, import_incidents
from desktop.operations.imports.source import open_source
from desktop.operations.imports.undo import Undone, undo_import
from desktop.operations.station import Station
from desktop.views.theme import Theme

_SIXTHS = 6


class _Memory:
    """Progress that nobody watches; it notes what the process holds after each sixth of the rows."""

    def __init__(self, rows: int) -> None:
        self._step = max(1, rows // _SIXTHS)
        self.held: dict[int, float] = {}

    def report(self, done: int, total: int = 0, text: str = "") -> None:
        del total, text
        step = done // self._step
        if step and step not in self.held:
            self.held[step] = held_mib()

    def check(self) -> None:
        """Go on."""


def measure(app: QApplication, folder: Path, rows: int) -> list[Mark]:
    """Import `rows` rows into a small station in `folder`, then undo the whole."""
    folder.mkdir(parents=True)
    log = write_foreign_log(folder / "bitacora.csv", rows)
    with make_demo(Profile(folder / "estacion"), SystemClock(), 500) as station:
        desk = RegisterDesk(app, station, Theme(app), "incidents")
        memory = _Memory(rows)
        lateness, began = Lateness(), time.perf_counter()
        summary = _brought(app, station, log, memory)
        seconds = time.perf_counter() - began
        lateness.stop()
        is_right = (summary.imported, summary.rejected, summary.duplicate) == (
            log.good,
            log.rejected,
            log.duplicate,
        )
        undoing, began = Lateness(), time.perf_counter()
        undone = _undone(app, station, summary.batch_id)
        undo_seconds = time.perf_counter() - began
        undoing.stop()
        desk.close()
    held = [round(memory.held.get(step, 0.0)) for step in range(1, _SIXTHS + 1)]
    return [
        lateness.mark("import_stall", f"{summary.imported} of {rows} rows come in beside their list"),
        Mark(
            "import_memory_growth",
            "MiB",
            held[-1] - held[0],
            32,
            note=f"held after each sixth of the rows: {held}; the list on screen holds eight bytes a row",
        ),
        Mark("import_rows_per_second", "rows/s", summary.imported / seconds, 1_000, at_least=True),
        Mark(
            "import_right_rows",
            "yes",
            float(is_right),
            1,
            at_least=True,
            note=f"{summary.rejected} bad rows and {summary.duplicate} repeated ones told apart as they were written",
        ),
        undoing.mark("undo_stall", f"{undone.voided} rows are voided beside their list"),
        Mark("undo_rows_per_second", "rows/s", undone.voided / undo_seconds, 1_000, at_least=True),
        Mark("undo_remaining", "rows", undone.remaining, 0),
    ]


def _brought(app: QApplication, station: Station, log: ForeignLog, memory: _Memory) -> Summary:
    rejected = log.path.with_name("rechazadas.csv")

    def work() -> Summary:
        source = open_source(log.path)
        return import_incidents(station, source, log.mapping, memory, rejected_file=rejected)

    done = station.background(work)
    done.add_done_callback(lambda _: QTimer.singleShot(0, app, app.quit))
    app.exec()
    return done.result()


def _undone(app: QApplication, station: Station, batch_id: UUID | None) -> Undone:
    if batch_id is None:
        raise RuntimeError("an import that writes has a number")
    done = station.background(lambda: undo_import(station, batch_id, _Memory(1)))
    done.add_done_callback(lambda _: QTimer.singleShot(0, app, app.quit))
    app.exec()
    return done.result()
