"""What every operation on an incident needs: the incident with its rights checked, a line of its timeline."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.core.errors import FieldError, UserError
from desktop.core.i18n import N_, tr
from desktop.core.ids import new_id
from desktop.models.catalogues import IncidentType
from desktop.models.incidents.records import (
    Call,
    ChecklistTick,
    FieldTimer,
    Incident,
    IncidentLine,
    IncidentPerson,
    IncidentVehicle,
    Referral,
)
from desktop.models.incidents.states import ENDED, LineKind, Priority
from desktop.models.shared import Attachment
from desktop.operations.context import Context, ReadContext
from desktop.register.access import Action
from desktop.register.record import Confidentiality, Record

_FOLLOW_SECRECY: tuple[type[Record], ...] = (
    Call,
    IncidentLine,
    IncidentPerson,
    IncidentVehicle,
    Referral,
    ChecklistTick,
    FieldTimer,
    Attachment,
)
"""Rows whose words tell of their incident: as secret as it is, for search and export too."""


def incident_for(ctx: Context, incident_id: UUID, action: Action, register: str = "incidents") -> Incident:
    """Return an incident on which the person may do `action` in `register`.

    Raises:
        NotAllowed: the role does not permit it.
        UserError: it is not here, or it was annulled.
    """
    incident = ctx.get(Incident, incident_id)
    ctx.rights.check(action, register, incident.confidentiality)
    if incident.voided_at is not None:
        raise UserError(tr(N_("El incidente {code} está anulado."), code=incident.code))
    return incident


def refuse_ended(incident: Incident) -> None:
    """Refuse what only an open incident admits.

    Raises:
        UserError: the incident has ended.
    """
    if incident.status in ENDED:
        raise UserError(
            tr(
                N_("{code} está en estado «{status}». Reábralo con su motivo para seguir trabajando en él."),
                code=incident.code,
                status=tr(incident.status.label),
            )
        )


def write_line(
    ctx: Context,
    incident: Incident,
    kind: LineKind,
    text: str,
    *,
    at: datetime | None = None,
    is_late_entry: bool = False,
    data: dict[str, Any] | None = None,
    line_id: UUID | None = None,
) -> UUID:
    """Add a line to an incident's timeline; it is as confidential as the incident.

    `line_id` is given only for what several stations may write by themselves: so it is one line when they meet.
    """
    return ctx.add(
        IncidentLine(
            id=line_id or new_id(),
            incident_id=incident.id,
            kind=kind,
            text=text,
            at=at or ctx.now,
            author_name=ctx.actor.name,
            is_late_entry=is_late_entry,
            data=data,
            confidentiality=incident.confidentiality,
        )
    ).id


def checked_instant(ctx: Context, at: datetime | None, *, not_before: datetime | None = None) -> datetime:
    """Return `at`, or now.

    Raises:
        FieldError: it lies in the future, or before what must come before it.
    """
    if at is None:
        return ctx.now
    if at > ctx.now:
        raise FieldError("at", tr(N_("Esa hora todavía no llega.")))
    if not_before is not None and at < not_before:
        raise FieldError("at", tr(N_("Esa hora es anterior a la del estado actual.")))
    return at


def required(field: str, value: str | None, message: str) -> str:
    """Return the trimmed text.

    Raises:
        FieldError: it is empty.
    """
    text = (value or "").strip()
    if not text:
        raise FieldError(field, tr(message))
    return text


def type_of(ctx: ReadContext, code: str | None) -> IncidentType | None:
    """Return the type with that code as the catalogue has it now."""
    if code is None:
        return None
    return ctx.session.scalar(
        select(IncidentType)
        .where(IncidentType.code == code, IncidentType.voided_at.is_(None))
        .order_by(IncidentType.is_active.desc())
        .limit(1)
    )


def apply_type(ctx: Context, incident: Incident, kind: IncidentType, priority: Priority) -> None:
    """Give an incident its type; confidentiality goes up with it and never down."""
    incident.type_code = kind.code
    incident.priority = priority
    incident.is_sensitive = kind.is_sensitive or incident.is_sensitive
    wanted = Confidentiality(kind.raised_to) if kind.raised_to else Confidentiality.INTERNAL
    if wanted.rank > incident.confidentiality.rank:
        incident.confidentiality = wanted
        raise_rows(ctx, incident)


def raise_rows(ctx: Context, incident: Incident) -> None:
    """Make the rows that tell of an incident as confidential as it became, in the search index too."""
    level = incident.confidentiality
    ctx.session.flush()
    for model in _FOLLOW_SECRECY:
        owner = model.__table__.c[model.owner_field or ""]
        rows = list(
            ctx.session.scalars(select(model).where(owner == incident.id, model.confidentiality != level))
        )
        lower = [row for row in rows if row.confidentiality.rank < level.rank]
        if not lower:
            continue
        ctx.unit.set_rows(model, [row.id for row in lower], {"confidentiality": level})
        for row in lower:
            ctx.session.refresh(row)
        ctx.search.put_records(ctx.session, lower)


def incident_for_reading(ctx: ReadContext, incident_id: UUID) -> Incident:
    """Return an incident that the person may read.

    Raises:
        NotAllowed: the role does not permit it.
    """
    incident = ctx.get(Incident, incident_id)
    ctx.rights.check(Action.READ, "incidents", incident.confidentiality)
    return incident
