"""Create, edit, move, void, link: the same for every declared register, with its rights and checks."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import inspect

from desktop.core.errors import ConflictError, FieldError, NotAllowed, UserError
from desktop.core.i18n import N_, tr
from desktop.models.shared import Link, LinkKind
from desktop.operations.context import Context, ReadContext
from desktop.register.access import Action
from desktop.register.checks import check_values
from desktop.register.record import Confidentiality, Record, field_info
from desktop.register.spec import Register, Transition

READ_REASON_FROM = Confidentiality.RESERVED


def create(ctx: Context, register: Register, values: Mapping[str, Any]) -> UUID:
    """Make a record from values by attribute name.

    Raises:
        FieldError: a value is missing or not acceptable.
        NotAllowed: the role does not permit it.
    """
    level = values.get("confidentiality", Confidentiality.INTERNAL)
    ctx.rights.check(Action.CREATE, register.key, level)
    cleaned = check_values(register, values, partial=False)
    record = register.model(**cleaned)
    ctx.name_operation(f"{register.key}.create")
    return ctx.add(record).id


def edit(
    ctx: Context, register: Register, record_id: UUID, values: Mapping[str, Any], *, seen: Mapping[str, Any]
) -> None:
    """Change fields of a record.

    `seen` holds the values that the person had before them; a field that changed meanwhile and is changed here
    too is not overwritten.

    Raises:
        ConflictError: somebody else changed one of these fields meanwhile.
        FieldError: a value is not acceptable.
        NotAllowed: the role does not permit it.
    """
    record = _record(ctx, register, record_id)
    ctx.rights.check(Action.EDIT, register.key, record.confidentiality)
    _not_voided(record)
    cleaned = check_values(register, values, partial=True)
    mapper = inspect(register.model)
    for name, value in cleaned.items():
        current = getattr(record, name)
        if name in seen and current != seen[name] and current != value:
            label = tr(field_info(getattr(register.model, name)).label)
            raise ConflictError(
                tr(
                    N_(
                        "«{label}» cambió mientras usted escribía. Su texto sigue aquí: revise ambos valores."
                    ),
                    label=label,
                )
            )
        if name in mapper.attrs and current != value:
            setattr(record, name, value)
    ctx.name_operation(f"{register.key}.edit")


def available_moves(
    ctx: ReadContext, register: Register, record: Record
) -> tuple[tuple[Transition, str], ...]:
    """Return the moves from the record's state with, for each, why it cannot be made now (empty when it can)."""
    if register.workflow is None:
        return ()
    state = getattr(record, register.workflow.field.key)
    moves = []
    for transition in register.workflow.from_state(state):
        reason = ""
        if not _may_move(ctx, register, transition, record):
            reason = tr(N_("Su rol no permite este cambio"))
        else:
            missing = [
                tr(field_info(field).label)
                for field in transition.requires
                if getattr(record, field.key) in {None, ""}
            ]
            if missing:
                reason = tr(N_("Falta: {fields}"), fields=", ".join(missing))
        moves.append((transition, reason))
    return tuple(moves)


def apply_transition(
    ctx: Context, register: Register, record_id: UUID, key: str, *, reason: str | None = None
) -> None:
    """Move a record to another state.

    Raises:
        FieldError: a field that the move requires is empty; its `field` is the attribute's name.
        UserError: the record is not in a state from which this move starts, or the reason is missing.
        NotAllowed: the role does not permit it.
    """
    record = _record(ctx, register, record_id)
    _not_voided(record)
    workflow = register.workflow
    if workflow is None:
        raise LookupError(f"{register.key} has no workflow")
    state = getattr(record, workflow.field.key)
    found = [transition for transition in workflow.from_state(state) if transition.key == key]
    if not found:
        raise UserError(tr(N_("Desde «{state}» no se puede hacer ese cambio."), state=tr(state.label)))
    transition = found[0]
    if not _may_move(ctx, register, transition, record):
        raise NotAllowed(tr(N_("Su rol no permite este cambio. Pídalo a su jefatura.")))
    for field in transition.requires:
        if getattr(record, field.key) in {None, ""}:
            label = tr(field_info(field).label)
            raise FieldError(field.key, tr(N_("Falta: {label}"), label=label))
    if transition.asks_reason and not (reason or "").strip():
        raise UserError(tr(N_("Escriba el motivo.")))
    setattr(record, workflow.field.key, transition.target)
    ctx.name_operation(f"{register.key}.{key}", reason)


def void(ctx: Context, register: Register, record_id: UUID, reason: str) -> None:
    """Annul a record: it stays readable, marked, and out of lists and counts.

    Raises:
        UserError: no reason was given.
        NotAllowed: the role does not permit it.
    """
    record = _record(ctx, register, record_id)
    ctx.rights.check(Action.VOID, register.key, record.confidentiality)
    if not reason.strip():
        raise UserError(tr(N_("Escriba el motivo de la anulación.")))
    _not_voided(record)
    record.voided_at = ctx.now
    record.void_reason = reason.strip()
    ctx.name_operation(f"{register.key}.void", reason.strip())


def restore(ctx: Context, register: Register, record_id: UUID) -> None:
    """Take back an annulment, as the toast's Undo does."""
    record = _record(ctx, register, record_id)
    ctx.rights.check(Action.VOID, register.key, record.confidentiality)
    record.voided_at = None
    record.void_reason = None
    ctx.name_operation(f"{register.key}.restore")


def open_confidential(ctx: Context, register: Register, record_id: UUID, reason: str) -> None:
    """Leave in the journal who opens a Reservado or Secreto record, and why.

    Raises:
        UserError: no reason was given.
        NotAllowed: the role may not read it, whatever the reason.
    """
    record = _record(ctx, register, record_id)
    ctx.rights.check(Action.READ, register.key, record.confidentiality)
    if record.confidentiality.rank < READ_REASON_FROM.rank:
        return
    if not reason.strip():
        raise UserError(tr(N_("Escriba para qué necesita abrir este registro.")))
    ctx.name_operation(f"{register.key}.read", reason.strip())
    ctx.unit.capture.read(record)


def link(
    ctx: Context,
    source: tuple[Register, UUID],
    target: tuple[Register, UUID],
    kind: LinkKind = LinkKind.RELATED,
    note: str | None = None,
) -> UUID:
    """Join two records.

    Raises:
        UserError: a record cannot be linked to itself.
        NotAllowed: the role may not read one of them.
    """
    if source[1] == target[1]:
        raise UserError(tr(N_("Un registro no se vincula consigo mismo.")))
    for register, record_id in (source, target):
        ctx.rights.check(Action.READ, register.key, _record(ctx, register, record_id).confidentiality)
    ctx.rights.check(Action.CREATE, "links")
    ctx.name_operation("links.create")
    made = Link(
        from_register=source[0].key,
        from_id=source[1],
        to_register=target[0].key,
        to_id=target[1],
        kind=kind,
        note=note,
    )
    return ctx.add(made).id


def _record(ctx: Context, register: Register, record_id: UUID) -> Record:
    record: Record = ctx.get(register.model, record_id)
    return record


def _not_voided(record: Record) -> None:
    if record.voided_at is not None:
        raise UserError(tr(N_("Este registro está anulado; ya no se modifica.")))


def _may_move(ctx: ReadContext, register: Register, transition: Transition, record: Record) -> bool:
    if transition.roles is not None:
        return any(role.value in transition.roles for role in ctx.actor.roles)
    return ctx.rights.may(Action.MOVE, register.key, record.confidentiality)
