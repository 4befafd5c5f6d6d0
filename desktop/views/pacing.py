"""Reloading at a calm pace while changes pour in."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

from desktop.core.events import Changes

PACE_MS = 500
"""Between two reloads while something is brought in beside a list."""
_MANY = 20
"""A commit that touches more records than this is no single act of a person."""


class Pace(QObject):
    """Runs `work` after changes: `soon_ms` after those of a person, `PACE_MS` apart for those of an import.

    Never while the run before is under way, and always once more after the last change. `work` is given the
    function to call when it is over, whatever came of it.
    """

    def __init__(
        self, work: Callable[[Callable[[], None]], None], parent: QObject, *, soon_ms: int = 0
    ) -> None:
        super().__init__(parent)
        self._work = work
        self._soon_ms = soon_ms
        self._is_asked = False
        self._is_urgent = False
        self._is_under_way = False
        self._since_start = QElapsedTimer()
        self._waiting = QTimer(self, singleShot=True)
        self._waiting.timeout.connect(self._run)

    def follow(self, changes: Changes) -> None:
        """Note that there is something new."""
        self._is_asked = True
        self._is_urgent |= all(len(records) <= _MANY for records in changes.touched.values())
        self._wait()

    def again(self) -> None:
        """Note that the last run came too early."""
        self._is_asked = True
        self._wait()

    def _wait(self) -> None:
        if not self._is_asked or self._is_under_way:
            return
        rest = self._soon_ms
        if not self._is_urgent and self._since_start.isValid():
            rest = max(rest, PACE_MS - self._since_start.elapsed())
        if not self._waiting.isActive() or self._waiting.remainingTime() > rest:
            self._waiting.start(rest)

    def _run(self) -> None:
        self._is_asked = self._is_urgent = False
        self._is_under_way = True
        self._since_start.start()
        self._work(self._over)

    def _over(self) -> None:
        self._is_under_way = False
        self._wait()
