"""A message that somebody copied becomes an intake, and a private note becomes a line of an incident."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from desktop.models.incidents.records import Incident, IncidentLine
from desktop.models.incidents.states import Channel
from desktop.operations.incidents.intake import open_incident
from desktop.operations.incidents.lines import add_quick_note, quick_notes
from desktop.operations.incidents.values import IncidentRef, IntakeDraft
from desktop.views.icons import Icons
from desktop.views.incidents.central import CentralPage
from desktop.views.incidents.chooser import Chooser
from desktop.views.incidents.notes import QuickNotes, note_orders
from desktop.views.incidents.paste import paste_orders
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.desks import Desk, furnish, open_desk, write
from tests.support.keys import press
from tests.support.stations import open_station

MESSAGE = "[16-03-26 13:40] Rosa Muñoz: Hola, hay una pelea con cuchillo en Picarte 1120, vengan. Mi fono es 987654321"
WITHOUT_STREET = "https://maps.google.com/?q=-39.8142,-73.2458 aquí hay un perro herido"
completes = pytest.mark.qt_log_ignore("This plugin does not support")
"""The off-screen platform cannot raise the pop-up of a completer."""


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, theme: Theme, icons: Icons) -> Iterator[Desk[CentralPage]]:
    with open_station(tmp_path) as station:
        furnish(station)
        opened = open_desk(qtbot, station, theme, icons, CentralPage, tmp_path / "papers")
        opened.services.commands.add(
            *paste_orders(opened.services),
            *note_orders(opened.services, opened.window, lambda: current(opened)),
        )
        yield opened
        QGuiApplication.clipboard().clear()
        opened.close(qtbot)


def current(desk: Desk[CentralPage]) -> UUID | None:
    view = desk.page.current
    return None if view is None else view.id


def focused(desk: Desk[CentralPage]) -> QWidget:
    here = desk.window.focusWidget()
    assert here is not None
    return here


def paste(desk: Desk[CentralPage], text: str) -> IntakeDraft:
    QGuiApplication.clipboard().setText(text)
    press(focused(desk), "Ctrl+Shift+V")
    key, where = desk.opened[-1]
    assert key == "central"
    draft = where["intake"]
    assert isinstance(draft, IntakeDraft)
    return draft


def call(desk: Desk[CentralPage], qtbot: QtBot) -> IncidentRef:
    ref = desk.do(open_incident, IntakeDraft(narrative="ruidos molestos", address="Picarte 1120"))
    desk.settle(qtbot)
    return ref


def open_pad(desk: Desk[CentralPage], qtbot: QtBot) -> QuickNotes:
    press(focused(desk), "Ctrl+Shift+N")
    desk.settle(qtbot)
    return desk.window.findChildren(QuickNotes)[0]


@completes
def test_a_pasted_message_is_saved_with_two_keys(desk: Desk[CentralPage], qtbot: QtBot) -> None:
    draft = paste(desk, MESSAGE)
    desk.page.go_to(intake=draft)
    press(focused(desk), "Ctrl+Return")
    desk.settle(qtbot)

    (incident,) = desk.ask(lambda ctx: list(ctx.session.scalars(select(Incident))))
    assert "pelea con cuchillo" in (incident.narrative or "")
    assert incident.address == "Picarte 1120"
    assert incident.channel is Channel.WHATSAPP
    assert draft.phone == "+56987654321"


def test_an_older_message_says_its_time_because_the_intake_counts_from_now(desk: Desk[CentralPage]) -> None:
    assert "16-03-2026 13:40" in paste(desk, MESSAGE).narrative


def test_a_shared_place_without_a_street_is_kept_as_reference(desk: Desk[CentralPage]) -> None:
    draft = paste(desk, WITHOUT_STREET)

    assert "-39.8142" in draft.reference
    assert draft.lat == pytest.approx(-39.8142)


def test_an_empty_clipboard_is_said_and_opens_nothing(desk: Desk[CentralPage]) -> None:
    QGuiApplication.clipboard().clear()
    press(focused(desk), "Ctrl+Shift+V")

    assert desk.opened == []
    assert "No hay texto copiado" in desk.notices.toasts[-1][0]


def test_a_quick_note_is_written_and_only_its_author_sees_it(desk: Desk[CentralPage], qtbot: QtBot) -> None:
    pad = open_pad(desk, qtbot)
    assert pad.input.hasFocus()
    write(pad.input, "Llamar al taller por M22")

    press(pad.input, "Return")
    desk.settle(qtbot)

    assert pad.input.text() == ""
    assert [note.text for note in desk.ask(quick_notes)] == ["Llamar al taller por M22"]
    assert problems(pad) == []


def test_a_note_moves_into_the_incident_on_screen_with_two_keys(
    desk: Desk[CentralPage], qtbot: QtBot
) -> None:
    call(desk, qtbot)
    ref = call(desk, qtbot)
    desk.page.show_incident(ref.id)
    desk.do(add_quick_note, "vecino ofrece cámara")
    desk.settle(qtbot)
    pad = open_pad(desk, qtbot)

    press(pad.input, "Down")
    assert pad.list.hasFocus()
    press(pad.list, "Return")
    desk.settle(qtbot)
    (sheet,) = desk.window.findChildren(Chooser)
    press(sheet.filter, "Return")
    desk.settle(qtbot)

    lines = desk.ask(
        lambda ctx: list(
            ctx.session.scalars(select(IncidentLine.text).where(IncidentLine.incident_id == ref.id))
        )
    )
    assert "vecino ofrece cámara" in lines
    assert desk.ask(quick_notes) == ()


def test_an_empty_note_is_refused_beside_its_field(desk: Desk[CentralPage], qtbot: QtBot) -> None:
    pad = open_pad(desk, qtbot)

    press(pad.input, "Return")
    desk.settle(qtbot)

    assert pad.field.error == "Escriba la nota."


def test_what_was_being_typed_waits_for_the_next_opening(desk: Desk[CentralPage], qtbot: QtBot) -> None:
    pad = open_pad(desk, qtbot)
    write(pad.input, "a medias")
    press(pad.input, "Esc")
    desk.settle(qtbot)

    assert open_pad(desk, qtbot).input.text() == "a medias"


def test_a_discarded_note_can_be_written_again(desk: Desk[CentralPage], qtbot: QtBot) -> None:
    desk.do(add_quick_note, "borrable")
    pad = open_pad(desk, qtbot)
    press(pad.input, "Down")
    press(pad.list, "Del")
    desk.settle(qtbot)
    assert desk.ask(quick_notes) == ()

    desk.notices.actions["undo"]()
    desk.settle(qtbot)

    assert [note.text for note in desk.ask(quick_notes)] == ["borrable"]
