"""A new station's beginning: the server's snapshot of each large scope first, and what it was made of afterwards.

With the records here people work; the history comes piece by piece behind everything else. Each step is in the file as
it is done, so that it goes on where it was cut.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Final, Protocol, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from desktop.register.types import instant_to_wire
from desktop.store import base, history, peers, snapshot
from desktop.store.apply import Applier
from desktop.store.base import Begun
from desktop.store.peers import Cursor
from desktop.store.receive import Incoming, Received, Step, keys_of, know_servers, tips_of
from desktop.store.store import Store, Took
from desktop.sync.meanwhile import meanwhile
from desktop.sync.outcome import Outcome
from desktop.sync.peer import NotThere, Peer, PeerAway
from wire.messages import Part, Pull, Refusal, ScopeState, Want
from wire.roster import SYSTEM_SCOPE
from wire.snapshots import (
    AskSnapshot,
    AskSnapshotChunk,
    Kept,
    Manifest,
    SignedManifest,
    SnapshotChunk,
    SnapshotError,
    opened,
    records_of,
)

WORTHWHILE: Final = 2_000
"""With fewer change-sets than this a scope is asked for as they are."""
_BUDGET: Final = 256 * 1024
"""So much of the history at once: what people write waits for no more than that."""
_log = logging.getLogger(__name__)

T = TypeVar("T")
Check = Callable[[], None]


class SnapshotPeer(Peer, Protocol):
    """One who gives snapshots: the server."""

    def snapshot(self, asked: AskSnapshot) -> SignedManifest:
        """Ask for a scope's snapshot.

        Raises:
            NotThere: there is none for this device.
        """

    def snapshot_chunk(self, asked: AskSnapshotChunk) -> SnapshotChunk:
        """Ask for a part of it.

        Raises:
            NotThere: it was kept no longer.
        """


class Bootstrap:
    """Begins scopes of one file with the server's snapshots. `name` is what the server is called in this file."""

    def __init__(self, store: Store, peer: SnapshotPeer, name: str, municipal_key: bytes) -> None:
        self._store = store
        self._peer = peer
        self._name = name
        self._raw_key = municipal_key
        self._key = Ed25519PublicKey.from_public_bytes(municipal_key)

    def begin(self, scopes: Mapping[str, ScopeState], check: Check) -> None:
        """Take the snapshots of the scopes of which nothing is here; `check` raises to stop.

        Raises:
            PeerAway: the server does not answer, or gave what it did not sign.
        """
        for scope in sorted(scopes, key=lambda name: (name != SYSTEM_SCOPE, name)):
            found = self._read(base.begun).get(scope)
            if found is not None:
                self._go_on(scope, found, check)
            elif scopes[scope].n >= WORTHWHILE and not self._knows(scope):
                self._anew(scope, check)

    def recall(self, scopes: Mapping[str, ScopeState], epoch: int, check: Check) -> Outcome:
        """Take one piece of what was written before a snapshot; the outcome says how much is still to come."""
        outcome = Outcome()
        for scope, one in self._read(base.begun).items():
            if scope in scopes and not outcome.taken:
                self._recall(scope, one, epoch, outcome, check)
        outcome.history = self._read(base.untold)
        return outcome

    def _knows(self, scope: str) -> bool:
        """Tell whether anything of a scope is here that somebody else wrote."""
        return any(
            where == scope and replica != self._store.replica for where, replica in self._read(tips_of)
        )

    def _anew(self, scope: str, check: Check) -> None:
        try:
            given = self._peer.snapshot(AskSnapshot(scope))
            said = self._said(given, scope)
        except NotThere:
            return
        own = self._store.replica
        self._bulk(lambda connection: snapshot.begin(connection, given, said, own), heard=said.hlc)
        self._load(scope, said, Begun(given, 0, 0, said.epoch, 0), check)

    def _go_on(self, scope: str, found: Begun, check: Check) -> None:
        """Take what is left of a snapshot; where the server keeps it no longer, begin again with another one."""
        said = self._said(found.given, scope)
        if found.chunk >= len(said.chunks):
            return
        try:
            self._load(scope, said, found, check)
        except NotThere:
            self._anew(scope, check)

    def _said(self, given: SignedManifest, scope: str) -> Manifest:
        try:
            said = opened(given, self._key)
        except SnapshotError as error:
            raise PeerAway("another one's snapshot") from error
        if said.scope != scope:
            raise PeerAway("another scope's snapshot")
        return said

    def _load(self, scope: str, said: Manifest, found: Begun, check: Check) -> None:
        taken = found.taken
        left = list(enumerate(said.chunks))[found.chunk :]
        records = self._chunk(scope, left[0][1]) if left else []
        for place, (number, _) in enumerate(left):
            following = left[place + 1][1] if place + 1 < len(left) else None
            with meanwhile(lambda then=following: self._chunk(scope, then)) as ahead:  # type: ignore[misc]
                self._write(scope, number, records, taken, check)
            taken, records = 0, ahead()
        self._store.bulk(lambda connection, applier: self._end(connection, applier, scope, said)).result()

    def _chunk(self, scope: str, sha256: bytes | None) -> list[Kept]:
        if sha256 is None:
            return []
        try:
            return records_of(self._peer.snapshot_chunk(AskSnapshotChunk(scope, sha256)).data, sha256)
        except SnapshotError as error:
            raise PeerAway("another chunk") from error

    def _write(self, scope: str, number: int, records: list[Kept], taken: int, check: Check) -> None:
        """Write the records of a chunk beyond the first `taken`."""
        now_us = instant_to_wire(self._store.clock.now())
        for start in range(taken, len(records), snapshot.RECORDS_AT_ONCE):
            check()
            some = records[start : start + snapshot.RECORDS_AT_ONCE]
            is_last = start + len(some) == len(records)
            upto = (number + 1, 0) if is_last else (number, start + len(some))
            self._store.bulk(
                lambda connection, applier, some=some, upto=upto: Took(  # type: ignore[misc]
                    snapshot.take(connection, applier, scope, some, upto, now_us)
                )
            ).result()

    def _end(self, connection: Connection, applier: Applier, scope: str, said: Manifest) -> Took:
        snapshot.end(connection, applier, scope)
        peers.put_cursors(connection, self._name, {scope: Cursor(said.epoch, said.n, said.root)})
        peers.put_held(connection, self._name, said.tails)
        return Took()

    def _recall(self, scope: str, one: Begun, epoch: int, outcome: Outcome, check: Check) -> None:
        tips = self._read(lambda connection: history.tips(connection, scope))
        cursor = one.cursor if one.epoch == epoch else 0
        vector = {replica: seq for (_, replica), (seq, _) in tips.items()}
        answer = self._peer.pull(Pull([Want(scope, epoch, cursor, vector)], _BUDGET))
        for part in answer.parts:
            if part.scope != scope:
                continue
            received = Received()
            for step in self._steps(part, received):
                check()
                self._tell(scope, step, received)
                outcome.taken += len(step.items)
            outcome.refused.update(received.refused)
            if not received.refused:
                self._note(scope, part)
                outcome.taken += int(part.cursor > cursor)
        self._store.bulk(lambda connection, applier: _ended(connection, applier, scope)).result()

    def _note(self, scope: str, part: Part) -> None:
        self._bulk(lambda connection: base.asked(connection, scope, part.epoch, part.cursor))

    def _steps(self, part: Part, received: Received) -> list[Step]:
        def look(connection: Connection) -> list[Step]:
            keys = {
                replica: Ed25519PublicKey.from_public_bytes(key)
                for replica, key in keys_of(connection).items()
            }
            tips = history.tips(connection, part.scope)
            incoming = Incoming(tips, keys.get, self._key, self._store.replica)
            steps = incoming.steps(part.segments, part.voids, received)
            unknown.update(incoming.of_the_server)
            return steps

        unknown: set[int] = set()
        steps = self._read(look)
        if unknown:
            now_us = instant_to_wire(self._store.clock.now())
            self._bulk(lambda connection: know_servers(connection, unknown, self._raw_key, now_us))
        return steps

    def _tell(self, scope: str, step: Step, received: Received) -> None:
        def tell(connection: Connection, applier: Applier) -> Took:
            history.take(connection, applier, scope, step)
            return Took()

        try:
            self._store.bulk(tell).result()
        except history.OtherHistory:
            _log.exception("the server tells another history than that of its snapshot")
            chains = {(one.scope, one.replica) for one in step.segments}
            received.refused.update(dict.fromkeys(chains, Refusal.FORK))

    def _bulk(self, body: Callable[[Connection], None], heard: int | None = None) -> None:
        def write(connection: Connection, _: Applier) -> Took:
            body(connection)
            return Took(heard=() if heard is None else (heard,))

        self._store.bulk(write).result()

    def _read(self, body: Callable[[Connection], T]) -> T:
        return self._store.read(lambda session: body(session.connection())).result()


def _ended(connection: Connection, applier: Applier, scope: str) -> Took:
    history.end(connection, applier, scope)
    return Took()
