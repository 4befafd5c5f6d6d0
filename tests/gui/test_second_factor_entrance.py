"""Signing in with a second factor by keys: enrolling, the code as a second step, a wrong code beside its field."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.app.away import Away
from desktop.app.entrance import Entrance
from desktop.core.second_factor import STEP_S, code_of, step_at
from desktop.views.people.enrolment import EnrolWindow
from desktop.views.shell.sign_in import SignInWindow
from desktop.views.shell.unlock import UnlockWindow
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.clock import FakeClock
from tests.support.keys import press, write
from tests.support.made import PASSWORD, PHRASE, make_station


class Door:
    """The entrance with the window that it shows now and who came in."""

    def __init__(self, entrance: Entrance, clock: FakeClock, qtbot: QtBot) -> None:
        self.entrance, self.clock, self._qtbot = entrance, clock, qtbot
        self.windows: list[QWidget] = []
        self.entered: list[str] = []
        entrance.shown.connect(self._show)
        entrance.entered.connect(lambda _, user: self.entered.append(user))

    def _show(self, window: QWidget) -> None:
        for before in self.windows:
            before.hide()
        self._qtbot.addWidget(window)
        self.windows.append(window)
        window.show()

    def wait(self, true: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(true, timeout=20_000)

    def sign_in(self) -> SignInWindow:
        self.wait(lambda: isinstance(self.windows[-1], SignInWindow))
        window = self.windows[-1]
        assert isinstance(window, SignInWindow)
        window.card.user.clear()
        write(window.card.user, "msoto")
        write(window.card.password.input, PASSWORD)
        press(window.card.password.input, "Return")
        return window

    def enrol(self) -> str:
        self.sign_in()
        self.wait(lambda: isinstance(self.windows[-1], EnrolWindow))
        window = self.windows[-1]
        assert isinstance(window, EnrolWindow)
        assert problems(window) == []
        secret = "".join(window.card.secret.text().split())
        write(window.card.code, code_of(secret, step_at(self.clock.now())))
        press(window.card.code, "Return")
        self.wait(lambda: window.card.steps.currentIndex() == 1)
        assert problems(window) == []
        assert len(window.card.papers.toPlainText().split()) == 10
        press(window.card.kept, "Space")
        press(window.card.end, "Space")
        self.wait(lambda: bool(self.entered))
        return secret


@pytest.fixture
def door(tmp_path: Path, theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    profile = make_station(tmp_path / "perfil", monkeypatch).profile
    clock = FakeClock()
    entrance = Entrance(profile, theme, clock, away := Away(theme))
    door = Door(entrance, clock, qtbot)
    entrance.start()
    unlock = door.windows[0]
    assert isinstance(unlock, UnlockWindow)
    write(unlock.passphrase.input, PHRASE)
    press(unlock.passphrase.input, "Return")
    yield door
    entrance.end()
    away.close()


def test_an_administrator_enrols_and_signs_in_with_a_code_by_keys(door: Door) -> None:
    secret = door.enrol()
    door.clock.advance(2 * STEP_S)
    assert door.entrance.facts is not None
    door.entrance._show_sign_in(door.entrance.facts)
    card = door.sign_in().card

    door.wait(lambda: card.entry is card.code)
    write(card.code, "12 34")
    press(card.code, "Return")
    door.wait(lambda: "code" in card.form.errors)
    assert "Esta estación tiene las" in card.form.errors["code"]
    assert card.code.text() == ""
    write(card.code, code_of(secret, step_at(door.clock.now())))
    press(card.code, "Return")

    door.wait(lambda: door.entered == ["msoto", "msoto"])


def test_escape_goes_back_from_the_code_to_the_password(door: Door) -> None:
    door.enrol()
    assert door.entrance.facts is not None
    door.entrance._show_sign_in(door.entrance.facts)
    window = door.sign_in()
    card = window.card
    door.wait(lambda: card.entry is card.code)
    assert problems(window) == []

    press(card.code, "Escape")

    assert card.entry is card.password.input
    assert (card.user.text(), card.password.text()) == ("msoto", "")


def test_enrolling_can_be_put_off_at_first(door: Door) -> None:
    door.sign_in()
    door.wait(lambda: isinstance(door.windows[-1], EnrolWindow))
    window = door.windows[-1]
    assert isinstance(window, EnrolWindow)

    press(window.card.later, "Space")

    door.wait(lambda: door.entered == ["msoto"])
