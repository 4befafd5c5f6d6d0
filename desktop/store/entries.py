"""How change-sets that are signed already come into this file's journal, rows and timelines, and leave them again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from desktop.store.apply import Applied, Applier
from wire.changes import ChangeSet
from wire.messages import Void
from wire.segments import Link

_PUT_ENTRY: Final = (
    "INSERT INTO journal (n, scope, replica, seq, prev, hash, hlc, actor, operation, body) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_PUT_TOUCH: Final = "INSERT INTO journal_touch (record_id, n) VALUES (?, ?)"
_PUT_TIP: Final = (
    "INSERT INTO chain (scope, replica, seq, hash, n) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (scope, replica) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, n = excluded.n"
)
_PUT_VOID: Final = (
    "INSERT OR IGNORE INTO void (scope, replica, seq, prev, hash, signature) VALUES (?, ?, ?, ?, ?, ?)"
)
_SET_ASIDE: Final = (
    "INSERT OR IGNORE INTO set_aside (scope, replica, seq, hash, body, is_denied, noted_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)

TipRow = tuple[str, int, int, bytes, int]
"""Scope, replica, how far the chain is applied, the hash there, and the place of that in the journal (0 for a void)."""


def enter(
    connection: Connection,
    applier: Applier,
    numbered: Sequence[tuple[int, Link]],
    stations: Mapping[int, str],
) -> Applied:
    """Write change-sets into rows, journal and timelines; each comes with its place in the journal."""
    applied = applier.apply(connection, [link for _, link in numbered], stations)
    tell(connection, numbered, applied.touched)
    return applied


def tell(
    connection: Connection, numbered: Sequence[tuple[int, Link]], touched: Sequence[frozenset[bytes]]
) -> None:
    """Write change-sets into journal and timelines; `touched` names for each the records that it belongs to."""
    if numbered:
        connection.exec_driver_sql(_PUT_ENTRY, [(n, *_columns_of(link)) for n, link in numbered])
    touches = [
        (record_id, n) for (n, _), ids in zip(numbered, touched, strict=True) for record_id in sorted(ids)
    ]
    if touches:
        connection.exec_driver_sql(_PUT_TOUCH, touches)


def take_out(connection: Connection, numbers: Iterable[int]) -> None:
    """Take change-sets out of journal and timelines; their rows are made anew after."""
    places = [(n,) for n in numbers]
    if places:
        connection.exec_driver_sql("DELETE FROM journal_touch WHERE n = ?", places)
        connection.exec_driver_sql("DELETE FROM journal WHERE n = ?", places)


def put_tips(connection: Connection, tips: Iterable[TipRow]) -> None:
    """Write down how far chains are applied."""
    rows = list(tips)
    if rows:
        connection.exec_driver_sql(_PUT_TIP, rows)


def put_voids(connection: Connection, voids: Iterable[Void]) -> None:
    """Write down the municipality's markers of places that it denied."""
    rows = [(one.scope, one.replica, one.seq, one.prev, one.hash, one.signature) for one in voids]
    if rows:
        connection.exec_driver_sql(_PUT_VOID, rows)


def set_aside(
    connection: Connection,
    entries: Iterable[tuple[ChangeSet, bytes, bytes]],
    now_us: int,
    *,
    is_denied: bool,
) -> None:
    """Keep the bytes of what counts here no longer, as its author signed it: the change-set, its hash and its body."""
    rows = [
        (one.scope, one.replica, one.seq, digest, body, int(is_denied), now_us)
        for one, digest, body in entries
    ]
    if rows:
        connection.exec_driver_sql(_SET_ASIDE, rows)


def _columns_of(link: Link) -> tuple[object, ...]:
    said = link.change_set
    return (
        said.scope,
        said.replica,
        said.seq,
        link.prev,
        link.hash,
        said.hlc,
        said.actor,
        said.operation,
        link.body,
    )
