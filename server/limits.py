"""What the server takes at most, and which names it takes at all: everything here may come from an enemy."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import Final

MAX_INTEGER: Final = 2**63 - 1
MAX_BODY: Final = 4 * 1024 * 1024
MAX_PIECE: Final = 6 * 1024 * 1024
"""A run is closed when it passes 1 MiB; the body that passes it may be as large as one may be."""
MAX_SEGMENTS: Final = 4096
MAX_OPS: Final = 10_000
MAX_DEPS: Final = 1000
MAX_STATE: Final = 8 * 1024 * 1024
"""How much the writes to one record may add up to."""
PULL_BUDGET: Final = 4 * 1024 * 1024
ENROLMENT_HOURS: Final = 24
LOCK_WAIT_MS: Final = 5000
RETRY_AFTER_S: Final = 2.0

_SCOPE = re.compile(r"[a-z][a-z0-9_-]{0,39}(/[a-z0-9_-]{1,36})?")
_TABLE = re.compile(r"[a-z][a-z0-9_]{0,62}")


def is_scope(name: str) -> bool:
    """Tell whether `name` can be a scope: `sys`, `operaciones`, `victimas/centro-1`."""
    return _SCOPE.fullmatch(name) is not None


@lru_cache(maxsize=4096)
def is_table(name: str) -> bool:
    """Tell whether `name` can be a register's name on the wire."""
    return _TABLE.fullmatch(name) is not None


class Buckets:
    """Token buckets by name: `rate` requests a second each, `burst` at once. The least used names are forgotten."""

    def __init__(
        self, rate: float, burst: float, monotonic: Callable[[], float], names: int = 10_000
    ) -> None:
        self._rate, self._burst, self._monotonic, self._names = rate, burst, monotonic, names
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str, cost: float = 1.0) -> float:
        """Take `cost` tokens; return 0, or the seconds after which they will be there."""
        now = self._monotonic()
        with self._lock:
            level, at = self._buckets.pop(name, (self._burst, now))
            level = min(self._burst, level + (now - at) * self._rate)
            wait = 0.0 if level >= cost else (cost - level) / self._rate
            self._buckets[name] = (level - cost if wait == 0.0 else level, now)
            if len(self._buckets) > self._names:
                self._buckets.popitem(last=False)
        return wait
