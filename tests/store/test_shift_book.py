"""What the shift page shows and the act that two people signed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.errors import NotAllowed
from desktop.models.incidents.states import Priority
from desktop.operations.documents.engine import render
from desktop.operations.documents.letterhead import Letterhead, PrintRun
from desktop.operations.handover import (
    PasswordProof,
    frozen_sheet,
    handover_sheet,
    sheet_hash,
    sign_in_handover,
    sign_out,
)
from desktop.operations.shift_book import (
    earlier_shifts,
    handover_act,
    handover_desk,
    shift_desk,
    thawed_sheet,
)
from desktop.operations.shifts import RosterEntry, open_shift, set_roster
from tests.support.central import CAMERAS, OPERATOR, SECOND, SUPERVISOR, Central, open_central


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    with open_central(tmp_path) as opened:
        yield opened


def hand_over(central: Central) -> None:
    shift = central.do(open_shift)
    central.do(set_roster, shift, [RosterEntry("José Ñanco", "Conductor", is_present=False)])
    central.open("luminaria apagada", priority=Priority.P4, priority_is_manual=True)
    proof = PasswordProof(OPERATOR.user_id, OPERATOR.name, central.clock.now())
    signed = central.do(sign_out, shift, proof, observations="Dos radios")
    other = PasswordProof(SECOND.user_id, SECOND.name, central.clock.now())
    central.do(sign_in_handover, signed, other)


def head(central: Central) -> Letterhead:
    return Letterhead("Municipalidad de Puerto Ñielol", "Puerto Ñielol", central.clock.now())


def test_the_sheet_read_back_is_the_one_that_was_frozen(central: Central) -> None:
    shift = central.do(open_shift)
    central.do(set_roster, shift, [RosterEntry("José Ñanco", "Conductor")])
    central.open()
    sheet = central.ask(handover_sheet, shift)

    frozen = frozen_sheet(sheet)

    assert thawed_sheet(frozen) == sheet
    assert sheet_hash(frozen_sheet(thawed_sheet(frozen))) == sheet_hash(frozen)


def test_the_act_carries_both_signatures_the_hash_and_the_observations(central: Central) -> None:
    hand_over(central)
    (row,) = (found for found in central.ask(earlier_shifts) if found.handover_id is not None)

    act = central.ask(handover_act, row.handover_id, head(central))

    assert [found.name for found in act.head.signatures] == [OPERATOR.name, SECOND.name]
    assert all(found.signed_at is not None for found in act.head.signatures)
    assert act.sheet_sha256 == sheet_hash(frozen_sheet(act.sheet))
    assert act.observations == "Dos radios"
    assert (row.outgoing_name, row.incoming_name) == (OPERATOR.name, SECOND.name)
    assert render(act, PrintRun(SECOND.name, central.clock.now())).startswith(b"%PDF")


def test_after_a_hand_over_the_desk_shows_the_next_shift_with_who_received_it(central: Central) -> None:
    hand_over(central)

    desk = central.ask(shift_desk)

    assert desk.current is not None
    assert desk.chief == SECOND.name
    assert [row.id == desk.current.id for row in desk.earlier] == [True, False]


def test_overdue_warnings_are_offered_to_be_taken_only_before_the_first_signature(central: Central) -> None:
    shift = central.do(open_shift)
    central.open("robo con violencia", priority=Priority.P1, priority_is_manual=True)
    central.clock.advance(3600)

    assert central.ask(handover_desk, shift).unread != ()
    assert central.ask(handover_desk, shift).username == "pedro"


def test_who_may_not_print_a_hand_over_gets_no_act(central: Central) -> None:
    hand_over(central)
    (row,) = (found for found in central.ask(earlier_shifts) if found.handover_id is not None)

    with pytest.raises(NotAllowed):
        central.ask(handover_act, row.handover_id, head(central), by=CAMERAS)


def test_a_supervisor_sees_the_same_earlier_shifts(central: Central) -> None:
    hand_over(central)

    assert central.ask(earlier_shifts, by=SUPERVISOR) == central.ask(earlier_shifts)
