"""What goes with an incident: suggestions, units advised, referrals, protocols, clocks, late cards."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from desktop.core.errors import FieldError, NotAllowed, UserError
from desktop.models.catalogues import Protocol, ResponseTarget
from desktop.models.incidents.records import HazardNote, Incident, IncidentLine, UnitStatusChange
from desktop.models.incidents.states import (
    ClosingResult,
    IncidentStatus,
    LineKind,
    Priority,
    ReferralStatus,
    UnitStatus,
)
from desktop.operations.context import Context
from desktop.operations.incidents.checklists import checklists_for, strike_tick, tick
from desktop.operations.incidents.dispatch import assign_units, set_unit_status
from desktop.operations.incidents.incident_view import incident_view
from desktop.operations.incidents.intake import open_incident
from desktop.operations.incidents.late_entry import CardsRefused, check_cards, enter_cards
from desktop.operations.incidents.legal_clocks import (
    end_field_timer,
    police_notified,
    start_flagrancy,
    start_identity_check,
)
from desktop.operations.incidents.nearby import recommended_units
from desktop.operations.incidents.people import add_person, add_vehicle, edit_person, edit_vehicle
from desktop.operations.incidents.progress import close, derive
from desktop.operations.incidents.queue import open_incidents
from desktop.operations.incidents.referrals import (
    cancel_referral,
    confirm_referral,
    finish_referral,
    refer,
    referral_arrived,
    services,
)
from desktop.operations.incidents.suggest import suggest
from desktop.operations.incidents.timers import due_timers, silence
from desktop.operations.incidents.values import (
    CardUnit,
    IntakeDraft,
    LateCard,
    PersonDraft,
    TimerKind,
    VehicleDraft,
)
from tests.support.central import ANALYST, CAMERAS, SUPERVISOR, Central, open_central


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    with open_central(tmp_path) as opened:
        yield opened


# --- While typing ------------------------------------------------------------------------------------------------


def test_the_same_phone_place_or_nearness_proposes_the_open_incident_with_its_reason(
    central: Central,
) -> None:
    ref = central.open("fiesta con ruidos molestos", phone="987654321", lat=-39.8140, lon=-73.2400)
    central.open("choque", address="Otra parte 1", lat=-39.9, lon=-73.3)

    def reasons(**values: object) -> list[tuple[str, str]]:
        draft = IntakeDraft(**values)  # type: ignore[arg-type]
        return [(found.code, found.reason) for found in central.ask(suggest, draft).duplicates]

    assert reasons(phone="+56 9 8765 4321") == [(ref.code, "mismo teléfono, recién")]
    assert reasons(address="PICARTE, 1120", narrative="ruidos molestos") == [
        (ref.code, "misma dirección, mismo tipo, recién")
    ]
    assert reasons(lat=-39.8148, lon=-73.2400, narrative="ruidos molestos") == [
        (ref.code, "a 90 m, mismo tipo, recién")
    ]
    assert reasons(lat=-39.8240, lon=-73.2400) == []
    assert reasons(narrative="fiesta con ruidos molestos") == []


def test_an_ended_incident_is_no_duplicate_but_is_counted_as_earlier(central: Central) -> None:
    ref = central.open("fiesta", phone="987654321")
    central.do(close, ref.id, ClosingResult.WARNING)

    found = central.ask(suggest, IntakeDraft(phone="987654321", address="picarte 1120"))

    assert found.duplicates == ()
    assert (found.by_phone.count, found.by_place.count) == (1, 1)
    assert found.by_phone.latest[0].result is ClosingResult.WARNING
    central.clock.advance(366 * 86400)
    assert central.ask(suggest, IntakeDraft(phone="987654321")).by_phone.count == 0


def test_an_earlier_secret_incident_shows_its_class_only_or_nothing(central: Central) -> None:
    central.open("mi marido me está pegando", phone="987654321")
    draft = IntakeDraft(phone="987654321")

    seen = central.ask(suggest, draft).by_phone.latest[0]

    assert (seen.place, seen.title.endswith("(reservado)")) == ("", True)
    assert central.ask(suggest, draft, by=CAMERAS).by_phone.count == 0
    assert central.ask(suggest, draft, by=CAMERAS).duplicates == ()


def test_a_warning_of_the_place_must_be_acknowledged(central: Central) -> None:
    def warn(ctx: Context) -> HazardNote:
        until = ctx.now + timedelta(days=30)
        return ctx.add(
            HazardNote(
                text="Perro bravo", address="Picarte 1120", place_key="picarte 1120", valid_until=until
            )
        )

    note = central.do(warn, by=SUPERVISOR)
    draft = IntakeDraft(narrative="pelea", address="Picarte 1120")

    assert [found.text for found in central.ask(suggest, draft).hazards] == ["Perro bravo"]
    with pytest.raises(FieldError) as caught:
        central.do(open_incident, draft)
    assert caught.value.field == "hazards"
    central.open("pelea", acknowledged_hazards=frozenset({note.id}))
    central.clock.advance(31 * 86400)
    central.open("pelea")


def test_an_address_is_completed_with_its_point(central: Central) -> None:
    streets = central.ask(suggest, IntakeDraft(address="picarte 1650")).streets

    assert [(found.address, found.sector) for found in streets] == [("Avenida Ramón Picarte 1650", "Centro")]
    assert (streets[0].lat, streets[0].lon) == (-39.819, -73.225)
    assert central.ask(suggest, IntakeDraft(address="picarte 9000")).streets[0].lat is None
    assert central.ask(suggest, IntakeDraft(address="pi")).streets == ()


def test_only_types_in_force_are_proposed(central: Central) -> None:
    guesses = central.ask(suggest, IntakeDraft(narrative="me asaltaron con pistola"))

    assert guesses.types[0].code == "A02"
    assert guesses.priority is Priority.P1
    assert "weapons" in guesses.types[0].risks


def test_the_nearest_free_unit_is_recommended_and_a_busy_one_says_where_it_is(central: Central) -> None:
    far = central.open("choque", lat=-39.83, lon=-73.2201)
    central.do(assign_units, far.id, [central.units["M22"]])
    central.do(set_unit_status, [central.units["M23"]], UnitStatus.OUT_OF_SERVICE)
    ref = central.open("me asaltaron con pistola", lat=-39.8155, lon=-73.24, sector="Centro")

    advice = central.ask(recommended_units, ref.id)

    assert [found.callsign for found in advice] == ["M21", "M22"]
    assert advice[0].is_recommended
    assert advice[0].reason == "60 m · disponible · su sector"
    assert advice[1].is_busy
    assert (advice[1].incident_code, advice[1].is_recommended) == (far.code, False)
    central.clock.advance(3600)
    assert "posición de las" in central.ask(recommended_units, ref.id)[0].reason


# --- Referrals and protocols -------------------------------------------------------------------------------------


def test_a_referral_runs_from_the_call_to_the_result(central: Central) -> None:
    ref = central.open()
    assert [found.short_name for found in central.ask(services)][:3] == ["133", "131", "132"]
    made = central.do(refer, ref.id, central.services["133"])
    central.do(confirm_referral, made, answered_by="Cabo Pérez", number_given="4512")
    central.do(referral_arrived, made)
    central.do(finish_referral, made, "Detenido")

    view = central.ask(incident_view, ref.id)
    found = view.referrals[0]
    assert (found.status, found.answered_by, found.result) == (ReferralStatus.DONE, "Cabo Pérez", "Detenido")
    assert sum(line.kind is LineKind.REFERRAL for line in view.timeline) == 4
    with pytest.raises(UserError):
        central.do(cancel_referral, made, "error")


def test_an_incident_left_to_a_service_closes_when_it_confirms(central: Central) -> None:
    ref = central.open()
    made = central.do(refer, ref.id, central.services["133"])
    central.do(derive, ref.id)

    central.do(confirm_referral, made, answered_by="Cabo Pérez")

    assert central.row(Incident, ref.id).status is IncidentStatus.CLOSED
    assert central.row(Incident, ref.id).closed_at is not None


def test_the_newest_protocol_of_the_type_is_ticked_step_by_step(central: Central) -> None:
    ref = central.open("me asaltaron con pistola")
    (listed,) = central.ask(checklists_for, "A02")
    assert (listed.version, len(listed.steps)) == (2, 3)
    made = central.do(tick, ref.id, listed.protocol_id, 2)
    with pytest.raises(UserError):
        central.do(tick, ref.id, listed.protocol_id, 2)
    with pytest.raises(FieldError):
        central.do(tick, ref.id, listed.protocol_id, 4)

    step = central.ask(incident_view, ref.id).checklists[0].steps[1]
    assert (step.ticked_by, step.ticked_at is not None) == ("Pedro Rivas", True)
    central.do(strike_tick, made, "no contestan")
    assert central.ask(incident_view, ref.id).checklists[0].steps[1].tick_id is None
    assert central.ask(checklists_for, "H01") == ()


def test_a_protocol_begun_stays_in_its_version(central: Central) -> None:
    ref = central.open("me asaltaron con pistola")
    old = central.ask(lambda ctx: ctx.session.scalar(select(Protocol.id).where(Protocol.version == 1)))
    central.do(tick, ref.id, old, 1)

    assert [found.version for found in central.ask(incident_view, ref.id).checklists] == [1]


def test_people_and_vehicles_are_added_and_corrected(central: Central) -> None:
    ref = central.open()
    person = central.do(add_person, ref.id, PersonDraft(full_name="Rosa Huenchumán", run="11.111.111-1"))
    vehicle = central.do(add_vehicle, ref.id, VehicleDraft(plate="bbcd 12"))
    central.do(edit_person, person, PersonDraft(full_name="Rosa Huenchumán", run="11111111-1", phone="133"))
    central.do(edit_vehicle, vehicle, VehicleDraft(plate="BBCD13", is_reported_stolen=True))

    view = central.ask(incident_view, ref.id)
    assert (view.people[0].run, view.people[0].phone) == ("11111111-1", "133")
    assert (view.vehicles[0].plate, view.vehicles[0].is_reported_stolen) == ("BBCD13", True)
    with pytest.raises(FieldError):
        central.do(add_vehicle, ref.id, VehicleDraft())


# --- Clocks ------------------------------------------------------------------------------------------------------


def test_a_target_runs_by_priority_and_ends_with_the_state(central: Central) -> None:
    ref, unit = central.open("me asaltaron con pistola"), central.units["M21"]
    (timer,) = central.ask(due_timers)
    assert (timer.kind, timer.is_overdue) == (TimerKind.DISPATCH, False)
    central.clock.advance(61)
    assert central.ask(due_timers)[0].is_overdue

    central.do(assign_units, ref.id, [unit])
    assert {found.kind for found in central.ask(due_timers)} == {TimerKind.ARRIVAL, TimerKind.UNIT}
    central.do(set_unit_status, [unit], UnitStatus.ON_SCENE)
    assert {found.kind for found in central.ask(due_timers)} == {TimerKind.UNIT}


def test_the_targets_of_the_municipality_go_before_the_defaults(central: Central) -> None:
    central.do(
        lambda ctx: ctx.add(ResponseTarget(priority=Priority.P1, dispatch_s=600, arrival_s=900)),
        by=SUPERVISOR,
    )
    central.open("me asaltaron con pistola")
    central.clock.advance(300)

    assert not central.ask(due_timers)[0].is_overdue


def test_a_warning_taken_stays_visible_and_says_who_took_it(central: Central) -> None:
    ref = central.open("me asaltaron con pistola")
    central.clock.advance(120)
    (timer,) = central.ask(due_timers)
    with pytest.raises(NotAllowed):
        central.do(silence, timer.key, by=ANALYST)
    central.do(silence, timer.key)

    (taken,) = central.ask(due_timers)
    assert taken.is_overdue
    assert (taken.silenced_by, taken.silenced_at is not None) == ("Pedro Rivas", True)
    assert any(line.kind is LineKind.ALARM for line in central.ask(incident_view, ref.id).timeline)
    with pytest.raises(UserError):
        central.do(silence, "dispatch:nada")


def test_a_unit_on_break_too_long_warns_and_is_taken_without_an_incident(central: Central) -> None:
    unit = central.units["M21"]
    central.do(set_unit_status, [unit], UnitStatus.ON_BREAK)
    central.clock.advance(46 * 60)
    (timer,) = central.ask(due_timers)
    assert (timer.kind, timer.is_overdue, timer.silenced_at) == (TimerKind.UNIT, True, None)

    central.do(silence, timer.key)

    assert central.ask(due_timers)[0].silenced_at is not None
    central.do(set_unit_status, [unit], UnitStatus.AVAILABLE)
    assert central.ask(due_timers) == ()


def test_an_identity_check_is_never_made_on_a_minor_and_warns_at_sixty_minutes(central: Central) -> None:
    ref = central.open()
    with pytest.raises(UserError, match="18"):
        central.do(start_identity_check, ref.id, reason="ruidos", is_adult=False)
    with pytest.raises(FieldError):
        central.do(start_identity_check, ref.id, reason=" ", is_adult=True)
    timer = central.do(start_identity_check, ref.id, reason="ruidos molestos", is_adult=True)
    central.clock.advance(3601)

    running = [found for found in central.ask(due_timers) if found.kind is TimerKind.FIELD]
    assert [found.is_overdue for found in running] == [True]
    central.do(end_field_timer, timer, outcome="Identificado", means="cédula")
    assert central.ask(incident_view, ref.id).field_timers[0].is_overdue
    with pytest.raises(UserError):
        central.do(end_field_timer, timer, outcome="otra vez")


def test_an_arrest_warns_at_fifteen_minutes_and_ends_with_who_receives(central: Central) -> None:
    ref = central.open()
    timer = central.do(start_flagrancy, ref.id, reason="hurto")
    central.do(police_notified, timer)
    with pytest.raises(FieldError) as caught:
        central.do(end_field_timer, timer, outcome="Entregado")
    assert caught.value.field == "received_by"
    central.clock.advance(14 * 60)
    central.do(end_field_timer, timer, outcome="Entregado", received_by="Cabo Pérez")

    found = central.ask(incident_view, ref.id).field_timers[0]
    assert (found.received_by, found.is_overdue) == ("Cabo Pérez", False)


def test_a_legal_clock_outlives_the_end_of_its_incident(central: Central) -> None:
    ref = central.open()
    central.do(start_flagrancy, ref.id, reason="hurto")
    central.do(close, ref.id, ClosingResult.ARREST_HANDED_OVER)
    central.clock.advance(16 * 60)

    (timer,) = central.ask(due_timers)
    central.do(silence, timer.key)

    assert central.ask(due_timers)[0].silenced_by == "Pedro Rivas"


# --- After an outage ---------------------------------------------------------------------------------------------


def _card(at: datetime, **values: object) -> LateCard:
    draft = IntakeDraft(narrative="ruidos molestos", address="Picarte 1120", received_at=at)
    return LateCard(draft, **values)  # type: ignore[arg-type]


def test_twenty_cards_are_entered_at_once_with_their_own_hours(central: Central) -> None:
    start = central.clock.now() - timedelta(hours=6)
    minute = timedelta(minutes=1)
    cards = [
        _card(
            at := start + 10 * n * minute,
            units=(CardUnit("m 21", at + minute, at + 2 * minute, at + 5 * minute, at + 20 * minute),),
            notes=((at + 6 * minute, "se conversa con el dueño"),),
            closed_at=at + 21 * minute,
            result=ClosingResult.WARNING,
        )
        for n in range(20)
    ]

    refs = central.do(enter_cards, cards)

    assert len({ref.code for ref in refs}) == 20
    incident = central.row(Incident, refs[3].id)
    assert incident.reported_at == start + 30 * minute
    assert incident.created_at > incident.reported_at
    assert incident.arrived_at == start + 35 * minute
    assert (incident.status, incident.is_late_entry) == (IncidentStatus.CLOSED, True)
    lines = central.ask(
        lambda ctx: list(
            ctx.session.scalars(select(IncidentLine).where(IncidentLine.incident_id == refs[3].id))
        )
    )
    assert all(line.is_late_entry for line in lines)
    assert central.ask(open_incidents) == ()
    changes = central.ask(lambda ctx: ctx.session.scalar(select(func.count()).select_from(UnitStatusChange)))
    assert changes == 80


def test_wrong_cards_are_named_one_by_one_and_nothing_is_saved(central: Central) -> None:
    now = central.clock.now()
    start = now - timedelta(hours=2)
    hour = timedelta(hours=1)
    cards = [
        _card(start),
        LateCard(IntakeDraft(narrative="x", address="y")),
        _card(start, units=(CardUnit("M99", start, None, None, start + hour),)),
        _card(start, units=(CardUnit("M21", start + hour, start, None, start + hour),)),
        _card(start, closed_at=start - hour, result=ClosingResult.SOLVED),
        _card(start, closed_at=now + hour),
        _card(start, units=(CardUnit("M21", start),)),
        _card(start, notes=((start - hour, "antes"), (start, " "))),
    ]

    errors = central.ask(check_cards, cards)
    with pytest.raises(CardsRefused) as caught:
        central.do(enter_cards, cards)

    assert [(error.index, error.field) for error in errors] == [
        (1, "received_at"),
        (2, "callsign"),
        (3, "en_route_at"),
        (4, "closed_at"),
        (5, "closed_at"),
        (5, "result"),
        (6, "released_at"),
        (7, "notes"),
        (7, "notes"),
    ]
    assert caught.value.errors == errors
    assert central.ask(lambda ctx: ctx.session.scalar(select(func.count()).select_from(Incident))) == 0


def test_a_fault_found_while_saving_names_its_card(central: Central) -> None:
    at = central.clock.now() - timedelta(hours=1)
    bad = LateCard(IntakeDraft(narrative="x", address="y", received_at=at, phone="no es"))

    with pytest.raises(CardsRefused) as caught:
        central.do(enter_cards, [_card(at), bad])

    assert [(error.index, error.field) for error in caught.value.errors] == [(1, "phone")]
    assert central.ask(open_incidents) == ()


def test_a_card_that_is_not_closed_joins_the_queue(central: Central) -> None:
    at = central.clock.now() - timedelta(hours=1)
    central.do(enter_cards, [_card(at)])

    (row,) = central.ask(open_incidents)
    assert row.is_late_entry
    with pytest.raises(NotAllowed):
        central.do(enter_cards, [_card(at)], by=ANALYST)
