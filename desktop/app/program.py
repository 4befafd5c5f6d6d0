"""The running program: one window at a time before the main one, then the main one."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLibraryInfo, QLocale, QObject, QProcess, Qt, QTimer, QTranslator
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app.away import Away
from desktop.app.entrance import Entrance
from desktop.app.loading import end_loading
from desktop.core.clock import SystemClock
from desktop.core.paths import Profile
from desktop.views.theme import Theme

if TYPE_CHECKING:
    from types import ModuleType

    from desktop.app.background import Background
    from desktop.app.desk import StationDesk
    from desktop.app.exchange import ExchangeDesk
    from desktop.core.entry import Entry
    from desktop.operations.context import Actor
    from desktop.views.shell.crash import CrashHandler
    from desktop.views.shell.tour import Tour
    from desktop.views.shell.window import MainWindow

VERSION = "0.1.0"
_LOADED_MS = 1_000
_SWITCH_S = 0.001
"""How long another thread may keep the interpreter while the interface waits: Python's own five milliseconds, waited
for at each of the many returns to it that one painted list makes, add up to a stall that a person feels."""
_EXCHANGE_MS = 2_500
_FIRST_JOBS_MS = 20_000
"""Leave the first seconds of a shift to the person."""
STOPPED = 2
"""The exit code when pictures were asked for and could not be taken."""


class Application(QObject):
    """Leads from the first window to the main one, and ends both."""

    def __init__(self, qt: QApplication, profile: Profile) -> None:
        super().__init__(qt)
        self._qt = qt
        self._profile = profile
        self._clock = SystemClock()
        self._away = Away(self)
        self._is_ending = False
        self._first: QWidget | None = None
        self._desk: StationDesk | None = None
        self._background: Background | None = None
        self._exchange: ExchangeDesk | None = None
        self._crash: CrashHandler | None = None
        self.theme = Theme(qt)
        self._entrance = Entrance(profile, self.theme, self._clock, self._away, self)
        self._entrance.shown.connect(self._show_first)
        self._entrance.entered.connect(self._enter)
        qt.setQuitOnLastWindowClosed(False)

    @property
    def first_window(self) -> QWidget | None:
        """Return the window before the main one."""
        return self._first

    @property
    def window(self) -> MainWindow | None:
        """Return the main window once somebody was in."""
        return None if self._desk is None else self._desk.window

    def start(self) -> None:
        """Show the window that this profile needs first."""
        self._entrance.start()
        QTimer.singleShot(0, self, self._watch)

    def let_in(self, entry: Entry) -> None:
        """Answer the first windows for somebody once; what is refused waits for a person."""
        from desktop.views.shell.sign_in import SignInWindow  # noqa: PLC0415
        from desktop.views.shell.unlock import UnlockWindow  # noqa: PLC0415

        answered: set[type[QWidget]] = set()

        def answer(window: QWidget) -> None:
            if type(window) in answered:
                return
            answered.add(type(window))
            if isinstance(window, UnlockWindow):
                QTimer.singleShot(0, window, lambda: window.submitted.emit(entry.passphrase))
            elif isinstance(window, SignInWindow):
                QTimer.singleShot(0, window, lambda: window.submitted.emit(entry.user, entry.password))

        self._entrance.shown.connect(answer)

    def show_yourself(self) -> None:
        """Come to the front: the program was started a second time."""
        window = self.window or self._first
        if window is not None:
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
            window.show()
            window.raise_()
            window.activateWindow()

    def end(self) -> None:
        """Close the store and leave the event loop."""
        self._is_ending = True
        if self.window is not None:
            # Whoever leaves the event loop has every window closed that is still open, after the store.
            self.window.put_away()
            self.window.hide()
        if self._exchange is not None:
            self._exchange.end()
        if self._background is not None:
            self._background.end()
        self._entrance.end()
        if self._desk is not None:
            self._desk.close()
        self._qt.quit()

    # --- The main window --------------------------------------------------------------------------------------

    def _enter(self, actor: Actor, user: str) -> None:
        if self._desk is None:
            self._desk = self._build_desk()
            QTimer.singleShot(_LOADED_MS, self, self._load_the_rest)
            QTimer.singleShot(_EXCHANGE_MS, self, self._begin_exchange)
            QTimer.singleShot(_FIRST_JOBS_MS, self, self._begin_jobs)
        desk = self._desk
        desk.window.enter(actor, user, actor.rights)
        desk.add_orders()
        desk.show_state()
        desk.warn()
        desk.window.show()
        desk.window.activateWindow()
        desk.window.focus_page()
        self._replace(None)

    def _build_desk(self) -> StationDesk:
        from desktop.app.desk import StationDesk  # noqa: PLC0415 - after the first window is painted
        from desktop.core.logs import start_logging  # noqa: PLC0415

        station, facts = self._entrance.station, self._entrance.facts
        if station is None or facts is None:
            raise RuntimeError("nobody enters without a station")
        start_logging(self._profile.logs)
        crash = self._watch()
        desk = StationDesk(
            self._profile, station, facts, self.theme, self._clock, crash.take, self._begin_exchange, self
        )
        desk.window.unlock_asked.connect(self._unlock)
        desk.window.change_asked.connect(self._change_person)
        desk.window.change_proved.connect(self._change_person)
        desk.window.closed.connect(self.end)
        return desk

    def _load_the_rest(self) -> None:
        """Import the other pages while the person looks at the first one."""
        from desktop.views.page_makers import load_pages  # noqa: PLC0415 - after the first window is painted

        if self._entrance.station is not None:
            self._away.run(load_pages, lambda _: self._begin_collecting(), lambda _: self._begin_collecting())

    def _begin_collecting(self) -> None:
        from desktop.views.collector import Collector  # noqa: PLC0415 - nothing is collected while loading

        end_loading()
        Collector(self)

    def _begin_exchange(self) -> None:
        """Exchange from the sign-in on, or from the enrolment; an exercise never does."""
        station, desk, facts = self._entrance.station, self._desk, self._entrance.facts
        if station is None or desk is None or facts is None or facts.is_exercise:
            return

        def begin(module: ModuleType) -> None:
            if self._desk is desk and not self._is_ending:
                if self._exchange is not None:
                    self._exchange.end()
                exchange = self._exchange = module.ExchangeDesk(
                    station, desk.window, self._away, desk.show_exchange
                )
                desk.neighbours = lambda: exchange.neighbours

        self._away.run(
            lambda: importlib.import_module("desktop.app.exchange"),
            begin,
            desk.window.crash,
        )

    def _begin_jobs(self) -> None:
        from desktop.app.background import Background  # noqa: PLC0415 - its library loads slowly, and nobody waits for it

        station, desk = self._entrance.station, self._desk
        if station is not None and desk is not None:
            self._background = Background(
                self._profile, station, self._clock, desk.window, self._away, desk.show_state
            )

    def _watch(self) -> CrashHandler:
        """Take errors that nobody caught, from the first window on."""
        from desktop.views.shell.crash import CrashHandler  # noqa: PLC0415 - after the first window is painted

        if self._crash is None:
            self._crash = CrashHandler(self._profile.logs, VERSION, self._clock.now, self._show_crash)
            self._crash.install()
        return self._crash

    def _unlock(self, password: str) -> None:
        station, window = self._entrance.station, self.window
        actor = None if station is None else station.actor
        if station is None or window is None or actor is None:
            return

        def work() -> None:
            from desktop.operations.users import confirm_password  # noqa: PLC0415

            confirm_password(station, actor, password)

        self._away.run(work, lambda _: window.unlock(), window.refuse)

    def _change_person(self, user: str, password: str, code: str = "") -> None:
        station, window = self._entrance.station, self.window
        if station is None or window is None:
            return

        def work() -> Actor:
            from desktop.operations.users import sign_in  # noqa: PLC0415

            return sign_in(station, user, password, code, is_change=True)

        def done(actor: Actor) -> None:
            window.unlock()
            self._entrance.admit(actor, user, password)

        self._away.run(work, done, window.refuse)

    # --- Windows ----------------------------------------------------------------------------------------------

    def _show_first(self, window: QWidget) -> None:
        if self.window is not None:
            self.window.hide()
        self._replace(window)

    def _replace(self, window: QWidget | None) -> None:
        before, self._first = self._first, window
        if window is not None:
            window.installEventFilter(self)
            window.show()
        if before is not None:
            before.removeEventFilter(self)
            before.close()
            before.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """End the program when the person closes the first window."""
        if watched is self._first and event.type() == QEvent.Type.Close:
            QTimer.singleShot(0, self, self.end)
        return False

    def _show_crash(self, report: str) -> None:
        from desktop.views.shell.crash import CrashDialog  # noqa: PLC0415 - only when something broke

        dialog = CrashDialog(report, self.window)
        dialog.restart_asked.connect(self._restart)
        dialog.open()

    def _restart(self) -> None:
        arguments = sys.argv[1:]
        self.end()
        QProcess.startDetached(sys.executable, ["-m", "desktop", *arguments])


def prepare_qt(arguments: list[str]) -> QApplication:
    """Make the Qt application: X11 where embedding needs it, Qt's own words in Spanish."""
    if sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "xcb")
    sys.setswitchinterval(_SWITCH_S)
    qt = QApplication([sys.argv[0], *arguments])
    qt.setApplicationName("Atalaya")
    qt.setDesktopFileName("atalaya")
    QLocale.setDefault(QLocale(QLocale.Language.Spanish, QLocale.Country.Chile))
    translator = QTranslator(qt)
    if translator.load("qtbase_es", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        qt.installTranslator(translator)
    return qt


def run(folder: Path | None, screenshots: Path | None = None, entry: Entry | None = None) -> int:
    """Run the program until its window is closed; return the exit code."""
    from desktop.core.paths import default_profile  # noqa: PLC0415
    from desktop.views.shell.single_instance import SingleInstance  # noqa: PLC0415

    profile = Profile(folder) if folder is not None else default_profile()
    qt = prepare_qt([])
    instance = SingleInstance(profile.folder, qt)
    if not instance.claim():
        return 0
    application = Application(qt, profile)
    instance.knocked.connect(application.show_yourself)
    if entry is not None and screenshots is None:
        application.let_in(entry)
    application.start()
    tour: Tour | None = None
    if screenshots is not None:
        from desktop.views.shell.tour import Tour  # noqa: PLC0415 - a machine without a screen

        tour = Tour(application, application.theme, screenshots, entry)
        tour.start()
    code = qt.exec()
    if tour is not None and tour.stopped_by:
        sys.stderr.write(tour.stopped_by + "\n")
        code = STOPPED
    instance.release()
    return code
