"""Icons by name, one set and one weight, drawn only after the first window is painted.

Until `load` is called a widget simply has no icon; then, and at each change of theme, every widget still alive gets
its own. The set is Phosphor 1.3, regular weight (MIT), as a font of which each glyph fills its square.
"""

import json
import weakref
from typing import Protocol, cast

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap
from shiboken6 import isValid

from desktop.views.theme import Theme, resources

_DISABLED_OPACITY = 0.4


class TakesIcon(Protocol):
    """A button or an action."""

    def setIcon(self, icon: QIcon, /) -> None:
        """Show `icon`."""
        ...


class Icons(QObject):
    """Puts icons on widgets and keeps them in the colours of the theme."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.theme = theme
        self._signs: dict[str, str] = {}
        self._family = ""
        self._users: list[tuple[weakref.ref[QObject], str, str]] = []
        theme.changed.connect(self._refresh)

    def put(self, target: TakesIcon, name: str, tone: str = "text_muted") -> None:
        """Give `target` the icon `name` in the colour of the token `tone`, now or as soon as icons are loaded."""
        owner = cast(QObject, target)
        self._users = [user for user in self._users if user[0]() not in {None, owner}]
        self._users.append((weakref.ref(owner), name, tone))
        if self._signs:
            target.setIcon(self.icon(name, tone))

    def icon(self, name: str, tone: str = "text_muted") -> QIcon:
        """Return the icon for painting; empty before `load`.

        Raises:
            ValueError: the set has no icon of that name.
        """
        if not self._signs:
            return QIcon()
        try:
            return QIcon(_Glyph(self._family, self._signs[name], self.theme.colour(tone)))
        except KeyError as error:
            raise ValueError(f"unknown icon {name}") from error

    def load(self) -> None:
        """Draw every icon asked for so far; called once the first window is on screen."""
        folder = resources() / "icons" / "phosphor"
        names: dict[str, str] = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        font = QFontDatabase.addApplicationFont(str(folder / "Phosphor-Regular.ttf"))
        (self._family,) = QFontDatabase.applicationFontFamilies(font)
        self._signs = {name: chr(int(code, 16)) for name, code in names.items()}
        self._refresh()

    def _refresh(self) -> None:
        if not self._signs:
            return
        alive = []
        for reference, name, tone in self._users:
            owner = reference()
            if owner is not None and isValid(owner):
                cast(TakesIcon, owner).setIcon(self.icon(name, tone))
                alive.append((reference, name, tone))
        self._users = alive


class _Glyph(QIconEngine):
    """Draws one sign of the font in whatever size is asked for."""

    def __init__(self, family: str, sign: str, colour: QColor) -> None:
        super().__init__()
        self._family = family
        self._sign = sign
        self._colour = colour

    def clone(self) -> QIconEngine:
        """Return a copy, for an icon that is copied."""
        return _Glyph(self._family, self._sign, self._colour)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """Draw the sign as large as `rect`."""
        painter.save()
        font = QFont(self._family)
        font.setPixelSize(min(rect.width(), rect.height()))
        painter.setFont(font)
        painter.setPen(self._colour)
        if mode is QIcon.Mode.Disabled:
            painter.setOpacity(_DISABLED_OPACITY)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._sign)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the sign on nothing."""
        drawn = QPixmap(size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return drawn
