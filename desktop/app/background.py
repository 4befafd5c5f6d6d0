"""What runs by itself beside the window: backups, escalations, and settling what a killed program left under way."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from apscheduler.schedulers.qt import QtScheduler
from PySide6.QtCore import QObject

from desktop.core.errors import AtalayaError
from desktop.jobs.backups import BackupJob
from desktop.jobs.escalation import EscalationJob
from desktop.operations.imports.history import settle_interrupted
from desktop.operations.settings import settings_of
from desktop.store.threads import Urgency

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from desktop.app.away import Away
    from desktop.core.clock import Clock
    from desktop.core.paths import Profile
    from desktop.operations.backups import Made
    from desktop.operations.station import Station
    from desktop.views.shell.window import MainWindow

_LOOK_EVERY_MIN = 5
_ESCALATE_EVERY_S = 15
_ESCALATIONS = "escalations"


class Background(QObject):
    """Makes backups when they are due; one that fails stays in a banner until one succeeds."""

    def __init__(
        self,
        profile: Profile,
        station: Station,
        clock: Clock,
        window: MainWindow,
        away: Away,
        show_state: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._station = station
        self._window = window
        self._away = away
        self._show_state = show_state
        self._backups = BackupJob(profile, station.master, clock, settings_of(station.memory))
        self._scheduler = QtScheduler(timezone=UTC)
        self._scheduler.add_job(
            self._back_up,
            "interval",
            minutes=_LOOK_EVERY_MIN,
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
        )
        self._escalations = EscalationJob(station)
        self._scheduler.add_job(
            self._escalate,
            "interval",
            seconds=_ESCALATE_EVERY_S,
            id=_ESCALATIONS,
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
        )
        self._scheduler.start()
        self._away.hand_back(station.write_as(station.system, settle_interrupted, Urgency.JOB), self._settled)
        self._back_up()

    def end(self) -> None:
        """Begin nothing more."""
        self._scheduler.shutdown(wait=False)

    def _settled(self, done: Future[None]) -> None:
        error = done.exception()
        if error is not None and not isinstance(error, AtalayaError):
            self._window.crash(error)

    def _escalate(self) -> None:
        self._away.hand_back(self._station.background(self._escalations.run), self._escalated)

    def _escalated(self, done: Future[None]) -> None:
        error = done.exception()
        if error is not None and not isinstance(error, AtalayaError):
            self._scheduler.remove_job(_ESCALATIONS)
            self._window.crash(error)

    def _back_up(self) -> None:
        self._away.hand_back(self._station.background(self._backups.run), self._backed_up)

    def _backed_up(self, done: Future[Made | None]) -> None:
        error = done.exception()
        if isinstance(error, AtalayaError):
            self._window.banner("backup", error.message)
        elif error is not None:
            self._window.crash(error)
        elif done.result() is not None:
            self._window.clear_banner("backup")
            self._show_state()
