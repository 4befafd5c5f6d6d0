"""Snapshots of a scope for stations that begin with nothing: made when one is asked for, kept while it is of use."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import bindparam, delete, select, text

from server.authority import Authority
from server.engine import Database, Transaction
from server.give import rights_of
from server.records import every
from server.tables import REPLICA_HEAD, SCOPE_HEAD, SNAPSHOT, TENANT
from server.together import Together
from wire.messages import Tail
from wire.roster import DEVICES, REPLICAS
from wire.snapshots import (
    AskSnapshot,
    AskSnapshotChunk,
    Manifest,
    SignedManifest,
    SnapshotChunk,
    chunks_of,
    signed,
)

_STALE: Final = 10
"""A snapshot is made anew when more than one in so many change-sets came after it: those are asked for besides."""
_KEPT: Final = 2
"""So many of a scope stay, so that whoever is taking the one before comes to its end."""
_MANIFEST: Final = 0
_FIRST: Final = (DEVICES, REPLICAS)
"""Whose signatures count is known before anything else is."""

_PUT: Final = text(
    "INSERT INTO snapshot (tenant, scope, epoch, n, chunk, sha256, made_ms, data) "
    "VALUES (:tenant, :scope, :epoch, :n, :chunk, :sha256, :made_ms, :data) ON CONFLICT DO NOTHING"
)
_PLACE: Final = (SNAPSHOT.c.tenant == bindparam("of_tenant")) & (SNAPSHOT.c.scope == bindparam("of_scope"))
_LATEST: Final = (
    select(SNAPSHOT.c.n, SNAPSHOT.c.data)
    .where(_PLACE, SNAPSHOT.c.epoch == bindparam("epoch"), SNAPSHOT.c.chunk == _MANIFEST)
    .order_by(SNAPSHOT.c.n.desc())
    .limit(1)
)
_CHUNK: Final = select(SNAPSHOT.c.data).where(
    _PLACE, SNAPSHOT.c.sha256 == bindparam("sha256"), SNAPSHOT.c.chunk != _MANIFEST
)


class NoSnapshot(Exception):
    """There is none for this device, or no longer; it is not said which."""


class _Asked(NamedTuple):
    database: Database
    authority: Authority
    scope: str


def manifest(database: Database, authority: Authority, device: bytes, asked: AskSnapshot) -> SignedManifest:
    """Return the manifest of a recent snapshot, made now where there is none.

    Raises:
        NoSnapshot: the device may not hold the scope, or nothing is in it.
        DatabaseAway: the database is gone.
    """
    with database.reading() as tx:
        if asked.scope not in rights_of(tx, authority.tenant, device):
            raise NoSnapshot
        found = _recent(tx, authority.tenant, asked.scope)
    if found is None:
        key = (id(database), authority.tenant, asked.scope)
        found = _together.ask(key, _Asked(database, authority, asked.scope))
    if found is None:
        raise NoSnapshot
    return found


def chunk(database: Database, authority: Authority, device: bytes, asked: AskSnapshotChunk) -> SnapshotChunk:
    """Return a chunk.

    Raises:
        NoSnapshot: there is none like it for this device.
        DatabaseAway: the database is gone.
    """
    with database.reading() as tx:
        if asked.scope not in rights_of(tx, authority.tenant, device):
            raise NoSnapshot
        place = {"of_tenant": authority.tenant, "of_scope": asked.scope, "sha256": asked.sha256}
        data = tx.connection.scalar(_CHUNK, place)
    if data is None:
        raise NoSnapshot
    return SnapshotChunk(bytes(data))


def _recent(tx: Transaction, tenant: str, scope: str) -> SignedManifest | None:
    place = (SCOPE_HEAD.c.tenant == tenant, SCOPE_HEAD.c.scope == scope)
    n = tx.connection.scalar(select(SCOPE_HEAD.c.n).where(*place)) or 0
    asked = {"of_tenant": tenant, "of_scope": scope, "epoch": _epoch(tx, tenant)}
    found = tx.connection.execute(_LATEST, asked).first()
    if found is None or (n - found.n) * _STALE > n:
        return None
    return msgspec.msgpack.decode(bytes(found.data), type=SignedManifest)


def _epoch(tx: Transaction, tenant: str) -> int:
    return int(tx.connection.scalar(select(TENANT.c.epoch).where(TENANT.c.tenant == tenant)) or 0)


def _made_for(asked: Sequence[_Asked]) -> list[SignedManifest | None]:
    """Make one for all who ask at once."""
    return [_made(asked[0])] * len(asked)


_together: Together[_Asked, SignedManifest | None] = Together(_made_for)


def _made(asked: _Asked) -> SignedManifest | None:
    """Make a snapshot of a scope as it stands, chunk by chunk, so that no more than one is held in memory."""
    tenant, scope = asked.authority.tenant, asked.scope
    with asked.database.reading() as tx:
        found = _recent(tx, tenant, scope)
        if found is not None:
            return found
        head = tx.connection.execute(
            select(SCOPE_HEAD).where(SCOPE_HEAD.c.tenant == tenant, SCOPE_HEAD.c.scope == scope)
        ).first()
        if head is None or head.n == 0:
            return None
        epoch = _epoch(tx, tenant)
        place = {"tenant": tenant, "scope": scope, "epoch": epoch, "n": head.n, "made_ms": tx.now_ms}
        hashes = []
        for number, data in enumerate(chunks_of(every(tx, tenant, scope, _FIRST)), start=_MANIFEST + 1):
            hashes.append(hashlib.sha256(data).digest())
            _put(asked.database, {**place, "chunk": number, "sha256": hashes[-1], "data": data})
        said = Manifest(
            tenant,
            scope,
            epoch,
            head.n,
            head.hlc,
            bytes(head.digest),
            list(_tails(tx, tenant, scope)),
            hashes,
            bytes(head.root),
        )
    given = signed(said, asked.authority.signing_key)
    whole = {"chunk": _MANIFEST, "sha256": b"", "data": msgspec.msgpack.encode(given)}
    _put(asked.database, {**place, **whole})
    _leave_out_old(asked.database, tenant, scope)
    return given


def _put(database: Database, row: dict[str, object]) -> None:
    with database.writing() as tx:
        tx.connection.execute(_PUT, row)


def _tails(tx: Transaction, tenant: str, scope: str) -> Iterator[Tail]:
    rows = tx.connection.execute(
        select(REPLICA_HEAD.c.replica, REPLICA_HEAD.c.seq, REPLICA_HEAD.c.hash)
        .where(REPLICA_HEAD.c.tenant == tenant, REPLICA_HEAD.c.scope == scope, REPLICA_HEAD.c.seq > 0)
        .order_by(REPLICA_HEAD.c.replica)
    )
    for row in rows:
        yield Tail(scope, row.replica, row.seq, bytes(row.hash))


def _leave_out_old(database: Database, tenant: str, scope: str) -> None:
    place = {"of_tenant": tenant, "of_scope": scope}
    with database.writing() as tx:
        epoch = _epoch(tx, tenant)
        whole = (
            select(SNAPSHOT.c.n)
            .where(_PLACE, SNAPSHOT.c.epoch == epoch, SNAPSHOT.c.chunk == _MANIFEST)
            .order_by(SNAPSHOT.c.n.desc())
            .limit(_KEPT)
        )
        kept = [row.n for row in tx.connection.execute(whole, place)]
        oldest = min(kept, default=0)
        gone = delete(SNAPSHOT).where(_PLACE, (SNAPSHOT.c.epoch != epoch) | (SNAPSHOT.c.n < oldest))
        tx.connection.execute(gone, place)
