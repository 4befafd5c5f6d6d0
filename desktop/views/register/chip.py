"""A word on a rounded ground: a state, a deadline, a level of confidentiality; with its shape where it has one."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.views.register.cells import mark_of
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.marks import paint_mark

_MARK = 10


class Chip(QWidget):
    """`tone` names the colour of the words: `text`, `warning`, `danger`, `success`."""

    def __init__(
        self, theme: Theme, text: str, tone: str = "text", value: object = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = text
        self._tone = tone
        self._mark = mark_of(value)
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
