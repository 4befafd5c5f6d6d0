"""Taking, dispatching, writing and ending incidents over a real encrypted file."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from desktop.core.errors import FieldError, NotAllowed, UserError
from desktop.models.incidents.records import Assignment, Call, Incident, IncidentLine, UnitStatusChange
from desktop.models.incidents.register import INCIDENTS
from desktop.models.incidents.states import (
    CallResult,
    ClosingResult,
    IncidentStatus,
    LineKind,
    Priority,
    UnitStatus,
)
from desktop.models.shared import Attachment
from desktop.operations.incidents.dispatch import (
    assign_units,
    note_no_unit,
    release_units,
    set_unit_crew,
    set_unit_status,
    withdraw_no_unit,
)
from desktop.operations.incidents.find import find_incident
from desktop.operations.incidents.incident_view import incident_view
from desktop.operations.incidents.intake import attach_call, open_incident, record_call
from desktop.operations.incidents.lines import (
    add_note,
    add_quick_note,
    move_quick_note,
    quick_notes,
    strike_line,
)
from desktop.operations.incidents.masking import Surface
from desktop.operations.incidents.progress import (
    cancel,
    classify,
    close,
    correct_place,
    correct_time,
    derive,
    link_to_major,
    mark_duplicate,
    reopen,
    set_priority,
    set_status,
    unlink,
)
from desktop.operations.incidents.queue import open_incidents, units_board
from desktop.operations.incidents.values import IntakeDraft, PersonDraft
from desktop.operations.registers import open_confidential
from desktop.register.record import Confidentiality
from tests.support.central import ANALYST, CAMERAS, PSYCHOLOGIST, SECOND, SUPERVISOR, Central, open_central


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    with open_central(tmp_path) as opened:
        yield opened


def test_an_incident_comes_with_its_call_its_type_and_its_first_lines(central: Central) -> None:
    ref = central.open("me asaltaron con pistola", phone="9 8765 4321", caller_name="Rosa Huenchumán")

    view = central.ask(incident_view, ref.id)

    assert view.code == ref.code
    assert view.code.startswith("INC-26-K7-0001-")
    assert view.type_code == "A02"
    assert view.priority is Priority.P1
    assert view.status is IncidentStatus.CLASSIFIED
    assert [call.phone for call in view.calls] == ["+56987654321"]
    assert {line.kind for line in view.timeline} == {LineKind.CREATED, LineKind.CLASSIFICATION}
    assert view.author == "Pedro Rivas"


def test_lines_of_one_instant_stand_as_they_were_written(central: Central) -> None:
    for _ in range(6):
        view = central.ask(incident_view, central.open(type_code="A01", phone="987654321").id)

        kinds = [line.kind for line in view.timeline if line.at == view.reported_at]
        written = central.ask(
            lambda ctx, own=view.id: list(
                ctx.session.execute(
                    text("SELECT text FROM incident_lines WHERE incident_id = :own ORDER BY rowid DESC"),
                    {"own": own.bytes},
                ).scalars()
            )
        )

        assert len(kinds) > 1
        assert [line.text for line in view.timeline] == written


def test_the_words_do_not_change_what_the_person_chose(central: Central) -> None:
    ref = central.open("me asaltaron con pistola", type_code="H01", type_is_manual=True, priority=Priority.P4)

    view = central.ask(incident_view, ref.id)

    assert (view.type_code, view.priority, view.type_is_manual) == ("H01", Priority.P4, True)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"narrative": "", "address": "Picarte 1"}, "narrative"),
        ({"narrative": "pelea", "address": "  "}, "address"),
        ({"narrative": "pelea", "address": "Picarte 1", "phone": "abc"}, "phone"),
        ({"narrative": "pelea", "address": "Picarte 1", "lat": 1.0}, "lat"),
        ({"narrative": "pelea", "address": "Picarte 1", "type_code": "Z99"}, "type_code"),
        ({"narrative": "pelea", "address": "P 1", "people": (PersonDraft(run="12345678-9"),)}, "run"),
    ],
)
def test_a_draft_that_is_not_right_leaves_nothing_behind(
    central: Central, values: dict[str, object], field: str
) -> None:
    with pytest.raises(FieldError) as caught:
        central.do(open_incident, IntakeDraft(**values))  # type: ignore[arg-type]

    assert caught.value.field == field
    assert central.ask(lambda ctx: ctx.session.scalar(select(func.count()).select_from(Incident))) == 0
    assert central.ask(lambda ctx: ctx.session.scalar(select(func.count()).select_from(Call))) == 0


def test_coordinates_alone_are_place_enough(central: Central) -> None:
    ref = central.open("pelea", address="", lat=-39.8, lon=-73.2)

    assert central.row(Incident, ref.id).lat == -39.8


def test_a_second_call_joins_the_incident(central: Central) -> None:
    ref = central.open("hay una riña")

    attached = central.do(attach_call, IntakeDraft(narrative="ahora sacó un cuchillo", phone="131"), ref.id)

    view = central.ask(incident_view, ref.id)
    assert attached.id == ref.id
    assert len(view.calls) == 2
    assert any("ahora sacó un cuchillo" in line.text for line in view.timeline)
    assert central.ask(open_incidents)[0].calls == 2


def test_a_call_without_incident_is_kept_with_its_result(central: Central) -> None:
    ref = central.do(record_call, IntakeDraft(narrative="pregunta por horario"), CallResult.GUIDANCE)

    call = central.row(Call, ref.id)
    assert call.code.startswith("LL-")
    assert (call.result, call.incident_id) == (CallResult.GUIDANCE, None)
    with pytest.raises(UserError):
        central.do(record_call, IntakeDraft(), CallResult.ATTACHED)


def test_a_unit_goes_through_its_states_and_the_incident_follows(central: Central) -> None:
    ref, unit = central.open(), central.units["M21"]
    start = central.clock.now()
    seen = []
    central.do(assign_units, ref.id, [unit], recommendation={unit: "0,1 km · disponible"})
    for status in (UnitStatus.EN_ROUTE, UnitStatus.ON_SCENE):
        seen.append(central.row(Incident, ref.id).status)
        central.clock.advance(60)
        central.do(set_unit_status, [unit], status)
    seen.append(central.row(Incident, ref.id).status)

    incident = central.row(Incident, ref.id)
    assert seen == [IncidentStatus.DISPATCHED, IncidentStatus.EN_ROUTE, IncidentStatus.ON_SCENE]
    assert incident.arrived_at is not None
    assert (incident.arrived_at - start).total_seconds() == pytest.approx(120, abs=1)
    view = central.ask(incident_view, ref.id)
    assert view.assignments[0].recommendation == "0,1 km · disponible"
    assert [line.kind for line in view.timeline[:2]] == [LineKind.UNIT_STATUS, LineKind.UNIT_STATUS]
    board = {row.callsign: row for row in central.ask(units_board)}
    assert (board["M21"].status, board["M21"].incident_short) == (UnitStatus.ON_SCENE, "1")


def test_a_busy_unit_sent_elsewhere_keeps_what_it_did_before(central: Central) -> None:
    first, second, unit = central.open(), central.open("choque con heridos"), central.units["M21"]
    central.do(assign_units, first.id, [unit])
    central.clock.advance(30)
    central.do(set_unit_status, [unit], UnitStatus.EN_ROUTE)
    central.clock.advance(30)

    central.do(assign_units, second.id, [unit])

    earlier = central.ask(incident_view, first.id).assignments[0]
    assert earlier.en_route_at is not None
    assert earlier.preempted_at is not None
    assert earlier.release_reason == f"Desviado a {second.code}"
    assert central.row(Incident, first.id).status is IncidentStatus.WAITING
    assert central.row(Incident, second.id).status is IncidentStatus.DISPATCHED


def test_several_units_change_together_or_not_at_all(central: Central) -> None:
    ref = central.open()
    units = [central.units["M21"], central.units["M22"]]
    central.do(assign_units, ref.id, units)
    central.do(set_unit_status, units, UnitStatus.EN_ROUTE)
    assert central.ask(open_incidents)[0].units == ("M21", "M22")

    with pytest.raises(UserError):
        central.do(set_unit_status, [*units, central.units["M23"]], UnitStatus.ON_SCENE)

    assert {row.status for row in central.ask(units_board)} == {UnitStatus.EN_ROUTE, UnitStatus.AVAILABLE}


def test_a_unit_out_of_service_is_not_sent(central: Central) -> None:
    ref, unit = central.open(), central.units["M21"]
    central.do(set_unit_status, [unit], UnitStatus.OUT_OF_SERVICE, note="frenos")

    with pytest.raises(UserError, match="fuera de servicio"):
        central.do(assign_units, ref.id, [unit])

    assert central.ask(incident_view, ref.id).assignments == ()


def test_a_state_told_late_by_radio_keeps_its_hour_but_not_before_the_last_one(central: Central) -> None:
    ref, unit = central.open(), central.units["M21"]
    central.do(assign_units, ref.id, [unit])
    central.clock.advance(600)
    moment = central.clock.now() - timedelta(minutes=5)

    with pytest.raises(FieldError):
        central.do(set_unit_status, [unit], UnitStatus.EN_ROUTE, at=moment - timedelta(minutes=30))
    central.do(set_unit_status, [unit], UnitStatus.EN_ROUTE, at=moment)

    assert central.row(Incident, ref.id).en_route_at == moment


def test_the_crew_of_a_dispatch_is_the_one_of_that_moment(central: Central) -> None:
    ref, unit = central.open(), central.units["M21"]
    central.do(set_unit_crew, unit, "Díaz, Peña")
    central.do(assign_units, ref.id, [unit])
    central.do(set_unit_crew, unit, "Otra")
    central.do(set_unit_crew, unit, " Otra ")

    view = central.ask(incident_view, ref.id)
    assert view.assignments[0].crew == "Díaz, Peña"
    assert [line.text for line in view.timeline if "va con" in line.text] == ["M21 va con Otra"]


def test_no_unit_available_is_an_alert_that_the_next_dispatch_ends(central: Central) -> None:
    ref = central.open()
    central.do(note_no_unit, ref.id)
    assert central.ask(open_incidents)[0].no_unit_since is not None
    assert central.ask(open_incidents)[0].status is IncidentStatus.WAITING

    central.do(assign_units, ref.id, [central.units["M21"]])

    assert central.ask(open_incidents)[0].no_unit_since is None
    with pytest.raises(UserError):
        central.do(note_no_unit, ref.id)


def test_the_alert_taken_back_gives_the_earlier_state_and_stays_in_the_timeline(central: Central) -> None:
    ref = central.open()
    before = central.row(Incident, ref.id).status
    central.do(note_no_unit, ref.id)
    with pytest.raises(UserError):
        central.do(note_no_unit, ref.id)
    central.do(withdraw_no_unit, ref.id)

    assert central.row(Incident, ref.id).status is before
    assert sum(line.kind is LineKind.ALARM for line in central.ask(incident_view, ref.id).timeline) == 2
    with pytest.raises(UserError):
        central.do(withdraw_no_unit, ref.id)


def test_an_alert_taken_back_leaves_an_incident_that_waited_by_itself_waiting(central: Central) -> None:
    ref = central.open()
    central.do(set_status, ref.id, IncidentStatus.WAITING)
    central.do(note_no_unit, ref.id)
    central.do(withdraw_no_unit, ref.id)

    assert central.row(Incident, ref.id).status is IncidentStatus.WAITING


def test_a_struck_line_stays_and_only_its_author_or_a_supervisor_strikes_it(central: Central) -> None:
    ref = central.open()
    line = central.do(add_note, ref.id, "patente BBCD12")

    with pytest.raises(NotAllowed):
        central.do(strike_line, line, "no es", by=SECOND)
    with pytest.raises(FieldError):
        central.do(strike_line, line, "  ")
    central.do(strike_line, line, "era BBCD21", by=SUPERVISOR)

    found = next(view for view in central.ask(incident_view, ref.id).timeline if view.id == line)
    assert (found.text, found.strike_reason) == ("patente BBCD12", "era BBCD21")
    with pytest.raises(UserError):
        central.do(strike_line, line, "otra vez")


def test_a_private_note_is_seen_by_its_author_and_moves_into_a_log_once(central: Central) -> None:
    ref = central.open()
    written = central.clock.now()
    note = central.do(add_quick_note, "furgón blanco merodeando")
    central.clock.advance(300)
    assert [found.text for found in central.ask(quick_notes)] == ["furgón blanco merodeando"]
    assert central.ask(quick_notes, by=SECOND) == ()

    with pytest.raises(NotAllowed):
        central.do(move_quick_note, note, ref.id, by=SECOND)
    line = central.do(move_quick_note, note, ref.id)

    assert (central.row(IncidentLine, line).at - written).total_seconds() == pytest.approx(0, abs=1)
    assert central.ask(quick_notes) == ()
    with pytest.raises(UserError):
        central.do(move_quick_note, note, ref.id)


def test_an_incident_with_units_closes_only_when_they_are_freed(central: Central) -> None:
    ref, unit = central.open(), central.units["M21"]
    central.do(assign_units, ref.id, [unit])
    with pytest.raises(UserError, match="M21"):
        central.do(close, ref.id, ClosingResult.SOLVED)

    central.do(close, ref.id, ClosingResult.SOLVED, "conversado", free_units=True)

    incident = central.row(Incident, ref.id)
    assert (incident.status, incident.result) == (IncidentStatus.CLOSED, ClosingResult.SOLVED)
    assert central.ask(open_incidents) == ()
    assert central.ask(units_board)[0].status is UnitStatus.AVAILABLE
    with pytest.raises(UserError):
        central.do(assign_units, ref.id, [unit])
    with pytest.raises(UserError):
        central.do(close, ref.id, ClosingResult.SOLVED)


def test_it_reopens_within_72_hours_with_a_reason(central: Central) -> None:
    ref = central.open()
    central.do(close, ref.id, ClosingResult.SOLVED)
    with pytest.raises(FieldError):
        central.do(reopen, ref.id, "")
    central.clock.advance(71 * 3600)
    central.do(reopen, ref.id, "volvieron")
    assert central.row(Incident, ref.id).status is IncidentStatus.WAITING
    assert central.row(Incident, ref.id).closed_at is None

    central.do(cancel, ref.id)
    central.clock.advance(73 * 3600)
    with pytest.raises(UserError, match="72"):
        central.do(reopen, ref.id, "otra vez")


def test_a_duplicate_points_to_the_original_and_both_say_so(central: Central) -> None:
    first, second = central.open(), central.open()
    with pytest.raises(UserError):
        central.do(mark_duplicate, first.id, first.id)

    central.do(mark_duplicate, second.id, first.id)

    assert central.row(Incident, second.id).status is IncidentStatus.DUPLICATE
    assert any(second.code in line.text for line in central.ask(incident_view, first.id).timeline)
    assert central.ask(incident_view, second.id).linked[0].code == first.code


def test_linked_incidents_share_one_timeline(central: Central) -> None:
    major, part, other = central.open("incendio"), central.open("humo"), central.open("humo en la esquina")
    central.do(add_note, part.id, "se ve desde el puente")

    central.do(link_to_major, part.id, major.id)

    view = central.ask(incident_view, major.id)
    assert any((line.text, line.from_short) == ("se ve desde el puente", "2") for line in view.timeline)
    assert [(found.code, found.relation) for found in view.linked] == [(part.code, "child")]
    with pytest.raises(UserError):
        central.do(link_to_major, other.id, part.id)
    with pytest.raises(UserError):
        central.do(link_to_major, major.id, other.id)
    central.do(unlink, part.id, "es otro incendio")
    assert central.ask(incident_view, major.id).linked == ()


def test_a_corrected_time_is_marked_and_must_keep_the_order(central: Central) -> None:
    ref, unit = central.open(), central.units["M21"]
    central.clock.advance(600)
    central.do(assign_units, ref.id, [unit])
    told = central.clock.now() - timedelta(minutes=5)

    with pytest.raises(FieldError):
        central.do(correct_time, ref.id, "dispatched_at", told - timedelta(hours=1), "error")
    with pytest.raises(FieldError):
        central.do(correct_time, ref.id, "created_at", told, "error")
    central.do(correct_time, ref.id, "dispatched_at", told, "se digitó tarde")

    incident = central.row(Incident, ref.id)
    assert (incident.dispatched_at, incident.times_edited) == (told, True)
    assert any(line.kind is LineKind.CORRECTION for line in central.ask(incident_view, ref.id).timeline)


def test_place_priority_and_state_change_by_hand_with_a_line_each(central: Central) -> None:
    ref = central.open()
    central.do(correct_place, ref.id, address="Los Ñandúes 45", sector="Centro")
    central.do(set_priority, ref.id, Priority.P1, "hay niños")
    central.do(set_status, ref.id, IncidentStatus.WAITING)

    view = central.ask(incident_view, ref.id)
    assert (view.address, view.priority, view.status) == (
        "Los Ñandúes 45",
        Priority.P1,
        IncidentStatus.WAITING,
    )
    assert central.row(Incident, ref.id).place_key == "nandues 45"
    with pytest.raises(UserError):
        central.do(set_status, ref.id, IncidentStatus.EN_ROUTE)
    with pytest.raises(FieldError):
        central.do(correct_place, ref.id, address=" ")


def test_an_incident_left_to_another_service_stays_in_the_queue(central: Central) -> None:
    ref = central.open()
    central.do(derive, ref.id, "lo toma Carabineros")

    assert [row.status for row in central.ask(open_incidents)] == [IncidentStatus.REFERRED]


def test_any_way_of_saying_a_number_finds_the_incident(central: Central) -> None:
    ref = central.open()
    call = central.row(Call, ref.call_id or ref.id)
    ways = ("1", "0001", ref.code, ref.code.lower(), ref.code[4:], ref.code[:-2], "inc-1", call.code)

    assert [central.ask(find_incident, way) for way in ways] == [(type(ref)(ref.id, ref.code),) for _ in ways]
    assert central.ask(find_incident, "2") == ()
    assert central.ask(find_incident, "hola") == ()


# --- Who sees what -----------------------------------------------------------------------------------------------


def test_a_sensitive_incident_shows_its_class_only_and_never_to_who_may_not(central: Central) -> None:
    ref = central.open("mi marido me está pegando", caller_name="Rosa", address="Los Robles 12")
    row = central.ask(open_incidents)[0]
    wall = central.ask(open_incidents, surface=Surface.WALL)[0]

    assert central.row(Incident, ref.id).confidentiality is Confidentiality.SECRET
    assert row.is_masked
    assert (row.title, row.place) == ("Violencia intrafamiliar y grupos vulnerables (reservado)", "")
    assert (wall.title, wall.place) == ("Incidente reservado", "")
    assert central.ask(open_incidents, by=CAMERAS) == ()
    assert central.ask(find_incident, "1", by=CAMERAS) == ()
    with pytest.raises(NotAllowed):
        central.ask(incident_view, ref.id, by=CAMERAS)
    with pytest.raises(NotAllowed):
        central.do(add_note, ref.id, "hola", by=CAMERAS)


def test_a_confidential_incident_opens_after_its_reason_for_a_quarter_of_an_hour(central: Central) -> None:
    ref = central.open("mi marido me está pegando", caller_name="Rosa", address="Los Robles 12")
    assert not central.ask(incident_view, ref.id).needs_reason

    sealed = central.ask(incident_view, ref.id, by=SECOND)
    assert sealed.needs_reason
    assert (sealed.narrative, sealed.address, sealed.calls, sealed.timeline) == ("", "", (), ())

    with pytest.raises(UserError):
        central.do(open_confidential, INCIDENTS, ref.id, " ", by=SECOND)
    central.do(open_confidential, INCIDENTS, ref.id, "despacho en curso", by=SECOND)
    assert central.ask(incident_view, ref.id, by=SECOND).address == "Los Robles 12"
    central.clock.advance(16 * 60)
    assert central.ask(incident_view, ref.id, by=SECOND).needs_reason


def test_writing_on_a_confidential_incident_does_not_open_it(central: Central) -> None:
    ref = central.open("mi marido me está pegando")
    central.do(assign_units, ref.id, [central.units["M21"]], by=SECOND)

    assert central.ask(incident_view, ref.id, by=SECOND).needs_reason


def test_what_was_written_before_a_type_became_secret_is_hidden_with_it(central: Central) -> None:
    ref = central.open("ruidos molestos y música en el patio", caller_name="Rosa Huenchumán")
    line = central.do(add_note, ref.id, "la vecina dice palabraclave")
    photo = central.do(
        lambda ctx: (
            ctx.add(
                Attachment(
                    register="incidents",
                    record_id=ref.id,
                    name="foto.jpg",
                    media_type="image/jpeg",
                    size_bytes=1,
                    sha256="0" * 64,
                )
            ).id
        )
    )
    find = lambda ctx: ctx.search.find(  # noqa: E731
        ctx.session.connection(), "palabraclave", {"incident_lines": Confidentiality.INTERNAL.rank}
    )
    assert len(central.ask(find)) == 1

    central.do(classify, ref.id, "B01")

    assert central.ask(find) == ()
    assert central.row(IncidentLine, line).confidentiality is Confidentiality.SECRET
    assert central.row(Call, ref.call_id or ref.id).confidentiality is Confidentiality.SECRET
    assert central.row(Attachment, photo).confidentiality is Confidentiality.SECRET


def test_who_was_granted_nothing_can_do_nothing(central: Central) -> None:
    ref, unit = central.open(), central.units["M21"]
    for operation, args in (
        (open_incident, (IntakeDraft(narrative="pelea", address="Picarte 1"),)),
        (attach_call, (IntakeDraft(), ref.id)),
        (record_call, (IntakeDraft(), CallResult.PRANK)),
        (add_note, (ref.id, "nota")),
        (add_quick_note, ("nota",)),
        (assign_units, (ref.id, [unit])),
        (set_unit_status, ([unit], UnitStatus.ON_BREAK)),
        (set_unit_crew, (unit, "Otra")),
        (note_no_unit, (ref.id,)),
        (withdraw_no_unit, (ref.id,)),
        (close, (ref.id, ClosingResult.SOLVED)),
        (classify, (ref.id, "A02")),
        (correct_place, (ref.id,)),
    ):
        kwargs = {"address": "Otra 1"} if operation is correct_place else {}
        with pytest.raises(NotAllowed):
            central.do(operation, *args, by=PSYCHOLOGIST, **kwargs)
    for query in (open_incidents, units_board, quick_notes):
        with pytest.raises(NotAllowed):
            central.ask(query, by=PSYCHOLOGIST)
    assert central.ask(find_incident, "1", by=PSYCHOLOGIST) == ()


def test_who_may_only_read_changes_nothing(central: Central) -> None:
    ref, unit = central.open(), central.units["M21"]
    assert central.ask(incident_view, ref.id, by=ANALYST).narrative
    with pytest.raises(NotAllowed):
        central.do(assign_units, ref.id, [unit], by=CAMERAS)
    with pytest.raises(NotAllowed):
        central.do(add_note, ref.id, "nota", by=ANALYST)
    with pytest.raises(NotAllowed):
        central.do(release_units, ref.id, [], by=ANALYST)

    assert central.ask(lambda ctx: ctx.session.scalar(select(func.count()).select_from(Assignment))) == 0
    assert (
        central.ask(lambda ctx: ctx.session.scalar(select(func.count()).select_from(UnitStatusChange))) == 0
    )
