"""The attachments of a hub: given to neighbours who may hold the record, and taken from them chunk by chunk."""

import threading
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection

from desktop.store.blobs import BlobStore
from desktop.store.store import Store
from desktop.sync.courier import assembled
from desktop.sync.peer import NotThere
from wire import roster
from wire.messages import (
    MAX_BLOBS_ASKED,
    AskBlobs,
    BlobState,
    BlobStates,
    Chunk,
    GetChunk,
    MessageError,
    PutChunk,
    chunks_of,
    is_chunk,
)

_IS_NAMED: Final = (
    f"SELECT 1 FROM {roster.ATTACHMENTS} AS a JOIN journal_touch AS t ON t.record_id = a.id "  # noqa: S608 - declared names
    f"JOIN journal AS j ON j.n = t.n WHERE a.{roster.SHA256} = ? AND j.scope = ? LIMIT 1"
)


class Cellar:
    """What a hub answers about the bytes of attachments; `scopes` are those that the asker may hold."""

    def __init__(self, store: Store, blobs: BlobStore) -> None:
        self._store = store
        self._blobs = blobs
        self._lock = threading.Lock()

    def states(self, scopes: frozenset[str], asked: AskBlobs) -> BlobStates:
        """Return how much of some attachments is here; nothing of those that the asker may not hold.

        Raises:
            MessageError: it asks about more than a message may.
        """
        if len(asked.names) > MAX_BLOBS_ASKED:
            raise MessageError("too many attachments")
        wanted = [(one.scope, one.sha256) for one in asked.names if one.scope in scopes]
        return BlobStates([self._state(sha256) for sha256 in self._named(wanted)])

    def put(self, scopes: frozenset[str], given: PutChunk) -> BlobState:
        """Take one chunk; once all are here they count, when they are what the hash says.

        Raises:
            NotThere: no record of these scopes names the attachment.
            MessageError: it can be no chunk of it.
            Unavailable: there is no room.
        """
        if not is_chunk(given):
            raise MessageError("no chunk")
        self._check(scopes, given.scope, given.sha256)
        sha256 = given.sha256.hex()
        with self._lock:
            if not self._blobs.has(sha256):
                self._blobs.parts.add(sha256, given.chunk, given.data)
                if self._blobs.parts.held(sha256) >= chunks_of(given.size):
                    assembled(self._blobs, sha256)
            return self._state(given.sha256)

    def get(self, scopes: frozenset[str], asked: GetChunk) -> Chunk:
        """Return one chunk.

        Raises:
            NotThere: it is not here, or not for the asker.
            Unavailable: what lies here is damaged.
        """
        self._check(scopes, asked.scope, asked.sha256)
        sha256 = asked.sha256.hex()
        if not self._blobs.has(sha256):
            raise NotThere
        size = self._blobs.size(sha256)
        if not 0 <= asked.chunk < chunks_of(size):
            raise NotThere
        return Chunk(size, self._blobs.chunk(sha256, asked.chunk))

    def _state(self, sha256: bytes) -> BlobState:
        name = sha256.hex()
        if self._blobs.has(name):
            return BlobState(sha256, chunks_of(self._blobs.size(name)), is_whole=True)
        return BlobState(sha256, self._blobs.parts.held(name), is_whole=False)

    def _check(self, scopes: frozenset[str], scope: str, sha256: bytes) -> None:
        if scope not in scopes or not self._named([(scope, sha256)]):
            raise NotThere

    def _named(self, wanted: Iterable[tuple[str, bytes]]) -> list[bytes]:
        """Return those that a record of their scope names."""

        def look(connection: Connection) -> list[bytes]:
            return [
                sha256
                for scope, sha256 in wanted
                if connection.exec_driver_sql(_IS_NAMED, (sha256.hex(), scope)).first() is not None
            ]

        return self._store.read(lambda session: look(session.connection())).result()
