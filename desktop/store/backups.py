"""A consistent copy of the file while the program writes, its reading back, and its place in an empty profile.

The copy is made page by page under one read transaction: it is the file of one instant, encrypted with the same
key, with no plain text on the way. In a copy no replica is its own, so whoever opens it as a station writes under a
new replica id: two files that go on from one point never give one dot to two writes (sync.md §1.1 rule 12).
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlcipher3.dbapi2 as sqlcipher

from desktop.core.errors import Unavailable, UserError
from desktop.core.i18n import N_, tr
from desktop.register.spec import Register
from desktop.store.engine import connect, is_out_of_room, telling_of_the_disk
from desktop.store.models import record_models
from desktop.store.report import VerifyReport
from desktop.store.store import StoreKeys
from desktop.store.verify import verify
from desktop.store.witness import renewed, witness_path, write_witness

Progress = Callable[[int, int], None]
"""Called with (pages done, all pages); it may raise `Cancelled`."""

_PAGES: Final = 2_000
_OWN_TABLES: Final = (
    "journal",
    "journal_touch",
    "segment",
    "replica",
    "set_aside",
    "code_counter",
    "setting",
    "draft",
    "search_doc",
)


@dataclass(frozen=True, slots=True)
class Copied:
    """What was in the file at the instant of the copy."""

    counts: Mapping[str, int]
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What reading a copy back showed."""

    report: VerifyReport
    different: Mapping[str, tuple[int, int]]
    """Tables with other counts than when the copy was made: (then, in the copy)."""

    @property
    def is_good(self) -> bool:
        """Tell whether the copy is what was copied."""
        return self.report.is_sound and not self.different


def copy_database(
    source: Path, target: Path, keys: StoreKeys, progress: Progress = lambda _done, _all: None
) -> Copied:
    """Write the file as it is now to `target`, and its witness beside it; the program goes on writing meanwhile.

    Raises:
        Unavailable: there is no room, or the source does not open or is damaged; nothing is left at `target`.
        Cancelled: `progress` raised it; nothing is left at `target`.
    """
    if target.exists():
        raise FileExistsError(target)
    try:
        reading = connect(source, keys.database, read_only=True)
        try:
            # The transaction fixes one state for the counts and for every page.
            reading.execute("BEGIN")
            counts = table_counts(reading)
            _copy_pages(reading, target, keys, progress)
        finally:
            reading.close()
        _disown(target, keys)
    except BaseException as error:
        discard(target)
        if isinstance(error, OSError) or (isinstance(error, sqlcipher.Error) and is_out_of_room(error)):
            raise Unavailable(
                tr(
                    N_(
                        "No se pudo escribir el respaldo: no queda espacio o la unidad no está. La base de datos sigue "
                        "intacta; libere espacio o elija otra unidad y vuelva a intentarlo."
                    )
                )
            ) from error
        with telling_of_the_disk():
            raise
    return Copied(counts, target.stat().st_size)


def read_back(
    copy: Path,
    keys: StoreKeys,
    copied: Copied | None = None,
    registers: Iterable[Register] = (),
    *,
    deep: bool = True,
    progress: Progress = lambda _done, _all: None,
) -> ReadBack:
    """Open a copy and compare it with what was copied: counts, chain and, when `deep`, every record.

    Raises:
        Unavailable: the copy does not open with this key.
        Cancelled: `progress` raised it.
    """

    def walked(part: str, done: int, whole: int) -> bool:
        # With the records to follow, the chain is the first half of the way.
        place = {"chain": 0, "rows": whole, "search": whole}[part] if deep else 0
        progress(place + done, whole * 2 if deep else whole)
        return True

    counts = counts_of(copy, keys)
    before = counts if copied is None else copied.counts
    different = {
        table: (before.get(table, 0), counts.get(table, 0))
        for table in sorted(before.keys() | counts.keys())
        if before.get(table, 0) != counts.get(table, 0)
    }
    report = verify(copy, keys, registers, walked, deep=deep, needs_witness=witness_path(copy).exists())
    return ReadBack(report, different)


def is_continued(copy: Path, database: Path, keys: StoreKeys) -> bool:
    """Tell whether a station's file goes on from a copy: the last entry of each of its chains is there, unchanged.

    Raises:
        Unavailable: one of the two does not open with these keys, or is damaged.
    """
    with telling_of_the_disk(), closing(connect(copy, keys.database, read_only=True)) as old:
        # SQLite takes the bare column from the row that has the greatest `seq`.
        tails = old.execute(
            "SELECT scope, replica, max(seq), hash FROM journal GROUP BY scope, replica"
        ).fetchall()
    with telling_of_the_disk(), closing(connect(database, keys.database, read_only=True)) as now:
        look = "SELECT hash FROM journal WHERE scope = ? AND replica = ? AND seq = ?"
        return all(now.execute(look, tail[:3]).fetchone() == (tail[3],) for tail in tails)


def counts_of(database: Path, keys: StoreKeys) -> dict[str, int]:
    """Return the rows of every table of a file.

    Raises:
        Unavailable: it does not open with these keys, or is damaged.
    """
    connection = connect(database, keys.database, read_only=True)
    try:
        with telling_of_the_disk():
            return table_counts(connection)
    finally:
        connection.close()


def texts_of(database: Path, keys: StoreKeys) -> dict[str, str]:
    """Return what the station of a file remembers, by key.

    Raises:
        Unavailable: it does not open with these keys, or is damaged.
    """
    connection = connect(database, keys.database, read_only=True)
    try:
        with telling_of_the_disk():
            return dict(connection.execute("SELECT key, value FROM setting WHERE owner = ''").fetchall())
    finally:
        connection.close()


def put_in_place(copy: Path, database: Path) -> None:
    """Move a copy, and its witness when it has one, to where an empty profile keeps its file.

    Raises:
        UserError: there is a file already; nothing was changed.
    """
    if database.exists():
        raise UserError(
            tr(
                N_(
                    "Este perfil ya tiene una base de datos. Restaure en un perfil vacío o guarde antes la actual en "
                    "otra carpeta."
                )
            )
        )
    database.parent.mkdir(parents=True, exist_ok=True)
    if witness_path(copy).exists():
        witness_path(copy).replace(witness_path(database))
    copy.replace(database)


def table_counts(connection: Any) -> dict[str, int]:
    """Return the rows of every table; a table that this file does not have yet counts 0."""
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    names = [*_OWN_TABLES, *(model.__tablename__ for model in record_models())]
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] if name in there else 0  # noqa: S608
        for name in names
    }


def discard(target: Path) -> None:
    """Remove a copy and whatever lies beside it under its name."""
    for suffix in ("", "-wal", "-shm", "-journal", ".witness", ".witness.part"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)


def _copy_pages(reading: Any, target: Path, keys: StoreKeys, progress: Progress) -> None:
    writing = sqlcipher.connect(str(target), isolation_level=None)
    try:
        writing.execute(f"PRAGMA key = \"x'{keys.database.hex()}'\"")
        reading.backup(
            writing, pages=_PAGES, progress=lambda _status, left, whole: progress(whole - left, whole)
        )
    finally:
        writing.close()


def _disown(target: Path, keys: StoreKeys) -> None:
    """Take the copy's right to write on as this station, leave it as one file, and bear witness to its tails."""
    connection = connect(target, keys.database)
    try:
        connection.execute("UPDATE replica SET is_own = 0")
        connection.execute("PRAGMA journal_mode = DELETE")
        write_witness(witness_path(target), renewed(connection, None), keys.signing)
    finally:
        connection.close()
