"""Writes what records add up to into their table: new rows, changed columns, versions, and what the search reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from desktop.register.record import Confidentiality
from desktop.store.layout import Layout
from desktop.store.search import SearchIndex
from wire.changes import VOIDED, VOIDED_AT
from wire.merge import RecordState, Version, conflicts

_pack_versions = msgspec.msgpack.Encoder(order="deterministic").encode
unpack_versions = msgspec.msgpack.Decoder(list[Version]).decode
_PUT_RIVAL: Final = (
    "INSERT INTO rival (record_id, field_group, register, versions, is_open) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (record_id, field_group) DO UPDATE SET versions = excluded.versions, is_open = excluded.is_open"
)


@dataclass(slots=True)
class Held:
    """A record while change-sets are applied to it; `rivals` are the groups that it has rows of in that table."""

    state: RecordState | None
    rivals: frozenset[str] = frozenset()
    row: tuple[Any, ...] | None = None
    """Its row as it stands, None where there is none."""


class Sheet:
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

    def put(self, pk: bytes, held: Held, state: RecordState, station: str) -> None:
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
            self._new.append(for_search(self._layout, self._names, row))
        elif not self._read.isdisjoint(moved):
            self._indexed.append(for_search(self._layout, self._names, row))

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

    def _put_rivals(self, pk: bytes, held: Held, state: RecordState) -> None:
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


def for_search(layout: Layout, names: frozenset[str], row: Sequence[Any]) -> Mapping[str, Any]:
    """Return what the search reads of a stored row, by attribute; `names` are those that it reads."""
    found: dict[str, Any] = {"id": UUID(bytes=row[0])}
    for codec, value in zip(layout.codecs, row[1:], strict=False):
        if codec.attribute in names:
            found[codec.attribute] = None if value is None else codec.from_wire(value)
    found.setdefault("confidentiality", Confidentiality.INTERNAL)
    return found
