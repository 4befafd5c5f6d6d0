"""Change-sets and heads: bytes that never change, and merges that neither lose nor invent a conflict."""

import hashlib
import itertools
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wire.changes import GENESIS, VERSION, ChangeSet, Op, OpKind, chain_hash, decode, encode, fields_of
from wire.clock import MAX_AHEAD_MS, HybridClock, wall_ms_of
from wire.heads import Heads, pack, unpack

EXAMPLE = ChangeSet(
    version=VERSION,
    scope="operaciones",
    replica=7,
    seq=2,
    hlc=116_000_000_000_000_000,
    deps=[(9, 4)],
    schema=1,
    actor=UUID(int=1).bytes,
    tx=UUID(int=2).bytes,
    operation="incidents.note",
    reason=None,
    ops=[
        Op(OpKind.APPEND, "incident_lines", UUID(int=3).bytes, {"text": "Señal ñandú", "at": 1, "x": None}),
        Op(
            OpKind.SET,
            "incidents",
            UUID(int=4).bytes,
            {"place": {"lat": -39.8, "lon": -73.2}},
            {"place": [(7, 1)]},
        ),
    ],
)
EXAMPLE_SHA256 = "64435bf9"


def test_the_bytes_of_a_change_set_are_the_same_for_ever() -> None:
    body = encode(EXAMPLE)

    assert hashlib.sha256(body).hexdigest()[:8] == EXAMPLE_SHA256
    assert decode(body) == EXAMPLE


def test_the_order_in_which_fields_were_set_does_not_change_the_bytes() -> None:
    values = {"b": 1, "a": 2, "c": 3}
    bodies = {
        encode(
            ChangeSet(
                VERSION, "sys", 1, 1, 1, [], 1, b"", b"", "", None, [Op(OpKind.SET, "t", b"", dict(order))]
            )
        )
        for order in itertools.permutations(values.items())
    }

    assert len(bodies) == 1


def test_the_chain_covers_predecessor_and_body() -> None:
    body = encode(EXAMPLE)

    assert chain_hash(GENESIS, body) == hashlib.sha256(GENESIS + body).digest()
    assert chain_hash(GENESIS, body) != chain_hash(chain_hash(GENESIS, b""), body)


@given(st.binary(max_size=200))
@example(b"\x9c\x00\xab" + bytes(10) + b"\x80")
@example(b"\x91" * 200_000)
def test_bytes_that_are_no_change_set_are_refused_in_one_way(data: bytes) -> None:
    with pytest.raises(ValueError, match="change-set"):
        decode(data)


def test_an_unknown_version_is_refused() -> None:
    later = ChangeSet(VERSION + 1, "sys", 1, 1, 1, [], 1, bytes(16), bytes(16), "", None, [])

    with pytest.raises(ValueError, match="unknown version"):
        decode(encode(later))


@pytest.mark.parametrize(
    "changed",
    [
        {"hlc": 1 << 63},
        {"hlc": -1},
        {"seq": 1 << 63},
        {"deps": [(9, -4)]},
        {"deps": [((1 << 64) - 1, 4)]},
        {"actor": bytes(15)},
        {"tx": b""},
        {"ops": [msgspec.structs.replace(EXAMPLE.ops[0], pk=bytes(17))]},
        {"ops": [msgspec.structs.replace(EXAMPLE.ops[0], seen=[(1 << 63, 1)])]},
    ],
)
def test_numbers_and_ids_that_no_database_holds_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a change-set"):
        decode(encode(msgspec.structs.replace(EXAMPLE, **changed)))


def test_a_group_of_fields_is_one_value_on_the_wire() -> None:
    assert fields_of(EXAMPLE.ops[1].values) == {"lat": -39.8, "lon": -73.2}
    assert fields_of({"text": "x", "voided": {"voided_at": 1, "void_reason": None}}) == {
        "text": "x",
        "voided_at": 1,
        "void_reason": None,
    }


def test_a_local_write_lists_what_it_saw_and_leaves_one_head() -> None:
    heads = Heads(base=(10, 1, 1))

    assert heads.overwrite("status", (11, 1, 2)) == [(1, 1)]
    assert heads.overwrite("status", (12, 1, 3)) == [(1, 2)]
    assert heads.of("status") == [(12, 1, 3)]
    assert heads.of("priority") == [(10, 1, 1)]
    assert heads.latest == (12, 1, 3)
    assert unpack(pack(heads)) == heads


def test_two_writes_that_saw_the_same_are_a_conflict_until_one_has_seen_both() -> None:
    heads = Heads(base=(10, 1, 1))
    heads.overwrite("status", (11, 1, 2))
    heads.merge("status", (9, 2, 1), [(1, 1)])
    assert heads.of("status") == [(9, 2, 1), (11, 1, 2)]

    heads.merge("status", (8, 2, 2), [(1, 2), (2, 1)])
    assert heads.of("status") == [(8, 2, 2)]


@given(st.lists(st.integers(0, 2**44), min_size=1, max_size=30))
def test_the_hybrid_clock_only_grows_whatever_the_wall_does(walls: list[int]) -> None:
    clock = HybridClock()
    ticks = [clock.tick(wall) for wall in walls]

    assert ticks == sorted(set(ticks))
    assert all(wall_ms_of(tick) >= wall for tick, wall in zip(ticks, walls, strict=True))


def test_a_foreign_clock_cannot_pull_ours_far_ahead() -> None:
    clock = HybridClock()
    clock.observe((1_000 + 10 * MAX_AHEAD_MS) << 16, 1_000)

    assert wall_ms_of(clock.tick(1_000)) == 1_000 + MAX_AHEAD_MS
