"""What the documents of the centre hold, and what they keep from whoever may not see it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.core.errors import NotAllowed, UserError
from desktop.models.incidents.register import INCIDENTS
from desktop.models.incidents.states import ClosingResult, Priority
from desktop.operations.documents.letterhead import Letterhead
from desktop.operations.incidents.dispatch import assign_units, set_unit_crew
from desktop.operations.incidents.lines import add_note
from desktop.operations.incidents.progress import close
from desktop.operations.registers import open_confidential
from desktop.operations.reporting import daily_report, incident_sheet, response_report, shift_report
from desktop.operations.shifts import open_shift
from tests.support.central import CAMERAS, SECOND, SUPERVISOR, Central, open_central


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    with open_central(tmp_path) as opened:
        yield opened


@pytest.fixture
def head(central: Central) -> Letterhead:
    return Letterhead("Municipalidad de Ejemplo", "Ejemplo", central.clock.now())


def test_a_sheet_of_a_confidential_incident_needs_its_reason(central: Central, head: Letterhead) -> None:
    ref = central.open("mi marido me está pegando", address="Los Robles 12")
    with pytest.raises(UserError):
        central.ask(incident_sheet, ref.id, head, by=SECOND)
    with pytest.raises(NotAllowed):
        central.ask(incident_sheet, ref.id, head, by=CAMERAS)

    central.do(open_confidential, INCIDENTS, ref.id, "oficio a fiscalía", by=SECOND)

    assert central.ask(incident_sheet, ref.id, head, by=SECOND).incident.address == "Los Robles 12"


def test_a_shift_report_counts_and_masks(central: Central, head: Letterhead) -> None:
    shift = central.do(open_shift)
    central.do(set_unit_crew, central.units["M21"], "Díaz, Peña")
    noise, abuse = central.open(), central.open("mi marido me está pegando", address="Los Robles 12")
    central.do(assign_units, noise.id, [central.units["M21"]])
    central.do(add_note, noise.id, "se rompe el portón", is_significant=True)
    central.do(add_note, noise.id, "nota común")
    central.do(add_note, abuse.id, "la víctima pide reserva", is_significant=True)
    central.do(close, noise.id, ClosingResult.WARNING, free_units=True)
    central.clock.advance(1)

    report = central.ask(shift_report, shift, head, by=SUPERVISOR)

    assert (report.calls, report.opened, report.closed, report.pending) == (2, 2, 1, 1)
    assert report.in_charge == "Pedro Rivas"
    assert {count.label: count.count for count in report.by_priority}[Priority.P1.label] == 1
    assert [(line.code, line.units) for line in report.incidents] == [(noise.code, "M21"), (abuse.code, "")]
    assert "Robles" not in str(report.incidents)
    assert [line.text for line in report.news] == ["se rompe el portón"]
    assert [(unit.callsign, unit.crew, unit.incidents) for unit in report.units] == [("M21", "Díaz, Peña", 1)]
    with pytest.raises(NotAllowed):
        central.ask(shift_report, shift, head, by=CAMERAS)


def test_a_daily_report_stands_beside_the_day_before(central: Central, head: Letterhead) -> None:
    central.open()
    central.clock.advance(86400)
    central.open()
    central.open("me asaltaron con pistola")
    central.clock.advance(60)
    until = central.clock.now()

    report = central.ask(daily_report, until - timedelta(hours=23), until, head, by=SUPERVISOR)

    figures = {count.label: (count.count, count.before) for count in report.by_priority}
    assert (report.opened, report.calls) == (2, 2)
    assert (figures[Priority.P1.label], figures[Priority.P3.label]) == ((1, 0), (1, 1))
    assert [line.priority for line in report.relevant] == [Priority.P1]


def test_the_response_report_carries_the_targets_in_force(central: Central, head: Letterhead) -> None:
    now = central.clock.now()

    report = central.ask(response_report, now - timedelta(days=1), now, head, by=SUPERVISOR)

    assert report.targets[Priority.P1].dispatch_s == 60
