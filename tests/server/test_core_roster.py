"""Devices: how they come in, what everybody learns of it, and how they are shut out."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from server import roster_book, tenants
from server.authority import RequestError
from server.engine import Database
from server.own import folio
from server.records import unpack_state
from server.refusals import Kind, RosterError
from server.roster_book import Wanted
from server.sealing import SealError
from tests.support.municipality import CHEAP, PASSPHRASE, Municipality, Station, Wall
from tests.support.postgres import Postgres
from wire.changes import GENESIS, ChangeSet, Values
from wire.messages import Want
from wire.segments import links_of

DAY_MS = 24 * 3600 * 1000
KEEN = Wanted("Central", "C1", ("operaciones",), ("operaciones",))


def _kind(caught: pytest.ExceptionInfo[RosterError]) -> str:
    return caught.value.kind


def _new(replica: int = 5000) -> Station:
    return Station(Ed25519PrivateKey.generate(), replica)


def _told(municipality: Municipality, reader: Station) -> list[ChangeSet]:
    """Return what the server itself wrote in `sys`, as a station checks it."""
    (part,) = municipality.pull(reader, Want("sys"))
    known = {station.replica for station in municipality.stations}
    tips: dict[int, tuple[int, bytes]] = {}
    found = []
    for piece in part.segments:
        if piece.replica not in known:
            held, tip = tips.get(piece.replica, (0, GENESIS))
            links = links_of(piece, held, tip, municipality.authority.public_key)
            tips[piece.replica] = piece.last, piece.tail
            found += [link.change_set for link in links]
    return found


def _record(municipality: Municipality, table: str, pk: bytes) -> Values:
    return unpack_state(municipality.states("sys")[table, pk]).values


def test_an_enrolment_reaches_every_station_signed_by_the_municipality(municipality: Municipality) -> None:
    ana = _new()
    enrolled = municipality.enrol(ana, "secreto", KEEN)
    ana.device = enrolled.device

    record = _record(municipality, "devices", enrolled.device)
    assert record["signing_key"] == ana.key.public_key().public_bytes_raw()
    assert (record["name"], record["code"], record["scopes"]) == ("Central", "C1", "operaciones sys")
    assert [one.operation for one in _told(municipality, ana)] == ["begin_epoch", "enrol_device"]
    assert (enrolled.tenant, enrolled.municipality, enrolled.scopes) == (
        "maipu",
        "Maipú",
        ["operaciones", "sys"],
    )
    certificate = x509.load_pem_x509_certificate(enrolled.certificate)
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(enrolled.authority))
    server = _record(municipality, "devices", bytes(16))
    assert (server["name"], server["signing_key"]) == ("Servidor", municipality.authority.public_bytes)
    (device,) = roster_book.devices(municipality.database, municipality.tenant)
    assert (device.id, device.reads, device.writes) == (
        enrolled.device,
        ("operaciones", "sys"),
        ("operaciones", "sys"),
    )
    assert roster_book.device_of(municipality.database, municipality.tenant, bytes(16)) is None


def test_a_station_whose_answer_was_lost_asks_again_and_nobody_else_can(municipality: Municipality) -> None:
    ana = _new()
    first = municipality.enrol(ana, "secreto", KEEN)
    args = (municipality.database, municipality.authority, b"secreto")

    assert roster_book.enrol_device(*args, municipality.ask(ana, "secreto")) == first
    with pytest.raises(RosterError) as caught:
        roster_book.enrol_device(*args, municipality.ask(_new(6000), "secreto"))
    assert _kind(caught) == Kind.CODE_USED
    assert len(roster_book.devices(municipality.database, municipality.tenant)) == 1


def test_a_code_lasts_a_day(municipality: Municipality) -> None:
    roster_book.offer_enrolment(municipality.database, municipality.authority, b"secreto", KEEN)
    municipality.wall.now_ms += DAY_MS

    with pytest.raises(RosterError) as caught:
        roster_book.enrol_device(
            municipality.database, municipality.authority, b"secreto", municipality.ask(_new(), "secreto")
        )
    assert _kind(caught) == Kind.CODE_EXPIRED
    with pytest.raises(RosterError) as caught:
        roster_book.enrol_device(
            municipality.database, municipality.authority, b"otro", municipality.ask(_new(), "otro")
        )
    assert _kind(caught) == Kind.CODE


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [
        (Wanted("Central", "I1", ("operaciones",), ()), Kind.DEVICE_CODE),
        (Wanted("Central", "C12", ("operaciones",), ()), Kind.DEVICE_CODE),
        (Wanted("Central", "C1", ("Con espacio",), ()), Kind.SCOPES),
        (Wanted(" ", "C1", ("operaciones",), ()), Kind.NAME),
        (Wanted("Central", "K1", ("operaciones",), ()), Kind.DEVICE_CODE_TAKEN),
    ],
)
def test_an_offer_that_cannot_be_is_refused(municipality: Municipality, wanted: Wanted, kind: str) -> None:
    municipality.station(code="K1")

    with pytest.raises(RosterError) as caught:
        roster_book.offer_enrolment(municipality.database, municipality.authority, b"x", wanted)
    assert _kind(caught) == kind


def test_a_station_with_wrong_keys_is_not_enrolled_and_may_try_again(municipality: Municipality) -> None:
    ana = _new()
    args = (municipality.database, municipality.authority, b"secreto")
    roster_book.offer_enrolment(*args, KEEN)
    asked = municipality.ask(ana, "secreto")

    for wrong in (replace(asked, signing_key=b"corta"), replace(asked, sealing_key=b"")):
        with pytest.raises(RosterError):
            roster_book.enrol_device(*args, wrong)
    with pytest.raises(RosterError):
        roster_book.enrol_device(*args, replace(asked, replica=1 << 63))
    for request in (b"", b"-----BEGIN CERTIFICATE REQUEST-----\nAA==\n", b"\x30\x00"):
        with pytest.raises(RequestError):
            roster_book.enrol_device(*args, replace(asked, tls_request=request))

    assert roster_book.devices(municipality.database, municipality.tenant) == []
    assert roster_book.enrol_device(*args, asked).device_code == "C1"


def test_one_more_database_of_a_device_is_noted_once(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    args = (municipality.database, municipality.authority)

    for _ in range(2):
        roster_book.note_replica(*args, ana.device, 9000)
    with pytest.raises(RosterError) as caught:
        roster_book.note_replica(*args, luis.device, 9000)

    assert _kind(caught) == Kind.REPLICA_TAKEN
    assert [one.operation for one in _told(municipality, ana)].count("note_replica") == 1
    with pytest.raises(RosterError):
        roster_book.note_replica(*args, uuid4().bytes, 9001)
    roster_book.revoke_device(*args, luis.device, "Robado")
    with pytest.raises(RosterError) as caught:
        roster_book.note_replica(*args, luis.device, 9002)
    assert _kind(caught) == Kind.REVOKED


def test_a_revocation_says_how_far_each_chain_was_trusted(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    for scope, count in (("operaciones", 2), ("emergencia", 3)):
        for _ in range(count):
            ana.create(scope, "incidents", uuid4().bytes, {})
        municipality.push(ana, ana.piece(scope))
    municipality.wall.now_ms += 1000

    for _ in range(2):
        roster_book.revoke_device(municipality.database, municipality.authority, ana.device, "Robado")

    said = _record(municipality, "devices", ana.device)["revoked"]
    assert said == {
        "revoked_at": municipality.wall.now_ms * 1000,
        "revoke_reason": "Robado",
        "cutoffs": f"emergencia {ana.replica} 3\noperaciones {ana.replica} 2",
    }
    assert [one.operation for one in _told(municipality, luis)].count("revoke_device") == 1
    device = roster_book.device_of(municipality.database, municipality.tenant, ana.device)
    assert device is not None
    assert device.is_revoked
    with pytest.raises(RosterError) as caught:
        roster_book.revoke_device(municipality.database, municipality.authority, bytes(16), "x")
    assert _kind(caught) == Kind.UNKNOWN_DEVICE


def test_rights_that_are_taken_away_count_from_the_next_request(municipality: Municipality) -> None:
    ana = municipality.station()
    args = (municipality.database, municipality.authority)
    roster_book.set_rights(*args, ana.device, ["emergencia"], ["emergencia"])
    ana.create("operaciones", "incidents", uuid4().bytes, {})

    assert [part.scope for part in municipality.pull(ana, Want("operaciones"), Want("emergencia"))] == [
        "emergencia"
    ]
    assert municipality.push(ana, ana.piece("operaciones"))[0].refusal == "denied"
    with pytest.raises(RosterError):
        roster_book.set_rights(*args, ana.device, ["; --"], [])
    with pytest.raises(RosterError) as caught:
        roster_book.set_rights(*args, uuid4().bytes, ["emergencia"], [])
    assert _kind(caught) == Kind.UNKNOWN_DEVICE
    assert _record(municipality, "devices", ana.device)["scopes"] == "emergencia sys"


def test_a_municipality_is_founded_once_and_opens_with_its_passphrase_alone(
    municipality: Municipality,
) -> None:
    database = municipality.database

    assert tenants.names(database) == {"maipu": "Maipú"}
    opened = tenants.open_authority(database, "maipu", PASSPHRASE)
    assert opened.public_bytes == municipality.authority.public_bytes
    with pytest.raises(SealError):
        tenants.open_authority(database, "maipu", "otra frase, bastante larga")
    for tenant, name, kind in (
        ("maipu", "Otra", Kind.TENANT_EXISTS),
        ("Con Espacio", "Otra", Kind.TENANT),
        ("otra", " ", Kind.NAME),
    ):
        with pytest.raises(RosterError) as caught:
            tenants.found(database, tenant, name, PASSPHRASE, CHEAP)
        assert _kind(caught) == kind
    with pytest.raises(RosterError):
        tenants.open_authority(database, "nadie", PASSPHRASE)


def test_after_a_restore_stations_bring_back_what_the_server_lost(municipality: Municipality) -> None:
    """The server that comes back is behind: its own chain and its numbers among what was lost."""
    ana, luis = municipality.station(), municipality.station()
    pk = uuid4().bytes
    ana.create("emergencia", "incidents", pk, {"code": "INC-26-K1-0001-R"})
    municipality.push(ana, ana.piece("emergencia"))
    (held,) = municipality.pull(luis, Want("emergencia"))
    before = municipality.states("emergencia")
    municipality.forget("emergencia")

    tenants.begin_epoch(municipality.database, municipality.authority)
    taken = municipality.push(luis, *held.segments)

    assert [(one.seq, one.refusal) for one in taken] == [(1, None), (1, None)]
    assert municipality.states("emergencia") == before
    ana.create("emergencia", "incidents", uuid4().bytes, {"code": "INC-26-K1-0002-R"})
    municipality.push(ana, ana.piece("emergencia", 2))
    folios = [unpack_state(data).values["folio"] for data in municipality.states("emergencia").values()]
    assert sorted(map(str, folios)) == [folio("INC", 2026, 1), folio("INC", 2026, 2)]


def test_two_gateways_on_one_postgresql_write_one_chain(postgres: Postgres) -> None:
    with postgres.database() as dsn:
        municipality = Municipality.found(dsn)
        other = Municipality(Database.open(dsn, Wall()), municipality.authority, municipality.wall)
        made = [_new(7000 + number) for number in range(6)]
        signs = "ABCDEF"

        def enrol(number: int) -> bytes:
            gateway = (municipality, other)[number % 2]
            wanted = Wanted(f"Estación {number}", f"A{signs[number]}", ("emergencia",), ("emergencia",))
            made[number].device = gateway.enrol(made[number], f"secreto {number}", wanted).device
            station = made[number]
            for count in range(1, 4):
                code = f"INC-26-A{signs[number]}-{count:04d}-R"
                station.create("emergencia", "incidents", uuid4().bytes, {"code": code})
                gateway.push(station, station.piece("emergencia", count))
            return station.device

        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(enrol, range(6)))) == 6

        municipality.stations = made
        assert [one.seq for one in _told(municipality, made[0])] == list(range(1, 8))
        folios = [unpack_state(data).values["folio"] for data in municipality.states("emergencia").values()]
        assert sorted(map(str, folios)) == [folio("INC", 2026, number) for number in range(1, 19)]
        other.close()
        municipality.close()


def test_municipalities_in_one_database_never_meet(municipality: Municipality) -> None:
    other = Municipality.of(municipality.database, municipality.wall, "penalolen")
    ana, eva = municipality.station(), other.station()
    ana.create("operaciones", "incidents", uuid4().bytes, {"narrative": "ruidos"})
    municipality.push(ana, ana.piece("operaciones"))

    assert other.pull(eva, Want("operaciones"))[0].segments == []
    assert other.pull(ana, Want("operaciones")) == []
    assert other.push(ana, ana.piece("operaciones"))[0].refusal == "denied"
