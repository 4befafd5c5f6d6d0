"""One paper card as typed, and its form. Enter goes on, as on the paper: from the hour of the call to the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFrame,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import Channel, ClosingResult, Priority
from desktop.operations.incidents.values import CardUnit, IntakeDraft, LateCard, Suggestions
from desktop.views.orders import folded
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Field
from desktop.views.widgets.text import label

UNIT_ROWS = 3
STEPS = ("assigned_at", "en_route_at", "on_scene_at", "released_at")
_STEP_TITLES = (N_("Asignado"), N_("En camino"), N_("En lugar"), N_("Liberado"))
_OF_OPERATION = {
    "received_at": "time",
    "type_code": "type",
    "caller_name": "caller",
    "callsign": "units",
    "hazards": "address",
} | dict.fromkeys(STEPS, "units")
_NEXT_DAY = timedelta(hours=12)
"""A time this long before the call belongs to the day after: the card goes over midnight."""
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_STANDING = frozenset({"day", "channel", "priority", "priority_is_manual", "hazards"})
"""What every new card has already; a card with nothing else is blank."""
Typed = dict[str, str]


@dataclass(slots=True)
class Read:
    """What a card says, as far as it could be read; errors by field of the form."""

    card: LateCard | None = None
    errors: list[tuple[str, str]] = field(default_factory=list)


def is_blank(typed: Mapping[str, str]) -> bool:
    """Tell whether nothing was written on a card."""
    return not any(text.strip() for name, text in typed.items() if name not in _STANDING)


def field_of(name: str) -> str:
    """Return the field of the form where an error of the operation belongs."""
    return _OF_OPERATION.get(name, name)


def read_card(typed: Mapping[str, str], codes: Mapping[str, str], today: date) -> Read:
    """Read a card; `codes` are the titles of the types by code."""
    read = Read()
    reader = _Reader(typed, today, read.errors)
    received = reader.received()
    if received is None:
        return read
    units = tuple(
        CardUnit(callsign, **{step: reader.moment(f"unit{row}_{step}", received, "units") for step in STEPS})
        for row in range(UNIT_ROWS)
        if (callsign := typed.get(f"unit{row}", "").strip())
    )
    for row in range(UNIT_ROWS):
        has_times = any(typed.get(f"unit{row}_{step}", "").strip() for step in STEPS)
        if has_times and not typed.get(f"unit{row}", "").strip():
            read.errors.append(("units", tr(N_("Escriba qué móvil es el de la fila {row}."), row=row + 1)))
    notes = reader.notes(received)
    closed_at = reader.moment("closed_at", received, "closed_at")
    result = typed.get("result", "")
    if result and closed_at is None and not typed.get("closed_at", "").strip():
        read.errors.append(("closed_at", tr(N_("Indique la hora del cierre."))))
    type_text = typed.get("type", "").strip()
    code = code_of(type_text, codes)
    if type_text and code is None:
        read.errors.append(
            ("type", tr(N_("No hay un tipo «{text}». Elija uno de la lista."), text=type_text))
        )
    phone, caller = typed.get("phone", "").strip(), typed.get("caller", "").strip()
    draft = IntakeDraft(
        channel=Channel(typed.get("channel", Channel.PHONE.value)),
        phone=phone,
        caller_name=caller,
        is_anonymous=not phone and not caller,
        narrative=typed.get("narrative", "").strip(),
        type_code=code,
        type_is_manual=bool(typed.get("type_is_manual")),
        priority=Priority(typed.get("priority", Priority.P3.value)),
        priority_is_manual=bool(typed.get("priority_is_manual")),
        address=typed.get("address", "").strip(),
        reference=typed.get("reference", "").strip(),
        received_at=received,
        acknowledged_hazards=frozenset(UUID(seen) for seen in typed.get("hazards", "").split()),
    )
    if not read.errors:
        read.card = LateCard(
            draft,
            units,
            notes,
            closed_at,
            ClosingResult(result) if result else None,
            typed.get("result_note", ""),
        )
    return read


def code_of(text: str, codes: Mapping[str, str]) -> str | None:
    """Return the code of a type given by code, by title or as `code title`."""
    if not text:
        return None
    first = text.split(" ", 1)[0].upper()
    if first in codes:
        return first
    wanted = folded(text)
    return next((code for code, title in codes.items() if folded(title) == wanted), None)


class _Reader:
    """Reads the times of one card; what cannot be read becomes an error of its field."""

    def __init__(self, typed: Mapping[str, str], today: date, errors: list[tuple[str, str]]) -> None:
        self._typed = typed
        self._today = today
        self._errors = errors
        self._day = today

    def received(self) -> datetime | None:
        """Return when the call came in."""
        try:
            self._day = formats.parse_day(self._typed.get("day", ""), today=self._today)
        except ValueError as error:
            self._errors.append(("day", str(error)))
            return None
        text = self._typed.get("time", "")
        try:
            return formats.instant_of(self._day, formats.parse_time(text))
        except ValueError as error:
            missing = tr(N_("Escriba la hora de la llamada: 1432 o 14:32."))
            self._errors.append(("time", str(error) if text.strip() else missing))
            return None

    def moment(self, name: str, received: datetime, shown: str) -> datetime | None:
        """Return a time of the card, of the day of the call or of the night after it."""
        text = self._typed.get(name, "").strip()
        if not text:
            return None
        try:
            return self._instant(text, received)
        except ValueError as error:
            self._errors.append((shown, f"«{text}»: {error}"))
            return None

    def notes(self, received: datetime) -> tuple[tuple[datetime, str], ...]:
        """Return the notes, one a line, each with its time before the words."""
        found = []
        for line in self._typed.get("notes", "").splitlines():
            if not line.strip():
                continue
            time_text, _, words = line.strip().partition(" ")
            try:
                found.append((self._instant(time_text, received), words.strip()))
            except ValueError:
                self._errors.append(
                    (
                        "notes",
                        tr(
                            N_("Empiece cada nota con su hora, como en «1440 llega SAMU»: «{line}»"),
                            line=line,
                        ),
                    )
                )
        return tuple(found)

    def _instant(self, text: str, received: datetime) -> datetime:
        at = formats.parse_time(text)
        found = formats.instant_of(self._day, at)
        if received - found > _NEXT_DAY:
            found = formats.instant_of(self._day + timedelta(days=1), at)
        return found


class CardForm(QWidget):
    """The form of the card on screen."""

    edited = Signal()
    narrated = Signal()
    """The words changed: whoever listens may propose type and priority."""
    finished = Signal()
    """Enter in the last field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._codes: dict[str, str] = {}
        self._is_loading = False
        self._type_is_manual = False
        self._priority_is_manual = False
        self.lines: dict[str, QLineEdit] = {
            name: QLineEdit()
            for name in (
                "day",
                "time",
                "phone",
                "caller",
                "address",
                "reference",
                "type",
                "closed_at",
                "result_note",
            )
        }
        self.channel, self.priority, self.result = QComboBox(), QComboBox(), QComboBox()
        for channel in Channel:
            self.channel.addItem(tr(channel.label), str(channel.value))
        for priority in Priority:
            self.priority.addItem(f"{priority.shape} {tr(priority.label)}", str(priority.value))
        for combo in (self.channel, self.priority, self.result):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(8)
        self.result.addItem(tr(N_("Sigue abierto")), "")
        for result in ClosingResult:
            self.result.addItem(tr(result.label), str(result.value))
        self.narrative, self.notes = QPlainTextEdit(), QPlainTextEdit()
        for text in (self.narrative, self.notes):
            text.setTabChangesFocus(True)
        self.narrative.setMinimumHeight(2 * SIZES.control)
        self.narrative.setMaximumHeight(3 * SIZES.control)
        self.notes.setMinimumHeight(2 * SIZES.control)
        self.notes.setMaximumHeight(3 * SIZES.control)
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.lines["type"].setCompleter(completer)
        self.units: dict[str, QLineEdit] = {}
        self.fields: dict[str, Field] = {}
        self._build()
        self._connect()

    def _build(self) -> None:
        titles = {
            "day": N_("Fecha"),
            "time": N_("Hora de la llamada"),
            "phone": N_("Teléfono"),
            "caller": N_("Quién llama"),
            "address": N_("Dirección o intersección"),
            "reference": N_("Referencia"),
            "type": N_("Tipo (se propone del relato)"),
            "closed_at": N_("Hora de cierre"),
            "result_note": N_("Detalle del cierre"),
        }
        for name, title in titles.items():
            self.fields[name] = Field(tr(title), self.lines[name])
        self.fields["channel"] = Field(tr(N_("Canal")), self.channel)
        self.fields["priority"] = Field(tr(N_("Prioridad")), self.priority)
        self.fields["result"] = Field(tr(N_("Resultado")), self.result)
        self.fields["narrative"] = Field(tr(N_("Qué ocurre")), self.narrative)
        self.fields["notes"] = Field(tr(N_("Notas, una por línea con su hora: 1440 llega SAMU")), self.notes)
        self.fields["units"] = Field(
            tr(N_("Móviles: hora de cada estado, 1435 o 14:35")), self._build_units()
        )
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, SIZES.space_3, 0)
        grid.setHorizontalSpacing(SIZES.space_3)
        grid.setVerticalSpacing(SIZES.space_2)
        places = (
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
        for name, row, column, span in places:
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

    def _build_units(self) -> QWidget:
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(SIZES.space_1)
        heads = (N_("Móvil"), *_STEP_TITLES)
        for column, title in enumerate(heads):
            grid.addWidget(label(tr(title), "small"), 0, column)
        for row in range(UNIT_ROWS):
            for column, step in enumerate(("", *STEPS)):
                name = f"unit{row}_{step}" if step else f"unit{row}"
                editor = QLineEdit()
                editor.setAccessibleName(
                    tr(N_("Móvil {row}: {what}"), row=row + 1, what=tr(heads[column]).lower())
                )
                self.units[name] = editor
                grid.addWidget(editor, row + 1, column)
        table.setFocusProxy(self.units["unit0"])
        return table

    def _connect(self) -> None:
        order: list[QWidget] = [self.lines["day"], self.lines["time"], self.channel, self.lines["phone"]]
        order += [self.lines["caller"], self.narrative, self.lines["address"], self.lines["reference"]]
        order += [self.lines["type"], self.priority, *self.units.values(), self.notes]
        order += [self.lines["closed_at"], self.result, self.lines["result_note"]]
        self._order = order
        for place, editor in enumerate(order):
            editor.installEventFilter(self)
            if place:
                QWidget.setTabOrder(order[place - 1], editor)
        for line in (*self.lines.values(), *self.units.values()):
            line.textEdited.connect(self._touched)
        for combo in (self.channel, self.priority, self.result):
            combo.activated.connect(self._touched)
        self.priority.activated.connect(self._chose_priority)
        self.lines["type"].textEdited.connect(self._chose_type)
        self.narrative.textChanged.connect(self._told)
        self.notes.textChanged.connect(self._touched)

    def use_types(self, codes: Mapping[str, str]) -> None:
        """Complete types from these titles by code."""
        self._codes = dict(codes)
        self._names.setStringList([f"{code} {title}" for code, title in codes.items()])

    def values(self) -> Typed:
        """Return the card as typed."""
        typed = {name: editor.text() for name, editor in (*self.lines.items(), *self.units.items())}
        typed |= {"narrative": self.narrative.toPlainText(), "notes": self.notes.toPlainText()}
        typed |= {
            "channel": self.channel.currentData(),
            "priority": self.priority.currentData(),
            "result": self.result.currentData(),
        }
        if self._type_is_manual:
            typed["type_is_manual"] = "1"
        if self._priority_is_manual:
            typed["priority_is_manual"] = "1"
        return typed

    def load(self, typed: Mapping[str, str], errors: Sequence[tuple[str, str]] = ()) -> None:
        """Show a card and what is wrong with it."""
        self._is_loading = True
        for name, editor in (*self.lines.items(), *self.units.items()):
            editor.setText(typed.get(name, ""))
        self.narrative.setPlainText(typed.get("narrative", ""))
        self.notes.setPlainText(typed.get("notes", ""))
        self.channel.setCurrentIndex(max(0, self.channel.findData(typed.get("channel", Channel.PHONE.value))))
        self.priority.setCurrentIndex(
            max(0, self.priority.findData(typed.get("priority", Priority.P3.value)))
        )
        self.result.setCurrentIndex(max(0, self.result.findData(typed.get("result", ""))))
        self._type_is_manual = bool(typed.get("type_is_manual"))
        self._priority_is_manual = bool(typed.get("priority_is_manual"))
        self._is_loading = False
        self.show_errors(errors)
        self._scroll.verticalScrollBar().setValue(0)

    def show_errors(self, errors: Sequence[tuple[str, str]]) -> None:
        """Show every error beside its field; the first wrong field takes the keyboard."""
        for shown in self.fields.values():
            shown.clear_error()
        for name, message in reversed(errors):
            self.fields[name if name in self.fields else "narrative"].show_error(message)
        if errors:
            first = self.fields.get(errors[0][0], self.fields["narrative"])
            first.editor.setFocus()
            self._scroll.ensureWidgetVisible(first)

    def propose(self, found: Suggestions) -> None:
        """Take type and priority from the words, never over what the person chose."""
        if found.types and not self._type_is_manual:
            guess = found.types[0]
            self.lines["type"].setText(f"{guess.code} {guess.title}")
            self.lines["type"].setCursorPosition(0)
        if found.priority is not None and not self._priority_is_manual:
            self.priority.setCurrentIndex(list(Priority).index(found.priority))

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
        callsigns = [self.units[f"unit{row}"] for row in range(UNIT_ROWS)]
        if any(here is editor and not editor.text().strip() for editor in callsigns):
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

    def _told(self) -> None:
        if not self._is_loading:
            self.fields["narrative"].clear_error()
            self.edited.emit()
            self.narrated.emit()

    def _chose_type(self, text: str) -> None:
        self._type_is_manual = bool(text.strip())

    def _chose_priority(self) -> None:
        self._priority_is_manual = True
