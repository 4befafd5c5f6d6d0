"""Versions of the file's schema, and the way from each to the next."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from desktop.core.errors import Unavailable
from desktop.core.i18n import N_, tr

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
    """Bring the file to this program's schema; when it is there already, nothing is even imported.

    Raises:
        Unavailable: a newer program wrote the file.
    """
    with engine.begin() as connection:
        if inspect(connection).has_table("alembic_version"):
            version = connection.scalar(text("SELECT version_num FROM alembic_version"))
            if version == HEAD:
                return
            if str(version) > HEAD:
                raise Unavailable(
                    tr(
                        N_(
                            "Estos datos los escribió una versión más nueva de Atalaya. Instale en este equipo esa "
                            "versión; nada se cambió."
                        )
                    )
                )
        from alembic import command  # noqa: PLC0415

        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
