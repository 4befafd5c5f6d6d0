"""Carries the bytes of attachments to and from a peer, behind everything else: small ones first, one chunk at a time.

What a record names and is not here is asked for; what is here and not there is given. A cut line goes on at the chunk
where it ended, on both sides. Bytes count once they are what the hash says.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from sqlalchemy import Connection

from desktop.core.errors import Unavailable
from desktop.store import peers
from desktop.store.blobs import BlobStore
from desktop.store.store import Store
from desktop.sync.peer import BlobPeer, NotThere
from wire import roster
from wire.messages import (
    MAX_BLOBS_ASKED,
    BlobName,
    BlobState,
    GetChunk,
    PutChunk,
    chunks_of,
)

_NAMED: Final = (
    f"SELECT DISTINCT j.scope, a.{roster.SHA256} AS sha256, a.size_bytes FROM {roster.ATTACHMENTS} AS a "  # noqa: S608 - declared names
    "JOIN journal_touch AS t ON t.record_id = a.id JOIN journal AS j ON j.n = t.n "
    f"WHERE length(a.{roster.SHA256}) = 64"
)
_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Named:
    """An attachment that a record of a scope names."""

    scope: str
    sha256: str
    size: int


@dataclass(slots=True)
class Carried:
    """What one going did, and what is left of it for the next."""

    given: int = 0
    taken: int = 0
    to_give: int = 0
    """Attachments whose bytes are here and, as far as is known, not there."""
    to_take: int = 0


class Courier:
    """Carries between this station and one peer. `yields` returns when nobody more urgent uses the line."""

    def __init__(
        self,
        store: Store,
        blobs: BlobStore,
        peer: BlobPeer,
        name: str,
        yields: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._peer = peer
        self._name = name
        self._yields = yields

    def run(self, reads: Iterable[str], writes: Iterable[str]) -> Carried:
        """Carry all there is in the scopes that may be had and given; what one side lacks is tried the next time.

        Raises:
            PeerAway: the peer does not answer.
            NotWelcome: the peer does not take this device.
            Unavailable: this station's disk is full or away.
        """
        carried = Carried()
        readable, writable = frozenset(reads), frozenset(writes)
        known = self._read(lambda connection: peers.whole_blobs(connection, self._name))
        there: list[Named] = []
        to_give: list[tuple[Named, BlobState]] = []
        to_take: list[Named] = []
        asked = self._open_questions(readable, known)
        unanswered = {one.sha256: one for one in asked}
        for one, state in self._states(asked):
            del unanswered[one.sha256]
            is_here = self._blobs.has(one.sha256)
            if state.is_whole:
                there.append(one)
                if not is_here:
                    to_take.append(one)
            elif is_here and one.scope in writable:
                to_give.append((one, state))
            elif not is_here:
                carried.to_take += 1
        self._note(there)
        # Those that no record names there yet: it is on its way, or comes from a third station.
        carried.to_give += sum(
            self._blobs.has(one.sha256) and one.scope in writable for one in unanswered.values()
        )
        for one in sorted(to_take, key=lambda one: (one.size, one.sha256)):
            is_taken = self._take(one)
            carried.taken += is_taken
            carried.to_take += not is_taken
        for one, state in sorted(to_give, key=lambda pair: (pair[0].size, pair[0].sha256)):
            is_given = self._give(one, state)
            carried.given += is_given
            carried.to_give += not is_given
        return carried

    def pending(self) -> int:
        """Return how many attachments are here whose bytes the peer does not hold, as far as is known."""
        known = self._read(lambda connection: peers.whole_blobs(connection, self._name))
        rows = self._read(lambda connection: connection.exec_driver_sql(_NAMED).fetchall())
        return sum(self._blobs.has(sha256) for sha256 in {row.sha256 for row in rows} - known)

    def _open_questions(self, scopes: frozenset[str], known: set[str]) -> list[Named]:
        """Return the attachments that one of the two sides may lack."""
        rows = self._read(lambda connection: connection.exec_driver_sql(_NAMED).fetchall())
        named = {row.sha256: Named(*row) for row in rows if row.scope in scopes}
        return [
            one for sha256, one in sorted(named.items()) if sha256 not in known or not self._blobs.has(sha256)
        ]

    def _states(self, named: list[Named]) -> Iterable[tuple[Named, BlobState]]:
        by_hash = {bytes.fromhex(one.sha256): one for one in named}
        hashes = list(by_hash)
        for start in range(0, len(hashes), MAX_BLOBS_ASKED):
            asked = [BlobName(by_hash[one].scope, one) for one in hashes[start : start + MAX_BLOBS_ASKED]]
            for state in self._peer.blob_states(asked):
                one = by_hash.pop(state.sha256, None)
                if one is not None:
                    yield one, state

    def _give(self, one: Named, state: BlobState) -> bool:
        """Give what is missing of one; tell whether the peer has it whole now."""
        sha256 = bytes.fromhex(one.sha256)
        try:
            size = self._blobs.size(one.sha256)
            for place in range(min(state.chunks, chunks_of(size) - 1), chunks_of(size)):
                self._yields()
                data = self._blobs.chunk(one.sha256, place)
                state = self._peer.put_chunk(PutChunk(one.scope, sha256, size, place, data))
        except NotThere:
            return False
        except Unavailable:
            _log.warning("an attachment could not be read and is not given")
            return False
        if state.is_whole:
            self._note([one])
        return state.is_whole

    def _take(self, one: Named) -> bool:
        """Take what is missing of one; tell whether it is here now."""
        sha256, parts = bytes.fromhex(one.sha256), self._blobs.parts
        try:
            for place in range(parts.held(one.sha256), chunks_of(one.size)):
                self._yields()
                chunk = self._peer.get_chunk(GetChunk(one.scope, sha256, place))
                if chunk.size != one.size:
                    return False
                parts.add(one.sha256, place, chunk.data)
        except NotThere:
            return False
        return assembled(self._blobs, one.sha256)

    def _note(self, there: list[Named]) -> None:
        if there:
            hashes = [one.sha256 for one in there]
            self._store.local(
                lambda connection: peers.put_whole_blobs(connection, self._name, hashes)
            ).result()

    def _read(self, body: Callable[[Connection], T]) -> T:
        return self._store.read(lambda session: body(session.connection())).result()


def assembled(blobs: BlobStore, sha256: str) -> bool:
    """Make an attachment of the chunks that came; they are thrown away when they are not what the hash says.

    Raises:
        Unavailable: this station's disk is full or away; the chunks stay.
    """
    digest = hashlib.sha256()
    for chunk in blobs.parts.chunks(sha256):
        digest.update(chunk)
    is_right = digest.hexdigest() == sha256
    if is_right:
        blobs.add_chunks(blobs.parts.chunks(sha256))
    blobs.parts.drop(sha256)
    return is_right
