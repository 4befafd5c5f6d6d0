"""The page of the exchange: a station alone, and stations of one municipality that carry by stick."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QTableWidget
from pytestqt.qtbot import QtBot

from desktop.core import vault
from desktop.models.roles import Role, rights_of
from desktop.operations.station import Station
from desktop.register.access import Action
from desktop.store.tables import JOURNAL
from desktop.sync.care import ExchangeCare, ExchangeOverview
from desktop.sync.lan.neighbours import Where
from desktop.sync.state import EXCHANGE
from desktop.sync.station import begin_neighbours, typed_addresses
from desktop.views.exchange.page import ExchangePage
from desktop.views.exchange.words import set_aside_words
from desktop.views.icons import Icons
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.desks import Desk, open_desk, write
from tests.support.joined import joined_municipality, signed_in
from tests.support.keys import press, wait_active
from tests.support.server import RunningServer
from tests.support.set_up_stations import QUICK_ARGON
from tests.support.work import add_incident

LOOPBACK = Where(lambda: ("127.0.0.1",), "127.0.0.1", 0)
Opener = Callable[[Station], Desk[ExchangePage]]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "_ARGON", QUICK_ARGON)


@pytest.fixture(scope="module")
def municipality(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, RunningServer]]:
    """A station set up alone, one enrolled, and another that joined; the server runs."""
    folder = tmp_path_factory.mktemp("municipio")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "_ARGON", QUICK_ARGON)
        with joined_municipality(folder) as server:
            yield folder, server


@pytest.fixture
def stations(municipality: tuple[Path, RunningServer], tmp_path: Path) -> Iterator[dict[str, Station]]:
    with signed_in(municipality[0], tmp_path) as made:
        yield made


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def opener(qtbot: QtBot, theme: Theme, icons: Icons, tmp_path: Path, told: list[str]) -> Iterator[Opener]:
    desks: list[Desk[ExchangePage]] = []

    def make(station: Station) -> Desk[ExchangePage]:
        def page(services: object, _: object) -> ExchangePage:
            return ExchangePage(services, ExchangeCare(station), lambda: told.append("enrolled"))  # type: ignore[arg-type]

        desk = open_desk(qtbot, station, theme, icons, page, tmp_path / "papeles")
        desks.append(desk)
        desk.settle(qtbot)
        return desk

    yield make
    for desk in desks:
        desk.close(qtbot)


def texts(table: QTableWidget) -> list[list[str]]:
    return [
        [getattr(table.item(row, column), "text", str)() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


def choose(desk: Desk[ExchangePage], qtbot: QtBot, key: str, path: Path) -> None:
    """Answer the dialog that a key opens."""
    wait_active(desk.window)
    press(desk.page.holders, key)
    qtbot.waitUntil(lambda: desk.page.findChild(QFileDialog) is not None)
    dialog = desk.page.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    desk.settle(qtbot)


def operations(station: Station) -> list[str]:
    return station.store.read(
        lambda session: [
            row[0]
            for row in session.connection().execute(JOURNAL.select().with_only_columns(JOURNAL.c.operation))
        ]
    ).result()


def test_addresses_of_neighbours_are_typed_and_kept(
    opener: Opener, stations: dict[str, Station], qtbot: QtBot
) -> None:
    desk = opener(stations["a"])
    page = desk.page
    wait_active(desk.window)
    press(page.holders, "Ctrl+Shift+D")
    qtbot.waitUntil(page.addresses.hasFocus)
    QTest.keyClicks(page.addresses, "192.168.1.20, sala.puerto.cl:9000")
    press(page.addresses, "Return")
    desk.settle(qtbot)
    assert page.addresses.text() == "192.168.1.20:8444 sala.puerto.cl:9000"
    assert "192.168.1.20:8444" in page.result.text()
    assert typed_addresses(stations["a"]) == ("192.168.1.20:8444", "sala.puerto.cl:9000")
    assert f"{EXCHANGE}.neighbours" in operations(stations["a"])

    page.addresses.setText("192.168.1.20:no")
    press(page.addresses, "Return")
    desk.settle(qtbot)
    assert "no es una dirección" in page.calling.errors["neighbours"]
    assert typed_addresses(stations["a"]) == ("192.168.1.20:8444", "sala.puerto.cl:9000")


def test_a_neighbour_with_a_line_is_named(
    opener: Opener, stations: dict[str, Station], qtbot: QtBot, told: list[str]
) -> None:
    near, far = (begin_neighbours(stations[one], lambda: None, LOOPBACK) for one in ("a", "b"))
    assert near is not None
    assert far is not None
    try:
        qtbot.waitUntil(lambda: bool(near.connected), timeout=30_000)
        desk = opener(stations["a"])
        desk.settle(qtbot)
        assert [row[3] for row in texts(desk.page.holders)] == ["", ""]
        desk.page._care = ExchangeCare(stations["a"], lambda: near)
        desk.page.reload()
        desk.settle(qtbot)
        assert [row[3] for row in texts(desk.page.holders)] == ["", "En línea por la LAN"]
        assert str(near.port) in desk.page.near.text()
    finally:
        near.close()
        far.close()


def test_a_station_alone_says_so_and_takes_a_code(
    opener: Opener, stations: dict[str, Station], tmp_path: Path, qtbot: QtBot, told: list[str]
) -> None:
    station = stations["sola"]
    desk = opener(station)
    page = desk.page
    assert "trabaja sola" in page.state.text()
    assert not page.holders.isVisible()
    assert page.first_focus() is page.code

    press(page.code, "Return")
    assert page.form.errors == {"code": "Escriba el código de inscripción."}
    write(page.code, "esto no es")
    press(page.code, "Return")
    desk.settle(qtbot)
    assert "no está bien escrito" in page.form.errors["code"]
    assert page.code.text() == "esto no es"

    with RunningServer(tmp_path / "servidor") as server:
        server.found()
        server.start()
        page.code.clear()
        write(page.code, server.code("La sola", station.identity.device))
        press(page.code, "Return")
        desk.settle(qtbot)
    assert told == ["enrolled"]
    assert "quedó inscrita" in page.result.text()
    assert page.holders.isVisible()
    assert not page.code.isVisible()
    assert page.code.text() == ""
    assert "Todavía no se ha intercambiado" in page.state.text()


def test_it_is_said_who_holds_what_and_what_is_only_here(
    opener: Opener, stations: dict[str, Station], qtbot: QtBot
) -> None:
    first = stations["a"]
    desk = opener(first)
    page = desk.page
    press(page.holders, "F5")
    desk.settle(qtbot)
    assert "El servidor confirmó todo" in page.state.text()
    assert page.nothing_only_here.isVisible()
    assert [row[:2] for row in texts(page.holders)] == [["Servidor municipal", ""], ["Central 2", "K2"]]

    add_incident(first.store, "Ruidos", lines=2)
    page.reload()
    desk.settle(qtbot)
    assert "Por enviar al servidor: 1." in page.state.text()
    assert ["Incidentes", "1"] in texts(page.only_here)
    assert problems(page) == []


def test_what_one_exports_another_imports_by_keyboard(
    opener: Opener, stations: dict[str, Station], qtbot: QtBot, tmp_path: Path
) -> None:
    first, second = stations["a"], stations["b"]
    add_incident(first.store, "Llega por USB")
    one = opener(first)
    choose(one, qtbot, "Ctrl+E", tmp_path / "uso")
    assert "para Central 2" in one.page.result.text()
    assert "uso.atalaya" in one.page.carried.text()

    two = opener(second)
    choose(two, qtbot, "Ctrl+I", tmp_path / "uso.atalaya")
    assert "De Central 1: " in two.page.result.text()
    assert "Último USB recibido" in two.page.carried.text()
    assert texts(two.page.holders)[1][0] == "Central 1"
    assert "según lo último que dijo" in texts(two.page.holders)[1][2]
    choose(two, qtbot, "Ctrl+I", tmp_path / "uso.atalaya")
    assert "0 anotaciones nuevas" in two.page.result.text()
    assert "exchange.export" in operations(first)
    assert "exchange.import" in operations(second)


def test_a_file_that_is_none_is_said_and_the_page_goes_on(
    opener: Opener, stations: dict[str, Station], qtbot: QtBot, tmp_path: Path
) -> None:
    desk = opener(stations["b"])
    (tmp_path / "carta.atalaya").write_text("no")
    choose(desk, qtbot, "Ctrl+I", tmp_path / "carta.atalaya")
    assert any("no es un archivo de intercambio" in text for text, _ in desk.notices.toasts)
    assert desk.page.import_button.isEnabled()
    assert not desk.page.result.isVisible()


def test_now_exchanges_with_the_server(opener: Opener, stations: dict[str, Station], qtbot: QtBot) -> None:
    desk = opener(stations["b"])
    press(desk.page.holders, "F5")
    desk.settle(qtbot)
    assert "Por enviar: 0" in desk.page.result.text()


@pytest.mark.parametrize("role", list(Role))
def test_whoever_is_on_shift_carries_and_only_the_administrator_enrols(role: Role) -> None:
    rights = rights_of([role])
    assert rights.may(Action.CREATE, EXCHANGE) == (role is Role.ADMINISTRATOR)
    if role in {Role.OPERATOR, Role.DISPATCHER, Role.SHIFT_SUPERVISOR}:
        assert rights.may(Action.EXPORT, EXCHANGE)
        assert rights.may(Action.IMPORT, EXCHANGE)


def test_what_was_set_aside_is_said_and_nothing_where_nothing_was() -> None:
    nothing = ExchangeOverview("Puerto", "servidor:8443", (), (), None, None)
    assert set_aside_words(nothing) == ""
    assert "no fueron aceptadas por el servidor municipal: 1.234." in set_aside_words(
        replace(nothing, denied=1234)
    )
    assert "con su autor y su hora: 7." in set_aside_words(replace(nothing, rewritten=7))
    assert "no sabe leer: 2." in set_aside_words(replace(nothing, unread=2))
    shown = set_aside_words(replace(nothing, altered_at=datetime(2026, 11, 2, 15, tzinfo=UTC)))
    assert "mostró menos de lo que ya había confirmado" in shown
    assert "faltan por llegar 40.000 anotaciones" in set_aside_words(replace(nothing, history=40_000))


def test_the_page_says_what_the_municipality_did_not_accept(
    opener: Opener, stations: dict[str, Station], qtbot: QtBot
) -> None:
    desk = opener(stations["a"])
    assert not desk.page.set_aside.isVisible()
    add = "INSERT INTO set_aside VALUES ('operaciones', 7, 1, x'00', x'00', 1, 0)"
    stations["a"].store.local(lambda connection: connection.exec_driver_sql(add)).result()
    desk.page.reload()
    desk.settle(qtbot)
    assert desk.page.set_aside.isVisible()
    assert "no fueron aceptadas por el servidor municipal" in desk.page.set_aside.text()
