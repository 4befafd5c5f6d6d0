"""The audit page over a real station: found by keys, shown before and after, exported, and never more than allowed."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from desktop.core.ids import radio_code
from desktop.models.incidents.records import Incident
from desktop.models.incidents.register import INCIDENTS
from desktop.models.people import StaffMember, User
from desktop.models.roles import Role
from desktop.operations.audit import Act, AuditQuery, audit_lines
from desktop.operations.context import Context
from desktop.operations.registers import edit, open_confidential
from desktop.register.record import Confidentiality
from desktop.views.audit.page import AuditPage
from desktop.views.icons import Icons
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.desks import Desk, open_desk, write
from tests.support.keys import press
from tests.support.stations import SUPERVISOR, open_station, somebody

AUDITOR = somebody(Role.AUDITOR, number=20, name="Raúl Cárcamo")
OPEN, GUARDED = UUID(int=101), UUID(int=102)


def fill(ctx: Context) -> None:
    for number, name, role in ((7, "Marta Soto", "shift_supervisor"), (20, "Raúl Cárcamo", "auditor")):
        ctx.add(User(id=UUID(int=number), username=name.split()[0], full_name=name, roles=(role,)))
    ctx.add(
        Incident(
            id=OPEN,
            code=radio_code("INC", 2026, "K7", 1),
            narrative="Ruidos molestos",
            reported_at=ctx.now,
        )
    )
    ctx.add(
        Incident(
            id=GUARDED,
            code=radio_code("INC", 2026, "K7", 2),
            narrative="Denuncia de Huenchumán",
            reported_at=ctx.now,
            confidentiality=Confidentiality.RESERVED,
        )
    )


def change(ctx: Context) -> None:
    edit(ctx, INCIDENTS, OPEN, {"narrative": "Ruidos y música"}, seen={})


def look(ctx: Context) -> None:
    open_confidential(ctx, INCIDENTS, GUARDED, "Pedido de fiscalía")


def many(ctx: Context) -> None:
    ctx.add(StaffMember(full_name="Persona"))


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, theme: Theme, icons: Icons) -> Iterator[Desk[AuditPage]]:
    with open_station(tmp_path) as station:
        for operation in (fill, look, change):
            station.write(operation).result()
        station.seat(AUDITOR)
        opened = open_desk(
            qtbot,
            station,
            theme,
            icons,
            lambda services, _: AuditPage(services, station),
            tmp_path / "papers",
        )
        opened.settle(qtbot)
        yield opened
        opened.close(qtbot)


def acts(page: AuditPage) -> list[str]:
    return [str(page.model.index(place, 2).data()) for place in range(page.model.rowCount())]


def choose(desk: Desk[AuditPage], qtbot: QtBot, title: str) -> None:
    press(desk.page.table, "Home")
    for _ in range(acts(desk.page).index(title)):
        press(desk.page.table, "Down")
    desk.settle(qtbot)


def test_opening_the_page_shows_the_newest_first_and_is_itself_the_newest(desk: Desk[AuditPage]) -> None:
    assert acts(desk.page)[0] == "Consulta de la auditoría"
    assert acts(desk.page)[1] == "Modificación"
    assert desk.page.count.text() == f"{len(desk.page.model.ids)} líneas"


def test_a_chosen_line_shows_before_and_after_its_seal_and_opens_its_record(
    desk: Desk[AuditPage], qtbot: QtBot
) -> None:
    choose(desk, qtbot, "Modificación")

    words = desk.page.detail.words()
    assert "Ruidos molestos → Ruidos y música" in words
    assert "Marta Soto" in words
    (line,) = desk.ask(audit_lines, AuditQuery(act=Act.CHANGE)).lines
    assert line.hash[:16] in words
    assert line.prev[:16] in words
    press(desk.page.table, "Ctrl+O")
    assert desk.opened == [("incidents", {"record": OPEN})]


def test_a_confidential_record_shows_that_it_was_opened_and_none_of_its_words(
    desk: Desk[AuditPage], qtbot: QtBot
) -> None:
    choose(desk, qtbot, "Apertura de registro reservado")

    words = desk.page.detail.words()
    assert "Pedido de fiscalía" in words
    assert "Huenchumán" not in words
    assert "Su rol no permite ver aquí el contenido" in words


def test_words_and_lists_narrow_what_is_shown(desk: Desk[AuditPage], qtbot: QtBot) -> None:
    page = desk.page
    page.filters.words.setFocus()
    write(page.filters.words, "música")
    press(page.filters.words, "Return")
    desk.settle(qtbot)
    assert acts(page) == ["Modificación"]

    press(page, "Ctrl+Shift+L")
    page.filters.act.setFocus()
    while page.filters.act.currentData() is not Act.READ:
        press(page.filters.act, "Down")
    press(page, "F5")
    desk.settle(qtbot)
    assert acts(page) == ["Apertura de registro reservado"]


def test_a_search_without_result_says_what_to_do(desk: Desk[AuditPage], qtbot: QtBot) -> None:
    desk.page.filters.words.setFocus()
    write(desk.page.filters.words, "huenchuman")
    press(desk.page.filters.words, "Return")
    desk.settle(qtbot)

    assert desk.page.count.text() == "0 líneas"
    assert not desk.page.table.isVisible()


def test_a_date_that_cannot_be_read_is_said_and_kept(desk: Desk[AuditPage], qtbot: QtBot) -> None:
    shown = acts(desk.page)
    desk.page.filters.since.setText("ayer por la tarde")
    press(desk.page.filters.since, "Return")
    desk.settle(qtbot)

    assert desk.page.filters.error
    assert desk.page.filters.since.text() == "ayer por la tarde"
    assert acts(desk.page) == shown


def test_an_export_holds_the_lines_on_screen_and_says_its_hash(
    desk: Desk[AuditPage], qtbot: QtBot, tmp_path: Path
) -> None:
    shown = list(desk.page.model.ids)
    desk.page.export_to(tmp_path / "auditoria.json")
    desk.settle(qtbot)

    assert [one["line"] for one in json.loads((tmp_path / "auditoria.json").read_text("utf-8"))] == shown
    assert "SHA-256" in desk.notices.toasts[-1][0]


def test_a_list_longer_than_a_screen_is_read_to_its_end(desk: Desk[AuditPage], qtbot: QtBot) -> None:
    for _ in range(260):
        desk.station.write_as(SUPERVISOR, many).result()
    press(desk.page, "F5")
    desk.settle(qtbot)
    whole = desk.ask(audit_lines, AuditQuery(), limit=1_000).lines

    assert list(desk.page.model.ids) == [line.place.n for line in whole]
    press(desk.page.table, "End")
    desk.settle(qtbot)
    assert desk.page.table.currentIndex().row() == len(whole) - 1
    assert whole[-1].title in desk.page.detail.words()


@pytest.mark.parametrize("size", [(1118, 686), (712, 440)])
def test_every_control_has_a_name_and_is_reached(
    desk: Desk[AuditPage], qtbot: QtBot, size: tuple[int, int]
) -> None:
    desk.window.resize(*size)
    choose(desk, qtbot, "Modificación")

    assert problems(desk.page) == []
