"""A clock that stands still until it is told to move."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Starts on a quiet Monday afternoon in Santiago; `advance` moves both clocks."""

    def __init__(self, start: datetime = datetime(2026, 3, 16, 17, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def jump(self, seconds: float) -> None:
        """Move the wall clock only, as a person who sets the time does."""
        self._now += timedelta(seconds=seconds)
