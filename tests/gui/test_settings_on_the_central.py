"""The central says that it is silent, and names the keys that are in force."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.core.setting_list import SOUNDS
from desktop.views.icons import Icons
from desktop.views.incidents.central import CentralPage
from desktop.views.theme import Theme
from tests.support.desks import Desk, furnish, open_desk
from tests.support.stations import open_station


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, theme: Theme, icons: Icons) -> Iterator[Desk[CentralPage]]:
    with open_station(tmp_path) as station:
        furnish(station)
        opened = open_desk(qtbot, station, theme, icons, CentralPage, tmp_path / "papers")
        yield opened
        opened.close(qtbot)


def test_a_silenced_central_says_so_until_it_sounds_again(desk: Desk[CentralPage], qtbot: QtBot) -> None:
    before = desk.page.silence.isVisible()
    desk.services.settings.put(SOUNDS, value=False)
    qtbot.waitUntil(desk.page.silence.isVisible)
    desk.page.alarm.sound()
    sounded = desk.page.alarm.times_sounded
    desk.services.settings.reset(SOUNDS)
    qtbot.waitUntil(lambda: not desk.page.silence.isVisible())

    assert not before
    assert sounded == 0
    assert "no suenan" in desk.page.silence.text()


def test_the_line_of_keys_follows_the_person(desk: Desk[CentralPage]) -> None:
    def shown() -> list[str]:
        return [one.text() for one in desk.page.console.findChildren(QLabel) if "nota ·" in one.text()]

    before = shown()
    desk.services.commands.use_keys({"central.note": "Ctrl+J", "central.refer": ""})

    assert before == ["F2 nota · F6 despachar · F7 estado · F8 derivar · F9 cerrar"]
    assert shown() == ["Ctrl+J nota · F6 despachar · F7 estado · F9 cerrar"]
