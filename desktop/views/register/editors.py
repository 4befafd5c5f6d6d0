"""One editor per kind of field. All speak the same few words: value, raw text, changed.

`value()` raises `ValueError` with a Spanish sentence when what is written cannot be the field's value; nothing
that was typed is ever thrown away for that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QDate, QPoint, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QCheckBox,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.core import formats
from desktop.core.clock import civil_day
from desktop.core.i18n import N_, tr
from desktop.models.catalogue import BY_KEY
from desktop.operations import queries
from desktop.operations.context import ReadContext
from desktop.operations.display import NO, YES, text_of
from desktop.operations.query_values import FieldView
from desktop.register.kinds import Kind
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import icon_button

if TYPE_CHECKING:
    from desktop.views.services import Services

_LINE = 22
_COMPLETE_MS = 150


class Editor(QWidget):
    """What every editor offers. `changed` follows each keystroke of the person."""

    changed = Signal()
    main: QWidget

    def value(self) -> Any:
        """Return the field's value.

        Raises:
            ValueError: what is written cannot be one.
        """
        raise NotImplementedError

    def set_value(self, value: Any, words: str) -> None:
        """Show a value; `words` are its text for people."""
        raise NotImplementedError

    def raw(self) -> Any:
        """Return what is written, as plain data for a draft."""
        raise NotImplementedError

    def set_raw(self, raw: Any) -> None:
        """Write back what a draft kept."""
        raise NotImplementedError

    def setAccessibleName(self, name: str) -> None:
        """Name the control that the keyboard meets."""
        super().setAccessibleName(name)
        self.main.setAccessibleName(name)

    def setAccessibleDescription(self, description: str) -> None:
        """Describe the control that the keyboard meets."""
        super().setAccessibleDescription(description)
        self.main.setAccessibleDescription(description)

    def _hold(self, main: QWidget, *beside: QWidget) -> None:
        self.main = main
        self.setFocusProxy(main)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_1)
        layout.addWidget(main, 1)
        for widget in beside:
            layout.addWidget(widget)


class LineEditor(Editor):
    """One line whose text is read by `parse` and written by `show`."""

    def __init__(
        self, parse: Callable[[str], Any], show: Callable[[Any], str], max_length: int | None = None
    ) -> None:
        super().__init__()
        self._parse = parse
        self._show = show
        self.line = QLineEdit()
        if max_length is not None:
            self.line.setMaxLength(max_length)
        self.line.textEdited.connect(lambda _: self.changed.emit())
        self._hold(self.line)

    def value(self) -> Any:
        """Return the value of the text."""
        text = self.line.text().strip()
        return self._parse(text) if text else None

    def set_value(self, value: Any, words: str) -> None:
        """Show a value."""
        self.line.setText("" if value is None else self._show(value))
        self.line.setCursorPosition(0)

    def raw(self) -> Any:
        """Return the text."""
        return self.line.text()

    def set_raw(self, raw: Any) -> None:
        """Write the text."""
        self.line.setText(str(raw))
        self.changed.emit()


class DateEditor(LineEditor):
    """A date or an instant typed as text, or picked from a calendar (Alt+↓)."""

    def __init__(self, services: Services, *, has_time: bool) -> None:
        clock = services.clock

        def parse(text: str) -> Any:
            today = civil_day(clock.now())
            if has_time:
                return formats.parse_instant(text, today=today)
            return formats.parse_day(text, today=today)

        super().__init__(parse, formats.day_time if has_time else formats.day)
        self._has_time = has_time
        self._clock = clock
        self.line.setPlaceholderText(tr(N_("dd-mm-aaaa hh:mm")) if has_time else tr(N_("dd-mm-aaaa")))
        pick = icon_button(
            services.icons, "calendar-blank", tr(N_("Elegir en el calendario")), "Alt+↓", self.pick
        )
        pick.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(pick)

    def pick(self) -> None:
        """Drop a calendar."""
        popup = QWidget(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar = QCalendarWidget(popup)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        layout = QVBoxLayout(popup)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(calendar)
        try:
            value = self.value()
        except ValueError:
            value = None
        day = (
            civil_day(self._clock.now()) if value is None else (civil_day(value) if self._has_time else value)
        )
        calendar.setSelectedDate(QDate(day.year, day.month, day.day))

        def take(picked: QDate) -> None:
            words = formats.day(date(picked.year(), picked.month(), picked.day()))
            rest = self.line.text().partition(" ")[2] if self._has_time else ""
            self.line.setText(f"{words} {rest or '00:00'}" if self._has_time else words)
            self.changed.emit()
            popup.close()
            self.line.setFocus()

        calendar.clicked.connect(take)
        calendar.activated.connect(take)
        popup.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        popup.show()
        calendar.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Drop the calendar with Alt+↓."""
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.pick()
            return
        super().keyPressEvent(event)


class LongTextEditor(Editor):
    """Several lines; `as_list` makes each line an item."""

    def __init__(self, *, as_list: bool = False) -> None:
        super().__init__()
        self._as_list = as_list
        self.area = QPlainTextEdit()
        self.area.setTabChangesFocus(True)
        self.area.setMinimumHeight(_LINE * 4)
        self.area.setMaximumHeight(_LINE * 7)
        self.area.textChanged.connect(self.changed)
        self._hold(self.area)

    def value(self) -> Any:
        """Return the text, or its lines."""
        text = self.area.toPlainText()
        if self._as_list:
            return tuple(line.strip() for line in text.splitlines() if line.strip())
        return text.strip() or None

    def set_value(self, value: Any, words: str) -> None:
        """Show a value."""
        text = "\n".join(str(item) for item in value or ()) if self._as_list else (value or "")
        if self.area.toPlainText() != text:
            self.area.setPlainText(text)

    def raw(self) -> Any:
        """Return the text."""
        return self.area.toPlainText()

    def set_raw(self, raw: Any) -> None:
        """Write the text."""
        self.area.setPlainText(str(raw))


class ChoiceEditor(Editor):
    """One value of a closed list; typing its first letters finds it."""

    def __init__(self, field: FieldView, options: list[tuple[Any, str]], *, may_be_empty: bool) -> None:
        super().__init__()
        self._values = [value for value, _ in options]
        self.combo = QComboBox()
        if may_be_empty:
            self._values.insert(0, None)
            self.combo.addItem("—")
        self.combo.addItems([words for _, words in options])
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(12)
        self.combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.combo.activated.connect(lambda _: self.changed.emit())
        self._hold(self.combo)
        self.set_value(field.value, field.text)

    def wheelEvent(self, event: Any) -> None:
        """Leave the wheel to the page: a value must not change because the form was scrolled."""
        event.ignore()

    def value(self) -> Any:
        """Return the chosen value."""
        place = self.combo.currentIndex()
        return self._values[place] if place >= 0 else None

    def set_value(self, value: Any, words: str) -> None:
        """Show a value; one that is no longer offered stays as it is."""
        if value is not None and value not in self._values:
            self._values.append(value)
            self.combo.addItem(words or str(value))
        self.combo.setCurrentIndex(self._values.index(value) if value in self._values else -1)

    def raw(self) -> Any:
        """Return the words that are shown."""
        return self.combo.currentText()

    def set_raw(self, raw: Any) -> None:
        """Choose by words."""
        place = self.combo.findText(str(raw))
        if place >= 0:
            self.combo.setCurrentIndex(place)
            self.changed.emit()


class FlagEditor(Editor):
    """Yes or no."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.box = QCheckBox(title)
        self.box.toggled.connect(lambda _: self.changed.emit())
        self._hold(self.box)

    def value(self) -> Any:
        """Return whether it is ticked."""
        return self.box.isChecked()

    def set_value(self, value: Any, words: str) -> None:
        """Tick or not."""
        blocked = self.box.blockSignals(True)
        self.box.setChecked(bool(value))
        self.box.blockSignals(blocked)

    def raw(self) -> Any:
        """Return whether it is ticked."""
        return self.box.isChecked()

    def set_raw(self, raw: Any) -> None:
        """Tick or not."""
        self.box.setChecked(bool(raw))


class ReferenceEditor(Editor):
    """Another record, found by typing part of its name; its value is the id, or the code where the field holds one."""

    def __init__(self, services: Services, field: FieldView) -> None:
        super().__init__()
        self._services = services
        self._register = BY_KEY[field.reference]
        self._chosen: Any = field.value
        self._words = field.text
        self._by_code = field.kind is Kind.CODE
        self._found: dict[str, Any] = {}
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr(N_("Escriba para buscar")))
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.activated.connect(self._take)
        self.line.setCompleter(completer)
        self._completer = completer
        self._later = QTimer(self, singleShot=True, interval=_COMPLETE_MS)
        self._later.timeout.connect(self._search)
        self.line.textEdited.connect(self._edited)
        self._hold(self.line)

    def value(self) -> Any:
        """Return the id or code of the chosen record."""
        text = self.line.text().strip()
        if not text:
            return None
        if text == self._words:
            return self._chosen
        if text in self._found:
            return self._found[text]
        raise ValueError(tr(N_("Elija de la lista: ningún registro se llama así.")))

    def set_value(self, value: Any, words: str) -> None:
        """Show a record by name."""
        self._chosen, self._words = value, words
        self.line.setText(words if value is not None else "")

    def raw(self) -> Any:
        """Return the name and id."""
        try:
            value = self.value()
        except ValueError:
            value = None
        plain = value.hex if isinstance(value, UUID) else value or ""
        return [self.line.text(), plain]

    def set_raw(self, raw: Any) -> None:
        """Write back name and id."""
        words, plain = raw
        if plain:
            self._found[words] = plain if self._by_code else UUID(plain)
        self.line.setText(words)
        self.changed.emit()

    def _edited(self, _text: str) -> None:
        self.changed.emit()
        self._later.start()

    def _search(self) -> None:
        words, register, by_code = self.line.text(), self._register, self._by_code

        def read(ctx: ReadContext) -> Sequence[tuple[Any, str]]:
            options = queries.code_options if by_code else queries.reference_options
            return options(ctx, register, words)

        self._services.tasks.read(read, self._offer, owner=self, slot="options")

    def _offer(self, options: Sequence[tuple[Any, str]]) -> None:
        self._found.update({words: value for value, words in options})
        self._names.setStringList([words for _, words in options])
        if options and self.line.hasFocus():
            self._completer.complete()

    def _take(self, words: str) -> None:
        self.line.setText(words)
        self.changed.emit()


def make_editor(services: Services, field: FieldView) -> Editor:  # noqa: PLR0911, PLR0912 - one line per kind
    """Return the editor for a field, empty but for closed lists."""
    match field.kind:
        case Kind.LONG_TEXT:
            return LongTextEditor()
        case Kind.LIST:
            return LongTextEditor(as_list=True)
        case Kind.CHOICE:
            options = [(choice, tr(choice.label)) for choice in field.choices]
            return ChoiceEditor(field, options, may_be_empty=not field.is_required and field.value is None)
        case Kind.FLAG if field.value is None:
            return ChoiceEditor(field, [(True, tr(YES)), (False, tr(NO))], may_be_empty=True)
        case Kind.FLAG:
            return FlagEditor(field.label)
        case Kind.DAY:
            return DateEditor(services, has_time=False)
        case Kind.INSTANT:
            return DateEditor(services, has_time=True)
        case Kind.INTEGER:
            return LineEditor(_integer, str)
        case Kind.DECIMAL:
            return LineEditor(_decimal, lambda value: text_of(Kind.DECIMAL, value))
        case Kind.REFERENCE | Kind.CODE if field.reference in BY_KEY:
            return ReferenceEditor(services, field)
        case Kind.RUN:
            return LineEditor(formats.normalise_run, formats.run)
        case Kind.PHONE:
            return LineEditor(formats.normalise_phone, formats.phone)
        case Kind.PLATE:
            return LineEditor(formats.normalise_plate, formats.plate)
        case _:
            return LineEditor(str, str, field.max_length)


def _integer(text: str) -> int:
    try:
        return int(text.replace(".", "").replace(" ", ""))
    except ValueError as error:
        raise ValueError(tr(N_("Escriba un número entero, sin letras."))) from error


def _decimal(text: str) -> float:
    try:
        return float(text.replace(" ", "").replace(",", "."))
    except ValueError as error:
        raise ValueError(tr(N_("Escriba un número; los decimales van después de una coma."))) from error
