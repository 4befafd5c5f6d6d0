"""What is known of an incident beside its states, one line each: calls, people, vehicles, referrals, result."""

from collections.abc import Iterable

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.operations.incidents.values import CallView, IncidentView, PersonView, ReferralView, VehicleView


def fact_lines(view: IncidentView) -> list[str]:
    """Return the lines of the console."""
    lines = [
        *map(_call_words, view.calls),
        *map(person_words, view.people),
        *map(vehicle_words, view.vehicles),
        *map(_referral_words, view.referrals),
    ]
    if view.result is not None:
        lines.append(_joined((tr(view.result.label), view.result_note or "")))
    if view.police_report:
        lines.append(tr(N_("RUC o parte: {number}"), number=view.police_report))
    return lines


def person_words(person: PersonView) -> str:
    """Return what is known of a person: `Testigo · Ana Cayún · 12.345.678-5`."""
    return _joined(
        (
            tr(person.role.label),
            person.full_name or "",
            formats.run(person.run) if person.run else "",
            formats.phone(person.phone) if person.phone else "",
            person.description or "",
        )
    )


def vehicle_words(vehicle: VehicleView) -> str:
    """Return what is known of a vehicle; that nobody asked whether it is stolen is not said."""
    stolen = {True: tr(N_("con encargo por robo")), False: tr(N_("sin encargo por robo")), None: ""}
    plate = formats.plate(vehicle.plate) if vehicle.plate else ""
    return _joined((plate, vehicle.description or "", stolen[vehicle.is_reported_stolen]))


def _call_words(call: CallView) -> str:
    who = call.caller_name or (tr(N_("Anónimo/a")) if call.is_anonymous else "")
    phone = formats.phone(call.phone) if call.phone else ""
    return _joined((formats.time_hm(call.received_at), tr(call.channel.label), who, phone))


def _referral_words(referral: ReferralView) -> str:
    return _joined(
        (
            tr(N_("Derivado a {service}"), service=referral.service_name),
            tr(referral.status.label),
            referral.number_given or "",
            referral.answered_by or "",
            referral.result or "",
        )
    )


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)
