"""The one way from any thread to the interface's thread."""

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from desktop.core.events import Changes, Events


class Handover(QObject):
    """Runs posted functions on the thread that made it, in order, one per turn of the event loop.

    One per turn, so that a flood of answers never holds up a key press.
    """

    _posted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: deque[Callable[[], None]] = deque()
        self._posted.connect(self._run_next, Qt.ConnectionType.QueuedConnection)

    def post(self, fn: Callable[[], None]) -> None:
        """Run `fn` soon on the interface's thread; after the window has gone it is dropped."""
        if isValid(self):
            self._queue.append(fn)
            self._posted.emit()

    def _run_next(self) -> None:
        self._queue.popleft()()


class DataEvents(QObject):
    """Announces committed `Changes` on the interface's thread; pages reload what they show."""

    changed = Signal(object)
    exchanged = Signal()
    """What others are known to hold has changed, or whether they can be reached."""

    def __init__(self, source: Events, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._handover = Handover(self)
        self.stop = source.listen(self._hand_over)

    def _hand_over(self, changes: Changes) -> None:
        self._handover.post(lambda: self.changed.emit(changes))
