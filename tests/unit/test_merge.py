"""One merge for everybody: whatever the order of delivery, the same rows, the same heads, the same open decisions."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wire.changes import VOIDED, Dot, Op, OpKind, Value, Values
from wire.heads import Heads, Stamp, dot_of
from wire.merge import MergeError, RecordState, conflicts, merge

GROUPS = ("status", "notes", "place")


@dataclass
class Written:
    """One op with what its author had applied before: the ground truth of causes."""

    op: Op
    stamp: Stamp
    actor: bytes
    past: frozenset[Dot]

    @property
    def dot(self) -> Dot:
        return dot_of(self.stamp)


@dataclass
class Author:
    """A replica over one record."""

    number: int
    state: RecordState | None = None
    applied: list[Written] = field(default_factory=list)
    seq: int = 0

    @property
    def past(self) -> frozenset[Dot]:
        return frozenset(written.dot for written in self.applied)

    def take(self, written: Written) -> None:
        self.state = merge(self.state, written.op, written.stamp, written.actor)
        self.applied.append(written)

    def write(self, op: Op, hlc: int) -> Written:
        self.seq += 1
        written = Written(op, (hlc, self.number, self.seq), bytes([self.number]), self.past)
        self.take(written)
        return written

    def set(self, group: str, value: Value | dict[str, Value], hlc: int) -> Written:
        assert self.state is not None
        heads = self.state.heads
        replaces = {group: [dot_of(head) for head in heads.of(group)]}
        seen = heads.deletions()
        if group == VOIDED:
            is_voiding = isinstance(value, dict) and value["voided_at"] is not None
            seen = heads.edits() if is_voiding else []
        return self.write(Op(OpKind.SET, "t", b"1", {group: value}, replaces, seen), hlc)


def _value_of(group: str, number: int | None) -> Value | dict[str, Value]:
    if group == "place":
        return {"lat": None if number is None else float(number), "address": number}
    if group == VOIDED:
        return {"voided_at": number or None, "void_reason": None if not number else "Repetido"}
    return number


STEP = st.tuples(
    st.integers(0, 2),
    st.sampled_from([*GROUPS, VOIDED]),
    st.one_of(st.none(), st.integers(0, 2)),
    st.integers(1, 60),
    st.lists(st.integers(0, 30), max_size=4),
)


def history(steps: list[tuple[int, str, int | None, int, list[int]]], *, twice: bool) -> list[Author]:
    """Return three replicas that wrote and heard of each other as `steps` say, then of everything."""
    authors = [Author(number) for number in range(1, 4)]
    made: Values = {"status": 0, "place": {"lat": 1.0}}
    log = [authors[0].write(Op(OpKind.CREATE, "t", b"1", made), 5)]
    if twice:
        log.append(authors[1].write(Op(OpKind.CREATE, "t", b"1", {"status": 1, "notes": 7}), 3))
    for place, group, number, hlc, heard in steps:
        author = authors[place]
        for index in heard:
            if index < len(log):
                _hear(author, log[index])
        if author.state is None:
            author.take(log[0])
        log.append(author.set(group, _value_of(group, number), hlc))
    for author in authors:
        for written in log:
            _hear(author, written)
    return authors


def _hear(author: Author, written: Written) -> None:
    if written.dot not in author.past and written.past <= author.past:
        author.take(written)


@settings(max_examples=400, deadline=None)
@given(st.lists(STEP, max_size=14), st.booleans())
def test_every_order_of_delivery_gives_the_state_that_follows_from_the_causes(
    steps: list[tuple[int, str, int | None, int, list[int]]], twice: bool
) -> None:
    authors = history(steps, twice=twice)
    states = [author.state for author in authors]
    log = max((author.applied for author in authors), key=len)
    assert {len(author.applied) for author in authors} == {len(log)}
    assert states[0] == states[1] == states[2]
    state = states[0]
    assert state is not None

    expected_conflicts = set()
    for group in (*GROUPS, VOIDED):
        writers = [one for one in log if group in one.op.values or one.op.kind == OpKind.CREATE]
        heads = [one for one in writers if not any(one.dot in later.past for later in writers)]
        latest = max(heads, key=lambda one: one.stamp)
        assert state.values.get(group) == _plain(latest.op.values.get(group))
        if len({repr(_plain(one.op.values.get(group))) for one in heads}) > 1:
            expected_conflicts.add(group)
        if group == VOIDED:
            deletions = [one for one in heads if _plain(one.op.values.get(VOIDED)) is not None]
            edits = [
                one
                for other in GROUPS
                for one in _heads_of(log, other)
                if one.op.kind == OpKind.SET
                and any(one.dot not in gone.past and gone.dot not in one.past for gone in deletions)
            ]
            if edits:
                expected_conflicts.add(VOIDED)
    assert conflicts(state) == expected_conflicts

    last = max(log, key=lambda one: one.stamp)
    first = min((one for one in log if one.op.kind == OpKind.CREATE), key=lambda one: one.stamp)
    assert (state.heads.latest, state.modified_by) == (last.stamp, last.actor)
    assert (state.heads.base, state.created_by) == (first.stamp, first.actor)


def _heads_of(log: list[Written], group: str) -> list[Written]:
    writers = [one for one in log if group in one.op.values or one.op.kind == OpKind.CREATE]
    return [one for one in writers if not any(one.dot in later.past for later in writers)]


def _plain(value: Value | dict[str, Value]) -> Value | dict[str, Value]:
    if isinstance(value, dict):
        return {name: part for name, part in value.items() if part is not None} or None
    return value


def test_equal_values_written_at_the_same_time_ask_nobody() -> None:
    state = merge(None, Op(OpKind.CREATE, "t", b"1", {"status": "a"}), (1, 1, 1), b"x")
    for replica in (2, 3):
        state = merge(
            state, Op(OpKind.SET, "t", b"1", {"status": "b"}, {"status": [(1, 1)]}), (2, replica, 1), b"y"
        )

    assert conflicts(state) == frozenset()
    assert [version.value for version in state.rivals["status"]] == ["b", "b"]


def test_a_change_to_what_was_never_made_is_refused() -> None:
    with pytest.raises(MergeError):
        merge(None, Op(OpKind.SET, "t", b"1", {"status": "a"}, {"status": [(1, 1)]}), (1, 1, 1), b"x")


def test_heads_of_a_record_as_created_take_the_place_of_one_stamp() -> None:
    state = merge(None, Op(OpKind.CREATE, "t", b"1", {"status": "a"}), (1, 1, 1), b"x")

    assert state.heads == Heads(base=(1, 1, 1))
