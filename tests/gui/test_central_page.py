"""The central by keys over a real station: nothing typed is lost, nothing moves, nothing reserved shows."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.errors import Unavailable
from desktop.models.incidents.records import Assignment, Call, ChecklistTick, Incident, IncidentLine
from desktop.models.incidents.states import IncidentStatus, UnitStatus
from desktop.models.roles import Role
from desktop.operations.incidents.intake import open_incident
from desktop.operations.incidents.values import IncidentRef, IncidentView, IntakeDraft
from desktop.operations.seed import seed_catalogues
from desktop.operations.station import Station
from desktop.views.icons import Icons
from desktop.views.incidents import central
from desktop.views.incidents.central import CentralPage
from desktop.views.incidents.chooser import Chooser
from desktop.views.incidents.sheet import FormSheet
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.clock import FakeClock
from tests.support.desk import DictMemory
from tests.support.desks import Desk, furnish, open_desk, write
from tests.support.keys import press
from tests.support.stations import open_station, somebody

Open = Callable[..., Desk[CentralPage]]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with open_station(tmp_path) as opened:
        furnish(opened)
        opened.write(seed_catalogues).result()
        yield opened


@pytest.fixture
def open_page(qtbot: QtBot, station: Station, theme: Theme, icons: Icons, tmp_path: Path) -> Iterator[Open]:
    desks: list[Desk[CentralPage]] = []

    def opened(**details: Any) -> Desk[CentralPage]:
        desk = open_desk(qtbot, station, theme, icons, CentralPage, tmp_path, **details)
        desk.settle(qtbot)
        desks.append(desk)
        return desk

    yield opened
    for desk in desks:
        desk.close(qtbot)


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def add(station: Station, narrative: str, address: str = "Picarte 1120") -> IncidentRef:
    return station.write(
        lambda ctx: open_incident(ctx, IntakeDraft(narrative=narrative, address=address))
    ).result()


def count(desk: Desk[CentralPage], model: Any) -> int:
    return int(desk.ask(lambda ctx: ctx.session.query(model).count()))


def current(desk: Desk[CentralPage]) -> IncidentView:
    view = desk.page.current
    assert view is not None
    return view


def take_call(desk: Desk[CentralPage], qtbot: QtBot, narrative: str, address: str) -> None:
    desk.page.open_intake()
    desk.settle(qtbot)
    write(desk.page.intake.narrative, narrative)
    press(focused(), "Tab")
    write(desk.page.intake.address, address)
    press(focused(), "Ctrl+Return")


def test_a_call_typed_and_saved_stands_in_the_queue_with_its_proposed_type(
    open_page: Open, qtbot: QtBot
) -> None:
    desk = open_page()
    take_call(desk, qtbot, "Se está quemando una casa", "Los Aromos 77")
    desk.settle(qtbot)

    (row,) = desk.page.queue.rows
    assert row.title.startswith("Incendio")
    assert row.place == "Los Aromos 77"
    assert current(desk).id == row.id
    assert desk.page.intake.is_empty


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_goes(
    open_page: Open, qtbot: QtBot
) -> None:
    desk = open_page()
    desk.page.open_intake()
    write(desk.page.intake.narrative, "Choque de dos autos")
    press(focused(), "Ctrl+Return")
    desk.settle(qtbot)

    assert "dónde" in desk.page.intake.fields["address"].error
    assert desk.page.intake.narrative.toPlainText() == "Choque de dos autos"
    assert count(desk, Incident) == 0


def test_the_protocol_of_the_type_stands_beside_a_call_while_it_is_typed(
    open_page: Open, qtbot: QtBot
) -> None:
    desk = open_page()
    desk.page.open_intake()
    desk.settle(qtbot)
    assert desk.page.protocol.list.count() == 0

    write(desk.page.intake.narrative, "Se está quemando una casa")
    desk.settle(qtbot)
    steps = desk.page.protocol.list
    assert steps.count() > 1
    steps.setCurrentRow(1)
    press(steps, "Space")
    desk.settle(qtbot)
    assert count(desk, ChecklistTick) == 0

    write(desk.page.intake.address, "Los Aromos 77")
    press(desk.page.intake.narrative, "Ctrl+Return")
    desk.settle(qtbot)
    steps.setCurrentRow(1)
    press(steps, "Space")
    desk.settle(qtbot)
    assert count(desk, ChecklistTick) == 1


def test_one_incident_goes_under_another_with_two_keys(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    major = add(station, "Se está quemando una casa", "Los Aromos 77")
    minor = add(station, "Mucho humo cerca de la plaza", "Los Aromos 90")
    desk = open_page()
    desk.page.go_to(record=minor.id)
    desk.settle(qtbot)
    desk.page.queue.take_keyboard()

    press(focused(), "F4")
    desk.settle(qtbot)
    press(focused(), "Return")
    desk.settle(qtbot)

    assert desk.row(Incident, minor.id).parent_id == major.id


def test_keys_pressed_at_once_after_saving_are_about_the_new_incident(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    add(station, "Balazos, hay un herido", "Picarte 9")
    desk = open_page()
    take_call(desk, qtbot, "Luminaria apagada en el pasaje", "Los Tilos 22")
    qtbot.waitUntil(lambda: desk.page.current is not None)
    desk.page.queue.take_keyboard()
    desk.page.orders.units.dispatch()
    desk.settle(qtbot)
    press(focused(), "Return")
    desk.settle(qtbot)

    assert current(desk).address == "Los Tilos 22"
    assert [unit.is_active for unit in current(desk).assignments] == [True]
    assert desk.page.queue.current() == current(desk).id


def test_keys_pressed_while_a_call_is_being_saved_do_not_touch_the_incident_before_it(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    before = add(station, "Balazos, hay un herido", "Picarte 9")
    desk = open_page()
    disk = Event()
    busy = station.write(lambda _: disk.wait(30))
    take_call(desk, qtbot, "Luminaria apagada en el pasaje", "Los Tilos 22")
    shown = desk.page.console
    qtbot.waitUntil(lambda: shown.view is not None and shown.view.id == before.id)

    assert desk.page.current is None
    disk.set()
    busy.result()
    qtbot.waitUntil(lambda: desk.page.current is not None)
    assert current(desk).address == "Los Tilos 22"


def test_a_call_that_the_disk_refuses_comes_back_into_the_form(
    open_page: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_page()

    def no_room(*_: object) -> IncidentRef:
        raise Unavailable("No queda espacio en el disco.")

    monkeypatch.setattr(central, "open_incident", no_room)
    take_call(desk, qtbot, "Música muy fuerte", "Los Robles 340")
    desk.settle(qtbot)

    assert desk.page.intake.isVisible()
    assert desk.page.intake.narrative.toPlainText() == "Música muy fuerte"
    assert desk.page.intake.address.text() == "Los Robles 340"


def test_a_refused_call_waits_while_the_next_one_is_being_typed(
    open_page: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_page()

    def no_room(*_: object) -> IncidentRef:
        raise Unavailable("No queda espacio en el disco.")

    monkeypatch.setattr(central, "open_incident", no_room)
    take_call(desk, qtbot, "La primera llamada", "Picarte 1")
    desk.page.open_intake()
    write(desk.page.intake.narrative, "La segunda llamada")
    desk.settle(qtbot)
    assert desk.page.intake.narrative.toPlainText() == "La segunda llamada"

    monkeypatch.undo()
    write(desk.page.intake.address, "Picarte 2")
    press(desk.page.intake.address, "Ctrl+Return")
    desk.settle(qtbot)

    assert count(desk, Incident) == 1
    assert desk.page.intake.narrative.toPlainText() == "La primera llamada"


def test_words_that_were_never_saved_are_back_after_a_crash(open_page: Open, qtbot: QtBot) -> None:
    memory = DictMemory()
    first = open_page(memory=memory)
    first.page.open_intake()
    write(first.page.intake.narrative, "Hay una persona en el río")
    first.services.drafts.save_all()
    left = DictMemory()
    left.held.update(memory.held)

    again = open_page(memory=left)
    again.page.open_intake()

    assert again.page.intake.narrative.toPlainText() == "Hay una persona en el río"


def test_the_same_event_is_offered_and_one_key_adds_the_call(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    known = add(station, "Choque con lesionados", "Arauco 500")
    desk = open_page()
    desk.page.open_intake()
    write(desk.page.intake.narrative, "Chocaron dos autos, hay heridos")
    desk.page.intake.address.setFocus()
    write(desk.page.intake.address, "Arauco 500")
    desk.settle(qtbot)
    qtbot.waitUntil(lambda: desk.page.intake.help.count() > 0)
    press(focused(), "F2")
    desk.settle(qtbot)

    assert count(desk, Incident) == 1
    calls = desk.ask(lambda ctx: [call.incident_id for call in ctx.session.query(Call)])
    assert calls == [known.id, known.id]


def test_a_digit_in_the_list_adds_the_call_to_the_duplicate_of_that_number(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    known = [add(station, "Choque con lesionados", "Arauco 500") for _ in range(2)]
    desk = open_page()
    desk.page.open_intake()
    write(desk.page.intake.narrative, "Chocaron dos autos, hay heridos")
    desk.page.intake.address.setFocus()
    write(desk.page.intake.address, "Arauco 500")
    desk.settle(qtbot)
    qtbot.waitUntil(lambda: desk.page.intake.help.count() > 1)
    second = desk.page.intake.help.item(1)
    assert second.text().startswith("2 · ")
    other = next(ref for ref in known if ref.code in second.text())
    press(focused(), "Shift+F2")
    press(focused(), "2")
    desk.settle(qtbot)

    assert count(desk, Incident) == 2
    calls = desk.ask(lambda ctx: [call.incident_id for call in ctx.session.query(Call)])
    assert calls.count(other.id) == 2


def test_the_hints_of_a_call_name_the_keys_that_the_person_chose(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    for _ in range(2):
        add(station, "Choque con lesionados", "Arauco 500")
    desk = open_page()
    desk.page.open_intake()
    write(desk.page.intake.narrative, "Chocaron dos autos, hay heridos")
    desk.page.intake.address.setFocus()
    write(desk.page.intake.address, "Arauco 500")
    desk.settle(qtbot)
    known = desk.page.intake.help
    qtbot.waitUntil(lambda: known.count() > 1)

    def hints() -> str:
        return " ".join(part.text() for part in desk.page.intake.findChildren(QLabel))

    def offers() -> list[str]:
        return [known.item(row).text().rsplit(" — ", 1)[1].split(":")[0] for row in range(2)]

    assert offers() == ["F2", "Shift+F2 2"]
    assert "F2 suma" in hints()
    assert "Ctrl+F9 sin incidente" in hints()

    desk.services.commands.use_keys(
        {"central.note": "Ctrl+1", "central.known": "Ctrl+2", "central.end_call": ""}
    )
    assert offers() == ["Ctrl+1", "Ctrl+2 2"]
    assert "Ctrl+2 va a lo que ya se sabe" in hints()
    assert "sin incidente" not in hints()

    desk.services.commands.use_keys({"central.note": "", "central.known": ""})
    assert offers() == ["1", "2"]


def test_the_protocol_names_the_key_that_the_person_chose(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    ref = add(station, "Se está quemando una casa")
    desk = open_page()
    desk.page.show_incident(ref.id)
    desk.settle(qtbot)

    def hints() -> str:
        return " ".join(part.text() for part in desk.page.protocol.findChildren(QLabel))

    assert "F5 va aquí" in hints()
    desk.services.commands.use_keys({"central.protocol": "Ctrl+3"})
    assert "Ctrl+3 va aquí" in hints()
    desk.services.commands.use_keys({"central.protocol": ""})
    assert "va aquí" not in hints()


def test_a_unit_is_sent_and_led_through_its_states_by_few_keys(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    add(station, "Asalto con cuchillo")
    desk = open_page()
    desk.page.queue.take_keyboard()
    press(focused(), "Home")
    desk.settle(qtbot)
    desk.page.orders.units.dispatch()
    desk.settle(qtbot)
    press(focused(), "Return")
    desk.settle(qtbot)
    for digit in ("3", "4", "1"):
        desk.page.orders.units.unit_status()
        press(focused(), digit)
        desk.settle(qtbot)

    (sent,) = desk.ask(lambda ctx: list(ctx.session.query(Assignment)))
    assert None not in {sent.assigned_at, sent.en_route_at, sent.on_scene_at, sent.released_at}
    assert all(unit.status is UnitStatus.AVAILABLE for unit in desk.page.units.rows)
    assert desk.page.queue.list.hasFocus()


def test_new_incidents_wait_behind_a_counter_while_the_queue_has_the_keyboard(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    first = add(station, "Ruidos molestos", "Los Robles 1")
    desk = open_page()
    desk.page.queue.take_keyboard()
    press(focused(), "Home")
    desk.settle(qtbot)
    add(station, "Balazos, hay un herido", "Picarte 9")
    desk.settle(qtbot)
    assert [row.id for row in desk.page.queue.rows] == [first.id]

    desk.page.queue.show_new()
    assert len(desk.page.queue.rows) == 2
    assert desk.page.queue.current() == first.id


def test_a_reserved_incident_shows_its_class_until_the_reason_is_given(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    secret = "CANARIO-7781"
    hidden = add(station, f"Le está pegando a la señora {secret}", "Villa Secreta 88")
    station.seat(somebody(Role.DISPATCHER, number=31, name="Otra Persona"))
    desk = open_page()
    desk.page.show_incident(hidden.id)
    desk.settle(qtbot)
    shown = " ".join(part.text() for part in desk.page.findChildren(type(desk.page.console._narrative)))
    assert secret not in shown
    assert "Villa Secreta" not in shown
    assert current(desk).needs_reason

    desk.page.orders.record.say_reason()
    press(focused(), "1")
    desk.settle(qtbot)

    assert not current(desk).needs_reason
    assert secret in current(desk).narrative


def test_a_note_is_one_key_its_words_and_enter(open_page: Open, station: Station, qtbot: QtBot) -> None:
    made = add(station, "Perro suelto")
    desk = open_page()
    desk.page.show_incident(made.id)
    desk.settle(qtbot)
    desk.page.write_or_look()
    write(focused(), "Llega la dueña, se la lleva")
    press(focused(), "Return")
    desk.settle(qtbot)

    texts = desk.ask(lambda ctx: [line.text for line in ctx.session.query(IncidentLine)])
    assert "Llega la dueña, se la lleva" in texts
    assert desk.page.console.note.text() == ""


def test_a_person_is_added_and_a_wrong_run_is_said_beside_its_field(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    made = add(station, "Choque con lesionados")
    desk = open_page()
    desk.page.show_incident(made.id)
    desk.settle(qtbot)
    desk.page.orders.record.details()
    press(focused(), "1")
    (sheet,) = desk.window.findChildren(FormSheet)
    press(focused(), "Tab")
    write(focused(), "Ana Cayún")
    press(focused(), "Tab")
    write(focused(), "12.345.678-9")
    press(focused(), "Return")
    desk.settle(qtbot)
    assert sheet.form.errors

    focused().clear()  # type: ignore[attr-defined]
    press(focused(), "Return")
    desk.settle(qtbot)
    assert [person.full_name for person in current(desk).people] == ["Ana Cayún"]


def test_closing_says_so_and_can_be_undone(open_page: Open, station: Station, qtbot: QtBot) -> None:
    made = add(station, "Luminaria apagada")
    desk = open_page()
    desk.page.show_incident(made.id)
    desk.settle(qtbot)
    desk.page.orders.incident.close()
    press(focused(), "1")
    desk.settle(qtbot)
    assert desk.row(Incident, made.id).status is IncidentStatus.CLOSED


def test_a_sheet_leaves_when_the_person_goes_on_with_something_else(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    made = add(station, "Luminaria apagada")
    desk = open_page()
    desk.page.show_incident(made.id)
    desk.settle(qtbot)
    desk.page.orders.incident.close()
    assert [sheet.isVisible() for sheet in desk.window.findChildren(Chooser)] == [True]
    desk.page.queue.take_keyboard()
    qtbot.wait(20)

    assert not any(sheet.isVisible() for sheet in desk.window.findChildren(Chooser))


def test_an_overdue_timer_sounds_and_stays_until_it_is_taken(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    add(station, "Asalto con cuchillo")
    clock = station.clock
    assert isinstance(clock, FakeClock)
    desk = open_page()
    sounded = desk.page.alarm.times_sounded
    clock.advance(120)
    desk.page.reload_timers()
    desk.settle(qtbot)
    desk.page.timers.tick()
    assert desk.page.alarm.times_sounded > sounded
    (late,) = [timer for timer in desk.page.timers.overdue() if timer.incident_id is not None]

    desk.page.orders.clocks.take_timer(late)
    desk.settle(qtbot)

    assert late.key not in {timer.key for timer in desk.page.timers.overdue()}
    lines = desk.ask(lambda ctx: [line.text for line in ctx.session.query(IncidentLine)])
    assert any("Aviso tomado" in text for text in lines)


@pytest.mark.parametrize("name", ["dark", "light", "contrast"])
def test_every_control_has_a_name_and_is_reached_by_the_keyboard(
    open_page: Open, station: Station, qtbot: QtBot, theme: Theme, name: str
) -> None:
    made: UUID = add(station, "Choque con lesionados").id
    theme.use(name)
    desk = open_page()
    desk.page.show_incident(made)
    desk.settle(qtbot)
    assert problems(desk.page) == []

    desk.page.open_intake()
    desk.settle(qtbot)
    assert problems(desk.page) == []
