"""The printed code: shown once, and the way into a station whose keyring or passphrase is lost."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.app.away import Away
from desktop.app.entrance import Entrance
from desktop.core import vault
from desktop.core.errors import AtalayaError
from desktop.core.paths import Profile
from desktop.views.shell.first_run import FirstRunWindow
from desktop.views.shell.recovery import RecoveryWindow
from desktop.views.shell.sign_in import SignInWindow
from desktop.views.shell.unlock import UnlockWindow
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.clock import FakeClock
from tests.support.keys import click, press, wait_active, write
from tests.support.set_up_stations import QUICK_ARGON, Ring, make_station


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setattr(vault, "_accepted_ring", lambda: made)
    monkeypatch.setattr(vault, "_ARGON", QUICK_ARGON)
    return made


@pytest.fixture
def enter(theme: Theme, qtbot: QtBot) -> Iterator[Callable[[Profile], Entrance]]:
    """Start the entrance of a profile and show its windows as the program does."""
    made: list[tuple[Entrance, Away]] = []

    def start(profile: Profile) -> Entrance:
        away = Away(theme)
        entrance = Entrance(profile, theme, FakeClock(), away)
        made.append((entrance, away))

        def show(window: SignInWindow | UnlockWindow) -> None:
            qtbot.addWidget(window)
            window.show()
            wait_active(window)

        entrance.shown.connect(show)
        entrance.start()
        return entrance

    yield start
    for entrance, _ in made:
        entrance.end()


def window_of(entrance: Entrance, qtbot: QtBot, kind: type, since: object = None) -> object:
    """Wait until the entrance shows a window of that kind, another than `since`."""
    qtbot.waitUntil(
        lambda: isinstance(entrance._first, kind) and entrance._first is not since, timeout=30_000
    )
    return entrance._first


def unlock_window(entrance: Entrance, qtbot: QtBot, since: object = None) -> UnlockWindow:
    window = window_of(entrance, qtbot, UnlockWindow, since)
    assert isinstance(window, UnlockWindow)
    return window


def refused(window: UnlockWindow, qtbot: QtBot) -> str:
    qtbot.waitUntil(lambda: bool(window.form.errors), timeout=30_000)
    return " ".join(window.form.errors.values())


def test_a_station_whose_keyring_is_lost_opens_with_the_printed_code(
    enter: Callable[[Profile], Entrance], qtbot: QtBot, ring: Ring, tmp_path: Path
) -> None:
    made = make_station(tmp_path / "perfil", by_keyring=True)
    made.station.close()
    ring.held.clear()
    entrance = enter(Profile(tmp_path / "perfil"))
    window = unlock_window(entrance, qtbot)
    assert window.other_way.isHidden()
    assert window.passphrase.input.echoMode() == QLineEdit.EchoMode.Normal
    assert problems(window) == []

    wrong = made.recovery_code[:-1] + ("A" if made.recovery_code[-1] != "A" else "B")
    write(window.passphrase.input, wrong)
    press(window.passphrase.input, "Return")

    assert "no abre esta estación" in refused(window, qtbot)
    assert window.passphrase.text() == wrong
    assert entrance.station is None

    window.passphrase.clear()
    write(window.passphrase.input, made.recovery_code.lower().replace("-", " "))
    press(window.passphrase.input, "Return")

    assert isinstance(window_of(entrance, qtbot, SignInWindow), SignInWindow)
    assert entrance.station is not None


def test_a_forgotten_phrase_gives_way_to_the_code_and_back(
    enter: Callable[[Profile], Entrance], qtbot: QtBot, tmp_path: Path
) -> None:
    made = make_station(tmp_path / "perfil")
    made.station.close()
    entrance = enter(Profile(tmp_path / "perfil"))
    by_phrase = unlock_window(entrance, qtbot)
    write(by_phrase.passphrase.input, "una frase que no es")
    press(by_phrase.passphrase.input, "Return")
    assert "no abre esta estación" in refused(by_phrase, qtbot)
    assert by_phrase.passphrase.text() == ""

    click(by_phrase.other_way)
    by_code = unlock_window(entrance, qtbot, by_phrase)
    click(by_code.other_way)
    again = unlock_window(entrance, qtbot, by_code)
    click(again.other_way)
    by_code = unlock_window(entrance, qtbot, again)
    write(by_code.passphrase.input, made.recovery_code)
    click(by_code.go)

    window_of(entrance, qtbot, SignInWindow)
    assert entrance.station is not None


def test_the_code_is_shown_once_and_only_a_person_who_kept_it_goes_on(theme: Theme, qtbot: QtBot) -> None:
    window = RecoveryWindow(theme, "Municipalidad de Puerto Esperanza", "ABCD-EFGH")
    qtbot.addWidget(window)
    went: list[bool] = []
    window.finished.connect(lambda: went.append(True))
    window.show()
    wait_active(window)

    assert window.code.text() == "ABCD-EFGH"
    assert window.code.isReadOnly()
    click(window.go)
    assert went == []
    assert problems(window) == []
    window.kept.setFocus()
    press(window.kept, "Space")
    click(window.go)

    assert went == [True]


def test_the_first_window_does_not_wait_for_a_keyring_that_is_slow(
    enter: Callable[[Profile], Entrance], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()

    def slow() -> Ring:
        if not answers.wait(60):
            raise AtalayaError("nobody let it answer")
        return Ring()

    monkeypatch.setattr(vault, "_accepted_ring", slow)
    entrance = enter(Profile(tmp_path / "perfil"))

    window = entrance._first
    assert isinstance(window, FirstRunWindow)
    assert window.isVisible()
    assert window.answers.by_keyring.isHidden()
    answers.set()
    qtbot.waitUntil(lambda: not window.answers.by_keyring.isHidden(), timeout=30_000)

    assert window.answers.by_keyring.isChecked()
