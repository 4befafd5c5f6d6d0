"""The first opening by a newer version: what older ones took without knowing it comes into the rows (rule 17).

Fields that had no column lie beside their row, and ops on tables that were not there lie in the journal alone. Nothing
is written to the journal here: no change-set says that a program was updated.
"""

import zlib
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from sqlalchemy import Connection

from desktop.store import base
from desktop.store.anew import make_anew
from desktop.store.apply import Applier
from desktop.store.capture import codecs_of
from desktop.store.models import record_models
from desktop.store.receive import stations_of
from wire.changes import ChangeSet, decode
from wire.merge import WRITES
from wire.segments import Link

_AT_ONCE: Final = 500
_PUT_TOUCH: Final = "INSERT OR IGNORE INTO journal_touch (record_id, n) VALUES (?, ?)"

_FORGET_UNREAD: Final = 'DELETE FROM unread WHERE "table" = ? AND record_id = ?'

Missing = set[tuple[str, bytes]]


def catch_up(connection: Connection, applier: Applier) -> None:
    """Bring the rows to what this version knows, where the file was last written by one that knew less or else.

    The file's `user_version` says what that one knew.
    """
    known = _known()
    if connection.exec_driver_sql("PRAGMA user_version").scalar_one() == known:
        return
    applier.widen(connection)
    _read_again(connection, applier)
    _replay(connection, applier)
    connection.exec_driver_sql(f"PRAGMA user_version = {known}")


def _known() -> int:
    """Return a number for the tables, fields and lists of values that this version stores."""
    names = sorted(
        f"{model.__tablename__}.{codec.wire_name} {'|'.join(codec.choices)}".rstrip()
        for model in record_models()
        for codec in codecs_of(model)
    )
    return zlib.crc32("\n".join(names).encode()) >> 1


def _read_again(connection: Connection, applier: Applier) -> None:
    """Make the records anew of which something was said that an older version could not read."""
    found = connection.exec_driver_sql('SELECT "table", record_id FROM unread').fetchall()
    known = {(table, pk) for table, pk in found if applier.has(table)}
    if known:
        connection.exec_driver_sql(_FORGET_UNREAD, sorted(known))
        make_anew(connection, applier, known)


def _replay(connection: Connection, applier: Applier) -> None:
    """Make the records of which the journal tells and that no table has."""
    lacking = missing(connection, applier)
    if not lacking:
        return
    stations = stations_of(connection)
    applier.put(connection, base.states(connection, lacking), stations)
    within = base.ends(connection)
    for page in _pages(connection):
        numbers: list[int] = []
        links: list[Link] = []
        for n, change_set in page:
            ops = [op for op in change_set.ops if (op.table, op.pk) in lacking]
            if ops:
                numbers.append(n)
                links.append(_link(msgspec.structs.replace(change_set, ops=ops)))
        if not links:
            continue
        later = [
            (n, one) for n, one in zip(numbers, links, strict=True) if not _is_within(within, one.change_set)
        ]
        if later:
            applier.apply(connection, [one for _, one in later], stations, before=later[0][0])
        touched = applier.touches(connection, links)
        touches = [
            (record_id, n) for n, ids in zip(numbers, touched, strict=True) for record_id in sorted(ids)
        ]
        if touches:
            connection.exec_driver_sql(_PUT_TOUCH, touches)


def missing(connection: Connection, applier: Applier) -> Missing:
    """Return the records of which the journal or a snapshot tells and that no table has."""
    told: dict[str, set[bytes]] = {}
    for page in _pages(connection):
        for _, change_set in page:
            for op in change_set.ops:
                if op.kind in WRITES and applier.knows(op.table, change_set.scope):
                    told.setdefault(op.table, set()).add(op.pk)
    for table, pk, scope in connection.exec_driver_sql('SELECT "table", record_id, scope FROM base_state'):
        if applier.knows(table, scope):
            told.setdefault(table, set()).add(pk)
    found: Missing = set()
    for table, pks in told.items():
        held = {row[0] for row in connection.exec_driver_sql(f'SELECT id FROM "{table}"')}  # noqa: S608 - a declared name
        found |= {(table, pk) for pk in pks - held}
    return found


def _pages(connection: Connection) -> Iterator[list[tuple[int, ChangeSet]]]:
    after = -(1 << 62)
    while True:
        rows = connection.exec_driver_sql(
            "SELECT n, body FROM journal WHERE n > ? ORDER BY n LIMIT ?", (after, _AT_ONCE)
        ).fetchall()
        if not rows:
            return
        yield [(n, decode(body)) for n, body in rows]
        after = rows[-1][0]


def _is_within(ends: Mapping[base.Chain, int], change_set: ChangeSet) -> bool:
    """Tell whether a snapshot holds what a change-set says."""
    return change_set.seq <= ends.get((change_set.scope, change_set.replica), 0)


def _link(change_set: ChangeSet) -> Link:
    """Return a change-set as the applier takes it; it is in the journal already, and its hashes are not looked at."""
    return Link(change_set, b"", b"", b"")
