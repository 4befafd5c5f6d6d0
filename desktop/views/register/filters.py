"""The filter bar: one button per declared filter, each opening the editor that its kind needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.operations.display import NO, YES
from desktop.operations.queries import Compare, Condition, with_code
from desktop.register.kinds import Kind, choices_of, kind_of
from desktop.register.record import field_info
from desktop.register.spec import Attribute
from desktop.views.register.flow import FlowLayout
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button, restyle
from desktop.views.widgets.text import label

Counts = list[tuple[Any, str, int]]
ReadCounts = Callable[[str, Callable[[Counts], None]], None]
"""Asks for the counts of a column, and hands them to the second argument."""

_RANGES = frozenset({Kind.DAY, Kind.INSTANT, Kind.INTEGER, Kind.DECIMAL})
_WORDS_SHOWN = 2
_SHORT_LIST = 8
_HIGHEST = 340
_NARROWEST = 240
_GAP = 2


class FilterPopup(QFrame):
    """An editor that drops from its button. `chosen` carries the condition, or None for "all"."""

    chosen = Signal(object)

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("surface", "popup")
        self.setAccessibleName(title)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(SIZES.space_3, SIZES.space_3, SIZES.space_3, SIZES.space_3)
        self.body.setSpacing(SIZES.space_2)
        self.body.addWidget(label(title, "label"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def finish(self, condition: Condition | None) -> None:
        """Hand over and close."""
        self.chosen.emit(condition)
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)


class ChoicePopup(FilterPopup):
    """Any of several values, each with the rows that it would show."""

    def __init__(self, column: Attribute, present: Condition | None, parent: QWidget) -> None:
        super().__init__(tr(field_info(column).label), parent)
        self._column = column
        self._chosen = set(present.values) if present is not None else set()
        self._boxes: list[tuple[Any, QCheckBox]] = []
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(_GAP)
        self._inside = QWidget()
        self._inside.setLayout(self._rows)
        scroll = QScrollArea()
        scroll.setWidget(self._inside)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll = scroll
        self.body.addWidget(scroll)
        buttons = QHBoxLayout()
        buttons.addWidget(button(tr(N_("Todos")), "quiet", lambda: self.finish(None)))
        buttons.addStretch(1)
        buttons.addWidget(button(tr(N_("Aplicar")), "primary", self.apply))
        self.body.addLayout(buttons)

    def show_counts(self, counts: Counts) -> None:
        """List the values, the closed ones in their order, with their counts."""
        by_value = {value: (words, count) for value, words, count in counts}
        values: list[Any] = [value for value, _, _ in counts]
        if kind_of(self._column) is Kind.CHOICE:
            values = [*choices_of(self._column), *([None] if None in by_value else [])]
        elif kind_of(self._column) is Kind.FLAG:
            values = [True, False]
        values.extend(self._chosen - set(values))
        if len(values) > _SHORT_LIST:
            values = [value for value in values if value in by_value or value in self._chosen]
        for value in values:
            words, count = by_value.get(value, (_words(value), 0))
            if value is not None and kind_of(self._column) is Kind.CODE:
                words = with_code(words, value)
            box = QCheckBox(f"{words or tr(N_('(sin dato)'))}   {formats.number(count)}")
            box.setChecked(value in self._chosen)
            self._boxes.append((value, box))
            self._rows.addWidget(box)
        if not values:
            self._rows.addWidget(label(tr(N_("La lista está vacía.")), "muted"))
        self._rows.addStretch(1)
        hints = [box.sizeHint() for _, box in self._boxes]
        width = max((hint.width() for hint in hints), default=0) + SIZES.space_8
        height = sum(hint.height() + _GAP for hint in hints) if hints else SIZES.control
        self._scroll.setMinimumWidth(max(_NARROWEST, width))
        self._scroll.setFixedHeight(min(_HIGHEST, height + SIZES.space_1))
        self.adjustSize()
        if self._boxes:
            self._boxes[0][1].setFocus()

    def apply(self) -> None:
        """Filter by what is ticked; nothing ticked is everything."""
        values = tuple(value for value, box in self._boxes if box.isChecked())
        self.finish(Condition(self._column.key, Compare.IN, values) if values else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Apply with Enter; move with the arrows."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.apply()
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)


class RangePopup(FilterPopup):
    """From one value to another; dates also by usual periods."""

    def __init__(self, column: Attribute, present: Condition | None, today: date, parent: QWidget) -> None:
        super().__init__(tr(field_info(column).label), parent)
        self._column = column
        self._today = today
        self._is_dated = kind_of(column) in {Kind.DAY, Kind.INSTANT}
        if self._is_dated:
            grid = QGridLayout()
            grid.setSpacing(SIZES.space_1)
            for place, (words, low, high) in enumerate(periods(today)):
                grid.addWidget(
                    button(words, "plain", partial(self._take, low, high)),
                    place // 2,
                    place % 2,
                )
            self.body.addLayout(grid)
        self.low, self.high = QLineEdit(), QLineEdit()
        for edit, words, bound in (
            (self.low, tr(N_("Desde")), present.low if present else None),
            (self.high, tr(N_("Hasta")), present.high if present else None),
        ):
            edit.setAccessibleName(words)
            edit.setPlaceholderText(tr(N_("dd-mm-aaaa")) if self._is_dated else "")
            edit.setText("" if bound is None else (formats.day(bound) if self._is_dated else str(bound)))
            edit.returnPressed.connect(self.apply)
            self.body.addWidget(label(words, "label"))
            self.body.addWidget(edit)
        self._error = label("", "error", wraps=True)
        self._error.hide()
        self.body.addWidget(self._error)
        buttons = QHBoxLayout()
        buttons.addWidget(button(tr(N_("Todos")), "quiet", lambda: self.finish(None)))
        buttons.addStretch(1)
        buttons.addWidget(button(tr(N_("Aplicar")), "primary", self.apply))
        self.body.addLayout(buttons)
        self.low.setFocus()

    def apply(self) -> None:
        """Filter by what is written; a wrong bound is said and nothing is closed."""
        bounds = []
        for edit in (self.low, self.high):
            try:
                bounds.append(self._bound(edit.text().strip()))
            except ValueError as error:
                self._error.setText(str(error))
                self._error.show()
                restyle(edit, "invalid", True)
                edit.setFocus()
                return
            restyle(edit, "invalid", False)
        low, high = bounds
        if low is not None and high is not None and low > high:
            low, high = high, low
        self._take(low, high)

    def _take(self, low: Any, high: Any) -> None:
        if low is None and high is None:
            self.finish(None)
        else:
            self.finish(Condition(self._column.key, Compare.BETWEEN, (), low, high))

    def _bound(self, text: str) -> Any:
        if not text:
            return None
        if self._is_dated:
            return formats.parse_day(text, today=self._today)
        try:
            value = float(text.replace(".", "").replace(",", "."))
        except ValueError as error:
            raise ValueError(tr(N_("Escriba un número."))) from error
        return int(value) if value.is_integer() else value


class FilterBar(QWidget):
    """Buttons of the declared filters. `changed` follows each choice."""

    changed = Signal()

    def __init__(
        self,
        filters: tuple[Attribute, ...],
        today: Callable[[], date],
        read_counts: ReadCounts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._today = today
        self._read_counts = read_counts
        self._conditions: dict[str, Condition] = {}
        self._buttons: dict[str, QPushButton] = {}
        self._columns = {column.key: column for column in filters}
        self._titles: dict[tuple[str, Any], str] = {}
        layout = FlowLayout(self)
        for column in filters:
            made = button("", "quiet", partial(self._drop, column.key))
            self._buttons[column.key] = made
            layout.addWidget(made)
        self._retitle()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Return what the list is filtered by."""
        return tuple(self._conditions.values())

    def set_conditions(self, conditions: tuple[Condition, ...]) -> None:
        """Show filters that were chosen elsewhere."""
        self._conditions = {condition.field: condition for condition in conditions}
        self._retitle()
        for condition in conditions:
            column = self._columns.get(condition.field)
            if column is not None and kind_of(column) is Kind.CODE:
                self._read_counts(condition.field, partial(self._learn, condition.field))

    def _drop(self, name: str) -> None:
        self.open(name)

    def open(self, name: str) -> FilterPopup:
        """Drop the editor of one filter."""
        column, present = self._columns[name], self._conditions.get(name)
        popup: FilterPopup
        if kind_of(column) in _RANGES:
            popup = RangePopup(column, present, self._today(), self)
        else:
            choice = ChoicePopup(column, present, self)

            def show(counts: Counts) -> None:
                self._learn(name, counts)
                choice.show_counts(counts)

            self._read_counts(name, show)
            popup = choice
        popup.chosen.connect(lambda condition: self._take(name, condition))
        anchor = self._buttons[name]
        popup.move(anchor.mapToGlobal(QPoint(0, anchor.height() + 2)))
        popup.show()
        return popup

    def _take(self, name: str, condition: Condition | None) -> None:
        if condition is None:
            self._conditions.pop(name, None)
        else:
            self._conditions[name] = condition
        self._retitle()
        self.changed.emit()

    def _learn(self, name: str, counts: Counts) -> None:
        """Remember what codes are called, so that the button says it."""
        if kind_of(self._columns[name]) is Kind.CODE:
            self._titles.update({(name, value): words for value, words, _ in counts})
            self._retitle()

    def _retitle(self) -> None:
        for name, made in self._buttons.items():
            title = tr(field_info(self._columns[name]).label)
            condition = self._conditions.get(name)
            titles = {value: words for (field, value), words in self._titles.items() if field == name}
            words = condition_words(condition, titles) if condition is not None else ""
            made.setText(f"{title}: {words}  ▾" if words else f"{title}  ▾")
            made.setAccessibleName(tr(N_("Filtrar por {field}"), field=title))
            made.setToolTip(words)
            restyle(made, "kind", "plain" if words else "quiet")


def periods(today: date) -> list[tuple[str, date, date]]:
    """Return the usual periods with their first and last day."""
    month = today.replace(day=1)
    last_month = month - timedelta(days=1)
    return [
        (tr(N_("Hoy")), today, today),
        (tr(N_("Ayer")), today - timedelta(days=1), today - timedelta(days=1)),
        (tr(N_("Últimos 7 días")), today - timedelta(days=6), today),
        (tr(N_("Últimos 30 días")), today - timedelta(days=29), today),
        (tr(N_("Este mes")), month, today),
        (tr(N_("Mes pasado")), last_month.replace(day=1), last_month),
        (tr(N_("Este año")), today.replace(month=1, day=1), today),
        (
            tr(N_("Año pasado")),
            date(today.year - 1, 1, 1),
            date(today.year - 1, 12, 31),
        ),
    ]


def condition_words(condition: Condition, titles: Mapping[Any, str]) -> str:
    """Return a filter in few words; `titles` say what codes are called."""
    if condition.compare is Compare.IN:
        words = [titles.get(value) or _words(value) for value in condition.values]
        more = len(words) - _WORDS_SHOWN
        shown = ", ".join(words[:_WORDS_SHOWN])
        return f"{shown} +{more}" if more > 0 else shown
    low, high = (_bound_words(bound) for bound in (condition.low, condition.high))
    if low and high:
        return low if low == high else f"{low} – {high}"
    return tr(N_("desde {day}"), day=low) if low else tr(N_("hasta {day}"), day=high)


def _bound_words(bound: Any) -> str:
    if bound is None:
        return ""
    return formats.day(bound) if isinstance(bound, date) else str(bound).replace(".", ",")


def _words(value: Any) -> str:
    if value is None:
        return tr(N_("(sin dato)"))
    if isinstance(value, bool):
        return tr(YES if value else NO)
    return tr(value.label) if hasattr(value, "label") else str(value)
