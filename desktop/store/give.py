"""Gives out pieces of the chains that are held here, to a server, a neighbour or a file, body for body."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection

from wire.messages import Void
from wire.segments import Segment
from wire.voids import NO_BODY

_RUNS: Final = (
    "SELECT s.replica, s.seq_first, s.seq_last, s.hash, s.signature FROM segment AS s "
    "JOIN chain AS c ON c.scope = s.scope AND c.replica = s.replica "
    "WHERE s.scope = ? AND s.seq_last <= c.seq"
)
_VOIDS: Final = (
    "SELECT scope, replica, seq, prev, hash, signature FROM void "
    "WHERE scope = ? AND replica = ? AND seq BETWEEN ? AND ? ORDER BY seq"
)
_BODIES: Final = (
    "SELECT seq, n, body FROM journal WHERE scope = ? AND replica = ? AND seq BETWEEN ? AND ? ORDER BY seq"
)


class Pieces(NamedTuple):
    """What is given at once, and whether there is more."""

    segments: list[Segment]
    more: bool
    voids: list[Void]


def hash_at(connection: Connection, scope: str, replica: int, seq: int) -> bytes | None:
    """Return the hash of a change-set that is held here, or was denied; None when it is neither."""
    place = (scope, replica, seq)
    found = connection.exec_driver_sql(
        "SELECT hash FROM journal WHERE scope = ? AND replica = ? AND seq = ? "
        "UNION ALL SELECT hash FROM void WHERE scope = ? AND replica = ? AND seq = ?",
        (*place, *place),
    ).scalar()
    return None if found is None else bytes(found)


def pieces(
    connection: Connection,
    scope: str,
    held: Mapping[int, int],
    budget: int,
    only: frozenset[int] | None = None,
    *,
    with_voids: bool = False,
) -> Pieces:
    """Return pieces of a scope's chains beyond what is `held` by the other side.

    They come in the order in which they were applied here, which respects causes. `budget` is about how many bytes of
    bodies are given, at least one piece; `only` names the replicas that are meant, None all of them. Runs in which a
    change-set was denied are the server's to give, unless their markers are given `with_voids`.
    """
    waiting = []
    for replica, first, last, tail, signature in connection.exec_driver_sql(_RUNS, (scope,)):
        start = max(first, held.get(replica, 0) + 1)
        if start <= last and (only is None or replica in only):
            waiting.append(
                (_place(connection, scope, replica, start), replica, first, start, last, tail, signature)
            )
    waiting.sort()
    found: list[Segment] = []
    voids: list[Void] = []
    size = 0
    for count, (_, replica, first, start, last, tail, signature) in enumerate(waiting, start=1):
        rows = connection.exec_driver_sql(_BODIES, (scope, replica, start, last)).fetchall()
        held_bodies = {row.seq: row.body for row in rows}
        if len(rows) != last - start + 1:
            if not with_voids:
                continue
            markers = connection.exec_driver_sql(_VOIDS, (scope, replica, start, last)).fetchall()
            voids += [Void(*row) for row in markers]
        bodies = [held_bodies.get(seq, NO_BODY) for seq in range(start, last + 1)]
        found.append(Segment(scope, replica, first, start, last, tail, signature, bodies))
        size += sum(map(len, bodies))
        if size >= budget:
            return Pieces(found, count < len(waiting), voids)
    return Pieces(found, more=False, voids=voids)


def _place(connection: Connection, scope: str, replica: int, seq: int) -> int:
    found = connection.exec_driver_sql(
        "SELECT n FROM journal WHERE scope = ? AND replica = ? AND seq = ?", (scope, replica, seq)
    ).scalar()
    return int(found or 0)
