"""The page of documents by keyboard: parameters, PDF, tables, and what it says when something is missing."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select, text

from desktop.models.catalogue import BY_KEY
from desktop.models.roles import Role
from desktop.operations.history import history
from desktop.operations.incidents.intake import open_incident
from desktop.operations.incidents.response_times import GroupBy
from desktop.operations.incidents.values import IncidentRef, IntakeDraft
from desktop.operations.shifts import open_shift
from desktop.store.tables import JOURNAL
from desktop.views.icons import Icons
from desktop.views.reports.documents import CardDocument, DailyDocument, IncidentDocument, ShiftDocument
from desktop.views.reports.page import ReportsPage
from desktop.views.reports.preview import Preview
from desktop.views.reports.response import ResponseDocument
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.desks import Desk, furnish, open_desk, write
from tests.support.keys import press
from tests.support.stations import open_station, somebody

Open = Callable[..., Desk[ReportsPage]]


@pytest.fixture
def open_reports(qtbot: QtBot, tmp_path: Path, theme: Theme, icons: Icons) -> Iterator[Open]:
    opened: list[Desk[ReportsPage]] = []
    with open_station(tmp_path) as station:
        furnish(station)

        def open_now(*roles: Role) -> Desk[ReportsPage]:
            if roles:
                station.seat(somebody(*roles))
            opened.append(open_desk(qtbot, station, theme, icons, ReportsPage, tmp_path / "papers"))
            return opened[-1]

        yield open_now
        for desk in opened:
            desk.close(qtbot)


@pytest.fixture
def desk(open_reports: Open) -> Desk[ReportsPage]:
    return open_reports()


def call(desk: Desk[ReportsPage]) -> IncidentRef:
    return desk.do(open_incident, IntakeDraft(narrative="ruidos molestos, fiesta", address="Picarte 1120"))


def made(desk: Desk[ReportsPage], qtbot: QtBot) -> bytes:
    desk.settle(qtbot)
    qtbot.waitUntil(lambda: bool(desk.files), timeout=20_000)
    return desk.files[-1].read_bytes()


def journal_length(desk: Desk[ReportsPage]) -> int:
    count = select(func.count()).select_from(JOURNAL)
    return int(desk.ask(lambda ctx: ctx.session.connection().execute(count).scalar_one()))


def table(desk: Desk[ReportsPage], qtbot: QtBot, ending: str) -> Path:
    desk.settle(qtbot)
    (path,) = (path for path in (desk.files_folder / "papers").iterdir() if path.suffix == ending)
    return path


def looked(desk: Desk[ReportsPage], qtbot: QtBot) -> Preview:
    """Wait until the document is on the page."""
    preview = desk.page.preview
    qtbot.waitUntil(lambda: preview.page_count > 0 and preview.pane.isVisible(), timeout=20_000)
    desk.settle(qtbot)
    return preview


def test_enter_goes_to_the_first_question_and_from_there_shows_the_document_before_it_is_kept(
    desk: Desk[ReportsPage], qtbot: QtBot
) -> None:
    call(desk)
    before = journal_length(desk)
    desk.page.first_focus().setFocus()

    press(desk.page.list, "Return")
    document = desk.page.current
    assert isinstance(document, DailyDocument)
    assert document.since.hasFocus()
    press(document.since, "Return")
    preview = looked(desk, qtbot)

    assert preview.pane.hasFocus()
    assert desk.files == []
    assert journal_length(desk) == before
    press(preview.pane, "Ctrl+P")
    assert made(desk, qtbot).startswith(b"%PDF")
    assert "informe-diario" in desk.files[-1].name


def test_pages_are_read_and_enlarged_by_keyboard_and_escape_goes_back_to_the_questions(
    desk: Desk[ReportsPage], qtbot: QtBot
) -> None:
    desk.page.go_to(document=CardDocument)
    document = desk.page.current
    assert isinstance(document, CardDocument)
    document.copies.setValue(3)
    press(desk.page.list, "Ctrl+Return")
    preview = looked(desk, qtbot)
    assert preview.number.text() == "Página 1 de 3"

    press(preview.pane, "End")
    assert preview.number.text() == "Página 3 de 3"
    press(preview.pane, "Home")
    for _ in range(8):
        press(preview.pane, "PgDown")
    assert preview.number.text() != "Página 1 de 3"
    press(preview.pane, "Ctrl++")
    assert preview.zoom > 1
    wide = preview.shown_width
    press(preview.pane, "Ctrl+-")
    press(preview.pane, "Ctrl+-")
    assert preview.zoom < 1
    assert preview.shown_width < wide
    press(preview.pane, "Ctrl+0")
    assert preview.zoom == 1

    press(preview.pane, "Esc")
    assert document.copies.hasFocus()


def test_a_preview_that_is_being_made_is_cancelled_and_leaves_nothing(
    desk: Desk[ReportsPage], qtbot: QtBot
) -> None:
    call(desk)

    press(desk.page.list, "Ctrl+Return")
    press(desk.page.preview.stop, "Esc")
    desk.settle(qtbot)

    assert desk.page.preview.is_empty
    assert desk.page.preview.page_count == 0
    assert desk.files == []


def test_a_narrow_page_gives_its_room_to_the_preview_and_back(desk: Desk[ReportsPage], qtbot: QtBot) -> None:
    desk.window.resize(700, 500)
    qtbot.waitUntil(lambda: not desk.page.preview.isVisible())

    press(desk.page.list, "Ctrl+Return")
    preview = looked(desk, qtbot)
    assert not desk.page.look_button.isVisible()
    press(preview.pane, "Esc")

    assert desk.page.look_button.isVisible()
    assert not preview.isVisible()


def test_a_period_without_incidents_is_said_in_words_above_its_pages(
    desk: Desk[ReportsPage], qtbot: QtBot
) -> None:
    desk.page.go_to(document=ResponseDocument)
    document = desk.page.current
    assert isinstance(document, ResponseDocument)
    document.since.setText("01-01-2020 00:00")
    document.until.setText("31-01-2020 00:00")

    press(document.until, "Return")
    preview = looked(desk, qtbot)

    assert preview.remark.text() == "Ni en este período ni en el anterior hay incidentes medidos."


def test_a_report_without_cuts_is_refused_beside_them(desk: Desk[ReportsPage], qtbot: QtBot) -> None:
    desk.page.go_to(document=ResponseDocument)
    document = desk.page.current
    assert isinstance(document, ResponseDocument)
    for box in document.cuts.boxes.values():
        box.setChecked(False)

    press(desk.page.list, "Ctrl+Return")
    desk.settle(qtbot)

    assert "un corte" in document.form.errors["cuts"]


def test_a_wrong_date_is_said_beside_its_field_and_stays_as_typed(
    desk: Desk[ReportsPage], qtbot: QtBot
) -> None:
    document = desk.page.current
    assert isinstance(document, DailyDocument)
    document.until.setFocus()
    document.until.clear()
    write(document.until, "31-02-2026 08:00")

    press(document.until, "Ctrl+P")
    desk.settle(qtbot)

    assert "no existe" in document.form.errors["until"]
    assert document.until.text() == "31-02-2026 08:00"
    assert desk.files == []


def test_a_span_that_ends_before_it_starts_is_refused(desk: Desk[ReportsPage], qtbot: QtBot) -> None:
    document = desk.page.current
    assert isinstance(document, DailyDocument)
    document.since.setText("16-03-2026 10:00")
    document.until.setText("16-03-2026 09:00")

    press(desk.page.list, "Ctrl+P")
    desk.settle(qtbot)

    assert "posterior" in document.form.errors["until"]


def test_the_sheet_of_an_incident_is_found_by_its_number(desk: Desk[ReportsPage], qtbot: QtBot) -> None:
    ref = call(desk)
    desk.page.go_to(document=IncidentDocument)
    document = desk.page.current
    assert isinstance(document, IncidentDocument)
    document.number.setFocus()
    write(document.number, ref.code)

    press(document.number, "Ctrl+P")

    assert made(desk, qtbot).startswith(b"%PDF")


def test_an_unknown_number_is_said_beside_the_field(desk: Desk[ReportsPage], qtbot: QtBot) -> None:
    desk.page.go_to(document=IncidentDocument)
    document = desk.page.current
    assert isinstance(document, IncidentDocument)
    write(document.number, "99999")

    press(document.number, "Return")
    desk.settle(qtbot)

    assert "99999" in document.form.errors["number"]
    assert desk.page.make_button.isEnabled()


def test_an_incident_is_printed_from_another_page_by_its_id(desk: Desk[ReportsPage], qtbot: QtBot) -> None:
    desk.page.go_to(incident=call(desk).id)

    assert made(desk, qtbot).startswith(b"%PDF")


def test_printing_twice_keeps_both_files_stands_in_the_history_and_changes_nothing(
    desk: Desk[ReportsPage], qtbot: QtBot
) -> None:
    ref = call(desk)

    def row() -> tuple[object, ...]:
        return tuple(
            desk.ask(
                lambda ctx: (
                    ctx.session.connection()
                    .execute(text("SELECT * FROM incidents WHERE id = :id"), {"id": ref.id.bytes})
                    .one()
                )
            )
        )

    before = row()

    desk.page.go_to(incident=ref.id)
    made(desk, qtbot)
    desk.page.go_to(incident=ref.id)
    qtbot.waitUntil(lambda: len(desk.files) == 2, timeout=20_000)

    assert desk.files[0] != desk.files[1]
    assert row() == before
    prints = [
        entry for entry in desk.ask(history, BY_KEY["incidents"], ref.id) if entry.operation == "Impresión"
    ]
    assert [entry.reason for entry in prints] == ["Ficha de incidente"] * 2


def test_response_times_go_to_a_table_with_figures_as_figures(desk: Desk[ReportsPage], qtbot: QtBot) -> None:
    call(desk)
    desk.page.go_to(document=ResponseDocument)
    document = desk.page.current
    assert isinstance(document, ResponseDocument)
    document.until.setText("17-03-2026 08:00")
    for cut, box in document.cuts.boxes.items():
        box.setChecked(cut is GroupBy.PRIORITY)

    press(document.until, "Ctrl+Shift+C")
    path = table(desk, qtbot, ".csv")

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[1][:3] == ["Todos", "Todos", "1"]
    assert {row[0] for row in rows[2:]} == {"Prioridad"}


def test_the_report_of_a_shift_offers_the_shifts_and_exports_its_incidents(
    desk: Desk[ReportsPage], qtbot: QtBot
) -> None:
    desk.do(open_shift)
    call(desk)
    desk.page.go_to(document=ShiftDocument)
    desk.settle(qtbot)

    press(desk.page.list, "Ctrl+E")

    assert table(desk, qtbot, ".xlsx").stat().st_size > 0


def test_without_any_shift_the_report_says_where_the_first_is_opened(
    desk: Desk[ReportsPage], qtbot: QtBot
) -> None:
    desk.page.go_to(document=ShiftDocument)
    desk.settle(qtbot)

    press(desk.page.list, "Ctrl+P")

    assert "página Turno" in desk.page.current.form.errors["shift"]


def test_blank_paper_cards_are_printed(desk: Desk[ReportsPage], qtbot: QtBot) -> None:
    desk.page.go_to(document=CardDocument)

    press(desk.page.list, "Ctrl+P")

    assert made(desk, qtbot).startswith(b"%PDF")


def test_a_folder_that_cannot_be_written_is_said_in_a_banner_and_the_page_works_on(
    desk: Desk[ReportsPage], qtbot: QtBot, tmp_path: Path
) -> None:
    blocked = tmp_path / "no-es-carpeta"
    blocked.write_text("ocupado")
    desk.page.use_folder(str(blocked / "dentro"))

    press(desk.page.list, "Ctrl+P")
    desk.settle(qtbot)

    assert any("carpeta" in text for text in desk.notices.banners.values())
    assert desk.page.make_button.isEnabled()


def test_who_may_not_export_sees_no_button_for_it_and_who_may_not_print_is_told(open_reports: Open) -> None:
    operator = open_reports(Role.OPERATOR)
    assert not operator.page.export_button.isVisible()

    inspector = open_reports(Role.SECURITY_INSPECTOR)
    assert not inspector.page.list.isVisible()


def test_every_control_has_a_name_and_is_reached(desk: Desk[ReportsPage], qtbot: QtBot) -> None:
    for row in range(desk.page.list.count()):
        desk.page.list.setCurrentRow(row)
        desk.settle(qtbot)
        assert problems(desk.page) == []
