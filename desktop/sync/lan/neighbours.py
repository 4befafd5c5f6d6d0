"""The neighbours of this station: it answers them all, and keeps a line to a few.

Nobody is elected. Every station calls the same few, those whose number is lowest among the ones that it finds, and
those whose address a person typed; what one of them hears, all hear from it. With any gone the next one is called.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.store.blobs import BlobStore
from desktop.store.store import Store
from desktop.sync.agreement import Compared
from desktop.sync.enrolment import Membership
from desktop.sync.exchange import Exchange, Identity
from desktop.sync.http_peer import HttpPeer
from desktop.sync.lan.answering import DEFAULT_PORT, Answering
from desktop.sync.lan.discovery import Discovery, own_addresses
from desktop.sync.lan.exchange import NeighbourExchange
from desktop.sync.lan.hub import Hub
from desktop.sync.lan.tls import calling, device_at
from desktop.sync.line import END_WITHIN_S, Line
from desktop.sync.outcome import Outcome
from desktop.sync.peer import PeerAway
from desktop.sync.state import Link
from wire.roster import host_of

CALLED: Final = 3
"""So many neighbours are called: one that everybody calls is enough, the others are there when it goes."""
_MOST_LINES: Final = 12
_LOOK_EVERY_S: Final = 5.0
_PATIENCE_S: Final = 15.0
"""A neighbour that did not answer for so long is no longer one of the few; it is tried all the same."""
_CONNECT_S: Final = 3.0
_LIVING: Final = frozenset({Link.CURRENT, Link.SENDING})
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A station on the local network. `device` is empty for a typed address at which nobody answered yet."""

    device: bytes
    address: str
    link: Link
    since: datetime | None = None
    is_typed: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """On which networks a station is found, and the port on which it answers."""

    networks: Callable[[], Sequence[str]] = own_addresses
    host: str = "0.0.0.0"  # noqa: S104 - neighbours call here; TLS asks who they are
    port: int = DEFAULT_PORT


class Neighbours:
    """Answers, looks around and calls, until it is closed. `told` is called on its threads."""

    def __init__(
        self,
        store: Store,
        blobs: BlobStore,
        member: Membership,
        signing: Ed25519PrivateKey,
        identity: Identity,
        told: Callable[[], None],
        where: Where | None = None,
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._member = member
        self._signing = signing
        self._identity = identity
        self._told = told
        self._where = where or Where()
        self._lock = threading.Lock()
        self._lines: dict[bytes, _NeighbourLine] = {}
        self._typed: dict[str, _NeighbourLine] = {}
        self._addresses: tuple[str, ...] = ()
        self._ending = threading.Event()
        self._wake = threading.Event()
        self._hub = Hub(store, blobs, member, told)
        self._answering = Answering(self._hub, member, self._where.host, self._where.port)
        self._discovery: Discovery | None = None
        self._networks: tuple[str, ...] = ()
        self._thread = threading.Thread(target=self._run, name="neighbours", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Return the port on which this station answers."""
        return self._answering.port

    @property
    def connected(self) -> frozenset[bytes]:
        """Return the devices with which there is a line now, whoever called."""
        with self._lock:
            lines = [*self._lines.values(), *self._typed.values()]
        return self._hub.listening | {one.neighbour.device for one in lines if one.is_living}

    @property
    def known(self) -> tuple[Neighbour, ...]:
        """Return whom this station calls."""
        with self._lock:
            lines = [*self._lines.values(), *self._typed.values()]
        return tuple(line.neighbour for line in lines)

    def type_addresses(self, addresses: Sequence[str]) -> None:
        """Call these addresses (`host:port`) too, from now on."""
        with self._lock:
            self._addresses = tuple(addresses)
        self._wake.set()

    def let_go(self) -> None:
        """Begin to end; nobody waits for it yet."""
        self._ending.set()
        self._wake.set()

    def close(self) -> None:
        """Let everybody go."""
        self.let_go()
        self._thread.join(END_WITHIN_S)

    def _run(self) -> None:
        try:
            while not self._ending.is_set():
                try:
                    self._look()
                except Exception:
                    _log.exception("looking for neighbours met an error of ours")
                self._wake.wait(_LOOK_EVERY_S)
                self._wake.clear()
        finally:
            self._end()

    def _look(self) -> None:
        self._listen_where_we_are()
        found = {} if self._discovery is None else self._discovery.neighbours
        with self._lock:
            gone = [device for device in self._lines if device not in found]
            ended = [self._lines.pop(device) for device in gone]
            ended += [self._typed.pop(one) for one in set(self._typed) - set(self._addresses)]
            for address in self._addresses:
                if address not in self._typed:
                    self._typed[address] = self._line(b"", (address,), is_typed=True)
            called = 0
            for device in sorted(found):
                line = self._lines.get(device)
                if line is None and called < CALLED and len(self._lines) < _MOST_LINES:
                    line = self._lines[device] = self._line(device, found[device])
                elif line is not None and called >= CALLED:
                    ended.append(self._lines.pop(device))
                    continue
                if line is not None:
                    line.move_to(found[device])
                    called += not line.is_dead
        for line in ended:
            line.let_go()
        if ended:
            self._told()

    def _listen_where_we_are(self) -> None:
        """Say that we are there on the networks that there are now; a cable may have been plugged elsewhere."""
        networks = tuple(self._where.networks())
        if networks == self._networks:
            return
        if self._discovery is not None:
            self._discovery.close()
            self._discovery = None
        self._networks = networks
        if not networks:
            return
        try:
            self._discovery = Discovery(
                self._member.municipal_key, self._member.device, self.port, networks, self._wake.set
            )
        except OSError:
            _log.warning("neighbours cannot be looked for on this network", exc_info=True)
            self._networks = ()

    def _line(self, device: bytes, addresses: Sequence[str], *, is_typed: bool = False) -> "_NeighbourLine":
        return _NeighbourLine(
            self._store,
            self._blobs,
            self._member,
            self._signing,
            self._identity,
            Neighbour(device, addresses[0] if addresses else "", Link.CONNECTING, is_typed=is_typed),
            addresses,
            self._told,
        )

    def _end(self) -> None:
        with self._lock:
            lines = [*self._lines.values(), *self._typed.values()]
            self._lines, self._typed = {}, {}
        for line in lines:
            line.let_go()
        self._answering.let_go()
        if self._discovery is not None:
            self._discovery.close()
        for line in lines:
            line.close()
        self._answering.close()


class _NeighbourLine(Line):
    """A line to one neighbour."""

    def __init__(
        self,
        store: Store,
        blobs: BlobStore,
        member: Membership,
        signing: Ed25519PrivateKey,
        identity: Identity,
        neighbour: Neighbour,
        addresses: Sequence[str],
        told: Callable[[], None],
    ) -> None:
        self._member = member
        self._signing = signing
        self._identity = identity
        self._told = told
        self._state = threading.Lock()
        self._neighbour = neighbour
        self._addresses = tuple(addresses)
        self._turn = 0
        self._context = calling(member)
        self._answered_at = time.monotonic()
        super().__init__(store, blobs, "lan")

    @property
    def neighbour(self) -> Neighbour:
        """Return how the line stands."""
        with self._state:
            return self._neighbour

    @property
    def is_living(self) -> bool:
        """Tell whether the neighbour answered and nothing was wrong since."""
        return self.neighbour.link in _LIVING

    @property
    def is_dead(self) -> bool:
        """Tell whether the neighbour has not answered for a while."""
        return not self.is_living and time.monotonic() - self._answered_at > _PATIENCE_S

    def move_to(self, addresses: Sequence[str]) -> None:
        """Call at these addresses from the next time on."""
        if tuple(addresses) != self._addresses:
            self._addresses = tuple(addresses)
            self.hurry()

    def connect(self) -> tuple[HttpPeer, Exchange]:
        """Call the neighbour at the next of its addresses."""
        addresses = self._addresses
        if not addresses:
            raise PeerAway("no address")
        address = addresses[self._turn % len(addresses)]
        self._turn += 1
        device = self.neighbour.device
        if self.neighbour.is_typed:
            host, _, port = address.rpartition(":")
            device = device_at(host, int(port), self._member)
        with self._state:
            self._neighbour = replace(self._neighbour, device=device, address=address)
        peer = HttpPeer(
            address, self._context, self._signing, host=host_of(device), asks_as=device, connect_s=_CONNECT_S
        )
        return peer, NeighbourExchange(self._store, peer, device, self._member, self._identity)

    def tell_written(self, *, is_attachment: bool) -> None:
        """Say nothing: what waits is counted for the server."""

    def tell_cargo(self, to_give: int) -> None:
        """Say nothing, as above."""

    def tell_history(self, left: int) -> None:
        """Say nothing: a neighbour gives no snapshots."""

    def tell_compared(self, compared: Compared) -> None:
        """Say nothing: a neighbour's word of what it adds up to counts for nothing."""

    def tell_outcome(self, outcome: Outcome, *, is_whole: bool) -> None:
        """Say that the neighbour answered."""
        del is_whole
        self._answered_at = time.monotonic()
        self._set(Link.FORKED if outcome.forked else Link.CURRENT)

    def tell_link(self, link: Link) -> None:
        """Say how the line stands."""
        self._set(link)

    def _set(self, link: Link) -> None:
        with self._state:
            was = self._neighbour.link
            if link in _LIVING and was in _LIVING:
                self._neighbour = replace(self._neighbour, link=link)
                return
            since = self._neighbour.since if link is was else self._store.clock.now()
            self._neighbour = replace(self._neighbour, link=link, since=since)
        if link is not was:
            self._told()
