"""What a setting says really happens in the window: look, rail, silence, lock after a while, keys."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from desktop.core.events import Events
from desktop.core.setting_list import FONT_SCALE, KEYS, LOCK_AFTER_MIN, RAIL, SOUNDS, THEME
from desktop.operations.settings import settings_of
from desktop.views.handover import DataEvents
from desktop.views.icons import Icons
from desktop.views.incidents.sound import Alarm
from desktop.views.shell.window import Desk, MainWindow
from desktop.views.theme import SIZES, Theme
from tests.support.clock import FakeClock
from tests.support.desk import DictMemory, Somebody, ThreadRunner, rights_to, running
from tests.support.keys import press, wait_active
from tests.support.shell_pages import SPECS


@pytest.fixture
def runner() -> Iterator[ThreadRunner]:
    with running("context") as threads:
        yield threads


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def memory() -> DictMemory:
    return DictMemory()


@pytest.fixture
def window(
    theme: Theme, icons: Icons, runner: ThreadRunner, clock: FakeClock, memory: DictMemory, qtbot: QtBot
) -> Iterator[MainWindow]:
    events = DataEvents(Events())
    made = MainWindow(
        Desk(theme, icons, clock, memory, runner, events, SPECS, "Municipalidad de Los Boldos", _raise)
    )
    made.resize(1366, 768)
    seat(made)
    made.show()
    wait_active(made)
    yield made
    made.lock_screen.turn_off()
    made.leave()
    made.hide()
    made.deleteLater()
    events.stop()
    QApplication.processEvents()


def _raise(error: BaseException) -> None:
    raise error


def seat(window: MainWindow) -> None:
    window.enter(Somebody(), "msoto", rights_to("contacts"))


def test_the_look_follows_the_person_who_sits_down(
    window: MainWindow, theme: Theme, memory: DictMemory
) -> None:
    settings = settings_of(memory, Somebody().user_id)
    settings.put(THEME, "light")
    settings.put(FONT_SCALE, 150)
    settings.put(RAIL, "narrow")

    seat(window)

    assert (theme.name, theme.scale, window.rail.is_narrow) == ("light", 150, True)
    assert window.top_bar.height() == SIZES.top_bar == 78
    assert QApplication.font().pointSizeF() == pytest.approx(15.75)


def test_a_change_is_seen_at_once(window: MainWindow, theme: Theme) -> None:
    services = window.services
    assert services is not None

    services.settings.put(THEME, "contrast")
    services.settings.put(RAIL, "narrow")
    services.settings.put(KEYS, {"shell.keys": "Ctrl+H"})
    press(window, "Ctrl+H")

    assert theme.name == "contrast"
    assert window.rail.is_narrow
    assert window._sheet is not None
    assert ("Ver teclas y órdenes", "Ctrl+H") in window._sheet.lines


def test_a_silenced_station_says_so_and_makes_no_sound(window: MainWindow, memory: DictMemory) -> None:
    alarm = Alarm(window, lambda: settings_of(memory).get(SOUNDS))
    settings_of(memory).put(SOUNDS, value=False)
    seat(window)

    alarm.sound()

    assert alarm.times_sounded == 0
    assert window.status.items["sounds"].text == "Alarmas sin sonido"
    settings_of(memory).reset(SOUNDS)
    seat(window)
    assert "sounds" not in window.status.items


def after(window: MainWindow, clock: FakeClock, minutes: float) -> bool:
    clock.advance(minutes * 60)
    window.idle.look()
    return window.lock_screen.is_on


def test_an_unused_station_locks_itself_and_the_board_stays_readable(
    window: MainWindow, clock: FakeClock
) -> None:
    board = window.page("queue")
    assert not after(window, clock, LOCK_AFTER_MIN.default - 0.1)

    assert after(window, clock, 0.2)
    assert board is not None
    assert board not in window._to_cover()


def press_somewhere(window: MainWindow) -> None:
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Shift)


def move_somewhere(window: MainWindow) -> None:
    QTest.mouseMove(window.windowHandle(), window.rect().center())
    QTest.mouseMove(window.windowHandle(), window.rect().center() / 2)


@pytest.mark.parametrize("use", [press_somewhere, move_somewhere])
def test_real_input_puts_the_lock_off(
    window: MainWindow, clock: FakeClock, use: Callable[[MainWindow], None]
) -> None:
    assert not after(window, clock, LOCK_AFTER_MIN.default - 1)
    use(window)

    assert not after(window, clock, 2)
    assert after(window, clock, LOCK_AFTER_MIN.default)


def test_what_the_program_sends_to_itself_is_no_sign_of_a_person(
    window: MainWindow, clock: FakeClock
) -> None:
    assert not after(window, clock, LOCK_AFTER_MIN.default - 1)
    here, none = QPointF(5, 5), Qt.MouseButton.NoButton
    moved = QMouseEvent(QEvent.Type.MouseMove, here, here, none, none, Qt.KeyboardModifier.NoModifier)
    window.idle.eventFilter(window.windowHandle(), moved)

    assert after(window, clock, 2)


def test_with_zero_minutes_it_never_locks(window: MainWindow, clock: FakeClock, memory: DictMemory) -> None:
    settings_of(memory).put(LOCK_AFTER_MIN, 0)

    assert not after(window, clock, 60 * 24)


def test_the_lock_puts_a_modal_window_aside_and_gives_it_back(window: MainWindow, qtbot: QtBot) -> None:
    dialog = QDialog(window)
    dialog.setModal(True)
    dialog.show()
    wait_active(dialog)

    window.lock()
    while_locked = dialog.isVisible()
    window.unlock()

    assert not while_locked
    assert dialog.isVisible()
    dialog.close()
