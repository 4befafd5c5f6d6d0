"""Shifts of the centre: their hours, who is on them, and who is in charge now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from uuid import UUID

from sqlalchemy import select

from desktop.core import formats
from desktop.core.clock import SANTIAGO, civil_day
from desktop.core.errors import FieldError, UserError
from desktop.core.i18n import N_, tr
from desktop.core.setting_list import SHIFT_HOURS
from desktop.models.fleet import Unit
from desktop.models.incidents.states import ShiftKind
from desktop.models.people import StaffMember
from desktop.models.shifts import Shift, ShiftMember, ShiftStatus
from desktop.operations.context import Context, ReadContext
from desktop.operations.settings import municipal
from desktop.register.access import Action


@dataclass(frozen=True, slots=True)
class ShiftRule:
    """A kind of shift with its civil hours; one that ends at or before its start ends on the next day."""

    kind: ShiftKind
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class ShiftWindow:
    """The span of one shift. Around a change of the clocks it is an hour longer or shorter than its rule says."""

    kind: ShiftKind
    day: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A person on the roster, at a post or in a unit."""

    full_name: str
    post: str
    staff_id: UUID | None = None
    unit_id: UUID | None = None
    is_present: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class ShiftView:
    """A shift with its roster."""

    id: UUID
    kind: ShiftKind
    day: date
    starts_at: datetime
    ends_at: datetime
    status: ShiftStatus
    opened_by: UUID | None
    notes: str
    roster: tuple[RosterEntry, ...]


def rules_of(spans: Mapping[str, tuple[str, str]]) -> tuple[ShiftRule, ...]:
    """Return the rules that the setting `SHIFT_HOURS` says: civil times of Santiago by stored kind."""
    return tuple(
        ShiftRule(ShiftKind(kind), formats.parse_time(starts), formats.parse_time(ends))
        for kind, (starts, ends) in spans.items()
    )


def shift_hours(ctx: ReadContext) -> tuple[ShiftRule, ...]:
    """Return the hours in force in the municipality."""
    return rules_of(municipal(ctx, SHIFT_HOURS))


@lru_cache(maxsize=4096)
def shifts_of_day(hours: tuple[ShiftRule, ...], day: date) -> tuple[ShiftWindow, ...]:
    """Return the shifts that start on the civil date `day`, in order.

    A start that the clocks skip (00:00 on the first Sunday of September) is the instant of the change.
    """
    windows = [
        ShiftWindow(
            rule.kind,
            day,
            _instant(day, rule.starts),
            _instant(day if rule.ends > rule.starts else day + timedelta(days=1), rule.ends),
        )
        for rule in hours
    ]
    return tuple(sorted(windows, key=lambda window: window.starts_at))


def shift_at(hours: tuple[ShiftRule, ...], instant: datetime) -> ShiftWindow:
    """Return the shift in which `instant` falls; between two shifts, the one that ended last."""
    today = civil_day(instant)
    windows = (
        *shifts_of_day(hours, today - timedelta(days=1)),
        *shifts_of_day(hours, today),
    )
    started = [window for window in windows if window.starts_at <= instant]
    return max(started, key=lambda window: (window.ends_at > instant, window.starts_at))


def next_window(hours: tuple[ShiftRule, ...], window: ShiftWindow) -> ShiftWindow:
    """Return the first shift that starts after `window` does."""
    days = (window.day, window.day + timedelta(days=1), window.day + timedelta(days=2))
    later = [
        found for day in days for found in shifts_of_day(hours, day) if found.starts_at > window.starts_at
    ]
    return min(later, key=lambda found: found.starts_at)


def open_shift(ctx: Context, *, window: ShiftWindow | None = None) -> UUID:
    """Start the shift of this hour, or the given one; a planned one keeps its roster.

    Raises:
        UserError: another shift has not been handed over yet.
        NotAllowed: the role does not permit it.
    """
    ctx.rights.check(Action.CREATE, "shifts")
    running = ctx.session.scalar(
        select(Shift).where(Shift.status == ShiftStatus.OPEN, Shift.voided_at.is_(None))
    )
    if running is not None:
        raise UserError(
            tr(
                N_("El turno {kind} del {day} sigue en curso: entréguelo antes de abrir otro."),
                kind=tr(running.kind.label),
                day=formats.day(running.day),
            )
        )
    ctx.name_operation("shifts.open")
    return begin_shift(ctx, window or shift_at(shift_hours(ctx), ctx.now), ctx.actor.user_id)


def begin_shift(ctx: Context, window: ShiftWindow, opened_by: UUID) -> UUID:
    """Make the shift of `window` the running one, from its plan when there is one."""
    planned = ctx.session.scalar(
        select(Shift).where(
            Shift.kind == window.kind,
            Shift.day == window.day,
            Shift.status == ShiftStatus.PLANNED,
            Shift.voided_at.is_(None),
        )
    )
    if planned is None:
        planned = ctx.add(
            Shift(kind=window.kind, day=window.day, starts_at=window.starts_at, ends_at=window.ends_at)
        )
    planned.status = ShiftStatus.OPEN
    planned.opened_by = opened_by
    return planned.id


def current_shift(ctx: ReadContext) -> ShiftView | None:
    """Return the running shift, if one is open."""
    ctx.rights.check(Action.READ, "shifts")
    found = ctx.session.scalar(
        select(Shift)
        .where(Shift.status == ShiftStatus.OPEN, Shift.voided_at.is_(None))
        .order_by(Shift.starts_at.desc())
        .limit(1)
    )
    return None if found is None else view_of(ctx, found)


def view_of(ctx: ReadContext, shift: Shift) -> ShiftView:
    """Return the plain values of a shift."""
    members = ctx.session.scalars(
        select(ShiftMember)
        .where(ShiftMember.shift_id == shift.id, ShiftMember.voided_at.is_(None))
        .order_by(ShiftMember.created_at, ShiftMember.id)
    )
    return ShiftView(
        shift.id,
        shift.kind,
        shift.day,
        shift.starts_at,
        shift.ends_at,
        shift.status,
        shift.opened_by,
        shift.notes or "",
        tuple(
            RosterEntry(
                member.full_name,
                member.post,
                member.staff_id,
                member.unit_id,
                member.is_present,
                member.note or "",
            )
            for member in members
        ),
    )


def set_roster(ctx: Context, shift_id: UUID, roster: Iterable[RosterEntry]) -> None:
    """Replace the roster of a shift; who is no longer on it stays in the record, annulled. Crews follow it.

    Raises:
        FieldError: an entry has no name.
        UserError: the shift was handed over.
    """
    shift = _writable(ctx, shift_id)
    entries = list(roster)
    for entry in entries:
        if not entry.full_name.strip():
            raise FieldError("full_name", tr(N_("Falta el nombre de la persona.")))
    wanted = {(entry.full_name.strip(), entry.post): entry for entry in entries}
    for member in ctx.session.scalars(
        select(ShiftMember).where(ShiftMember.shift_id == shift.id, ShiftMember.voided_at.is_(None))
    ):
        key = (member.full_name, member.post)
        if key not in wanted:
            member.voided_at, member.void_reason = ctx.now, tr(N_("Fuera de la dotación"))
            continue
        entry = wanted.pop(key)
        member.staff_id, member.unit_id = entry.staff_id, entry.unit_id
        member.is_present, member.note = entry.is_present, entry.note or None
    for entry in wanted.values():
        ctx.add(
            ShiftMember(
                shift_id=shift.id,
                staff_id=entry.staff_id,
                full_name=entry.full_name.strip(),
                post=entry.post,
                unit_id=entry.unit_id,
                is_present=entry.is_present,
                note=entry.note or None,
            )
        )
    for unit_id in {entry.unit_id for entry in entries if entry.unit_id is not None}:
        names = [
            entry.full_name.strip() for entry in entries if entry.unit_id == unit_id and entry.is_present
        ]
        unit = ctx.get(Unit, unit_id)
        crew = ", ".join(names) or None
        if unit.crew != crew:
            unit.crew = crew
    ctx.name_operation("shifts.roster")


def set_shift_notes(ctx: Context, shift_id: UUID, notes: str) -> None:
    """Write the `novedades` of a running shift.

    Raises:
        UserError: the shift was handed over.
    """
    _writable(ctx, shift_id).notes = notes.strip() or None
    ctx.name_operation("shifts.notes")


def staff_on_duty(ctx: ReadContext) -> tuple[tuple[UUID, str], ...]:
    """Return the active staff by name, to fill a roster."""
    ctx.rights.check(Action.READ, "staff")
    rows = ctx.session.execute(
        select(StaffMember.id, StaffMember.full_name).where(
            StaffMember.is_active, StaffMember.voided_at.is_(None)
        )
    )
    return tuple(sorted(((row.id, row.full_name) for row in rows), key=lambda row: formats.sort_key(row[1])))


def window_of(shift: Shift) -> ShiftWindow:
    """Return the span of a recorded shift."""
    return ShiftWindow(shift.kind, shift.day, shift.starts_at, shift.ends_at)


def _writable(ctx: Context, shift_id: UUID) -> Shift:
    shift = ctx.get(Shift, shift_id)
    ctx.rights.check(Action.EDIT, "shifts", shift.confidentiality)
    if shift.status is ShiftStatus.HANDED_OVER:
        raise UserError(tr(N_("Ese turno ya fue entregado; anote la novedad en el turno en curso.")))
    return shift


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SANTIAGO).astimezone(UTC)
