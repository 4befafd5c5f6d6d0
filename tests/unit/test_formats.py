"""How RUN, telephones, plates, dates, durations and money are read and written."""

import csv
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core import formats

VECTORS = Path(__file__).parents[1] / "data" / "vectores_rut.csv"
BODIES = st.integers(min_value=1, max_value=99_999_999)


def _vectors() -> list[dict[str, str]]:
    with VECTORS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("vector", _vectors(), ids=lambda vector: repr(vector["entrada"]))
def test_every_reference_run_is_judged_and_written_as_the_vectors_say(vector: dict[str, str]) -> None:
    if vector["valido"] == "1":
        stored = formats.normalise_run(vector["entrada"])
        assert stored == vector["normalizado"]
        assert formats.run(stored) == vector["con_puntos"]
    else:
        assert not formats.is_run(vector["entrada"])
        with pytest.raises(ValueError, match="RUN"):
            formats.normalise_run(vector["entrada"])


@given(BODIES)
def test_a_made_run_is_valid_and_survives_every_way_of_writing_it(body: int) -> None:
    stored = formats.make_run(body)
    assert formats.normalise_run(stored) == stored
    assert formats.normalise_run(formats.run(stored)) == stored
    assert formats.normalise_run(stored.lower().replace("-", "")) == stored


@given(BODIES, st.sampled_from("0123456789K"))
def test_only_one_verifier_of_a_body_is_accepted(body: int, verifier: str) -> None:
    assert formats.is_run(f"{body}-{verifier}") == (formats.make_run(body) == f"{body}-{verifier}")


@given(BODIES.filter(lambda body: body > 99), st.data())
def test_two_swapped_neighbouring_digits_are_noticed(body: int, data: st.DataObject) -> None:
    digits = list(str(body))
    place = data.draw(st.integers(0, len(digits) - 2))
    digits[place], digits[place + 1] = digits[place + 1], digits[place]
    swapped = "".join(digits)
    if int(swapped) != body and int(swapped) > 0:
        assert not formats.is_run(f"{swapped}-{formats.run_check_digit(body)}")


@pytest.mark.parametrize("body", [0, -5, 100_000_000])
def test_a_run_is_not_made_of_a_body_without_one_to_eight_digits(body: int) -> None:
    with pytest.raises(ValueError, match="8 dígitos"):
        formats.make_run(body)


@given(st.text())
def test_any_text_as_run_gives_a_run_or_a_sentence(text: str) -> None:
    if formats.is_run(text):
        assert formats.is_run(formats.normalise_run(text))
    else:
        with pytest.raises(ValueError, match=r"RUN.*\.$"):
            formats.normalise_run(text)


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("9 8765 4321", "+56987654321", "+56 9 8765 4321"),
        ("+56 9 8765-4321", "+56987654321", "+56 9 8765 4321"),
        ("56987654321", "+56987654321", "+56 9 8765 4321"),
        ("0056 9 87654321", "+56987654321", "+56 9 8765 4321"),
        ("(63) 222 1234", "+56632221234", "+56 63 222 1234"),
        ("600 400 0101", "+566004000101", "+56 600 400 0101"),
        ("133", "133", "133"),
        ("1451", "1451", "1451"),
        ("*4141", "*4141", "*4141"),
        ("+54 9 11 2345 6789", "+5491123456789", "+54 9 11 2345-6789"),
    ],
)
def test_a_telephone_is_stored_as_it_is_dialled_and_shown_as_it_is_read(
    typed: str, stored: str, shown: str
) -> None:
    assert formats.normalise_phone(typed) == stored
    assert formats.phone(stored) == shown


@pytest.mark.parametrize("typed", ["", "12", "98765", "2221234", "98765432", "no tiene", "987654321098765"])
def test_a_telephone_that_cannot_be_dialled_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match="9 dígitos"):
        formats.normalise_phone(typed)


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("bbcd12", "BBCD12", "BBCD-12"),
        ("BB CD·12", "BBCD12", "BBCD-12"),
        ("ab-1234", "AB1234", "AB-1234"),
        ("BBB-12", "BBB12", "BBB-12"),
        ("bbb 012", "BBB012", "BBB-012"),
        ("AA-123", "AA123", "AA-123"),
        ("AE 123 BC", "AE123BC", "AE123BC"),
    ],
)
def test_a_plate_is_stored_without_signs_and_shown_with_its_hyphen(
    typed: str, stored: str, shown: str
) -> None:
    assert formats.normalise_plate(typed) == stored
    assert formats.plate(stored) == shown


@pytest.mark.parametrize("typed", ["", "-", "A", "ABCDEFGHIJKLM"])
def test_what_cannot_be_a_plate_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="patente"):
        formats.normalise_plate(typed)


def test_instants_are_shown_in_the_civil_time_of_santiago() -> None:
    instant = datetime(2026, 11, 23, 2, 5, 9, tzinfo=UTC)
    assert formats.day(instant) == "22-11-2026"
    assert formats.time_hm(instant) == "23:05"
    assert formats.time_hms(instant) == "23:05:09"
    assert formats.day_time(instant) == "22-11-2026 23:05"
    assert formats.day_time_s(instant) == "22-11-2026 23:05:09"
    assert formats.long_day(instant) == "22 de noviembre de 2026"
    assert formats.weekday(instant) == "domingo"


def test_an_instant_without_zone_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="time zone"):
        formats.time_hm(datetime(2026, 11, 22, 14, 30))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    "typed", ["22-11-2026", "22/11/26", "22.11.2026", "22112026", " 22-11-2026 ", "22-11"]
)
def test_a_date_is_read_in_the_ways_people_write_it(typed: str) -> None:
    assert formats.parse_day(typed, today=date(2026, 1, 1)) == date(2026, 11, 22)


def test_today_and_yesterday_are_dates_only_when_today_is_known() -> None:
    assert formats.parse_day("ayer", today=date(2026, 3, 1)) == date(2026, 2, 28)
    assert formats.parse_day("Hoy", today=date(2026, 3, 1)) == date(2026, 3, 1)
    with pytest.raises(ValueError, match="día-mes-año"):
        formats.parse_day("hoy")


@pytest.mark.parametrize(
    ("typed", "says"), [("31-02-2026", "no existe"), ("2026-11-22", "día-mes-año"), ("", "día")]
)
def test_a_wrong_date_says_what_is_wrong(typed: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        formats.parse_day(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("14:30", time(14, 30)),
        ("14.30", time(14, 30)),
        ("1430", time(14, 30)),
        ("905", time(9, 5)),
        ("9:05", time(9, 5)),
        ("14:30:05", time(14, 30, 5)),
        ("14:30 hrs.", time(14, 30)),
    ],
)
def test_a_time_is_read_in_the_ways_people_write_it(typed: str, read: time) -> None:
    assert formats.parse_time(typed) == read


@pytest.mark.parametrize(
    ("typed", "says"), [("24:00", "no existe"), ("14:75", "no existe"), ("tarde", "14:30")]
)
def test_a_wrong_time_says_what_is_wrong(typed: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        formats.parse_time(typed)


def test_the_hour_that_the_clocks_skipped_is_refused() -> None:
    with pytest.raises(ValueError, match="se adelantó el reloj"):
        formats.parse_instant("06-09-2026 00:30")
    assert formats.parse_instant("06-09-2026 01:00") == datetime(2026, 9, 6, 4, tzinfo=UTC)


def test_of_the_repeated_hour_the_first_is_taken_unless_the_second_is_asked_for() -> None:
    first = formats.parse_instant("04-04-2026 23:30")
    second = formats.parse_instant("04-04-2026 23:30", fold=1)
    assert first == datetime(2026, 4, 5, 2, 30, tzinfo=UTC)
    assert second == datetime(2026, 4, 5, 3, 30, tzinfo=UTC)


def test_a_time_alone_is_of_today_when_today_is_known() -> None:
    assert formats.parse_instant("14:30", today=date(2026, 11, 22)) == datetime(
        2026, 11, 22, 17, 30, tzinfo=UTC
    )
    with pytest.raises(ValueError, match="la fecha y la hora"):
        formats.parse_instant("14:30")


@given(st.datetimes(datetime(2000, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_instant_survives_being_shown_and_read_again(instant: datetime) -> None:
    shown = formats.day_time_s(instant)
    on, at = formats.parse_day(shown[:10]), formats.parse_time(shown[11:])
    wanted = instant.replace(microsecond=0)
    assert wanted in {formats.instant_of(on, at), formats.instant_of(on, at, fold=1)}


@pytest.mark.parametrize(
    ("seconds", "prose", "clock"),
    [
        (0, "0 s", "0:00"),
        (42, "42 s", "0:42"),
        (21 * 60 + 3, "21 min", "21:03"),
        (3900, "1 h 05 min", "1 h 05"),
        (7200, "2 h", "2 h"),
        (-90, "-1 min", "-1:30"),
        (3 * 86400 + 3600, "3 d 1 h", "3 d"),
        (2 * 86400, "2 d", "2 d"),
    ],
)
def test_durations_read_well_in_prose_and_on_a_clock(seconds: float, prose: str, clock: str) -> None:
    assert formats.duration(seconds) == prose
    assert formats.timer(seconds) == clock


def test_quantities_use_the_chilean_signs() -> None:
    assert formats.number(1234567) == "1.234.567"
    assert formats.number(1234.5, 2) == "1.234,50"
    assert formats.money(1234567) == "$\u00a01.234.567"
    assert formats.money(-990) == "-$\u00a0990"
    assert formats.percent(0.125, 1) == "12,5\u00a0%"
    assert formats.distance(347) == "350 m"
    assert formats.distance(997) == "1,0 km"
    assert formats.distance(1234) == "1,2 km"
    assert formats.size(512) == "512 B"
    assert formats.size(1_234_567) == "1,2 MB"


def test_searching_ignores_accents_case_and_the_tilde_of_the_enye() -> None:
    assert formats.fold_text("  ÑUÑOA   Pérez ") == "nunoa perez"
    assert formats.fold_text("N\u0303andu\u0301") == "nandu"


def test_sorting_puts_enye_after_n_and_ignores_accents() -> None:
    names = ["Ñancupil", "Núñez", "Oyarzún", "Nuzzo", "Álvarez", "Andrade", "Nzuri"]
    assert sorted(names, key=formats.sort_key) == [
        "Álvarez",
        "Andrade",
        "Núñez",
        "Nuzzo",
        "Nzuri",
        "Ñancupil",
        "Oyarzún",
    ]
