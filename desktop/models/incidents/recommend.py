"""Which unit to send, in order, with the reason that the dispatcher reads (R73)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.models.incidents.places import distance_m
from desktop.models.incidents.states import Priority, UnitKind, UnitStatus

STALE_AFTER = timedelta(minutes=10)
"""An older position is shown grey and counts less."""

_LOST_AFTER = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Scene:
    """The incident as far as it matters for choosing a unit."""

    priority: Priority
    type_code: str | None = None
    sector: str | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit as it stands. `incident_priority` is that of the incident it works on."""

    unit_id: UUID
    callsign: str
    kind: UnitKind
    status: UnitStatus
    sector: str | None = None
    lat: float | None = None
    lon: float | None = None
    position_at: datetime | None = None
    incident_priority: Priority | None = None
    crew_size: int | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """A unit in its place of the order. Only a free and fit unit is recommended."""

    unit_id: UUID
    callsign: str
    reason: str
    distance_m: float | None
    is_recommended: bool
    is_position_stale: bool


_SPEED = {
    UnitKind.PICKUP: 1.0,
    UnitKind.CAR: 1.0,
    UnitKind.MOTORCYCLE: 0.8,
    UnitKind.QUAD: 1.3,
    UnitKind.BOAT: 2.0,
    UnitKind.BICYCLE: 2.2,
    UnitKind.ON_FOOT: 5.0,
    UnitKind.DRONE: 0.8,
}
"""How long a kind takes for a distance, against a car."""

_NEEDS_CAR = frozenset(
    {"A01", "A02", "A04", "A05", "A06", "A07", "A09", "A10", "B01", "B03", "B04", "F01", "F03", "G01"}
)
"""Types in which people, a perimeter or an arrest may have to be carried."""

_ON_WATER = frozenset({"G09"})
_CARRIES = frozenset({UnitKind.PICKUP, UnitKind.CAR})
_STATUS_COST = {
    UnitStatus.AVAILABLE: 0.0,
    UnitStatus.ON_BREAK: 3_000.0,
    UnitStatus.ASSIGNED: 20_000.0,
    UnitStatus.EN_ROUTE: 25_000.0,
    UnitStatus.ON_SCENE: 35_000.0,
    UnitStatus.TRANSPORTING: 60_000.0,
    UnitStatus.NO_CONTACT: 500_000.0,
    UnitStatus.OUT_OF_SERVICE: 0.0,
}
_UNKNOWN_DISTANCE_M = 6_000.0
_OTHER_SECTOR_M = 1_500.0
_UNFIT = 100_000.0


def recommend_units(scene: Scene, units: Iterable[UnitState], now: datetime) -> list[Advice]:
    """Return every unit, the best first; equal ones by callsign.

    The cost is in metres of a car's way: state first, then fitness for the type, distance on the last known
    position, and sector. A unit out of service is always last.
    """
    weighed = [(unit.status is UnitStatus.OUT_OF_SERVICE, *_weigh(scene, unit, now)) for unit in units]
    weighed.sort(key=lambda row: (row[0], row[1], row[2].callsign, str(row[2].unit_id)))
    return [advice for _, _, advice in weighed]


def _weigh(scene: Scene, unit: UnitState, now: datetime) -> tuple[float, Advice]:
    metres, is_stale, is_lost = _distance(scene, unit, now)
    in_sector = bool(scene.sector) and scene.sector == unit.sector
    unfit = _unfit_reason(scene, unit)
    cost = _STATUS_COST[unit.status] + (_UNFIT if unfit else 0.0)
    way = _UNKNOWN_DISTANCE_M if metres is None or is_lost else metres * (1.3 if is_stale else 1.0)
    cost += way * _SPEED[unit.kind] + (0.0 if in_sector else _OTHER_SECTOR_M)
    less_urgent = _works_on_less(scene, unit)
    if unit.status.is_busy and less_urgent:
        cost -= 10_000.0
    reasons = []
    if metres is not None:
        reasons.append(formats.distance(metres))
    reasons.append(tr(unit.status.label).lower())
    if unit.status.is_busy and unit.incident_priority is not None:
        reasons.append(tr(N_("atiende {priority}"), priority=unit.incident_priority.name))
    if in_sector:
        reasons.append(tr(N_("su sector")))
    elif unit.sector:
        reasons.append(unit.sector)
    if unfit:
        reasons.append(unfit)
    if metres is None:
        reasons.append(tr(N_("sin posición")))
    elif is_stale and unit.position_at is not None:
        reasons.append(tr(N_("posición de las {time}"), time=formats.time_hm(unit.position_at)))
    recommended = unit.status is UnitStatus.AVAILABLE and not unfit
    return cost, Advice(unit.unit_id, unit.callsign, " · ".join(reasons), metres, recommended, is_stale)


def _distance(scene: Scene, unit: UnitState, now: datetime) -> tuple[float | None, bool, bool]:
    """Return metres (None when not known), whether the position is stale, and whether too old to count."""
    if scene.lat is None or scene.lon is None or unit.lat is None or unit.lon is None:
        return None, False, False
    age = now - unit.position_at if unit.position_at is not None else _LOST_AFTER * 2
    metres = distance_m(scene.lat, scene.lon, unit.lat, unit.lon)
    return metres, age > STALE_AFTER, age > _LOST_AFTER


def _unfit_reason(scene: Scene, unit: UnitState) -> str:
    if unit.kind is UnitKind.BOAT:
        return "" if scene.type_code in _ON_WATER else tr(N_("solo en el agua"))
    if unit.kind is UnitKind.DRONE:
        return tr(N_("solo observa"))
    if scene.type_code in _NEEDS_CAR and unit.kind not in _CARRIES:
        return tr(N_("no puede trasladar"))
    return ""


def _works_on_less(scene: Scene, unit: UnitState) -> bool:
    return unit.incident_priority is not None and unit.incident_priority.rank > scene.priority.rank
