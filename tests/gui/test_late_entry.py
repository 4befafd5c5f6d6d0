"""Paper cards typed after an outage, by keyboard alone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.models.catalogues import Street
from desktop.models.fleet import Unit
from desktop.models.incidents.records import Assignment, HazardNote, Incident, IncidentLine
from desktop.models.incidents.states import Channel, ClosingResult, IncidentStatus, PlaceSource, UnitStatus
from desktop.views.icons import Icons
from desktop.views.incidents.late_entry import LateEntryPage
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.desks import Desk, furnish, open_desk, write
from tests.support.keys import press
from tests.support.stations import open_station

completes = pytest.mark.qt_log_ignore("This plugin does not support")
"""The off-screen platform cannot raise the pop-up of a completer."""


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, theme: Theme, icons: Icons) -> Iterator[Desk[LateEntryPage]]:
    with open_station(tmp_path) as station:
        furnish(station)
        opened = open_desk(qtbot, station, theme, icons, LateEntryPage, tmp_path / "papers")
        yield opened
        opened.close(qtbot)


def focused(desk: Desk[LateEntryPage]) -> str:
    """Return the name of the field that has the keyboard."""
    form = desk.page.form
    here = desk.window.focusWidget()
    names = {id(editor): name for name, editor in (*form.lines.items(), *form.units.editors.items())}
    names |= {id(form.narrative): "narrative", id(form.notes): "notes", id(form.channel): "channel"}
    names |= {id(form.priority): "priority", id(form.result): "result"}
    return names[id(here)]


def keys(desk: Desk[LateEntryPage], *parts: str) -> None:
    """Type each text where the keyboard is, and go on with Enter."""
    for text in parts:
        here = desk.window.focusWidget()
        assert here is not None
        write(here, text)
        press(here, "Return")


def type_card(desk: Desk[LateEntryPage], time: str = "1105", place: str = "Picarte 1120") -> None:
    """Type a short card from the hour of the call to the units."""
    desk.page.form.start()
    keys(desk, time, "", "987654321", "Rosa", "pelea en la calle", place, "", "", "")


def incidents(desk: Desk[LateEntryPage]) -> list[Incident]:
    return desk.ask(lambda ctx: list(ctx.session.scalars(select(Incident).order_by(Incident.reported_at))))


@completes
def test_a_card_goes_from_the_hour_of_the_call_to_the_result_with_enter_alone(
    desk: Desk[LateEntryPage], qtbot: QtBot
) -> None:
    form = desk.page.form
    type_card(desk)
    assert focused(desk) == "unit0"
    keys(desk, "M21", "1107", "1109", "11:16", "1140", "")
    assert focused(desk) == "notes"
    write(form.notes, "1120 se calman")
    press(form.notes, "Return", "Return")
    keys(desk, "1142")
    form.result.setCurrentIndex(form.result.findData(ClosingResult.SOLVED.value))
    press(form.result, "Return")
    press(form.lines["result_note"], "Ctrl+S")
    desk.settle(qtbot)

    (incident,) = incidents(desk)
    assert incident.reported_at == datetime(2026, 3, 16, 14, 5, tzinfo=UTC)
    assert incident.is_late_entry is True
    assert incident.status is IncidentStatus.CLOSED
    assert incident.channel is Channel.PHONE
    (unit,) = desk.ask(lambda ctx: list(ctx.session.scalars(select(Assignment))))
    assert unit.on_scene_at == datetime(2026, 3, 16, 14, 16, tzinfo=UTC)
    lines = desk.ask(lambda ctx: list(ctx.session.scalars(select(IncidentLine.text))))
    assert "se calman" in lines


@completes
def test_twenty_cards_are_typed_one_after_the_other_and_saved_in_one_go(
    desk: Desk[LateEntryPage], qtbot: QtBot
) -> None:
    for number in range(20):
        if number:
            press(desk.page.form.lines["time"], "Ctrl+N")
        type_card(desk, f"{8 + number // 6:02}{number % 6}0", f"Picarte {100 + number}")

    press(desk.page.form.lines["time"], "Ctrl+S")
    desk.settle(qtbot)

    assert len(incidents(desk)) == 20
    assert not desk.page.cards[0].get("address")
    assert desk.notices.toasts[-1][0].startswith("20 tarjetas ingresadas")


@completes
def test_a_new_card_keeps_date_and_channel_and_the_last_enter_takes_one(desk: Desk[LateEntryPage]) -> None:
    form = desk.page.form
    form.lines["day"].setText("15-03-2026")
    form.channel.setCurrentIndex(form.channel.findData(Channel.RADIO.value))
    type_card(desk)
    form.lines["result_note"].setFocus()

    press(form.lines["result_note"], "Return")

    assert len(desk.page.cards) == 2
    assert form.lines["day"].text() == "15-03-2026"
    assert form.channel.currentData() == Channel.RADIO.value
    assert focused(desk) == "time"


@completes
def test_a_unit_after_midnight_belongs_to_the_next_day(desk: Desk[LateEntryPage], qtbot: QtBot) -> None:
    desk.page.form.lines["day"].setText("14-03-2026")
    type_card(desk, "2350")
    keys(desk, "M22", "2355", "0002", "0010", "0030")

    press(desk.page.form.lines["time"], "Ctrl+Return")
    desk.settle(qtbot)

    (unit,) = desk.ask(lambda ctx: list(ctx.session.scalars(select(Assignment))))
    assert unit.released_at == datetime(2026, 3, 15, 3, 30, tzinfo=UTC)


@completes
def test_a_card_takes_as_many_units_as_were_there_each_with_its_own_times(
    desk: Desk[LateEntryPage], qtbot: QtBot
) -> None:
    signs = [f"M{number}" for number in range(30, 37)]
    for sign in signs:
        desk.do(
            lambda ctx, sign=sign: ctx.add(
                Unit(callsign=sign, status=UnitStatus.AVAILABLE, status_at=ctx.now)
            )
        )
    type_card(desk)
    for place, sign in enumerate(signs):
        keys(desk, sign, "1107", "", f"11{10 + place}", f"11{40 + place}")
    assert focused(desk) == "unit7"
    keys(desk, "")
    assert focused(desk) == "notes"
    press(desk.page.form.notes, "Ctrl+N")
    press(desk.page.form.lines["time"], "Ctrl+PgUp")
    assert desk.page.form.units.editors["unit6_released_at"].text() == "1146"

    press(desk.page.form.lines["time"], "Ctrl+S")
    desk.settle(qtbot)

    found = desk.ask(lambda ctx: {row.callsign: row for row in ctx.session.scalars(select(Assignment))})
    assert sorted(found) == signs
    assert found["M36"].on_scene_at == datetime(2026, 3, 16, 14, 16, tzinfo=UTC)
    assert found["M36"].en_route_at is None
    assert found["M33"].released_at == datetime(2026, 3, 16, 14, 43, tzinfo=UTC)


@completes
def test_a_wrong_time_is_marked_in_the_row_of_its_unit_and_takes_the_keyboard(
    desk: Desk[LateEntryPage], qtbot: QtBot
) -> None:
    form = desk.page.form
    type_card(desk)
    keys(desk, "M21", "1107", "", "1110", "1130", "M22", "1108", "", "1050", "1131", "")

    press(form.notes, "Ctrl+S")
    desk.settle(qtbot)

    assert focused(desk) == "unit1_on_scene_at"
    assert form.fields["units"].error == "La hora de M22 va hacia atrás."
    marked = [name for name, editor in form.units.editors.items() if editor.property("invalid")]
    assert marked == ["unit1_on_scene_at"]
    wrong = form.units.editors["unit1_on_scene_at"]
    assert wrong.accessibleDescription() == "La hora de M22 va hacia atrás."

    wrong.selectAll()
    write(wrong, "1115")
    assert form.fields["units"].error == ""
    press(wrong, "Ctrl+S")
    desk.settle(qtbot)
    assert len(incidents(desk)) == 1


@completes
def test_times_without_a_unit_ask_which_one_it_was(desk: Desk[LateEntryPage], qtbot: QtBot) -> None:
    type_card(desk)
    write(desk.page.form.units.editors["unit1_assigned_at"], "1107")

    press(desk.page.form.notes, "Ctrl+S")
    desk.settle(qtbot)

    assert focused(desk) == "unit1"
    assert desk.page.form.fields["units"].error == "Escriba qué móvil es el de la fila 2."
    assert desk.page.form.units.editors["unit1_assigned_at"].text() == "1107"


def add_street(desk: Desk[LateEntryPage]) -> None:
    points = ((100, -39.81, -73.24), (1200, -39.82, -73.25))
    desk.do(lambda ctx: ctx.add(Street(name="Avenida Ramón Picarte", sector="Centro", points=points)))


@completes
def test_the_address_is_completed_from_the_streets_and_brings_its_point(
    desk: Desk[LateEntryPage], qtbot: QtBot, theme: Theme, icons: Icons, tmp_path: Path
) -> None:
    add_street(desk)
    form = desk.page.form
    form.start()
    keys(desk, "1105", "", "", "", "pelea en la calle")
    write(form.lines["address"], "picarte 650")
    desk.settle(qtbot)
    popup = form.address.popup
    assert popup.isVisible()
    press(popup, "Down", "Return")
    assert form.lines["address"].text() == "Avenida Ramón Picarte 650"
    desk.settle(qtbot)
    assert not popup.isVisible()
    press(form.lines["address"], "Ctrl+N")
    press(form.lines["time"], "Ctrl+PgUp", "Ctrl+S")
    desk.settle(qtbot)

    (incident,) = incidents(desk)
    assert incident.address == "Avenida Ramón Picarte 650"
    assert incident.sector == "Centro"
    assert incident.place_source is PlaceSource.ADDRESS
    assert incident.lat is not None
    assert -39.82 < incident.lat < -39.81


@completes
def test_enter_on_no_proposal_keeps_what_was_written_and_goes_on_at_once(
    desk: Desk[LateEntryPage], qtbot: QtBot
) -> None:
    add_street(desk)
    form = desk.page.form
    form.start()
    keys(desk, "1105", "", "", "", "pelea en la calle")
    write(form.lines["address"], "picarte 650 interior")
    desk.settle(qtbot)
    popup = form.address.popup
    assert popup.isVisible()

    press(popup, "Return")

    assert not popup.isVisible()
    assert form.lines["address"].text() == "picarte 650 interior"
    assert focused(desk) == "reference"


@completes
def test_an_error_is_shown_beside_the_field_of_its_card_and_nothing_is_saved_or_lost(
    desk: Desk[LateEntryPage], qtbot: QtBot
) -> None:
    type_card(desk, "1100")
    keys(desk, "M99", "1105", "", "", "1110")
    press(desk.page.form.lines["time"], "Ctrl+N")
    type_card(desk, "1200", "Los Robles 44")

    press(desk.page.form.lines["time"], "Ctrl+S")
    desk.settle(qtbot)

    assert incidents(desk) == []
    assert desk.page.list.currentRow() == 0
    assert "M99" in desk.page.form.fields["units"].error
    assert desk.page.list.item(0).text().startswith("⚠")
    assert desk.page.cards[1]["address"] == "Los Robles 44"

    desk.page.form.units.editors["unit0"].setFocus()
    desk.page.form.units.editors["unit0"].selectAll()
    write(desk.page.form.units.editors["unit0"], "M21")
    press(desk.page.form.units.editors["unit0"], "Ctrl+S")
    desk.settle(qtbot)
    assert len(incidents(desk)) == 2


@completes
@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("time", "2590", "no existe"),
        ("time", "", "hora de la llamada"),
        ("day", "31-02-2026", "no existe"),
        ("closed_at", "mañana", "14:30"),
        ("type", "algo raro", "algo raro"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(
    desk: Desk[LateEntryPage], qtbot: QtBot, field: str, text: str, says: str
) -> None:
    type_card(desk)
    editor = desk.page.form.lines[field]
    editor.setFocus()
    editor.selectAll()
    press(editor, "Del")
    write(editor, text)

    press(editor, "Ctrl+S")
    desk.settle(qtbot)

    assert says in desk.page.form.fields[field].error
    assert editor.text() == text
    assert incidents(desk) == []


@completes
def test_a_warning_of_the_place_is_read_before_its_card_is_saved(
    desk: Desk[LateEntryPage], qtbot: QtBot
) -> None:
    desk.do(lambda ctx: ctx.add(HazardNote(phone="+56987654321", text="Perro bravo suelto")))
    type_card(desk)
    address = desk.page.form.fields["address"]

    press(desk.page.form.lines["time"], "Ctrl+S")
    desk.settle(qtbot)
    assert incidents(desk) == []
    assert "Perro bravo suelto" in address.error

    press(desk.page.form.lines["address"], "Ctrl+S")
    desk.settle(qtbot)
    assert len(incidents(desk)) == 1


@completes
def test_one_card_is_saved_and_the_others_wait(desk: Desk[LateEntryPage], qtbot: QtBot) -> None:
    type_card(desk, "1000", "Picarte 1")
    press(desk.page.form.lines["time"], "Ctrl+N")
    type_card(desk, "1010", "Picarte 2")

    press(desk.page.form.narrative, "Ctrl+Return")
    desk.settle(qtbot)

    assert [incident.address for incident in incidents(desk)] == ["Picarte 2"]
    assert [card["address"] for card in desk.page.cards] == ["Picarte 1"]


@completes
def test_the_type_is_proposed_from_the_words_and_a_chosen_one_stays(
    desk: Desk[LateEntryPage], qtbot: QtBot
) -> None:
    form = desk.page.form
    form.start()
    form.type.use_types({"C01": "Ruidos molestos", "Z99": "Otro"})
    form.lines["type"].setFocus()
    write(form.lines["type"], "Z99")
    form.narrative.setFocus()
    write(form.narrative, "ruidos molestos, fiesta")
    qtbot.wait(200)
    desk.settle(qtbot)

    assert form.lines["type"].text() == "Z99"


@completes
def test_cards_that_were_not_saved_come_back_after_a_crash(
    desk: Desk[LateEntryPage], qtbot: QtBot, theme: Theme, icons: Icons, tmp_path: Path
) -> None:
    type_card(desk, "1100", "Picarte 1")
    press(desk.page.form.lines["time"], "Ctrl+N")
    type_card(desk, "1105", "Picarte 2")
    desk.services.drafts.save_all()

    again = open_desk(
        qtbot,
        desk.station,
        theme,
        icons,
        LateEntryPage,
        tmp_path / "papers",
        memory=desk.services.memory,
    )

    assert [card["address"] for card in again.page.cards] == ["Picarte 1", "Picarte 2"]
    again.close(qtbot)


@completes
def test_a_removed_card_can_be_taken_back(desk: Desk[LateEntryPage]) -> None:
    type_card(desk)
    press(desk.page.form.lines["time"], "Ctrl+D")
    assert desk.page.cards[0].get("address", "") == ""

    desk.notices.actions["undo"]()

    assert "Picarte 1120" in [card.get("address") for card in desk.page.cards]


def test_nothing_written_saves_nothing_and_says_so(desk: Desk[LateEntryPage], qtbot: QtBot) -> None:
    press(desk.page.form.lines["time"], "Ctrl+S")
    desk.settle(qtbot)

    assert desk.notices.toasts[-1][0] == "Escriba primero una tarjeta."
    assert incidents(desk) == []


def test_blank_cards_are_printed(desk: Desk[LateEntryPage], qtbot: QtBot) -> None:
    press(desk.page.form.lines["time"], "Ctrl+P")
    qtbot.waitUntil(lambda: bool(desk.files), timeout=20_000)

    assert desk.files[0].read_bytes().startswith(b"%PDF")


def test_every_control_has_a_name_and_is_reached(desk: Desk[LateEntryPage]) -> None:
    assert problems(desk.page) == []
