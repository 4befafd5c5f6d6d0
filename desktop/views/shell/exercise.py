"""The striped banner of an exercise, on every window: nobody may take invented data for real."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QApplication, QWidget

from desktop.core.i18n import N_, tr
from desktop.views.theme import SIZES, Theme

HEIGHT = 28
_STRIPE = 18
_MARKED = frozenset({Qt.WindowType.Window, Qt.WindowType.Dialog, Qt.WindowType.Tool})
"""Kinds of windows of their own; menus, lists and hints that drop down belong to one of them."""


class ExerciseStripe(QWidget):
    """Diagonal stripes and the word."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = tr(N_("EJERCICIO · los datos de esta ventana no son reales"))
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(self._words)
        theme.changed.connect(self.update)

    def words(self) -> str:
        """Return what there is room for: the sentence, or the word alone."""
        needed = QFontMetrics(self._font()).horizontalAdvance(self._words) + 2 * SIZES.space_6
        return self._words if needed <= self.width() else tr(N_("EJERCICIO"))

    def _font(self) -> QFont:
        return self._theme.font(SIZES.type_body, QFont.Weight.Bold)

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
        words = self.words()
        painter.setFont(self._font())
        width = painter.fontMetrics().horizontalAdvance(words) + 2 * SIZES.space_6
        plate = QRectF((self.width() - width) / 2, 0, width, HEIGHT)
        painter.fillRect(plate, self._theme.colour("exercise_b"))
        painter.setPen(self._theme.colour("on_exercise"))
        painter.drawText(plate, int(Qt.AlignmentFlag.AlignCenter), words)


class ExerciseWindows(QObject):
    """Puts the stripe on every window of the program that has none of its own, dialogs of the toolkit included.

    It stands in the layout's place for a menu: above the content, over the whole width, and the window grows by it.
    """

    def __init__(self, theme: Theme, application: QApplication) -> None:
        super().__init__(application)
        self._theme = theme
        application.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Mark a window before its size is settled, or when it is shown if its parts came later."""
        if event.type() in {QEvent.Type.Polish, QEvent.Type.Show} and isinstance(watched, QWidget):
            self._mark(watched)
        return False

    def _mark(self, window: QWidget) -> None:
        layout = window.layout() if window.windowType() in _MARKED else None
        if layout is None or layout.menuBar() is not None:
            return
        own = window.findChild(ExerciseStripe, "", Qt.FindChildOption.FindDirectChildrenOnly)
        if own is None:
            layout.setMenuBar(ExerciseStripe(self._theme, window))
