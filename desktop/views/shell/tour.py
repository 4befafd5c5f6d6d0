"""Pictures of the program on a machine without a screen: the first windows, then every page in every theme."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop.core.i18n import N_, tr
from desktop.views.shell.first_run import FirstRunWindow
from desktop.views.shell.screenshots import settle, take
from desktop.views.shell.sign_in import SignInWindow
from desktop.views.shell.unlock import UnlockWindow

if TYPE_CHECKING:
    from desktop.core.entry import Entry
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
    """Photographs everything and ends the program.

    Where there is no station yet it takes the door of the example commune; where there is one it signs in as `entry`,
    and without one, or when that is refused, it stops at that window: `stopped_by` says why.
    """

    def __init__(self, program: Toured, theme: Theme, folder: Path, entry: Entry | None = None) -> None:
        super().__init__(theme)
        self._program = program
        self._theme = theme
        self._folder = folder
        self._entry = entry
        self._answered: QWidget | None = None
        self.stopped_by = ""
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
            scenes = self._scenes(window)
            if not scenes:
                self._stop(
                    tr(N_("El programa no llegó a abrir sus páginas. El registro de errores dice por qué."))
                )
                return
            take(window, self._theme, scenes, self._folder)
            self._program.end()
        elif first is not None and first is self._answered:
            said = _refusal(first)
            if said:
                self._stop(said)
        elif first is not None:
            self._answered = first
            settle(_SETTLES_MS)
            take(first, self._theme, {_name(first): settle}, self._folder)
            self._answer(first)

    def _answer(self, first: QWidget) -> None:
        entry = self._entry
        if isinstance(first, FirstRunWindow):
            first.demo_chosen.emit()
        elif entry is None:
            self._stop(
                tr(
                    N_(
                        "Esta estación ya existe: se guardó la imagen de su primera ventana. Para las demás, diga con "
                        "{option} quién ingresa; la frase de paso y la contraseña se leen de la entrada estándar."
                    ),
                    option="--user",
                )
            )
        elif isinstance(first, UnlockWindow):
            first.submitted.emit(entry.passphrase)
        elif isinstance(first, SignInWindow):
            first.submitted.emit(entry.user, entry.password)
        else:
            self._stop(
                tr(
                    N_("{user} debe primero ingresar con el programa a la vista: hay algo que responder."),
                    user=entry.user,
                )
            )

    def _stop(self, why: str) -> None:
        self._looking.stop()
        self.stopped_by = why
        self._program.end()

    @staticmethod
    def _scenes(window: MainWindow) -> dict[str, Callable[[], None]]:
        def show(key: str) -> Callable[[], None]:
            def scene() -> None:
                window.open_page(key)
                settle(_SETTLES_MS)

            return scene

        return {key.replace("_", "-"): show(key) for key in window.page_keys}


def _name(first: QWidget) -> str:
    names = {FirstRunWindow: "primer-uso", UnlockWindow: "frase-de-paso"}
    return names.get(type(first), "ingreso")


def _refusal(first: QWidget) -> str:
    """Return what a window says against what it was given."""
    form = (
        first.form
        if isinstance(first, UnlockWindow)
        else first.card.form
        if isinstance(first, SignInWindow)
        else None
    )
    return "" if form is None else " ".join(form.errors.values())
