"""What two people changed apart, before somebody who decides: every value that was given, by whom and when (R127).

The list is a reading of the records' heads, so it is the same on every station that knows the same; a decision is a
write like any other, which has seen all of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, inspect, select

from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.models.catalogue import BY_TABLE
from desktop.operations.audit_sight import sights
from desktop.operations.context import Context, ReadContext
from desktop.operations.history import Changed, field_change, referred_names
from desktop.operations.names import names_of, people_names
from desktop.register.access import Action
from desktop.register.record import FieldInfo, Record
from desktop.register.spec import Register
from desktop.store.capture import FieldCodec, codecs_of
from desktop.store.receive import OPERATION
from desktop.store.tables import JOURNAL, REPLICA, RIVAL
from wire.changes import VOIDED, Dot
from wire.clock import wall_ms_of
from wire.merge import Version

CONFLICTS = "conflicts"
RECEIVED = OPERATION
"""The operation of changes that came from elsewhere, as they are announced."""
KEEP: Dot = (0, 0)
"""The answer to "deleted here, edited there" that keeps the record as it was edited."""
MOST = 500
_unpack = msgspec.msgpack.Decoder(list[Version]).decode


@dataclass(frozen=True, slots=True)
class Value:
    """One of the values: what it says, field by field, and who gave it from where. `dot` names it."""

    dot: Dot
    words: tuple[tuple[str, str], ...]
    who: str
    at: datetime | None
    station: str


@dataclass(frozen=True, slots=True)
class Question:
    """One field group of one record that waits for a decision; the last value is the one that lists show."""

    register: str
    record_id: UUID
    group: str
    kind: str
    name: str
    title: str
    values: tuple[Value, ...]
    may_settle: bool


@dataclass(frozen=True, slots=True)
class Questions:
    """What waits; `hidden` are those about records that this person may not read, or not without saying why."""

    shown: tuple[Question, ...]
    hidden: int


def count_open(ctx: ReadContext) -> int:
    """Return how many decisions wait, whoever may take them."""
    return int(ctx.session.scalar(select(func.count()).select_from(RIVAL).where(RIVAL.c.is_open == 1)) or 0)


def open_questions(ctx: ReadContext) -> Questions:
    """Return what waits for a decision, as far as this person may see it, the first ones of very many."""
    rows = ctx.session.execute(
        select(RIVAL.c.record_id, RIVAL.c.field_group, RIVAL.c.register, RIVAL.c.versions)
        .where(RIVAL.c.is_open == 1)
        .order_by(RIVAL.c.record_id, RIVAL.c.field_group)
        .limit(MOST)
    ).all()
    touched: dict[str, set[bytes]] = {}
    for row in rows:
        touched.setdefault(row.register, set()).add(row.record_id)
    seen = sights(ctx, touched, unlocking=True)
    shown = []
    for row in rows:
        sight = seen.get(row.record_id)
        register = BY_TABLE.get(row.register)
        if sight is not None and sight.shows_values and register is not None:
            shown.append(
                _question(ctx, register, UUID(bytes=row.record_id), row.field_group, _unpack(row.versions))
            )
    return Questions(tuple(shown), len(rows) - len(shown))


def settle(ctx: Context, register: Register, record_id: UUID, group: str, dot: Dot) -> None:
    """Make one of the values the only one.

    Raises:
        UserError: it was decided meanwhile, here or elsewhere.
        NotAllowed: the role may not write this record.
    """
    record = ctx.get(register.model, record_id)
    action = Action.VOID if group == VOIDED else Action.EDIT
    ctx.rights.check(action, register.key, record.confidentiality)
    held = ctx.session.execute(
        select(RIVAL.c.versions).where(
            RIVAL.c.record_id == record_id.bytes, RIVAL.c.field_group == group, RIVAL.c.is_open == 1
        )
    ).scalar()
    chosen = _chosen(group, [] if held is None else _unpack(held), dot)
    if chosen is None:
        raise UserError(tr(N_("Eso ya se resolvió. La lista se actualizó.")))
    for codec in _codecs(register.model, group):
        setattr(record, codec.attribute, _field(codec, chosen))
    ctx.unit.capture.settle(record, (group,))
    ctx.name_operation(f"{register.key}.settle")


def _chosen(group: str, versions: Sequence[Version], dot: Dot) -> Version | None:
    if group == VOIDED and versions and dot == KEEP:
        return Version(versions[-1].stamp, None)
    return next((version for version in versions if version.stamp[1:] == tuple(dot)), None)


def _question(
    ctx: ReadContext, register: Register, record_id: UUID, group: str, versions: Sequence[Version]
) -> Question:
    model = register.model
    codecs = _codecs(model, group)
    columns = {codec.attribute: _column(model, codec) for codec in codecs}
    changes: list[list[Changed]] = [
        [(columns[codec.attribute], None, _field(codec, version)) for codec in codecs] for version in versions
    ]
    names = referred_names(ctx, [change for some in changes for change in some])
    values = []
    for version, some in zip(versions, changes, strict=True):
        words = [field_change(change, names) for change in some]
        who, at, station = _author(ctx, model.scope.value, version)
        said = tuple((one.label, one.new or tr(N_("(vacío)"))) for one in words)
        values.append(Value(version.stamp[1:], said, who, at, station))
    if group == VOIDED and len(values) == 1:
        values.append(
            Value(KEEP, ((tr(N_("Registro")), tr(N_("se conserva, con lo que se cambió"))),), "", None, "")
        )
    record = ctx.get(model, record_id)
    action = Action.VOID if group == VOIDED else Action.EDIT
    return Question(
        register.key,
        record_id,
        group,
        tr(register.singular),
        names_of(ctx, register, [record_id]).get(record_id, ""),
        _title(codecs, columns, group),
        tuple(values),
        ctx.rights.may(action, register.key, record.confidentiality),
    )


def _title(codecs: Sequence[FieldCodec], columns: dict[str, Any], group: str) -> str:
    if group == VOIDED:
        return tr(N_("Anulado en una estación y cambiado en otra"))
    return ", ".join(tr(_info(columns[codec.attribute]).label) for codec in codecs)


def _author(ctx: ReadContext, scope: str, version: Version) -> tuple[str, datetime, str]:
    hlc, replica, seq = version.stamp
    actor = ctx.session.execute(
        select(JOURNAL.c.actor).where(
            JOURNAL.c.scope == scope, JOURNAL.c.replica == replica, JOURNAL.c.seq == seq
        )
    ).scalar()
    station = ctx.session.execute(select(REPLICA.c.station).where(REPLICA.c.replica == replica)).scalar()
    unknown = tr(N_("Desconocido/a"))
    who = unknown
    if actor is not None:
        person = UUID(bytes=actor)
        who = people_names(ctx, {person}).get(person, unknown)
    return who, datetime.fromtimestamp(wall_ms_of(hlc) / 1000, UTC), str(station or "")


def _codecs(model: type[Record], group: str) -> tuple[FieldCodec, ...]:
    return tuple(codec for codec in codecs_of(model) if codec.group == group)


def _field(codec: FieldCodec, version: Version) -> Any:
    value = version.value
    if not codec.is_alone:
        value = value.get(codec.wire_name) if isinstance(value, dict) else None
    if value is None:
        value = codec.lacking
    return None if value is None else codec.from_wire(value)


def _column(model: type[Record], codec: FieldCodec) -> Any:
    return inspect(model).column_attrs[codec.attribute].columns[0]


def _info(column: Any) -> FieldInfo:
    info: FieldInfo = column.info["field"]
    return info


def words_of(values: Iterable[tuple[str, str]]) -> str:
    """Return a value as one line: the field's words alone, or each field with its label."""
    found = list(values)
    return found[0][1] if len(found) == 1 else " · ".join(f"{label}: {text}" for label, text in found)
