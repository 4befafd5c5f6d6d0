"""The board of units: what each is doing and since when; several can be chosen for one change of state."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.core import formats
from desktop.core.clock import Clock
from desktop.core.i18n import N_, plural, tr
from desktop.models.incidents.states import UnitStatus
from desktop.operations.incidents.values import UnitRow
from desktop.views.incidents.queue import ROW, AnyIndex
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.marks import UNIT_MARKS, paint_mark
from desktop.views.widgets.text import label

_ROOT = QModelIndex()


class UnitModel(QAbstractListModel):
    """Units by callsign; a change of one repaints one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: list[UnitRow] = []

    def rowCount(self, parent: AnyIndex = _ROOT) -> int:
        """Return how many units there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the row itself, or the sentence that a screen reader speaks."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return f"{row.callsign}, {tr(row.status.label)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            parts = (tr(row.kind.label), row.crew or "", row.sector or "")
            return " · ".join(part for part in parts if part)
        return None

    def take(self, rows: Sequence[UnitRow]) -> None:
        """Show a fresh state."""
        if [row.id for row in rows] != [row.id for row in self._rows]:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return
        for place, row in enumerate(rows):
            if row != self._rows[place]:
                self._rows[place] = row
                self.dataChanged.emit(self.index(place), self.index(place))

    @property
    def rows(self) -> list[UnitRow]:
        """Return the units shown."""
        return self._rows


class UnitDelegate(QStyledItemDelegate):
    """Paints a unit: shape and colour of its state, callsign, state, how long, and its incident."""

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock = clock

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """One line."""
        del index
        return QSize(option.rect.width(), SIZES.row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw the unit."""
        row: UnitRow = index.data(ROW)
        theme = self._theme
        painter.save()
        rect = option.rect.adjusted(SIZES.space_1, 1, -SIZES.space_1, -1)
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("surface_selected"))
            painter.drawRoundedRect(rect, SIZES.radius, SIZES.radius)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(theme.colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect, SIZES.radius, SIZES.radius)
        inner = rect.adjusted(SIZES.space_2, 0, -SIZES.space_2, 0)
        shape, token = UNIT_MARKS[row.status]
        mark = QRectF(inner.left(), inner.top(), SIZES.space_3, inner.height())
        paint_mark(painter, mark, shape, theme.colour(token))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        words = inner.adjusted(SIZES.space_5, 0, 0, 0)
        painter.setFont(theme.font(SIZES.type_body, QFont.Weight.DemiBold))
        painter.setPen(theme.colour("text"))
        width = max(44, painter.fontMetrics().horizontalAdvance(row.callsign + " "))
        painter.drawText(words, middle | int(Qt.AlignmentFlag.AlignLeft), row.callsign)
        painter.setFont(theme.font(SIZES.type_small))
        since = "" if row.status_at is None else self._since(row)
        right = (
            f"{row.incident_short} · {since}" if row.incident_short and since else row.incident_short or since
        )
        painter.setPen(theme.colour("text_muted"))
        painter.drawText(words, middle | int(Qt.AlignmentFlag.AlignRight), right)
        right_width = painter.fontMetrics().horizontalAdvance(right)
        painter.setPen(theme.colour(token))
        room = QRect(
            words.left() + width, words.top(), words.width() - width - right_width - 8, words.height()
        )
        text = painter.fontMetrics().elidedText(
            tr(row.status.label), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, middle | int(Qt.AlignmentFlag.AlignLeft), text)
        painter.restore()

    def _since(self, row: UnitRow) -> str:
        if row.status_at is None:
            return ""
        return formats.timer((self._clock.now() - row.status_at).total_seconds())


class UnitBoard(QWidget):
    """The units with their heading."""

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = UnitModel(self)
        self._free = label("", "muted")
        self.list = QListView()
        self.list.setAccessibleName(tr(N_("Móviles")))
        self.list.setModel(self._model)
        self.list.setItemDelegate(UnitDelegate(theme, clock, self))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        head = QHBoxLayout()
        head.addWidget(label(tr(N_("Móviles")), "strong"))
        head.addWidget(self._free)
        head.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_2, SIZES.space_3, SIZES.space_2, SIZES.space_2)
        layout.setSpacing(SIZES.space_2)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        self._ticking = QTimer(self, interval=1000)
        self._ticking.timeout.connect(self.list.viewport().update)
        self._ticking.start()

    def take(self, rows: Sequence[UnitRow]) -> None:
        """Show a fresh state; the choice stays."""
        chosen = {row.id for row in self.selected()}
        self._model.take(rows)
        free = sum(row.status is UnitStatus.AVAILABLE for row in rows)
        self._free.setText(plural("{count} disponible", "{count} disponibles", free))
        if chosen and not self.list.selectionModel().hasSelection():
            flag = QItemSelectionModel.SelectionFlag.Select
            for place, row in enumerate(self._model.rows):
                if row.id in chosen:
                    self.list.selectionModel().select(self._model.index(place), flag)

    def selected(self) -> list[UnitRow]:
        """Return the units that the person chose, in the order of the board."""
        indexes = sorted(self.list.selectionModel().selectedIndexes(), key=lambda index: index.row())
        return [index.data(ROW) for index in indexes]

    def busy_on(self, incident_id: UUID) -> list[UnitRow]:
        """Return the units that work on an incident."""
        return [row for row in self._model.rows if row.incident_id == incident_id]

    @property
    def rows(self) -> list[UnitRow]:
        """Return every unit shown."""
        return self._model.rows
