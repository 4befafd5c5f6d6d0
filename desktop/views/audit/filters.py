"""The filter row of the audit: a span of time and ways to narrow it, reached with Tab, asked with Enter."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.errors import FieldError
from desktop.core.i18n import N_, tr
from desktop.operations.audit import Act, AuditChoices, AuditQuery, read_moment
from desktop.views.register.flow import FlowLayout
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Field
from desktop.views.widgets.text import label

_FIRST_SPAN = timedelta(days=7)
_WIDTHS = {
    "words": 116,
    "since": 162,
    "until": 162,
    "person": 120,
    "act": 120,
    "register": 116,
    "folio": 116,
    "station": 104,
}


class AuditFilters(QWidget):
    """What is looked for. `asked` follows Enter in a text and every other choice in a list."""

    asked = Signal()

    def __init__(self, now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.since, self.until = QLineEdit(formats.day_time(now - _FIRST_SPAN)), QLineEdit()
        self.until.setPlaceholderText(tr(N_("ahora")))
        self.folio, self.words = QLineEdit(), QLineEdit()
        self.person, self.station, self.register, self.act = (QComboBox() for _ in range(4))
        self.fields = {
            "words": Field(tr(N_("Palabra")), self.words),
            "since": Field(tr(N_("Desde")), self.since),
            "until": Field(tr(N_("Hasta")), self.until),
            "person": Field(tr(N_("Persona")), self.person),
            "act": Field(tr(N_("Acto")), self.act),
            "register": Field(tr(N_("Registro")), self.register),
            "folio": Field(tr(N_("Folio")), self.folio),
            "station": Field(tr(N_("Estación")), self.station),
        }
        row = QWidget()
        flow = FlowLayout(row, SIZES.space_2)
        for name, field in self.fields.items():
            field.setFixedWidth(_WIDTHS[name])
            flow.addWidget(field)
        self._wrong = label("", "error", wraps=True)
        self._wrong.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_1)
        layout.addWidget(row)
        layout.addWidget(self._wrong)
        everything = tr(N_("Todas"))
        for box, first in (
            (self.person, everything),
            (self.station, everything),
            (self.register, tr(N_("Todos"))),
            (self.act, tr(N_("Todos"))),
        ):
            box.addItem(first, None)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMaxVisibleItems(20)
        for act in Act:
            self.act.addItem(tr(act.label), act)
        for edit in (self.since, self.until, self.folio, self.words):
            edit.returnPressed.connect(self.asked)
        for box in (self.person, self.station, self.register, self.act):
            box.activated.connect(lambda _: self.asked.emit())

    def offer(self, choices: AuditChoices) -> None:
        """Fill the lists; what was chosen stays chosen."""
        for box, options in (
            (self.person, choices.people),
            (self.station, tuple((name, name) for name in choices.stations)),
            (self.register, choices.registers),
        ):
            chosen = box.currentData()
            while box.count() > 1:
                box.removeItem(1)
            for value, title in options:
                box.addItem(title, value)
            box.setCurrentIndex(max(0, box.findData(chosen)))

    def query(self) -> AuditQuery:
        """Return what is looked for.

        Raises:
            FieldError: a date cannot be read, or the end is not after the start.
        """
        since, until = self._moment("since", self.since), self._moment("until", self.until)
        if since is not None and until is not None and until <= since:
            raise FieldError("until", tr(N_("El término debe ser posterior al inicio.")))
        return AuditQuery(
            since,
            until,
            self.person.currentData(),
            self.station.currentData() or "",
            self.register.currentData() or "",
            self.folio.text().strip(),
            self.act.currentData(),
            self.words.text().strip(),
        )

    def show_error(self, error: FieldError) -> None:
        """Say what is wrong below the row and go to its field; what was typed stays."""
        self._wrong.setText(error.message)
        self._wrong.show()
        field = self.fields[error.field]
        field.editor.setAccessibleDescription(error.message)
        field.editor.setFocus()

    def clear_error(self) -> None:
        """Forget what was wrong."""
        self._wrong.hide()
        self._wrong.setText("")
        for field in self.fields.values():
            field.editor.setAccessibleDescription("")

    @property
    def error(self) -> str:
        """Return what is said to be wrong."""
        return self._wrong.text()

    def clear(self) -> None:
        """Look for everything."""
        for edit in (self.since, self.until, self.folio, self.words):
            edit.clear()
        for box in (self.person, self.station, self.register, self.act):
            box.setCurrentIndex(0)
        self.asked.emit()

    @staticmethod
    def _moment(name: str, edit: QLineEdit) -> datetime | None:
        try:
            return read_moment(edit.text())
        except ValueError as error:
            raise FieldError(name, str(error)) from error
