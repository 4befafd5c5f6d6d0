"""How a row of a list is painted: one stroke per cell, without the style sheet, so that a long list scrolls freely."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from desktop.models.incidents.states import Priority, UnitStatus
from desktop.register.kinds import Kind
from desktop.views.register.model import RowsModel
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.marks import PRIORITY_MARKS, UNIT_MARKS, Shape, paint_mark

_MARK = 12
_INSET = SIZES.space_1
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_RIGHT_KINDS = frozenset({Kind.INTEGER, Kind.DECIMAL})
_Index = QModelIndex | QPersistentModelIndex


def mark_of(value: object) -> tuple[Shape, str] | None:
    """Return shape and colour token of a choice that has them: priorities, states of units."""
    if isinstance(value, Priority):
        return PRIORITY_MARKS.get(str(value.value))
    return UNIT_MARKS.get(value) if isinstance(value, UnitStatus) else None


class RowPainter(QStyledItemDelegate):
    """Paints cells from the `RowView` of the model; colours are read once per change of theme."""

    def __init__(self, theme: Theme, view: QTableView, model: RowsModel) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._model = model
        self._aligned = [_RIGHT if column.kind in _RIGHT_KINDS else _LEFT for column in model.columns]
        self._elided: dict[tuple[str, int], str] = {}
        theme.changed.connect(self._take_colours)
        self._take_colours()

    def _take_colours(self) -> None:
        colours = self._theme.colours
        self._text = QColor(colours.text)
        self._muted = QColor(colours.text_muted)
        self._selected = QColor(colours.surface_selected)
        self._hover = QColor(colours.surface_hover)
        self._line = QColor(colours.line)
        self._accent = QColor(colours.accent)
        self._elided.clear()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one cell."""
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._selected)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, self._hover)
        painter.setPen(self._line)
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        row = self._model.row(index.row())
        column = index.column()
        if row is None:
            painter.fillRect(
                rect.left() + _INSET, rect.center().y() - 3, min(56, rect.width() // 2), 6, self._line
            )
            return
        text = row.cells[column]
        if not text:
            return
        left = rect.left() + _INSET
        width = rect.width() - _INSET - SIZES.space_2
        mark = mark_of(row.values[column])
        if mark is not None:
            box = QRectF(left, rect.center().y() - _MARK / 2 + 1, _MARK, _MARK)
            paint_mark(painter, box, mark[0], self._theme.colour(mark[1]))
            left += _MARK + SIZES.space_2
            width -= _MARK + SIZES.space_2
        painter.setPen(self._muted if row.is_voided or row.is_masked else self._text)
        shown = self._fit(text, width, painter.fontMetrics())
        where = QRect(left, rect.top(), width, rect.height())
        if row.is_voided:
            self._strike(painter, where, column, shown)
        else:
            painter.drawText(where, self._aligned[column], shown)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return a size for columns that fit their content."""
        row = self._model.row(index.row())
        text = row.cells[index.column()] if row is not None else ""
        metrics: QFontMetrics = option.fontMetrics
        extra = _MARK + SIZES.space_2 if row is not None and mark_of(row.values[index.column()]) else 0
        return QSize(metrics.horizontalAdvance(text) + 2 * SIZES.space_2 + extra + 4, SIZES.row)

    def _fit(self, text: str, width: int, metrics: QFontMetrics) -> str:
        key = (text, width)
        fitted = self._elided.get(key)
        if fitted is None:
            if len(self._elided) > 6000:
                self._elided.clear()
            fitted = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            self._elided[key] = fitted
        return fitted

    def _strike(self, painter: QPainter, where: QRect, column: int, text: str) -> None:
        painter.save()
        font = QFont(painter.font())
        font.setStrikeOut(True)
        painter.setFont(font)
        painter.drawText(where, self._aligned[column], text)
        painter.restore()
