"""What is near in place and kind: open incidents that may be the same event, and units that may go (R70, R73)."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.models.fleet import Unit
from desktop.models.incidents.records import Assignment, Call, Incident
from desktop.models.incidents.states import BUSY, Priority, UnitKind, UnitStatus, may_unit_move
from desktop.operations.context import ReadContext
from desktop.operations.incidents.common import incident_for_reading
from desktop.operations.incidents.masking import Shown, Surface, class_title, masked
from desktop.operations.incidents.place import place_key
from desktop.operations.incidents.proposals import phone_or_none
from desktop.operations.incidents.timers import OPEN
from desktop.operations.incidents.titles import TypeTitles
from desktop.operations.incidents.values import IntakeDraft, NearbyIncident, TypeGuess, UnitAdvice
from desktop.register.access import Action

_SAME_PLACE_M = 300.0
_SAME_EVENT = timedelta(hours=6)
_MOST = 5
_STALE = timedelta(minutes=15)
_EARTH_M = 6_371_000.0
_UNKNOWN_M = 1_000_000.0
_ON_FOOT = frozenset({UnitKind.ON_FOOT, UnitKind.BICYCLE, UnitKind.DRONE})

Point = tuple[float | None, float | None]


def distance_m(one: Point, other: Point) -> float | None:
    """Return the metres between two WGS84 points, flat-earth within a commune; None where one is not known."""
    if one[0] is None or one[1] is None or other[0] is None or other[1] is None:
        return None
    north = math.radians(one[0] - other[0])
    east = math.radians(one[1] - other[1]) * math.cos(math.radians((one[0] + other[0]) / 2))
    return math.hypot(north, east) * _EARTH_M


# --- The same event ----------------------------------------------------------------------------------------------


def nearby_incidents(
    ctx: ReadContext, draft: IntakeDraft, guesses: tuple[TypeGuess, ...], titles: TypeTitles
) -> tuple[NearbyIncident, ...]:
    """Return the open incidents that may be what the caller tells of, the likeliest first, each with its reason."""
    phone, key = phone_or_none(draft.phone), place_key(draft.address)
    has_point = draft.lat is not None and draft.lon is not None
    if not (phone or key or has_point):
        return ()
    code = draft.type_code or (guesses[0].code if guesses else None)
    found = list(
        ctx.session.scalars(
            select(Incident).where(
                Incident.status.in_(OPEN),
                Incident.voided_at.is_(None),
                Incident.reported_at >= ctx.now - _SAME_EVENT,
            )
        )
    )
    callers = _phones(ctx, [incident.id for incident in found]) if phone else {}
    scored = []
    for incident in found:
        shown = masked(ctx.rights, incident, Surface.QUEUE)
        if shown is Shown.NOTHING:
            continue
        metres = distance_m((draft.lat, draft.lon), (incident.lat, incident.lon))
        score, reasons = _likeness(
            same_phone=phone is not None and phone in callers.get(incident.id, frozenset()),
            same_address=bool(key) and key == incident.place_key,
            metres=metres,
            same_type=code is not None and code == incident.type_code,
            same_family=code is not None and code[:1] == (incident.type_code or "")[:1],
        )
        if score > 0:
            scored.append((-score, -incident.reported_at.timestamp(), incident, shown, reasons))
    scored.sort(key=lambda row: row[:2])
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
            ", ".join(reasons),
        )
        for _, _, incident, shown, reasons in scored[:_MOST]
    )


def _likeness(
    *, same_phone: bool, same_address: bool, metres: float | None, same_type: bool, same_family: bool
) -> tuple[int, list[str]]:
    """Return how likely it is the same event, 0 for not at all, and why. A kind alone is no reason."""
    score, reasons = 0, []
    if same_phone:
        score += 4
        reasons.append(tr(N_("mismo teléfono")))
    if same_address:
        score += 4
        reasons.append(tr(N_("misma dirección")))
    elif metres is not None and metres <= _SAME_PLACE_M:
        score += 3 if metres <= _SAME_PLACE_M / 2 else 2
        reasons.append(tr(N_("a {distance}"), distance=formats.distance(metres)))
    if score and same_type:
        score += 2
        reasons.append(tr(N_("mismo tipo")))
    elif score and same_family:
        score += 1
        reasons.append(tr(N_("misma familia")))
    return score, reasons


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


# --- Which unit --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Candidate:
    unit: Unit
    metres: float | None
    is_stale: bool
    busy_with: Incident | None
    same_sector: bool

    @property
    def cost(self) -> tuple[bool, bool, float]:
        """Order by: free before busy, able before on foot for far places, then the nearest."""
        metres = _UNKNOWN_M if self.metres is None else self.metres
        if self.is_stale:
            metres *= 1.5
        if self.same_sector:
            metres *= 0.8
        too_far = self.unit.kind in _ON_FOOT and (self.metres is None or self.metres > 1500)
        return self.busy_with is not None, too_far, metres


def recommended_units(ctx: ReadContext, incident_id: UUID) -> tuple[UnitAdvice, ...]:
    """Return the units that may be sent, best first, each with its reason.

    By state, distance from the last known position, sector and what it moves with. A busy unit is listed after the
    free ones and is recommended only from an incident of lesser priority.
    """
    incident = incident_for_reading(ctx, incident_id)
    ctx.rights.check(Action.READ, "units")
    on_it = set(
        ctx.session.scalars(
            select(Assignment.unit_id).where(
                Assignment.incident_id == incident.id,
                Assignment.released_at.is_(None),
                Assignment.preempted_at.is_(None),
            )
        )
    )
    candidates = [
        _candidate(ctx, unit, incident)
        for unit in ctx.session.scalars(select(Unit).where(Unit.is_active, Unit.voided_at.is_(None)))
        if unit.id not in on_it
        and unit.status is not UnitStatus.NO_CONTACT
        and may_unit_move(unit.status, UnitStatus.ASSIGNED)
    ]
    candidates.sort(key=lambda found: (*found.cost, found.unit.callsign))
    return tuple(
        UnitAdvice(
            found.unit.id,
            found.unit.callsign,
            rank,
            found.unit.status,
            _reason(found),
            found.metres,
            found.busy_with is not None,
            found.busy_with.code if found.busy_with else None,
            rank == 1 and _is_worth(found, incident.priority),
        )
        for rank, found in enumerate(candidates, 1)
    )


def _candidate(ctx: ReadContext, unit: Unit, incident: Incident) -> _Candidate:
    busy_with = (
        ctx.session.get(Incident, unit.incident_id)
        if unit.status in BUSY and unit.incident_id is not None
        else None
    )
    return _Candidate(
        unit,
        distance_m((unit.lat, unit.lon), (incident.lat, incident.lon)),
        unit.position_at is None or ctx.now - unit.position_at > _STALE,
        busy_with,
        bool(unit.sector) and unit.sector == incident.sector,
    )


def _is_worth(found: _Candidate, priority: Priority) -> bool:
    return found.busy_with is None or found.busy_with.priority.rank > priority.rank


def _reason(found: _Candidate) -> str:
    parts: Iterable[str] = (
        formats.distance(found.metres) if found.metres is not None else tr(N_("sin posición")),
        tr(N_("posición antigua")) if found.metres is not None and found.is_stale else "",
        tr(found.unit.status.label).lower(),
        tr(N_("en {code}"), code=found.busy_with.code) if found.busy_with else "",
        tr(N_("mismo sector")) if found.same_sector else "",
        tr(found.unit.kind.label).lower() if found.unit.kind in _ON_FOOT else "",
    )
    return " · ".join(part for part in parts if part)
