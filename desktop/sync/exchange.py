"""One exchange with a peer: who we are, what they lack, what we lack, until neither side has more (sync.md §2.2).

It can be cut anywhere: what was said to be held is written down as it is said, and what was taken is in the file.
Called on a thread of its own; the operator's writes never wait for it.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Self, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from desktop.store import give, peers
from desktop.store.branching import Branch, CannotRewrite, vectors_without
from desktop.store.journal import SCHEMA
from desktop.store.peers import SERVER, Cursor
from desktop.store.receive import Chain, know_servers, tips_of
from desktop.store.store import Store
from desktop.sync import agreement, receipts
from desktop.sync.agreement import Compared
from desktop.sync.bootstrap import Bootstrap, SnapshotPeer
from desktop.sync.branches import Branches
from desktop.sync.enrolment import keep_grant
from desktop.sync.flow import Flow
from desktop.sync.outcome import Outcome
from desktop.sync.peer import Peer
from wire.messages import PROTOCOL, Hello, Refusal, Tail, Told, Welcome

_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the station is towards its peers. `municipal_key` is the server's, raw Ed25519."""

    device: bytes
    municipal_key: bytes
    app: str


class Exchange:
    """Exchanges with one peer: the server, where nothing else is said."""

    _gives_voids = False
    """The server made them; a neighbour needs them to go on."""
    _answers_for_chains = True
    """Of two branches of anybody's chain the server's counts; a neighbour is believed about this station's own only."""

    def __init__(
        self, store: Store, peer: Peer, name: str, identity: Identity, bootstrap: Bootstrap | None = None
    ) -> None:
        """`bootstrap` begins scopes of which nothing is here; without one they are taken from their first write on."""
        self._bootstrap = bootstrap
        self._store = store
        self._peer = peer
        self._name = name
        self._identity = identity
        self._welcome: Welcome | None = None
        self._flow = Flow(store, peer, name, identity.municipal_key, gives_voids=self._gives_voids)

    @classmethod
    def with_server(cls, store: Store, peer: SnapshotPeer, identity: Identity) -> Self:
        """Return an exchange with the municipal server."""
        return cls(store, peer, SERVER, identity, Bootstrap(store, peer, SERVER, identity.municipal_key))

    @property
    def name(self) -> str:
        """Return what the peer is called in this file."""
        return self._name

    @property
    def welcome(self) -> Welcome | None:
        """Return the peer's last answer to a hello."""
        return self._welcome

    @property
    def scopes(self) -> frozenset[str]:
        """Return what the peer gives in the session that was begun."""
        return frozenset(() if self._welcome is None else (one.scope for one in self._welcome.scopes))

    def run(self, check: Callable[[], None] = lambda: None) -> Outcome:
        """Exchange until both sides have all; `check` raises to stop between two messages.

        Raises:
            PeerAway: the peer does not answer; what was exchanged until then counts.
            NotWelcome: the peer does not take this device.
            Unavailable: this station's disk is full or away.
        """
        outcome = Outcome()
        welcome = self._hello(outcome)
        if outcome.forked and self._settle_own(outcome):
            welcome = self._hello(outcome)
        if outcome.forked:
            return outcome
        scopes = {state.scope: state for state in welcome.scopes}
        outcome.is_receiving = welcome.min_schema <= SCHEMA
        if outcome.is_receiving:
            if self._bootstrap is not None:
                self._bootstrap.begin(scopes, check)
            # What the server wrote of devices and people comes first: others' chains are checked with it.
            self._flow.pull(scopes, outcome, check)
        self._flow.push(scopes, outcome, check)
        if outcome.is_receiving:
            self._flow.pull(scopes, outcome, check)
            if self._settle_others(outcome):
                self._announce()
                self._flow.pull(scopes, outcome, check)
                self._flow.push(scopes, outcome, check)
        outcome.remaining = self._read(lambda connection: peers.only_here(connection, self._name))
        return outcome

    def pull(self, check: Callable[[], None], news: Iterable[str]) -> Outcome:
        """Take what is new in some scopes, in a session that was begun."""
        outcome = Outcome()
        if self._welcome is not None:
            outcome.is_receiving = self._welcome.min_schema <= SCHEMA
        if self._welcome is not None and outcome.is_receiving:
            grown = frozenset(news)
            states = {state.scope: state for state in self._welcome.scopes if state.scope in grown}
            self._flow.pull(states, outcome, check)
        return outcome

    def hear(self, check: Callable[[], None], told: Told) -> Outcome:
        """Take what the peer tells, in a session that was begun; ask for it where it does not follow what is here."""
        outcome = Outcome()
        if self._welcome is None or self._welcome.min_schema > SCHEMA:
            return outcome
        known = self._read(lambda connection: peers.cursors(connection, self._name))
        cursor = known.get(told.part.scope, Cursor())
        if told.part.scope in self.scopes and cursor.epoch == told.part.epoch:
            if cursor.n >= told.part.cursor:
                return outcome
            if cursor.n >= told.after and self._flow.hear(told.part, outcome):
                return outcome
        return self.pull(check, [told.part.scope])

    def recall(self, check: Callable[[], None]) -> Outcome:
        """Take a piece of what was written before this station began, in a session that was begun."""
        if self._bootstrap is None or self._welcome is None or self._welcome.min_schema > SCHEMA:
            return Outcome(history=0)
        scopes = {state.scope: state for state in self._welcome.scopes}
        return self._bootstrap.recall(scopes, self._welcome.epoch, check)

    def compare(self, check: Callable[[], None], but: Collection[str] = ()) -> Compared:
        """See that both sides add up alike (I7), `but` some scopes; what does not is made anew first.

        Needs no turn on the line; scopes of which anybody wrote since the session began are left for another time.
        """
        if self._welcome is None or not self._answers_for_chains:
            return Compared()
        states = [state for state in self._welcome.scopes if state.scope not in but]
        first = agreement.compare(self._store, self._name, states, check)
        for scope in first.differing:
            agreement.make_all_anew(self._store, scope, check)
        again = [state for state in states if state.scope in first.differing]
        second = agreement.compare(self._store, self._name, again, check)
        return Compared(first.looked_at - first.differing | second.looked_at, second.differing)

    def push(self, check: Callable[[], None] = lambda: None) -> Outcome:
        """Give what is new here, in a session that was begun."""
        outcome = Outcome()
        if self._welcome is not None:
            self._flow.push({state.scope: state for state in self._welcome.scopes}, outcome, check)
        outcome.remaining = self._read(lambda connection: peers.only_here(connection, self._name))
        return outcome

    def _settle_own(self, outcome: Outcome) -> bool:
        """Write what we wrote beside another copy of this file under a new id; tell whether that was done."""
        chains = {(scope, self._store.replica) for scope in outcome.forked}
        return self._rewritten(chains, outcome, is_forced=True)

    def _settle_others(self, outcome: Outcome) -> bool:
        """Write again what we hold of chains that the server has otherwise; tell whether there was any."""
        chains = {chain for chain, kind in outcome.refused.items() if kind == Refusal.FORK}
        if not self._answers_for_chains or not chains or self._store.replica in {one for _, one in chains}:
            return False
        if not self._rewritten(chains, outcome, is_forced=False):
            return False
        outcome.refused = {chain: kind for chain, kind in outcome.refused.items() if chain not in chains}
        return True

    def _rewritten(self, chains: set[Chain], outcome: Outcome, *, is_forced: bool) -> bool:
        branches = Branches(self._store, self._peer, self._identity.municipal_key)
        found = {chain: branches.common(chain) for chain in sorted(chains)}
        tips = self._read(tips_of)
        kept = {
            chain: seq
            for chain, seq in found.items()
            if seq is not None and (is_forced or seq < tips.get(chain, (0, b""))[0])
        }
        if not kept or not self._may_settle(kept):
            return False
        vectors = self._read(lambda connection: vectors_without(connection, kept))
        segments, voids = branches.beyond(vectors)
        try:
            branch = Branch(kept, segments, voids, self._identity.municipal_key)
            outcome.rewritten += self._store.rewrite(branch).result()
        except CannotRewrite:
            _log.warning("the server has heard of both branches of %s", sorted(kept))
            return False
        _log.warning("%s goes on otherwise: %s were written again", self._name, sorted(kept.items()))
        return True

    def _may_settle(self, kept: dict[Chain, int]) -> bool:
        """Tell whether the peer's branches count; the server's always do."""
        return bool(kept)

    def _announce(self) -> None:
        """Let the peer know of the ids under which this file wrote beside its own."""
        for replica in self._read(peers.unannounced):
            self._peer.hello(self._greeting(replica, []))

    def _greeting(self, replica: int, tails: list[Tail]) -> Hello:
        known = self._read(lambda connection: peers.cursors(connection, self._name))
        return Hello(
            PROTOCOL,
            self._identity.device,
            b"",
            self._identity.app,
            SCHEMA,
            replica,
            int(self._store.clock.now().timestamp() * 1000),
            tails,
            {scope: cursor.epoch for scope, cursor in known.items()},
            self._shown(),
            {scope: cursor.n for scope, cursor in known.items()},
            self._read(receipts.last) if self._answers_for_chains else [],
        )

    def _hello(self, outcome: Outcome) -> Welcome:
        self._announce()
        own = self._store.replica
        tips = self._read(tips_of)
        tails = [Tail(scope, own, *tip) for (scope, replica), tip in tips.items() if replica == own]
        known = self._read(lambda connection: peers.cursors(connection, self._name))
        greeting = self._greeting(own, tails)
        welcome = self._peer.hello(greeting)
        clock_ms = greeting.clock_ms
        outcome.clock_ahead_ms = _surely_ahead(
            clock_ms, int(self._store.clock.now().timestamp() * 1000), welcome.clock_ms
        )
        outcome.forked = self._forked(welcome, tips)
        is_new_epoch = any(cursor.epoch != welcome.epoch for cursor in known.values())
        # Where it goes on otherwise, what it holds of our chain is not what we wrote.
        ours = [tail for tail in welcome.own if tail.scope not in outcome.forked]
        met = msgspec.structs.replace(welcome, own=ours)
        if self._answers_for_chains:
            outcome.altered = self._altered(met, clock_ms)
        is_another = is_new_epoch or bool(outcome.altered)
        self._welcome = welcome = self._met(met, clock_ms, is_new_epoch=is_another)
        return welcome

    def _altered(self, welcome: Welcome, clock_ms: int) -> frozenset[str]:
        """Hold what the server confirms now against what it confirmed before, and keep it."""
        receipts.check_genuine(
            welcome.scopes, Ed25519PublicKey.from_public_bytes(self._identity.municipal_key)
        )

        def hold(connection: Connection) -> frozenset[str]:
            known = peers.cursors(connection, self._name)
            found = receipts.altered(connection, welcome.scopes, known) | self._forgotten(connection, welcome)
            receipts.keep(connection, welcome.scopes, clock_ms, is_altered=bool(found))
            return found

        return self._local(hold)

    def _forgotten(self, connection: Connection, welcome: Welcome) -> frozenset[str]:
        """Return the scopes in which the server held more of our own chain, in this epoch, than it says now."""
        own = self._store.replica
        said = {tail.scope: tail.seq for tail in welcome.own if tail.replica == own}
        held = peers.held_by(connection, self._name)
        known = peers.cursors(connection, self._name)
        return frozenset(
            state.scope
            for state in welcome.scopes
            if state.scope in known
            and known[state.scope].epoch == state.epoch
            and held.get(state.scope, {}).get(own, 0) > said.get(state.scope, 0)
        )

    def _shown(self) -> bytes:
        """Return what the peer needs to see of the municipality's word; the server knows it."""
        return b""

    def _met(self, welcome: Welcome, clock_ms: int, *, is_new_epoch: bool) -> Welcome:
        """Write down what the peer said; return it as it counts here."""
        if is_new_epoch:
            # The peer was restored from a backup: it regains from us whatever it lost (rule 13).
            _log.warning("%s begins epoch %d", self._name, welcome.epoch)

        def keep(connection: Connection) -> None:
            if is_new_epoch:
                peers.forget(connection, self._name)
            # Its epoch is known from here on, whatever comes of this exchange.
            known = peers.cursors(connection, self._name)
            begun = {one.scope: Cursor(welcome.epoch) for one in welcome.scopes if one.scope not in known}
            peers.put_cursors(connection, self._name, begun)
            peers.put_held(connection, self._name, welcome.own)
            know_servers(connection, [welcome.server], self._identity.municipal_key, clock_ms * 1000)
            if welcome.grant:
                keep_grant(connection, welcome.grant)

        self._local(keep)
        return welcome

    def _forked(self, welcome: Welcome, tips: dict[tuple[str, int], tuple[int, bytes]]) -> frozenset[str]:
        """Return the scopes in which the peer holds other links of our chain than ours, or more than we wrote."""
        own = self._store.replica
        return frozenset(
            tail.scope
            for tail in welcome.own
            if tail.replica == own and not self._is_ours(tail, tips.get((tail.scope, own), (0, b""))[0])
        )

    def _is_ours(self, tail: Tail, written: int) -> bool:
        if tail.seq > written:
            return False
        held = self._read(lambda connection: give.hash_at(connection, tail.scope, tail.replica, tail.seq))
        return tail.seq == 0 or held == tail.hash

    def _read(self, body: Callable[[Connection], T]) -> T:
        return self._store.read(lambda session: body(session.connection())).result()

    def _local(self, body: Callable[[Connection], T]) -> T:
        return self._store.local(body).result()


def _surely_ahead(asked_ms: int, answered_ms: int, peer_ms: int) -> int:
    """Return by how much a clock is ahead that showed the first two instants around the peer's one."""
    if peer_ms < asked_ms:
        return asked_ms - peer_ms
    return min(0, answered_ms - peer_ms)
