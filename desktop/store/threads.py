"""The one thread that writes, and the few that read.

Writes run in order of urgency, then of arrival: an operator's save overtakes the next chunk of an import. A read
can be interrupted from any thread; its SQLite call returns at once.
"""

import itertools
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import IntEnum
from typing import Any, TypeVar

T = TypeVar("T")
_log = logging.getLogger(__name__)
_LAST = 1_000


class Urgency(IntEnum):
    """Who waits for a write: smaller goes first."""

    PERSON = 0
    JOB = 10
    BULK = 20


class Writer:
    """Runs callables one at a time on its own thread."""

    def __init__(self, name: str, when_idle: Callable[[], None]) -> None:
        self._queue: queue.PriorityQueue[tuple[int, int, Callable[[], None] | None]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._when_idle = when_idle
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def submit(self, task: Callable[[], T], urgency: int = Urgency.PERSON) -> Future[T]:
        """Queue `task` and return its future; a future cancelled before its turn is never run.

        Raises:
            RuntimeError: the writer is closed.
        """
        if self._closed:
            raise RuntimeError("the store is closed")
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = task()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        self._queue.put((urgency, next(self._order), run))
        return future

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        self._closed = True
        self._queue.put((_LAST, next(self._order), None))
        self._thread.join()

    def _run(self) -> None:
        while True:
            _, _, task = self._queue.get()
            if task is None:
                return
            task()
            if self._queue.empty():
                try:
                    self._when_idle()
                except Exception:  # the edge: housekeeping that fails must not end the one thread that writes
                    _log.exception("the writer's housekeeping failed")


class Reading(Future[T]):
    """A read under way; cancelling it stops its SQLite call wherever it is, and it ends with `Cancelled`."""

    def __init__(self) -> None:
        super().__init__()
        self._guard = threading.Lock()
        self._connection: Any = None
        self._is_stopped = False

    def attach(self, connection: Any) -> bool:
        """Note the DB-API connection that serves this read; False when it was stopped before."""
        with self._guard:
            self._connection = connection
            return not self._is_stopped

    def detach(self) -> None:
        """Forget the connection: what runs on it next is somebody else's."""
        with self._guard:
            self._connection = None

    def cancel(self) -> bool:
        """Stop the read, begun or not."""
        with self._guard:
            self._is_stopped = True
            if self._connection is not None:
                self._connection.interrupt()
        return super().cancel()

    @property
    def is_stopped(self) -> bool:
        """Tell whether somebody stopped this read."""
        return self._is_stopped


class Readers:
    """The threads on which reads run."""

    def __init__(self, name: str, size: int) -> None:
        self._pool = ThreadPoolExecutor(max_workers=size, thread_name_prefix=name)

    def submit(self, reading: Reading[T], task: Callable[[], T]) -> None:
        """Run `task` and settle `reading` with what it returns or raises."""

        def run() -> None:
            if not reading.set_running_or_notify_cancel():
                return
            try:
                result = task()
            except BaseException as error:
                reading.set_exception(error)
            else:
                reading.set_result(result)

        self._pool.submit(run)

    def close(self) -> None:
        """End the threads after the reads under way."""
        self._pool.shutdown(wait=True, cancel_futures=True)
