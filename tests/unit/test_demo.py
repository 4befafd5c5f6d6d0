"""The invented commune and its stream of incidents."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest

from desktop.core import formats
from desktop.models.demo import DemoIncident, demo_incidents
from desktop.models.demo_commune import demo_commune
from desktop.models.demo_frequencies import (
    CASES_2025,
    CODES,
    CURVE_OF,
    HOURS,
    MONTHS_2023_2025,
    yearly_by_code,
)
from desktop.models.demo_shifts import demo_shifts
from desktop.models.incidents.classifier import read_narrative
from desktop.models.incidents.demo_text import TEMPLATES
from desktop.models.incidents.places import StreetIndex
from desktop.models.incidents.seeds import SERVICES, TYPE_BY_CODE
from desktop.models.incidents.states import IncidentStatus
from desktop.models.roles import Role

END = datetime(2026, 11, 22, 20, tzinfo=UTC)
START = END - timedelta(days=365)
COMMUNE = demo_commune(7)


@pytest.fixture(scope="module")
def incidents() -> list[DemoIncident]:
    return list(demo_incidents(7, 4000, START, END, COMMUNE))


def test_the_commune_has_valid_runs_phones_and_unique_names() -> None:
    assert len({street.name for street in COMMUNE.streets}) == len(COMMUNE.streets) >= 150
    assert len({unit.callsign for unit in COMMUNE.units}) == len(COMMUNE.units)
    assert len({member.run for member in COMMUNE.staff}) == len(COMMUNE.staff)
    for member in COMMUNE.staff:
        assert formats.is_run(member.run)
        assert formats.normalise_phone(member.phone) == member.phone
        assert member.post in Role.values()
    sectors = {sector.name for sector in COMMUNE.sectors}
    assert {unit.sector for unit in COMMUNE.units} <= sectors
    assert {street.sector for street in COMMUNE.streets} <= sectors | {None}
    for unit in COMMUNE.units:
        assert unit.plate is None or formats.plate(formats.normalise_plate(unit.plate)).startswith("ZZ")


def test_every_street_is_found_with_number_and_corner_in_the_index() -> None:
    index = StreetIndex(COMMUNE.streets)
    for street in COMMUNE.streets:
        match = index.complete(f"{street.name} {(street.number_to or 0) - 50}", limit=50)
        assert any(found.address.startswith(street.name) and found.lat is not None for found in match)
    corner = index.complete("avenida de los navegantes con avenida las mareas")[0]
    assert corner.is_corner
    assert corner.lat is not None


def test_the_same_seed_gives_the_same_stream_and_another_seed_another() -> None:
    first = list(islice(demo_incidents(3, 500, START, END), 50))
    assert first == list(islice(demo_incidents(3, 500, START, END), 50))
    assert first != list(islice(demo_incidents(4, 500, START, END), 50))
    assert demo_commune(3) == demo_commune(3)


def test_the_stream_has_the_count_in_order_within_the_span(incidents: list[DemoIncident]) -> None:
    assert len(incidents) == 4000
    assert all(one.reported_at <= other.reported_at for one, other in pairwise(incidents))
    assert incidents[0].reported_at >= START
    assert incidents[-1].reported_at <= END


def test_times_of_an_incident_follow_each_other_and_nothing_happens_after_the_end(
    incidents: list[DemoIncident],
) -> None:
    for incident in incidents:
        reached = [
            moment
            for moment in (
                incident.reported_at,
                incident.dispatched_at,
                incident.en_route_at,
                incident.arrived_at,
                incident.controlled_at,
                incident.closed_at,
            )
            if moment is not None
        ]
        assert reached == sorted(reached)
        assert reached[-1] <= END
        assert (incident.closed_at is None) == (incident.status is not IncidentStatus.CLOSED)
        assert (incident.result is None) == (incident.closed_at is None)
        for call in incident.calls:
            assert incident.reported_at <= call.received_at <= END
            assert call.phone is None or formats.normalise_phone(call.phone) == call.phone
        for referral in incident.referrals:
            assert referral.service in {service.short_name for service in SERVICES}


def test_no_unit_is_at_two_incidents_at_once(incidents: list[DemoIncident]) -> None:
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    for incident in incidents:
        for assignment in incident.assignments:
            ended = assignment.released_at or END
            spans.setdefault(assignment.callsign, []).append((assignment.assigned_at, ended))
    assert len(spans) > 10
    for found in spans.values():
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(found)))


def test_the_demonstration_ends_with_a_live_queue_in_several_states(incidents: list[DemoIncident]) -> None:
    opened = [incident for incident in incidents if incident.closed_at is None]
    assert 4 <= len(opened) <= 25
    assert len({incident.status for incident in opened}) >= 3


def test_types_come_as_often_as_the_police_series_and_the_assumptions_say() -> None:
    yearly = {code: sum(months.values()) for code, months in yearly_by_code().items()}
    total = sum(yearly.values())
    found = Counter(incident.type_code for incident in demo_incidents(11, 20_000, START, END, COMMUNE))
    for code, expected in yearly.items():
        share = expected / total * 20_000
        assert abs(found[code] - share) <= 6 * share**0.5 + 3, code


def test_the_frequencies_cover_the_catalogue_and_spread_every_case() -> None:
    assert set(yearly_by_code()) == set(TYPE_BY_CODE) == set(TEMPLATES)
    assert set(CODES) == set(CASES_2025)
    assert set(MONTHS_2023_2025) <= set(CASES_2025)
    assert set(CURVE_OF.values()) <= set(HOURS)
    assert all(len(curve) == 24 for curve in HOURS.values())
    assert all(sum(share for _, share in codes) == pytest.approx(1) for codes in CODES.values())


def test_narratives_are_varied_and_speak_of_their_type(incidents: list[DemoIncident]) -> None:
    texts = {incident.narrative for incident in incidents}
    assert len(texts) >= 2000
    sample = incidents[::8]
    understood = [incident.type_code in _codes(incident.narrative) for incident in sample]
    assert sum(understood) / len(sample) >= 0.85
    assert not any("{" in text or "|" in text for text in texts)


def _codes(narrative: str) -> list[str]:
    return [proposal.code for proposal in read_narrative(narrative).proposals]


def test_a_span_that_is_empty_or_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware instants"):
        demo_incidents(1, 10, END, START)
    with pytest.raises(ValueError, match="aware instants"):
        demo_incidents(1, 10, START.replace(tzinfo=None), END)


def test_every_hour_is_covered_by_one_shift_with_people_at_the_posts_and_in_units() -> None:
    shifts = list(demo_shifts(COMMUNE, START.date(), START.date() + timedelta(days=9)))
    assert len(shifts) == 30
    assert all(one.ends_at == other.starts_at for one, other in pairwise(shifts))
    callsigns = {unit.callsign for unit in COMMUNE.units}
    for one, other in pairwise(shifts):
        names = [member.full_name for member in one.members]
        assert len(set(names)) == len(names)
        assert not {member.full_name for member in one.members} & {
            member.full_name for member in other.members
        }
        assert {"shift_supervisor", "operator", "dispatcher"} <= {member.post for member in one.members}
        assert {member.callsign for member in one.members if member.callsign} <= callsigns
