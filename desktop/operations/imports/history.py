"""The imports that were made, newest first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from desktop.models.system import ImportBatch, ImportStatus
from desktop.operations.context import ReadContext
from desktop.register.access import Action


@dataclass(frozen=True, slots=True)
class BatchView:
    """One import as its page lists it."""

    id: UUID
    file_name: str
    status: ImportStatus
    started_at: datetime
    imported: int


def earlier_imports(ctx: ReadContext) -> tuple[BatchView, ...]:
    """Return the latest hundred imports.

    Raises:
        NotAllowed: the role does not permit it.
    """
    ctx.rights.check(Action.READ, "import_batches")
    found = ctx.session.scalars(select(ImportBatch).order_by(ImportBatch.started_at.desc()).limit(100))
    return tuple(
        BatchView(batch.id, batch.file_name, batch.status, batch.started_at, batch.rows_imported)
        for batch in found
    )
