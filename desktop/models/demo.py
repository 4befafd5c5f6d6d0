"""A stream of invented incidents for the demonstration commune, the same for the same seed.

Times of dispatch and arrival are lognormal around the targets of each priority, so that some are missed. What
would happen after `end` has not happened yet: the last incidents of the stream are still open.
"""

import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from math import exp

from desktop.core import formats
from desktop.models import demo_commune as commune_data
from desktop.models.demo_commune import DemoCommune
from desktop.models.demo_frequencies import CURVE_OF, HOURS, yearly_by_code
from desktop.models.incidents.demo_text import narrative
from desktop.models.incidents.seeds import TYPE_BY_CODE
from desktop.models.incidents.states import (
    DEFAULT_TARGETS,
    CallResult,
    Channel,
    ClosingResult,
    IncidentStatus,
    Priority,
    ReferralStatus,
    Risk,
    UnitKind,
)


@dataclass(slots=True)
class DemoCall:
    """A call; the first of an incident makes it, the others are attached."""

    received_at: datetime
    answered_at: datetime
    channel: Channel
    phone: str | None
    caller_name: str | None
    text: str
    result: CallResult


@dataclass(slots=True)
class DemoAssignment:
    """A unit's work on an incident, as far as it has come."""

    callsign: str
    assigned_at: datetime
    en_route_at: datetime | None
    on_scene_at: datetime | None
    released_at: datetime | None


@dataclass(slots=True)
class DemoReferral:
    """A request to another service, by the short name of the catalogue."""

    service: str
    requested_at: datetime
    arrived_at: datetime | None
    status: ReferralStatus


@dataclass(slots=True)
class DemoIncident:
    """An incident with what belongs to it, as plain values."""

    type_code: str
    priority: Priority
    status: IncidentStatus
    narrative: str
    channel: Channel
    reported_at: datetime
    address: str
    reference: str | None
    sector: str
    lat: float
    lon: float
    risks: tuple[str, ...]
    calls: list[DemoCall]
    assignments: list[DemoAssignment] = field(default_factory=list)
    referrals: list[DemoReferral] = field(default_factory=list)
    dispatched_at: datetime | None = None
    en_route_at: datetime | None = None
    arrived_at: datetime | None = None
    controlled_at: datetime | None = None
    closed_at: datetime | None = None
    result: ClosingResult | None = None


_CHANNELS = (
    (Channel.SHORT_NUMBER, 52),
    (Channel.PHONE, 9),
    (Channel.APP, 11),
    (Channel.WHATSAPP, 9),
    (Channel.RADIO, 8),
    (Channel.CAMERA, 5),
    (Channel.IN_PERSON, 2),
    (Channel.SOCIAL_MEDIA, 1),
    (Channel.OTHER_SERVICE, 3),
)
_CHANNEL_SUMS = list(accumulate(weight for _, weight in _CHANNELS))
_WITH_CALLER = frozenset(
    {Channel.SHORT_NUMBER, Channel.PHONE, Channel.APP, Channel.WHATSAPP, Channel.IN_PERSON}
)
_NO_UNIT = {
    "I07": 1.0,
    "C08": 0.8,
    "H01": 0.9,
    "H04": 0.8,
    "F05": 0.6,
    "E06": 0.7,
    "E11": 0.6,
    "G07": 0.8,
    "H02": 0.6,
}
_REFERENCES = (
    "frente al almacén",
    "junto a la sede vecinal",
    "reja verde",
    "casa de dos pisos",
    "al lado del paradero",
    "portón negro",
    "block 3",
    "a media cuadra de la plaza",
)
_RISKS = {
    "A02": (Risk.WEAPONS,),
    "A04": (Risk.WEAPONS,),
    "A06": (Risk.INJURED,),
    "A09": (Risk.WEAPONS,),
    "B01": (Risk.AGGRESSOR_PRESENT,),
    "B03": (Risk.AGGRESSOR_PRESENT,),
    "B04": (Risk.CHILDREN,),
    "E07": (Risk.FIRE,),
    "F01": (Risk.INJURED,),
    "F03": (Risk.INJURED,),
    "G01": (Risk.FIRE,),
    "G02": (Risk.FIRE,),
    "G04": (Risk.CHEMICALS,),
}
_RISK_VALUES = {code: tuple(str(risk.value) for risk in risks) for code, risks in _RISKS.items()}
_CRIMINAL = frozenset("ABCD")
_RESULTS_WITH_UNIT = (
    (ClosingResult.SOLVED, 24),
    (ClosingResult.WARNING, 16),
    (ClosingResult.NOTHING_FOUND, 17),
    (ClosingResult.PEOPLE_LEFT, 13),
    (ClosingResult.GUIDANCE, 12),
    (ClosingResult.CITATION, 6),
    (ClosingResult.NOT_LOCATED, 5),
    (ClosingResult.NO_COMPLAINT, 5),
    (ClosingResult.FALSE_REPORT, 2),
)
_RESULTS_OF_CRIME = (
    (ClosingResult.HANDED_TO_POLICE, 34),
    (ClosingResult.GUIDANCE, 16),
    (ClosingResult.PEOPLE_LEFT, 16),
    (ClosingResult.NOTHING_FOUND, 14),
    (ClosingResult.NO_COMPLAINT, 9),
    (ClosingResult.ARREST_HANDED_OVER, 5),
    (ClosingResult.NOT_LOCATED, 4),
    (ClosingResult.FALSE_REPORT, 2),
)
_RESULTS_WITHOUT_UNIT = (
    (ClosingResult.MUNICIPAL_UNIT, 45),
    (ClosingResult.GUIDANCE, 40),
    (ClosingResult.OUT_OF_COMPETENCE, 10),
    (ClosingResult.FALSE_REPORT, 5),
)
_SUMS = {
    id(table): list(accumulate(weight for _, weight in table))
    for table in (_RESULTS_WITH_UNIT, _RESULTS_OF_CRIME, _RESULTS_WITHOUT_UNIT)
}
_MINIMUM_GAP = timedelta(seconds=5)


class _Clockwork:
    """When and what: hours of the span by their weight, and types by month and hour."""

    def __init__(self, start: datetime, end: datetime) -> None:
        yearly = yearly_by_code()
        self._codes = list(yearly)
        self._sums: dict[tuple[int, int], list[float]] = {}
        totals: dict[tuple[int, int], float] = {}
        for month in range(1, 13):
            for hour in range(24):
                row = []
                for code in self._codes:
                    curve = HOURS[CURVE_OF.get(code, "flat")]
                    row.append(yearly[code][month] * curve[hour] / sum(curve))
                self._sums[month, hour] = list(accumulate(row))
                totals[month, hour] = sum(row)
        self._start = start
        self._slots: list[tuple[datetime, float, int, int]] = []
        weights = []
        at = start
        while at < end:
            length_s = min(3600.0, (end - at).total_seconds())
            month, hour = formats.civil_date(at).month, formats.civil_hour(at)
            self._slots.append((at, length_s, month, hour))
            weekend = 1.15 if formats.civil_date(at).weekday() >= 4 else 0.94
            weights.append(totals[month, hour] * weekend * length_s)
            at += timedelta(hours=1)
        self._cumulated = list(accumulate(weights))

    def moment(self, share: float) -> tuple[datetime, int, int]:
        """Return the instant at that share of all incidents of the span, with its civil month and hour."""
        wanted = share * self._cumulated[-1]
        place = min(bisect_right(self._cumulated, wanted), len(self._slots) - 1)
        before = self._cumulated[place - 1] if place else 0.0
        at, length_s, month, hour = self._slots[place]
        inside = (wanted - before) / (self._cumulated[place] - before)
        return at + timedelta(seconds=int(inside * length_s)), month, hour

    def code(self, rng: random.Random, month: int, hour: int) -> str:
        """Return a type that happens in that month at that hour."""
        sums = self._sums[month, hour]
        return self._codes[min(bisect_right(sums, rng.random() * sums[-1]), len(sums) - 1)]


class _Fleet:
    """Which unit is free when; the drone and the boat stay at home."""

    def __init__(self, commune: DemoCommune) -> None:
        usable = [unit for unit in commune.units if unit.kind not in {UnitKind.BOAT, UnitKind.DRONE}]
        self._busy_until = dict.fromkeys((unit.callsign for unit in usable), datetime.min.replace(tzinfo=UTC))
        self._cars = {unit.callsign for unit in usable if unit.kind in {UnitKind.PICKUP, UnitKind.CAR}}
        self._of_sector: dict[str, list[str]] = {sector.name: [] for sector in commune.sectors}
        for unit in usable:
            self._of_sector[unit.sector].append(unit.callsign)

    def take(self, sector: str, at: datetime, rng: random.Random, *, urgent: bool) -> str | None:
        """Return a unit that is free at that instant, of the sector if there is one; a car where it is urgent."""
        for callsign in self._of_sector[sector]:
            if self._busy_until[callsign] <= at and (callsign in self._cars or not urgent):
                return callsign
        free = [
            callsign
            for callsign, until in self._busy_until.items()
            if until <= at and (callsign in self._cars or not urgent)
        ]
        return free[int(rng.random() * len(free))] if free else None

    def occupy(self, callsign: str, until: datetime) -> None:
        """Keep the unit busy."""
        self._busy_until[callsign] = until


def _pick(rng: random.Random, table: tuple[tuple[ClosingResult, int], ...]) -> ClosingResult:
    sums = _SUMS[id(table)]
    return table[bisect_right(sums, rng.random() * sums[-1])][0]


def _around(rng: random.Random, median_s: float, spread: float) -> timedelta:
    return timedelta(seconds=int(median_s * exp(rng.gauss(0.0, spread))))


def demo_incidents(
    seed: int,
    count: int,
    start: datetime,
    end: datetime,
    commune: DemoCommune | None = None,
    *,
    live: int = 12,
) -> Iterator[DemoIncident]:
    """Yield `count` incidents between two aware instants, in the order in which they were reported.

    The last `live` of them fall in the last hour or so, which keeps the queue of a demonstration busy whatever the
    count is.

    Raises:
        ValueError: the span is empty or an instant has no time zone.
    """
    if start.tzinfo is None or end.tzinfo is None or start >= end:
        raise ValueError("a demonstration needs two aware instants, the first before the second")
    generator = _Generator(seed, start, end, commune or commune_data.demo_commune(seed))
    return generator.incidents(count, min(live, count))


_LIVE_SPAN = timedelta(minutes=50)


class _Generator:
    def __init__(self, seed: int, start: datetime, end: datetime, commune: DemoCommune) -> None:
        self._rng = random.Random(f"incidents {seed}")
        self._end = end
        self._live_from = max(end - _LIVE_SPAN, start + (end - start) / 2)
        self._clockwork = _Clockwork(start, self._live_from)
        self._fleet = _Fleet(commune)
        self._streets = commune.streets
        self._sectors = [(sector.name, sector.lat, sector.lon) for sector in commune.sectors]
        self._callers = [
            (commune_data.phone(self._rng), commune_data.full_name(self._rng)) for _ in range(4000)
        ]

    def incidents(self, count: int, live: int) -> Iterator[DemoIncident]:
        rng, past = self._rng, count - live
        for place in range(past):
            at, month, hour = self._clockwork.moment((place + rng.random()) / past)
            yield self._incident(at, self._clockwork.code(rng, month, hour))
        span_s = (self._end - self._live_from).total_seconds()
        month, hour = formats.civil_date(self._end).month, formats.civil_hour(self._end)
        for place in range(live):
            share = ((place + rng.random()) / live) ** 0.7
            at = self._live_from + timedelta(seconds=int(share * span_s))
            yield self._incident(at, self._clockwork.code(rng, month, hour))

    def _incident(self, at: datetime, code: str) -> DemoIncident:
        rng = self._rng
        seed = TYPE_BY_CODE[code]
        channel = _CHANNELS[bisect_right(_CHANNEL_SUMS, rng.random() * _CHANNEL_SUMS[-1])][0]
        address, sector, lat, lon = self._place()
        text = narrative(rng, code)
        incident = DemoIncident(
            type_code=code,
            priority=seed.priority,
            status=IncidentStatus.CLASSIFIED,
            narrative=text,
            channel=channel,
            reported_at=at,
            address=address,
            reference=_REFERENCES[int(rng.random() * len(_REFERENCES))] if rng.random() < 0.3 else None,
            sector=sector,
            lat=lat,
            lon=lon,
            risks=_RISK_VALUES.get(code, ()),
            calls=[self._call(at, channel, text, CallResult.NEW_INCIDENT)],
        )
        while seed.priority.rank <= 3 and rng.random() < 0.12 and len(incident.calls) < 5:
            later = at + _around(rng, 240, 0.8)
            if later <= self._end:
                words = narrative(rng, code)
                incident.calls.append(self._call(later, Channel.SHORT_NUMBER, words, CallResult.ATTACHED))
        if rng.random() >= _NO_UNIT.get(code, 0.12):
            self._send(incident)
        self._refer(incident, seed.services)
        if not incident.assignments:
            closed_at = at + timedelta(minutes=2) + _around(rng, 420, 0.7)
            if closed_at <= self._end:
                incident.closed_at = closed_at
                incident.status = IncidentStatus.CLOSED
                incident.result = _pick(rng, _RESULTS_WITHOUT_UNIT)
        return incident

    def _place(self) -> tuple[str, str, float, float]:
        rng = self._rng
        street = self._streets[int(rng.random() * len(self._streets))]
        first, last = int(street.points[0][0]), int(street.points[-1][0])
        number = first + int(rng.random() * (last - first)) + 1
        position = street.locate(min(number, last)) or (street.points[0][1], street.points[0][2])
        lat, lon = position
        sector = street.sector or min(self._sectors, key=lambda s: (s[1] - lat) ** 2 + (s[2] - lon) ** 2)[0]
        return f"{street.name} {number}", sector, lat, lon

    def _call(self, at: datetime, channel: Channel, text: str, result: CallResult) -> DemoCall:
        rng = self._rng
        phone = name = None
        if channel in _WITH_CALLER:
            phone, name = self._callers[int(rng.random() ** 2 * len(self._callers))]
            if rng.random() < 0.25:
                name = None
        return DemoCall(
            at, at + timedelta(seconds=2 + int(rng.random() * 25)), channel, phone, name, text, result
        )

    def _send(self, incident: DemoIncident) -> None:
        rng, at = self._rng, incident.reported_at
        targets = DEFAULT_TARGETS[incident.priority]
        assigned_at = at + _MINIMUM_GAP + _around(rng, min(targets.dispatch_s, 900) * 0.6, 0.6)
        callsign = self._fleet.take(incident.sector, assigned_at, rng, urgent=incident.priority.rank <= 2)
        if callsign is None:
            return
        en_route_at = assigned_at + _MINIMUM_GAP + _around(rng, 45, 0.5)
        on_scene_at = en_route_at + _MINIMUM_GAP + _around(rng, min(targets.arrival_s, 3000) * 0.55, 0.5)
        released_at = on_scene_at + _MINIMUM_GAP + _around(rng, 900, 0.6)
        self._fleet.occupy(callsign, released_at)
        if assigned_at > self._end:
            return
        times = [
            moment if moment <= self._end else None for moment in (en_route_at, on_scene_at, released_at)
        ]
        incident.assignments.append(DemoAssignment(callsign, assigned_at, *times))
        if incident.priority is Priority.P1 and rng.random() < 0.5:
            self._support(incident, on_scene_at, released_at)
        incident.dispatched_at = assigned_at
        incident.en_route_at, incident.arrived_at, incident.controlled_at = times
        incident.status = _status(times)
        closed_at = released_at + timedelta(seconds=60 + int(rng.random() * 600))
        if times[2] is not None and closed_at <= self._end:
            incident.closed_at = closed_at
            incident.status = IncidentStatus.CLOSED
            crime = incident.type_code[0] in _CRIMINAL
            incident.result = _pick(rng, _RESULTS_OF_CRIME if crime else _RESULTS_WITH_UNIT)

    def _support(self, incident: DemoIncident, on_scene_at: datetime, released_at: datetime) -> None:
        assigned_at = incident.assignments[0].assigned_at + timedelta(seconds=30)
        callsign = self._fleet.take(incident.sector, assigned_at, self._rng, urgent=True)
        if callsign is None or assigned_at > self._end:
            return
        self._fleet.occupy(callsign, released_at)
        steps = (assigned_at + timedelta(seconds=50), on_scene_at + timedelta(seconds=70), released_at)
        times = [moment if moment <= self._end else None for moment in steps]
        incident.assignments.append(DemoAssignment(callsign, assigned_at, *times))

    def _refer(self, incident: DemoIncident, services: tuple[str, ...]) -> None:
        rng = self._rng
        chance = (0.9, 0.5, 0.25, 0.5)[incident.priority.rank - 1]
        for service in services[:2]:
            if rng.random() >= chance:
                continue
            requested_at = incident.reported_at + timedelta(seconds=40 + int(rng.random() * 200))
            if requested_at > self._end:
                continue
            arrived_at = requested_at + _around(rng, 1100, 0.6) if rng.random() < 0.6 else None
            if arrived_at is not None and arrived_at > self._end:
                incident.referrals.append(DemoReferral(service, requested_at, None, ReferralStatus.ACCEPTED))
            else:
                done = ReferralStatus.DONE if arrived_at is not None else ReferralStatus.ACCEPTED
                incident.referrals.append(DemoReferral(service, requested_at, arrived_at, done))


def _status(times: list[datetime | None]) -> IncidentStatus:
    reached = sum(moment is not None for moment in times)
    order = (
        IncidentStatus.DISPATCHED,
        IncidentStatus.EN_ROUTE,
        IncidentStatus.ON_SCENE,
        IncidentStatus.CONTROLLED,
    )
    return order[reached]
