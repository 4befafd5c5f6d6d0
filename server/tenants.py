"""Municipalities: founding one, opening its keys, and beginning again after a restore."""

import re
import secrets
from typing import Final

from sqlalchemy import insert, select, update

from server.authority import Authority
from server.chains import SERVER_DEVICE, lock_scope
from server.engine import Database, Transaction
from server.refusals import MAX_NAME, Kind, RosterError
from server.roster_book import replica_op, write
from server.sealing import Cost
from server.tables import TENANT
from wire.changes import Op, OpKind, Values
from wire.roster import DEVICES, SYSTEM_SCOPE

SERVER_NAME: Final = "Servidor"

_TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def found(database: Database, tenant: str, name: str, passphrase: str, cost: Cost | None = None) -> Authority:
    """Make a municipality with its keys and return them opened.

    Raises:
        RosterError: the short name is no name, or there is such a municipality already.
    """
    if _TENANT.fullmatch(tenant) is None:
        raise RosterError(Kind.TENANT)
    if not 0 < len(name.strip()) <= MAX_NAME:
        raise RosterError(Kind.NAME)
    authority = Authority.create(tenant, name.strip(), database.now_ms())
    sealed = authority.sealed(passphrase, cost)
    with database.writing() as tx:
        if tx.connection.scalar(select(TENANT.c.tenant).where(TENANT.c.tenant == tenant)) is not None:
            raise RosterError(Kind.TENANT_EXISTS)
        tx.connection.execute(
            insert(TENANT).values(
                tenant=tenant,
                name=authority.name,
                epoch=0,
                replica=0,
                sealed=sealed,
                created_ms=tx.now_ms,
            )
        )
        begin_epoch_in(tx, authority)
    return authority


def names(database: Database) -> dict[str, str]:
    """Return the names of the municipalities in the database by their short names."""
    with database.reading() as tx:
        found = tx.connection.execute(select(TENANT.c.tenant, TENANT.c.name).order_by(TENANT.c.tenant))
        return {row.tenant: row.name for row in found}


def open_authority(database: Database, tenant: str, passphrase: str) -> Authority:
    """Open the keys of a municipality.

    Raises:
        RosterError: there is no such municipality.
        server.sealing.SealError: the passphrase does not open them.
    """
    with database.reading() as tx:
        sealed = tx.connection.scalar(select(TENANT.c.sealed).where(TENANT.c.tenant == tenant))
    if sealed is None:
        raise RosterError(Kind.TENANT)
    return Authority.load(tenant, sealed, passphrase)


def begin_epoch(database: Database, authority: Authority) -> int:
    """Begin again after a restore: stations go back to vectors, and the server writes a new chain of its own."""
    with database.writing() as tx:
        return begin_epoch_in(tx, authority)


def begin_epoch_in(tx: Transaction, authority: Authority) -> int:
    """Begin again in the transaction that brings back what was saved; return the new epoch."""
    tenant = authority.tenant
    before = tx.connection.scalar(select(TENANT.c.epoch).where(TENANT.c.tenant == tenant)) or 0
    replica = secrets.randbits(63) | 1 << 62
    # Not the one before plus one: a backup that is restored twice would begin the same epoch twice.
    epoch = max(int(before) + 1, tx.now_ms)
    tx.connection.execute(
        update(TENANT).where(TENANT.c.tenant == tenant).values(epoch=epoch, replica=replica)
    )
    head = lock_scope(tx, tenant, SYSTEM_SCOPE)
    ops = [replica_op(tx, tenant, SERVER_DEVICE, replica)]
    if before == 0:
        ops.insert(0, _server_op(authority, tx.now_ms))
    write(tx, authority, head, ops, "begin_epoch")
    return epoch


def _server_op(authority: Authority, now_ms: int) -> Op:
    """Return how the roster names the server itself: its chains are the device's of sixteen zero bytes."""
    values: Values = {
        "name": SERVER_NAME,
        "signing_key": authority.public_bytes,
        "certificate": authority.certificate.decode(),
        "enrolled_at": now_ms * 1000,
    }
    return Op(OpKind.CREATE, DEVICES, SERVER_DEVICE, values)
