"""After a restore: stations give the server back what it took since, and it trusts again whom it trusted."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.models.incidents.records import Incident
from server import roster_book
from server.backup import back_up, examine
from server.engine import Database
from server.restoring import restore
from server.roster_book import Wanted
from tests.support.core_peer import CorePeer, add_operator, enrolled, exchange_of
from tests.support.municipality import CHEAP, PASSPHRASE, SCOPES, Municipality, Station, Wall
from tests.support.postgres import Postgres
from tests.support.replicas import Replica, make
from tests.support.work import add_incident
from wire.messages import Refusal, Want

NAMES = ("Central 1", "Central 2", "Central 3")


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(
    request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres
) -> Iterator[list[str | Path]]:
    """Return two empty places."""
    if request.param == "sqlite":
        yield [tmp_path / "uno", tmp_path / "dos"]
    else:
        with postgres.database() as one, postgres.database() as two:
            yield [one, two]


def saved(city: Municipality, path: Path) -> Path:
    back_up(city.database, city.authority, PASSPHRASE, path, CHEAP)
    return path


def restored(path: Path, where: str | Path, after_ms: int = 0) -> Municipality:
    """Bring a backup back and go on with it."""
    wall = Wall()
    wall.now_ms += after_ms
    database = Database.open(where, wall, pool=4)
    examined = examine(path, PASSPHRASE)
    restore(database, path, PASSPHRASE, examined)
    return Municipality(database, examined.authority, wall)


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


def settle(city: Municipality, stations: list[Replica], peers: list[CorePeer]) -> None:
    for _ in range(3):
        for station, peer in zip(stations, peers, strict=False):
            exchange_of(city, station, peer).run()


def incident_of(station: Replica, incident: UUID) -> tuple[str | None, str | None]:
    found = station.store.read(lambda session: session.get_one(Incident, incident)).result()
    return found.narrative, found.folio


def test_what_was_pushed_after_the_backup_is_regained(
    stations: list[Replica], elsewhere: list[str | Path], tmp_path: Path
) -> None:
    city = Municipality.found(tmp_path / "servidor")
    peers = [enrolled(city, station, f"K{place}") for place, station in enumerate(stations[:2], start=1)]
    add_incident(stations[0].store, "Antes del respaldo", lines=2)
    settle(city, stations, peers)
    path = saved(city, tmp_path / "respaldo")
    peers.append(enrolled(city, stations[2], "K3"))
    written = [add_incident(station.store, f"Después {station.name}", lines=1) for station in stations]
    settle(city, stations, peers)
    before = {scope: city.states(scope) for scope in ("operaciones", "emergencia")}
    folios = [incident_of(stations[0], one) for one in written]
    city.close()

    for place, where in enumerate(elsewhere):
        again = restored(path, where, after_ms=1000 * (1 + place))
        assert again.states("operaciones") != before["operaciones"]
        peers = [CorePeer(again, peer.device) for peer in peers]
        settle(again, stations, peers)

        assert {scope: again.states(scope) for scope in before} == before
        last = add_incident(stations[2].store, "Con el servidor de vuelta", lines=0)
        settle(again, stations, peers)
        assert [incident_of(stations[1], one) for one in written] == folios
        assert incident_of(stations[0], last)[1] == f"INC-2026-{5 + place:06d}"
        before = {scope: again.states(scope) for scope in before}
        assert stations[0].rows() == stations[1].rows() == stations[2].rows()
        again.close()
    assert [station.faults() for station in stations] == [[], [], []]


def test_who_was_enrolled_and_revoked_after_the_backup_is_known_again(
    municipality: Municipality, tmp_path: Path
) -> None:
    ana, luis = municipality.station(), municipality.station()
    for number in (1, 2):
        luis.create("operaciones", "incidents", uuid4().bytes, {})
        municipality.push(luis, luis.piece("operaciones", number))
    path = saved(municipality, tmp_path / "respaldo")
    args = (municipality.database, municipality.authority)
    eva = municipality.station(("operaciones", "emergencia"), ("emergencia",), code="E1")
    luis.create("operaciones", "incidents", uuid4().bytes, {})
    municipality.push(luis, luis.piece("operaciones", 3))
    roster_book.set_rights(*args, ana.device, ["operaciones"], ["operaciones"])
    roster_book.revoke_device(*args, luis.device, "Robado")
    luis.create("operaciones", "incidents", uuid4().bytes, {})
    told = [piece for part in municipality.pull(ana, Want("sys")) for piece in part.segments]

    again = restored(path, tmp_path / "otro")
    known = {one.id: one for one in roster_book.devices(again.database, again.tenant)}
    assert eva.device not in known
    assert not known[luis.device].is_revoked
    taken = again.push(ana, *told)
    assert {one.refusal for one in taken} == {None}

    known = {one.id: one for one in roster_book.devices(again.database, again.tenant)}
    assert (known[eva.device].name, known[eva.device].code) == ("Estación E1", "E1")
    assert known[eva.device].reads == ("emergencia", "operaciones", "sys")
    assert known[eva.device].writes == ("emergencia", "sys")
    assert known[ana.device].reads == ("operaciones", "sys")
    assert known[luis.device].is_revoked
    pieces = [luis.piece("operaciones", 3, 3), luis.piece("operaciones", 4, 4)]
    assert [(one.seq, one.refusal) for one in again.push(ana, *pieces)] == [(3, Refusal.DENIED)]
    assert again.push(luis, luis.piece("operaciones"))[0].refusal == Refusal.DENIED
    eva.create("emergencia", "incidents", uuid4().bytes, {})
    assert again.push(eva, eva.piece("emergencia"))[0].refusal is None
    again.close()


def test_nobody_but_the_municipality_brings_a_chain_of_the_server(municipality: Municipality) -> None:
    ana = municipality.station()
    forger = Station(Ed25519PrivateKey.generate(), 1 << 62)
    forger.create("sys", "devices", uuid4().bytes, {"name": "Intruso", "code": "X1"})

    taken = municipality.push(ana, forger.piece("sys"))

    assert [one.refusal for one in taken] == [Refusal.UNKNOWN_REPLICA]
    assert len(roster_book.devices(municipality.database, municipality.tenant)) == 1


def test_letters_that_were_given_again_stay_with_whom_they_were_given_to(
    municipality: Municipality, tmp_path: Path
) -> None:
    ana = municipality.station()
    path = saved(municipality, tmp_path / "respaldo")
    municipality.station(code="E1")
    told = [piece for part in municipality.pull(ana, Want("sys")) for piece in part.segments]

    again = restored(path, tmp_path / "otro")
    newer = Station(Ed25519PrivateKey.generate(), 7777)
    device = again.enrol(newer, "secreto", Wanted("Nueva", "E1", SCOPES, SCOPES)).device
    assert {one.refusal for one in again.push(ana, *told)} == {None}

    assert [one.id for one in roster_book.devices(again.database, again.tenant) if one.code == "E1"] == [
        device
    ]
    again.close()
