"""No byte of a scope reaches whoever may not hold it (I9): every text of it is a canary, and all bytes are searched.

Its hashes are searched too: those of its chains and of its attachments.
"""

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from desktop.core.ids import new_id
from desktop.core.paths import Profile
from desktop.core.vault import MasterKey
from desktop.models.catalogue import REGISTERS
from desktop.models.people import StaffMember, User
from desktop.models.shared import Attachment
from desktop.operations.station import Station, StationIdentity
from desktop.store.blobs import BlobStore
from desktop.sync.bundle_export import export_bundle
from desktop.sync.exchange import Exchange
from desktop.sync.http_peer import HttpPeer
from desktop.sync.peer import NotWelcome, PeerAway
from server import roster_book, tenants
from server.engine import Database
from tests.support.canaries import write_elsewhere, write_into
from tests.support.clock import FakeClock
from tests.support.core_peer import add_operator
from tests.support.enrolled import Enrolled, enrolled, until
from tests.support.postgres import Postgres
from tests.support.profiles import OPERATOR, keys_of
from tests.support.proxy import Proxy
from tests.support.replicas import make
from tests.support.server import PASSPHRASE, RunningServer
from tests.support.tap import Tap, leaks
from wire.bundle import BundleReader, NotForUs
from wire.messages import Part, Pull, Push, Told, Want
from wire.segments import Segment

OPERATIONS, CENTRE = "operaciones", "victimas/centro-1"
SCOPES = {
    "plena": ("sys", OPERATIONS, CENTRE),
    "direccion": ("sys", OPERATIONS, CENTRE),
    "central": ("sys", OPERATIONS),
    "porteria": ("sys", "inventario"),
    "traslado": ("sys", OPERATIONS),
    "perdida": ("sys", OPERATIONS),
}
WHEN = ("before", "after", "near")
"""Before and after one station lost its right and another was revoked; and what only neighbours were told of."""
MAY_HEAR: dict[str, set[str]] = {
    "plena": {f"{scope} {when}" for scope in (OPERATIONS, CENTRE) for when in WHEN},
    "direccion": {f"{scope} {when}" for scope in (OPERATIONS, CENTRE) for when in WHEN},
    "central": {f"{OPERATIONS} {when}" for when in WHEN},
    "porteria": set(),
    "traslado": {f"{OPERATIONS} before"},
    "perdida": {f"{OPERATIONS} before"},
}
"""By station; what the server denied it tells nobody."""
MASTER = MasterKey(bytes(range(32)))


def canary() -> str:
    """Return sixteen signs that are nowhere else."""
    return secrets.token_hex(8)


@dataclass
class Town:
    """A municipality with restricted scopes on one server, and what each station heard of it."""

    server: RunningServer
    dsn: str
    proxy: Proxy
    folder: Path
    stations: dict[str, Enrolled]
    taps: dict[str, Tap] = field(default_factory=dict)
    near: dict[str, Tap] = field(default_factory=dict)
    secrets: dict[str, list[bytes]] = field(default_factory=dict)
    listeners: dict[str, "Listener"] = field(default_factory=dict)
    photo: bytes = b""

    def exchange(self, name: str) -> None:
        """Exchange with the server as the program does, under a tap; a refusal is heard too."""
        station = self.stations[name]
        with self.line(name) as peer:
            try:
                Exchange(station.file.store, peer, "server", station.identity).run()
            except (NotWelcome, PeerAway):
                assert name == "perdida"

    @contextmanager
    def line(self, name: str) -> Iterator[HttpPeer]:
        station = self.stations[name]
        peer = HttpPeer.server(station.member, keys_of(name).signing)
        yield self.taps.setdefault(name, Tap()).on(peer)
        peer.close()

    def hashes(self, scope: str) -> set[bytes]:
        """Return every hash of a scope's chains, as its author holds them."""
        rows = self.stations["plena"].file.store.read(
            lambda session: (
                session.connection()
                .exec_driver_sql("SELECT hash FROM journal WHERE scope = ?", (scope,))
                .fetchall()
            )
        )
        return {bytes(row.hash) for row in rows.result()}

    def write(self, when: str) -> None:
        """Fill both restricted scopes, one of them with a change-set that the server denies."""
        store = self.stations["plena"].file.store
        before = {scope: self.hashes(scope) for scope in (OPERATIONS, CENTRE)}
        words = {name: canary() for name in (OPERATIONS, CENTRE, "denied")}
        filled = write_into(store, OPERATOR, OPERATIONS, words[OPERATIONS])
        every = {one.key for one in REGISTERS if one.model.scope.value == OPERATIONS}
        assert every - filled <= {"handovers"}, "which needs people"
        attached = {
            "register": "incidents",
            "record_id": UUID(int=1),
            "name": words[OPERATIONS],
            "size_bytes": 1,
        }
        data = words[OPERATIONS].encode() * 1000
        row = {**attached, "id": new_id(), "media_type": "image/jpeg", "sha256": sha256(data).hexdigest()}
        store.write(OPERATOR, "prueba.attach", lambda unit: unit.add_rows(Attachment, [row])).result()
        for scope, model, values in (
            (CENTRE, StaffMember, {"full_name": words[CENTRE], "phone": words[CENTRE]}),
            (OPERATIONS, User, {"username": words["denied"], "full_name": words["denied"]}),
        ):
            write_elsewhere(store, OPERATOR, scope, model, {"id": new_id(), **values})
        for name, word in words.items():
            self.secrets[f"{name} {when}"] = [word.encode()]
        for scope, old in before.items():
            self.secrets[f"{scope} {when}"] += sorted(self.hashes(scope) - old)
        self.secrets[f"{OPERATIONS} {when}"].append(sha256(data).digest())
        self.photo = data

    def of(self, *names: str) -> list[bytes]:
        return [secret for name in names for secret in self.secrets[name]]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Town]:
    """Return what is left after rights were taken and a device was revoked, while stations listened and asked."""
    folder = tmp_path_factory.mktemp("canarios")
    with postgres.database() as dsn, RunningServer(dsn, log=folder / "server.log") as server:
        server.found()
        server.start()
        files = make(folder, tuple(SCOPES))
        with Proxy(server.port) as proxy, ExitStack() as opened:
            stations = {}
            for place, file in enumerate(files, start=1):
                stations[file.name] = station = enrolled(file, server, f"K{place}", SCOPES[file.name])
                opened.callback(station.close)
                station.member = msgspec.structs.replace(station.member, address=proxy.address)
            add_operator(files[0].store)
            town = Town(server, dsn, proxy, folder, stations)
            town.write("before")
            town.exchange("plena")
            for name in SCOPES:
                town.exchange(name)
            _lose_rights(town)
            _meet(town)
            with socket.create_connection(("127.0.0.1", server.port)) as plain:
                plain.sendall(b"no es TLS\r\n\r\n")
            assert server.stop() == 0
            yield town


def _lose_rights(town: Town) -> None:
    """Take a right away and revoke a device in the middle of sessions; then write, and let everybody ask for it."""
    with ExitStack() as stack:
        peers = {name: stack.enter_context(town.line(name)) for name in SCOPES}
        for name, peer in peers.items():
            station = town.stations[name]
            Exchange(station.file.store, peer, "server", station.identity).run()
            town.listeners[name] = Listener(peer)
            stack.callback(town.listeners[name].thread.join)
            stack.callback(peer.interrupt)
        until(lambda: all(one.told for one in town.listeners.values()))
        database = stack.enter_context(closing(Database.open(town.dsn, pool=1)))
        authority = tenants.open_authority(database, "municipio", PASSPHRASE)
        moved = town.stations["traslado"].member.device
        roster_book.set_rights(database, authority, moved, ("sys",), ("sys",))
        # What everybody may hear of that has come before the rest is judged.
        until(lambda: all(one.has_heard_of("sys") for one in town.listeners.values()))
        for listener in town.listeners.values():
            listener.told.clear()
        roster_book.revoke_device(database, authority, town.stations["perdida"].member.device, "Perdida")
        town.write("after")
        town.exchange("plena")
        until(lambda: town.listeners["central"].has_heard_of(OPERATIONS))
        until(lambda: town.listeners["direccion"].has_heard_of(CENTRE))
        for peer in peers.values():
            _pry(town, peer)
        for name in SCOPES:
            town.exchange(name)


def _meet(town: Town) -> None:
    """Let everybody call a neighbour that has something the server was not told of."""
    plena = town.stations["plena"]
    town.write("near")
    port = plena.open_to_neighbours(networks=()).port
    for name in set(SCOPES) - {"plena"}:
        town.near[name] = Tap()
        with suppress(NotWelcome, PeerAway):
            town.stations[name].call_at(port, plena, town.near[name])


class Listener:
    """Somebody on the live channel; `told` is what came, word by word."""

    def __init__(self, peer: HttpPeer) -> None:
        self._peer = peer
        self.told: list[dict[str, int]] = []
        self.parts: list[Part] = []
        self.thread = threading.Thread(target=self._listen, name="listening")
        self.thread.start()

    def has_heard_of(self, scope: str) -> bool:
        return any(scope in news for news in tuple(self.told))

    def _listen(self) -> None:
        with suppress(PeerAway):
            for news in self._peer.news():
                if isinstance(news, Told):
                    self.parts.append(news.part)
                    self.told.append({news.part.scope: news.part.cursor})
                else:
                    self.told.append(news)


def _pry(town: Town, peer: HttpPeer) -> None:
    """Ask for restricted scopes in every way that the messages have."""
    replica = town.stations["plena"].file.store.replica
    tail = bytes(32)
    for scope in (OPERATIONS, CENTRE):
        for want in (
            Want(scope),
            Want(scope, 1, 0),
            Want(scope, 1, 1, {replica: 1}),
            Want(scope, 0, 0, {replica: 0}),
        ):
            with suppress(PeerAway, NotWelcome):
                peer.pull(Pull([want]))
        for first, last in ((1, 1), (2, 2), (900, 900)):
            piece = Segment(scope, replica, first, first, last, tail, bytes(64), [b"x"])
            with suppress(PeerAway, NotWelcome):
                peer.push(Push([piece]))


def test_whoever_may_not_hold_a_scope_hears_no_byte_of_it(town: Town) -> None:
    for name, tap in town.taps.items():
        forbidden = town.of(*(set(town.secrets) - MAY_HEAR[name]))
        assert forbidden
        assert tap.leaks(forbidden) == [], name
        assert max(tap.statuses) < 500
    for name in ("direccion", "central"):
        words = [town.secrets[one][0] for one in MAY_HEAR[name] if "near" not in one]
        assert town.taps[name].leaks(words) == words, "what may be heard is found where it is looked for"
    assert 401 in town.taps["perdida"].statuses


def test_the_live_channel_tells_of_a_scope_only_those_who_may_hold_it_now(town: Town) -> None:
    for name in ("porteria", "traslado", "perdida"):
        assert not town.listeners[name].has_heard_of(OPERATIONS), name
    for name in ("porteria", "traslado", "perdida", "central"):
        assert not town.listeners[name].has_heard_of(CENTRE), name
    assert not any(town.listeners["perdida"].told)
    assert {part.scope for part in town.listeners["central"].parts} <= {"sys", OPERATIONS}
    assert CENTRE in {part.scope for part in town.listeners["direccion"].parts}


def test_a_file_on_a_stick_opens_for_each_station_what_it_may_hold_and_no_more(town: Town) -> None:
    town.stations["plena"].file.store.close()
    folder = town.stations["plena"].file.path.parent
    station = Station(
        Profile(folder), keys_of("plena"), StationIdentity("plena", "K1"), FakeClock(), master=MASTER
    )
    with station:
        BlobStore(station.profile.blobs, MASTER.blobs).add_chunks([town.photo])
        made = export_bundle(station, town.folder / "ida", everything=True)
    town.stations["plena"].file.reopen()
    assert leaks([made.path.read_bytes()], town.of(*town.secrets)) == []
    assert made.attachments == 1

    for name, held in MAY_HEAR.items():
        # What the server denied, or was not asked about, its author still says.
        allowed = held | {f"denied {when}" for when in WHEN} if f"{OPERATIONS} after" in held else set()
        found = leaks([_unsealed(made.path, town.stations[name])], town.of(*town.secrets))
        assert [one for one in found if one in town.of(*(set(town.secrets) - allowed))] == [], name
        assert bool(found) == bool(allowed)


def _unsealed(path: Path, station: Enrolled) -> bytes:
    """Return all that a station can open of a file."""
    key = X25519PrivateKey.from_private_bytes(station.member.sealing_key)
    with path.open("rb") as source, suppress(NotForUs):
        return b"".join(msgspec.msgpack.encode(frame) for frame in BundleReader(source.read, key).frames())
    return b""


def test_a_neighbour_tells_nothing_of_a_scope_to_whoever_lost_it_or_never_had_it(town: Town) -> None:
    for name, tap in town.near.items():
        forbidden = set(town.secrets) - MAY_HEAR[name]
        if f"{OPERATIONS} near" in MAY_HEAR[name]:
            # No server was asked about it yet.
            forbidden -= {"denied near"}
        assert tap.leaks(town.of(*forbidden)) == [], name
    word = town.secrets[f"{OPERATIONS} near"][:1]
    assert town.near["central"].leaks(word) == word


def test_neither_the_server_nor_its_database_writes_any_of_it_into_a_log(
    town: Town, postgres: Postgres
) -> None:
    logs = [(town.folder / "server.log").read_bytes(), (postgres.folder / "log").read_bytes()]
    assert any(logs)
    assert leaks(logs, town.of(*town.secrets)) == []
