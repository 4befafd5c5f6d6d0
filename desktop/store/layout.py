"""How a table stores the state of a record: the columns that this version knows, and beside them what it does not."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from desktop.register.record import Record
from desktop.store.capture import FieldCodec, codecs_of
from wire.changes import Op, Value, Values
from wire.clock import wall_ms_of
from wire.heads import pack, unpack
from wire.merge import MAKES, RecordState, Version

DERIVED: Final = ("created_at", "created_by", "modified_at", "modified_by", "station", "_d", "_x")
_pack_extra = msgspec.msgpack.Encoder(order="deterministic").encode
_unpack_extra = msgspec.msgpack.Decoder(dict[str, Any]).decode


class Layout:
    """How one table stores a record's state."""

    def __init__(self, model: type[Record]) -> None:
        self.model = model
        self.table = model.__tablename__
        self.codecs = codecs_of(model)
        self.groups: dict[str, list[FieldCodec]] = {}
        for codec in self.codecs:
            self.groups.setdefault(codec.group, []).append(codec)
        self.required = [codec for codec in self.codecs if codec.is_required]
        owner = model.owner_field
        self.owner = next((codec for codec in self.codecs if codec.attribute == owner), None)
        names = ["id", *(codec.wire_name for codec in self.codecs), *DERIVED]
        quoted = [f'"{name}"' for name in names]
        marks = ", ".join("?" * len(names))
        updates = ", ".join(f"{name} = excluded.{name}" for name in quoted[1:])
        self.put = (
            f'INSERT INTO "{self.table}" ({", ".join(quoted)}) VALUES ({marks}) '  # noqa: S608 - declared names
            f"ON CONFLICT (id) DO UPDATE SET {updates}"
        )
        self._all = f'SELECT {", ".join(quoted)} FROM "{self.table}"'  # noqa: S608
        self.get = f"{self._all} WHERE id IN "
        self.columns = tuple(names)
        self._changes: dict[tuple[int, ...], str] = {}
        self.with_more = f'{self._all} WHERE "_x" IS NOT NULL'

    def places(self, attributes: frozenset[str]) -> frozenset[int]:
        """Return where some attributes stand in a stored row."""
        return frozenset(
            place for place, codec in enumerate(self.codecs, start=1) if codec.attribute in attributes
        )

    def change(self, places: tuple[int, ...]) -> str:
        """Return the statement that changes the columns at some places of a stored row, and touches no other index."""
        known = self._changes.get(places)
        if known is None:
            parts = ", ".join(f'"{self.columns[place]}" = ?' for place in places)
            known = self._changes[places] = f'UPDATE "{self.table}" SET {parts} WHERE id = ?'  # noqa: S608
        return known

    def state_of(self, row: Sequence[Any], rivals: dict[str, list[Version]]) -> RecordState:
        """Return the state of a stored row."""
        count = len(self.codecs)
        heads = unpack(row[-2])
        fields = dict(zip((codec.wire_name for codec in self.codecs), row[1 : count + 1], strict=True))
        _, created_by, _, modified_by, _, _, extra = row[count + 1 :]
        values: Values = {}
        for group, codecs in self.groups.items():
            if codecs[0].is_alone:
                value = fields[group]
                if value is not None and (group in heads.groups or value != codecs[0].lacking):
                    values[group] = value
                continue
            whole = {
                codec.wire_name: fields[codec.wire_name]
                for codec in codecs
                if fields[codec.wire_name] is not None
            }
            if whole:
                values[group] = whole
        if extra is not None:
            for group, value in _unpack_extra(extra).items():
                known = values.get(group)
                values[group] = {**known, **value} if isinstance(known, dict) else value
        return RecordState(heads, values, created_by, modified_by, rivals)

    def row_of(self, pk: bytes, state: RecordState, station: str) -> tuple[Any, ...]:
        """Return the stored row of a state; what no column is known for is kept beside (sync.md rule 17)."""
        values = state.values
        cells: list[Value] = []
        taken = 0
        for codec in self.codecs:
            value = values.get(codec.group)
            if not codec.is_alone:
                value = value.get(codec.wire_name) if isinstance(value, dict) else None
            if value is None:
                value = codec.lacking
            else:
                taken += 1
            cells.append(value)
        written = sum(len(value) if isinstance(value, dict) else 1 for value in values.values())
        extra = None if taken == written else _pack_extra(self._unknown(values))
        made, latest = state.heads.base, state.heads.latest
        return (
            pk,
            *cells,
            wall_ms_of(made[0]) * 1000,
            state.created_by,
            wall_ms_of(latest[0]) * 1000,
            state.modified_by,
            station,
            pack(state.heads),
            extra,
        )

    def takes(self, op: Op) -> bool:
        """Tell whether all that an op writes can be stored and read here, and whether what it makes is whole."""
        if op.kind in MAKES and not all(_value_in(op.values, codec) is not None for codec in self.required):
            return False
        return self.holds(op.values)

    def holds(self, values: Values) -> bool:
        """Tell whether the columns can hold some groups' values; what no column is known for fits beside."""
        return all(self._fits(group, value) for group, value in values.items())

    def _fits(self, group: str, value: Any) -> bool:
        codecs = self.groups.get(group, ())
        if not codecs:
            return True
        if codecs[0].is_alone:
            return not codecs[0].is_required if value is None else codecs[0].fits(value)
        if value is None:
            return not any(codec.is_required for codec in codecs)
        if not isinstance(value, dict):
            return False
        for codec in codecs:
            part = value.get(codec.wire_name)
            if codec.is_required if part is None else not codec.fits(part):
                return False
        return True

    def filled(self, group: str, value: Any) -> Any:
        """Return what a write gave a group, with what its columns show where it gave nothing.

        A row does not tell the two apart, and what stands in it must compare alike however it came there.
        """
        codecs = self.groups.get(group)
        if codecs is None:
            return value
        if codecs[0].is_alone:
            return codecs[0].lacking if value is None else value
        lacking = {codec.wire_name: codec.lacking for codec in codecs if codec.lacking is not None}
        return {**lacking, **(value or {})} or None

    def plain(self, op: Op) -> Op:
        """Return an op that makes a record without what its columns show anyway, as a row would give it back."""
        said = {
            group: value
            for group, value in op.values.items()
            if value is None
            or (codecs := self.groups.get(group)) is None
            or not codecs[0].is_alone
            or value != codecs[0].lacking
        }
        return op if len(said) == len(op.values) else msgspec.structs.replace(op, values=said)

    def _unknown(self, values: Values) -> Values:
        unknown: Values = {}
        for group, value in values.items():
            known = {codec.wire_name for codec in self.groups.get(group, ())}
            if isinstance(value, dict):
                rest = {name: part for name, part in value.items() if name not in known}
                if rest:
                    unknown[group] = rest
            elif not known:
                unknown[group] = value
        return unknown


def _value_in(values: Values, codec: FieldCodec) -> Value:
    value = values.get(codec.group)
    if codec.is_alone:
        return value
    return value.get(codec.wire_name) if isinstance(value, dict) else None
