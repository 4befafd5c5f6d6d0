"""Cyclic garbage is collected on the interface's thread and nowhere else (ADR 17).

Python collects on whichever thread happens to allocate. There it may end a connection of Qt, which holds a lock of Qt
while it waits for the interpreter; the interface's thread may at that moment hold the interpreter and wait for the
lock, and the window stands still for ever.
"""

import gc
import time
from typing import Final

from PySide6.QtCore import QObject, QTimer

EVERY_MS: Final = 100
OLDEST_EVERY_S: Final = 60.0
"""The oldest generation is walked no more often: it is long, and what is in it seldom dies."""
_OLDEST: Final = 2


class Collector(QObject):
    """Takes the place of the automatic collection for as long as it lives, or until `end`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._oldest_at = time.monotonic()
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.collect_if_due)
        self._timer.start()

    def collect_if_due(self) -> None:
        """Collect the oldest generation whose threshold is passed, as the automatic collection would."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] <= gc.get_threshold()[generation]:
                continue
            if generation == _OLDEST:
                now = time.monotonic()
                if now - self._oldest_at < OLDEST_EVERY_S:
                    continue
                self._oldest_at = now
            gc.collect(generation)
            return

    def end(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.enable()
