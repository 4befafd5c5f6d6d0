"""A record's timeline, read from the journal: who, when, what was done, and each field's old and new words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from desktop.core.i18n import N_, tr
from desktop.models.catalogue import BY_KEY, BY_TABLE
from desktop.operations.context import ReadContext
from desktop.operations.display import label_of, text_of
from desktop.operations.names import names_of, owner_register, people_names
from desktop.operations.record_queries import is_confidential, is_unlocked, readable_record
from desktop.register.access import Action
from desktop.register.kinds import Kind, kind_of
from desktop.register.record import FieldInfo, Record
from desktop.register.spec import Register
from desktop.store.base import is_beginning_untold
from desktop.store.lists import is_masked, readable_levels
from desktop.store.tables import JOURNAL, JOURNAL_TOUCH
from wire.changes import Op, OpKind, decode, fields_of
from wire.clock import wall_ms_of

Changed = tuple[Any, Any, Any]
"""Column, old and new value of a field that was written."""
MOST_ENTRIES = 2_000
"""Older entries of a record with more than so many are left to the audit page."""
_DIALECT = SQLiteDialect()
_TITLES = {
    "create": N_("Creación"),
    "edit": N_("Modificación"),
    "void": N_("Anulación"),
    "settle": N_("Conflicto resuelto"),
    "restore": N_("Anulación deshecha"),
    "read": N_("Apertura de registro reservado"),
    "import": N_("Importación"),
    "undo": N_("Importación deshecha"),
    "attach": N_("Archivo adjunto"),
    "export": N_("Exportación"),
    "consult": N_("Consulta de la auditoría"),
    "sign_in": N_("Ingreso al programa"),
    "print": N_("Impresión"),
    "begin_exercise": N_("Inicio de un ejercicio"),
    "end_exercise": N_("Término de un ejercicio"),
    "use_passphrase": N_("Cambio de la frase de paso de la estación"),
    "use_keyring": N_("Llave de la estación guardada en el llavero"),
    "recovery_code": N_("Código de recuperación nuevo"),
    "enrol_second_factor": N_("Segundo factor activado"),
    "reset_second_factor": N_("Segundo factor quitado por la administración"),
    "use_code": N_("Ingreso con código del teléfono"),
    "use_paper_code": N_("Ingreso con código en papel"),
    "make": N_("Respaldo hecho"),
    "drill": N_("Simulacro de restauración"),
}
_BY_KIND = {
    OpKind.CREATE: N_("Creación"),
    OpKind.APPEND: N_("Registro"),
    OpKind.SET: N_("Cambio"),
    OpKind.STRIKE: N_("Tachado"),
    OpKind.READ: N_("Apertura de registro reservado"),
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's words before and after."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One unit of work as it concerns a record; `about` names the part of it that was touched, if not itself."""

    at: datetime
    who: str
    operation: str
    reason: str
    changes: tuple[FieldChange, ...] = ()
    about: str = ""


@dataclass(slots=True)
class _Step:
    at: datetime
    actor: UUID
    operation: str
    reason: str | None
    ops: list[Op] = field(default_factory=list)


def history(ctx: ReadContext, register: Register, record_id: UUID) -> list[Entry]:
    """Return the record's timeline, newest first.

    Secrets are never shown; of a confidential record that is not open, only who and when.

    Raises:
        UserError: the record is not here, or this person may not know of it.
    """
    record = readable_record(ctx, register, record_id)
    unlocked = is_unlocked(ctx, register, record)
    steps = list(_steps(ctx, record_id))
    own = _own_rows(ctx, register, record, steps)
    people = people_names(ctx, {step.actor for step in steps})
    known: dict[tuple[bytes, str], Any] = {}
    drafts: list[tuple[_Step, Op, list[Changed]]] = []
    for step in steps:
        for op in step.ops:
            if op.table in BY_TABLE and op.pk in own:
                drafts.append((step, op, changed_fields(op, known)))
    names = (
        referred_names(ctx, [change for _, _, changed in drafts for change in changed]) if unlocked else {}
    )
    entries = []
    for step, op, changed in drafts:
        touched = BY_TABLE[op.table]
        entries.append(
            Entry(
                step.at,
                people.get(step.actor, tr(N_("Desconocido/a"))),
                op_title(step.operation, op, register),
                (step.reason or "") if unlocked else "",
                tuple(field_change(change, names) for change in changed) if unlocked else (),
                "" if op.pk == record_id.bytes else tr(touched.singular),
            )
        )
    return entries[::-1] + _still_coming(ctx, register, record)


def _still_coming(ctx: ReadContext, register: Register, record: Record) -> list[Entry]:
    """Return the last line of a timeline whose beginning the server has not given to this station yet."""
    table = register.model.__tablename__
    if not is_beginning_untold(ctx.session.connection(), table, record.id.bytes):
        return []
    said = tr(N_("La historia anterior de este registro está llegando desde el servidor"))
    return [Entry(record.created_at, record.station, said, "")]


def _steps(ctx: ReadContext, record_id: UUID) -> Iterator[_Step]:
    numbers = (
        select(JOURNAL_TOUCH.c.n)
        .where(JOURNAL_TOUCH.c.record_id == record_id.bytes)
        .order_by(JOURNAL_TOUCH.c.n.desc())
        .limit(MOST_ENTRIES)
    )
    rows = ctx.session.execute(
        select(JOURNAL.c.body).where(JOURNAL.c.n.in_(numbers)).order_by(JOURNAL.c.n)
    ).scalars()
    for body in rows:
        change_set = decode(body)
        at = datetime.fromtimestamp(wall_ms_of(change_set.hlc) / 1000, UTC)
        yield _Step(at, UUID(bytes=change_set.actor), change_set.operation, change_set.reason, change_set.ops)


def _own_rows(
    ctx: ReadContext, register: Register, record: Record, steps: Iterable[_Step]
) -> frozenset[bytes]:
    """Return the ids of the record and of those touched rows that belong to it and that may be read.

    A row more confidential than its open record is left out: its own reason was never asked.
    """
    record_id, is_confidential_too = record.id, is_confidential(record)
    found = {record_id.bytes}
    candidates: dict[str, set[bytes]] = {}
    for step in steps:
        for op in step.ops:
            if op.table != register.model.__tablename__:
                candidates.setdefault(op.table, set()).add(op.pk)
    for table, pks in candidates.items():
        child = BY_TABLE.get(table)
        if child is None or child.model.owner_field is None:
            continue
        if owner_register(child.model) not in {"", register.key}:
            continue
        ceiling = ctx.rights.ceiling(Action.READ, child.key)
        model = child.model
        rows = ctx.session.execute(
            select(model.id, is_masked(model)).where(
                model.id.in_([UUID(bytes=pk) for pk in pks]),
                getattr(model, child.model.owner_field) == record_id,
                model.confidentiality.in_(readable_levels(ceiling)),
            )
        )
        found.update(row[0].bytes for row in rows if is_confidential_too or not row[1])
    return frozenset(found)


def changed_fields(op: Op, known: dict[tuple[bytes, str], Any]) -> list[Changed]:
    """Return column, old and new value of each field that the op writes, and remember the new ones."""
    columns = inspect(BY_TABLE[op.table].model).columns
    by_name = {column.name: column for column in columns}
    owner = BY_TABLE[op.table].model.owner_field
    changed = []
    for name, wire in fields_of(op.values).items():
        column = by_name.get(name)
        if column is None or not isinstance(column.info.get("field"), FieldInfo):
            continue
        new = _value(column, wire)
        old = known.get((op.pk, name))
        known[(op.pk, name)] = new
        is_new = op.kind in {OpKind.CREATE, OpKind.APPEND}
        if name == owner or (is_new and _is_nothing(column, new)) or (not is_new and old == new):
            continue
        changed.append((column, old, new))
    return changed


def _is_nothing(column: Any, value: Any) -> bool:
    default = column.default.arg if column.default is not None and column.default.is_scalar else None
    return value is None or value in ("", ()) or value == default


def _value(column: Any, wire: Any) -> Any:
    if wire is None:
        return None
    processor = column.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None)
    return processor(wire) if processor is not None else wire


def field_change(changed: Changed, names: Mapping[str, Mapping[Any, str]]) -> FieldChange:
    """Return a field's words before and after; a secret only says that it was changed."""
    column, old, new = changed
    info: FieldInfo = column.info["field"]
    if info.role == "secret":
        return FieldChange(label_of(info), "", tr(N_("cambiada (no se muestra)")))
    return FieldChange(label_of(info), _words(column, old, names), _words(column, new, names))


def _words(column: Any, value: Any, names: Mapping[str, Mapping[Any, str]]) -> str:
    if value is None:
        return ""
    reference = column.info["field"].reference
    if reference in names:
        return names[reference].get(value, tr(N_("Sin acceso")) if isinstance(value, UUID) else str(value))
    return "" if isinstance(value, UUID) else text_of(kind_of(column), value)


def referred_names(ctx: ReadContext, changed: Iterable[Changed]) -> Mapping[str, Mapping[Any, str]]:
    """Return, by register, the names of the records that changed fields refer to and that may be read."""
    wanted: dict[tuple[str, bool], set[Any]] = {}
    for column, old, new in changed:
        reference = column.info["field"].reference
        if reference in BY_KEY:
            is_code = kind_of(column) is Kind.CODE
            wanted.setdefault((reference, is_code), set()).update({old, new} - {None})
    names: dict[str, dict[Any, str]] = {}
    for (key, _), values in wanted.items():
        names.setdefault(key, {}).update(names_of(ctx, BY_KEY[key], values))
    return names


def op_title(operation: str, op: Op, register: Register) -> str:
    """Return what was done to a record of `register`, in words."""
    key, _, verb = operation.rpartition(".")
    if verb in _TITLES:
        return tr(_TITLES[verb])
    owner = BY_KEY.get(key, register)
    for transition in owner.workflow.transitions if owner.workflow is not None else ():
        if transition.key == verb:
            return tr(transition.title)
    return tr(_BY_KIND.get(op.kind, N_("Cambio")))
