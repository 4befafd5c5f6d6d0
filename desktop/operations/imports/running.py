"""What an import and its undoing need of who runs them."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol

from desktop.operations.context import Context, ReadContext

CHUNK_ROWS = 250
"""Records of one commit: a person's save waits for one of them at most."""


class ProgressLike(Protocol):
    """What a long job tells and asks."""

    def report(self, done: int, total: int = 0, text: str = "") -> None:
        """Say how far it is."""
        ...

    def check(self) -> None:
        """Raise `Cancelled` when the person asked to stop."""
        ...


class Runner(Protocol):
    """The threads behind (`desktop/operations/station.py`)."""

    def write(self, fn: Callable[[Context], Any], priority: int = ...) -> Future[Any]:
        """Run `fn` in a unit of work."""
        ...

    def read(self, fn: Callable[[ReadContext], Any]) -> Future[Any]:
        """Run `fn` on a reader."""
        ...
