"""Gives out pieces of the chains that are held here, to a server, a neighbour or a file, body for body."""

from collections import deque
from collections.abc import Mapping
from heapq import heapify, heappop, heapreplace
from typing import Final, NamedTuple

from sqlalchemy import Connection

from desktop.store.base import bases
from wire.messages import Void
from wire.segments import Segment
from wire.voids import NO_BODY

_RUNS: Final = (
    "SELECT s.replica, s.seq_first, s.seq_last, s.hash, s.signature FROM segment AS s "
    "JOIN chain AS c ON c.scope = s.scope AND c.replica = s.replica "
    "WHERE s.scope = ? AND s.seq_last <= c.seq ORDER BY s.replica, s.seq_first"
)
_VOIDS: Final = (
    "SELECT scope, replica, seq, prev, hash, signature FROM void "
    "WHERE scope = ? AND replica = ? AND seq BETWEEN ? AND ? ORDER BY seq"
)
_BODIES: Final = (
    "SELECT seq, n, body FROM journal WHERE scope = ? AND replica = ? AND seq BETWEEN ? AND ? ORDER BY seq"
)


class _Run(NamedTuple):
    """A run of a chain as its author signed it, and where what is to be given of it begins."""

    replica: int
    first: int
    start: int
    last: int
    tail: bytes
    signature: bytes


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
    if found is None:
        found = connection.exec_driver_sql(
            "SELECT hash FROM base WHERE scope = ? AND replica = ? AND seq = ?", place
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

    They come in the order in which they were applied here, which respects causes; what a snapshot holds and the journal
    does not tell yet cannot be given. `budget` is about how many bytes of
    bodies are given, at least one piece; `only` names the replicas that are meant, None all of them. Runs in which a
    change-set was denied are the server's to give, unless their markers are given `with_voids`.
    """
    runs: dict[int, deque[_Run]] = {}
    untold = {replica: one for replica, one in bases(connection, scope).items() if not one.is_told}
    for replica, first, last, tail, signature in connection.exec_driver_sql(_RUNS, (scope,)):
        start = max(first, held.get(replica, 0) + 1)
        if start <= last and (only is None or replica in only):
            gap = untold.get(replica)
            if gap is not None and start <= gap.seq and last > gap.told:
                continue
            runs.setdefault(replica, deque()).append(_Run(replica, first, start, last, tail, signature))
    found: list[Segment] = []
    voids: list[Void] = []
    size = 0
    # Places are looked up as they are needed: far behind, there are thousands of runs.
    waiting = [
        (_place(connection, scope, replica, one[0].start), replica, one) for replica, one in runs.items()
    ]
    heapify(waiting)
    while waiting and (not found or size < budget):
        _, replica, left = waiting[0]
        run = left.popleft()
        if left:
            heapreplace(waiting, (_place(connection, scope, replica, left[0].start), replica, left))
        else:
            heappop(waiting)
        rows = connection.exec_driver_sql(_BODIES, (scope, run.replica, run.start, run.last)).fetchall()
        bodies_held = {row.seq: row.body for row in rows}
        if len(rows) != run.last - run.start + 1:
            if not with_voids:
                continue
            markers = connection.exec_driver_sql(_VOIDS, (scope, run.replica, run.start, run.last)).fetchall()
            voids += [Void(*row) for row in markers]
        bodies = [bodies_held.get(seq, NO_BODY) for seq in range(run.start, run.last + 1)]
        found.append(
            Segment(scope, run.replica, run.first, run.start, run.last, run.tail, run.signature, bodies)
        )
        size += sum(map(len, bodies))
    return Pieces(found, more=bool(waiting), voids=voids)


def _place(connection: Connection, scope: str, replica: int, seq: int) -> int:
    found = connection.exec_driver_sql(
        "SELECT n FROM journal WHERE scope = ? AND replica = ? AND seq = ?", (scope, replica, seq)
    ).scalar()
    return int(found or 0)
