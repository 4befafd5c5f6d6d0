"""Referrals to police, fire brigade, ambulance and municipal services, from the call to the result."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from desktop.core import formats
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.models.catalogues import Service
from desktop.models.incidents.records import Incident, Referral
from desktop.models.incidents.states import IncidentStatus, LineKind, ReferralStatus
from desktop.operations.context import Context, ReadContext
from desktop.operations.incidents.common import (
    checked_instant,
    incident_for,
    refuse_ended,
    required,
    write_line,
)
from desktop.register.access import Action

_ENDED = frozenset({ReferralStatus.DONE, ReferralStatus.REFUSED, ReferralStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class ServiceChoice:
    """A service that can be called, in the order of the catalogue."""

    id: UUID
    short_name: str
    name: str
    phone: str | None
    is_municipal: bool


def services(ctx: ReadContext) -> tuple[ServiceChoice, ...]:
    """Return the services in force, emergency services first."""
    ctx.rights.check(Action.READ, "services")
    found = ctx.session.scalars(
        select(Service)
        .where(Service.is_active, Service.voided_at.is_(None))
        .order_by(Service.order, Service.short_name)
    )
    return tuple(
        ServiceChoice(row.id, row.short_name, row.name, row.phone, row.is_municipal) for row in found
    )


def refer(
    ctx: Context,
    incident_id: UUID,
    service_id: UUID,
    *,
    answered_by: str = "",
    number_given: str = "",
    expected_at: datetime | None = None,
) -> UUID:
    """Ask another service for help; with who answered it counts as accepted.

    Raises:
        UserError: the incident has ended.
    """
    incident = incident_for(ctx, incident_id, Action.CREATE, "referrals")
    refuse_ended(incident)
    service = ctx.get(Service, service_id)
    accepted = bool(answered_by.strip())
    referral = ctx.add(
        Referral(
            incident_id=incident.id,
            service_id=service.id,
            service_name=service.name,
            phone=service.phone,
            requested_at=ctx.now,
            answered_by=answered_by.strip() or None,
            number_given=number_given.strip() or None,
            expected_at=expected_at,
            status=ReferralStatus.ACCEPTED if accepted else ReferralStatus.REQUESTED,
            confidentiality=incident.confidentiality,
        )
    )
    _line(ctx, incident, referral, N_("Se pide {service}"))
    ctx.name_operation("referrals.create")
    return referral.id


def confirm_referral(
    ctx: Context,
    referral_id: UUID,
    *,
    answered_by: str = "",
    number_given: str = "",
    expected_at: datetime | None = None,
) -> None:
    """Note that the service takes it. An incident that was left to it is closed by that.

    Raises:
        UserError: the referral has ended.
    """
    referral, incident = _running(ctx, referral_id)
    referral.status = ReferralStatus.ACCEPTED
    referral.answered_by = answered_by.strip() or referral.answered_by
    referral.number_given = number_given.strip() or referral.number_given
    referral.expected_at = expected_at or referral.expected_at
    _line(ctx, incident, referral, N_("{service} confirma"))
    if incident.status is IncidentStatus.REFERRED:
        incident.status, incident.closed_at = IncidentStatus.CLOSED, ctx.now
        write_line(
            ctx,
            incident,
            LineKind.CLOSED,
            tr(N_("Cerrado: {service} confirma la derivación"), service=referral.service_name),
            data={"from": IncidentStatus.REFERRED.value, "to": IncidentStatus.CLOSED.value},
        )
    ctx.name_operation("referrals.confirm")


def referral_arrived(ctx: Context, referral_id: UUID, *, at: datetime | None = None) -> None:
    """Note that the service is on the scene.

    Raises:
        UserError: the referral has ended.
        FieldError: `at` is in the future or before the request.
    """
    referral, incident = _running(ctx, referral_id)
    referral.arrived_at = checked_instant(ctx, at, not_before=referral.requested_at)
    referral.status = ReferralStatus.ARRIVED
    _line(ctx, incident, referral, N_("{service} en lugar"), at=referral.arrived_at)
    ctx.name_operation("referrals.arrived")


def finish_referral(ctx: Context, referral_id: UUID, result: str, *, was_refused: bool = False) -> None:
    """End a referral with its result, or with why the service refused.

    Raises:
        UserError: it has ended already.
        FieldError: the result is missing.
    """
    referral, incident = _running(ctx, referral_id)
    referral.result = required("result", result, N_("Escriba el resultado."))
    referral.status = ReferralStatus.REFUSED if was_refused else ReferralStatus.DONE
    _line(ctx, incident, referral, N_("{service} rechaza") if was_refused else N_("{service} concluye"))
    ctx.name_operation("referrals.finish")


def cancel_referral(ctx: Context, referral_id: UUID, reason: str) -> None:
    """Withdraw a request.

    Raises:
        UserError: it has ended already.
        FieldError: the reason is missing.
    """
    referral, incident = _running(ctx, referral_id)
    referral.result = required("reason", reason, N_("Escriba el motivo."))
    referral.status = ReferralStatus.CANCELLED
    _line(ctx, incident, referral, N_("Se anula la petición a {service}"))
    ctx.name_operation("referrals.cancel", referral.result)


def _running(ctx: Context, referral_id: UUID) -> tuple[Referral, Incident]:
    referral = ctx.get(Referral, referral_id)
    incident = incident_for(ctx, referral.incident_id, Action.EDIT, "referrals")
    if referral.status in _ENDED:
        raise UserError(
            tr(
                N_("La derivación a {service} ya terminó: «{status}»."),
                service=referral.service_name,
                status=tr(referral.status.label),
            )
        )
    return referral, incident


def _line(
    ctx: Context, incident: Incident, referral: Referral, text: str, *, at: datetime | None = None
) -> None:
    parts = [tr(text, service=referral.service_name)]
    if referral.answered_by:
        parts.append(tr(N_("contesta {name}"), name=referral.answered_by))
    if referral.number_given:
        parts.append(tr(N_("N° {number}"), number=referral.number_given))
    if referral.expected_at is not None and referral.status in {
        ReferralStatus.REQUESTED,
        ReferralStatus.ACCEPTED,
    }:
        parts.append(tr(N_("llega a las {time}"), time=formats.time_hm(referral.expected_at)))
    if referral.result:
        parts.append(referral.result)
    write_line(
        ctx,
        incident,
        LineKind.REFERRAL,
        " · ".join(parts),
        at=at,
        data={"service": referral.service_name, "status": referral.status.value},
    )
