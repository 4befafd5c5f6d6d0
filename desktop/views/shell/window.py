"""The main window. It knows pages by their declarations only, and the person by what signed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.core.setting_list import FONT_SCALE, KEYS, LOCK_AFTER_MIN, RAIL, SOUNDS, THEME
from desktop.register.access import Rights
from desktop.views.commands import CommandRegistry
from desktop.views.drafts import Drafts
from desktop.views.notices import NoticeAction, Tone
from desktop.views.pages import AsksBeforeClosing, GoesTo, HasFirstFocus, PageSpec, in_rail_order
from desktop.views.services import Actor, Memory, Services
from desktop.views.settings import LiveSettings
from desktop.views.shell import placement
from desktop.views.shell.command_bar import CommandBar
from desktop.views.shell.exercise import ExerciseStripe
from desktop.views.shell.idle import IdleWatch
from desktop.views.shell.jobs import BusyLine, JobStrip
from desktop.views.shell.key_sheet import KeySheet
from desktop.views.shell.lock import Lock, LockCard
from desktop.views.shell.rail import Rail
from desktop.views.shell.status import StatusBar, StatusItem
from desktop.views.shell.toasts import Banners, BellList, Toasts
from desktop.views.shell.top_bar import TopBar
from desktop.views.shell.torn_off import TornOff
from desktop.views.shell.window_commands import MENU, page_commands, window_commands
from desktop.views.tasks import Runner, Tasks

if TYPE_CHECKING:
    from desktop.core.clock import Clock
    from desktop.views.handover import DataEvents
    from desktop.views.icons import Icons
    from desktop.views.settings import MunicipalTexts
    from desktop.views.theme import Theme

_WINDOW_KEY = "main_window"
_NARROW_BELOW = 1200
"""Logical width under which the rail shrinks by itself, unless the person chose otherwise."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a window is built on; all of it outlives the person who is signed in."""

    theme: Theme
    icons: Icons
    clock: Clock
    memory: Memory
    runner: Runner
    events: DataEvents
    pages: Sequence[PageSpec]
    municipality: str
    report_crash: Callable[[BaseException], None]
    municipality_settings: MunicipalTexts | None = None
    is_exercise: bool = False
    station: str = ""


class MainWindow(QWidget):
    """Rail, page, command bar, status. Also the `Notices` of everything inside."""

    unlock_asked = Signal(str)
    change_asked = Signal(str, str)
    change_proved = Signal(str, str, str)
    closed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._specs: dict[str, PageSpec] = {}
        self._pages: dict[str, QWidget] = {}
        self._trail: list[str] = []
        self._actor: Actor | None = None
        self._user = ""
        self._seat = ""
        self._is_put_away = False
        self._settings: LiveSettings | None = None
        self._sheet: KeySheet | None = None
        self._bell_list: BellList | None = None
        self.services: Services | None = None
        self.setWindowTitle(" · ".join(filter(None, ("Atalaya", desk.station, desk.municipality))))
        self.setMinimumSize(900, 480)
        self.commands = CommandRegistry(self, Rights())
        self.tasks = Tasks(desk.runner, self, self)
        self.torn_off = TornOff(desk.memory, desk.theme, self.commands, is_exercise=desk.is_exercise)
        self.torn_off.returned.connect(self._take_back)
        self._build()
        self.commands.add(*window_commands(self), are_late=True)
        self.commands.changed.connect(self._show_keys)
        self.commands.fill_menu(self.top_bar.menu, MENU)
        self.tasks.busy_changed.connect(self.busy.show_busy)
        self.tasks.job_started.connect(self.jobs.add)
        if not placement.restore(desk.memory, f"shell/place/{_WINDOW_KEY}", self):
            self.resize(1366, 768)

    def _build(self) -> None:
        desk = self._desk
        self.top_bar = TopBar(desk.icons, desk.clock, desk.municipality)
        self.busy = BusyLine()
        self.rail = Rail(desk.icons, desk.memory)
        self.banners = Banners(desk.icons)
        self.stack = QStackedWidget()
        self.jobs = JobStrip()
        self.status = StatusBar(desk.icons, self.open_page)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.banners)
        right.addWidget(self.stack, 1)
        right.addWidget(self.jobs)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addLayout(right, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        if desk.is_exercise:
            whole.addWidget(ExerciseStripe(desk.theme))
        whole.addWidget(self.top_bar)
        whole.addWidget(self.busy)
        whole.addLayout(middle, 1)
        whole.addWidget(self.status)
        self.toasts = Toasts(desk.icons, desk.clock, self.stack, self)
        self.toasts.kept_changed.connect(self.top_bar.show_unread)
        self.bar: CommandBar | None = None
        card = LockCard(self)
        card.unlock_asked.connect(self.unlock_asked)
        card.change_asked.connect(self.change_asked)
        card.change_proved.connect(self.change_proved)
        self.lock_screen = Lock(card, self._to_cover)
        self.idle = IdleWatch(desk.clock, self._lock_minutes, self)
        self.idle.idle.connect(self.lock)
        self.rail.chosen.connect(self.open_page)
        self.rail.narrow_asked.connect(self.toggle_rail)
        self.top_bar.commands_asked.connect(self.open_commands)
        self.top_bar.bell_asked.connect(self.toggle_bell)

    # Who sits here

    def enter(self, actor: Actor, user: str, rights: Rights, *, shift: str = "") -> None:
        """Seat a person: their pages, their rights, their history. `user` is what they sign in with."""
        self.leave()
        desk = self._desk
        self._actor, self._user = actor, user
        self.commands.use_rights(rights)
        drafts = Drafts(desk.memory, actor.user_id, desk.clock)
        settings = self._settings = LiveSettings(
            desk.memory, actor.user_id, self.tasks, rights, desk.municipality_settings, self
        )
        self.services = Services(
            self.tasks,
            self.commands,
            desk.theme,
            desk.icons,
            self,
            desk.clock,
            actor,
            rights,
            drafts,
            desk.memory,
            desk.events,
            settings,
            self.open_page,
            self.tear_off,
        )
        for setting in (FONT_SCALE, THEME, SOUNDS, KEYS):
            self._apply(setting.key)
        settings.changed.connect(self._apply)
        self.idle.touch()
        self.bar = CommandBar(self.commands, desk.icons, desk.memory, str(actor.user_id), self)
        specs = in_rail_order(desk.pages, rights)
        self._specs = {spec.key: spec for spec in specs}
        self.commands.add(*page_commands(specs, self.open_page))
        self.rail.show_pages(specs)
        self._fit_rail()
        self._seat = " · ".join(part for part in (actor.name, shift) if part)
        self._show_keys()
        if specs:
            self.open_page(specs[0].key)
        for key in self.torn_off.remembered():
            self.tear_off(key)
        self.activateWindow()

    def put_away(self) -> None:
        """Remember where everything stands and let go of it, as long as there is a store to write to."""
        if not self._is_put_away:
            self._is_put_away = True
            placement.remember(self._desk.memory, f"shell/place/{_WINDOW_KEY}", self)
            self.leave()

    def leave(self) -> None:
        """Empty the seat: unsent input is put aside as drafts, pages are closed."""
        if self.services is None:
            return
        self.services.drafts.save_all()
        self.torn_off.give_back_all()
        self.commands.remove(*(f"page.{key}" for key in self._specs))
        for page in self._pages.values():
            self.stack.removeWidget(page)
            page.hide()
            page.deleteLater()
        if self.bar is not None:
            self.bar.hide()
            self.bar.deleteLater()
            self.bar = None
        self._pages.clear()
        self._specs.clear()
        self._trail.clear()
        self.toasts.forget()
        if self._settings is not None:
            self._settings.changed.disconnect(self._apply)
            self._settings.deleteLater()
            self._settings = None
        self.services = None

    # Pages

    def open_page(self, key: str, /, **where: object) -> None:
        """Show a page the person may open, make it first if need be, and tell it `where`."""
        spec = self._specs.get(key)
        if spec is None or self.services is None:
            return
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = spec.factory(self.services)
            page.setAccessibleName(page.accessibleName() or tr(spec.title))
            self.stack.addWidget(page)
        if where and isinstance(page, GoesTo):
            page.go_to(**where)
        if key in self.torn_off.windows:
            self.torn_off.windows[key].raise_()
            self.torn_off.windows[key].activateWindow()
            return
        if not self._trail or self._trail[-1] != key:
            self._trail = [*self._trail[-30:], key]
        self.stack.setCurrentWidget(page)
        self.rail.mark_current(key)
        self.top_bar.show_title(tr(spec.title))
        self._focus(page)

    def go_back(self) -> None:
        """Show the page that was open before."""
        if len(self._trail) > 1:
            self._trail.pop()
            self.open_page(self._trail.pop())

    @property
    def current_key(self) -> str:
        """Return the key of the page on screen in this window."""
        return self._trail[-1] if self._trail else ""

    @property
    def page_keys(self) -> list[str]:
        """Return the keys of the pages that the person may open, in rail order."""
        return list(self._specs)

    def page(self, key: str) -> QWidget | None:
        """Return an open page."""
        return self._pages.get(key)

    def tear_off(self, key: str = "") -> QWidget | None:
        """Put a page into a window of its own; without a key, the one on screen."""
        key = key or self.current_key
        spec = self._specs.get(key)
        if spec is None or not spec.can_tear_off or key in self.torn_off.windows:
            return None
        if key not in self._pages:
            self.open_page(key)
        page = self._pages[key]
        self.stack.removeWidget(page)
        self._trail = [old for old in self._trail if old != key]
        title = f"{tr(spec.title)} · {self._desk.municipality}"
        window = self.torn_off.tear_off(key, title, page)
        others = (
            self._trail[-1:] or [other for other in self._specs if other not in self.torn_off.windows][:1]
        )
        for other in others:
            self.open_page(other)
        return window

    def _take_back(self, key: str, page: QWidget) -> None:
        if key in self._specs:
            self.stack.addWidget(page)
            self.open_page(key)

    def focus_page(self) -> None:
        """Give the keyboard to the page on screen: a window that was hidden could not take it."""
        page = self._pages.get(self.current_key)
        if page is not None:
            self._focus(page)

    def _focus(self, page: QWidget) -> None:
        target = page.first_focus() if isinstance(page, HasFirstFocus) else page
        if isinstance(page, HasFirstFocus) or page.focusPolicy() != Qt.FocusPolicy.NoFocus:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.focusWidget() is None or not page.isAncestorOf(self.focusWidget()):
            page.setFocus(Qt.FocusReason.OtherFocusReason)
            page.focusNextChild()

    # What the shell's commands do

    def open_commands(self, text: str = "") -> None:
        """Open the command bar over the active window."""
        if self.bar is None:
            return
        active = next((window for window in self.torn_off.windows.values() if window.isActiveWindow()), None)
        self.bar.open_over(active or self, text)

    def toggle_keys(self) -> None:
        """Open or close the key sheet."""
        if self._sheet is not None:
            self._sheet.leave()
            return
        self._sheet = KeySheet(self.commands, self._desk.icons, self)
        self._sheet.closed.connect(self._forget_sheet)
        self._sheet.show()
        self._sheet.raise_()
        self._sheet.filter.setFocus()

    def toggle_rail(self) -> None:
        """Shrink or widen the rail, and remember it."""
        if self._settings is not None:
            self._settings.put(RAIL, "wide" if self.rail.is_narrow else "narrow")

    def toggle_bell(self) -> None:
        """Show or hide the list of recent notices."""
        if self._bell_list is not None:
            self._bell_list.leave()
            return
        self.toasts.mark_read()
        self._bell_list = BellList(self._desk.icons, self.toasts, self)
        self._bell_list.adjustSize()
        corner = self.width() - self._bell_list.width() - 16
        self._bell_list.move(corner, self.top_bar.geometry().bottom() + 8)
        self._bell_list.closed.connect(self._forget_bell_list)
        self._bell_list.show()
        self._bell_list.raise_()
        self._bell_list.setFocus()

    def toggle_full_screen(self) -> None:
        """Use the whole screen, or not."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def use_theme(self, name: str) -> None:
        """Switch the look and remember it for this person."""
        if self._settings is not None:
            self._settings.put(THEME, name)

    def toggle_sounds(self) -> None:
        """Silence the alarms of this station, or let them sound again."""
        if self._settings is not None:
            self._settings.put(SOUNDS, not self._settings.get(SOUNDS))

    def _apply(self, key: str) -> None:
        """Let a setting change what it is about."""
        settings = self._settings
        if settings is None:
            return
        match key:
            case THEME.key:
                self._desk.theme.use(settings.get(THEME))
            case FONT_SCALE.key:
                self._desk.theme.use_scale(settings.get(FONT_SCALE))
                self._fit_rail()
            case RAIL.key:
                self._fit_rail()
            case KEYS.key:
                self.commands.use_keys(settings.get(KEYS))
            case SOUNDS.key:
                self._show_sounds(are_on=settings.get(SOUNDS))
            case _:
                pass

    def _show_sounds(self, *, are_on: bool) -> None:
        if are_on:
            self.status.remove_item("sounds")
            return
        words, tip = tr(N_("Alarmas sin sonido")), tr(N_("Volver a oír las alarmas en esta estación"))
        self.status.set_item(
            StatusItem("sounds", words, "speaker-slash", "pending", tip=tip, run=self.toggle_sounds)
        )

    def _lock_minutes(self) -> int:
        if self._settings is None or self.lock_screen.is_on:
            return 0
        return self._settings.get(LOCK_AFTER_MIN)

    @property
    def is_bar_open(self) -> bool:
        """Tell whether the command bar has the keyboard."""
        return self.bar is not None and self.bar.isVisible()

    @property
    def theme_name(self) -> str:
        """Return the theme in use."""
        return self._desk.theme.name

    def lock(self) -> None:
        """Stop input until the password is given."""
        if self._actor is not None and not self.lock_screen.is_on:
            if self.services is not None:
                self.services.drafts.save_all()
            self.lock_screen.turn_on(self._actor.name, self._user)

    def unlock(self) -> None:
        """Let the same person go on."""
        self.lock_screen.turn_off()
        self.idle.touch()
        self.focus_page()

    def refuse(self, error: AtalayaError) -> None:
        """Say on the lock card why not."""
        self.lock_screen.card.refuse(error)

    def _to_cover(self) -> list[QWidget]:
        """Return the pages that must not be read while nobody answers for the desk."""
        return [
            page
            for key, page in self._pages.items()
            if page.isVisible() and not self._specs[key].is_readable_when_locked
        ]

    # Notices

    def toast(
        self,
        text: str,
        tone: Tone = "info",
        undo: Callable[[], None] | None = None,
        action: NoticeAction | None = None,
    ) -> None:
        """Say something that passes."""
        self.toasts.say(text, tone, undo, action)

    def banner(self, key: str, text: str, tone: Tone = "warning", action: NoticeAction | None = None) -> None:
        """Say something that stays."""
        self.banners.show_banner(key, text, tone, action)

    def clear_banner(self, key: str) -> None:
        """Take a banner away."""
        self.banners.clear(key)

    def crash(self, error: BaseException) -> None:
        """Report an error of ours."""
        if self.services is not None:
            self.services.drafts.save_all()
        self._desk.report_crash(error)

    # Qt

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask the pages, remember where everything stood, close all windows."""
        if any(isinstance(page, AsksBeforeClosing) and not page.may_close() for page in self._pages.values()):
            event.ignore()
            return
        self.put_away()
        event.accept()
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room on small screens."""
        super().resizeEvent(event)
        self._fit_rail()

    def _fit_rail(self) -> None:
        chosen = "auto" if self._settings is None else self._settings.get(RAIL)
        has_room = self.width() * 100 >= _NARROW_BELOW * self._desk.theme.scale
        is_narrow = chosen == "narrow" or (chosen == "auto" and not has_room)
        if is_narrow != self.rail.is_narrow:
            self.rail.set_narrow(is_narrow=is_narrow)

    def _show_keys(self) -> None:
        """Name each key where its button is, as the person has set it."""
        key = self.commands.key_of_id
        self.top_bar.show_keys(key("shell.commands"), key("shell.bell"))
        self.rail.show_key(key("shell.rail"))
        self.rail.show_page_keys(lambda page: key(f"page.{page}"))
        if self._seat:
            words, lock = tr(N_("Bloquear o cambiar de persona")), key("shell.lock")
            tip = f"{words} ({lock})" if lock else words
            self.status.set_item(
                StatusItem("person", self._seat, "user", tip=tip, is_right=True, run=self.lock)
            )

    def _forget_sheet(self) -> None:
        self._sheet = None

    def _forget_bell_list(self) -> None:
        self._bell_list = None
