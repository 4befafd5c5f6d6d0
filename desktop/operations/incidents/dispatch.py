"""Sending units and keeping their states; nothing of an earlier assignment is ever lost (R72–R75)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.models.fleet import Unit
from desktop.models.incidents.records import Assignment, Incident, IncidentLine, UnitStatusChange
from desktop.models.incidents.states import (
    BUSY,
    IncidentStatus,
    LineKind,
    UnitStatus,
    incident_status_after,
    may_unit_move,
)
from desktop.operations.context import Context, ReadContext
from desktop.operations.incidents.common import checked_instant, incident_for, refuse_ended, write_line
from desktop.register.access import Action
from desktop.register.record import Confidentiality

_REFUSED = {
    UnitStatus.OUT_OF_SERVICE: N_(
        "{unit} está fuera de servicio. Póngalo disponible (F7 1) antes de despacharlo."
    ),
}
_NO_UNIT = "no_unit"
_INSTANT_OF = {
    UnitStatus.EN_ROUTE: "en_route_at",
    UnitStatus.ON_SCENE: "on_scene_at",
    UnitStatus.TRANSPORTING: "transporting_at",
}


def assign_units(
    ctx: Context,
    incident_id: UUID,
    unit_ids: Sequence[UUID],
    *,
    recommendation: Mapping[UUID, str] | None = None,
    at: datetime | None = None,
) -> None:
    """Send units to an incident. A busy one is diverted: its earlier assignment keeps every instant it had.

    `recommendation` holds the reason that was shown for the units that were recommended.

    Raises:
        UserError: the incident has ended, or a unit cannot be sent; nothing is sent then.
        NotAllowed: the role does not permit dispatching.
    """
    incident = incident_for(ctx, incident_id, Action.MOVE, "assignments")
    refuse_ended(incident)
    moment = checked_instant(ctx, at)
    if not unit_ids:
        raise UserError(tr(N_("Elija al menos un móvil.")))
    reasons = recommendation or {}
    for unit in _units(ctx, unit_ids):
        _send(ctx, incident, unit, moment, reasons.get(unit.id))
    incident.no_unit_since = None
    refresh_status(ctx, incident, moment, reopened=incident.status is IncidentStatus.CONTROLLED)
    ctx.name_operation("incidents.assign")


def set_unit_status(
    ctx: Context,
    unit_ids: Sequence[UUID],
    status: UnitStatus,
    *,
    note: str | None = None,
    at: datetime | None = None,
) -> None:
    """Put one or several units in a state, at `at` when the radio said so earlier.

    A state that ends the work on an incident (disponible, en pausa, fuera de servicio) releases the unit from it.

    Raises:
        UserError: a unit cannot take that state now; none is changed then.
        FieldError: `at` is in the future or before the unit's present state.
        NotAllowed: the role does not permit it.
    """
    ctx.rights.check(Action.MOVE, "assignments")
    if not unit_ids:
        raise UserError(tr(N_("Elija al menos un móvil.")))
    text = (note or "").strip() or None
    touched: dict[UUID, tuple[Incident, datetime]] = {}
    for unit in _units(ctx, unit_ids):
        moment = checked_instant(ctx, at, not_before=unit.status_at)
        assignment = active_assignment(ctx, unit.id)
        _check_move(unit, status, assignment)
        if assignment is None:
            _take(ctx, unit, status, moment, note=text)
            continue
        incident = incident_for(ctx, assignment.incident_id, Action.MOVE, "assignments")
        before = unit.status
        if status in BUSY:
            _reach(assignment, status, moment)
        elif status is not UnitStatus.NO_CONTACT:
            assignment.released_at = moment
            assignment.release_reason = text or tr(status.label)
        stays = assignment.released_at is None
        _take(
            ctx,
            unit,
            status,
            moment,
            incident_id=incident.id if stays else None,
            note=text,
            about=incident.id,
        )
        write_line(
            ctx,
            incident,
            LineKind.UNIT_STATUS,
            _status_text(unit, status, text),
            at=moment,
            data={"unit": unit.callsign, "from": before.value, "to": status.value},
        )
        touched[incident.id] = (incident, moment)
    for incident, moment in touched.values():
        refresh_status(ctx, incident, moment)
    ctx.name_operation("units.status")


def release_units(
    ctx: Context, incident_id: UUID, unit_ids: Sequence[UUID], *, reason: str | None = None
) -> None:
    """Free units of this incident: they are available again.

    Raises:
        UserError: one of them is not working on this incident.
    """
    for unit in _units(ctx, unit_ids):
        assignment = active_assignment(ctx, unit.id)
        if assignment is None or assignment.incident_id != incident_id:
            raise UserError(tr(N_("{unit} no está en este incidente."), unit=unit.callsign))
    set_unit_status(ctx, unit_ids, UnitStatus.AVAILABLE, note=reason)


def set_unit_crew(ctx: Context, unit_id: UUID, crew: str) -> None:
    """Say who is in the unit; what it was at each dispatch stays with the dispatch.

    The timeline of the incident on which the unit works says it too.
    """
    ctx.rights.check(Action.MOVE, "assignments")
    unit = ctx.get(Unit, unit_id)
    text = crew.strip() or None
    if unit.crew == text:
        return
    unit.crew = text
    if unit.incident_id is not None:
        incident = incident_for(ctx, unit.incident_id, Action.MOVE, "assignments")
        said = tr(N_("{unit} va con {crew}"), unit=unit.callsign, crew=text) if text else None
        write_line(
            ctx,
            incident,
            LineKind.UNIT_STATUS,
            said or tr(N_("{unit} sin tripulación anotada"), unit=unit.callsign),
            data={"unit": unit.callsign, "crew": text},
        )
    ctx.name_operation("units.crew")


def note_no_unit(ctx: Context, incident_id: UUID) -> None:
    """Raise the alert «Sin móvil disponible»; the next dispatch ends it.

    Raises:
        UserError: the incident has ended, a unit is already on it, or the alert stands already.
    """
    incident = incident_for(ctx, incident_id, Action.MOVE, "assignments")
    refuse_ended(incident)
    if any(True for _ in active_on(ctx, incident.id)):
        raise UserError(tr(N_("{code} ya tiene un móvil despachado."), code=incident.code))
    if incident.no_unit_since is not None:
        raise UserError(tr(N_("{code} ya espera un móvil disponible."), code=incident.code))
    incident.no_unit_since = ctx.now
    write_line(
        ctx,
        incident,
        LineKind.ALARM,
        tr(N_("Sin móvil disponible")),
        data={"alarm": _NO_UNIT, "from": incident.status.value},
    )
    if incident.status in {IncidentStatus.ENTERED, IncidentStatus.CLASSIFIED}:
        incident.status = IncidentStatus.WAITING
    ctx.name_operation("incidents.no_unit")


def withdraw_no_unit(ctx: Context, incident_id: UUID) -> None:
    """Take the alert «Sin móvil disponible» back; the incident has the state again that it had before.

    Raises:
        UserError: the alert does not stand any more.
    """
    incident = incident_for(ctx, incident_id, Action.MOVE, "assignments")
    if incident.no_unit_since is None:
        raise UserError(tr(N_("{code} ya no tiene esa alerta."), code=incident.code))
    incident.no_unit_since = None
    if incident.status is IncidentStatus.WAITING:
        incident.status = _status_before_alert(ctx, incident)
    write_line(ctx, incident, LineKind.ALARM, tr(N_("Se retira la alerta «Sin móvil disponible»")))
    ctx.name_operation("incidents.no_unit_withdrawn")


def _status_before_alert(ctx: Context, incident: Incident) -> IncidentStatus:
    lines = ctx.session.scalars(
        select(IncidentLine.data)
        .where(IncidentLine.incident_id == incident.id, IncidentLine.kind == LineKind.ALARM)
        .order_by(IncidentLine.at.desc())
    )
    raised = next((data for data in lines if data is not None and data.get("alarm") == _NO_UNIT), None)
    return incident.status if raised is None else IncidentStatus(raised["from"])


def active_assignment(ctx: ReadContext, unit_id: UUID) -> Assignment | None:
    """Return the one assignment on which a unit works now."""
    return ctx.session.scalar(
        select(Assignment).where(
            Assignment.unit_id == unit_id,
            Assignment.released_at.is_(None),
            Assignment.preempted_at.is_(None),
            Assignment.voided_at.is_(None),
        )
    )


def active_on(ctx: ReadContext, incident_id: UUID) -> Iterable[Assignment]:
    """Return the assignments still at work on an incident."""
    return ctx.session.scalars(
        select(Assignment).where(
            Assignment.incident_id == incident_id,
            Assignment.released_at.is_(None),
            Assignment.preempted_at.is_(None),
            Assignment.voided_at.is_(None),
        )
    )


def free_all(ctx: Context, incident: Incident, *, allowed: bool) -> None:
    """Free the units of an incident that is about to end.

    Raises:
        UserError: units are still on it and the person did not choose to free them.
    """
    active = list(active_on(ctx, incident.id))
    if not active:
        return
    if not allowed:
        raise UserError(
            tr(
                N_("{units} todavía está en {code}. Libérelo, o elija cerrar y liberar los móviles."),
                units=", ".join(sorted(found.callsign for found in active)),
                code=incident.code,
            )
        )
    set_unit_status(ctx, [found.unit_id for found in active], UnitStatus.AVAILABLE)


def refresh_status(ctx: Context, incident: Incident, at: datetime, *, reopened: bool = False) -> None:
    """Bring an incident's state and its first times up to what its units reached."""
    ctx.session.flush()
    rows = list(ctx.session.scalars(select(Assignment).where(Assignment.incident_id == incident.id)))
    active = [row for row in rows if row.released_at is None and row.preempted_at is None]
    states = [ctx.get(Unit, row.unit_id).status for row in active]
    attended = any(
        row.on_scene_at is not None and row.preempted_at is None and row.released_at is not None
        for row in rows
    )
    _first(incident, "dispatched_at", [row.assigned_at for row in rows])
    _first(incident, "en_route_at", [row.en_route_at for row in rows])
    _first(incident, "arrived_at", [row.on_scene_at for row in rows])
    status = incident_status_after(incident.status, states, reopened=reopened, was_attended=attended)
    if status is IncidentStatus.CONTROLLED and incident.controlled_at is None:
        incident.controlled_at = at
    if status is not incident.status:
        incident.status = status


def _first(incident: Incident, name: str, instants: Iterable[datetime | None]) -> None:
    """Keep the earliest instant; once somebody corrected the times by hand, theirs stays."""
    known = [instant for instant in instants if instant is not None]
    present: datetime | None = getattr(incident, name)
    if present is None or not incident.times_edited:
        first = min(known, default=present)
        if first != present:
            setattr(incident, name, first)


def _units(ctx: Context, unit_ids: Sequence[UUID]) -> list[Unit]:
    return [ctx.get(Unit, unit_id) for unit_id in dict.fromkeys(unit_ids)]


def _send(ctx: Context, incident: Incident, unit: Unit, at: datetime, reason: str | None) -> None:
    if not unit.is_active or unit.voided_at is not None:
        raise UserError(tr(N_("{unit} no está en la flota."), unit=unit.callsign))
    if not may_unit_move(unit.status, UnitStatus.ASSIGNED):
        raise UserError(
            tr(
                _REFUSED.get(unit.status, N_("{unit} no puede despacharse ahora.")),
                unit=unit.callsign,
            )
        )
    checked_instant(ctx, at, not_before=unit.status_at)
    earlier = active_assignment(ctx, unit.id)
    if earlier is not None:
        if earlier.incident_id == incident.id:
            raise UserError(tr(N_("{unit} ya está en este incidente."), unit=unit.callsign))
        _divert(ctx, earlier, unit, incident, at)
    ctx.add(
        Assignment(
            incident_id=incident.id,
            unit_id=unit.id,
            callsign=unit.callsign,
            crew=unit.crew,
            assigned_at=at,
            was_recommended=reason is not None,
            recommendation=reason,
            confidentiality=Confidentiality.INTERNAL,
        )
    )
    _take(ctx, unit, UnitStatus.ASSIGNED, at, incident_id=incident.id)
    if earlier is not None:
        refresh_status(ctx, ctx.get(Incident, earlier.incident_id), at)
    text = (
        tr(N_("{unit} despachado · recomendado: {reason}"), unit=unit.callsign, reason=reason)
        if reason
        else tr(N_("{unit} despachado"), unit=unit.callsign)
    )
    write_line(
        ctx,
        incident,
        LineKind.DISPATCH,
        text,
        at=at,
        data={"unit": unit.callsign, "crew": unit.crew, "to": UnitStatus.ASSIGNED.value},
    )


def _divert(ctx: Context, earlier: Assignment, unit: Unit, incident: Incident, at: datetime) -> None:
    """End a unit's present assignment because it is needed elsewhere."""
    left = incident_for(ctx, earlier.incident_id, Action.MOVE, "assignments")
    earlier.preempted_at = at
    earlier.release_reason = tr(N_("Desviado a {code}"), code=incident.code)
    write_line(
        ctx,
        left,
        LineKind.DISPATCH,
        tr(N_("{unit} desviado a {code}"), unit=unit.callsign, code=incident.code),
        at=at,
        data={"unit": unit.callsign, "from": unit.status.value, "diverted_to": incident.code},
    )


def _check_move(unit: Unit, status: UnitStatus, assignment: Assignment | None) -> None:
    if status is UnitStatus.ASSIGNED and (assignment is None or unit.status is not UnitStatus.NO_CONTACT):
        raise UserError(tr(N_("Para asignar {unit}, despáchelo a un incidente (F6)."), unit=unit.callsign))
    if status in BUSY and assignment is None:
        raise UserError(tr(N_("{unit} no tiene incidente. Despáchelo primero (F6)."), unit=unit.callsign))
    if not may_unit_move(unit.status, status):
        raise UserError(
            tr(
                N_("{unit} está «{now}»: desde ahí no pasa a «{next}»."),
                unit=unit.callsign,
                now=tr(unit.status.label),
                next=tr(status.label),
            )
        )


def _reach(assignment: Assignment, status: UnitStatus, at: datetime) -> None:
    """Note the first time that the unit reached a state there."""
    name = _INSTANT_OF.get(status)
    if name is not None and getattr(assignment, name) is None:
        setattr(assignment, name, at)


def _take(
    ctx: Context,
    unit: Unit,
    status: UnitStatus,
    at: datetime,
    *,
    incident_id: UUID | None = None,
    note: str | None = None,
    about: UUID | None = None,
) -> None:
    """Put a unit in a state and keep the change; `about` is the incident in whose course it happened."""
    unit.status, unit.status_at, unit.incident_id = status, at, incident_id
    ctx.add(
        UnitStatusChange(unit_id=unit.id, status=status, at=at, incident_id=about or incident_id, note=note)
    )


def _status_text(unit: Unit, status: UnitStatus, note: str | None) -> str:
    text = f"{unit.callsign} {tr(status.label).lower()}"
    return f"{text} · {note}" if note else text
