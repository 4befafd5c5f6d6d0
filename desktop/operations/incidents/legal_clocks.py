"""The legal clocks of the field: identity checks and arrests in the act (Ley 21.802; domain F18)."""

from datetime import datetime, timedelta
from uuid import UUID

from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.models.incidents.records import FieldTimer, Incident
from desktop.models.incidents.states import FieldTimerKind, LineKind
from desktop.operations.context import Context
from desktop.operations.incidents.common import (
    checked_instant,
    incident_for,
    refuse_ended,
    required,
    write_line,
)
from desktop.operations.incidents.values import FieldTimerView
from desktop.register.access import Action


def start_identity_check(
    ctx: Context,
    incident_id: UUID,
    *,
    reason: str,
    is_adult: bool,
    unit_id: UUID | None = None,
    subject: str = "",
    means: str = "",
    started_at: datetime | None = None,
) -> UUID:
    """Start the 60 minutes of an identity check (Ley 21.802; domain.md F18).

    Raises:
        UserError: the person is under 18: no identity check is made.
        FieldError: the infraction being cited is missing, or the start is in the future.
    """
    if not is_adult:
        raise UserError(
            tr(
                N_(
                    "No se requiere identidad a menores de 18 años. Si hay riesgo o vulneración, derive a "
                    "Carabineros 133 y a la OLN."
                )
            )
        )
    return _start(
        ctx,
        incident_id,
        FieldTimer(
            kind=FieldTimerKind.IDENTITY_CHECK,
            reason=required("reason", reason, N_("Indique la infracción que se cursa.")),
            unit_id=unit_id,
            subject=subject.strip() or None,
            means=means.strip() or None,
            is_adult=True,
        ),
        started_at,
    )


def start_flagrancy(
    ctx: Context,
    incident_id: UUID,
    *,
    reason: str,
    unit_id: UUID | None = None,
    subject: str = "",
    is_adult: bool = True,
    started_at: datetime | None = None,
) -> UUID:
    """Start the clock of an arrest in the act: handed over at once, warning at 15 minutes.

    Raises:
        FieldError: the offence is missing, or the start is in the future.
    """
    return _start(
        ctx,
        incident_id,
        FieldTimer(
            kind=FieldTimerKind.FLAGRANCY,
            reason=required("reason", reason, N_("Indique el delito flagrante.")),
            unit_id=unit_id,
            subject=subject.strip() or None,
            is_adult=is_adult,
        ),
        started_at,
    )


def police_notified(ctx: Context, timer_id: UUID, *, at: datetime | None = None) -> None:
    """Note when the police were told.

    Raises:
        UserError: the clock has ended.
    """
    timer, incident = _running(ctx, timer_id)
    timer.police_notified_at = checked_instant(ctx, at, not_before=timer.started_at)
    write_line(ctx, incident, _line_kind(timer), tr(N_("Aviso a Carabineros")), at=timer.police_notified_at)
    ctx.name_operation("timers.police")


def end_field_timer(
    ctx: Context, timer_id: UUID, *, outcome: str, means: str = "", received_by: str = ""
) -> None:
    """Stop a legal clock with its outcome; an arrest also needs who received the person.

    Raises:
        UserError: it has ended already.
        FieldError: the outcome, or the receiving officer, is missing.
    """
    timer, incident = _running(ctx, timer_id)
    timer.outcome = required("outcome", outcome, N_("Escriba el resultado."))
    if timer.kind is FieldTimerKind.FLAGRANCY:
        timer.received_by = required("received_by", received_by, N_("Indique quién recibe al detenido/a."))
    timer.means = means.strip() or timer.means
    timer.ended_at = ctx.now
    ended = tr(N_("{kind} terminado · {outcome}"), kind=tr(timer.kind.label), outcome=timer.outcome)
    received = tr(N_("recibe {name}"), name=timer.received_by) if timer.received_by else ""
    write_line(ctx, incident, _line_kind(timer), f"{ended} · {received}" if received else ended)
    ctx.name_operation("timers.end")


def field_timer_view(timer: FieldTimer, now: datetime) -> FieldTimerView:
    """Return the plain values of a legal clock."""
    due = timer.started_at + timedelta(seconds=timer.limit_s)
    return FieldTimerView(
        timer.id,
        timer.kind,
        timer.reason,
        timer.subject,
        timer.unit_id,
        timer.means,
        timer.started_at,
        due,
        timer.ended_at,
        timer.outcome,
        timer.received_by,
        timer.police_notified_at,
        (timer.ended_at or now) > due,
    )


def _start(ctx: Context, incident_id: UUID, timer: FieldTimer, started_at: datetime | None) -> UUID:
    incident = incident_for(ctx, incident_id, Action.CREATE, "field_timers")
    refuse_ended(incident)
    timer.incident_id = incident.id
    timer.started_at = checked_instant(ctx, started_at)
    timer.limit_s = timer.kind.limit_s
    timer.confidentiality = incident.confidentiality
    ctx.add(timer)
    write_line(
        ctx,
        incident,
        _line_kind(timer),
        tr(N_("{kind} · {reason}"), kind=tr(timer.kind.label), reason=timer.reason),
        at=timer.started_at,
        data={"timer": str(timer.id), "limit_s": timer.limit_s},
    )
    ctx.name_operation("timers.start")
    return timer.id


def _running(ctx: Context, timer_id: UUID) -> tuple[FieldTimer, Incident]:
    timer = ctx.get(FieldTimer, timer_id)
    incident = incident_for(ctx, timer.incident_id, Action.EDIT, "field_timers")
    if timer.ended_at is not None:
        raise UserError(tr(N_("Ese plazo ya terminó.")))
    return timer, incident


def _line_kind(timer: FieldTimer) -> LineKind:
    if timer.kind is FieldTimerKind.IDENTITY_CHECK:
        return LineKind.IDENTITY_CHECK
    return LineKind.FLAGRANCY
