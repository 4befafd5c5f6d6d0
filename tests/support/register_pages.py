"""A register's page over a real station, with notices that are only written down."""

from dataclasses import dataclass, field
from functools import partial
from typing import cast
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from desktop.models.catalogue import BY_KEY
from desktop.operations.context import Actor
from desktop.operations.station import Station
from desktop.views.commands import CommandRegistry
from desktop.views.drafts import Drafts
from desktop.views.handover import DataEvents
from desktop.views.icons import Icons
from desktop.views.register.doors import Doors
from desktop.views.register.page import RegisterPage
from desktop.views.services import Memory, Services
from desktop.views.settings import LiveSettings, MunicipalTexts
from desktop.views.tasks import Tasks
from desktop.views.theme import Theme
from tests.support.desk import DictMemory, Noted
from tests.support.quiet import wait_until_quiet


@dataclass
class Bench:
    """A window with a page, and what the page did to its surroundings."""

    page: RegisterPage
    window: QMainWindow
    services: Services
    notices: Noted
    opened: list[tuple[str, object]] = field(default_factory=list)

    def settle(self, qtbot: QtBot) -> None:
        """Wait until nothing is being read, written or painted."""
        wait_until_quiet(qtbot, self.services.tasks, self.window)

    def close(self, qtbot: QtBot) -> None:
        self.settle(qtbot)
        self.services.events.stop()
        self.window.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def open_page(
    qtbot: QtBot,
    station: Station,
    theme: Theme,
    icons: Icons,
    register: str,
    *,
    memory: Memory | None = None,
    doors: Doors | None = None,
    size: tuple[int, int] = (1366, 768),
) -> Bench:
    actor = cast(Actor, station.actor)
    window = QMainWindow()
    notices = Noted()
    memory = memory or DictMemory()
    opened: list[tuple[str, object]] = []

    def open_elsewhere(key: str, /, **where: object) -> None:
        opened.append((key, where.get("record")))

    def tear_off(_: str) -> QWidget | None:
        return None

    tasks = Tasks(station, notices, window)
    events = DataEvents(station.events, window)
    services = Services(
        tasks=tasks,
        commands=CommandRegistry(window, actor.rights),
        theme=theme,
        icons=icons,
        toasts=notices,
        clock=station.clock,
        actor=actor,
        rights=actor.rights,
        drafts=Drafts(memory, UUID(int=1), station.clock),
        memory=memory,
        events=events,
        settings=LiveSettings(
            memory,
            actor.user_id,
            tasks,
            actor.rights,
            MunicipalTexts(partial(station.read_as, station.system), events, window),
            window,
        ),
        open_page=open_elsewhere,
        tear_off=tear_off,
    )
    page = RegisterPage(services, BY_KEY[register], doors)
    window.setCentralWidget(page)
    window.resize(*size)
    window.show()
    window.activateWindow()
    page.first_focus().setFocus()
    qtbot.waitUntil(window.isActiveWindow, timeout=5_000)
    bench = Bench(page, window, services, notices, opened)
    bench.settle(qtbot)
    return bench
