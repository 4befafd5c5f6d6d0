"""The window around the pages: rail, pages, keys, status, notices, tear-off, lock, another person."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.errors import FieldError, Unavailable
from desktop.core.events import Events
from desktop.core.setting_list import KEYS
from desktop.operations.settings import settings_of
from desktop.register.access import Action, Rights
from desktop.views.commands import Command, Permission
from desktop.views.drafts import Drafts
from desktop.views.handover import DataEvents
from desktop.views.icons import Icons
from desktop.views.orders import Argument, Call, Candidate, Give, Order
from desktop.views.pages import RailGroup
from desktop.views.shell import placement
from desktop.views.shell.status import SyncState, backup_item, sync_items
from desktop.views.shell.window import Desk, MainWindow
from desktop.views.theme import THEMES, Theme
from tests.support.accessibility import problems
from tests.support.clock import FakeClock
from tests.support.desk import DictMemory, Somebody, ThreadRunner, rights_to, running
from tests.support.keys import press, wait_active, write
from tests.support.shell_pages import SPECS, QueuePage

RESERVED = replace(SPECS[2], permission=Permission(Action.READ, "contacts"))
PAGES = (*SPECS[:2], RESERVED, *SPECS[3:])
NOON = datetime(2026, 3, 16, 15, 0, tzinfo=UTC)


@pytest.fixture
def runner() -> Iterator[ThreadRunner]:
    with running("context") as threads:
        yield threads


@pytest.fixture
def memory() -> DictMemory:
    return DictMemory()


@pytest.fixture
def crashes() -> list[BaseException]:
    return []


Open = Callable[..., MainWindow]


@pytest.fixture
def desk(
    theme: Theme, icons: Icons, runner: ThreadRunner, memory: DictMemory, crashes: list[BaseException]
) -> Iterator[Desk]:
    events = DataEvents(Events())
    yield Desk(
        theme,
        icons,
        FakeClock(),
        memory,
        runner,
        events,
        PAGES,
        "Municipalidad de Los Boldos",
        crashes.append,
    )
    events.stop()


@pytest.fixture
def open_window(desk: Desk, qtbot: QtBot) -> Iterator[Open]:
    made: list[MainWindow] = []

    def make(rights: Rights | None = None, **changes: Any) -> MainWindow:
        window = MainWindow(replace(desk, **changes))
        made.append(window)
        window.resize(1366, 768)
        window.enter(
            Somebody(), "msoto", rights if rights is not None else rights_to("contacts"), shift="Turno Tarde"
        )
        window.show()
        wait_active(window)
        return window

    yield make
    for window in made:
        window.lock_screen.turn_off()
        window.leave()
        window.hide()
        window.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def window(open_window: Open) -> MainWindow:
    return open_window()


def queue(window: MainWindow) -> QueuePage:
    page = window.page("queue")
    assert isinstance(page, QueuePage)
    return page


def rail_button(window: MainWindow, title: str) -> QPushButton:
    (found,) = (part for part in window.rail.findChildren(QPushButton) if part.accessibleName() == title)
    return found


def bar_text(window: MainWindow) -> str:
    assert window.bar is not None
    return window.bar.line.text()


# Rail and pages


def test_the_rail_holds_the_pages_of_the_role_in_the_order_of_the_groups(open_window: Open) -> None:
    with_rights = open_window()
    without = open_window(Rights())

    assert with_rights.rail.keys == ["queue", "incidents", "contacts", "import", "users", "backup"]
    assert "contacts" not in without.rail.keys
    without.open_page("contacts")
    assert without.page("contacts") is None


def test_the_first_page_opens_and_takes_the_keyboard(window: MainWindow) -> None:
    assert window.current_key == "queue"
    assert QApplication.focusWidget() is queue(window).table


def test_a_page_is_made_when_it_is_first_opened_and_kept(window: MainWindow) -> None:
    assert window.page("backup") is None

    window.open_page("backup")
    first = window.page("backup")
    window.open_page("queue")
    window.open_page("backup")

    assert first is not None
    assert window.page("backup") is first


def test_a_pages_key_opens_it_and_alt_left_returns(window: MainWindow) -> None:
    press(window, "Ctrl+2")
    there = window.current_key
    press(window, "Alt+Left")

    assert (there, window.current_key) == ("incidents", "queue")


def test_a_page_is_told_where_to_go(window: MainWindow) -> None:
    window.open_page("queue", incident="451")

    assert queue(window).went == [{"incident": "451"}]


def test_groups_fold_and_stay_folded(open_window: Open, window: MainWindow) -> None:
    head = window.rail.head_of(RailGroup.SYSTEM)
    QTest.mouseClick(head, Qt.MouseButton.LeftButton)

    again = open_window()

    assert not rail_button(window, "Usuarios").isVisible()
    assert "plegado" in head.accessibleName()
    assert not rail_button(again, "Usuarios").isVisible()
    assert rail_button(again, "Central").isVisible()


def test_the_rail_shrinks_to_icons_and_remembers_it(open_window: Open, window: MainWindow) -> None:
    wide = window.rail.width()

    press(window, "Ctrl+B")

    assert window.rail.width() < wide / 2
    assert open_window().rail.is_narrow


def test_on_a_small_screen_the_rail_shrinks_by_itself(window: MainWindow) -> None:
    window.resize(960, 540)

    assert window.rail.is_narrow


# Command bar and key sheet


def test_the_bar_opens_runs_an_order_and_gives_the_keyboard_back(window: MainWindow) -> None:
    press(window, "Ctrl+K")
    assert window.bar is not None
    write(window.bar.line, "nota")
    press(window.bar.line, "Return")

    assert queue(window).notes == ["note"]
    assert not window.bar.isVisible()
    assert QApplication.focusWidget() is queue(window).table


def test_the_bar_completes_arguments_and_answers_in_place(window: MainWindow) -> None:
    dispatched: list[tuple[str, ...]] = []

    def units(prefix: str, give: Give) -> None:
        give(
            [Candidate(unit, hint="disponible") for unit in ("M21", "M22") if unit.startswith(prefix.upper())]
        )

    def dispatch(call: Call) -> None:
        dispatched.append(call.values)
        call.answer(f"{call.values[0]} despachado a {call.values[1]}.")

    order = Order((Argument("móvil", units), Argument("incidente")), dispatch)
    window.commands.add(Command("dispatch", "Despachar", lambda: None, words=("despachar",), order=order))
    press(window, "Ctrl+K")
    bar = window.bar
    assert bar is not None

    write(bar.line, "despachar m")
    offered = bar.offered
    press(bar.line, "Tab")
    completed = bar.line.text()
    press(bar.line, "Return")
    asked = bar.answer
    write(bar.line, "451")
    press(bar.line, "Return")

    assert offered == ["M21", "M22"]
    assert completed == "despachar M21 "
    assert asked == "Falta: incidente. Escriba: despachar ‹móvil› ‹incidente›"
    assert dispatched == [("M21", "451")]
    assert bar.answer == "M21 despachado a 451."
    assert bar.isVisible()


def test_the_bar_remembers_orders_for_each_person(open_window: Open, window: MainWindow) -> None:
    window.open_commands()
    assert window.bar is not None
    write(window.bar.line, "tema claro")
    press(window.bar.line, "Return")

    again = open_window()
    again.open_commands()
    assert again.bar is not None
    press(again.bar.line, "Up")
    recalled = again.bar.line.text()
    again.enter(Somebody(UUID(int=2), "Pedro Rivas"), "privas", Rights())
    assert again.bar is not None

    assert recalled == "tema claro"
    assert again.bar.history == []


def test_the_bar_says_when_it_knows_no_such_order(window: MainWindow) -> None:
    window.open_commands()
    assert window.bar is not None
    write(window.bar.line, "xyzzy")
    press(window.bar.line, "Return")

    assert "xyzzy" in window.bar.answer
    assert bar_text(window) == "xyzzy"


def test_things_found_elsewhere_are_offered_and_late_answers_ignored(window: MainWindow) -> None:
    opened: list[str] = []
    gives: list[tuple[str, Give]] = []
    assert window.bar is not None
    window.bar.add_searcher(lambda text, give: gives.append((text, give)))
    window.open_commands()
    write(window.bar.line, "45")

    first, second = gives
    first[1]([Candidate("4", "viejo")])
    second[1]([Candidate("451", "INC-2026-000451", "P1", lambda: opened.append("451"))])
    offered = window.bar.offered
    press(window.bar.line, "Return")

    assert [text for text, _ in gives] == ["4", "45"]
    assert offered == ["INC-2026-000451"]
    assert opened == ["451"]


def test_escape_leaves_the_bar(window: MainWindow) -> None:
    window.open_commands()
    assert window.bar is not None

    press(window.bar.line, "Esc")

    assert not window.bar.isVisible()


def test_the_key_sheet_lists_what_can_be_asked_for_now(window: MainWindow) -> None:
    press(window, "F1")
    sheet = window._sheet
    assert sheet is not None
    listed = dict(sheet.lines)
    write(sheet.filter, "nota")
    narrowed = sheet.lines
    press(sheet.filter, "Esc")

    assert listed["Dar una orden"] == "Ctrl+K"
    assert listed["Central"] == "Ctrl+1"
    assert narrowed == [("Agregar una nota", "F2")]
    assert window._sheet is None


def keep_keys(memory: DictMemory, keys: dict[str, str]) -> None:
    settings_of(memory, Somebody().user_id).put(KEYS, keys)


def test_keys_from_the_settings_replace_the_declared_ones(open_window: Open, memory: DictMemory) -> None:
    keep_keys(memory, {"shell.keys": "Ctrl+H", "page.incidents": ""})
    window = open_window()

    press(window, "Ctrl+2")
    press(window, "Ctrl+H")

    assert window.current_key == "queue"
    assert window._sheet is not None


def test_tooltips_name_the_keys_that_are_in_force(open_window: Open, memory: DictMemory) -> None:
    keys = {
        "shell.commands": "Ctrl+Space",
        "shell.bell": "",
        "shell.lock": "Ctrl+J",
        "page.incidents": "Alt+2",
    }
    keep_keys(memory, keys)
    window = open_window()

    assert window.top_bar.field.toolTip() == "Dar una orden o buscar (Ctrl+Space)"
    assert window.top_bar.bell.toolTip() == "Avisos recientes"
    assert window.status.items["person"].tip == "Bloquear o cambiar de persona (Ctrl+J)"
    assert rail_button(window, "Incidentes").toolTip() == "Incidentes (Alt+2)"


def test_no_two_commands_of_the_window_share_a_key(window: MainWindow) -> None:
    assert window.commands.conflicts() == []


def test_the_theme_is_an_order_and_is_remembered(
    window: MainWindow, theme: Theme, memory: DictMemory
) -> None:
    window.open_commands("tema alto contraste")
    assert window.bar is not None
    press(window.bar.line, "Return")
    used = theme.name
    theme.use("dark")
    window.enter(Somebody(), "msoto", Rights())

    assert used == "contrast"
    assert theme.name == "contrast"


# Status bar


def test_green_only_when_a_server_has_everything() -> None:
    states = {
        SyncState(has_server=False, is_connected=False, unsent=0): "quiet",
        SyncState(has_server=False, is_connected=False, unsent=12): "quiet",
        SyncState(has_server=True, is_connected=True, unsent=0, server_seen_at=NOON): "ok",
        SyncState(has_server=True, is_connected=True, unsent=1, server_seen_at=NOON): "pending",
        SyncState(has_server=True, is_connected=False, unsent=0, lost_at=NOON): "pending",
        SyncState(has_server=True, is_connected=True, unsent=0, error="certificado vencido"): "error",
    }

    shown = {state: [item.tone for item in sync_items(state)] for state in states}

    assert {state: tones[0] for state, tones in shown.items()} == states
    assert [state for state, tones in shown.items() if "ok" in tones and state.unsent] == []


def test_the_words_of_the_exchange() -> None:
    lost = SyncState(True, False, 1037, lost_at=NOON, stations=2)

    assert [item.text for item in sync_items(lost)] == [
        "Sin servidor desde 12:00",
        "1.037 por enviar",
        "2 estaciones en la LAN",
    ]
    assert [item.text for item in sync_items(SyncState(False, False, 0))] == ["Sin servidor configurado"]


def test_an_old_backup_is_amber() -> None:
    assert backup_item(NOON, NOON + timedelta(hours=2)).tone == "quiet"
    assert backup_item(NOON, NOON + timedelta(hours=25)).tone == "pending"
    assert backup_item(NOON, NOON + timedelta(hours=25)).text == "Respaldo 16-03 12:00"
    assert backup_item(None, NOON).tone == "pending"


def test_a_click_on_an_item_opens_its_page_and_items_can_go(window: MainWindow) -> None:
    window.status.show_sync(SyncState(True, False, 3, stations=1), "backup")
    shown = window.status.findChildren(QPushButton)
    button = next(each for each in shown if each.text() == "Sin servidor")

    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    window.status.show_sync(SyncState(False, False, 0))

    assert window.current_key == "backup"
    assert set(window.status.items) == {"server", "person"}


# Notices


def test_a_toast_can_be_undone_by_its_key_once(window: MainWindow) -> None:
    undone: list[str] = []
    window.toast("Se cerró el incidente.", undo=lambda: undone.append("open again"))

    press(window, "Ctrl+Z", "Ctrl+Z")

    assert window.toasts.texts == ["Se cerró el incidente."]
    assert undone == ["open again"]


def test_warnings_are_counted_on_the_bell_until_they_are_read(window: MainWindow) -> None:
    window.toast("Uno", "warning")
    window.toast("Dos", "danger")
    window.toast("Tres", "info")
    counted = window.top_bar.bell.text()

    press(window, "Ctrl+Shift+A")

    assert counted == "2"
    assert window.top_bar.bell.text() == ""
    assert [kept.text for kept in window.toasts.kept] == ["Tres", "Dos", "Uno"]


def test_only_some_toasts_are_shown_at_once(window: MainWindow) -> None:
    for number in range(6):
        window.toast(str(number))

    assert window.toasts.texts == ["2", "3", "4", "5"]


def test_a_failing_write_shows_a_banner_that_a_later_success_takes_away(
    window: MainWindow, qtbot: QtBot
) -> None:
    def fails(_: object) -> None:
        raise Unavailable("El disco está lleno.")

    window.tasks.write(fails)
    qtbot.waitUntil(lambda: window.tasks.is_idle)
    shown = dict(window.banners.texts)
    window.tasks.write(lambda _: None)
    qtbot.waitUntil(lambda: window.tasks.is_idle)

    assert shown == {"unavailable.write": "El disco está lleno."}
    assert window.banners.texts == {}
    assert not window.banners.isVisible()


def test_an_error_of_ours_puts_drafts_aside_and_is_reported(
    window: MainWindow, crashes: list[BaseException], memory: DictMemory
) -> None:
    assert window.services is not None
    window.services.drafts.keep("note", window, lambda: {"text": "a medio escribir"})
    bug = RuntimeError("bug")

    window.crash(bug)

    assert crashes == [bug]
    left = Drafts(memory, Somebody().user_id, FakeClock()).found("note")
    assert [draft.values for draft in left] == [{"text": "a medio escribir"}]


def test_a_long_job_is_seen_and_can_be_stopped(window: MainWindow, qtbot: QtBot) -> None:
    def endless(progress: Any) -> None:
        while True:
            progress.report(1, 4, "filas")
            progress.check()
            QTest.qSleep(10)

    job = window.tasks.job("Importando", endless)
    qtbot.waitUntil(window.jobs.isVisible)
    with qtbot.waitSignal(job.finished):
        job.cancel()

    assert not window.jobs.isVisible()


# Pages in windows of their own


def test_a_page_moves_to_its_own_window_and_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    page = queue(window)

    press(window, "Ctrl+Shift+M")
    own = window.torn_off.windows["queue"]
    was_alone = page.window() is own
    here = window.current_key
    own.close()

    assert was_alone
    assert here == "incidents"
    assert page.window() is window
    assert window.current_key == "queue"


def test_a_torn_off_page_has_its_keys_and_those_of_the_window(window: MainWindow, qtbot: QtBot) -> None:
    page = queue(window)
    own = window.tear_off("queue")
    assert own is not None
    wait_active(own)

    press(own, "F2")
    press(own, "Ctrl+K")

    assert page.notes == ["note"]
    assert window.bar is not None
    assert window.bar.window() is own


def test_pages_that_were_torn_off_are_so_at_the_next_start(open_window: Open, window: MainWindow) -> None:
    window.tear_off("incidents")
    window.close()

    assert list(open_window().torn_off.windows) == ["incidents"]


def test_places_are_remembered_by_the_name_of_the_screen() -> None:
    screens = {"DP-1": QRect(0, 0, 1920, 1080), "HDMI-2": QRect(1920, 0, 2560, 1440)}
    place = placement.place_of(QRect(2000, 100, 1200, 800), screens, is_maximized=False)
    assert place is not None

    moved = {"DP-1": QRect(2560, 0, 1920, 1080), "HDMI-2": QRect(0, 0, 2560, 1440)}
    alone = {"DP-1": QRect(0, 0, 1366, 768)}

    assert place.screen == "HDMI-2"
    assert placement.rectangle(place, moved, "DP-1") == QRect(80, 100, 1200, 800)
    pulled = placement.rectangle(place, alone, "DP-1")
    assert alone["DP-1"].contains(pulled)
    assert placement.Place.from_json(place.to_json()) == place


def test_a_place_that_cannot_be_read_is_no_place() -> None:
    assert placement.Place.from_json("{broken") is None
    assert placement.Place.from_json('{"screen": "DP-1"}') is None
    assert (
        placement.place_of(QRect(9000, 9000, 10, 10), {"DP-1": QRect(0, 0, 100, 100)}, is_maximized=False)
        is None
    )


def test_a_window_is_pulled_back_when_its_monitor_goes_and_returns_with_it(
    window: MainWindow, memory: DictMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = {"DP-1": QRect(0, 0, 800, 800), "HDMI-2": QRect(800, 0, 800, 800)}
    monkeypatch.setattr(placement, "screens_now", lambda: (two, "DP-1"))
    memory.put("shell/place/queue", placement.Place("HDMI-2", 50, 60, 500, 400).to_json())
    own = window.tear_off("queue")
    assert own is not None
    before = own.geometry()

    monkeypatch.setattr(placement, "screens_now", lambda: ({"DP-1": two["DP-1"]}, "DP-1"))
    window.torn_off.screen_gone()
    pulled = own.geometry()
    monkeypatch.setattr(placement, "screens_now", lambda: (two, "DP-1"))
    window.torn_off.screen_back()

    assert two["HDMI-2"].contains(before)
    assert two["DP-1"].contains(pulled)
    assert own.geometry() == before


# Lock and change of person


def test_the_lock_stops_input_but_leaves_the_board_readable(window: MainWindow) -> None:
    page = queue(window)
    press(window, "Ctrl+L")

    press(page.table, "F2")
    press(page.table, "Ctrl+2")
    QTest.mouseClick(rail_button(window, "Incidentes"), Qt.MouseButton.LeftButton)
    write(page.address, "x")

    assert window.lock_screen.is_on
    assert (page.notes, window.current_key, page.address.text()) == ([], "queue", "Picarte 1120")
    assert page.isVisible()
    assert window._to_cover() == []


def test_pages_that_are_no_board_are_covered_by_the_lock(window: MainWindow) -> None:
    window.open_page("contacts")
    page = window.page("contacts")
    assert page is not None

    window.lock()
    veil = page.childAt(page.rect().center())
    window.unlock()

    assert veil is not None
    assert "Oculto" in getattr(veil, "text", lambda: "")() or veil.property("surface") == "window"
    assert window._to_cover() == [page]


def test_the_password_goes_out_and_a_wrong_one_is_told_beside_the_field(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.lock()
    card = window.lock_screen.card.card
    focus_first = QApplication.focusWidget()

    with qtbot.waitSignal(window.unlock_asked) as asked:
        write(card.password.input, "equivocada")
        press(card.password.input, "Return")
    window.refuse(FieldError("password", "La contraseña no es correcta."))
    errors = dict(card.form.errors)
    window.unlock()

    assert focus_first is card.password.input
    assert asked.args == ["equivocada"]
    assert errors == {"password": "La contraseña no es correcta."}
    assert card.password.text() == ""
    assert not window.lock_screen.is_on
    press(window, "F2")
    assert queue(window).notes == ["note"]


def test_tab_stays_inside_the_lock(window: MainWindow) -> None:
    window.lock()
    card = window.lock_screen.card

    for _ in range(6):
        focus = QApplication.focusWidget()
        assert focus is not None
        press(focus, "Tab")
        now = QApplication.focusWidget()
        assert now is not None
        assert card.isAncestorOf(now)


def test_another_person_sits_down_and_finds_nothing_of_the_first(window: MainWindow, qtbot: QtBot) -> None:
    window.toast("Llamó Juana Pérez", "warning")
    assert window.services is not None
    window.services.drafts.keep("note", queue(window), lambda: {"text": "mío"})
    window.lock()
    card = window.lock_screen.card
    QTest.mouseClick(card.other, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(window.change_asked) as asked:
        write(card.card.user, "privas")
        press(card.card.user, "Return")
        write(card.card.password.input, "secreta larga")
        press(card.card.password.input, "Return")

    window.enter(Somebody(UUID(int=2), "Pedro Rivas"), "privas", Rights())
    window.unlock()

    assert asked.args == ["privas", "secreta larga"]
    assert window.status.items["person"].text == "Pedro Rivas"
    assert "contacts" not in window.rail.keys
    assert list(window.toasts.kept) == []
    assert window.services is not None
    assert window.services.drafts.found("note") == []
    window.enter(Somebody(), "msoto", Rights())
    assert [draft.values for draft in window.services.drafts.found("note")] == [{"text": "mío"}]


def test_a_page_with_unsaved_input_can_keep_the_window_open(window: MainWindow) -> None:
    page = queue(window)
    page.is_dirty = True

    stayed = not window.close()
    page.is_dirty = False

    assert stayed
    assert window.close()


def test_an_exercise_is_marked_on_every_window(open_window: Open) -> None:
    window = open_window(is_exercise=True)
    own = window.tear_off("incidents")
    assert own is not None

    for each in (window, own):
        assert any(
            "EJERCICIO" in part.accessibleName() for part in each.findChildren(QWidget) if part.isVisible()
        )


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("size", [(960, 540), (1366, 768)])
def test_every_control_has_a_name_and_is_reached_by_tab(
    window: MainWindow, theme: Theme, name: str, size: tuple[int, int]
) -> None:
    theme.use(name)
    window.resize(*size)
    window.status.show_sync(SyncState(True, False, 3, stations=1), "backup")

    found: list[str] = []
    for key in window.rail.keys:
        window.open_page(key)
        found += problems(window)

    assert found == []


def test_the_time_is_that_of_santiago(window: MainWindow) -> None:
    assert window.top_bar.time.text() == "14:00:00"


def test_a_window_that_was_put_away_writes_nothing_when_it_is_closed(
    open_window: Open, memory: DictMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    window.put_away()
    assert memory.get("shell/place/main_window") is not None

    def refuse(*_: object) -> None:
        raise AssertionError("the store is closed")

    monkeypatch.setattr(memory, "put", refuse)
    window.hide()
    assert window.close()


def test_the_name_of_the_page_is_whole_where_there_is_little_room(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    window.resize(960, 540)
    window.top_bar.show_title("Tipos de incidente")
    title = window.top_bar.title
    qtbot.waitUntil(lambda: window.width() == 960 and title.width() >= title.sizeHint().width())
    wide = title.width()
    window.top_bar.show_title("Calles")
    qtbot.waitUntil(lambda: title.width() < wide)
