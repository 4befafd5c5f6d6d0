"""The exchange beside the window: begun once somebody is in, told of in the status bar and in banners that stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.operations.conflicts import CONFLICTS, count_open
from desktop.register.access import Action
from desktop.sync.state import ExchangeState, Link
from desktop.sync.station import begin_exchange, begin_neighbours
from desktop.views.shell.status import SyncState, conflicts_item
from wire.grants import OFFLINE_DAYS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from desktop.app.away import Away
    from desktop.operations.station import Station
    from desktop.sync.lan.neighbours import Neighbours
    from desktop.sync.service import ExchangeService
    from desktop.views.shell.window import MainWindow

_SKEW_S = 2.0
_BANNERS = {
    Link.NOT_WELCOME: N_(
        "El servidor ya no reconoce a esta estación. Lo que anote queda guardado aquí; consulte a quien administra "
        "el servidor."
    ),
    Link.FORKED: N_(
        "El servidor ya recibió otras anotaciones con la identidad de esta estación: sus datos son una copia de los "
        "de otro equipo. Lo que anote queda guardado aquí y no se envía; avise a soporte."
    ),
    Link.TOO_OLD: N_(
        "Esta versión de Atalaya es antigua para el servidor: lo que anote se envía, pero no se recibe lo de otras "
        "estaciones. Actualice el programa."
    ),
}


_ALTERED = N_(
    "El servidor municipal mostró menos de lo que ya había confirmado: se le está devolviendo lo que esta estación "
    "tiene. Aquí no se perdió nada; avise a quien administra el servidor."
)


_DIFFERING = N_(
    "Con las mismas anotaciones, esta estación y el servidor municipal no muestran lo mismo. Puede seguir trabajando y "
    "nada se pierde; verifique los datos de la estación y avise a soporte."
)


class ExchangeDesk(QObject):
    """Keeps the exchange running and says how it stands."""

    def __init__(
        self, station: Station, window: MainWindow, away: Away, show: Callable[[SyncState], None]
    ) -> None:
        super().__init__(window)
        self._station = station
        self._window = window
        self._away = away
        self._is_counting = False
        self._show = show
        self._service: ExchangeService | None = None
        self._neighbours: Neighbours | None = None
        self._is_ended = False
        away.run(lambda: begin_exchange(station, self._told), self._began, window.crash)
        away.run(lambda: begin_neighbours(station, self._heard), self._met, window.crash)

    @property
    def neighbours(self) -> Neighbours | None:
        """Return the neighbours, None while this station neither answers nor calls."""
        return self._neighbours

    def end(self) -> None:
        """Stop exchanging; what was written is in the file and goes the next time."""
        self._is_ended = True
        if self._neighbours is not None:
            self._neighbours.let_go()
        if self._service is not None:
            self._service.close()
        if self._neighbours is not None:
            self._neighbours.close()

    def _began(self, service: ExchangeService | None) -> None:
        self._service = service
        if service is None:
            return
        if self._is_ended:
            service.close()
        else:
            self._tell(service.state)

    def _met(self, neighbours: Neighbours | None) -> None:
        self._neighbours = neighbours
        if neighbours is not None and self._is_ended:
            neighbours.close()

    def _heard(self) -> None:
        """Take the coming and going of neighbours to the interface's thread."""

        def tell() -> None:
            if self._service is not None:
                self._tell(self._service.state)

        self._away.post(tell)

    def _told(self, state: ExchangeState) -> None:
        """Take news of the exchange's threads to the interface's."""
        self._away.post(lambda: self._tell(state))

    def _tell(self, state: ExchangeState) -> None:
        if self._is_ended:
            return
        near = 0 if self._neighbours is None else len(self._neighbours.connected)
        self._show(sync_state(state, near))
        self._count_conflicts()
        for link, words in _BANNERS.items():
            if state.link is link:
                self._window.banner(f"exchange.{link.name}", tr(words))
            else:
                self._window.clear_banner(f"exchange.{link.name}")
        if abs(state.clock_ahead_s) > _SKEW_S:
            self._window.banner("exchange.clock", _skew(state.clock_ahead_s))
        else:
            self._window.clear_banner("exchange.clock")
        if state.is_altered:
            self._window.banner("exchange.altered", tr(_ALTERED))
        if state.differing:
            self._window.banner("exchange.differing", tr(_DIFFERING))
        else:
            self._window.clear_banner("exchange.differing")
        ends = state.granted_until
        if ends is not None and ends <= self._station.clock.now():
            self._window.banner("exchange.grant", _run_out(ends))
        else:
            self._window.clear_banner("exchange.grant")

    def _count_conflicts(self) -> None:
        if self._is_counting:
            return
        self._is_counting = True
        system = self._station.system
        self._away.run(
            lambda: self._station.read_as(system, count_open).result(),
            self._counted,
            lambda _: self._counted(0),
        )

    def _counted(self, count: int) -> None:
        self._is_counting = False
        if self._is_ended:
            return
        if count:
            actor = self._station.actor
            may_open = actor is not None and actor.rights.may(Action.EDIT, "incidents")
            self._window.status.set_item(conflicts_item(count, CONFLICTS if may_open else ""))
        else:
            self._window.status.remove_item("conflicts")


def sync_state(state: ExchangeState, near: int = 0) -> SyncState:
    """Return what the status bar shows of the exchange, with `near` stations on the local network."""
    is_connected = state.link in {Link.CURRENT, Link.SENDING, Link.TOO_OLD}
    errors = {
        Link.NOT_WELCOME: tr(N_("estación no reconocida")),
        Link.FORKED: tr(N_("copia de otra estación")),
        Link.TOO_OLD: tr(N_("programa antiguo")),
    }
    error = errors.get(state.link, "")
    if not error and state.differing:
        error = tr(N_("datos distintos de los del servidor"))
    if not error and state.refused:
        error = tr(N_("hay anotaciones que no se recibieron"))
    is_exact = state.link is Link.CURRENT
    waiting = state.remaining + state.attachments
    return SyncState(
        has_server=state.link is not Link.NOT_ENROLLED,
        is_connected=is_connected,
        unsent=waiting if is_exact or waiting else int(state.link is Link.SENDING),
        server_seen_at=state.since if is_connected else None,
        lost_at=state.since if state.link is Link.AWAY else None,
        stations=near,
        error=error,
    )


def _skew(ahead_s: float) -> str:
    words = (
        N_(
            "El reloj de este equipo está {time} adelantado respecto del servidor. Lo que anote se guarda y se envía "
            "igual, con esa hora: póngalo en hora."
        )
        if ahead_s > 0
        else N_(
            "El reloj de este equipo está {time} atrasado respecto del servidor. Lo que anote se guarda y se envía "
            "igual, con esa hora: póngalo en hora."
        )
    )
    return tr(words, time=formats.duration(abs(ahead_s)))


def _run_out(ended: datetime) -> str:
    return tr(
        N_(
            "Desde el {at} las estaciones vecinas no contestan a esta: lleva más de {days} días sin ver al servidor. "
            "Lo que anote queda guardado y se enviará cuando lo vea; por USB se puede intercambiar igual."
        ),
        at=formats.day_time(ended),
        days=OFFLINE_DAYS,
    )
