"""How Alembic reaches the schema: through the connection that the caller has opened."""

from typing import Literal

from alembic import context
from sqlalchemy import Enum

from desktop.models.catalogue import REGISTERS
from desktop.register.record import Base
from desktop.register.types import Day, Id, Instant, Json
from desktop.store import tables

_known = (REGISTERS, tables)
"""Importing the declarations is what fills the metadata."""

_STORED = {
    Id: "sa.BLOB()",
    Instant: "sa.INTEGER()",
    Day: "sa.TEXT()",
    Json: "sa.TEXT()",
    Enum: "sa.String(40)",
}


def _stored_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write how a column is stored, so that an old script needs none of today's classes."""
    if kind == "type":
        for type_class, text in _STORED.items():
            if isinstance(item, type_class):
                return text
    return False


_SEARCH = "search_text"


def _is_declared_somewhere(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the virtual table of the search and those that SQLite keeps for it: scripts make it by hand."""
    return not (kind == "table" and name is not None and name.startswith(_SEARCH))


context.configure(
    include_name=_is_declared_somewhere,
    render_item=_stored_type,
    compare_type=False,
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
