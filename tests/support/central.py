"""A command centre with its catalogues and three units, and short ways to work in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from desktop.models.catalogues import IncidentType, Protocol, Sector, Service, Street
from desktop.models.fleet import Unit
from desktop.models.incidents import seeds
from desktop.models.incidents.states import UnitStatus
from desktop.models.people import User
from desktop.models.roles import Role
from desktop.operations.context import Actor, Context, ReadContext
from desktop.operations.incidents.intake import open_incident
from desktop.operations.incidents.values import IncidentRef, IntakeDraft
from desktop.store.store import Store
from desktop.store.unit_of_work import Author, UnitOfWork
from tests.support.clock import FakeClock
from tests.support.profiles import open_store

T = TypeVar("T")


def somebody(*roles: Role, number: int, name: str) -> Actor:
    return Actor(UUID(int=number), name, "", frozenset(roles), "Central 1", "K7")


SUPERVISOR = somebody(Role.SHIFT_SUPERVISOR, number=7, name="Marta Soto")
OPERATOR = somebody(Role.OPERATOR, number=8, name="Pedro Rivas")
SECOND = somebody(Role.OPERATOR, number=9, name="Ana Cayún")
CAMERAS = somebody(Role.CAMERA_OPERATOR, number=10, name="Luis Ojeda")
PSYCHOLOGIST = somebody(Role.PSYCHOLOGIST, number=11, name="Eva Ríos")
ANALYST = somebody(Role.ANALYST, number=12, name="Iván Soto")


@dataclass
class Central:
    store: Store
    clock: FakeClock
    units: dict[str, UUID] = field(default_factory=dict)
    services: dict[str, UUID] = field(default_factory=dict)
    actor: Actor = OPERATOR

    def do(self, operation: Callable[..., T], *args: Any, by: Actor | None = None, **kwargs: Any) -> T:
        """Run an operation in a unit of work of its own."""
        actor = by or self.actor

        def body(unit: UnitOfWork) -> T:
            ctx = Context(unit.session, self.clock, actor, actor.rights, self.store.search, unit)
            return operation(ctx, *args, **kwargs)

        author = Author(actor.user_id, actor.station, actor.device)
        return self.store.write(author, "", body).result()

    def ask(self, query: Callable[..., T], *args: Any, by: Actor | None = None, **kwargs: Any) -> T:
        """Run a query."""
        actor = by or self.actor

        def body(session: Session) -> T:
            ctx = ReadContext(session, self.clock, actor, actor.rights, self.store.search)
            return query(ctx, *args, **kwargs)

        return self.store.read(body).result()

    def row(self, model: type[T], record_id: UUID) -> T:
        """Read a record as it is stored."""
        found: T = self.ask(lambda ctx: ctx.session.get_one(model, record_id))
        return found

    def open(self, narrative: str = "", **values: Any) -> IncidentRef:
        values.setdefault("address", "Picarte 1120")
        return self.do(open_incident, IntakeDraft(narrative=narrative or "ruidos molestos, fiesta", **values))


def _fill(ctx: Context, central: Central) -> None:
    for seed in seeds.TYPES:
        ctx.add(
            IncidentType(
                code=seed.code,
                title=seed.title,
                family=seed.family,
                priority=seed.priority,
                services=seed.services,
                raised_to=seed.raised_to.value if seed.raised_to else None,
                is_sensitive=seed.is_sensitive,
                is_dmcs=seed.is_dmcs,
            )
        )
    for place, service in enumerate(seeds.SERVICES[:6]):
        central.services[service.short_name] = ctx.add(
            Service(name=service.name, short_name=service.short_name, phone=service.phone, order=place)
        ).id
    ctx.add(Protocol(title="Primeros pasos", type_codes=("A",), version=1, steps=("Ubicar", "Avisar al 133")))
    ctx.add(
        Protocol(title="Primeros pasos", type_codes=("A",), version=2, steps=("Ubicar", "Avisar", "Anotar"))
    )
    ctx.add(Sector(name="Centro", lat=-39.814, lon=-73.246))
    ctx.add(
        Street(
            name="Avenida Ramón Picarte",
            sector="Centro",
            number_from=300,
            number_to=3000,
            points=([300, -39.814, -73.24], [3000, -39.824, -73.21]),
        )
    )
    for callsign, lat, lon in (("M21", -39.815, -73.24), ("M22", -39.83, -73.22), ("M23", None, None)):
        central.units[callsign] = ctx.add(
            Unit(
                callsign=callsign,
                status=UnitStatus.AVAILABLE,
                status_at=ctx.now,
                sector="Centro",
                lat=lat,
                lon=lon,
                position_at=ctx.now if lat else None,
            )
        ).id
    for actor in (SUPERVISOR, OPERATOR, SECOND, CAMERAS):
        user = User(
            id=actor.user_id,
            username=actor.name.split()[0].lower(),
            full_name=actor.name,
            roles=tuple(role.value for role in actor.roles),
        )
        ctx.add(user)


@contextmanager
def open_central(folder: Path) -> Iterator[Central]:
    clock = FakeClock()
    with open_store(folder / "atalaya.db", clock=clock) as store:
        central = Central(store, clock)
        central.do(_fill, central, by=SUPERVISOR)
        yield central
