"""Versions of the server's tables, and the way from each to the next."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, inspect, text

FOLDER: Final = Path(__file__).parent
HEAD: Final = "0001"
"""The version that this server needs; a test compares it with the newest script."""
_LOCK = 7_305_218_431


class NewerDatabase(RuntimeError):
    """A newer version of the server wrote this database."""


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration without any file of its own."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["connection"] = connection
    return made


def version_of(connection: Connection) -> str | None:
    """Return the version of the tables, None when there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if version is None else str(version)


def upgrade(engine: Engine) -> None:
    """Bring the tables to this server's version; several servers that start together wait for one of them.

    Raises:
        NewerDatabase: a newer version of the server wrote them.
    """
    with engine.connect().execution_options(begins="IMMEDIATE") as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        version = version_of(connection)
        if version is not None and version > HEAD:
            raise NewerDatabase(version)
        if version != HEAD:
            command.upgrade(config(connection), "head")
