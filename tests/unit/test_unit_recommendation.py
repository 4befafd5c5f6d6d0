"""Which unit is recommended, and why."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from desktop.models.incidents.recommend import Scene, UnitState, recommend_units
from desktop.models.incidents.states import Priority, UnitKind, UnitStatus

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
SCENE = Scene(Priority.P1, "A02", "Centro", -39.8, -73.24)


def _unit(
    callsign: str, metres: float = 1000, status: UnitStatus = UnitStatus.AVAILABLE, **more: object
) -> UnitState:
    values: dict[str, object] = {
        "kind": UnitKind.PICKUP,
        "lat": -39.8 + metres / 111_195,
        "lon": -73.24,
        "position_at": NOW,
        **more,
    }
    return UnitState(UUID(int=sum(callsign.encode())), callsign, status=status, **values)  # type: ignore[arg-type]


UNITS = st.lists(
    st.builds(
        UnitState,
        unit_id=st.uuids(),
        callsign=st.sampled_from([f"M{number}" for number in range(21, 60)]),
        kind=st.sampled_from(UnitKind),
        status=st.sampled_from(UnitStatus),
        sector=st.sampled_from([None, "Centro", "Norte"]),
        lat=st.one_of(st.none(), st.floats(-40, -39)),
        lon=st.one_of(st.none(), st.floats(-74, -73)),
        position_at=st.one_of(st.none(), st.just(NOW), st.just(NOW - timedelta(hours=9))),
        incident_priority=st.one_of(st.none(), st.sampled_from(Priority)),
    ),
    max_size=8,
    unique_by=lambda unit: unit.unit_id,
)


@given(UNITS, st.sampled_from(["A02", "E01", "G09", None]))
def test_every_unit_is_listed_once_with_a_reason_and_those_out_of_service_are_last(
    units: list[UnitState], type_code: str | None
) -> None:
    advice = recommend_units(Scene(Priority.P2, type_code, "Centro", -39.8, -73.24), units, NOW)
    status = {unit.unit_id: unit.status for unit in units}
    assert {item.unit_id for item in advice} == set(status)
    assert all(item.reason for item in advice)
    out = [status[item.unit_id] is UnitStatus.OUT_OF_SERVICE for item in advice]
    assert out == sorted(out)
    assert all(status[item.unit_id] is UnitStatus.AVAILABLE for item in advice if item.is_recommended)


@given(UNITS, st.integers())
def test_the_order_does_not_depend_on_the_order_of_the_question(units: list[UnitState], seed: int) -> None:
    shuffled = random.Random(seed).sample(units, len(units))
    assert recommend_units(SCENE, units, NOW) == recommend_units(SCENE, shuffled, NOW)


def test_the_nearest_available_unit_of_the_sector_is_first_and_says_so() -> None:
    advice = recommend_units(
        SCENE,
        [_unit("M21", 5000), _unit("M22", 1200, sector="Centro"), _unit("M23", 1300, sector="Norte")],
        NOW,
    )
    assert [item.callsign for item in advice] == ["M22", "M23", "M21"]
    assert advice[0].reason == "1,2 km · disponible · su sector"
    assert advice[0].is_recommended


def test_a_free_unit_far_away_goes_before_a_busy_one_nearby() -> None:
    advice = recommend_units(
        SCENE,
        [_unit("M21", 100, UnitStatus.ON_SCENE, incident_priority=Priority.P3), _unit("M22", 8000)],
        NOW,
    )
    assert [item.callsign for item in advice] == ["M22", "M21"]
    assert "atiende P3" in advice[1].reason


def test_of_two_busy_units_the_one_with_the_lesser_incident_is_first() -> None:
    busy = UnitStatus.EN_ROUTE
    advice = recommend_units(
        SCENE,
        [
            _unit("M21", 100, busy, incident_priority=Priority.P1),
            _unit("M22", 900, busy, incident_priority=Priority.P4),
        ],
        NOW,
    )
    assert [item.callsign for item in advice] == ["M22", "M21"]


def test_a_motorcycle_is_not_recommended_where_somebody_may_have_to_be_carried() -> None:
    motorcycle, pickup = _unit("M31", 100, kind=UnitKind.MOTORCYCLE), _unit("M21", 4000)
    violent = recommend_units(SCENE, [motorcycle, pickup], NOW)
    noise = recommend_units(Scene(Priority.P3, "E01", None, -39.8, -73.24), [motorcycle, pickup], NOW)
    assert [item.callsign for item in violent] == ["M21", "M31"]
    assert "no puede trasladar" in violent[1].reason
    assert [item.callsign for item in noise] == ["M31", "M21"]


def test_a_boat_is_recommended_only_on_the_water() -> None:
    boat = _unit("L01", 500, kind=UnitKind.BOAT)
    assert recommend_units(Scene(Priority.P1, "G09", None, -39.8, -73.24), [boat], NOW)[0].is_recommended
    assert not recommend_units(SCENE, [boat], NOW)[0].is_recommended


def test_an_old_position_is_marked_with_its_time_and_a_missing_one_is_said() -> None:
    old = _unit("M21", position_at=NOW - timedelta(minutes=30))
    unknown = _unit("M22", lat=None, lon=None)
    advice = {item.callsign: item for item in recommend_units(SCENE, [old, unknown], NOW)}
    assert advice["M21"].is_position_stale
    assert "posición de las 14:00" in advice["M21"].reason
    assert advice["M22"].distance_m is None
    assert "sin posición" in advice["M22"].reason
