"""What was written before a snapshot comes into the journal after it, behind everything else, until all of it is there.

Its entries are numbered below zero, so the order of the journal stays that of causes. Rows are not touched: they hold
what these entries say already. When the last one is there, the file is as any other and the snapshot is forgotten.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from desktop.store import base, entries
from desktop.store.anew import make_anew
from desktop.store.apply import Applier
from desktop.store.base import Base
from desktop.store.receive import PUT_SEGMENT, Chain, Step, Tip, tips_of
from wire.messages import Void
from wire.segments import Link

_BEGINNING: Final = -(1 << 40)
_LAST: Final = "SELECT max(n) FROM journal WHERE n < 0"
_TOLD: Final = "UPDATE base SET told = ?, told_hash = ? WHERE scope = ? AND replica = ?"


class OtherHistory(Exception):
    """What was given as the history of a chain does not lead to where the snapshot says that it stood."""


def tips(connection: Connection, scope: str) -> dict[Chain, Tip]:
    """Return how far the journal tells each chain of a scope without a gap."""
    told = {chain: tip for chain, tip in tips_of(connection).items() if chain[0] == scope}
    for replica, one in base.bases(connection, scope).items():
        if not one.is_told:
            told[scope, replica] = (one.told, one.told_hash)
    return told


def take(connection: Connection, applier: Applier, scope: str, step: Step) -> None:
    """Write what a step tells of the time before the snapshot.

    Raises:
        OtherHistory: it is not what the snapshot was made of; nothing may be kept of it.
    """
    known = base.bases(connection, scope)
    links: list[tuple[int, Link]] = []
    voids: list[Void] = []
    reached: dict[int, Tip] = {}
    n = connection.exec_driver_sql(_LAST).scalar() or _BEGINNING
    for item in step.items:
        replica, seq = _place_of(item)
        held = known.get(replica)
        if held is None or held.is_told or seq > held.seq:
            continue
        before = reached.get(replica, (held.told, held.told_hash))
        if (seq - 1, item.prev) != before:
            continue
        if seq == held.seq and item.hash != held.hash:
            raise OtherHistory(f"{scope}/{replica}")
        reached[replica] = (seq, item.hash)
        if isinstance(item, Void):
            voids.append(item)
        else:
            n += 1
            links.append((n, item))
    entries.tell(connection, links, applier.touches(connection, [link for _, link in links]))
    entries.put_voids(connection, voids)
    if reached:
        connection.exec_driver_sql(_TOLD, [(*tip, scope, replica) for replica, tip in reached.items()])
    _put_segments(connection, step, known, tips_of(connection))


def end(connection: Connection, applier: Applier, scope: str) -> bool:
    """Forget a snapshot all of whose history is told; tell whether that is so."""
    if not all(one.is_told for one in base.bases(connection, scope).values()):
        return False
    for table in ("snapshot", "base", "base_state"):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE scope = ?", (scope,))  # noqa: S608 - names of this file
    # What this version could not hold whole, it now holds as far as it can read what made it.
    unread = connection.exec_driver_sql('SELECT "table", record_id FROM unread').fetchall()
    make_anew(connection, applier, {(table, pk) for table, pk in unread if applier.knows(table, scope)})
    return True


def _put_segments(
    connection: Connection, step: Step, known: Mapping[int, Base], now: Mapping[Chain, Tip]
) -> None:
    """Keep the signatures of the runs of which all is held."""
    runs = [
        (one.scope, one.replica, one.first, one.last, one.tail, one.signature, sum(map(len, one.bodies)))
        for one in step.segments
        if one.replica in known and one.last <= now.get((one.scope, one.replica), (0, b""))[0]
    ]
    if runs:
        connection.exec_driver_sql(PUT_SEGMENT, runs)


def _place_of(item: Link | Void) -> tuple[int, int]:
    said = item if isinstance(item, Void) else item.change_set
    return said.replica, said.seq
