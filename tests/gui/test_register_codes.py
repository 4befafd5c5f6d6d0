"""Codes of a catalogue in a register's page: chosen and shown by title. And the name of a saved filter."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.models.catalogues import IncidentType
from desktop.models.incidents.records import Incident
from desktop.models.incidents.states import UnitStatus
from desktop.operations.context import Context
from desktop.operations.queries import Compare, Condition, ListSpec
from desktop.operations.query_values import FieldView
from desktop.operations.station import Station
from desktop.register.kinds import Kind
from desktop.views.icons import Icons
from desktop.views.register.cells import mark_of
from desktop.views.register.dialogs import NameDialog
from desktop.views.register.editors import ReferenceEditor, make_editor
from desktop.views.register.filters import ChoicePopup
from desktop.views.theme import Theme
from tests.support.accessibility import problems
from tests.support.desk import DictMemory
from tests.support.keys import press, write
from tests.support.register_pages import Bench, open_page
from tests.support.stations import open_station

popups = pytest.mark.qt_log_ignore("This plugin does not support")
NOISE = "Ruidos molestos"


def _fill(ctx: Context) -> None:
    ctx.add(IncidentType(code="R01", title=NOISE))
    ctx.add(IncidentType(code="R02", title="Perro suelto"))
    for number, code in enumerate(("R01", "R01", "R02", "ZZ9")):
        ctx.add(Incident(type_code=code, reported_at=ctx.now, address=f"Picarte {number}"))
    ctx.name_operation("incidents.create")


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with open_station(tmp_path) as opened:
        opened.write(_fill).result()
        yield opened


@pytest.fixture
def open_incidents(
    qtbot: QtBot, station: Station, theme: Theme, icons: Icons
) -> Iterator[Callable[..., Bench]]:
    benches: list[Bench] = []

    def make(**more: Any) -> Bench:
        benches.append(open_page(qtbot, station, theme, icons, "incidents", **more))
        return benches[-1]

    yield make
    for bench in benches:
        bench.close(qtbot)
        assert bench.notices.crashes == []


def _types(bench: Bench) -> list[str]:
    model = bench.page.list.model
    place = next(place for place, column in enumerate(model.columns) if column.name == "type_code")
    return [model.index(row, place).data() for row in range(model.rowCount())]


def _button(bench: Bench) -> str:
    return bench.page.list.filters._buttons["type_code"].text()


@popups
def test_a_type_is_filtered_by_title_with_its_code_beside(
    qtbot: QtBot, open_incidents: Callable[..., Bench]
) -> None:
    bench = open_incidents()
    assert sorted(_types(bench)) == ["Perro suelto", NOISE, NOISE, "ZZ9"]

    popup = bench.page.list.filters.open("type_code")
    bench.settle(qtbot)
    assert isinstance(popup, ChoicePopup)
    boxes = {box.text(): box for _, box in popup._boxes}
    assert set(boxes) == {f"{NOISE} · R01   2", "Perro suelto · R02   1", "ZZ9   1"}
    boxes[f"{NOISE} · R01   2"].setChecked(True)
    press(popup, "Return")
    bench.settle(qtbot)

    assert _types(bench) == [NOISE, NOISE]
    assert _button(bench) == f"Tipo: {NOISE}  ▾"


def test_a_filter_that_was_saved_says_the_title(qtbot: QtBot, open_incidents: Callable[..., Bench]) -> None:
    bench = open_incidents()

    bench.page.list.use_spec(ListSpec((Condition("type_code", Compare.IN, ("R02",)),), sort="type_code"))
    bench.settle(qtbot)

    assert _button(bench) == "Tipo: Perro suelto  ▾"
    assert _types(bench) == ["Perro suelto"]


@popups
def test_an_editor_finds_a_code_by_its_title_and_keeps_an_unknown_one(
    qtbot: QtBot, open_incidents: Callable[..., Bench]
) -> None:
    bench = open_incidents()
    field = FieldView("type_code", "Tipo", "", Kind.CODE, "ZZ9", "ZZ9", reference="incident_types")
    editor = make_editor(bench.services, field)
    assert isinstance(editor, ReferenceEditor)
    qtbot.addWidget(editor)
    editor.set_value("ZZ9", "ZZ9")
    assert editor.value() == "ZZ9"

    editor.line.clear()
    write(editor.line, "ruidos")
    editor._search()
    bench.settle(qtbot)
    with pytest.raises(ValueError, match="Elija de la lista"):
        editor.value()
    editor._take(f"{NOISE} · R01")

    assert editor.value() == "R01"
    kept = editor.raw()
    again = make_editor(bench.services, structs.replace(field, value=None, text=""))
    qtbot.addWidget(again)
    again.set_raw(kept)
    assert again.value() == "R01"


def test_a_filter_is_named_by_keyboard_alone(qtbot: QtBot, open_incidents: Callable[..., Bench]) -> None:
    memory = DictMemory()
    bench = open_incidents(memory=memory)
    bench.page.list.use_spec(ListSpec((Condition("type_code", Compare.IN, ("R02",)),), sort="type_code"))
    bench.settle(qtbot)

    bench.page.list._name_filter()
    dialog = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, NameDialog))
    assert QTest.qWaitForWindowActive(dialog)
    qtbot.waitUntil(dialog.name.hasFocus)
    assert problems(dialog) == []
    dialog.name.setFocus()
    press(dialog.name, "Return")
    assert dialog.field.error == "Escriba un nombre."
    write(dialog.name, "  Perros ")
    press(dialog.name, "Return")
    bench.settle(qtbot)

    assert [entry.name for entry in bench.page.list._desk.saved_filters()] == ["Perros"]
    assert bench.notices.toasts == [("Filtro «Perros» guardado.", "success")]


def test_every_state_of_a_unit_has_a_mark() -> None:
    assert [status for status in UnitStatus if mark_of(status) is None] == []
