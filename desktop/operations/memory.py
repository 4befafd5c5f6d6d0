"""Small texts that a station or a person's desk remembers, encrypted in the store: layouts, columns, drafts.

Answers come from memory at once; what is put is written behind, in order.
"""

import threading
from concurrent.futures import Future

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from desktop.store.store import Store
from desktop.store.tables import SETTING
from desktop.store.threads import Urgency


class StoredMemory:
    """The memory of one owner: a person's id as text, or the empty text for the station."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner
        self._lock = threading.RLock()
        self._failed: set[str] = set()
        self._last: Future[None] | None = None
        self._values: dict[str, str] = store.local(self._load, Urgency.PERSON).result()

    def get(self, key: str) -> str | None:
        """Return what was put under `key`."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: str, text: str) -> None:
        """Remember `text`. What finds no room on the disk goes with the next thing that is put."""
        with self._lock:
            if self._values.get(key) == text and not self._failed:
                return
            self._values[key] = text
            self._send(key)

    def forget(self, key: str) -> None:
        """Remove `key`; an unknown one is no error."""
        with self._lock:
            if self._values.pop(key, None) is not None:
                self._send(key)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that start with `prefix`."""
        with self._lock:
            return sorted(key for key in self._values if key.startswith(prefix))

    def flush(self) -> None:
        """Wait until what was put is in the file."""
        with self._lock:
            last = self._last
        if last is not None:
            last.result()

    def _send(self, key: str) -> None:
        """Write one key, and those that failed before, as they are now; the lock is held."""
        values = {each: self._values.get(each) for each in {key, *self._failed}}
        self._failed.clear()

        def write(connection: Connection) -> None:
            for each, text in values.items():
                if text is None:
                    self._remove(connection, each)
                else:
                    self._save(connection, each, text)

        def settle(done: Future[None]) -> None:
            if done.cancelled() or done.exception() is not None:
                with self._lock:
                    self._failed |= values.keys()

        self._last = self._store.local(write, Urgency.JOB)
        self._last.add_done_callback(settle)

    def _load(self, connection: Connection) -> dict[str, str]:
        rows = connection.execute(
            select(SETTING.c.key, SETTING.c.value).where(SETTING.c.owner == self._owner)
        )
        return {row.key: row.value for row in rows}

    def _save(self, connection: Connection, key: str, text: str) -> None:
        statement = insert(SETTING).values(owner=self._owner, key=key, value=text)
        connection.execute(
            statement.on_conflict_do_update(index_elements=["owner", "key"], set_={"value": text})
        )

    def _remove(self, connection: Connection, key: str) -> None:
        connection.execute(SETTING.delete().where(SETTING.c.owner == self._owner, SETTING.c.key == key))
