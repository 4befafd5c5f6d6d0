"""What a list shows when there is nothing in it: what belongs here, and the key that makes the first one."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.views.icons import Icons
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button
from desktop.views.widgets.text import label

_WIDEST = 400


class _Picture(QLabel):
    """An icon as a picture; takes what `Icons.put` gives."""

    _SIDE = 40

    def setIcon(self, icon: QIcon, /) -> None:
        """Show the icon."""
        self.setPixmap(icon.pixmap(QSize(self._SIDE, self._SIDE), self.devicePixelRatioF()))


class EmptyState(QWidget):
    """A calm invitation in the middle of an empty list."""

    def __init__(
        self,
        icons: Icons,
        icon: str,
        title: str,
        text: str,
        *,
        action: tuple[str, Callable[[], None]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        picture = _Picture()
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        icons.put(picture, icon)
        head, body = label(title, "strong"), label(text, "muted", wraps=True)
        for part in (head, body):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        body.setMaximumWidth(_WIDEST)
        middle = QHBoxLayout()  # an aligned item would get too little height for wrapped words
        middle.addStretch(1)
        middle.addWidget(body, _WIDEST)
        middle.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setSpacing(SIZES.space_2)
        layout.addStretch(2)
        layout.addWidget(picture)
        layout.addWidget(head)
        layout.addLayout(middle)
        if action is not None:
            layout.addSpacing(SIZES.space_2)
            layout.addWidget(button(action[0], "primary", action[1]), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
