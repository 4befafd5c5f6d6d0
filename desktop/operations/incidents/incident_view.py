"""One incident as the console shows it, with its merged timeline; a confidential one only after its reason."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, literal_column, select

from desktop.models.catalogues import IncidentType
from desktop.models.fleet import Unit
from desktop.models.incidents.records import (
    Assignment,
    Call,
    ChecklistTick,
    FieldTimer,
    Incident,
    IncidentLine,
    IncidentPerson,
    IncidentVehicle,
    Referral,
)
from desktop.models.incidents.states import UnitStatus, allowed_next
from desktop.models.people import User
from desktop.operations.context import ReadContext
from desktop.operations.incidents.checklists import checklists_for
from desktop.operations.incidents.find import short_number
from desktop.operations.incidents.legal_clocks import field_timer_view
from desktop.operations.incidents.lines import may_strike
from desktop.operations.incidents.masking import Shown, Surface, class_title, masked
from desktop.operations.incidents.timers import due_timers
from desktop.operations.incidents.titles import TypeTitles, type_titles
from desktop.operations.incidents.values import (
    AssignmentView,
    CallView,
    IncidentView,
    LineView,
    LinkedIncident,
    PersonView,
    ReferralView,
    VehicleView,
)
from desktop.operations.registers import READ_REASON_FROM
from desktop.register.access import Action
from desktop.store.tables import JOURNAL, JOURNAL_TOUCH

REASON_LASTS = timedelta(minutes=15)
"""How long a stated reason opens a confidential incident for the person who gave it."""
_OPENS = ("incidents.read", "incidents.open")
AS_WRITTEN: ColumnElement[int] = literal_column("incident_lines.rowid")
"""Lines of one instant stand in the order in which they were written: an incident is made before it is classified."""
_COUNTER_BITS = 16


def incident_view(ctx: ReadContext, incident_id: UUID) -> IncidentView:
    """Return everything of an incident, or only its class while the reason to open it is missing.

    Raises:
        NotAllowed: the role may not read it, whatever the reason.
    """
    incident = ctx.get(Incident, incident_id)
    ctx.rights.check(Action.READ, "incidents", incident.confidentiality)
    titles = type_titles(ctx)
    if needs_reason(ctx, incident):
        return _sealed(incident, titles)
    return _whole(ctx, incident, titles)


def needs_reason(ctx: ReadContext, incident: Incident) -> bool:
    """Tell whether the person has yet to say why they open a confidential incident.

    Who gave a reason, or took the call, in the last quarter of an hour need not say it again.
    """
    if incident.confidentiality.rank < READ_REASON_FROM.rank:
        return False
    since = int((ctx.now - REASON_LASTS).timestamp() * 1000) << _COUNTER_BITS
    found = ctx.session.connection().scalar(
        select(JOURNAL.c.n)
        .join(JOURNAL_TOUCH, JOURNAL_TOUCH.c.n == JOURNAL.c.n)
        .where(
            JOURNAL_TOUCH.c.record_id == incident.id.bytes,
            JOURNAL.c.actor == ctx.actor.user_id.bytes,
            JOURNAL.c.operation.in_(_OPENS),
            JOURNAL.c.hlc >= since,
        )
        .limit(1)
    )
    return found is None


def timeline(ctx: ReadContext, incident: Incident) -> tuple[LineView, ...]:
    """Return the lines of an incident and of those linked under it, newest first.

    Lines of a linked incident that the person has not opened with a reason, or may not read, stay out.
    """
    sources: dict[UUID, str | None] = {incident.id: None}
    for child in ctx.session.scalars(select(Incident).where(Incident.parent_id == incident.id)):
        if masked(ctx.rights, child, Surface.RECORD) is Shown.ALL and not needs_reason(ctx, child):
            sources[child.id] = short_number(child.code)
    lines = ctx.session.scalars(
        select(IncidentLine)
        .where(
            IncidentLine.incident_id.in_(sources),
            IncidentLine.confidentiality.in_(ctx.rights.readable("incident_lines")),
        )
        .order_by(IncidentLine.at, IncidentLine.created_at, AS_WRITTEN)
    )
    views = [
        LineView(
            line.id,
            line.kind,
            line.text,
            line.at,
            line.created_at,
            line.author_name,
            line.created_by,
            line.is_late_entry,
            line.struck_at,
            line.strike_reason,
            sources[line.incident_id],
            may_strike(ctx.rights, ctx.actor.user_id, line),
        )
        for line in lines
    ]
    return tuple(reversed(views))


def _sealed(incident: Incident, titles: TypeTitles) -> IncidentView:
    return IncidentView(
        incident.id,
        incident.code,
        short_number(incident.code),
        incident.folio,
        True,
        incident.confidentiality,
        class_title(titles.family(incident.type_code), Surface.QUEUE),
        None,
        incident.type_is_manual,
        incident.is_sensitive,
        incident.priority,
        incident.status,
        incident.sector,
        incident.reported_at,
        incident.created_at,
        incident.dispatched_at,
        incident.en_route_at,
        incident.arrived_at,
        incident.controlled_at,
        incident.closed_at,
        incident.is_late_entry,
        incident.times_edited,
        incident.no_unit_since,
        (),
    )


def _whole(ctx: ReadContext, incident: Incident, titles: TypeTitles) -> IncidentView:
    own = incident.id
    ticks = ctx.session.scalars(select(ChecklistTick).where(ChecklistTick.incident_id == own))
    field_timers = ctx.session.scalars(
        select(FieldTimer).where(FieldTimer.incident_id == own).order_by(FieldTimer.started_at)
    )
    kind = ctx.session.scalar(select(IncidentType).where(IncidentType.code == incident.type_code).limit(1))
    author = ctx.session.get(User, incident.created_by)
    return IncidentView(
        incident.id,
        incident.code,
        short_number(incident.code),
        incident.folio,
        False,
        incident.confidentiality,
        titles.title(incident.type_code),
        incident.type_code,
        incident.type_is_manual,
        incident.is_sensitive,
        incident.priority,
        incident.status,
        incident.sector,
        incident.reported_at,
        incident.created_at,
        incident.dispatched_at,
        incident.en_route_at,
        incident.arrived_at,
        incident.controlled_at,
        incident.closed_at,
        incident.is_late_entry,
        incident.times_edited,
        incident.no_unit_since,
        tuple(sorted(allowed_next(incident.status, by_hand=True), key=lambda status: str(status.value))),
        author=author.full_name if author else "",
        channel=incident.channel,
        narrative=incident.narrative,
        risks=tuple(incident.risks or ()),
        address=incident.address,
        reference=incident.reference,
        lat=incident.lat,
        lon=incident.lon,
        place_source=incident.place_source,
        result=incident.result,
        result_note=incident.result_note,
        police_report=incident.police_report,
        needs_follow_up=incident.needs_follow_up,
        calls=_calls(ctx, own),
        timeline=timeline(ctx, incident),
        assignments=_assignments(ctx, own),
        referrals=_referrals(ctx, own),
        people=_people(ctx, own),
        vehicles=_vehicles(ctx, own),
        checklists=checklists_for(ctx, incident.type_code, ticks),
        field_timers=tuple(field_timer_view(timer, ctx.now) for timer in field_timers),
        timers=due_timers(ctx, of=own),
        linked=_linked(ctx, incident, titles),
        services=tuple(kind.services) if kind else (),
    )


def _calls(ctx: ReadContext, incident_id: UUID) -> tuple[CallView, ...]:
    found = ctx.session.scalars(
        select(Call)
        .where(Call.incident_id == incident_id, Call.confidentiality.in_(ctx.rights.readable("calls")))
        .order_by(Call.received_at)
    )
    return tuple(
        CallView(
            call.id,
            call.code,
            call.received_at,
            call.channel,
            call.phone,
            call.caller_name,
            call.is_anonymous,
            call.text,
            call.is_late_entry,
        )
        for call in found
    )


def _assignments(ctx: ReadContext, incident_id: UUID) -> tuple[AssignmentView, ...]:
    rows = ctx.session.execute(
        select(Assignment, Unit.status)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(Assignment.incident_id == incident_id)
        .order_by(Assignment.assigned_at, Assignment.id)
    )
    return tuple(_assignment(found, status) for found, status in rows)


def _assignment(found: Assignment, status: UnitStatus) -> AssignmentView:
    is_active = found.released_at is None and found.preempted_at is None
    return AssignmentView(
        found.id,
        found.unit_id,
        found.callsign,
        found.crew,
        status if is_active else None,
        found.assigned_at,
        found.en_route_at,
        found.on_scene_at,
        found.transporting_at,
        found.released_at,
        found.preempted_at,
        found.release_reason,
        found.recommendation,
        is_active,
    )


def _referrals(ctx: ReadContext, incident_id: UUID) -> tuple[ReferralView, ...]:
    found = ctx.session.scalars(
        select(Referral).where(Referral.incident_id == incident_id).order_by(Referral.requested_at)
    )
    return tuple(
        ReferralView(
            row.id,
            row.service_id,
            row.service_name,
            row.phone,
            row.status,
            row.requested_at,
            row.answered_by,
            row.number_given,
            row.expected_at,
            row.arrived_at,
            row.result,
        )
        for row in found
    )


def _people(ctx: ReadContext, incident_id: UUID) -> tuple[PersonView, ...]:
    found = ctx.session.scalars(
        select(IncidentPerson)
        .where(IncidentPerson.incident_id == incident_id, IncidentPerson.voided_at.is_(None))
        .where(IncidentPerson.confidentiality.in_(ctx.rights.readable("incident_people")))
        .order_by(IncidentPerson.created_at, IncidentPerson.id)
    )
    return tuple(
        PersonView(row.id, row.role, row.full_name, row.run, row.phone, row.description) for row in found
    )


def _vehicles(ctx: ReadContext, incident_id: UUID) -> tuple[VehicleView, ...]:
    found = ctx.session.scalars(
        select(IncidentVehicle)
        .where(IncidentVehicle.incident_id == incident_id, IncidentVehicle.voided_at.is_(None))
        .where(IncidentVehicle.confidentiality.in_(ctx.rights.readable("incident_vehicles")))
        .order_by(IncidentVehicle.created_at, IncidentVehicle.id)
    )
    return tuple(VehicleView(row.id, row.plate, row.description, row.is_reported_stolen) for row in found)


def _linked(ctx: ReadContext, incident: Incident, titles: TypeTitles) -> tuple[LinkedIncident, ...]:
    found: list[tuple[Incident, str]] = []
    for other_id, relation in ((incident.parent_id, "parent"), (incident.duplicate_of_id, "duplicate_of")):
        other = None if other_id is None else ctx.session.get(Incident, other_id)
        if other is not None:
            found.append((other, relation))
    for child in ctx.session.scalars(
        select(Incident).where(Incident.parent_id == incident.id).order_by(Incident.reported_at)
    ):
        found.append((child, "child"))
    return tuple(
        LinkedIncident(
            other.id,
            other.code,
            short_number(other.code),
            titles.title(other.type_code)
            if masked(ctx.rights, other, Surface.QUEUE) is Shown.ALL
            else class_title(titles.family(other.type_code), Surface.QUEUE),
            other.priority,
            other.status,
            relation,
        )
        for other, relation in found
        if masked(ctx.rights, other, Surface.QUEUE) is not Shown.NOTHING
    )
