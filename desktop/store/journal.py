"""The journal: every write of this station as a signed chain of change-sets.

Sequences are dense per (scope, replica) and read from the file inside the writing transaction, never kept in
memory between transactions. The station signs the tail of a segment, so one signature answers for all before it
in the segment; a segment is closed by the number or the bytes of its change-sets (`wire.segments`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from wire.changes import GENESIS, VERSION, ChangeSet, Dot, Op, chain_hash, encode
from wire.segments import MAX_BYTES, MAX_CHANGE_SETS, signed_message

SCHEMA = 1
"""Version of the records' schema as change-sets name it; raised when fields are added (sync.md rule 17)."""

# Every write runs these: as text they cost a third of what building them as expressions costs.
_TAIL = "SELECT seq, hash, n FROM chain WHERE scope = ? AND replica = ?"
_PUT_TAIL = (
    "INSERT INTO chain (scope, replica, seq, hash, n) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (scope, replica) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, n = excluded.n"
)
_LAST_INSTANT = (
    "SELECT max(j.hlc) FROM chain AS c JOIN journal AS j ON j.scope = c.scope AND j.replica = c.replica "
    "AND j.seq = c.seq WHERE c.replica = ?"
)
_LAST_HEARD = (
    "SELECT max(hlc) FROM (SELECT j.hlc FROM chain AS c JOIN journal AS j ON j.scope = c.scope "
    "AND j.replica = c.replica AND j.seq = c.seq UNION ALL SELECT hlc FROM snapshot)"
)
_NEWS = "SELECT replica, seq FROM chain WHERE scope = ? AND replica <> ? AND n > ? ORDER BY replica"
_INSERT = (
    "INSERT INTO journal (scope, replica, seq, prev, hash, hlc, actor, operation, body) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_TOUCH = "INSERT INTO journal_touch (record_id, n) VALUES (?, ?)"
_OPEN_SEGMENT = (
    "SELECT seq_first, bytes FROM segment WHERE scope = ? AND replica = ? ORDER BY seq_first DESC LIMIT 1"
)
_PUT_SEGMENT = (
    "INSERT INTO segment (scope, replica, seq_first, seq_last, hash, signature, bytes) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (scope, replica, seq_first) DO UPDATE SET seq_last = excluded.seq_last, hash = excluded.hash, "
    "signature = excluded.signature, bytes = excluded.bytes"
)


@dataclass(slots=True)
class _Tail:
    seq: int
    hash: bytes
    n: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What a unit of work hands over for one scope."""

    scope: str
    ops: Sequence[Op]
    touched: Iterable[bytes]


class Journal:
    """Appends to the chain of one replica inside a transaction of the writer."""

    def __init__(self, replica: int, signing_key: Ed25519PrivateKey) -> None:
        self.replica = replica
        self._signing_key = signing_key

    def next_dot(self, connection: Connection, scope: str) -> Dot:
        """Return the dot that the running transaction's change-set of `scope` will have."""
        return (self.replica, self._tail(connection, scope).seq + 1)

    def last_hlc(self, connection: Connection) -> int:
        """Return the latest hybrid instant that this replica gave, 0 when it gave none.

        A neighbour's instants are not ours: their clock may be years ahead (sync.md §1.1 rule 11).
        """
        found = connection.exec_driver_sql(_LAST_INSTANT, (self.replica,)).scalar()
        return int(found or 0)

    def last_heard(self, connection: Connection) -> int:
        """Return the latest instant at the end of any chain, whoever gave it; 0 when there is none."""
        return int(connection.exec_driver_sql(_LAST_HEARD).scalar() or 0)

    def append(
        self,
        connection: Connection,
        entries: Sequence[Entry],
        *,
        hlc: int,
        actor: UUID,
        tx: UUID,
        operation: str,
        reason: str | None,
    ) -> None:
        """Write one change-set per scope, chain it, and sign the new tail."""
        for entry in entries:
            tail = self._tail(connection, entry.scope)
            change_set = ChangeSet(
                version=VERSION,
                scope=entry.scope,
                replica=self.replica,
                seq=tail.seq + 1,
                hlc=hlc,
                deps=self._news(connection, entry.scope, tail.n),
                schema=SCHEMA,
                actor=actor.bytes,
                tx=tx.bytes,
                operation=operation,
                reason=reason,
                ops=list(entry.ops),
            )
            body = encode(change_set)
            digest = chain_hash(tail.hash, body)
            result = connection.exec_driver_sql(
                _INSERT,
                (
                    entry.scope,
                    self.replica,
                    change_set.seq,
                    tail.hash,
                    digest,
                    hlc,
                    actor.bytes,
                    operation,
                    body,
                ),
            )
            n = result.lastrowid
            connection.exec_driver_sql(_PUT_TAIL, (entry.scope, self.replica, change_set.seq, digest, n))
            touched = [(record_id, n) for record_id in sorted(set(entry.touched))]
            if touched:
                connection.exec_driver_sql(_INSERT_TOUCH, touched)
            self._sign(connection, entry.scope, change_set.seq, digest, len(body))

    def _tail(self, connection: Connection, scope: str) -> _Tail:
        row = connection.exec_driver_sql(_TAIL, (scope, self.replica)).first()
        return _Tail(0, GENESIS, 0) if row is None else _Tail(row.seq, row.hash, row.n)

    def _news(self, connection: Connection, scope: str, since: int) -> list[Dot]:
        """Return how far each other replica's chain was applied, of those that grew since our last change-set."""
        rows = connection.exec_driver_sql(_NEWS, (scope, self.replica, since))
        return [(row.replica, row.seq) for row in rows]

    def _sign(self, connection: Connection, scope: str, seq: int, digest: bytes, size: int) -> None:
        run = connection.exec_driver_sql(_OPEN_SEGMENT, (scope, self.replica)).first()
        first, held = (seq, 0) if run is None else (int(run.seq_first), int(run.bytes))
        if seq - first >= MAX_CHANGE_SETS or held >= MAX_BYTES:
            first, held = seq, 0
        signature = self._signing_key.sign(signed_message(scope, self.replica, first, seq, digest))
        connection.exec_driver_sql(
            _PUT_SEGMENT, (scope, self.replica, first, seq, digest, signature, held + size)
        )
