"""Turns what an operation did to mapped objects into the ops of its change-sets.

Nobody has to remember to journal: the session is watched, and a statement that would go round it is refused.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Enum, inspect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import get_history

from desktop.core.ids import new_id
from desktop.register.record import FieldInfo, Record, journalled_columns
from desktop.store.shapes import Fits, fits_of
from wire.changes import VOIDED, VOIDED_AT, Dot, Op, OpKind, Value, Values
from wire.heads import Heads, Stamp, pack, unpack

_DIALECT = SQLiteDialect()
_MARKS = frozenset({"struck", "voided", "confidentiality"})
"""What may be written on a row of an append-only table: marks on it, never its content."""


@dataclass(frozen=True, slots=True)
class FieldCodec:
    """How one journalled column is read from an object and written to a change-set."""

    attribute: str
    wire_name: str
    group: str
    is_alone: bool
    """Whether the field is a group of its own: then it travels as the group's value, not in a map."""
    default: Any
    lacking: Value
    """What is stored of a record whose author's version did not have this field yet (sync.md §1.1 rule 17)."""
    is_required: bool
    """Whether a row without a value cannot be stored."""
    to_wire: Callable[[Any], Value]
    from_wire: Callable[[Value], Any]
    fits: Fits
    """Whether this version can store a value and read it back."""
    choices: tuple[str, ...]
    """The values of a closed list as this version knows it."""


@cache
def codecs_of(model: type[Record]) -> tuple[FieldCodec, ...]:
    """Return the codecs of a model's journalled columns in mapping order."""
    mapper = inspect(model)
    codecs = []
    for col in journalled_columns(model):
        attribute = mapper.get_property_by_column(col).key
        info = col.info.get("field")
        named = info.group if isinstance(info, FieldInfo) else ""
        processor = col.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
        default = col.default.arg if col.default is not None and col.default.is_scalar else None
        to_wire = processor or _as_it_is
        lacking = None if col.nullable or default is None else to_wire(default)
        back = col.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None)
        codecs.append(
            FieldCodec(
                attribute,
                col.name,
                named or col.name,
                not named,
                default,
                lacking,
                not col.nullable and lacking is None,
                to_wire,
                back or _as_it_is,
                fits_of(col.type),
                tuple(col.type.enums) if isinstance(col.type, Enum) else (),
            )
        )
    return tuple(codecs)


def _as_it_is(value: Any) -> Any:
    return value


@cache
def _names_of(model: type[Record]) -> frozenset[str]:
    return frozenset(["id", *(codec.attribute for codec in codecs_of(model))])


def _check_names(model: type[Record], row: dict[str, Any]) -> None:
    """Refuse a value that would be lost in silence.

    Raises:
        LookupError: the model has no such journalled field.
    """
    if not _names_of(model).issuperset(row):
        unknown = ", ".join(sorted(row.keys() - _names_of(model)))
        raise LookupError(f"{model.__tablename__} has no field {unknown}")


@dataclass(slots=True)
class _Draft:
    kind: str
    table: str
    pk: bytes
    values: Values = field(default_factory=dict)
    replaces: dict[str, list[Dot]] = field(default_factory=dict)
    seen: list[Dot] = field(default_factory=list)

    def put(self, codec: FieldCodec, value: Any) -> None:
        """Take a field's value in its stored form or, when it is None, empty."""
        wire = None if value is None else codec.to_wire(value)
        if codec.is_alone:
            self.values[codec.group] = wire
        else:
            whole = self.values.setdefault(codec.group, {})
            if isinstance(whole, dict):
                whole[codec.wire_name] = wire

    def overwrite(self, heads: Heads, groups: Iterable[str], stamp: Stamp) -> list[str]:
        """Record that the groups are written by one who saw all heads; return those that were in conflict."""
        passed_over, had_unseen = heads.edits(), bool(heads.unseen())
        settled = []
        for group in groups:
            if heads.of(group) == [stamp]:
                continue
            if len(heads.of(group)) > 1:
                settled.append(group)
            self.replaces[group] = heads.overwrite(group, stamp)
        if VOIDED in groups:
            self.seen = passed_over if self._is_voiding() else []
            heads.voided(stamp, self.seen if self._is_voiding() else None)
        elif not self._is_voiding() and heads.deletions():
            self.seen = heads.deletions()
            heads.knew(stamp, self.seen)
        if had_unseen and not heads.unseen():
            settled.append(VOIDED)
        return settled

    def _is_voiding(self) -> bool:
        value = self.values.get(VOIDED)
        return isinstance(value, dict) and value.get(VOIDED_AT) is not None

    def finished(self) -> Op:
        return Op(self.kind, self.table, self.pk, self.values, self.replaces, self.seen)


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who writes, where and when, for the derived columns of records."""

    actor: UUID
    station: str
    at: datetime


class Capture:
    """The ops of one unit of work, by scope, in the order in which records were first touched."""

    def __init__(self, authorship: Authorship, hlc: int, next_dot: Callable[[str], Dot]) -> None:
        self._authorship = authorship
        self._hlc = hlc
        self._next_dot = next_dot
        self._stamps: dict[str, Stamp] = {}
        self._drafts: dict[str, dict[tuple[str, bytes, str], _Draft]] = {}
        self._touched: dict[str, set[bytes]] = {}
        self.records: dict[bytes, Record] = {}
        """Records that were made or changed, for the search index."""
        self.by_table: dict[str, set[UUID]] = {}
        self.settled: list[tuple[bytes, str]] = []
        """Record and group of each conflict that this unit ends by writing over all its heads."""

    def before_flush(self, session: Session, *_: object) -> None:
        """Journal what is about to be written, and fill the columns that derive from it."""
        if session.deleted:
            raise RuntimeError("records are voided or struck, never deleted")
        for instance in tuple(session.new):
            if isinstance(instance, Record):
                self._created(instance)
        for instance in tuple(session.dirty):
            if isinstance(instance, Record) and session.is_modified(instance, include_collections=False):
                self._changed(instance)

    def read(self, record: Record) -> None:
        """Note that a confidential record was opened."""
        self._draft(record, OpKind.READ)

    def ops(self) -> dict[str, tuple[list[Op], set[bytes]]]:
        """Return the ops and the touched ids of each scope that was written."""
        return {
            scope: ([draft.finished() for draft in drafts.values()], self._touched[scope])
            for scope, drafts in self._drafts.items()
        }

    def add_rows(self, model: type[Record], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Journal new records given as plain values and return them as complete stored rows.

        The bulk path of imports and of the demonstration data: no objects are built, but the journal, the heads
        and the derived columns are the same as for records made one by one.
        """
        for row in rows:
            _check_names(model, row)
        scope = model.scope.value
        heads = pack(Heads(base=self._stamp(scope)))
        author = self._authorship
        derived = {
            "created_at": author.at,
            "created_by": author.actor,
            "modified_at": author.at,
            "modified_by": author.actor,
            "station": author.station,
            "_d": heads,
            "_x": None,
        }
        table = model.__tablename__
        kind = OpKind.APPEND if model.append_only else OpKind.CREATE
        drafts, touched = self._drafts.setdefault(scope, {}), self._touched.setdefault(scope, set())
        owner = model.owner_field
        complete = []
        for row in rows:
            record_id: UUID = row.get("id") or new_id()
            draft = _Draft(kind, table, record_id.bytes)
            full: dict[str, Any] = {"id": record_id, **derived}
            for codec in codecs_of(model):
                value = row.get(codec.attribute, codec.default)
                full[codec.wire_name] = value
                if value is not None:
                    draft.put(codec, value)
            drafts[(table, record_id.bytes, kind)] = draft
            touched.add(record_id.bytes)
            if owner is not None and row.get(owner) is not None:
                touched.add(row[owner].bytes)
            complete.append(full)
        self.by_table.setdefault(table, set()).update(row["id"] for row in complete)
        return complete

    def set_rows(
        self, model: type[Record], heads_of: dict[UUID, bytes], values: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Journal the same new values for many records, given their packed heads; return rows to update.

        `is_latest` says whether this write is the record's latest one: a clock elsewhere may have been ahead.

        Raises:
            LookupError: the model has no such field, or only part of a field group is given.
        """
        _check_names(model, values)
        codecs = [codec for codec in codecs_of(model) if codec.attribute in values]
        groups = sorted({codec.group for codec in codecs})
        if any(codec.group in groups and codec.attribute not in values for codec in codecs_of(model)):
            raise LookupError(f"a field group of {model.__tablename__} is written whole")
        if model.append_only and not set(groups) <= _MARKS:
            raise RuntimeError(f"rows of {model.__tablename__} are added and struck, never changed")
        scope, table = model.scope.value, model.__tablename__
        stamp = self._stamp(scope)
        kind = OpKind.STRIKE if model.append_only else OpKind.SET
        rows = []
        for record_id, packed in heads_of.items():
            heads = unpack(packed)
            draft = self._draft_of(scope, table, record_id.bytes, kind)
            for codec in codecs:
                draft.put(codec, values[codec.attribute])
            self._settle(record_id.bytes, draft.overwrite(heads, groups, stamp))
            rows.append({"pk": record_id, "heads": pack(heads), "is_latest": heads.latest == stamp})
        self.by_table.setdefault(table, set()).update(heads_of)
        return rows

    @property
    def authorship(self) -> Authorship:
        """Return who writes, where and when."""
        return self._authorship

    def _created(self, record: Record) -> None:
        model = type(record)
        if "id" not in vars(record):
            record.id = new_id()
        stamp = self._stamp(model.scope.value)
        author = self._authorship
        record.created_at = record.modified_at = author.at
        record.created_by = record.modified_by = author.actor
        record.station = author.station
        record.dots = pack(Heads(base=stamp))
        draft = self._draft(record, OpKind.APPEND if model.append_only else OpKind.CREATE)
        for codec in codecs_of(model):
            value = getattr(record, codec.attribute)
            if value is None and codec.default is not None:
                value = codec.default
                setattr(record, codec.attribute, value)
            if value is not None:
                draft.put(codec, value)
        self.records[record.id.bytes] = record

    def _changed(self, record: Record) -> None:
        model = type(record)
        changed = {
            codec.group for codec in codecs_of(model) if get_history(record, codec.attribute).has_changes()
        }
        if changed:
            self._written(record, changed)

    def settle(self, record: Record, groups: Iterable[str]) -> None:
        """Write groups as they stand in `record`, whether they changed or not: a person's decision over all heads."""
        self._written(record, set(groups))

    def _written(self, record: Record, groups: set[str]) -> None:
        model = type(record)
        if model.append_only and not groups <= _MARKS:
            raise RuntimeError(f"rows of {model.__tablename__} are added and struck, never changed")
        stamp = self._stamp(model.scope.value)
        heads = unpack(record.dots)
        draft = self._draft(record, OpKind.STRIKE if model.append_only else OpKind.SET)
        for codec in codecs_of(model):
            if codec.group in groups:
                draft.put(codec, getattr(record, codec.attribute))
        self._settle(record.id.bytes, draft.overwrite(heads, sorted(groups), stamp))
        record.dots = pack(heads)
        if heads.latest == stamp:
            record.modified_at, record.modified_by = self._authorship.at, self._authorship.actor
            record.station = self._authorship.station
        self.records[record.id.bytes] = record

    def _draft(self, record: Record, kind: str) -> _Draft:
        """Return the op under way for `record`; a change to a record made in this unit joins its creation."""
        scope, table, pk = type(record).scope.value, record.__tablename__, record.id.bytes
        self._stamp(scope)
        owner = record.owner_field
        if owner is not None and getattr(record, owner) is not None:
            self._touched.setdefault(scope, set()).add(getattr(record, owner).bytes)
        if kind != OpKind.READ:
            self.by_table.setdefault(table, set()).add(record.id)
        return self._draft_of(scope, table, pk, kind)

    def _draft_of(self, scope: str, table: str, pk: bytes, kind: str) -> _Draft:
        drafts = self._drafts.setdefault(scope, {})
        self._touched.setdefault(scope, set()).add(pk)
        if kind != OpKind.READ:
            for earlier in (OpKind.CREATE, OpKind.APPEND, kind):
                if (table, pk, earlier) in drafts:
                    return drafts[(table, pk, earlier)]
        return drafts.setdefault((table, pk, kind), _Draft(kind, table, pk))

    def _settle(self, pk: bytes, groups: Iterable[str]) -> None:
        self.settled.extend((pk, group) for group in groups)

    def _stamp(self, scope: str) -> Stamp:
        if scope not in self._stamps:
            self._stamps[scope] = (self._hlc, *self._next_dot(scope))
        return self._stamps[scope]
