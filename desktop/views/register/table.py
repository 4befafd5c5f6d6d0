"""The table of a list: columns that are remembered, order by a click, and rows that never move by themselves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from desktop.core.i18n import N_, tr
from desktop.operations.query_values import ColumnView
from desktop.register.kinds import Kind
from desktop.views.register.cells import RowPainter
from desktop.views.register.desk import ListDesk
from desktop.views.register.model import RowsModel
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import surface

_WIDTHS = {
    Kind.FLAG: 96,
    Kind.DAY: 116,
    Kind.INSTANT: 164,
    Kind.INTEGER: 92,
    Kind.DECIMAL: 110,
    Kind.PHONE: 140,
    Kind.PLATE: 96,
    Kind.RUN: 120,
    Kind.CHOICE: 150,
    Kind.LONG_TEXT: 280,
}
_TEXT_WIDTH = 180
_WIDEST = 260
_FITTED_ROWS = 40


class RegisterTable(QTableView):
    """`opened` follows Enter, a double click or a chosen row; `sorted_by` a click on a title."""

    opened = Signal(int)
    chosen = Signal(int)
    sorted_by = Signal(str, bool)

    def __init__(
        self, theme: Theme, model: RowsModel, desk: ListDesk, title: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.setModel(model)
        self._rows = model
        self._desk = desk
        self._is_arranging = True
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
        theme.changed.connect(self._fit)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(56)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._ask_columns)
        header.sectionClicked.connect(self._sort_by)
        self.activated.connect(lambda index: self.opened.emit(index.row()))
        header.setResizeContentsPrecision(_FITTED_ROWS)
        self._is_fitted = bool(desk.columns().widths)
        self._arrange(model.columns)
        self._is_arranging = False
        self._later = QTimer(self, singleShot=True, interval=400)
        self._later.timeout.connect(self.keep_columns)
        header.sectionResized.connect(self._changed)
        header.sectionMoved.connect(self._changed)

    def _fit(self) -> None:
        self.verticalHeader().setDefaultSectionSize(SIZES.row)

    def show_order(self, name: str, *, newest_first: bool) -> None:
        """Point the arrow at the column by which the list is ordered."""
        names = [column.name for column in self._rows.columns]
        order = Qt.SortOrder.DescendingOrder if newest_first else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(names.index(name) if name in names else -1, order)

    def fit_once(self) -> None:
        """Give each column the room of its first rows, unless the person has chosen widths.

        When they come the table may not have its height yet: what is in sight would be less than a screenful.
        """
        if not self._is_fitted:
            self._is_fitted = True
            self._is_arranging = True
            header = self.horizontalHeader()
            for place in range(header.count()):
                wanted = max(self.sizeHintForColumn(place), header.sectionSizeHint(place))
                header.resizeSection(place, min(wanted, _WIDEST))
            self._is_arranging = False

    def place(self) -> int:
        """Return the chosen place, -1 for none."""
        index = self.currentIndex()
        return index.row() if index.isValid() and self.selectionModel().hasSelection() else -1

    def choose(self, place: int) -> None:
        """Choose a row without telling anybody, and bring it into sight."""
        blocked = self.blockSignals(True)
        if place < 0:
            self.clearSelection()
        else:
            index = self._rows.index(place, self._first_visible())
            self.setCurrentIndex(index)
            self.scrollTo(index)
        self.blockSignals(blocked)
        self.viewport().update()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell which row was chosen."""
        super().selectionChanged(selected, deselected)
        rows = selected.indexes()
        if rows:
            self.chosen.emit(rows[0].row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter; Home and End go to the first and last row."""
        key = event.key()
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.place() >= 0:
            self.opened.emit(self.place())
        elif key in {Qt.Key.Key_Home, Qt.Key.Key_End} and self._rows.rowCount():
            place = 0 if key == Qt.Key.Key_Home else self._rows.rowCount() - 1
            self.setCurrentIndex(self._rows.index(place, self._first_visible()))
        else:
            super().keyPressEvent(event)

    def keep_columns(self) -> None:
        """Remember the columns as they are."""
        header = self.horizontalHeader()
        memory = self._desk.columns()
        names = [column.name for column in self._rows.columns]
        memory.order = [names[header.logicalIndex(place)] for place in range(header.count())]
        memory.hidden = [name for place, name in enumerate(names) if header.isSectionHidden(place)]
        memory.widths.update(
            {
                name: header.sectionSize(place)
                for place, name in enumerate(names)
                if not header.isSectionHidden(place)
            }
        )
        self._desk.keep_columns(memory)

    def columns_menu(self) -> QMenu:
        """Return the menu in which columns are shown and hidden."""
        menu = QMenu(self)
        header = self.horizontalHeader()
        shown = header.count() - header.hiddenSectionCount()
        for place, column in enumerate(self._rows.columns):
            action = QAction(column.label, menu, checkable=True)
            action.setChecked(not header.isSectionHidden(place))
            action.setEnabled(shown > 1 or header.isSectionHidden(place))
            action.toggled.connect(lambda is_shown, place=place: self._show_column(place, is_shown))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(tr(N_("Volver a las columnas de fábrica")), self._reset_columns)
        return menu

    def _ask_columns(self, where: QPoint) -> None:
        self.columns_menu().popup(self.horizontalHeader().mapToGlobal(where))

    def _show_column(self, place: int, is_shown: bool) -> None:
        self.setColumnHidden(place, not is_shown)
        self._changed()

    def _reset_columns(self) -> None:
        self._is_arranging = True
        header = self.horizontalHeader()
        for place, column in enumerate(self._rows.columns):
            header.setSectionHidden(place, False)
            header.moveSection(header.visualIndex(place), place)
            header.resizeSection(place, _WIDTHS.get(column.kind, _TEXT_WIDTH))
        self._is_arranging = False
        self.keep_columns()

    def _arrange(self, columns: Sequence[ColumnView]) -> None:
        memory = self._desk.columns()
        header = self.horizontalHeader()
        names = [column.name for column in columns]
        for place, column in enumerate(columns):
            width = memory.widths.get(column.name, _WIDTHS.get(column.kind, _TEXT_WIDTH))
            header.resizeSection(place, width)
            header.setSectionHidden(place, column.name in memory.hidden)
        for target, name in enumerate(memory.order):
            header.moveSection(header.visualIndex(names.index(name)), target)

    def _first_visible(self) -> int:
        header = self.horizontalHeader()
        for place in range(header.count()):
            if not header.isSectionHidden(header.logicalIndex(place)):
                return header.logicalIndex(place)
        return 0

    def _sort_by(self, section: int) -> None:
        order = self.horizontalHeader().sortIndicatorOrder()
        self.sorted_by.emit(self._rows.columns[section].name, order is Qt.SortOrder.DescendingOrder)

    def _changed(self, *_: object) -> None:
        if not self._is_arranging:
            self._later.start()
