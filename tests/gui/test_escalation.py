"""What nobody dispatched is in the queue, in a banner and on a key, until somebody takes it (R77)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.jobs.escalation import EscalationJob
from desktop.models.incidents.records import IncidentLine
from desktop.models.incidents.states import LineKind
from desktop.models.roles import Role
from desktop.operations.incidents.dispatch import assign_units
from desktop.operations.incidents.intake import open_incident
from desktop.operations.incidents.queue import units_board
from desktop.operations.incidents.values import IncidentRef, IntakeDraft
from desktop.operations.seed import seed_catalogues
from desktop.operations.station import Station
from desktop.views.icons import Icons
from desktop.views.incidents.central import CentralPage
from desktop.views.incidents.escalation import BANNER, EscalationWatch
from desktop.views.theme import Theme
from tests.support.clock import FakeClock
from tests.support.desks import Desk, furnish, open_desk
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

    def opened(role: Role = Role.SHIFT_SUPERVISOR) -> Desk[CentralPage]:
        station.seat(somebody(role))
        desk = open_desk(qtbot, station, theme, icons, CentralPage, tmp_path)
        watch = EscalationWatch(desk.services, desk.window)
        desk.services.commands.add(watch.order())
        desk.settle(qtbot)
        desks.append(desk)
        return desk

    yield opened
    for desk in desks:
        desk.close(qtbot)


def add(station: Station, narrative: str) -> IncidentRef:
    draft = IntakeDraft(narrative=narrative, address="Picarte 1120")
    return station.write(lambda ctx: open_incident(ctx, draft)).result()


def wait(station: Station, seconds: float) -> None:
    """Let time pass, and let the program do what it does by itself."""
    clock = station.clock
    assert isinstance(clock, FakeClock)
    clock.advance(seconds)
    EscalationJob(station).run()


def escalations(desk: Desk[CentralPage]) -> list[str]:
    return desk.ask(
        lambda ctx: [
            line.text for line in ctx.session.query(IncidentLine).filter_by(kind=LineKind.ESCALATION)
        ]
    )


def spoken(desk: Desk[CentralPage], row: int) -> str:
    return str(desk.page.queue.list.model().index(row, 0).data())


def test_the_banner_comes_by_itself_and_one_key_takes_it_and_shows_the_incident(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    desk = open_page()
    ref = add(station, "Asalto con cuchillo")
    wait(station, 119)
    desk.settle(qtbot)
    assert BANNER not in desk.notices.banners

    wait(station, 1)
    wait(station, 15)
    desk.settle(qtbot)
    assert desk.notices.banners[BANNER].startswith("Escalado a usted: 1 ")
    assert spoken(desk, 0).endswith("escalado")
    assert len(escalations(desk)) == 1

    press(desk.window, "Ctrl+Shift+T")
    desk.settle(qtbot)

    assert BANNER not in desk.notices.banners
    assert desk.opened == [("central", {"record": ref.id})]
    assert spoken(desk, 0).endswith("escalado, tomado")
    taken = desk.ask(
        lambda ctx: [
            (line.text, line.author_name)
            for line in ctx.session.query(IncidentLine).filter_by(kind=LineKind.ALARM)
        ]
    )
    assert [(text.split(":")[0], who) for text, who in taken] == [
        ("Escalamiento tomado", desk.services.actor.name)
    ]


def test_whoever_sits_there_without_a_supervisor_is_told_to_take_it(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    desk = open_page(Role.OPERATOR)
    add(station, "Asalto con cuchillo")
    add(station, "Choque con lesionados")
    wait(station, 3600)
    desk.settle(qtbot)

    assert "tómelo usted" in desk.notices.banners[BANNER]
    assert desk.notices.banners[BANNER].endswith("Hay 1 más.")
    press(desk.window, "Ctrl+Shift+T")
    desk.settle(qtbot)
    assert "más" not in desk.notices.banners[BANNER]


def test_the_banner_goes_when_a_unit_is_sent(open_page: Open, station: Station, qtbot: QtBot) -> None:
    desk = open_page()
    ref = add(station, "Asalto con cuchillo")
    wait(station, 130)
    desk.settle(qtbot)
    assert BANNER in desk.notices.banners

    desk.do(assign_units, ref.id, [desk.ask(units_board)[0].id])
    desk.settle(qtbot)

    assert BANNER not in desk.notices.banners
    assert "escalado" not in spoken(desk, 0)


def test_who_may_not_take_it_sees_the_mark_and_no_banner(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    add(station, "Asalto con cuchillo")
    wait(station, 130)
    desk = open_page(Role.ANALYST)

    assert spoken(desk, 0).endswith("escalado")
    assert BANNER not in desk.notices.banners
    press(desk.window, "Ctrl+Shift+T")
    desk.settle(qtbot)
    assert desk.opened == []


def test_the_banner_names_the_key_that_the_person_chose(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    desk = open_page()
    add(station, "Asalto con cuchillo")
    wait(station, 130)
    desk.settle(qtbot)
    assert "Tomar (Ctrl+Shift+T)" in desk.notices.actions

    desk.services.commands.use_keys({"central.take_escalation": "Ctrl+J"})

    assert "Tomar (Ctrl+J)" in desk.notices.actions


def test_an_escalation_moves_nothing_under_the_cursor(
    open_page: Open, station: Station, qtbot: QtBot
) -> None:
    for narrative in ("Ruidos molestos", "Asalto con cuchillo", "Choque con lesionados"):
        add(station, narrative)
    desk = open_page()
    desk.page.queue.take_keyboard()
    focused = QApplication.focusWidget()
    assert focused is desk.page.queue.list
    press(focused, "End")
    desk.settle(qtbot)
    before, at = [row.id for row in desk.page.queue.rows], desk.page.queue.current()

    wait(station, 3 * 3600)
    desk.settle(qtbot)

    assert all(row.escalated_at is not None for row in desk.page.queue.rows)
    assert [row.id for row in desk.page.queue.rows] == before
    assert desk.page.queue.current() == at
