"""Shapes that carry a state beside its colour, painted so that they do not depend on a font."""

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.models.incidents.states import UnitStatus
from desktop.views.theme import SIZES, Theme

Shape = Literal["triangle", "square", "disc", "ring", "cross", "diamond", "half", "bar"]

PRIORITY_MARKS: dict[str, tuple[Shape, str]] = {
    "P1": ("triangle", "p1"),
    "P2": ("square", "p2"),
    "P3": ("disc", "p3"),
    "P4": ("ring", "p4"),
}
"""▲ ■ ● ○ and the colour token of each priority."""
UNIT_MARKS: dict[UnitStatus, tuple[Shape, str]] = {
    UnitStatus.AVAILABLE: ("ring", "unit_available"),
    UnitStatus.ASSIGNED: ("half", "unit_assigned"),
    UnitStatus.EN_ROUTE: ("triangle", "unit_moving"),
    UnitStatus.ON_SCENE: ("disc", "unit_on_scene"),
    UnitStatus.TRANSPORTING: ("diamond", "unit_moving"),
    UnitStatus.ON_BREAK: ("bar", "unit_out"),
    UnitStatus.OUT_OF_SERVICE: ("cross", "unit_out"),
    UnitStatus.NO_CONTACT: ("cross", "unit_lost"),
}
"""The shape and the colour token of each state of a unit, the same wherever it is shown."""


def paint_mark(painter: QPainter, rect: QRectF, shape: Shape, colour: QColor) -> None:
    """Draw `shape` as large as fits in the middle of `rect`."""
    side = min(rect.width(), rect.height())
    box = QRectF(0, 0, side, side)
    box.moveCenter(rect.center())
    stroke = max(1.6, side / 6)
    inner = box.adjusted(stroke / 2, stroke / 2, -stroke / 2, -stroke / 2)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    pen = QPen(colour, stroke, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    if shape == "triangle":
        top = QPointF(box.center().x(), box.top() + side * 0.06)
        painter.drawPolygon(
            QPolygonF(
                [top, box.bottomRight() - QPointF(0, side * 0.06), box.bottomLeft() - QPointF(0, side * 0.06)]
            )
        )
    elif shape == "square":
        painter.drawRoundedRect(box.adjusted(side * 0.08, side * 0.08, -side * 0.08, -side * 0.08), 1.5, 1.5)
    elif shape == "disc":
        painter.drawEllipse(box.adjusted(side * 0.04, side * 0.04, -side * 0.04, -side * 0.04))
    elif shape == "diamond":
        middle = box.center()
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(middle.x(), box.top()),
                    QPointF(box.right(), middle.y()),
                    QPointF(middle.x(), box.bottom()),
                    QPointF(box.left(), middle.y()),
                ]
            )
        )
    elif shape == "bar":
        painter.drawRoundedRect(QRectF(box.left(), box.center().y() - stroke, side, stroke * 2), 1, 1)
    else:
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if shape == "cross":
            painter.drawLine(inner.topLeft(), inner.bottomRight())
            painter.drawLine(inner.topRight(), inner.bottomLeft())
        else:
            painter.drawEllipse(inner)
        if shape == "half":
            half = QPainterPath(inner.center())
            half.arcTo(inner, 90, 180)
            painter.fillPath(half, colour)
    painter.restore()


class Mark(QWidget):
    """A shape in the colour of a token; `name` says the state to those who do not see it."""

    def __init__(
        self, theme: Theme, shape: Shape, token: str, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shape = shape
        self._token = token
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_state(self, shape: Shape, token: str, name: str) -> None:
        """Show another state."""
        self._shape, self._token = shape, token
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        """Stand as high as a letter."""
        return QSize(SIZES.space_3, SIZES.space_3)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the shape."""
        painter = QPainter(self)
        paint_mark(painter, QRectF(self.rect()), self._shape, self._theme.colour(self._token))
