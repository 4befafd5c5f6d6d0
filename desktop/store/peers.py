"""What this file knows of others' copies: how far it took theirs, and how far they said that they hold ours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from wire.messages import Tail

SERVER: Final = "server"
"""The municipal server among the peers; a neighbour is named by its device."""

_PUT_SCOPE: Final = (
    "INSERT INTO peer_scope (peer, scope, epoch, cursor, root) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (peer, scope) DO UPDATE SET epoch = excluded.epoch, cursor = excluded.cursor, root = excluded.root"
)
_PUT_CHAIN: Final = (
    "INSERT INTO peer_chain (peer, scope, replica, seq) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (peer, scope, replica) DO UPDATE SET seq = max(seq, excluded.seq)"
)
_ONLY_HERE: Final = (
    "SELECT coalesce(sum(c.seq - coalesce(p.seq, 0)), 0) FROM chain AS c LEFT JOIN peer_chain AS p "
    "ON p.peer = ? AND p.scope = c.scope AND p.replica = c.replica WHERE c.seq > coalesce(p.seq, 0)"
)
_RECORD_LACKED: Final = (
    "WITH written AS (SELECT j.scope, j.replica, j.seq FROM journal_touch AS t JOIN journal AS j ON j.n = t.n "
    "WHERE t.record_id = ?) "
    "SELECT k.peer, sum(w.seq > coalesce(p.seq, 0)) FROM (SELECT DISTINCT peer FROM peer_chain) AS k "
    "CROSS JOIN written AS w "
    "LEFT JOIN peer_chain AS p ON p.peer = k.peer AND p.scope = w.scope AND p.replica = w.replica GROUP BY k.peer"
)
_UNANNOUNCED: Final = (
    "SELECT DISTINCT r.replica FROM replica AS r JOIN replica AS o ON o.is_own = 1 AND o.public_key = r.public_key "
    "JOIN chain AS c ON c.replica = r.replica WHERE r.is_own = 0 "
    "AND NOT EXISTS (SELECT 1 FROM device_replicas AS d WHERE d.replica = r.replica) ORDER BY 1"
)
_RECORD_COUNT: Final = "SELECT count(*) FROM journal_touch WHERE record_id = ?"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the taking of a scope stands, in the peer's own count; 0 when nothing is known."""

    epoch: int = 0
    n: int = 0
    root: bytes = b""
    """The root of the peer's log there, empty where it did not say."""


def cursors(connection: Connection, peer: str) -> dict[str, Cursor]:
    """Return, by scope, how far a peer's copy was taken."""
    rows = connection.exec_driver_sql(
        "SELECT scope, epoch, cursor, root FROM peer_scope WHERE peer = ?", (peer,)
    )
    return {scope: Cursor(epoch, n, bytes(root)) for scope, epoch, n, root in rows}


def put_cursors(connection: Connection, peer: str, found: Mapping[str, Cursor]) -> None:
    """Write down how far a peer's copy was taken."""
    rows = [(peer, scope, cursor.epoch, cursor.n, cursor.root) for scope, cursor in found.items()]
    if rows:
        connection.exec_driver_sql(_PUT_SCOPE, rows)


def held_by(connection: Connection, peer: str) -> dict[str, dict[int, int]]:
    """Return, by scope and replica, how far a peer said that it holds each chain."""
    held: dict[str, dict[int, int]] = {}
    rows = connection.exec_driver_sql("SELECT scope, replica, seq FROM peer_chain WHERE peer = ?", (peer,))
    for scope, replica, seq in rows:
        held.setdefault(scope, {})[replica] = seq
    return held


def put_held(connection: Connection, peer: str, tails: Iterable[Tail]) -> None:
    """Write down how far a peer holds some chains; it never says less than before."""
    rows = [(peer, tail.scope, tail.replica, tail.seq) for tail in tails]
    if rows:
        connection.exec_driver_sql(_PUT_CHAIN, rows)


def forget(connection: Connection, peer: str) -> None:
    """Know nothing of a peer any more: it was restored from a backup, or is another one under its name."""
    connection.exec_driver_sql("DELETE FROM peer_scope WHERE peer = ?", (peer,))
    connection.exec_driver_sql("DELETE FROM peer_chain WHERE peer = ?", (peer,))
    connection.exec_driver_sql("DELETE FROM peer_blob WHERE peer = ?", (peer,))


def whole_blobs(connection: Connection, peer: str) -> set[str]:
    """Return the attachments whose bytes a peer said that it holds."""
    rows = connection.exec_driver_sql("SELECT sha256 FROM peer_blob WHERE peer = ?", (peer,))
    return {row[0] for row in rows}


def put_whole_blobs(connection: Connection, peer: str, hashes: Iterable[str]) -> None:
    """Write down that a peer holds the bytes of some attachments."""
    rows = [(peer, one) for one in hashes]
    if rows:
        connection.exec_driver_sql("INSERT OR IGNORE INTO peer_blob (peer, sha256) VALUES (?, ?)", rows)


def only_here(connection: Connection, peer: str) -> int:
    """Return how many change-sets this file has that the peer does not hold, as far as is known."""
    return int(connection.exec_driver_sql(_ONLY_HERE, (peer,)).scalar_one())


def lacked_by(connection: Connection, peer: str, scopes: Iterable[str]) -> int:
    """Return how many change-sets of some scopes the peer does not hold, as far as is known."""
    names = sorted(scopes)
    marks = ", ".join("?" * len(names))
    return int(
        connection.exec_driver_sql(f"{_ONLY_HERE} AND c.scope IN ({marks})", (peer, *names)).scalar_one()
    )


def record_lacked(connection: Connection, record_id: bytes) -> tuple[int, dict[str, int]]:
    """Return how many change-sets tell of a record, and by peer how many of them it is not known to hold (R126)."""
    count = int(connection.exec_driver_sql(_RECORD_COUNT, (record_id,)).scalar_one())
    rows = connection.exec_driver_sql(_RECORD_LACKED, (record_id,)).all()
    return count, {row[0]: row[1] for row in rows}


def unannounced(connection: Connection) -> list[int]:
    """Return the ids beside its own under which this file wrote and that the municipality does not know yet."""
    return [row[0] for row in connection.exec_driver_sql(_UNANNOUNCED)]


def set_aside(connection: Connection) -> tuple[int, int, int]:
    """Return how many change-sets were denied after they were held here, and how many were written again.

    The third number is of the records of which something was said that this version cannot read.
    """
    row = connection.exec_driver_sql(
        "SELECT coalesce(sum(is_denied), 0), coalesce(sum(NOT is_denied), 0), (SELECT count(*) FROM unread) "
        "FROM set_aside"
    ).one()
    return row[0], row[1], row[2]


def is_enrolled(connection: Connection) -> bool:
    """Tell whether this file belongs to a municipality."""
    return bool(connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM enrolment)").scalar_one())
