"""Versions of the file's schema, and the way from each to the next."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
HEAD = "0001"
"""The version that this program needs; a test compares it with the newest script."""


def config() -> "Config":
    """Return Alembic's configuration without any file of its own."""
    from alembic.config import Config  # noqa: PLC0415 - slow to import and rarely needed

    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return made


def upgrade(engine: Engine) -> None:
    """Bring the file to this program's schema; when it is there already, nothing is even imported."""
    with engine.begin() as connection:
        if inspect(connection).has_table("alembic_version"):
            version = connection.scalar(text("SELECT version_num FROM alembic_version"))
            if version == HEAD:
                return
        from alembic import command  # noqa: PLC0415

        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
