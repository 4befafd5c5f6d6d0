"""Connections to the encrypted file.

Durability: WAL with `synchronous=FULL`. A commit returns after its WAL frames are on the disk, so neither kill -9
nor a power cut loses a line that an operator saw accepted; the price is one fsync per write, some milliseconds
at human rate (sync.md §1.1 rule 12). Deferred foreign keys let a unit of work be written in any order.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from desktop.core.errors import Unavailable
from desktop.core.i18n import N_, tr

BUSY_TIMEOUT_MS = 10_000
_KEY_BYTES = 32

_NO_ROOM = re.compile(r"disk is full", re.IGNORECASE)
_FULL = re.compile(r"database or disk is full|disk I/O error|unable to open database file", re.IGNORECASE)
_DAMAGED = re.compile(
    r"disk image is malformed|file is not a database|malformed database schema|vtable constructor failed",
    re.IGNORECASE,
)
_READ_ONLY = re.compile(r"readonly database", re.IGNORECASE)
_BUSY = re.compile(r"database (table )?is locked", re.IGNORECASE)


def connect(path: Path, key: bytes, *, read_only: bool = False, cache_kib: int = 16_384) -> Any:
    """Open a DB-API connection with the raw 32-byte `key`; autocommit, the caller begins transactions.

    Raises:
        ValueError: the key has not 32 bytes.
        Unavailable: the file cannot be opened with this key, or it was to be read and is not there.
    """
    if len(key) != _KEY_BYTES:
        raise ValueError("a database key has 32 bytes")
    if read_only and not is_there(path):
        raise missing(path)
    try:
        connection = sqlcipher.connect(
            str(path), check_same_thread=False, isolation_level=None, cached_statements=512
        )
    except sqlcipher.DatabaseError as error:
        raise not_writable(path) from error
    try:
        # The cipher's own lines on the console tell nothing that the error does not.
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA cipher_memory_security = OFF")
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA wal_autocheckpoint = 8000")
    except sqlcipher.DatabaseError as error:
        connection.close()
        if _NO_ROOM.search(str(error)):
            raise no_room() from error
        if _READ_ONLY.search(str(error)) or _FULL.search(str(error)):
            raise not_writable(path) from error
        if _BUSY.search(str(error)):
            raise _busy() from error
        raise Unavailable(
            tr(
                N_(
                    "No se pudo abrir la base de datos de esta estación: la llave no corresponde o el archivo está "
                    "dañado. No borre nada: restaure el último respaldo en una carpeta vacía."
                )
            )
        ) from error
    return connection


def make_engine(path: Path, key: bytes, *, read_only: bool = False, size: int = 1) -> Engine:
    """Return an engine whose `size` connections stay open; writers begin with an immediate lock."""
    engine = create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=lambda: connect(path, key, read_only=read_only),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        query_cache_size=1200,
    )
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def is_out_of_room(error: BaseException) -> bool:
    """Tell whether a database error means that the disk is full or gone rather than a fault of ours."""
    return bool(_FULL.search(str(error)))


def is_there(path: Path) -> bool:
    """Tell whether a database lies here; SQLite takes an empty file, and none, for a new one."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError as error:
        raise not_writable(path) from error


@contextmanager
def telling_of_the_disk() -> Iterator[None]:
    """Turn what the disk did to the file into words; every other error rises as it is.

    Raises:
        Unavailable: the disk is full, away or read-only, the file is damaged or held; the transaction wrote nothing.
    """
    try:
        yield
    except (DBAPIError, sqlcipher.Error) as error:
        text = str(error.orig if isinstance(error, DBAPIError) else error)
        if _FULL.search(text):
            raise no_room() from error
        if _DAMAGED.search(text):
            raise _damaged() from error
        if _READ_ONLY.search(text):
            raise not_writable() from error
        if _BUSY.search(text):
            raise _busy() from error
        raise


def no_room() -> Unavailable:
    """Return the error that says that the disk is full."""
    return Unavailable(
        tr(
            N_(
                "No queda espacio en el disco de esta estación. Lo escrito sigue en pantalla y nada quedó a medias: "
                "libere espacio y se guardará."
            )
        )
    )


def missing(path: Path) -> Unavailable:
    """Return the error that says that a station's database is gone."""
    return Unavailable(
        tr(
            N_(
                "Falta la base de datos de esta estación ({path}). Si la carpeta está en otra unidad, conéctela; si "
                "no, restaure el último respaldo en una carpeta vacía."
            ),
            path=path,
        )
    )


def _damaged() -> Unavailable:
    return Unavailable(
        tr(
            N_(
                "El archivo de datos de esta estación está dañado y una parte no se puede leer. No borre nada: avise "
                "a soporte, cierre Atalaya y restaure el último respaldo en una carpeta vacía."
            )
        )
    )


def not_writable(path: Path | None = None) -> Unavailable:
    """Return the error that says that a file or folder of the station cannot be used."""
    if path is None:
        return Unavailable(
            tr(
                N_(
                    "No se puede escribir en los datos de esta estación. Revise que la unidad esté conectada y que "
                    "su usuario tenga permiso."
                )
            )
        )
    return Unavailable(
        tr(
            N_(
                "No se puede usar {path}. Revise que la unidad esté conectada y tenga espacio, y que su usuario "
                "tenga permiso para leer y escribir en esa carpeta."
            ),
            path=path,
        )
    )


def _busy() -> Unavailable:
    return Unavailable(
        tr(
            N_(
                "Otro programa tiene ocupados los datos de esta estación. Cierre copias o respaldos que los estén "
                "leyendo y vuelva a intentarlo."
            )
        )
    )
