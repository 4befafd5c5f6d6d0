"""Writes change-sets from elsewhere into the rows: the same merge as everywhere, over stored values, without objects.

What travels is what SQLite stores, so nothing is converted on the way but what the search index reads. Called inside a
transaction of the writer; journal and chains are `receive`'s.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from desktop.store.layout import Layout
from desktop.store.models import record_models
from desktop.store.search import SearchIndex
from desktop.store.sheet import Held, Sheet, for_search, unpack_versions
from wire.changes import Op, decode
from wire.heads import Stamp
from wire.merge import MAKES, WRITES, MergeError, RecordState, Version, merge
from wire.segments import Link

_AT_ONCE: Final = 400
_ALL: Final = 1 << 62
_STATION: Final = -3
"""The place of `station` in a stored row."""
_PUT_UNREAD: Final = 'INSERT OR IGNORE INTO unread ("table", record_id) VALUES (?, ?)'


@dataclass(frozen=True, slots=True)
class Applied:
    """What was touched: records by table, and for each change-set the records whose timeline it belongs to."""

    by_table: Mapping[str, frozenset[UUID]]
    touched: Sequence[frozenset[bytes]]


_Write = tuple[Op, Stamp, bytes]
"""An op, the stamp of its change-set, and who wrote it."""


@dataclass(slots=True)
class _Run:
    """The records of one transaction."""

    held: dict[tuple[str, bytes], Held] = field(default_factory=dict)
    early: dict[tuple[str, bytes], list[_Write]] = field(default_factory=dict)
    """What was written about records that were not made yet here; it counts once they are."""
    changed: dict[str, dict[bytes, None]] = field(default_factory=dict)
    unread: dict[tuple[str, bytes], None] = field(default_factory=dict)
    """Records of which something is said that this version cannot store."""


class Applier:
    """Applies checked change-sets in the order in which they are given."""

    def __init__(self, search: SearchIndex) -> None:
        self._search = search

    @cached_property
    def _layouts(self) -> dict[str, Layout]:
        return {model.__tablename__: Layout(model) for model in record_models()}

    def apply(
        self,
        connection: Connection,
        links: Sequence[Link],
        stations: Mapping[int, str],
        *,
        before: int | None = None,
    ) -> Applied:
        """Write what the change-sets say; `stations` names the station of each replica.

        Where records are made again from the journal, `before` is the place in it of the first change-set. Ops on
        tables that this version does not know are kept in the journal alone, until a version that knows them reads
        them there.
        """
        run = _Run()
        self._load(connection, run, links, before)
        touched = [self._merged(run, link) for link in links]
        for table, pks in run.changed.items():
            self._write(connection, run, table, pks, stations)
        if run.unread:
            connection.exec_driver_sql(_PUT_UNREAD, list(run.unread))
        by_table = {table: frozenset(UUID(bytes=pk) for pk in pks) for table, pks in run.changed.items()}
        return Applied(by_table, touched)

    def put(
        self,
        connection: Connection,
        states: Mapping[str, Mapping[bytes, RecordState]],
        stations: Mapping[int, str],
    ) -> None:
        """Write, by table, records that have no row here as they were given.

        Where this version cannot hold what one says, it stays without a row and is noted as unread.
        """
        for table, records in states.items():
            layout = self._layouts.get(table)
            unread = []
            sheet = None if layout is None else Sheet(layout, self._search)
            for pk, state in records.items():
                if layout is None or sheet is None or not layout.holds(state.values):
                    unread.append((table, pk))
                else:
                    sheet.put(pk, Held(None), state, stations.get(state.heads.latest[1], ""))
            if sheet is not None:
                sheet.write(connection)
            if unread:
                connection.exec_driver_sql(_PUT_UNREAD, unread)

    def touches(self, connection: Connection, links: Sequence[Link]) -> list[frozenset[bytes]]:
        """Return for each change-set the records whose timeline it belongs to; nothing is written."""
        owners: dict[str, dict[bytes, bytes]] = {}
        for link in links:
            for op in link.change_set.ops:
                layout = self._layout(op.table, link.change_set.scope)
                if layout is not None and layout.owner is not None:
                    owners.setdefault(op.table, {})[op.pk] = b""
        for table, found in owners.items():
            owner = self._layouts[table].owner
            for some in _batches(list(found)):
                marks = ", ".join("?" * len(some))
                column = "" if owner is None else owner.wire_name
                look = f'SELECT id, "{column}" FROM "{table}" WHERE id IN ({marks})'  # noqa: S608 - declared names
                found.update(dict(connection.exec_driver_sql(look, tuple(some)).fetchall()))
        touched = []
        for link in links:
            known = [
                op for op in link.change_set.ops if self._layout(op.table, link.change_set.scope) is not None
            ]
            above = {owners[op.table][op.pk] for op in known if op.table in owners}
            touched.append(frozenset({op.pk for op in known} | {one for one in above if one}))
        return touched

    def widen(self, connection: Connection) -> None:
        """Bring what older versions kept beside rows into the columns that this version has for it.

        Where they hold something else, the record is noted as unread.
        """
        for table, layout in self._layouts.items():
            found = connection.exec_driver_sql(layout.with_more).fetchall()
            changed, unread = [], []
            for row in found:
                state = layout.state_of(row, {})
                if not layout.holds(state.values):
                    unread.append((table, row[0]))
                    continue
                new = layout.row_of(row[0], state, row[_STATION])
                if new != tuple(row):
                    changed.append(new)
            if unread:
                connection.exec_driver_sql(_PUT_UNREAD, unread)
            if changed:
                connection.exec_driver_sql(layout.put, changed)
                if self._search.indexes(table):
                    names = self._search.attributes(table)
                    self._search.put_rows(
                        connection, table, [for_search(layout, names, row) for row in changed]
                    )

    def forget(self, connection: Connection, records: Iterable[tuple[str, bytes]]) -> None:
        """Take records out of the rows, to make them anew from the journal."""
        for table, pk in records:
            connection.exec_driver_sql(f'DELETE FROM "{table}" WHERE id = ?', (pk,))  # noqa: S608 - a declared name
            connection.exec_driver_sql("DELETE FROM rival WHERE record_id = ?", (pk,))
            if self._search.indexes(table):
                self._search.forget(connection, [UUID(bytes=pk)])

    def has(self, table: str) -> bool:
        """Tell whether this version has a table."""
        return table in self._layouts

    def knows(self, table: str, scope: str) -> bool:
        """Tell whether this version stores the records of a table that are written in a scope."""
        return self._layout(table, scope) is not None

    def _layout(self, table: str, scope: str) -> Layout | None:
        """Return how a table is stored, None where this version has none or a change-set of another scope names it.

        A device may write the scopes that it was given; a record of another one is not theirs to name.
        """
        layout = self._layouts.get(table)
        return layout if layout is not None and layout.model.scope.value == scope else None

    def _merged(self, run: _Run, link: Link) -> frozenset[bytes]:
        change_set = link.change_set
        stamp: Stamp = (change_set.hlc, change_set.replica, change_set.seq)
        touched: set[bytes] = set()
        for op in change_set.ops:
            layout = self._layout(op.table, change_set.scope)
            if layout is None:
                if op.kind in WRITES and op.table not in self._layouts:
                    run.unread[(op.table, op.pk)] = None
                continue
            touched.add(op.pk)
            held = run.held.setdefault((op.table, op.pk), Held(None))
            if op.kind in WRITES and not layout.takes(op):
                # It is in the journal; a version that can read it makes the record anew (`evolution`).
                run.unread[(op.table, op.pk)] = None
            elif op.kind in WRITES:
                is_new = held.state is None
                written = layout.plain(op) if op.kind in MAKES else op
                try:
                    held.state = merge(held.state, written, stamp, change_set.actor)
                except MergeError:
                    # Its journal entry stays; there is no record yet that it could change.
                    run.early.setdefault((op.table, op.pk), []).append((op, stamp, change_set.actor))
                    continue
                if is_new:
                    for early in run.early.pop((op.table, op.pk), ()):
                        held.state = merge(held.state, *early)
                run.changed.setdefault(op.table, {})[op.pk] = None
            owner = _owner_of(layout, held.state)
            if owner is not None:
                touched.add(owner)
        return frozenset(touched)

    def _load(self, connection: Connection, run: _Run, links: Iterable[Link], before: int | None) -> None:
        wanted: dict[str, dict[bytes, None]] = {}
        for link in links:
            for op in link.change_set.ops:
                if self._layout(op.table, link.change_set.scope) is not None:
                    wanted.setdefault(op.table, {})[op.pk] = None
        for table, pks in wanted.items():
            layout = self._layouts[table]
            for some in _batches(list(pks)):
                marks = "(" + ", ".join("?" * len(some)) + ")"
                rows = connection.exec_driver_sql(layout.get + marks, tuple(some)).fetchall()
                if len(rows) < len(some):
                    self._load_early(connection, run, table, {*some} - {row[0] for row in rows}, before)
                if not rows:
                    continue
                rivals: dict[bytes, dict[str, list[Version]]] = {}
                groups: dict[bytes, set[str]] = {}
                for pk, group, versions in connection.exec_driver_sql(
                    f"SELECT record_id, field_group, versions FROM rival WHERE record_id IN {marks}",  # noqa: S608
                    tuple(some),
                ):
                    found = unpack_versions(versions)
                    groups.setdefault(pk, set()).add(group)
                    if len(found) > 1:
                        rivals.setdefault(pk, {})[group] = found
                for row in rows:
                    pk = row[0]
                    state = layout.state_of(row, rivals.get(pk, {}))
                    run.held[(table, pk)] = Held(state, frozenset(groups.get(pk, ())), tuple(row))

    def _load_early(
        self, connection: Connection, run: _Run, table: str, pks: Collection[bytes], before: int | None
    ) -> None:
        """Find what the journal says already of records that have no row."""
        marks = ", ".join("?" * len(pks))
        bodies = connection.exec_driver_sql(
            f"SELECT body FROM journal WHERE n IN (SELECT n FROM journal_touch WHERE record_id IN ({marks}) "  # noqa: S608
            "AND n < ?) ORDER BY n",
            (*pks, _ALL if before is None else before),
        )
        for body in bodies.scalars():
            change_set = decode(body)
            stamp = (change_set.hlc, change_set.replica, change_set.seq)
            for op in change_set.ops:
                if (
                    op.table == table
                    and op.pk in pks
                    and op.kind in WRITES
                    and self._layouts[table].takes(op)
                ):
                    run.early.setdefault((table, op.pk), []).append((op, stamp, change_set.actor))

    def _write(
        self,
        connection: Connection,
        run: _Run,
        table: str,
        pks: Iterable[bytes],
        stations: Mapping[int, str],
    ) -> None:
        sheet = Sheet(self._layouts[table], self._search)
        for pk in pks:
            held = run.held[(table, pk)]
            if held.state is not None:
                sheet.put(pk, held, held.state, stations.get(held.state.heads.latest[1], ""))
        sheet.write(connection)


def _owner_of(layout: Layout, state: RecordState | None) -> bytes | None:
    if layout.owner is None or state is None:
        return None
    value = state.values.get(layout.owner.group)
    if isinstance(value, dict):
        value = value.get(layout.owner.wire_name)
    return value if isinstance(value, bytes) else None


def _batches(items: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))
