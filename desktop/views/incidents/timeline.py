"""The timeline of an incident: append-only lines, wrong ones struck through, late ones marked with both times."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import LineKind
from desktop.operations.incidents.values import LineView
from desktop.views.incidents.queue import ROW, AnyIndex
from desktop.views.theme import SIZES, Theme

_ROOT = QModelIndex()
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_BY_A_PERSON = frozenset(
    {LineKind.NOTE, LineKind.CALL, LineKind.CREATED, LineKind.CLOSED, LineKind.CORRECTION}
)


class TimelineModel(QAbstractListModel):
    """Lines from the oldest to the newest."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines: tuple[LineView, ...] = ()

    def rowCount(self, parent: AnyIndex = _ROOT) -> int:
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the line itself, or the sentence that a screen reader speaks."""
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        line = self._lines[index.row()]
        if role == ROW:
            return line
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            struck = tr(N_("tachada: ")) if line.struck_at else ""
            return f"{struck}{formats.time_hms(line.at)} {line.text}, {line.author}"
        return None

    def take(self, lines: Sequence[LineView]) -> bool:
        """Show `lines`; return whether something was added at the end."""
        fresh = tuple(lines)
        if fresh == self._lines:
            return False
        known = len(self._lines)
        if fresh[:known] == self._lines and len(fresh) > known:
            self.beginInsertRows(_ROOT, known, len(fresh) - 1)
            self._lines = fresh
            self.endInsertRows()
            return True
        self.beginResetModel()
        self._lines = fresh
        self.endResetModel()
        return len(fresh) > known


class LineDelegate(QStyledItemDelegate):
    """Paints a line: time, text as high as it needs, author and marks below it."""

    _TIME_WIDTH = 68

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Return the height that the words need at the width of the view."""
        line: LineView = index.data(ROW)
        width = self._view.viewport().width()
        font = self._theme.font(SIZES.type_body)
        option.font = font
        metrics = option.fontMetrics
        room = QRect(0, 0, max(80, width - self._TIME_WIDTH - 3 * SIZES.space_2), 10_000)
        height = metrics.boundingRect(room, _WRAP, line.text).height()
        return QSize(width, height + metrics.height() + SIZES.space_2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw the line."""
        line: LineView = index.data(ROW)
        theme = self._theme
        painter.save()
        rect = option.rect.adjusted(0, 1, 0, -1)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("surface_selected"))
            painter.drawRoundedRect(rect, SIZES.radius, SIZES.radius)
        inner = rect.adjusted(SIZES.space_2, SIZES.space_1 // 2, -SIZES.space_2, 0)
        is_struck = line.struck_at is not None
        painter.setFont(theme.font(SIZES.type_small))
        painter.setPen(theme.colour("text_muted"))
        painter.drawText(
            inner, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), formats.time_hms(line.at)
        )
        words = inner.adjusted(self._TIME_WIDTH, 0, 0, 0)
        weight = QFont.Weight.Medium if line.kind in _BY_A_PERSON else QFont.Weight.Normal
        font = theme.font(SIZES.type_body, weight)
        font.setStrikeOut(is_struck)
        painter.setFont(font)
        painter.setPen(theme.colour("text_muted" if is_struck else "text"))
        used = painter.boundingRect(words, _WRAP, line.text)
        painter.drawText(words, _WRAP, line.text)
        painter.setFont(theme.font(SIZES.type_small))
        painter.setPen(theme.colour("warning" if line.is_late_entry else "text_muted"))
        below = QRect(words.left(), used.bottom() + 1, words.width(), words.height())
        painter.drawText(
            below, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), self._below(line)
        )
        painter.restore()

    @staticmethod
    def _below(line: LineView) -> str:
        parts = [line.author]
        if line.from_short:
            parts.append(tr(N_("en {incident}"), incident=line.from_short))
        if line.is_late_entry:
            parts.append(tr(N_("ingreso tardío, escrito {at}"), at=formats.day_time(line.entered_at)))
        if line.struck_at is not None:
            parts.append(tr(N_("tachada: {reason}"), reason=line.strike_reason or ""))
        return " · ".join(part for part in parts if part)


class Timeline(QListView):
    """The lines; it stays at the newest one unless the person has scrolled back."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = TimelineModel(self)
        self.setModel(self._lines)
        self.setItemDelegate(LineDelegate(theme, self))
        self.setAccessibleName(tr(N_("Cronología")))
        self.setWordWrap(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)

    def take(self, lines: Sequence[LineView]) -> None:
        """Show `lines`."""
        bar = self.verticalScrollBar()
        was_at_end = bar.value() >= bar.maximum() - SIZES.row
        if self._lines.take(lines) and was_at_end:
            self.scrollToBottom()

    def current_line(self) -> LineView | None:
        """Return the line that the person is on."""
        line: LineView | None = self.currentIndex().data(ROW)
        return line
