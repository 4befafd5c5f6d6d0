"""The mark of a record: whether the server has it, who else does, and what two stations wrote of it apart."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.core import vault
from desktop.models.catalogue import BY_KEY
from desktop.models.incidents.records import Incident
from desktop.operations.station import Station
from desktop.store.unit_of_work import UnitOfWork
from desktop.sync.bundle_parts import NoProgress
from desktop.sync.care import ExchangeCare
from desktop.sync.station import exchange_once
from desktop.views.icons import Icons
from desktop.views.incidents.central import CentralPage
from desktop.views.register.doors import Doors
from desktop.views.register.record_panel import RecordPanel
from desktop.views.reports.printing import PrintDesk
from desktop.views.services import Services
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.core_peer import add_operator
from tests.support.desks import Desk, open_desk
from tests.support.joined import joined_municipality, signed_in
from tests.support.profiles import OPERATOR
from tests.support.set_up_stations import QUICK_ARGON
from tests.support.work import add_incident, add_member, change_member

Page = TypeVar("Page", bound=QWidget)
STAFF = BY_KEY["staff"]


@pytest.fixture
def stations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Station]]:
    monkeypatch.setattr(vault, "_ARGON", QUICK_ARGON)
    with joined_municipality(tmp_path / "hechas"), signed_in(tmp_path / "hechas", tmp_path) as made:
        add_operator(made["a"].store)
        exchange_once(made["a"])
        exchange_once(made["b"])
        yield made


@pytest.fixture
def opener(
    qtbot: QtBot, theme: Theme, icons: Icons, tmp_path: Path
) -> Iterator[Callable[..., Desk[QWidget]]]:
    desks = []

    def make(station: Station, page: Callable[[Services, PrintDesk], QWidget]) -> Desk[QWidget]:
        desk = open_desk(qtbot, station, theme, icons, page, tmp_path / "papeles")
        desks.append(desk)
        return desk

    yield make
    for desk in desks:
        desk.close(qtbot)


def told(desk: Desk[Page], qtbot: QtBot) -> None:
    """Say what the exchange of the running program says after each round."""
    desk.services.events.exchanged.emit()
    desk.settle(qtbot)


def carry(giver: Station, taker: Station, path: Path) -> None:
    ExchangeCare(giver).export(path, NoProgress())
    ExchangeCare(taker).take(path, NoProgress())


def change_narrative(station: Station, incident: UUID, text: str) -> None:
    def body(unit: UnitOfWork) -> None:
        unit.session.get_one(Incident, incident).narrative = text

    station.store.write(OPERATOR, "incidents.edit", body).result()


def test_an_incident_says_who_has_all_of_it(
    stations: dict[str, Station], opener: Callable[..., Desk[CentralPage]], qtbot: QtBot, tmp_path: Path
) -> None:
    first, second = stations["a"], stations["b"]
    desk = opener(first, CentralPage)
    mark = desk.page.console.standing
    incident = add_incident(first.store, "Ruidos molestos", lines=2)
    desk.page.show_incident(incident)
    desk.settle(qtbot)
    assert mark.words == ("Solo en esta estación",)

    carry(first, second, tmp_path / "ida.atalaya")
    carry(second, first, tmp_path / "vuelta.atalaya")
    told(desk, qtbot)
    assert mark.words == ("Aún no en el servidor; también en Central 2",)

    exchange_once(first)
    told(desk, qtbot)
    assert mark.words == ("En el servidor",)
    assert mark.isVisible()
    assert problems(desk.page) == []

    change_narrative(first, incident, "Ruidos molestos y gritos")
    desk.settle(qtbot)
    assert mark.words == ("Solo en esta estación",)


def test_what_two_wrote_apart_is_on_the_record_until_it_is_decided(
    stations: dict[str, Station], opener: Callable[..., Desk[RecordPanel]], qtbot: QtBot
) -> None:
    first, second = stations["a"], stations["b"]
    member = add_member(first.store, "José Ñanco", phone="+56911111111")
    exchange_once(first)
    exchange_once(second)
    change_member(first.store, member, phone="+56922222222")
    change_member(second.store, member, phone="+56933333333")
    exchange_once(first)
    exchange_once(second)
    exchange_once(first)
    desk = opener(first, lambda services, _: RecordPanel(services, STAFF, Doors()))
    desk.page.open(member)
    desk.settle(qtbot)
    mark = desk.page.header.standing
    assert list(mark.words) == ["1 dato por decidir", "En el servidor"]

    change_member(first.store, member, phone="+56922222222")
    change_member(first.store, member, phone="+56944444444")
    desk.settle(qtbot)
    assert list(mark.words) == ["Solo en esta estación"]


def test_a_station_that_works_alone_marks_nothing(
    stations: dict[str, Station], opener: Callable[..., Desk[CentralPage]], qtbot: QtBot
) -> None:
    alone = stations["sola"]
    desk = opener(alone, CentralPage)
    desk.page.show_incident(add_incident(alone.store, "Ruidos"))
    desk.settle(qtbot)
    assert desk.page.console.standing.words == ()
    assert not desk.page.console.standing.isVisible()
