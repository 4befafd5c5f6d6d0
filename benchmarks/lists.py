"""Scrolling a long list, sorted and filtered, against a small table of the library; what its rows weigh.

The long list is the register of incidents, its rows multiplied in the file: only their number matters here.
"""

import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView, QTableWidget, QTableWidgetItem
from sqlalchemy import Connection, text

from benchmarks.desk import SIZE, RegisterDesk
from benchmarks.measure import Mark, percentile
from benchmarks.memory import held_mib
from desktop.core.clock import SystemClock
from desktop.core.paths import Profile
from desktop.models.incidents.records import Incident
from desktop.models.incidents.states import IncidentStatus
from desktop.operations.demo import make_demo
from desktop.store.lists import Compare, Condition, ListSpec
from desktop.views.theme import SIZES, Theme

_REFERENCE_ROWS = 1_000
_SEED_ROWS = 2_000
_FRAMES = 400
_STEP = 7
_REST_S = 0.016
_CHUNK_ROWS = 100_000


def measure(app: QApplication, folder: Path, rows: int) -> list[Mark]:
    """Make a station with `rows` incidents in `folder` and scroll through it."""
    with make_demo(Profile(folder), SystemClock(), min(rows, _SEED_ROWS)) as station:
        station.store.local(lambda connection: _multiply(connection, rows)).result()
        theme = Theme(app)
        desk = RegisterDesk(app, station, theme, "incidents")
        panel = desk.page.list
        columns = len(panel.model.columns)
        try:
            before = held_mib()
            panel.use_spec(
                ListSpec(
                    conditions=(
                        Condition(
                            "status",
                            Compare.IN,
                            tuple(state for state in IncidentStatus if state is not IncidentStatus.CANCELLED),
                        ),
                    ),
                    sort="reported_at",
                    newest_first=True,
                )
            )
            desk.settle()
            shown = panel.model.rowCount()
            ours = _scroll(app, panel.table)
            grown = held_mib() - before
        finally:
            desk.close()
    reference = _reference(app, columns)
    return [
        Mark(
            "scroll_frame_p95",
            "ms",
            percentile(ours, 0.95),
            3,
            percentile(reference, 0.95),
            note=f"{shown} rows shown of {rows}, newest first, one state left out; "
            f"median {percentile(ours, 0.5):.2f} against {percentile(reference, 0.5):.2f}",
        ),
        Mark(
            "list_memory_per_row",
            "bytes",
            grown * 2**20 / max(1, shown),
            64,
            note="growth of the process while the list is read, sorted and scrolled; its order is 8 bytes a row",
        ),
    ]


def _multiply(connection: Connection, rows: int) -> None:
    """Repeat the incidents of the file until there are `rows`, each with an id and an instant of its own."""
    names = [column.name for column in Incident.__table__.columns]
    own = {"id": "randomblob(16)", "reported_at": "reported_at - 61000000 * (abs(random()) % 500000)"}
    picked = ", ".join(own.get(name, f'"{name}"') for name in names)
    into = ", ".join(f'"{name}"' for name in names)
    seed = int(connection.execute(text("SELECT count(*) FROM incidents")).scalar_one())
    there = seed
    while there < rows:
        count = min(_CHUNK_ROWS, rows - there)
        connection.execute(
            text(
                f"WITH RECURSIVE k(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i < :times) "
                f"INSERT INTO incidents ({into}) SELECT {picked} FROM k CROSS JOIN "
                f"(SELECT * FROM incidents WHERE rowid <= :seed) LIMIT :count"
            ),
            {"times": count // seed + 1, "seed": seed, "count": count},
        )
        there += count


def _reference(app: QApplication, columns: int) -> list[float]:
    """Scroll a table widget without the program's look."""
    look = app.styleSheet()
    app.setStyleSheet("")
    table = QTableWidget(_REFERENCE_ROWS, columns)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
    table.verticalHeader().setDefaultSectionSize(SIZES.row)
    for row in range(_REFERENCE_ROWS):
        for column in range(columns):
            table.setItem(row, column, QTableWidgetItem(f"Fila {row}, celda {column}"))
    table.resize(*SIZE)
    table.show()
    app.processEvents()
    found = _scroll(app, table)
    table.close()
    table.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    app.setStyleSheet(look)
    return found


def _scroll(app: QApplication, table: QTableView) -> list[float]:
    """Return the milliseconds of each frame: after a step, and again when its cells have come."""
    bar = table.verticalScrollBar()
    frames = []
    place = 0
    for number in range(_FRAMES):
        place = bar.maximum() * number // _FRAMES if number % 20 == 0 else min(bar.maximum(), place + _STEP)
        began = time.perf_counter()
        bar.setValue(place)
        table.viewport().repaint()
        frames.append((time.perf_counter() - began) * 1000)
        end = time.perf_counter() + _REST_S
        while time.perf_counter() < end:
            app.processEvents()
            time.sleep(0.001)
        began = time.perf_counter()
        table.viewport().repaint()
        frames.append((time.perf_counter() - began) * 1000)
    return frames
