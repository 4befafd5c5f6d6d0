"""Makes records anew from the journal, after something was taken out of it."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

import msgspec
from sqlalchemy import Connection

from desktop.store import base
from desktop.store.apply import Applier
from desktop.store.receive import stations_of
from wire.changes import ChangeSet, decode
from wire.merge import WRITES
from wire.segments import Link

_AT_ONCE: Final = 500

Record = tuple[str, bytes]
"""(table, id)."""


def touched_by(applier: Applier, change_sets: Iterable[ChangeSet]) -> set[Record]:
    """Return the records with rows here that some change-sets write."""
    return {
        (op.table, op.pk)
        for one in change_sets
        for op in one.ops
        if op.kind in WRITES and applier.knows(op.table, one.scope)
    }


def make_anew(connection: Connection, applier: Applier, records: Collection[Record]) -> None:
    """Make the rows of some records from what the journal says now; those of which it says nothing go.

    Where the file began with a snapshot, they begin with what they were in it.
    """
    applier.forget(connection, records)
    stations = stations_of(connection)
    applier.put(connection, base.states(connection, records), stations)
    for before, links in _told_of(connection, records):
        applier.apply(connection, links, stations, before=before)


def _told_of(connection: Connection, records: Collection[Record]) -> Iterator[tuple[int, list[Link]]]:
    """Give, in order, what the journal says of some records: pages, with the place of the first of each."""
    run = connection.exec_driver_sql
    numbers: set[int] = set()
    for _, pk in records:
        numbers.update(row[0] for row in run("SELECT n FROM journal_touch WHERE record_id = ?", (pk,)))
    wanted = sorted(numbers)
    within = base.ends(connection)
    for start in range(0, len(wanted), _AT_ONCE):
        some = tuple(wanted[start : start + _AT_ONCE])
        marks = ", ".join("?" * len(some))
        bodies = run(f"SELECT body FROM journal WHERE n IN ({marks}) ORDER BY n", some).scalars()  # noqa: S608
        links = []
        for body in bodies:
            change_set = decode(body)
            if change_set.seq <= within.get((change_set.scope, change_set.replica), 0):
                continue
            ops = [op for op in change_set.ops if (op.table, op.pk) in records]
            # It is in the journal already: its hashes are not looked at.
            links.append(Link(msgspec.structs.replace(change_set, ops=ops), b"", b"", b""))
        yield some[0], links
