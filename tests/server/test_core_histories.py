"""Whatever stations write at the same time, and however it reaches the server, every database says the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.records import pack_state, unpack_state
from tests.support.municipality import Municipality, Station
from tests.support.postgres import Postgres
from wire.changes import VOIDED, ChangeSet, Dot, Op, OpKind, Value
from wire.digest import EMPTY, moved, weight_of
from wire.heads import dot_of
from wire.merge import conflicts
from wire.messages import Hello, Refusal, Want
from wire.segments import Segment, links_of

GROUPS = ("status", "notes", "place")
SCOPE = "operaciones"
KEYS = tuple(("incidents", UUID(int=number).bytes) for number in (1, 2))

STEP = st.tuples(
    st.integers(0, 2),
    st.integers(0, 1),
    st.sampled_from([*GROUPS, VOIDED]),
    st.one_of(st.none(), st.integers(0, 2)),
    st.integers(1, 60),
    st.lists(st.integers(0, 30), max_size=4),
)
_tenants = count(1)


@dataclass
class Written:
    """A change-set with what its author had applied before: the ground truth of causes."""

    change_set: ChangeSet
    past: frozenset[Dot]

    @property
    def dot(self) -> Dot:
        return self.change_set.replica, self.change_set.seq

    @property
    def stamp(self) -> tuple[int, int, int]:
        return self.change_set.hlc, *self.dot


class History:
    """Three stations that write about two records and hear of each other as they are told."""

    def __init__(self, steps: list[tuple[int, int, str, int | None, int, list[int]]], *, twice: bool) -> None:
        self.stations = [Station(Ed25519PrivateKey.generate(), 1001 + place) for place in range(3)]
        self.log: list[Written] = []
        for key in KEYS:
            self._make(self.stations[0], key, 5)
            if twice:
                self._make(self.stations[1], key, 3)
        for place, record, group, number, hlc, heard in steps:
            station = self.stations[place]
            for index in heard:
                if index < len(self.log):
                    self.hear(station, self.log[index])
            if KEYS[record] not in station.states.get(SCOPE, {}):
                for written in self.log[:4]:
                    self.hear(station, written)
            self._set(station, KEYS[record], group, number, hlc)

    def hear(self, station: Station, written: Written) -> None:
        if written.dot not in _past(station) and written.past <= _past(station):
            station.apply(written.change_set)

    def hear_everything(self) -> None:
        for station in self.stations:
            for written in self.log:
                self.hear(station, written)
            assert len(_past(station)) == len(self.log)

    def _make(self, station: Station, key: tuple[str, bytes], hlc: int) -> None:
        values = {"status": station.replica, "place": {"lat": 1.0}}
        self._write(station, Op(OpKind.CREATE, *key, values), hlc)

    def _set(
        self, station: Station, key: tuple[str, bytes], group: str, number: int | None, hlc: int
    ) -> None:
        heads = station.states[SCOPE][key].heads
        seen = heads.deletions()
        if group == VOIDED:
            seen = heads.edits() if number else []
        replaces = {group: [dot_of(head) for head in heads.of(group)]}
        self._write(station, Op(OpKind.SET, *key, {group: _value_of(group, number)}, replaces, seen), hlc)

    def _write(self, station: Station, op: Op, hlc: int) -> None:
        past = _past(station)
        self.log.append(Written(station.write(SCOPE, [op], hlc=hlc), past))


def _past(station: Station) -> frozenset[Dot]:
    vector = station.applied.get(SCOPE, {})
    return frozenset((replica, seq) for replica, last in vector.items() for seq in range(1, last + 1))


def _value_of(group: str, number: int | None) -> Value:
    if group == "place":
        return {"lat": None if number is None else float(number), "address": number}
    if group == VOIDED:
        return {"voided_at": number or None, "void_reason": None if not number else "Repetido"}
    return number


def _plain(value: Value) -> Value:
    if isinstance(value, dict):
        return {name: part for name, part in value.items() if part is not None} or None
    return value


def _naive(log: list[Written], key: tuple[str, bytes]) -> dict[str, list[tuple[tuple[int, int, int], Value]]]:
    """Return what each head of each group wrote, by nothing but who knew of whom."""
    about = [one for one in log if (one.change_set.ops[0].table, one.change_set.ops[0].pk) == key]
    heads = {}
    for group in (*GROUPS, VOIDED):
        writers = [
            one
            for one in about
            if one.change_set.ops[0].kind == OpKind.CREATE or group in one.change_set.ops[0].values
        ]
        last = [one for one in writers if not any(one.dot in later.past for later in writers)]
        last.sort(key=lambda one: one.stamp)
        heads[group] = [(one.stamp, _plain(one.change_set.ops[0].values.get(group))) for one in last]
    return heads


def _deliver(municipality: Municipality, history: History, random: Random) -> None:
    """Push every chain, cut anywhere, in any order, by anybody, some of it twice, until all of it is taken."""
    left: list[Segment] = []
    for station in history.stations:
        length = len(station.chains.get(SCOPE, []))
        start = 1
        while start <= length:
            last = random.randint(start, length)
            left.append(station.piece(SCOPE, start, last, random.randint(1, start)))
            start = last + 1
    sent: list[Segment] = []
    while left:
        random.shuffle(left)
        batch = left[: random.randint(1, len(left))] + random.sample(
            sent, random.randint(0, min(2, len(sent)))
        )
        taken = municipality.push(random.choice(history.stations), *batch)
        assert {one.refusal for one in taken} <= {None, Refusal.GAP}
        held = {one.replica: one.seq for one in taken}
        sent += [piece for piece in batch if piece in left and piece.last <= held[piece.replica]]
        left = [piece for piece in left if piece not in sent]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[list[Municipality]]:
    with postgres.database() as dsn:
        made = [Municipality.found(place) for place in (tmp_path_factory.mktemp("sqlite"), dsn)]
        yield made
        for municipality in made:
            municipality.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, max_size=14), twice=st.booleans(), seed=st.integers(0, 2**32))
def test_any_order_and_batching_gives_the_state_that_follows_from_the_causes(
    servers: list[Municipality],
    steps: list[tuple[int, int, str, int | None, int, list[int]]],
    twice: bool,
    seed: int,
) -> None:
    history = History(steps, twice=twice)
    random = Random(seed)
    tenant = f"t{next(_tenants)}"
    stored, digests = [], []
    for server in servers:
        municipality = Municipality.of(server.database, server.wall, tenant)
        for place, station in enumerate(history.stations):
            municipality.enrol_station(station, f"K{place + 1}")
        _deliver(municipality, history, random)
        stored.append(municipality.states(SCOPE))
        digests.append(municipality.digest(SCOPE))
        _check_what_is_given(municipality, history, random)
    history.hear_everything()

    for station in history.stations:
        stored.append({key: pack_state(state) for key, state in station.states[SCOPE].items()})
    assert all(states == stored[0] for states in stored)
    states = {key: unpack_state(data) for key, data in stored[0].items()}
    assert set(states) == set(KEYS)

    expected = EMPTY
    for (table, pk), state in states.items():
        expected = moved(expected, weight_of(table, pk, state.heads))
        heads = _naive(history.log, (table, pk))
        for group in (*GROUPS, VOIDED):
            assert state.heads.of(group) == [stamp for stamp, _ in heads[group]]
            assert state.values.get(group) == heads[group][-1][1]
            rivals = [(one.stamp, one.value) for one in state.rivals.get(group, [])]
            is_disputed = len(heads[group]) > 1 and any(value is not None for _, value in heads[group])
            assert rivals == heads[group] or not is_disputed
            assert is_disputed or all(value is None for _, value in rivals)
        disputed = {group for group in heads if any(value != heads[group][0][1] for _, value in heads[group])}
        assert conflicts(state) - {VOIDED} == disputed - {VOIDED}
    assert set(digests) == {expected}


def _check_what_is_given(municipality: Municipality, history: History, random: Random) -> None:
    """See that a new station can take all of it, in the order given, in answers of any size."""
    reader = random.choice(history.stations)
    held: dict[int, tuple[int, bytes]] = {}
    want = Want(SCOPE)
    applied: set[Dot] = set()
    causes = {written.dot: written.past for written in history.log}
    keys = {station.replica: station.key.public_key() for station in history.stations}
    more = True
    while more:
        (part,) = municipality.pull(reader, want, budget=random.choice([1, 400, 100_000]))
        waiting = set()
        for piece in part.segments:
            seq, tip = held.get(piece.replica, (0, bytes(32)))
            links = links_of(piece, seq, tip, keys[piece.replica])
            waiting |= {(link.change_set.replica, link.change_set.seq) for link in links}
            held[piece.replica] = piece.last, piece.tail
        while enabled := {dot for dot in waiting if causes[dot] <= applied}:
            applied |= enabled
            waiting -= enabled
        assert not waiting, "an answer ends where nothing is left waiting"
        want, more = Want(SCOPE, part.epoch, part.cursor), part.more
    assert applied == set(causes)
    hello = Hello(1, reader.device, b"", "0", 1, reader.replica, 0, [])
    assert municipality.tails(reader, hello) == [
        (SCOPE, len(reader.chains[SCOPE])) for _ in (1,) if SCOPE in reader.chains
    ]
