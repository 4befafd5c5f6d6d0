"""Stations and the server as they run: a real process, TLS, enrolment with a code, and a line that dies."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.core.errors import FieldError, Unavailable, UserError
from desktop.models.incidents.records import Incident
from desktop.sync.enrolment import Membership, enrol, membership
from desktop.sync.exchange import Exchange, Identity
from desktop.sync.http_peer import HttpPeer
from desktop.sync.peer import NotWelcome, PeerAway
from desktop.sync.service import ExchangeService
from desktop.sync.state import ExchangeState, Link
from tests.support.core_peer import add_operator
from tests.support.profiles import keys_of
from tests.support.replicas import Replica, blobs_of, make
from tests.support.server import RunningServer
from tests.support.work import add_incident
from wire.messages import Pull, Pulled, Told

NAMES = ("Central 1", "Central 2")
_PATIENCE_S = 60.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(tmp_path / "servidor") as running:
        running.found()
        running.start()
        yield running


@pytest.fixture
def stations(tmp_path: Path) -> Iterator[list[Replica]]:
    made = make(tmp_path, NAMES)
    for station in made:
        station.store.local(
            lambda connection: connection.exec_driver_sql("DELETE FROM replica WHERE is_own = 0")
        ).result()
    add_operator(made[0].store)
    yield made
    for station in made:
        station.store.close()


def join(server: RunningServer, station: Replica, letters: str) -> Membership:
    key = keys_of(station.name).signing.public_key().public_bytes_raw()
    return enrol(station.store, key, station.name, letters, server.code(station.name, letters))


def peer_of(station: Replica, member: Membership) -> HttpPeer:
    return HttpPeer.server(member, keys_of(station.name).signing)


def identity_of(member: Membership) -> Identity:
    return Identity(member.device, member.municipal_key, "prueba")


def exchanged(station: Replica, member: Membership) -> int:
    peer = peer_of(station, member)
    try:
        return Exchange(station.store, peer, "server", identity_of(member)).run().taken
    finally:
        peer.close()


def until(is_so: Callable[[], bool]) -> None:
    limit = time.monotonic() + _PATIENCE_S
    while not is_so():
        assert time.monotonic() < limit, "it did not come to that"
        time.sleep(0.01)


class Background:
    """A station whose exchange runs by itself; it remembers all that it was told."""

    def __init__(
        self, station: Replica, member: Membership, call: Callable[[], HttpPeer] | None = None
    ) -> None:
        self.station = station
        self.told: list[ExchangeState] = []
        self.service = ExchangeService(
            station.store,
            blobs_of(station),
            call or (lambda: peer_of(station, member)),
            identity_of(member),
            self.told.append,
            ExchangeState(),
        )

    @property
    def is_current(self) -> bool:
        state = self.service.state
        return state.link is Link.CURRENT and state.remaining == 0

    def has(self, incident: object) -> bool:
        return self.station.store.read(lambda session: session.get(Incident, incident) is not None).result()


def test_enrolled_stations_see_each_others_incidents(server: RunningServer, stations: list[Replica]) -> None:
    first, second = stations
    one, two = join(server, first, "K1"), join(server, second, "K2")
    incident = add_incident(first.store, "Ruidos molestos", lines=2)
    exchanged(first, one)
    exchanged(second, two)

    found = second.store.read(lambda session: session.get_one(Incident, incident)).result()
    assert (found.narrative, found.folio) == ("Ruidos molestos", "INC-2026-000001")
    assert membership(first.store) == one
    with pytest.raises(UserError, match="ya está inscrita"):
        join(server, first, "K3")


def test_a_code_is_taken_once_and_only_for_the_server_that_gave_it(
    server: RunningServer, stations: list[Replica], tmp_path: Path
) -> None:
    first, second = stations
    key = keys_of(first.name).signing.public_key().public_bytes_raw()
    code = server.code(first.name, "K1")
    with pytest.raises(FieldError, match="El grupo 2"):
        enrol(first.store, key, "x", "K1", code[:6] + ("A" if code[6] != "A" else "B") + code[7:])
    enrol(first.store, key, first.name, "K1", code)
    other = keys_of(second.name).signing.public_key().public_bytes_raw()
    with pytest.raises(UserError, match="Pida otro"):
        enrol(second.store, other, second.name, "K2", code)

    with RunningServer(tmp_path / "otro", server.port) as impostor:
        impostor.found()
        fresh = server.code(second.name, "K2")
        assert server.stop() == 0
        impostor.start()
        with pytest.raises(UserError, match="no es el que dio el código"):
            enrol(second.store, other, second.name, "K2", fresh)
    with pytest.raises(Unavailable, match="no responde"):
        enrol(second.store, other, second.name, "K2", fresh)
    assert membership(second.store) is None


def test_what_is_written_arrives_by_itself_and_outlives_a_server_that_is_killed(
    server: RunningServer, stations: list[Replica]
) -> None:
    first, second = stations
    running = [Background(first, join(server, first, "K1")), Background(second, join(server, second, "K2"))]
    try:
        until(lambda: all(one.is_current for one in running))
        before = add_incident(first.store, "Antes", lines=1)
        until(lambda: running[1].has(before))
        until(lambda: running[0].is_current)

        server.kill()
        until(lambda: all(one.service.state.link is Link.AWAY for one in running))
        alone = len(running[0].told)
        during = [add_incident(one.station.store, "Sin servidor", lines=1) for one in running]
        assert all(one.service.state.remaining >= 1 for one in running)
        until(lambda: running[0].told[-1].remaining >= 1)
        assert not any(state.link is Link.CURRENT for state in running[0].told[alone:])

        server.start()
        for one in running:
            one.service.hurry()
        until(lambda: all(one.has(incident) for one in running for incident in during))
        until(lambda: all(one.is_current for one in running))
    finally:
        for one in running:
            one.service.close()
    until(lambda: first.vector == second.vector or bool(exchanged_again(server, stations)))
    assert first.rows() == second.rows()
    assert [station.faults() for station in stations] == [[], []]


class LateListener(HttpPeer):
    """A line on which something happens after the first round and before the server tells of anything."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def news(self) -> Iterator[dict[str, int] | Told]:
        self.meanwhile()
        return super().news()


def test_what_came_between_the_first_round_and_the_first_word_is_not_missed(
    server: RunningServer, stations: list[Replica]
) -> None:
    first, second = stations
    one, two = join(server, first, "K1"), join(server, second, "K2")
    exchanged(first, one)
    written: list[object] = []

    def write() -> None:
        if not written:
            written.append(add_incident(first.store, "Justo ahora", lines=1))
            exchanged(first, one)

    def call() -> HttpPeer:
        peer = LateListener.server(two, keys_of(second.name).signing)
        peer.meanwhile = write
        return peer

    running = Background(second, two, call)
    try:
        until(lambda: bool(written) and running.has(written[0]))
    finally:
        running.service.close()


class Asking(HttpPeer):
    """A line that counts what is asked over it and what is told."""

    pulls = 0
    parts = 0
    lost: Callable[[Told], bool] = staticmethod(lambda _: False)

    def pull(self, pull: Pull) -> Pulled:
        self.pulls += 1
        return super().pull(pull)

    def news(self) -> Iterator[dict[str, int] | Told]:
        for word in super().news():
            if isinstance(word, Told):
                if self.lost(word):
                    continue
                self.parts += 1
            yield word


def test_small_news_come_by_themselves_and_what_was_missed_is_asked_for(
    server: RunningServer, stations: list[Replica]
) -> None:
    first, second = stations
    one, two = join(server, first, "K1"), join(server, second, "K2")
    exchanged(first, one)
    lines: list[Asking] = []
    losing = [False]

    def call() -> HttpPeer:
        lines.append(Asking.server(two, keys_of(second.name).signing))
        lines[-1].lost = lambda told: losing[0] and told.part.scope == "operaciones"
        return lines[-1]

    running = Background(second, two, call)

    def written(words: str) -> None:
        found = add_incident(first.store, words, lines=0)
        exchanged(first, one)
        if not losing[0]:
            until(lambda: running.has(found))

    try:
        until(lambda: running.is_current)
        written("Lo primero que el servidor cuenta de este ámbito se pide")
        until(lambda: running.is_current)
        line = lines[-1]
        before = line.pulls
        for number in range(5):
            written(f"Esto llega solo {number}")
        assert line.parts >= 5
        assert line.pulls == before

        losing[0] = True
        written("Esto se pierde en el camino")
        losing[0] = False
        written("Esto no sigue a lo que hay, y se pide todo")
        assert line.pulls > before
        until(lambda: running.is_current)
        assert lines == [line]
    finally:
        running.service.close()
    exchanged(first, one)
    assert second.rows() == first.rows()
    assert second.vector == first.vector
    assert second.faults() == []


def exchanged_again(server: RunningServer, stations: list[Replica]) -> bool:
    """Take what came while the exchange of the other was being ended."""
    for station in stations:
        member = membership(station.store)
        assert member is not None
        exchanged(station, member)
    return False


def test_a_revoked_station_is_told_so_and_is_given_nothing(
    server: RunningServer, stations: list[Replica]
) -> None:
    first, second = stations
    one, two = join(server, first, "K1"), join(server, second, "K2")
    exchanged(first, one)
    server.command("revoke", two.device.hex(), "--reason", "Equipo perdido")
    add_incident(first.store, "Después", lines=0)
    exchanged(first, one)

    with pytest.raises(NotWelcome):
        exchanged(second, two)
    assert second.rows()["incidents"] == []


def test_a_server_that_stops_lets_its_stations_go_at_once(
    server: RunningServer, stations: list[Replica]
) -> None:
    running = Background(stations[0], join(server, stations[0], "K1"))
    try:
        until(lambda: running.is_current)
        assert server.stop() == 0
        until(lambda: running.service.state.link is Link.AWAY)
    finally:
        running.service.close()


def test_a_line_without_a_session_is_not_welcome(server: RunningServer, stations: list[Replica]) -> None:
    member = join(server, stations[0], "K1")
    peer = peer_of(stations[0], member)
    with pytest.raises(NotWelcome):
        next(peer.news())
    peer.close()
    with pytest.raises(PeerAway):
        next(peer.news())
