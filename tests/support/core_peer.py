"""The municipal server's core as a peer in the same process: everything but the transport is real."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from desktop.models.people import User
from desktop.models.roles import Role
from desktop.store.store import Store
from desktop.store.unit_of_work import Author, UnitOfWork
from desktop.sync.exchange import Exchange, Identity
from desktop.sync.peer import NotThere, PeerAway
from server import snapshots
from server.give import pull, welcome_state
from server.rolled_back import begin_anew_if_put_back
from server.roster_book import Wanted, note_replica
from server.take import push
from tests.support.municipality import SCOPES, Municipality, Station
from tests.support.profiles import OPERATOR, keys_of
from tests.support.replicas import Replica
from wire.messages import Hello, Pull, Pulled, Push, Pushed, Welcome
from wire.snapshots import AskSnapshot, AskSnapshotChunk, SignedManifest, SnapshotChunk

SYSTEM = Author(UUID(int=0), "Central 1", "K7")


@dataclass
class CorePeer:
    """Answers as the server would; `cut` may raise before an answer is given, after it was worked out."""

    municipality: Municipality
    device: bytes
    cut: Callable[[str], None] = field(default=lambda _: None)
    min_schema: int = 0
    minds_receipts: bool = True
    """A server that does not says the same for ever."""

    def hello(self, hello: Hello) -> Welcome:
        city = self.municipality
        note_replica(city.database, city.authority, self.device, hello.replica)
        if self.minds_receipts:
            begin_anew_if_put_back(city.database, city.authority, hello.receipts)
        epoch, server, scopes, own = welcome_state(city.database, city.authority, self.device, hello)
        self.cut("hello")
        return Welcome(b"", city.wall.now_ms, self.min_schema, epoch, server, scopes, own, 0, b"")

    def push(self, asked: Push) -> Pushed:
        answer = push(self.municipality.database, self.municipality.authority, self.device, asked)
        self.cut("push")
        return answer

    def pull(self, asked: Pull) -> Pulled:
        answer = pull(self.municipality.database, self.municipality.authority, self.device, asked)
        self.cut("pull")
        return answer

    def snapshot(self, asked: AskSnapshot) -> SignedManifest:
        city = self.municipality
        try:
            answer = snapshots.manifest(city.database, city.authority, self.device, asked)
        except snapshots.NoSnapshot as error:
            raise NotThere from error
        self.cut("snapshot")
        return answer

    def snapshot_chunk(self, asked: AskSnapshotChunk) -> SnapshotChunk:
        city = self.municipality
        try:
            answer = snapshots.chunk(city.database, city.authority, self.device, asked)
        except snapshots.NoSnapshot as error:
            raise NotThere from error
        self.cut("chunk")
        return answer


class Cut(PeerAway):
    """The line went dead."""


def enrolled(city: Municipality, replica: Replica, code: str, scopes: tuple[str, ...] = SCOPES) -> CorePeer:
    """Enrol a station's file with the server."""
    station = Station(keys_of(replica.name).signing, replica.store.replica)
    answer = city.enrol(station, code, Wanted(replica.name, code, scopes, scopes))
    return CorePeer(city, answer.device)


def exchange_of(city: Municipality, replica: Replica, peer: CorePeer) -> Exchange:
    identity = Identity(peer.device, city.authority.public_bytes, "prueba")
    return Exchange.with_server(replica.store, peer, identity)


def add_operator(store: Store) -> None:
    """Make the person in whose name tests write."""

    def body(unit: UnitOfWork) -> None:
        unit.session.add(
            User(
                id=OPERATOR.user_id,
                username="operador",
                full_name="Operador de Pruebas",
                roles=(Role.ADMINISTRATOR.value,),
            )
        )

    store.write(SYSTEM, "users.create", body).result()
