"""Takes out of the rows what the municipality denied after this station held it (sync.md §1.1 rule 14).

The place in the chain stays, with the municipality's marker; everybody else never saw more of it. What was written is
kept aside, so that its author can be told.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from desktop.core.events import Changes
from desktop.store import entries
from desktop.store.anew import make_anew, touched_by
from desktop.store.apply import Applier
from wire.changes import decode
from wire.messages import Void
from wire.voids import is_genuine

OPERATION: Final = "exchange.denied"
_HELD: Final = "SELECT n, body FROM journal WHERE scope = ? AND replica = ? AND seq = ? AND hash = ?"


def held_of(connection: Connection, voids: Iterable[Void], municipal: Ed25519PublicKey) -> list[Void]:
    """Return the markers that the municipality signed of change-sets that are held here."""
    return [
        one
        for one in voids
        if connection.exec_driver_sql(_HELD, (one.scope, one.replica, one.seq, one.hash)).first() is not None
        and is_genuine(one, municipal)
    ]


def take_out(connection: Connection, applier: Applier, voids: Iterable[Void], now_us: int) -> Changes:
    """Put markers in the place of change-sets, in the transaction that is open."""
    gone = []
    for one in voids:
        found = connection.exec_driver_sql(_HELD, (one.scope, one.replica, one.seq, one.hash)).first()
        if found is not None:
            gone.append((found.n, decode(found.body), one, found.body))
    entries.set_aside(
        connection, [(said, one.hash, body) for _, said, one, body in gone], now_us, is_denied=True
    )
    entries.take_out(connection, [n for n, *_ in gone])
    entries.put_voids(connection, [one for _, _, one, _ in gone])
    touched = touched_by(applier, [said for _, said, *_ in gone])
    make_anew(connection, applier, touched)
    tables: dict[str, set[UUID]] = {}
    for table, pk in touched:
        tables.setdefault(table, set()).add(UUID(bytes=pk))
    return Changes({table: frozenset(ids) for table, ids in tables.items()}, OPERATION)
