"""Shifts of the centre, their roster, hand-over with two signatures, and private notes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped

from desktop.core.i18n import N_
from desktop.models.incidents.states import ShiftKind
from desktop.register.choice import Choice
from desktop.register.record import Record, Scope, column
from desktop.register.spec import Group, Register, Section


class ShiftStatus(Choice):
    """Where a shift stands."""

    PLANNED = "planned", N_("Programado")
    OPEN = "open", N_("En curso")
    HANDED_OVER = "handed_over", N_("Entregado")


class Shift(Record):
    """One shift of the centre. `day` is the civil date on which it starts; a night shift ends on the next."""

    __tablename__ = "shifts"
    scope = Scope.OPERATIONS
    kind: Mapped[ShiftKind] = column(N_("Turno"))
    day: Mapped[date] = column(N_("Fecha"), index=True)
    starts_at: Mapped[datetime] = column(N_("Inicio"))
    ends_at: Mapped[datetime] = column(N_("Término"))
    status: Mapped[ShiftStatus] = column(N_("Estado"), default=ShiftStatus.PLANNED, group="status")
    opened_by: Mapped[UUID | None] = column(
        N_("Abierto por"), reference="users", is_enforced=False, group="status"
    )
    notes: Mapped[str | None] = column(N_("Novedades"), multiline=True)


class ShiftMember(Record):
    """A person on a shift's roster, at a post or in a unit."""

    __tablename__ = "shift_members"
    scope = Scope.OPERATIONS
    owner_field = "shift_id"
    shift_id: Mapped[UUID] = column(N_("Turno"), reference="shifts", index=True)
    staff_id: Mapped[UUID | None] = column(N_("Funcionario/a"), reference="staff", is_enforced=False)
    full_name: Mapped[str] = column(N_("Nombre"))
    post: Mapped[str] = column(N_("Puesto"))
    unit_id: Mapped[UUID | None] = column(N_("Móvil"), reference="units")
    is_present: Mapped[bool] = column(N_("Presente"), default=True)
    note: Mapped[str | None] = column(N_("Nota"))


class Handover(Record):
    """A shift handed to the next: the sheet as it stood, and two signatures.

    `sheet` is frozen when the outgoing person signs; the incoming one signs the same bytes.
    """

    __tablename__ = "handovers"
    scope = Scope.OPERATIONS
    owner_field = "shift_id"
    shift_id: Mapped[UUID] = column(N_("Turno que entrega"), reference="shifts", index=True)
    next_shift_id: Mapped[UUID | None] = column(N_("Turno que recibe"), reference="shifts")
    sheet: Mapped[dict[str, Any]] = column(N_("Acta"))
    sheet_sha256: Mapped[str] = column(N_("Huella del acta"))
    outgoing_id: Mapped[UUID] = column(N_("Entrega"), reference="users", is_enforced=False)
    outgoing_name: Mapped[str] = column(N_("Entrega"))
    outgoing_signed_at: Mapped[datetime] = column(N_("Firma de quien entrega"))
    incoming_id: Mapped[UUID | None] = column(
        N_("Recibe"), reference="users", is_enforced=False, group="incoming"
    )
    incoming_name: Mapped[str | None] = column(N_("Recibe"), group="incoming")
    incoming_signed_at: Mapped[datetime | None] = column(N_("Firma de quien recibe"), group="incoming")
    observations: Mapped[str | None] = column(N_("Observaciones"), multiline=True)


class QuickNote(Record):
    """A private note of its author, which can be moved into an incident's timeline (R86)."""

    __tablename__ = "quick_notes"
    scope = Scope.OPERATIONS
    text: Mapped[str] = column(N_("Nota"), multiline=True)
    written_at: Mapped[datetime] = column(N_("Hora"))
    moved_to_id: Mapped[UUID | None] = column(N_("Llevada a"), reference="incidents", group="moved")
    moved_at: Mapped[datetime | None] = column(N_("Llevada el"), group="moved")


SHIFTS = Register(
    key="shifts",
    title=N_("Turnos"),
    singular=N_("Turno"),
    model=Shift,
    group=Group.OPERATE,
    icon="clock-clockwise",
    name_by=(Shift.day, Shift.kind),
    columns=(Shift.day, Shift.kind, Shift.starts_at, Shift.ends_at, Shift.status),
    filters=(Shift.kind, Shift.status, Shift.day),
    form=(Section(N_("Turno"), Shift.day, Shift.kind, Shift.starts_at, Shift.ends_at, Shift.notes),),
    search=(Shift.notes,),
    sort=Shift.starts_at,
    newest_first=True,
    own_page=True,
    generic_forms=False,
)
SHIFT_MEMBERS = Register(
    key="shift_members",
    title=N_("Dotación del turno"),
    singular=N_("Integrante"),
    model=ShiftMember,
    name_by=(ShiftMember.full_name,),
    columns=(ShiftMember.full_name, ShiftMember.post, ShiftMember.is_present),
    page=False,
    generic_forms=False,
)
HANDOVERS = Register(
    key="handovers",
    title=N_("Entregas de turno"),
    singular=N_("Entrega de turno"),
    model=Handover,
    name_by=(Handover.outgoing_name, Handover.outgoing_signed_at),
    columns=(Handover.outgoing_signed_at, Handover.outgoing_name, Handover.incoming_name),
    sort=Handover.outgoing_signed_at,
    newest_first=True,
    page=False,
    generic_forms=False,
)
QUICK_NOTES = Register(
    key="quick_notes",
    title=N_("Notas rápidas"),
    singular=N_("Nota rápida"),
    model=QuickNote,
    name_by=(QuickNote.text,),
    columns=(QuickNote.written_at, QuickNote.text),
    page=False,
    generic_forms=False,
)
