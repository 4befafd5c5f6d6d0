"""What the server confirmed is held against what it shows later, and what both hold adds up alike (I7, I14)."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import Connection, text

from desktop.models.people import StaffMember
from desktop.sync.exchange import Exchange
from desktop.sync.peer import PeerAway
from desktop.sync.receipts import altered_at
from server.engine import FILE, Database
from tests.support.core_peer import CorePeer, add_operator, enrolled, exchange_of
from tests.support.municipality import Municipality
from tests.support.replicas import Replica, make
from tests.support.work import add_incident, add_member, change_member
from wire.heads import pack, unpack
from wire.messages import Hello, Welcome


class Town:
    """A server on a disk that can be copied, and two stations."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "servidor"
        self.city = Municipality.found(self.folder)
        self.stations = make(folder, ("Central 1", "Central 2"))
        for station in self.stations:
            station.store.local(
                lambda connection: connection.exec_driver_sql("DELETE FROM replica WHERE is_own = 0")
            ).result()
        add_operator(self.stations[0].store)
        self.peers = [
            enrolled(self.city, station, f"K{place}") for place, station in enumerate(self.stations, start=1)
        ]
        self.settle()

    def exchange(self, place: int) -> Exchange:
        return exchange_of(self.city, self.stations[place], self.peers[place])

    def settle(self) -> None:
        for _ in range(2):
            for place in range(len(self.stations)):
                self.exchange(place).run()

    def copy_disk(self) -> Path:
        """Copy the server's disk as it stands, as a virtual machine's snapshot would."""
        copy = self.folder.with_name("copia")
        self.city.database.close()
        shutil.copytree(self.folder, copy)
        self._open()
        return copy

    def put_back(self, copy: Path) -> None:
        self.city.database.close()
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)
        self._open()

    def _open(self) -> None:
        assert (self.folder / FILE).exists()
        self.city.database = Database.open(self.folder, now_ms=self.city.wall)

    @property
    def epoch(self) -> int:
        with self.city.database.reading() as tx:
            return int(tx.connection.scalar(text("SELECT epoch FROM tenant")) or 0)

    def check_all_is_well(self) -> None:
        first, other = self.stations
        assert other.rows() == first.rows()
        for place, station in enumerate(self.stations):
            assert station.faults() == []
            exchange = self.exchange(place)
            outcome = exchange.run()
            assert (outcome.remaining, outcome.refused, outcome.altered) == (0, {}, frozenset())
            compared = exchange.compare(lambda: None)
            assert "operaciones" in compared.looked_at
            assert compared.differing == frozenset()

    def close(self) -> None:
        for station in self.stations:
            station.store.close()
        self.city.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.close()


def when(station: Replica) -> object:
    return station.store.read(lambda session: altered_at(session.connection())).result()


def test_a_server_put_back_from_a_copy_of_its_disk_is_given_all_again(town: Town) -> None:
    """Nobody ran a restore: the first station that shows its receipt makes the server begin a new epoch."""
    first, second = town.stations
    member = add_member(first.store, "Ana Pérez")
    town.settle()
    copy = town.copy_disk()
    add_incident(first.store, "Después de la copia")
    change_member(second.store, member, phone="2")
    town.settle()
    before = town.epoch
    town.put_back(copy)

    assert town.exchange(0).run().altered == frozenset()
    assert town.epoch > before
    now = town.epoch
    town.settle()
    assert town.epoch == now
    town.check_all_is_well()


def test_a_server_that_forgot_and_went_on_differently_is_given_all_again(town: Town) -> None:
    """Meanwhile it gave an official number again and wrote another thing in the same place of its own chain."""
    first, second = town.stations
    town.settle()
    copy = town.copy_disk()
    add_incident(first.store, "La que el servidor olvida")
    town.exchange(0).run()
    town.put_back(copy)
    add_incident(second.store, "Otra, de la otra estación")
    town.exchange(1).run()

    for _ in range(2):
        town.settle()
    assert len(first.rows()["incidents"]) == 2
    town.check_all_is_well()
    folios = "SELECT count(DISTINCT folio) FROM incidents WHERE folio IS NOT NULL"
    assert first.store.read(lambda session: session.scalar(text(folios))).result() == 2


def test_a_server_that_does_not_mind_is_noticed_all_the_same(town: Town) -> None:
    first = town.stations[0]
    for peer in town.peers:
        peer.minds_receipts = False
    copy = town.copy_disk()
    add_incident(first.store, "Después de la copia")
    town.exchange(0).run()
    town.put_back(copy)
    assert when(first) is None

    assert "operaciones" in town.exchange(0).run().altered
    assert when(first) is not None
    town.settle()
    assert town.exchange(0).run().altered == frozenset()
    town.check_all_is_well()


def test_a_server_that_went_another_way_past_where_it_was_is_noticed(town: Town) -> None:
    """Its log is longer than what was confirmed; only the root tells that it is another one."""
    first, second = town.stations
    for peer in town.peers:
        peer.minds_receipts = False
    member = add_member(second.store, "Ana Pérez")
    town.settle()
    copy = town.copy_disk()
    change_member(first.store, member, phone="1")
    town.exchange(0).run()
    town.put_back(copy)
    for number in range(5):
        change_member(second.store, member, callsign=str(number))
    town.exchange(1).run()

    assert "operaciones" in town.exchange(0).run().altered
    town.settle()
    town.check_all_is_well()


def test_what_the_server_confirmed_in_an_older_epoch_says_nothing_of_a_later_one(town: Town) -> None:
    from server import tenants  # noqa: PLC0415

    add_incident(town.stations[0].store, "Antes")
    town.settle()
    tenants.begin_epoch(town.city.database, town.city.authority)
    assert town.exchange(0).run().altered == frozenset()


class Forger(CorePeer):
    """Says that it holds more than the municipality signed."""

    def hello(self, hello: Hello) -> Welcome:
        welcome = super().hello(hello)
        more = [msgspec.structs.replace(state, n=state.n + 1) for state in welcome.scopes]
        return msgspec.structs.replace(welcome, scopes=more)


def test_a_receipt_that_the_municipality_did_not_sign_ends_the_line(town: Town) -> None:
    forger = Forger(town.city, town.peers[0].device)
    with pytest.raises(PeerAway):
        exchange_of(town.city, town.stations[0], forger).run()
    look = "SELECT count(*) FROM receipt WHERE n > 1000"
    assert town.stations[0].store.read(lambda session: session.scalar(text(look))).result() == 0


def test_records_that_do_not_add_up_are_made_anew_from_the_journal(town: Town) -> None:
    first = town.stations[0]
    member = add_member(first.store, "Ana Pérez", phone="1")
    change_member(first.store, member, phone="2")
    gone = add_member(first.store, "Se pierde")
    town.settle()
    exchange = town.exchange(0)
    exchange.run()
    assert exchange.compare(lambda: None).differing == frozenset()
    before = first.rows()

    def harm(connection: Connection) -> None:
        run = connection.exec_driver_sql
        heads = unpack(run("SELECT _d FROM staff WHERE id = ?", (member.bytes,)).scalar_one())
        heads.groups.clear()
        run("UPDATE staff SET phone = '1', _d = ? WHERE id = ?", (pack(heads), member.bytes))
        run("DELETE FROM staff WHERE id = ?", (gone.bytes,))

    first.store.local(harm).result()
    assert first.faults() != []

    compared = exchange.compare(lambda: None)
    assert "operaciones" in compared.looked_at
    assert compared.differing == frozenset()
    assert first.rows() == before
    assert first.faults() == []
    assert first.store.search.indexes("staff")


def test_what_differs_for_another_reason_is_told(town: Town) -> None:
    add_member(town.stations[0].store, "Ana Pérez")
    town.settle()
    with town.city.database.writing() as tx:
        tx.connection.execute(text("UPDATE scope_head SET digest = zeroblob(16) WHERE scope = 'operaciones'"))
    town.stations[0].store.local(
        lambda connection: connection.exec_driver_sql("DELETE FROM receipt")
    ).result()
    exchange = town.exchange(0)
    exchange.run()
    assert exchange.compare(lambda: None).differing == frozenset({"operaciones"})


def test_a_scope_of_which_somebody_has_more_is_left_for_another_time(town: Town) -> None:
    exchange = town.exchange(0)
    exchange.run()
    member = add_member(town.stations[0].store, "Todavía no enviada")
    assert "operaciones" not in exchange.compare(lambda: None).looked_at
    exchange.push()
    town.exchange(1).run()
    again = town.exchange(1)
    again.run()
    assert "operaciones" in again.compare(lambda: None).looked_at
    assert name_of(town.stations[1], member) == "Todavía no enviada"


def name_of(station: Replica, member: UUID) -> str:
    return station.store.read(lambda session: session.get_one(StaffMember, member).full_name).result()
