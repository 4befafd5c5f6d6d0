"""The exchange in the background: from sign-in to the end of the program, on threads of its own.

A round exchanges all there is. Then one thread listens to the server and another sends what is written here, at once.
When the line is dead it is tried again, at first soon and then seldom, never at the same moments as other stations.
"""

import logging
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final, Protocol

from desktop.core.errors import AtalayaError
from desktop.core.events import Changes
from desktop.store.peers import SERVER
from desktop.store.receive import OPERATION
from desktop.store.store import Store
from desktop.sync.exchange import Exchange, Identity, Outcome
from desktop.sync.http_peer import HttpPeer
from desktop.sync.peer import NotWelcome, PeerAway
from desktop.sync.state import ExchangeState, Link

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
GATHER_S: Final = 0.02
"""Writes that come together are sent together."""
ROUND_EVERY_S: Final = 300.0
"""A whole round now and then, whatever was told: a lost word is late by no more than this."""
END_WITHIN_S: Final = 5.0
"""The program does not wait longer for a server that is slow to take its last message; it is sent the next time."""
_log = logging.getLogger(__name__)


class _Ended(Exception):
    """The program ends, or the line is to be begun anew."""


class Connect(Protocol):
    """Makes a line to the server; each is used once."""

    def __call__(self) -> HttpPeer:
        """Return a new line."""


class ExchangeService:
    """Keeps this station's file and the server's alike."""

    def __init__(
        self,
        store: Store,
        connect: Connect,
        identity: Identity,
        told: Callable[[ExchangeState], None],
        start: ExchangeState,
    ) -> None:
        self._store = store
        self._connect = connect
        self._identity = identity
        self._told = told
        self._state = replace(start, link=Link.CONNECTING)
        self._lock = threading.Lock()
        self._exchanging = threading.Lock()
        self._ending = threading.Event()
        self._wake = threading.Event()
        self._peer: HttpPeer | None = None
        self._forget = store.events.listen(self._changed)
        self._thread = threading.Thread(target=self._run, name="exchange", daemon=True)
        self._thread.start()

    @property
    def state(self) -> ExchangeState:
        """Return how the exchange stands."""
        with self._lock:
            return self._state

    def hurry(self) -> None:
        """Try now instead of at the next moment planned."""
        self._wake.set()

    def close(self) -> None:
        """End the exchange; what was taken and told until now is in the file."""
        self._forget()
        self._ending.set()
        self._wake.set()
        peer = self._peer
        if peer is not None:
            peer.close()
        self._thread.join(END_WITHIN_S)

    def _changed(self, changes: Changes) -> None:
        if changes.operation == OPERATION or not changes.touched:
            return
        with self._lock:
            link = Link.SENDING if self._state.link is Link.CURRENT else self._state.link
            self._state = replace(self._state, link=link, remaining=self._state.remaining + 1)
            state = self._state
        self._told(state)
        self._wake.set()

    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._ending.is_set():
            peer = self._peer = self._connect()
            asked_s = 0.0
            try:
                self._line(peer)
                wait_s = FIRST_WAIT_S
            except _Ended:
                wait_s = FIRST_WAIT_S
                continue
            except PeerAway as error:
                asked_s = error.retry_after_s
                self._tell_link(Link.AWAY)
            except NotWelcome:
                self._tell_link(Link.NOT_WELCOME)
                wait_s = LONGEST_WAIT_S
            except AtalayaError:
                # The disk of this station: its own banner tells of it; the exchange waits like everything else.
                self._tell_link(Link.AWAY)
            except Exception:
                _log.exception("the exchange met an error of ours and begins anew")
                self._tell_link(Link.AWAY)
                wait_s = LONGEST_WAIT_S
            finally:
                peer.close()
            self._pause(max(asked_s, random.uniform(wait_s / 2, wait_s)))
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    def _line(self, peer: HttpPeer) -> None:
        """Exchange over one line until it is dead."""
        exchange = Exchange(self._store, peer, SERVER, self._identity)
        self._wake.clear()
        outcome = self._locked(lambda: exchange.run(self._check))
        self._tell(outcome)
        if outcome.forked:
            self._ending.wait(LONGEST_WAIT_S)
            return
        dead = threading.Event()
        listening = threading.Thread(
            target=self._listen, args=(peer, exchange, dead), name="exchange-live", daemon=True
        )
        listening.start()
        try:
            while not dead.is_set():
                is_due = not self._wake.wait(ROUND_EVERY_S)
                self._check()
                if dead.is_set():
                    break
                self._ending.wait(GATHER_S)
                self._wake.clear()
                self._tell_link(Link.SENDING)
                work = exchange.run if is_due else exchange.push
                self._tell(self._locked(lambda work=work: work(self._check)))  # type: ignore[misc]
        finally:
            peer.close()
            listening.join()
        raise PeerAway("the line is dead")

    def _listen(self, peer: HttpPeer, exchange: Exchange, dead: threading.Event) -> None:
        """Take what the server tells of; end the line when it falls silent."""
        try:
            for news in peer.news():
                if self._ending.is_set():
                    return
                if news:
                    self._tell(self._locked(lambda: exchange.pull(self._check)), keeps_remaining=True)
        except (PeerAway, NotWelcome, _Ended, AtalayaError):
            _log.info("the server does not tell any more")
        except Exception:
            _log.exception("the exchange met an error of ours")
        finally:
            dead.set()
            self._wake.set()

    def _locked(self, work: Callable[[], Outcome]) -> Outcome:
        with self._exchanging:
            return work()

    def _check(self) -> None:
        if self._ending.is_set():
            raise _Ended

    def _pause(self, seconds: float) -> None:
        self._wake.clear()
        with suppress(_Ended):
            self._check()
            self._wake.wait(seconds)

    def _tell(self, outcome: Outcome, *, keeps_remaining: bool = False) -> None:
        link = Link.CURRENT
        if outcome.forked:
            link = Link.FORKED
        elif not outcome.is_receiving:
            link = Link.TOO_OLD
        elif self._wake.is_set() or (outcome.remaining and not keeps_remaining):
            link = Link.SENDING
        with self._lock:
            remaining = self._state.remaining if keeps_remaining else outcome.remaining
            if keeps_remaining and remaining:
                link = Link.SENDING
            self._state = replace(
                self._state,
                link=link,
                since=self._store.clock.now(),
                remaining=remaining,
                refused=len(outcome.refused),
                clock_ahead_s=outcome.clock_ahead_ms / 1000 or self._state.clock_ahead_s,
            )
            state = self._state
        self._told(state)

    def _tell_link(self, link: Link) -> None:
        with self._lock:
            since = (
                self._state.since
                if link is self._state.link or link is Link.SENDING
                else self._store.clock.now()
            )
            self._state = replace(self._state, link=link, since=since)
            state = self._state
        self._told(state)
