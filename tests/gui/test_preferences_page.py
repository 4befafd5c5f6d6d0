"""Preferences by keys over a real station: each setting changes what it is about, and a wrong one is said beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.core.setting_list import (
    BACKUP_EVERY_H,
    DIRECTORATE_NAME,
    FONT_SCALE,
    KEYS,
    LOCK_AFTER_MIN,
    RAIL,
    SETTINGS,
    SHIFT_HOURS,
    SOUNDS,
    THEME,
)
from desktop.core.settings import Setting
from desktop.models.people import User
from desktop.models.roles import Role
from desktop.operations.settings import municipal
from desktop.operations.shifts import shift_hours
from desktop.store.tables import JOURNAL
from desktop.views.commands import Command
from desktop.views.icons import Icons
from desktop.views.preferences.editors import HoursEditor, PickEditor, SwitchEditor, TextEditor, WholeEditor
from desktop.views.preferences.page import PreferencesPage
from desktop.views.reports.printing import Paper
from desktop.views.theme import SIZES, THEMES, Theme
from tests.support.accessibility import problems
from tests.support.desks import Desk, open_desk, print_desk
from tests.support.keys import click, press, write
from tests.support.stations import SUPERVISOR, open_station, somebody

CHIEF = somebody(Role.ADMINISTRATOR, Role.SHIFT_SUPERVISOR)


def opened(
    qtbot: QtBot, folder: Path, theme: Theme, icons: Icons, *, may: bool
) -> Iterator[Desk[PreferencesPage]]:
    actor = CHIEF if may else SUPERVISOR
    with open_station(folder, actor) as station:
        person = User(id=actor.user_id, username="quien", full_name=actor.name)
        station.write(lambda ctx: ctx.add(person).id).result()
        desk = open_desk(
            qtbot, station, theme, icons, lambda services, _: PreferencesPage(services), folder / "papers"
        )
        yield desk
        desk.close(qtbot)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, theme: Theme, icons: Icons) -> Iterator[Desk[PreferencesPage]]:
    yield from opened(qtbot, tmp_path, theme, icons, may=True)


@pytest.fixture
def plain_desk(qtbot: QtBot, tmp_path: Path, theme: Theme, icons: Icons) -> Iterator[Desk[PreferencesPage]]:
    yield from opened(qtbot, tmp_path, theme, icons, may=False)


def number(desk: Desk[PreferencesPage], key: str) -> WholeEditor:
    editor = desk.page.fields.rows[key].editor
    assert isinstance(editor, WholeEditor)
    return editor


def test_every_setting_of_the_list_has_its_field_or_its_list(desk: Desk[PreferencesPage]) -> None:
    assert set(desk.page.fields.rows) | {KEYS.key} == {setting.key for setting in SETTINGS}


def test_a_choice_is_kept_at_once_and_can_be_put_back(desk: Desk[PreferencesPage]) -> None:
    row = desk.page.fields.rows[THEME.key]
    assert isinstance(row.editor, PickEditor)

    press(row.editor.box, "Down")
    changed = desk.services.settings.get(THEME)
    click(row.reset)

    assert changed == list(THEMES)[1]
    assert desk.services.settings.get(THEME) == THEME.default
    assert row.editor.box.currentData() == THEME.default
    assert not row.reset.isVisible()


def test_typed_digits_count_when_enter_is_pressed(desk: Desk[PreferencesPage]) -> None:
    spin = number(desk, LOCK_AFTER_MIN.key).spin
    spin.selectAll()
    write(spin, "25")
    before = desk.services.settings.get(LOCK_AFTER_MIN)
    press(spin, "Return")

    assert (before, desk.services.settings.get(LOCK_AFTER_MIN)) == (LOCK_AFTER_MIN.default, 25)
    assert spin.text() == "25 minutos"


def test_a_wrong_text_is_refused_beside_its_field_and_stays_typed(
    desk: Desk[PreferencesPage], qtbot: QtBot
) -> None:
    row = desk.page.fields.rows[DIRECTORATE_NAME.key]
    assert isinstance(row.editor, TextEditor)
    row.editor.line.selectAll()
    press(row.editor.line, "Delete", "Return")
    desk.settle(qtbot)

    assert "por ejemplo" in row.field.error
    assert desk.ask(municipal, DIRECTORATE_NAME) == DIRECTORATE_NAME.default


def test_the_name_of_the_directorate_is_on_the_next_document(
    desk: Desk[PreferencesPage], qtbot: QtBot
) -> None:
    row = desk.page.fields.rows[DIRECTORATE_NAME.key]
    assert isinstance(row.editor, TextEditor)
    row.editor.line.selectAll()
    write(row.editor.line, "Direccion de Seguridad Humana")
    press(row.editor.line, "Return")
    qtbot.waitUntil(lambda: desk.services.settings.get(DIRECTORATE_NAME) == "Direccion de Seguridad Humana")

    paper = Paper(desk.services, print_desk(desk.files_folder, desk.files), desk.page)
    assert paper.head().directorate == "Direccion de Seguridad Humana"


def test_the_hours_of_the_shifts_are_saved_together_and_the_shifts_follow(
    desk: Desk[PreferencesPage], qtbot: QtBot
) -> None:
    row = desk.page.fields.rows[SHIFT_HOURS.key]
    assert isinstance(row.editor, HoursEditor)
    row.editor.kinds["evening"][0].click()
    click(row.editor.save)
    desk.settle(qtbot)
    wrong = row.field.error
    row.editor.kinds["day"][2].setText("20:00")
    row.editor.kinds["night"][1].setText("20:00")
    row.editor.kinds["night"][2].setText("08:00")
    click(row.editor.save)
    qtbot.waitUntil(lambda: len(desk.services.settings.get(SHIFT_HOURS)) == 2)
    desk.settle(qtbot)

    assert "día completo" in wrong
    assert row.field.error == ""
    assert [f"{rule.starts:%H:%M}" for rule in desk.ask(shift_hours)] == ["08:00", "20:00"]


def test_silence_is_in_the_journal_before_it_is_kept(desk: Desk[PreferencesPage], qtbot: QtBot) -> None:
    row = desk.page.fields.rows[SOUNDS.key]
    assert isinstance(row.editor, SwitchEditor)
    press(row.editor.box, "Space")
    qtbot.waitUntil(lambda: not desk.services.settings.get(SOUNDS))
    desk.settle(qtbot)

    operations = desk.ask(
        lambda ctx: list(
            ctx.session.connection().scalars(JOURNAL.select().with_only_columns(JOURNAL.c.operation))
        )
    )
    assert operations[-1] == "alarms.mute"


def test_somebody_without_the_right_reads_what_others_decided(plain_desk: Desk[PreferencesPage]) -> None:
    settings = plain_desk.services.settings
    rows = plain_desk.page.fields.rows
    guarded: list[Setting[Any]] = [LOCK_AFTER_MIN, BACKUP_EVERY_H, DIRECTORATE_NAME, SHIFT_HOURS]

    assert [rows[setting.key].editor for setting in guarded] == [None] * 4
    shown = [one.text() for one in rows[SHIFT_HOURS.key].findChildren(QLabel)]
    assert any("Turno de día: 08:00 a 16:00" in text for text in shown)
    settings.put(LOCK_AFTER_MIN, 0)
    settings.put(DIRECTORATE_NAME, "Otra")
    assert settings.get(LOCK_AFTER_MIN) == LOCK_AFTER_MIN.default
    assert rows[RAIL.key].editor is not None


def test_a_larger_letter_grows_what_holds_it_and_goes_back(theme: Theme) -> None:
    before = (SIZES.control, SIZES.type_body, SIZES.space_4)
    theme.use_scale(200)
    grown = (SIZES.control, SIZES.type_body, SIZES.space_4)
    theme.use_scale(80)
    smallest = SIZES.type_overline
    theme.use_scale(FONT_SCALE.default)

    assert grown == (before[0] * 2, before[1] * 2, before[2])
    assert smallest == 9
    assert (SIZES.control, SIZES.type_body, SIZES.space_4) == before


# Keys


def command_named(desk: Desk[PreferencesPage], name: str) -> None:
    write(desk.page.keys.search, name)
    assert len(desk.page.keys.lines) == 1


@pytest.fixture
def keys(desk: Desk[PreferencesPage]) -> Desk[PreferencesPage]:
    ran: list[str] = []
    desk.services.commands.add(
        Command("t.lock", "Bloquear", lambda: ran.append("lock"), "Ctrl+L", group="Ventana"),
        Command("t.print", "Imprimir", lambda: ran.append("print"), "Ctrl+P", group="Ventana"),
    )
    desk.services.settings.changed.connect(
        lambda key: (
            desk.services.commands.use_keys(desk.services.settings.get(KEYS)) if key == KEYS.key else None
        )
    )
    desk.page.show_keys()
    return desk


def test_a_key_is_changed_by_pressing_it_and_put_back(keys: Desk[PreferencesPage]) -> None:
    command_named(keys, "imprimir")
    part = keys.page.keys
    part.begin()
    press(part.capture, "Ctrl+Shift+F9")
    changed = part.lines[0]
    click(part.restore)

    assert changed == ("Imprimir", "Ctrl+Shift+F9", "cambiada")
    assert part.lines[0] == ("Imprimir", "Ctrl+P", "")
    assert keys.services.settings.get(KEYS) == {}


def test_a_key_of_another_command_is_refused_with_its_name(keys: Desk[PreferencesPage]) -> None:
    command_named(keys, "imprimir")
    part = keys.page.keys
    part.begin()
    press(part.capture, "Ctrl+L")

    assert "«Bloquear»" in part.note.text()
    assert part.capture.isVisible()
    press(part.capture, "Esc")
    assert part.lines[0] == ("Imprimir", "Ctrl+P", "")


@pytest.mark.parametrize(
    ("key", "said"), [("A", "para escribir"), ("Ctrl+C", "de los campos"), ("Tab", "para escribir")]
)
def test_a_key_that_is_needed_elsewhere_is_refused(keys: Desk[PreferencesPage], key: str, said: str) -> None:
    command_named(keys, "imprimir")
    keys.page.keys.begin()
    press(keys.page.keys.capture, key)

    assert said in keys.page.keys.note.text()
    assert keys.services.settings.get(KEYS) == {}


def test_a_command_can_go_without_a_key_and_all_come_back(keys: Desk[PreferencesPage]) -> None:
    command_named(keys, "imprimir")
    part = keys.page.keys
    part.begin()
    QTest.keyClick(part.capture, Qt.Key.Key_Delete)
    without = part.lines[0]
    click(part.restore_all)

    assert without == ("Imprimir", "", "cambiada")
    assert part.lines[0] == ("Imprimir", "Ctrl+P", "")


def test_a_default_key_that_another_command_took_is_not_taken_back_in_silence(
    keys: Desk[PreferencesPage],
) -> None:
    keys.services.settings.put(KEYS, {"t.print": "Ctrl+J", "t.lock": "Ctrl+P"})
    command_named(keys, "imprimir")
    click(keys.page.keys.restore)

    assert "«Bloquear»" in keys.page.keys.note.text()
    assert keys.page.keys.lines[0][1] == "Ctrl+J"


@pytest.mark.parametrize("part", ["fields", "keys"])
def test_every_control_has_a_name_and_is_reached(desk: Desk[PreferencesPage], part: str) -> None:
    if part == "keys":
        desk.page.show_keys()

    assert problems(desk.page) == []
