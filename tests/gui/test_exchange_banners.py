"""What stays above the page while something is wrong with the exchange, and goes when it is right again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.app.away import Away
from desktop.app.exchange import ExchangeDesk
from desktop.core import station_file, vault
from desktop.core.paths import Profile
from desktop.operations.setup import open_station
from desktop.operations.station import Station
from desktop.operations.users import sign_in
from desktop.views.handover import DataEvents
from desktop.views.icons import Icons
from desktop.views.shell.status import SyncState
from desktop.views.shell.window import Desk, MainWindow
from desktop.views.theme import Theme
from tests.support.desk import DictMemory, Somebody, rights_to
from tests.support.joined import joined_municipality
from tests.support.server import RunningServer
from tests.support.set_up_stations import PASSWORD, PHRASE, QUICK_ARGON, USERNAME
from tests.support.shell_pages import SPECS

WAIT_MS = 30_000


@dataclass
class ShiftedClock:
    """The machine's clock, put forward or back."""

    by: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by

    def monotonic(self) -> float:
        return datetime.now(UTC).timestamp()


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    monkeypatch.setattr(vault, "_ARGON", QUICK_ARGON)
    with joined_municipality(tmp_path) as running:
        yield running


@pytest.fixture
def station(server: RunningServer, tmp_path: Path, clock: ShiftedClock) -> Iterator[Station]:
    del server
    profile = Profile(tmp_path / "b")
    master = vault.open_with_passphrase(profile, station_file.load(profile).station_id, PHRASE)
    with open_station(profile, master, clock) as opened:
        sign_in(opened, USERNAME, PASSWORD)
        yield opened


@pytest.fixture
def window(
    station: Station, clock: ShiftedClock, theme: Theme, icons: Icons, qtbot: QtBot
) -> Iterator[MainWindow]:
    crashes: list[BaseException] = []
    events = DataEvents(station.events)
    made = MainWindow(
        Desk(theme, icons, clock, DictMemory(), station, events, SPECS, "Municipalidad", crashes.append)
    )
    made.enter(Somebody(), "msoto", rights_to("contacts"))
    made.show()
    qtbot.waitExposed(made)
    yield made
    events.stop()
    made.leave()
    made.hide()
    made.deleteLater()
    assert crashes == []


@pytest.fixture
def states() -> list[SyncState]:
    return []


Begin = Callable[[], ExchangeDesk]


@pytest.fixture
def begin(station: Station, window: MainWindow, theme: Theme, states: list[SyncState]) -> Iterator[Begin]:
    away = Away(theme)
    made: list[ExchangeDesk] = []

    def begun() -> ExchangeDesk:
        made.append(ExchangeDesk(station, window, away, states.append))
        return made[-1]

    yield begun
    for desk in made:
        desk.end()
    away.close()


def said(window: MainWindow) -> str:
    return " ".join(window.banners.texts.values())


@pytest.mark.parametrize(("sign", "words"), [(1, "10 min adelantado"), (-1, "10 min atrasado")])
def test_a_clock_that_is_wrong_is_said_and_everything_is_exchanged(
    clock: ShiftedClock,
    window: MainWindow,
    begin: Begin,
    states: list[SyncState],
    qtbot: QtBot,
    sign: int,
    words: str,
) -> None:
    clock.by = sign * timedelta(minutes=10, seconds=30)
    desk = begin()
    qtbot.waitUntil(
        lambda: bool(states) and states[-1].is_connected and not states[-1].unsent, timeout=WAIT_MS
    )
    qtbot.waitUntil(lambda: "reloj" in said(window), timeout=WAIT_MS)
    assert words in said(window)
    assert "se guarda y se envía igual" in said(window)
    desk.end()

    clock.by = timedelta(0)
    begin()
    qtbot.waitUntil(lambda: "reloj" not in said(window), timeout=WAIT_MS)


def test_a_station_that_saw_no_server_for_long_says_what_its_neighbours_do_not_answer(
    clock: ShiftedClock, server: RunningServer, window: MainWindow, begin: Begin, qtbot: QtBot
) -> None:
    server.kill()
    clock.by = timedelta(days=8)
    desk = begin()
    qtbot.waitUntil(lambda: "más de 7 días sin ver al servidor" in said(window), timeout=WAIT_MS)
    assert "por USB" in said(window)
    desk.end()

    server.start()
    clock.by = timedelta(0)
    begin()
    qtbot.waitUntil(lambda: "sin ver al servidor" not in said(window), timeout=WAIT_MS)


def test_a_station_that_was_revoked_is_told_and_goes_on_by_itself(
    station: Station, server: RunningServer, window: MainWindow, begin: Begin, qtbot: QtBot
) -> None:
    begin()
    devices = server.command("devices")
    (mine,) = [one["device"] for one in devices["devices"] if one["name"] == "Central 2"]  # type: ignore[attr-defined]
    server.command("revoke", str(mine), "--reason", "Robo del equipo")
    qtbot.waitUntil(lambda: "ya no reconoce a esta estación" in said(window), timeout=2 * WAIT_MS)
    assert "queda guardado aquí" in said(window)
    assert station.actor is not None
