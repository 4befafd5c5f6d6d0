"""The import page over a real station: the file is understood, tried, brought in and undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.models.incidents.records import Incident
from desktop.operations.seed import seed_catalogues
from desktop.views.icons import Icons
from desktop.views.imports.page import ImportPage
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.desks import Desk, open_desk, write
from tests.support.keys import press
from tests.support.stations import open_station

LOG = (
    "Folio;Fecha;Hora;Tipología;Dirección;Observación\r\n"
    "1;05-03-2026;14:32;Hurto;Picarte 1120;Le sacaron la cartera\r\n"
    "2;05-03-2026;25:99;Hurto;Picarte 1;hora mala\r\n"
)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, theme: Theme, icons: Icons) -> Iterator[Desk[ImportPage]]:
    with open_station(tmp_path) as station:
        station.write(seed_catalogues).result()
        opened = open_desk(
            qtbot,
            station,
            theme,
            icons,
            lambda services, _: ImportPage(services, station),
            tmp_path / "papers",
        )
        opened.settle(qtbot)
        yield opened
        opened.close(qtbot)


def choose(desk: Desk[ImportPage], qtbot: QtBot, path: Path) -> None:
    path.write_text(LOG, encoding="latin-1", newline="")
    write(desk.page.file, str(path))
    press(desk.page.file, "Return")
    desk.settle(qtbot)


def count(desk: Desk[ImportPage]) -> int:
    return int(desk.ask(lambda ctx: ctx.session.query(Incident).filter(Incident.voided_at.is_(None)).count()))


def test_columns_are_proposed_and_the_first_rows_are_shown(
    desk: Desk[ImportPage], qtbot: QtBot, tmp_path: Path
) -> None:
    choose(desk, qtbot, tmp_path / "log.csv")

    assert desk.page.columns["type"].currentData() == "Tipología"
    assert desk.page.columns["address"].currentData() == "Dirección"
    texts = [desk.page.samples.item(row).text() for row in range(desk.page.samples.count())]
    assert any("Picarte 1120" in text for text in texts)
    assert any("hora ilegible" in text for text in texts)
    assert count(desk) == 0


def test_a_file_is_tried_brought_in_and_undone(desk: Desk[ImportPage], qtbot: QtBot, tmp_path: Path) -> None:
    choose(desk, qtbot, tmp_path / "log.csv")
    press(desk.page.file, "F5")
    qtbot.waitUntil(lambda: "Prueba" in desk.page.said.text(), timeout=10_000)
    assert count(desk) == 0

    press(desk.page.file, "Ctrl+S")
    qtbot.waitUntil(lambda: "1 importadas" in desk.page.said.text() and "Prueba" not in desk.page.said.text())
    desk.settle(qtbot)
    assert count(desk) == 1
    assert (tmp_path / "log-rechazadas.csv").exists()

    qtbot.waitUntil(lambda: desk.page.earlier.count() == 1)
    desk.page.earlier.setCurrentRow(0)
    desk.page.undo()
    qtbot.waitUntil(lambda: "Deshecha: 1" in desk.page.said.text(), timeout=10_000)
    assert count(desk) == 0


def test_a_file_that_is_not_there_is_said_and_nothing_typed_goes(
    desk: Desk[ImportPage], qtbot: QtBot, tmp_path: Path
) -> None:
    write(desk.page.file, str(tmp_path / "no.csv"))
    press(desk.page.file, "Return")
    desk.settle(qtbot)

    assert desk.page.file.text().endswith("no.csv")
    assert any("No se encontró" in text for text, _ in desk.notices.toasts)


def test_every_control_has_a_name_and_is_reached(
    desk: Desk[ImportPage], qtbot: QtBot, tmp_path: Path
) -> None:
    choose(desk, qtbot, tmp_path / "log.csv")

    assert problems(desk.page) == []
