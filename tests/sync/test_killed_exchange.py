"""kill -9 of the station, the server or its database: what was acknowledged is on the server's disk, the rest is sent.

Nothing of it is there twice, and every chain is sound (I1, I2, I8).
"""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from desktop.store.engine import connect
from desktop.sync.exchange import Exchange
from desktop.sync.http_peer import HttpPeer
from desktop.sync.peer import PeerAway
from server.tables import SEGMENT
from tests.support.enrolled import Enrolled, enrolled_stations, until
from tests.support.killing import Server
from tests.support.ledger import Ledger, ledger_of
from tests.support.postgres import Postgres
from tests.support.profiles import keys_of
from tests.support.proxy import Proxy
from tests.support.replicas import Replica
from tests.support.server import RunningServer
from tests.support.work import add_incident, add_member, change_member
from wire.messages import Hello, Pull, Pulled, Push, Pushed, Welcome

NAMES = ("uno", "dos")
KILLS = 4
PARTS = 2
LONGEST_S = 0.4

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 is sent where processes fork")


@dataclass
class Town:
    """Two stations, the server over a real PostgreSQL that syncs its disk, and the line between them."""

    server: RunningServer
    dsn: str
    proxy: Proxy
    stations: list[Enrolled]

    def settle(self) -> None:
        for station in (*self.stations, *self.stations[:1]):
            assert station.exchange().remaining == 0

    def check_alike(self) -> None:
        first, second = (one.file for one in self.stations)
        with ledger_of(self.dsn) as ledger:
            ledger.check()
            held = {chain: seq for chain, (seq, _) in ledger.held().items()}
        assert first.vector == second.vector == held
        assert first.rows() == second.rows()
        assert [one.file.faults() for one in self.stations] == [[], []]


@pytest.fixture(scope="module")
def durable() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture
def town(tmp_path: Path, durable: Postgres) -> Iterator[Town]:
    with durable.database() as dsn, RunningServer(dsn) as server:
        server.found()
        server.start()
        with Proxy(server.port) as proxy, enrolled_stations(tmp_path, server, NAMES) as stations:
            for station in stations:
                station.member = msgspec.structs.replace(station.member, address=proxy.address)
            yield Town(server, dsn, proxy, stations)


def noted(file: Replica) -> tuple[dict[tuple[str, int], int], dict[str, int], dict[tuple[str, int], int]]:
    """Return what a closed file says: how far the server holds each chain, how far it was taken, and the chains."""
    connection = connect(file.path, keys_of(file.name).database, read_only=True)
    try:
        held = connection.execute(
            "SELECT scope, replica, seq FROM peer_chain WHERE peer = 'server'"
        ).fetchall()
        cursors = connection.execute("SELECT scope, cursor FROM peer_scope WHERE peer = 'server'").fetchall()
        chains = connection.execute("SELECT scope, replica, seq FROM chain").fetchall()
    finally:
        connection.close()
    return {(s, r): n for s, r, n in held}, dict(cursors), {(s, r): n for s, r, n in chains}


def owed(ledger: Ledger, file: Replica) -> tuple[bool, bool]:
    """Tell whether a closed file lacks something of the server, and the server something of it."""
    chains, held = noted(file)[2], {chain: seq for chain, (seq, _) in ledger.held().items()}
    lacks = any(chains.get(chain, 0) < seq for chain, seq in held.items())
    return lacks, any(held.get(chain, 0) < seq for chain, seq in chains.items())


def check_noted(ledger: Ledger, file: Replica) -> None:
    """See that a file claims neither more of the server than it holds, nor to have taken what it has not."""
    said, cursors, chains = noted(file)
    held = ledger.held()
    for chain, seq in said.items():
        assert seq <= held[chain][0], f"{chain} is not on the server's disk"
    with ledger.database.reading() as tx:
        for row in tx.connection.execute(select(SEGMENT)):
            if row.n_last <= cursors.get(row.scope, 0):
                assert chains[row.scope, row.replica] >= row.last, "the cursor passed what was never taken"


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_a_station_killed_before_every_statement_of_an_exchange_goes_on_where_it_was(
    town: Town, part: int
) -> None:
    first, second = town.stations
    person = add_member(first.file.store, "Ana", phone="0")
    town.settle()
    second.file.store.close()
    statement, is_whole, status = part + 1, True, signal.SIGKILL.value
    written: list[str] = []
    with ledger_of(town.dsn) as ledger, closing(Server("tests.support.exchange_worker")) as workers:
        while not (is_whole and status == 0):
            # Both have one thing to say to each other, whatever the last one came to: all are as long.
            lacks, owes = owed(ledger, second.file)
            if not lacks:
                add_incident(first.file.store, f"Desde la otra {statement}", lines=1)
                change_member(first.file.store, person, phone=f"otra {statement}")
                first.exchange()
            word = "" if owes else f"aviso-{len(written)}"
            is_whole = not (lacks or owes)
            task = f"{second.file.path}|{second.file.name}|{town.proxy.address}|{word}|{statement}"
            status, said = workers.run(task)
            written += [words[2] for words in said if words[1] == "written"]
            assert status or ["ok", "exchanged"] in said
            check_noted(ledger, second.file)
            if status:
                assert status == signal.SIGKILL
                statement += PARTS
    assert statement > 60

    second.file.reopen()
    town.settle()
    town.check_alike()
    narratives = [str(row) for row in second.file.rows()["incidents"]]
    assert all(sum(f"'{word}'" in row for row in narratives) == 1 for word in written)


@dataclass
class Pushing:
    """A station that writes and pushes until told to stop; it keeps what was acknowledged."""

    station: Enrolled
    acknowledged: dict[tuple[str, int], int] = field(default_factory=dict)
    written: int = 0
    failures: int = 0
    ending: threading.Event = field(default_factory=threading.Event)
    errors: list[BaseException] = field(default_factory=list)

    def run(self) -> None:
        try:
            while not self.ending.is_set():
                self._exchange()
        except BaseException as error:
            self.errors.append(error)

    def _exchange(self) -> None:
        self._peer = HttpPeer.server(self.station.member, keys_of(self.station.file.name).signing)
        exchange = Exchange(self.station.file.store, self, "server", self.station.identity)
        try:
            exchange.run(self._check)
            while not self.ending.is_set():
                self.written += 1
                add_incident(self.station.file.store, f"Aviso {self.written}", lines=2)
                exchange.push(self._check)
        except PeerAway:
            self.failures += 1
            self.ending.wait(0.02)
        finally:
            self._peer.close()

    def _check(self) -> None:
        """Never stop between two messages: what breaks is the server."""

    def hello(self, hello: Hello) -> Welcome:
        return self._peer.hello(hello)

    def pull(self, pull: Pull) -> Pulled:
        return self._peer.pull(pull)

    def push(self, push: Push) -> Pushed:
        answer = self._peer.push(push)
        for line in answer.taken:
            self.acknowledged[line.scope, line.replica] = line.seq
        return answer


@contextmanager
def pushing(town: Town) -> Iterator[list[Pushing]]:
    made = [Pushing(station) for station in town.stations]
    threads = [threading.Thread(target=one.run, name="pushing") for one in made]
    for thread in threads:
        thread.start()
    try:
        yield made
    finally:
        for one in made:
            one.ending.set()
        for thread in threads:
            thread.join()
    assert [error for one in made for error in one.errors] == []


def break_often(town: Town, seed: int, fall: Callable[[], None], rise: Callable[[], None]) -> None:
    """Let stations push while something falls and rises; look at the server's disk each time."""
    rng = random.Random(seed)
    with pushing(town) as stations:
        for _ in range(KILLS):
            enough = sum(one.written for one in stations) + 4
            until(lambda enough=enough: sum(one.written for one in stations) >= enough)  # type: ignore[misc]
            time.sleep(rng.uniform(0.0, LONGEST_S))
            fall()
            acknowledged = [dict(one.acknowledged) for one in stations]
            rise()
            with ledger_of(town.dsn) as ledger:
                held = ledger.held()
                ledger.check()
            for one in acknowledged:
                assert all(held[chain][0] >= seq for chain, seq in one.items())
    assert all(one.failures for one in stations)
    town.settle()
    town.check_alike()
    assert len(town.stations[0].file.rows()["incidents"]) == sum(one.written for one in stations)


@pytest.mark.slow
def test_a_server_killed_in_the_middle_of_pushes_has_all_that_it_acknowledged(town: Town) -> None:
    break_often(town, 11, town.server.kill, town.server.start)


@pytest.mark.slow
def test_a_database_stopped_at_once_in_the_middle_of_pushes_has_all_that_was_acknowledged(
    town: Town, durable: Postgres
) -> None:
    break_often(town, 12, lambda: durable.stop("immediate"), durable.start)
    assert town.server.stop() == 0
