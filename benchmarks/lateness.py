"""How late the interface is while something else works."""

import time

from PySide6.QtCore import Qt, QTimer

from benchmarks.measure import Mark, percentile

_TICK_MS = 10
_MOST_MS = 100


class Lateness:
    """A timer of the interface that notes how late it is."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def stop(self) -> None:
        """Note no more."""
        self._timer.stop()

    def mark(self, name: str, what: str) -> Mark:
        """Return the latest tick as a mark; `what` says in words what was going on."""
        within = percentile(self.late_ms, 0.99)
        return Mark(
            name,
            "ms",
            max(self.late_ms),
            _MOST_MS,
            note=f"the latest of {len(self.late_ms)} ticks of a {_TICK_MS} ms timer while {what}; 99 of 100 "
            f"within {within:.1f} ms",
        )

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append((now - self._last) * 1000 - _TICK_MS)
        self._last = now
