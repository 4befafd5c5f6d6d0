"""Stations that only ever meet the server end alike, whatever was cut on the way and whoever was restored."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from desktop.core.ids import new_id
from desktop.models.incidents.records import Incident
from desktop.models.people import StaffMember, User
from desktop.models.roles import Role
from desktop.store import peers
from desktop.store.unit_of_work import Author, UnitOfWork
from desktop.sync.exchange import Exchange
from desktop.sync.peer import PeerAway
from server import give, tenants
from tests.support.core_peer import Cut, add_operator, enrolled, exchange_of
from tests.support.municipality import Municipality
from tests.support.profiles import OPERATOR, keys_of, open_store
from tests.support.replicas import Replica, make
from tests.support.work import add_incident, add_member, change_member, import_members

NAMES = ("Central 1", "Central 2")


class Town:
    """A server and stations that know nobody but it."""

    def __init__(self, folder: Path, names: tuple[str, ...] = NAMES) -> None:
        self.city = Municipality.found(folder / "servidor")
        self.stations = make(folder, names)
        for station in self.stations:
            station.store.local(
                lambda connection: connection.exec_driver_sql("DELETE FROM replica WHERE is_own = 0")
            ).result()
        add_operator(self.stations[0].store)
        self.peers = [
            enrolled(self.city, station, f"K{place}") for place, station in enumerate(self.stations, start=1)
        ]

    def exchange(self, place: int) -> Exchange:
        return exchange_of(self.city, self.stations[place], self.peers[place])

    def settle(self) -> None:
        for _ in range(2):
            for place in range(len(self.stations)):
                self.exchange(place).run()

    def check_alike(self) -> None:
        first, *others = self.stations
        for other in others:
            assert other.rows() == first.rows()
            assert other.vector == first.vector
        for station in self.stations:
            assert station.faults() == []

    def close(self) -> None:
        for station in self.stations:
            station.store.close()
        self.city.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.close()


def phone_of(station: Replica, member: object) -> object:
    return station.store.read(lambda session: session.get_one(StaffMember, member).phone).result()


def test_what_one_station_writes_is_on_the_other_with_its_official_number(town: Town) -> None:
    first, second = town.stations
    incident = add_incident(first.store, "Ruidos molestos", lines=3)
    sent = town.exchange(0).run()
    taken = town.exchange(1).run()

    found = second.store.read(lambda session: session.get_one(Incident, incident)).result()
    assert (found.narrative, found.folio) == ("Ruidos molestos", "INC-2026-000001")
    assert sent.sent == 2
    assert sent.remaining == 0
    assert taken.refused == {}
    town.settle()
    town.check_alike()


def test_a_new_station_learns_who_belongs_to_the_municipality_before_all_else(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written since fills many answers, and none of it can be checked before its authors are known."""
    first, second = town.stations
    for number in range(30):
        add_incident(first.store, f"Ruidos molestos {number}", lines=2)
    town.exchange(0).run()
    monkeypatch.setattr(give, "PULL_BUDGET", 500)
    taken = town.exchange(1).run()

    assert taken.refused == {}
    assert second.vector == first.vector


def test_two_who_changed_the_same_field_apart_are_asked_about_it_and_keep_the_other_fields(
    town: Town,
) -> None:
    first, second = town.stations
    member = add_member(first.store, "Ana", phone="1")
    town.settle()
    change_member(first.store, member, phone="2", run="11.111.111-1")
    change_member(second.store, member, phone="3", callsign="M1")
    town.settle()

    town.check_alike()
    asked = [row[1] for row in first.rows()["rival"] if row[4]]
    assert asked == ["phone"]
    kept = first.store.read(lambda session: session.get_one(StaffMember, member)).result()
    assert (kept.run, kept.callsign) == ("11.111.111-1", "M1")

    change_member(second.store, member, phone="4")
    town.settle()
    town.check_alike()
    assert first.rows()["rival"] == []
    assert phone_of(first, member) == "4"


@pytest.mark.parametrize("seed", range(6))
def test_an_exchange_that_is_cut_anywhere_loses_and_doubles_nothing(town: Town, seed: int) -> None:
    rng = random.Random(seed)
    first, second = town.stations

    def cut(_: str) -> None:
        if rng.random() < 0.5:
            raise Cut("cortado")

    members = [add_member(first.store, "Ana")]
    town.settle()
    for peer in town.peers:
        peer.cut = cut
    for number in range(12):
        station = rng.choice(town.stations)
        change_member(station.store, rng.choice(members), phone=str(number))
        import_members(station.store, rng.randrange(40))
        for place in range(2):
            try:
                town.exchange(place).run()
            except PeerAway:
                continue
    for peer in town.peers:
        peer.cut = lambda _: None
    town.settle()
    town.check_alike()
    assert first.store.read(lambda session: peers.only_here(session.connection(), "server")).result() == 0
    assert second.vector == first.vector


def test_a_server_that_lost_what_it_had_gets_it_back_from_its_stations(town: Town) -> None:
    first = town.stations[0]
    add_incident(first.store, "Uno", lines=1)
    town.settle()
    before = first.rows()
    town.city.forget("operaciones")
    tenants.begin_epoch(town.city.database, town.city.authority)
    assert not town.city.states("operaciones")
    town.settle()

    town.check_alike()
    assert first.rows()["incidents"] == before["incidents"]
    assert {table for table, _ in town.city.states("operaciones")} == {"incidents", "incident_lines"}


def test_a_change_set_cannot_name_records_of_another_scope(town: Town) -> None:
    first, second = town.stations
    member = add_member(first.store, "Ana", phone="1")
    town.settle()

    def smuggle(unit: UnitOfWork) -> None:
        found = unit.session.get_one(StaffMember, member)
        found.phone = "9"
        drafts = unit.capture._drafts
        unit.session.flush()
        drafts["emergencia"] = drafts.pop("operaciones")
        unit.capture._touched["emergencia"] = unit.capture._touched.pop("operaciones")

    second.store.write(OPERATOR, "staff.edit", smuggle).result()
    town.settle()
    assert ("emergencia", second.store.replica) in first.vector
    assert phone_of(first, member) == "1"


def test_a_station_that_is_too_old_delivers_and_is_given_nothing(town: Town) -> None:
    first, second = town.stations
    add_incident(first.store, "Uno", lines=0)
    town.peers[0].min_schema = 999
    exchange = town.exchange(0)
    outcome = exchange.run()

    assert not outcome.is_receiving
    assert outcome.remaining == 0
    add_incident(second.store, "Dos", lines=0)
    town.exchange(1).run()
    assert len(second.rows()["incidents"]) == 2
    told = exchange.pull(lambda: None, exchange.scopes)
    assert (told.is_receiving, told.taken) == (False, 0)
    assert len(first.rows()["incidents"]) == 1


def test_a_copied_file_is_told_from_the_one_that_it_was_copied_from(town: Town, tmp_path: Path) -> None:
    first = town.stations[0]
    add_incident(first.store, "Uno", lines=0)
    town.exchange(0).run()
    first.store.close()
    shutil.copytree(first.path.parent, tmp_path / "copia")
    first.reopen()
    add_incident(first.store, "Dos", lines=0)
    town.exchange(0).run()

    path = tmp_path / "copia" / "atalaya.db"
    copy = Replica(
        first.name, path, first.clock, open_store(path, keys_of(first.name), first.clock, first.name)
    )
    try:
        was = copy.store.replica
        add_incident(copy.store, "Tres", lines=2)
        add_incident(copy.store, "Cuatro", lines=0)
        outcome = exchange_of(town.city, copy, town.peers[0]).run()
        assert (outcome.forked, outcome.rewritten, outcome.refused) == (frozenset(), 2, {})
        assert copy.store.replica != was
        town.exchange(0).run()
        assert copy.rows() == first.rows()
        found = first.store.read(lambda session: list(session.scalars(select(Incident.narrative)))).result()
        assert sorted(found) == ["Cuatro", "Dos", "Tres", "Uno"]
        assert [copy.faults(), first.faults()] == [[], []]
    finally:
        copy.store.close()


def test_what_is_denied_leaves_the_rows_of_its_author_too_and_is_kept_aside(town: Town) -> None:
    first, second = town.stations
    plain = Author(new_id(), "Central 1", "K7")

    def make(author: Author, username: str, user: UUID) -> None:
        def body(unit: UnitOfWork) -> None:
            unit.session.add(
                User(id=user, username=username, full_name=username, roles=(Role.INSPECTOR.value,))
            )

        first.store.write(author, "users.create", body).result()

    make(OPERATOR, "inspector", plain.user_id)
    town.settle()
    made = new_id()
    make(plain, "intruso", made)
    add_incident(first.store, "Ruidos molestos", lines=1)
    assert first.store.read(lambda session: session.get(User, made) is not None).result()

    town.settle()
    assert first.store.read(lambda session: session.get(User, made)).result() is None
    town.check_alike()
    assert first.store.read(lambda session: peers.set_aside(session.connection())).result() == (1, 0, 0)
    assert second.store.read(lambda session: peers.set_aside(session.connection())).result() == (0, 0, 0)


@pytest.mark.parametrize(
    ("off_ms", "way_ms", "said_ms"),
    [
        (0, 5_000, 0),
        (-3_000, 5_000, 0),
        (3_000, 5_000, 3_000),
        (10_000, 5_000, 10_000),
        (-10_000, 5_000, -5_000),
        (1, 0, 1),
    ],
)
def test_a_slow_line_is_not_taken_for_a_wrong_clock(
    town: Town, off_ms: int, way_ms: int, said_ms: int
) -> None:
    station = town.stations[0]
    town.city.wall.now_ms = int(station.clock.now().timestamp() * 1000) - off_ms

    def take_time(message: str) -> None:
        if message == "hello":
            station.clock.advance(way_ms / 1000)

    town.peers[0].cut = take_time
    assert town.exchange(0).run().clock_ahead_ms == said_ms
