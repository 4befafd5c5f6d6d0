"""Handing a shift over: a sheet that is already filled, and two signatures over the same bytes (R87)."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from desktop.core import formats
from desktop.core.errors import NotAllowed, UserError
from desktop.core.i18n import N_, tr
from desktop.models.incidents.records import Call, Incident, Referral
from desktop.models.incidents.states import ReferralStatus, ShiftKind, UnitStatus
from desktop.models.people import User
from desktop.models.roles import rights_of
from desktop.models.shifts import Handover, Shift, ShiftStatus
from desktop.operations.context import Context, ReadContext
from desktop.operations.incidents.masking import Shown, Surface, masked
from desktop.operations.incidents.queue import open_incidents, units_board
from desktop.operations.incidents.timers import OPEN, due_timers
from desktop.operations.incidents.values import TimerView
from desktop.operations.shifts import begin_shift, next_window, shift_hours, view_of, window_of
from desktop.register.access import Action

PROOF_LASTS = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class PasswordProof:
    """Somebody's password was right a moment ago, at this desk; made by `proofs.prove` and nothing else."""

    user_id: UUID
    name: str
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class SheetItem:
    """One line of the sheet: a number or callsign, the words, and since when."""

    key: str
    text: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandoverSheet:
    """What the next shift must know. `unread` are overdue warnings that nobody took: they block the signature."""

    kind: ShiftKind
    day: date
    starts_at: datetime
    ends_at: datetime
    roster: tuple[str, ...]
    open_items: tuple[SheetItem, ...]
    units_out: tuple[SheetItem, ...]
    promises: tuple[SheetItem, ...]
    timers: tuple[SheetItem, ...]
    unread: tuple[SheetItem, ...]
    calls: int
    incidents: int
    closed: int
    notes: str


@dataclass(frozen=True, slots=True)
class HandoverView:
    """A handover with its frozen sheet and its signatures."""

    id: UUID
    shift_id: UUID
    next_shift_id: UUID | None
    sheet: dict[str, Any]
    sheet_sha256: str
    outgoing_name: str
    outgoing_signed_at: datetime
    incoming_name: str | None
    incoming_signed_at: datetime | None
    observations: str


def handover_sheet(ctx: ReadContext, shift_id: UUID) -> HandoverSheet:
    """Return the sheet as things stand now; sensitive incidents show their class only."""
    ctx.rights.check(Action.READ, "handovers")
    shift = ctx.get(Shift, shift_id)
    view = view_of(ctx, shift)
    timers = due_timers(ctx)
    unread = tuple(timer for timer in timers if timer.is_overdue and timer.silenced_at is None)
    return HandoverSheet(
        shift.kind,
        shift.day,
        shift.starts_at,
        shift.ends_at,
        tuple(
            f"{entry.full_name} · {entry.post}" + ("" if entry.is_present else tr(N_(" (ausente)")))
            for entry in view.roster
        ),
        tuple(
            SheetItem(
                row.code,
                " · ".join(
                    part
                    for part in (
                        tr(row.priority.label),
                        row.title,
                        row.place,
                        tr(row.status.label),
                        ", ".join(row.units),
                    )
                    if part
                ),
                row.reported_at,
            )
            for row in open_incidents(ctx)
        ),
        tuple(
            SheetItem(
                unit.callsign,
                tr(unit.status.label) + (f" · {unit.incident_short}" if unit.incident_short else ""),
                unit.status_at,
            )
            for unit in units_board(ctx)
            if unit.status is not UnitStatus.AVAILABLE
        ),
        _promises(ctx),
        _items(timer for timer in timers if not timer.is_overdue or timer.silenced_at is not None),
        _items(unread),
        _count(ctx, Call.received_at, shift),
        _count(ctx, Incident.reported_at, shift),
        _count(ctx, Incident.closed_at, shift),
        shift.notes or "",
    )


def sign_out(ctx: Context, shift_id: UUID, proof: PasswordProof, *, observations: str = "") -> UUID:
    """Freeze the sheet and sign it as the person who leaves; return the handover.

    Raises:
        UserError: warnings are unread, the shift is not running, or it is signed already.
        NotAllowed: the password was not confirmed just now by the person who signs.
    """
    ctx.rights.check(Action.CREATE, "handovers")
    shift = ctx.get(Shift, shift_id)
    if shift.status is not ShiftStatus.OPEN:
        raise UserError(tr(N_("Ese turno no está en curso.")))
    _check_proof(ctx, proof)
    if proof.user_id != ctx.actor.user_id:
        raise NotAllowed(tr(N_("Firma la entrega quien tiene la sesión abierta.")))
    if pending_handover(ctx, shift_id) is not None:
        raise UserError(tr(N_("La entrega ya está firmada: falta la firma de quien recibe.")))
    sheet = handover_sheet(ctx, shift_id)
    if sheet.unread:
        raise UserError(
            tr(
                N_("Hay {count} avisos vencidos sin tomar. Tómelos antes de firmar: {first}."),
                count=len(sheet.unread),
                first=f"{sheet.unread[0].key} {sheet.unread[0].text}".strip(),
            )
        )
    frozen = frozen_sheet(sheet)
    made = ctx.add(
        Handover(
            shift_id=shift.id,
            sheet=frozen,
            sheet_sha256=sheet_hash(frozen),
            outgoing_id=proof.user_id,
            outgoing_name=proof.name,
            outgoing_signed_at=ctx.now,
            observations=observations.strip() or None,
        )
    )
    ctx.name_operation("handovers.sign_out")
    return made.id


def sign_in_handover(ctx: Context, handover_id: UUID, proof: PasswordProof) -> UUID:
    """Sign the same sheet as the person who comes, and open the next shift; return that shift.

    Raises:
        UserError: it is signed already, or the same person would sign twice, or the sheet was altered.
        NotAllowed: the password was not confirmed just now, or that person may not take a shift.
    """
    handover = ctx.get(Handover, handover_id)
    _check_proof(ctx, proof)
    if handover.incoming_id is not None:
        raise UserError(tr(N_("Esta entrega ya tiene ambas firmas.")))
    if handover.outgoing_id == proof.user_id:
        raise UserError(tr(N_("Recibe otra persona: quien entrega no puede firmar también la recepción.")))
    incoming = ctx.get(User, proof.user_id)
    if not incoming.is_active:
        raise NotAllowed(tr(N_("Ese usuario no está habilitado.")))
    rights_of(incoming.role_set).check(Action.CREATE, "handovers")
    if sheet_hash(handover.sheet) != handover.sheet_sha256:
        raise UserError(
            tr(N_("El acta guardada no coincide con la que se firmó. Avise a la administración."))
        )
    shift = ctx.get(Shift, handover.shift_id)
    shift.status = ShiftStatus.HANDED_OVER
    upcoming = next_window(shift_hours(ctx), window_of(shift))
    next_id = begin_shift(ctx, upcoming, proof.user_id)
    handover.incoming_id, handover.incoming_name = proof.user_id, proof.name
    handover.incoming_signed_at = ctx.now
    handover.next_shift_id = next_id
    ctx.name_operation("handovers.sign_in")
    return next_id


def withdraw_handover(ctx: Context, handover_id: UUID, reason: str) -> None:
    """Annul a sheet that only the leaving person signed, to fill it again.

    Raises:
        UserError: both have signed, or the reason is missing.
    """
    handover = ctx.get(Handover, handover_id)
    ctx.rights.check(Action.CREATE, "handovers")
    if handover.incoming_id is not None:
        raise UserError(tr(N_("Esta entrega ya tiene ambas firmas.")))
    if handover.outgoing_id != ctx.actor.user_id and not ctx.rights.may(Action.VOID, "handovers"):
        raise NotAllowed(tr(N_("Sólo quien firmó la entrega o su jefatura puede retirarla.")))
    if not reason.strip():
        raise UserError(tr(N_("Escriba el motivo.")))
    handover.voided_at, handover.void_reason = ctx.now, reason.strip()
    ctx.name_operation("handovers.withdraw", reason.strip())


def pending_handover(ctx: ReadContext, shift_id: UUID) -> HandoverView | None:
    """Return the handover of a shift that waits for its second signature."""
    found = ctx.session.scalar(
        select(Handover).where(
            Handover.shift_id == shift_id, Handover.incoming_id.is_(None), Handover.voided_at.is_(None)
        )
    )
    return None if found is None else _view(found)


def handover_view(ctx: ReadContext, handover_id: UUID) -> HandoverView:
    """Return a handover, to be read or printed."""
    ctx.rights.check(Action.READ, "handovers")
    return _view(ctx.get(Handover, handover_id))


def frozen_sheet(sheet: HandoverSheet) -> dict[str, Any]:
    """Return the sheet as plain JSON values: instants in ISO UTC, choices by stored value."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(sheet), default=_plain))
    return plain


def sheet_hash(sheet: dict[str, Any]) -> str:
    """Return the SHA-256 of the sheet's canonical JSON, which both people sign."""
    canonical = json.dumps(sheet, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, ShiftKind):
        return str(value.value)
    raise TypeError(f"{value!r} does not go on a sheet")


def _check_proof(ctx: Context, proof: PasswordProof) -> None:
    age = ctx.clock.now() - proof.confirmed_at
    if not -PROOF_LASTS <= age <= PROOF_LASTS:
        raise NotAllowed(tr(N_("Confirme su contraseña para firmar.")))


def _promises(ctx: ReadContext) -> tuple[SheetItem, ...]:
    """Return what other services promised and has not come yet."""
    rows = ctx.session.execute(
        select(Referral, Incident)
        .join(Incident, Incident.id == Referral.incident_id)
        .where(
            Incident.status.in_(OPEN),
            Referral.status.in_((ReferralStatus.REQUESTED, ReferralStatus.ACCEPTED)),
            Referral.voided_at.is_(None),
        )
        .order_by(Referral.requested_at)
    )
    items = []
    for referral, incident in rows:
        shown = masked(ctx.rights, incident, Surface.QUEUE)
        if shown is Shown.NOTHING:
            continue
        parts = [referral.service_name, tr(referral.status.label)]
        if referral.answered_by and shown is Shown.ALL:
            parts.append(referral.answered_by)
        if referral.expected_at is not None:
            parts.append(tr(N_("llega a las {time}"), time=formats.time_hm(referral.expected_at)))
        items.append(SheetItem(incident.code, " · ".join(parts), referral.requested_at))
    return tuple(items)


def _items(timers: Iterable[TimerView]) -> tuple[SheetItem, ...]:
    return tuple(SheetItem(timer.incident_short or "", timer.title, timer.due_at) for timer in timers)


def _count(ctx: ReadContext, column: Any, shift: Shift) -> int:
    return int(
        ctx.session.scalar(select(func.count()).where(column >= shift.starts_at, column <= ctx.now)) or 0
    )


def _view(found: Handover) -> HandoverView:
    return HandoverView(
        found.id,
        found.shift_id,
        found.next_shift_id,
        found.sheet,
        found.sheet_sha256,
        found.outgoing_name,
        found.outgoing_signed_at,
        found.incoming_name,
        found.incoming_signed_at,
        found.observations or "",
    )
