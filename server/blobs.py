"""The bytes of attachments: in chunks, in any order, any number of times; given to those who may hold a record of them.

Which scopes speak of an attachment is written down when the record that names it is taken. Its bytes may come long
after, from any station that has them, and count once all of them are what the hash says.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from sqlalchemy import bindparam, delete, func, select, text, update

from server.engine import Database, Transaction
from server.give import rights_of
from server.tables import BLOB, BLOB_REF
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

_NAME: Final = text(
    "INSERT INTO blob_ref (tenant, scope, sha256) VALUES (:tenant, :scope, :sha256) ON CONFLICT DO NOTHING"
)
_PUT: Final = text(
    "INSERT INTO blob (tenant, sha256, chunk, size, received_ms, is_whole, data) "
    "VALUES (:tenant, :sha256, :chunk, :size, :now_ms, 0, :data) ON CONFLICT DO NOTHING"
)
_NAMED: Final = select(BLOB_REF.c.scope, BLOB_REF.c.sha256).where(
    BLOB_REF.c.tenant == bindparam("tenant"),
    BLOB_REF.c.sha256.in_(bindparam("hashes", expanding=True)),
)
_OF: Final = (BLOB.c.tenant == bindparam("of_tenant")) & (BLOB.c.sha256 == bindparam("of_sha256"))
_CHUNKS: Final = (
    select(BLOB.c.sha256, BLOB.c.chunk, BLOB.c.is_whole)
    .where(BLOB.c.tenant == bindparam("tenant"), BLOB.c.sha256.in_(bindparam("hashes", expanding=True)))
    .order_by(BLOB.c.sha256, BLOB.c.chunk)
)
_COUNT: Final = select(func.count(), func.max(BLOB.c.is_whole), func.max(BLOB.c.size)).where(_OF)
_DATA: Final = select(BLOB.c.data, BLOB.c.size, BLOB.c.is_whole).where(
    _OF, BLOB.c.chunk == bindparam("of_chunk")
)


class NoBlob(Exception):
    """There are no such bytes here, or none for this device; it is not said which."""


def name_blobs(tx: Transaction, tenant: str, scope: str, hashes: Iterable[bytes]) -> None:
    """Write down that a scope speaks of some attachments."""
    rows = [{"tenant": tenant, "scope": scope, "sha256": one} for one in sorted(hashes)]
    if rows:
        tx.connection.execute(_NAME, rows)


def states(database: Database, tenant: str, device: bytes, asked: AskBlobs) -> BlobStates:
    """Return how much of some attachments is held; nothing of those that the device may not hold.

    Raises:
        MessageError: it asks about more than a message may.
        DatabaseAway: the database is gone.
    """
    if len(asked.names) > MAX_BLOBS_ASKED:
        raise MessageError("too many attachments")
    hashes = [one.sha256 for one in asked.names]
    with database.reading() as tx:
        readable = rights_of(tx, tenant, device)
        found = tx.connection.execute(_NAMED, {"tenant": tenant, "hashes": hashes}).all()
        named = {(row.scope, bytes(row.sha256)) for row in found if row.scope in readable}
        mine = {one.sha256 for one in asked.names if (one.scope, one.sha256) in named}
        held: dict[bytes, BlobState] = {one: BlobState(one, 0, is_whole=False) for one in mine}
        for row in tx.connection.execute(_CHUNKS, {"tenant": tenant, "hashes": sorted(mine)}):
            sha256 = bytes(row.sha256)
            if row.chunk == held[sha256].chunks:
                held[sha256] = BlobState(sha256, row.chunk + 1, bool(row.is_whole))
    return BlobStates([held[one.sha256] for one in asked.names if one.sha256 in held])


def put(database: Database, tenant: str, device: bytes, given: PutChunk) -> BlobState:
    """Take one chunk; once all are there they count, or all are thrown away when they are not what the hash says.

    Raises:
        NoBlob: no record that this device may write of names the attachment.
        MessageError: it can be no chunk of it.
        DatabaseAway: the database is gone.
    """
    if not is_chunk(given):
        raise MessageError("no chunk")
    place = {"of_tenant": tenant, "of_sha256": given.sha256}
    with database.writing() as tx:
        if not rights_of(tx, tenant, device).get(given.scope):
            raise NoBlob
        _check_named(tx, tenant, given.scope, given.sha256)
        count, is_whole, size = tx.connection.execute(_COUNT, place).one()
        if is_whole:
            return BlobState(given.sha256, count, is_whole=True)
        if count and size != given.size:
            tx.connection.execute(delete(BLOB).where(_OF), place)
        tx.connection.execute(
            _PUT,
            {
                "tenant": tenant,
                "sha256": given.sha256,
                "chunk": given.chunk,
                "size": given.size,
                "now_ms": tx.now_ms,
                "data": given.data,
            },
        )
        count = tx.connection.execute(_COUNT, place).one()[0]
    if count < chunks_of(given.size):
        return BlobState(given.sha256, count, is_whole=False)
    return _completed(database, tenant, given.sha256, count)


def get(database: Database, tenant: str, device: bytes, asked: GetChunk) -> Chunk:
    """Return one chunk.

    Raises:
        NoBlob: it is not here, not whole, or not for this device.
        DatabaseAway: the database is gone.
    """
    with database.reading() as tx:
        if asked.scope not in rights_of(tx, tenant, device):
            raise NoBlob
        _check_named(tx, tenant, asked.scope, asked.sha256)
        place = {"of_tenant": tenant, "of_sha256": asked.sha256, "of_chunk": asked.chunk}
        row = tx.connection.execute(_DATA, place).one_or_none()
    if row is None or not row.is_whole:
        raise NoBlob
    return Chunk(row.size, bytes(row.data))


def _check_named(tx: Transaction, tenant: str, scope: str, sha256: bytes) -> None:
    found = tx.connection.execute(_NAMED, {"tenant": tenant, "hashes": [sha256]})
    if all(row.scope != scope for row in found):
        raise NoBlob


def _completed(database: Database, tenant: str, sha256: bytes, count: int) -> BlobState:
    """Look at all the bytes, one chunk in memory at a time and nobody waiting, and let them count or go."""
    digest = hashlib.sha256()
    with database.reading() as tx:
        for chunk in range(count):
            place = {"of_tenant": tenant, "of_sha256": sha256, "of_chunk": chunk}
            row = tx.connection.execute(_DATA, place).one_or_none()
            if row is None:
                return BlobState(sha256, chunk, is_whole=False)
            digest.update(row.data)
    is_right = digest.digest() == sha256
    with database.writing() as tx:
        place = {"of_tenant": tenant, "of_sha256": sha256}
        if is_right:
            tx.connection.execute(update(BLOB).where(_OF).values(is_whole=1), place)
        else:
            tx.connection.execute(delete(BLOB).where(_OF), place)
    return BlobState(sha256, count if is_right else 0, is_whole=is_right)
