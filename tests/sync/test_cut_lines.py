"""A line may end after any byte, fall silent, carry a message twice or late: nothing is lost nor doubled (I10)."""

import random
import threading
from collections.abc import Iterator

import httpx
import msgspec
import pytest

from desktop.sync import http_peer
from desktop.sync.exchange import Exchange
from desktop.sync.http_peer import HttpPeer
from desktop.sync.outcome import Outcome
from desktop.sync.peer import PeerAway
from desktop.sync.trust import trusting
from tests.support.enrolled import Enrolled, enrolled_stations
from tests.support.ledger import Ledger, ledger_of
from tests.support.postgres import Postgres
from tests.support.profiles import keys_of
from tests.support.proxy import Break, Fault, Proxy, Way
from tests.support.server import RunningServer
from tests.support.work import add_incident, add_member, change_member

NAMES = ("Central 1", "Central 2")
SEED = 21
CUTS = 4
STALLS = 2


class Line:
    """Two stations whose only way to the server is one line."""

    def __init__(self, proxy: Proxy, stations: list[Enrolled], ledger: Ledger) -> None:
        self.proxy, self.stations, self.ledger = proxy, stations, ledger
        self.rng = random.Random(SEED)
        self.member = add_member(stations[0].file.store, "Ana", phone="0")
        self._written = 0
        for station in stations:
            station.member = msgspec.structs.replace(station.member, address=proxy.address)
        self.settle()

    def write(self) -> None:
        """Let both stations write: each something of its own, and both about the same person."""
        for station in self.stations:
            self._written += 1
            add_incident(station.file.store, f"Aviso {self._written}", lines=self.rng.randrange(3))
            change_member(station.file.store, self.member, phone=str(self._written))

    def vectors(self) -> list[dict[tuple[str, int], int]]:
        held = self.ledger.held()
        return [*(one.file.vector for one in self.stations), {chain: seq for chain, (seq, _) in held.items()}]

    def settle(self) -> None:
        """Exchange over a sound line until both stations have heard of each other."""
        self.proxy.mend()
        for station in (*self.stations, *self.stations[:1]):
            before = station.file.vector
            outcome = station.exchange()
            assert (outcome.remaining, outcome.refused, outcome.forked) == (0, {}, frozenset())
            assert sum(station.file.vector.values()) == sum(before.values()) + outcome.taken

    def check_alike(self) -> None:
        first, second = (one.file for one in self.stations)
        assert first.rows() == second.rows()
        one, other, server = self.vectors()
        assert one == other == server
        self.ledger.check()

    def check_sound(self) -> None:
        self.check_alike()
        assert [one.file.faults() for one in self.stations] == [[], []]
        taken = list(self.ledger.change_sets())
        narratives = [
            str(op.values["narrative"]) for one in taken for op in one.ops if "narrative" in op.values
        ]
        assert sorted(narratives) == sorted(f"Aviso {number}" for number in range(1, self._written + 1))


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Line]:
    folder = tmp_path_factory.mktemp("linea")
    with postgres.database() as dsn, RunningServer(dsn) as server:
        server.found()
        server.start()
        with (
            Proxy(server.port) as proxy,
            enrolled_stations(folder, server, NAMES) as stations,
            ledger_of(dsn) as ledger,
        ):
            yield Line(proxy, stations, ledger)


def recorded(line: Line, station: Enrolled) -> dict[Way, int]:
    """Return how many bytes an exchange that has something to say carries each way."""
    line.write()
    line.proxy.mend()
    station.exchange()
    return {way: line.proxy.carried.of(way) for way in Way}


def spread(rng: random.Random, length: int, count: int) -> list[int]:
    """Return places in some bytes: one anywhere in each of `count` equal parts."""
    return [int((place + rng.random()) * length / count) for place in range(count)]


def broken(line: Line, station: Enrolled, fault: Fault) -> Outcome | None:
    """Exchange over a line that breaks; None when the exchange did not come to its end."""
    before = line.vectors()
    line.proxy.mend(fault)
    try:
        outcome = station.exchange()
    except PeerAway:
        outcome = None
    assert line.proxy.has_broken or outcome is not None
    for held, now in zip(before, line.vectors(), strict=True):
        assert all(now[chain] >= seq for chain, seq in held.items()), "nothing that was held is lost"
    return outcome


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("how", [Break.CUT, Break.RESET])
def test_a_line_that_ends_after_any_byte_costs_nothing_but_time(line: Line, way: Way, how: Break) -> None:
    for station in line.stations:
        length = recorded(line, station)[way]
        line.settle()
        unfinished = 0
        for offset in spread(line.rng, length, CUTS):
            line.write()
            unfinished += broken(line, station, Fault(how, way, offset)) is None
            line.settle()
            line.check_alike()
        assert unfinished > 0
    line.check_sound()


@pytest.mark.parametrize("way", Way)
def test_a_line_that_falls_silent_is_left_and_what_hangs_on_it_holds_nobody_up(
    line: Line, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    length = recorded(line, line.stations[0])[way]
    line.settle()
    for offset in spread(line.rng, length, STALLS + 1)[1:]:
        line.write()
        with monkeypatch.context() as hurried:
            hurried.setattr(http_peer, "ANSWER_S", 0.3)
            broken(line, line.stations[0], Fault(Break.STALL, way, offset))
        # The first line still hangs at the server while the other station exchanges.
        other = line.stations[1]
        direct = msgspec.structs.replace(other.member, address=f"127.0.0.1:{line.proxy.port}")
        peer = HttpPeer.server(direct, keys_of(other.file.name).signing)
        assert Exchange(other.file.store, peer, "server", other.identity).run().remaining == 0
        peer.close()
        line.settle()
    line.check_sound()


def test_a_line_of_a_few_bytes_at_a_time_carries_all(line: Line) -> None:
    line.write()
    line.proxy.mend(is_slow=True)
    for station in line.stations:
        assert station.exchange().remaining == 0
    line.settle()
    line.check_sound()


class Echo:
    """Sends every request a second time, byte for byte: at once, and all of them again later in another order."""

    def __init__(self, station: Enrolled, peer: HttpPeer) -> None:
        self._client = httpx.Client(verify=trusting(station.member.authority), trust_env=False)
        self._said: list[httpx.Request] = []
        peer._client.event_hooks["request"].append(self._repeat)

    def _repeat(self, request: httpx.Request) -> None:
        self._said.append(request)
        assert self._send(request) == httpx.codes.OK

    def _send(self, request: httpx.Request) -> int:
        headers = {name: value for name, value in request.headers.items() if name != "content-length"}
        return self._client.request(
            request.method, request.url, content=request.content, headers=headers
        ).status_code

    def say_again(self, rng: random.Random) -> list[int]:
        late = rng.sample(self._said, len(self._said))
        return [self._send(request) for request in late]

    def close(self) -> None:
        self._client.close()


def test_requests_that_come_twice_at_once_late_and_out_of_order_change_nothing(line: Line) -> None:
    line.write()
    line.proxy.mend()
    for station in line.stations:
        peer = HttpPeer.server(station.member, keys_of(station.file.name).signing)
        echo = Echo(station, peer)
        Exchange(station.file.store, peer, "server", station.identity).run()
        line.write()
        Exchange(station.file.store, peer, "server", station.identity).run()
        before = line.ledger.heads()
        assert set(echo.say_again(line.rng)) == {httpx.codes.OK}
        assert line.ledger.heads() == before
        echo.close()
        peer.close()
    line.settle()
    line.check_sound()


def test_two_lines_of_one_station_at_the_same_time_give_the_same_as_one(line: Line) -> None:
    line.write()
    line.proxy.mend()
    failures: list[Exception] = []

    def exchange() -> None:
        try:
            line.stations[0].exchange()
        except PeerAway as away:
            failures.append(away)

    threads = [threading.Thread(target=exchange) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    line.settle()
    line.check_sound()


def test_the_line_itself_breaks_where_it_is_told(line: Line) -> None:
    """The bytes after the cut never arrive: what the other tests break is really broken."""
    length = recorded(line, line.stations[0])
    line.settle()
    line.write()
    assert broken(line, line.stations[0], Fault(Break.CUT, Way.TO_SERVER, length[Way.TO_SERVER] // 2)) is None
    assert line.proxy.carried.to_server == length[Way.TO_SERVER] // 2
    line.settle()
