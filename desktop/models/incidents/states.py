"""The closed lists of the command centre and the rules of its states: what may follow what, and how soon.

Stored values are never renamed. «Sin móvil disponible» is not a state here but an alert beside it
(`Incident.no_unit_since`): an incident that waits without a unit still waits, and two facts in one column would
lose one of them. Source: domain.md F18, U2; defaults only, a municipality edits its targets.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from desktop.core import formats
from desktop.core.i18n import N_
from desktop.register.choice import Choice


class Priority(Choice):
    """How soon an incident is to be attended. `shape` goes with the colour, which never speaks alone."""

    P1 = "P1", N_("P1 Crítica")
    P2 = "P2", N_("P2 Alta")
    P3 = "P3", N_("P3 Media")
    P4 = "P4", N_("P4 Baja")

    @property
    def rank(self) -> int:
        """Return 1 for the most urgent, 4 for the least."""
        return int(self.name[1])

    @property
    def shape(self) -> str:
        """Return the sign that stands for it in text."""
        return "▲■●○"[self.rank - 1]

    @property
    def targets(self) -> "Targets":
        """Return the default targets; the catalogue of the municipality goes before them."""
        return DEFAULT_TARGETS[self]

    def raised(self, steps: int = 1) -> "Priority":
        """Return the priority `steps` more urgent (less, when negative), within P1 and P4."""
        return list(Priority)[min(max(self.rank - 1 - steps, 0), 3)]


@dataclass(frozen=True, slots=True)
class Targets:
    """Seconds from the entry of an incident to its dispatch and to the first arrival."""

    dispatch_s: int
    arrival_s: int


DEFAULT_TARGETS: Mapping[Priority, Targets] = {
    Priority.P1: Targets(60, 8 * 60),
    Priority.P2: Targets(3 * 60, 15 * 60),
    Priority.P3: Targets(10 * 60, 40 * 60),
    Priority.P4: Targets(60 * 60, 24 * 3600),
}


class IncidentStatus(Choice):
    """Where an incident stands. The last four are ends; `REFERRED` is closed when the service confirms."""

    ENTERED = "entered", N_("Ingresado")
    CLASSIFIED = "classified", N_("Clasificado")
    WAITING = "waiting", N_("En espera")
    DISPATCHED = "dispatched", N_("Despachado")
    EN_ROUTE = "en_route", N_("En camino")
    ON_SCENE = "on_scene", N_("En lugar")
    CONTROLLED = "controlled", N_("Controlado")
    REFERRED = "referred", N_("Derivado")
    CLOSED = "closed", N_("Cerrado")
    CANCELLED = "cancelled", N_("Cancelado por requirente")
    DUPLICATE = "duplicate", N_("Duplicado")
    FALSE = "false", N_("Falso")

    @property
    def is_open(self) -> bool:
        """Tell whether it still belongs in the queue."""
        return self not in ENDED


class UnitStatus(Choice):
    """What a unit is doing. The order is that of the menu; the digit of each never changes."""

    AVAILABLE = "available", N_("Disponible")
    ASSIGNED = "assigned", N_("Asignado")
    EN_ROUTE = "en_route", N_("En camino")
    ON_SCENE = "on_scene", N_("En lugar")
    TRANSPORTING = "transporting", N_("En traslado")
    ON_BREAK = "on_break", N_("En pausa")
    OUT_OF_SERVICE = "out_of_service", N_("Fuera de servicio")
    NO_CONTACT = "no_contact", N_("Sin comunicación")

    @property
    def digit(self) -> int:
        """Return its key in the menu of unit states, 1 to 8."""
        return list(UnitStatus).index(self) + 1

    @property
    def is_busy(self) -> bool:
        """Tell whether a unit in this state works on an incident."""
        return self in BUSY


class UnitKind(Choice):
    """What a unit moves with."""

    PICKUP = "pickup", N_("Camioneta")
    CAR = "car", N_("Auto")
    MOTORCYCLE = "motorcycle", N_("Moto")
    BICYCLE = "bicycle", N_("Bicicleta")
    QUAD = "quad", N_("Cuatrimoto")
    BOAT = "boat", N_("Lancha")
    DRONE = "drone", N_("Dron")
    ON_FOOT = "on_foot", N_("A pie")


class Channel(Choice):
    """How an alert came in."""

    SHORT_NUMBER = "short_number", N_("Número corto municipal")
    PHONE = "phone", N_("Teléfono fijo o celular")
    APP = "app", N_("App ciudadana")
    PANIC_BUTTON = "panic_button", N_("Botón de pánico")
    COMMUNITY_ALARM = "community_alarm", N_("Alarma comunitaria")
    WHATSAPP = "whatsapp", N_("WhatsApp")
    RADIO = "radio", N_("Radio (móvil)")
    CAMERA = "camera", N_("Televigilancia")
    IN_PERSON = "in_person", N_("Presencial")
    SOCIAL_MEDIA = "social_media", N_("Redes sociales")
    OTHER_SERVICE = "other_service", N_("Policía u otro servicio")
    SENSOR = "sensor", N_("Sensor o lector de patentes")
    MAIL = "mail", N_("Correo u OIRS")


class CallResult(Choice):
    """What became of a call."""

    NEW_INCIDENT = "new_incident", N_("Genera incidente")
    ATTACHED = "attached", N_("Asociada a incidente")
    GUIDANCE = "guidance", N_("Orientación")
    REFERRED = "referred", N_("Derivada")
    PRANK = "prank", N_("Broma o pitanza")
    WRONG_NUMBER = "wrong_number", N_("Equivocada")
    CUT_OFF = "cut_off", N_("Cortada")
    OUT_OF_COMMUNE = "out_of_commune", N_("Fuera de comuna")


class ClosingResult(Choice):
    """How an incident ended."""

    SOLVED = "solved", N_("Solucionado en lugar")
    GUIDANCE = "guidance", N_("Orientación entregada")
    WARNING = "warning", N_("Advertencia verbal")
    CITATION = "citation", N_("Infracción cursada")
    HANDED_TO_POLICE = "handed_to_police", N_("Entrega a Carabineros o PDI")
    ARREST_HANDED_OVER = "arrest_handed_over", N_("Detenido entregado")
    AMBULANCE = "ambulance", N_("Traslado SAMU")
    MUNICIPAL_UNIT = "municipal_unit", N_("Derivado a unidad municipal")
    NOTHING_FOUND = "nothing_found", N_("Sin novedad al llegar")
    NOT_LOCATED = "not_located", N_("No ubica lugar o persona")
    PEOPLE_LEFT = "people_left", N_("Involucrados se retiran")
    NO_COMPLAINT = "no_complaint", N_("Requirente no desea denunciar")
    FALSE_REPORT = "false_report", N_("Falso o pitanza")
    OUT_OF_COMPETENCE = "out_of_competence", N_("Fuera de competencia")


class Risk(Choice):
    """What a crew must know before it arrives."""

    WEAPONS = "weapons", N_("Armas")
    AGGRESSOR_PRESENT = "aggressor_present", N_("Agresor presente")
    CHILDREN = "children", N_("Menores")
    DANGEROUS_ANIMALS = "dangerous_animals", N_("Animales peligrosos")
    FIRE = "fire", N_("Fuego")
    CHEMICALS = "chemicals", N_("Químicos")
    INJURED = "injured", N_("Lesionados")


class ReferralStatus(Choice):
    """Where a request to another service stands."""

    REQUESTED = "requested", N_("Solicitada")
    ACCEPTED = "accepted", N_("Aceptada")
    ARRIVED = "arrived", N_("Servicio en lugar")
    DONE = "done", N_("Concluida")
    REFUSED = "refused", N_("Rechazada")
    CANCELLED = "cancelled", N_("Anulada")


class LineKind(Choice):
    """What a line of the timeline is about."""

    CREATED = "created", N_("Creación")
    CALL = "call", N_("Llamada")
    NOTE = "note", N_("Nota")
    CLASSIFICATION = "classification", N_("Tipo y prioridad")
    STATUS = "status", N_("Estado")
    DISPATCH = "dispatch", N_("Despacho")
    UNIT_STATUS = "unit_status", N_("Estado de móvil")
    REFERRAL = "referral", N_("Derivación")
    LINK = "link", N_("Vínculo")
    CHECKLIST = "checklist", N_("Protocolo")
    HAZARD = "hazard", N_("Advertencia")
    PERSON = "person", N_("Persona")
    VEHICLE = "vehicle", N_("Vehículo")
    ATTACHMENT = "attachment", N_("Adjunto")
    CORRECTION = "correction", N_("Corrección")
    LATE_ENTRY = "late_entry", N_("Ingreso tardío")
    IDENTITY_CHECK = "identity_check", N_("Control de identidad")
    FLAGRANCY = "flagrancy", N_("Detención en flagrancia")
    ALARM = "alarm", N_("Aviso de plazo")
    ESCALATION = "escalation", N_("Escalamiento")
    READ = "read", N_("Consulta de reservado")
    CLOSED = "closed", N_("Cierre")
    REOPENED = "reopened", N_("Reapertura")


class ShiftKind(Choice):
    """The shifts of the centre; `OTHER` has its own hours."""

    DAY = "day", N_("Día (08–16)")
    EVENING = "evening", N_("Tarde (16–24)")
    NIGHT = "night", N_("Noche (00–08)")
    OTHER = "other", N_("Otro horario")


class PersonRole(Choice):
    """What a person is in an incident."""

    CALLER = "caller", N_("Requirente o denunciante")
    VICTIM = "victim", N_("Víctima")
    WITNESS = "witness", N_("Testigo")
    INVOLVED = "involved", N_("Involucrado/a")
    OFFENDER = "offender", N_("Infractor/a")
    ARRESTED = "arrested", N_("Detenido/a")
    AFFECTED = "affected", N_("Afectado/a")
    OWNER = "owner", N_("Propietario/a")
    DRIVER = "driver", N_("Conductor/a")
    REPRESENTATIVE = "representative", N_("Representante legal")
    OFFICIAL = "official", N_("Funcionario/a")


class PlaceSource(Choice):
    """Where coordinates come from, which says how far they can be trusted."""

    GPS = "gps", N_("GPS")
    MAP = "map", N_("Mapa")
    ADDRESS = "address", N_("Dirección")
    CAMERA = "camera", N_("Cámara")
    MANUAL = "manual", N_("Manual")
    IMPORTED = "imported", N_("Importación")


class FieldTimerKind(Choice):
    """A legal clock that runs in the street."""

    IDENTITY_CHECK = "identity_check", N_("Control de identidad")
    FLAGRANCY = "flagrancy", N_("Detención en flagrancia")

    @property
    def limit_s(self) -> int:
        """Return the seconds until it is overdue.

        An identity check ends at 60 minutes by law; an arrested person is handed over at once, and the alarm at
        15 minutes is the default of this program.
        """
        return 3600 if self is FieldTimerKind.IDENTITY_CHECK else 900


# --- What may follow what ----------------------------------------------------------------------------------------

_I = IncidentStatus
ENDED = frozenset({_I.CLOSED, _I.CANCELLED, _I.DUPLICATE, _I.FALSE})
_FOLLOWS_UNITS = frozenset({_I.DISPATCHED, _I.EN_ROUTE, _I.ON_SCENE})
_OUT = ENDED | {_I.REFERRED}
_NEXT: Mapping[IncidentStatus, frozenset[IncidentStatus]] = {
    _I.ENTERED: _FOLLOWS_UNITS | _OUT | {_I.CLASSIFIED, _I.WAITING, _I.CONTROLLED},
    _I.CLASSIFIED: _FOLLOWS_UNITS | _OUT | {_I.WAITING, _I.CONTROLLED},
    _I.WAITING: _FOLLOWS_UNITS | _OUT | {_I.CONTROLLED},
    _I.DISPATCHED: _OUT | {_I.WAITING, _I.EN_ROUTE, _I.ON_SCENE, _I.CONTROLLED},
    _I.EN_ROUTE: _OUT | {_I.WAITING, _I.DISPATCHED, _I.ON_SCENE, _I.CONTROLLED},
    _I.ON_SCENE: _OUT | {_I.WAITING, _I.DISPATCHED, _I.EN_ROUTE, _I.CONTROLLED},
    _I.CONTROLLED: frozenset({_I.CLOSED, _I.REFERRED, _I.DUPLICATE, _I.FALSE}),
    _I.REFERRED: _FOLLOWS_UNITS | ENDED | {_I.WAITING},
    **{status: frozenset() for status in ENDED},
}

REOPEN_WITHIN = timedelta(hours=72)

_U = UnitStatus
BUSY = frozenset({_U.ASSIGNED, _U.EN_ROUTE, _U.ON_SCENE, _U.TRANSPORTING})
_ALWAYS = frozenset({_U.OUT_OF_SERVICE, _U.NO_CONTACT})
_NEXT_UNIT: Mapping[UnitStatus, frozenset[UnitStatus]] = {
    _U.AVAILABLE: _ALWAYS | {_U.ASSIGNED, _U.EN_ROUTE, _U.ON_SCENE, _U.ON_BREAK},
    _U.ASSIGNED: _ALWAYS | {_U.EN_ROUTE, _U.ON_SCENE, _U.AVAILABLE},
    _U.EN_ROUTE: _ALWAYS | {_U.ASSIGNED, _U.ON_SCENE, _U.AVAILABLE},
    _U.ON_SCENE: _ALWAYS | {_U.ASSIGNED, _U.EN_ROUTE, _U.TRANSPORTING, _U.AVAILABLE},
    _U.TRANSPORTING: _ALWAYS | {_U.ASSIGNED, _U.EN_ROUTE, _U.ON_SCENE, _U.AVAILABLE},
    _U.ON_BREAK: _ALWAYS | {_U.AVAILABLE, _U.ASSIGNED},
    _U.OUT_OF_SERVICE: frozenset({_U.AVAILABLE, _U.NO_CONTACT}),
    _U.NO_CONTACT: frozenset(UnitStatus),
}
_INCIDENT_OF_UNIT: Mapping[UnitStatus, IncidentStatus] = {
    _U.ASSIGNED: _I.DISPATCHED,
    _U.EN_ROUTE: _I.EN_ROUTE,
    _U.ON_SCENE: _I.ON_SCENE,
    _U.TRANSPORTING: _I.ON_SCENE,
}
_ORDER = list(IncidentStatus)


def allowed_next(status: IncidentStatus, *, by_hand: bool = False) -> frozenset[IncidentStatus]:
    """Return what may follow `status`; `by_hand` leaves out the states that only a unit brings about.

    An ended incident has no next state: it is reopened (`may_reopen`).
    """
    return _NEXT[status] - _FOLLOWS_UNITS if by_hand else _NEXT[status]


def may_reopen(status: IncidentStatus, ended_at: datetime | None, now: datetime) -> bool:
    """Tell whether the incident can be opened again: controlled, or ended less than 72 hours ago."""
    if status is IncidentStatus.CONTROLLED:
        return True
    return status in ENDED and ended_at is not None and now - ended_at <= REOPEN_WITHIN


def incident_status_after(
    current: IncidentStatus,
    units: Iterable[UnitStatus],
    *,
    reopened: bool = False,
    was_attended: bool = False,
) -> IncidentStatus:
    """Return the state of an incident whose active assignments reached the states `units`.

    It is that of the most advanced unit. Neither a controlled nor an ended incident goes back unless `reopened`.
    When the last unit leaves, an incident that was attended (`was_attended`: somebody finished on the scene, not
    merely called away) is controlled, any other waits.
    """
    if not reopened and (current in ENDED or current is IncidentStatus.CONTROLLED):
        return current
    states = list(units)
    reached = [_INCIDENT_OF_UNIT[state] for state in states if state in _INCIDENT_OF_UNIT]
    if reached:
        return max(reached, key=_ORDER.index)
    if reopened:
        return IncidentStatus.WAITING
    if states or current not in _FOLLOWS_UNITS:
        return current
    return IncidentStatus.CONTROLLED if was_attended else IncidentStatus.WAITING


def may_unit_move(status: UnitStatus, to: UnitStatus) -> bool:
    """Tell whether a unit may go from `status` to `to`; a busy one may always be assigned elsewhere."""
    return to in _NEXT_UNIT[status] or (to is UnitStatus.ASSIGNED and status is UnitStatus.ASSIGNED)


def unit_menu(status: UnitStatus, *, has_incident: bool) -> tuple[tuple[int, UnitStatus], ...]:
    """Return (digit, state) that a unit may take now; without an incident the busy states are left out."""
    return tuple(
        (state.digit, state)
        for state in UnitStatus
        if state in _NEXT_UNIT[status] and state is not status and (has_incident or state not in BUSY)
    )


# --- How soon ----------------------------------------------------------------------------------------------------


class DeadlineKind(Choice):
    """Which target runs for an incident."""

    DISPATCH = "dispatch", N_("Despacho")
    ARRIVAL = "arrival", N_("Llegada")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A target that runs now, from the entry of the incident."""

    kind: DeadlineKind
    started_at: datetime
    due_at: datetime

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether the target was missed."""
        return now > self.due_at


BEFORE_DISPATCH = frozenset({_I.ENTERED, _I.CLASSIFIED, _I.WAITING})


def deadline_for(
    priority: Priority,
    status: IncidentStatus,
    reported_at: datetime,
    targets: Mapping[Priority, Targets] | None = None,
) -> Deadline | None:
    """Return the target that runs in this state, or None when somebody is on the scene or it has ended."""
    target = (targets or DEFAULT_TARGETS).get(priority, DEFAULT_TARGETS[priority])
    if status in BEFORE_DISPATCH:
        due_at = reported_at + timedelta(seconds=target.dispatch_s)
        return Deadline(DeadlineKind.DISPATCH, reported_at, due_at)
    if status in {IncidentStatus.DISPATCHED, IncidentStatus.EN_ROUTE}:
        due_at = reported_at + timedelta(seconds=target.arrival_s)
        return Deadline(DeadlineKind.ARRIVAL, reported_at, due_at)
    return None


def escalation_s(dispatch_s: int, own_s: int | None = None) -> int:
    """Return after how many seconds an incident that nobody dispatched, nor took its warning, goes up.

    Twice the target without a limit of its own, and never before the target.
    """
    return max(dispatch_s, own_s or 2 * dispatch_s)


_ASSIGNED_LIMIT_S = {Priority.P1: 60, Priority.P2: 120, Priority.P3: 300, Priority.P4: 900}
_ON_SCENE_LIMIT_S = {Priority.P1: 20 * 60, Priority.P2: 30 * 60, Priority.P3: 45 * 60, Priority.P4: 60 * 60}
_REFERRAL_LIMIT_S = {Priority.P1: 10 * 60, Priority.P2: 20 * 60, Priority.P3: 60 * 60, Priority.P4: 24 * 3600}
_UNIT_LIMIT_S = {
    UnitStatus.TRANSPORTING: 60 * 60,
    UnitStatus.ON_BREAK: 45 * 60,
    UnitStatus.NO_CONTACT: 5 * 60,
}


def unit_limit_s(status: UnitStatus, priority: Priority | None) -> int | None:
    """Return after how many seconds in `status` the dispatcher is to ask the unit, or None.

    On the scene it is the crew's safety: somebody calls them. `priority` is that of the unit's incident.
    """
    level = priority or Priority.P3
    if status is UnitStatus.ASSIGNED:
        return _ASSIGNED_LIMIT_S[level]
    if status is UnitStatus.EN_ROUTE:
        return DEFAULT_TARGETS[level].arrival_s
    if status is UnitStatus.ON_SCENE:
        return _ON_SCENE_LIMIT_S[level]
    return _UNIT_LIMIT_S.get(status)


def referral_limit_s(priority: Priority) -> int:
    """Return after how many seconds without news a referral is to be asked about."""
    return _REFERRAL_LIMIT_S[priority]


_SHIFT_HOURS = {ShiftKind.NIGHT: 0, ShiftKind.DAY: 8, ShiftKind.EVENING: 16}


def shift_bounds(kind: ShiftKind, on: date) -> tuple[datetime, datetime]:
    """Return the instants between which a usual shift of that civil date runs.

    Shifts have eight civil hours: on the days of a change of clocks they last seven or nine.

    Raises:
        ValueError: `OTHER` has no usual hours.
    """
    if kind is ShiftKind.OTHER:
        raise ValueError("a shift of other hours says them itself")
    hour = _SHIFT_HOURS[kind]
    end = (
        formats.civil_instant(on + timedelta(days=1), 0)
        if hour == 16
        else formats.civil_instant(on, hour + 8)
    )
    return formats.civil_instant(on, hour), end


def shift_at(instant: datetime) -> tuple[ShiftKind, date]:
    """Return the usual shift that runs at `instant` and its civil date."""
    hour = formats.civil_hour(instant)
    kind = max((kind for kind in _SHIFT_HOURS if _SHIFT_HOURS[kind] <= hour), key=_SHIFT_HOURS.__getitem__)
    return kind, formats.civil_date(instant)
