"""Acts of the central by their keys: units, referrals, people, calls without incident, choosers that wait."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.models.fleet import Unit
from desktop.models.incidents.records import Call, Incident, IncidentLine
from desktop.models.incidents.states import CallResult, IncidentStatus, ReferralStatus, UnitStatus
from desktop.operations.incidents.dispatch import assign_units
from desktop.operations.incidents.intake import open_incident
from desktop.operations.incidents.nearby import recommended_units
from desktop.operations.incidents.people import add_person, add_vehicle
from desktop.operations.incidents.queue import units_board
from desktop.operations.incidents.referrals import refer, services
from desktop.operations.incidents.values import (
    IncidentView,
    IntakeDraft,
    PersonDraft,
    VehicleDraft,
)
from desktop.operations.seed import seed_catalogues
from desktop.views.icons import Icons
from desktop.views.incidents import actions_units
from desktop.views.incidents.bar import central_orders
from desktop.views.incidents.central import CentralPage
from desktop.views.incidents.chooser import Chooser, Option, ask
from desktop.views.incidents.sheet import FormSheet
from desktop.views.orders import Call as Typed
from desktop.views.theme import Theme
from tests.support.accessibility import nameless
from tests.support.desks import Desk, furnish, open_desk, write
from tests.support.keys import press, wait_active
from tests.support.stations import open_station

Central = Desk[CentralPage]


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, theme: Theme, icons: Icons) -> Iterator[Central]:
    """Open the central on one incident, with the keyboard in the queue."""
    with open_station(tmp_path) as station:
        furnish(station)
        station.write(seed_catalogues).result()
        opened = open_desk(qtbot, station, theme, icons, CentralPage, tmp_path / "papers")
        ref = opened.do(open_incident, IntakeDraft(narrative="Choque con lesionados", address="Arauco 500"))
        opened.page.show_incident(ref.id)
        opened.settle(qtbot)
        opened.page.queue.take_keyboard()
        yield opened
        opened.close(qtbot)


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def current(desk: Central) -> IncidentView:
    view = desk.page.current
    assert view is not None
    return view


def lines(desk: Central) -> list[str]:
    return [line.text for line in current(desk).timeline]


def keys(desk: Central, qtbot: QtBot, *names: str) -> None:
    for name in names:
        press(focused(), name)
        desk.settle(qtbot)


def undo(desk: Central, qtbot: QtBot) -> None:
    desk.notices.actions["undo"]()
    desk.settle(qtbot)


def do(desk: Central, qtbot: QtBot, operation: Callable[..., Any], *args: Any) -> Any:
    made = desk.do(operation, *args)
    desk.settle(qtbot)
    return made


def units(desk: Central) -> dict[str, UUID]:
    return {row.callsign: row.id for row in desk.ask(units_board)}


def refer_to(desk: Central, qtbot: QtBot, *short_names: str) -> None:
    known = {service.short_name: service.id for service in desk.ask(services)}
    for name in short_names:
        do(desk, qtbot, refer, current(desk).id, known[name])


# --- Units -------------------------------------------------------------------------------------------------------


def test_some_of_the_units_are_freed_and_the_others_stay(desk: Central, qtbot: QtBot) -> None:
    do(desk, qtbot, assign_units, current(desk).id, list(units(desk).values()))
    desk.page.queue.take_keyboard()
    keys(desk, qtbot, "Shift+F7", "Space", "Return")

    assert {unit.callsign: unit.is_active for unit in current(desk).assignments} == {
        "M21": False,
        "M22": True,
    }
    assert "M21 disponible" in lines(desk)
    assert "M21 queda disponible" in desk.notices.toasts[-1][0]


def test_an_incident_without_units_says_that_there_is_nobody_to_free(desk: Central, qtbot: QtBot) -> None:
    keys(desk, qtbot, "Shift+F7")

    assert "no tiene móviles" in desk.notices.toasts[-1][0]


def test_no_unit_is_an_alert_of_one_key_that_can_be_taken_back(desk: Central, qtbot: QtBot) -> None:
    before = current(desk).status
    keys(desk, qtbot, "Shift+F6")
    assert current(desk).no_unit_since is not None
    assert current(desk).status is IncidentStatus.WAITING
    assert "Sin móvil disponible" in lines(desk)

    undo(desk, qtbot)

    assert current(desk).no_unit_since is None
    assert current(desk).status is before
    assert "Se retira la alerta «Sin móvil disponible»" in lines(desk)


def test_a_second_alert_is_refused_with_its_reason(desk: Central, qtbot: QtBot) -> None:
    keys(desk, qtbot, "Shift+F6", "Shift+F6")

    assert "ya espera un móvil" in desk.notices.toasts[-1][0]
    assert lines(desk).count("Sin móvil disponible") == 1


def test_the_crew_of_the_unit_on_the_incident_is_written_and_taken_back(desk: Central, qtbot: QtBot) -> None:
    do(desk, qtbot, assign_units, current(desk).id, [units(desk)["M21"]])
    desk.page.queue.take_keyboard()
    keys(desk, qtbot, "Ctrl+F6")
    write(focused(), "Díaz, Peña")
    keys(desk, qtbot, "Return")
    assert desk.row(Unit, units(desk)["M21"]).crew == "Díaz, Peña"
    assert "M21 va con Díaz, Peña" in lines(desk)

    undo(desk, qtbot)

    assert desk.row(Unit, units(desk)["M21"]).crew is None
    assert "M21 sin tripulación anotada" in lines(desk)


def test_the_crew_of_any_unit_of_the_fleet_is_written_without_an_incident(
    desk: Central, qtbot: QtBot
) -> None:
    keys(desk, qtbot, "Ctrl+F6")
    write(focused(), "M22")
    keys(desk, qtbot, "Return")
    write(focused(), "Soto")
    keys(desk, qtbot, "Return")

    assert desk.row(Unit, units(desk)["M22"]).crew == "Soto"
    assert desk.page.queue.list.hasFocus()


# --- Choosers that wait ------------------------------------------------------------------------------------------


class Held:
    """A reader that answers when it is let go."""

    def __init__(self, query: Callable[..., Any]) -> None:
        self.query = query
        self.gate = Event()

    def __call__(self, *args: Any) -> Any:
        assert self.gate.wait(30)
        return self.query(*args)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    held = Held(recommended_units)
    monkeypatch.setattr(actions_units, "recommended_units", held)
    yield held
    held.gate.set()


def test_keys_pressed_while_units_are_looked_for_stay_in_the_sheet(
    desk: Central, qtbot: QtBot, held: Held
) -> None:
    press(focused(), "F6")
    (sheet,) = desk.window.findChildren(Chooser)
    assert sheet.shown == ["Buscando móviles…"]
    write(focused(), "M22")
    press(focused(), "Return")
    assert sheet.isVisible()
    assert current(desk).assignments == ()

    held.gate.set()
    desk.settle(qtbot)
    assert [text.split()[0] for text in sheet.shown] == ["M22"]
    keys(desk, qtbot, "Return")

    assert [unit.callsign for unit in current(desk).assignments] == ["M22"]


def test_a_sheet_left_while_it_waits_does_not_come_back(desk: Central, qtbot: QtBot, held: Held) -> None:
    press(focused(), "F6")
    press(focused(), "Esc")
    held.gate.set()
    desk.settle(qtbot)

    assert not any(sheet.isVisible() for sheet in desk.window.findChildren(Chooser))
    assert current(desk).assignments == ()
    assert desk.page.queue.list.hasFocus()


def test_a_fleet_without_units_is_said_in_the_sheet_and_enter_takes_nothing(
    desk: Central, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions_units, "recommended_units", lambda *_: ())
    keys(desk, qtbot, "F6")
    (sheet,) = desk.window.findChildren(Chooser)
    keys(desk, qtbot, "Return")

    assert sheet.shown == ["Ningún móvil puede salir. Con Shift+F6 queda la alerta."]
    assert sheet.isVisible()


def test_a_digit_typed_before_the_services_are_there_leads_to_its_service(
    desk: Central, qtbot: QtBot
) -> None:
    gate = Event()
    busy = [desk.station.read(lambda _: gate.wait(30)) for _ in range(8)]
    press(focused(), "F8")
    (sheet,) = desk.window.findChildren(Chooser)
    press(focused(), "2")
    gate.set()
    for work in busy:
        work.result()
    desk.settle(qtbot)
    wanted = sheet.list.currentItem().text()
    assert sheet.list.currentRow() == 1
    keys(desk, qtbot, "Return")

    (referral,) = current(desk).referrals
    assert referral.service_name in wanted


def test_one_sheet_over_another_gives_the_keyboard_back_to_the_page(desk: Central, qtbot: QtBot) -> None:
    keys(desk, qtbot, "F9", "F3", "Esc")

    assert desk.page.queue.list.hasFocus()


def test_a_long_list_stays_inside_a_small_window_with_its_line_of_keys(qtbot: QtBot, theme: Theme) -> None:
    theme.use("dark")
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(500, 380)
    window.show()
    wait_active(window)
    options = [Option(number, f"Resultado {number}") for number in range(20)]
    sheet = ask(
        window, "Cerrar", options, lambda _: None, hint="Quedan disponibles: M21", note_title="Detalle"
    )

    assert window.rect().contains(sheet.geometry())
    assert sheet.list.visualItemRect(sheet.list.item(0)).height() <= sheet.list.height()
    sheet.leave()


# --- Referrals ---------------------------------------------------------------------------------------------------


def test_a_referral_is_followed_from_its_arrival_to_its_result(desk: Central, qtbot: QtBot) -> None:
    refer_to(desk, qtbot, "133")
    desk.page.queue.take_keyboard()
    keys(desk, qtbot, "Ctrl+F8", "1", "Return")
    assert current(desk).referrals[0].status is ReferralStatus.ARRIVED

    keys(desk, qtbot, "Ctrl+F8", "2")
    write(focused(), "Dos detenidos")
    keys(desk, qtbot, "Return")

    (referral,) = current(desk).referrals
    assert (referral.status, referral.result) == (ReferralStatus.DONE, "Dos detenidos")
    assert any(text.endswith("concluye · Dos detenidos") for text in lines(desk))


def test_a_wrong_hour_of_arrival_is_said_beside_its_field_and_stays_typed(
    desk: Central, qtbot: QtBot
) -> None:
    refer_to(desk, qtbot, "133")
    desk.page.queue.take_keyboard()
    keys(desk, qtbot, "Ctrl+F8", "1")
    (sheet,) = desk.window.findChildren(FormSheet)
    write(focused(), "99:99")
    keys(desk, qtbot, "Return")

    assert set(sheet.form.errors) == {"at"}
    assert sheet.values()["at"] == "99:99"
    assert current(desk).referrals[0].status is ReferralStatus.REQUESTED
    keys(desk, qtbot, "Esc")


@pytest.mark.parametrize(
    ("digit", "status"), [("3", ReferralStatus.REFUSED), ("4", ReferralStatus.CANCELLED)]
)
def test_a_refusal_and_a_withdrawal_need_their_reason(
    desk: Central, qtbot: QtBot, digit: str, status: ReferralStatus
) -> None:
    refer_to(desk, qtbot, "133", "132")
    desk.page.queue.take_keyboard()
    keys(desk, qtbot, "Ctrl+F8", "2", digit, "Return")
    (sheet,) = desk.window.findChildren(FormSheet)
    assert list(sheet.form.errors.values()) in (["Escriba el motivo."], ["Escriba el resultado."])
    write(focused(), "Sin carros")
    keys(desk, qtbot, "Return")

    assert [item.status for item in current(desk).referrals] == [ReferralStatus.REQUESTED, status]
    assert any(text.endswith("Sin carros") for text in lines(desk))


def test_without_a_referral_under_way_it_is_said(desk: Central, qtbot: QtBot) -> None:
    keys(desk, qtbot, "Ctrl+F8")

    assert desk.notices.toasts[-1][0] == "No hay derivaciones en curso."


# --- People and vehicles -----------------------------------------------------------------------------------------


def test_a_person_is_corrected_and_the_correction_is_taken_back(desk: Central, qtbot: QtBot) -> None:
    draft = PersonDraft(full_name="Ana Cayún", phone="987654321", run="11.111.111-1")
    do(desk, qtbot, add_person, current(desk).id, draft)
    desk.page.queue.take_keyboard()
    keys(desk, qtbot, "Ctrl+M", "3", "Tab")
    write(focused(), " Ñanco")
    keys(desk, qtbot, "Return")
    (person,) = current(desk).people
    assert person.full_name is not None
    assert "Ñanco" in person.full_name
    assert (person.phone, person.run) == ("+56987654321", "11111111-1")

    undo(desk, qtbot)

    assert [found.full_name for found in current(desk).people] == ["Ana Cayún"]
    assert sum(text.startswith("Se corrige") for text in lines(desk)) == 2


def test_one_of_several_vehicles_is_chosen_and_marked_as_stolen(desk: Central, qtbot: QtBot) -> None:
    for plate in ("BBCD12", "BBCD13"):
        do(desk, qtbot, add_vehicle, current(desk).id, VehicleDraft(plate=plate))
    desk.page.queue.take_keyboard()
    keys(desk, qtbot, "Ctrl+M", "4")
    keys(desk, qtbot, "Down", "Return", "Tab", "Tab", "Down", "Return")

    assert [vehicle.is_reported_stolen for vehicle in current(desk).vehicles] == [None, True]
    undo(desk, qtbot)
    assert [vehicle.is_reported_stolen for vehicle in current(desk).vehicles] == [None, None]


def test_nobody_to_correct_is_said(desk: Central, qtbot: QtBot) -> None:
    keys(desk, qtbot, "Ctrl+M", "3")

    assert "no tiene personas anotadas" in desk.notices.toasts[-1][0]


# --- Calls without incident --------------------------------------------------------------------------------------


def test_a_wrong_number_ends_as_a_call_and_no_incident(desk: Central, qtbot: QtBot) -> None:
    desk.page.open_intake()
    write(desk.page.intake.narrative, "Busca una farmacia")
    keys(desk, qtbot, "Ctrl+F9", "4")

    (call,) = desk.ask(lambda ctx: list(ctx.session.query(Call).filter(Call.incident_id.is_(None))))
    assert (call.result, call.text) == (CallResult.WRONG_NUMBER, "Busca una farmacia")
    assert desk.ask(lambda ctx: ctx.session.query(Incident).count()) == 1
    assert call.code in desk.notices.toasts[-1][0]
    assert desk.page.intake.is_empty
    assert not desk.page.is_taking_call()


def test_a_wrong_phone_brings_the_call_back_with_what_was_typed(desk: Central, qtbot: QtBot) -> None:
    desk.page.open_intake()
    write(desk.page.intake.narrative, "Broma")
    write(desk.page.intake.phone, "12")
    keys(desk, qtbot, "Ctrl+F9", "3")

    assert desk.page.is_taking_call()
    assert desk.page.intake.fields["phone"].error
    assert desk.page.intake.narrative.toPlainText() == "Broma"


def test_without_a_call_in_hand_there_is_none_to_end(desk: Central, qtbot: QtBot) -> None:
    keys(desk, qtbot, "Ctrl+F9")

    assert not desk.window.findChildren(Chooser)


# --- The bar -----------------------------------------------------------------------------------------------------


def order(desk: Central, qtbot: QtBot, verb: str, *values: str) -> list[str]:
    """Give an order of the bar; return what it answered."""
    said: list[str] = []
    command = next(found for found in central_orders(desk.services) if verb in found.words)
    assert command.order is not None
    command.order.run(Typed(tuple(values), said.append, said.append))
    desk.settle(qtbot)
    return said


def test_the_new_acts_are_orders_of_the_bar_too(desk: Central, qtbot: QtBot) -> None:
    number = current(desk).short
    assert order(desk, qtbot, "sin móvil", number) == [f"{number}: sin móvil disponible"]
    assert order(desk, qtbot, "tripulación", "M21", "Díaz, Peña") == ["M21: Díaz, Peña"]
    do(desk, qtbot, assign_units, current(desk).id, [units(desk)["M21"]])
    assert order(desk, qtbot, "liberar", "M21") == ["M21 queda disponible"]
    assert order(desk, qtbot, "liberar", "M21") == []
    assert desk.notices.toasts[-1][0] == "M21 no está en un incidente."

    assert desk.row(Unit, units(desk)["M21"]).status is UnitStatus.AVAILABLE
    texts = desk.ask(lambda ctx: [line.text for line in ctx.session.query(IncidentLine)])
    assert "Sin móvil disponible" in texts


def test_the_words_for_a_call_without_incident_find_its_command(desk: Central, qtbot: QtBot) -> None:
    desk.page.open_intake()
    desk.settle(qtbot)

    for word in ("broma", "equivocada", "sin incidente"):
        assert "central.end_call" in [found.id for found in desk.services.commands.find(word, desk.window)]


# --- Access ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["dark", "light", "contrast"])
def test_the_sheets_of_the_new_acts_can_be_read_aloud(
    desk: Central, qtbot: QtBot, theme: Theme, name: str
) -> None:
    theme.use(name)
    for key in ("Ctrl+F6", "F6", "Ctrl+M"):
        keys(desk, qtbot, key)
        sheets = [sheet for sheet in desk.window.findChildren(Chooser) if sheet.isVisible()]
        assert [nameless(sheet) for sheet in sheets] == [[]]
        keys(desk, qtbot, "Esc")
