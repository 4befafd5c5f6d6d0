"""An opened station with somebody seated, for tests of operations and of pages over real operations."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from desktop.core.paths import Profile
from desktop.models.roles import Role
from desktop.operations.context import Actor
from desktop.operations.station import Station, StationIdentity
from tests.support.clock import FakeClock
from tests.support.profiles import KEYS

SUPERVISOR = Actor(UUID(int=7), "Marta Soto", "MS", frozenset({Role.SHIFT_SUPERVISOR}), "Central 1", "K7")


def somebody(*roles: Role, number: int = 8, name: str = "Pedro Rivas") -> Actor:
    return replace(SUPERVISOR, user_id=UUID(int=number), name=name, roles=frozenset(roles))


@contextmanager
def open_station(folder: Path, actor: Actor | None = SUPERVISOR) -> Iterator[Station]:
    profile = Profile(folder)
    with Station(profile, KEYS, StationIdentity("Central 1", "K7"), FakeClock()) as station:
        station.seat(actor)
        yield station
