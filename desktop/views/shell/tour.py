"""Pictures of the program on a machine without a screen: the first windows, then every page in every theme."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop.views.shell.first_run import FirstRunWindow
from desktop.views.shell.screenshots import settle, take

if TYPE_CHECKING:
    from desktop.views.shell.window import MainWindow
    from desktop.views.theme import Theme

_LOOK_EVERY_MS = 200
_SETTLES_MS = 900


class Toured(Protocol):
    """The running program, as far as a visitor needs it."""

    @property
    def window(self) -> MainWindow | None:
        """Return the main window once somebody was in."""
        ...

    @property
    def first_window(self) -> QWidget | None:
        """Return the window before the main one."""
        ...

    def end(self) -> None:
        """End the program."""
        ...


class Tour(QObject):
    """Takes the door of the example commune when there is no station yet, photographs all, and ends the program."""

    def __init__(self, program: Toured, theme: Theme, folder: Path) -> None:
        super().__init__(theme)
        self._program = program
        self._theme = theme
        self._folder = folder
        self._has_chosen = False
        self._looking = QTimer(self, interval=_LOOK_EVERY_MS)
        self._looking.timeout.connect(self._look)

    def start(self) -> None:
        """Begin once the event loop runs."""
        self._looking.start()

    def _look(self) -> None:
        window, first = self._program.window, self._program.first_window
        if window is not None:
            self._looking.stop()
            settle(_SETTLES_MS)
            take(window, self._theme, self._scenes(window), self._folder)
            self._program.end()
        elif first is not None and not self._has_chosen:
            self._has_chosen = True
            settle(_SETTLES_MS)
            take(
                first,
                self._theme,
                {"primer-uso" if isinstance(first, FirstRunWindow) else "ingreso": settle},
                self._folder,
            )
            if isinstance(first, FirstRunWindow):
                first.demo_chosen.emit()
            else:
                self._program.end()

    @staticmethod
    def _scenes(window: MainWindow) -> dict[str, Callable[[], None]]:
        def show(key: str) -> Callable[[], None]:
            def scene() -> None:
                window.open_page(key)
                settle(_SETTLES_MS)

            return scene

        return {key.replace("_", "-"): show(key) for key in window.page_keys}
