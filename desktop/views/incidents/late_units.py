"""The units of a paper card: a row each, with the times of its own states. There is always one row more."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from desktop.core.i18n import N_, tr
from desktop.views.incidents.late_reading import STEPS, Errors, Typed, cell, unit_rows
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import restyle
from desktop.views.widgets.text import label

_FEWEST = 2
_HEADS = (N_("Móvil"), N_("Asignado"), N_("En camino"), N_("En lugar"), N_("Liberado"))


class UnitTimes(QWidget):
    """Rows that grow while they are filled."""

    edited = Signal()
    grew = Signal()
    said = Signal(str)
    """What is wrong with the units now; empty when nothing is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[dict[str, QLineEdit]] = []
        self._shown = 0
        self._wrong: dict[str, str] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SIZES.space_1)
        for column, title in enumerate(_HEADS):
            self._grid.addWidget(label(tr(title), "small"), 0, column)
        self._show(_FEWEST)

    @property
    def editors(self) -> dict[str, QLineEdit]:
        """Return the fields that are shown by name, in the order of the keyboard."""
        return {name: editor for row in self._rows[: self._shown] for name, editor in row.items()}

    def is_end(self, editor: object) -> bool:
        """Tell whether a field is a callsign left empty: there is no further unit."""
        found = (row[cell(place)] for place, row in enumerate(self._rows[: self._shown]))
        return any(first is editor and not first.text().strip() for first in found)

    def values(self) -> Typed:
        """Return what is written."""
        return {name: text for name, editor in self.editors.items() if (text := editor.text())}

    def load(self, typed: Mapping[str, str]) -> None:
        """Show the units of a card."""
        self._show(max(_FEWEST, *(row + 2 for row in unit_rows(typed)), 0))
        for name, editor in self.editors.items():
            editor.setText(typed.get(name, ""))

    def show_errors(self, errors: Errors) -> None:
        """Mark the fields that are wrong and say why below the rows."""
        self._wrong = dict(reversed(errors))
        for name, editor in self.editors.items():
            restyle(editor, "invalid", name in self._wrong)
            editor.setAccessibleDescription(self._wrong.get(name, ""))
        self._say()

    def _say(self) -> None:
        wrong = (self._wrong[name] for name in self.editors if name in self._wrong)
        self.said.emit("\n".join(dict.fromkeys(wrong)))

    def _show(self, rows: int) -> None:
        while len(self._rows) < rows:
            self._add()
        for place, row in enumerate(self._rows):
            for editor in row.values():
                editor.setVisible(place < rows)
                if place >= rows:
                    editor.clear()
        self._shown = rows
        self.grew.emit()

    def _add(self) -> None:
        place = len(self._rows)
        row = {}
        for column, step in enumerate(("", *STEPS)):
            editor, name = QLineEdit(self), cell(place, step)
            what = tr(_HEADS[column]).lower()
            editor.setAccessibleName(tr(N_("Móvil {row}: {what}"), row=place + 1, what=what))
            editor.textEdited.connect(lambda _, name=name, editor=editor: self._edit(name, editor))
            self._grid.addWidget(editor, place + 1, column)
            row[name] = editor
        self._rows.append(row)

    def _edit(self, name: str, editor: QLineEdit) -> None:
        if self._wrong.pop(name, None) is not None:
            restyle(editor, "invalid", False)
            editor.setAccessibleDescription("")
            self._say()
        if any(last.text().strip() for last in self._rows[self._shown - 1].values()):
            self._show(self._shown + 1)
        self.edited.emit()
