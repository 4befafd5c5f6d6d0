"""A record that the municipality denied while others wrote about it: their work arrives, and stops nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.models.incidents.records import IncidentLine
from desktop.models.incidents.states import LineKind
from desktop.store.receive import know_servers
from desktop.store.unit_of_work import UnitOfWork
from tests.support.denied import PUBLIC, denied
from tests.support.profiles import OPERATOR
from tests.support.replicas import Replica, make
from tests.support.work import add_incident


@pytest.fixture
def stations(tmp_path: Path) -> Iterator[list[Replica]]:
    found = make(tmp_path, ("uno", "dos", "tres"))
    for station in found:
        station.store.local(lambda connection: know_servers(connection, [77], PUBLIC, 1)).result()
    yield found
    for station in found:
        station.store.close()


def test_what_others_wrote_about_a_denied_record_arrives_everywhere(stations: list[Replica]) -> None:
    author, other, third = stations
    incident = add_incident(author.store, "La que se negó")
    other.hear(author)

    def note(unit: UnitOfWork) -> None:
        unit.session.add(
            IncidentLine(incident_id=incident, at=unit.at, kind=LineKind.NOTE, text="Lo vi pasar")
        )

    other.store.write(OPERATOR, "incidents.note", note).result()
    segments, voids = denied(author, 1)
    for station in (third, other):
        assert station.store.receive([*segments, *other.pieces_for({})], voids, PUBLIC).refused == {}
    assert third.rows() == other.rows()
    assert [row for row in third.rows()["incident_lines"] if "Lo vi pasar" in row]
    assert third.rows()["incidents"] == []
    for station in (third, other):
        add_incident(station.store, "Se sigue trabajando")
        station.reopen()
        assert station.faults() == []
