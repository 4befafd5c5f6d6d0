"""What is open now and where the units are: the left side of the console, and the wall."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from desktop.models.fleet import Unit
from desktop.models.incidents.records import Assignment, Call, Incident
from desktop.models.incidents.states import DeadlineKind, Priority, Targets, deadline_for
from desktop.operations.context import ReadContext
from desktop.operations.incidents.find import short_number
from desktop.operations.incidents.masking import Shown, Surface, class_title, masked
from desktop.operations.incidents.targets import targets
from desktop.operations.incidents.timers import OPEN, escalated_at, taken_warnings
from desktop.operations.incidents.titles import TypeTitles, type_titles
from desktop.operations.incidents.values import QueueRow, UnitRow
from desktop.register.access import Action


def open_incidents(ctx: ReadContext, *, surface: Surface = Surface.QUEUE) -> tuple[QueueRow, ...]:
    """Return the queue: by priority, then the oldest first. What may not be read is not in it at all."""
    ctx.rights.check(Action.READ, "incidents")
    found = [
        incident
        for incident in ctx.session.scalars(
            select(Incident).where(Incident.status.in_(OPEN), Incident.voided_at.is_(None))
        )
        if masked(ctx.rights, incident, surface) is not Shown.NOTHING
    ]
    ids = [incident.id for incident in found]
    escalated = escalated_at(ctx, found)
    beside = _Beside(
        type_titles(ctx),
        targets(ctx),
        callsigns_on(ctx, ids),
        _counts(ctx, ids, Call.incident_id),
        _counts(ctx, ids, Incident.parent_id),
        escalated,
        taken_warnings(ctx, escalated.keys()) if escalated else {},
    )
    rows = [_row(ctx, incident, surface, beside) for incident in found]
    return tuple(sorted(rows, key=lambda row: (row.priority.rank, row.reported_at, row.code)))


def units_board(ctx: ReadContext) -> tuple[UnitRow, ...]:
    """Return the units of the fleet by callsign."""
    ctx.rights.check(Action.READ, "units")
    rows = ctx.session.execute(
        select(Unit, Incident.code)
        .outerjoin(Incident, Incident.id == Unit.incident_id)
        .where(Unit.is_active, Unit.voided_at.is_(None))
        .order_by(Unit.callsign)
    )
    return tuple(
        UnitRow(
            unit.id,
            unit.callsign,
            unit.kind,
            unit.status,
            unit.status_at,
            unit.crew,
            unit.sector,
            unit.incident_id,
            short_number(code) if code else None,
            unit.lat,
            unit.lon,
            unit.position_at,
        )
        for unit, code in rows
    )


def callsigns_on(ctx: ReadContext, incident_ids: Iterable[UUID]) -> Mapping[UUID, tuple[str, ...]]:
    """Return the units at work on each incident."""
    found: dict[UUID, list[str]] = {}
    rows = ctx.session.execute(
        select(Assignment.incident_id, Assignment.callsign)
        .where(
            Assignment.incident_id.in_(list(incident_ids)),
            Assignment.released_at.is_(None),
            Assignment.preempted_at.is_(None),
            Assignment.voided_at.is_(None),
        )
        .order_by(Assignment.assigned_at, Assignment.id)
    )
    for incident_id, callsign in rows:
        found.setdefault(incident_id, []).append(callsign)
    return {incident_id: tuple(callsigns) for incident_id, callsigns in found.items()}


@dataclass(frozen=True, slots=True)
class _Beside:
    titles: TypeTitles
    limits: Mapping[Priority, Targets]
    units: Mapping[UUID, tuple[str, ...]]
    calls: Mapping[UUID, int]
    linked: Mapping[UUID, int]
    escalated: Mapping[UUID, datetime]
    taken: Mapping[str, object]


def _row(ctx: ReadContext, incident: Incident, surface: Surface, beside: _Beside) -> QueueRow:
    is_masked = masked(ctx.rights, incident, surface) is Shown.CLASS
    deadline = deadline_for(incident.priority, incident.status, incident.reported_at, beside.limits)
    title = (
        class_title(beside.titles.family(incident.type_code), surface)
        if is_masked
        else beside.titles.title(incident.type_code)
    )
    return QueueRow(
        incident.id,
        incident.code,
        short_number(incident.code),
        incident.priority,
        incident.status,
        title,
        "" if is_masked else incident.address or incident.reference or "",
        incident.sector,
        incident.reported_at,
        deadline.due_at if deadline else None,
        incident.no_unit_since,
        beside.units.get(incident.id, ()),
        beside.calls.get(incident.id, 0),
        beside.linked.get(incident.id, 0),
        is_masked,
        incident.is_late_entry,
        incident.parent_id,
        beside.escalated.get(incident.id),
        f"{DeadlineKind.DISPATCH.value}:{incident.id}" in beside.taken,
    )


def _counts(ctx: ReadContext, ids: list[UUID], column: Any) -> Mapping[UUID, int]:
    rows = ctx.session.execute(select(column, func.count()).where(column.in_(ids)).group_by(column))
    return {row[0]: row[1] for row in rows}
