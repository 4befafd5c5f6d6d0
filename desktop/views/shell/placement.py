"""Where windows stand, remembered by the name of the screen, so that a monitor may go and come back."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.views.services import Memory

_TITLE_BAR = 40
"""Height above a window that must stay reachable by the pointer."""
_FROM_EDGE = 48


@dataclass(frozen=True, slots=True)
class Place:
    """A window's rectangle relative to the upper left corner of its screen, in logical pixels."""

    screen: str
    x: int
    y: int
    width: int
    height: int
    is_maximized: bool = False

    @classmethod
    def from_json(cls, text: str | None) -> "Place | None":
        """Read a remembered place; anything unreadable counts as not remembered."""
        try:
            held = json.loads(text or "")
            x, y, width, height = (int(held[name]) for name in ("x", "y", "width", "height"))
            return cls(str(held["screen"]), x, y, width, height, bool(held["is_maximized"]))
        except (ValueError, KeyError, TypeError):
            return None

    def to_json(self) -> str:
        """Write it down."""
        return json.dumps(asdict(self))


def rectangle(place: Place, screens: Mapping[str, QRect], primary: str) -> QRect:
    """Return where the window stands now: on its own screen, else pulled onto the primary one; always reachable."""
    ground = screens.get(place.screen, screens[primary])
    width = min(place.width, ground.width())
    height = min(place.height, ground.height() - _TITLE_BAR)
    x = min(max(place.x, 0), ground.width() - width)
    y = min(max(place.y, _TITLE_BAR if height < ground.height() else 0), ground.height() - height)
    return QRect(ground.x() + x, ground.y() + y, width, height)


def place_of(frame: QRect, screens: Mapping[str, QRect], *, is_maximized: bool) -> Place | None:
    """Return what to remember of a window at `frame`: the screen that holds most of it."""
    if not screens:
        return None

    def shared(name: str) -> int:
        common = screens[name].intersected(frame)
        return max(0, common.width()) * max(0, common.height())

    name = max(screens, key=shared)
    if not shared(name):
        return None
    ground = screens[name]
    x, y = frame.x() - ground.x(), frame.y() - ground.y()
    return Place(name, x, y, frame.width(), frame.height(), is_maximized)


def stands_on(frame: QRect, screens: Mapping[str, QRect]) -> bool:
    """Tell whether enough of a window is visible to take hold of it."""
    grip = QRect(frame.x(), frame.y(), frame.width(), _TITLE_BAR)
    return any(
        ground.intersected(grip).width() >= 100 and ground.intersected(grip).height() >= 8
        for ground in screens.values()
    )


def screens_now() -> tuple[dict[str, QRect], str]:
    """Return the usable rectangle of each screen by name, and the name of the primary one."""
    screens = {screen.name(): screen.availableGeometry() for screen in QGuiApplication.screens()}
    return screens, QGuiApplication.primaryScreen().name() if screens else ""


def remember(memory: Memory, key: str, window: QWidget) -> None:
    """Put down where `window` stands."""
    screens, _ = screens_now()
    frame = window.normalGeometry() if window.isMaximized() or window.isFullScreen() else window.geometry()
    place = place_of(frame, screens, is_maximized=window.isMaximized())
    if place is not None:
        memory.put(key, place.to_json())


def restore(memory: Memory, key: str, window: QWidget) -> bool:
    """Put `window` where it stood, as far as the monitors allow; False when nothing is remembered."""
    place = Place.from_json(memory.get(key))
    screens, primary = screens_now()
    if place is None or not screens:
        return False
    window.setGeometry(rectangle(place, screens, primary))
    if place.is_maximized:
        window.showMaximized()
    return True


def pull_back(window: QWidget) -> None:
    """Bring a window that no monitor shows any more onto the primary screen; its remembered place stays as it is."""
    screens, primary = screens_now()
    if screens and not stands_on(window.geometry(), screens):
        frame = window.geometry()
        ground = screens[primary]
        place = Place(primary, _FROM_EDGE, _FROM_EDGE, min(frame.width(), ground.width()), frame.height())
        window.setGeometry(rectangle(place, screens, primary))
