"""Taking what stations push: one transaction for each scope, all of it or nothing (sync.md §2.3).

Nothing that a station sends can stop another one: a chain waits for what it lacks, alone; a change-set that is denied
keeps its place, empty, and what comes behind it goes on.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from sqlalchemy import bindparam, insert, select

from server.authority import Authority
from server.chains import Chain, Chains, Piece, ScopeHead, lock_scope, store_head
from server.engine import Database, DatabaseAway, Transaction
from server.judge import FOLIO, PROGRAM, Judge, People, Reason, founds
from server.limits import MAX_SEGMENTS, RETRY_AFTER_S, is_scope
from server.links import RefusedPiece, Step, is_possible, steps_of
from server.own import Unnumbered, numbering, remember, to_be_numbered, write
from server.records import Records
from server.tables import DEVICE, DEVICE_SCOPE, QUARANTINE, VOID
from wire import voids
from wire.causal import Place, order_of
from wire.changes import OpKind, Value, decode
from wire.clock import HybridClock
from wire.merge import MAKES, WRITES
from wire.messages import Push, Pushed, Refusal, Taken
from wire.roster import SYSTEM_SCOPE, USERS
from wire.segments import Segment

ASSIGN_FOLIO = "assign_folio"
_DENIED_LOOKED_AT = 10_000
_MAY_HOLD = (
    select(DEVICE_SCOPE.c.scope)
    .join(DEVICE, (DEVICE.c.tenant == DEVICE_SCOPE.c.tenant) & (DEVICE.c.device == DEVICE_SCOPE.c.device))
    .where(
        DEVICE.c.tenant == bindparam("tenant"),
        DEVICE.c.device == bindparam("device"),
        DEVICE.c.revoked_ms.is_(None),
        DEVICE_SCOPE.c.scope == bindparam("scope"),
    )
)


class TooMuch(ValueError):
    """The push has more pieces than one may have, or names that are none."""


class _Fresh(Struct, gc=False):
    """A piece with something new in it."""

    segment: Segment
    chain: Chain
    steps: list[Step]


def push(database: Database, authority: Authority, device: bytes, asked: Push) -> Pushed:
    """Take what a device sends, its own and what it relays.

    Raises:
        TooMuch: the message cannot come from our program.
        DatabaseAway: nothing is known of any scope; the sender tries again.
    """
    if len(asked.segments) > MAX_SEGMENTS:
        raise TooMuch("too many pieces")
    by_scope: defaultdict[str, list[Segment]] = defaultdict(list)
    for segment in asked.segments:
        if not is_scope(segment.scope) or not is_possible(segment):
            raise TooMuch("not a piece")
        by_scope[segment.scope].append(segment)
    taken: list[Taken] = []
    # Who may write is in `sys`: it comes first.
    for scope in sorted(by_scope, key=lambda name: (name != SYSTEM_SCOPE, name)):
        try:
            with database.writing() as tx:
                taken += _Taking(tx, authority, device, scope).run(by_scope[scope])
        except DatabaseAway:
            if not taken:
                raise
            taken += _refused(by_scope[scope], Refusal.BUSY, RETRY_AFTER_S)
    return Pushed(taken)


def _refused(segments: Iterable[Segment], refusal: str, retry_after_s: float = 0.0) -> list[Taken]:
    """Refuse chains without a word about what is held of them."""
    return [
        Taken(scope, replica, 0, b"", refusal, retry_after_s)
        for scope, replica in dict.fromkeys((segment.scope, segment.replica) for segment in segments)
    ]


def _in_order(segments: Sequence[Segment]) -> Iterator[Segment]:
    """Give pieces in the order of their sender, but those of one chain by their place in it."""
    by_chain: defaultdict[int, list[Segment]] = defaultdict(list)
    for segment in sorted(segments, key=lambda one: (one.start, one.last)):
        by_chain[segment.replica].append(segment)
    waiting = {replica: iter(pieces) for replica, pieces in by_chain.items()}
    for segment in segments:
        yield next(waiting[segment.replica])


class _Taking:
    """The taking of what one push brings for one scope."""

    def __init__(self, tx: Transaction, authority: Authority, device: bytes, scope: str) -> None:
        self._tx, self._authority, self._device, self._scope = tx, authority, device, scope
        self._tenant = authority.tenant
        self._refusals: dict[int, str] = {}
        self._head: ScopeHead
        self._chains: Chains
        self._records: Records
        self._people: People
        self._unnumbered: list[Unnumbered] = []
        self._given: list[Value] = []
        self._denied: list[tuple[Step, Chain, str]] = []
        self._latest_hlc = 0

    def run(self, segments: Sequence[Segment]) -> list[Taken]:
        """Take what can be taken; return one line for each chain."""
        self._head = lock_scope(self._tx, self._tenant, self._scope)
        if not self._may_hold():
            return _refused(segments, Refusal.DENIED)
        self._chains = Chains(self._tx, self._head, self._authority.public_key)
        self._records = Records(self._tx, self._tenant, self._scope)
        is_system = self._scope == SYSTEM_SCOPE
        self._people = People(
            self._records if is_system else Records(self._tx, self._tenant, SYSTEM_SCOPE),
            may_change=is_system,
        )
        replicas = list(dict.fromkeys(segment.replica for segment in segments))
        self._chains.load(replicas)
        fresh = self._fresh(segments)
        fresh = self._of_known_people(self._rightly_founded(fresh))
        self._take(fresh)
        return [self._line(replica) for replica in replicas]

    def _may_hold(self) -> bool:
        """Tell whether the sender may hold the scope at all. Asked under the lock: a revocation waits for it too."""
        asked = {"tenant": self._tenant, "device": self._device, "scope": self._scope}
        return self._tx.connection.scalar(_MAY_HOLD, asked) is not None

    def _line(self, replica: int) -> Taken:
        chain = self._chains.get(replica)
        refusal = self._refusals.get(replica)
        if chain is None:
            return Taken(self._scope, replica, 0, b"", refusal)
        return Taken(self._scope, replica, chain.seq, chain.hash, refusal)

    def _fresh(self, segments: Sequence[Segment]) -> list[_Fresh]:
        """Return the pieces that say something new and are what their authors signed, chain by chain."""
        fresh: list[_Fresh] = []
        at: dict[int, tuple[int, bytes]] = {}
        for segment in _in_order(segments):
            replica = segment.replica
            if replica in self._refusals:
                continue
            chain = self._chains.get(replica)
            try:
                chain = self._allowed(chain, segment)
                held, tip = at.get(replica, (chain.seq, chain.hash))
                if segment.last <= held:
                    self._check_same(segment, chain, held)
                    continue
                steps = steps_of(segment, chain, held, tip)
            except RefusedPiece as refused:
                self._refusals[replica] = refused.refusal
                continue
            at[replica] = segment.last, segment.tail
            fresh.append(_Fresh(segment, chain, steps))
        return fresh

    def _allowed(self, chain: Chain | None, segment: Segment) -> Chain:
        if chain is None:
            raise RefusedPiece(Refusal.UNKNOWN_REPLICA)
        if chain.is_revoked and segment.last > (chain.cutoff or 0):
            raise RefusedPiece(Refusal.DENIED)
        if not chain.may_write and segment.last > chain.seq:
            raise RefusedPiece(Refusal.DENIED)
        return chain

    def _check_same(self, segment: Segment, chain: Chain, held: int) -> None:
        """See that a piece which is held already is the same; what this push itself brought before was compared.

        Raises:
            RefusedPiece: the author signed another history here.
        """
        if segment.last > chain.seq:
            return
        if segment.last == chain.seq and segment.tail == chain.hash:
            return
        if self._chains.hash_at(segment.replica, segment.last) != segment.tail:
            raise RefusedPiece(Refusal.FORK)

    def _rightly_founded(self, fresh: list[_Fresh]) -> list[_Fresh]:
        """Leave out users whom the program of a station made by itself, when the municipality has its own already.

        They are not denied for ever: with them would go all that they wrote. The station is told, and an administrator
        may take them (`roster_book.take_users_of`).
        """
        if self._scope != SYSTEM_SCOPE:
            return fresh
        kept = []
        for one in fresh:
            may = one.chain.brings_users or one.chain.is_server
            is_founding = any(step.change_set is not None and founds(step.change_set) for step in one.steps)
            if is_founding and not may and self._people.has_administrator():
                self._refusals.setdefault(one.segment.replica, Refusal.DENIED)
            else:
                kept.append(one)
        return kept

    def _of_known_people(self, fresh: list[_Fresh]) -> list[_Fresh]:
        """Leave out what people wrote of whom nothing is known yet: their record may be on its way."""
        actors = {step.change_set.actor for one in fresh for step in one.steps if step.change_set is not None}
        self._people.load(actors)
        if self._scope == SYSTEM_SCOPE:
            return fresh
        unknown = {actor for actor in actors if actor != PROGRAM and self._people.get(actor) is None}
        unknown -= self._denied_people(unknown)
        if not unknown:
            return fresh
        kept = []
        for one in fresh:
            if any(step.change_set is not None and step.change_set.actor in unknown for step in one.steps):
                # What comes behind it in the chain will be found to have a gap before it.
                self._refusals.setdefault(one.segment.replica, Refusal.GAP)
            else:
                kept.append(one)
        return kept

    def _denied_people(self, unknown: set[bytes]) -> set[bytes]:
        """Return those whose making was denied: nobody needs to wait for them."""
        if not unknown:
            return set()
        denied = set()
        for body in self._tx.connection.scalars(
            select(QUARANTINE.c.body)
            .where(
                QUARANTINE.c.tenant == self._tenant,
                QUARANTINE.c.scope == SYSTEM_SCOPE,
                QUARANTINE.c.reason != Reason.MALFORMED,
            )
            .order_by(QUARANTINE.c.received_ms.desc())
            .limit(_DENIED_LOOKED_AT)
        ):
            ops = decode(body).ops
            denied |= {op.pk for op in ops if op.table == USERS and op.kind in MAKES}
        return denied & unknown

    def _take(self, fresh: list[_Fresh]) -> None:
        pieces = [
            [
                Place(one.segment.replica, step.seq, step.change_set.deps if step.change_set else ())
                for step in one.steps
            ]
            for one in fresh
        ]
        self._chains.load(dot[0] for piece in pieces for place in piece for dot in place.deps)
        order = order_of(pieces, self._chains.held(), self._chains.is_beyond)
        for index in order.waiting:
            self._refusals.setdefault(fresh[index].segment.replica, Refusal.GAP)
        if not order.places:
            return
        steps = [(fresh[index].chain, fresh[index].steps[place]) for index, place in order.places]
        self._records.load(
            (op.table, op.pk)
            for _, step in steps
            if step.change_set is not None
            for op in step.change_set.ops
            if op.kind in WRITES
        )
        judge = Judge(self._scope, self._records, self._people)
        for chain, step in steps:
            self._apply(judge, chain, step)
        self._append(fresh, order.groups)
        self._finish()

    def _apply(self, judge: Judge, chain: Chain, step: Step) -> None:
        change_set = step.change_set
        if change_set is None:
            self._chains.advance(chain, step.seq, step.hash, ())
            self._denied.append((step, chain, Reason.MALFORMED))
            return
        self._chains.advance(chain, step.seq, step.hash, change_set.deps)
        self._latest_hlc = max(self._latest_hlc, change_set.hlc)
        reason = judge.verdict(change_set, chain, len(step.body))
        if reason is not None:
            self._denied.append((step, chain, reason))
            return
        stamp = (change_set.hlc, chain.replica, step.seq)
        for op in change_set.ops:
            if op.kind not in WRITES:
                continue
            is_new = self._records.apply(op, stamp, change_set.actor, len(step.body))
            if is_new and op.kind == OpKind.CREATE:
                waiting = to_be_numbered(op, stamp[1:])
                if waiting is not None:
                    self._unnumbered.append(waiting)
            elif chain.is_server and FOLIO in op.values:
                self._given.append(op.values[FOLIO])

    def _append(self, fresh: list[_Fresh], groups: list[list[int]]) -> None:
        denied = {(chain.replica, step.seq) for step, chain, _ in self._denied}
        for group in groups:
            self._chains.add([self._piece(fresh[index], denied) for index in group])

    def _piece(self, one: _Fresh, denied: set[tuple[int, int]]) -> Piece:
        segment, steps = one.segment, one.steps
        bodies = [step.body for step in steps]
        count = 0
        if denied:
            bodies = [voids.NO_BODY if (segment.replica, step.seq) in denied else step.body for step in steps]
            count = bodies.count(voids.NO_BODY)
        kept = Segment(
            segment.scope,
            segment.replica,
            segment.first,
            steps[0].seq,
            segment.last,
            segment.tail,
            segment.signature,
            bodies,
        )
        return Piece(kept, steps[0].prev, count, self._device)

    def _finish(self) -> None:
        self._store_denied()
        clock = HybridClock(self._head.hlc)
        clock.observe(self._latest_hlc, self._tx.now_ms)
        self._head.hlc = clock.last
        remember(self._tx, self._tenant, self._given)
        unnumbered = [one for one in self._unnumbered if not self._has_folio(one)]
        if unnumbered:
            ops = numbering(self._tx, self._tenant, unnumbered)
            write(self._tx, self._authority, self._head, self._chains, self._records, ops, ASSIGN_FOLIO)
        self._chains.flush()
        difference = self._records.flush(self._head.n)
        store_head(self._tx, self._head, difference)

    def _has_folio(self, one: Unnumbered) -> bool:
        """Tell whether a record brings the number that this server gave it before it was restored."""
        state = self._records.get((one.table, one.pk))
        return state is not None and FOLIO in state.heads.groups

    def _store_denied(self) -> None:
        if not self._denied:
            return
        markers, kept = [], []
        for step, chain, reason in self._denied:
            place = {"tenant": self._tenant, "scope": self._scope, "replica": chain.replica, "seq": step.seq}
            void = voids.made(
                self._scope, chain.replica, step.seq, step.prev, step.hash, self._authority.signing_key
            )
            markers.append({**place, "prev": void.prev, "hash": void.hash, "signature": void.signature})
            kept.append(
                {
                    **place,
                    "hash": step.hash,
                    "reason": reason,
                    "body": step.body,
                    "received_ms": self._tx.now_ms,
                }
            )
        self._tx.connection.execute(insert(VOID), markers)
        self._tx.connection.execute(insert(QUARANTINE), kept)
