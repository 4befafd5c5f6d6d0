"""Taking what stations push: one transaction for each scope, all of it or nothing (sync.md §2.3).

Nothing that a station sends can stop another one: a chain waits for what it lacks, alone; a change-set that is denied
keeps its place, empty, and what comes behind it goes on.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import bindparam, insert, select

from server.authority import Authority
from server.blobs import name_blobs
from server.chains import Chain, Chains, Piece, lock_scope, store_head
from server.engine import Database, DatabaseAway, Transaction
from server.judge import FOLIO, PROGRAM, Judge, People, Reason, founds
from server.limits import MAX_SEGMENTS, RETRY_AFTER_S, is_scope
from server.links import RefusedPiece, Step, is_possible, steps_of
from server.metrics import DENIED, REFUSED, TAKEN
from server.own import Unnumbered, numbering, remember, to_be_numbered, write
from server.records import Key, Records
from server.regain import know_own_chains, regain_roster
from server.tables import DEVICE, DEVICE_SCOPE, QUARANTINE, VOID
from server.together import Together
from wire import voids
from wire.causal import Place, order_of
from wire.changes import OpKind, Value, decode
from wire.clock import HybridClock
from wire.merge import MAKES, WRITES
from wire.messages import Push, Pushed, Refusal, Taken
from wire.roster import ATTACHMENTS, SHA256, SYSTEM_SCOPE, USERS, blob_named
from wire.segments import Segment

ASSIGN_FOLIO = "assign_folio"
_DENIED_LOOKED_AT = 10_000
_WHO_MAY_HOLD = (
    select(DEVICE.c.device)
    .join(DEVICE, (DEVICE.c.tenant == DEVICE_SCOPE.c.tenant) & (DEVICE.c.device == DEVICE_SCOPE.c.device))
    .where(
        DEVICE.c.tenant == bindparam("tenant"),
        DEVICE.c.device.in_(bindparam("devices", expanding=True)),
        DEVICE.c.revoked_ms.is_(None),
        DEVICE_SCOPE.c.scope == bindparam("scope"),
    )
)


class TooMuch(ValueError):
    """The push has more pieces than one may have, or names that are none."""


class _NotHeld(Exception):
    """None of those who ask may hold the scope."""


class _Fresh(Struct, gc=False):
    """A piece with something new in it."""

    segment: Segment
    chain: Chain
    steps: list[Step]


class _Asked(NamedTuple):
    """What one device brings for one scope."""

    database: Database
    authority: Authority
    device: bytes
    scope: str
    segments: Sequence[Segment]


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
        one = _Asked(database, authority, device, scope, by_scope[scope])
        try:
            taken += _together.ask((id(database), authority.tenant, scope), one)
        except DatabaseAway:
            if not taken:
                raise
            taken += _refused(by_scope[scope], Refusal.BUSY, RETRY_AFTER_S)
    for line in taken:
        if line.refusal is not None:
            REFUSED.labels(line.refusal).inc()
    return Pushed(taken)


def _take_all(asked: Sequence[_Asked]) -> list[list[Taken]]:
    """Take what several devices bring for one scope, in one transaction; what fails for all is tried one by one."""
    first = asked[0]
    try:
        with first.database.writing() as tx:
            sitting = _Sitting(tx, first.authority, first.scope)
            sitting.expect(asked)
            lines = [_Taking(sitting, one.device).run(one.segments) for one in asked]
            sitting.finish()
        sitting.count()
    except DatabaseAway:
        raise
    except _NotHeld:
        # The scope is not made either: whoever is enrolled could name scopes for ever.
        return [_refused(one.segments, Refusal.DENIED) for one in asked]
    except Exception:
        if len(asked) == 1:
            raise
        return [_take_all([one])[0] for one in asked]
    return lines


_together: Together[_Asked, list[Taken]] = Together(_take_all)


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


class _Sitting:
    """One transaction over a locked scope, in which what one or several devices bring is taken."""

    def __init__(self, tx: Transaction, authority: Authority, scope: str) -> None:
        self.tx, self.authority, self.scope = tx, authority, scope
        self.tenant = authority.tenant
        self.head = lock_scope(tx, self.tenant, scope)
        self.chains = Chains(tx, self.head, authority.public_key)
        self.records = Records(tx, self.tenant, scope)
        self.is_system = scope == SYSTEM_SCOPE
        self.people = People(
            self.records if self.is_system else Records(tx, self.tenant, SYSTEM_SCOPE),
            may_change=self.is_system,
        )
        self.judge = Judge(scope, self.records, self.people)
        self.holders: frozenset[bytes] = frozenset()
        self._n = self.head.n
        self._unnumbered: list[Unnumbered] = []
        self._given: list[Value] = []
        self._denied: list[tuple[Step, Chain, str]] = []
        self._latest_hlc = 0
        self._blobs: set[bytes] = set()
        self._told: set[Key] = set()

    def expect(self, asked: Sequence[_Asked]) -> None:
        """Read at once what all of it needs: who may hold the scope, and how far the chains are held.

        Rights are read under the lock, for which a revocation waits too.

        Raises:
            _NotHeld: none of them may hold it.
        """
        place = {"tenant": self.tenant, "scope": self.scope}
        devices = sorted({one.device for one in asked})
        found = self.tx.connection.scalars(_WHO_MAY_HOLD, {**place, "devices": devices})
        self.holders = frozenset(map(bytes, found))
        if not self.holders:
            raise _NotHeld
        segments = [segment for one in asked for segment in one.segments]
        self.chains.load(segment.replica for segment in segments)
        know_own_chains(self.tx, self.authority, self.chains, segments)

    def apply(self, chain: Chain, step: Step) -> bool:
        """Take the next change-set of a chain; tell whether it counts or is denied."""
        change_set = step.change_set
        if change_set is None:
            self.chains.advance(chain, step.seq, step.hash, ())
            self._denied.append((step, chain, Reason.MALFORMED))
            return False
        self.chains.advance(chain, step.seq, step.hash, change_set.deps)
        self._latest_hlc = max(self._latest_hlc, change_set.hlc)
        reason = self.judge.verdict(change_set, chain, len(step.body))
        if reason is not None:
            self._denied.append((step, chain, reason))
            return False
        stamp = (change_set.hlc, chain.replica, step.seq)
        for op in change_set.ops:
            if op.kind not in WRITES:
                continue
            if op.table == ATTACHMENTS:
                blob = blob_named(op.values.get(SHA256))
                if blob is not None:
                    self._blobs.add(blob)
            is_new = self.records.apply(op, stamp, change_set.actor, len(step.body))
            if is_new and op.kind == OpKind.CREATE:
                waiting = to_be_numbered(op, stamp[1:])
                if waiting is not None:
                    self._unnumbered.append(waiting)
            elif chain.is_server and FOLIO in op.values:
                self._given.append(op.values[FOLIO])
            if chain.is_server and self.is_system:
                self._told.add((op.table, op.pk))
        return True

    def finish(self) -> None:
        """Write all of it."""
        if self.head.n == self._n:
            return
        self._store_denied()
        name_blobs(self.tx, self.tenant, self.scope, self._blobs)
        clock = HybridClock(self.head.hlc)
        clock.observe(self._latest_hlc, self.tx.now_ms)
        self.head.hlc = clock.last
        remember(self.tx, self.tenant, self._given)
        unnumbered = [one for one in self._unnumbered if not self._has_folio(one)]
        if unnumbered:
            ops = numbering(self.tx, self.tenant, unnumbered)
            write(self.tx, self.authority, self.head, self.chains, self.records, ops, ASSIGN_FOLIO)
        self.chains.flush()
        difference = self.records.flush(self.head.n)
        store_head(self.tx, self.head, difference)
        regain_roster(self.tx, self.tenant, self.records, self._told)

    def count(self) -> None:
        """Count what was taken, once it is on the disk."""
        TAKEN.inc(self.head.n - self._n)
        for _, _, reason in self._denied:
            DENIED.labels(reason).inc()

    def _has_folio(self, one: Unnumbered) -> bool:
        """Tell whether a record brings the number that this server gave it before it was restored."""
        state = self.records.get((one.table, one.pk))
        return state is not None and FOLIO in state.heads.groups

    def _store_denied(self) -> None:
        if not self._denied:
            return
        markers, kept = [], []
        for step, chain, reason in self._denied:
            place = {"tenant": self.tenant, "scope": self.scope, "replica": chain.replica, "seq": step.seq}
            void = voids.made(
                self.scope, chain.replica, step.seq, step.prev, step.hash, self.authority.signing_key
            )
            markers.append({**place, "prev": void.prev, "hash": void.hash, "signature": void.signature})
            kept.append(
                {
                    **place,
                    "hash": step.hash,
                    "reason": reason,
                    "body": step.body,
                    "received_ms": self.tx.now_ms,
                }
            )
        self.tx.connection.execute(insert(VOID), markers)
        self.tx.connection.execute(insert(QUARANTINE), kept)


class _Taking:
    """The taking of what one device brings."""

    def __init__(self, sitting: _Sitting, device: bytes) -> None:
        self._sitting, self._device = sitting, device
        self._tx, self._tenant, self._scope = sitting.tx, sitting.tenant, sitting.scope
        self._chains, self._people = sitting.chains, sitting.people
        self._refusals: dict[int, str] = {}

    def run(self, segments: Sequence[Segment]) -> list[Taken]:
        """Take what can be taken; return one line for each chain."""
        if self._device not in self._sitting.holders:
            return _refused(segments, Refusal.DENIED)
        replicas = list(dict.fromkeys(segment.replica for segment in segments))
        fresh = self._fresh(segments)
        fresh = self._of_known_people(self._rightly_founded(fresh))
        self._take(fresh)
        return [self._line(replica) for replica in replicas]

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
        self._sitting.records.load(
            (op.table, op.pk)
            for _, step in steps
            if step.change_set is not None
            for op in step.change_set.ops
            if op.kind in WRITES
        )
        denied = {(chain.replica, step.seq) for chain, step in steps if not self._sitting.apply(chain, step)}
        for group in order.groups:
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
