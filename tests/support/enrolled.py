"""Stations that were enrolled with a real server, and what of them runs by itself."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from desktop.models.incidents.records import Incident
from desktop.store.blobs import BlobStore
from desktop.store.peers import SERVER
from desktop.sync.courier import Carried, Courier
from desktop.sync.enrolment import Membership, enrol
from desktop.sync.exchange import Exchange, Identity
from desktop.sync.http_peer import HttpPeer
from desktop.sync.lan.exchange import NeighbourExchange
from desktop.sync.lan.neighbours import Neighbours, Where
from desktop.sync.lan.tls import calling
from desktop.sync.outcome import Outcome
from desktop.sync.service import ExchangeService
from desktop.sync.state import ExchangeState
from tests.support.core_peer import add_operator
from tests.support.profiles import keys_of
from tests.support.replicas import Replica, blobs_of, make
from tests.support.server import RunningServer
from tests.support.tap import Tap
from wire.messages import PROTOCOL, BlobName, Hello
from wire.roster import host_of

PATIENCE_S = 60.0
T = TypeVar("T")


@dataclass
class Enrolled:
    """One station of the municipality."""

    file: Replica
    member: Membership
    neighbours: Neighbours | None = None

    @property
    def identity(self) -> Identity:
        return Identity(self.member.device, self.member.municipal_key, "prueba")

    @property
    def blobs(self) -> BlobStore:
        return blobs_of(self.file)

    def exchange(self) -> Outcome:
        """Exchange with the server once."""
        return self._exchanged(lambda peer: Exchange.with_server(self.file.store, peer, self.identity).run())

    def exchange_from_the_start(self) -> Outcome:
        """Exchange with the server once, without a snapshot of what is not here."""
        return self._exchanged(lambda peer: Exchange(self.file.store, peer, SERVER, self.identity).run())

    def recall(self) -> None:
        """Take the whole history from the server."""

        def work(peer: HttpPeer) -> None:
            exchange = Exchange.with_server(self.file.store, peer, self.identity)
            exchange.run()
            while exchange.recall(lambda: None).history:
                pass

        self._exchanged(work)

    def _exchanged(self, work: Callable[[HttpPeer], T]) -> T:
        peer = HttpPeer.server(self.member, keys_of(self.file.name).signing)
        try:
            return work(peer)
        finally:
            peer.close()

    def open_to_neighbours(self, networks: Sequence[str] = ("127.0.0.1",)) -> Neighbours:
        """Answer, look around and call, on this machine alone."""
        self.neighbours = Neighbours(
            self.file.store,
            self.blobs,
            self.member,
            keys_of(self.file.name).signing,
            self.identity,
            lambda: None,
            Where(lambda: networks, "127.0.0.1", 0),
        )
        return self.neighbours

    def begin_service(self) -> ExchangeService:
        """Exchange with the server in the background; the caller ends it."""
        return ExchangeService(
            self.file.store,
            self.blobs,
            lambda: HttpPeer.server(self.member, keys_of(self.file.name).signing),
            self.identity,
            lambda state: None,
            ExchangeState(),
        )

    def carry(self) -> Carried:
        """Carry attachments to and from the server once."""
        peer = HttpPeer.server(self.member, keys_of(self.file.name).signing)
        try:
            return self._carried(peer, Exchange(self.file.store, peer, "server", self.identity))
        finally:
            peer.close()

    def server_states(self, hashes: Sequence[str]) -> list[bool]:
        """Return which attachments the server holds, in a session of its own."""
        peer = HttpPeer.server(self.member, keys_of(self.file.name).signing)
        try:
            peer.hello(Hello(PROTOCOL, self.member.device, b"", "prueba", 1, self.file.store.replica, 0, []))
            states = peer.blob_states([BlobName("operaciones", bytes.fromhex(one)) for one in hashes])
            return [one.is_whole for one in states]
        finally:
            peer.close()

    def carry_to(self, other: "Enrolled") -> Carried:
        """Carry attachments to and from a neighbour once."""
        peer = self.peer_of(other)
        device = other.member.device
        try:
            exchange = NeighbourExchange(self.file.store, peer, device, self.member, self.identity)
            return self._carried(peer, exchange)
        finally:
            peer.close()

    def _carried(self, peer: HttpPeer, exchange: Exchange) -> Carried:
        exchange.run()
        assert exchange.welcome is not None
        scopes = exchange.welcome.scopes
        courier = Courier(self.file.store, self.blobs, peer, exchange.name)
        return courier.run([one.scope for one in scopes], [one.scope for one in scopes if one.may_write])

    def peer_of(self, other: "Enrolled") -> HttpPeer:
        """Return a line to a neighbour, which answers from now on, with a session."""
        neighbours = other.neighbours or other.open_to_neighbours(networks=())
        peer = self._line_to(neighbours.port, other)
        NeighbourExchange(self.file.store, peer, other.member.device, self.member, self.identity).run()
        return peer

    def call(self, other: "Enrolled") -> Outcome:
        """Exchange with a neighbour once; it answers from now on."""
        neighbours = other.neighbours or other.open_to_neighbours(networks=())
        return self.call_at(neighbours.port, other)

    def call_at(self, port: int, other: "Enrolled", tap: Tap | None = None) -> Outcome:
        """Exchange once with whoever answers as a neighbour on a port, heard by `tap`."""
        device = other.member.device
        peer = self._line_to(port, other)
        if tap is not None:
            tap.on(peer)
        try:
            return NeighbourExchange(self.file.store, peer, device, self.member, self.identity).run()
        finally:
            peer.close()

    def _line_to(self, port: int, other: "Enrolled") -> HttpPeer:
        device = other.member.device
        return HttpPeer(
            f"127.0.0.1:{port}",
            calling(self.member),
            keys_of(self.file.name).signing,
            host=host_of(device),
            asks_as=device,
        )

    def has(self, incident: UUID) -> bool:
        return self.file.store.read(lambda session: session.get(Incident, incident) is not None).result()

    def close(self) -> None:
        if self.neighbours is not None:
            self.neighbours.close()
        self.file.store.close()


def enrolled(file: Replica, server: RunningServer, letters: str, scopes: Sequence[str] = ()) -> Enrolled:
    """Enrol a file that knows nobody but the server."""
    file.store.local(
        lambda connection: connection.exec_driver_sql("DELETE FROM replica WHERE is_own = 0")
    ).result()
    key = keys_of(file.name).signing.public_key().public_bytes_raw()
    code = server.code(file.name, letters, *scopes)
    return Enrolled(file, enrol(file.store, key, file.name, letters, code))


@contextmanager
def enrolled_stations(
    folder: Path,
    server: RunningServer,
    names: Iterable[str],
    scopes: Sequence[str] = (),
    first_letters: int = 1,
) -> Iterator[list[Enrolled]]:
    """Enrol stations that know nobody but the server, and let all of them hear of each other from it."""
    files = make(folder, tuple(names))
    stations = [
        enrolled(file, server, f"K{place}", scopes) for place, file in enumerate(files, start=first_letters)
    ]
    if first_letters == 1:
        add_operator(files[0].store)
    for _ in range(2):
        for station in stations:
            station.exchange()
    yield stations
    for station in stations:
        station.close()


def until(is_so: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Wait for something that comes by itself."""
    limit = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < limit, "it did not come to that"
        time.sleep(0.01)
