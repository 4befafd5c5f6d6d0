"""The exchange with the municipal server, in the background, and what is told of it."""

import threading
from collections.abc import Callable
from dataclasses import replace

from desktop.store.peers import SERVER
from desktop.store.store import Store
from desktop.sync.exchange import Exchange, Identity, Outcome
from desktop.sync.http_peer import HttpPeer
from desktop.sync.line import Line
from desktop.sync.state import ExchangeState, Link


class ExchangeService(Line):
    """Keeps this station's file and the server's alike. `call` makes a new line; `told` hears how it stands."""

    def __init__(
        self,
        store: Store,
        call: Callable[[], HttpPeer],
        identity: Identity,
        told: Callable[[ExchangeState], None],
        start: ExchangeState,
    ) -> None:
        self._call = call
        self._identity = identity
        self._told = told
        self._state = replace(start, link=Link.CONNECTING)
        self._lock = threading.Lock()
        super().__init__(store, SERVER)

    @property
    def state(self) -> ExchangeState:
        """Return how the exchange stands."""
        with self._lock:
            return self._state

    def connect(self) -> tuple[HttpPeer, Exchange]:
        """Call the server."""
        peer = self._call()
        return peer, Exchange(self._store, peer, SERVER, self._identity)

    def tell_written(self) -> None:
        """Count what waits; nobody is told "al día" from here on."""
        with self._lock:
            link = Link.SENDING if self._state.link is Link.CURRENT else self._state.link
            self._state = replace(self._state, link=link, remaining=self._state.remaining + 1)
            state = self._state
        self._told(state)

    def tell_outcome(self, outcome: Outcome, *, is_whole: bool) -> None:
        """Say how things stand after an exchange."""
        with self._lock:
            remaining = outcome.remaining if is_whole else self._state.remaining
            self._state = replace(
                self._state,
                link=self._link_after(outcome, remaining),
                since=self._store.clock.now(),
                remaining=remaining,
                refused=len(outcome.refused),
                clock_ahead_s=outcome.clock_ahead_ms / 1000 or self._state.clock_ahead_s,
            )
            state = self._state
        self._told(state)

    def tell_link(self, link: Link) -> None:
        """Say that the line is there, or is not."""
        with self._lock:
            is_same = link is self._state.link or link is Link.SENDING
            since = self._state.since if is_same else self._store.clock.now()
            self._state = replace(self._state, link=link, since=since)
            state = self._state
        self._told(state)

    def _link_after(self, outcome: Outcome, remaining: int) -> Link:
        if outcome.forked:
            return Link.FORKED
        if not outcome.is_receiving:
            return Link.TOO_OLD
        return Link.SENDING if remaining or self.has_more_to_send else Link.CURRENT
