"""The rows of a list as Qt sees them: an array of rowids, and the cells of the pages near the eye.

Nothing here waits: a cell that has not arrived is drawn as a placeholder, its page is asked for after the paint,
and only what is still on screen is asked for.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from desktop.core.i18n import N_, tr
from desktop.operations.query_values import ColumnView, RowView
from desktop.register.kinds import Kind

if TYPE_CHECKING:
    from desktop.views.tasks import Tasks

PAGE = 128
PAGES_KEPT = 40
PAGES_AT_ONCE = 3
ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""The `RowView` of an index, or None while it is on its way."""

Index = QModelIndex | QPersistentModelIndex
ReadRows = Callable[[Sequence[int]], Callable[[Any], list[RowView]]]
"""Turns rowids into the function that a reader runs."""

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_TOOL_TIP = int(Qt.ItemDataRole.ToolTipRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_ACCESSIBLE = int(Qt.ItemDataRole.AccessibleTextRole)
_NOWHERE = QModelIndex()
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_RIGHT_KINDS = frozenset({Kind.INTEGER, Kind.DECIMAL})


class RowsModel(QAbstractTableModel):
    """A list of any length. `page_arrived` follows each answer."""

    page_arrived = Signal()

    def __init__(
        self, columns: Sequence[ColumnView], tasks: Tasks, read_rows: ReadRows, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._tasks = tasks
        self._read_rows = read_rows
        self._ids: array[int] = array("q")
        self._pages: OrderedDict[int, list[RowView | None]] = OrderedDict()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._is_reading = False
        self._generation = 0
        self._alignments = [_RIGHT if column.kind in _RIGHT_KINDS else _LEFT for column in columns]
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._fetch)

    @property
    def ids(self) -> array[int]:
        """Return the rowids in order."""
        return self._ids

    def show_ids(self, ids: array[int]) -> None:
        """Show another list."""
        self.beginResetModel()
        self._ids = ids
        self._forget_pages()
        self.endResetModel()

    def extend(self, ids: array[int]) -> bool:
        """Take the whole list of which the first rows are shown already; False when its start differs."""
        shown = len(self._ids)
        if len(ids) < shown or ids[:shown] != self._ids:
            return False
        if len(ids) > shown:
            self.beginInsertRows(_NOWHERE, shown, len(ids) - 1)
            self._ids = ids
            self.endInsertRows()
        return True

    def refresh(self) -> None:
        """Ask again for the cells; what is on screen stays until the answer is there."""
        self._generation += 1
        self._is_reading = False
        stale = list(self._pages)
        for number in stale[:-PAGES_AT_ONCE]:
            del self._pages[number]
        self._wanted = OrderedDict.fromkeys(stale[-PAGES_AT_ONCE:])
        self._soon.start()

    def row(self, place: int) -> RowView | None:
        """Return a row when its cells are here; otherwise they are asked for."""
        number, offset = divmod(place, PAGE)
        page = self._pages.get(number)
        if page is None:
            self._wanted[number] = None
            self._wanted.move_to_end(number)
            if not self._soon.isActive():
                self._soon.start()
            return None
        return page[offset] if offset < len(page) else None

    def place_of(self, rowid: int) -> int:
        """Return the place of a row in the list, -1 when it is not there."""
        try:
            return self._ids.index(rowid)
        except ValueError:
            return -1

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the length of the list."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        """Return what a cell shows."""
        if role == _ALIGNMENT:
            return self._alignments[index.column()] if index.isValid() else None
        if role not in {_DISPLAY, ROW_ROLE, _TOOL_TIP, _ACCESSIBLE} or not index.isValid():
            return None
        row = self.row(index.row())
        if role == ROW_ROLE:
            return row
        if row is None:
            return "…" if role == _DISPLAY else None
        text = row.cells[index.column()]
        if role == _ACCESSIBLE:
            return f"{self.columns[index.column()].label}: {text}"
        return text

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        """Return a column's title."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == _DISPLAY:
            return self.columns[section].label
        if role == _TOOL_TIP:
            return tr(N_("{label}: ordenar por esta columna"), label=self.columns[section].label)
        return self._alignments[section] if role == _ALIGNMENT else None

    def _forget_pages(self) -> None:
        self._generation += 1
        self._is_reading = False
        self._pages.clear()
        self._wanted.clear()

    def _fetch(self) -> None:
        if self._is_reading or not self._wanted:
            return
        last = (len(self._ids) - 1) // PAGE
        numbers = [number for number in reversed(self._wanted) if number <= last][:PAGES_AT_ONCE]
        self._wanted.clear()
        if not numbers:
            return
        rowids = [rowid for number in numbers for rowid in self._ids[number * PAGE : (number + 1) * PAGE]]
        generation = self._generation
        self._is_reading = True

        def settled() -> None:
            if generation == self._generation:
                self._is_reading = False
                self._fetch()

        self._tasks.read(
            self._read_rows(rowids),
            lambda rows: self._arrived(generation, numbers, rows),
            owner=self,
            settled=settled,
        )

    def _arrived(self, generation: int, numbers: Sequence[int], rows: list[RowView]) -> None:
        if generation != self._generation:
            return
        by_rowid = {row.rowid: row for row in rows}
        for number in numbers:
            start = number * PAGE
            rowids = self._ids[start : start + PAGE]
            self._pages[number] = [by_rowid.get(rowid) for rowid in rowids]
            self._pages.move_to_end(number)
            end = start + len(rowids) - 1
            self.dataChanged.emit(self.index(start, 0), self.index(end, len(self.columns) - 1))
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        self.page_arrived.emit()
