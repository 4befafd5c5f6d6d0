"""Pages in windows of their own, for a second and third monitor.

Plain top-level windows, not floating docks: they behave alike under every window manager and survive a monitor that
goes. A page may dock its own parts inside.
"""

import json

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.views.commands import CommandRegistry
from desktop.views.services import Memory
from desktop.views.shell import placement
from desktop.views.shell.exercise import ExerciseStripe
from desktop.views.theme import Theme

_OPEN_KEY = "shell/torn_off"
_SETTLES_AFTER_MS = 1000


class PageWindow(QWidget):
    """A top-level window that holds one page; closing it gives the page back."""

    closing = Signal(str)
    settled = Signal(str)

    def __init__(self, key: str, title: str, page: QWidget, theme: Theme, *, is_exercise: bool) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.key = key
        self.page = page
        self.is_exiled = False
        self.setWindowTitle(title)
        self.setMinimumSize(480, 320)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        if is_exercise:
            layout.addWidget(ExerciseStripe(theme))
        layout.addWidget(page, 1)
        page.show()
        self.settling = QTimer(self, singleShot=True, interval=_SETTLES_AFTER_MS)
        self.settling.timeout.connect(lambda: self.settled.emit(self.key))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give the page back instead of losing it."""
        event.ignore()
        self.closing.emit(self.key)

    def moveEvent(self, event: QMoveEvent) -> None:
        """Remember the place once it is settled."""
        super().moveEvent(event)
        self.settling.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Remember the place once it is settled."""
        super().resizeEvent(event)
        self.settling.start()


class TornOff(QObject):
    """Every page window of a main window: where it stands, and what happens when a monitor goes."""

    returned = Signal(str, QWidget)

    def __init__(self, memory: Memory, theme: Theme, commands: CommandRegistry, *, is_exercise: bool) -> None:
        super().__init__(commands)
        self._memory = memory
        self._theme = theme
        self._commands = commands
        self._is_exercise = is_exercise
        self.windows: dict[str, PageWindow] = {}
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenRemoved.connect(self.screen_gone, Qt.ConnectionType.QueuedConnection)
            app.screenAdded.connect(self._screen_added, Qt.ConnectionType.QueuedConnection)

    def tear_off(self, key: str, title: str, page: QWidget) -> PageWindow:
        """Put a page into its own window, where it stood last."""
        window = PageWindow(key, title, page, self._theme, is_exercise=self._is_exercise)
        window.closing.connect(self.give_back)
        window.settled.connect(self._remember)
        self.windows[key] = window
        self._commands.attach(window)
        if not placement.restore(self._memory, _place_key(key), window):
            window.resize(1024, 720)
        window.show()
        self._remember_open()
        return window

    def give_back(self, key: str) -> None:
        """Close a page's window and hand the page to whoever listens."""
        window = self.windows.get(key)
        if window is None:
            return
        self._remember(key)
        del self.windows[key]
        self._commands.detach(window)
        window.settling.stop()
        page = window.page
        page.setParent(None)
        window.hide()
        window.deleteLater()
        self._remember_open()
        self.returned.emit(key, page)

    def give_back_all(self) -> None:
        """Close every page window, and remember that they were open."""
        opened = list(self.windows)
        for key in opened:
            self.give_back(key)
        self._memory.put(_OPEN_KEY, json.dumps(opened))

    def remembered(self) -> list[str]:
        """Return the keys of the pages that were torn off last time."""
        try:
            return [str(key) for key in json.loads(self._memory.get(_OPEN_KEY) or "[]")]
        except (ValueError, TypeError):
            return []

    def screen_gone(self) -> None:
        """Pull windows of a lost monitor onto the primary one; their own place stays remembered."""
        screens, _ = placement.screens_now()
        for key, window in self.windows.items():
            window.settling.stop()
            place = placement.Place.from_json(self._memory.get(_place_key(key)))
            window.is_exiled = place is not None and place.screen not in screens
            placement.pull_back(window)

    def screen_back(self) -> None:
        """Return exiled windows whose monitor is there again."""
        screens, _ = placement.screens_now()
        for key, window in self.windows.items():
            place = placement.Place.from_json(self._memory.get(_place_key(key)))
            if window.is_exiled and place is not None and place.screen in screens:
                placement.restore(self._memory, _place_key(key), window)
                window.is_exiled = False

    def _screen_added(self) -> None:
        QTimer.singleShot(_SETTLES_AFTER_MS // 2, self, self.screen_back)

    def _remember(self, key: str) -> None:
        window = self.windows.get(key)
        if window is not None and not window.is_exiled and window.isVisible():
            placement.remember(self._memory, _place_key(key), window)

    def _remember_open(self) -> None:
        self._memory.put(_OPEN_KEY, json.dumps(list(self.windows)))


def _place_key(key: str) -> str:
    return f"shell/place/{key}"
