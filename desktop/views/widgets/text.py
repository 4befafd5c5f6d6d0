"""Labels by the part they play; the style sheet knows the parts, views never set a font."""

from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

Role = Literal[
    "display", "title", "strong", "body", "label", "muted", "small", "error", "warning", "overline"
]


def label(text: str, role: Role = "body", *, wraps: bool = False, parent: QWidget | None = None) -> QLabel:
    """Make a label that plays `role`."""
    made = QLabel(text, parent)
    made.setProperty("role", role)
    made.setWordWrap(wraps)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


class ElidedLabel(QLabel):
    """One line that gives way: what does not fit is shortened, and the whole is in the tooltip.

    It gives way down to `keeps` pixels.
    """

    def __init__(
        self, text: str = "", role: Role = "body", parent: QWidget | None = None, *, keeps: int = 48
    ) -> None:
        super().__init__(text, parent)
        self._keeps = keeps
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """Give way down to what is kept."""
        return QSize(min(self._keeps, super().sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), shown)
        is_cut = shown != self.text()
        if is_cut != bool(self.toolTip()):
            self.setToolTip(self.text() if is_cut else "")
