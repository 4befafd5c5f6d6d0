"""A line to one peer, kept up on threads of its own from sign-in to the end of the program.

A round exchanges all there is. Then one thread listens to the peer and another sends what is written here, at once.
When the line is dead it is tried again, at first soon and then seldom, never at the same moments as other stations.
"""

import logging
import random
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from desktop.core.errors import AtalayaError
from desktop.core.events import Changes
from desktop.store.blobs import BlobStore
from desktop.store.receive import OPERATION
from desktop.store.store import Store
from desktop.sync.agreement import Compared
from desktop.sync.courier import Courier
from desktop.sync.exchange import Exchange
from desktop.sync.http_peer import HttpPeer
from desktop.sync.outcome import Outcome
from desktop.sync.peer import NotWelcome, PeerAway
from desktop.sync.state import Link
from wire.messages import Told
from wire.roster import ATTACHMENTS

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
GATHER_S: Final = 0.02
"""A write after a quiet moment goes at once; those that come so soon behind it go together."""
ROUND_EVERY_S: Final = 300.0
"""A whole round now and then, whatever was told: a lost word is late by no more than this."""
CARRY_EVERY_S: Final = 300.0
CARRY_AGAIN_S: Final = 10.0
"""Attachments that one side lacked are tried again so soon."""
COMPARE_EVERY_S: Final = 6 * 3600.0
"""To hold a scope against the server's takes a second or two of reading for each quarter of a million records."""
PAUSE_S: Final = 0.02
"""Between two pieces of the history whoever waits for the line has it."""
END_WITHIN_S: Final = 5.0
"""The program does not wait longer for a peer that is slow to take its last message; it is sent the next time."""
_log = logging.getLogger(__name__)


class _Ended(Exception):
    """The program ends, or the line is to be begun anew."""


class Line(ABC):
    """Keeps this station's file and a peer's alike; whoever derives from it says what is told of that.

    Everything that is told is told on the line's threads.
    """

    def __init__(self, store: Store, blobs: BlobStore, name: str) -> None:
        self._store = store
        self._blobs = blobs
        self._exchanging = threading.Lock()
        self._ending = threading.Event()
        self._wake = threading.Event()
        self._called = threading.Event()
        self._has_written = threading.Event()
        self._has_cargo = threading.Event()
        self._cargo_waits = False
        """Whether an attachment is here whose record the peer may have only after the next sending."""
        self._was_whole = threading.Event()
        self._compared: dict[str, float] = {}
        """When each scope was last held against the peer's, on the monotonic clock."""
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
    def tell_history(self, left: int) -> None:
        """So many change-sets of the time before this station's beginning are still to come."""

    @abstractmethod
    def tell_compared(self, compared: Compared) -> None:
        """Some scopes were held against what the peer's add up to."""

    @abstractmethod
    def tell_link(self, link: Link) -> None:
        """The line is another one now."""

    @abstractmethod
    def tell_written(self, *, is_attachment: bool) -> None:
        """Something was written here that the peer does not have yet, a file among it or not."""

    @abstractmethod
    def tell_cargo(self, to_give: int) -> None:
        """So many attachments are here whose bytes the peer does not hold."""

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
        is_attachment = ATTACHMENTS in changes.touched
        if is_attachment:
            self._has_cargo.set()
        if changes.operation != OPERATION:
            self._has_written.set()
            self.tell_written(is_attachment=is_attachment)
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
        courier = Courier(self._store, self._blobs, peer, exchange.name, self._give_way)
        self.tell_cargo(courier.pending())
        self.tell_outcome(outcome, is_whole=True)
        if outcome.forked:
            self._ending.wait(LONGEST_WAIT_S)
            return
        dead = threading.Event()
        helpers = [
            threading.Thread(target=work, args=arguments, name=name, daemon=True)
            for name, work, arguments in (
                ("exchange-live", self._listen, (peer, exchange, dead)),
                ("exchange-files", self._carry, (courier, exchange, dead)),
                ("exchange-history", self._look_back, (exchange, dead)),
            )
        ]
        for helper in helpers:
            helper.start()
        pushed_at = 0.0
        try:
            while not dead.is_set():
                is_due = not self._wake.wait(ROUND_EVERY_S)
                self._check()
                if dead.is_set():
                    break
                self._ending.wait(max(0.0, pushed_at + GATHER_S - time.monotonic()))
                self._wake.clear()
                pushed_at = time.monotonic()
                if self._has_written.is_set():
                    self._has_written.clear()
                    self.tell_link(Link.SENDING)
                work = exchange.run if is_due else exchange.push
                outcome = self._locked(lambda work=work: work(self._check))  # type: ignore[misc]
                self.tell_outcome(outcome, is_whole=True)
                if is_due:
                    self._was_whole.set()
                if outcome.sent and self._cargo_waits:
                    self._has_cargo.set()
        finally:
            dead.set()
            self._was_whole.set()
            self._has_cargo.set()
            peer.interrupt()
            for helper in helpers:
                helper.join()
        raise PeerAway("the line is dead")

    def _listen(self, peer: HttpPeer, exchange: Exchange, dead: threading.Event) -> None:
        """Take what the peer tells of; end the line when it falls silent."""
        has_asked = False
        try:
            for news in peer.news():
                if self._ending.is_set():
                    return
                # The first word says only that it tells from now on: what came after the round is asked for.
                grown = news if has_asked else exchange.scopes
                has_asked = True
                if grown:
                    outcome = self._locked(lambda grown=grown: self._hear(exchange, grown))  # type: ignore[misc]
                    self.tell_outcome(outcome, is_whole=False)
        except (PeerAway, NotWelcome, _Ended, AtalayaError):
            _log.info("the peer does not tell any more")
        except Exception:
            _log.exception("the exchange met an error of ours")
        finally:
            dead.set()
            self._wake.set()

    def _hear(self, exchange: Exchange, news: Iterable[str] | Told) -> Outcome:
        if isinstance(news, Told):
            return exchange.hear(self._check, news)
        return exchange.pull(self._check, news)

    def _carry(self, courier: Courier, exchange: Exchange, dead: threading.Event) -> None:
        """Carry attachments, whenever a record names one and now and then."""
        while not dead.is_set() and exchange.welcome is not None:
            scopes = exchange.welcome.scopes
            self._has_cargo.clear()
            wait_s = CARRY_EVERY_S
            try:
                carried = courier.run(
                    [one.scope for one in scopes], [one.scope for one in scopes if one.may_write]
                )
                self._cargo_waits = carried.to_give > 0
                self.tell_cargo(carried.to_give)
                if carried.to_give or carried.to_take:
                    wait_s = CARRY_AGAIN_S
            except (PeerAway, NotWelcome, _Ended, AtalayaError):
                wait_s = CARRY_AGAIN_S
            except Exception:
                _log.exception("the exchange met an error of ours")
            self._has_cargo.wait(wait_s)

    def _look_back(self, exchange: Exchange, dead: threading.Event) -> None:
        """Take what was written before this station began; then see now and then that both sides add up alike."""
        try:
            self._recall(exchange, dead)
            while not dead.is_set():
                self._was_whole.clear()
                self._compare(exchange)
                self._was_whole.wait()
        except (PeerAway, NotWelcome, _Ended, AtalayaError):
            _log.info("what was before stays as it is for now")
        except Exception:
            _log.exception("the exchange met an error of ours")

    def _compare(self, exchange: Exchange) -> None:
        since = time.monotonic() - COMPARE_EVERY_S
        compared = exchange.compare(
            self._check, [scope for scope, at in self._compared.items() if at > since]
        )
        self._compared.update(dict.fromkeys(compared.looked_at, time.monotonic()))
        if compared.looked_at:
            self.tell_compared(compared)

    def _recall(self, exchange: Exchange, dead: threading.Event) -> None:
        """Take the history piece by piece, with everything else going first."""
        while not dead.is_set():
            outcome = self._locked(lambda: exchange.recall(self._check))
            self.tell_history(outcome.history or 0)
            if not outcome.history:
                return
            dead.wait(PAUSE_S if outcome.taken else ROUND_EVERY_S)

    def _give_way(self) -> None:
        """Let what people wrote go first; stop when the program ends."""
        self._check()
        with self._exchanging:
            pass

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
