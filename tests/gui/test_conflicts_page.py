"""Conflicts: what two stations changed apart stands with both values, and one key decides it for both."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from desktop.core.errors import NotAllowed, UserError
from desktop.models.catalogue import BY_KEY
from desktop.models.incidents.records import Incident
from desktop.models.people import StaffMember
from desktop.models.roles import Role
from desktop.operations.conflicts import KEEP, count_open, open_questions, settle
from desktop.operations.history import history
from desktop.operations.station import Station
from desktop.register.record import Confidentiality
from desktop.store.unit_of_work import UnitOfWork
from desktop.views.conflicts.page import ConflictsPage
from desktop.views.icons import Icons
from desktop.views.theme import THEMES, Theme
from tests.support.accessibility import problems
from tests.support.clock import FakeClock
from tests.support.desks import Desk, furnish, open_desk
from tests.support.keys import press
from tests.support.profiles import OPERATOR
from tests.support.replicas import Replica, introduce, make
from tests.support.stations import open_station, somebody
from tests.support.work import add_incident, change_member

STAFF, INCIDENTS = BY_KEY["staff"], BY_KEY["incidents"]


@dataclass
class Pair:
    """A station with somebody seated, and another one that it hears of."""

    station: Station
    here: Replica
    there: Replica
    member: UUID

    def meet(self) -> None:
        self.here.hear(self.there)
        self.there.hear(self.here)

    def void(self, replica: Replica) -> None:
        def body(unit: UnitOfWork) -> None:
            member = unit.session.get_one(StaffMember, self.member)
            member.voided_at, member.void_reason = unit.at, "Repetido"

        replica.store.write(OPERATOR, "staff.void", body).result()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with open_station(tmp_path) as station:
        furnish(station)
        here = Replica("Central 1", station.profile.database, FakeClock(), station.store)
        there = make(tmp_path, ["Sala"])[0]
        introduce([here, there])
        there.hear(here)
        member = station.read(
            lambda ctx: ctx.session.query(StaffMember.id).filter_by(full_name="José Ñanco").scalar()
        ).result()
        assert member is not None
        yield Pair(station, here, there, member)
        there.store.close()


def change_apart(pair: Pair) -> None:
    change_member(pair.here.store, pair.member, phone="+56987654321")
    pair.there.clock.advance(60)
    change_member(pair.there.store, pair.member, phone="+56976543210", callsign="M9")
    pair.meet()


@pytest.fixture
def desk(
    qtbot: QtBot, pair: Pair, theme: Theme, icons: Icons, tmp_path: Path
) -> Iterator[Desk[ConflictsPage]]:
    made = open_desk(
        qtbot, pair.station, theme, icons, lambda services, _: ConflictsPage(services), tmp_path / "papeles"
    )
    yield made
    made.close(qtbot)


def test_both_values_stand_with_who_gave_them_when_and_where(pair: Pair) -> None:
    change_apart(pair)
    found = pair.station.read(open_questions).result()

    (question,) = found.shown
    assert (question.name, question.title, found.hidden) == ("José Ñanco", "Teléfono", 0)
    assert [[text for _, text in value.words] for value in question.values] == [
        ["+56 9 8765 4321"],
        ["+56 9 7654 3210"],
    ]
    assert [(value.who, value.station) for value in question.values] == [
        ("Marta Soto", "Central 1"),
        ("Marta Soto", "Sala"),
    ]
    assert question.may_settle


def test_a_decision_for_the_value_that_is_not_shown_holds_on_both_stations(pair: Pair) -> None:
    change_apart(pair)
    (question,) = pair.station.read(open_questions).result().shown
    pair.station.write(
        lambda ctx: settle(ctx, STAFF, pair.member, question.group, question.values[0].dot)
    ).result()
    pair.meet()

    assert pair.station.read(count_open).result() == 0
    for replica in (pair.here, pair.there):
        phone = replica.store.read(lambda session: session.get_one(StaffMember, pair.member).phone).result()
        assert phone == "+56987654321"
        assert replica.rows()["rival"] == []
        assert pair.there.faults() == []
    line = pair.station.read(lambda ctx: history(ctx, STAFF, pair.member)).result()[0]
    assert line.operation == "Conflicto resuelto"
    with pytest.raises(UserError, match="ya se resolvió"):
        pair.station.write(
            lambda ctx: settle(ctx, STAFF, pair.member, question.group, question.values[1].dot)
        ).result()


def test_a_decision_for_the_value_that_is_shown_is_written_down_too(pair: Pair) -> None:
    change_apart(pair)
    (question,) = pair.station.read(open_questions).result().shown
    pair.station.write(
        lambda ctx: settle(ctx, STAFF, pair.member, question.group, question.values[1].dot)
    ).result()
    pair.meet()

    assert pair.here.rows()["rival"] == pair.there.rows()["rival"] == []
    assert pair.here.rows() == pair.there.rows()


@pytest.mark.parametrize("keeps", [True, False])
def test_what_was_voided_here_and_changed_there_is_kept_or_voided_by_decision(
    pair: Pair, keeps: bool
) -> None:
    pair.void(pair.here)
    change_member(pair.there.store, pair.member, callsign="M9")
    pair.meet()
    (question,) = pair.station.read(open_questions).result().shown
    assert question.title == "Anulado en una estación y cambiado en otra"
    assert len(question.values) == 2

    dot = KEEP if keeps else question.values[0].dot
    pair.station.write(lambda ctx: settle(ctx, STAFF, pair.member, question.group, dot)).result()
    pair.meet()
    for replica in (pair.here, pair.there):
        member = replica.store.read(lambda session: session.get_one(StaffMember, pair.member)).result()
        assert (member.voided_at is None, member.callsign) == (keeps, "M9")
        assert replica.rows()["rival"] == []
    assert pair.here.rows() == pair.there.rows()


def test_a_reserved_record_tells_nothing_to_who_may_not_read_it(pair: Pair) -> None:
    incident = add_incident(pair.here.store, "palabra secreta", lines=0)
    pair.meet()
    for replica, words in ((pair.here, "palabra secreta uno"), (pair.there, "palabra secreta dos")):

        def body(unit: UnitOfWork, words: str = words) -> None:
            found = unit.session.get_one(Incident, incident)
            found.narrative, found.confidentiality = words, Confidentiality.SECRET

        replica.store.write(OPERATOR, "incidents.edit", body).result()
    pair.meet()

    for role in (Role.CAMERA_OPERATOR, Role.INSPECTOR, Role.SHIFT_SUPERVISOR):
        pair.station.seat(somebody(role))
        found = pair.station.read(open_questions).result()
        assert found.shown == ()
        assert found.hidden == 1
    pair.station.seat(somebody(Role.CAMERA_OPERATOR))
    with pytest.raises(NotAllowed):
        pair.station.write(lambda ctx: settle(ctx, INCIDENTS, incident, "narrative", (1, 1))).result()


def test_without_conflicts_the_page_says_what_belongs_here(desk: Desk[ConflictsPage], qtbot: QtBot) -> None:
    desk.settle(qtbot)

    assert desk.page.questions == ()
    assert problems(desk.page) == []


def test_a_digit_decides_and_the_list_follows_what_arrives(
    desk: Desk[ConflictsPage], pair: Pair, qtbot: QtBot
) -> None:
    change_apart(pair)
    qtbot.waitUntil(lambda: len(desk.page.questions) == 1)
    desk.settle(qtbot)
    assert [choice.text() for choice in desk.page.choices] == ["Vale este  Alt+1", "Vale este  Alt+2"]
    for name in THEMES:
        desk.services.theme.use(name)
        assert problems(desk.page) == []

    desk.page.list.setFocus()
    press(desk.page.list, "Alt+1")
    qtbot.waitUntil(lambda: desk.page.questions == ())
    desk.settle(qtbot)
    phone = pair.here.store.read(lambda session: session.get_one(StaffMember, pair.member).phone).result()
    assert phone == "+56987654321"
