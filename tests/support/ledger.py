"""What a server has on its disk, read beside it and checked from the bytes up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from server.chains import SERVER_DEVICE, unpack_bodies
from server.engine import Database, Transaction
from server.records import unpack_state
from server.tables import RECORD, REPLICA, REPLICA_HEAD, SCOPE_HEAD, SEGMENT, VOID
from wire.changes import GENESIS, ChangeSet, chain_hash, decode
from wire.digest import EMPTY, moved, weight_of

Chain = tuple[str, int]


@dataclass
class Ledger:
    """The log and the heads of the only municipality of a database."""

    database: Database

    def held(self) -> dict[Chain, tuple[int, bytes]]:
        """Return how far every chain is held, with its last hash."""
        with self.database.reading() as tx:
            return _held(tx)

    def heads(self) -> dict[str, tuple[int, bytes]]:
        """Return, by scope, how many change-sets were taken, and the digest."""
        with self.database.reading() as tx:
            return _heads(tx)

    def change_sets(self) -> Iterator[ChangeSet]:
        """Yield what counts, in the order in which it was taken."""
        with self.database.reading() as tx:
            rows = tx.connection.execute(select(SEGMENT).order_by(SEGMENT.c.scope, SEGMENT.c.n_first)).all()
        for row in rows:
            yield from (decode(body) for body in unpack_bodies(row.bodies) if body)

    def denied(self) -> set[tuple[str, int, int]]:
        """Return the places (scope, replica, seq) of what was denied."""
        with self.database.reading() as tx:
            return {(row.scope, row.replica, row.seq) for row in tx.connection.execute(select(VOID))}

    def own_replicas(self) -> set[int]:
        """Return the server's own ids, one for each epoch."""
        with self.database.reading() as tx:
            return set(
                tx.connection.scalars(select(REPLICA.c.replica).where(REPLICA.c.device == SERVER_DEVICE))
            )

    def check(self) -> None:
        """See that nothing is there twice or missing, that the hashes lead to the heads, and the digests add up."""
        with self.database.reading() as tx:
            pieces = tx.connection.execute(select(SEGMENT).order_by(SEGMENT.c.scope, SEGMENT.c.n_first)).all()
            records = tx.connection.execute(select(RECORD)).all()
            voids = tx.connection.execute(select(VOID)).all()
            held, heads = _held(tx), _heads(tx)
        denied = {(row.scope, row.replica, row.seq): bytes(row.hash) for row in voids}
        tips: dict[Chain, tuple[int, bytes]] = {}
        taken: dict[str, int] = dict.fromkeys(heads, 0)
        for row in pieces:
            chain = (row.scope, row.replica)
            seq, tip = tips.get(chain, (0, GENESIS))
            assert (row.start, bytes(row.prev)) == (seq + 1, tip), "a piece continues what is held"
            assert row.n_first == taken[row.scope] + 1, "the count of a scope has no gap"
            for body in unpack_bodies(row.bodies):
                seq += 1
                tip = chain_hash(tip, body) if body else denied[*chain, seq]
            assert (seq, tip) == (row.last, bytes(row.tail))
            tips[chain] = seq, tip
            taken[row.scope] = row.n_last
            assert row.n_last - row.n_first == row.last - row.start
        assert tips == {chain: head for chain, head in held.items() if head[0]}
        digests = dict.fromkeys(heads, EMPTY)
        for row in records:
            weight = weight_of(row.tbl, bytes(row.pk), unpack_state(bytes(row.state)).heads)
            digests[row.scope] = moved(digests[row.scope], weight)
        assert heads == {scope: (taken[scope], digests[scope]) for scope in heads}


def _held(tx: Transaction) -> dict[Chain, tuple[int, bytes]]:
    found = tx.connection.execute(select(REPLICA_HEAD)).all()
    return {(row.scope, row.replica): (row.seq, bytes(row.hash)) for row in found}


def _heads(tx: Transaction) -> dict[str, tuple[int, bytes]]:
    found = tx.connection.execute(select(SCOPE_HEAD)).all()
    return {row.scope: (row.n, bytes(row.digest)) for row in found}


@contextmanager
def ledger_of(where: Path | str) -> Iterator[Ledger]:
    """Open the database of a server that may be running."""
    database = Database.open(where, pool=1)
    try:
        yield Ledger(database)
    finally:
        database.close()
