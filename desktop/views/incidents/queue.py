"""The queue of open incidents: by priority, then age; it never moves under the person's eyes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.core import formats
from desktop.core.clock import Clock
from desktop.core.i18n import N_, plural, tr
from desktop.operations.incidents.values import QueueRow
from desktop.views.icons import Icons
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import button
from desktop.views.widgets.empty import EmptyState
from desktop.views.widgets.marks import PRIORITY_MARKS, paint_mark
from desktop.views.widgets.text import label

AnyIndex = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
_ROOT = QModelIndex()


class QueueModel(QAbstractListModel):
    """Rows in the order in which they were last let in; fresh ones wait while the order is held."""

    waiting_changed = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: list[QueueRow] = []
        self._waiting: tuple[QueueRow, ...] | None = None

    def rowCount(self, parent: AnyIndex = _ROOT) -> int:
        """Return how many incidents are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the row itself, or the sentence that a screen reader speaks."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return tr(
                N_("{priority}, {short}, {title}, {place}, {status}")
                if row.escalated_at is None
                else N_("{priority}, {short}, {title}, {place}, {status}, {escalated}"),
                priority=tr(row.priority.label),
                short=row.short,
                title=row.title,
                place=row.place,
                status=tr(row.status.label),
                escalated=escalated_text(row).lower(),
            )
        return None

    def take(self, rows: Sequence[QueueRow], *, is_held: bool) -> None:
        """Show a fresh state; when held, known rows are brought up to date where they stand and the rest waits."""
        if not is_held:
            self._let_in(tuple(rows))
            return
        by_id = {row.id: row for row in rows}
        for place, row in enumerate(self._rows):
            fresh = by_id.get(row.id)
            if fresh is not None and fresh != row:
                self._rows[place] = fresh
                self.dataChanged.emit(self.index(place), self.index(place))
        known = [row.id for row in self._rows]
        if known == [row.id for row in rows]:
            self._waiting = None
        else:
            self._waiting = tuple(rows)
        self.waiting_changed.emit(self.waiting)

    def let_in(self) -> None:
        """Take the order that waits."""
        if self._waiting is not None:
            self._let_in(self._waiting)

    @property
    def waiting(self) -> int:
        """Return how many new incidents wait to be shown."""
        known = {row.id for row in self._rows}
        return sum(row.id not in known for row in self._waiting or ())

    @property
    def rows(self) -> list[QueueRow]:
        """Return the rows shown."""
        return self._rows

    def place_of(self, incident_id: UUID) -> QModelIndex:
        """Return the index of an incident; invalid when it is not shown."""
        for place, row in enumerate(self._rows):
            if row.id == incident_id:
                return self.index(place)
        return QModelIndex()

    def _let_in(self, rows: tuple[QueueRow, ...]) -> None:
        self._waiting = None
        if [row.id for row in rows] == [row.id for row in self._rows]:
            self._rows = list(rows)
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
        else:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
        self.waiting_changed.emit(0)


def escalated_text(row: QueueRow) -> str:
    """Return the word for an escalated incident."""
    return tr(N_("Escalado, tomado")) if row.is_escalation_taken else tr(N_("Escalado"))


class QueueDelegate(QStyledItemDelegate):
    """Paints a row: shape of the priority, number, type, place, age; red and bold when a target is missed.

    An escalated one also carries a bell and the word.
    """

    def __init__(self, theme: Theme, icons: Icons, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._clock = clock

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Two lines of text."""
        del index
        return QSize(option.rect.width(), SIZES.row + SIZES.space_5)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw the row."""
        row: QueueRow = index.data(ROW)
        colours = self._theme
        painter.save()
        rect = option.rect.adjusted(SIZES.space_1, 1, -SIZES.space_1, -1)
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.colour("surface_selected"))
            painter.drawRoundedRect(rect, SIZES.radius, SIZES.radius)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.colour("surface_hover"))
            painter.drawRoundedRect(rect, SIZES.radius, SIZES.radius)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(colours.colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect, SIZES.radius, SIZES.radius)
        inner = rect.adjusted(SIZES.space_2, SIZES.space_1, -SIZES.space_2, -SIZES.space_1)
        shape, token = PRIORITY_MARKS[row.priority.name]
        mark = QRectF(inner.left(), inner.top() + 4, SIZES.space_3, SIZES.space_3)
        paint_mark(painter, mark, shape, colours.colour(token))
        self._words(painter, inner.adjusted(SIZES.space_5, 0, 0, 0), row)
        painter.restore()

    def _words(self, painter: QPainter, rect: QRect, row: QueueRow) -> None:
        now = self._clock.now()
        is_late = row.due_at is not None and row.due_at <= now
        age = formats.timer((now - row.reported_at).total_seconds())
        half = rect.height() // 2
        first = QRect(rect.left(), rect.top(), rect.width(), half)
        second = QRect(rect.left(), rect.top() + half, rect.width(), half)
        bold = self._theme.font(SIZES.type_body, QFont.Weight.DemiBold)
        small = self._theme.font(SIZES.type_small)

        painter.setFont(bold)
        painter.setPen(self._theme.colour("danger" if is_late else "text"))
        age_width = painter.fontMetrics().horizontalAdvance(age)
        painter.drawText(first, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), age)
        painter.setPen(self._theme.colour("text_muted"))
        number_width = painter.fontMetrics().horizontalAdvance(row.short + "  ")
        painter.drawText(first, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), row.short)
        painter.setPen(self._theme.colour("text"))
        title = first.adjusted(number_width, 0, -age_width - SIZES.space_2, 0)
        shown = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, title.width())
        painter.drawText(title, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)

        painter.setFont(small)
        right, token = " ".join(row.units) or tr(row.status.label), "text_muted"
        if row.no_unit_since:
            right, token = tr(N_("Sin móvil")), "warning"
        if row.escalated_at is not None:
            right = " · ".join((escalated_text(row), right) if row.no_unit_since else (escalated_text(row),))
            token = "text_muted" if row.is_escalation_taken else "danger"
        painter.setPen(self._theme.colour(token))
        right_width = painter.fontMetrics().horizontalAdvance(right)
        painter.drawText(second, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), right)
        if row.escalated_at is not None:
            side = painter.fontMetrics().height()
            bell = QRect(second.right() - right_width - side, second.center().y() - side // 2, side, side)
            self._icons.icon("bell-ringing", token).paint(painter, bell)
            right_width += side
        painter.setPen(self._theme.colour("text_muted"))
        extra = f"  ·  {plural('{count} llamada', '{count} llamadas', row.calls)}" if row.calls > 1 else ""
        place = (row.place or row.sector or tr(N_("Sin dirección"))) + extra
        room = second.adjusted(0, 0, -right_width - SIZES.space_2, 0)
        shown = painter.fontMetrics().elidedText(place, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)


class Queue(QWidget):
    """The list with its heading, the counter of new ones, and its empty state."""

    chosen = Signal(object)
    """The id of the incident that the person moved to."""

    def __init__(self, theme: Theme, icons: Icons, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = QueueModel(self)
        self._wanted: UUID | None = None
        self._is_settling = False
        self._heading = label(tr(N_("Cola")), "strong")
        self._count = label("", "muted")
        self._new = button("", "link", self.show_new)
        self._new.hide()
        self.list = QListView()
        self.list.setAccessibleName(tr(N_("Cola de incidentes abiertos")))
        self.list.setModel(self._model)
        self.list.setItemDelegate(QueueDelegate(theme, icons, clock, self))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.selectionModel().currentChanged.connect(self._moved)
        self.list.installEventFilter(self)
        empty = EmptyState(
            icons,
            "check",
            tr(N_("Nada pendiente")),
            tr(N_("Aquí aparecen los incidentes abiertos. Pulse Ins para ingresar una llamada.")),
        )
        head = QHBoxLayout()
        head.addWidget(self._heading)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self._new)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(empty)
        self._stack.addWidget(self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_2, SIZES.space_3, SIZES.space_2, 0)
        layout.setSpacing(SIZES.space_2)
        layout.addLayout(head)
        layout.addWidget(holder, 1)
        self._model.waiting_changed.connect(self._show_waiting)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(self.list.accessibleName())
        self._ticking = QTimer(self, interval=1000)
        self._ticking.timeout.connect(self.list.viewport().update)
        self._ticking.start()

    def take(self, rows: Sequence[QueueRow]) -> None:
        """Show a fresh state without moving anything under the person's eyes."""
        is_held = self.list.hasFocus() or self.list.underMouse()
        with self._settling():
            self._model.take(rows, is_held=is_held and self._model.rowCount() > 0)
            self._count.setText(plural("{count} abierto", "{count} abiertos", len(rows)))
            self._stack.setCurrentIndex(1 if rows or self._model.rowCount() else 0)
            if self.hasFocus() and self._model.rowCount():
                self.list.setFocus()
        if self._wanted is not None:
            self.select(self._wanted)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the keyboard on to the list as soon as there is something in it."""
        super().focusInEvent(event)
        self.take_keyboard()

    def take_keyboard(self) -> None:
        """Give the keyboard to the list; while it is empty this widget holds it for the list."""
        with self._settling():
            if self._model.rowCount():
                self.list.setFocus()
            elif not self.hasFocus():
                self.setFocus()
        if self._wanted is None and self.list.currentIndex().isValid():
            self._moved(self.list.currentIndex(), QModelIndex())

    def show_new(self) -> None:
        """Let the waiting incidents in."""
        with self._settling():
            self._model.let_in()
            self._stack.setCurrentIndex(1 if self._model.rowCount() else 0)
        if self._wanted is not None:
            self.select(self._wanted)

    def select(self, incident_id: UUID) -> None:
        """Move to an incident; one that is not in the queue yet is taken as soon as it comes."""
        self._wanted = incident_id
        with self._settling():
            place = self._model.place_of(incident_id)
            if not place.isValid():
                self._model.let_in()
                place = self._model.place_of(incident_id)
            if place.isValid() and place != self.list.currentIndex():
                self.list.setCurrentIndex(place)

    def current(self) -> UUID | None:
        """Return the incident that the person is on."""
        row: QueueRow | None = self.list.currentIndex().data(ROW)
        return None if row is None else row.id

    @property
    def rows(self) -> list[QueueRow]:
        """Return the incidents shown, in their order."""
        return self._model.rows

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Let waiting incidents in when the person leaves the list."""
        if watched is self.list and event.type() in {QEvent.Type.FocusOut, QEvent.Type.Leave}:
            QTimer.singleShot(0, self, self._let_in_when_left)
        return False

    def _let_in_when_left(self) -> None:
        if not self.list.hasFocus() and not self.list.underMouse():
            self.show_new()

    def _moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        row: QueueRow | None = current.data(ROW)
        if row is not None and not self._is_settling:
            self._wanted = row.id
            self.chosen.emit(row.id)

    @contextmanager
    def _settling(self) -> Iterator[None]:
        """Let the list move without taking it for the person's choice."""
        before, self._is_settling = self._is_settling, True
        try:
            yield
        finally:
            self._is_settling = before

    def _show_waiting(self, count: int) -> None:
        self._new.setText(plural("{count} nuevo ▲", "{count} nuevos ▲", count))
        self._new.setVisible(count > 0)
