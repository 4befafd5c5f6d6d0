"""What is known already of a call that is being taken: warnings, possible duplicates, earlier incidents."""

from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from desktop.core import formats
from desktop.core.i18n import N_, plural, tr
from desktop.operations.incidents.values import Suggestions
from desktop.views.theme import SIZES

_KIND = Qt.ItemDataRole.UserRole
_VALUE = Qt.ItemDataRole.UserRole + 1
_USE_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})
_DIGITS = frozenset("123456789")
_DUPLICATE, _EARLIER, _HAZARD = "duplicate", "earlier", "hazard"


class KnownList(QListWidget):
    """The list below the form. Enter or Space uses a row; a digit, the possible duplicate of that number."""

    attaching = Signal(object)
    """The id of the incident to which the call belongs."""
    opening = Signal(object)
    """The id of an incident that the person wants to look at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.acknowledged: set[UUID] = set()
        self._keys = ("", "")
        self._found = Suggestions()
        self.setAccessibleName(tr(N_("Lo que ya se sabe: posibles duplicados, antecedentes y advertencias")))
        self.setWordWrap(True)
        self.setProperty("part", "notes")
        self.setMinimumHeight(2 * SIZES.row_touch)
        self.itemDoubleClicked.connect(self._use)

    def show_keys(self, first: str, here: str) -> None:
        """Name the keys in force: the one that takes the first duplicate, and the one that goes into this list."""
        if self._keys != (first, here):
            self._keys = (first, here)
            self.show_found(self._found)

    def forget(self) -> None:
        """Be empty, for the next call."""
        self.acknowledged.clear()
        self.show_found(Suggestions())

    def show_found(self, found: Suggestions) -> None:
        """Show what was found; a cursor that is in the list stays on its row."""
        self._found = found
        row = self.currentRow() if self.hasFocus() else -1
        self.clear()
        for hazard in found.hazards:
            is_known = hazard.id in self.acknowledged
            text = tr(N_("{text} ({about}) — Enter: tomo conocimiento"), text=hazard.text, about=hazard.about)
            self._add("" if is_known else _HAZARD, hazard.id, f"{'✓' if is_known else '⚠'} {text}")
        for number, near in enumerate(found.duplicates, 1):
            key = self._key_of(number)
            text = tr(
                N_("{number} · ¿Es el mismo? {code} {title}, {place} ({reason}) — {key}: sumar esta llamada"),
                number=number,
                key=key,
                code=near.code,
                title=near.title,
                place=near.place,
                reason=near.reason,
            )
            self._add(_DUPLICATE, near.id, text)
        for title, earlier in (
            (N_("De este teléfono"), found.by_phone),
            (N_("De este lugar"), found.by_place),
        ):
            if earlier.count:
                count = plural(
                    "{count} incidente en 12 meses", "{count} incidentes en 12 meses", earlier.count
                )
                self._add("", None, f"{tr(title)}: {count}")
            for old in earlier.latest:
                result = f" · {tr(old.result.label)}" if old.result is not None else ""
                when = formats.day_time(old.reported_at)
                self._add(_EARLIER, old.id, f"    {when} · {old.title} · {old.place}{result}")
        if row >= 0:
            self.setCurrentRow(min(row, self.count() - 1))

    def _key_of(self, number: int) -> str:
        first, here = self._keys
        if number == 1 and first:
            return first
        return f"{here} {number}" if here else str(number)

    def take_duplicate(self, number: int) -> bool:
        """Add the call to the duplicate of that number, counted from 1; tell whether there was one."""
        rows = (self.item(row) for row in range(self.count()))
        found = [item for item in rows if item.data(_KIND) == _DUPLICATE]
        if number > len(found):
            return False
        self._use(found[number - 1])
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Serve Enter, Space and the digits of the possible duplicates; Ctrl+Enter is the form's own."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        elif (digit := event.text()) and digit in _DIGITS and self.take_duplicate(int(digit)):
            event.accept()
        elif event.key() in _USE_KEYS:
            if self.currentRow() >= 0:
                self._use(self.currentItem())
        else:
            super().keyPressEvent(event)

    def _use(self, item: QListWidgetItem) -> None:
        kind, value = item.data(_KIND), item.data(_VALUE)
        if kind == _DUPLICATE:
            self.attaching.emit(value)
        elif kind == _EARLIER:
            self.opening.emit(value)
        elif kind == _HAZARD:
            self.acknowledged.add(value)
            item.setText(f"✓ {item.text().removeprefix('⚠ ')}")
            item.setData(_KIND, "")

    def _add(self, kind: str, value: Any, text: str) -> None:
        item = QListWidgetItem(text)
        item.setData(_KIND, kind)
        item.setData(_VALUE, value)
        self.addItem(item)
