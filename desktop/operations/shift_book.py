"""What the shift page shows: the shift of now, what waits for a signature, the earlier ones and their acts."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import ShiftKind
from desktop.models.people import User
from desktop.models.shifts import Handover, Shift, ShiftStatus
from desktop.operations.context import ReadContext
from desktop.operations.documents.letterhead import Letterhead, Signature
from desktop.operations.documents.sheets import HandoverAct
from desktop.operations.handover import (
    HandoverSheet,
    HandoverView,
    SheetItem,
    handover_sheet,
    handover_view,
    pending_handover,
)
from desktop.operations.incidents.timers import due_timers
from desktop.operations.incidents.values import TimerView
from desktop.operations.shifts import (
    ShiftView,
    ShiftWindow,
    current_shift,
    shift_at,
    shift_hours,
    staff_on_duty,
)
from desktop.register.access import Action

_EARLIER = 60


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """An earlier shift; `handover_id` is its act once both people signed."""

    id: UUID
    kind: ShiftKind
    day: date
    starts_at: datetime
    status: ShiftStatus
    handover_id: UUID | None = None
    outgoing_name: str = ""
    incoming_name: str = ""


@dataclass(frozen=True, slots=True)
class ShiftDesk:
    """Everything of the page at one moment: `proposed` is the shift of this hour, `chief` opened the running one."""

    current: ShiftView | None
    proposed: ShiftWindow
    pending: HandoverView | None
    chief: str
    earlier: tuple[ShiftRow, ...]
    staff: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, slots=True)
class HandoverDesk:
    """What is signed: the sheet as it stands or as it was frozen, the warnings to take first, and who sits here."""

    sheet: HandoverSheet
    unread: tuple[TimerView, ...]
    pending: HandoverView | None
    username: str


def shift_desk(ctx: ReadContext) -> ShiftDesk:
    """Return the running shift and its surroundings."""
    current = current_shift(ctx)
    chief = ""
    if current is not None and current.opened_by is not None:
        found = ctx.session.get(User, current.opened_by)
        chief = found.full_name if found is not None else ""
    return ShiftDesk(
        current,
        shift_at(shift_hours(ctx), ctx.now),
        None if current is None else pending_handover(ctx, current.id),
        chief,
        earlier_shifts(ctx),
        staff_on_duty(ctx) if ctx.rights.may(Action.READ, "staff") else (),
    )


def earlier_shifts(ctx: ReadContext, limit: int = _EARLIER) -> tuple[ShiftRow, ...]:
    """Return the last shifts that ran, the running one first, with who handed them to whom."""
    ctx.rights.check(Action.READ, "shifts")
    shifts = ctx.session.scalars(
        select(Shift)
        .where(Shift.status != ShiftStatus.PLANNED, Shift.voided_at.is_(None))
        .order_by(Shift.starts_at.desc())
        .limit(limit)
    ).all()
    signed = {
        handover.shift_id: handover
        for handover in ctx.session.scalars(
            select(Handover).where(
                Handover.shift_id.in_([shift.id for shift in shifts]),
                Handover.incoming_id.is_not(None),
                Handover.voided_at.is_(None),
            )
        )
    }
    return tuple(_row(shift, signed.get(shift.id)) for shift in shifts)


def _row(shift: Shift, handover: Handover | None) -> ShiftRow:
    row = ShiftRow(shift.id, shift.kind, shift.day, shift.starts_at, shift.status)
    if handover is None:
        return row
    return replace(
        row,
        handover_id=handover.id,
        outgoing_name=handover.outgoing_name,
        incoming_name=handover.incoming_name or "",
    )


def handover_desk(ctx: ReadContext, shift_id: UUID) -> HandoverDesk:
    """Return what the two people sign. Once the first has signed, the sheet is the frozen one."""
    user = ctx.session.get(User, ctx.actor.user_id)
    pending = pending_handover(ctx, shift_id)
    sheet = handover_sheet(ctx, shift_id) if pending is None else thawed_sheet(pending.sheet)
    unread = tuple(
        timer for timer in due_timers(ctx) if timer.is_overdue and timer.silenced_at is None and not pending
    )
    return HandoverDesk(sheet, unread, pending, user.username if user is not None else "")


def handover_act(ctx: ReadContext, handover_id: UUID, head: Letterhead) -> HandoverAct:
    """Gather the act of a handover: the frozen sheet, its hash and both signatures."""
    ctx.rights.check(Action.PRINT, "handovers")
    found = handover_view(ctx, handover_id)
    receiving = None if found.next_shift_id is None else ctx.session.get(Shift, found.next_shift_id)
    words = "" if receiving is None else f"{tr(receiving.kind.label)}, {formats.day(receiving.day)}"
    signed = Letterhead(
        head.municipality,
        head.place,
        found.incoming_signed_at or found.outgoing_signed_at,
        unit=head.unit,
        directorate=head.directorate,
        confidentiality=head.confidentiality,
        exercise=head.exercise,
        signatures=(
            Signature(found.outgoing_name, legend=tr(N_("Entrega")), signed_at=found.outgoing_signed_at),
            Signature(found.incoming_name or "", legend=tr(N_("Recibe")), signed_at=found.incoming_signed_at),
        ),
    )
    return HandoverAct(signed, thawed_sheet(found.sheet), words, found.observations, found.sheet_sha256)


def thawed_sheet(stored: dict[str, Any]) -> HandoverSheet:
    """Return the sheet of `frozen_sheet` as values again."""

    def items(name: str) -> tuple[SheetItem, ...]:
        return tuple(
            SheetItem(
                item["key"],
                item["text"],
                None if item["since"] is None else datetime.fromisoformat(item["since"]),
            )
            for item in stored[name]
        )

    return HandoverSheet(
        ShiftKind(stored["kind"]),
        date.fromisoformat(stored["day"]),
        datetime.fromisoformat(stored["starts_at"]),
        datetime.fromisoformat(stored["ends_at"]),
        tuple(stored["roster"]),
        items("open_items"),
        items("units_out"),
        items("promises"),
        items("timers"),
        items("unread"),
        int(stored["calls"]),
        int(stored["incidents"]),
        int(stored["closed"]),
        str(stored["notes"]),
    )
