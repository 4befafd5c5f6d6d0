"""Response times against an independent reckoning in plain SQL (R84)."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from desktop.core.clock import SANTIAGO
from desktop.core.errors import NotAllowed
from desktop.models.fleet import Unit
from desktop.models.incidents.records import Assignment, Incident
from desktop.models.incidents.states import IncidentStatus, Priority
from desktop.operations.context import Context
from desktop.operations.incidents.response_times import GroupBy, percentile, response_times
from desktop.register.record import Confidentiality
from desktop.register.types import instant_to_wire
from tests.support.central import CAMERAS, PSYCHOLOGIST, SUPERVISOR, Central, open_central

SINCE = datetime(2026, 1, 1, 3, tzinfo=UTC)
UNTIL = datetime(2026, 3, 1, 3, tzinfo=UTC)
_PERCENTILE = """
WITH measured AS (
  SELECT (arrived_at - reported_at) / 1e6 AS s FROM incidents
  WHERE reported_at >= :since AND reported_at < :until AND arrived_at IS NOT NULL AND voided_at IS NULL
    AND is_late_entry = 0 AND times_edited = 0 AND {condition}
), ranked AS (SELECT s, row_number() OVER (ORDER BY s) AS k, count(*) OVER () AS n FROM measured)
SELECT min(n), min(CASE WHEN k * 100 >= 50 * n THEN s END), min(CASE WHEN k * 100 >= 90 * n THEN s END) FROM ranked
"""


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    with open_central(tmp_path_factory.mktemp("central")) as opened:
        opened.do(_fill, by=SUPERVISOR)
        yield opened


def _fill(ctx: Context) -> None:
    chance = random.Random(4)
    rows = []
    for number in range(600):
        reported = SINCE + timedelta(seconds=chance.randrange(int((UNTIL - SINCE).total_seconds())))
        dispatched = reported + timedelta(seconds=chance.randrange(5, 900))
        arrived = dispatched + timedelta(seconds=chance.randrange(30, 3000))
        rows.append(
            {
                "code": f"INC-26-K7-{number:04d}-X",
                "type_code": chance.choice(["A02", "E01", "H01"]),
                "priority": chance.choice(list(Priority)),
                "sector": chance.choice(["Centro", "Niebla", None]),
                "status": IncidentStatus.CLOSED,
                "reported_at": reported,
                "dispatched_at": dispatched if number % 7 else None,
                "arrived_at": arrived if number % 5 and number % 7 else None,
                "closed_at": arrived + timedelta(minutes=10),
                "is_late_entry": number % 11 == 0,
                "times_edited": number % 13 == 0,
                "confidentiality": Confidentiality.SECRET if number % 17 == 0 else Confidentiality.INTERNAL,
            }
        )
    ctx.add_rows(Incident, rows)


def sql(central: Central, condition: str, **values: object) -> tuple[int, float | None, float | None]:
    bound = {"since": instant_to_wire(SINCE), "until": instant_to_wire(UNTIL), **values}
    row = central.ask(
        lambda ctx: ctx.session.execute(text(_PERCENTILE.format(condition=condition)), bound).one()
    )
    return row[0] or 0, row[1], row[2]


def test_medians_and_p90_are_those_of_plain_sql_in_every_cut(central: Central) -> None:
    report = central.ask(response_times, SINCE, UNTIL, by=SUPERVISOR)

    def figures(row: object) -> tuple[int, float | None, float | None]:
        arrival = row.arrival  # type: ignore[attr-defined]
        return arrival.count, arrival.p50_s, arrival.p90_s

    assert figures(report.total) == sql(central, "1")
    checked = 0
    for by, column in (
        (GroupBy.PRIORITY, "priority"),
        (GroupBy.TYPE, "type_code"),
        (GroupBy.SECTOR, "coalesce(sector, '')"),
    ):
        for row in report.groups[by]:
            assert figures(row) == sql(central, f"{column} = :key", key=row.key)
            checked += 1
    assert checked == 10
    for row in report.groups[GroupBy.SHIFT]:
        hours = {"night": (0, 8), "day": (8, 16), "evening": (16, 24)}[row.key]
        offset = datetime(2026, 2, 1, tzinfo=SANTIAGO).utcoffset()
        assert offset is not None
        condition = (
            f"((reported_at / 1000000 + {int(offset.total_seconds())}) % 86400) / 3600 "
            f">= {hours[0]} AND ((reported_at / 1000000 + {int(offset.total_seconds())}) % 86400) / 3600 < {hours[1]}"
        )
        assert figures(row) == sql(central, condition)


def test_hours_and_weekdays_are_those_of_the_clock_on_the_wall(central: Central) -> None:
    report = central.ask(response_times, SINCE, UNTIL, by=SUPERVISOR)
    offset = datetime(2026, 2, 1, tzinfo=SANTIAGO).utcoffset()
    assert offset is not None
    civil = f"(reported_at / 1000000 + {int(offset.total_seconds())})"

    assert sum(row.incidents for row in report.groups[GroupBy.HOUR]) == report.total.incidents
    for row in report.groups[GroupBy.HOUR]:
        assert sql(central, f"({civil} % 86400) / 3600 = {int(row.key)}")[0] == row.arrival.count
    for row in report.groups[GroupBy.WEEKDAY]:
        # 1 January 1970 was a Thursday
        condition = f"({civil} / 86400 + 3) % 7 = {int(row.key)}"
        assert sql(central, condition)[0] == row.arrival.count


def test_an_incident_counts_for_the_unit_that_arrived_first_and_only_chosen_cuts_are_made(
    tmp_path: Path,
) -> None:
    with open_central(tmp_path) as central:
        central.do(_sent, by=SUPERVISOR)
        report = central.ask(response_times, SINCE, UNTIL, (GroupBy.UNIT, GroupBy.WEEKDAY), by=SUPERVISOR)

    assert {row.title: row.incidents for row in report.groups[GroupBy.UNIT]} == {
        "Sin móvil": 1,
        "M21": 1,
        "M22": 1,
    }
    assert set(report.groups) == {GroupBy.UNIT, GroupBy.WEEKDAY}
    assert [row.title for row in report.groups[GroupBy.WEEKDAY]] == ["Jueves"]


def _sent(ctx: Context) -> None:
    """Write three incidents: one nobody was sent to, one reached by the second unit, one not reached yet."""
    units = {unit.callsign: unit.id for unit in ctx.session.scalars(select(Unit))}
    for number, sent in enumerate(((), (("M21", None), ("M22", 9)), (("M21", None), ("M22", None)))):
        incident = ctx.add(
            Incident(
                code=f"INC-26-K7-{number}",
                type_code="H01",
                priority=Priority.P3,
                status=IncidentStatus.CLOSED,
                reported_at=SINCE + timedelta(hours=10),
                narrative="ruidos",
            )
        )
        for minute, (callsign, arrived) in enumerate(sent):
            ctx.add(
                Assignment(
                    incident_id=incident.id,
                    unit_id=units[callsign],
                    callsign=callsign,
                    assigned_at=SINCE + timedelta(hours=10, minutes=minute),
                    on_scene_at=None if arrived is None else SINCE + timedelta(hours=10, minutes=arrived),
                )
            )


def test_late_and_corrected_times_are_left_out_and_counted_apart(central: Central) -> None:
    report = central.ask(response_times, SINCE, UNTIL, by=SUPERVISOR)

    late, edited = len(range(0, 600, 11)), len([n for n in range(0, 600, 13) if n % 11])
    assert (report.left_out_late, report.left_out_edited) == (late, edited)
    assert report.total.incidents == 600 - late - edited


def test_the_share_within_target_is_that_of_each_incidents_own_priority(central: Central) -> None:
    report = central.ask(response_times, SINCE, UNTIL, by=SUPERVISOR)
    within = central.ask(
        lambda ctx: ctx.session.scalar(
            text(
                "SELECT avg((arrived_at - reported_at) / 1000000 <= CASE priority WHEN 'P1' THEN 480 "
                "WHEN 'P2' THEN 900 WHEN 'P3' THEN 2400 ELSE 86400 END) FROM incidents "
                "WHERE arrived_at IS NOT NULL AND is_late_entry = 0 AND times_edited = 0"
            )
        )
    )
    assert report.total.arrival_in_target == pytest.approx(within)


def test_who_may_not_read_secret_incidents_gets_figures_without_them(central: Central) -> None:
    whole = central.ask(response_times, SINCE, UNTIL, by=SUPERVISOR).total.incidents
    part = central.ask(response_times, SINCE, UNTIL, by=CAMERAS).total.incidents

    assert part < whole
    with pytest.raises(NotAllowed):
        central.ask(response_times, SINCE, UNTIL, by=PSYCHOLOGIST)


def test_a_time_without_incidents_has_no_figures(central: Central) -> None:
    report = central.ask(response_times, UNTIL, UNTIL + timedelta(days=1), by=SUPERVISOR)

    assert (report.total.incidents, report.total.arrival.p50_s, report.total.arrival_in_target) == (
        0,
        None,
        None,
    )


@given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 100))
def test_a_percentile_is_one_of_the_values_and_covers_its_share(values: list[float], percent: int) -> None:
    found = percentile(values, percent)

    assert found in values
    assert sum(value <= found for value in values) * 100 >= percent * len(values)
    assert sum(value < found for value in values) * 100 < percent * len(values)
