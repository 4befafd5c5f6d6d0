"""What was printed, by whom and when, as the journal keeps it. Printing changes no record (R139)."""

from uuid import UUID

from desktop.models.catalogue import BY_KEY
from desktop.models.people import User
from desktop.operations.context import Context
from desktop.operations.documents.sheets import IncidentSheet, Sheet, ShiftReport
from desktop.register.record import Record


def note_print(ctx: Context, title: str, sheet: Sheet) -> None:
    """Leave in the journal that the person prints a document called `title`.

    The line stands in the history of the incident or shift that it shows; a report of many in that of the person.
    """
    match sheet:
        case IncidentSheet():
            note_record_print(ctx, title, "incidents", sheet.incident.id)
        case ShiftReport():
            note_record_print(ctx, title, "shifts", sheet.shift.id)
        case _:
            _note(ctx, title, ctx.session.get(User, ctx.actor.user_id))


def note_record_print(ctx: Context, title: str, register: str, record_id: UUID) -> None:
    """Leave in the journal, and so in the record's history, that the person prints it."""
    _note(ctx, title, ctx.get(BY_KEY[register].model, record_id))


def _note(ctx: Context, title: str, shown: Record | None) -> None:
    if shown is not None:
        ctx.name_operation("documents.print", title)
        ctx.unit.capture.read(shown)
