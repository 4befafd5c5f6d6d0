"""The tables of the page of the exchange."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from desktop.core.i18n import tr
from desktop.views.theme import SIZES


def fill(shown: QTableWidget, rows: list[tuple[str, ...]]) -> None:
    """Put rows of text into a table."""
    shown.setRowCount(len(rows))
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            shown.setItem(row, column, QTableWidgetItem(text))


def table(name: str, columns: tuple[str, ...], *, stretched: int = -1) -> QTableWidget:
    """Return a table to be read, whose column `stretched` takes the room that is left."""
    made = QTableWidget(0, len(columns))
    made.setAccessibleName(name)
    made.setHorizontalHeaderLabels([tr(column) for column in columns])
    header = made.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(stretched % len(columns), QHeaderView.ResizeMode.Stretch)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    made.verticalHeader().hide()
    made.verticalHeader().setDefaultSectionSize(SIZES.row)
    made.setShowGrid(False)
    made.setTabKeyNavigation(False)
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    return made
