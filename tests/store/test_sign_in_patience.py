"""Guessing at the sign-in gets ever slower, whatever the clock does and whatever names are tried."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.core.errors import UserError
from desktop.core.passwords import FREE_TRIES, STATION_PATIENCE
from desktop.core.paths import Profile
from desktop.models.roles import Role
from desktop.operations.station import Station, StationIdentity
from desktop.operations.users import add_user, sign_in
from tests.support.clock import FakeClock
from tests.support.profiles import KEYS

RIGHT = "clave larga 1"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def station(tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    monkeypatch.setattr("desktop.operations.users.verify", lambda _stored, typed: typed == RIGHT)
    with Station(Profile(tmp_path), KEYS, StationIdentity("Central 1", "K7"), clock) as opened:
        opened.write_as(
            opened.system,
            lambda ctx: add_user(
                ctx, username="msoto", full_name="Marta Soto", password=RIGHT, roles=(Role.OPERATOR,)
            ),
        ).result()
        yield opened


def fail(station: Station, times: int, name: str = "msoto") -> None:
    for _ in range(times):
        with pytest.raises(UserError, match="no coinciden"):
            sign_in(station, name, "mala")


def test_after_the_free_tries_even_the_right_password_waits(station: Station, clock: FakeClock) -> None:
    fail(station, FREE_TRIES)
    with pytest.raises(UserError, match="Demasiados intentos"):
        sign_in(station, "msoto", RIGHT)

    clock.advance(30)

    assert sign_in(station, "msoto", RIGHT).name == "Marta Soto"


def test_a_clock_set_back_neither_frees_nor_locks_for_years(station: Station, clock: FakeClock) -> None:
    clock.jump(timedelta(days=4000).total_seconds())
    fail(station, FREE_TRIES)
    clock.jump(-timedelta(days=4000).total_seconds())
    with pytest.raises(UserError, match="Demasiados intentos"):
        sign_in(station, "msoto", RIGHT)

    clock.advance(30)

    assert sign_in(station, "msoto", RIGHT).name == "Marta Soto"


def test_tries_under_many_names_wait_too_and_never_for_long(station: Station, clock: FakeClock) -> None:
    for number in range(STATION_PATIENCE.free_tries):
        fail(station, 1, f"nadie{number}")
    with pytest.raises(UserError, match="Demasiados intentos"):
        sign_in(station, "msoto", RIGHT)

    clock.advance(STATION_PATIENCE.longest_wait.total_seconds())

    assert sign_in(station, "msoto", RIGHT).name == "Marta Soto"
