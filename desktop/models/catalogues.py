"""Catalogues that a supervisor edits: types, targets, protocols, services, phones, streets, sectors."""

from typing import Any

from sqlalchemy import Float
from sqlalchemy.orm import Mapped

from desktop.core.i18n import N_
from desktop.models.incidents.states import Priority
from desktop.register.record import Record, Scope, column
from desktop.register.spec import Register, Section
from desktop.register.types import Json


class IncidentType(Record):
    """A kind of incident (domain.md §4). `raised_to` is the confidentiality that its incidents take."""

    __tablename__ = "incident_types"
    scope = Scope.OPERATIONS
    code: Mapped[str] = column(N_("Código"), index=True)
    title: Mapped[str] = column(N_("Tipo"))
    family: Mapped[str] = column(N_("Familia"), default="")
    priority: Mapped[Priority] = column(N_("Prioridad"), default=Priority.P3)
    priority_note: Mapped[str | None] = column(N_("Cuándo cambia la prioridad"))
    services: Mapped[tuple[str, ...]] = column(N_("Deriva a"), default=())
    raised_to: Mapped[str | None] = column(N_("Confidencialidad que toma"))
    is_sensitive: Mapped[bool] = column(N_("Sensible: solo se muestra la clase"), default=False)
    is_dmcs: Mapped[bool] = column(N_("Delito de mayor connotación social"), default=False)
    note: Mapped[str | None] = column(N_("Nota"), multiline=True)
    is_active: Mapped[bool] = column(N_("Vigente"), default=True)


class ResponseTarget(Record):
    """How soon a priority is to be dispatched and attended, counted from its entry."""

    __tablename__ = "response_targets"
    scope = Scope.OPERATIONS
    priority: Mapped[Priority] = column(N_("Prioridad"))
    dispatch_s: Mapped[int] = column(N_("Despacho en (s)"))
    arrival_s: Mapped[int] = column(N_("Llegada en (s)"))
    escalate_s: Mapped[int | None] = column(
        N_("Escala en (s)"),
        help=N_("Sin despachar ni tomar el aviso. Vacío: el doble de la meta de despacho"),
    )


class Protocol(Record):
    """A procedure that appears at intake by type; a new version is a new record, the old one stays (R21)."""

    __tablename__ = "protocols"
    scope = Scope.OPERATIONS
    title: Mapped[str] = column(N_("Protocolo"))
    type_codes: Mapped[tuple[str, ...]] = column(
        N_("Tipos"), default=(), help=N_("Códigos, o la letra de una familia")
    )
    version: Mapped[int] = column(N_("Versión"), default=1)
    steps: Mapped[tuple[str, ...]] = column(N_("Pasos"), default=())
    source: Mapped[str | None] = column(N_("Fundamento"))
    is_active: Mapped[bool] = column(N_("Vigente"), default=True)


class Service(Record):
    """Whom an incident can be referred to."""

    __tablename__ = "services"
    scope = Scope.OPERATIONS
    name: Mapped[str] = column(N_("Servicio"))
    short_name: Mapped[str] = column(N_("Nombre corto"), index=True)
    phone: Mapped[str | None] = column(N_("Teléfono"), role="phone")
    is_municipal: Mapped[bool] = column(N_("Municipal"), default=False)
    order: Mapped[int] = column(N_("Orden"), default=100)
    is_active: Mapped[bool] = column(N_("Vigente"), default=True)


class LocalPhone(Record):
    """A telephone that the centre needs at hand."""

    __tablename__ = "local_phones"
    scope = Scope.OPERATIONS
    name: Mapped[str] = column(N_("Nombre"))
    phone: Mapped[str] = column(N_("Teléfono"), role="phone")
    institution: Mapped[str | None] = column(N_("Institución"))
    hours: Mapped[str | None] = column(N_("Horario"))
    note: Mapped[str | None] = column(N_("Nota"), multiline=True)


class Street(Record):
    """A street of the index. `points` are [number, lat, lon] along it, from the lowest number up."""

    __tablename__ = "streets"
    scope = Scope.OPERATIONS
    name: Mapped[str] = column(N_("Calle"), index=True)
    sector: Mapped[str | None] = column(N_("Sector"))
    number_from: Mapped[int | None] = column(N_("Numeración desde"))
    number_to: Mapped[int | None] = column(N_("Numeración hasta"))
    points: Mapped[tuple[Any, ...]] = column(N_("Puntos"), Json(), default=())


class Sector(Record):
    """A part of the commune."""

    __tablename__ = "sectors"
    scope = Scope.OPERATIONS
    name: Mapped[str] = column(N_("Sector"), index=True)
    quadrant: Mapped[str | None] = column(N_("Cuadrante de Carabineros"))
    lat: Mapped[float | None] = column(N_("Latitud"), Float, group="centre")
    lon: Mapped[float | None] = column(N_("Longitud"), Float, group="centre")


INCIDENT_TYPES = Register(
    key="incident_types",
    title=N_("Tipos de incidente"),
    singular=N_("Tipo de incidente"),
    model=IncidentType,
    icon="tag",
    name_by=(IncidentType.code, IncidentType.title),
    columns=(
        IncidentType.code,
        IncidentType.title,
        IncidentType.family,
        IncidentType.priority,
        IncidentType.services,
        IncidentType.is_sensitive,
        IncidentType.is_active,
    ),
    filters=(IncidentType.family, IncidentType.priority, IncidentType.is_sensitive, IncidentType.is_active),
    form=(
        Section(
            N_("Tipo"), IncidentType.code, IncidentType.title, IncidentType.family, IncidentType.is_active
        ),
        Section(
            N_("Tratamiento"),
            IncidentType.priority,
            IncidentType.priority_note,
            IncidentType.services,
            IncidentType.is_sensitive,
            IncidentType.is_dmcs,
            IncidentType.note,
        ),
    ),
    search=(IncidentType.code, IncidentType.title),
    sort=IncidentType.code,
)
RESPONSE_TARGETS = Register(
    key="response_targets",
    title=N_("Metas de respuesta"),
    singular=N_("Meta de respuesta"),
    model=ResponseTarget,
    icon="timer",
    name_by=(ResponseTarget.priority,),
    columns=(
        ResponseTarget.priority,
        ResponseTarget.dispatch_s,
        ResponseTarget.arrival_s,
        ResponseTarget.escalate_s,
    ),
    form=(
        Section(
            N_("Meta"),
            ResponseTarget.priority,
            ResponseTarget.dispatch_s,
            ResponseTarget.arrival_s,
            ResponseTarget.escalate_s,
        ),
    ),
    sort=ResponseTarget.priority,
)
PROTOCOLS = Register(
    key="protocols",
    title=N_("Protocolos"),
    singular=N_("Protocolo"),
    model=Protocol,
    icon="check-square",
    name_by=(Protocol.title, Protocol.version),
    columns=(Protocol.title, Protocol.type_codes, Protocol.version, Protocol.is_active),
    filters=(Protocol.is_active,),
    form=(
        Section(
            N_("Protocolo"),
            Protocol.title,
            Protocol.type_codes,
            Protocol.version,
            Protocol.steps,
            Protocol.source,
            Protocol.is_active,
        ),
    ),
    search=(Protocol.title, Protocol.steps),
    sort=Protocol.title,
)
SERVICES = Register(
    key="services",
    title=N_("Servicios"),
    singular=N_("Servicio"),
    model=Service,
    icon="buildings",
    name_by=(Service.name,),
    columns=(Service.short_name, Service.name, Service.phone, Service.is_municipal, Service.is_active),
    filters=(Service.is_municipal, Service.is_active),
    form=(
        Section(
            N_("Servicio"),
            Service.short_name,
            Service.name,
            Service.phone,
            Service.is_municipal,
            Service.order,
            Service.is_active,
        ),
    ),
    search=(Service.name, Service.short_name, Service.phone),
    sort=Service.order,
)
LOCAL_PHONES = Register(
    key="local_phones",
    title=N_("Teléfonos locales"),
    singular=N_("Teléfono"),
    model=LocalPhone,
    icon="phone",
    name_by=(LocalPhone.name,),
    columns=(LocalPhone.name, LocalPhone.phone, LocalPhone.institution, LocalPhone.hours),
    filters=(LocalPhone.institution,),
    form=(
        Section(
            N_("Teléfono"),
            LocalPhone.name,
            LocalPhone.phone,
            LocalPhone.institution,
            LocalPhone.hours,
            LocalPhone.note,
        ),
    ),
    search=(LocalPhone.name, LocalPhone.phone, LocalPhone.institution),
    sort=LocalPhone.name,
)
STREETS = Register(
    key="streets",
    title=N_("Calles"),
    singular=N_("Calle"),
    model=Street,
    icon="path",
    name_by=(Street.name,),
    columns=(Street.name, Street.sector, Street.number_from, Street.number_to),
    filters=(Street.sector,),
    form=(Section(N_("Calle"), Street.name, Street.sector, Street.number_from, Street.number_to),),
    search=(Street.name,),
    sort=Street.name,
)
SECTORS = Register(
    key="sectors",
    title=N_("Sectores"),
    singular=N_("Sector"),
    model=Sector,
    icon="map-trifold",
    name_by=(Sector.name,),
    columns=(Sector.name, Sector.quadrant),
    form=(Section(N_("Sector"), Sector.name, Sector.quadrant, Sector.lat, Sector.lon),),
    search=(Sector.name,),
    sort=Sector.name,
)
