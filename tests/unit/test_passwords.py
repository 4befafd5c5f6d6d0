"""Passwords are hashed slowly and compared the same way for everybody; guessing them takes ever longer."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from desktop.core import passwords
from desktop.core.errors import FieldError
from desktop.core.passwords import (
    FREE_TRIES,
    STATION_PATIENCE,
    USER_PATIENCE,
    Patience,
    Throttle,
    hash_password,
    needs_rehash,
    verify,
)

START = datetime(2026, 3, 16, 17, 0, tzinfo=UTC)
LONGEST = timedelta(minutes=15)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001 - made aware below
    lambda naive: naive.replace(tzinfo=UTC)
)
patiences = st.sampled_from([USER_PATIENCE, STATION_PATIENCE])


def test_only_the_right_password_is_accepted() -> None:
    stored = hash_password("clave larga 1")

    assert verify(stored, "clave larga 1")
    assert not verify(stored, "clave larga 2")
    assert not verify(stored, "")
    assert "clave" not in stored
    assert hash_password("clave larga 1") != stored


def test_a_password_typed_where_accents_are_split_is_the_same_one() -> None:
    assert verify(hash_password("contraseña ñandú"), "contrasen\u0303a n\u0303andu\u0301")


@pytest.mark.parametrize("stored", [None, "", "no es una huella", "$argon2id$v=19$m=1"])
def test_an_unknown_user_or_a_damaged_hash_matches_nothing(stored: str | None) -> None:
    assert not verify(stored, "nobody has this password")


def test_an_unknown_user_costs_the_same_work_as_a_known_one() -> None:
    assert extract_parameters(passwords.NOBODY) == extract_parameters(hash_password("clave larga 1"))


def test_a_short_password_is_refused_beside_its_field() -> None:
    with pytest.raises(FieldError, match="al menos 10") as caught:
        hash_password("corta")

    assert caught.value.field == "password"


def test_a_hash_of_weaker_parameters_is_made_again() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("clave larga 1")

    assert needs_rehash(weak)
    assert not needs_rehash(hash_password("clave larga 1"))


def after(failures: int, now: datetime = START, patience: Patience = USER_PATIENCE) -> Throttle:
    state = Throttle(patience=patience)
    for _ in range(failures):
        state = state.failed(now)
    return state


def test_the_first_tries_are_free_and_then_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [
        after(failures).wait(START).total_seconds() for failures in range(FREE_TRIES - 1, FREE_TRIES + 8)
    ]

    assert waits == [0, 30, 60, 120, 240, 480, 900, 900, 900]


def test_a_station_under_many_names_slows_down_and_locks_nobody_out() -> None:
    assert after(STATION_PATIENCE.free_tries - 1, patience=STATION_PATIENCE).wait(START) == timedelta(0)
    assert after(500, patience=STATION_PATIENCE).wait(START) == timedelta(seconds=30)


@given(failures=st.integers(0, 10**6), now=instants, patience=patiences)
def test_every_wait_ends(failures: int, now: datetime, patience: Patience) -> None:
    state = Throttle(failures, now, patience)

    wait = state.wait(now)

    assert timedelta(0) <= wait <= patience.longest_wait
    assert state.wait(now + wait) == timedelta(0)


@given(failures=st.integers(FREE_TRIES, 50), failed_at=instants, moved_to=instants)
def test_a_clock_set_back_unlocks_nothing_and_locks_nobody_for_long(
    failures: int, failed_at: datetime, moved_to: datetime
) -> None:
    state = Throttle(failures, failed_at)
    if moved_to >= failed_at:
        moved_to = failed_at - (moved_to - failed_at) - timedelta(seconds=1)

    seen = state.seen(moved_to)

    assert seen.wait(moved_to) == state.wait(failed_at)
    assert seen.wait(moved_to + LONGEST) == timedelta(0)


@given(
    failures=st.integers(0, 50), failed_at=instants, later=st.timedeltas(timedelta(0), timedelta(days=900))
)
def test_looking_at_the_clock_as_it_goes_on_changes_nothing(
    failures: int, failed_at: datetime, later: timedelta
) -> None:
    state = Throttle(failures, failed_at)

    assert state.seen(failed_at + later) == state


@given(failures=st.integers(0, 50), failed_at=instants, now=instants)
def test_a_restart_forgets_nothing(failures: int, failed_at: datetime, now: datetime) -> None:
    state = Throttle(failures, failed_at)
    kept = json.dumps({"failures": state.failures, "seen_at": failed_at.isoformat()})

    held = json.loads(kept)
    again = Throttle(held["failures"], datetime.fromisoformat(held["seen_at"]))

    assert again == state
    assert again.wait(now) == state.wait(now)


@given(
    steps=st.lists(st.tuples(st.timedeltas(timedelta(0), timedelta(hours=1)), st.booleans()), max_size=60),
    patience=patiences,
)
def test_no_run_of_tries_gets_more_guesses_than_the_waits_allow(
    steps: list[tuple[timedelta, bool]], patience: Patience
) -> None:
    """Whoever guesses wrong and moves the clock back between tries gets no more of them than who waits."""
    state, now, elapsed, guesses = Throttle(patience=patience), START, timedelta(0), 0
    for pause, moves_back in steps:
        now += -pause if moves_back else pause
        elapsed += timedelta(0) if moves_back else pause
        state = state.seen(now)
        if state.wait(now) == timedelta(0):
            state = state.failed(now)
            guesses += 1

    assert guesses <= patience.free_tries + elapsed / patience.first_wait + 1


def test_the_right_password_makes_the_count_begin_again() -> None:
    assert after(40).succeeded() == Throttle()
    assert after(40, patience=STATION_PATIENCE).succeeded() == Throttle(patience=STATION_PATIENCE)
