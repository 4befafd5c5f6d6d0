"""What the command centre writes: calls, incidents, their timeline, dispatch, referrals, checklists and timers.

Times of events (`reported_at`, `at`) and times of entry (`created_at`) are separate everywhere: after an outage
both are true and both are shown (R85).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Float, Index
from sqlalchemy.orm import Mapped

from desktop.core.i18n import N_
from desktop.models.incidents.states import (
    CallResult,
    Channel,
    ClosingResult,
    FieldTimerKind,
    IncidentStatus,
    LineKind,
    PersonRole,
    PlaceSource,
    Priority,
    ReferralStatus,
    UnitStatus,
)
from desktop.register.record import Numbered, Record, Scope, column


class Placed:
    """Where something is. An address or a reference is enough; coordinates are WGS84 degrees when known."""

    address: Mapped[str] = column(N_("Dirección"), default="", group="place")
    reference: Mapped[str | None] = column(N_("Referencia"), group="place")
    sector: Mapped[str | None] = column(N_("Sector"), group="place", index=True)
    lat: Mapped[float | None] = column(N_("Latitud"), Float, group="place")
    lon: Mapped[float | None] = column(N_("Longitud"), Float, group="place")
    place_source: Mapped[PlaceSource | None] = column(N_("Fuente de la ubicación"), group="place")
    place_key: Mapped[str] = column(
        N_("Clave del lugar"),
        default="",
        group="place",
        index=True,
        help=N_("Dirección sin acentos ni signos"),
    )


class Incident(Placed, Numbered, Record):
    """One event that the centre attends. The six instants are the first time that each state was reached."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_reported", "reported_at", "confidentiality", "voided_at"),
        Index("ix_incidents_state", "status", "confidentiality", "is_sensitive", "voided_at", "priority"),
        Index("ix_incidents_closed", "closed_at"),
    )
    scope = Scope.OPERATIONS
    prefix = "INC"
    type_code: Mapped[str | None] = column(N_("Tipo"), code_of="incident_types", index=True, group="type")
    type_is_manual: Mapped[bool] = column(N_("Tipo elegido a mano"), default=False, group="type")
    priority: Mapped[Priority] = column(N_("Prioridad"), default=Priority.P3, group="type")
    is_sensitive: Mapped[bool] = column(N_("Tipo sensible"), default=False, group="type")
    status: Mapped[IncidentStatus] = column(N_("Estado"), default=IncidentStatus.ENTERED, group="status")
    narrative: Mapped[str] = column(N_("Relato"), default="", multiline=True)
    risks: Mapped[tuple[str, ...]] = column(N_("Riesgos"), default=())
    channel: Mapped[Channel] = column(N_("Canal"), default=Channel.SHORT_NUMBER)
    reported_at: Mapped[datetime] = column(N_("Ingreso"))
    dispatched_at: Mapped[datetime | None] = column(N_("Despacho"), group="status")
    en_route_at: Mapped[datetime | None] = column(N_("Salida"), group="status")
    arrived_at: Mapped[datetime | None] = column(N_("Llegada"), group="status")
    controlled_at: Mapped[datetime | None] = column(N_("Control"), group="status")
    closed_at: Mapped[datetime | None] = column(N_("Cierre"), group="status")
    times_edited: Mapped[bool] = column(N_("Tiempos corregidos"), default=False)
    is_late_entry: Mapped[bool] = column(N_("Ingreso tardío"), default=False)
    no_unit_since: Mapped[datetime | None] = column(N_("Sin móvil disponible desde"))
    result: Mapped[ClosingResult | None] = column(N_("Resultado"), group="result")
    result_note: Mapped[str | None] = column(N_("Detalle del cierre"), group="result", multiline=True)
    police_report: Mapped[str | None] = column(N_("RUC o parte"))
    needs_follow_up: Mapped[bool] = column(N_("Requiere seguimiento"), default=False)
    parent_id: Mapped[UUID | None] = column(N_("Incidente mayor"), reference="incidents", index=True)
    duplicate_of_id: Mapped[UUID | None] = column(N_("Duplicado de"), reference="incidents")
    external_ref: Mapped[str | None] = column(
        N_("Número de origen"), index=True, help=N_("Huella o número en el sistema del que se importó")
    )
    import_batch_id: Mapped[UUID | None] = column(N_("Importación"), reference="import_batches", index=True)


class Call(Placed, Numbered, Record):
    """One alert through any channel; several may belong to one incident."""

    __tablename__ = "calls"
    scope = Scope.OPERATIONS
    prefix = "LL"
    owner_field = "incident_id"
    received_at: Mapped[datetime] = column(N_("Hora de ingreso"), index=True)
    answered_at: Mapped[datetime | None] = column(N_("Hora de contestación"))
    channel: Mapped[Channel] = column(N_("Canal"), default=Channel.SHORT_NUMBER)
    phone: Mapped[str | None] = column(N_("Teléfono"), role="phone", index=True)
    caller_name: Mapped[str | None] = column(N_("Requirente"))
    is_anonymous: Mapped[bool] = column(N_("Anónimo/a"), default=False)
    text: Mapped[str] = column(N_("Lo que dice"), default="", multiline=True)
    preliminary_type: Mapped[str | None] = column(N_("Tipo preliminar"), code_of="incident_types")
    result: Mapped[CallResult | None] = column(N_("Resultado"))
    incident_id: Mapped[UUID | None] = column(N_("Incidente"), reference="incidents", index=True)
    is_late_entry: Mapped[bool] = column(N_("Ingreso tardío"), default=False)


class Struck:
    """A line that turned out wrong stays readable, struck through, with who struck it and why."""

    struck_at: Mapped[datetime | None] = column(N_("Tachado"), group="struck")
    struck_by: Mapped[UUID | None] = column(N_("Tachado por"), group="struck")
    strike_reason: Mapped[str | None] = column(N_("Motivo"), group="struck")


class IncidentLine(Struck, Record):
    """One line of the timeline. `at` is when it happened, `created_at` when it was written.

    `data` holds what the line is about in plain values (a unit's callsign, the states), so that the sheet can be
    printed as it was.
    """

    __tablename__ = "incident_lines"
    scope = Scope.OPERATIONS
    append_only = True
    owner_field = "incident_id"
    incident_id: Mapped[UUID] = column(N_("Incidente"), reference="incidents", index=True)
    kind: Mapped[LineKind] = column(N_("Clase"), default=LineKind.NOTE)
    text: Mapped[str] = column(N_("Texto"), default="", multiline=True)
    at: Mapped[datetime] = column(N_("Hora"))
    author_name: Mapped[str] = column(N_("Autor/a"), default="")
    is_late_entry: Mapped[bool] = column(N_("Ingreso tardío"), default=False)
    data: Mapped[dict[str, Any]] = column(N_("Datos"), default=None, nullable=True)


class Assignment(Record):
    """A unit sent to an incident, with the instants of its states there.

    A unit that is sent elsewhere before it is free keeps this row as it was: `preempted_at` says when, and nothing
    of its earlier states is lost (R75).
    """

    __tablename__ = "assignments"
    __table_args__ = (Index("ix_assignments_unit_open", "unit_id", "released_at", "preempted_at"),)
    scope = Scope.OPERATIONS
    owner_field = "incident_id"
    incident_id: Mapped[UUID] = column(N_("Incidente"), reference="incidents", index=True)
    unit_id: Mapped[UUID] = column(N_("Móvil"), reference="units")
    callsign: Mapped[str] = column(N_("Sigla"))
    crew: Mapped[str | None] = column(N_("Dotación"))
    assigned_at: Mapped[datetime] = column(N_("Asignado"))
    en_route_at: Mapped[datetime | None] = column(N_("En camino"), group="status")
    on_scene_at: Mapped[datetime | None] = column(N_("En lugar"), group="status")
    transporting_at: Mapped[datetime | None] = column(N_("En traslado"), group="status")
    released_at: Mapped[datetime | None] = column(N_("Liberado"), group="status")
    preempted_at: Mapped[datetime | None] = column(N_("Desviado a otro incidente"), group="status")
    release_reason: Mapped[str | None] = column(N_("Motivo"), group="status")
    was_recommended: Mapped[bool] = column(N_("Recomendado"), default=False)
    recommendation: Mapped[str | None] = column(N_("Razón de la recomendación"))


class UnitStatusChange(Record):
    """A state that a unit took; the last one by `at` is its present state."""

    __tablename__ = "unit_status_changes"
    scope = Scope.OPERATIONS
    append_only = True
    owner_field = "unit_id"
    unit_id: Mapped[UUID] = column(N_("Móvil"), reference="units", index=True)
    status: Mapped[UnitStatus] = column(N_("Estado"))
    at: Mapped[datetime] = column(N_("Hora"))
    incident_id: Mapped[UUID | None] = column(N_("Incidente"), reference="incidents", index=True)
    note: Mapped[str | None] = column(N_("Nota"))


class Referral(Record):
    """A request to another service: police, fire brigade, ambulance, a municipal unit."""

    __tablename__ = "referrals"
    scope = Scope.OPERATIONS
    owner_field = "incident_id"
    incident_id: Mapped[UUID] = column(N_("Incidente"), reference="incidents", index=True)
    service_id: Mapped[UUID | None] = column(N_("Servicio"), reference="services")
    service_name: Mapped[str] = column(N_("Servicio"))
    phone: Mapped[str | None] = column(N_("Teléfono"), role="phone")
    requested_at: Mapped[datetime] = column(N_("Hora"))
    answered_by: Mapped[str | None] = column(N_("Contesta"))
    number_given: Mapped[str | None] = column(N_("Número entregado"))
    expected_at: Mapped[datetime | None] = column(N_("Llegada estimada"))
    arrived_at: Mapped[datetime | None] = column(N_("Llegada"))
    status: Mapped[ReferralStatus] = column(N_("Estado"), default=ReferralStatus.REQUESTED)
    result: Mapped[str | None] = column(N_("Resultado"))


class IncidentPerson(Record):
    """A person in an incident; anonymous people are allowed."""

    __tablename__ = "incident_people"
    scope = Scope.OPERATIONS
    owner_field = "incident_id"
    incident_id: Mapped[UUID] = column(N_("Incidente"), reference="incidents", index=True)
    role: Mapped[PersonRole] = column(N_("Calidad"), default=PersonRole.INVOLVED)
    full_name: Mapped[str | None] = column(N_("Nombre"))
    run: Mapped[str | None] = column(N_("RUN"), role="run", index=True)
    phone: Mapped[str | None] = column(N_("Teléfono"), role="phone")
    description: Mapped[str | None] = column(N_("Descripción"), multiline=True)


class IncidentVehicle(Record):
    """A vehicle in an incident."""

    __tablename__ = "incident_vehicles"
    scope = Scope.OPERATIONS
    owner_field = "incident_id"
    incident_id: Mapped[UUID] = column(N_("Incidente"), reference="incidents", index=True)
    plate: Mapped[str | None] = column(N_("Patente"), role="plate", index=True)
    description: Mapped[str | None] = column(N_("Marca, modelo y color"))
    is_reported_stolen: Mapped[bool | None] = column(N_("Encargo por robo"))


class ChecklistTick(Struck, Record):
    """A step of a protocol done; the protocol's version stays with it."""

    __tablename__ = "checklist_ticks"
    scope = Scope.OPERATIONS
    append_only = True
    owner_field = "incident_id"
    incident_id: Mapped[UUID] = column(N_("Incidente"), reference="incidents", index=True)
    protocol_id: Mapped[UUID] = column(N_("Protocolo"), reference="protocols")
    protocol_version: Mapped[int] = column(N_("Versión"))
    step: Mapped[int] = column(N_("Paso"))
    text: Mapped[str] = column(N_("Texto"))
    at: Mapped[datetime] = column(N_("Hora"))
    author_name: Mapped[str] = column(N_("Autor/a"), default="")


class FieldTimer(Record):
    """A legal clock that runs in the field: identity check (60 min), flagrant arrest (hand over at once).

    Ley 21.802 arts. 20 and 27–36; domain.md F18.
    """

    __tablename__ = "field_timers"
    scope = Scope.OPERATIONS
    owner_field = "incident_id"
    incident_id: Mapped[UUID] = column(N_("Incidente"), reference="incidents", index=True)
    kind: Mapped[FieldTimerKind] = column(N_("Clase"))
    unit_id: Mapped[UUID | None] = column(N_("Móvil"), reference="units")
    reason: Mapped[str] = column(N_("Motivo"), help=N_("Infracción que se cursa o delito flagrante"))
    subject: Mapped[str | None] = column(N_("Persona"))
    is_adult: Mapped[bool] = column(N_("Mayor de 18 años"), default=True)
    means: Mapped[str | None] = column(N_("Medio de identificación"))
    started_at: Mapped[datetime] = column(N_("Inicio"))
    limit_s: Mapped[int] = column(N_("Plazo (s)"))
    police_notified_at: Mapped[datetime | None] = column(N_("Aviso a Carabineros"))
    ended_at: Mapped[datetime | None] = column(N_("Término"), group="end", index=True)
    outcome: Mapped[str | None] = column(N_("Resultado"), group="end")
    received_by: Mapped[str | None] = column(N_("Funcionario/a que recibe"), group="end")
    silenced_at: Mapped[datetime | None] = column(N_("Aviso tomado"))


class HazardNote(Placed, Record):
    """A warning tied to a phone or a place, shown at intake and acknowledged before saving (R71)."""

    __tablename__ = "hazard_notes"
    scope = Scope.OPERATIONS
    phone: Mapped[str | None] = column(N_("Teléfono"), role="phone", index=True)
    text: Mapped[str] = column(N_("Advertencia"), multiline=True)
    valid_until: Mapped[datetime | None] = column(N_("Vigente hasta"))
