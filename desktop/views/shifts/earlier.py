"""The earlier shifts, at the side: who handed over to whom, and what of them is printed."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.operations.shift_book import ShiftRow
from desktop.views.theme import SIZES
from desktop.views.widgets.text import label

ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_ROW = Qt.ItemDataRole.UserRole


class EarlierShifts(QWidget):
    """A list, newest first. `print_asked` when the person wants the act of the chosen one."""

    print_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.list.setProperty("part", "notes")
        self.list.setAccessibleName(tr(N_("Turnos anteriores")))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.installEventFilter(self)
        self.list.itemDoubleClicked.connect(lambda _: self.print_asked.emit())
        self._none = label(tr(N_("Aquí quedan los turnos entregados.")), "muted", wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_2)
        layout.addWidget(label(tr(N_("Turnos anteriores")), "strong"))
        layout.addWidget(self._none)
        layout.addWidget(self.list, 1)
        layout.addStretch(0)  # takes the room of the list while that is hidden
        layout.addWidget(
            label(
                tr(N_("Enter imprime el acta de entrega · Ctrl+P el parte de novedades")), "small", wraps=True
            )
        )
        self.setMinimumWidth(252)
        self.setMaximumWidth(320)

    def show_rows(self, rows: tuple[ShiftRow, ...], current: UUID | None) -> None:
        """Show the shifts but the one that runs; the chosen one stays chosen."""
        chosen = self.chosen()
        self.list.clear()
        for row in rows:
            if row.id == current:
                continue
            names = (
                f"{row.outgoing_name} → {row.incoming_name}" if row.outgoing_name else tr(row.status.label)
            )
            item = QListWidgetItem(f"{formats.day(row.day)} · {tr(row.kind.label)}\n{names}")
            item.setData(_ROW, row)
            self.list.addItem(item)
        has_rows = self.list.count() > 0
        self.list.setVisible(has_rows)
        self._none.setVisible(not has_rows)
        if has_rows:
            self.list.setCurrentRow(0)
        if chosen is not None:
            self.choose(chosen.id)

    def choose(self, shift_id: UUID) -> None:
        """Choose a shift; one that is not in the list changes nothing."""
        for place in range(self.list.count()):
            if self.list.item(place).data(_ROW).id == shift_id:
                self.list.setCurrentRow(place)

    def chosen(self) -> ShiftRow | None:
        """Return the chosen shift."""
        row: ShiftRow | None = self.list.currentIndex().data(_ROW)
        return row

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Enter prints the chosen shift."""
        is_enter = (
            event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in ENTER
        )
        if is_enter:
            self.print_asked.emit()
        return is_enter
