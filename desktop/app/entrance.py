"""The way in: first run, key, sign-in, a given password that must be changed."""

from __future__ import annotations

import threading
from concurrent.futures import wait
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.core.station_file import StationFile, load
from desktop.views.shell.exercise import ExerciseWindows
from desktop.views.shell.sign_in import SignInWindow

if TYPE_CHECKING:
    from concurrent.futures import Future

    from PySide6.QtWidgets import QWidget

    from desktop.app.away import Away
    from desktop.app.trial import Trial
    from desktop.core.clock import Clock
    from desktop.core.paths import Profile
    from desktop.core.vault import MasterKey
    from desktop.operations.context import Actor
    from desktop.operations.second_factor import Enrolment, SecondFactor
    from desktop.operations.setup import SetUp
    from desktop.operations.station import Station
    from desktop.views.shell.first_run import FirstRunWindow
    from desktop.views.shell.first_run_forms import StationJoin, StationSetup
    from desktop.views.theme import Theme

_LAST_USER = "sign-in/last"


class Entrance(QObject):
    """Shows one window after another until somebody is in; opens the station meanwhile."""

    entered = Signal(object, str)
    """The actor and the name that the person signs in with."""
    shown = Signal(object)
    """The window that takes the place of the one before."""

    def __init__(
        self, profile: Profile, theme: Theme, clock: Clock, away: Away, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._profile = profile
        self._theme = theme
        self._clock = clock
        self._away = away
        self._opening: Future[Station] | None = None
        self._pages: Future[None] | None = None
        self._first: QWidget | None = None
        self._trial: Trial | None = None
        self.facts: StationFile | None = None
        self.station: Station | None = None

    def start(self) -> None:
        """Show the window that this profile needs first."""
        if not self._profile.exists:
            self._show_first_run()
            return
        try:
            self.facts = load(self._profile)
        except AtalayaError as error:
            self._show_trouble(error)
            return
        self._theme.use(self.facts.theme)
        if self.facts.is_exercise:
            self._mark_windows()
        if self.facts.key_way == "passphrase":
            self._show_unlock(self.facts)
        else:
            self._show_sign_in(self.facts)

    def _mark_windows(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            ExerciseWindows(self._theme, application)

    def admit(self, actor: Actor, user: str, password: str) -> None:
        """Let somebody in who proved who they are; whoever was given their password changes it first."""
        from desktop.operations.users import must_change_password  # noqa: PLC0415

        station = self.station
        if station is None:
            return

        def answered(must_change: bool) -> None:
            if must_change:
                self._change_first(actor, user, password)
            else:
                self._admit_with_factor(actor, user)

        self._away.run(lambda: station.read(must_change_password).result(), answered, self._show_refusal)

    def end(self) -> None:
        """Close the station, also one that is still being opened."""
        self._away.close()
        if self._trial is not None:
            self._trial.end()
        opening = self._opening
        if opening is not None and self.station is None and opening.exception() is None:
            self.station = opening.result()
        if self.station is not None:
            self.station.close()
            self.station = None

    # --- The key and the store --------------------------------------------------------------------------------

    def _first_painted(self) -> None:
        QTimer.singleShot(0, self, self._begin_opening)

    def _begin_opening(self) -> None:
        """Open the store where the key needs nobody, and import the main window once that is done."""
        facts = self.facts
        if facts is not None and self._opening is None and self.station is None:
            self._opening = self._away.submit(lambda: self._open(facts, None))
            self._away.hand_back(self._opening, self._was_opened)
        if self._pages is None:
            opening = self._opening
            self._pages = self._away.submit(lambda: _import_main_window(opening))

    def _was_opened(self, done: Future[Station]) -> None:
        error = done.exception()
        if error is None:
            self.station = done.result()
            last = self.station.memory.get(_LAST_USER)
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

        if isinstance(error, KeyringUnavailable) and self.facts is not None:
            self._show_unlock(self.facts, by_recovery_code=True)
        else:
            self._show_refusal(error)

    def _open(self, facts: StationFile, master: MasterKey | None) -> Station:
        from desktop.core import vault  # noqa: PLC0415 - after the first window is painted
        from desktop.operations.setup import open_station  # noqa: PLC0415

        return open_station(self._profile, master or vault.open_with_keyring(facts.station_id), self._clock)

    # --- Windows ----------------------------------------------------------------------------------------------

    def _show(self, window: QWidget) -> None:
        self._first = window
        self.shown.emit(window)

    def _show_sign_in(self, facts: StationFile) -> None:
        window = SignInWindow(self._theme, facts.municipality, is_exercise=facts.is_exercise)
        window.submitted.connect(lambda user, password: self._sign_in(window, user, password))
        window.code_given.connect(lambda user, password, code: self._sign_in(window, user, password, code))
        window.painted.connect(self._first_painted)
        self._show(window)

    def _show_trouble(self, error: AtalayaError) -> None:
        """Say what is wrong with the station's folder; trying again looks at it anew."""
        window = SignInWindow(self._theme, "")
        window.submitted.connect(lambda *_: self.start())
        self._show(window)
        window.refuse(error)

    def _show_unlock(self, facts: StationFile, *, by_recovery_code: bool = False) -> None:
        from desktop.views.shell.unlock import UnlockWindow  # noqa: PLC0415 - only where there is no keyring

        window = UnlockWindow(
            self._theme,
            facts.municipality,
            by_recovery_code=by_recovery_code,
            has_passphrase=facts.key_way == "passphrase",
            is_exercise=facts.is_exercise,
        )

        def work(secret: str) -> Station:
            from desktop.core import vault  # noqa: PLC0415

            opening = vault.open_with_recovery if by_recovery_code else vault.open_with_passphrase
            return self._open(facts, opening(self._profile, facts.station_id, secret))

        def done(station: Station) -> None:
            self.station = station
            self._show_sign_in(facts)

        window.submitted.connect(lambda secret: self._away.run(lambda: work(secret), done, window.refuse))
        window.other_way_asked.connect(
            lambda: self._show_unlock(facts, by_recovery_code=not by_recovery_code)
        )
        self._show(window)

    def _sign_in(self, window: SignInWindow, user: str, password: str, code: str = "") -> None:
        self._begin_opening()
        opening = self._opening

        def work() -> Actor:
            from desktop.operations.users import sign_in  # noqa: PLC0415

            station = self.station
            if station is None and opening is not None:
                station = opening.result()
                self.station = station
            if station is None:
                raise RuntimeError("nobody signs in without a station")
            actor = sign_in(station, user, password, code)
            if self._pages is not None:
                self._pages.result()
            return actor

        self._away.run(work, lambda actor: self.admit(actor, user, password), window.refuse)

    def _change_first(self, actor: Actor, user: str, password: str) -> None:
        from desktop.operations.users import change_password  # noqa: PLC0415
        from desktop.views.people.change_password import ChangePasswordWindow  # noqa: PLC0415

        station, facts = self.station, self.facts
        if station is None or facts is None:
            return
        window = ChangePasswordWindow(self._theme, facts.municipality)
        if facts.is_exercise:
            window.mark_exercise()

        def change(new: str) -> None:
            def work() -> None:
                station.write(lambda ctx: change_password(ctx, current=password, new=new)).result()

            self._away.run(work, lambda _: self._admit_with_factor(actor, user), window.refuse)

        window.submitted.connect(change)
        self._show(window)

    def _admit_with_factor(self, actor: Actor, user: str) -> None:
        """Let the person in; whose role needs a second factor and has none activates it first."""
        from desktop.operations.second_factor import SecondFactor, Standing  # noqa: PLC0415

        station, facts = self.station, self.facts
        if station is None or facts is None:
            return
        factor = SecondFactor(station)

        def answered(standing: Standing) -> None:
            if standing.must_enrol:
                self._enrol_first(actor, user, factor, may_wait=standing.may_wait)
            else:
                self._enter(actor, user)

        is_invented = facts.is_exercise or facts.is_demo
        self._away.run(lambda: factor.standing(is_invented=is_invented), answered, self._show_refusal)

    def _enrol_first(self, actor: Actor, user: str, factor: SecondFactor, *, may_wait: bool) -> None:
        from desktop.views.people.enrolment import EnrolWindow  # noqa: PLC0415

        facts = self.facts
        if facts is None:
            return

        def show(enrolment: Enrolment) -> None:
            window = EnrolWindow(self._theme, facts.municipality, enrolment, may_wait=may_wait)
            window.card.confirmed.connect(
                lambda code, _: self._away.run(
                    lambda: factor.confirm(enrolment, code), window.card.show_papers, window.card.refuse
                )
            )
            window.card.finished.connect(lambda: self._enter(actor, user))
            self._show(window)

        self._away.run(factor.begin, show, self._show_refusal)

    def _enter(self, actor: Actor, user: str) -> None:
        if self.station is not None:
            self.station.memory.put(_LAST_USER, user)
        self._first = None
        self.entered.emit(actor, user)

    def _show_refusal(self, error: AtalayaError) -> None:
        if isinstance(self._first, SignInWindow):
            self._first.refuse(error)

    # --- First run --------------------------------------------------------------------------------------------

    def _show_first_run(self) -> None:
        from desktop.views.shell.first_run import FirstRunWindow  # noqa: PLC0415 - once in a station's life

        window = FirstRunWindow(self._theme)
        window.demo_chosen.connect(lambda: self._demo(window))
        window.trial_chosen.connect(lambda: self._try_exchange(window))
        window.finished.connect(lambda wanted: self._make(window, wanted))
        self._show(window)
        self._look_for_keyring(window)

    def _look_for_keyring(self, window: FirstRunWindow) -> None:
        """Tell the window what this machine has. A keyring that asks the person may take a minute; nobody waits."""

        def look() -> None:
            from desktop.app.trial import is_possible  # noqa: PLC0415 - after the window is painted
            from desktop.core.vault import keyring_is_available  # noqa: PLC0415

            if is_possible():
                self._away.post(lambda: window.offer_trial() if isValid(window) else None)
            has_keyring = keyring_is_available()
            self._away.post(lambda: window.offer_keyring(has_keyring) if isValid(window) else None)

        # Not the one thread of the entrance: the example commune is made there meanwhile.
        threading.Thread(target=look, name="keyring-look", daemon=True).start()

    def _demo(self, window: FirstRunWindow) -> None:
        def done(station: Station) -> None:
            self.station = station
            self.facts = load(self._profile)
            actor = station.actor
            if actor is not None:
                self._enter(actor, "demo")

        def work() -> Station:
            from desktop.operations.demo import make_demo  # noqa: PLC0415

            return make_demo(self._profile, self._clock)

        window.wait(tr(N_("Creando la comuna de ejemplo…")))
        self._away.run(work, done, window.refuse)

    def _try_exchange(self, window: FirstRunWindow) -> None:
        from desktop.app.trial import Trial  # noqa: PLC0415 - seldom wanted
        from desktop.app.trial_desk import TrialDesk  # noqa: PLC0415

        trial = Trial(
            self._profile.folder.with_name(f"{self._profile.folder.name}-demostracion"), self._clock
        )
        self._trial = trial

        def told(words: str) -> None:
            self._away.post(lambda: window.wait(words) if isValid(window) else None)

        def done(_: None) -> None:
            self._show(TrialDesk(trial, self._theme, self._away).window)

        self._away.run(lambda: trial.prepare(told), done, window.refuse)

    def _make(self, window: FirstRunWindow, wanted: StationSetup | StationJoin) -> None:
        from desktop.views.shell.first_run_forms import StationJoin  # noqa: PLC0415

        def work() -> SetUp:
            return self._joined(wanted) if isinstance(wanted, StationJoin) else self._set_up(wanted)

        def done(made: SetUp) -> None:
            from desktop.views.shell.recovery import RecoveryWindow  # noqa: PLC0415

            self.station = made.station
            self.facts = load(self._profile)
            facts = self.facts
            shown = RecoveryWindow(self._theme, facts.municipality, made.recovery_code)
            shown.finished.connect(lambda: self._show_sign_in(facts))
            self._show(shown)

        self._away.run(work, done, window.refuse)

    def _set_up(self, wanted: StationSetup) -> SetUp:
        from desktop.operations.setup import NewStation, set_up  # noqa: PLC0415

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

    def _joined(self, wanted: StationJoin) -> SetUp:
        from desktop.sync.station import join  # noqa: PLC0415

        return join(
            self._profile,
            wanted.name,
            wanted.code,
            wanted.passphrase or None,
            self._clock,
            commune=wanted.commune,
        )


def _import_main_window(after: Future[Station] | None) -> None:
    """Import what comes after the sign-in while the person types, and while the password is checked."""
    if after is not None:
        wait([after])
    import desktop.app.desk  # noqa: PLC0415 - after the first window is painted
    import desktop.views.rail_pages  # noqa: PLC0415
    import desktop.views.shell.window  # noqa: F401, PLC0415
