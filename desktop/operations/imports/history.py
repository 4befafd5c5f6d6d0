"""The imports that were made, newest first, and those that were cut short."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from desktop.models.incidents.records import Incident
from desktop.models.system import ImportBatch, ImportStatus
from desktop.operations.context import Context, ReadContext
from desktop.operations.imports.undo import remaining_of
from desktop.register.access import Action


@dataclass(frozen=True, slots=True)
class BatchView:
    """One import as its page lists it; `remaining` are the records that an undoing has still to void."""

    id: UUID
    file_name: str
    status: ImportStatus
    started_at: datetime
    imported: int
    remaining: int | None = None


def earlier_imports(ctx: ReadContext) -> tuple[BatchView, ...]:
    """Return the latest hundred imports.

    Raises:
        NotAllowed: the role does not permit it.
    """
    ctx.rights.check(Action.READ, "import_batches")
    found = ctx.session.scalars(select(ImportBatch).order_by(ImportBatch.started_at.desc()).limit(100))
    return tuple(
        BatchView(
            batch.id,
            batch.file_name,
            batch.status,
            batch.started_at,
            batch.rows_imported,
            remaining_of(ctx, batch.id) if batch.status is ImportStatus.UNDOING else None,
        )
        for batch in found
    )


def settle_interrupted(ctx: Context) -> None:
    """Say of imports that a killed program left under way that they were stopped, and how much they brought in.

    Called when a station is opened: only one process has it, so none of them can still be running.
    """
    for batch in ctx.session.scalars(select(ImportBatch).where(ImportBatch.status == ImportStatus.RUNNING)):
        batch.status = ImportStatus.CANCELLED
        batch.ended_at = ctx.now
        batch.rows_imported = int(
            ctx.session.scalar(
                select(func.count()).select_from(Incident).where(Incident.import_batch_id == batch.id)
            )
            or 0
        )
        ctx.name_operation("import.interrupted")
