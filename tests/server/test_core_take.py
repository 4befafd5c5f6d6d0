"""What a push leaves behind, and what it cannot do to anybody else."""

import random
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server import roster_book
from server.records import unpack_state
from server.take import TooMuch
from tests.support.municipality import PROGRAM, Municipality, Station
from wire import voids
from wire.changes import GENESIS, ChangeSet, Op, OpKind, Values, decode, encode
from wire.messages import Refusal, Taken, Want
from wire.segments import Segment, links_of

INCIDENTS = "incidents"


def _refusals(taken: list[Taken]) -> list[tuple[int, str | None]]:
    return [(one.seq, one.refusal) for one in taken]


def _noise(station: Station, count: int = 1, scope: str = "operaciones") -> list[bytes]:
    made = [uuid4().bytes for _ in range(count)]
    for pk in made:
        station.create(scope, INCIDENTS, pk, {"narrative": "ruidos"})
    return made


def _raw(station: Station, **changed: object) -> ChangeSet:
    """Return a change-set that a station's own code would never write."""
    chain = station.chains.setdefault("operaciones", [])
    said: dict[str, object] = {
        "version": 1,
        "scope": "operaciones",
        "replica": station.replica,
        "seq": len(chain) + 1,
        "hlc": 5,
        "deps": [],
        "schema": 1,
        "actor": PROGRAM,
        "tx": uuid4().bytes,
        "operation": "t",
        "reason": None,
        "ops": [],
    }
    return ChangeSet(**{**said, **changed})  # type: ignore[arg-type]


def test_what_one_station_pushes_another_one_gets_as_it_was_signed(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    user = municipality.administrator(ana)
    for number in range(3):
        ana.create("operaciones", INCIDENTS, uuid4().bytes, {"narrative": f"ruido {number}"}, actor=user)
    piece = ana.piece("operaciones")

    taken = municipality.push(ana, piece)
    (part,) = municipality.pull(luis, Want("operaciones"))

    assert [(one.seq, one.hash, one.refusal) for one in taken] == [(3, piece.tail, None)]
    assert part.segments == [piece]
    assert (part.cursor, part.more) == (3, False)


def test_pushing_again_changes_nothing(municipality: Municipality) -> None:
    ana = municipality.station()
    _noise(ana, 4)
    municipality.push(ana, ana.piece("operaciones", 1, 3))
    before = municipality.states("operaciones"), municipality.digest("operaciones")

    for again in (
        ana.piece("operaciones", 1, 3),
        ana.piece("operaciones", 2, 2, 1),
        ana.piece("operaciones", 1, 1),
    ):
        assert _refusals(municipality.push(ana, again, again)) == [(3, None)]

    assert (municipality.states("operaciones"), municipality.digest("operaciones")) == before


def test_a_run_that_grew_is_taken_from_where_it_is_held(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    _noise(ana, 5)
    municipality.push(ana, ana.piece("operaciones", 1, 2))

    assert _refusals(municipality.push(ana, ana.piece("operaciones", 1, 5))) == [(5, None)]

    (part,) = municipality.pull(luis, Want("operaciones"))
    assert [(one.first, one.start, one.last) for one in part.segments] == [(1, 1, 2), (1, 3, 5)]
    tip, held = GENESIS, 0
    for piece in part.segments:
        held, tip = len(links_of(piece, held, tip, ana.key.public_key())) + held, piece.tail
    assert held == 5


def test_a_piece_that_does_not_continue_what_is_held_waits_for_the_gap(municipality: Municipality) -> None:
    ana = municipality.station()
    _noise(ana, 3)

    assert _refusals(municipality.push(ana, ana.piece("operaciones", 2, 3))) == [(0, Refusal.GAP)]
    assert _refusals(
        municipality.push(ana, ana.piece("operaciones", 2, 3), ana.piece("operaciones", 1, 1))
    ) == [(3, None)]


def test_a_change_set_waits_for_what_its_author_knew_and_stops_nobody_else(
    municipality: Municipality,
) -> None:
    ana, luis, eva = (municipality.station() for _ in range(3))
    (pk,) = _noise(ana)
    luis.apply(ana.write("operaciones", []))
    luis.states["operaciones"] = dict(ana.states["operaciones"])
    luis.set("operaciones", INCIDENTS, pk, {"narrative": "música"})
    _noise(eva)

    taken = municipality.push(eva, luis.piece("operaciones"), eva.piece("operaciones"))
    assert _refusals(taken) == [(0, Refusal.GAP), (1, None)]

    taken = municipality.push(eva, luis.piece("operaciones"), ana.piece("operaciones"))
    assert _refusals(taken) == [(1, None), (2, None)]


def test_pieces_that_need_each_other_are_taken_and_given_together(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    (pk,) = _noise(ana)
    luis.states["operaciones"] = {}
    luis.apply(_change_set(ana, 1))
    luis.set("operaciones", INCIDENTS, pk, {"narrative": "música"})
    ana.apply(_change_set(luis, 1))
    ana.set("operaciones", INCIDENTS, pk, {"narrative": "fiesta"})

    assert _refusals(municipality.push(ana, ana.piece("operaciones"))) == [(0, Refusal.GAP)]
    assert _refusals(municipality.push(ana, ana.piece("operaciones"), luis.piece("operaciones"))) == [
        (2, None),
        (1, None),
    ]

    (part,) = municipality.pull(luis, Want("operaciones"), budget=1)
    assert ({one.replica for one in part.segments}, part.cursor) == ({ana.replica, luis.replica}, 3)


def _change_set(station: Station, seq: int) -> ChangeSet:
    piece = station.piece("operaciones", seq, seq)
    tip = station.chains["operaciones"][seq - 2].hash if seq > 1 else GENESIS
    return links_of(piece, seq - 1, tip, station.key.public_key())[0].change_set


def test_another_history_under_the_same_number_is_a_fork(municipality: Municipality) -> None:
    ana = municipality.station()
    _noise(ana, 4)
    twin = Station(ana.key, ana.replica, ana.device)
    _noise(twin, 6)
    municipality.push(ana, ana.piece("operaciones"))

    for piece in (
        twin.piece("operaciones", 1, 4),
        twin.piece("operaciones", 1, 2),
        twin.piece("operaciones", 1, 6),
        twin.piece("operaciones", 5, 6),
    ):
        assert _refusals(municipality.push(ana, piece)) == [(4, Refusal.FORK)]


def test_a_piece_that_its_author_did_not_sign_is_refused(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    _noise(ana, 2)
    ana.key = Ed25519PrivateKey.generate()
    _noise(luis)

    taken = municipality.push(luis, ana.piece("operaciones"), luis.piece("operaciones"))

    assert _refusals(taken) == [(0, Refusal.QUARANTINED), (1, None)]


def test_bytes_that_say_nothing_are_denied_and_what_follows_goes_on(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    _noise(ana)
    ana.append("operaciones", b"\x93 nothing")
    ana.append("operaciones", b"\xdd\x00\x00\x00\x01" * 5000)
    _noise(ana, 1)

    assert _refusals(municipality.push(ana, ana.piece("operaciones"))) == [(4, None)]

    _check_voided(municipality, ana, luis, [2, 3])
    assert len(municipality.states("operaciones")) == 2


def _check_voided(municipality: Municipality, author: Station, reader: Station, denied: list[int]) -> None:
    """See that a reader can follow the author's chain through what was denied, and reads nothing of it."""
    (part,) = municipality.pull(reader, Want("operaciones"))
    assert [void.seq for void in part.voids] == denied
    assert all(voids.is_genuine(void, municipality.authority.public_key) for void in part.voids)
    assert not any(voids.is_genuine(void, Ed25519PrivateKey.generate().public_key()) for void in part.voids)
    markers = {void.seq: void for void in part.voids}
    tip, held = GENESIS, 0
    for piece in (one for one in part.segments if one.replica == author.replica):
        found = voids.links_past(piece, held, tip, author.key.public_key(), markers)
        held, tip = held + len(found), piece.tail
    assert (held, tip) == (len(author.chains["operaciones"]), author.chains["operaciones"][-1].hash)


@pytest.mark.parametrize(
    "ops",
    [
        [Op(OpKind.SET, INCIDENTS, bytes(16), {"narrative": "x"}, {"narrative": [(1001, 1)]})],
        [Op(OpKind.CREATE, INCIDENTS, b"short", {})],
        [Op(OpKind.CREATE, "Incidents; --", bytes(16), {})],
        [Op(OpKind.CREATE, "a\0b", bytes(16), {})],
        [Op("Qué!", INCIDENTS, bytes(16), {})],
        [Op(OpKind.CREATE, INCIDENTS, bytes(16), {"narrative": ["a", "list"]})],
        [Op(OpKind.CREATE, INCIDENTS, bytes(16), {"place": {"lat": {"deep": 1}}})],
        [Op(OpKind.CREATE, "users", bytes(16), {"roles": '["administrator"]'})],
        [Op(OpKind.CREATE, "devices", bytes(16), {"name": "mine"})],
        [Op(OpKind.CREATE, INCIDENTS, bytes(16), {"folio": "INC-2026-000001"})],
    ],
)
def test_an_op_that_cannot_count_is_denied_and_what_follows_goes_on(
    municipality: Municipality, ops: list[Op]
) -> None:
    ana, luis = municipality.station(), municipality.station()
    _noise(ana)
    ana.append("operaciones", encode(_raw(ana, ops=ops)))
    (kept,) = _noise(ana)

    assert _refusals(municipality.push(ana, ana.piece("operaciones"))) == [(3, None)]

    assert set(municipality.states("operaciones")) == {
        (INCIDENTS, op.pk) for op in _change_set(ana, 1).ops
    } | {(INCIDENTS, kept)}
    _check_voided(municipality, ana, luis, [2])


def test_a_body_that_says_another_place_is_denied(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    for changed in ({"scope": "emergencia"}, {"replica": 7}, {"seq": 9}, {"actor": b"x"}, {"hlc": 1 << 63}):
        ana.append("operaciones", encode(_raw(ana, **changed)))

    assert _refusals(municipality.push(ana, ana.piece("operaciones"))) == [(5, None)]
    _check_voided(municipality, ana, luis, [1, 2, 3, 4, 5])


def test_a_write_over_what_its_author_cannot_have_seen_is_denied(municipality: Municipality) -> None:
    """Otherwise the state would depend on which of the two arrives first."""
    ana, luis = municipality.station(), municipality.station()
    (pk,) = _noise(ana)
    ana.set("operaciones", INCIDENTS, pk, {"narrative": "música"})
    municipality.push(ana, ana.piece("operaciones"))
    values: Values = {"narrative": "fiesta"}
    unseen = [(ana.replica, 2)]
    luis.append(
        "operaciones",
        encode(
            _raw(
                luis,
                deps=[(ana.replica, 1)],
                ops=[Op(OpKind.SET, INCIDENTS, pk, values, {"narrative": unseen})],
            )
        ),
    )

    before = municipality.states("operaciones")
    assert _refusals(municipality.push(luis, luis.piece("operaciones"))) == [(1, None)]
    assert municipality.states("operaciones") == before


def test_what_a_newer_program_wrote_waits_for_a_newer_server(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    _noise(ana)
    ana.append("operaciones", encode(_raw(ana, version=2)))
    luis.append("operaciones", encode(_raw(luis, ops=[Op("merge_into", INCIDENTS, bytes(16))])))

    taken = municipality.push(
        ana, ana.piece("operaciones", 1, 1), ana.piece("operaciones", 2, 2), luis.piece("operaciones")
    )

    assert _refusals(taken) == [(1, Refusal.SCHEMA), (0, Refusal.SCHEMA)]


def test_a_chain_of_nobody_is_refused(municipality: Municipality) -> None:
    ana = municipality.station()
    stranger = Station(Ed25519PrivateKey.generate(), 77)
    _noise(stranger)

    assert _refusals(municipality.push(ana, stranger.piece("operaciones"))) == [(0, Refusal.UNKNOWN_REPLICA)]


def test_a_device_brings_what_others_wrote(municipality: Municipality) -> None:
    ana, hub = municipality.station(), municipality.station(reads=["operaciones"], writes=[])
    _noise(ana, 2)
    _noise(hub)

    taken = municipality.push(hub, ana.piece("operaciones"), hub.piece("operaciones"))

    assert _refusals(taken) == [(2, None), (0, Refusal.DENIED)]


def test_a_scope_that_is_not_a_devices_own_says_nothing_of_what_is_held(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station(reads=["operaciones"], writes=["operaciones"])
    _noise(ana, 3, "emergencia")
    municipality.push(ana, ana.piece("emergencia"))

    (line,) = municipality.push(luis, ana.piece("emergencia", 1, 1))

    assert line == Taken("emergencia", ana.replica, 0, b"", Refusal.DENIED)
    assert municipality.pull(luis, Want("emergencia")) == []


def test_a_revoked_device_is_taken_no_further_whoever_brings_it(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    _noise(ana, 2)
    municipality.push(ana, ana.piece("operaciones"))
    (pk,) = _noise(ana)
    luis.states["operaciones"] = {}
    for seq in (1, 2, 3):
        luis.apply(_change_set(ana, seq))

    roster_book.revoke_device(municipality.database, municipality.authority, ana.device, "Robado")
    luis.set("operaciones", INCIDENTS, _change_set(ana, 1).ops[0].pk, {"narrative": "después"})

    assert _refusals(municipality.push(ana, ana.piece("operaciones"))) == [(0, Refusal.DENIED)]
    assert municipality.pull(ana, Want("operaciones")) == []
    taken = municipality.push(luis, ana.piece("operaciones"), luis.piece("operaciones"))
    assert _refusals(taken) == [(2, Refusal.DENIED), (1, None)]
    assert _refusals(municipality.push(luis, ana.piece("operaciones", 1, 2))) == [(2, None)]
    assert (INCIDENTS, pk) not in municipality.states("operaciones")


def test_what_somebody_wrote_waits_until_they_are_known(municipality: Municipality) -> None:
    ana = municipality.station()
    user = uuid4().bytes
    ana.create("sys", "users", user, {"username": "jefa", "roles": '["administrator"]'})
    ana.create("operaciones", INCIDENTS, uuid4().bytes, {"narrative": "ruidos"}, actor=user)

    assert _refusals(municipality.push(ana, ana.piece("operaciones"))) == [(0, Refusal.GAP)]
    assert _refusals(municipality.push(ana, ana.piece("operaciones"), ana.piece("sys"))) == [
        (1, None),
        (1, None),
    ]


def test_nobody_waits_for_somebody_whose_making_was_denied(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    boss, guard, user = municipality.administrator(ana), uuid4().bytes, uuid4().bytes
    ana.create("sys", "users", guard, {"username": "guardia", "roles": '["guard"]'}, actor=boss)
    municipality.push(ana, ana.piece("sys"))
    luis.create("sys", "users", user, {"username": "otra", "roles": '["administrator"]'}, actor=guard)
    luis.create("operaciones", INCIDENTS, uuid4().bytes, {"narrative": "ruidos"}, actor=user)
    _noise(luis)

    taken = municipality.push(luis, luis.piece("operaciones"), luis.piece("sys"))

    assert _refusals(taken) == [(1, None), (2, None)]
    assert len(municipality.states("operaciones")) == 1


def test_what_somebody_wrote_before_they_were_disabled_counts(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    boss, guard = municipality.administrator(ana), uuid4().bytes
    ana.create(
        "sys", "users", guard, {"username": "guardia", "roles": '["guard"]', "is_active": 1}, actor=boss
    )
    ana.set("sys", "users", guard, {"is_active": 0}, actor=boss, hlc=1 << 45)
    municipality.push(ana, ana.piece("sys"))

    before, after = uuid4().bytes, uuid4().bytes
    luis.write("operaciones", [Op(OpKind.CREATE, INCIDENTS, before, {})], actor=guard, hlc=(1 << 45) - 1)
    luis.write("operaciones", [Op(OpKind.CREATE, INCIDENTS, after, {})], actor=guard, hlc=(1 << 45) + 1)

    assert _refusals(municipality.push(luis, luis.piece("operaciones"))) == [(2, None)]
    assert set(municipality.states("operaciones")) == {(INCIDENTS, before)}


def test_users_and_settings_are_an_administrators_and_a_password_its_owners(
    municipality: Municipality,
) -> None:
    ana, luis = municipality.station(), municipality.station()
    boss, guard, director = municipality.administrator(ana), uuid4().bytes, uuid4().bytes
    ana.create("sys", "users", guard, {"username": "guardia", "roles": '["guard"]'}, actor=boss)
    ana.create("sys", "users", director, {"username": "directora", "roles": '["director"]'}, actor=boss)
    municipality.push(ana, ana.piece("sys"))
    luis.states["sys"] = {}
    for body in ana.chains["sys"]:
        luis.apply(decode(body.body))

    luis.set("sys", "users", guard, {"password": {"password_hash": "h"}}, actor=guard)
    luis.set("sys", "users", guard, {"roles": '["administrator"]'}, actor=guard)
    luis.set("sys", "users", boss, {"password": {"password_hash": "h"}}, actor=guard)
    luis.create("sys", "municipal_settings", uuid4().bytes, {"key": "k"}, actor=guard)
    luis.set("sys", "users", guard, {"is_active": 1})
    luis.create("sys", "municipal_settings", uuid4().bytes, {"key": "k"}, actor=boss)
    luis.create("sys", "municipal_settings", uuid4().bytes, {"key": "k"}, actor=director)
    luis.create("sys", "users", uuid4().bytes, {"username": "k"}, actor=director)
    luis.create("sys", "import_batches", uuid4().bytes, {"name": "x"}, actor=guard)
    municipality.push(luis, luis.piece("sys"))

    (part,) = municipality.pull(ana, Want("sys"))
    assert [void.seq for void in part.voids if void.replica == luis.replica] == [2, 3, 4, 5, 8]


def test_a_station_that_worked_alone_waits_with_its_users_until_they_are_taken(
    municipality: Municipality,
) -> None:
    ana, luis = municipality.station(), municipality.station()
    municipality.administrator(ana)
    own = uuid4().bytes
    luis.create("sys", "users", own, {"username": "otra", "roles": '["administrator"]', "is_active": 1})
    luis.create("sys", "users", uuid4().bytes, {"username": "más", "roles": "[]"}, actor=own)
    luis.create("operaciones", INCIDENTS, uuid4().bytes, {"narrative": "ruidos"}, actor=own)
    both = luis.piece("sys"), luis.piece("operaciones")

    assert _refusals(municipality.push(luis, *both)) == [(0, Refusal.DENIED), (0, Refusal.GAP)]

    roster_book.take_users_of(municipality.database, municipality.tenant, luis.device)
    assert _refusals(municipality.push(luis, *both)) == [(2, None), (1, None)]
    assert len(municipality.states("operaciones")) == 1


def test_a_message_that_no_program_of_ours_sends_is_refused_whole(municipality: Municipality) -> None:
    ana = municipality.station()
    _noise(ana)
    piece = ana.piece("operaciones")
    for wrong in (
        Segment("Sin; nombre", 1, 1, 1, 1, bytes(32), b"", [b""]),
        Segment("operaciones", 1 << 63, 1, 1, 1, bytes(32), b"", [b""]),
        Segment("operaciones", 1, 1, 1, 2, bytes(32), b"", [b""]),
        Segment("operaciones", 1, 2, 1, 1, bytes(32), b"", [b""]),
    ):
        with pytest.raises(TooMuch):
            municipality.push(ana, piece, wrong)
    assert municipality.states("operaciones") == {}


def test_official_numbers_are_dense_and_given_once(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    made = []
    for station, sign in ((ana, "K1"), (luis, "K2")):
        for number in range(1, 4):
            pk = uuid4().bytes
            made.append(pk)
            station.create("emergencia", INCIDENTS, pk, {"code": f"INC-26-{sign}-{number:04d}-R"})
    station_calls = uuid4().bytes
    ana.create("emergencia", "calls", station_calls, {"code": "LL-26-K1-0001-R"})
    ana.create("emergencia", "calls", uuid4().bytes, {"code": "sin forma"})

    municipality.push(ana, ana.piece("emergencia", 1, 2), luis.piece("emergencia", 1, 1))
    municipality.push(luis, luis.piece("emergencia", 1, 3))
    municipality.push(ana, ana.piece("emergencia"), ana.piece("emergencia"))

    folios = {
        key[1]: unpack_state(data).values.get("folio")
        for key, data in municipality.states("emergencia").items()
    }
    assert sorted(str(folios[pk]) for pk in made) == [f"INC-2026-{number:06d}" for number in range(1, 7)]
    assert folios[station_calls] == "LL-2026-000001"
    assert sum(folio is None for folio in folios.values()) == 1
    (part,) = municipality.pull(luis, Want("emergencia"))
    own = [one for one in part.segments if one.replica not in {ana.replica, luis.replica}]
    tip, held = GENESIS, 0
    for piece in own:
        links = links_of(piece, held, tip, municipality.authority.public_key)
        held, tip = held + len(links), piece.tail
        assert all(op.replaces.keys() == {"folio"} for link in links for op in link.change_set.ops)
    assert held == 3


def test_chains_are_pushed_by_several_at_once_without_loss(municipality: Municipality) -> None:
    stations = [municipality.station() for _ in range(4)]
    for station in stations:
        _noise(station, 12, random.choice(["operaciones", "emergencia"]))

    def bring(station: Station) -> None:
        for scope, chain in station.chains.items():
            for last in range(3, len(chain) + 1, 3):
                municipality.push(station, station.piece(scope, last - 2, last))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(bring, stations))

    held = municipality.states("operaciones").keys() | municipality.states("emergencia").keys()
    assert len(held) == 48
    for scope in ("operaciones", "emergencia"):
        (part,) = municipality.pull(stations[0], Want(scope))
        assert part.cursor == sum(len(piece.bodies) for piece in part.segments)
