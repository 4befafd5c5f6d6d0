"""Bringing a backup back into an empty place: all of it in one transaction, which a new epoch ends, or nothing."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from server import tenants
from server.backup import TABLES, Examined, as_values, known_table
from server.backup_file import BackupError, BackupReader, Fault
from server.engine import Database, Transaction


class Restored(NamedTuple):
    """A municipality that was brought back, as it was at `made_ms` (milliseconds UTC)."""

    tenant: str
    name: str
    made_ms: int
    rows: int
    epoch: int


def restore(database: Database, path: Path, passphrase: str, examined: Examined) -> Restored:
    """Bring a backup that was examined back into a database that holds nothing.

    Raises:
        BackupError: somebody is there already, or the file is another one now.
        DatabaseAway: the database is gone; nothing was brought back.
    """
    try:
        with path.open("rb") as file, database.writing() as tx:
            _check_empty(tx)
            reader = BackupReader(file, passphrase)
            if reader.head != examined.head:
                raise BackupError(Fault.DAMAGED)
            if _fill(tx, reader) != Counter(examined.counts):
                raise BackupError(Fault.DAMAGED)
            epoch = tenants.begin_epoch_in(tx, examined.authority)
    except IntegrityError as error:
        raise BackupError(Fault.OCCUPIED) from error
    except OSError as error:
        raise BackupError(Fault.DISK) from error
    rows = sum(examined.counts.values())
    return Restored(examined.head.tenant, examined.authority.name, examined.head.made_ms, rows, epoch)


def _check_empty(tx: Transaction) -> None:
    if tx.is_postgresql:
        # Two that restore at once: the second waits here and then finds somebody.
        tx.connection.execute(text("LOCK TABLE tenant IN EXCLUSIVE MODE"))
    for table in TABLES:
        if tx.connection.execute(select(table.c.tenant).limit(1)).first() is not None:
            raise BackupError(Fault.OCCUPIED)


def _fill(tx: Transaction, reader: BackupReader) -> Counter[str]:
    """Write the rows of a backup; return how many of each table."""
    counts: Counter[str] = Counter()
    for frame in reader.frames():
        table = known_table(frame, reader.head.tenant)
        tx.connection.execute(insert(table), as_values(frame))
        counts[table.name] += len(frame.rows)
    return counts
