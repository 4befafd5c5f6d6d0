"""Takes checked pieces of other replicas' chains into this file: rows, journal, chains and signatures together.

Pieces are applied in an order that respects causes (I3) and in small transactions, so that a person's save never waits
for long behind them. A piece that cannot be taken stops its own chain and nothing else (I11); what was not taken is
asked for again, so nothing is kept aside.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from desktop.core.events import Changes
from desktop.store import entries
from desktop.store.apply import Applier
from wire import roster
from wire.causal import Place, order_of
from wire.changes import GENESIS
from wire.messages import Refusal, Void
from wire.segments import Link, Segment, SegmentError, is_signed_by
from wire.voids import is_genuine, links_past

OPERATION: Final = "exchange.receive"
OPS_AT_ONCE: Final = 250
"""So many rows are written in a tenth of what an operator would notice; a change-set is never divided."""
SERVER_STATION: Final = "Servidor"
"""What stands as the station of what the municipal server wrote."""
_log = logging.getLogger(__name__)

Chain = tuple[str, int]
Tip = tuple[int, bytes]

PUT_SEGMENT: Final = (
    "INSERT INTO segment (scope, replica, seq_first, seq_last, hash, signature, bytes) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (scope, replica, seq_first) DO UPDATE SET seq_last = excluded.seq_last, hash = excluded.hash, "
    "signature = excluded.signature, bytes = segment.bytes + excluded.bytes WHERE excluded.seq_last > seq_last"
)
_LEARN: Final = (
    f"SELECT r.replica, d.name, d.signing_key FROM {roster.REPLICAS} AS r "  # noqa: S608 - declared names
    f"JOIN {roster.DEVICES} AS d ON d.id = r.device_id "
    "WHERE NOT EXISTS (SELECT 1 FROM replica AS k WHERE k.replica = r.replica)"
)


@dataclass(slots=True)
class Received:
    """How far each named chain is held now, and why one was not taken further."""

    tips: dict[Chain, Tip] = field(default_factory=dict)
    refused: dict[Chain, str] = field(default_factory=dict)
    taken: int = 0
    """Change-sets that are new here."""


@dataclass(slots=True)
class _Piece:
    segment: Segment
    steps: list[Link | Void]


@dataclass(frozen=True, slots=True)
class Step:
    """What one transaction writes: change-sets and voids in order, and the runs that begin with them."""

    items: Sequence[Link | Void]
    segments: Sequence[Segment]


class Incoming:
    """The part of a receiving that needs no writing: what is new, whether it is genuine, and in which order."""

    def __init__(
        self,
        tips: Mapping[Chain, Tip],
        key_of: Callable[[int], Ed25519PublicKey | None],
        municipal: Ed25519PublicKey | None,
        own: int,
    ) -> None:
        self._tips = dict(tips)
        self._own = own
        self._key_of = key_of
        self._municipal = municipal
        self.of_the_server: set[int] = set()
        """Replicas that were not known and whose pieces the municipal key signed: the server's, of some epoch."""

    def steps(self, segments: Sequence[Segment], voids: Iterable[Void], received: Received) -> list[Step]:
        """Return the transactions that take the pieces; what is refused is written down in `received`."""
        markers: dict[Chain, dict[int, Void]] = {}
        for void in voids:
            if self._municipal is not None and is_genuine(void, self._municipal):
                markers.setdefault((void.scope, void.replica), {})[void.seq] = void
        pieces: list[_Piece] = []
        for segment in segments:
            chain = (segment.scope, segment.replica)
            if chain in received.refused:
                continue
            try:
                steps = self._checked(segment, markers.get(chain, {}))
            except _Refused as refused:
                received.refused[chain] = refused.kind
                continue
            if steps:
                last = steps[-1]
                self._tips[chain] = (segment.last, last.hash)
                pieces.append(_Piece(segment, steps))
        scopes = dict.fromkeys(piece.segment.scope for piece in pieces)
        return [step for scope in scopes for step in self._ordered(scope, pieces, received)]

    def _checked(self, segment: Segment, markers: Mapping[int, Void]) -> list[Link | Void]:
        held, tip = self._tips.get((segment.scope, segment.replica), (0, GENESIS))
        if segment.last <= held:
            return []
        if segment.replica == self._own:
            # Another copy of this file wrote it. What is written here next would not say what this copy has applied.
            raise _Refused(Refusal.FORK)
        if segment.start > held + 1:
            raise _Refused(Refusal.GAP)
        key = self._key_of(segment.replica) or self._municipal_key_of(segment)
        if key is None:
            raise _Refused(Refusal.UNKNOWN_REPLICA)
        try:
            return links_past(segment, held, tip, key, markers)
        except SegmentError as error:
            _log.warning("a piece of %s/%d was not taken: %s", segment.scope, segment.replica, error)
            is_genuine_one = held >= segment.start - 1 and is_signed_by(segment, key)
            raise _Refused(Refusal.FORK if is_genuine_one else Refusal.QUARANTINED) from error

    def _municipal_key_of(self, segment: Segment) -> Ed25519PublicKey | None:
        """Return the municipal key where it signed a piece of a replica that nobody knows here.

        Each epoch of the server has a chain of its own, which is announced only in its own first change-set.
        """
        if self._municipal is None or not is_signed_by(segment, self._municipal):
            return None
        self.of_the_server.add(segment.replica)
        return self._municipal

    def _ordered(self, scope: str, all_pieces: Sequence[_Piece], received: Received) -> Iterable[Step]:
        pieces = [piece for piece in all_pieces if piece.segment.scope == scope]
        first: dict[int, int] = {}
        for piece in pieces:
            first.setdefault(piece.segment.replica, _seq_of(piece.steps[0]) - 1)
        held = {replica: seq for (where, replica), (seq, _) in self._tips.items() if where == scope} | first
        order = order_of([[_place_of(one) for one in piece.steps] for piece in pieces], held)
        for index in order.waiting:
            received.refused.setdefault((scope, pieces[index].segment.replica), Refusal.GAP)
        items: list[Link | Void] = []
        segments: list[Segment] = []
        ops = 0
        for index, place in order.places:
            item = pieces[index].steps[place]
            weight = len(item.change_set.ops) if isinstance(item, Link) else 1
            if items and ops + weight > OPS_AT_ONCE:
                yield Step(items, segments)
                items, segments, ops = [], [], 0
            if place == 0:
                segments.append(pieces[index].segment)
            items.append(item)
            ops += weight
        if items:
            yield Step(items, segments)


class Receiver:
    """Writes steps inside transactions of the writer."""

    def __init__(self, applier: Applier) -> None:
        self._applier = applier

    def write(self, connection: Connection, step: Step, now_us: int) -> Changes:
        """Write one step. Change-sets that are held already are passed over."""
        tips: dict[Chain, tuple[int, bytes, int]] = {}
        stations = stations_of(connection)
        n = int(connection.exec_driver_sql("SELECT coalesce(max(n), 0) FROM journal").scalar_one())
        links: list[tuple[int, Link]] = []
        voids: list[Void] = []
        for item in step.items:
            chain = _chain_of(item)
            if chain not in tips:
                tips[chain] = _tip(connection, chain)
            seq, tip, _ = tips[chain]
            if _seq_of(item) != seq + 1 or item.prev != tip:
                continue
            if isinstance(item, Void):
                voids.append(item)
            else:
                n += 1
                links.append((n, item))
            tips[chain] = (seq + 1, item.hash, n)
        applied = entries.enter(connection, self._applier, links, stations)
        entries.put_voids(connection, voids)
        entries.put_tips(connection, ((*chain, *tip) for chain, tip in tips.items() if tip[0]))
        runs = [
            (one.scope, one.replica, one.first, one.last, one.tail, one.signature, sum(map(len, one.bodies)))
            for one in step.segments
        ]
        if runs:
            connection.exec_driver_sql(PUT_SEGMENT, runs)
        if roster.REPLICAS in applied.by_table or roster.DEVICES in applied.by_table:
            learn_replicas(connection, now_us)
        return Changes(applied.by_table, OPERATION)


def learn_replicas(connection: Connection, now_us: int) -> None:
    """Take the keys of replicas that the server wrote down since."""
    found = connection.exec_driver_sql(_LEARN).fetchall()
    if found:
        connection.exec_driver_sql(
            "INSERT INTO replica (replica, station, public_key, is_own, created_at) VALUES (?, ?, ?, 0, ?)",
            [(replica, name, key, now_us) for replica, name, key in found],
        )


def tips_of(connection: Connection) -> dict[Chain, Tip]:
    """Return how far every chain is applied here."""
    rows = connection.exec_driver_sql("SELECT scope, replica, seq, hash FROM chain").fetchall()
    return {(scope, replica): (seq, digest) for scope, replica, seq, digest in rows}


def keys_of(connection: Connection) -> dict[int, bytes]:
    """Return the public key under which each known replica signs."""
    rows = connection.exec_driver_sql("SELECT replica, public_key FROM replica").fetchall()
    return dict(rows)


def know_servers(connection: Connection, replicas: Iterable[int], key: bytes, now_us: int) -> None:
    """Take the municipal server for the author of chains: whoever has the municipal key said that it is."""
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO replica (replica, station, public_key, is_own, created_at) VALUES (?, ?, ?, 0, ?)",
        [(replica, SERVER_STATION, key, now_us) for replica in replicas],
    )


class _Refused(Exception):
    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def _place_of(item: Link | Void) -> Place:
    if isinstance(item, Void):
        return Place(item.replica, item.seq, ())
    change_set = item.change_set
    return Place(change_set.replica, change_set.seq, change_set.deps)


def _chain_of(item: Link | Void) -> Chain:
    return (
        (item.scope, item.replica)
        if isinstance(item, Void)
        else (item.change_set.scope, item.change_set.replica)
    )


def _seq_of(item: Link | Void) -> int:
    return item.seq if isinstance(item, Void) else item.change_set.seq


def _tip(connection: Connection, chain: Chain) -> tuple[int, bytes, int]:
    row = connection.exec_driver_sql(
        "SELECT seq, hash, n FROM chain WHERE scope = ? AND replica = ?", chain
    ).first()
    return (0, GENESIS, 0) if row is None else (row.seq, row.hash, row.n)


def stations_of(connection: Connection) -> dict[int, str]:
    """Return the name of the station that writes under each replica."""
    rows = connection.exec_driver_sql("SELECT replica, station FROM replica").fetchall()
    return dict(rows)
