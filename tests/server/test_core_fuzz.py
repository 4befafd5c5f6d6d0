"""A device that was enrolled and went bad: whatever it signs, the server answers, and everybody else goes on."""

from collections.abc import Iterator
from itertools import count
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import msgpack

from server.records import unpack_state
from server.take import TooMuch
from tests.support.municipality import Municipality
from tests.support.postgres import Postgres
from wire.changes import VERSION, OpKind
from wire.digest import EMPTY, moved, weight_of
from wire.messages import Want
from wire.segments import Segment

SCOPE = "operaciones"
INTEGERS = st.one_of(st.integers(-3, 5), st.integers(-(2**63), 2**64 - 1))
SHORT = st.one_of(
    st.sampled_from(["", "incidents", "users", "devices", "folio", "code", "voided", "a\0b"]),
    st.text(max_size=5),
)
PLAIN = st.one_of(st.none(), st.booleans(), INTEGERS, st.floats(), st.text(max_size=5), st.binary(max_size=5))
NESTED = st.recursive(
    PLAIN,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(PLAIN, inner, max_size=3)),
    max_leaves=6,
)
DOTS = st.lists(st.tuples(st.one_of(st.just(1001), INTEGERS), INTEGERS), max_size=3)
IDS = st.one_of(st.sampled_from([bytes(16), b"\x01" * 16]), st.binary(max_size=17))
VALUES = st.dictionaries(
    SHORT, st.one_of(PLAIN, st.dictionaries(SHORT, PLAIN, max_size=2), NESTED), max_size=3
)
OPS = st.tuples(
    st.one_of(
        st.sampled_from([OpKind.CREATE, OpKind.SET, OpKind.APPEND, OpKind.STRIKE, OpKind.READ, OpKind.BLOB]),
        SHORT,
    ),
    SHORT,
    IDS,
    VALUES,
    st.dictionaries(SHORT, DOTS, max_size=3),
    DOTS,
)
_tenants = count(1)


@st.composite
def bodies(draw: st.DrawFn) -> list[object]:
    """Return what a change-set may say, with anything in any place but its own."""
    return [
        draw(st.one_of(st.just(VERSION), st.just(VERSION), INTEGERS)),
        draw(st.one_of(st.just(SCOPE), SHORT)),
        1001,
        0,
        draw(INTEGERS),
        draw(DOTS),
        draw(INTEGERS),
        draw(IDS),
        draw(IDS),
        draw(SHORT),
        draw(st.one_of(st.none(), SHORT)),
        draw(st.lists(OPS, max_size=3)),
    ]


BODY = st.one_of(bodies(), bodies(), st.binary(max_size=40), NESTED)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[list[Municipality]]:
    with postgres.database() as dsn:
        made = [Municipality.found(place) for place in (tmp_path_factory.mktemp("sqlite"), dsn)]
        yield made
        for municipality in made:
            municipality.close()


def _encoded(body: object, seq: int) -> bytes:
    if isinstance(body, bytes):
        return body
    if isinstance(body, list) and len(body) == 12:
        body = [*body[:3], seq, *body[4:]]
    try:
        return msgpack.encode(body)
    except (TypeError, OverflowError):
        return b"\xc1"


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(said=st.lists(BODY, min_size=1, max_size=5))
def test_whatever_a_device_signs_the_server_answers_and_others_go_on(
    servers: list[Municipality], said: list[object]
) -> None:
    tenant = f"t{next(_tenants)}"
    states = []
    for server in servers:
        municipality = Municipality.of(server.database, server.wall, tenant)
        bad, good = municipality.station(), municipality.station()
        for body in said:
            bad.append(SCOPE, _encoded(body, len(bad.chains.get(SCOPE, [])) + 1))
        good.create(SCOPE, "incidents", b"\x02" * 16, {"narrative": "ruidos"})

        for last in range(1, len(said) + 1):
            municipality.push(bad, bad.piece(SCOPE, 1, last))
        (line,) = municipality.push(good, good.piece(SCOPE))

        assert (line.seq, line.refusal) == (1, None)
        stored = municipality.states(SCOPE)
        assert ("incidents", b"\x02" * 16) in stored
        digest = EMPTY
        for (table, pk), data in stored.items():
            digest = moved(digest, weight_of(table, pk, unpack_state(data).heads))
        assert municipality.digest(SCOPE) == digest
        (part,) = municipality.pull(good, Want(SCOPE))
        assert not part.more
        states.append(stored)
    assert states[0] == states[1]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    scope=st.one_of(st.just(SCOPE), SHORT),
    numbers=st.tuples(INTEGERS, INTEGERS, INTEGERS, INTEGERS),
    tail=st.one_of(st.binary(min_size=32, max_size=32), st.binary(max_size=40)),
    signature=st.one_of(st.binary(min_size=64, max_size=64), st.binary(max_size=70)),
    content=st.lists(st.binary(max_size=10), max_size=3),
    is_known=st.booleans(),
)
def test_a_piece_of_any_form_is_refused_and_never_breaks_anything(
    servers: list[Municipality],
    scope: str,
    numbers: tuple[int, int, int, int],
    tail: bytes,
    signature: bytes,
    content: list[bytes],
    is_known: bool,
) -> None:
    for municipality in servers:
        station = municipality.stations[0] if municipality.stations else municipality.station()
        replica, first, start, last = numbers
        piece = Segment(
            scope, station.replica if is_known else replica, first, start, last, tail, signature, content
        )
        before = municipality.states(SCOPE)
        try:
            taken = municipality.push(station, piece)
        except TooMuch:
            continue
        assert all(line.refusal is not None for line in taken)
        assert municipality.states(SCOPE) == before


def test_a_body_nested_without_end_is_denied(municipality: Municipality) -> None:
    ana = municipality.station()
    ana.append(SCOPE, b"\x91" * 100_000)
    ana.append(SCOPE, b"\x9c\x01\xab" + SCOPE.encode() + b"\xcd\x03\xe9\x02\x05\x90\x01" + b"\x91" * 100_000)
    ana.create(SCOPE, "incidents", uuid4().bytes, {})

    (line,) = municipality.push(ana, ana.piece(SCOPE))

    assert (line.seq, line.refusal) == (3, None)
    assert len(municipality.states(SCOPE)) == 1


def test_values_at_the_edge_of_what_a_number_can_be_are_kept_as_they_are(municipality: Municipality) -> None:
    ana = municipality.station()
    pk = uuid4().bytes
    values = {
        "a": 2**64 - 1,
        "b": -(2**63),
        "c": 1e308,
        "d": float("inf"),
        "e": "\0ñ\U0001f600",
        "f": b"\0\xff",
    }
    ana.create(SCOPE, "incidents", pk, values)

    municipality.push(ana, ana.piece(SCOPE))

    assert unpack_state(municipality.states(SCOPE)["incidents", pk]).values == values
