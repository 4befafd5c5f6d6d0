"""The few questions that a register asks in a window: why, save or not, whose value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.core.i18n import N_, tr
from desktop.views.register.flow import FlowLayout
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Field, button
from desktop.views.widgets.text import label

READ_REASONS = (
    N_("Atención del incidente en curso"),
    N_("Requerimiento de fiscalía o policía"),
    N_("Seguimiento del caso"),
    N_("Supervisión del turno"),
)
VOID_REASONS = (N_("Ingresado por error"), N_("Duplicado"), N_("Dato de prueba"))
EXPORT_REASONS = (N_("Informe a la jefatura"), N_("Requerimiento de fiscalía"), N_("Estadística mensual"))


_LONGEST_NAME = 60


class _Question(QDialog):
    """A window of our own: title, text, content, buttons; it never blocks the program."""

    def __init__(self, title: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(440)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(SIZES.space_6, SIZES.space_5, SIZES.space_6, SIZES.space_5)
        self.body.setSpacing(SIZES.space_3)
        self.body.addWidget(label(title, "title"))
        if text:
            self.body.addWidget(label(text, "muted", wraps=True))


class ReasonDialog(_Question):
    """Asks why, with quick choices (number keys) and room for other words."""

    def __init__(
        self,
        title: str,
        text: str,
        *,
        choices: Sequence[str],
        verb: str,
        done: Callable[[str], None],
        parent: QWidget,
    ) -> None:
        super().__init__(title, text, parent)
        self._done = done
        quick = QWidget()
        flow = FlowLayout(quick, SIZES.space_2)
        for number, choice in enumerate(choices, start=1):
            words = tr(choice)
            made = button(f"{number}  {words}", "plain", partial(self._take, words))
            made.setShortcut(f"Alt+{number}")
            made.setToolTip(f"Alt+{number}")
            flow.addWidget(made)
        self.body.addWidget(quick)
        self.reason = QLineEdit()
        self.reason.setAccessibleName(tr(N_("Motivo")))
        self.reason.setPlaceholderText(tr(N_("Otro motivo")))
        self.body.addWidget(self.reason)
        self._error = label("", "error")
        self._error.hide()
        self.body.addWidget(self._error)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(button(tr(N_("Cancelar")), "quiet", self.reject))
        accept = button(verb, "primary", self._accept)
        accept.setDefault(True)
        buttons.addWidget(accept)
        self.body.addLayout(buttons)
        self.reason.setFocus()

    def _take(self, words: str) -> None:
        self.accept()
        self._done(words)

    def _accept(self) -> None:
        words = self.reason.text().strip()
        if not words:
            self._error.setText(tr(N_("Elija un motivo o escriba otro.")))
            self._error.show()
            self.reason.setFocus()
            return
        self._take(words)


class NameDialog(_Question):
    """Asks for a name; `done` has it without the blanks around it."""

    def __init__(
        self, title: str, text: str, *, field: str, verb: str, done: Callable[[str], None], parent: QWidget
    ) -> None:
        super().__init__(title, text, parent)
        self._done = done
        self.name = QLineEdit()
        self.name.setMaxLength(_LONGEST_NAME)
        self.field = Field(field, self.name)
        self.body.addWidget(self.field)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(button(tr(N_("Cancelar")), "quiet", self.reject))
        accept = button(verb, "primary", self._accept)
        accept.setDefault(True)
        buttons.addWidget(accept)
        self.body.addLayout(buttons)
        self.name.setFocus()

    def _accept(self) -> None:
        words = self.name.text().strip()
        if not words:
            self.field.show_error(tr(N_("Escriba un nombre.")))
            self.adjustSize()
            self.name.setFocus()
            return
        self.accept()
        self._done(words)


class UnsavedDialog(_Question):
    """Asks what becomes of what was typed."""

    def __init__(
        self, name: str, save: Callable[[], None], discard: Callable[[], None], parent: QWidget
    ) -> None:
        super().__init__(
            tr(N_("Hay cambios sin guardar")),
            tr(N_("Lo que escribió en «{name}» aún no se guarda."), name=name),
            parent,
        )
        buttons = QHBoxLayout()
        buttons.addWidget(button(tr(N_("Descartar")), "danger", partial(self._leave, discard)))
        buttons.addStretch(1)
        buttons.addWidget(button(tr(N_("Seguir editando")), "quiet", self.reject))
        accept = button(tr(N_("Guardar")), "primary", partial(self._leave, save))
        accept.setDefault(True)
        buttons.addWidget(accept)
        self.body.addLayout(buttons)
        accept.setFocus()

    def _leave(self, then: Callable[[], None]) -> None:
        self.accept()
        then()


class ConflictDialog(_Question):
    """Shows what the person wrote beside what somebody else saved meanwhile, field by field."""

    def __init__(
        self,
        text: str,
        rows: Sequence[tuple[str, str, str]],
        keep_mine: Callable[[], None],
        take_theirs: Callable[[], None],
        parent: QWidget,
    ) -> None:
        super().__init__(tr(N_("Dos personas cambiaron lo mismo")), text, parent)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SIZES.space_4)
        grid.setVerticalSpacing(SIZES.space_2)
        for column, head in enumerate((N_("Campo"), N_("Lo que usted escribió"), N_("Lo guardado ahora"))):
            grid.addWidget(label(tr(head), "label"), 0, column)
        for line, cells in enumerate(rows, start=1):
            for column, words in enumerate(cells):
                grid.addWidget(
                    label(words or "—", "strong" if column == 1 else "body", wraps=True), line, column
                )
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        self.body.addLayout(grid)
        buttons = QHBoxLayout()
        buttons.addWidget(button(tr(N_("Seguir editando")), "quiet", self.reject))
        buttons.addStretch(1)
        buttons.addWidget(button(tr(N_("Usar lo guardado")), "plain", partial(self._leave, take_theirs)))
        mine = button(tr(N_("Conservar lo mío")), "primary", partial(self._leave, keep_mine))
        mine.setDefault(True)
        buttons.addWidget(mine)
        self.body.addLayout(buttons)

    def _leave(self, then: Callable[[], None]) -> None:
        self.accept()
        then()
