"""The one thread that writes, and the few that read.

Writes run in order of urgency, then of arrival: an operator's save overtakes the next chunk of an import. A read
can be interrupted from any thread; its SQLite call returns at once.
"""

import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import IntEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Urgency(IntEnum):
    """Who waits for a write: smaller goes first."""

    PERSON = 0
    JOB = 1
    BULK = 2


class Writer:
    """Runs callables one at a time on its own thread."""

    def __init__(self, name: str, when_idle: Callable[[], None]) -> None:
        self._queue: queue.PriorityQueue[tuple[int, int, Callable[[], None] | None]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._when_idle = when_idle
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def submit(self, task: Callable[[], T], urgency: Urgency = Urgency.PERSON) -> Future[T]:
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
            except BaseException as error:  # noqa: BLE001 - the future carries it to whoever asked
                future.set_exception(error)
            else:
                future.set_result(result)

        self._queue.put((urgency, next(self._order), run))
        return future

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        self._closed = True
        self._queue.put((len(Urgency), next(self._order), None))
        self._thread.join()

    def _run(self) -> None:
        while True:
            _, _, task = self._queue.get()
            if task is None:
                return
            task()
            if self._queue.empty():
                self._when_idle()


class Reading(Generic[T]):
    """A read under way."""

    def __init__(self) -> None:
        self.future: Future[T]
        self._lock = threading.Lock()
        self._connection: Any = None
        self._stopped = False

    def attach(self, connection: Any) -> bool:
        """Note the DB-API connection that serves this read; False when it was stopped before."""
        with self._lock:
            self._connection = connection
            return not self._stopped

    def detach(self) -> None:
        """Forget the connection: what runs on it next is somebody else's."""
        with self._lock:
            self._connection = None

    def interrupt(self) -> None:
        """Stop the read wherever it is; its future ends with `Cancelled`."""
        with self._lock:
            self._stopped = True
            if self._connection is not None:
                self._connection.interrupt()

    @property
    def stopped(self) -> bool:
        """Tell whether somebody stopped this read."""
        return self._stopped


def reader_pool(name: str, size: int) -> ThreadPoolExecutor:
    """Return the pool on which reads run."""
    return ThreadPoolExecutor(max_workers=size, thread_name_prefix=name)
