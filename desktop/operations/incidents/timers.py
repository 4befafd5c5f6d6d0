"""Every clock that runs: response targets, unit states, referrals, and the legal clocks of the field (R76)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import InstrumentedAttribute

from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.models.fleet import Unit
from desktop.models.incidents.records import (
    FieldTimer,
    Incident,
    IncidentLine,
    Referral,
    UnitStatusChange,
)
from desktop.models.incidents.states import (
    BEFORE_DISPATCH,
    DeadlineKind,
    IncidentStatus,
    LineKind,
    ReferralStatus,
    UnitStatus,
    deadline_for,
    referral_limit_s,
    unit_limit_s,
)
from desktop.operations.context import Context, ReadContext
from desktop.operations.incidents.common import incident_for, write_line
from desktop.operations.incidents.find import short_number
from desktop.operations.incidents.masking import Shown, Surface, class_title, masked
from desktop.operations.incidents.targets import escalation_limits, targets
from desktop.operations.incidents.titles import TypeTitles, type_titles
from desktop.operations.incidents.values import TimerKind, TimerView
from desktop.register.access import Action
from desktop.register.types import instant_to_wire

OPEN = tuple(status for status in IncidentStatus if status.is_open)
_WAITING_REFERRALS = (ReferralStatus.REQUESTED, ReferralStatus.ACCEPTED)
_SILENCED = "silenced"


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that runs, before anybody's eyes are known."""

    key: str
    kind: TimerKind
    title: str
    started_at: datetime
    due_at: datetime
    incident: Incident | None
    unit_id: UUID | None = None
    field_timer_id: UUID | None = None
    escalates_at: datetime | None = None


def due_timers(ctx: ReadContext, *, of: UUID | None = None) -> tuple[TimerView, ...]:
    """Return every clock that runs now, or those of one incident; the overdue first, then by when they are due.

    A clock of an incident that the person may not read is left out; of a sensitive one only the class shows.
    """
    ctx.rights.check(Action.READ, "incidents")
    open_incidents = {
        incident.id: incident
        for incident in ctx.session.scalars(
            select(Incident).where(
                Incident.status.in_(OPEN), Incident.voided_at.is_(None), *_only(Incident.id, of)
            )
        )
        if masked(ctx.rights, incident, Surface.QUEUE) is not Shown.NOTHING
    }
    running = [
        *clocks_of_incidents(ctx, open_incidents.values()),
        *_of_units(ctx, open_incidents, of),
        *_of_field(ctx, open_incidents, of),
        *_of_referrals(ctx, open_incidents),
    ]
    silenced = _silenced(ctx, running, of) if running else {}
    escalated = escalated_at(ctx, open_incidents.values())
    views = [_view(found, silenced, escalated, ctx.now) for found in running]
    return tuple(sorted(views, key=lambda view: (not view.is_overdue, view.due_at)))


def _only(
    column: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None], of: UUID | None
) -> tuple[ColumnElement[bool], ...]:
    return () if of is None else (column == of,)


def silence(ctx: Context, key: str) -> None:
    """Take an overdue warning: it stops sounding, stays visible, and the timeline says who took it.

    Raises:
        UserError: that clock no longer runs.
    """
    found = {view.key: view for view in due_timers(ctx)}.get(key)
    if found is None:
        raise UserError(tr(N_("Ese aviso ya no corre.")))
    if found.silenced_at is not None:
        return
    if found.incident_id is None:
        ctx.rights.check(Action.MOVE, "assignments")
        unit = ctx.get(Unit, UUID(key.split(":")[1]))
        taken = tr(N_("Aviso tomado por {name}"), name=ctx.actor.name)
        ctx.add(UnitStatusChange(unit_id=unit.id, status=unit.status, at=ctx.now, note=taken))
    else:
        incident = incident_for(ctx, found.incident_id, Action.CREATE, "incident_lines")
        if found.field_timer_id is not None:
            ctx.get(FieldTimer, found.field_timer_id).silenced_at = ctx.now
        words = N_("Escalamiento tomado: {title}") if found.escalated_at else N_("Aviso tomado: {title}")
        write_line(ctx, incident, LineKind.ALARM, tr(words, title=found.title), data={_SILENCED: key})
    ctx.name_operation("timers.silence")


def clocks_of_incidents(ctx: ReadContext, incidents: Collection[Incident]) -> Iterable[Running]:
    """Return the response targets that run for `incidents`."""
    if not incidents:
        return
    limits, escalations = targets(ctx), escalation_limits(ctx)
    titles = type_titles(ctx)
    for incident in incidents:
        started = (
            max(incident.reported_at, incident.created_at) if incident.is_late_entry else incident.reported_at
        )
        deadline = deadline_for(incident.priority, incident.status, started, limits)
        if deadline is None:
            continue
        kind = TimerKind.DISPATCH if deadline.kind is DeadlineKind.DISPATCH else TimerKind.ARRIVAL
        yield Running(
            f"{deadline.kind.value}:{incident.id}",
            kind,
            f"{tr(deadline.kind.label)} · {shown_name(ctx, incident, titles)}",
            started,
            deadline.due_at,
            incident,
            escalates_at=started + timedelta(seconds=escalations[incident.priority])
            if kind is TimerKind.DISPATCH
            else None,
        )


def shown_name(ctx: ReadContext, incident: Incident, titles: TypeTitles) -> str:
    """Return the type of an incident as the queue may show it to whoever asks."""
    if masked(ctx.rights, incident, Surface.QUEUE) is Shown.CLASS:
        return class_title(titles.family(incident.type_code), Surface.QUEUE)
    return titles.title(incident.type_code)


def _of_units(ctx: ReadContext, incidents: Mapping[UUID, Incident], of: UUID | None) -> Iterable[Running]:
    for unit in ctx.session.scalars(
        select(Unit).where(
            *_only(Unit.incident_id, of),
            Unit.is_active,
            Unit.voided_at.is_(None),
            Unit.status.not_in((UnitStatus.AVAILABLE, UnitStatus.OUT_OF_SERVICE)),
        )
    ):
        incident = None if unit.incident_id is None else incidents.get(unit.incident_id)
        if unit.status_at is None or (unit.incident_id is not None and incident is None):
            continue
        limit = unit_limit_s(unit.status, incident.priority if incident else None)
        if limit is None:
            continue
        yield Running(
            _unit_key(unit, unit.status_at),
            TimerKind.UNIT,
            f"{unit.callsign} · {tr(unit.status.label)}",
            unit.status_at,
            unit.status_at + timedelta(seconds=limit),
            incident,
            unit_id=unit.id,
        )


def _of_field(ctx: ReadContext, incidents: Mapping[UUID, Incident], of: UUID | None) -> Iterable[Running]:
    for timer in ctx.session.scalars(
        select(FieldTimer).where(
            FieldTimer.ended_at.is_(None), FieldTimer.voided_at.is_(None), *_only(FieldTimer.incident_id, of)
        )
    ):
        incident = incidents.get(timer.incident_id) or _readable(ctx, timer.incident_id)
        if incident is not None:
            yield Running(
                f"field:{timer.id}",
                TimerKind.FIELD,
                tr(timer.kind.label),
                timer.started_at,
                timer.started_at + timedelta(seconds=timer.limit_s),
                incident,
                unit_id=timer.unit_id,
                field_timer_id=timer.id,
            )


def _of_referrals(ctx: ReadContext, incidents: Mapping[UUID, Incident]) -> Iterable[Running]:
    if not incidents:
        return
    for referral in ctx.session.scalars(
        select(Referral).where(
            Referral.incident_id.in_(incidents),
            Referral.status.in_(_WAITING_REFERRALS),
            Referral.voided_at.is_(None),
        )
    ):
        incident = incidents[referral.incident_id]
        limit = timedelta(seconds=referral_limit_s(incident.priority))
        yield Running(
            f"referral:{referral.id}",
            TimerKind.REFERRAL,
            f"{tr(referral.status.label)} · {referral.service_name}",
            referral.requested_at,
            referral.expected_at or referral.requested_at + limit,
            incident,
        )


def _readable(ctx: ReadContext, incident_id: UUID) -> Incident | None:
    """Return an incident that has ended while a legal clock of it still runs, when it may be read."""
    incident = ctx.session.get(Incident, incident_id)
    if incident is None or masked(ctx.rights, incident, Surface.QUEUE) is Shown.NOTHING:
        return None
    return incident


def escalated_at(ctx: ReadContext, incidents: Iterable[Incident]) -> Mapping[UUID, datetime]:
    """Return when those of `incidents` that nobody has dispatched were escalated."""
    waiting = [incident.id for incident in incidents if incident.status in BEFORE_DISPATCH]
    if not waiting:
        return {}
    lines = ctx.session.execute(
        select(IncidentLine.incident_id, IncidentLine.at).where(
            IncidentLine.kind == LineKind.ESCALATION, IncidentLine.incident_id.in_(waiting)
        )
    )
    return {row.incident_id: row.at for row in lines}


def _silenced(
    ctx: ReadContext, running: Iterable[Running], of: UUID | None
) -> Mapping[str, tuple[datetime, str]]:
    found = taken_warnings(ctx, {clock.incident.id for clock in running if clock.incident})
    return found if of is not None else {**found, **_silenced_units(ctx)}


def taken_warnings(ctx: ReadContext, incident_ids: Collection[UUID]) -> Mapping[str, tuple[datetime, str]]:
    """Return when and by whom warnings of incidents were taken, by key."""
    found: dict[str, tuple[datetime, str]] = {}
    lines = ctx.session.execute(
        select(IncidentLine.data, IncidentLine.at, IncidentLine.author_name).where(
            IncidentLine.kind == LineKind.ALARM,
            IncidentLine.incident_id.in_(incident_ids),
        )
    )
    for data, at, name in lines:
        if data and _SILENCED in data:
            found[str(data[_SILENCED])] = (at, name)
    return found


def _silenced_units(ctx: ReadContext) -> Mapping[str, tuple[datetime, str]]:
    """Return the warnings of units without an incident: those that were taken stand in the unit's own history."""
    found: dict[str, tuple[datetime, str]] = {}
    for unit in ctx.session.scalars(
        select(Unit).where(
            Unit.incident_id.is_(None), Unit.status.in_((UnitStatus.ON_BREAK, UnitStatus.NO_CONTACT))
        )
    ):
        last = ctx.session.execute(
            select(UnitStatusChange.at, UnitStatusChange.status, UnitStatusChange.note)
            .where(UnitStatusChange.unit_id == unit.id)
            .order_by(text("rowid DESC"))
            .limit(1)
        ).one_or_none()
        if last is not None and unit.status_at is not None and last.at > unit.status_at:
            found[_unit_key(unit, unit.status_at)] = (last.at, last.note or "")
    return found


def _unit_key(unit: Unit, since: datetime) -> str:
    return f"unit:{unit.id}:{unit.status.value}:{instant_to_wire(since)}"


def _view(
    found: Running,
    silenced: Mapping[str, tuple[datetime, str]],
    escalated: Mapping[UUID, datetime],
    now: datetime,
) -> TimerView:
    taken_at, taken_by = silenced.get(found.key, (None, None))
    return TimerView(
        found.key,
        found.kind,
        found.title,
        found.incident.priority if found.incident else None,
        found.started_at,
        found.due_at,
        now > found.due_at,
        taken_at,
        taken_by,
        found.incident.id if found.incident else None,
        short_number(found.incident.code) if found.incident else None,
        found.unit_id,
        found.field_timer_id,
        escalated.get(found.incident.id) if found.incident and found.escalates_at else None,
    )
