"""A page of a register in a window of its own over a real station, as the main window would give it one."""

import gc
import time
from collections.abc import Callable
from typing import cast
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from desktop.models.catalogue import BY_KEY
from desktop.operations.context import Actor
from desktop.operations.station import Station
from desktop.views.collector import Collector
from desktop.views.commands import CommandRegistry
from desktop.views.drafts import Drafts
from desktop.views.handover import DataEvents
from desktop.views.icons import Icons
from desktop.views.notices import NoticeAction, Tone
from desktop.views.register.page import RegisterPage
from desktop.views.services import Services
from desktop.views.settings import LiveSettings
from desktop.views.tasks import Tasks
from desktop.views.theme import Theme

SIZE = (1366, 768)


class Silence:
    """Notices that nobody reads; a crash ends the measurement."""

    def toast(
        self,
        text: str,
        tone: Tone = "info",
        undo: Callable[[], None] | None = None,
        action: NoticeAction | None = None,
    ) -> None:
        """Say nothing."""

    def banner(self, key: str, text: str, tone: Tone = "warning", action: NoticeAction | None = None) -> None:
        """Say nothing."""

    def clear_banner(self, key: str) -> None:
        """Say nothing."""

    def crash(self, error: BaseException) -> None:
        """End here."""
        raise error


class RegisterDesk:
    """A window with one register's page."""

    def __init__(self, app: QApplication, station: Station, theme: Theme, register: str) -> None:
        self._app = app
        actor = cast(Actor, station.actor)
        self.window = QMainWindow()
        tasks = Tasks(station, Silence(), self.window)
        self.services = Services(
            tasks=tasks,
            commands=CommandRegistry(self.window, actor.rights),
            theme=theme,
            icons=Icons(theme),
            toasts=Silence(),
            clock=station.clock,
            actor=actor,
            rights=actor.rights,
            drafts=Drafts(station.memory, UUID(int=1), station.clock),
            memory=station.memory,
            events=DataEvents(station.events, self.window),
            settings=LiveSettings(station.memory, actor.user_id, tasks, actor.rights, None, self.window),
            open_page=lambda _key, /, **_where: None,
            tear_off=lambda _key: None,
        )
        self.page = RegisterPage(self.services, BY_KEY[register], None)
        self.window.setCentralWidget(self.page)
        self.window.resize(*SIZE)
        self.window.show()
        self.settle()
        # As `desktop/app/program.py` does.
        gc.freeze()
        self._collector = Collector(self.window)

    def settle(self, wait_s: float = 300.0) -> None:
        """Wait until nothing is being read or written."""
        end = time.monotonic() + wait_s
        quiet = 0
        while quiet < 3:
            self._app.processEvents()
            time.sleep(0.005)
            quiet = quiet + 1 if self.services.tasks.is_idle else 0
            if time.monotonic() > end:
                raise RuntimeError("the page does not come to rest")

    def close(self) -> None:
        """Take the window away."""
        self.settle()
        self._collector.end()
        self.services.events.stop()
        self.window.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
