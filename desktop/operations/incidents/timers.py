"""Clocks that run: response targets, unit states, referrals, and the legal clocks of the field (R76)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text

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
    DeadlineKind,
    FieldTimerKind,
    IncidentStatus,
    LineKind,
    ReferralStatus,
    UnitStatus,
    deadline_for,
    referral_limit_s,
    unit_limit_s,
)
from desktop.operations.context import Context, ReadContext
from desktop.operations.incidents.common import (
    checked_instant,
    incident_for,
    refuse_ended,
    required,
    write_line,
)
from desktop.operations.incidents.find import short_number
from desktop.operations.incidents.masking import Shown, Surface, class_title, masked
from desktop.operations.incidents.targets import targets
from desktop.operations.incidents.titles import type_titles
from desktop.operations.incidents.values import FieldTimerView, TimerKind, TimerView
from desktop.register.access import Action
from desktop.register.types import instant_to_wire

OPEN = tuple(status for status in IncidentStatus if status.is_open)
_WAITING_REFERRALS = (ReferralStatus.REQUESTED, ReferralStatus.ACCEPTED)
_SILENCED = "silenced"


# --- Legal clocks ------------------------------------------------------------------------------------------------


def start_identity_check(
    ctx: Context,
    incident_id: UUID,
    *,
    reason: str,
    is_adult: bool,
    unit_id: UUID | None = None,
    subject: str = "",
    means: str = "",
    started_at: datetime | None = None,
) -> UUID:
    """Start the 60 minutes of an identity check (Ley 21.802; domain.md F18).

    Raises:
        UserError: the person is under 18: no identity check is made.
        FieldError: the infraction being cited is missing, or the start is in the future.
    """
    if not is_adult:
        raise UserError(
            tr(
                N_(
                    "No se requiere identidad a menores de 18 años. Si hay riesgo o vulneración, derive a "
                    "Carabineros 133 y a la OLN."
                )
            )
        )
    return _start(
        ctx,
        incident_id,
        FieldTimer(
            kind=FieldTimerKind.IDENTITY_CHECK,
            reason=required("reason", reason, N_("Indique la infracción que se cursa.")),
            unit_id=unit_id,
            subject=subject.strip() or None,
            means=means.strip() or None,
            is_adult=True,
        ),
        started_at,
    )


def start_flagrancy(
    ctx: Context,
    incident_id: UUID,
    *,
    reason: str,
    unit_id: UUID | None = None,
    subject: str = "",
    is_adult: bool = True,
    started_at: datetime | None = None,
) -> UUID:
    """Start the clock of an arrest in the act: handed over at once, warning at 15 minutes.

    Raises:
        FieldError: the offence is missing, or the start is in the future.
    """
    return _start(
        ctx,
        incident_id,
        FieldTimer(
            kind=FieldTimerKind.FLAGRANCY,
            reason=required("reason", reason, N_("Indique el delito flagrante.")),
            unit_id=unit_id,
            subject=subject.strip() or None,
            is_adult=is_adult,
        ),
        started_at,
    )


def police_notified(ctx: Context, timer_id: UUID, *, at: datetime | None = None) -> None:
    """Note when the police were told.

    Raises:
        UserError: the clock has ended.
    """
    timer, incident = _running(ctx, timer_id)
    timer.police_notified_at = checked_instant(ctx, at, not_before=timer.started_at)
    write_line(ctx, incident, _line_kind(timer), tr(N_("Aviso a Carabineros")), at=timer.police_notified_at)
    ctx.name_operation("timers.police")


def end_field_timer(
    ctx: Context, timer_id: UUID, *, outcome: str, means: str = "", received_by: str = ""
) -> None:
    """Stop a legal clock with its outcome; an arrest also needs who received the person.

    Raises:
        UserError: it has ended already.
        FieldError: the outcome, or the receiving officer, is missing.
    """
    timer, incident = _running(ctx, timer_id)
    timer.outcome = required("outcome", outcome, N_("Escriba el resultado."))
    if timer.kind is FieldTimerKind.FLAGRANCY:
        timer.received_by = required("received_by", received_by, N_("Indique quién recibe al detenido/a."))
    timer.means = means.strip() or timer.means
    timer.ended_at = ctx.now
    ended = tr(N_("{kind} terminado · {outcome}"), kind=tr(timer.kind.label), outcome=timer.outcome)
    received = tr(N_("recibe {name}"), name=timer.received_by) if timer.received_by else ""
    write_line(ctx, incident, _line_kind(timer), f"{ended} · {received}" if received else ended)
    ctx.name_operation("timers.end")


def field_timer_view(timer: FieldTimer, now: datetime) -> FieldTimerView:
    """Return the plain values of a legal clock."""
    due = timer.started_at + timedelta(seconds=timer.limit_s)
    return FieldTimerView(
        timer.id,
        timer.kind,
        timer.reason,
        timer.subject,
        timer.unit_id,
        timer.means,
        timer.started_at,
        due,
        timer.ended_at,
        timer.outcome,
        timer.received_by,
        timer.police_notified_at,
        (timer.ended_at or now) > due,
    )


def _start(ctx: Context, incident_id: UUID, timer: FieldTimer, started_at: datetime | None) -> UUID:
    incident = incident_for(ctx, incident_id, Action.CREATE, "field_timers")
    refuse_ended(incident)
    timer.incident_id = incident.id
    timer.started_at = checked_instant(ctx, started_at)
    timer.limit_s = timer.kind.limit_s
    timer.confidentiality = incident.confidentiality
    ctx.add(timer)
    write_line(
        ctx,
        incident,
        _line_kind(timer),
        tr(N_("{kind} · {reason}"), kind=tr(timer.kind.label), reason=timer.reason),
        at=timer.started_at,
        data={"timer": str(timer.id), "limit_s": timer.limit_s},
    )
    ctx.name_operation("timers.start")
    return timer.id


def _running(ctx: Context, timer_id: UUID) -> tuple[FieldTimer, Incident]:
    timer = ctx.get(FieldTimer, timer_id)
    incident = incident_for(ctx, timer.incident_id, Action.EDIT, "field_timers")
    if timer.ended_at is not None:
        raise UserError(tr(N_("Ese plazo ya terminó.")))
    return timer, incident


def _line_kind(timer: FieldTimer) -> LineKind:
    if timer.kind is FieldTimerKind.IDENTITY_CHECK:
        return LineKind.IDENTITY_CHECK
    return LineKind.FLAGRANCY


# --- Everything that runs now ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Running:
    key: str
    kind: TimerKind
    title: str
    started_at: datetime
    due_at: datetime
    incident: Incident | None
    unit_id: UUID | None = None
    field_timer_id: UUID | None = None


def due_timers(ctx: ReadContext) -> tuple[TimerView, ...]:
    """Return every clock that runs now, the overdue ones first, then by when they are due.

    A clock of an incident that the person may not read is left out; of a sensitive one only the class shows.
    """
    ctx.rights.check(Action.READ, "incidents")
    open_incidents = {
        incident.id: incident
        for incident in ctx.session.scalars(
            select(Incident).where(Incident.status.in_(OPEN), Incident.voided_at.is_(None))
        )
        if masked(ctx.rights, incident, Surface.QUEUE) is not Shown.NOTHING
    }
    titles = type_titles(ctx)
    names = {
        incident.id: (
            class_title(titles.family(incident.type_code), Surface.QUEUE)
            if masked(ctx.rights, incident, Surface.QUEUE) is Shown.CLASS
            else titles.title(incident.type_code)
        )
        for incident in open_incidents.values()
    }
    running = [
        *_of_incidents(ctx, open_incidents.values(), names),
        *_of_units(ctx, open_incidents),
        *_of_field(ctx, open_incidents),
        *_of_referrals(ctx, open_incidents),
    ]
    silenced = _silenced(ctx, open_incidents)
    views = [_view(found, silenced, ctx.now) for found in running]
    return tuple(sorted(views, key=lambda view: (not view.is_overdue, view.due_at)))


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
        write_line(
            ctx,
            incident,
            LineKind.ALARM,
            tr(N_("Aviso tomado: {title}"), title=found.title),
            data={_SILENCED: key},
        )
    ctx.name_operation("timers.silence")


def _of_incidents(
    ctx: ReadContext, incidents: Iterable[Incident], names: Mapping[UUID, str]
) -> Iterable[_Running]:
    limits = targets(ctx)
    for incident in incidents:
        started = (
            max(incident.reported_at, incident.created_at) if incident.is_late_entry else incident.reported_at
        )
        deadline = deadline_for(incident.priority, incident.status, started, limits)
        if deadline is None:
            continue
        kind = TimerKind.DISPATCH if deadline.kind is DeadlineKind.DISPATCH else TimerKind.ARRIVAL
        yield _Running(
            f"{deadline.kind.value}:{incident.id}",
            kind,
            f"{tr(deadline.kind.label)} · {names[incident.id]}",
            started,
            deadline.due_at,
            incident,
        )


def _of_units(ctx: ReadContext, incidents: Mapping[UUID, Incident]) -> Iterable[_Running]:
    for unit in ctx.session.scalars(
        select(Unit).where(
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
        yield _Running(
            f"unit:{unit.id}:{unit.status.value}:{instant_to_wire(unit.status_at)}",
            TimerKind.UNIT,
            f"{unit.callsign} · {tr(unit.status.label)}",
            unit.status_at,
            unit.status_at + timedelta(seconds=limit),
            incident,
            unit_id=unit.id,
        )


def _of_field(ctx: ReadContext, incidents: Mapping[UUID, Incident]) -> Iterable[_Running]:
    for timer in ctx.session.scalars(
        select(FieldTimer).where(FieldTimer.ended_at.is_(None), FieldTimer.voided_at.is_(None))
    ):
        incident = incidents.get(timer.incident_id) or _readable(ctx, timer.incident_id)
        if incident is not None:
            yield _Running(
                f"field:{timer.id}",
                TimerKind.FIELD,
                tr(timer.kind.label),
                timer.started_at,
                timer.started_at + timedelta(seconds=timer.limit_s),
                incident,
                unit_id=timer.unit_id,
                field_timer_id=timer.id,
            )


def _of_referrals(ctx: ReadContext, incidents: Mapping[UUID, Incident]) -> Iterable[_Running]:
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
        yield _Running(
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


def _silenced(ctx: ReadContext, incidents: Mapping[UUID, Incident]) -> Mapping[str, tuple[datetime, str]]:
    """Return when and by whom warnings were taken, by key."""
    found: dict[str, tuple[datetime, str]] = {}
    field_owners = select(FieldTimer.incident_id).where(FieldTimer.ended_at.is_(None))
    lines = ctx.session.execute(
        select(IncidentLine.data, IncidentLine.at, IncidentLine.author_name).where(
            IncidentLine.kind == LineKind.ALARM,
            IncidentLine.incident_id.in_(incidents) | IncidentLine.incident_id.in_(field_owners),
        )
    )
    for data, at, name in lines:
        if data and _SILENCED in data:
            found[str(data[_SILENCED])] = (at, name)
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
            key = f"unit:{unit.id}:{unit.status.value}:{instant_to_wire(unit.status_at)}"
            found[key] = (last.at, last.note or "")
    return found


def _view(found: _Running, silenced: Mapping[str, tuple[datetime, str]], now: datetime) -> TimerView:
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
    )
