"""Giving and taking pieces with one peer in a session that was begun, the next message being made ready meanwhile.

While the peer works on what it was given, what comes next is read here; while what it gave is written here, it is asked
for more. What was made ready counts only when everything went as expected, so each message is the one that would have
been sent without that.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from sqlalchemy import Connection

from desktop.store import give, peers
from desktop.store.give import Pieces
from desktop.store.peers import SERVER, Cursor
from desktop.store.receive import tips_of
from desktop.store.store import Store
from desktop.sync import receipts
from desktop.sync.meanwhile import meanwhile
from desktop.sync.outcome import Outcome
from desktop.sync.peer import Peer
from wire.messages import Part, Pull, Push, Pushed, ScopeState, Tail, Want
from wire.roster import SYSTEM_SCOPE

PUSH_BUDGET: Final = 1024 * 1024
PULL_BUDGET: Final = 1024 * 1024
_MOST_ROUNDS: Final = 100_000

T = TypeVar("T")
Scopes = Mapping[str, ScopeState]
Check = Callable[[], None]


class Flow:
    """What goes to and comes from one peer. `name` is what it is called in this file."""

    def __init__(
        self, store: Store, peer: Peer, name: str, municipal_key: bytes, *, gives_voids: bool
    ) -> None:
        self._store = store
        self._peer = peer
        self._name = name
        self._municipal_key = municipal_key
        self._gives_voids = gives_voids

    def push(self, scopes: Scopes, outcome: Outcome, check: Check) -> None:
        """Give all that the peer lacks of the scopes that it lets us write; `check` raises to stop."""
        lacked = self._read(self._lacked)
        # People first: whoever wrote the rest must be known to the server.
        for scope in sorted(scopes, key=lambda name: (name != SYSTEM_SCOPE, name)):
            if scopes[scope].may_write and scope in lacked:
                self._push(scope, outcome, check)

    def pull(self, scopes: Scopes, outcome: Outcome, check: Check) -> None:
        """Take all that the peer has of some scopes; `check` raises to stop."""
        # Who belongs to the municipality comes first: nothing else can be checked before its authors are known.
        for some in (
            {scope: state for scope, state in scopes.items() if scope == SYSTEM_SCOPE},
            {scope: state for scope, state in scopes.items() if scope != SYSTEM_SCOPE},
        ):
            if some:
                self._pull(some, outcome, check)

    def hear(self, part: Part, outcome: Outcome) -> bool:
        """Take a part that nobody asked for; tell whether all of it was taken."""
        by_vector: set[str] = set()
        self._take(part, outcome, by_vector)
        return not by_vector

    def _lacked(self, connection: Connection) -> set[str]:
        held = peers.held_by(connection, self._name)
        return {
            scope
            for (scope, replica), (seq, _) in tips_of(connection).items()
            if seq > held.get(scope, {}).get(replica, 0)
        }

    def _push(self, scope: str, outcome: Outcome, check: Check) -> None:
        held = self._read(lambda connection: peers.held_by(connection, self._name)).get(scope, {})
        pieces = self._pieces(scope, held, outcome)
        for _ in range(_MOST_ROUNDS):
            check()
            if not pieces.segments:
                return
            expected = _with(held, pieces)
            with meanwhile(lambda now=pieces: self._peer.push(Push(now.segments, now.voids))) as answer:  # type: ignore[misc]
                ahead = self._pieces(scope, expected, outcome) if pieces.more else None
            moved = self._note(scope, held, answer(), outcome)
            held = self._read(lambda connection: peers.held_by(connection, self._name)).get(scope, {})
            if not moved:
                return
            is_as_expected = all(held.get(replica) == seq for replica, seq in expected.items())
            pieces = ahead if ahead is not None and is_as_expected else self._pieces(scope, held, outcome)

    def _pieces(self, scope: str, held: Mapping[int, int], outcome: Outcome) -> Pieces:
        stopped = {replica for where, replica in outcome.refused if where == scope}

        def look(connection: Connection) -> Pieces:
            mine = frozenset(replica for where, replica in tips_of(connection) if where == scope)
            return give.pieces(
                connection, scope, held, PUSH_BUDGET, mine - stopped, with_voids=self._gives_voids
            )

        return self._read(look)

    def _note(self, scope: str, before: Mapping[int, int], answer: Pushed, outcome: Outcome) -> int:
        """Write down how far the peer holds the chains now; return by how much that moved."""
        moved = 0
        tails = []
        for taken in answer.taken:
            if taken.seq:
                tails.append(Tail(taken.scope, taken.replica, taken.seq, taken.hash))
                moved += max(0, taken.seq - before.get(taken.replica, 0)) if taken.scope == scope else 0
            if taken.refusal is not None:
                outcome.refused[taken.scope, taken.replica] = taken.refusal
        self._local(lambda connection: peers.put_held(connection, self._name, tails))
        outcome.sent += moved
        return moved

    def _pull(self, scopes: Scopes, outcome: Outcome, check: Check) -> None:
        by_vector: set[str] = set()
        budget = PULL_BUDGET
        wants = self._read(lambda connection: self._wants(connection, scopes, by_vector))
        answer = self._peer.pull(Pull(wants, budget))
        for _ in range(_MOST_ROUNDS):
            check()
            if not any(part.more for part in answer.parts):
                self._take_all(answer.parts, outcome, by_vector)
                return
            expected = [_after(want, answer.parts) for want in wants]
            with meanwhile(lambda then=expected, most=budget: self._peer.pull(Pull(then, most))) as ahead:  # type: ignore[misc]
                has_moved = self._take_all(answer.parts, outcome, by_vector)
            if not has_moved:
                # Pieces that need each other did not fit in one answer.
                budget *= 2
                if budget > _MOST_ROUNDS * PULL_BUDGET:
                    return
            wants = self._read(lambda connection: self._wants(connection, scopes, by_vector))
            is_as_expected = has_moved and self._is_same(wants, expected)
            answer = ahead() if is_as_expected else self._peer.pull(Pull(wants, budget))

    def _is_same(self, wants: Sequence[Want], expected: Sequence[Want]) -> bool:
        """Tell whether two questions are one; what was written here meanwhile does not matter."""
        own = self._store.replica

        def plain(want: Want) -> tuple[str, int, int, dict[int, int]]:
            others = {replica: seq for replica, seq in want.vector.items() if replica != own}
            return want.scope, want.epoch, want.cursor, others

        return list(map(plain, wants)) == list(map(plain, expected))

    def _wants(self, connection: Connection, scopes: Scopes, by_vector: set[str]) -> list[Want]:
        known = peers.cursors(connection, self._name)
        tips = tips_of(connection)
        wants = []
        for scope, state in scopes.items():
            cursor = known.get(scope, Cursor())
            vector = {replica: seq for (where, replica), (seq, _) in tips.items() if where == scope}
            if cursor.epoch == state.epoch and scope not in by_vector:
                wants.append(Want(scope, cursor.epoch, cursor.n, vector))
            else:
                wants.append(Want(scope, 0, 0, vector))
        return wants

    def _take_all(self, parts: Sequence[Part], outcome: Outcome, by_vector: set[str]) -> bool:
        """Take what each scope gives; tell whether the next question will be another one."""
        return sum(self._take(part, outcome, by_vector) for part in parts) > 0

    def _take(self, part: Part, outcome: Outcome, by_vector: set[str]) -> bool:
        received = self._store.receive(part.segments, part.voids, self._municipal_key)
        outcome.taken += received.taken
        missed = {chain: kind for chain, kind in received.refused.items() if chain[0] == part.scope}
        for one in part.segments:
            outcome.refused.pop((one.scope, one.replica), None)
        outcome.refused.update(missed)
        tails = [
            Tail(one.scope, one.replica, one.last, one.tail)
            for one in part.segments
            if (one.scope, one.replica) not in missed
        ]

        def note(connection: Connection) -> bool:
            peers.put_held(connection, self._name, tails)
            before = peers.cursors(connection, self._name).get(part.scope)
            confirmed = part.state if self._name == SERVER else None
            root = b""
            if confirmed is not None and receipts.is_said_of(confirmed, part, self._municipal_key):
                receipts.keep(connection, [confirmed], now_ms, is_altered=False)
                root = confirmed.root
            after = Cursor(part.epoch, part.cursor, root)
            if missed:
                return received.taken > 0
            peers.put_cursors(connection, self._name, {part.scope: after})
            return received.taken > 0 or after != before

        now_ms = int(self._store.clock.now().timestamp() * 1000)
        has_moved = self._local(note)
        if missed:
            by_vector.add(part.scope)
        else:
            by_vector.discard(part.scope)
        return has_moved

    def _read(self, body: Callable[[Connection], T]) -> T:
        return self._store.read(lambda session: body(session.connection())).result()

    def _local(self, body: Callable[[Connection], T]) -> T:
        return self._store.local(body).result()


def _with(held: Mapping[int, int], pieces: Pieces) -> dict[int, int]:
    """Return how far the peer holds the chains once it took some pieces."""
    return {**held, **{one.replica: one.last for one in pieces.segments}}


def _after(want: Want, parts: Sequence[Part]) -> Want:
    """Return what is wanted of a scope once all of an answer was taken."""
    for part in parts:
        if part.scope == want.scope:
            vector = dict(want.vector)
            for one in part.segments:
                vector[one.replica] = max(one.last, vector.get(one.replica, 0))
            return Want(want.scope, part.epoch, part.cursor, vector)
    return want
