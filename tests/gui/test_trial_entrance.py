"""The demonstration of the exchange: from the first window to two signed-in stations and their server."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.app import trial
from desktop.app.away import Away
from desktop.app.entrance import Entrance
from desktop.core import station_file, vault
from desktop.core.clock import SystemClock
from desktop.core.paths import Profile
from desktop.operations.demo import DEMO_PASSPHRASE
from desktop.store.engine import connect
from desktop.views.shell.first_run import FirstRunWindow
from desktop.views.shell.trial import TrialWindow
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.keys import click, wait_active

WAIT_MS = 60_000


@pytest.fixture
def entrance(
    tmp_path: Path, theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Entrance]:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(vault, "keyring_is_available", lambda: False)
    monkeypatch.setattr(trial, "_INCIDENTS", 20)
    made = Entrance(Profile(tmp_path / "perfil"), theme, SystemClock(), Away(theme))

    def show(window: QWidget) -> None:
        qtbot.addWidget(window)
        window.show()
        wait_active(window)

    made.shown.connect(show)
    made.start()
    yield made
    made.end()


def sign_ins(folder: Path) -> int:
    """Count the sign-ins at a station, beside the program that has it open."""
    profile = Profile(folder)
    master = vault.open_with_passphrase(profile, station_file.load(profile).station_id, DEMO_PASSPHRASE)
    connection = connect(profile.database, master.database, read_only=True)
    with closing(connection):
        found = connection.execute(
            "SELECT count(*) FROM journal WHERE operation = 'users.sign_in'"
        ).fetchone()
    return int(found[0])


def test_both_stations_open_signed_in_and_the_server_is_stopped_and_started(
    entrance: Entrance, tmp_path: Path, qtbot: QtBot
) -> None:
    first = entrance._first
    assert isinstance(first, FirstRunWindow)
    qtbot.waitUntil(first.trial_door.isVisible, timeout=WAIT_MS)
    click(first.trial_door)
    qtbot.waitUntil(lambda: isinstance(entrance._first, TrialWindow), timeout=WAIT_MS)
    window = entrance._first
    assert isinstance(window, TrialWindow)
    assert [state.text() for state in window.states] == ["en marcha", "cerrada", "cerrada"]
    assert problems(window) == []

    folder = tmp_path / "perfil-demostracion"
    before = {name: sign_ins(folder / name) for name in ("central-1", "central-2")}
    for made in window.station_buttons:
        click(made)
    qtbot.waitUntil(lambda: not any(one.isEnabled() for one in window.station_buttons), timeout=WAIT_MS)
    assert [state.text() for state in window.states] == ["en marcha", "abierta", "abierta"]

    click(window.server_button)
    qtbot.waitUntil(lambda: window.states[0].text() == "detenido", timeout=WAIT_MS)
    click(window.server_button)
    qtbot.waitUntil(lambda: window.states[0].text() == "en marcha", timeout=WAIT_MS)

    for station, count in before.items():
        qtbot.waitUntil(lambda: sign_ins(folder / station) > count, timeout=WAIT_MS)  # noqa: B023 - at once
    entrance.end()
