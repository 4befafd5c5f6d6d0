"""The third door of the first start: a station that takes people and everything else from its municipality."""

from collections.abc import Iterator
from pathlib import Path
from typing import Never

import pytest
from pytestqt.qtbot import QtBot

from desktop.app.away import Away
from desktop.app.entrance import Entrance
from desktop.core import vault
from desktop.core.clock import SystemClock
from desktop.core.paths import Profile
from desktop.core.station_file import load
from desktop.sync.station import enrol_station, exchange_once
from desktop.views.shell.first_run import FirstRunWindow
from desktop.views.shell.first_run_forms import JOINING, PROTECTION
from desktop.views.shell.recovery import RecoveryWindow
from desktop.views.shell.sign_in import SignInWindow
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.keys import click, wait_active, write
from tests.support.server import RunningServer
from tests.support.set_up_stations import PASSWORD, PHRASE, QUICK_ARGON, USERNAME, make_station


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Never:
        raise vault.KeyringUnavailable("none")

    monkeypatch.setattr(vault, "_accepted_ring", none)
    monkeypatch.setattr(vault, "_ARGON", QUICK_ARGON)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """The municipality's server, with a first station that brought its people."""
    with RunningServer(tmp_path / "servidor") as running:
        running.found()
        running.start()
        with make_station(tmp_path / "primera").station as first:
            enrol_station(first, running.code("Central 1", first.identity.device))
            exchange_once(first)
        yield running


@pytest.fixture
def entrance(tmp_path: Path, theme: Theme, qtbot: QtBot) -> Iterator[Entrance]:
    away = Away(theme)
    made = Entrance(Profile(tmp_path / "segunda"), theme, SystemClock(), away)

    def show(window: SignInWindow | RecoveryWindow | FirstRunWindow) -> None:
        qtbot.addWidget(window)
        window.show()
        wait_active(window)

    made.shown.connect(show)
    made.start()
    yield made
    made.end()


def fill(window: FirstRunWindow, code: str) -> None:
    """Answer both steps of the third door and go."""
    window.pages.setCurrentIndex(0)
    click(window.join_door)
    for name, text in (("name", "Central 2"), ("own_commune", "Puerto Esperanza"), ("code", code)):
        editor = window.forms[JOINING].fields[name].editor
        editor.clear()  # type: ignore[attr-defined]
        write(editor, text)
    click(window.next)
    for name in ("passphrase", "passphrase_again"):
        editor = window.forms[PROTECTION].fields[name].editor.input  # type: ignore[attr-defined]
        editor.clear()
        write(editor, PHRASE)
    click(window.next)


def test_a_station_joins_its_municipality_and_its_people_sign_in(
    server: RunningServer, entrance: Entrance, tmp_path: Path, qtbot: QtBot
) -> None:
    window = entrance._first
    assert isinstance(window, FirstRunWindow)
    code = server.code("Central 2", "K2")
    wrong = code[:6] + ("A" if code[6] != "A" else "B") + code[7:]
    fill(window, wrong)
    qtbot.waitUntil(lambda: bool(window.forms[window.steps.currentIndex()].errors), timeout=30_000)
    assert window.forms[window.steps.currentIndex()].errors == {
        "code": "El grupo 2 del código no está bien escrito."
    }
    assert problems(window) == []
    assert not entrance._profile.exists

    fill(window, code)
    qtbot.waitUntil(lambda: isinstance(entrance._first, RecoveryWindow), timeout=60_000)
    facts = load(Profile(tmp_path / "segunda"))
    assert (facts.municipality, facts.commune, facts.device) == (
        "Municipalidad de Prueba",
        "Puerto Esperanza",
        "K2",
    )
    recovery = entrance._first
    assert isinstance(recovery, RecoveryWindow)
    recovery.finished.emit()
    sign_in = entrance._first
    assert isinstance(sign_in, SignInWindow)
    with qtbot.waitSignal(entrance.shown, timeout=60_000):
        write(sign_in.card.user, USERNAME)
        write(sign_in.card.password.input, PASSWORD)
        click(sign_in.card.go)
    assert entrance.station is not None
    assert entrance.station.actor is not None
    assert entrance.station.actor.name == "Marta Soto"


def test_a_server_that_does_not_answer_leaves_nothing_and_keeps_what_was_typed(
    server: RunningServer, entrance: Entrance, qtbot: QtBot
) -> None:
    window = entrance._first
    assert isinstance(window, FirstRunWindow)
    code = server.code("Central 2", "K2")
    assert server.stop() == 0
    fill(window, code)
    qtbot.waitUntil(lambda: bool(window.forms[window.steps.currentIndex()].errors), timeout=60_000)
    assert "no responde" in window.forms[window.steps.currentIndex()].errors[""]
    assert not entrance._profile.exists
    assert window.answers.joining().code == code
