"""A new station begins with the server's snapshot, works at once, and ends as if it had been there from the start."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from desktop.models.people import StaffMember
from desktop.store import base, give
from desktop.store.anew import make_anew
from desktop.store.apply import Applier
from desktop.store.peers import SERVER
from desktop.store.store import Took
from desktop.store.unit_of_work import UnitOfWork
from desktop.sync import bootstrap
from desktop.sync.agreement import Compared, compare
from desktop.sync.peer import PeerAway
from server import snapshots as server_snapshots
from tests.support.core_peer import Cut, add_operator, enrolled, exchange_of
from tests.support.municipality import Municipality
from tests.support.profiles import OPERATOR
from tests.support.replicas import PLENTY, SCOPES, Replica, make
from tests.support.work import add_incident, add_member, change_member, import_members
from wire import snapshots
from wire.messages import Refusal

NAMES = ("Central 1", "Central 2", "Central 3")
TABLES = ("snapshot", "base", "base_state")


class Town:
    """A server, two stations that have worked for a while, and a third one that knows nothing yet."""

    def __init__(self, folder: Path) -> None:
        self.city = Municipality.found(folder / "servidor")
        self.stations = make(folder, NAMES)
        for station in self.stations:
            station.store.local(
                lambda connection: connection.exec_driver_sql("DELETE FROM replica WHERE is_own = 0")
            ).result()
        add_operator(self.stations[0].store)
        self.peers = [
            enrolled(self.city, station, f"K{place}") for place, station in enumerate(self.stations, start=1)
        ]
        self.live(0)
        self.live(1)
        self.work()

    @property
    def newcomer(self) -> Replica:
        return self.stations[2]

    def work(self) -> None:
        """Leave something of every kind behind: lines, edits, a voided record, open questions."""
        first, second = self.stations[:2]
        self.incident = add_incident(first.store, "Ruidos molestos", lines=3)
        self.member = add_member(first.store, "Ana Pérez", phone="1")
        gone = add_member(first.store, "De más")
        import_members(second.store, 9)
        self.settle(0, 1)
        change_member(first.store, self.member, phone="2")
        change_member(second.store, self.member, phone="3", callsign="Inspectora")
        void(second, gone)
        self.settle(0, 1)

    def live(self, place: int) -> None:
        exchange_of(self.city, self.stations[place], self.peers[place]).run()

    def settle(self, *places: int) -> None:
        for _ in range(2):
            for place in places:
                self.live(place)

    def recall(self, place: int = 2) -> int:
        """Take the whole history; return in how many pieces it came."""
        exchange = exchange_of(self.city, self.stations[place], self.peers[place])
        exchange.run()
        pieces = 0
        while (outcome := exchange.recall(lambda: None)).history:
            assert outcome.refused == {}
            assert outcome.taken
            pieces += 1
        return pieces

    def check_alike(self, *places: int) -> None:
        first = self.stations[0]
        for place in places:
            assert self.stations[place].rows() == first.rows()
            assert self.stations[place].vector == first.vector
            assert count(self.stations[place], "void") == 0
            assert self.stations[place].faults() == []

    def check_digests(self) -> None:
        """See that everybody adds up to what the server says."""
        for station, peer in zip(self.stations, self.peers, strict=True):
            exchange = exchange_of(self.city, station, peer)
            exchange.run()
            states = () if exchange.welcome is None else exchange.welcome.scopes
            compared = compare(station.store, SERVER, states, lambda: None)
            assert compared == Compared(frozenset(state.scope for state in states))

    def close(self) -> None:
        for station in self.stations:
            station.store.close()
        self.city.close()


def void(station: Replica, member: Any) -> None:
    def body(unit: UnitOfWork) -> None:
        found = unit.session.get_one(StaffMember, member)
        found.voided_at, found.void_reason = unit.at, "Duplicada"

    station.store.write(OPERATOR, "staff.void", body).result()


def callsign_of(station: Replica, member: Any) -> str | None:
    return station.store.read(lambda session: session.get_one(StaffMember, member).callsign).result()


def ids(station: Replica, table: str) -> set[bytes]:
    look = text(f"SELECT id FROM {table}")  # noqa: S608 - names of this file
    return {bytes(pk) for pk in station.store.read(lambda session: list(session.scalars(look))).result()}


def count(station: Replica, table: str) -> int:
    look = text(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of this file
    return int(station.store.read(lambda session: session.scalar(look)).result() or 0)


def timeline(station: Replica) -> list[tuple[Any, ...]]:
    """Return which change-sets belong to which record's timeline, however this file numbers them."""
    look = (
        "SELECT t.record_id, j.scope, j.replica, j.seq, j.hash FROM journal_touch AS t "
        "JOIN journal AS j ON j.n = t.n"
    )
    return sorted(station.store.read(lambda session: list(map(tuple, session.execute(text(look))))).result())


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Return a town in which everything comes in many small pieces to whoever is new from now on."""
    made = Town(tmp_path)
    monkeypatch.setattr(bootstrap, "WORTHWHILE", 1)
    monkeypatch.setattr(bootstrap, "_BUDGET", 1)
    monkeypatch.setattr(snapshots, "CHUNK_BYTES", 600)
    monkeypatch.setattr("desktop.store.snapshot.RECORDS_AT_ONCE", 2)
    yield made
    made.close()


def test_a_new_station_shows_all_before_it_knows_how_it_came_to_be(town: Town) -> None:
    town.live(2)

    assert count(town.newcomer, "journal") == 0
    town.check_digests()
    assert count(town.newcomer, "incidents") == 1
    town.check_alike(2)
    town.newcomer.reopen()
    town.check_alike(2)


def test_once_its_history_came_it_is_as_any_other_file(town: Town) -> None:
    town.live(2)
    assert town.recall() > 3

    assert [count(town.newcomer, table) for table in TABLES] == [0, 0, 0]
    assert timeline(town.newcomer) == timeline(town.stations[0])
    town.check_alike(2)
    town.newcomer.reopen()
    town.check_alike(2)


def test_what_it_writes_meanwhile_has_seen_the_snapshot(town: Town) -> None:
    """An edit of a record whose history is not here overwrites what it showed, and asks nobody."""
    town.live(2)
    change_member(town.newcomer.store, town.member, callsign="Jefa de turno")
    add_incident(town.newcomer.store, "Escrito antes de la historia")
    town.settle(2, 0, 1)
    town.check_alike(1, 2)
    change_member(town.stations[0].store, town.member, callsign="Otra vez inspectora")
    town.settle(0, 2)
    assert town.newcomer.faults() == []
    assert callsign_of(town.newcomer, town.member) == "Otra vez inspectora"

    town.recall()
    town.settle(0, 1, 2)
    town.check_alike(1, 2)
    assert timeline(town.newcomer) == timeline(town.stations[0])


def test_records_can_be_made_anew_at_any_moment_of_it(town: Town) -> None:
    """What was taken out of a journal makes its records anew: from the snapshot, and what came after it."""
    town.live(2)
    change_member(town.newcomer.store, town.member, callsign="Ya trabaja")
    town.live(2)
    exchange = exchange_of(town.city, town.newcomer, town.peers[2])
    exchange.run()
    before = town.newcomer.rows()
    tables = ("staff", "incidents", "incident_lines", "users")
    records = {(table, pk) for table in tables for pk in ids(town.newcomer, table)}

    def anew(connection: Connection, applier: Applier) -> Took:
        make_anew(connection, applier, records)
        return Took()

    while exchange.recall(lambda: None).history:
        town.newcomer.store.bulk(anew).result()
        assert town.newcomer.rows() == before
    town.newcomer.store.bulk(anew).result()
    assert town.newcomer.rows() == before
    assert town.newcomer.faults() == []


def test_it_gives_on_what_it_can_answer_for(town: Town, tmp_path: Path) -> None:
    """In the middle of its history it gives no piece with a hole; afterwards it can give everything."""
    town.live(2)
    change_member(town.stations[0].store, town.member, callsign="Después")
    town.settle(0, 2)
    exchange = exchange_of(town.city, town.newcomer, town.peers[2])
    exchange.run()
    while exchange.recall(lambda: None).history:
        with neighbour_of(town.newcomer, tmp_path) as neighbour:
            for scope in SCOPES:
                given = given_by(town.newcomer, scope)
                refused = neighbour.store.receive(given.segments, given.voids).refused
                assert set(refused.values()) <= {Refusal.GAP}
            assert neighbour.faults() == []
    with neighbour_of(town.newcomer, tmp_path) as neighbour:
        assert neighbour.hear(town.newcomer).refused == {}
        assert neighbour.rows() == town.stations[0].rows()
        assert neighbour.faults() == []


def given_by(station: Replica, scope: str) -> give.Pieces:
    return station.store.read(
        lambda session: give.pieces(session.connection(), scope, {}, PLENTY, with_voids=True)
    ).result()


@contextmanager
def neighbour_of(other: Replica, folder: Path) -> Iterator[Replica]:
    """Open a new file that knows the keys that another one knows."""
    where = Path(tempfile.mkdtemp(dir=folder))
    [found] = make(where, ("Vecina",))

    def known(connection: Connection) -> list[Any]:
        return list(
            connection.exec_driver_sql("SELECT replica, station, public_key, 0, created_at FROM replica")
        )

    rows = [tuple(row) for row in other.store.read(lambda session: known(session.connection())).result()]
    put = "INSERT OR IGNORE INTO replica (replica, station, public_key, is_own, created_at) VALUES (?, ?, ?, ?, ?)"
    found.store.local(lambda connection: connection.exec_driver_sql(put, rows)).result()
    try:
        yield found
    finally:
        found.store.close()


@pytest.mark.parametrize("seed", range(8))
def test_it_goes_on_where_it_was_cut(town: Town, seed: int) -> None:
    """Every message may be lost with its answer, and everybody goes on working meanwhile."""
    chance = random.Random(seed)

    def cut(_: str) -> None:
        if chance.random() < 0.4:
            raise Cut("cut")

    peer = town.peers[2]
    peer.cut = cut
    for round_ in range(400):
        exchange = exchange_of(town.city, town.newcomer, peer)
        try:
            exchange.run()
            while exchange.recall(lambda: None).history:
                pass
        except PeerAway:
            assert town.newcomer.faults() == []
            if round_ < 12:
                change_member(town.stations[chance.randrange(2)].store, town.member, phone=str(round_))
                add_incident(town.newcomer.store, f"Mientras llega {round_}")
                if count(town.newcomer, "staff") and chance.random() < 0.5:
                    _edit_anyone(town.newcomer, str(round_))
                town.live(chance.randrange(2))
            if chance.random() < 0.3:
                town.newcomer.reopen()
            continue
        break
    peer.cut = lambda _: None
    town.recall()
    town.settle(0, 1, 2)
    town.check_alike(1, 2)
    town.check_digests()
    assert timeline(town.newcomer) == timeline(town.stations[0])
    assert [count(town.newcomer, table) for table in TABLES] == [0, 0, 0]


def _edit_anyone(station: Replica, phone: str) -> None:
    members = station.store.read(lambda session: list(session.scalars(text("SELECT id FROM staff")))).result()
    change_member(station.store, UUID(bytes=members[0]), phone=phone)


def test_where_its_snapshot_was_kept_no_longer_it_begins_again_with_a_later_one(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuts = iter([False] * 9 + [True] + [False] * 1000)

    def cut(kind: str) -> None:
        if kind == "chunk" and next(cuts):
            raise Cut("cut")

    town.peers[2].cut = cut
    with pytest.raises(Cut):
        town.live(2)
    begun = town.newcomer.store.read(lambda session: base.begun(session.connection())).result()
    assert any(one.chunk > 0 for one in begun.values())
    _edit_anyone(town.newcomer, "antes de empezar de nuevo")
    change_member(town.stations[0].store, town.member, callsign="Mientras tanto")
    import_members(town.stations[0].store, 5, "Otra persona")
    town.settle(0, 1)
    monkeypatch.setattr(server_snapshots, "_KEPT", 0)
    with town.city.database.writing() as tx:
        tx.connection.execute(text("DELETE FROM snapshot"))

    town.settle(2, 0, 1)
    assert town.newcomer.faults() == []
    town.recall()
    town.settle(0, 1, 2)
    town.check_alike(1, 2)


def test_what_a_neighbour_gives_of_records_that_did_not_come_yet_counts_when_they_come(town: Town) -> None:
    cuts = iter([False] * 8 + [True] + [False] * 1000)

    def cut(kind: str) -> None:
        if kind == "chunk" and next(cuts):
            raise Cut("cut")

    town.peers[2].cut = cut
    with pytest.raises(Cut):
        town.live(2)
    missing = ids(town.stations[0], "staff") - ids(town.newcomer, "staff")
    assert missing
    for member in missing:
        change_member(town.stations[0].store, UUID(bytes=member), callsign="Dicho por la vecina")
    received = town.newcomer.hear(town.stations[0])
    assert received.taken == len(missing)
    assert town.newcomer.faults() == []

    town.settle(2, 0, 1)
    assert {callsign_of(town.newcomer, UUID(bytes=member)) for member in missing} == {"Dicho por la vecina"}
    town.check_alike(1, 2)
    town.recall()
    town.check_alike(1, 2)


def test_a_later_snapshot_serves_until_too_much_came_after_it(town: Town) -> None:
    authority, database = town.city.authority, town.city.database
    asked = snapshots.AskSnapshot("operaciones")
    first = server_snapshots.manifest(database, authority, town.peers[0].device, asked)
    assert server_snapshots.manifest(database, authority, town.peers[1].device, asked) == first
    import_members(town.stations[0].store, 3)
    for number in range(20):
        change_member(town.stations[0].store, town.member, phone=str(number))
    town.live(0)
    second = server_snapshots.manifest(database, authority, town.peers[0].device, asked)
    said = [snapshots.opened(one, authority.signing_key.public_key()) for one in (first, second)]
    assert said[0].n < said[1].n
    old = snapshots.AskSnapshotChunk("operaciones", said[0].chunks[0])
    assert server_snapshots.chunk(database, authority, town.peers[0].device, old).data


def test_nobody_is_given_a_snapshot_of_what_they_may_not_hold(town: Town) -> None:
    authority, database = town.city.authority, town.city.database
    device = town.peers[0].device
    given = server_snapshots.manifest(database, authority, device, snapshots.AskSnapshot("sys"))
    said = snapshots.opened(given, authority.signing_key.public_key())
    for asked in ("victimas/centro", "", "sys "):
        with pytest.raises(server_snapshots.NoSnapshot):
            server_snapshots.manifest(database, authority, device, snapshots.AskSnapshot(asked))
        with pytest.raises(server_snapshots.NoSnapshot):
            server_snapshots.chunk(
                database, authority, device, snapshots.AskSnapshotChunk(asked, said.chunks[0])
            )
    with pytest.raises(server_snapshots.NoSnapshot):
        server_snapshots.chunk(
            database, authority, device, snapshots.AskSnapshotChunk("operaciones", said.chunks[0])
        )
    with pytest.raises(server_snapshots.NoSnapshot):
        server_snapshots.manifest(database, authority, bytes(16), snapshots.AskSnapshot("sys"))
