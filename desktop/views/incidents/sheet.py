"""A small form over the page: a few fields, Enter saves, Esc leaves, errors stand beside their field."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.core import formats
from desktop.core.errors import AtalayaError, FieldError
from desktop.core.i18n import N_, tr
from desktop.register.choice import Choice
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Form, button
from desktop.views.widgets.text import label

_WIDTH = 480
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Line:
    """One field: a text, or one of a closed list. `name` is the one that a `FieldError` carries."""

    name: str
    title: str
    value: str = ""
    choices: Sequence[Choice] = ()
    help: str = ""


class FormSheet(QFrame):
    """The form. `saving` carries the values; it stays until `done` so that nothing typed is lost."""

    saving = Signal(object)

    def __init__(self, window: QWidget, title: str, lines: Sequence[Line]) -> None:
        super().__init__(window)
        self.setProperty("surface", "popup")
        self.setAccessibleName(title)
        self._before: QWidget | None = window.focusWidget()
        self.form = Form()
        self._editors: dict[str, QWidget] = {}
        for line in lines:
            editor = self._editor(line)
            self._editors[line.name] = editor
            self.form.add(line.name, line.title, editor, line.help)
        self.form.end()
        feet = QHBoxLayout()
        feet.addWidget(label(tr(N_("Enter guarda · Esc cierra")), "small"))
        feet.addStretch(1)
        feet.addWidget(button(tr(N_("Guardar")), "primary", self._save))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_4, SIZES.space_4, SIZES.space_4, SIZES.space_4)
        layout.setSpacing(SIZES.space_3)
        layout.addWidget(label(title, "strong"))
        layout.addWidget(self.form)
        layout.addLayout(feet)
        self.setFixedWidth(min(_WIDTH, window.width() - 2 * SIZES.space_4))
        self.adjustSize()
        self.move((window.width() - self.width()) // 2, max(SIZES.top_bar, window.height() // 10))
        self.show()
        self.raise_()
        next(iter(self._editors.values())).setFocus()

    def values(self) -> Values:
        """Return what stands in the fields: texts, or members of the closed lists."""
        return {
            name: editor.currentData() if isinstance(editor, QComboBox) else _text(editor)
            for name, editor in self._editors.items()
        }

    def refuse(self, error: AtalayaError) -> None:
        """Say beside its field what is wrong."""
        self.form.show_error(error)

    def done(self) -> None:
        """Close, and give the keyboard back to where it was."""
        if self._before is not None and isValid(self._before):
            self._before.setFocus()
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Serve Enter and Esc from every field."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.done()
            return True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and watched in self._editors.values():
            self._save()
            return True
        return False

    def _editor(self, line: Line) -> QWidget:
        editor: QWidget
        if line.choices:
            box = QComboBox()
            for choice in line.choices:
                box.addItem(tr(choice.label), choice)
            place = [str(choice.value) for choice in line.choices].index(line.value) if line.value else 0
            box.setCurrentIndex(place)
            editor = box
        else:
            editor = QLineEdit(line.value)
        editor.installEventFilter(self)
        return editor

    def _save(self) -> None:
        self.form.clear_errors()
        self.saving.emit(self.values())


def _text(editor: QWidget) -> str:
    return editor.text().strip() if isinstance(editor, QLineEdit) else ""


def typed_instant(name: str, text: str, day: date) -> datetime:
    """Return the UTC instant that was typed in the field `name`; a time alone is of `day`.

    Raises:
        FieldError: it is no time.
    """
    try:
        return formats.parse_instant(text, today=day)
    except ValueError as error:
        raise FieldError(name, str(error)) from error


def ask_form(
    owner: QWidget, title: str, lines: Sequence[Line], save: Callable[[FormSheet, Values], None]
) -> FormSheet:
    """Open a form over the window of `owner`; `save` gets the form and its values."""
    sheet = FormSheet(owner.window(), title, lines)
    sheet.saving.connect(lambda values: save(sheet, values))
    return sheet
