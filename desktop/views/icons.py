"""Icons by name, one set and one weight, drawn only after the first window is painted.

`qtawesome` takes longer to import than the sign-in window takes to appear. Until `load` is called a widget simply
has no icon; then, and at each change of theme, every widget still alive gets its own.
"""

import weakref
from typing import Protocol, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from shiboken6 import isValid

from desktop.views.theme import Theme

_SET = "ph"
"""Phosphor, regular weight (MIT)."""


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
        self._is_loaded = False
        self._users: list[tuple[weakref.ref[QObject], str, str]] = []
        theme.changed.connect(self._refresh)

    def put(self, target: TakesIcon, name: str, tone: str = "text_muted") -> None:
        """Give `target` the icon `name` in the colour of the token `tone`, now or as soon as icons are loaded."""
        owner = cast(QObject, target)
        self._users = [user for user in self._users if user[0]() not in {None, owner}]
        self._users.append((weakref.ref(owner), name, tone))
        if self._is_loaded:
            target.setIcon(self.icon(name, tone))

    def icon(self, name: str, tone: str = "text_muted") -> QIcon:
        """Return the icon for painting; empty before `load`.

        Raises:
            ValueError: the set has no icon of that name.
        """
        if not self._is_loaded:
            return QIcon()
        import qtawesome  # noqa: PLC0415 - slow to import; see the module's text

        try:
            colour = self.theme.colour(tone)
            return cast(QIcon, qtawesome.icon(f"{_SET}.{name}", color=colour, color_active=colour))
        except Exception as error:  # qtawesome raises bare Exception for an unknown name
            raise ValueError(f"unknown icon {name}") from error

    def load(self) -> None:
        """Draw every icon asked for so far; called once the first window is on screen."""
        self._is_loaded = True
        self._refresh()

    def _refresh(self) -> None:
        if not self._is_loaded:
            return
        alive = []
        for reference, name, tone in self._users:
            owner = reference()
            if owner is not None and isValid(owner):
                cast(TakesIcon, owner).setIcon(self.icon(name, tone))
                alive.append((reference, name, tone))
        self._users = alive
