"""Asking a peer while something else is done."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def meanwhile(ask: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Ask on a thread while the block runs; what it gives waits for the answer, or raises what the asking raised."""
    with ThreadPoolExecutor(1, "exchange-ahead") as pool:
        answer = pool.submit(ask)
        yield answer.result
