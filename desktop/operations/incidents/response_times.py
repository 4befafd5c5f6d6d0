"""Response times against their targets, as medians and 90th percentiles (R84, domain.md §7.2).

Only instants recorded live count: incidents entered late or with corrected times are left out and counted apart.
The percentile is the nearest rank: the smallest value that at least that share of the values does not exceed, which
any SQL can repeat with `row_number`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from sqlalchemy import ColumnElement, select

from desktop.core import formats
from desktop.core.clock import civil_day
from desktop.core.i18n import N_, tr
from desktop.models.catalogues import IncidentType
from desktop.models.incidents.records import Assignment, Incident
from desktop.models.incidents.states import Priority
from desktop.operations.context import ReadContext
from desktop.operations.incidents.targets import targets
from desktop.operations.shifts import shift_at, shift_hours
from desktop.register.access import Action


class GroupBy(Enum):
    """How the report is cut."""

    PRIORITY = auto()
    TYPE = auto()
    SECTOR = auto()
    UNIT = auto()
    """The unit that arrived first; of those that did not arrive, the first that was sent."""
    HOUR = auto()
    WEEKDAY = auto()
    SHIFT = auto()


_WEEKDAYS = (
    N_("Lunes"),
    N_("Martes"),
    N_("Miércoles"),
    N_("Jueves"),
    N_("Viernes"),
    N_("Sábado"),
    N_("Domingo"),
)


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Seconds; None where nothing was measured."""

    count: int = 0
    p50_s: float | None = None
    p90_s: float | None = None


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """One group. Compliance is the share of measured incidents within the target of their own priority."""

    key: str
    title: str
    incidents: int
    dispatch: Percentiles
    arrival: Percentiles
    closing: Percentiles
    dispatch_in_target: float | None
    arrival_in_target: float | None


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """The whole report; `left_out_*` were not measured because their instants were not recorded live."""

    since: datetime
    until: datetime
    total: ResponseRow
    groups: Mapping[GroupBy, tuple[ResponseRow, ...]]
    left_out_late: int
    left_out_edited: int


@dataclass(frozen=True, slots=True)
class _Measured:
    priority: Priority
    type_code: str
    sector: str
    unit: str
    reported_at: datetime
    dispatch_s: float | None
    arrival_s: float | None
    closing_s: float | None


def percentile(values: Iterable[float], percent: int) -> float | None:
    """Return the nearest-rank percentile; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]


def response_times(
    ctx: ReadContext, since: datetime, until: datetime, cuts: Collection[GroupBy] = tuple(GroupBy)
) -> ResponseTimes:
    """Measure the incidents reported in [since, until) that the person may read, as a whole and by each of `cuts`.

    Raises:
        NotAllowed: the role may not read incidents.
    """
    ctx.rights.check(Action.READ, "incidents")
    reported = _reported(ctx, since, until)
    units = _first_units(ctx, reported) if GroupBy.UNIT in cuts else {}
    rows = ctx.session.execute(
        select(
            Incident.id,
            Incident.priority,
            Incident.type_code,
            Incident.sector,
            Incident.reported_at,
            Incident.dispatched_at,
            Incident.arrived_at,
            Incident.closed_at,
            Incident.is_late_entry,
            Incident.times_edited,
        ).where(*reported)
    )
    late = edited = 0
    measured: list[_Measured] = []
    for row in rows:
        if row.is_late_entry:
            late += 1
        elif row.times_edited:
            edited += 1
        else:
            measured.append(
                _Measured(
                    row.priority,
                    row.type_code or "",
                    row.sector or "",
                    units.get(row.id, ""),
                    row.reported_at,
                    _seconds(row.reported_at, row.dispatched_at),
                    _seconds(row.reported_at, row.arrived_at),
                    _seconds(row.reported_at, row.closed_at),
                )
            )
    limits = targets(ctx)

    def row_of(key: str, title: str, members: list[_Measured]) -> ResponseRow:
        return ResponseRow(
            key,
            title,
            len(members),
            _percentiles(found.dispatch_s for found in members),
            _percentiles(found.arrival_s for found in members),
            _percentiles(found.closing_s for found in members),
            _share((found.dispatch_s, limits[found.priority].dispatch_s) for found in members),
            _share((found.arrival_s, limits[found.priority].arrival_s) for found in members),
        )

    return ResponseTimes(
        since,
        until,
        row_of("", tr(N_("Todos")), measured),
        {
            by: tuple(
                row_of(key, titles.get(key) or key or tr(N_("Sin dato")), members)
                for key, members in sorted(_grouped(measured, key_of).items())
            )
            for by, key_of, titles in _cuts(ctx)
            if by in cuts
        },
        late,
        edited,
    )


def _reported(ctx: ReadContext, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Incident.reported_at >= since,
        Incident.reported_at < until,
        Incident.voided_at.is_(None),
        Incident.confidentiality.in_(ctx.rights.readable("incidents")),
    )


def _first_units(ctx: ReadContext, reported: Iterable[ColumnElement[bool]]) -> dict[UUID, str]:
    rows = ctx.session.execute(
        select(Assignment.incident_id, Assignment.callsign)
        .join(Incident, Incident.id == Assignment.incident_id)
        .where(*reported)
        .order_by(Assignment.on_scene_at.is_(None), Assignment.on_scene_at, Assignment.assigned_at)
    )
    units: dict[UUID, str] = {}
    for incident_id, callsign in rows:
        units.setdefault(incident_id, callsign)
    return units


def _cuts(ctx: ReadContext) -> tuple[tuple[GroupBy, Callable[[_Measured], str], Mapping[str, str]], ...]:
    hours = shift_hours(ctx)
    types = {
        row.code: f"{row.code} {row.title}"
        for row in ctx.session.execute(select(IncidentType.code, IncidentType.title))
    }
    return (
        (
            GroupBy.PRIORITY,
            lambda found: str(found.priority.value),
            {str(priority.value): tr(priority.label) for priority in Priority},
        ),
        (GroupBy.TYPE, lambda found: found.type_code, types),
        (GroupBy.SECTOR, lambda found: found.sector, {}),
        (GroupBy.UNIT, lambda found: found.unit, {"": tr(N_("Sin móvil"))}),
        (
            GroupBy.HOUR,
            lambda found: f"{formats.civil_hour(found.reported_at):02}",
            {f"{hour:02}": f"{hour:02}:00–{hour:02}:59" for hour in range(24)},
        ),
        (
            GroupBy.WEEKDAY,
            lambda found: str(civil_day(found.reported_at).weekday()),
            {str(number): tr(name) for number, name in enumerate(_WEEKDAYS)},
        ),
        (
            GroupBy.SHIFT,
            lambda found: str(shift_at(hours, found.reported_at).kind.value),
            {str(rule.kind.value): tr(rule.kind.label) for rule in hours},
        ),
    )


def _grouped(measured: Iterable[_Measured], key_of: Callable[[_Measured], str]) -> dict[str, list[_Measured]]:
    groups: dict[str, list[_Measured]] = {}
    for found in measured:
        groups.setdefault(key_of(found), []).append(found)
    return groups


def _seconds(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else (end - start).total_seconds()


def _percentiles(values: Iterable[float | None]) -> Percentiles:
    known = [value for value in values if value is not None]
    return Percentiles(len(known), percentile(known, 50), percentile(known, 90))


def _share(pairs: Iterable[tuple[float | None, int]]) -> float | None:
    known = [(value, limit) for value, limit in pairs if value is not None]
    return sum(value <= limit for value, limit in known) / len(known) if known else None
