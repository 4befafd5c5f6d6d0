"""Walking the log of a scope from its first change-set: hashes, signatures, places, and what it all adds up to."""

from collections import defaultdict
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from server.authority import Authority
from server.chains import SERVER_DEVICE, unpack_bodies
from server.engine import Transaction
from server.records import unpack_state
from server.tables import DEVICE, RECORD, REPLICA, REPLICA_HEAD, SCOPE_HEAD, SEGMENT, VOID
from wire.changes import GENESIS
from wire.digest import EMPTY, moved, weight_of
from wire.messages import Void
from wire.receipts import FIRST_ROOT, follow
from wire.segments import Segment, SegmentError
from wire.voids import is_genuine, links_past

_AT_ONCE: Final = 500


class Fault(NamedTuple):
    """Something that is not as it was taken. `n` is the place in the scope from which on it is so, 0 for all of it."""

    scope: str
    kind: str
    n: int


class Walked(NamedTuple):
    """What was walked, and the faults that were found."""

    change_sets: int
    records: int
    faults: list[Fault]


def walk(tx: Transaction, authority: Authority) -> Walked:
    """Check everything that a municipality's log says against its signatures, heads and records.

    Reads all of it once, a little at a time.
    """
    keys = _keys(tx, authority)
    change_sets, records = 0, 0
    faults: list[Fault] = []
    for head in tx.connection.execute(
        select(SCOPE_HEAD).where(SCOPE_HEAD.c.tenant == authority.tenant).order_by(SCOPE_HEAD.c.scope)
    ).mappings():
        one = _Scope(tx, authority, head, keys)
        one.walk()
        change_sets += one.n
        records += one.records
        faults += one.faults
    return Walked(change_sets, records, faults)


def _keys(tx: Transaction, authority: Authority) -> dict[int, Ed25519PublicKey]:
    """Return the key that signs each chain."""
    found = tx.connection.execute(
        select(REPLICA.c.replica, REPLICA.c.device, DEVICE.c.signing_key)
        .outerjoin(DEVICE, (DEVICE.c.tenant == REPLICA.c.tenant) & (DEVICE.c.device == REPLICA.c.device))
        .where(REPLICA.c.tenant == authority.tenant)
    )
    return {
        row.replica: authority.public_key
        if row.device == SERVER_DEVICE
        else Ed25519PublicKey.from_public_bytes(row.signing_key)
        for row in found
    }


class _Scope:
    """The walk over one scope."""

    def __init__(
        self, tx: Transaction, authority: Authority, head: RowMapping, keys: dict[int, Ed25519PublicKey]
    ) -> None:
        self._tx, self._authority, self._head, self._keys = tx, authority, head, keys
        self._place = (head["tenant"], head["scope"])
        self._tips: dict[int, tuple[int, bytes]] = {}
        self._broken: set[int] = set()
        self._root = FIRST_ROOT
        self.n = 0
        self.records = 0
        self.faults: list[Fault] = []

    def walk(self) -> None:
        """Walk the log, then see that heads and records are what it leads to."""
        voids = self._voids()
        rows = self._tx.connection.execution_options(yield_per=_AT_ONCE).execute(
            select(SEGMENT)
            .where(SEGMENT.c.tenant == self._place[0], SEGMENT.c.scope == self._place[1])
            .order_by(SEGMENT.c.n_first)
        )
        for row in rows.mappings():
            if row["n_first"] != self.n + 1:
                self._fault("places", row["n_first"])
            self.n = row["n_last"]
            self._root = follow(self._root, self.n, row["replica"], row["tail"])
            if row["root"] != self._root:
                self._fault("places", row["n_first"])
                self._root = row["root"]
            if row["replica"] not in self._broken and not self._leads(row, voids[row["replica"]]):
                self._broken.add(row["replica"])
                self._fault("chain", row["n_first"])
        if (self.n, self._root) != (self._head["n"], self._head["root"]):
            self._fault("places", self.n)
        self._check_heads()
        if self._digest() != self._head["digest"]:
            self._fault("records", 0)

    def _fault(self, kind: str, n: int) -> None:
        self.faults.append(Fault(self._place[1], kind, n))

    def _leads(self, row: RowMapping, voids: dict[int, Void]) -> bool:
        """Tell whether a piece continues its chain to what its author signed."""
        replica = row["replica"]
        held, tip = self._tips.get(replica, (0, GENESIS))
        key = self._keys.get(replica)
        if key is None or row["start"] != held + 1 or row["prev"] != tip:
            return False
        try:
            bodies = unpack_bodies(row["bodies"])
            segment = Segment(
                row["scope"], replica, row["first"], row["start"], row["last"], row["tail"], row["signature"], bodies
            )  # fmt: skip
            links_past(segment, held, tip, key, voids)
        except (SegmentError, ValueError, RecursionError):
            return False
        if row["n_last"] - row["n_first"] != row["last"] - row["start"]:
            return False
        self._tips[replica] = row["last"], row["tail"]
        return True

    def _voids(self) -> defaultdict[int, dict[int, Void]]:
        """Return the genuine markers by chain and sequence."""
        found: defaultdict[int, dict[int, Void]] = defaultdict(dict)
        for row in self._tx.connection.execute(
            select(VOID).where(VOID.c.tenant == self._place[0], VOID.c.scope == self._place[1])
        ):
            void = Void(row.scope, row.replica, row.seq, row.prev, row.hash, row.signature)
            if is_genuine(void, self._authority.public_key):
                found[row.replica][row.seq] = void
        return found

    def _check_heads(self) -> None:
        found = self._tx.connection.execute(
            select(REPLICA_HEAD.c.replica, REPLICA_HEAD.c.seq, REPLICA_HEAD.c.hash).where(
                REPLICA_HEAD.c.tenant == self._place[0], REPLICA_HEAD.c.scope == self._place[1]
            )
        )
        kept = {row.replica: (row.seq, bytes(row.hash)) for row in found if row.seq}
        walked = {replica: tip for replica, tip in self._tips.items() if replica not in self._broken}
        if {replica: tip for replica, tip in kept.items() if replica not in self._broken} != walked:
            self._fault("heads", 0)

    def _digest(self) -> bytes:
        total = 0
        rows = self._tx.connection.execution_options(yield_per=_AT_ONCE).execute(
            select(RECORD.c.tbl, RECORD.c.pk, RECORD.c.state).where(
                RECORD.c.tenant == self._place[0], RECORD.c.scope == self._place[1]
            )
        )
        for table, pk, state in rows:
            self.records += 1
            total += weight_of(table, bytes(pk), unpack_state(state).heads)
        return moved(EMPTY, total)
