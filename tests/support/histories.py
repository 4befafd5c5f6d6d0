"""What people do at several stations, drawn by hypothesis; who hears of whom is the test's to add."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from desktop.models.incidents.records import Incident
from desktop.models.people import StaffMember
from desktop.store.unit_of_work import UnitOfWork
from tests.support.profiles import OPERATOR
from tests.support.replicas import Replica
from tests.support.work import add_incident, add_member, change_member

NAMES = ("Central 1", "Central 2", "Sala")
PLACE = st.integers(0, len(NAMES) - 1)
FIELDS = st.dictionaries(
    st.sampled_from(["callsign", "phone", "run"]), st.sampled_from([None, "a", "b", "ñ"]), min_size=1
)
_PEOPLE = 4


class Writers(RuleBasedStateMachine):
    """Three stations that write, void, set their clocks and are opened again. `people` are known to all at first."""

    replicas: list[Replica]
    people: list[UUID]
    codes: list[str]

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

    @rule(place=PLACE, hours=st.integers(-50_000, 50_000))
    def set_clock(self, place: int, hours: int) -> None:
        self.replicas[place].clock.jump(hours * 3600.0)

    @rule(place=PLACE)
    def reopen(self, place: int) -> None:
        self.replicas[place].reopen()
