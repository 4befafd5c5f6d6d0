"""Keeps the window of the demonstration true, and does what is asked there."""

from PySide6.QtCore import QObject, QTimer

from desktop.app.away import Away
from desktop.app.trial import STATIONS, Trial
from desktop.views.shell.trial import TrialWindow
from desktop.views.theme import Theme

_LOOK_EVERY_MS = 500


class TrialDesk(QObject):
    """Lives as long as its window."""

    def __init__(self, trial: Trial, theme: Theme, away: Away) -> None:
        self.window = TrialWindow(theme, STATIONS)
        super().__init__(self.window)
        self._trial = trial
        self._away = away
        self.window.server_asked.connect(self._serve)
        self.window.station_asked.connect(self._open)
        looking = QTimer(self, interval=_LOOK_EVERY_MS)
        looking.timeout.connect(self._look)
        looking.start()
        self._look()

    def _serve(self, is_wanted: bool) -> None:
        work = self._trial.start_server if is_wanted else self._trial.stop_server
        self._away.run(work, lambda _: self._look(), self.window.refuse)

    def _open(self, place: int) -> None:
        self._away.run(lambda: self._trial.open_station(place), lambda _: self._look(), self.window.refuse)

    def _look(self) -> None:
        state = self._trial.state
        self.window.show_state(server=state.server, stations=state.stations)
