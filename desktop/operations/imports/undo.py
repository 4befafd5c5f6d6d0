"""Undoing a whole import, in commits as small as those that made it.

The batch says that it is being undone before the first record is voided and that it is undone after the last, so an
undoing that is stopped or killed is seen, tells how much remains, and goes on where it was when it is asked for again.
"""

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select

from desktop.core import formats
from desktop.core.errors import Cancelled, UserError
from desktop.core.i18n import N_, plural, tr
from desktop.models.incidents.records import Incident
from desktop.models.system import ImportBatch, ImportStatus
from desktop.operations.context import Context, ReadContext
from desktop.operations.imports.running import CHUNK_ROWS, ProgressLike, Runner
from desktop.register.access import Action
from desktop.store.threads import Urgency

_LOOKED_UP = 5_000
"""Records whose ids are read at once."""
_ROWID: ColumnElement[int] = literal_column("incidents.rowid")


@dataclass(frozen=True, slots=True)
class Undone:
    """How far an undoing came."""

    voided: int
    remaining: int

    @property
    def text(self) -> str:
        """Return it as a sentence."""
        shown = formats.number(self.voided)
        one, many = N_("{shown} registro anulado"), N_("{shown} registros anulados")
        done = plural(one, many, self.voided, shown=shown)
        if self.remaining == 0:
            return tr(N_("Deshecha: {done}."), done=done)
        return tr(
            N_("Deshecha a medias: {done}, quedan {remaining}. Pida deshacerla otra vez para seguir."),
            done=done,
            remaining=formats.number(self.remaining),
        )


def undo_import(runner: Runner, batch_id: UUID, progress: ProgressLike) -> Undone:
    """Void every record that an import made and that still stands. Called on a thread of its own.

    Stopped, it keeps what it voided and says what remains; called again, it goes on.

    Raises:
        NotAllowed: the role may not undo imports.
        UserError: the import is under way or undone.
    """
    runner.write(lambda ctx: _begin(ctx, batch_id), Urgency.JOB).result()
    whole: int = runner.read(lambda ctx: remaining_of(ctx, batch_id)).result()
    voided = last = 0
    under_way: Future[int] | None = None
    try:
        while found := _next(runner, batch_id, last):
            last = found[-1][0]
            for start in range(0, len(found), CHUNK_ROWS):
                progress.check()
                ids = [record_id for _, record_id in found[start : start + CHUNK_ROWS]]
                before, under_way = under_way, _void(runner, ids)
                voided += before.result() if before is not None else 0
                progress.report(
                    voided, whole, tr(N_("{count} registros anulados"), count=formats.number(voided))
                )
    except Cancelled:
        pass
    finally:
        voided += under_way.result() if under_way is not None else 0
    remaining: int = runner.write(lambda ctx: _end(ctx, batch_id), Urgency.JOB).result()
    return Undone(voided, remaining)


def remaining_of(ctx: ReadContext, batch_id: UUID) -> int:
    """Return how many records of an import stand."""
    return int(
        ctx.session.scalar(select(func.count()).select_from(Incident).where(*_standing(batch_id))) or 0
    )


def _standing(batch_id: UUID) -> tuple[Any, ...]:
    return Incident.import_batch_id == batch_id, Incident.voided_at.is_(None)


def _next(runner: Runner, batch_id: UUID, last: int) -> list[tuple[int, UUID]]:
    """Return places and ids of the next standing records, in the order of the index by import."""
    wanted = (
        select(_ROWID, Incident.id)
        .where(*_standing(batch_id), last < _ROWID)
        .order_by(_ROWID)
        .limit(_LOOKED_UP)
    )
    found: list[tuple[int, UUID]] = runner.read(
        lambda ctx: [(int(place), record_id) for place, record_id in ctx.session.execute(wanted)]
    ).result()
    return found


def _begin(ctx: Context, batch_id: UUID) -> None:
    _check(ctx)
    batch = ctx.get(ImportBatch, batch_id)
    if batch.status is ImportStatus.RUNNING:
        raise UserError(tr(N_("Esa importación está en curso. Deténgala antes de deshacerla.")))
    if batch.status is ImportStatus.UNDONE:
        raise UserError(tr(N_("Esa importación ya está deshecha.")))
    batch.status = ImportStatus.UNDOING
    ctx.name_operation("import.undo.start", _reason())


def _void(runner: Runner, ids: list[UUID]) -> Future[int]:
    def body(ctx: Context) -> int:
        _check(ctx)
        standing = list(
            ctx.session.scalars(select(Incident.id).where(Incident.id.in_(ids), Incident.voided_at.is_(None)))
        )
        ctx.name_operation("import.undo", _reason())
        ctx.unit.set_rows(Incident, standing, {"voided_at": ctx.now, "void_reason": _reason()})
        return len(standing)

    return runner.write(body, Urgency.BULK)


def _end(ctx: Context, batch_id: UUID) -> int:
    remaining = remaining_of(ctx, batch_id)
    if remaining == 0:
        ctx.get(ImportBatch, batch_id).status = ImportStatus.UNDONE
        ctx.name_operation("import.undo.end", _reason())
    return remaining


def _check(ctx: Context) -> None:
    ctx.rights.check(Action.IMPORT, "incidents")
    ctx.rights.check(Action.VOID, "incidents")


def _reason() -> str:
    return tr(N_("Importación deshecha"))
