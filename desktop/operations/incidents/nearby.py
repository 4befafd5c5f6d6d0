"""What is near in place and kind: open incidents that may be the same event, and units that may go (R70, R73)."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from desktop.models.fleet import Unit
from desktop.models.incidents.places import DUPLICATE_FROM, Likeness, Report, duplicate_score
from desktop.models.incidents.recommend import Scene, UnitState, recommend_units
from desktop.models.incidents.records import Assignment, Call, Incident
from desktop.models.incidents.states import UnitStatus, may_unit_move
from desktop.operations.context import ReadContext
from desktop.operations.incidents.common import incident_for_reading
from desktop.operations.incidents.masking import Shown, Surface, class_title, masked
from desktop.operations.incidents.proposals import phone_or_none
from desktop.operations.incidents.timers import OPEN
from desktop.operations.incidents.titles import TypeTitles
from desktop.operations.incidents.values import IntakeDraft, NearbyIncident, TypeGuess, UnitAdvice
from desktop.register.access import Action

_LOOK_BACK = timedelta(hours=12)
_MOST = 5


def nearby_incidents(
    ctx: ReadContext, draft: IntakeDraft, guesses: tuple[TypeGuess, ...], titles: TypeTitles
) -> tuple[NearbyIncident, ...]:
    """Return the open incidents that may be what the caller tells of, the likeliest first, each with its reason."""
    phone = phone_or_none(draft.phone)
    if not (phone or draft.address.strip() or (draft.lat is not None and draft.lon is not None)):
        return ()
    told = Report(
        draft.received_at or ctx.now,
        draft.address,
        phone or "",
        draft.type_code or (guesses[0].code if guesses else None),
        draft.lat,
        draft.lon,
    )
    found = [
        (incident, shown)
        for incident in ctx.session.scalars(
            select(Incident).where(
                Incident.status.in_(OPEN),
                Incident.voided_at.is_(None),
                Incident.reported_at >= ctx.now - _LOOK_BACK,
            )
        )
        if (shown := masked(ctx.rights, incident, Surface.QUEUE)) is not Shown.NOTHING
    ]
    callers = _phones(ctx, [incident.id for incident, _ in found]) if phone else {}
    scored = [
        (likeness, incident, shown)
        for incident, shown in found
        if (likeness := _likeness(told, incident, callers)).score >= DUPLICATE_FROM
    ]
    scored.sort(key=lambda row: (-row[0].score, -row[1].reported_at.timestamp()))
    return tuple(
        NearbyIncident(
            incident.id,
            incident.code,
            titles.title(incident.type_code)
            if shown is Shown.ALL
            else class_title(titles.family(incident.type_code), Surface.QUEUE),
            incident.priority,
            incident.status,
            (incident.address or incident.reference or "") if shown is Shown.ALL else "",
            incident.reported_at,
            likeness.reason,
        )
        for likeness, incident, shown in scored[:_MOST]
    )


def recommended_units(ctx: ReadContext, incident_id: UUID) -> tuple[UnitAdvice, ...]:
    """Return the units that may be sent, best first, each with its reason; those already there are left out."""
    incident = incident_for_reading(ctx, incident_id)
    ctx.rights.check(Action.READ, "units")
    on_it = select(Assignment.unit_id).where(
        Assignment.incident_id == incident.id,
        Assignment.released_at.is_(None),
        Assignment.preempted_at.is_(None),
    )
    units = ctx.session.scalars(
        select(Unit).where(Unit.is_active, Unit.voided_at.is_(None), Unit.id.not_in(on_it))
    )
    busy_with: dict[UUID, Incident] = {}
    states = {}
    for unit in units:
        if not may_unit_move(unit.status, UnitStatus.ASSIGNED):
            continue
        other = None if unit.incident_id is None else ctx.session.get(Incident, unit.incident_id)
        if other is not None:
            busy_with[unit.id] = other
        states[unit.id] = UnitState(
            unit.id,
            unit.callsign,
            unit.kind,
            unit.status,
            unit.sector,
            unit.lat,
            unit.lon,
            unit.position_at,
            other.priority if other is not None else None,
        )
    scene = Scene(incident.priority, incident.type_code, incident.sector, incident.lat, incident.lon)
    advice = []
    for rank, found in enumerate(recommend_units(scene, states.values(), ctx.now), 1):
        other = busy_with.get(found.unit_id)
        advice.append(
            UnitAdvice(
                found.unit_id,
                found.callsign,
                rank,
                states[found.unit_id].status,
                found.reason,
                found.distance_m,
                other is not None,
                other.code if other is not None else None,
                found.is_recommended,
            )
        )
    return tuple(advice)


def _likeness(told: Report, incident: Incident, callers: Mapping[UUID, frozenset[str]]) -> Likeness:
    """Compare with the incident as any of its callers told it."""
    same = told.phone if told.phone in callers.get(incident.id, frozenset()) else ""
    known = Report(
        incident.reported_at, incident.address, same, incident.type_code, incident.lat, incident.lon
    )
    return duplicate_score(told, known)


def _phones(ctx: ReadContext, incident_ids: list[UUID]) -> Mapping[UUID, frozenset[str]]:
    found: dict[UUID, set[str]] = {}
    for incident_id, phone in ctx.session.execute(
        select(Call.incident_id, Call.phone).where(
            Call.incident_id.in_(incident_ids), Call.phone.is_not(None)
        )
    ):
        if incident_id is not None and phone is not None:
            found.setdefault(incident_id, set()).add(phone)
    return {incident_id: frozenset(phones) for incident_id, phones in found.items()}
