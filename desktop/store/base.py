"""Where the journal of this file goes on after a snapshot, and what the records were in it (`snapshot`, `history`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from wire.changes import GENESIS
from wire.merge import RecordState
from wire.snapshots import SignedManifest

unpack_state: Final = msgspec.msgpack.Decoder(RecordState).decode
Chain = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Base:
    """How far the snapshot goes in a chain, and how much of that the journal tells."""

    seq: int
    hash: bytes
    told: int = 0
    told_hash: bytes = GENESIS

    @property
    def is_told(self) -> bool:
        """Tell whether the journal has all of it."""
        return self.told >= self.seq


@dataclass(frozen=True, slots=True)
class Begun:
    """A scope that began with a snapshot. `chunk` comes next, `taken` records of it are here already."""

    given: SignedManifest
    chunk: int
    taken: int
    epoch: int
    cursor: int


def begun(connection: Connection) -> dict[str, Begun]:
    """Return the scopes that began with a snapshot and whose journal does not tell all of it yet."""
    rows = connection.exec_driver_sql("SELECT scope, manifest, chunk, taken, epoch, cursor FROM snapshot")
    return {
        scope: Begun(msgspec.msgpack.decode(manifest, type=SignedManifest), *rest)
        for scope, manifest, *rest in rows
    }


def bases(connection: Connection, scope: str) -> dict[int, Base]:
    """Return, by replica, where the chains of a scope go on after its snapshot."""
    rows = connection.exec_driver_sql(
        "SELECT replica, seq, hash, told, told_hash FROM base WHERE scope = ?", (scope,)
    )
    return {replica: Base(*rest) for replica, *rest in rows}


def all_bases(connection: Any) -> dict[Chain, Base]:
    """Return where all chains go on after snapshots; `connection` is a DB-API one."""
    rows = connection.execute("SELECT scope, replica, seq, hash, told, told_hash FROM base").fetchall()
    return {(scope, replica): Base(*rest) for scope, replica, *rest in rows}


def ends(connection: Connection) -> dict[Chain, int]:
    """Return, by chain, the last change-set that a snapshot holds here."""
    rows = connection.exec_driver_sql("SELECT scope, replica, seq FROM base")
    return {(scope, replica): seq for scope, replica, seq in rows}


def untold(connection: Connection) -> int:
    """Return how many change-sets of the time before snapshots the journal does not tell yet."""
    return int(connection.exec_driver_sql("SELECT coalesce(sum(seq - told), 0) FROM base").scalar_one())


def is_beginning_untold(connection: Connection, table: str, pk: bytes) -> bool:
    """Tell whether a record was in a snapshot whose history the journal does not tell whole."""
    look = 'SELECT EXISTS (SELECT 1 FROM base_state WHERE "table" = ? AND record_id = ?)'
    return bool(connection.exec_driver_sql(look, (table, pk)).scalar_one())


def asked(connection: Connection, scope: str, epoch: int, cursor: int) -> None:
    """Write down how far the server was asked for what came before a snapshot, in its own count."""
    connection.exec_driver_sql(
        "UPDATE snapshot SET epoch = ?, cursor = ? WHERE scope = ?", (epoch, cursor, scope)
    )


def states(
    connection: Connection, records: Iterable[tuple[str, bytes]]
) -> dict[str, dict[bytes, RecordState]]:
    """Return what some records were in a snapshot, by table; nothing of those that came after it."""
    found: dict[str, dict[bytes, RecordState]] = {}
    if connection.exec_driver_sql("SELECT 1 FROM snapshot LIMIT 1").first() is None:
        return found
    look = 'SELECT state FROM base_state WHERE "table" = ? AND record_id = ?'
    for table, pk in records:
        state = connection.exec_driver_sql(look, (table, pk)).scalar()
        if state is not None:
            found.setdefault(table, {})[pk] = unpack_state(state)
    return found
