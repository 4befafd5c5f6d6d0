"""Builds everything and hands it to each other: first window, station, main window.

The first window is on screen before the slow imports; the store opens on another thread meanwhile.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QProcess, Qt, QTimer, QTranslator
from PySide6.QtWidgets import QApplication, QWidget

from desktop.core.clock import SystemClock
from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile
from desktop.core.station_file import StationFile, load
from desktop.views.handover import Handover
from desktop.views.shell.sign_in import SignInWindow
from desktop.views.theme import Theme

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from desktop.core.vault import MasterKey
    from desktop.operations.backups import Made
    from desktop.operations.context import Actor
    from desktop.operations.copies import Copies
    from desktop.operations.documents.letterhead import Letterhead
    from desktop.operations.station import Station
    from desktop.views.rail_pages import Given
    from desktop.views.shell.first_run import FirstRunWindow, StationSetup
    from desktop.views.shell.window import MainWindow

T = TypeVar("T")
VERSION = "0.1.0"
_LAST_USER = "sign-in/last"
_FIRST_JOBS_MS = 20_000
"""Leave the first seconds of a shift to the person."""


class Application(QObject):
    """The running program."""

    def __init__(self, qt: QApplication, profile: Profile) -> None:
        super().__init__(qt)
        self._qt = qt
        self._profile = profile
        self._clock = SystemClock()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="opening")
        self._handover = Handover(self)
        self._facts: StationFile | None = None
        self._opening: Future[Station] | None = None
        self._station: Station | None = None
        self._first: QWidget | None = None
        self._copies: Copies | None = None
        self._jobs: Any = None
        self.window: MainWindow | None = None
        self.theme = Theme(qt)
        qt.setQuitOnLastWindowClosed(False)

    @property
    def first_window(self) -> QWidget | None:
        """Return the window before the main one."""
        return self._first

    # --- Before the main window -------------------------------------------------------------------------------

    def start(self) -> None:
        """Show the window that this profile needs first."""
        if not self._profile.exists:
            self._show_first_run()
            return
        self._facts = load(self._profile)
        self.theme.use(self._facts.theme)
        if self._facts.key_way == "passphrase":
            self._show_unlock(self._facts)
        else:
            self._show_sign_in(self._facts)

    def _show_sign_in(self, facts: StationFile) -> None:
        window = SignInWindow(self.theme, facts.municipality, is_exercise=facts.is_exercise)
        window.submitted.connect(lambda user, password: self._sign_in(window, user, password))
        window.painted.connect(self._first_painted)
        self._replace(window)

    def _first_painted(self) -> None:
        if self._opening is None and self._station is None and self._facts is not None:
            QTimer.singleShot(0, self, self._begin_opening)

    def _begin_opening(self) -> None:
        facts = self._facts
        if facts is not None and self._opening is None and self._station is None:
            self._opening = self._pool.submit(lambda: self._open(facts, None))
            self._opening.add_done_callback(lambda done: self._handover.post(lambda: self._was_opened(done)))
            self._pool.submit(_import_main_window)

    def _was_opened(self, done: Future[Station]) -> None:
        error = done.exception()
        if error is None:
            self._station = done.result()
            last = self._station.memory.get(_LAST_USER)
            if last and isinstance(self._first, SignInWindow):
                self._first.card.ask(self._first.card.accessibleName(), user=last)
        elif isinstance(error, AtalayaError):
            self._opening = None
            self._not_opened(error)
        else:
            raise error

    def _not_opened(self, error: AtalayaError) -> None:
        """Say why; when the keyring does not give the key, the recovery code is the way in."""
        from desktop.core.vault import KeyringUnavailable  # noqa: PLC0415

        if isinstance(error, KeyringUnavailable) and self._facts is not None:
            self._show_unlock(self._facts, by_recovery_code=True)
        elif isinstance(self._first, SignInWindow):
            self._first.refuse(error)

    def _open(self, facts: StationFile, master: MasterKey | None) -> Station:
        from desktop.core import vault  # noqa: PLC0415 - after the first window is painted
        from desktop.operations.setup import open_station  # noqa: PLC0415

        return open_station(self._profile, master or vault.open_with_keyring(facts.station_id), self._clock)

    def _show_unlock(self, facts: StationFile, *, by_recovery_code: bool = False) -> None:
        from desktop.views.shell.unlock import UnlockWindow  # noqa: PLC0415 - only where there is no keyring

        window = UnlockWindow(self.theme, facts.municipality, by_recovery_code=by_recovery_code)

        def work(secret: str) -> Station:
            from desktop.core import vault  # noqa: PLC0415

            opening = vault.open_with_recovery if by_recovery_code else vault.open_with_passphrase
            return self._open(facts, opening(self._profile, facts.station_id, secret))

        def done(station: Station) -> None:
            self._station = station
            self._show_sign_in(facts)

        window.submitted.connect(lambda secret: self._run(lambda: work(secret), done, window.refuse))
        self._replace(window)

    def _sign_in(self, window: SignInWindow, user: str, password: str) -> None:
        self._begin_opening()
        opening = self._opening

        def work() -> Actor:
            from desktop.operations.users import sign_in  # noqa: PLC0415

            station = self._station
            if station is None and opening is not None:
                station = opening.result()
                self._station = station
            if station is None:
                raise RuntimeError("nobody signs in without a station")
            return sign_in(station, user, password)

        self._run(work, lambda actor: self._enter_or_change(actor, user, password), window.refuse)

    def _enter_or_change(self, actor: Actor, user: str, password: str) -> None:
        """Let the person in; whoever was given their password changes it first."""
        from desktop.operations.users import must_change_password  # noqa: PLC0415

        station = self._station
        if station is None:
            return

        def answered(must_change: bool) -> None:
            if must_change:
                self._change_first(actor, user, password)
            else:
                self._enter(actor, user)

        self._run(lambda: station.read(must_change_password).result(), answered, self._show_refusal)

    def _change_first(self, actor: Actor, user: str, password: str) -> None:
        from desktop.operations.users import change_password  # noqa: PLC0415
        from desktop.views.people.change_password import ChangePasswordWindow  # noqa: PLC0415

        station, facts = self._station, self._facts
        if station is None or facts is None:
            return
        window = ChangePasswordWindow(self.theme, facts.municipality)

        def change(new: str) -> None:
            def work() -> None:
                station.write(lambda ctx: change_password(ctx, current=password, new=new)).result()

            self._run(work, lambda _: self._enter(actor, user), window.refuse)

        window.submitted.connect(change)
        if self.window is not None:
            self.window.hide()
        self._replace(window)

    def _show_first_run(self) -> None:
        from desktop.core.vault import keyring_is_available  # noqa: PLC0415 - once in a station's life
        from desktop.views.shell.first_run import FirstRunWindow  # noqa: PLC0415

        window = FirstRunWindow(self.theme, has_keyring=keyring_is_available())
        window.demo_chosen.connect(lambda: self._demo(window))
        window.finished.connect(lambda wanted: self._set_up(window, wanted))
        self._replace(window)

    def _demo(self, window: FirstRunWindow) -> None:
        def done(station: Station) -> None:
            self._station = station
            self._facts = load(self._profile)
            actor = station.actor
            if actor is not None:
                self._enter(actor, "demo")

        def work() -> Station:
            from desktop.operations.demo import make_demo  # noqa: PLC0415

            return make_demo(self._profile, self._clock)

        window.wait(tr(N_("Creando la comuna de ejemplo…")))
        self._run(work, done, window.refuse)

    def _set_up(self, window: FirstRunWindow, wanted: StationSetup) -> None:
        from desktop.operations.setup import NewStation, SetUp, set_up  # noqa: PLC0415

        def work() -> SetUp:
            return set_up(
                self._profile,
                NewStation(
                    municipality=wanted.municipality,
                    commune=wanted.commune,
                    name=wanted.station,
                    device=wanted.device,
                    admin_username=wanted.admin_user,
                    admin_name=wanted.admin_name,
                    admin_password=wanted.admin_password,
                    passphrase=wanted.passphrase or None,
                ),
                self._clock,
            )

        def done(made: SetUp) -> None:
            from desktop.views.shell.recovery import RecoveryWindow  # noqa: PLC0415

            self._station = made.station
            self._facts = load(self._profile)
            facts = self._facts
            shown = RecoveryWindow(self.theme, facts.municipality, made.recovery_code)
            shown.finished.connect(lambda: self._show_sign_in(facts))
            self._replace(shown)

        self._run(work, done, window.refuse)

    # --- The main window --------------------------------------------------------------------------------------

    def _enter(self, actor: Actor, user: str) -> None:
        station, facts = self._station, self._facts
        if station is None or facts is None:
            return
        station.memory.put(_LAST_USER, user)
        if self.window is None:
            self.window = self._build_window(station, facts)
        self.window.enter(actor, user, actor.rights)
        self._add_orders(self.window)
        self._show_state()
        self.window.show()
        self.window.activateWindow()
        self.window.focus_page()
        self._replace(None)

    def _add_orders(self, window: MainWindow) -> None:
        """Give the bar the orders of the central and the search over everything, for the person who sits here now."""
        from desktop.views.incidents.bar import central_orders, searcher  # noqa: PLC0415
        from desktop.views.incidents.central import CentralPage  # noqa: PLC0415
        from desktop.views.incidents.notes import note_orders  # noqa: PLC0415
        from desktop.views.incidents.paste import paste_orders  # noqa: PLC0415
        from desktop.views.shifts.page import shift_orders  # noqa: PLC0415

        services = window.services
        if services is None or window.bar is None:
            return

        def current() -> UUID | None:
            page = window.page("central")
            view = page.current if isinstance(page, CentralPage) else None
            return None if view is None else view.id

        orders = (
            *central_orders(services),
            *shift_orders(services),
            *paste_orders(services),
            *note_orders(services, window, current),
        )
        window.commands.remove(*(order.id for order in orders))
        window.commands.add(*orders)
        window.bar.add_searcher(searcher(services))

    def _show_state(self) -> None:
        """Say in the status bar what is true now: no server yet, and when the last good backup was made."""
        from desktop.operations.backups import last_backup_at  # noqa: PLC0415
        from desktop.views.shell.status import SyncState, backup_item  # noqa: PLC0415

        if self.window is None or self._station is None:
            return
        self.window.status.show_sync(SyncState(has_server=False, is_connected=False, unsent=0))
        last = last_backup_at(self._profile)
        self.window.status.set_item(backup_item(last, self._clock.now()))

    def _build_window(self, station: Station, facts: StationFile) -> MainWindow:
        from desktop.core.logs import start_logging  # noqa: PLC0415 - after the first window is painted
        from desktop.views.handover import DataEvents  # noqa: PLC0415
        from desktop.views.icons import Icons  # noqa: PLC0415
        from desktop.views.rail_pages import rail_pages  # noqa: PLC0415
        from desktop.views.shell.crash import CrashHandler  # noqa: PLC0415
        from desktop.views.shell.window import Desk, MainWindow  # noqa: PLC0415

        start_logging(self._profile.logs)
        crash = CrashHandler(self._profile.logs, VERSION, self._clock.now, self._show_crash)
        crash.install()
        icons = Icons(self.theme)
        window = MainWindow(
            Desk(
                theme=self.theme,
                icons=icons,
                clock=self._clock,
                memory=station.memory,
                runner=station,
                events=DataEvents(station.events, self),
                pages=rail_pages(self._given(station, facts)),
                municipality=facts.municipality,
                report_crash=crash.take,
                is_exercise=facts.is_exercise,
            )
        )
        window.unlock_asked.connect(lambda password: self._unlock_desk(window, password))
        window.change_asked.connect(lambda user, password: self._change_person(window, user, password))
        window.closed.connect(self.end)
        self._start_jobs(station, window)
        QTimer.singleShot(0, icons.load)
        return window

    def _given(self, station: Station, facts: StationFile) -> Given:
        """Return what pages need beyond their services: files, documents."""
        from desktop.operations.attachments import RecordFiles  # noqa: PLC0415
        from desktop.operations.copies import Copies  # noqa: PLC0415
        from desktop.operations.export import RecordDocuments  # noqa: PLC0415
        from desktop.operations.proofs import prove  # noqa: PLC0415
        from desktop.store.blobs import BlobStore  # noqa: PLC0415
        from desktop.views.rail_pages import Given  # noqa: PLC0415
        from desktop.views.register.doors import Doors  # noqa: PLC0415
        from desktop.views.reports.printing import print_desk  # noqa: PLC0415

        blobs = BlobStore(self._profile.blobs, station.master.blobs)
        blobs.sweep()
        self._copies = Copies()
        return Given(
            doors=Doors(
                RecordFiles(station, blobs, self._copies),
                RecordDocuments(station, lambda at: self._letterhead(facts, at), self._copies),
            ),
            desk=print_desk(facts),
            prove=partial(prove, station),
            runner=station,
        )

    @staticmethod
    def _letterhead(facts: StationFile, at: datetime) -> Letterhead:
        from desktop.operations.documents.letterhead import Letterhead  # noqa: PLC0415

        return Letterhead(facts.municipality, facts.commune, at, exercise=facts.is_exercise)

    def _unlock_desk(self, window: MainWindow, password: str) -> None:
        station = self._station
        actor = station.actor if station is not None else None
        if station is None or actor is None:
            return

        def work() -> None:
            from desktop.operations.users import confirm_password  # noqa: PLC0415

            confirm_password(station, actor, password)

        self._run(work, lambda _: window.unlock(), window.refuse)

    def _change_person(self, window: MainWindow, user: str, password: str) -> None:
        station = self._station
        if station is None:
            return

        def work() -> Actor:
            from desktop.operations.users import sign_in  # noqa: PLC0415

            return sign_in(station, user, password)

        def done(actor: Actor) -> None:
            window.unlock()
            self._enter_or_change(actor, user, password)

        self._run(work, done, window.refuse)

    def _show_refusal(self, error: AtalayaError) -> None:
        if isinstance(self._first, SignInWindow):
            self._first.refuse(error)

    def _start_jobs(self, station: Station, window: MainWindow) -> None:
        """Make backups by themselves from now on; one that fails stays in a banner until one succeeds."""
        from apscheduler.schedulers.qt import QtScheduler  # noqa: PLC0415 - after the first window is painted

        from desktop.jobs.backups import BackupJob  # noqa: PLC0415

        job = BackupJob(self._profile, station.master, self._clock)

        def finished(done: Future[Made | None]) -> None:
            error = done.exception()
            if isinstance(error, AtalayaError):
                window.banner("backup", error.message)
            elif error is not None:
                window.crash(error)
            elif done.result() is not None:
                window.clear_banner("backup")
                self._show_state()

        def start() -> None:
            future = station.background(job.run)
            future.add_done_callback(lambda done: self._handover.post(lambda: finished(done)))

        self._jobs = QtScheduler(timezone=UTC)
        self._jobs.add_job(
            start, "interval", minutes=5, coalesce=True, misfire_grace_time=None, max_instances=1
        )
        self._jobs.start()
        QTimer.singleShot(_FIRST_JOBS_MS, self, start)

    def _show_crash(self, report: str) -> None:
        from desktop.views.shell.crash import CrashDialog  # noqa: PLC0415 - only when something broke

        dialog = CrashDialog(report, self.window)
        dialog.restart_asked.connect(self._restart)
        dialog.open()

    def _restart(self) -> None:
        arguments = sys.argv[1:]
        self.end()
        QProcess.startDetached(sys.executable, ["-m", "desktop", *arguments])

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
        if self._jobs is not None:
            self._jobs.shutdown(wait=False)
        self._pool.shutdown(wait=True)
        if self._opening is not None and self._station is None and self._opening.exception() is None:
            self._station = self._opening.result()
        if self._station is not None:
            self._station.close()
            self._station = None
        if self._copies is not None:
            self._copies.close()
        self._qt.quit()

    # --- Shared -----------------------------------------------------------------------------------------------

    def _replace(self, window: QWidget | None) -> None:
        before, self._first = self._first, window
        if window is not None:
            window.installEventFilter(self)
            window.show()
        if before is not None:
            before.removeEventFilter(self)
            before.close()
            before.deleteLater()

    def eventFilter(self, watched: QObject, event: Any) -> bool:
        """End the program when the person closes the first window."""
        if watched is self._first and event.type() == event.Type.Close:
            QTimer.singleShot(0, self, self.end)
        return False

    def _run(
        self, work: Callable[[], T], done: Callable[[T], None], refused: Callable[[AtalayaError], None]
    ) -> None:
        """Do slow work away from the interface's thread and hand its outcome back."""

        def finish(future: Future[T]) -> None:
            error = future.exception()
            if error is None:
                done(future.result())
            elif isinstance(error, AtalayaError):
                refused(error)
            else:
                raise error

        future = self._pool.submit(work)
        future.add_done_callback(lambda finished: self._handover.post(lambda: finish(finished)))


def _import_main_window() -> None:
    """Import what comes after the sign-in while the person types."""
    import qtawesome  # noqa: F401, PLC0415 - after the first window is painted

    import desktop.views.rail_pages  # noqa: PLC0415
    import desktop.views.shell.window  # noqa: F401, PLC0415


def prepare_qt(arguments: list[str]) -> QApplication:
    """Make the Qt application: X11 where embedding needs it, Qt's own words in Spanish."""
    if sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "xcb")
    qt = QApplication([sys.argv[0], *arguments])
    qt.setApplicationName("Atalaya")
    qt.setDesktopFileName("atalaya")
    QLocale.setDefault(QLocale(QLocale.Language.Spanish, QLocale.Country.Chile))
    translator = QTranslator(qt)
    if translator.load("qtbase_es", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        qt.installTranslator(translator)
    return qt


def run(folder: Path | None, screenshots: Path | None = None) -> int:
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
    application.start()
    if screenshots is not None:
        from desktop.views.shell.tour import Tour  # noqa: PLC0415 - a machine without a screen

        Tour(application, application.theme, screenshots).start()
    code = qt.exec()
    instance.release()
    return code
