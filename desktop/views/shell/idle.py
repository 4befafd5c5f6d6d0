"""Notices when nobody has touched the station for a while."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from desktop.core.clock import Clock

_LOOK_EVERY_MS = 5_000
_INPUT = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TabletPress,
    QEvent.Type.TabletMove,
}


class IdleWatch(QObject):
    """Says `idle` when `minutes()` have passed without keyboard or mouse; 0 is never.

    It listens where the window system delivers, at the windows, and so costs nothing per event inside them. What the
    program sends to itself is no sign of a person.
    """

    idle = Signal()

    def __init__(self, clock: Clock, minutes: Callable[[], int], parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock
        self._minutes = minutes
        self._touched_at = clock.monotonic()
        self._timer = QTimer(self, interval=_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def touch(self) -> None:
        """Count from now."""
        self._touched_at = self._clock.monotonic()

    def look(self) -> None:
        """Say `idle` if it is time."""
        for window in QGuiApplication.topLevelWindows():
            window.installEventFilter(self)  # again does not mean twice
        minutes = self._minutes()
        if minutes and self._clock.monotonic() - self._touched_at >= minutes * 60:
            self.touch()
            self.idle.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """See input go by; nothing is held."""
        if event.type() in _INPUT and event.spontaneous():
            self.touch()
        return False
