"""One editor for each kind of setting. It tells what was chosen by `chosen`, with the value as the setting keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.core.i18n import N_, tr
from desktop.core.settings import Hours, Pick, Setting, Switch, Text, Whole
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button
from desktop.views.widgets.text import label


class _Number(QSpinBox):
    """A number that the wheel changes only when it has the keyboard: the page under it scrolls."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page, unless the keyboard is here."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _Choice(QComboBox):
    """A choice that the wheel changes only when it has the keyboard."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page, unless the keyboard is here."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Editor(QWidget):
    """Shows and takes the value of one setting; `input` is what the keyboard meets."""

    chosen = Signal(object)

    def __init__(self, editing: QWidget) -> None:
        super().__init__()
        self.input = editing
        self.setFocusProxy(editing)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.addWidget(editing)

    def setAccessibleName(self, name: str) -> None:
        """Name the input, which is what the keyboard meets."""
        super().setAccessibleName(name)
        self.input.setAccessibleName(name)

    def setAccessibleDescription(self, description: str) -> None:
        """Describe the input."""
        super().setAccessibleDescription(description)
        self.input.setAccessibleDescription(description)

    def show_value(self, value: Any) -> None:
        """Show a value without saying that it was chosen."""
        raise NotImplementedError


class SwitchEditor(Editor):
    """On or off."""

    def __init__(self) -> None:
        self.box = QCheckBox(tr(N_("Activado")))
        super().__init__(self.box)
        self.box.clicked.connect(lambda: self.chosen.emit(self.box.isChecked()))

    def show_value(self, value: Any) -> None:
        """Show whether it is on."""
        self.box.setChecked(bool(value))


class WholeEditor(Editor):
    """A whole number with its unit; typed digits count when the field is left or Enter is pressed."""

    def __init__(self, setting: Whole) -> None:
        self.spin = _Number()
        self.spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.spin.setKeyboardTracking(False)
        self.spin.setRange(setting.minimum, setting.maximum)
        self.spin.setSingleStep(10 if setting.maximum - setting.minimum > 100 and setting.minimum else 1)
        if setting.unit:
            self.spin.setSuffix(f" {tr(setting.unit)}")
        super().__init__(self.spin)
        self.spin.valueChanged.connect(self.chosen.emit)

    def show_value(self, value: Any) -> None:
        """Show a number."""
        self.spin.blockSignals(True)
        self.spin.setValue(int(value))
        self.spin.blockSignals(False)


class PickEditor(Editor):
    """One of a few."""

    def __init__(self, setting: Pick) -> None:
        self.box = _Choice()
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for value, title in setting.choices.items():
            self.box.addItem(tr(title), value)
        super().__init__(self.box)
        self.box.activated.connect(lambda place: self.chosen.emit(self.box.itemData(place)))

    def show_value(self, value: Any) -> None:
        """Show a choice."""
        self.box.setCurrentIndex(self.box.findData(value))


class TextEditor(Editor):
    """A short text; it counts when the field is left or Enter is pressed."""

    def __init__(self) -> None:
        self.line = QLineEdit()
        super().__init__(self.line)
        self._shown = ""
        self.line.editingFinished.connect(self._finish)

    def show_value(self, value: Any) -> None:
        """Show a text."""
        self._shown = str(value)
        self.line.setText(self._shown)

    def _finish(self) -> None:
        if self.line.text() != self._shown:
            self._shown = self.line.text()
            self.chosen.emit(self._shown)


class HoursEditor(Editor):
    """The shifts of a day: which ones there are, from when to when. They count together, by their own button."""

    def __init__(self, setting: Hours) -> None:
        grid = QWidget()
        rows = QGridLayout(grid)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setHorizontalSpacing(SIZES.space_3)
        rows.setVerticalSpacing(SIZES.space_2)
        rows.setColumnStretch(0, 1)
        self.kinds: dict[str, tuple[QCheckBox, QLineEdit, QLineEdit]] = {}
        for row, (kind, words) in enumerate(setting.labels.items()):
            title = tr(words)
            is_used, starts, ends = QCheckBox(title), QLineEdit(), QLineEdit()
            starts.setAccessibleName(tr(N_("Inicio, {shift}"), shift=title))
            ends.setAccessibleName(tr(N_("Término, {shift}"), shift=title))
            for line in (starts, ends):
                line.setPlaceholderText(tr(N_("HH:mm")))
                line.setEnabled(False)
                is_used.toggled.connect(line.setEnabled)
            rows.addWidget(is_used, row, 0)
            rows.addWidget(starts, row, 1)
            rows.addWidget(label(tr(N_("a")), "muted"), row, 2)
            rows.addWidget(ends, row, 3)
            self.kinds[kind] = (is_used, starts, ends)
        self.save = button(tr(N_("Guardar el horario")), "plain", self._finish)
        super().__init__(grid)
        grid.setFocusProxy(next(iter(self.kinds.values()))[0])
        self.rows.addWidget(self.save, 0, Qt.AlignmentFlag.AlignLeft)

    def show_value(self, value: Any) -> None:
        """Show the shifts."""
        spans: Mapping[str, tuple[str, str]] = value
        for kind, (is_used, starts, ends) in self.kinds.items():
            is_used.setChecked(kind in spans)
            from_, until = spans.get(kind, ("", ""))
            starts.setText(from_)
            ends.setText(until)

    def _finish(self) -> None:
        self.chosen.emit(
            {
                kind: (starts.text().strip(), ends.text().strip())
                for kind, (is_used, starts, ends) in self.kinds.items()
                if is_used.isChecked()
            }
        )


def editor_of(setting: Setting[Any]) -> Editor:
    """Return the editor for a kind of setting.

    Raises:
        TypeError: the kind has none.
    """
    match setting:
        case Switch():
            return SwitchEditor()
        case Whole():
            return WholeEditor(setting)
        case Pick():
            return PickEditor(setting)
        case Text():
            return TextEditor()
        case Hours():
            return HoursEditor(setting)
        case _:
            raise TypeError(f"no editor for {setting.key}")


def words_of(setting: Setting[Any], value: Any) -> str:
    """Return a value as it is read by somebody who may not change it."""
    match setting:
        case Switch():
            return tr(N_("Activado")) if value else tr(N_("Desactivado"))
        case Whole():
            return f"{value} {tr(setting.unit)}".strip()
        case Pick():
            return tr(setting.choices[value])
        case Hours():
            return "\n".join(
                tr(N_("{shift}: {starts} a {ends}"), shift=tr(setting.labels[kind]), starts=starts, ends=ends)
                for kind, (starts, ends) in value.items()
            )
        case _:
            return str(value)
