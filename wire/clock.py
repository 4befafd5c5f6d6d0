"""The hybrid logical clock: close to wall time, never going back, used for display and tie-breaks only.

Identity and cause are dots (replica, seq); see `wire/heads.py`. An instant is 48 bits of milliseconds since 1970
UTC and 16 bits of counter, in one signed 64-bit integer.
"""

_COUNTER_BITS = 16
MAX_AHEAD_MS = 5 * 60 * 1000
"""How far a foreign clock may pull ours ahead of our wall: a wrong clock elsewhere must not become ours."""


class HybridClock:
    """Issues instants that grow, whatever the wall clock does."""

    def __init__(self, last: int = 0) -> None:
        self.last = last

    def tick(self, wall_ms: int) -> int:
        """Return the next instant for a local write at `wall_ms`."""
        self.last = max(self.last + 1, wall_ms << _COUNTER_BITS)
        return self.last

    def observe(self, remote: int, wall_ms: int) -> None:
        """Move past an instant seen from elsewhere, at most `MAX_AHEAD_MS` ahead of the wall."""
        self.last = max(self.last, min(remote, (wall_ms + MAX_AHEAD_MS) << _COUNTER_BITS))


def wall_ms_of(instant: int) -> int:
    """Return the milliseconds since 1970 UTC of a hybrid instant."""
    return instant >> _COUNTER_BITS
