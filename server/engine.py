"""The database behind the server: a folder with SQLite, or PostgreSQL. Everything above speaks to both alike."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from server import schema
from server.limits import LOCK_WAIT_MS
from server.news import CHANNEL, Growth, News

FILE: Final = "server.db"
_SQLITE_BUSY_S = 30.0
_RECYCLE_S = 600
_NOTIFY = text("SELECT pg_notify(:channel, :said)")


class DatabaseAway(RuntimeError):
    """The database does not answer, or somebody holds what is needed for too long: try again later."""


class DatabaseDamaged(DatabaseAway):
    """The file is not what SQLite wrote: only a backup helps."""


def wall_ms() -> int:
    """Return the milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


class Transaction:
    """One transaction: the connection, and what is to be told when it is committed."""

    def __init__(self, connection: Connection, now_ms: int) -> None:
        self.connection = connection
        self.now_ms = now_ms
        self.growth: dict[tuple[str, str], int] = {}
        self.is_postgresql = connection.dialect.name == "postgresql"

    def grew(self, tenant: str, scope: str, n: int) -> None:
        """Tell everybody, once this is committed, that a scope has `n` change-sets."""
        self.growth[tenant, scope] = n

    @property
    def driver(self) -> Any:
        """Return the driver's own connection, for the few statements that must be fast."""
        return self.connection.connection.driver_connection


class Database:
    """An opened database. `now_ms` is the server's wall clock."""

    def __init__(self, engine: Engine, news: News, now_ms: Callable[[], int]) -> None:
        self.engine = engine
        self.news = news
        self.now_ms = now_ms
        self._writer = threading.Lock()
        self._readers = engine
        if self.is_postgresql:
            self._readers = engine.execution_options(isolation_level="REPEATABLE READ")

    @classmethod
    def open(cls, where: str | Path, now_ms: Callable[[], int] = wall_ms, *, pool: int = 8) -> "Database":
        """Open a folder, or the PostgreSQL of a DSN (`postgresql://…`), and bring its tables up to date.

        Raises:
            DatabaseAway: it cannot be reached.
            schema.NewerDatabase: a newer version of the server wrote it.
        """
        if isinstance(where, str) and where.startswith(("postgresql:", "postgres:", "postgresql+psycopg:")):
            engine, news = _postgresql(where, pool)
        else:
            engine, news = _sqlite(Path(where)), News()
        database = cls(engine, news, now_ms)
        try:
            with database._away():
                schema.upgrade(engine)
        except BaseException:
            database.close()
            raise
        return database

    @property
    def is_postgresql(self) -> bool:
        """Tell whether several processes may share this database."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Run a transaction that may write; it is on the disk when this ends without an error.

        Raises:
            DatabaseAway: the database is gone, or somebody held a lock for too long.
        """
        with self._away():
            if self.is_postgresql:
                with self.engine.begin() as connection:
                    transaction = Transaction(connection, self.now_ms())
                    yield transaction
                    for (tenant, scope), n in transaction.growth.items():
                        connection.execute(
                            _NOTIFY,
                            {"channel": CHANNEL, "said": f"{tenant} {scope} {n}"},
                        )
                return
            with self._writer, self.engine.connect() as plain:
                connection = plain.execution_options(begins="IMMEDIATE")
                with connection.begin():
                    transaction = Transaction(connection, self.now_ms())
                    yield transaction
        for (tenant, scope), n in transaction.growth.items():
            self.news.tell(Growth(tenant, scope, n))

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Run a transaction that sees one state of the database throughout.

        Raises:
            DatabaseAway: the database is gone.
        """
        with self._away(), self._readers.begin() as connection:
            yield Transaction(connection, self.now_ms())

    def close(self) -> None:
        """Close every connection."""
        self.news.close()
        self.engine.dispose()

    @contextmanager
    def _away(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            # What a driver says may repeat values of the statement.
            raise DatabaseAway(type(error.orig).__name__) from None
        except (psycopg.OperationalError, sqlite3.OperationalError) as error:
            raise DatabaseAway(type(error).__name__) from None
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise
            raise DatabaseDamaged(type(error).__name__) from None
        except DBAPIError as error:
            if type(error.orig) is sqlite3.DatabaseError:
                raise DatabaseDamaged(type(error.orig).__name__) from None
            if not error.connection_invalidated:
                raise
            raise DatabaseAway(type(error.orig).__name__) from None


def _postgresql(dsn: str, pool: int) -> tuple[Engine, News]:
    url = make_url(dsn).set(drivername="postgresql+psycopg")
    engine = create_engine(
        url,
        pool_size=pool,
        max_overflow=pool,
        pool_recycle=_RECYCLE_S,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 10,
            "options": f"-c lock_timeout={LOCK_WAIT_MS} -c synchronous_commit=on -c timezone=UTC -c jit=off",
        },
    )
    return engine, News(url.set(drivername="postgresql").render_as_string(hide_password=False))


def _sqlite(folder: Path) -> Engine:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / FILE
    path.touch(mode=0o600)
    engine = create_engine(
        f"sqlite:///{path}",
        hide_parameters=True,
        connect_args={"timeout": _SQLITE_BUSY_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "cache_size=-65536",
            "temp_store=MEMORY",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        how = connection.get_execution_options().get("begins", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {how}")

    return engine
