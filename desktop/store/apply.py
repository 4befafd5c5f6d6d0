"""Writes change-sets from elsewhere into the rows: the same merge as everywhere, over stored values, without objects.

What travels is what SQLite stores, so nothing is converted on the way but what the search index reads. Called inside a
transaction of the writer; journal and chains are `receive`'s.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from desktop.register.record import Confidentiality
from desktop.store.layout import Layout
from desktop.store.models import record_models
from desktop.store.search import SearchIndex
from wire.changes import VOIDED, VOIDED_AT, Op, decode
from wire.heads import Stamp
from wire.merge import MAKES, WRITES, MergeError, RecordState, Version, conflicts, merge
from wire.segments import Link

_AT_ONCE: Final = 400
_ALL: Final = 1 << 62
_STATION: Final = -3
"""The place of `station` in a stored row."""
_pack_versions = msgspec.msgpack.Encoder(order="deterministic").encode
_unpack_versions = msgspec.msgpack.Decoder(list[Version]).decode
_PUT_RIVAL: Final = (
    "INSERT INTO rival (record_id, field_group, register, versions, is_open) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (record_id, field_group) DO UPDATE SET versions = excluded.versions, is_open = excluded.is_open"
)
_PUT_UNREAD: Final = 'INSERT OR IGNORE INTO unread ("table", record_id) VALUES (?, ?)'


@dataclass(frozen=True, slots=True)
class Applied:
    """What was touched: records by table, and for each change-set the records whose timeline it belongs to."""

    by_table: Mapping[str, frozenset[UUID]]
    touched: Sequence[frozenset[bytes]]


@dataclass(slots=True)
class _Held:
    """A record while change-sets are applied to it; `rivals` are the groups that it has rows of in that table."""

    state: RecordState | None
    rivals: frozenset[str] = frozenset()
    row: tuple[Any, ...] | None = None
    """Its row as it stands, None where there is none."""


_Write = tuple[Op, Stamp, bytes]
"""An op, the stamp of its change-set, and who wrote it."""


@dataclass(slots=True)
class _Run:
    """The records of one transaction."""

    held: dict[tuple[str, bytes], _Held] = field(default_factory=dict)
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
                        connection, table, [_for_search(layout, names, row) for row in changed]
                    )

    def forget(self, connection: Connection, records: Iterable[tuple[str, bytes]]) -> None:
        """Take records out of the rows, to make them anew from the journal."""
        for table, pk in records:
            connection.exec_driver_sql(f'DELETE FROM "{table}" WHERE id = ?', (pk,))  # noqa: S608 - a declared name
            connection.exec_driver_sql("DELETE FROM rival WHERE record_id = ?", (pk,))
            if self._search.indexes(table):
                self._search.forget(connection, [UUID(bytes=pk)])

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
                continue
            touched.add(op.pk)
            held = run.held.setdefault((op.table, op.pk), _Held(None))
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
                    found = _unpack_versions(versions)
                    groups.setdefault(pk, set()).add(group)
                    if len(found) > 1:
                        rivals.setdefault(pk, {})[group] = found
                for row in rows:
                    pk = row[0]
                    state = layout.state_of(row, rivals.get(pk, {}))
                    run.held[(table, pk)] = _Held(state, frozenset(groups.get(pk, ())), tuple(row))

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
        sheet = _Sheet(self._layouts[table], self._search)
        for pk in pks:
            held = run.held[(table, pk)]
            if held.state is not None:
                sheet.put(pk, held, held.state, stations.get(held.state.heads.latest[1], ""))
        sheet.write(connection)


class _Sheet:
    """What is to be written of one table: new rows, changed columns, versions, and what the search reads."""

    def __init__(self, layout: Layout, search: SearchIndex) -> None:
        self._layout, self._search = layout, search
        self._names = search.attributes(layout.table)
        self._read = layout.places(self._names | {VOIDED_AT}) if self._names else frozenset()
        self._rows: list[tuple[Any, ...]] = []
        self._changes: dict[tuple[int, ...], list[tuple[Any, ...]]] = {}
        self._rivals: list[tuple[Any, ...]] = []
        self._settled: list[tuple[bytes, str]] = []
        self._gone: list[UUID] = []
        self._new: list[Mapping[str, Any]] = []
        self._indexed: list[Mapping[str, Any]] = []

    def put(self, pk: bytes, held: _Held, state: RecordState, station: str) -> None:
        """Note a record as it stands now."""
        row = self._layout.row_of(pk, state, station)
        moved: tuple[int, ...] = ()
        if held.row is None:
            self._rows.append(row)
        else:
            before = held.row
            moved = tuple(place for place, cell in enumerate(row) if cell != before[place])
            if moved:
                self._changes.setdefault(moved, []).append((*(row[place] for place in moved), pk))
        if state.rivals or state.heads.seen or held.rivals:
            self._put_rivals(pk, held, state)
        if not self._names:
            return
        if VOIDED in state.values:
            self._gone.append(UUID(bytes=pk))
        elif held.row is None:
            self._new.append(_for_search(self._layout, self._names, row))
        elif not self._read.isdisjoint(moved):
            self._indexed.append(_for_search(self._layout, self._names, row))

    def write(self, connection: Connection) -> None:
        """Write all of it."""
        layout, run = self._layout, connection.exec_driver_sql
        if self._rows:
            run(layout.put, self._rows)
        for places, cells in self._changes.items():
            run(layout.change(places), cells)
        if self._rivals:
            run(_PUT_RIVAL, self._rivals)
        if self._settled:
            run("DELETE FROM rival WHERE record_id = ? AND field_group = ?", self._settled)
        if self._gone:
            self._search.forget(connection, self._gone)
        self._search.put_rows(connection, layout.table, self._indexed)
        self._search.put_rows(connection, layout.table, self._new, fresh=True)

    def _put_rivals(self, pk: bytes, held: _Held, state: RecordState) -> None:
        layout = self._layout
        state.rivals = {
            group: [Version(one.stamp, layout.filled(group, one.value)) for one in versions]
            for group, versions in state.rivals.items()
        }
        kept = _rivals_of(state)
        self._rivals += [(pk, group, layout.table, *packed) for group, packed in kept.items()]
        self._settled += [(pk, group) for group in held.rivals - kept.keys()]


def _rivals_of(state: RecordState) -> dict[str, tuple[bytes, int]]:
    """Return, by group, the packed versions and whether a person must decide."""
    is_open = conflicts(state)
    return {
        group: (
            _pack_versions(
                state.rivals.get(group, [Version(state.heads.of(group)[-1], state.values.get(group))])
            ),
            int(group in is_open),
        )
        for group in {*state.rivals, *is_open}
    }


def _owner_of(layout: Layout, state: RecordState | None) -> bytes | None:
    if layout.owner is None or state is None:
        return None
    value = state.values.get(layout.owner.group)
    if isinstance(value, dict):
        value = value.get(layout.owner.wire_name)
    return value if isinstance(value, bytes) else None


def _for_search(layout: Layout, names: frozenset[str], row: Sequence[Any]) -> Mapping[str, Any]:
    found: dict[str, Any] = {"id": UUID(bytes=row[0])}
    for codec, value in zip(layout.codecs, row[1:], strict=False):
        if codec.attribute in names:
            found[codec.attribute] = None if value is None else codec.from_wire(value)
    found.setdefault("confidentiality", Confidentiality.INTERNAL)
    return found


def _batches(items: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))
