"""An incident that nobody dispatches goes up by itself, once, and stays up until somebody takes it (R77)."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from desktop.core.errors import NotAllowed
from desktop.models.catalogues import ResponseTarget
from desktop.models.incidents.states import LineKind, Priority
from desktop.operations.context import SYSTEM_USER, Actor
from desktop.operations.incidents.dispatch import assign_units, release_units
from desktop.operations.incidents.escalation import escalate_untaken, is_escalation_due, untaken_escalations
from desktop.operations.incidents.incident_view import incident_view
from desktop.operations.incidents.queue import open_incidents
from desktop.operations.incidents.timers import due_timers, silence
from desktop.operations.incidents.values import IncidentRef, LineView
from tests.support.central import ANALYST, CAMERAS, PSYCHOLOGIST, SUPERVISOR, Central, open_central
from tests.support.replicas import make

SYSTEM = Actor(SYSTEM_USER, "Sistema", "SIS", frozenset(), "Central 1", "K7")
ROBBERY = "me asaltaron con pistola"


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    with open_central(tmp_path) as opened:
        yield opened


def work(central: Central) -> None:
    """Do what the program does by itself."""
    if central.ask(is_escalation_due, by=SYSTEM):
        central.do(escalate_untaken, by=SYSTEM)


def lines(central: Central, ref: IncidentRef) -> list[LineView]:
    timeline = central.ask(incident_view, ref.id).timeline
    return [line for line in timeline if line.kind is LineKind.ESCALATION]


def escalated(central: Central) -> list[UUID]:
    return [view.incident_id for view in central.ask(untaken_escalations)]


def test_an_incident_that_nobody_dispatches_escalates_at_twice_its_target_and_once(central: Central) -> None:
    ref = central.open(ROBBERY)
    central.clock.advance(119)
    work(central)
    assert (lines(central, ref), escalated(central)) == ([], [])

    central.clock.advance(1)
    work(central)
    central.clock.advance(30)
    work(central)

    (line,) = lines(central, ref)
    assert (line.author, "2:00" in line.text) == ("Sistema", True)
    assert escalated(central) == [ref.id]
    (row,) = central.ask(open_incidents)
    assert (row.escalated_at, row.is_escalation_taken) == (line.at, False)
    assert central.ask(due_timers)[0].escalated_at == line.at


def test_each_priority_escalates_by_the_catalogue_of_the_municipality(central: Central) -> None:
    for priority, escalate_s in ((Priority.P1, 300), (Priority.P3, 30)):
        central.do(
            lambda ctx, priority=priority, escalate_s=escalate_s: ctx.add(
                ResponseTarget(priority=priority, dispatch_s=60, arrival_s=900, escalate_s=escalate_s)
            ),
            by=SUPERVISOR,
        )
    urgent, noise = central.open(ROBBERY), central.open("ruidos molestos, fiesta")
    assert [row.priority for row in central.ask(open_incidents)] == [Priority.P1, Priority.P3]

    central.clock.advance(45)
    work(central)
    assert escalated(central) == [], "never before the target itself"
    central.clock.advance(15)
    work(central)
    assert escalated(central) == [noise.id]
    central.clock.advance(240)
    work(central)
    assert escalated(central) == [urgent.id, noise.id]


def test_a_warning_taken_in_time_does_not_escalate(central: Central) -> None:
    ref = central.open(ROBBERY)
    central.clock.advance(70)
    central.do(silence, central.ask(due_timers)[0].key)
    central.clock.advance(600)
    work(central)

    assert lines(central, ref) == []


def test_an_escalation_stays_until_somebody_takes_it_and_the_timeline_says_who(central: Central) -> None:
    ref = central.open(ROBBERY)
    central.clock.advance(130)
    work(central)
    (found,) = central.ask(untaken_escalations)
    with pytest.raises(NotAllowed):
        central.do(silence, found.key, by=ANALYST)

    central.do(silence, found.key, by=SUPERVISOR)

    assert escalated(central) == []
    (row,) = central.ask(open_incidents)
    assert row.is_escalation_taken
    (taken,) = (line for line in central.ask(incident_view, ref.id).timeline if line.kind is LineKind.ALARM)
    assert (taken.author, taken.text.startswith("Escalamiento tomado")) == ("Marta Soto", True)
    work(central)
    assert len(lines(central, ref)) == 1


def test_a_dispatch_ends_the_escalation_and_one_that_waits_again_has_it_again(central: Central) -> None:
    ref, unit = central.open(ROBBERY), central.units["M21"]
    central.clock.advance(130)
    work(central)
    central.do(assign_units, ref.id, [unit])
    assert escalated(central) == []
    assert central.ask(open_incidents)[0].escalated_at is None

    central.do(release_units, ref.id, [unit])
    assert escalated(central) == [ref.id]


def test_escalating_moves_nothing_in_the_queue(central: Central) -> None:
    for narrative in ("ruidos molestos, fiesta", ROBBERY, "choque con lesionados"):
        central.open(narrative)
        central.clock.advance(5)
    before = [row.id for row in central.ask(open_incidents)]
    central.clock.advance(3 * 3600)
    work(central)

    assert len(escalated(central)) == 3
    assert [row.id for row in central.ask(open_incidents)] == before


def test_stations_that_notice_the_same_wait_while_apart_have_one_line_when_they_meet(tmp_path: Path) -> None:
    stations = make(tmp_path, ("Central 1", "Central 2"))
    first, second = (Central(station.store, station.clock) for station in stations)
    ref = first.open(ROBBERY, priority=Priority.P1, priority_is_manual=True)
    stations[1].hear(stations[0])
    for central, seconds in ((first, 123), (second, 134)):
        central.clock.advance(seconds)
        work(central)

    stations[0].hear(stations[1])
    stations[1].hear(stations[0])

    found = [
        (len(lines(central, ref)), [row for row in station.rows()["rival"] if row[-1]], station.faults())
        for station, central in zip(stations, (first, second), strict=True)
    ]
    for station in stations:
        station.store.close()
    assert found == [(1, [], [])] * 2, "one line, and nobody is asked to decide between equal ones"


def test_one_that_is_noticed_hours_later_has_the_hour_at_which_it_was(central: Central) -> None:
    ref = central.open(ROBBERY)
    central.clock.advance(5 * 3600)
    work(central)

    (line,) = lines(central, ref)
    assert (line.at, "5 h" in line.text) == (central.clock.now(), True)


def test_an_escalated_sensitive_incident_shows_its_class_only_or_nothing(central: Central) -> None:
    central.open("mi marido me está golpeando", address="Los Robles 3")
    central.clock.advance(3600)
    work(central)

    (found,) = central.ask(untaken_escalations)
    titles = [view.title for view in central.ask(untaken_escalations, by=CAMERAS)]
    assert all("iolencia" not in title for title in titles)
    assert found.title == central.ask(open_incidents)[0].title
    with pytest.raises(NotAllowed):
        central.ask(untaken_escalations, by=PSYCHOLOGIST)
