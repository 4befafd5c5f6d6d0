"""Stations that find each other on the local network and exchange while there is no server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.enrolled import Enrolled, enrolled_stations, until
from tests.support.server import RunningServer
from tests.support.work import add_incident

NAMES = ("Central 1", "Central 2", "Central 3", "Central 4", "Central 5")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(tmp_path / "servidor") as running:
        running.found()
        running.start()
        yield running


@pytest.fixture
def stations(tmp_path: Path, server: RunningServer) -> Iterator[list[Enrolled]]:
    with enrolled_stations(tmp_path, server, NAMES) as made:
        yield made


def test_five_stations_without_a_server_find_each_other_and_all_have_what_each_writes(
    server: RunningServer, stations: list[Enrolled]
) -> None:
    server.kill()
    for station in stations:
        station.open_to_neighbours()
    incidents = [add_incident(one.file.store, f"Desde {one.file.name}", lines=2) for one in stations]
    until(lambda: all(one.has(incident) for one in stations for incident in incidents))
    until(lambda: len({str(sorted(one.file.vector.items())) for one in stations}) == 1)
    rows = [one.file.rows() for one in stations]
    assert all(one == rows[0] for one in rows)
    assert [one.file.faults() for one in stations] == [[]] * len(stations)
