"""The second factor at the sign-in: codes work once, guessing gets slower, and the secret is nowhere in clear."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

from desktop.core.errors import FieldError, NotAllowed, UserError
from desktop.core.passwords import FREE_TRIES
from desktop.core.paths import Profile
from desktop.core.second_factor import STEP_S, CodeNeeded, code_of, step_at
from desktop.models.people import User
from desktop.models.roles import Role
from desktop.operations.backups import make_backup, restore
from desktop.operations.second_factor import (
    MAY_WAIT,
    PAPER_CODES,
    TRUSTED_FOR,
    SecondFactor,
    reset_second_factor,
)
from desktop.operations.setup import open_station
from desktop.operations.station import Station
from desktop.operations.users import sign_in
from desktop.store.engine import connect
from tests.support.clock import FakeClock
from tests.support.made import PASSWORD, PHRASE, Made, make_station

USER = "msoto"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    monkeypatch.setattr("desktop.operations.users.verify", lambda _stored, typed: typed == PASSWORD)
    return make_station(tmp_path / "estacion", monkeypatch)


@pytest.fixture
def station(made: Made, clock: FakeClock) -> Iterator[Station]:
    with open_station(made.profile, made.master, clock) as opened:
        sign_in(opened, USER, PASSWORD)
        yield opened


def enrol(station: Station) -> tuple[str, tuple[str, ...]]:
    factor = SecondFactor(station)
    enrolment = factor.begin()
    return enrolment.secret, factor.confirm(enrolment, now_code(station, enrolment.secret))


def now_code(station: Station, secret: str) -> str:
    return code_of(secret, step_at(station.clock.now()))


def everything_in(made: Made) -> bytes:
    """Return every value of every table of the opened database, the journal's entries unpacked."""
    connection = connect(made.profile.database, made.master.database)
    found = []
    try:
        tables = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'search_text%'"
        ).fetchall()
        for (table,) in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - names of our own tables
                found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    finally:
        connection.close()
    return b"\n".join(found + [unpacked(value) for value in found])


def unpacked(value: bytes) -> bytes:
    try:
        return zstandard.ZstdDecompressor().decompress(value, max_output_size=10_000_000)
    except zstandard.ZstdError:
        return b""


def test_who_has_a_second_factor_needs_the_code_after_the_password(
    station: Station, clock: FakeClock
) -> None:
    secret, _ = enrol(station)
    clock.advance(2 * STEP_S)

    with pytest.raises(CodeNeeded):
        sign_in(station, USER, PASSWORD)

    assert sign_in(station, USER, PASSWORD, now_code(station, secret)).name == "Marta Soto"


def test_a_wrong_password_never_comes_to_the_code(station: Station, clock: FakeClock) -> None:
    secret, _ = enrol(station)
    clock.advance(2 * STEP_S)

    with pytest.raises(UserError, match="no coinciden"):
        sign_in(station, USER, "otra clave larga", now_code(station, secret))


def test_a_code_that_was_used_is_refused(station: Station, clock: FakeClock) -> None:
    secret, _ = enrol(station)
    clock.advance(2 * STEP_S)
    code = now_code(station, secret)
    sign_in(station, USER, PASSWORD, code)

    with pytest.raises(FieldError, match="ya se usó") as refused:
        sign_in(station, USER, PASSWORD, code)

    assert refused.value.field == "code"


def test_the_code_that_enrolled_does_not_sign_in(station: Station) -> None:
    secret, _ = enrol(station)

    with pytest.raises(FieldError):
        sign_in(station, USER, PASSWORD, now_code(station, secret))


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_telephone_may_be_half_a_minute_off(station: Station, clock: FakeClock, steps: int) -> None:
    secret, _ = enrol(station)
    clock.advance(10 * STEP_S)

    actor = sign_in(station, USER, PASSWORD, code_of(secret, step_at(clock.now()) + steps))

    assert actor.name == "Marta Soto"


def test_a_code_of_another_hour_says_which_hour_the_station_has(station: Station, clock: FakeClock) -> None:
    secret, _ = enrol(station)
    clock.advance(100 * STEP_S)

    with pytest.raises(FieldError, match=r"Esta estación tiene las \d\d:\d\d:\d\d"):
        sign_in(station, USER, PASSWORD, code_of(secret, step_at(clock.now()) - 20))


def test_each_paper_code_opens_once(station: Station) -> None:
    _, papers = enrol(station)
    for paper in papers[:2]:
        sign_in(station, USER, PASSWORD, paper.lower())

    with pytest.raises(FieldError):
        sign_in(station, USER, PASSWORD, papers[0])

    assert len(papers) == PAPER_CODES
    assert SecondFactor(station).standing().papers_left == PAPER_CODES - 2


def test_guessing_codes_waits_even_with_the_right_password(station: Station, clock: FakeClock) -> None:
    secret, _ = enrol(station)
    clock.advance(2 * STEP_S)
    for _ in range(FREE_TRIES):
        with pytest.raises(FieldError):
            sign_in(station, USER, PASSWORD, "12 34")

    with pytest.raises(UserError, match="Demasiados intentos"):
        sign_in(station, USER, PASSWORD, now_code(station, secret))
    clock.advance(30)

    assert sign_in(station, USER, PASSWORD, now_code(station, secret)).name == "Marta Soto"


def test_a_change_of_person_asks_no_code_of_who_gave_one_here_in_the_shift(
    station: Station, clock: FakeClock
) -> None:
    enrol(station)
    clock.advance(TRUSTED_FOR.total_seconds() - 1)

    assert sign_in(station, USER, PASSWORD, is_change=True).name == "Marta Soto"
    with pytest.raises(CodeNeeded):
        sign_in(station, USER, PASSWORD)
    clock.advance(1)
    with pytest.raises(CodeNeeded):
        sign_in(station, USER, PASSWORD, is_change=True)


def test_a_clock_set_back_trusts_nobody(station: Station, clock: FakeClock) -> None:
    enrol(station)
    clock.jump(-3600)

    with pytest.raises(CodeNeeded):
        sign_in(station, USER, PASSWORD, is_change=True)


def test_whose_role_needs_it_is_asked_and_may_put_it_off_for_some_days(
    station: Station, clock: FakeClock
) -> None:
    factor = SecondFactor(station)

    first = factor.standing()
    clock.advance(MAY_WAIT.total_seconds())
    later = factor.standing()

    assert (first.must_enrol, first.may_wait) == (True, True)
    assert (later.must_enrol, later.may_wait) == (True, False)
    assert not factor.standing(is_invented=True).must_enrol


def test_a_wrong_code_keeps_nothing(station: Station) -> None:
    factor = SecondFactor(station)

    with pytest.raises(FieldError):
        factor.confirm(factor.begin(), "12 34")

    assert not factor.standing().is_on


def test_an_administrator_takes_it_away_and_the_journal_says_so(station: Station) -> None:
    enrol(station)
    actor = station.actor
    assert actor is not None
    operator = replace(actor, roles=frozenset({Role.OPERATOR}))
    with pytest.raises(NotAllowed):
        station.write_as(operator, lambda ctx: reset_second_factor(ctx, actor.user_id)).result()

    station.write(lambda ctx: reset_second_factor(ctx, actor.user_id)).result()

    assert sign_in(station, USER, PASSWORD, is_change=True).name == "Marta Soto"
    assert not SecondFactor(station).standing().is_on


def test_neither_secret_nor_paper_codes_are_in_clear_in_any_row_or_file(made: Made, station: Station) -> None:
    secret, papers = enrol(station)
    dumped = everything_in(made)
    files = [file.read_bytes() for file in made.profile.folder.rglob("*") if file.is_file()]

    assert b"Marta Soto" in dumped
    for canary in (secret, *papers, *(paper.replace("-", "") for paper in papers)):
        assert not any(canary.encode() in data for data in (dumped, *files))


def test_a_restored_backup_still_asks_for_the_same_codes(
    made: Made, station: Station, clock: FakeClock, tmp_path: Path
) -> None:
    secret, papers = enrol(station)
    clock.advance(2 * STEP_S)
    backup = make_backup(made.profile, made.master, clock.now()).path
    other = Profile(tmp_path / "otra")

    restore(backup, other, PHRASE, is_recovery_code=False)

    with open_station(other, made.master, clock) as restored:
        with pytest.raises(CodeNeeded):
            sign_in(restored, USER, PASSWORD)
        assert sign_in(restored, USER, PASSWORD, now_code(restored, secret)).name == "Marta Soto"
        assert sign_in(restored, USER, PASSWORD, papers[0]).name == "Marta Soto"


def test_a_secret_of_another_person_does_not_open(station: Station, clock: FakeClock) -> None:
    secret, _ = enrol(station)
    clock.advance(2 * STEP_S)
    actor = station.actor
    assert actor is not None
    sealed = station.read(lambda ctx: ctx.session.get_one(User, actor.user_id).totp_secret).result()
    assert sealed is not None
    swapped = sealed[:-8] + ("A" * 8)

    station.write(lambda ctx: setattr(ctx.get(User, actor.user_id), "totp_secret", swapped)).result()

    with pytest.raises(UserError, match="otra llave"):
        sign_in(station, USER, PASSWORD, now_code(station, secret))
