"""Notes: the timeline that only grows, and the private notes of a person (R86)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from desktop.core.errors import NotAllowed, UserError
from desktop.core.i18n import N_, tr
from desktop.models.incidents.records import IncidentLine
from desktop.models.incidents.states import LineKind
from desktop.models.shifts import QuickNote
from desktop.operations.context import Context, ReadContext
from desktop.operations.incidents.common import checked_instant, incident_for, required, write_line
from desktop.register.access import Action, Rights

_EMPTY = N_("Escriba la nota.")


@dataclass(frozen=True, slots=True)
class QuickNoteView:
    """A private note of whoever asked."""

    id: UUID
    text: str
    written_at: datetime
    moved_to_id: UUID | None


def add_note(
    ctx: Context, incident_id: UUID, text: str, *, at: datetime | None = None, is_significant: bool = False
) -> UUID:
    """Write a note, at `at` when it tells of something earlier; a closed incident still takes notes.

    Raises:
        FieldError: there is no text, or `at` is in the future.
    """
    incident = incident_for(ctx, incident_id, Action.CREATE, "incident_lines")
    written = required("text", text, _EMPTY)
    moment = checked_instant(ctx, at)
    ctx.name_operation("incidents.note")
    return write_line(
        ctx,
        incident,
        LineKind.NOTE,
        written,
        at=moment,
        is_late_entry=at is not None,
        data={"significant": True} if is_significant else None,
    )


def strike_line(ctx: Context, line_id: UUID, reason: str) -> None:
    """Strike a wrong line; it stays, readable, with who struck it and why.

    Raises:
        UserError: it was struck already, or it is a line that the program wrote about a state.
        FieldError: the reason is missing.
        NotAllowed: it is somebody else's and the person is no supervisor.
    """
    line = ctx.get(IncidentLine, line_id)
    incident_for(ctx, line.incident_id, Action.CREATE, "incident_lines")
    why = required("reason", reason, N_("Escriba por qué la línea está equivocada."))
    if line.struck_at is not None:
        raise UserError(tr(N_("Esa línea ya está tachada.")))
    if not may_strike(ctx.rights, ctx.actor.user_id, line):
        raise NotAllowed(tr(N_("Sólo quien escribió la línea o su jefatura de turno puede tacharla.")))
    line.struck_at, line.struck_by, line.strike_reason = ctx.now, ctx.actor.user_id, why
    ctx.name_operation("incidents.strike", why)


def may_strike(rights: Rights, user_id: UUID, line: IncidentLine) -> bool:
    """Tell whether the person may strike a line: their own, or any for who may annul lines."""
    if line.struck_at is not None:
        return False
    return line.created_by == user_id or rights.may(Action.VOID, "incident_lines", line.confidentiality)


def add_quick_note(ctx: Context, text: str) -> UUID:
    """Keep a private note.

    Raises:
        FieldError: there is no text.
    """
    ctx.rights.check(Action.CREATE, "quick_notes")
    written = required("text", text, _EMPTY)
    ctx.name_operation("quick_notes.create")
    return ctx.add(QuickNote(text=written, written_at=ctx.now)).id


def quick_notes(ctx: ReadContext) -> tuple[QuickNoteView, ...]:
    """Return the person's own notes that were not moved into a log yet, newest first."""
    ctx.rights.check(Action.READ, "quick_notes")
    found = ctx.session.scalars(
        select(QuickNote)
        .where(
            QuickNote.created_by == ctx.actor.user_id,
            QuickNote.moved_at.is_(None),
            QuickNote.voided_at.is_(None),
        )
        .order_by(QuickNote.written_at.desc())
    )
    return tuple(QuickNoteView(note.id, note.text, note.written_at, note.moved_to_id) for note in found)


def move_quick_note(ctx: Context, note_id: UUID, incident_id: UUID) -> UUID:
    """Move a private note into an incident's timeline, with the time at which it was written.

    Raises:
        UserError: it was moved already.
        NotAllowed: it is somebody else's.
    """
    note = ctx.get(QuickNote, note_id)
    if note.created_by != ctx.actor.user_id:
        raise NotAllowed(tr(N_("Esa nota es de otra persona.")))
    if note.moved_at is not None:
        raise UserError(tr(N_("Esa nota ya se llevó a un incidente.")))
    incident = incident_for(ctx, incident_id, Action.CREATE, "incident_lines")
    note.moved_to_id, note.moved_at = incident.id, ctx.now
    ctx.name_operation("quick_notes.move")
    return write_line(
        ctx, incident, LineKind.NOTE, note.text, at=note.written_at, data={"quick_note": str(note.id)}
    )


def discard_quick_note(ctx: Context, note_id: UUID) -> None:
    """Annul a private note.

    Raises:
        NotAllowed: it is somebody else's.
    """
    note = ctx.get(QuickNote, note_id)
    if note.created_by != ctx.actor.user_id:
        raise NotAllowed(tr(N_("Esa nota es de otra persona.")))
    note.voided_at, note.void_reason = ctx.now, tr(N_("Descartada por su autor/a"))
    ctx.name_operation("quick_notes.discard")
