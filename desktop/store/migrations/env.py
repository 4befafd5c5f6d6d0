"""How Alembic reaches the schema: through the connection that the caller has opened."""

from alembic import context

from desktop.models.catalogue import REGISTERS
from desktop.register.record import Base
from desktop.store import tables

_known = (REGISTERS, tables)
"""Importing the declarations is what fills the metadata."""

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
