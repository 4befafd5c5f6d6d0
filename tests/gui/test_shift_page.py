"""The page of the shift by keyboard: open it, fill the roster, hand it over with two signatures."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.models.incidents.states import Priority, ShiftKind
from desktop.models.shifts import Handover
from desktop.operations.incidents.intake import open_incident
from desktop.operations.incidents.timers import due_timers
from desktop.operations.incidents.values import IntakeDraft
from desktop.operations.shift_book import earlier_shifts
from desktop.operations.shifts import ShiftView, current_shift, open_shift
from desktop.views.icons import Icons
from desktop.views.shifts.page import ShiftPage
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.clock import FakeClock
from tests.support.desks import PASSWORDS, Desk, KnownPeople, furnish, open_desk, write
from tests.support.keys import press
from tests.support.stations import open_station

completes = pytest.mark.qt_log_ignore("This plugin does not support")
"""The off-screen platform cannot raise the pop-up of a completer."""


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, theme: Theme, icons: Icons) -> Iterator[Desk[ShiftPage]]:
    with open_station(tmp_path) as station:
        furnish(station)
        opened = open_desk(
            qtbot,
            station,
            theme,
            icons,
            lambda services, paper: ShiftPage(services, KnownPeople(station).prove, paper),
            tmp_path / "papers",
        )
        yield opened
        opened.close(qtbot)


def running(desk: Desk[ShiftPage]) -> ShiftView:
    found = desk.ask(current_shift)
    assert found is not None
    return found


def start_shift(desk: Desk[ShiftPage], qtbot: QtBot) -> None:
    desk.do(open_shift)
    desk.settle(qtbot)


def urgent_call(desk: Desk[ShiftPage]) -> None:
    """Open an incident that nobody attends in time."""
    draft = IntakeDraft(
        narrative="robo con violencia", address="Picarte 1120", priority=Priority.P1, priority_is_manual=True
    )
    desk.do(open_incident, draft)
    clock = desk.station.clock
    assert isinstance(clock, FakeClock)
    clock.advance(3600)


def sign_outgoing(desk: Desk[ShiftPage], qtbot: QtBot) -> None:
    panel = desk.page.handover
    write(panel.outgoing.password.input, PASSWORDS["marta"])
    press(panel.outgoing.password.input, "Return")
    desk.settle(qtbot)


def test_without_a_shift_the_page_proposes_the_one_of_the_hour_and_enter_opens_it(
    desk: Desk[ShiftPage], qtbot: QtBot
) -> None:
    desk.page.first_focus().setFocus()
    assert desk.page.open.hasFocus()

    press(desk.page.open, "Space")
    desk.settle(qtbot)

    assert running(desk).kind is ShiftKind.DAY
    assert desk.page.roster.name.hasFocus()


@completes
def test_the_roster_is_filled_by_keyboard_with_completed_staff_and_unit(
    desk: Desk[ShiftPage], qtbot: QtBot
) -> None:
    start_shift(desk, qtbot)
    roster = desk.page.roster
    roster.name.setFocus()

    for field, text in ((roster.name, "José Ñanco"), (roster.post, "Conductor"), (roster.unit, "m21")):
        write(field, text)
        press(field, "Tab" if field is not roster.unit else "Return")
    desk.settle(qtbot)

    (member,) = running(desk).roster
    assert (member.full_name, member.post) == ("José Ñanco", "Conductor")
    assert member.staff_id is not None
    assert member.unit_id is not None
    assert roster.name.hasFocus()
    assert roster.name.text() == ""


@completes
def test_a_unit_that_does_not_exist_is_refused_beside_its_field_and_nothing_typed_is_lost(
    desk: Desk[ShiftPage], qtbot: QtBot
) -> None:
    start_shift(desk, qtbot)
    roster = desk.page.roster
    roster.name.setFocus()
    write(roster.name, "Pía O'Ryan")
    write(roster.post, "Inspectora")
    write(roster.unit, "M99")

    press(roster.unit, "Return")

    assert "M99" in roster.fields["unit_id"].error
    assert roster.name.text() == "Pía O'Ryan"
    assert running(desk).roster == ()


@completes
def test_space_marks_somebody_absent_and_delete_takes_them_off(desk: Desk[ShiftPage], qtbot: QtBot) -> None:
    start_shift(desk, qtbot)
    roster = desk.page.roster
    write(roster.name, "Íngrid Muñoz")
    write(roster.post, "Operadora")
    press(roster.post, "Return")
    desk.settle(qtbot)
    roster.list.setFocus()
    roster.list.setCurrentRow(0)

    press(roster.list, "Space")
    desk.settle(qtbot)
    assert running(desk).roster[0].is_present is False

    press(roster.list, "Del")
    desk.settle(qtbot)
    assert running(desk).roster == ()


def test_notes_of_the_shift_are_kept_with_ctrl_s(desk: Desk[ShiftPage], qtbot: QtBot) -> None:
    start_shift(desk, qtbot)
    desk.page.notes.setFocus()
    write(desk.page.notes, "Radio base con ruido")

    press(desk.page.notes, "Ctrl+S")
    desk.settle(qtbot)

    assert running(desk).notes == "Radio base con ruido"


def test_two_people_sign_the_same_sheet_and_the_act_is_printed(desk: Desk[ShiftPage], qtbot: QtBot) -> None:
    start_shift(desk, qtbot)
    keys: list[str] = []

    def key(name: str) -> None:
        keys.append(name)
        focused = desk.window.focusWidget()
        assert focused is not None
        press(focused, name)
        desk.settle(qtbot)

    keys.append("Ctrl+Shift+E")
    desk.page.go_to(handover=True)
    desk.settle(qtbot)
    panel = desk.page.handover
    assert panel.outgoing.password.input.hasFocus()

    write(panel.outgoing.password.input, PASSWORDS["marta"])
    key("Return")
    assert panel.incoming.user.hasFocus()
    assert panel.hash.isVisible()
    shown = panel.hash.text()
    write(panel.incoming.user, "ana")
    key("Return")
    write(panel.incoming.password.input, PASSWORDS["ana"])
    key("Return")
    qtbot.waitUntil(desk.page.show_pdf.hasFocus, timeout=20_000)
    key("Return")

    (row,) = [found for found in desk.ask(earlier_shifts) if found.handover_id is not None]
    assert row.handover_id is not None
    signed = desk.row(Handover, row.handover_id)
    assert (signed.outgoing_name, signed.incoming_name) == ("Marta Soto", "Ana Cayún")
    assert signed.sheet_sha256[:12] in shown
    assert desk.files[-1].read_bytes().startswith(b"%PDF")
    assert len(keys) <= 15
    assert running(desk).id != row.id


def test_the_keyboard_waits_at_the_signature_when_the_window_opens_the_hand_over(
    desk: Desk[ShiftPage], qtbot: QtBot
) -> None:
    start_shift(desk, qtbot)

    desk.page.go_to(handover=True)
    desk.page.first_focus().setFocus()
    desk.settle(qtbot)

    assert desk.page.handover.outgoing.password.input.hasFocus()
    assert desk.page.first_focus() is desk.page.handover.outgoing.password.input


def test_the_same_person_cannot_receive_what_they_hand_over(desk: Desk[ShiftPage], qtbot: QtBot) -> None:
    start_shift(desk, qtbot)
    desk.page.go_to(handover=True)
    desk.settle(qtbot)
    sign_outgoing(desk, qtbot)
    panel = desk.page.handover

    write(panel.incoming.user, "marta")
    write(panel.incoming.password.input, PASSWORDS["marta"])
    press(panel.incoming.password.input, "Return")
    desk.settle(qtbot)

    assert "Recibe otra persona" in panel.incoming.form.errors[""]
    assert panel.incoming.user.text() == "marta"


def test_a_wrong_password_is_said_beside_it_and_nothing_is_signed(
    desk: Desk[ShiftPage], qtbot: QtBot
) -> None:
    start_shift(desk, qtbot)
    desk.page.go_to(handover=True)
    desk.settle(qtbot)
    panel = desk.page.handover

    write(panel.outgoing.password.input, "otra cosa")
    press(panel.outgoing.password.input, "Return")
    desk.settle(qtbot)

    assert "no coinciden" in panel.outgoing.form.errors["password"]
    assert panel.outgoing.password.input.hasFocus()
    assert panel.incoming.form.isHidden()


def test_unread_warnings_block_the_signature_until_each_is_taken_right_there(
    desk: Desk[ShiftPage], qtbot: QtBot
) -> None:
    start_shift(desk, qtbot)
    urgent_call(desk)
    waiting = [timer for timer in desk.ask(due_timers) if timer.is_overdue]
    assert waiting

    desk.page.go_to(handover=True)
    desk.settle(qtbot)
    panel = desk.page.handover
    assert panel.sheet.hasFocus()
    assert panel.outgoing.form.isHidden()

    for _ in waiting:
        press(panel.sheet, "Return")
        desk.settle(qtbot)

    assert all(timer.silenced_at is not None for timer in desk.ask(due_timers) if timer.is_overdue)
    assert panel.outgoing.password.input.hasFocus()


def test_a_signed_sheet_waits_for_the_second_signature_also_after_leaving_the_page(
    desk: Desk[ShiftPage], qtbot: QtBot
) -> None:
    start_shift(desk, qtbot)
    desk.page.go_to(handover=True)
    desk.settle(qtbot)
    sign_outgoing(desk, qtbot)

    press(desk.page.handover.incoming.user, "Esc")
    desk.settle(qtbot)
    desk.page.go_to(handover=True)
    desk.settle(qtbot)

    assert "Marta Soto firmó" in desk.page.handover.outgoing.said
    assert desk.page.handover.incoming.user.hasFocus()


def test_every_control_of_the_shift_and_of_the_hand_over_has_a_name_and_is_reached(
    desk: Desk[ShiftPage], qtbot: QtBot
) -> None:
    assert problems(desk.page) == []
    start_shift(desk, qtbot)
    assert problems(desk.page) == []
    desk.page.go_to(handover=True)
    desk.settle(qtbot)
    assert problems(desk.page) == []
    sign_outgoing(desk, qtbot)
    assert problems(desk.page) == []


@completes
def test_a_line_of_the_roster_that_was_being_typed_comes_back_after_a_crash(
    desk: Desk[ShiftPage], qtbot: QtBot, theme: Theme, icons: Icons, tmp_path: Path
) -> None:
    start_shift(desk, qtbot)
    write(desk.page.roster.name, "Íngrid")
    desk.services.drafts.save_all()

    again = open_desk(
        qtbot,
        desk.station,
        theme,
        icons,
        lambda services, paper: ShiftPage(services, KnownPeople(desk.station).prove, paper),
        tmp_path / "papers",
        memory=desk.services.memory,
    )

    assert again.page.roster.name.text() == "Íngrid"
    again.close(qtbot)
