"""A file that begins with the municipality's snapshot of a scope: its records first, what was written of them later.

Until the journal has all of it, `base` says where each chain goes on after the snapshot, and `base_state` what the
records were in it: whatever is made anew begins there. Called inside transactions of the writer.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from desktop.core.events import Changes
from desktop.store.anew import make_anew
from desktop.store.apply import Applier
from desktop.store.base import unpack_state
from desktop.store.receive import OPERATION, learn_replicas, stations_of
from wire import roster
from wire.changes import GENESIS
from wire.merge import RecordState
from wire.snapshots import Kept, Manifest, SignedManifest

RECORDS_AT_ONCE: Final = 500
"""So many are written in a tenth of what an operator would notice."""
_PUT: Final = (
    "INSERT INTO snapshot (scope, manifest, hlc, chunk, taken, epoch, cursor) VALUES (?, ?, ?, 0, 0, ?, 0)"
)
_PUT_BASE: Final = "INSERT INTO base (scope, replica, seq, hash, told, told_hash) VALUES (?, ?, ?, ?, 0, ?)"
_PUT_TIP: Final = (
    "INSERT INTO chain (scope, replica, seq, hash, n) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (scope, replica) DO UPDATE SET seq = excluded.seq, hash = excluded.hash"
)
_PUT_STATE: Final = 'INSERT INTO base_state ("table", record_id, scope, state) VALUES (?, ?, ?, ?)'
_FIRST: Final = (roster.DEVICES, roster.REPLICAS)


def begin(connection: Connection, given: SignedManifest, said: Manifest, own: int) -> None:
    """Begin a scope with a snapshot, or begin it again with a later one.

    What is written here from now on has seen all that the snapshot holds: nobody sees a record of it before it is here.
    """
    run = connection.exec_driver_sql
    for table in ("snapshot", "base", "base_state"):
        run(f"DELETE FROM {table} WHERE scope = ?", (said.scope,))  # noqa: S608 - names of this file
    run(_PUT, (said.scope, msgspec.msgpack.encode(given), said.hlc, said.epoch))
    n = int(run("SELECT coalesce(max(n), 0) + 1 FROM journal").scalar_one())
    # This file's own chain is in its journal from the beginning on.
    others = [tail for tail in said.tails if tail.replica != own]
    if others:
        run(_PUT_BASE, [(said.scope, one.replica, one.seq, one.hash, GENESIS) for one in others])
        run(_PUT_TIP, [(said.scope, one.replica, one.seq, one.hash, n) for one in others])


def take(
    connection: Connection,
    applier: Applier,
    scope: str,
    records: Sequence[Kept],
    upto: tuple[int, int],
    now_us: int,
) -> Changes:
    """Take some records of a snapshot; `upto` is the chunk, and how many of its records are here after this."""
    known = (
        [one for one in records if one.table in _FIRST],
        [one for one in records if one.table not in _FIRST],
    )
    for some in known:
        if not some:
            continue
        connection.exec_driver_sql(_PUT_STATE, [(one.table, one.pk, scope, one.state) for one in some])
        _make(connection, applier, scope, some)
        if scope == roster.SYSTEM_SCOPE and some is known[0]:
            learn_replicas(connection, now_us)
    connection.exec_driver_sql("UPDATE snapshot SET chunk = ?, taken = ? WHERE scope = ?", (*upto, scope))
    touched: dict[str, set[UUID]] = {}
    for one in records:
        touched.setdefault(one.table, set()).add(UUID(bytes=one.pk))
    return Changes({table: frozenset(ids) for table, ids in touched.items()}, OPERATION)


def end(connection: Connection, applier: Applier, scope: str) -> None:
    """Note that all of a snapshot's records are here."""
    if scope == roster.SYSTEM_SCOPE:
        # Who wrote the first of these records was not known before all of them were there.
        rows = connection.exec_driver_sql(
            'SELECT "table", record_id, state FROM base_state WHERE "table" IN (?, ?)', _FIRST
        )
        _make(connection, applier, scope, [Kept(*row) for row in rows])


def _make(connection: Connection, applier: Applier, scope: str, records: Sequence[Kept]) -> None:
    """Make the rows of records, with what the journal says of them beyond the snapshot."""
    by_table: dict[str, dict[bytes, RecordState]] = {}
    for one in records:
        if applier.knows(one.table, scope) or not applier.has(one.table):
            by_table.setdefault(one.table, {})[one.pk] = unpack_state(one.state)
    known = {
        (table, pk)
        for table, pks in by_table.items()
        if applier.has(table)
        for pk in _spoken_of(connection, table, list(pks))
    }
    for table, pk in known:
        del by_table[table][pk]
    applier.put(connection, by_table, stations_of(connection))
    if known:
        make_anew(connection, applier, known)


def _spoken_of(connection: Connection, table: str, pks: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the records that have a row here, or of which the journal says something."""
    for start in range(0, len(pks), RECORDS_AT_ONCE):
        some = tuple(pks[start : start + RECORDS_AT_ONCE])
        marks = ", ".join("?" * len(some))
        look = (
            f'SELECT id FROM "{table}" WHERE id IN ({marks}) '  # noqa: S608 - a declared name
            f"UNION SELECT record_id FROM journal_touch WHERE record_id IN ({marks})"
        )
        yield from connection.exec_driver_sql(look, (*some, *some)).scalars()
