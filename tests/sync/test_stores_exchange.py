"""Files that hear of each other in any order, in pieces and with wrong clocks end alike, and ask the same questions."""

import shutil
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from desktop.models.incidents.records import Incident
from desktop.models.people import StaffMember
from desktop.store.unit_of_work import UnitOfWork
from tests.support.profiles import OPERATOR
from tests.support.replicas import PLENTY, Replica, make
from tests.support.work import add_incident, add_member, change_member
from wire.changes import ChangeSet, Dot, OpKind, decode

NAMES = ("Central 1", "Central 2", "Sala")
FIELDS = st.dictionaries(
    st.sampled_from(["callsign", "phone", "run"]), st.sampled_from([None, "a", "b", "ñ"]), min_size=1
)
_PEOPLE = 4
PLACE = st.integers(0, len(NAMES) - 1)


def change_sets(replica: Replica) -> list[ChangeSet]:
    def read(session: Any) -> list[ChangeSet]:
        bodies = session.connection().exec_driver_sql("SELECT body FROM journal ORDER BY n").scalars()
        return [decode(body) for body in bodies]

    return replica.store.read(read).result()


def open_questions(log: list[ChangeSet]) -> set[tuple[bytes, str]]:
    """Return what a person must decide, from causes alone: an oracle that knows nothing of heads."""
    by_dot = {(one.scope, one.replica, one.seq): one for one in log}
    past: dict[tuple[str, int, int], set[Dot]] = {}

    def past_of(one: ChangeSet) -> set[Dot]:
        key = (one.scope, one.replica, one.seq)
        if key not in past:
            known: set[Dot] = set()
            for replica, seq in [*one.deps, (one.replica, one.seq - 1)]:
                if seq:
                    known |= {(replica, seq)} | past_of(by_dot[one.scope, replica, seq])
            past[key] = known
        return past[key]

    writes: dict[tuple[bytes, str], list[tuple[ChangeSet, Any]]] = {}
    for one in sorted(log, key=lambda one: one.seq):
        for op in one.ops:
            if op.kind in {OpKind.SET, OpKind.STRIKE}:
                for group in op.replaces:
                    writes.setdefault((op.pk, group), []).append((one, op.values.get(group)))
    heads = {
        key: [
            (one, value)
            for one, value in found
            if not any((one.replica, one.seq) in past_of(later) for later, _ in found)
        ]
        for key, found in writes.items()
    }
    questions = {key for key, found in heads.items() if len({repr(value) for _, value in found}) > 1}
    for (pk, group), found in heads.items():
        if group != "voided":
            continue
        edits = [
            one for (of, other), some in heads.items() if of == pk and other != "voided" for one, _ in some
        ]
        for gone, value in found:
            if value["voided_at"] is None:
                continue
            dot = (gone.replica, gone.seq)
            if any(
                (one.replica, one.seq) not in past_of(gone) and dot not in past_of(one) and one is not gone
                for one in edits
            ):
                questions.add((pk, "voided"))
    return questions


class Stations(RuleBasedStateMachine):
    """Three stations that know the same two people at first; whoever hears of another may change them too."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.replicas = make(self.folder, NAMES)
        self.codes: list[str] = []
        self.people = [add_member(self.replicas[0].store, name, phone="0") for name in ("Ana", "Berta")]
        for replica in self.replicas[1:]:
            replica.hear(self.replicas[0])

    def _knows(self, place: int, person: UUID) -> bool:
        store = self.replicas[place].store
        return store.read(lambda session: session.get(StaffMember, person) is not None).result()

    @rule(place=PLACE, name=st.sampled_from(["Ana", "Berta"]), values=FIELDS)
    def make_person(self, place: int, name: str, values: dict[str, Any]) -> None:
        if len(self.people) < _PEOPLE:
            self.people.append(add_member(self.replicas[place].store, name, **values))

    @rule(place=PLACE, which=st.integers(0, _PEOPLE - 1), values=FIELDS)
    def change(self, place: int, which: int, values: dict[str, Any]) -> None:
        person = self.people[which % len(self.people)]
        if self._knows(place, person):
            change_member(self.replicas[place].store, person, **values)

    @rule(place=PLACE, which=st.integers(0, _PEOPLE - 1), is_back=st.booleans())
    def void(self, place: int, which: int, is_back: bool) -> None:
        person = self.people[which % len(self.people)]
        if not self._knows(place, person):
            return

        def body(unit: UnitOfWork) -> None:
            member = unit.session.get_one(StaffMember, person)
            member.voided_at = None if is_back else unit.at
            member.void_reason = None if is_back else "Repetido"

        self.replicas[place].store.write(OPERATOR, "staff.void", body).result()

    @rule(place=PLACE, lines=st.integers(0, 3))
    def open_incident(self, place: int, lines: int) -> None:
        store = self.replicas[place].store
        incident = add_incident(store, "Ruidos molestos", lines)
        self.codes.append(store.read(lambda session: session.get_one(Incident, incident).code).result())

    @rule(place=PLACE, other=PLACE, budget=st.sampled_from([1, 300, 1_500, PLENTY]), skip=st.integers(0, 2))
    def hear(self, place: int, other: int, budget: int, skip: int) -> None:
        """Take some pieces of another station, the first ones possibly lost on the way."""
        receiver, sender = self.replicas[place], self.replicas[other]
        segments = sender.pieces_for(receiver.vector, budget)[skip:]
        receiver.store.receive(segments)
        receiver.store.receive(segments)

    @rule(place=PLACE, hours=st.integers(-50_000, 50_000))
    def set_clock(self, place: int, hours: int) -> None:
        self.replicas[place].clock.jump(hours * 3600.0)

    @rule(place=PLACE)
    def reopen(self, place: int) -> None:
        self.replicas[place].reopen()

    def teardown(self) -> None:
        if not hasattr(self, "replicas"):
            return
        try:
            for _ in NAMES:
                for receiver in self.replicas:
                    for sender in self.replicas:
                        if sender is not receiver:
                            receiver.hear(sender)
            first, *others = self.replicas
            for other in others:
                assert other.vector == first.vector
                assert other.rows() == first.rows()
            asked = {(row[0], row[1]) for row in first.rows()["rival"] if row[4]}
            assert asked == open_questions(change_sets(first))
            for replica in self.replicas:
                assert replica.faults() == []
        finally:
            for replica in self.replicas:
                replica.store.close()
            shutil.rmtree(self.folder)


TestStations = Stations.TestCase
TestStations.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
