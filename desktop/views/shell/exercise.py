"""The striped banner of an exercise, on every window: nobody may take invented data for real."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from desktop.core.i18n import N_, tr
from desktop.views.theme import SIZES, Theme

HEIGHT = 28
_STRIPE = 18


class ExerciseStripe(QWidget):
    """Diagonal stripes and the word."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = tr(N_("EJERCICIO · los datos de esta ventana no son reales"))
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(self._words)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the stripes, then a plate that carries the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.colour("exercise_b"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("exercise_a"))
        for left in range(-HEIGHT, self.width() + HEIGHT, _STRIPE * 2):
            stripe = QRectF(left, 0, _STRIPE, HEIGHT)
            painter.drawPolygon(
                QPolygonF(
                    [
                        stripe.bottomLeft(),
                        stripe.bottomRight(),
                        stripe.topRight() + QRectF(0, 0, HEIGHT, 0).topRight(),
                        stripe.topLeft() + QRectF(0, 0, HEIGHT, 0).topRight(),
                    ]
                )
            )
        painter.setFont(self._theme.font(SIZES.type_body, QFont.Weight.Bold))
        width = painter.fontMetrics().horizontalAdvance(self._words) + 2 * SIZES.space_6
        plate = QRectF((self.width() - width) / 2, 0, width, HEIGHT)
        painter.fillRect(plate, self._theme.colour("exercise_b"))
        painter.setPen(self._theme.colour("on_exercise"))
        painter.drawText(plate, int(Qt.AlignmentFlag.AlignCenter), self._words)
