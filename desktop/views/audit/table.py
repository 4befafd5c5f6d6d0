"""The list of the audit: the rows of the registers' lists, in the one order that an audit has."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop.core.i18n import N_, tr
from desktop.views.register.cells import RowPainter
from desktop.views.register.model import RowsModel
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import surface

_WIDTHS = (174, 142, 170, 118, 152, 220, 96)


class AuditTable(QTableView):
    """`chosen` follows the selection, `opened` Enter or a double click; both give the place."""

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, theme: Theme, model: RowsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr(N_("Líneas de la auditoría")))
        self.setModel(model)
        self._rows = model
        self.setItemDelegate(RowPainter(theme, self, model))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setCornerWidget(surface("page"))
        self.setMouseTracking(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(SIZES.row)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setStretchLastSection(True)
        for place, width in enumerate(_WIDTHS):
            header.resizeSection(place, width)
        self.activated.connect(lambda index: self.opened.emit(index.row()))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell which row was chosen."""
        super().selectionChanged(selected, deselected)
        rows = selected.indexes()
        if rows:
            self.chosen.emit(rows[0].row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter; Home and End go to the newest and the oldest line."""
        key = event.key()
        index = self.currentIndex()
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and index.isValid():
            self.opened.emit(index.row())
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End} and self._rows.rowCount():
            place = 0 if key == Qt.Key.Key_Home else self._rows.rowCount() - 1
            self.setCurrentIndex(self._rows.index(place, 0))
        else:
            super().keyPressEvent(event)
