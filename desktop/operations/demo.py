"""A fictitious commune with a year of work, to try the program and to measure it. Deterministic by seed.

Its password and passphrase are public, printed in the README: everything in it is invented.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from desktop.core import vault
from desktop.core.clock import Clock, civil_day
from desktop.core.i18n import N_, tr
from desktop.core.ids import new_id
from desktop.core.paths import Profile
from desktop.models.catalogues import IncidentType, Sector, Service, Street
from desktop.models.demo import DemoAssignment, DemoIncident, demo_incidents
from desktop.models.demo_commune import DemoCommune, demo_commune
from desktop.models.demo_shifts import demo_shifts
from desktop.models.fleet import Unit
from desktop.models.incidents.places import place_key
from desktop.models.incidents.records import (
    Assignment,
    Call,
    Incident,
    IncidentLine,
    Referral,
    UnitStatusChange,
)
from desktop.models.incidents.states import LineKind, PlaceSource, UnitStatus
from desktop.models.people import StaffMember
from desktop.models.roles import Department, Role
from desktop.models.shifts import Shift, ShiftMember, ShiftStatus
from desktop.operations.context import Context
from desktop.operations.setup import NewStation, set_up
from desktop.operations.station import Station
from desktop.operations.users import add_user, sign_in
from desktop.register.record import Confidentiality, Record
from desktop.store.threads import Urgency

SEED = 20_260_101
USUAL_COUNT = 6_000
"""About a year of a commune of forty thousand."""
DEMO_USER: Final = "demo"
DEMO_PASSWORD: Final = "puerto esperanza"  # noqa: S105 - public on purpose
DEMO_PASSPHRASE: Final = "puerto esperanza es una comuna inventada"  # noqa: S105 - public on purpose
_SHIFT_SPAN = timedelta(days=30)
_CHUNK = 250
_PEOPLE: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    (
        DEMO_USER,
        "Marta Soto Ñancupil",
        (Role.SHIFT_SUPERVISOR, Role.OPERATOR, Role.ADMINISTRATOR, Role.AUDITOR),
    ),
    ("operador", "Pedro Rivas O'Ryan", (Role.OPERATOR, Role.DISPATCHER)),
    ("directora", "Elena Vargas Huenchumán", (Role.DIRECTOR,)),
    ("control", "Raúl Cárcamo Díaz", (Role.AUDITOR,)),
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Type:
    is_sensitive: bool
    confidentiality: Confidentiality
    title: str


@dataclass(frozen=True, slots=True)
class _Known:
    types: Mapping[str, _Type]
    services: Mapping[str, tuple[UUID, str]]


def municipality_name(seed: int = SEED) -> str:
    """Return what the example municipality is called."""
    return tr(N_("Municipalidad de {commune}"), commune=demo_commune(seed).name)


def make_demo(
    profile: Profile,
    clock: Clock,
    count: int = USUAL_COUNT,
    seed: int = SEED,
    progress: Progress = lambda _done, _all: None,
) -> Station:
    """Set up an example station in an empty profile, fill it, and seat its supervisor.

    Its keys go to the system's keyring; where there is none, the public passphrase seals them.

    Raises:
        Unavailable: the folder cannot be written.
    """
    passphrase = None if vault.keyring_is_available() else DEMO_PASSPHRASE
    commune = demo_commune(seed)
    made = set_up(
        profile,
        NewStation(
            municipality=municipality_name(seed),
            commune=commune.name,
            name=tr(N_("Central 1")),
            device="K7",
            admin_username=_PEOPLE[0][0],
            admin_name=_PEOPLE[0][1],
            admin_password=DEMO_PASSWORD,
            passphrase=passphrase,
        ),
        clock,
        is_demo=True,
    )
    station = made.station
    try:
        fill(station, commune, count, seed, progress)
        sign_in(station, DEMO_USER, DEMO_PASSWORD)
    except BaseException:
        station.close()
        raise
    return station


def fill(station: Station, commune: DemoCommune, count: int, seed: int, progress: Progress) -> None:
    """Write people, places, units, shifts and `count` incidents ending now into a station."""
    now = station.clock.now()

    def write(fn: Callable[[Context], Any]) -> Any:
        return station.write_as(station.system, fn, Urgency.BULK).result()

    def add_people(ctx: Context) -> None:
        for username, full_name, roles in _PEOPLE[1:]:
            add_user(ctx, username=username, full_name=full_name, password=DEMO_PASSWORD, roles=roles)

    write(add_people)
    units: dict[str, UUID] = write(lambda ctx: _catalogues(ctx, commune))
    write(lambda ctx: _shifts(ctx, commune, units, now))
    known: _Known = write(_known)
    incidents = demo_incidents(seed, count, now - timedelta(days=365), now, commune)
    done = 0
    while chunk := tuple(islice(incidents, _CHUNK)):
        write(partial(_incidents, incidents=chunk, units=units, known=known))
        done += len(chunk)
        progress(done, count)


def _catalogues(ctx: Context, commune: DemoCommune) -> dict[str, UUID]:
    """Write sectors, streets, staff and units; return the units' ids by callsign."""
    ctx.name_operation("demo.catalogues")
    ctx.add_rows(
        Sector,
        [
            {"name": item.name, "quadrant": item.quadrant, "lat": item.lat, "lon": item.lon}
            for item in commune.sectors
        ],
    )
    ctx.add_rows(
        Street,
        [
            {
                "name": item.name,
                "sector": item.sector,
                "number_from": item.number_from,
                "number_to": item.number_to,
                "points": item.points,
            }
            for item in commune.streets
        ],
    )
    ctx.add_rows(
        StaffMember,
        [
            {
                "full_name": item.full_name,
                "run": item.run,
                "post": Role(item.post),
                "callsign": item.callsign,
                "phone": item.phone,
                "department": Department.CITIZEN_SECURITY,
            }
            for item in commune.staff
        ],
    )
    ids = {item.callsign: new_id() for item in commune.units}
    ctx.add_rows(
        Unit,
        [
            {
                "id": ids[item.callsign],
                "callsign": item.callsign,
                "kind": item.kind,
                "plate": item.plate,
                "crew": item.crew,
                "sector": item.sector,
                "equipment": item.equipment,
                "status": UnitStatus.AVAILABLE,
                "status_at": ctx.now,
                "lat": item.lat,
                "lon": item.lon,
                "position_at": ctx.now,
            }
            for item in commune.units
        ],
    )
    return ids


def _shifts(ctx: Context, commune: DemoCommune, units: Mapping[str, UUID], now: datetime) -> None:
    """Write the shifts of the last month with their rosters; the one that covers `now` is open."""
    ctx.name_operation("demo.shifts")
    shifts: list[dict[str, Any]] = []
    members: list[dict[str, Any]] = []
    for shift in demo_shifts(commune, civil_day(now - _SHIFT_SPAN), civil_day(now)):
        if shift.starts_at > now:
            continue
        shift_id = new_id()
        is_now = shift.starts_at <= now < shift.ends_at
        shifts.append(
            {
                "id": shift_id,
                "kind": shift.kind,
                "day": shift.day,
                "starts_at": shift.starts_at,
                "ends_at": shift.ends_at,
                "status": ShiftStatus.OPEN if is_now else ShiftStatus.HANDED_OVER,
            }
        )
        members.extend(
            {
                "shift_id": shift_id,
                "full_name": member.full_name,
                "post": tr(Role(member.post).label),
                "unit_id": units.get(member.callsign or ""),
            }
            for member in shift.members
        )
    ctx.add_rows(Shift, shifts)
    ctx.add_rows(ShiftMember, members)


def _known(ctx: Context) -> _Known:
    """Return what incidents refer to."""
    kinds = ctx.session.scalars(select(IncidentType))
    services = ctx.session.scalars(select(Service))
    return _Known(
        {
            kind.code: _Type(
                kind.is_sensitive,
                Confidentiality(kind.raised_to) if kind.raised_to else Confidentiality.INTERNAL,
                kind.title,
            )
            for kind in kinds
        },
        {service.short_name: (service.id, service.name) for service in services},
    )


def _incidents(
    ctx: Context, incidents: Sequence[DemoIncident], units: Mapping[str, UUID], known: _Known
) -> None:
    """Write a chunk of incidents with their calls, lines, assignments, unit states and referrals."""
    ctx.name_operation("demo.incidents")
    codes = ctx.unit.allot_codes(Incident, len(incidents))
    calls = ctx.unit.allot_codes(Call, sum(len(item.calls) for item in incidents))
    rows = _Rows(ctx.actor.name, units, known, iter(calls))
    for item, code in zip(incidents, codes, strict=True):
        rows.add(item, code)
    for model, values in rows.by_model.items():
        ctx.add_rows(model, values)
    for unit_id, (status, at, incident_id) in rows.busy.items():
        unit = ctx.get(Unit, unit_id)
        unit.status, unit.status_at, unit.incident_id = status, at, incident_id


class _Rows:
    """The rows of a chunk, by model."""

    def __init__(
        self, author: str, units: Mapping[str, UUID], known: _Known, call_codes: Iterator[str]
    ) -> None:
        self._author = author
        self._units = units
        self._known = known
        self._call_codes = call_codes
        self.busy: dict[UUID, tuple[UnitStatus, datetime, UUID]] = {}
        self.by_model: dict[type[Record], list[dict[str, Any]]] = {
            model: [] for model in (Incident, Call, IncidentLine, Assignment, UnitStatusChange, Referral)
        }

    def add(self, item: DemoIncident, code: str) -> None:
        incident_id = new_id()
        kind = self._known.types[item.type_code]
        place = {
            "address": item.address,
            "reference": item.reference,
            "sector": item.sector,
            "lat": item.lat,
            "lon": item.lon,
            "place_source": PlaceSource.ADDRESS,
            "place_key": place_key(item.address),
        }
        secrecy = {"confidentiality": kind.confidentiality}
        self.by_model[Incident].append(
            {
                "id": incident_id,
                "code": code,
                "type_code": item.type_code,
                "priority": item.priority,
                "is_sensitive": kind.is_sensitive,
                "status": item.status,
                "narrative": item.narrative,
                "risks": item.risks,
                "channel": item.channel,
                "reported_at": item.reported_at,
                "dispatched_at": item.dispatched_at,
                "en_route_at": item.en_route_at,
                "arrived_at": item.arrived_at,
                "controlled_at": item.controlled_at,
                "closed_at": item.closed_at,
                "result": item.result,
                **place,
                **secrecy,
            }
        )
        created = tr(N_("Creado · {channel}"), channel=tr(item.channel.label))
        self._line(incident_id, LineKind.CREATED, created, item.reported_at, secrecy)
        for call in item.calls:
            self.by_model[Call].append(
                {
                    "code": next(self._call_codes),
                    "received_at": call.received_at,
                    "answered_at": call.answered_at,
                    "channel": call.channel,
                    "phone": call.phone,
                    "caller_name": call.caller_name,
                    "is_anonymous": call.caller_name is None,
                    "text": call.text,
                    "result": call.result,
                    "incident_id": incident_id,
                    **place,
                    **secrecy,
                }
            )
        for assignment in item.assignments:
            self._assignment(incident_id, assignment, secrecy)
        for referral in item.referrals:
            service_id, name = self._known.services.get(referral.service, (None, referral.service))
            self.by_model[Referral].append(
                {
                    "incident_id": incident_id,
                    "service_id": service_id,
                    "service_name": name,
                    "requested_at": referral.requested_at,
                    "arrived_at": referral.arrived_at,
                    "status": referral.status,
                    **secrecy,
                }
            )
            self._line(
                incident_id,
                LineKind.REFERRAL,
                tr(N_("Se pide {service}"), service=name),
                referral.requested_at,
                secrecy,
            )
        if item.closed_at is not None and item.result is not None:
            self._line(incident_id, LineKind.CLOSED, tr(item.result.label), item.closed_at, secrecy)

    def _assignment(self, incident_id: UUID, item: DemoAssignment, secrecy: Mapping[str, Any]) -> None:
        unit_id = self._units[item.callsign]
        self.by_model[Assignment].append(
            {
                "incident_id": incident_id,
                "unit_id": unit_id,
                "callsign": item.callsign,
                "assigned_at": item.assigned_at,
                "en_route_at": item.en_route_at,
                "on_scene_at": item.on_scene_at,
                "released_at": item.released_at,
                **secrecy,
            }
        )
        steps = (
            (UnitStatus.ASSIGNED, item.assigned_at),
            (UnitStatus.EN_ROUTE, item.en_route_at),
            (UnitStatus.ON_SCENE, item.on_scene_at),
            (UnitStatus.AVAILABLE, item.released_at),
        )
        for status, at in steps:
            if at is None:
                continue
            self.by_model[UnitStatusChange].append(
                {"unit_id": unit_id, "status": status, "at": at, "incident_id": incident_id}
            )
            self._line(
                incident_id, LineKind.UNIT_STATUS, f"{item.callsign} · {tr(status.label)}", at, secrecy
            )
            if item.released_at is None:
                self.busy[unit_id] = (status, at, incident_id)

    def _line(
        self, incident_id: UUID, kind: LineKind, text: str, at: datetime, secrecy: Mapping[str, Any]
    ) -> None:
        self.by_model[IncidentLine].append(
            {
                "incident_id": incident_id,
                "kind": kind,
                "text": text,
                "at": at,
                "author_name": self._author,
                **secrecy,
            }
        )
