"""Stations that find each other on the local network and exchange while there is no server."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from zeroconf import IPVersion, Zeroconf

from desktop.sync.enrolment import shown_grant
from desktop.sync.lan.answering import Answering
from desktop.sync.lan.discovery import Discovery
from desktop.sync.lan.hub import Hub
from desktop.sync.lan.tls import calling, device_at
from desktop.sync.peer import NotWelcome, PeerAway
from desktop.sync.trust import trusting
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


def test_a_typed_address_works_where_nobody_can_be_found(stations: list[Enrolled]) -> None:
    first, second, *_ = stations
    port = first.open_to_neighbours(networks=()).port
    second.open_to_neighbours(networks=()).type_addresses([f"127.0.0.1:{port}"])
    incident = add_incident(first.file.store, "Sin descubrimiento", lines=1)
    until(lambda: second.has(incident))
    back = add_incident(second.file.store, "De vuelta", lines=1)
    until(lambda: first.has(back))
    until(lambda: second.neighbours is not None and second.neighbours.connected == {first.member.device})
    until(lambda: first.neighbours is not None and first.neighbours.connected == {second.member.device})
    assert second.neighbours is not None
    second.neighbours.type_addresses([])
    until(lambda: second.neighbours is not None and not second.neighbours.connected)


def test_when_the_one_that_all_call_goes_the_others_go_on(stations: list[Enrolled]) -> None:
    several = sorted(stations[:3], key=lambda one: one.member.device)
    for station in several:
        station.open_to_neighbours()
    before = add_incident(several[2].file.store, "Antes", lines=1)
    until(lambda: all(one.has(before) for one in several))
    gone, second, third = several
    assert gone.neighbours is not None
    gone.neighbours.close()
    gone.neighbours = None
    after = [add_incident(one.file.store, "Después", lines=1) for one in (second, third)]
    until(lambda: all(one.has(incident) for one in (second, third) for incident in after))


def test_what_came_from_a_neighbour_is_brought_to_the_server_by_whoever_reaches_it(
    server: RunningServer, stations: list[Enrolled]
) -> None:
    """Rule 1 of the exchange: one log, whatever carried it."""
    alone, bearer, third, *_ = stations
    for station in (alone, bearer):
        station.open_to_neighbours()
    incident = add_incident(alone.file.store, "Escrito sin servidor", lines=1)
    until(lambda: bearer.has(incident))
    assert bearer.exchange().sent >= 1
    third.exchange()
    assert third.has(incident)
    assert alone.exchange().remaining == 0
    third.exchange()
    assert third.file.rows() == alone.file.rows()


def test_a_neighbour_gets_only_the_scopes_that_it_may_hold(tmp_path: Path, server: RunningServer) -> None:
    whole, part = NAMES[:2]
    with (
        enrolled_stations(tmp_path / "a", server, [whole]) as (first,),
        enrolled_stations(tmp_path / "b", server, [part], ("sys",), first_letters=2) as (second,),
    ):
        first.exchange()
        assert set(second.member.scopes) == {"sys"}
        port = first.open_to_neighbours(networks=()).port
        second.open_to_neighbours(networks=()).type_addresses([f"127.0.0.1:{port}"])
        incident = add_incident(first.file.store, "Reservado", lines=1)
        until(lambda: bool(second.neighbours and second.neighbours.connected))
        first.call(second)
        second.call(first)
        assert not second.has(incident)
        assert {scope for scope, _ in second.file.vector} == {"sys"}


def test_a_revoked_station_is_neither_answered_nor_called(
    server: RunningServer, stations: list[Enrolled]
) -> None:
    first, second, *_ = stations
    second.call(first)
    server.command("revoke", second.member.device.hex(), "--reason", "Robada")
    first.exchange()
    with pytest.raises(NotWelcome):
        second.call(first)
    with pytest.raises(NotWelcome):
        first.call(second)


def test_a_station_that_did_not_meet_the_server_for_a_week_is_answered_by_nobody(
    stations: list[Enrolled],
) -> None:
    first, second, *_ = stations
    second.call(first)
    expires_ms = msgspec.msgpack.decode(msgspec.msgpack.decode(shown_grant(first.file.store))[0])[-1]
    first.file.clock.jump(3600 + expires_ms / 1000 - first.file.clock.now().timestamp())
    with pytest.raises(NotWelcome):
        second.call(first)
    incident = add_incident(second.file.store, "Permiso vencido", lines=1)
    first.exchange()
    first.call(second)
    assert first.has(incident)


def test_nobody_without_a_certificate_of_the_municipality_gets_an_answer(
    tmp_path: Path, stations: list[Enrolled]
) -> None:
    first, second, *_ = stations
    port = first.open_to_neighbours(networks=()).port
    with_one = calling(second.member)
    with_one.check_hostname = False
    assert _answer(port, with_one).startswith(b"HTTP/1.1 200")
    without = trusting(first.member.authority)
    without.check_hostname = False
    assert _answer(port, without) == b""
    with RunningServer(tmp_path / "otro") as other:
        other.found()
        other.start()
        with enrolled_stations(tmp_path / "ajena", other, NAMES[:1]) as (stranger,):
            with pytest.raises(PeerAway):
                device_at("127.0.0.1", port, stranger.member)
            second.member = msgspec.structs.replace(
                second.member, certificate=stranger.member.certificate, tls_key=stranger.member.tls_key
            )
            with pytest.raises(PeerAway):
                second.call(first)


def test_a_question_that_another_one_asks_is_not_signed(stations: list[Enrolled]) -> None:
    """Whoever is called could pass on the question of a third one, and use the answer as if it were the caller."""
    first, second, third, *_ = stations
    asks_as_third = msgspec.structs.replace(first.member, device=third.member.device)
    passing = Answering(Hub(first.file.store, first.blobs, asks_as_third), first.member, "127.0.0.1", 0)
    try:
        with pytest.raises(PeerAway, match="another one's question"):
            second.call_at(passing.port, first)
    finally:
        passing.close()
    assert second.call(first).refused == {}


def _answer(port: int, context: ssl.SSLContext) -> bytes:
    """Return what is answered to somebody who asks for a question to sign."""
    with (
        suppress(ssl.SSLError, ConnectionError),
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain) as line,
    ):
        line.sendall(b"POST /v1/challenge HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        return line.recv(100)
    return b""


def test_a_neighbour_heard_of_while_the_network_is_let_go_is_nobody() -> None:
    heard: list[str] = []
    with Zeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only) as elsewhere:
        found = Discovery(b"municipio", b"\x01" * 16, 9, ["127.0.0.1"], lambda: heard.append("news"))
        found.close()
        elsewhere.close()
        found.add_service(elsewhere, "_atalaya._tcp.local.", "02._atalaya._tcp.local.")
    assert (found.neighbours, heard) == ({}, [])
