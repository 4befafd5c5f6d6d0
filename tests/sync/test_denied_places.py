"""A change-set that the municipality denied: its place is passed, its content never comes, and the check knows it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from desktop.store.give import pieces
from desktop.store.receive import know_servers
from tests.support.denied import PUBLIC, SCOPE, denied
from tests.support.replicas import Replica, make
from tests.support.work import add_incident
from wire.voids import made

DENIED = "La que se negó"


@pytest.fixture
def stations(tmp_path: Path) -> Iterator[list[Replica]]:
    found = make(tmp_path, ("uno", "dos", "tres"))
    for station in found:
        station.store.local(lambda connection: know_servers(connection, [77], PUBLIC, 1)).result()
    yield found
    for station in found:
        station.store.close()


def write(author: Replica) -> None:
    for narrative in ("La primera", DENIED, DENIED, "La última"):
        add_incident(author.store, narrative)


@pytest.mark.parametrize("places", [(2, 3), (1,), (4,), (3, 4), (1, 2, 3, 4)])
def test_the_chain_goes_on_through_denied_places_and_the_check_finds_nothing(
    stations: list[Replica], places: tuple[int, ...]
) -> None:
    author, station, _ = stations
    write(author)
    segments, voids = denied(author, *places)
    received = station.store.receive(segments, voids, PUBLIC)

    assert received.refused == {}
    assert station.vector[SCOPE, author.store.replica] == 4
    assert len(station.rows()["incidents"]) == 4 - len(places)
    station.reopen()
    assert station.faults() == []


def test_it_is_handed_on_with_its_markers(stations: list[Replica]) -> None:
    author, between, last = stations
    write(author)
    between.store.receive(*denied(author, 2, 3), PUBLIC)
    found = between.store.read(
        lambda session: pieces(session.connection(), SCOPE, {}, 1 << 30, with_voids=True)
    ).result()
    assert between.pieces_for({}) == []

    assert last.store.receive(found.segments, found.voids, PUBLIC).refused == {}
    assert last.vector == between.vector
    assert last.rows() == between.rows()
    assert last.faults() == []


def test_a_marker_that_is_taken_away_or_made_up_is_found(stations: list[Replica]) -> None:
    author, station, _ = stations
    write(author)
    station.store.receive(*denied(author, 2), PUBLIC)

    def forge(connection: Connection) -> None:
        connection.exec_driver_sql("UPDATE void SET signature = zeroblob(64)")

    def take(connection: Connection) -> None:
        connection.exec_driver_sql("DELETE FROM void")

    for damage in (forge, take):
        station.store.local(damage).result()
        assert station.faults() != []


def test_a_marker_of_somebody_else_opens_nothing(stations: list[Replica]) -> None:
    author, station, _ = stations
    write(author)
    segments, voids = denied(author, 2)
    forged = [
        made(void.scope, void.replica, void.seq, void.prev, void.hash, Ed25519PrivateKey.generate())
        for void in voids
    ]
    received = station.store.receive(segments, forged, PUBLIC)

    assert (SCOPE, author.store.replica) in received.refused
    assert station.rows()["incidents"] == []
    assert station.faults() == []
