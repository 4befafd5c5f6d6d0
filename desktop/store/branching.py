"""Writes again, as chains of its own, what this file holds of chains that went on otherwise (sync.md §1.1 rule 12).

A copied disk or a profile put back as a whole gives one dot to two writes. Whoever answers for the chain keeps its
branch. Ours is taken out of the journal, together with everything whose author had applied some of it, and each chain
of it begins anew under an id of this station: same people, same instants, same words, every dot renamed. So nothing
that was written is lost, and what two people changed at once is still told from what one of them had seen.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection

from desktop.core.events import Changes
from desktop.store import base, entries
from desktop.store.anew import make_anew, touched_by
from desktop.store.apply import Applier
from desktop.store.give import hash_at
from desktop.store.receive import (
    SERVER_STATION,
    Chain,
    Incoming,
    Received,
    Receiver,
    keys_of,
    know_servers,
    stations_of,
    tips_of,
)
from desktop.store.renaming import Renaming
from wire.changes import GENESIS, ChangeSet, chain_hash, decode, encode
from wire.messages import Void
from wire.segments import MAX_BYTES, MAX_CHANGE_SETS, Link, Segment, signed_message

OPERATION: Final = "exchange.rewrite"
_AT_ONCE: Final = 500
_LATER: Final = (
    "SELECT n, replica, seq, prev, hash, body FROM journal WHERE scope = ? AND n >= "
    "(SELECT min(n) FROM journal WHERE scope = ? AND replica = ? AND seq > ?) ORDER BY n"
)
_RUNS: Final = (
    "SELECT scope, replica, seq_first, seq_last, hash, signature, bytes FROM segment "
    "WHERE scope = ? AND replica = ? AND seq_last > ?"
)
_PUT_RUN: Final = (
    "INSERT OR IGNORE INTO segment (scope, replica, seq_first, seq_last, hash, signature, bytes) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_CUT_RUN: Final = (
    "SELECT seq_first FROM segment WHERE scope = ? AND replica = ? AND seq_first <= ? AND seq_last > ?"
)
_SIZE: Final = (
    "SELECT coalesce(sum(length(body)), 0) FROM journal "
    "WHERE scope = ? AND replica = ? AND seq BETWEEN ? AND ?"
)
_ADD_REPLICA: Final = (
    "INSERT INTO replica (replica, station, public_key, is_own, created_at) VALUES (?, ?, ?, ?, ?)"
)
_END: Final = (
    "SELECT seq, hash, n FROM (SELECT seq, hash, n FROM journal WHERE scope = ? AND replica = ? "
    "UNION ALL SELECT seq, hash, 0 FROM void WHERE scope = ? AND replica = ? "
    "UNION ALL SELECT seq, hash, 1 FROM base WHERE scope = ? AND replica = ?) ORDER BY seq DESC LIMIT 1"
)

Kept = dict[Chain, int]
"""How far the branch that counts goes along with what is held here, by chain."""


class CannotRewrite(Exception):
    """What the municipal server wrote after hearing of both branches cannot be put together; nothing may be changed."""


class Author(NamedTuple):
    """Who writes again: this file's id, its station and the key that signs for it."""

    replica: int
    station: str
    signing: Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What came of it. `own` is the id under which this file writes from now on; the same when its chain was whole."""

    own: int
    change_sets: int
    changes: Changes
    shortened: frozenset[Chain]


@dataclass(frozen=True, slots=True)
class Branch:
    """What is held of the branch that counts: how far it goes along with ours, and what comes after, in pieces."""

    kept: Mapping[Chain, int]
    segments: Sequence[Segment]
    voids: Sequence[Void]
    municipal: bytes
    """The key of the municipality, raw Ed25519."""


def vectors_without(connection: Connection, kept: Mapping[Chain, int]) -> dict[str, dict[int, int]]:
    """Return, by scope, how far every chain is held when what goes beyond `kept` is gone, with all that leans on it."""
    whole = dict(kept)
    for scope in {scope for scope, _ in kept}:
        _gone(connection, scope, whole)
    vectors: dict[str, dict[int, int]] = {scope: {} for scope, _ in kept}
    for (scope, replica), (seq, _) in tips_of(connection).items():
        if scope in vectors:
            vectors[scope][replica] = whole.get((scope, replica), seq)
    return vectors


def rewrite(
    connection: Connection,
    applier: Applier,
    author: Author,
    branch: Branch,
    now_us: int,
    new_id: Callable[[], int],
) -> Rewritten:
    """Take the branch that counts, and write again what was held beside it, in the transaction that is open.

    Raises:
        CannotRewrite: the transaction must be rolled back.
    """
    within = base.ends(connection)
    if any(seq < within.get(chain, 0) for chain, seq in branch.kept.items()):
        # Once the journal tells all that the snapshot holds, it is tried again.
        raise CannotRewrite
    return _Rewriting(connection, applier, author, branch, now_us, new_id, dict(branch.kept)).run()


class _Entry(NamedTuple):
    n: int
    change_set: ChangeSet
    prev: bytes
    hash: bytes
    body: bytes

    @property
    def chain(self) -> Chain:
        return self.change_set.scope, self.change_set.replica


def _gone(connection: Connection, scope: str, kept: Kept) -> list[_Entry]:
    """Return what goes of a scope, and widen `kept` by the chains whose authors had applied some of it.

    Of the server's own chains whole signed runs go: nobody else could sign a part of one.
    """
    servers = _servers(connection)
    while True:
        gone = _later(connection, scope, kept)
        starts = {
            chain: _start_of_run(connection, chain, seq)
            for chain, seq in kept.items()
            if chain[0] == scope and chain[1] in servers
        }
        if all(kept[chain] == start for chain, start in starts.items()):
            return gone
        kept.update(starts)


def _later(connection: Connection, scope: str, kept: Kept) -> list[_Entry]:
    found: dict[int, _Entry] = {}
    for (where, replica), seq in kept.items():
        if where != scope:
            continue
        for row in connection.exec_driver_sql(_LATER, (scope, scope, replica, seq)):
            found.setdefault(
                row.n, _Entry(row.n, decode(row.body), bytes(row.prev), bytes(row.hash), bytes(row.body))
            )
    gone = []
    for n in sorted(found):
        one = found[n].change_set
        chain = (scope, one.replica)
        if one.seq <= kept.get(chain, one.seq):
            if not any(seq > kept.get((scope, replica), seq) for replica, seq in one.deps):
                continue
            kept[chain] = one.seq - 1
        gone.append(found[n])
    return gone


def _start_of_run(connection: Connection, chain: Chain, seq: int) -> int:
    """Return how far a chain goes without the signed run that does not end with its first `seq` change-sets."""
    first = connection.exec_driver_sql(_CUT_RUN, (*chain, seq, seq)).scalar()
    return seq if first is None else int(first) - 1


def _servers(connection: Connection) -> frozenset[int]:
    """Return the municipal server's ids, one for each epoch."""
    rows = connection.exec_driver_sql(
        "SELECT replica FROM replica WHERE station = ? AND is_own = 0", (SERVER_STATION,)
    )
    return frozenset(row[0] for row in rows)


@dataclass
class _Rewriting:
    """One transaction."""

    connection: Connection
    applier: Applier
    author: Author
    branch: Branch
    now_us: int
    new_id: Callable[[], int]
    kept: Kept
    servers: frozenset[int] = frozenset()
    runs: list[tuple[Any, ...]] = field(default_factory=list)
    """What the server signed of its own chains, which nobody else can write again."""

    def run(self) -> Rewritten:
        scopes = sorted({scope for scope, _ in self.kept})
        gone = [entry for scope in scopes for entry in _gone(self.connection, scope, self.kept)]
        gone.sort(key=lambda entry: entry.n)
        self.servers = _servers(self.connection)
        shortened = frozenset(self.kept)
        self._take_out(gone)
        touched = touched_by(self.applier, [entry.change_set for entry in gone])
        make_anew(self.connection, self.applier, touched)
        tables = self._take_branch()
        left = [entry for entry in gone if not self._is_back(entry)]
        back = self._to_put_back(left)
        kept = {one.n for one in back}
        again = [entry for entry in left if entry.chain[1] not in self.servers]
        names = self._names_for(again)
        entries.set_aside(
            self.connection,
            [(one.change_set, one.hash, one.body) for one in left if one.n not in kept],
            self.now_us,
            is_denied=False,
        )
        held = {chain: seq for chain, (seq, _) in tips_of(self.connection).items()}
        held |= {one.chain: one.change_set.seq for one in back}
        renaming = Renaming(self.connection, names, [one.change_set for one in again], held)
        self._write([one for one in left if one.n in kept or one.chain[1] not in self.servers], renaming)
        for table, pk in touched:
            tables.setdefault(table, set()).add(UUID(bytes=pk))
        changes = Changes({table: frozenset(ids) for table, ids in tables.items()}, OPERATION)
        own = self.author.replica
        return Rewritten(names.get(own, own), len(again), changes, shortened)

    @property
    def _is_own_renamed(self) -> bool:
        return any(replica == self.author.replica for _, replica in self.kept)

    def _take_branch(self) -> dict[str, set[UUID]]:
        """Take the pieces of the branch that counts; return the records that they touch."""
        found = {
            replica: Ed25519PublicKey.from_public_bytes(key)
            for replica, key in keys_of(self.connection).items()
        }
        municipal = Ed25519PublicKey.from_public_bytes(self.branch.municipal)
        own = 0 if self._is_own_renamed else self.author.replica
        incoming = Incoming(tips_of(self.connection), found.get, municipal, own)
        receiver = Receiver(self.applier)
        tables: dict[str, set[UUID]] = {}
        steps = incoming.steps(self.branch.segments, self.branch.voids, Received())
        if incoming.of_the_server:
            know_servers(self.connection, incoming.of_the_server, self.branch.municipal, self.now_us)
        for step in steps:
            for table, ids in receiver.write(self.connection, step, self.now_us).touched.items():
                tables.setdefault(table, set()).update(ids)
        return tables

    def _to_put_back(self, left: Sequence[_Entry]) -> list[_Entry]:
        """Return what a server that was restored since lost of its own chains, and may take again.

        What it wrote of a branch that nobody has any more rests on nothing, and where it wrote something else in the
        same place since, that counts: it numbers those records anew.
        """
        tips = {chain: seq for chain, (seq, _) in tips_of(self.connection).items()}
        ends: Kept = {}
        while True:
            held, back = dict(tips), []
            for entry in left:
                one, chain = entry.change_set, entry.chain
                if chain[1] not in self.servers or one.seq > ends.get(chain, one.seq):
                    continue
                is_taken = one.seq <= tips.get(chain, 0)
                if is_taken or any(seq > held.get((one.scope, replica), 0) for replica, seq in one.deps):
                    ends[chain] = self._run_before(chain, one.seq)
                    break
                held[chain] = one.seq
                back.append(entry)
            else:
                self.runs = [run for run in self.runs if run[3] <= ends.get((run[0], run[1]), run[3])]
                return back

    def _run_before(self, chain: Chain, seq: int) -> int:
        return next(
            int(first) - 1
            for scope, replica, first, last, *_ in self.runs
            if (scope, replica) == chain and first <= seq <= last
        )

    def _is_back(self, entry: _Entry) -> bool:
        return hash_at(self.connection, *entry.chain, entry.change_set.seq) == entry.hash

    def _names_for(self, again: Sequence[_Entry]) -> dict[int, int]:
        """Return a new id for every chain's author that is written again, and make them known."""
        own = self.author.replica
        replicas = {entry.chain[1] for entry in again}
        if self._is_own_renamed:
            # Whether something is written again or not: the other copy goes on under the id that both have.
            replicas.add(own)
            self.connection.exec_driver_sql("UPDATE replica SET is_own = 0")
        names = {replica: self.new_id() for replica in sorted(replicas)}
        own_key = self.author.signing.public_key().public_bytes_raw()
        rows = [
            (name, self.author.station, own_key, int(old == own), self.now_us) for old, name in names.items()
        ]
        if rows:
            self.connection.exec_driver_sql(_ADD_REPLICA, rows)
        return names

    def _take_out(self, gone: Sequence[_Entry]) -> None:
        """Take our branch out of journal and chains."""
        run = self.connection.exec_driver_sql
        entries.take_out(self.connection, [one.n for one in gone])
        for (scope, replica), seq in self.kept.items():
            place = (scope, replica)
            run("DELETE FROM void WHERE scope = ? AND replica = ? AND seq > ?", (*place, seq))
            run("DELETE FROM chain WHERE scope = ? AND replica = ?", place)
            found = run(_END, (*place, *place, *place)).first()
            if found is not None:
                entries.put_tips(self.connection, [(*place, found.seq, found.hash, found.n)])
            self._shorten_run((scope, replica), seq)
            # What peers hold beyond is another branch, and where their counts stood says nothing of it.
            run(
                "UPDATE peer_chain SET seq = min(seq, ?) WHERE scope = ? AND replica = ?",
                (seq, scope, replica),
            )
            run("UPDATE peer_scope SET cursor = 0, root = x'' WHERE scope = ?", (scope,))

    def _shorten_run(self, chain: Chain, seq: int) -> None:
        """End the run that the branch was cut out of where it is whole; another's comes again with its signature."""
        run = self.connection.exec_driver_sql
        first = run(_CUT_RUN, (*chain, seq, seq)).scalar()
        if chain[1] in self.servers:
            self.runs += map(tuple, run(_RUNS, (*chain, seq)))
        run("DELETE FROM segment WHERE scope = ? AND replica = ? AND seq_last > ?", (*chain, seq))
        if first is None or chain[1] != self.author.replica:
            return
        size = run(_SIZE, (*chain, first, seq)).scalar_one()
        tip = run("SELECT hash FROM chain WHERE scope = ? AND replica = ?", chain).scalar_one()
        self._sign(chain, first, seq, bytes(tip), size)

    def _sign(self, chain: Chain, first: int, last: int, tail: bytes, size: int) -> None:
        signature = self.author.signing.sign(signed_message(*chain, first, last, tail))
        self.connection.exec_driver_sql(_PUT_RUN, (*chain, first, last, tail, signature, size))

    def _write(self, left: Sequence[_Entry], renaming: Renaming) -> None:
        """Write change-sets under their new names."""
        n = int(self.connection.exec_driver_sql("SELECT coalesce(max(n), 0) FROM journal").scalar_one())
        written: list[tuple[int, Link]] = []
        chains: dict[Chain, list[Link]] = {}
        for place, entry in enumerate(left, start=n + 1):
            if entry.chain[1] in self.servers:
                # A server that was restored since lost what it wrote then: it stays as it is.
                self._put_back(place, entry)
                written.append((place, Link(entry.change_set, entry.body, entry.prev, entry.hash)))
                continue
            change_set = renaming.renamed(entry.change_set)
            chain = chains.setdefault((change_set.scope, change_set.replica), [])
            prev = chain[-1].hash if chain else GENESIS
            body = encode(change_set)
            chain.append(Link(change_set, body, prev, chain_hash(prev, body)))
            written.append((place, chain[-1]))
        stations = stations_of(self.connection)
        for start in range(0, len(written), _AT_ONCE):
            entries.enter(self.connection, self.applier, written[start : start + _AT_ONCE], stations)
        if self.runs:
            self.connection.exec_driver_sql(_PUT_RUN, self.runs)
        before = min((entry.n for entry in left), default=1) - 1
        for name, links in chains.items():
            last = links[-1]
            # As if it were written before all that was taken and written now: what this station writes next says so.
            entries.put_tips(self.connection, [(*name, last.change_set.seq, last.hash, before)])
            for part in _runs(links):
                size = sum(len(link.body) for link in part)
                self._sign(name, part[0].change_set.seq, part[-1].change_set.seq, part[-1].hash, size)

    def _put_back(self, n: int, entry: _Entry) -> None:
        tip = self.connection.exec_driver_sql(
            "SELECT hash FROM chain WHERE scope = ? AND replica = ?", entry.chain
        ).scalar()
        if (GENESIS if tip is None else bytes(tip)) != entry.prev:
            raise CannotRewrite
        entries.put_tips(self.connection, [(*entry.chain, entry.change_set.seq, entry.hash, n)])


def _runs(links: Sequence[Link]) -> Iterator[list[Link]]:
    part: list[Link] = []
    size = 0
    for link in links:
        if part and (len(part) > MAX_CHANGE_SETS or size >= MAX_BYTES):
            yield part
            part, size = [], 0
        part.append(link)
        size += len(link.body)
    if part:
        yield part
