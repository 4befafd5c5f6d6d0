"""A word on a rounded ground: a state, a deadline, a level of confidentiality; with its shape where it has one."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktop.views.register.cells import mark_of
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.marks import Shape, paint_mark

_MARK = 10


class Chip(QWidget):
    """`tone` names a colour of the theme, as `text` or `danger`; `mark` is drawn in place of `value`'s."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        tone: str = "text",
        value: object = None,
        *,
        mark: tuple[Shape, str] | None = None,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._words = text
        self._tone = tone
        self._mark = mark or mark_of(value)
        self.setFont(theme.font(SIZES.type_small, QFont.Weight.Medium))
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return the room of the words."""
        mark = _MARK + SIZES.space_1 if self._mark else 0
        width = self.fontMetrics().horizontalAdvance(self._words) + 2 * SIZES.space_2 + mark + 2
        return QSize(width, self.fontMetrics().height() + SIZES.space_1 + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, mark and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.colour(self._tone if self._tone != "text" else "line_strong"))
        painter.setBrush(self._theme.colour("surface_raised"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        left = SIZES.space_2
        if self._mark is not None:
            mark = QRectF(left, (self.height() - _MARK) / 2, _MARK, _MARK)
            paint_mark(painter, mark, self._mark[0], self._theme.colour(self._mark[1]))
            left += _MARK + SIZES.space_1
        painter.setPen(self._theme.colour(self._tone))
        where = QRect(left, 0, self.width() - left, self.height())
        painter.drawText(where, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self._words)


class GroupChip(QAbstractButton):
    """A group of the list with its count; pressed when the list shows only it."""

    def __init__(
        self, theme: Theme, text: str, count: str, value: object = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._mark = mark_of(value)
        self.setText(text)
        self.setCheckable(True)
        self.setFont(theme.font(SIZES.type_small))
        self.show_count(count)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def show_count(self, count: str) -> None:
        """Show how many there are now."""
        self._count = count
        self.setAccessibleName(f"{self.text()}: {count}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of words, count and mark."""
        metrics = self.fontMetrics()
        mark = _MARK + SIZES.space_1 if self._mark else 0
        words = metrics.horizontalAdvance(self.text()) + metrics.horizontalAdvance(self._count)
        return QSize(words + mark + 2 * SIZES.space_2 + SIZES.space_2, metrics.height() + SIZES.space_2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, mark, words and count."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._theme.colour
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ground = (
            "surface_selected" if self.isChecked() else "surface_hover" if self.underMouse() else "surface"
        )
        edge = "accent" if self.hasFocus() or self.isChecked() else "line"
        painter.setPen(QPen(colour(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(colour(ground))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        left = SIZES.space_2
        if self._mark is not None:
            mark = QRectF(left, (self.height() - _MARK) / 2, _MARK, _MARK)
            paint_mark(painter, mark, self._mark[0], colour(self._mark[1]))
            left += _MARK + SIZES.space_1
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setPen(colour("text"))
        painter.drawText(QRect(left, 0, self.width() - left, self.height()), flags, self.text())
        left += self.fontMetrics().horizontalAdvance(self.text()) + SIZES.space_2
        painter.setPen(colour("text_muted"))
        painter.drawText(QRect(left, 0, self.width() - left, self.height()), flags, self._count)
