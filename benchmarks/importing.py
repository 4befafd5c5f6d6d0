"""A foreign log brought in while its list is on screen: how late the interface is, and how fast the rows come."""

import csv
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.desk import RegisterDesk
from benchmarks.measure import Mark, percentile
from benchmarks.memory import held_mib
from desktop.core.clock import SystemClock
from desktop.core.paths import Profile
from desktop.operations.demo import make_demo
from desktop.operations.imports.mapping import propose
from desktop.operations.imports.run import Summary, import_incidents
from desktop.operations.imports.source import open_source
from desktop.views.theme import Theme

_TICK_MS = 10
_WORDS = (
    "choque",
    "ruidos",
    "vecinos",
    "portón",
    "luminaria",
    "perro",
    "vehículo",
    "riña",
    "feria",
    "plaza",
    "agua",
)
_STREETS = ("Los Notros", "Avenida Picarte", "Pedro Aguirre", "O'Higgins", "Las Encinas", "Pasaje Ñielol")
_TYPES = ("Ruidos molestos", "Accidente de tránsito", "Robo", "Violencia", "Apoyo a vecino")


class _Silent:
    """Progress that nobody watches; it marks the middle of the import for the memory."""

    def __init__(self, half: int) -> None:
        self._half = half
        self.half_mib = 0.0

    def report(self, done: int, total: int = 0, text: str = "") -> None:
        del total, text
        if not self.half_mib and done >= self._half:
            self.half_mib = held_mib()

    def check(self) -> None:
        """Go on."""


def measure(app: QApplication, folder: Path, rows: int) -> list[Mark]:
    """Import `rows` rows into a small station in `folder`."""
    folder.mkdir(parents=True)
    log = folder / "bitacora.csv"
    _write_log(log, rows)
    with make_demo(Profile(folder / "estacion"), SystemClock(), 500) as station:
        desk = RegisterDesk(app, station, Theme(app), "incidents")
        late: list[float] = []
        last = time.perf_counter()

        def tick() -> None:
            nonlocal last
            now = time.perf_counter()
            late.append((now - last) * 1000 - _TICK_MS)
            last = now

        progress = _Silent(rows // 4)
        source = open_source(log)
        mapping = propose(source.columns)
        ticking = QTimer(interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        ticking.timeout.connect(tick)

        def work() -> Summary:
            return import_incidents(
                station, source, mapping, progress, rejected_file=folder / "rechazadas.csv"
            )

        began = last = time.perf_counter()
        ticking.start()
        done = station.background(work)
        done.add_done_callback(lambda _: QTimer.singleShot(0, app, app.quit))
        app.exec()
        ticking.stop()
        seconds = time.perf_counter() - began
        summary = done.result()
        held = held_mib()
        desk.close()
    return [
        Mark(
            "import_stall",
            "ms",
            max(late),
            100,
            note=f"the latest of {len(late)} ticks of a 10 ms timer while {summary.imported} of {rows} rows come in "
            f"beside their list; 99 of 100 within {percentile(late, 0.99):.1f} ms",
        ),
        Mark(
            "import_memory_growth",
            "MiB",
            held - progress.half_mib,
            32,
            note="from a quarter of the rows to the last; the list on screen holds eight bytes a row",
        ),
        Mark("import_rows_per_second", "rows/s", summary.imported / seconds, 1_000, at_least=True),
    ]


def _write_log(path: Path, rows: int) -> None:
    """Write an invented log with the columns that another program would give it."""
    rng = random.Random(11)
    at = datetime(2024, 1, 1, tzinfo=UTC)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(("Folio", "Fecha y hora", "Tipo", "Relato", "Dirección", "Teléfono", "Sector"))
        for number in range(rows):
            at += timedelta(seconds=rng.randrange(20, 90))
            writer.writerow(
                (
                    number + 1,
                    at.strftime("%d-%m-%Y %H:%M:%S"),
                    rng.choice(_TYPES),
                    " ".join(rng.choices(_WORDS, k=9)),
                    f"{rng.choice(_STREETS)} {rng.randrange(100, 2500)}",
                    f"9{rng.randrange(10**7, 10**8)}",
                    "Centro",
                )
            )
