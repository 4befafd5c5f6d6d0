"""Telling those who listen that a scope has grown, in this process and in every other one on the same PostgreSQL."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

import psycopg

CHANNEL: Final = "atalaya_news"
_WAIT_S = 1.0
_RETRY_S = 0.5


class Growth(NamedTuple):
    """How many change-sets a scope of a municipality has now."""

    tenant: str
    scope: str
    n: int


Listener = Callable[[Growth], None]


class News:
    """Hands growth to listeners; they are called from any thread and must return at once.

    News are hints: a listener that misses one is only late, never wrong.
    """

    def __init__(self, dsn: str | None = None) -> None:
        self._dsn = dsn
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._is_listening = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_shared(self) -> bool:
        """Tell whether the database carries the news between processes."""
        return self._dsn is not None

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` at every growth from now on; return what ends that."""
        with self._lock:
            self._listeners.append(listener)
            if self._dsn is not None and self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="news", daemon=True)
                self._thread.start()

        def end() -> None:
            with self._lock, suppress(ValueError):
                self._listeners.remove(listener)

        return end

    def is_ready(self, timeout_s: float) -> bool:
        """Wait until nothing that other processes tell is missed any more; tell whether it came to that."""
        return self._thread is None or self._is_listening.wait(timeout_s)

    def tell(self, growth: Growth) -> None:
        """Hand growth to the listeners of this process."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener(growth)

    def close(self) -> None:
        """End the thread that listens to the database."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                with psycopg.connect(self._dsn or "", autocommit=True) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self._is_listening.set()
                    while not self._ended.is_set():
                        for notice in connection.notifies(timeout=_WAIT_S, stop_after=1):
                            self._told(notice.payload)
            except psycopg.Error:
                self._is_listening.clear()
                self._ended.wait(_RETRY_S)

    def _told(self, payload: str) -> None:
        tenant, scope, n = payload.rsplit(" ", 2)
        self.tell(Growth(tenant, scope, int(n)))
