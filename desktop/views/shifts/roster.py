"""Who is on the shift: a list, and one line to add or change somebody without leaving the keyboard."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.core.errors import AtalayaError, FieldError
from desktop.core.i18n import N_, tr
from desktop.operations.shifts import RosterEntry
from desktop.views.orders import folded
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Field, button
from desktop.views.widgets.text import label

_POSTS = (
    N_("Supervisor/a de turno"),
    N_("Operador/a de central"),
    N_("Despachador/a"),
    N_("Operador/a de televigilancia"),
    N_("Conductor/a"),
    N_("Inspector/a"),
)
_ENTRY = Qt.ItemDataRole.UserRole
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class RosterEditor(QWidget):
    """The roster. `changed` carries all of it; whoever listens saves it."""

    changed = Signal(object)
    """A tuple of `RosterEntry`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._staff: dict[str, UUID] = {}
        self._units: dict[str, UUID] = {}
        self._editing: int | None = None
        self._entries: list[RosterEntry] = []
        self.name, self._names = _completed()
        self.post, posts = _completed()
        posts.setStringList([tr(post) for post in _POSTS])
        self.unit, self._callsigns = _completed()
        self.name.setPlaceholderText(tr(N_("Escriba el nombre")))
        self.unit.setPlaceholderText(tr(N_("Opcional")))
        self.fields = {
            "full_name": Field(tr(N_("Nombre")), self.name),
            "post": Field(tr(N_("Puesto")), self.post),
            "unit_id": Field(tr(N_("Móvil")), self.unit),
        }
        self.add = button(
            tr(N_("Agregar")), "plain", self._take, tr(N_("Agregar a la dotación (Enter en cualquier campo)"))
        )
        self.list = QListWidget()
        self.list.setProperty("part", "notes")
        self.list.setAccessibleName(tr(N_("Dotación del turno")))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemDoubleClicked.connect(lambda _: self._edit())
        self._empty = label(
            tr(N_("Nadie en la dotación todavía: escriba el primer nombre abajo.")), "muted", wraps=True
        )
        self._build()
        for editor in (self.name, self.post, self.unit, self.list):
            editor.installEventFilter(self)

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SIZES.space_2)
        for name, stretch in (("full_name", 5), ("post", 4), ("unit_id", 2)):
            row.addWidget(self.fields[name], stretch, Qt.AlignmentFlag.AlignTop)
        below = QVBoxLayout()
        below.setSpacing(SIZES.space_1)
        below.addWidget(label(" ", "label"))
        below.addWidget(self.add)
        row.addLayout(below)
        row.setAlignment(below, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_2)
        layout.addWidget(label(tr(N_("Dotación")), "strong"))
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)
        layout.addLayout(row)
        layout.addWidget(
            label(
                tr(N_("Enter agrega · en la lista: Enter corrige, Espacio presente o ausente, Supr quita")),
                "small",
                wraps=True,
            )
        )
        layout.addStretch(0)  # takes the room of the list while that is hidden

    def offer(self, staff: Sequence[tuple[UUID, str]], units: Mapping[str, UUID]) -> None:
        """Complete names and units from these."""
        self._staff = {folded(name): staff_id for staff_id, name in staff}
        self._names.setStringList([name for _, name in staff])
        self._units = {folded(callsign): unit_id for callsign, unit_id in units.items()}
        self._callsigns.setStringList(list(units))

    def show_roster(self, entries: Sequence[RosterEntry]) -> None:
        """Show the roster as it is stored; the line being typed stays."""
        self._entries = list(entries)
        row = self.list.currentRow()
        callsigns = {unit_id: text for text, unit_id in self._shown_units().items()}
        self.list.clear()
        for entry in self._entries:
            unit = f" · {callsigns.get(entry.unit_id, '')}" if entry.unit_id in callsigns else ""
            absent = "" if entry.is_present else tr(N_(" · ausente"))
            item = QListWidgetItem(f"{entry.full_name}\n{entry.post}{unit}{absent}")
            item.setCheckState(Qt.CheckState.Checked if entry.is_present else Qt.CheckState.Unchecked)
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
            item.setData(_ENTRY, entry)
            self.list.addItem(item)
        self.list.setCurrentRow(min(row, self.list.count() - 1))
        self._empty.setVisible(not self._entries)
        self.list.setVisible(bool(self._entries))

    def typed(self) -> dict[str, Any]:
        """Return the line that is not in the roster yet."""
        held = {"name": self.name.text(), "post": self.post.text(), "unit": self.unit.text()}
        return held if held["name"].strip() else {}

    def restore(self, typed: Mapping[str, Any]) -> None:
        """Put back a line that was being typed."""
        for name, editor in (("name", self.name), ("post", self.post), ("unit", self.unit)):
            editor.setText(str(typed.get(name, "")))

    def show_error(self, error: AtalayaError) -> None:
        """Show an error beside the line."""
        name = error.field if isinstance(error, FieldError) else "full_name"
        field = self.fields.get(name, self.fields["full_name"])
        field.show_error(error.message)
        field.editor.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter adds from any field; the list has its own keys."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        is_enter = event.key() in _ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if watched is not self.list:
            if is_enter and not self._is_completing():
                self._take()
                return True
            return False
        if is_enter:
            self._edit()
        elif event.key() == Qt.Key.Key_Space:
            self._toggle()
        elif event.key() == Qt.Key.Key_Delete:
            self._remove()
        else:
            return False
        return True

    def _is_completing(self) -> bool:
        for editor in (self.name, self.post, self.unit):
            completer = editor.completer()
            popup = completer.popup()
            if popup is not None and popup.isVisible() and popup.currentIndex().isValid():
                return True
        return False

    def _take(self) -> None:
        for field in self.fields.values():
            field.clear_error()
        name, post, unit = self.name.text().strip(), self.post.text().strip(), self.unit.text().strip()
        unit_id = self._units.get(folded(unit)) if unit else None
        if not name:
            self.show_error(FieldError("full_name", tr(N_("Escriba el nombre de la persona."))))
        elif not post:
            self.show_error(FieldError("post", tr(N_("Escriba el puesto."))))
        elif unit and unit_id is None:
            self.show_error(FieldError("unit_id", tr(N_("No hay un móvil {unit}."), unit=unit)))
        else:
            entry = RosterEntry(name, post, self._staff.get(folded(name)), unit_id)
            entries = list(self._entries)
            if self._editing is not None and self._editing < len(entries):
                old = entries[self._editing]
                entries[self._editing] = replace(entry, is_present=old.is_present, note=old.note)
            else:
                entries.append(entry)
            self._editing = None
            self._entries = entries
            for editor in (self.name, self.post, self.unit):
                editor.clear()
            self.add.setText(tr(N_("Agregar")))
            self.name.setFocus()
            self.changed.emit(tuple(entries))

    def _edit(self) -> None:
        row = self.list.currentRow()
        if row < 0:
            return
        entry = self._entries[row]
        self._editing = row
        self.name.setText(entry.full_name)
        self.post.setText(entry.post)
        units = {unit_id: text for text, unit_id in self._shown_units().items()}
        self.unit.setText(units.get(entry.unit_id, "") if entry.unit_id else "")
        self.add.setText(tr(N_("Corregir")))
        self.name.setFocus()
        self.name.selectAll()

    def _toggle(self) -> None:
        row = self.list.currentRow()
        if row >= 0:
            self._entries[row] = replace(self._entries[row], is_present=not self._entries[row].is_present)
            self.changed.emit(tuple(self._entries))

    def _remove(self) -> None:
        row = self.list.currentRow()
        if row >= 0:
            del self._entries[row]
            self._editing = None
            self.changed.emit(tuple(self._entries))

    def _shown_units(self) -> dict[str, UUID]:
        return {text: self._units[folded(text)] for text in self._callsigns.stringList()}


def _completed() -> tuple[QLineEdit, QStringListModel]:
    editor = QLineEdit()
    model = QStringListModel(editor)
    completer = QCompleter(model, editor)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    editor.setCompleter(completer)
    return editor, model
