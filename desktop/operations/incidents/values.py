"""Plain values that the operations of the command centre take and give; views hold these, never mapped objects.

They are structures of msgspec: to define thirty dataclasses cost each start 22 ms, these cost 4.
"""

from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from msgspec import Struct, field

from desktop.models.incidents.states import (
    Channel,
    ClosingResult,
    FieldTimerKind,
    IncidentStatus,
    LineKind,
    PersonRole,
    PlaceSource,
    Priority,
    ReferralStatus,
    UnitKind,
    UnitStatus,
)
from desktop.register.record import Confidentiality

# --- Intake ------------------------------------------------------------------------------------------------------


class PersonDraft(Struct, frozen=True):
    """A person as typed; anonymous and half-known people are allowed."""

    role: PersonRole = PersonRole.INVOLVED
    full_name: str = ""
    run: str = ""
    phone: str = ""
    description: str = ""


class VehicleDraft(Struct, frozen=True):
    """A vehicle as typed."""

    plate: str = ""
    description: str = ""
    is_reported_stolen: bool | None = None


class IntakeDraft(Struct, frozen=True):
    """What the intake form holds, complete or not.

    `type_code` and `priority` are what stands in the form; `type_is_manual` and `priority_is_manual` say that the
    person chose them, otherwise the words of the narrative decide when it is saved. `answered_at` is when the form
    was opened for a live call. `received_at` is given only for a late entry: when the call really came in.
    """

    channel: Channel = Channel.SHORT_NUMBER
    phone: str = ""
    caller_name: str = ""
    is_anonymous: bool = False
    narrative: str = ""
    type_code: str | None = None
    type_is_manual: bool = False
    priority: Priority | None = None
    priority_is_manual: bool = False
    risks: tuple[str, ...] = ()
    address: str = ""
    reference: str = ""
    sector: str = ""
    lat: float | None = None
    lon: float | None = None
    place_source: PlaceSource | None = None
    people: tuple[PersonDraft, ...] = ()
    vehicles: tuple[VehicleDraft, ...] = ()
    answered_at: datetime | None = None
    received_at: datetime | None = None
    acknowledged_hazards: frozenset[UUID] = frozenset()


class IncidentRef(Struct, frozen=True):
    """An incident by its number. `call_id` is the call just saved with it."""

    id: UUID
    code: str
    call_id: UUID | None = None


class TypeGuess(Struct, frozen=True):
    """A type proposed from the words, with the words that speak for it."""

    code: str
    title: str
    priority: Priority
    words: tuple[str, ...]
    risks: tuple[str, ...] = ()


class NearbyIncident(Struct, frozen=True):
    """An open incident that may be the same event. `reason` says why in Spanish: `a 120 m, mismo tipo`."""

    id: UUID
    code: str
    title: str
    priority: Priority
    status: IncidentStatus
    place: str
    reported_at: datetime
    reason: str


class EarlierIncident(Struct, frozen=True):
    """An incident of the last twelve months."""

    id: UUID
    code: str
    title: str
    reported_at: datetime
    place: str
    result: ClosingResult | None


class Earlier(Struct, frozen=True):
    """How many earlier incidents there are and the latest five."""

    count: int = 0
    latest: tuple[EarlierIncident, ...] = ()


class Hazard(Struct, frozen=True):
    """A warning that must be acknowledged before the incident is saved."""

    id: UUID
    text: str
    about: str


class StreetMatch(Struct, frozen=True):
    """A street of the local index that completes what was typed; coordinates when the number is known."""

    address: str
    sector: str | None
    lat: float | None
    lon: float | None


class Suggestions(Struct, frozen=True):
    """Everything that the form shows beside the words while they are typed."""

    types: tuple[TypeGuess, ...] = ()
    priority: Priority | None = None
    duplicates: tuple[NearbyIncident, ...] = ()
    by_phone: Earlier = field(default_factory=Earlier)
    by_place: Earlier = field(default_factory=Earlier)
    hazards: tuple[Hazard, ...] = ()
    streets: tuple[StreetMatch, ...] = ()


# --- Queue, units, timers ----------------------------------------------------------------------------------------


class QueueRow(Struct, frozen=True):
    """One line of the queue. `title` and `place` are already masked for whoever asked."""

    id: UUID
    code: str
    short: str
    priority: Priority
    status: IncidentStatus
    title: str
    place: str
    sector: str | None
    reported_at: datetime
    due_at: datetime | None
    """When the target that runs now (dispatch, then arrival) is missed; None when none runs."""
    no_unit_since: datetime | None
    units: tuple[str, ...]
    calls: int
    linked: int
    is_masked: bool
    is_late_entry: bool
    parent_id: UUID | None
    escalated_at: datetime | None = None
    """When it was escalated, while nobody has dispatched it."""
    is_escalation_taken: bool = False


class UnitRow(Struct, frozen=True):
    """One unit of the board."""

    id: UUID
    callsign: str
    kind: UnitKind
    status: UnitStatus
    status_at: datetime | None
    crew: str | None
    sector: str | None
    incident_id: UUID | None
    incident_short: str | None
    lat: float | None
    lon: float | None
    position_at: datetime | None


class UnitAdvice(Struct, frozen=True):
    """A unit in order of recommendation; `reason` is `1,2 km · disponible · Centro`."""

    unit_id: UUID
    callsign: str
    rank: int
    status: UnitStatus
    reason: str
    distance_m: float | None
    is_busy: bool
    incident_code: str | None
    is_recommended: bool


class TimerKind(Enum):
    """What a running clock is about."""

    DISPATCH = auto()
    ARRIVAL = auto()
    UNIT = auto()
    FIELD = auto()
    REFERRAL = auto()


class TimerView(Struct, frozen=True):
    """A clock that runs. `key` silences it; a silenced one stays in the list, marked, until its cause ends."""

    key: str
    kind: TimerKind
    title: str
    priority: Priority | None
    started_at: datetime
    due_at: datetime
    is_overdue: bool
    silenced_at: datetime | None
    silenced_by: str | None
    incident_id: UUID | None
    incident_short: str | None
    unit_id: UUID | None
    field_timer_id: UUID | None = None
    escalated_at: datetime | None = None


class EscalationView(Struct, frozen=True):
    """An incident that nobody dispatched in time and whose escalation nobody took. `key` is that of its clock."""

    key: str
    incident_id: UUID
    short: str
    priority: Priority
    title: str
    waits_since: datetime
    escalated_at: datetime


# --- The console's incident --------------------------------------------------------------------------------------


class LineView(Struct, frozen=True):
    """One line of the timeline. `from_short` names the linked incident it comes from in a merged timeline."""

    id: UUID
    kind: LineKind
    text: str
    at: datetime
    entered_at: datetime
    author: str
    author_id: UUID
    is_late_entry: bool
    struck_at: datetime | None
    strike_reason: str | None
    from_short: str | None
    can_strike: bool


class AssignmentView(Struct, frozen=True):
    """A unit's work on the incident; `is_active` until it is released or sent elsewhere."""

    id: UUID
    unit_id: UUID
    callsign: str
    crew: str | None
    status: UnitStatus | None
    assigned_at: datetime
    en_route_at: datetime | None
    on_scene_at: datetime | None
    transporting_at: datetime | None
    released_at: datetime | None
    preempted_at: datetime | None
    release_reason: str | None
    recommendation: str | None
    is_active: bool


class ReferralView(Struct, frozen=True):
    """A request to another service."""

    id: UUID
    service_id: UUID | None
    service_name: str
    phone: str | None
    status: ReferralStatus
    requested_at: datetime
    answered_by: str | None
    number_given: str | None
    expected_at: datetime | None
    arrived_at: datetime | None
    result: str | None


class StepView(Struct, frozen=True):
    """A step of a protocol, ticked or not."""

    number: int
    text: str
    tick_id: UUID | None
    ticked_at: datetime | None
    ticked_by: str | None


class ChecklistView(Struct, frozen=True):
    """A protocol that applies to the incident's type."""

    protocol_id: UUID
    title: str
    version: int
    source: str | None
    steps: tuple[StepView, ...]


class FieldTimerView(Struct, frozen=True):
    """A legal clock of the incident, running or ended."""

    id: UUID
    kind: FieldTimerKind
    reason: str
    subject: str | None
    unit_id: UUID | None
    means: str | None
    started_at: datetime
    due_at: datetime
    ended_at: datetime | None
    outcome: str | None
    received_by: str | None
    police_notified_at: datetime | None
    is_overdue: bool


class CallView(Struct, frozen=True):
    """A call of the incident. `phone` is None for who may not read calls."""

    id: UUID
    code: str
    received_at: datetime
    channel: Channel
    phone: str | None
    caller_name: str | None
    is_anonymous: bool
    text: str
    is_late_entry: bool


class PersonView(Struct, frozen=True):
    """A person of the incident."""

    id: UUID
    role: PersonRole
    full_name: str | None
    run: str | None
    phone: str | None
    description: str | None


class VehicleView(Struct, frozen=True):
    """A vehicle of the incident."""

    id: UUID
    plate: str | None
    description: str | None
    is_reported_stolen: bool | None


class LinkedIncident(Struct, frozen=True):
    """An incident of the same major event, or the one that this one repeats."""

    id: UUID
    code: str
    short: str
    title: str
    priority: Priority
    status: IncidentStatus
    relation: str
    """`parent`, `child` or `duplicate_of`."""


class IncidentView(Struct, frozen=True):
    """Everything that the console shows of an incident.

    With `needs_reason` the record is Reservado or Secreto and the person has not said why it is opened: only class,
    priority, state, sector and times are filled.
    """

    id: UUID
    code: str
    short: str
    folio: str | None
    needs_reason: bool
    confidentiality: Confidentiality
    title: str
    type_code: str | None
    type_is_manual: bool
    is_sensitive: bool
    priority: Priority
    status: IncidentStatus
    sector: str | None
    reported_at: datetime
    entered_at: datetime
    dispatched_at: datetime | None
    en_route_at: datetime | None
    arrived_at: datetime | None
    controlled_at: datetime | None
    closed_at: datetime | None
    is_late_entry: bool
    times_edited: bool
    no_unit_since: datetime | None
    next_statuses: tuple[IncidentStatus, ...]
    author: str = ""
    channel: Channel | None = None
    narrative: str = ""
    risks: tuple[str, ...] = ()
    address: str = ""
    reference: str | None = None
    lat: float | None = None
    lon: float | None = None
    place_source: PlaceSource | None = None
    result: ClosingResult | None = None
    result_note: str | None = None
    police_report: str | None = None
    needs_follow_up: bool = False
    calls: tuple[CallView, ...] = ()
    timeline: tuple[LineView, ...] = ()
    assignments: tuple[AssignmentView, ...] = ()
    referrals: tuple[ReferralView, ...] = ()
    people: tuple[PersonView, ...] = ()
    vehicles: tuple[VehicleView, ...] = ()
    checklists: tuple[ChecklistView, ...] = ()
    field_timers: tuple[FieldTimerView, ...] = ()
    timers: tuple[TimerView, ...] = ()
    linked: tuple[LinkedIncident, ...] = ()
    services: tuple[str, ...] = ()
    """Short names of the services to which this type is usually referred."""


# --- Late entry --------------------------------------------------------------------------------------------------


class CardUnit(Struct, frozen=True):
    """What a paper card says of one unit."""

    callsign: str
    assigned_at: datetime | None = None
    en_route_at: datetime | None = None
    on_scene_at: datetime | None = None
    released_at: datetime | None = None


class LateCard(Struct, frozen=True):
    """A paper card written while the system was away. `draft.received_at` is when the call came in."""

    draft: IntakeDraft
    units: tuple[CardUnit, ...] = ()
    notes: tuple[tuple[datetime, str], ...] = ()
    closed_at: datetime | None = None
    result: ClosingResult | None = None
    result_note: str = ""


class CardError(Struct, frozen=True):
    """What is wrong with one card of the batch: its place from 0, the field, the sentence.

    `unit` is the place of the unit on the card, from 0, when the field is one of a unit's.
    """

    index: int
    field: str
    message: str
    unit: int | None = None
