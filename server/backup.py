"""A backup of one municipality while its server works: one state of the database, sealed, read back, then named."""

import os
import secrets
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from sqlalchemy import Table, func, select, text

from server import schema
from server.authority import Authority
from server.backup_file import (
    FRAME_BYTES,
    BackupError,
    BackupReader,
    BackupWriter,
    Fault,
    Head,
    Rows,
    read_head,
)
from server.engine import Database, Transaction
from server.sealing import Cost, SealError
from server.tables import BACKUP, ENROLMENT_CODE, METADATA, SNAPSHOT, TENANT

_LEFT_OUT: Final = frozenset({BACKUP, ENROLMENT_CODE, SNAPSHOT})
"""A code that was used after the backup was made must not be good once more; snapshots are made again."""
TABLES: Final = tuple(table for table in METADATA.sorted_tables if table not in _LEFT_OUT)
_BY_NAME: Final = {table.name: table for table in TABLES}
_ROWS_AT_ONCE: Final = 16
"""One row may be 8 MiB."""
_NOTE: Final = text(
    "INSERT INTO backup (tenant, made_ms, size) VALUES (:tenant, :made_ms, :size) ON CONFLICT DO NOTHING"
)


class Made(NamedTuple):
    """A backup that was made: when (milliseconds UTC), of how many bytes and rows."""

    made_ms: int
    size: int
    rows: int


class Examined(NamedTuple):
    """A backup that was found whole."""

    head: Head
    authority: Authority
    counts: dict[str, int]


def back_up(
    database: Database, authority: Authority, passphrase: str, path: Path, cost: Cost | None = None
) -> Made:
    """Write a backup of the municipality to a file that is not there yet.

    Raises:
        BackupError: the file is there, the disk is full or not to be written, or what was read back is not whole.
        DatabaseAway: the database is gone.
    """
    if path.exists():
        raise BackupError(Fault.EXISTS)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(part, "xb", opener=_private) as file:
            made_ms, rows = _write(database, authority, passphrase, file, cost or Cost())
            file.flush()
            os.fsync(file.fileno())
        examine(part, passphrase)
        size = part.stat().st_size
        part.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        raise BackupError(Fault.DISK) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    with database.writing() as tx:
        tx.connection.execute(_NOTE, {"tenant": authority.tenant, "made_ms": made_ms, "size": size})
    return Made(made_ms, size, rows)


def last_made_ms(tx: Transaction, tenant: str) -> int | None:
    """Return when the last backup was made, None when there is none."""
    made_ms = tx.connection.scalar(select(func.max(BACKUP.c.made_ms)).where(BACKUP.c.tenant == tenant))
    return None if made_ms is None else int(made_ms)


def examine(path: Path, passphrase: str) -> Examined:
    """Read a whole backup and see that nothing in it is missing or changed, and that its keys open.

    Raises:
        BackupError: it is not whole, is none of ours, or the passphrase is not the one.
    """
    try:
        with path.open("rb") as file:
            reader = BackupReader(file, passphrase)
            if reader.head.schema != schema.HEAD:
                raise BackupError(Fault.VERSION)
            return _examined(reader, passphrase)
    except OSError as error:
        raise BackupError(Fault.DISK) from error


def tenant_of(path: Path) -> str:
    """Return the short name of the municipality that a backup says it is of.

    Raises:
        BackupError: it is no backup, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            return read_head(file).tenant
    except OSError as error:
        raise BackupError(Fault.DISK) from error


def known_table(frame: Rows, tenant: str) -> Table:
    """Return the table of a frame whose rows have their form and are this municipality's.

    Raises:
        BackupError: they do not.
    """
    table = _BY_NAME.get(frame.table)
    if table is None or frame.columns != list(table.columns.keys()):
        raise BackupError(Fault.DAMAGED)
    place = frame.columns.index("tenant")
    if any(len(row) != len(frame.columns) or row[place] != tenant for row in frame.rows):
        raise BackupError(Fault.DAMAGED)
    return table


def as_values(frame: Rows) -> list[dict[str, Any]]:
    """Return the rows of a frame by the names of their columns."""
    return [dict(zip(frame.columns, row, strict=True)) for row in frame.rows]


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _flush_folder(folder: Path) -> None:
    """See that a new name is on the disk; Windows has no such call and does it by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(
    database: Database, authority: Authority, passphrase: str, file: BinaryIO, cost: Cost
) -> tuple[int, int]:
    """Write one state of the database, a few rows at a time; return when it was taken and its rows."""
    counts: dict[str, int] = {}
    with database.reading() as tx:
        writer = BackupWriter(file, authority.tenant, schema.HEAD, tx.now_ms, passphrase, cost)
        for table in TABLES:
            counts[str(table.name)] = _write_table(tx, writer, table, authority.tenant)
        writer.end(counts)
        return tx.now_ms, sum(counts.values())


def _write_table(tx: Transaction, writer: BackupWriter, table: Table, tenant: str) -> int:
    name, columns = str(table.name), [str(column) for column in table.columns.keys()]  # noqa: SIM118 - not a dict
    rows: list[list[Any]] = []
    size = count = 0
    mine = select(table).where(table.c.tenant == tenant)
    for row in tx.connection.execute(mine, execution_options={"yield_per": _ROWS_AT_ONCE}):
        rows.append(list(row))
        size += sum(len(value) for value in row if isinstance(value, bytes | str))
        count += 1
        if size >= FRAME_BYTES or len(rows) >= FRAME_BYTES // 256:
            writer.rows(name, columns, rows)
            rows, size = [], 0
    if rows:
        writer.rows(name, columns, rows)
    return count


def _examined(reader: BackupReader, passphrase: str) -> Examined:
    counts: Counter[str] = Counter()
    sealed = b""
    for frame in reader.frames():
        table = known_table(frame, reader.head.tenant)
        counts[table.name] += len(frame.rows)
        if table is TENANT:
            sealed = b"".join(bytes(values["sealed"]) for values in as_values(frame))
    if counts != Counter(reader.counts):
        raise BackupError(Fault.DAMAGED)
    try:
        return Examined(reader.head, Authority.load(reader.head.tenant, sealed, passphrase), reader.counts)
    except SealError as error:
        raise BackupError(Fault.DAMAGED) from error
