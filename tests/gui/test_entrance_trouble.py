"""A station whose folder or file has suffered: the first window says so and stays of use."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.app.away import Away
from desktop.app.entrance import Entrance
from desktop.core.paths import Profile
from desktop.views.shell.sign_in import SignInWindow
from desktop.views.shell.unlock import UnlockWindow
from desktop.views.theme import Theme
from desktop.views.widgets.controls import Form
from tests.support.clock import FakeClock
from tests.support.made import PHRASE, make_station


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    return make_station(tmp_path / "perfil", monkeypatch).profile


@pytest.fixture
def entrance(profile: Profile, theme: Theme, qtbot: QtBot) -> Iterator[Entrance]:
    made = Entrance(profile, theme, FakeClock(), away := Away(theme))

    def show(window: SignInWindow | UnlockWindow) -> None:
        qtbot.addWidget(window)
        window.show()

    made.shown.connect(show)
    yield made
    made.end()
    away.close()


def _said(form: Form) -> str:
    return " ".join(form.errors.values())


def test_a_damaged_station_file_is_said_and_looked_at_again(
    entrance: Entrance, profile: Profile, qtbot: QtBot
) -> None:
    whole = profile.station_file.read_bytes()
    profile.station_file.write_bytes(whole[: len(whole) // 2])
    windows: list[SignInWindow | UnlockWindow] = []
    entrance.shown.connect(windows.append)

    entrance.start()

    first = windows[0]
    assert isinstance(first, SignInWindow)
    assert "está dañado" in _said(first.card.form)
    profile.station_file.write_bytes(whole)
    first.submitted.emit("msoto", "clave larga 1")
    assert isinstance(windows[1], UnlockWindow)


def _empty(database: Path) -> None:
    database.write_bytes(b"")


def _flipped(database: Path) -> None:
    held = bytearray(database.read_bytes())
    for place in range(4596, len(held), 4096):
        held[place] ^= 0x41
    database.write_bytes(held)


@pytest.mark.parametrize("harm", [_empty, _flipped])
def test_a_damaged_database_is_said_in_the_window_that_asks_for_the_key(
    entrance: Entrance, profile: Profile, qtbot: QtBot, harm: Callable[[Path], None]
) -> None:
    harm(profile.database)
    windows: list[SignInWindow | UnlockWindow] = []
    entrance.shown.connect(windows.append)
    entrance.start()
    window = windows[0]
    assert isinstance(window, UnlockWindow)

    window.submitted.emit(PHRASE)

    qtbot.waitUntil(lambda: "restaure el último respaldo" in _said(window.form), timeout=20_000)
    assert entrance.station is None
