"""Time as everything below the views sees it: an injected clock, instants in UTC, civil time of Santiago."""

import time
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SANTIAGO = ZoneInfo("America/Santiago")
"""Civil time of continental Chile, from the bundled tz database: summer-time rules change by decree."""


class Clock(Protocol):
    """Where instants come from."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back, for durations on this machine."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()


def civil_day(instant: datetime) -> date:
    """Return the calendar date of `instant` in Santiago."""
    return instant.astimezone(SANTIAGO).date()
