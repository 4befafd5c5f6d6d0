"""The import page over a real station: the file is understood, tried, brought in and undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QListWidget
from pytestqt.qtbot import QtBot

from desktop.models.incidents.records import Incident
from desktop.models.incidents.states import Priority
from desktop.operations.imports import mapping as mappings
from desktop.operations.imports.mapping import ColumnMapping
from desktop.operations.seed import seed_catalogues
from desktop.views.icons import Icons
from desktop.views.imports.page import COLUMNS, READING, WORDS, ImportPage
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


def choose(desk: Desk[ImportPage], qtbot: QtBot, path: Path, log: str = LOG) -> None:
    path.write_text(log, encoding="latin-1", newline="")
    desk.page.file.clear()
    write(desk.page.file, str(path))
    press(desk.page.file, "Return")
    desk.settle(qtbot)


def texts_of(shown: QListWidget) -> list[str]:
    return [shown.item(row).text() for row in range(shown.count())]


def walk_to(box: QComboBox, wanted: str) -> None:
    """Choose an item as the keyboard does."""
    box.setFocus()
    press(box, "Home")
    while wanted not in box.currentText():
        before = box.currentIndex()
        press(box, "Down")
        assert box.currentIndex() > before, f"no {wanted}"


def count(desk: Desk[ImportPage]) -> int:
    return int(desk.ask(lambda ctx: ctx.session.query(Incident).filter(Incident.voided_at.is_(None)).count()))


def test_columns_are_proposed_and_the_first_rows_are_shown(
    desk: Desk[ImportPage], qtbot: QtBot, tmp_path: Path
) -> None:
    choose(desk, qtbot, tmp_path / "log.csv")

    assert desk.page.columns.columns["type"].currentData() == "Tipología"
    assert desk.page.columns.columns["address"].currentData() == "Dirección"
    texts = texts_of(desk.page.trial.samples)
    assert any("Picarte 1120" in text for text in texts)
    assert any("hora ilegible" in text for text in texts)
    assert count(desk) == 0


def test_a_file_is_tried_brought_in_and_undone(desk: Desk[ImportPage], qtbot: QtBot, tmp_path: Path) -> None:
    choose(desk, qtbot, tmp_path / "log.csv")
    press(desk.page.file, "F5")
    qtbot.waitUntil(lambda: "Prueba" in desk.page.said.text(), timeout=10_000)
    assert count(desk) == 0

    press(desk.page.file, "Ctrl+S")
    qtbot.waitUntil(
        lambda: "importadas: 1;" in desk.page.said.text() and "Prueba" not in desk.page.said.text()
    )
    desk.settle(qtbot)
    assert count(desk) == 1
    assert (tmp_path / "log-rechazadas.csv").exists()

    qtbot.waitUntil(lambda: desk.page.earlier.list.count() == 1)
    desk.page.earlier.list.setCurrentRow(0)
    desk.page.earlier.undo()
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


FOREIGN = (
    "Parte;Fecha;Materia;Urgencia;Domicilio\r\n"
    "1;03/05/2025 14:32;K-33;ALTA;Picarte 1\r\n"
    "2;03/06/2025 10:00;K-33;;Picarte 2\r\n"
    "3;03/07/2025 11:00;Hurto;ALTA;Picarte 3\r\n"
)
AMERICAN = FOREIGN.replace("03/07/2025", "03/27/2025")


def test_dates_that_could_be_read_in_two_ways_are_said_and_the_form_is_chosen_by_keyboard(
    desk: Desk[ImportPage], qtbot: QtBot, tmp_path: Path
) -> None:
    choose(desk, qtbot, tmp_path / "log.csv", FOREIGN)
    page = desk.page
    assert "se pueden confundir" in page.columns.note.text()

    form = page.columns.formats["reported_day"]
    assert form.isEnabled()
    form.setFocus()
    write(form, "mm/dd/aaaa")
    press(form, "Return")
    desk.settle(qtbot)
    assert page.mapping().formats == {"reported_day": "%m/%d/%Y"}
    assert "confundir" not in page.columns.note.text()


def test_a_form_that_is_none_is_said_and_kept(desk: Desk[ImportPage], qtbot: QtBot, tmp_path: Path) -> None:
    choose(desk, qtbot, tmp_path / "log.csv", FOREIGN)
    form = desk.page.columns.formats["reported_day"]
    form.setFocus()
    write(form, "cualquiera")
    press(form, "Return")
    desk.settle(qtbot)

    assert "no es un formato" in desk.page.columns.note.text()
    assert form.currentText() == "cualquiera"
    desk.page.bring()
    assert "no es un formato" in desk.page.said.text()
    assert count(desk) == 0


def test_dates_with_the_month_first_are_recognised(
    desk: Desk[ImportPage], qtbot: QtBot, tmp_path: Path
) -> None:
    choose(desk, qtbot, tmp_path / "log.csv", AMERICAN.replace("ALTA", "P2"))

    assert desk.page.columns.formats["reported_day"].currentText() == "mm/dd/aaaa"
    assert "mes viene primero" in desk.page.columns.note.text()
    assert any("27 de marzo de 2025" in text for text in texts_of(desk.page.trial.samples))


def translate(desk: Desk[ImportPage], qtbot: QtBot, word: str, meaning: str) -> None:
    page = desk.page
    page.show_part(WORDS)
    press(page.words.words, "Home")
    while word not in page.words.words.currentItem().text():
        before = page.words.words.currentRow()
        press(page.words.words, "Down")
        assert page.words.words.currentRow() > before, f"no {word}"
    press(page.words.words, "Return")
    walk_to(page.words.meaning, meaning)
    press(page.words.meaning, "Return")
    desk.settle(qtbot)


def test_words_that_nothing_understands_come_first_and_are_translated_by_keyboard(
    desk: Desk[ImportPage], qtbot: QtBot, tmp_path: Path
) -> None:
    choose(desk, qtbot, tmp_path / "log.csv", AMERICAN)
    shown = texts_of(desk.page.words.words)
    assert "K-33" in shown[0]
    assert "sin equivalencia" in shown[0]
    assert "ALTA" in shown[1]
    assert "Hurto" in shown[-1]
    assert desk.page.tabs.tabText(WORDS) == "Palabras (2)"

    translate(desk, qtbot, "K-33", "C05")
    translate(desk, qtbot, "ALTA", "P2")
    assert desk.page.tabs.tabText(WORDS) == "Palabras"
    desk.page.bring()
    qtbot.waitUntil(lambda: "importadas: 3;" in desk.page.said.text(), timeout=10_000)
    desk.settle(qtbot)

    found = desk.ask(
        lambda ctx: {
            row.external_ref: (row.type_code, row.priority) for row in ctx.session.query(Incident).all()
        }
    )
    assert found["n:1"] == ("C05", Priority.P2)
    assert found["n:2"][0] == "C05"


def test_what_was_decided_is_remembered_for_the_next_file(
    desk: Desk[ImportPage], qtbot: QtBot, tmp_path: Path
) -> None:
    choose(desk, qtbot, tmp_path / "marzo.csv", AMERICAN)
    translate(desk, qtbot, "K-33", "C05")
    other = AMERICAN.replace("Parte;Fecha", "Folio;Fecha").replace("K-33", "k 33")
    choose(desk, qtbot, tmp_path / "otro.csv", other)
    assert desk.page.words.values == {"type": {"k 33": "C05"}}

    walk_to(desk.page.columns.columns["reference"], "Materia")
    desk.settle(qtbot)
    desk.page.look()
    qtbot.waitUntil(lambda: "Prueba" in desk.page.said.text(), timeout=10_000)
    desk.settle(qtbot)
    choose(desk, qtbot, tmp_path / "abril.csv", other)
    assert desk.page.columns.columns["reference"].currentData() == "Materia"


def test_a_mapping_is_saved_as_the_file_of_the_command_line_and_loaded_again(
    desk: Desk[ImportPage], qtbot: QtBot, tmp_path: Path
) -> None:
    choose(desk, qtbot, tmp_path / "log.csv", AMERICAN)
    translate(desk, qtbot, "K-33", "C05")
    walk_to(desk.page.reading.default_type, "E01")
    walk_to(desk.page.reading.default_priority, "P4")
    chosen = desk.page.mapping()
    desk.page.files.save(tmp_path / "correspondencia.json")

    assert mappings.load(tmp_path / "correspondencia.json") == chosen
    assert (chosen.default_type, chosen.default_priority) == ("E01", "P4")
    said = ColumnMapping(
        {"reported_at": "Fecha", "narrative": "Materia"}, date_formats=["%m/%d/%Y"], default_type="H01"
    )
    mappings.save(said, tmp_path / "otra.json")
    desk.page.files.load(tmp_path / "otra.json")
    desk.settle(qtbot)
    assert desk.page.mapping().columns == said.columns
    assert desk.page.mapping().date_formats == ["%m/%d/%Y"]
    assert desk.page.mapping().default_type == "H01"


def test_encoding_and_separator_are_said_when_the_guess_is_wrong(
    desk: Desk[ImportPage], qtbot: QtBot, tmp_path: Path
) -> None:
    log = "Fecha|Tipo|Lugar; y, referencia; con, comas\r\n05-03-2026 10:00|Hurto|Picarte 1\r\n"
    choose(desk, qtbot, tmp_path / "log.csv", log)
    page = desk.page
    assert "Automático" in page.reading.delimiter.currentText()
    walk_to(page.reading.delimiter, "Barra vertical")
    page.reading.reread.emit()
    desk.settle(qtbot)

    assert page.reading.raw.columnCount() == 3
    cell = page.reading.raw.item(0, 1)
    assert cell is not None
    assert cell.text() == "Hurto"
    assert page.mapping().delimiter == "|"
    assert page.mapping().columns["type"] == "Tipo"
    walk_to(page.reading.encoding, "UTF-16")
    page.reading.reread.emit()
    desk.settle(qtbot)
    assert any("no está en utf-16" in text for text, _ in desk.notices.toasts)
    assert page.reading.raw.columnCount() == 3


def test_a_page_without_a_file_says_what_it_is_for(desk: Desk[ImportPage]) -> None:
    assert not desk.page.words.isVisible()
    assert desk.page.trial.empty.isVisible()
    assert desk.page.earlier.empty.isVisible()
    assert problems(desk.page) == []


@pytest.mark.parametrize("part", [COLUMNS, WORDS, READING])
def test_every_control_has_a_name_and_is_reached(
    desk: Desk[ImportPage], qtbot: QtBot, tmp_path: Path, part: int
) -> None:
    choose(desk, qtbot, tmp_path / "log.csv")
    desk.page.show_part(part)

    assert problems(desk.page) == []
