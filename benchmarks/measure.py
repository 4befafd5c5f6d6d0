"""Shared by the measurements: a mark with its target, percentiles, the machine."""

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import PySide6
import sqlalchemy
import sqlcipher3.dbapi2 as sqlcipher


@dataclass(frozen=True, slots=True)
class Mark:
    """One measured figure. With a `reference` measured in the same run, `value / reference` is held to `target`."""

    name: str
    unit: str
    value: float
    target: float
    reference: float | None = None
    note: str = ""
    at_least: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the mark with its ratio and whether it is met."""
        compared = self.value if self.reference is None else self.value / self.reference
        is_met = compared >= self.target if self.at_least else compared <= self.target
        plain = asdict(self)
        return {**plain, "compared": round(compared, 4), "is_met": is_met}


def machine() -> dict[str, Any]:
    """Say on what the figures were measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "qt": PySide6.__version__,
        "sqlite": sqlcipher.sqlite_version,
        "sqlalchemy": sqlalchemy.__version__,
    }


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def times_ms(work: Callable[[int], object], rounds: int, warm_up: int = 5) -> list[float]:
    """Run `work(i)` and return the milliseconds of each round after the warm-up."""
    for i in range(warm_up):
        work(i)
    found = []
    for i in range(rounds):
        began = time.perf_counter()
        work(warm_up + i)
        found.append((time.perf_counter() - began) * 1000)
    return found
