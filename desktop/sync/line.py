"""A line to one peer, kept up on threads of its own from sign-in to the end of the program.

A round exchanges all there is. Then one thread listens to the peer and another sends what is written here, at once.
When the line is dead it is tried again, at first soon and then seldom, never at the same moments as other stations.
"""

import logging
import random
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from desktop.core.errors import AtalayaError
from desktop.core.events import Changes
from desktop.store.receive import OPERATION
from desktop.store.store import Store
from desktop.sync.exchange import Exchange, Outcome
from desktop.sync.http_peer import HttpPeer
from desktop.sync.peer import NotWelcome, PeerAway
from desktop.sync.state import Link

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
GATHER_S: Final = 0.02
"""Writes that come together are sent together."""
ROUND_EVERY_S: Final = 300.0
"""A whole round now and then, whatever was told: a lost word is late by no more than this."""
END_WITHIN_S: Final = 5.0
"""The program does not wait longer for a peer that is slow to take its last message; it is sent the next time."""
_log = logging.getLogger(__name__)


class _Ended(Exception):
    """The program ends, or the line is to be begun anew."""


class Line(ABC):
    """Keeps this station's file and a peer's alike; whoever derives from it says what is told of that.

    Everything that is told is told on the line's threads.
    """

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._exchanging = threading.Lock()
        self._ending = threading.Event()
        self._wake = threading.Event()
        self._called = threading.Event()
        self._has_written = threading.Event()
        self._peer: HttpPeer | None = None
        self._forget = store.events.listen(self._changed)
        self._thread = threading.Thread(target=self._run, name=f"exchange-{name}", daemon=True)
        self._thread.start()

    @abstractmethod
    def connect(self) -> tuple[HttpPeer, Exchange]:
        """Return a new line and the exchange over it.

        Raises:
            PeerAway: there is nobody to call.
        """

    @abstractmethod
    def tell_outcome(self, outcome: Outcome, *, is_whole: bool) -> None:
        """Something was exchanged; `is_whole` when what this station has was looked at too."""

    @abstractmethod
    def tell_link(self, link: Link) -> None:
        """The line is another one now."""

    @abstractmethod
    def tell_written(self) -> None:
        """Something was written here that the peer does not have yet."""

    def hurry(self) -> None:
        """Try now instead of at the next moment planned."""
        self._called.set()
        self._wake.set()

    def let_go(self) -> None:
        """Begin to end; nobody waits for it yet."""
        self._forget()
        self._ending.set()
        self.hurry()
        peer = self._peer
        if peer is not None:
            peer.interrupt()

    def close(self) -> None:
        """End the line; what was taken and told until now is in the file."""
        self.let_go()
        self._thread.join(END_WITHIN_S)

    def _changed(self, changes: Changes) -> None:
        if not changes.touched:
            return
        if changes.operation != OPERATION:
            self._has_written.set()
            self.tell_written()
        # What another peer gave is given on; where this one gave it, nothing is left to send.
        self._wake.set()

    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._ending.is_set():
            asked_s = 0.0
            try:
                self._peer, exchange = self.connect()
                self._keep(self._peer, exchange)
                wait_s = FIRST_WAIT_S
            except _Ended:
                wait_s = FIRST_WAIT_S
                continue
            except PeerAway as error:
                asked_s = error.retry_after_s
                self.tell_link(Link.AWAY)
            except NotWelcome:
                self.tell_link(Link.NOT_WELCOME)
                wait_s = LONGEST_WAIT_S
            except AtalayaError:
                # The disk of this station: its own banner tells of it; the exchange waits like everything else.
                self.tell_link(Link.AWAY)
            except Exception:
                _log.exception("the exchange met an error of ours and begins anew")
                self.tell_link(Link.AWAY)
                wait_s = LONGEST_WAIT_S
            finally:
                if self._peer is not None:
                    self._peer.close()
            self._pause(max(asked_s, random.uniform(wait_s / 2, wait_s)))
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    def _keep(self, peer: HttpPeer, exchange: Exchange) -> None:
        """Exchange over one line until it is dead."""
        self._check()
        self._wake.clear()
        self._has_written.clear()
        outcome = self._locked(lambda: exchange.run(self._check))
        self.tell_outcome(outcome, is_whole=True)
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
                if self._has_written.is_set():
                    self._has_written.clear()
                    self.tell_link(Link.SENDING)
                work = exchange.run if is_due else exchange.push
                self.tell_outcome(self._locked(lambda work=work: work(self._check)), is_whole=True)  # type: ignore[misc]
        finally:
            peer.interrupt()
            listening.join()
        raise PeerAway("the line is dead")

    def _listen(self, peer: HttpPeer, exchange: Exchange, dead: threading.Event) -> None:
        """Take what the peer tells of; end the line when it falls silent."""
        try:
            for news in peer.news():
                if self._ending.is_set():
                    return
                if news:
                    outcome = self._locked(lambda news=news: exchange.pull(self._check, news))  # type: ignore[misc]
                    self.tell_outcome(outcome, is_whole=False)
        except (PeerAway, NotWelcome, _Ended, AtalayaError):
            _log.info("the peer does not tell any more")
        except Exception:
            _log.exception("the exchange met an error of ours")
        finally:
            dead.set()
            self._wake.set()

    @property
    def has_more_to_send(self) -> bool:
        """Tell whether something was written since the last sending began."""
        return self._has_written.is_set()

    def _locked(self, work: Callable[[], Outcome]) -> Outcome:
        with self._exchanging:
            return work()

    def _check(self) -> None:
        if self._ending.is_set():
            raise _Ended

    def _pause(self, seconds: float) -> None:
        """Wait; what is written meanwhile does not make a dead line be tried more often."""
        self._called.clear()
        with suppress(_Ended):
            self._check()
            self._called.wait(seconds)
