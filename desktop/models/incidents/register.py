"""The registers of the command centre's main job, declared for list, search, journal, rights and reports."""

from desktop.core.i18n import N_
from desktop.models.incidents.records import (
    Assignment,
    Call,
    ChecklistTick,
    FieldTimer,
    HazardNote,
    Incident,
    IncidentLine,
    IncidentPerson,
    IncidentVehicle,
    Referral,
    UnitStatusChange,
)
from desktop.register.spec import Group, Register, Report, Section

INCIDENTS = Register(
    key="incidents",
    title=N_("Incidentes"),
    singular=N_("Incidente"),
    model=Incident,
    group=Group.OPERATE,
    icon="warning",
    name_by=(Incident.code, Incident.type_code),
    columns=(
        Incident.code,
        Incident.reported_at,
        Incident.priority,
        Incident.type_code,
        Incident.address,
        Incident.sector,
        Incident.status,
        Incident.result,
    ),
    filters=(
        Incident.reported_at,
        Incident.status,
        Incident.priority,
        Incident.type_code,
        Incident.sector,
        Incident.channel,
        Incident.result,
        Incident.is_late_entry,
    ),
    form=(
        Section(
            N_("Hecho"),
            Incident.type_code,
            Incident.priority,
            Incident.status,
            Incident.narrative,
            Incident.risks,
        ),
        Section(
            N_("Lugar"), Incident.address, Incident.reference, Incident.sector, Incident.lat, Incident.lon
        ),
        Section(
            N_("Tiempos"),
            Incident.reported_at,
            Incident.dispatched_at,
            Incident.en_route_at,
            Incident.arrived_at,
            Incident.controlled_at,
            Incident.closed_at,
        ),
        Section(
            N_("Cierre"),
            Incident.result,
            Incident.result_note,
            Incident.police_report,
            Incident.needs_follow_up,
        ),
    ),
    search=(Incident.code, Incident.folio, Incident.narrative, Incident.address, Incident.reference),
    sort=Incident.reported_at,
    newest_first=True,
    reports=(Report("incident_sheet", N_("Ficha de incidente")),),
    generic_forms=False,
    empty=N_("No hay incidentes con estos filtros. Pulse Ins para ingresar uno."),
)
CALLS = Register(
    key="calls",
    title=N_("Llamadas"),
    singular=N_("Llamada"),
    model=Call,
    group=Group.OPERATE,
    icon="phone",
    name_by=(Call.code, Call.caller_name),
    columns=(
        Call.code,
        Call.received_at,
        Call.channel,
        Call.phone,
        Call.caller_name,
        Call.address,
        Call.result,
    ),
    filters=(Call.received_at, Call.channel, Call.result),
    form=(
        Section(
            N_("Llamada"), Call.received_at, Call.answered_at, Call.channel, Call.phone, Call.caller_name
        ),
        Section(N_("Contenido"), Call.text, Call.address, Call.reference, Call.result),
    ),
    search=(Call.code, Call.phone, Call.caller_name, Call.text, Call.address),
    sort=Call.received_at,
    newest_first=True,
    generic_forms=False,
    empty=N_("No hay llamadas con estos filtros."),
)
INCIDENT_LINES = Register(
    key="incident_lines",
    title=N_("Cronología"),
    singular=N_("Línea"),
    model=IncidentLine,
    name_by=(IncidentLine.text,),
    columns=(IncidentLine.at, IncidentLine.kind, IncidentLine.text, IncidentLine.author_name),
    search=(IncidentLine.text,),
    page=False,
    generic_forms=False,
)
ASSIGNMENTS = Register(
    key="assignments",
    title=N_("Despachos"),
    singular=N_("Despacho"),
    model=Assignment,
    name_by=(Assignment.callsign,),
    columns=(Assignment.callsign, Assignment.assigned_at, Assignment.on_scene_at, Assignment.released_at),
    page=False,
    generic_forms=False,
)
UNIT_STATUS_CHANGES = Register(
    key="unit_status_changes",
    title=N_("Estados de móviles"),
    singular=N_("Estado de móvil"),
    model=UnitStatusChange,
    name_by=(UnitStatusChange.status,),
    columns=(UnitStatusChange.at, UnitStatusChange.status, UnitStatusChange.note),
    page=False,
    generic_forms=False,
)
REFERRALS = Register(
    key="referrals",
    title=N_("Derivaciones"),
    singular=N_("Derivación"),
    model=Referral,
    name_by=(Referral.service_name,),
    columns=(Referral.requested_at, Referral.service_name, Referral.status, Referral.answered_by),
    search=(Referral.service_name, Referral.number_given, Referral.answered_by),
    page=False,
    generic_forms=False,
)
INCIDENT_PEOPLE = Register(
    key="incident_people",
    title=N_("Personas"),
    singular=N_("Persona"),
    model=IncidentPerson,
    name_by=(IncidentPerson.full_name, IncidentPerson.role),
    columns=(IncidentPerson.role, IncidentPerson.full_name, IncidentPerson.run, IncidentPerson.phone),
    search=(IncidentPerson.full_name, IncidentPerson.run, IncidentPerson.phone, IncidentPerson.description),
    page=False,
    generic_forms=False,
)
INCIDENT_VEHICLES = Register(
    key="incident_vehicles",
    title=N_("Vehículos"),
    singular=N_("Vehículo"),
    model=IncidentVehicle,
    name_by=(IncidentVehicle.plate, IncidentVehicle.description),
    columns=(IncidentVehicle.plate, IncidentVehicle.description, IncidentVehicle.is_reported_stolen),
    search=(IncidentVehicle.plate, IncidentVehicle.description),
    page=False,
    generic_forms=False,
)
CHECKLIST_TICKS = Register(
    key="checklist_ticks",
    title=N_("Pasos cumplidos"),
    singular=N_("Paso cumplido"),
    model=ChecklistTick,
    name_by=(ChecklistTick.text,),
    columns=(ChecklistTick.at, ChecklistTick.text, ChecklistTick.author_name),
    page=False,
    generic_forms=False,
)
FIELD_TIMERS = Register(
    key="field_timers",
    title=N_("Plazos en terreno"),
    singular=N_("Plazo en terreno"),
    model=FieldTimer,
    name_by=(FieldTimer.kind, FieldTimer.started_at),
    columns=(FieldTimer.kind, FieldTimer.started_at, FieldTimer.ended_at, FieldTimer.outcome),
    page=False,
    generic_forms=False,
)
HAZARD_NOTES = Register(
    key="hazard_notes",
    title=N_("Advertencias"),
    singular=N_("Advertencia"),
    model=HazardNote,
    icon="lightning",
    name_by=(HazardNote.text,),
    columns=(HazardNote.text, HazardNote.address, HazardNote.phone, HazardNote.valid_until),
    form=(
        Section(
            N_("Advertencia"), HazardNote.text, HazardNote.address, HazardNote.phone, HazardNote.valid_until
        ),
    ),
    search=(HazardNote.text, HazardNote.address, HazardNote.phone),
    sort=HazardNote.address,
    empty=N_(
        "Aquí van las advertencias que se muestran al ingresar un incidente. Pulse Ctrl+N para la primera."
    ),
)

REGISTERS = (
    INCIDENTS,
    CALLS,
    INCIDENT_LINES,
    ASSIGNMENTS,
    UNIT_STATUS_CHANGES,
    REFERRALS,
    INCIDENT_PEOPLE,
    INCIDENT_VEHICLES,
    CHECKLIST_TICKS,
    FIELD_TIMERS,
    HAZARD_NOTES,
)
