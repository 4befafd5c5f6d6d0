"""How an incident goes on and ends: type, priority, place, times, close, cancel, reopen, links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from desktop.core import formats
from desktop.core.errors import FieldError, UserError
from desktop.core.i18n import N_, tr
from desktop.models.incidents.records import Incident
from desktop.models.incidents.states import (
    ENDED,
    ClosingResult,
    IncidentStatus,
    LineKind,
    PlaceSource,
    Priority,
    allowed_next,
    may_reopen,
)
from desktop.operations.context import Context
from desktop.operations.incidents.common import (
    apply_type,
    incident_for,
    refuse_ended,
    required,
    type_of,
    write_line,
)
from desktop.operations.incidents.dispatch import free_all, refresh_status
from desktop.operations.incidents.place import place_values
from desktop.register.access import Action
from desktop.register.record import field_info

_TIMES = ("reported_at", "dispatched_at", "en_route_at", "arrived_at", "controlled_at", "closed_at")
_NO_REASON = N_("Escriba el motivo.")


def classify(ctx: Context, incident_id: UUID, type_code: str, priority: Priority | None = None) -> None:
    """Choose the type by hand; from now on no proposal changes it. Priority follows the type unless given.

    Raises:
        FieldError: there is no such type in force.
    """
    incident = incident_for(ctx, incident_id, Action.EDIT)
    refuse_ended(incident)
    kind = type_of(ctx, type_code)
    if kind is None or not kind.is_active:
        raise FieldError("type_code", tr(N_("No hay un tipo vigente con el código {code}."), code=type_code))
    apply_type(ctx, incident, kind, priority or kind.priority)
    incident.type_is_manual = True
    if incident.status is IncidentStatus.ENTERED:
        incident.status = IncidentStatus.CLASSIFIED
    write_line(
        ctx,
        incident,
        LineKind.CLASSIFICATION,
        tr(N_("{type} · {priority}"), type=tr(kind.title), priority=tr(incident.priority.label)),
        data={"type": kind.code, "priority": incident.priority.value},
    )
    ctx.name_operation("incidents.classify")


def set_priority(ctx: Context, incident_id: UUID, priority: Priority, reason: str = "") -> None:
    """Change the priority; the choice counts as manual."""
    incident = incident_for(ctx, incident_id, Action.EDIT)
    refuse_ended(incident)
    if incident.priority is priority:
        return
    before, incident.priority = incident.priority, priority
    incident.type_is_manual = True
    text = tr(N_("{before} → {after}"), before=tr(before.label), after=tr(priority.label))
    why = reason.strip()
    write_line(
        ctx,
        incident,
        LineKind.CLASSIFICATION,
        f"{text} · {why}" if why else text,
        data={"from": before.value, "priority": priority.value},
    )
    ctx.name_operation("incidents.priority", why or None)


def set_status(ctx: Context, incident_id: UUID, status: IncidentStatus) -> None:
    """Put an incident in a state that no unit brings about: en espera, controlado.

    Raises:
        UserError: that state does not follow, or it has an operation of its own (close, cancel, refer).
    """
    incident = incident_for(ctx, incident_id, Action.MOVE)
    own = status in ENDED or status is IncidentStatus.REFERRED
    if own or status not in allowed_next(incident.status, by_hand=True):
        raise UserError(
            tr(
                N_("{code} está «{now}»: desde ahí no pasa a «{next}» a mano."),
                code=incident.code,
                now=tr(incident.status.label),
                next=tr(status.label),
            )
        )
    _move(ctx, incident, status, LineKind.STATUS, tr(status.label))
    ctx.name_operation("incidents.status")


def correct_place(
    ctx: Context,
    incident_id: UUID,
    *,
    address: str,
    reference: str = "",
    sector: str = "",
    lat: float | None = None,
    lon: float | None = None,
    place_source: PlaceSource | None = None,
) -> None:
    """Replace the place; the earlier one stays in the timeline.

    Raises:
        FieldError: there is neither address nor reference nor coordinates.
    """
    incident = incident_for(ctx, incident_id, Action.EDIT)
    before = incident.address or incident.reference or ""
    values = place_values(
        address=address, reference=reference, sector=sector, lat=lat, lon=lon, source=place_source
    )
    for name, value in values.items():
        setattr(incident, name, value)
    after = incident.address or incident.reference or f"{lat}, {lon}"
    text = (
        tr(N_("Lugar: {after} (antes: {before})"), after=after, before=before)
        if before
        else tr(N_("Lugar: {after}"), after=after)
    )
    write_line(ctx, incident, LineKind.CORRECTION, text, data={"before": before, "after": after})
    ctx.name_operation("incidents.place")


def correct_time(ctx: Context, incident_id: UUID, field: str, at: datetime, reason: str) -> None:
    """Correct one of the incident's instants. It is marked, and its times no longer count in response times.

    Raises:
        FieldError: the field is no time, the time is in the future, out of order, or the reason is missing.
    """
    incident = incident_for(ctx, incident_id, Action.EDIT)
    if field not in _TIMES:
        raise FieldError("field", tr(N_("Elija la hora que va a corregir.")))
    why = required("reason", reason, _NO_REASON)
    if at > ctx.now:
        raise FieldError("at", tr(N_("Esa hora todavía no llega.")))
    place = _TIMES.index(field)
    earlier = [getattr(incident, name) for name in _TIMES[:place] if getattr(incident, name) is not None]
    later = [getattr(incident, name) for name in _TIMES[place + 1 :] if getattr(incident, name) is not None]
    if (earlier and at < max(earlier)) or (later and at > min(later)):
        raise FieldError("at", tr(N_("Esa hora queda fuera de orden con las demás del incidente.")))
    before = getattr(incident, field)
    setattr(incident, field, at)
    incident.times_edited = True
    label = tr(field_info(getattr(Incident, field)).label)
    write_line(
        ctx,
        incident,
        LineKind.CORRECTION,
        tr(
            N_("{label}: {after} (antes: {before}) · {reason}"),
            label=label,
            after=formats.day_time_s(at),
            before=formats.day_time_s(before) if before else "—",
            reason=why,
        ),
        data={"field": field},
    )
    ctx.name_operation("incidents.time", why)


def set_narrative(
    ctx: Context, incident_id: UUID, narrative: str, risks: tuple[str, ...] | None = None
) -> None:
    """Rewrite the account and, when given, the risks; what it said before stays in the journal."""
    incident = incident_for(ctx, incident_id, Action.EDIT)
    refuse_ended(incident)
    incident.narrative = narrative.strip()
    if risks is not None:
        incident.risks = tuple(risks)
    write_line(ctx, incident, LineKind.CORRECTION, tr(N_("Relato y riesgos actualizados")))
    ctx.name_operation("incidents.narrative")


def close(
    ctx: Context, incident_id: UUID, result: ClosingResult, note: str = "", *, free_units: bool = False
) -> None:
    """Close with a result. Units still on it are freed when `free_units` says so.

    Raises:
        UserError: units are still on it, or it has ended already.
    """
    incident = _ending(ctx, incident_id, IncidentStatus.CLOSED, free_units=free_units)
    incident.result, incident.result_note = result, note.strip() or None
    _end(ctx, incident, IncidentStatus.CLOSED, tr(result.label), note)
    ctx.name_operation("incidents.close")


def cancel(ctx: Context, incident_id: UUID, note: str = "", *, free_units: bool = False) -> None:
    """End it because the caller no longer needs it."""
    _end_as(ctx, incident_id, IncidentStatus.CANCELLED, note, free_units=free_units)
    ctx.name_operation("incidents.cancel")


def mark_false(ctx: Context, incident_id: UUID, note: str = "", *, free_units: bool = False) -> None:
    """End it because it was not true."""
    incident = _ending(ctx, incident_id, IncidentStatus.FALSE, free_units=free_units)
    incident.result, incident.result_note = ClosingResult.FALSE_REPORT, note.strip() or None
    _end(ctx, incident, IncidentStatus.FALSE, tr(IncidentStatus.FALSE.label), note)
    ctx.name_operation("incidents.false")


def mark_duplicate(ctx: Context, incident_id: UUID, of_id: UUID, *, free_units: bool = False) -> None:
    """End it because another incident is the same event; both timelines say so.

    Raises:
        UserError: it would be a duplicate of itself, or of something that is itself a duplicate.
    """
    original = incident_for(ctx, of_id, Action.READ)
    if of_id == incident_id or original.status is IncidentStatus.DUPLICATE:
        raise UserError(tr(N_("Elija el incidente original, no éste ni otro duplicado.")))
    incident = _ending(ctx, incident_id, IncidentStatus.DUPLICATE, free_units=free_units)
    incident.duplicate_of_id = original.id
    _end(ctx, incident, IncidentStatus.DUPLICATE, tr(N_("Duplicado de {code}"), code=original.code), "")
    write_line(
        ctx,
        original,
        LineKind.LINK,
        tr(N_("{code} es duplicado de este incidente"), code=incident.code),
        data={"duplicate": incident.code},
    )
    ctx.name_operation("incidents.duplicate")


def derive(ctx: Context, incident_id: UUID, note: str = "", *, free_units: bool = False) -> None:
    """Leave it to another service; it stays in the queue until that service confirms, which closes it.

    Raises:
        UserError: units are still on it, or it has ended already.
    """
    incident = _ending(ctx, incident_id, IncidentStatus.REFERRED, free_units=free_units)
    why = note.strip()
    text = tr(IncidentStatus.REFERRED.label)
    _move(ctx, incident, IncidentStatus.REFERRED, LineKind.STATUS, f"{text} · {why}" if why else text)
    ctx.name_operation("incidents.derive")


def reopen(ctx: Context, incident_id: UUID, reason: str) -> None:
    """Open again within 72 hours, with its reason. First times stay; the closing stays in the timeline.

    Raises:
        UserError: it is open, or it ended more than 72 hours ago.
        FieldError: the reason is missing.
    """
    incident = incident_for(ctx, incident_id, Action.MOVE)
    why = required("reason", reason, _NO_REASON)
    if not may_reopen(incident.status, incident.closed_at, ctx.now):
        message = (
            N_("{code} no está cerrado.")
            if incident.status.is_open
            else N_(
                "Pasaron más de 72 horas desde el cierre de {code}: ingrese un incidente nuevo y vincúlelo."
            )
        )
        raise UserError(tr(message, code=incident.code))
    incident.closed_at = incident.controlled_at = None
    incident.result = incident.result_note = incident.duplicate_of_id = None
    refresh_status(ctx, incident, ctx.now, reopened=True)
    write_line(ctx, incident, LineKind.REOPENED, tr(N_("Reabierto · {reason}"), reason=why))
    ctx.name_operation("incidents.reopen", why)


def link_to_major(ctx: Context, incident_id: UUID, parent_id: UUID) -> None:
    """Put an incident under a major one; the major one's timeline then shows both (R35).

    Raises:
        UserError: it would be under itself, or the major one is under another.
    """
    incident = incident_for(ctx, incident_id, Action.EDIT)
    parent = incident_for(ctx, parent_id, Action.EDIT)
    if parent_id == incident_id:
        raise UserError(tr(N_("Un incidente no se vincula consigo mismo.")))
    if parent.parent_id is not None:
        major = ctx.get(Incident, parent.parent_id)
        raise UserError(
            tr(N_("{code} ya depende de {major}: vincúlelo con {major}."), code=parent.code, major=major.code)
        )
    if has_linked(ctx, incident_id):
        raise UserError(
            tr(N_("{code} tiene incidentes vinculados: no puede depender de otro."), code=incident.code)
        )
    if incident.parent_id == parent_id:
        return
    incident.parent_id = parent_id
    write_line(
        ctx,
        incident,
        LineKind.LINK,
        tr(N_("Parte de {code}"), code=parent.code),
        data={"parent": parent.code},
    )
    write_line(
        ctx,
        parent,
        LineKind.LINK,
        tr(N_("Se vincula {code}"), code=incident.code),
        data={"child": incident.code},
    )
    ctx.name_operation("incidents.link")


def unlink(ctx: Context, incident_id: UUID, reason: str) -> None:
    """Take an incident out from under the major one.

    Raises:
        UserError: it is under none.
        FieldError: the reason is missing.
    """
    incident = incident_for(ctx, incident_id, Action.EDIT)
    why = required("reason", reason, _NO_REASON)
    if incident.parent_id is None:
        raise UserError(tr(N_("{code} no depende de otro incidente."), code=incident.code))
    parent = ctx.get(Incident, incident.parent_id)
    incident.parent_id = None
    for about, other in ((incident, parent), (parent, incident)):
        write_line(
            ctx,
            about,
            LineKind.LINK,
            tr(N_("Ya no se vincula con {code} · {reason}"), code=other.code, reason=why),
        )
    ctx.name_operation("incidents.unlink", why)


def set_follow_up(ctx: Context, incident_id: UUID, needs: bool) -> None:
    """Say whether somebody must come back to it, closed or not."""
    incident = incident_for(ctx, incident_id, Action.EDIT)
    if incident.needs_follow_up == needs:
        return
    incident.needs_follow_up = needs
    text = N_("Requiere seguimiento") if needs else N_("Ya no requiere seguimiento")
    write_line(ctx, incident, LineKind.STATUS, tr(text))
    ctx.name_operation("incidents.follow_up")


def set_police_report(ctx: Context, incident_id: UUID, number: str) -> None:
    """Note the RUC or the number of the police report, closed or not."""
    incident = incident_for(ctx, incident_id, Action.EDIT)
    incident.police_report = number.strip() or None
    write_line(ctx, incident, LineKind.NOTE, tr(N_("RUC o parte: {number}"), number=number.strip() or "—"))
    ctx.name_operation("incidents.police_report")


def has_linked(ctx: Context, incident_id: UUID) -> bool:
    """Tell whether other incidents are under this one."""
    return (
        ctx.session.scalar(select(Incident.id).where(Incident.parent_id == incident_id).limit(1)) is not None
    )


def _ending(ctx: Context, incident_id: UUID, status: IncidentStatus, *, free_units: bool) -> Incident:
    incident = incident_for(ctx, incident_id, Action.MOVE)
    refuse_ended(incident)
    if status not in allowed_next(incident.status):
        raise UserError(
            tr(
                N_("{code} está «{now}»: desde ahí no pasa a «{next}»."),
                code=incident.code,
                now=tr(incident.status.label),
                next=tr(status.label),
            )
        )
    free_all(ctx, incident, allowed=free_units)
    return incident


def _end_as(ctx: Context, incident_id: UUID, status: IncidentStatus, note: str, *, free_units: bool) -> None:
    incident = _ending(ctx, incident_id, status, free_units=free_units)
    incident.result_note = note.strip() or None
    _end(ctx, incident, status, tr(status.label), note)


def _end(ctx: Context, incident: Incident, status: IncidentStatus, text: str, note: str) -> None:
    incident.closed_at = ctx.now
    incident.no_unit_since = None
    why = note.strip()
    _move(ctx, incident, status, LineKind.CLOSED, f"{text} · {why}" if why else text)


def _move(ctx: Context, incident: Incident, status: IncidentStatus, kind: LineKind, text: str) -> None:
    before, incident.status = incident.status, status
    if status is IncidentStatus.CONTROLLED and incident.controlled_at is None:
        incident.controlled_at = ctx.now
    write_line(ctx, incident, kind, text, data={"from": before.value, "to": status.value})
