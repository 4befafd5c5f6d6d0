"""Shifts of the centre, the change of clocks, and a hand-over with two signatures."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from desktop.core.errors import FieldError, NotAllowed, UserError
from desktop.core.setting_list import SHIFT_HOURS
from desktop.models.incidents.states import ShiftKind, UnitStatus
from desktop.models.roles import Role
from desktop.models.shifts import Handover, Shift, ShiftStatus
from desktop.operations.context import Actor
from desktop.operations.handover import (
    PasswordProof,
    frozen_sheet,
    handover_sheet,
    handover_view,
    pending_handover,
    sheet_hash,
    sign_in_handover,
    sign_out,
    withdraw_handover,
)
from desktop.operations.incidents.dispatch import assign_units, set_unit_status
from desktop.operations.incidents.referrals import refer
from desktop.operations.incidents.timers import due_timers, silence
from desktop.operations.settings import set_municipal
from desktop.operations.shifts import (
    RosterEntry,
    current_shift,
    next_window,
    open_shift,
    rules_of,
    set_roster,
    set_shift_notes,
    shift_at,
    shift_hours,
    shifts_of_day,
)
from tests.support.central import (
    CAMERAS,
    OPERATOR,
    PSYCHOLOGIST,
    SECOND,
    SUPERVISOR,
    Central,
    open_central,
    somebody,
)

HOURS = rules_of(SHIFT_HOURS.default)


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    with open_central(tmp_path) as opened:
        yield opened


def proof_of(central: Central, actor: Actor) -> PasswordProof:
    return PasswordProof(actor.user_id, actor.name, central.clock.now())


# --- Hours -------------------------------------------------------------------------------------------------------


def test_an_ordinary_day_has_three_shifts_of_eight_hours() -> None:
    windows = shifts_of_day(HOURS, date(2026, 7, 1))

    assert [window.kind for window in windows] == [ShiftKind.NIGHT, ShiftKind.DAY, ShiftKind.EVENING]
    assert {window.ends_at - window.starts_at for window in windows} == {timedelta(hours=8)}
    assert windows[-1].ends_at == datetime(2026, 7, 2, 4, tzinfo=UTC)


def test_the_night_without_its_first_hour_starts_when_the_clocks_change_and_lasts_seven() -> None:
    night = shifts_of_day(HOURS, date(2026, 9, 6))[0]

    assert night.starts_at == datetime(2026, 9, 6, 4, tzinfo=UTC)
    assert night.ends_at - night.starts_at == timedelta(hours=7)
    assert shift_at(HOURS, night.starts_at - timedelta(seconds=1)).kind is ShiftKind.EVENING
    assert shift_at(HOURS, night.starts_at).kind is ShiftKind.NIGHT


def test_the_evening_whose_last_hour_happens_twice_lasts_nine() -> None:
    evening = shifts_of_day(HOURS, date(2026, 4, 4))[-1]

    assert evening.ends_at - evening.starts_at == timedelta(hours=9)
    assert shift_at(HOURS, evening.ends_at - timedelta(minutes=1)).day == date(2026, 4, 4)


def test_shifts_follow_one_another_without_gap_over_both_changes_of_clocks() -> None:
    for start in (datetime(2026, 4, 3, 15, tzinfo=UTC), datetime(2026, 9, 4, 15, tzinfo=UTC)):
        window = shift_at(HOURS, start)
        for _ in range(12):
            following = next_window(HOURS, window)
            assert following.starts_at == window.ends_at
            window = following


def test_the_hours_of_the_municipality_go_before_the_defaults(central: Central) -> None:
    director = somebody(Role.DIRECTOR, number=77, name="Dora Directora")
    spans = {"day": ("07:00", "19:00"), "night": ("19:00", "07:00")}
    central.do(set_municipal, SHIFT_HOURS, spans, by=director)

    hours = central.ask(shift_hours)

    assert [rule.kind for rule in hours] == [ShiftKind.DAY, ShiftKind.NIGHT]
    night = shift_at(hours, datetime(2026, 3, 17, 5, tzinfo=UTC))
    assert (night.kind, night.day) == (ShiftKind.NIGHT, date(2026, 3, 16))


# --- The running shift -------------------------------------------------------------------------------------------


def test_one_shift_runs_at_a_time_with_its_roster(central: Central) -> None:
    shift = central.do(open_shift)
    unit = central.units["M21"]
    central.do(
        set_roster,
        shift,
        [RosterEntry("Juan Peña", "Patrullero", unit_id=unit), RosterEntry("Ana Díaz", "Operadora")],
    )
    central.do(set_roster, shift, [RosterEntry("Juan Peña", "Patrullero", unit_id=unit, note="llega 15:20")])
    central.do(set_shift_notes, shift, "Llueve")

    view = central.ask(current_shift)
    assert view is not None
    assert (view.id, view.kind, view.notes) == (shift, ShiftKind.DAY, "Llueve")
    assert [(entry.full_name, entry.note) for entry in view.roster] == [("Juan Peña", "llega 15:20")]
    with pytest.raises(UserError):
        central.do(open_shift)
    with pytest.raises(FieldError):
        central.do(set_roster, shift, [RosterEntry("  ", "Operadora")])
    with pytest.raises(NotAllowed):
        central.do(open_shift, by=PSYCHOLOGIST)
    with pytest.raises(NotAllowed):
        central.do(set_shift_notes, shift, "x", by=CAMERAS)


def test_the_sheet_is_filled_with_what_is_open_out_promised_and_running(central: Central) -> None:
    shift = central.do(open_shift)
    ref = central.open("mi marido me está pegando", address="Los Robles 12")
    central.do(assign_units, ref.id, [central.units["M21"]])
    central.do(refer, ref.id, central.services["131"], answered_by="Paulina")

    sheet = central.ask(handover_sheet, shift)

    assert [item.key for item in sheet.open_items] == [ref.code]
    assert "Los Robles" not in str(frozen_sheet(sheet))
    assert "Paulina" not in str(frozen_sheet(sheet))
    assert [(item.key, item.text) for item in sheet.units_out] == [("M21", "Asignado · 1")]
    assert [item.key for item in sheet.promises] == [ref.code]
    assert len(sheet.timers) == 3
    assert (sheet.incidents, sheet.calls, sheet.closed) == (1, 1, 0)


def test_unread_warnings_block_the_signature_until_somebody_takes_them(central: Central) -> None:
    shift = central.do(open_shift)
    central.open("me asaltaron con pistola")
    central.clock.advance(120)
    with pytest.raises(UserError, match="avisos"):
        central.do(sign_out, shift, proof_of(central, OPERATOR))

    for timer in central.ask(due_timers):
        central.do(silence, timer.key)
    central.do(sign_out, shift, proof_of(central, OPERATOR))

    assert central.ask(pending_handover, shift) is not None


def test_two_people_sign_the_same_bytes_and_the_next_shift_opens(central: Central) -> None:
    shift = central.do(open_shift)
    central.do(set_unit_status, [central.units["M21"]], UnitStatus.ON_BREAK)
    handover = central.do(sign_out, shift, proof_of(central, OPERATOR), observations="Sin novedad")
    frozen = central.ask(handover_view, handover)
    central.do(set_unit_status, [central.units["M21"]], UnitStatus.AVAILABLE)

    following = central.do(sign_in_handover, handover, proof_of(central, SECOND))

    signed = central.ask(handover_view, handover)
    assert signed.sheet == frozen.sheet
    assert sheet_hash(signed.sheet) == signed.sheet_sha256 == frozen.sheet_sha256
    assert (signed.outgoing_name, signed.incoming_name) == (OPERATOR.name, SECOND.name)
    assert central.row(Shift, shift).status is ShiftStatus.HANDED_OVER
    running = central.ask(current_shift)
    assert running is not None
    assert (running.id, running.kind, running.opened_by) == (following, ShiftKind.EVENING, SECOND.user_id)
    with pytest.raises(UserError):
        central.do(sign_in_handover, handover, proof_of(central, SUPERVISOR))
    with pytest.raises(UserError):
        central.do(set_shift_notes, shift, "tarde")


def test_a_signature_needs_a_fresh_password_of_the_right_person(central: Central) -> None:
    shift = central.do(open_shift)
    old = proof_of(central, OPERATOR)
    central.clock.advance(180)
    with pytest.raises(NotAllowed):
        central.do(sign_out, shift, old)
    with pytest.raises(NotAllowed):
        central.do(sign_out, shift, proof_of(central, SECOND))
    handover = central.do(sign_out, shift, proof_of(central, OPERATOR))
    with pytest.raises(UserError):
        central.do(sign_out, shift, proof_of(central, OPERATOR))
    with pytest.raises(UserError, match="otra persona"):
        central.do(sign_in_handover, handover, proof_of(central, OPERATOR))
    with pytest.raises(NotAllowed):
        central.do(sign_in_handover, handover, proof_of(central, CAMERAS))

    assert central.row(Handover, handover).incoming_id is None


def test_a_sheet_signed_by_one_can_be_withdrawn_and_made_again(central: Central) -> None:
    shift = central.do(open_shift)
    handover = central.do(sign_out, shift, proof_of(central, OPERATOR))
    with pytest.raises(NotAllowed):
        central.do(withdraw_handover, handover, "faltó algo", by=SECOND)
    with pytest.raises(UserError):
        central.do(withdraw_handover, handover, " ")
    central.do(withdraw_handover, handover, "faltó una novedad")

    again = central.do(sign_out, shift, proof_of(central, OPERATOR))

    assert again != handover
    central.do(sign_in_handover, again, proof_of(central, SECOND))
    with pytest.raises(UserError):
        central.do(withdraw_handover, again, "tarde", by=SUPERVISOR)


def test_a_sheet_altered_after_the_first_signature_is_not_signed_again(central: Central) -> None:
    shift = central.do(open_shift)
    handover = central.do(sign_out, shift, proof_of(central, OPERATOR))

    def alter(ctx: object) -> None:
        found = ctx.get(Handover, handover)  # type: ignore[attr-defined]
        found.sheet = {**found.sheet, "notes": "otra cosa"}

    central.do(alter)

    with pytest.raises(UserError, match="no coincide"):
        central.do(sign_in_handover, handover, proof_of(central, SECOND))
