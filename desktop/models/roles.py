"""Roles of the directorate (domain.md §1.2) and what each may do with every register.

Default deny: what is not granted here is not allowed. The table is data; `desktop/register/access.py` decides.
"""

from collections.abc import Iterable

from desktop.core.i18n import N_
from desktop.register.access import Action, Grant, Rights
from desktop.register.choice import Choice
from desktop.register.record import Confidentiality


class Role(Choice):
    """What a person is in the directorate; one person may hold several."""

    MAYOR = "mayor", N_("Alcalde/sa")
    DIRECTOR = "director", N_("Director/a de Seguridad Pública")
    MUNICIPAL_SECRETARY = "municipal_secretary", N_("Secretario/a Municipal")
    INSPECTION_HEAD = "inspection_head", N_("Jefe/a Depto. Inspección General")
    CITIZEN_SECURITY_HEAD = "citizen_security_head", N_("Jefe/a Depto. Seguridad Ciudadana")
    VICTIM_CENTRE_COORDINATOR = "victim_centre_coordinator", N_("Coordinador/a CIAV")
    DISASTER_RISK_OFFICER = "disaster_risk_officer", N_("Encargado/a de Gestión del Riesgo de Desastres")
    SHIFT_SUPERVISOR = "shift_supervisor", N_("Supervisor/a de turno")
    OPERATOR = "operator", N_("Operador/a de central")
    DISPATCHER = "dispatcher", N_("Despachador/a")
    CAMERA_OPERATOR = "camera_operator", N_("Operador/a de televigilancia")
    CAMERA_LEAD = "camera_lead", N_("Encargado/a de televigilancia")
    SECURITY_INSPECTOR = "security_inspector", N_("Inspector/a de seguridad municipal")
    INSPECTOR = "inspector", N_("Inspector/a municipal")
    PSYCHOLOGIST = "psychologist", N_("Psicólogo/a")
    SOCIAL_WORKER = "social_worker", N_("Trabajador/a social")
    LAWYER = "lawyer", N_("Abogado/a")
    VICTIM_INTAKE = "victim_intake", N_("Admisión CIAV")
    PLANNER = "planner", N_("Profesional de proyectos y planificación")
    ANALYST = "analyst", N_("Analista delictual")
    AUDITOR = "auditor", N_("Control / Auditor/a")
    ADMINISTRATOR = "administrator", N_("Administrador/a del sistema")


class Department(Choice):
    """The unit of the directorate that a record or a person belongs to."""

    DIRECTORATE = "directorate", N_("Dirección")
    INSPECTION = "inspection", N_("Inspección General")
    CITIZEN_SECURITY = "citizen_security", N_("Seguridad Ciudadana")
    VICTIMS = "victims", N_("Atención a Víctimas")
    CAMERAS = "cameras", N_("Televigilancia")
    EMERGENCIES = "emergencies", N_("Emergencias")


_READ = frozenset({Action.READ})
_CONSULT = frozenset({Action.READ, Action.PRINT})
_REPORT = _CONSULT | {Action.EXPORT}
_WORK = _CONSULT | {Action.CREATE, Action.EDIT, Action.MOVE}
_LEAD = _WORK | {Action.VOID, Action.EXPORT, Action.IMPORT}
_CARRY = _READ | {Action.EXPORT, Action.IMPORT}
"""Take what was written to the other stations and back: sealed for them, so that whoever is on shift may do it."""

_INTERNAL, _RESERVED, _SECRET = Confidentiality.INTERNAL, Confidentiality.RESERVED, Confidentiality.SECRET

CENTRAL = (
    "incidents",
    "calls",
    "incident_lines",
    "assignments",
    "referrals",
    "incident_people",
    "incident_vehicles",
    "checklist_ticks",
    "field_timers",
    "hazard_notes",
    "unit_status_changes",
)
"""Registers of the command centre's main job."""
SHIFTS = ("shifts", "shift_members", "handovers", "quick_notes")
CATALOGUES = (
    "incident_types",
    "response_targets",
    "protocols",
    "services",
    "local_phones",
    "streets",
    "sectors",
    "units",
    "staff",
)
SHARED = ("attachments", "links")
SYSTEM = ("users", "import_batches", "municipal_settings")
STATION = ("backups", "self_check", "keys", "exchange")
"""What the station is, not what it records: pages of their own, without a register."""

NEEDS_SECOND_FACTOR = frozenset(
    {
        Role.ADMINISTRATOR,
        Role.VICTIM_CENTRE_COORDINATOR,
        Role.PSYCHOLOGIST,
        Role.SOCIAL_WORKER,
        Role.LAWYER,
        Role.VICTIM_INTAKE,
    }
)
"""Who gives rights to others, and who reads the files of victims: a password alone does not do."""

_GRANTS: dict[Role, tuple[tuple[tuple[str, ...], Grant], ...]] = {
    Role.MAYOR: (
        (CENTRAL, Grant(_REPORT, _RESERVED)),
        (SHIFTS + CATALOGUES + SHARED, Grant(_CONSULT, _RESERVED)),
    ),
    Role.DIRECTOR: (
        (("exchange",), Grant(_CARRY, _INTERNAL)),
        (CENTRAL, Grant(_REPORT | {Action.VOID, Action.MOVE}, _SECRET)),
        (SHIFTS, Grant(_REPORT, _SECRET)),
        (CATALOGUES + SHARED, Grant(_LEAD, _SECRET)),
        (("municipal_settings",), Grant(_LEAD, _INTERNAL)),
    ),
    Role.CITIZEN_SECURITY_HEAD: (
        (("exchange",), Grant(_CARRY, _INTERNAL)),
        (CENTRAL + SHIFTS + CATALOGUES + SHARED, Grant(_LEAD, _SECRET)),
        (("import_batches",), Grant(_LEAD, _INTERNAL)),
    ),
    Role.SHIFT_SUPERVISOR: (
        (("exchange",), Grant(_CARRY, _INTERNAL)),
        (CENTRAL + SHIFTS + SHARED, Grant(_LEAD, _SECRET)),
        (CATALOGUES, Grant(_LEAD, _INTERNAL)),
        (("import_batches",), Grant(_LEAD, _INTERNAL)),
        (("self_check",), Grant(_CONSULT, _INTERNAL)),
    ),
    Role.OPERATOR: (
        (("exchange",), Grant(_CARRY, _INTERNAL)),
        (CENTRAL + SHIFTS + SHARED, Grant(_WORK, _SECRET)),
        (CATALOGUES, Grant(_CONSULT, _INTERNAL)),
    ),
    Role.DISPATCHER: (
        (("exchange",), Grant(_CARRY, _INTERNAL)),
        (CENTRAL + SHIFTS + SHARED, Grant(_WORK, _SECRET)),
        (CATALOGUES, Grant(_CONSULT, _INTERNAL)),
    ),
    Role.CAMERA_OPERATOR: (
        (CENTRAL + SHARED, Grant(_READ | {Action.CREATE}, _INTERNAL)),
        (SHIFTS + CATALOGUES, Grant(_READ, _INTERNAL)),
    ),
    Role.CAMERA_LEAD: (
        (CENTRAL + SHARED, Grant(_WORK, _RESERVED)),
        (SHIFTS + CATALOGUES, Grant(_CONSULT, _INTERNAL)),
    ),
    Role.SECURITY_INSPECTOR: (
        (CENTRAL + SHARED, Grant(_READ, _INTERNAL)),
        (CATALOGUES, Grant(_READ, _INTERNAL)),
    ),
    Role.INSPECTION_HEAD: (
        (CENTRAL, Grant(_CONSULT, _INTERNAL)),
        (CATALOGUES + SHARED, Grant(_CONSULT, _INTERNAL)),
    ),
    Role.DISASTER_RISK_OFFICER: (
        (CENTRAL, Grant(_REPORT, _INTERNAL)),
        (SHIFTS + CATALOGUES + SHARED, Grant(_CONSULT, _INTERNAL)),
    ),
    Role.INSPECTOR: ((CATALOGUES, Grant(_READ, _INTERNAL)),),
    Role.PLANNER: ((CENTRAL + CATALOGUES, Grant(_REPORT, _INTERNAL)),),
    Role.ANALYST: ((CENTRAL + CATALOGUES, Grant(_REPORT, _RESERVED)),),
    Role.AUDITOR: (
        (CENTRAL + SHIFTS + CATALOGUES + SHARED + SYSTEM, Grant(_REPORT, _INTERNAL)),
        (("audit",), Grant(_REPORT, _SECRET)),
        (("self_check",), Grant(_CONSULT, _INTERNAL)),
    ),
    Role.ADMINISTRATOR: (
        (SYSTEM, Grant(_LEAD, _INTERNAL)),
        (CATALOGUES, Grant(_LEAD, _INTERNAL)),
        (STATION, Grant(_LEAD, _INTERNAL)),
    ),
}


def rights_of(roles: Iterable[Role]) -> Rights:
    """Return the union of what `roles` grant; a role without grants adds nothing."""
    grants: dict[str, list[Grant]] = {}
    for role in roles:
        for registers, grant in _GRANTS.get(role, ()):
            for register in registers:
                grants.setdefault(register, []).append(grant)
    return Rights({register: tuple(found) for register, found in grants.items()})
