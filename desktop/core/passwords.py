"""Passwords of the people who sign in, and the patience that stops somebody from guessing them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from desktop.core.errors import FieldError
from desktop.core.i18n import N_, tr

MIN_LENGTH = 10
_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=2)
"""OWASP's Argon2id advice with room to spare; about a tenth of a second on two cores."""
_NOBODY = _hasher.hash("nobody has this password")
FREE_TRIES = 5
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=15)


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a new password.

    Raises:
        FieldError: it is too short.
    """
    if len(password) < MIN_LENGTH:
        raise FieldError(
            "password", tr(N_("La contraseña necesita al menos {count} caracteres."), count=MIN_LENGTH)
        )
    return _hasher.hash(password)


def verify(stored: str | None, password: str) -> bool:
    """Tell whether `password` is the one behind `stored`; without a stored one it takes as long and says no."""
    try:
        _hasher.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


@dataclass(frozen=True, slots=True)
class Throttle:
    """Failed tries of one user on one station. Plain data, so that a restart forgets nothing.

    After `FREE_TRIES` each failure doubles the wait, up to a quarter of an hour. A clock set back does not shorten
    it: the wait is never longer than its own length, and never starts before the latest instant seen.
    """

    failures: int = 0
    seen_at: datetime | None = None

    def wait(self, now: datetime) -> timedelta:
        """Return how long the next try must wait."""
        if self.failures < FREE_TRIES or self.seen_at is None:
            return timedelta(0)
        doublings = min(self.failures - FREE_TRIES, 10)
        length = min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)
        return min(max(self.seen_at + length - now, timedelta(0)), length)

    def failed(self, now: datetime) -> "Throttle":
        """Return the state after a wrong password."""
        latest = now if self.seen_at is None else max(now, self.seen_at)
        return replace(self, failures=self.failures + 1, seen_at=latest)

    def succeeded(self) -> "Throttle":
        """Return the state after the right one."""
        return Throttle()
