"""What a pull gives: all of what a device may hold, nothing else, a little at a time."""

from uuid import uuid4

from server import tenants
from server.give import welcome_state
from tests.support.municipality import Municipality, Station
from wire import receipts
from wire.digest import EMPTY
from wire.messages import Hello, Part, ScopeState, Tail, Want
from wire.segments import Segment


def _write(municipality: Municipality, station: Station, count: int, scope: str = "operaciones") -> None:
    """Write and push one by one, so that every change-set is a piece of its own."""
    for _ in range(count):
        station.create(scope, "incidents", uuid4().bytes, {"narrative": "r" * 200})
        municipality.push(station, station.piece(scope, len(station.chains[scope]), first=1))


def _all(municipality: Municipality, station: Station, want: Want, budget: int) -> list[Part]:
    parts: list[Part] = []
    while not parts or parts[-1].more:
        (part,) = municipality.pull(station, want, budget=budget)
        parts.append(part)
        want = Want(want.scope, part.epoch, part.cursor, want.vector)
    return parts


def test_a_small_budget_gives_the_same_in_more_answers(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    _write(municipality, ana, 7)

    whole = _all(municipality, luis, Want("operaciones"), 1 << 20)
    small = _all(municipality, luis, Want("operaciones"), 500)

    assert len(whole) == 1
    assert len(small) > 2
    assert [piece for part in small for piece in part.segments] == whole[0].segments
    assert [small[-1].cursor, whole[0].cursor] == [7, 7]


def test_a_cursor_goes_on_where_it_ended(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    _write(municipality, ana, 2)
    (before,) = municipality.pull(luis, Want("operaciones"))
    _write(municipality, ana, 1)

    (after,) = municipality.pull(luis, Want("operaciones", before.epoch, before.cursor))
    (nothing,) = municipality.pull(luis, Want("operaciones", after.epoch, after.cursor))

    assert [piece.last for piece in after.segments] == [3]
    assert (nothing.segments, nothing.cursor, nothing.more) == ([], 3, False)


def test_a_vector_gives_what_it_lacks_and_a_cursor_to_go_on_from(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    _write(municipality, ana, 3)
    _write(municipality, luis, 2)
    for station in (ana, luis):
        station.create("operaciones", "incidents", uuid4().bytes, {})
        station.create("operaciones", "incidents", uuid4().bytes, {})
    municipality.push(ana, ana.piece("operaciones", 4, 5), luis.piece("operaciones", 3, 4))

    want = Want("operaciones", vector={ana.replica: 4, luis.replica: 2})
    (part,) = municipality.pull(luis, want)

    assert [(one.replica, one.first, one.start, one.last) for one in part.segments] == [
        (ana.replica, 4, 5, 5),
        (luis.replica, 3, 3, 4),
    ]
    assert (part.cursor, part.more) == (9, False)


def test_what_an_asker_holds_costs_nothing_of_the_budget(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    _write(municipality, ana, 5)
    _write(municipality, luis, 1)

    (part,) = municipality.pull(luis, Want("operaciones", vector={ana.replica: 5}), budget=1)

    assert [piece.replica for piece in part.segments] == [luis.replica]


def test_an_author_learns_what_was_denied_though_nothing_of_it_is_missing(municipality: Municipality) -> None:
    ana = municipality.station()
    _write(municipality, ana, 1)
    (before,) = municipality.pull(ana, Want("operaciones", vector={ana.replica: 1}))
    ana.append("operaciones", b"nothing that can be read")
    municipality.push(ana, ana.piece("operaciones", 2))

    (part,) = municipality.pull(
        ana, Want("operaciones", before.epoch, before.cursor, vector={ana.replica: 2}), budget=1
    )

    assert (part.segments, [void.seq for void in part.voids], part.cursor) == ([], [2], 2)


def test_several_scopes_share_a_budget_and_none_is_forgotten(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    _write(municipality, ana, 3)
    _write(municipality, ana, 3, "emergencia")

    wants = {scope: Want(scope) for scope in ("operaciones", "emergencia")}
    given: dict[str, list[Segment]] = {scope: [] for scope in wants}
    answers = 0
    while wants:
        answers += 1
        for part in municipality.pull(luis, *wants.values(), budget=300):
            given[part.scope] += part.segments
            wants[part.scope] = Want(part.scope, part.epoch, part.cursor)
            if not part.more:
                del wants[part.scope]

    assert {scope: len(pieces) for scope, pieces in given.items()} == {"operaciones": 3, "emergencia": 3}
    assert answers > 1


def test_another_epoch_makes_a_cursor_worth_nothing(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station()
    _write(municipality, ana, 2)
    (before,) = municipality.pull(luis, Want("operaciones"))

    epoch = tenants.begin_epoch(municipality.database, municipality.authority)
    (after,) = municipality.pull(luis, Want("operaciones", before.epoch, before.cursor))

    assert (before.epoch < epoch, after.epoch, len(after.segments)) == (True, epoch, 2)


def test_a_device_is_given_only_the_scopes_that_it_may_hold(municipality: Municipality) -> None:
    ana, luis = municipality.station(), municipality.station(reads=["operaciones"], writes=[])
    _write(municipality, ana, 1, "emergencia")
    _write(municipality, ana, 1)

    parts = municipality.pull(luis, Want("emergencia"), Want("operaciones"), Want("no existe"), Want("sys"))

    assert [part.scope for part in parts] == ["operaciones", "sys"]
    assert municipality.pull(Station(ana.key, 1, bytes(16)), Want("operaciones")) == []


def test_a_welcome_says_what_is_held_and_what_may_be_written(municipality: Municipality) -> None:
    ana, luis = (
        municipality.station(),
        municipality.station(reads=["operaciones", "emergencia"], writes=["emergencia"]),
    )
    _write(municipality, ana, 3)
    _write(municipality, luis, 1, "emergencia")
    chain = ana.chains["operaciones"]

    epoch, server, scopes, own = welcome_state(
        municipality.database,
        municipality.authority,
        ana.device,
        Hello(1, ana.device, b"", "0", 1, ana.replica, 0, [Tail("operaciones", ana.replica, 2, bytes(32))]),
    )

    assert own == [
        Tail("operaciones", ana.replica, 2, chain[1].hash),
        Tail("operaciones", ana.replica, 3, chain[2].hash),
    ]
    assert [(one.scope, one.n, one.may_write) for one in scopes][:2] == [
        ("emergencia", 1, True),
        ("operaciones", 3, True),
    ]
    assert {one.epoch for one in scopes} == {epoch}
    assert server > 0

    _, _, scopes, own = welcome_state(
        municipality.database,
        municipality.authority,
        luis.device,
        Hello(1, luis.device, b"", "0", 1, 1 << 63, 0, []),
    )
    assert own == []
    assert [(one.scope, one.may_write) for one in scopes] == [
        ("emergencia", True),
        ("operaciones", False),
        ("sys", True),
    ]


def test_a_scope_into_which_nobody_wrote_is_empty(municipality: Municipality) -> None:
    ana = municipality.station()

    epoch, _, scopes, _ = welcome_state(
        municipality.database, municipality.authority, ana.device, Hello(1, ana.device, b"", "0", 1, 1, 0, [])
    )
    (part,) = municipality.pull(ana, Want("emergencia"))

    [empty] = [state for state in scopes if state.scope == "emergencia"]
    assert empty == receipts.signed(
        ScopeState("emergencia", epoch, 0, EMPTY, may_write=True, root=receipts.FIRST_ROOT),
        municipality.authority.signing_key,
    )
    assert part == Part("emergencia", epoch, 0, [])
