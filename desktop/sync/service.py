"""The exchange with the municipal server, in the background, and what is told of it."""

import threading
from collections.abc import Callable
from dataclasses import replace

from desktop.store.blobs import BlobStore
from desktop.store.peers import SERVER
from desktop.store.store import Store
from desktop.sync.agreement import Compared
from desktop.sync.enrolment import granted_until
from desktop.sync.exchange import Exchange, Identity
from desktop.sync.http_peer import HttpPeer
from desktop.sync.line import Line
from desktop.sync.outcome import Outcome
from desktop.sync.state import ExchangeState, Link


class ExchangeService(Line):
    """Keeps this station's file and the server's alike. `call` makes a new line; `told` hears how it stands."""

    def __init__(
        self,
        store: Store,
        blobs: BlobStore,
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
        super().__init__(store, blobs, SERVER)

    @property
    def state(self) -> ExchangeState:
        """Return how the exchange stands."""
        with self._lock:
            return self._state

    def connect(self) -> tuple[HttpPeer, Exchange]:
        """Call the server."""
        peer = self._call()
        return peer, Exchange.with_server(self._store, peer, self._identity)

    def tell_written(self, *, is_attachment: bool) -> None:
        """Count what waits; nobody is told "al día" from here on."""
        with self._lock:
            link = Link.SENDING if self._state.link is Link.CURRENT else self._state.link
            self._state = replace(
                self._state,
                link=link,
                remaining=self._state.remaining + 1,
                attachments=self._state.attachments + is_attachment,
            )
            state = self._state
        self._told(state)

    def tell_cargo(self, to_give: int) -> None:
        """Count the attachments that wait; with the last one gone the server may have everything."""
        with self._lock:
            link = self._state.link
            if link in {Link.CURRENT, Link.SENDING}:
                has_more = bool(to_give or self._state.remaining or self.has_more_to_send)
                link = Link.SENDING if has_more else Link.CURRENT
            self._state = replace(self._state, link=link, attachments=to_give)
            state = self._state
        self._told(state)

    def tell_history(self, left: int) -> None:
        """Say how much of the time before this station's beginning is still to come."""
        with self._lock:
            if left == self._state.history:
                return
            self._state = replace(self._state, history=left)
            state = self._state
        self._told(state)

    def tell_compared(self, compared: Compared) -> None:
        """Say which scopes do not add up to what the server says, once that is known of them."""
        with self._lock:
            differing = self._state.differing - compared.looked_at | compared.differing
            if differing == self._state.differing:
                return
            self._state = replace(self._state, differing=differing)
            state = self._state
        self._told(state)

    def tell_outcome(self, outcome: Outcome, *, is_whole: bool) -> None:
        """Say how things stand after an exchange."""
        granted = granted_until(self._store) if is_whole else self._state.granted_until
        with self._lock:
            remaining = outcome.remaining if is_whole else self._state.remaining
            self._state = replace(
                self._state,
                link=self._link_after(outcome, remaining),
                since=self._store.clock.now(),
                remaining=remaining,
                refused=len(outcome.refused),
                is_altered=self._state.is_altered or bool(outcome.altered),
                clock_ahead_s=self._state.clock_ahead_s
                if outcome.clock_ahead_ms is None
                else outcome.clock_ahead_ms / 1000,
                granted_until=granted,
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
        is_all_there = not (remaining or self._state.attachments or self.has_more_to_send)
        return Link.CURRENT if is_all_there else Link.SENDING
