"""Records of one scope inside one transaction: read together, merged in memory, written together.

The caller holds the scope's lock, so what was read stays true until the commit.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, msgpack
from sqlalchemy import text

from server.engine import Transaction
from wire.changes import Op
from wire.digest import weight_of
from wire.heads import Stamp
from wire.merge import RecordState, merge
from wire.snapshots import Kept

Key = tuple[str, bytes]
"""(register, id of the record)."""

_AT_ONCE = 500
_FEW = 100
"""From here on a COPY costs less than a statement."""
_packer = msgpack.Encoder(order="deterministic")
_unpacker = msgpack.Decoder(RecordState)

# Never a join with a list of keys: before PostgreSQL has counted a table that grew fast it takes it for empty, and
# would read all of a scope to join it. A push then costs more with every record.
_FIND_POSTGRESQL = (
    "SELECT pk, state FROM record WHERE tenant = %b AND scope = %b AND tbl = %b AND pk = ANY (%b::bytea[])"
)
_ADD_FEW_POSTGRESQL = (
    "INSERT INTO record (tenant, scope, tbl, pk, state, n) SELECT %b, %b, k.tbl, k.pk, k.state, %b "
    "FROM unnest(%b::text[], %b::bytea[], %b::bytea[]) AS k(tbl, pk, state)"
)
_ADD_POSTGRESQL = "COPY record (tenant, scope, tbl, pk, state, n) FROM STDIN (FORMAT BINARY)"
_CHANGE_POSTGRESQL = (
    f"{_ADD_FEW_POSTGRESQL} "
    "ON CONFLICT (tenant, scope, tbl, pk) DO UPDATE SET state = excluded.state, n = excluded.n"
)
_ADD_SQLITE = "INSERT INTO record (tenant, scope, tbl, pk, state, n) VALUES (?, ?, ?, ?, ?, ?)"
_CHANGE_SQLITE = "UPDATE record SET state = ?, n = ? WHERE tenant = ? AND scope = ? AND tbl = ? AND pk = ?"


_ALL_OF = text("SELECT pk FROM record WHERE tenant = :tenant AND scope = :scope AND tbl = :tbl")
_TABLES = text("SELECT DISTINCT tbl FROM record WHERE tenant = :tenant AND scope = :scope")
_EVERY = text(
    "SELECT pk, state FROM record WHERE tenant = :tenant AND scope = :scope AND tbl = :tbl AND pk > :after "
    "ORDER BY pk LIMIT 2000"
)


def pack_state(state: RecordState) -> bytes:
    """Return the deterministic bytes of a record."""
    return _packer.encode(state)


def unpack_state(data: bytes) -> RecordState:
    """Return the record of its bytes."""
    return _unpacker.decode(data)


def every(tx: Transaction, tenant: str, scope: str, first: Sequence[str]) -> Iterator[Kept]:
    """Yield all records of a scope as they are stored, in the order of their ids; those of `first` registers first."""
    place = {"tenant": tenant, "scope": scope}
    tables = sorted(tx.connection.scalars(_TABLES, place), key=lambda name: (name not in first, name))
    for table in tables:
        after = b""
        while rows := tx.connection.execute(_EVERY, {**place, "tbl": table, "after": after}).all():
            for row in rows:
                yield Kept(table, bytes(row.pk), bytes(row.state))
            after = bytes(rows[-1].pk)


class _Entry(Struct, gc=False):
    """A record that was looked for. `weight` is what it adds to the stored digest."""

    state: RecordState | None = None
    is_stored: bool = False
    is_changed: bool = False
    weight: int = 0
    size: int = 0


class Records:
    """The records of a scope, as far as this transaction asked for them."""

    def __init__(self, tx: Transaction, tenant: str, scope: str) -> None:
        self._tx, self._tenant, self._scope = tx, tenant, scope
        self._entries: dict[Key, _Entry] = {}

    def load(self, keys: Iterable[Key]) -> None:
        """Read records that were not read yet, all at once."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._entries]
        if not missing:
            return
        for key in missing:
            self._entries[key] = _Entry()
        for table, pk, data in self._find(missing):
            self._entries[table, pk] = _Entry(unpack_state(data), is_stored=True, size=len(data))

    def get(self, key: Key) -> RecordState | None:
        """Return a record that was loaded, as it stands now; None when nobody made it."""
        return self._entries[key].state

    def all_of(self, table: str) -> Iterator[RecordState]:
        """Return every record of a register."""
        place = {"tenant": self._tenant, "scope": self._scope, "tbl": table}
        found = self._tx.connection.execute(_ALL_OF, place)
        self.load([(table, bytes(pk)) for (pk,) in found])
        for (name, _), entry in self._entries.items():
            if name == table and entry.state is not None:
                yield entry.state

    def apply(self, op: Op, stamp: Stamp, actor: bytes, size: int) -> bool:
        """Merge a write into its record, which was loaded; tell whether it made the record."""
        entry = self._entries[op.table, op.pk]
        was_made = entry.state is not None
        if entry.state is not None and entry.is_stored and not entry.is_changed:
            entry.weight = weight_of(op.table, op.pk, entry.state.heads)
        entry.state = merge(entry.state, op, stamp, actor)
        entry.is_changed = True
        entry.size += size
        return not was_made

    def would_exceed(self, key: Key, size: int, most: int) -> bool:
        """Tell whether a record would hold more than `most` bytes after a write of `size`."""
        entry = self._entries[key]
        if entry.size + size > most and entry.state is not None:
            entry.size = len(pack_state(entry.state))
        return entry.size + size > most

    def flush(self, n: int) -> int:
        """Write what changed; return by how much the digest of the scope moves."""
        difference = 0
        added: list[tuple[str, bytes, bytes]] = []
        changed: list[tuple[str, bytes, bytes]] = []
        for (table, pk), entry in self._entries.items():
            if not entry.is_changed or entry.state is None:
                continue
            weight = weight_of(table, pk, entry.state.heads)
            difference += weight - entry.weight
            data = pack_state(entry.state)
            (changed if entry.is_stored else added).append((table, pk, data))
            entry.is_stored, entry.is_changed = True, False
            entry.weight, entry.size = weight, len(data)
        if self._tx.is_postgresql:
            self._write_postgresql(added, changed, n)
        else:
            self._write_sqlite(added, changed, n)
        return difference

    def _find(self, keys: list[Key]) -> Iterator[tuple[str, bytes, bytes]]:
        by_table: defaultdict[str, list[bytes]] = defaultdict(list)
        for table, pk in keys:
            by_table[table].append(pk)
        for table, pks in by_table.items():
            found = self._find_postgresql if self._tx.is_postgresql else self._find_sqlite
            for pk, state in found(table, pks):
                yield table, pk, state

    def _find_postgresql(self, table: str, pks: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
        with self._tx.driver.cursor(binary=True) as cursor:
            cursor.execute(_FIND_POSTGRESQL, (self._tenant, self._scope, table, pks))
            yield from cursor

    def _find_sqlite(self, table: str, pks: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
        for start in range(0, len(pks), _AT_ONCE):
            some = pks[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            yield from self._tx.driver.execute(
                f"SELECT pk, state FROM record WHERE tenant = ? AND scope = ? AND tbl = ? AND pk IN ({marks})",  # noqa: S608
                (self._tenant, self._scope, table, *some),
            )

    def _write_postgresql(
        self, added: list[tuple[str, bytes, bytes]], changed: list[tuple[str, bytes, bytes]], n: int
    ) -> None:
        tenant, scope = self._tenant, self._scope
        with self._tx.driver.cursor() as cursor:
            if 0 < len(added) <= _FEW:
                tables, pks, states = (list(column) for column in zip(*added, strict=True))
                cursor.execute(_ADD_FEW_POSTGRESQL, (tenant, scope, n, tables, pks, states))
            elif added:
                with cursor.copy(_ADD_POSTGRESQL) as copy:
                    copy.set_types(("varchar", "varchar", "varchar", "bytea", "bytea", "int8"))
                    for table, pk, data in added:
                        copy.write_row((tenant, scope, table, pk, data, n))
            if changed:
                tables, pks, states = (list(column) for column in zip(*changed, strict=True))
                cursor.execute(_CHANGE_POSTGRESQL, (tenant, scope, n, tables, pks, states))

    def _write_sqlite(
        self, added: list[tuple[str, bytes, bytes]], changed: list[tuple[str, bytes, bytes]], n: int
    ) -> None:
        tenant, scope, driver = self._tenant, self._scope, self._tx.driver
        if added:
            driver.executemany(_ADD_SQLITE, [(tenant, scope, *row, n) for row in added])
        if changed:
            driver.executemany(
                _CHANGE_SQLITE, [(data, n, tenant, scope, table, pk) for table, pk, data in changed]
            )
