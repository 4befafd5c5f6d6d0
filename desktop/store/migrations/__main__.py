"""`python3 dev.py migrate new "what changes"`: write the script that leads from the last version to the models."""

import sys

import sqlcipher3.dbapi2 as sqlcipher
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from desktop.store.migrations import config


def main(arguments: list[str]) -> int:
    """Write a new script beside the others and say where; read it before you commit it."""
    match arguments:
        case ["new", message]:
            settings = config()
            engine = create_engine("sqlite://", module=sqlcipher)
            with engine.begin() as connection:
                settings.attributes["connection"] = connection
                if ScriptDirectory.from_config(settings).get_current_head() is not None:
                    command.upgrade(settings, "head")
                count = len(list(ScriptDirectory.from_config(settings).walk_revisions()))
                command.revision(settings, message=message, rev_id=f"{count + 1:04d}", autogenerate=True)
            return 0
        case _:
            sys.stderr.write('Uso: python3 dev.py migrate new "qué cambia"\n')
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
