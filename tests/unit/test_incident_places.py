"""Addresses against the street index, and reports of the same event."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.models.incidents.places import (
    DUPLICATE_FROM,
    Report,
    StreetIndex,
    StreetRow,
    distance_m,
    duplicate_score,
    place_key,
)

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
PICARTE = StreetRow(
    "Avenida Ramón Picarte",
    "Centro",
    0,
    3000,
    ((0, -39.800, -73.240), (1000, -39.810, -73.240), (3000, -39.810, -73.210)),
)
ARAUCO = StreetRow("Arauco", "Centro", 100, 900, ((100, -39.805, -73.250), (900, -39.805, -73.230)))
OCTUBRE = StreetRow("Pasaje 12 de Octubre", "Norte", 1, 200, ((1, -39.79, -73.22), (200, -39.79, -73.21)))
NUNOA = StreetRow("General Ñancucheo", "Norte")
INDEX = StreetIndex([PICARTE, ARAUCO, OCTUBRE, NUNOA])


def test_a_number_is_placed_between_the_points_around_it() -> None:
    match = INDEX.complete("picarte 500")[0]
    assert (match.address, match.sector) == ("Avenida Ramón Picarte 500", "Centro")
    assert (match.lat, match.lon) == (-39.805, -73.24)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("picar", "Avenida Ramón Picarte"),
        ("av. picarte n° 11", "Avenida Ramón Picarte 11"),
        ("RAMON PICARTE 1120, depto 3", "Avenida Ramón Picarte 1120, depto 3"),
        ("12 de octubre 45", "Pasaje 12 de Octubre 45"),
        ("pje 12 octubre", "Pasaje 12 de Octubre"),
        ("gral nancucheo 77", "General Ñancucheo 77"),
    ],
)
def test_what_is_typed_is_completed_from_the_index(typed: str, address: str) -> None:
    assert INDEX.complete(typed)[0].address == address


@pytest.mark.parametrize("typed", ["picarte con arauco", "picarte esq. arauco", "picarte y arauco"])
def test_a_corner_is_completed_and_placed(typed: str) -> None:
    match = INDEX.complete(typed)[0]
    assert (match.address, match.is_corner) == ("Avenida Ramón Picarte con Arauco", True)
    assert (match.lat, match.lon) == (-39.805, -73.24)


def test_a_number_outside_the_numbering_is_completed_without_coordinates() -> None:
    match = INDEX.complete("picarte 9999")[0]
    assert (match.address, match.lat, match.lon) == ("Avenida Ramón Picarte 9999", None, None)


@pytest.mark.parametrize("typed", ["", "  ", "zzz 12", "con", "...", "picarte con zzz"])
def test_what_no_street_resembles_gives_nothing(typed: str) -> None:
    assert INDEX.complete(typed) == []


def test_of_similar_streets_the_one_written_as_typed_is_first() -> None:
    index = StreetIndex([StreetRow("Las Rocas"), StreetRow("Las Rosas"), StreetRow("Los Robles")])
    assert [match.address for match in index.complete("los ro")] == ["Los Robles", "Las Rocas", "Las Rosas"]


@given(st.text(max_size=40))
def test_any_text_can_be_completed(typed: str) -> None:
    assert len(INDEX.complete(typed, limit=4)) <= 4


@given(st.integers(0, 3000))
def test_every_number_of_a_street_lies_on_it(number: int) -> None:
    spot = PICARTE.locate(number)
    assert spot is not None
    assert -39.81 <= spot[0] <= -39.8
    assert -73.24 <= spot[1] <= -73.21


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Avenida Picarte 1120", "av. picarte n° 1120, depto 3"),
        ("Calle Los Robles 45", "los robles #45"),
        ("Picarte con Arauco", "picarte esquina arauco"),
        ("Pje. Ñandú 3", "pasaje nandu 03"),
    ],
)
def test_one_address_typed_in_two_ways_has_one_key(one: str, other: str) -> None:
    assert place_key(one) == place_key(other) != ""


def test_two_numbers_of_one_street_have_two_keys() -> None:
    assert place_key("Picarte 1120") != place_key("Picarte 1121")


def test_a_degree_of_latitude_is_about_111_kilometres() -> None:
    assert distance_m(-39, -73, -40, -73) == pytest.approx(111_195, rel=0.001)
    assert distance_m(-39, -73, -39, -73) == 0


def _report(minutes: float = 0, **values: object) -> Report:
    return Report(at=NOW - timedelta(minutes=minutes), **values)  # type: ignore[arg-type]


def test_the_same_address_and_type_minutes_apart_is_one_event() -> None:
    likeness = duplicate_score(
        _report(address="Picarte 1120", type_code="F01"),
        _report(4, address="av picarte 1120", type_code="F02"),
    )
    assert likeness.score >= DUPLICATE_FROM
    assert likeness.reason == "misma dirección, tipo parecido, hace 4 min"


def test_a_second_caller_across_the_street_tells_of_the_same_event() -> None:
    likeness = duplicate_score(
        _report(lat=-39.8, lon=-73.24, type_code="G01"), _report(2, lat=-39.801, lon=-73.24, type_code="G01")
    )
    assert likeness.score >= DUPLICATE_FROM
    assert likeness.reason == "a 110 m, mismo tipo, hace 2 min"


def test_the_same_telephone_minutes_later_is_offered_as_the_same_event() -> None:
    likeness = duplicate_score(
        _report(phone="+56987654321"), _report(3, phone="+56987654321", type_code="A02")
    )
    assert likeness.score >= DUPLICATE_FROM
    assert "mismo teléfono" in likeness.reason


@pytest.mark.parametrize(
    ("draft", "candidate"),
    [
        (_report(type_code="E01"), _report(1, type_code="E01")),
        (
            _report(lat=-39.8, lon=-73.24, type_code="E01"),
            _report(1, lat=-39.85, lon=-73.24, type_code="E01"),
        ),
        (
            _report(address="Picarte 1120", type_code="H01"),
            _report(60 * 30, address="Picarte 1120", type_code="A02"),
        ),
        (_report(), _report()),
    ],
)
def test_without_common_place_or_telephone_or_a_day_later_it_is_not_the_same_event(
    draft: Report, candidate: Report
) -> None:
    assert duplicate_score(draft, candidate).score < DUPLICATE_FROM


REPORTS = st.builds(
    Report,
    at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    address=st.sampled_from(["", "Picarte 1120", "Arauco 300"]),
    phone=st.sampled_from(["", "+56987654321", "133"]),
    type_code=st.sampled_from([None, "A02", "F01", "F02"]),
    lat=st.one_of(st.none(), st.floats(-40, -39)),
    lon=st.one_of(st.none(), st.floats(-74, -73)),
)


@given(REPORTS, REPORTS)
def test_likeness_is_a_share_the_same_both_ways_and_says_why(one: Report, other: Report) -> None:
    likeness = duplicate_score(one, other)
    assert 0 <= likeness.score <= 1
    assert likeness.reason
    assert duplicate_score(other, one).score == pytest.approx(likeness.score, abs=0.002)
