"""Finds where a peer's branch of a chain leaves ours, by asking for pieces of it (sync.md §1.1 rule 12)."""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from desktop.store import give
from desktop.store.receive import Chain, keys_of, tips_of
from desktop.store.store import Store
from desktop.sync.peer import Peer
from wire.changes import GENESIS
from wire.messages import Part, Pull, Void, Want
from wire.segments import Segment, SegmentError
from wire.voids import is_genuine, links_past

T = TypeVar("T")

_BUDGET: Final = 1024 * 1024


class Branches:
    """A peer's chains beside ours."""

    def __init__(self, store: Store, peer: Peer, municipal_key: bytes) -> None:
        self._store = store
        self._peer = peer
        self._municipal = Ed25519PublicKey.from_public_bytes(municipal_key)

    def common(self, chain: Chain) -> int | None:
        """Return how many change-sets of a chain both sides have alike, None where the peer cannot show another branch.

        It shows one by a piece that the chain's author signed and that continues ours otherwise, or goes on where
        ours ends.

        Raises:
            PeerAway: the peer does not answer.
        """
        tips, keys = self._read(lambda connection: (tips_of(connection), keys_of(connection)))
        key = Ed25519PublicKey.from_public_bytes(keys[chain[1]])
        low, high = 0, tips.get(chain, (0, b""))[0]
        while low < high:
            middle = (low + high + 1) // 2
            if self._next(chain, middle, key) is not None:
                low = middle
            else:
                high = middle - 1
        theirs = self._next(chain, low, key)
        return None if theirs is None or theirs == self._hash_at(chain, low + 1) else low

    def beyond(self, vectors: Mapping[str, Mapping[int, int]]) -> tuple[list[Segment], list[Void]]:
        """Return all that the peer holds of some scopes beyond what is said of each.

        Raises:
            PeerAway: the peer does not answer.
        """
        segments: list[Segment] = []
        voids: list[Void] = []
        wants = {scope: Want(scope, 0, 0, dict(vector)) for scope, vector in vectors.items()}
        while wants:
            answer = self._peer.pull(Pull(list(wants.values()), _BUDGET))
            for part in answer.parts:
                want = wants.pop(part.scope)
                segments += part.segments
                voids += part.voids
                held = {one.replica: one.last for one in part.segments}
                going_on = Want(part.scope, part.epoch, part.cursor, {**want.vector, **held})
                if part.more and going_on != want:
                    wants[part.scope] = going_on
            if not answer.parts:
                break
        return segments, voids

    def _next(self, chain: Chain, seq: int, key: Ed25519PublicKey) -> bytes | None:
        """Return the hash with which the peer's chain goes on after our first `seq`; None when it does not."""
        tip = self._hash_at(chain, seq)
        found = self._piece(chain, seq)
        if found is None or tip is None:
            return None
        segment, part = found
        voids = {
            void.seq: void
            for void in part.voids
            if (void.scope, void.replica) == chain and is_genuine(void, self._municipal)
        }
        try:
            return links_past(segment, seq, tip, key, voids)[0].hash
        except SegmentError:
            return None

    def _piece(self, chain: Chain, seq: int) -> tuple[Segment, Part] | None:
        scope, replica = chain
        for part in self._peer.pull(Pull([Want(scope, 0, 0, {replica: seq}, replica)])).parts:
            for segment in part.segments:
                if (segment.scope, segment.replica) == chain and segment.start == seq + 1:
                    return segment, part
        return None

    def _hash_at(self, chain: Chain, seq: int) -> bytes | None:
        if seq == 0:
            return GENESIS
        return self._read(lambda connection: give.hash_at(connection, *chain, seq))

    def _read(self, body: Callable[[Connection], T]) -> T:
        return self._store.read(lambda session: body(session.connection())).result()
