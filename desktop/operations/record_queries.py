"""One record of any register as its page shows it, in plain values under the rights of who asks.

A confidential record (Reservado and above, or of a sensitive type) shows its class only, until its reader has said
why (`registers.open_confidential`); from then on it is open to that person for `OPEN_FOR`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.core.clock import civil_day
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.models.catalogue import BY_KEY
from desktop.models.shared import Attachment, Link
from desktop.operations.context import ReadContext
from desktop.operations.display import label_of, text_of
from desktop.operations.names import (
    hidden_name,
    names_of,
    open_attributes,
    owner_of,
    people_names,
)
from desktop.operations.queries import MASK, cell, resolve
from desktop.operations.query_values import (
    AttachmentView,
    Deadline,
    FieldView,
    LinkView,
    MoveView,
    RecordView,
    SectionView,
)
from desktop.operations.registers import available_moves
from desktop.register.access import Action
from desktop.register.kinds import Kind, choices_of, is_required, kind_of
from desktop.register.record import Record, field_info
from desktop.register.spec import Attribute, Register
from desktop.store import lists
from desktop.store.tables import JOURNAL, JOURNAL_TOUCH

OPEN_FOR = timedelta(minutes=30)


def is_unlocked(ctx: ReadContext, register: Register, record: Record) -> bool:
    """Tell whether a record's words may be shown to this person now."""
    if not is_confidential(record):
        return True
    since = int((ctx.now - OPEN_FOR).timestamp() * 1000) << 16
    statement = (
        select(JOURNAL.c.n)
        .join(JOURNAL_TOUCH, JOURNAL_TOUCH.c.n == JOURNAL.c.n)
        .where(
            JOURNAL_TOUCH.c.record_id == record.id.bytes,
            JOURNAL.c.actor == ctx.actor.user_id.bytes,
            JOURNAL.c.hlc >= since,
            JOURNAL.c.operation.in_((f"{register.key}.read", f"{register.key}.create")),
        )
        .limit(1)
    )
    return ctx.session.scalar(statement) is not None


def is_confidential(record: Record) -> bool:
    """Tell whether reading the record's words asks the reason."""
    if record.confidentiality.rank >= lists.READ_REASON_FROM.rank:
        return True
    return bool(getattr(record, "is_sensitive", False)) and hasattr(record, "narrative")


def readable_record(ctx: ReadContext, register: Register, record_id: UUID) -> Record:
    """Return the mapped record, for operations; views ask `record_view`.

    Raises:
        UserError: it is not here, or this person may not know of it: the answer is the same.
    """
    record = ctx.session.get(register.model, record_id)
    if record is None or not may_know(ctx, register, record):
        raise UserError(tr(N_("Ese registro no está en esta estación o su rol no permite verlo.")))
    return record


def may_know(ctx: ReadContext, register: Register, record: Record) -> bool:
    """Tell whether the record, and the one that it belongs to, may be read."""
    if not ctx.rights.may(Action.READ, register.key, record.confidentiality):
        return False
    owner = owner_of(record)
    if owner is None:
        return True
    owner_register = BY_KEY[owner[0]]
    found = ctx.session.get(owner_register.model, owner[1])
    return found is None or ctx.rights.may(Action.READ, owner_register.key, found.confidentiality)


def new_record_view(ctx: ReadContext, register: Register) -> RecordView:
    """Return the form of a record that does not exist yet, with its defaults.

    Raises:
        NotAllowed: the role may not create here.
    """
    ctx.rights.check(Action.CREATE, register.key)
    sections = tuple(
        SectionView(
            tr(section.title),
            tuple(
                _field(column, _default(column), "", masked=False)
                for column in section.fields
                if _is_typed_by_hand(register, column)
            ),
        )
        for section in register.form
    )
    return RecordView(
        register.key,
        None,
        tr(register.singular),
        "",
        tuple(section for section in sections if section.fields),
        may_edit=register.generic_forms,
    )


def record_view(ctx: ReadContext, register: Register, record_id: UUID) -> RecordView:
    """Return a record with its form, state, moves, links and attachments.

    Raises:
        UserError: it is not here, or this person may not know of it.
    """
    record = readable_record(ctx, register, record_id)
    unlocked = is_unlocked(ctx, register, record)
    allowed = open_attributes(register.model)
    columns = [column for section in register.form for column in section.fields]
    values = {column.key: getattr(record, column.key) for column in columns}
    resolved = resolve(ctx, columns, [values])
    sections = []
    for section in register.form:
        fields = []
        for column in section.fields:
            masked = not unlocked and column.key not in allowed
            value = None if masked else values[column.key]
            words = MASK if masked else cell(column, value, resolved, is_masked=not unlocked)
            fields.append(_field(column, value, words, masked=masked))
        sections.append(SectionView(tr(section.title), tuple(fields)))
    state = getattr(record, register.workflow.field.key) if register.workflow is not None else None
    is_voided = record.voided_at is not None
    may_edit = (
        register.generic_forms
        and unlocked
        and not is_voided
        and ctx.rights.may(Action.EDIT, register.key, record.confidentiality)
    )
    moves = () if is_voided or not unlocked else available_moves(ctx, register, record)
    people = people_names(ctx, (record.created_by, record.modified_by))
    return RecordView(
        register=register.key,
        id=record.id,
        name=_own_name(ctx, register, record, unlocked),
        code=str(getattr(record, "folio", None) or getattr(record, "code", "") or ""),
        sections=tuple(sections),
        confidentiality=record.confidentiality,
        is_locked=not unlocked,
        state=state,
        moves=tuple(MoveView(move.key, tr(move.title), move.asks_reason, why) for move, why in moves),
        deadline=_deadline(ctx, register, record),
        links=_links(ctx, record) if unlocked else (),
        attachments=_attachments(ctx, record) if unlocked else (),
        voided_on=text_of(Kind.INSTANT, record.voided_at),
        void_reason=(record.void_reason or "") if unlocked else "",
        may_edit=may_edit,
        may_void=not is_voided
        and register.generic_forms
        and ctx.rights.may(Action.VOID, register.key, record.confidentiality),
        created=tr(
            N_("{when} · {who} · {station}"),
            when=text_of(Kind.INSTANT, record.created_at),
            who=people.get(record.created_by, ""),
            station=record.station,
        ),
        modified=tr(
            N_("{when} · {who}"),
            when=text_of(Kind.INSTANT, record.modified_at),
            who=people.get(record.modified_by, ""),
        ),
    )


def _is_typed_by_hand(register: Register, column: Attribute) -> bool:
    return register.workflow is None or register.workflow.field.key != column.key


def _own_name(ctx: ReadContext, register: Register, record: Record, unlocked: bool) -> str:
    if not unlocked:
        return hidden_name(register, record)
    found = names_of(ctx, register, (record.id,), unlocked=True)
    return found.get(record.id, tr(register.singular))


def _default(column: Attribute) -> Any:
    declared = column.property.columns[0].default
    return declared.arg if declared is not None and declared.is_scalar else None


def _field(column: Attribute, value: Any, words: str, *, masked: bool) -> FieldView:
    info = field_info(column)
    kind = kind_of(column)
    return FieldView(
        name=column.key,
        label=label_of(info),
        help=tr(info.help),
        kind=kind,
        value=value,
        text=words,
        is_required=is_required(column),
        is_masked=masked,
        max_length=getattr(column.type, "length", None) if kind is Kind.TEXT else None,
        choices=tuple(choices_of(column)) if kind is Kind.CHOICE else (),
        reference=info.reference,
    )


def _deadline(ctx: ReadContext, register: Register, record: Record) -> Deadline | None:
    today = civil_day(ctx.now)
    dated = []
    for reminder in register.reminders:
        on = getattr(record, reminder.field.key)
        if on is not None:
            day = on if type(on) is date else civil_day(on)
            dated.append(Deadline(label_of(field_info(reminder.field)), day, (day - today).days))
    return min(dated, key=lambda deadline: deadline.on, default=None)


def _links(ctx: ReadContext, record: Record) -> tuple[LinkView, ...]:
    if ctx.rights.ceiling(Action.READ, "links") is None:
        return ()
    rows = ctx.session.scalars(
        select(Link)
        .where((Link.from_id == record.id) | (Link.to_id == record.id), Link.voided_at.is_(None))
        .order_by(Link.created_at)
    )
    views = []
    for link in rows:
        outwards = link.from_id == record.id
        key, other = (link.to_register, link.to_id) if outwards else (link.from_register, link.from_id)
        register = BY_KEY.get(key)
        name = names_of(ctx, register, (other,)).get(other) if register is not None else None
        if name is not None:
            views.append(LinkView(link.id, key, other, tr(link.kind.label), name, link.note or ""))
    return tuple(views)


def _attachments(ctx: ReadContext, record: Record) -> tuple[AttachmentView, ...]:
    ceiling = ctx.rights.ceiling(Action.READ, "attachments")
    rows = ctx.session.scalars(
        select(Attachment)
        .where(
            Attachment.record_id == record.id,
            Attachment.voided_at.is_(None),
            Attachment.confidentiality.in_(lists.readable_levels(ceiling)),
        )
        .order_by(Attachment.created_at)
    ).all()
    people = people_names(ctx, [row.created_by for row in rows])
    return tuple(
        AttachmentView(
            row.id,
            row.name,
            row.media_type,
            row.size_bytes,
            people.get(row.created_by, ""),
            text_of(Kind.INSTANT, row.created_at),
            row.sha256,
        )
        for row in rows
    )
