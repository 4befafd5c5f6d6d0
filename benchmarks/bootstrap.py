"""A station joins a municipality with years behind it: how late the interface is meanwhile, and how long it takes."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.desk import RegisterDesk
from benchmarks.field import field, write_incidents
from benchmarks.lateness import Lateness
from benchmarks.measure import Mark
from desktop.core.clock import SystemClock
from desktop.core.paths import Profile
from desktop.models.roles import Role
from desktop.operations.context import Actor
from desktop.operations.setup import SetUp
from desktop.operations.station import Station
from desktop.sync.state import ExchangeState
from desktop.sync.station import begin_exchange, join
from desktop.views.theme import Theme
from tests.support.profiles import OPERATOR

_PHRASE = "una frase que nadie adivina"
_LOOK_MS = 200

T = TypeVar("T")


def measure(app: QApplication, folder: Path, incidents: int) -> list[Mark]:
    """Join a municipality with so many incidents, each of a change-set of its own; then let their history come."""
    folder.mkdir()
    with field(folder, ("Una",)) as (server, [first]):
        write_incidents(first, incidents)
        first.exchange()
        code = server.code("Nueva", "N1")

        def work() -> SetUp:
            return join(Profile(folder / "nueva"), "Nueva", code, _PHRASE, SystemClock())

        joining, began = Lateness(), time.perf_counter()
        made = _waited(app, work)
        join_s = time.perf_counter() - began
        joining.stop()
        with made.station as station:
            coming, history_s = _history(app, station)
            if station.store.path.stat().st_size == 0 or not coming.late_ms:
                raise RuntimeError("nothing came")
    note = (
        f"{incidents} incidents, from the code to the sign-in; their history came in {history_s:.0f} s more"
    )
    return [
        joining.mark("join_stall", f"a station with {incidents} incidents begins"),
        coming.mark("history_stall", "their history comes beside their list"),
        Mark("join_s", "s", join_s, 60, note=note),
    ]


def _history(app: QApplication, station: Station) -> tuple[Lateness, float]:
    """Let the history come while the list of incidents is on screen."""
    actor = Actor(
        OPERATOR.user_id, "Persona", "PP", frozenset({Role.ADMINISTRATOR}), station.identity.name, "N1"
    )
    station.seat(actor)
    desk = RegisterDesk(app, station, Theme(app), "incidents")
    left: list[int] = []
    began = time.perf_counter()

    def told(state: ExchangeState) -> None:
        left.append(state.history)

    lateness = Lateness()
    service = begin_exchange(station, told)
    if service is None:
        raise RuntimeError("the station is enrolled")
    look = QTimer(interval=_LOOK_MS)
    look.timeout.connect(lambda: app.quit() if left[-1:] == [0] and max(left) > 0 else None)
    look.start()
    app.exec()
    look.stop()
    lateness.stop()
    seconds = time.perf_counter() - began
    service.close()
    desk.close()
    return lateness, seconds


def _waited(app: QApplication, work: Callable[[], T]) -> T:
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        done.add_done_callback(lambda _: QTimer.singleShot(0, app, app.quit))
        app.exec()
        return done.result()
