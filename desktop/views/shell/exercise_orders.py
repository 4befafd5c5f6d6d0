"""Beginning, opening and ending an exercise from the bar. The exercise runs in a window and a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QProcess, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout

from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.register.access import Action
from desktop.views.commands import Command, Permission
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Form, PasswordEdit, button
from desktop.views.widgets.text import label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.views.services import Services

_GROUP = N_("Ejercicio")
_MAY = Permission(Action.VOID, "shifts")


def start_program(folder: Path) -> bool:
    """Start the program on another data folder, in a process of its own."""
    started, _ = QProcess.startDetached(sys.executable, ["-m", "desktop", "run", "--profile", str(folder)])
    return started


@dataclass(frozen=True, slots=True)
class ExerciseDesk:
    """What the station offers for exercises. `begin` takes the passphrase, None where the keyring keeps the key."""

    folder: Path
    asks_passphrase: bool
    is_there: Callable[[], bool]
    begin: Callable[[str | None], None]
    end: Callable[[], None]
    start: Callable[[Path], bool] = start_program


class ExerciseDialog(QDialog):
    """Says what will happen, asks the passphrase where there is one, and does it; a refusal stays in it."""

    def __init__(
        self,
        title: str,
        text: str,
        verb: str,
        accepted: Callable[[ExerciseDialog], None],
        parent: QWidget,
        *,
        asks_passphrase: bool = False,
        is_danger: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(460)
        self._accepted = accepted
        self.passphrase = PasswordEdit() if asks_passphrase else None
        self.form = Form()
        if self.passphrase is not None:
            self.form.add("passphrase", tr(N_("Frase de paso de esta estación")), self.passphrase)
            self.passphrase.input.returnPressed.connect(self.submit)
        self.form.end()
        self.go = button(verb, "danger" if is_danger else "primary", self.submit)
        self.go.setDefault(not asks_passphrase)
        body = QVBoxLayout(self)
        body.setContentsMargins(SIZES.space_6, SIZES.space_5, SIZES.space_6, SIZES.space_5)
        body.setSpacing(SIZES.space_3)
        body.addWidget(label(title, "title"))
        body.addWidget(label(text, "muted", wraps=True))
        body.addWidget(self.form)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(button(tr(N_("Cancelar")), "quiet", self.reject))
        buttons.addWidget(self.go)
        body.addLayout(buttons)
        (self.passphrase or self.go).setFocus()

    def submit(self) -> None:
        """Do it, once."""
        if self.go.isEnabled():
            self.form.clear_errors()
            self.go.setEnabled(False)
            self._accepted(self)

    def refuse(self, error: AtalayaError) -> None:
        """Say why not; the passphrase is typed again."""
        if self.passphrase is not None:
            self.passphrase.clear()
        self.go.setEnabled(True)
        self.form.show_error(error)


def exercise_orders(services: Services, desk: ExerciseDesk, window: QWidget) -> tuple[Command, ...]:
    """Return the orders for the person who sits here now."""
    return (
        Command(
            "exercise.begin",
            N_("Iniciar ejercicio…"),
            lambda: _begin(services, desk, window),
            "",
            "flag",
            _MAY,
            words=("ejercicio", "iniciar ejercicio"),
            group=_GROUP,
        ),
        Command(
            "exercise.open",
            N_("Abrir el ejercicio"),
            lambda: _open(services, desk),
            "",
            "flag",
            enabled_when=desk.is_there,
            words=("abrir ejercicio",),
            group=_GROUP,
        ),
        Command(
            "exercise.end",
            N_("Terminar y borrar el ejercicio…"),
            lambda: _end(services, desk, window),
            "",
            "trash",
            _MAY,
            enabled_when=desk.is_there,
            words=("terminar ejercicio",),
            group=_GROUP,
        ),
    )


def _begin(services: Services, desk: ExerciseDesk, window: QWidget) -> None:
    if desk.is_there():
        _open(services, desk)
        return

    def accepted(dialog: ExerciseDialog) -> None:
        phrase = None if dialog.passphrase is None else dialog.passphrase.text()

        def done() -> None:
            dialog.accept()
            _open(services, desk)

        _away(services, N_("Preparando el ejercicio"), lambda: desk.begin(phrase), done, dialog)

    ExerciseDialog(
        tr(N_("Iniciar un ejercicio")),
        tr(
            N_(
                "Se prepara una copia aparte con las personas, la dotación, los móviles y los catálogos, sin llamadas "
                "ni incidentes. Se abre en otra ventana, con franjas, y cada quien ingresa con su contraseña de "
                "siempre. Nada de lo que se escriba allí llega a los datos reales; la bitácora anota el inicio."
            )
        ),
        tr(N_("Iniciar ejercicio")),
        accepted,
        window,
        asks_passphrase=desk.asks_passphrase,
    ).open()


def _open(services: Services, desk: ExerciseDesk) -> None:
    if desk.start(desk.folder):
        services.toasts.toast(tr(N_("El ejercicio se abre en otra ventana.")), tone="success")
    else:
        services.toasts.toast(
            tr(
                N_("No se pudo abrir la ventana del ejercicio. Ábrala con: {order}"),
                order="atalaya exercise open",
            ),
            tone="danger",
        )


def _end(services: Services, desk: ExerciseDesk, window: QWidget) -> None:
    def accepted(dialog: ExerciseDialog) -> None:
        def done() -> None:
            dialog.accept()
            services.toasts.toast(tr(N_("El ejercicio terminó y sus datos se borraron.")), tone="success")

        _away(services, N_("Terminando el ejercicio"), desk.end, done, dialog)

    ExerciseDialog(
        tr(N_("Terminar el ejercicio")),
        tr(
            N_(
                "Se borra todo lo escrito en el ejercicio y no se puede recuperar. Imprima antes lo que deba quedar. "
                "Los datos reales no cambian; la bitácora anota el término."
            )
        ),
        tr(N_("Terminar y borrar")),
        accepted,
        window,
        is_danger=True,
    ).open()


def _away(
    services: Services, title: str, work: Callable[[], None], done: Callable[[], None], dialog: ExerciseDialog
) -> None:
    """Work outside the interface's thread; a refusal is said in the dialog."""

    def guarded() -> AtalayaError | None:
        try:
            work()
        except AtalayaError as error:
            return error
        return None

    def ended(refused: AtalayaError | None) -> None:
        if refused is None:
            done()
        else:
            dialog.refuse(refused)

    services.tasks.job(tr(title), lambda _progress: guarded(), ended, owner=dialog)
