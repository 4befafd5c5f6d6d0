"""The form of one paper card. Enter goes on, as on the paper: from the hour of the call to the result."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import Channel, ClosingResult, Priority
from desktop.operations.incidents.values import StreetMatch, Suggestions
from desktop.views.incidents.completing import StreetField, TypeField
from desktop.views.incidents.late_reading import Errors, Typed, point_of, street_of
from desktop.views.incidents.late_units import UnitTimes
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Field

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_TITLES = {
    "day": N_("Fecha"),
    "time": N_("Hora de la llamada"),
    "channel": N_("Canal"),
    "phone": N_("Teléfono"),
    "caller": N_("Quién llama"),
    "narrative": N_("Qué ocurre"),
    "address": N_("Dirección o intersección"),
    "reference": N_("Referencia"),
    "type": N_("Tipo (se propone del relato)"),
    "priority": N_("Prioridad"),
    "units": N_("Móviles: hora de cada estado, 1435 o 14:35"),
    "notes": N_("Notas, una por línea con su hora: 1440 llega SAMU"),
    "closed_at": N_("Hora de cierre"),
    "result": N_("Resultado"),
    "result_note": N_("Detalle del cierre"),
}
_PLACES = (
    ("day", 0, 0, 4),
    ("time", 0, 4, 3),
    ("channel", 0, 7, 5),
    ("phone", 1, 0, 6),
    ("caller", 1, 6, 6),
    ("narrative", 2, 0, 12),
    ("address", 3, 0, 7),
    ("reference", 3, 7, 5),
    ("type", 4, 0, 7),
    ("priority", 4, 7, 5),
    ("units", 5, 0, 12),
    ("notes", 6, 0, 12),
    ("closed_at", 7, 0, 3),
    ("result", 7, 3, 9),
    ("result_note", 8, 0, 12),
)
"""Fields by row, column and width, in twelfths."""


class CardForm(QWidget):
    """The form of the card on screen."""

    edited = Signal()
    narrated = Signal()
    """The words or the address changed: whoever listens may propose type, priority and streets."""
    finished = Signal()
    """Enter in the last field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_loading = False
        self._priority_is_manual = False
        self.address, self.type = StreetField(), TypeField()
        self.lines: dict[str, QLineEdit] = {
            "day": QLineEdit(),
            "time": QLineEdit(),
            "phone": QLineEdit(),
            "caller": QLineEdit(),
            "address": self.address,
            "reference": QLineEdit(),
            "type": self.type,
            "closed_at": QLineEdit(),
            "result_note": QLineEdit(),
        }
        self.channel, self.priority, self.result = QComboBox(), QComboBox(), QComboBox()
        for channel in Channel:
            self.channel.addItem(tr(channel.label), str(channel.value))
        for priority in Priority:
            self.priority.addItem(f"{priority.shape} {tr(priority.label)}", str(priority.value))
        self.result.addItem(tr(N_("Sigue abierto")), "")
        for result in ClosingResult:
            self.result.addItem(tr(result.label), str(result.value))
        self._combos = {"channel": self.channel, "priority": self.priority, "result": self.result}
        for combo in self._combos.values():
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(8)
        self.narrative, self.notes = QPlainTextEdit(), QPlainTextEdit()
        for text in (self.narrative, self.notes):
            text.setTabChangesFocus(True)
            text.setMinimumHeight(2 * SIZES.control)
            text.setMaximumHeight(3 * SIZES.control)
        self.units = UnitTimes()
        self._order: list[QWidget] = []
        self._build()
        self._connect()

    def _build(self) -> None:
        editors: dict[str, QWidget] = {
            **self.lines,
            **self._combos,
            "narrative": self.narrative,
            "notes": self.notes,
            "units": self.units,
        }
        self.fields = {name: Field(tr(title), editors[name]) for name, title in _TITLES.items()}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, SIZES.space_3, 0)
        grid.setHorizontalSpacing(SIZES.space_3)
        grid.setVerticalSpacing(SIZES.space_2)
        for name, row, column, span in _PLACES:
            grid.addWidget(self.fields[name], row, column, 1, span, Qt.AlignmentFlag.AlignTop)
        for column in range(12):
            grid.setColumnStretch(column, 1)
        inside = QWidget()
        inside.setLayout(grid)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)

    def _connect(self) -> None:
        self._put_in_order()
        for line in self.lines.values():
            line.textEdited.connect(self._touched)
        for combo in self._combos.values():
            combo.activated.connect(self._touched)
        self.priority.activated.connect(self._choose_priority)
        self.type.chosen.connect(self._touched)
        self.address.textEdited.connect(self.narrated)
        self.address.taken.connect(self._touched)
        self.narrative.textChanged.connect(self._tell)
        self.notes.textChanged.connect(self._touched)
        self.units.edited.connect(self._touched)
        self.units.grew.connect(self._put_in_order)
        self.units.said.connect(self._say_of_units)

    def _put_in_order(self) -> None:
        lines = self.lines
        first: list[QWidget] = [lines["day"], lines["time"], self.channel, lines["phone"], lines["caller"]]
        first += [self.narrative, lines["address"], lines["reference"], lines["type"], self.priority]
        last = [self.notes, lines["closed_at"], self.result, lines["result_note"]]
        for editor in self._order:
            editor.removeEventFilter(self)
        self._order = [*first, *self.units.editors.values(), *last]
        for place, editor in enumerate(self._order):
            editor.installEventFilter(self)
            if place:
                QWidget.setTabOrder(self._order[place - 1], editor)

    def values(self) -> Typed:
        """Return the card as typed."""
        typed = {name: editor.text() for name, editor in self.lines.items()}
        typed |= {"narrative": self.narrative.toPlainText(), "notes": self.notes.toPlainText()}
        typed |= {name: combo.currentData() for name, combo in self._combos.items()}
        typed |= self.units.values() | point_of(self.address.match())
        if self.type.is_manual:
            typed["type_is_manual"] = "1"
        if self._priority_is_manual:
            typed["priority_is_manual"] = "1"
        return typed

    def load(self, typed: Mapping[str, str], errors: Errors | None = None) -> None:
        """Show a card and what is wrong with it."""
        self._is_loading = True
        self.address.forget()
        if (street := street_of(typed)) is not None:
            self.address.remember(street)
        for name, editor in self.lines.items():
            editor.setText(typed.get(name, ""))
        self.units.load(typed)
        self.narrative.setPlainText(typed.get("narrative", ""))
        self.notes.setPlainText(typed.get("notes", ""))
        standing = {"channel": Channel.PHONE.value, "priority": Priority.P3.value, "result": ""}
        for name, combo in self._combos.items():
            combo.setCurrentIndex(max(0, combo.findData(typed.get(name, str(standing[name])))))
        self.type.is_manual = bool(typed.get("type_is_manual"))
        self._priority_is_manual = bool(typed.get("priority_is_manual"))
        self._is_loading = False
        self.show_errors(errors or [])
        self._scroll.verticalScrollBar().setValue(0)

    def show_errors(self, errors: Errors) -> None:
        """Show every error beside its field; the first wrong field takes the keyboard."""
        for shown in self.fields.values():
            shown.clear_error()
        units = self.units.editors
        self.units.show_errors([(name, message) for name, message in errors if name in units])
        for name, message in reversed(errors):
            if name not in units:
                self._field(name).show_error(message)
        if errors:
            first = units.get(errors[0][0]) or self._field(errors[0][0]).editor
            first.setFocus()
            self._scroll.ensureWidgetVisible(first)

    def _field(self, name: str) -> Field:
        return self.fields.get(name, self.fields["narrative"])

    def _say_of_units(self, text: str) -> None:
        if text:
            self.fields["units"].show_error(text)
        else:
            self.fields["units"].clear_error()

    def propose(self, found: Suggestions) -> None:
        """Take type and priority from the words, never over what the person chose."""
        if found.types:
            self.type.propose(found.types[0])
        if found.priority is not None and not self._priority_is_manual:
            self.priority.setCurrentIndex(list(Priority).index(found.priority))

    def offer_streets(self, streets: Iterable[StreetMatch]) -> None:
        """Complete the address from the local index."""
        self.address.offer(list(streets))

    def start(self) -> None:
        """Take the keyboard: the date is there already, the hour is next."""
        (self.lines["time"] if self.lines["day"].text() else self.lines["day"]).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes on; a line of notes ends with it, and an empty one goes on too."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self._scroll.ensureWidgetVisible(watched)
            return False
        if (
            event.type() != QEvent.Type.KeyPress
            or not isinstance(event, QKeyEvent)
            or event.key() not in _ENTER
        ):
            return False
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier):
            return False
        if watched is self.notes and self.notes.textCursor().block().text().strip():
            return False
        self._go_on(watched)
        return True

    def _go_on(self, here: QObject) -> None:
        place = next(index for index, editor in enumerate(self._order) if editor is here)
        if self.units.is_end(here):
            self.notes.setFocus()
        elif place + 1 < len(self._order):
            following = self._order[place + 1]
            following.setFocus()
            if isinstance(following, QLineEdit):
                following.selectAll()
        else:
            self.finished.emit()

    def _touched(self) -> None:
        if not self._is_loading:
            self.edited.emit()

    def _tell(self) -> None:
        if not self._is_loading:
            self.fields["narrative"].clear_error()
            self.edited.emit()
            self.narrated.emit()

    def _choose_priority(self) -> None:
        self._priority_is_manual = True
