"""The page of a register, driven by keys over a real station."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.formats import make_run
from desktop.models.catalogue import BY_KEY
from desktop.models.fleet import Unit
from desktop.models.incidents.states import UnitStatus
from desktop.models.people import StaffMember
from desktop.models.roles import Role
from desktop.operations import queries, record_queries, registers
from desktop.operations.context import Context, ReadContext
from desktop.operations.history import history
from desktop.operations.queries import Compare, Condition, ListSpec
from desktop.operations.station import Station
from desktop.register.record import Confidentiality
from desktop.views.icons import Icons
from desktop.views.register.dialogs import ConflictDialog, ReasonDialog, UnsavedDialog
from desktop.views.register.editors import LineEditor, LongTextEditor
from desktop.views.register.filters import ChoicePopup, RangePopup
from desktop.views.register.parts import HistoryList
from desktop.views.theme import Theme
from tests.support.desk import DictMemory
from tests.support.keys import press, write
from tests.support.register_pages import Bench, open_page
from tests.support.stations import open_station, somebody

popups = pytest.mark.qt_log_ignore("This plugin does not support")
"""The off-screen platform has no keyboard to grab for a popup, and no stack of windows."""
UNITS, STAFF = BY_KEY["units"], BY_KEY["staff"]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with open_station(tmp_path) as opened:
        yield opened


@pytest.fixture
def open_register(
    qtbot: QtBot, station: Station, theme: Theme, icons: Icons
) -> Iterator[Callable[..., Bench]]:
    benches: list[Bench] = []

    def make(register: str, **more: Any) -> Bench:
        bench = open_page(qtbot, station, theme, icons, register, **more)
        benches.append(bench)
        return bench

    yield make
    for bench in benches:
        bench.close(qtbot)
        assert bench.notices.crashes == []


def _unit(station: Station, callsign: str, **values: Any) -> UUID:
    return station.write(lambda ctx: registers.create(ctx, UNITS, {"callsign": callsign, **values})).result()


def _staff(station: Station, name: str, **values: Any) -> UUID:
    return station.write(lambda ctx: registers.create(ctx, STAFF, {"full_name": name, **values})).result()


def _callsign(station: Station, record_id: UUID) -> str:
    def read(ctx: ReadContext) -> str:
        return ctx.get(Unit, record_id).callsign

    return station.read(read).result()


def _column(bench: Bench, column: int = 0) -> list[str]:
    model = bench.page.list.model
    return [model.index(row, column).data() for row in range(model.rowCount())]


def _line(bench: Bench, name: str) -> Any:
    editor = bench.page.record.form.editor(name)
    assert isinstance(editor, LineEditor)
    return editor.line


def _dialog(kind: type[QWidget]) -> Any:
    found = [
        widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()
    ]
    assert len(found) == 1
    assert QTest.qWaitForWindowActive(found[0])
    return found[0]


def test_the_model_keeps_the_rules_of_qt(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    station.write(lambda ctx: ctx.add_rows(Unit, [{"callsign": f"M{n:03d}"} for n in range(300)])).result()
    bench = open_register("units")
    model = bench.page.list.model
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)

    bench.page.list.reload()
    bench.settle(qtbot)
    bench.page.list.use_spec(ListSpec(sort="callsign", newest_first=True))
    bench.settle(qtbot)
    bench.page.list.table.scrollToBottom()
    bench.settle(qtbot)

    assert model.rowCount() == 300
    assert model.index(299, 0).data() == "M000"
    tester.deleteLater()


def test_a_record_is_made_by_keyboard_alone(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    bench = open_register("staff")

    press(bench.page, "Ctrl+N")
    bench.settle(qtbot)
    write(_line(bench, "full_name"), "Juana Ñancupil")
    press(_line(bench, "full_name"), "Tab")
    focused = QApplication.focusWidget()
    assert isinstance(focused, QWidget)
    assert focused is _line(bench, "run")
    write(focused, make_run(12_345_678).replace("-", ""))
    press(focused, "Ctrl+S")
    bench.settle(qtbot)

    assert _column(bench) == ["Juana Ñancupil"]
    assert bench.page.list.table.place() == 0
    assert bench.page.record.view is not None
    assert bench.page.record.view.field("run").text == "12.345.678-5"
    assert bench.notices.toasts == [("Funcionario/a guardado.", "success")]


def test_a_wrong_value_is_said_beside_its_field_and_nothing_typed_is_lost(
    qtbot: QtBot, open_register: Callable[..., Bench]
) -> None:
    bench = open_register("staff")
    press(bench.page, "Ctrl+N")
    bench.settle(qtbot)
    write(_line(bench, "full_name"), "Juana")
    write(_line(bench, "run"), "11.111.111-2")

    press(bench.page, "Ctrl+S")
    bench.settle(qtbot)

    form = bench.page.record.form
    assert form.fields["run"].error == "El dígito verificador no corresponde a ese RUN. Revise el número."
    assert QApplication.focusWidget() is _line(bench, "run")
    assert _line(bench, "full_name").text() == "Juana"
    assert _column(bench) == []
    write(_line(bench, "run"), "\b1")
    assert form.fields["run"].error == ""


def test_a_required_field_left_empty_is_asked_for(qtbot: QtBot, open_register: Callable[..., Bench]) -> None:
    bench = open_register("staff")
    press(bench.page, "Ctrl+N")
    bench.settle(qtbot)

    press(bench.page, "Ctrl+S")
    bench.settle(qtbot)

    assert bench.page.record.form.fields["full_name"].error == "Falta nombre completo."


def test_an_edit_is_saved_and_can_be_undone(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    record_id = _unit(station, "M21")
    bench = open_register("units")
    press(bench.page.list.table, "Home", "Return")
    bench.settle(qtbot)
    line: QLineEdit = _line(bench, "callsign")
    assert QApplication.focusWidget() is line
    press(line, "Ctrl+A")
    write(line, "M99")

    press(line, "Ctrl+S")
    bench.settle(qtbot)
    assert _callsign(station, record_id) == "M99"
    assert _column(bench) == ["M99"]

    bench.notices.actions["undo"]()
    bench.settle(qtbot)
    assert _callsign(station, record_id) == "M21"
    assert _column(bench) == ["M21"]


def test_a_change_from_elsewhere_does_not_take_the_keyboard_away(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    record_id = _unit(station, "M21")
    bench = open_register("units")
    press(bench.page.list.table, "Home", "Return")
    bench.settle(qtbot)
    _line(bench, "crew").setFocus()

    station.write(lambda ctx: registers.edit(ctx, UNITS, record_id, {"plate": "BBCD12"}, seen={})).result()
    bench.settle(qtbot)

    assert _line(bench, "plate").text() == "BBCD-12"
    assert QApplication.focusWidget() is _line(bench, "crew")


def test_leaving_unsaved_changes_asks_first(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    first, _ = _unit(station, "M21"), _unit(station, "M22")
    bench = open_register("units")
    press(bench.page.list.table, "Home", "Return")
    bench.settle(qtbot)
    write(_line(bench, "crew"), "Rivas y Soto")

    press(bench.page.list.table, "Down")
    bench.settle(qtbot)
    dialog = _dialog(UnsavedDialog)
    assert bench.page.record.record_id == first
    press(dialog, "Escape")
    bench.settle(qtbot)

    assert _line(bench, "crew").text() == "Rivas y Soto"
    assert bench.page.list.table.place() == 0
    assert not bench.page.may_close()
    press(_dialog(UnsavedDialog), "Return")
    bench.settle(qtbot)
    assert bench.page.may_close()
    assert bench.page.record.view is not None
    assert bench.page.record.view.field("crew").value == "Rivas y Soto"


def test_a_conflict_shows_both_values_and_loses_neither(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    record_id = _unit(station, "M21")
    bench = open_register("units")
    press(bench.page.list.table, "Home", "Return")
    bench.settle(qtbot)
    press(_line(bench, "callsign"), "Ctrl+A")
    write(_line(bench, "callsign"), "MÍO")
    station.write(lambda ctx: registers.edit(ctx, UNITS, record_id, {"callsign": "SUYO"}, seen={})).result()
    bench.settle(qtbot)
    assert _line(bench, "callsign").text() == "MÍO"

    press(bench.page, "Ctrl+S")
    bench.settle(qtbot)
    dialog = _dialog(ConflictDialog)
    words = [child.text() for child in dialog.findChildren(QWidget) if hasattr(child, "text")]
    assert "MÍO" in words
    assert "SUYO" in words
    press(dialog, "Return")
    bench.settle(qtbot)

    assert _callsign(station, record_id) == "MÍO"


def test_what_was_typed_survives_a_crash(
    qtbot: QtBot, station: Station, theme: Theme, icons: Icons, open_register: Callable[..., Bench]
) -> None:
    memory = DictMemory()
    crashed = open_register("staff", memory=memory)
    press(crashed.page, "Ctrl+N")
    crashed.settle(qtbot)
    write(_line(crashed, "full_name"), "A medio escr")
    crashed.services.drafts.save_all()

    bench = open_register("staff", memory=memory)
    recover = [b for b in bench.page.findChildren(QPushButton) if b.text() == "Recuperar"]
    press(recover[0], "Space")
    bench.settle(qtbot)

    assert _line(bench, "full_name").text() == "A medio escr"
    assert bench.page.record.is_dirty


def test_new_rows_wait_behind_a_counter_while_a_row_is_chosen(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    _unit(station, "M50")
    bench = open_register("units")
    press(bench.page.list.table, "Home")
    bench.settle(qtbot)

    _unit(station, "M10")
    _unit(station, "M11")
    bench.settle(qtbot)

    assert _column(bench) == ["M50"]
    assert bench.page.list.new_rows.text() == "2 nuevos ▲"
    press(bench.page, "F5")
    bench.settle(qtbot)
    assert _column(bench) == ["M10", "M11", "M50"]
    assert bench.page.list.table.place() == 2
    assert not bench.page.list.new_rows.isVisible()


def test_typing_searches_without_accents(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    _staff(station, "Ñusta Álvarez")
    _staff(station, "Pedro Rivas")
    bench = open_register("staff")

    press(bench.page, "Ctrl+F")
    assert QApplication.focusWidget() is bench.page.list.search
    write(bench.page.list.search, "nusta alv")
    press(bench.page.list.search, "Return")
    bench.settle(qtbot)

    assert _column(bench) == ["Ñusta Álvarez"]
    assert QApplication.focusWidget() is bench.page.list.table


@popups
def test_a_choice_filter_shows_counts_and_filters(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    for number in range(3):
        _unit(station, f"M{number}", status=UnitStatus.AVAILABLE)
    _unit(station, "M9", status=UnitStatus.NO_CONTACT)
    bench = open_register("units")

    popup = bench.page.list.filters.open("status")
    bench.settle(qtbot)
    assert isinstance(popup, ChoicePopup)
    boxes = {box.text(): box for _, box in popup._boxes}
    boxes["Sin comunicación   1"].setChecked(True)
    press(popup, "Return")
    bench.settle(qtbot)

    assert _column(bench) == ["M9"]
    bench.page.list.clear_filters()
    bench.settle(qtbot)
    assert len(_column(bench)) == 4


@popups
def test_a_date_filter_says_what_is_wrong_and_takes_what_is_right(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    bench = open_register("shifts")
    popup = bench.page.list.filters.open("day")
    assert isinstance(popup, RangePopup)
    write(popup.low, "32-01-2026")
    press(popup.low, "Return")
    assert popup.isVisible()
    assert popup._error.text() == "Esa fecha no existe. Revise el día y el mes."

    press(popup.low, "Ctrl+A")
    write(popup.low, "01-01-2026")
    press(popup.low, "Return")
    bench.settle(qtbot)

    condition = bench.page.list.spec.conditions[0]
    assert (condition.field, condition.compare, str(condition.low)) == ("day", Compare.BETWEEN, "2026-01-01")


def test_columns_order_and_filters_are_remembered_for_the_person(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    _unit(station, "M21", status=UnitStatus.AVAILABLE)
    memory = DictMemory()
    bench = open_register("units", memory=memory)
    header = bench.page.list.table.horizontalHeader()
    header.resizeSection(0, 222)
    header.moveSection(0, 1)
    bench.page.list.table.setColumnHidden(3, True)
    bench.page.list.table.keep_columns()
    bench.page.list._sorted("plate", True)
    available = ListSpec((Condition("status", Compare.IN, (UnitStatus.AVAILABLE,)),), sort="callsign")
    bench.page.list.use_spec(available)
    bench.page.list.save_filter("Libres")
    bench.settle(qtbot)

    again = open_register("units", memory=memory)
    table = again.page.list.table
    assert table.horizontalHeader().sectionSize(0) == 222
    assert table.horizontalHeader().visualIndex(0) == 1
    assert table.isColumnHidden(3)
    assert (again.page.list.spec.sort, again.page.list.spec.newest_first) == ("plate", True)
    saved = again.page.list._desk.saved_filters()
    assert [(entry.name, entry.spec) for entry in saved] == [("Libres", available)]


def test_voiding_asks_why_and_can_be_undone(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    _unit(station, "M21")
    bench = open_register("units")
    press(bench.page.list.table, "Home")
    bench.settle(qtbot)

    bench.page.record.void()
    dialog = _dialog(ReasonDialog)
    press(dialog, "Return")
    assert dialog.isVisible()
    write(dialog.reason, "Duplicado de M22")
    press(dialog.reason, "Return")
    bench.settle(qtbot)
    assert _column(bench) == []

    bench.notices.actions["undo"]()
    bench.settle(qtbot)
    assert _column(bench) == ["M21"]


def test_a_confidential_record_asks_why_and_leaves_it_in_its_history(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    notes = BY_KEY["hazard_notes"]

    def make(ctx: Context) -> UUID:
        record_id = registers.create(
            ctx, notes, {"text": "Agresor armado", "confidentiality": Confidentiality.RESERVED}
        )
        ctx.name_operation("somebody.elsewhere")
        return record_id

    record_id = station.write_as(somebody(Role.OPERATOR), make).result()
    bench = open_register("hazard_notes")
    press(bench.page.list.table, "Home")
    bench.settle(qtbot)
    assert _column(bench) == [queries.MASK]
    assert bench.page.record.view is not None
    assert bench.page.record.view.is_locked
    assert "Agresor" not in str(bench.page.record.view)

    press(bench.page.list.table, "Return")
    dialog = _dialog(ReasonDialog)
    press(next(b for b in dialog.findChildren(QPushButton) if "Seguimiento" in b.text()), "Space")
    bench.settle(qtbot)

    text = bench.page.record.form.editor("text")
    assert isinstance(text, LongTextEditor)
    assert text.value() == "Agresor armado"
    entries = station.read(lambda ctx: history(ctx, notes, record_id)).result()
    assert (entries[0].operation, entries[0].reason) == (
        "Apertura de registro reservado",
        "Seguimiento del caso",
    )


def test_the_way_back_goes_through_the_records_seen(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    first, second = _unit(station, "M21"), _unit(station, "M22")
    bench = open_register("units")
    bench.page.go_to(record=first)
    bench.settle(qtbot)
    bench.page.go_to(record=second)
    bench.settle(qtbot)

    press(bench.page, "Alt+Left")
    bench.settle(qtbot)

    assert bench.page.record.record_id == first
    assert bench.page.list.table.place() == 0


def test_the_history_shows_who_changed_what(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    record_id = _unit(station, "M21")
    station.write(lambda ctx: registers.edit(ctx, UNITS, record_id, {"crew": "Rivas"}, seen={})).result()
    station.write(lambda ctx: registers.edit(ctx, UNITS, record_id, {"crew": "Soto"}, seen={})).result()
    bench = open_register("units")
    press(bench.page.list.table, "Home")
    bench.settle(qtbot)

    press(bench.page, "Alt+H")
    bench.settle(qtbot)

    timeline = bench.page.record.findChildren(HistoryList)[0]
    words = [child.text() for child in timeline.findChildren(QWidget) if hasattr(child, "text")]
    assert "Dotación: Rivas → Soto" in words
    assert any("Marta Soto" in text for text in words)


@popups
def test_a_link_is_found_by_searching_and_seen_from_both_ends(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    unit, person = _unit(station, "M21"), _staff(station, "Juana Ñancupil")
    bench = open_register("units")
    press(bench.page.list.table, "Home")
    bench.settle(qtbot)
    bench.page.record.show_part(2)
    links = bench.page.record.links
    write(links.search, "nancu")
    qtbot.wait(250)
    bench.settle(qtbot)
    popup = links.search.completer().popup()
    assert popup is not None
    press(popup, "Down", "Return")
    bench.settle(qtbot)

    view = station.read(lambda ctx: record_queries.record_view(ctx, STAFF, person)).result()
    assert [(link.register, link.record_id) for link in view.links] == [("units", unit)]
    opener = next(b for b in links.findChildren(QPushButton) if b.text() == "Juana Ñancupil")
    press(opener, "Space")
    assert bench.opened == [("staff", person)]


def test_an_empty_register_says_what_belongs_there(open_register: Callable[..., Bench]) -> None:
    bench = open_register("staff")
    words = [child.text() for child in bench.page.list.findChildren(QWidget) if hasattr(child, "text")]

    assert STAFF.empty in words


def test_who_may_only_read_has_no_buttons_to_write(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    _unit(station, "M21")
    station.seat(somebody(Role.INSPECTOR))
    bench = open_register("units")
    press(bench.page.list.table, "Home")
    bench.settle(qtbot)

    texts = {b.text() for b in bench.page.findChildren(QPushButton) if b.isVisibleTo(bench.page)}
    assert not texts & {"Nuevo", "Guardar", "Exportar", "Crear"}
    assert bench.page.record.form.fields == {}
    press(bench.page, "Ctrl+N")
    bench.settle(qtbot)
    assert bench.page.record.record_id is not None


def test_every_control_has_a_name(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    _unit(station, "M21")
    bench = open_register("units")
    press(bench.page.list.table, "Home")
    bench.settle(qtbot)

    nameless = [
        widget
        for widget in bench.page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisibleTo(bench.page)
        and not (widget.accessibleName() or getattr(widget, "text", str)())
        and widget.objectName() != "qt_spinbox_lineedit"
    ]
    assert nameless == []


def test_a_column_has_room_for_what_its_first_rows_hold(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    names = [f"A{number:02d}" for number in range(36)]
    long = "B Una persona de nombre largo"
    station.write(
        lambda ctx: ctx.add_rows(StaffMember, [{"full_name": name} for name in [*names, long]])
    ).result()
    bench = open_register("staff")
    bench.settle(qtbot)
    table = bench.page.list.table
    assert _column(bench)[-1] == long
    assert table.columnWidth(0) >= table.sizeHintForIndex(table.model().index(36, 0)).width()


def test_a_narrow_page_is_the_lists_alone_until_a_record_is_chosen(
    qtbot: QtBot, station: Station, open_register: Callable[..., Bench]
) -> None:
    first = _unit(station, "M1")
    bench = open_register("units", size=(1000, 700))
    assert not bench.page.record.isVisible()
    bench.page.go_to(record=first)
    qtbot.waitUntil(bench.page.record.isVisible)
    bench.page.start_new()
    bench.settle(qtbot)
    assert bench.page.record.form.isVisible()
    bench.page.record.discard()
    bench.settle(qtbot)
    assert not bench.page.record.isVisible()

    wide = open_register("units", size=(1500, 800))
    assert wide.page.record.isVisible()
