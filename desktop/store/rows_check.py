"""Checks the records against the journal: every stored value must be what its change-sets add up to.

The journal is read once per partition of the records, so that the ops held at a time stay within a bound
whatever the size of the file. An op stays packed until its record is compared.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from desktop.core.errors import Cancelled
from desktop.register.record import Record
from desktop.store.base import all_bases, unpack_state
from desktop.store.capture import codecs_of
from desktop.store.layout import Layout
from desktop.store.models import record_models
from desktop.store.report import Fault, Finding, VerifyReport, instant_of, uuid_of
from wire.changes import Op, Value, fields_of
from wire.clock import wall_ms_of
from wire.heads import Stamp, pack
from wire.merge import WRITES, MergeError, RecordState, merge
from wire.unreadable import UNREADABLE

Progress = Callable[[int, int], bool]

PARTITION_BYTES: Final = 128 * 1024 * 1024
"""How much of the journal's bodies one pass may hold."""
_BATCH: Final = 1_000
_UNREADABLE: Final = (*UNREADABLE, TypeError)
"""A body or an op that cannot be read is passed over here: the check of the chain has named it."""
_KEPT_BESIDE: Final = ("created_at", "created_by", "modified_at", "modified_by", "station", "_d", "_x")
"""Columns that follow from who wrote when, after the journalled ones; the last holds what no column is known for."""


class _Ops(msgspec.Struct, frozen=True, array_like=True):
    """A change-set with its ops still packed."""

    version: int
    scope: str
    replica: int
    seq: int
    hlc: int
    deps: msgspec.Raw
    schema: int
    actor: bytes
    tx: bytes
    operation: str
    reason: str | None
    ops: list[msgspec.Raw]


class _Key(msgspec.Struct, frozen=True, array_like=True):
    """The beginning of an op: enough to know whose it is."""

    kind: str
    table: str
    pk: bytes


_decode_set = msgspec.msgpack.Decoder(_Ops).decode
_decode_key = msgspec.msgpack.Decoder(_Key).decode
_decode_change = msgspec.msgpack.Decoder(Op).decode


_Held = tuple[_Ops, msgspec.Raw]
"""A change-set and one op of it."""
_Records = dict[bytes, list[_Held]]


class _Layout:
    """The columns of a table in the order in which they are compared."""

    def __init__(self, model: type[Record]) -> None:
        self.lacking = {codec.wire_name: codec.lacking for codec in codecs_of(model)}
        self.journalled = tuple(self.lacking)
        self.known = frozenset(self.journalled)
        self.columns = (*self.journalled, *_KEPT_BESIDE)


class RowsCheck:
    """Compares every record table of an open file with its journal."""

    def __init__(self, connection: Any, report: VerifyReport) -> None:
        self._connection = connection
        self._report = report
        self._models = {model.__tablename__: model for model in record_models()}
        self._stations = dict(connection.execute("SELECT replica, station FROM replica").fetchall())
        self._unknown: set[str] = set()
        self._ends = {chain: one.seq for chain, one in all_bases(connection).items()}
        """How far a snapshot goes in each chain: what the journal tells of that is in its records already."""
        self._begun: dict[tuple[str, bytes], RecordState] = {}
        """What the records of a partition were in it."""

    def run(self, body_bytes: int, progress: Progress) -> None:
        """Compare everything.

        Raises:
            Cancelled: `progress` said stop.
        """
        partitions = body_bytes // PARTITION_BYTES + 1
        for number in range(partitions):
            records = self._collect(number, partitions, progress)
            for table, model in self._models.items():
                self._compare(model, records.pop(table, {}), number, partitions)
                if not progress(number, partitions):
                    raise Cancelled
        progress(partitions, partitions)

    def _collect(self, number: int, partitions: int, progress: Progress) -> dict[str, _Records]:
        """Return the ops of the records of one partition, by table and id; look for each in the timeline's index."""
        found: dict[str, _Records] = {}
        touches: dict[bytes, set[int]] = {}
        self._begun = self._in_snapshots(number, partitions)
        cursor = self._connection.cursor()
        cursor.execute("SELECT n, body FROM journal ORDER BY n")
        for n, body in self._walk(cursor, number, partitions, progress):
            try:
                change_set = _decode_set(body)
                keys = [_decode_key(raw) for raw in change_set.ops]
            except _UNREADABLE:
                continue
            is_within = change_set.seq <= self._ends.get((change_set.scope, change_set.replica), 0)
            for raw, key in zip(change_set.ops, keys, strict=True):
                if not key.pk or key.pk[-1] % partitions != number:
                    continue
                if key.table not in self._models:
                    self._unknown_table(key, change_set)
                    continue
                if self._models[key.table].scope.value != change_set.scope:
                    continue
                touches.setdefault(key.pk, set()).add(n)
                if key.kind in WRITES and not is_within:
                    held = found.setdefault(key.table, {}).setdefault(key.pk, [])
                    held.append((change_set, raw))
        self._look_for(touches, number, partitions, progress)
        return found

    def _in_snapshots(self, number: int, partitions: int) -> dict[tuple[str, bytes], RecordState]:
        found = {}
        for table, pk, scope, state in self._connection.execute(
            'SELECT "table", record_id, scope, state FROM base_state'
        ):
            model = self._models.get(table)
            if model is not None and model.scope.value == scope and pk[-1] % partitions == number:
                found[table, pk] = unpack_state(state)
        return found

    def _look_for(
        self, touches: dict[bytes, set[int]], number: int, partitions: int, progress: Progress
    ) -> None:
        """Take what the timeline's index holds out of `touches`; what is left lacks in it."""
        cursor = self._connection.cursor()
        cursor.execute("SELECT record_id, n FROM journal_touch")
        for pk, n in self._walk(cursor, number, partitions, progress):
            wanted = touches.get(pk)
            if wanted is not None:
                wanted.discard(n)
                if not wanted:
                    del touches[pk]
        for pk, lacking in touches.items():
            for n in sorted(lacking):
                (body,) = self._connection.execute("SELECT body FROM journal WHERE n = ?", (n,)).fetchone()
                author = _decode_set(body)
                self._add(Fault.TIMELINE, _table_of(author, pk), pk, author)

    def _walk(
        self, cursor: Any, number: int, partitions: int, progress: Progress
    ) -> Iterator[tuple[Any, ...]]:
        while rows := cursor.fetchmany(_BATCH):
            if not progress(number, partitions):
                raise Cancelled
            yield from rows

    def _unknown_table(self, key: _Key, author: _Ops) -> None:
        if key.table not in self._unknown:
            self._unknown.add(key.table)
            self._add(Fault.UNKNOWN_TABLE, key.table, key.pk, author)

    def _compare(
        self,
        model: type[Record],
        journalled: _Records,
        number: int,
        partitions: int,
    ) -> None:
        table = model.__tablename__
        layout = _Layout(model)
        stored = Layout(model)
        takes = stored.takes
        begun = {
            pk: one for (name, pk), one in self._begun.items() if name == table and stored.holds(one.values)
        }
        chosen = "" if partitions == 1 else f" WHERE last_byte(id) % {partitions} = {number}"
        quoted = ", ".join(f'"{name}"' for name in layout.columns)
        cursor = self._connection.cursor()
        if chosen:
            self._connection.create_function("last_byte", 1, _last_byte, deterministic=True)
        cursor.execute(f'SELECT id, {quoted} FROM "{table}"{chosen}')  # noqa: S608 - declared names
        for pk, *row in _rows(cursor):
            self._report.records += 1
            ops = journalled.pop(pk, [])
            author = ops[-1][0] if ops else None
            total = _added_up(takes, ops, begun.pop(pk, None))
            if total is None:
                self._add(Fault.ROW_EXTRA, table, pk, author)
                continue
            wrong = self._differing(layout, total, row)
            if wrong:
                self._add(Fault.ROW_CHANGED, table, pk, author, wrong)
        for pk, ops in journalled.items():
            if _added_up(takes, ops, begun.pop(pk, None)) is not None:
                self._add(Fault.ROW_MISSING, table, pk, ops[-1][0])
        for pk in begun:
            self._add(Fault.ROW_MISSING, table, pk, None)

    def _differing(self, layout: _Layout, total: RecordState, row: list[Value]) -> tuple[str, ...]:
        fields = fields_of(total.values)
        value_of = {**layout.lacking, **fields}.get
        made, changed = total.heads.base, total.heads.latest
        expected = [
            *map(value_of, layout.journalled),
            wall_ms_of(made[0]) * 1000,
            total.created_by,
            wall_ms_of(changed[0]) * 1000,
            total.modified_by,
            self._stations.get(changed[1]),
            pack(total.heads),
        ]
        if fields.keys() <= layout.known:
            expected.append(None)
        else:
            row = row[:-1]
        if expected == row:
            return ()
        pairs = zip(layout.columns, expected, row, strict=False)
        return tuple(name for name, wanted, stored in pairs if wanted != stored)

    def _add(
        self, fault: Fault, table: str, pk: bytes, author: _Ops | None, fields: tuple[str, ...] = ()
    ) -> None:
        record_id = uuid_of(pk)
        records = () if record_id is None else ((table, record_id),)
        if author is None:
            self._report.add(Finding(fault, records=records, fields=fields))
            return
        self._report.add(
            Finding(
                fault,
                author.scope,
                author.replica,
                author.seq,
                None,
                author.operation,
                uuid_of(author.actor),
                instant_of(author.hlc),
                records,
                fields,
            )
        )


def _rows(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(_BATCH):
        yield from rows


def _table_of(author: _Ops, pk: bytes) -> str:
    keys = map(_decode_key, author.ops)
    return next((key.table for key in keys if key.pk == pk), "")


def _last_byte(pk: Any) -> int:
    return pk[-1] if isinstance(pk, bytes) and pk else 0


def _added_up(
    takes: Callable[[Op], bool], ops: list[_Held], begun: RecordState | None = None
) -> RecordState | None:
    """Return what the ops of one record add up to, None when none of them makes it.

    `takes` says which count; `begun` is what the record was before them.
    """
    total = begun
    early: list[tuple[_Ops, Op]] = []
    for author, raw in ops:
        was_made = total is not None
        try:
            op = _decode_change(raw)
            if not takes(op):
                continue
            total = _merged(total, author, op)
        except _UNREADABLE:
            continue
        except MergeError:
            early.append((author, op))
            continue
        if not was_made:
            for one in early:
                total = _merged(total, *one)
    return total


def _merged(total: RecordState | None, author: _Ops, op: Op) -> RecordState:
    stamp: Stamp = (author.hlc, author.replica, author.seq)
    return merge(total, op, stamp, author.actor)
