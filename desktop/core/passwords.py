"""Passwords of the people who sign in, and the patience that stops somebody from guessing them."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from desktop.core.errors import FieldError
from desktop.core.i18n import N_, tr

MIN_LENGTH = 10
_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=2)
"""OWASP's Argon2id advice with room to spare; about a tenth of a second on two cores."""
NOBODY = "$argon2id$v=19$m=65536,t=3,p=2$32qPQpnfnFM0c/fMWdAhWQ$+CxhpFt8d234YOqcxdSIWhx2TnLJvfoqD6fXPcfQREg"
"""Random digits in place of a hash, which no password has; with today's parameters, so that checking takes as long."""
FREE_TRIES = 5


@dataclass(frozen=True, slots=True)
class Patience:
    """How many tries are free, how long the first wait lasts, and the longest one that doubling leads to."""

    free_tries: int
    first_wait: timedelta
    longest_wait: timedelta


USER_PATIENCE = Patience(FREE_TRIES, timedelta(seconds=30), timedelta(minutes=15))
STATION_PATIENCE = Patience(20, timedelta(seconds=5), timedelta(seconds=30))
"""For tries under many names. It slows guessing down and locks nobody out: the desk is manned day and night."""


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a new password.

    Raises:
        FieldError: it is too short.
    """
    if len(password) < MIN_LENGTH:
        raise FieldError(
            "password", tr(N_("La contraseña necesita al menos {count} caracteres."), count=MIN_LENGTH)
        )
    return _hasher.hash(_typed(password))


def verify(stored: str | None, password: str) -> bool:
    """Tell whether `password` is the one behind `stored`; without a stored one it takes as long and says no."""
    try:
        _hasher.verify(stored or NOBODY, _typed(password))
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def needs_rehash(stored: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


@dataclass(frozen=True, slots=True)
class Throttle:
    """Failed tries of one user, or of one station. Plain data, so that a restart forgets nothing.

    After the free tries each failure doubles the wait, up to the longest. A clock that is set back gains nothing:
    the wait begins anew. Keep what `seen` returns before looking at `wait`: otherwise a failure noted while the
    clock ran years ahead would hold a person off until that year.
    """

    failures: int = 0
    seen_at: datetime | None = None
    patience: Patience = USER_PATIENCE

    def seen(self, now: datetime) -> "Throttle":
        """Return the state as of `now`: a last failure in the future happened, at the latest, now."""
        if self.seen_at is None or self.seen_at <= now:
            return self
        return replace(self, seen_at=now)

    def wait(self, now: datetime) -> timedelta:
        """Return how long the next try must wait; never longer than the wait's own length."""
        if self.failures < self.patience.free_tries or self.seen_at is None:
            return timedelta(0)
        doublings = min(self.failures - self.patience.free_tries, 10)
        length = min(self.patience.first_wait * (1 << doublings), self.patience.longest_wait)
        return min(max(self.seen_at + length - now, timedelta(0)), length)

    def failed(self, now: datetime) -> "Throttle":
        """Return the state after a wrong password."""
        return replace(self, failures=self.failures + 1, seen_at=now)

    def succeeded(self) -> "Throttle":
        """Return the state after the right one."""
        return Throttle(patience=self.patience)


def _typed(password: str) -> str:
    """Return the one form of what was typed: «ñ» is one sign or two, depending on the system."""
    return unicodedata.normalize("NFKC", password)
