"""What a finished write tells everybody: which records of which registers changed."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Changes:
    """Records touched by one committed unit of work, by table name; `operation` is what was done."""

    touched: Mapping[str, frozenset[UUID]] = field(default_factory=dict)
    operation: str = ""

    def of(self, table: str) -> frozenset[UUID]:
        """Return the touched records of one table."""
        return self.touched.get(table, frozenset())


Listener = Callable[[Changes], None]


class Events:
    """Tells listeners of committed changes, on the thread that committed; listeners hand over and return."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Add `listener` and return the function that removes it."""
        with self._lock:
            self._listeners.append(listener)

        def remove() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return remove

    def announce(self, changes: Changes) -> None:
        """Tell every listener, whoever made the change: a person, a job or an exchange."""
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(changes)
