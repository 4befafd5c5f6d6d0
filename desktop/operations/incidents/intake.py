"""Taking an alert: a call and its incident in one transaction, a call more on an incident, or a call alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from desktop.core import formats
from desktop.core.errors import FieldError, UserError
from desktop.core.i18n import N_, tr
from desktop.models.catalogues import IncidentType
from desktop.models.incidents.records import Call, Incident
from desktop.models.incidents.states import CallResult, IncidentStatus, LineKind, Priority
from desktop.operations.context import Context
from desktop.operations.incidents.common import incident_for, refuse_ended, type_of, write_line
from desktop.operations.incidents.people import put_person, put_vehicle
from desktop.operations.incidents.place import place_values
from desktop.operations.incidents.proposals import hazards_for, propose
from desktop.operations.incidents.values import IncidentRef, IntakeDraft
from desktop.register.access import Action
from desktop.register.record import Confidentiality

WITHOUT_INCIDENT = tuple(
    result for result in CallResult if result not in {CallResult.NEW_INCIDENT, CallResult.ATTACHED}
)
"""What can become of a call from which no incident comes."""


def open_incident(ctx: Context, draft: IntakeDraft) -> IncidentRef:
    """Save a call and the incident that it begins.

    What the person chose stands; otherwise the words give type and priority. The type raises the confidentiality
    of everything that belongs to the incident.

    Raises:
        FieldError: there is neither narrative nor type, nothing says where, the phone or a person's data is wrong,
            a hazard was not acknowledged, or a late entry's time is in the future.
        NotAllowed: the role may not open incidents.
    """
    ctx.rights.check(Action.CREATE, "incidents", Confidentiality.INTERNAL)
    narrative = draft.narrative.strip()
    if not narrative and not draft.type_code:
        raise FieldError("narrative", tr(N_("Escriba qué ocurre, o elija un tipo.")))
    is_late = draft.received_at is not None
    place = place_values(
        address=draft.address,
        reference=draft.reference,
        sector=draft.sector,
        lat=draft.lat,
        lon=draft.lon,
        source=draft.place_source,
    )
    _check_hazards(ctx, draft)
    kind, priority = _type_and_priority(ctx, draft)
    incident = Incident(
        narrative=narrative,
        risks=tuple(draft.risks),
        channel=draft.channel,
        reported_at=draft.received_at or ctx.now,
        type_is_manual=draft.type_is_manual or draft.priority_is_manual,
        priority=priority,
        status=IncidentStatus.ENTERED if kind is None else IncidentStatus.CLASSIFIED,
        is_late_entry=is_late,
        confidentiality=Confidentiality.INTERNAL,
        **place,
    )
    if kind is not None:
        incident.type_code, incident.is_sensitive = kind.code, kind.is_sensitive
        incident.confidentiality = (
            Confidentiality(kind.raised_to) if kind.raised_to else Confidentiality.INTERNAL
        )
    ctx.add(incident)
    call = _add_call(ctx, draft, CallResult.NEW_INCIDENT, place, incident)
    _first_lines(ctx, incident, call, kind)
    for person in draft.people:
        put_person(ctx, incident, person)
    for vehicle in draft.vehicles:
        put_vehicle(ctx, incident, vehicle)
    ctx.name_operation("incidents.open")
    return IncidentRef(incident.id, incident.code, call.id)


def attach_call(ctx: Context, draft: IntakeDraft, incident_id: UUID) -> IncidentRef:
    """Save the call as one more of an open incident; its words and the new people join it.

    Raises:
        UserError: the incident has ended.
        FieldError: the phone or a person's data is wrong.
    """
    incident = incident_for(ctx, incident_id, Action.CREATE, "calls")
    refuse_ended(incident)
    call = _add_call(ctx, draft, CallResult.ATTACHED, _loose_place(draft), incident)
    text = tr(N_("Otra llamada {code}"), code=call.code)
    said = draft.narrative.strip()
    write_line(
        ctx,
        incident,
        LineKind.CALL,
        f"{text} · {said}" if said else text,
        at=call.received_at,
        is_late_entry=draft.received_at is not None,
        data={"call": call.code, "channel": draft.channel.value},
    )
    new_risks = tuple(risk for risk in draft.risks if risk not in (incident.risks or ()))
    if new_risks:
        incident.risks = (*(incident.risks or ()), *new_risks)
    for person in draft.people:
        put_person(ctx, incident, person)
    for vehicle in draft.vehicles:
        put_vehicle(ctx, incident, vehicle)
    ctx.name_operation("calls.attach")
    return IncidentRef(incident.id, incident.code, call.id)


def record_call(ctx: Context, draft: IntakeDraft, result: CallResult) -> IncidentRef:
    """Save a call from which no incident comes: guidance, prank, wrong number. The reference is the call's own.

    Raises:
        UserError: that result belongs to an incident.
        FieldError: the phone is wrong, or a late entry's time is in the future.
    """
    ctx.rights.check(Action.CREATE, "calls", Confidentiality.INTERNAL)
    if result not in WITHOUT_INCIDENT:
        raise UserError(tr(N_("Con ese resultado la llamada va en un incidente: guárdela como tal.")))
    call = _add_call(ctx, draft, result, _loose_place(draft))
    ctx.name_operation("calls.record")
    return IncidentRef(call.id, call.code, call.id)


def _received_at(ctx: Context, draft: IntakeDraft) -> datetime:
    if draft.received_at is not None and draft.received_at > ctx.now:
        raise FieldError("received_at", tr(N_("La hora de la llamada todavía no llega.")))
    return draft.received_at or min(draft.answered_at or ctx.now, ctx.now)


def _phone(text: str) -> str | None:
    if not text.strip():
        return None
    try:
        return formats.normalise_phone(text)
    except ValueError as error:
        raise FieldError("phone", str(error)) from error


def _loose_place(draft: IntakeDraft) -> dict[str, Any]:
    return place_values(
        address=draft.address,
        reference=draft.reference,
        sector=draft.sector,
        lat=draft.lat,
        lon=draft.lon,
        source=draft.place_source,
        is_required=False,
    )


def _check_hazards(ctx: Context, draft: IntakeDraft) -> None:
    """Refuse while a warning about the phone or the place was not acknowledged (R71)."""
    unseen = [found for found in hazards_for(ctx, draft) if found.id not in draft.acknowledged_hazards]
    if unseen:
        raise FieldError("hazards", tr(N_("Tome nota de la advertencia: {text}"), text=unseen[0].text))


def _type_and_priority(ctx: Context, draft: IntakeDraft) -> tuple[IncidentType | None, Priority]:
    guesses, _ = propose(ctx, draft)
    code = draft.type_code or (guesses[0].code if guesses else None)
    kind = type_of(ctx, code)
    if draft.type_code and (kind is None or not kind.is_active):
        raise FieldError(
            "type_code", tr(N_("No hay un tipo vigente con el código {code}."), code=draft.type_code)
        )
    if draft.priority is not None and draft.priority_is_manual:
        return kind, draft.priority
    spoken = next((found.priority for found in guesses if kind is not None and found.code == kind.code), None)
    if spoken is not None:
        return kind, spoken
    return kind, kind.priority if kind is not None else draft.priority or Priority.P3


def _add_call(
    ctx: Context,
    draft: IntakeDraft,
    result: CallResult,
    place: dict[str, Any],
    incident: Incident | None = None,
) -> Call:
    return ctx.add(
        Call(
            received_at=_received_at(ctx, draft),
            answered_at=draft.answered_at,
            channel=draft.channel,
            phone=_phone(draft.phone),
            caller_name=draft.caller_name.strip() or None,
            is_anonymous=draft.is_anonymous,
            text=draft.narrative.strip(),
            preliminary_type=incident.type_code if incident else draft.type_code,
            result=result,
            incident_id=incident.id if incident else None,
            is_late_entry=draft.received_at is not None,
            confidentiality=incident.confidentiality if incident else Confidentiality.INTERNAL,
            **place,
        )
    )


def _first_lines(ctx: Context, incident: Incident, call: Call, kind: IncidentType | None) -> None:
    late = incident.is_late_entry
    write_line(
        ctx,
        incident,
        LineKind.CREATED,
        tr(N_("Creado · {channel} · {call}"), channel=tr(incident.channel.label), call=call.code),
        at=incident.reported_at,
        is_late_entry=late,
        data={"call": call.code, "channel": incident.channel.value},
    )
    if kind is not None:
        source = N_("elegido") if incident.type_is_manual else N_("propuesto por el relato")
        write_line(
            ctx,
            incident,
            LineKind.CLASSIFICATION,
            tr(
                N_("{type} · {priority} · {source}"),
                type=tr(kind.title),
                priority=tr(incident.priority.label),
                source=tr(source),
            ),
            at=incident.reported_at,
            is_late_entry=late,
            data={"type": kind.code, "priority": incident.priority.value},
        )
    if late:
        write_line(
            ctx,
            incident,
            LineKind.LATE_ENTRY,
            tr(
                N_("Ingreso tardío: ocurrió {event}, se ingresa {entry}"),
                event=formats.day_time(incident.reported_at),
                entry=formats.day_time(ctx.now),
            ),
            is_late_entry=True,
        )
