"""Gathers the data of the documents of the centre, as much of it as whoever prints may see."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.models.incidents.records import Assignment, Call, Incident, IncidentLine, Referral
from desktop.models.incidents.states import LineKind, Priority
from desktop.models.people import User
from desktop.models.shifts import Shift
from desktop.operations.context import ReadContext
from desktop.operations.documents import sheets
from desktop.operations.documents.letterhead import Letterhead
from desktop.operations.incidents.incident_view import AS_WRITTEN, incident_view
from desktop.operations.incidents.masking import Shown, Surface, class_title, masked
from desktop.operations.incidents.response_times import GroupBy, response_times
from desktop.operations.incidents.targets import targets
from desktop.operations.incidents.timers import OPEN
from desktop.operations.incidents.titles import TypeTitles, type_titles
from desktop.operations.shifts import shift_at, shift_hours, view_of
from desktop.register.access import Action

_MOST_TYPES = 12


def incident_sheet(ctx: ReadContext, incident_id: UUID, head: Letterhead) -> sheets.IncidentSheet:
    """Gather the sheet of an incident.

    Raises:
        UserError: it is confidential and the reason to open it was not given.
        NotAllowed: the role may not print it.
    """
    view = incident_view(ctx, incident_id)
    ctx.rights.check(Action.PRINT, "incidents", view.confidentiality)
    if view.needs_reason:
        raise UserError(tr(N_("Abra primero el incidente indicando el motivo; después puede imprimirlo.")))
    return sheets.IncidentSheet(head, view)


def shift_report(ctx: ReadContext, shift_id: UUID, head: Letterhead) -> sheets.ShiftReport:
    """Gather the `parte de novedades` of a shift, until now when it still runs."""
    ctx.rights.check(Action.PRINT, "shifts")
    ctx.rights.check(Action.PRINT, "incidents")
    shift = ctx.get(Shift, shift_id)
    until = min(shift.ends_at, ctx.now) if shift.ends_at > shift.starts_at else ctx.now
    incidents = _reported(ctx, shift.starts_at, until)
    titles = type_titles(ctx)
    chief = None if shift.opened_by is None else ctx.session.get(User, shift.opened_by)
    return sheets.ShiftReport(
        head,
        view_of(ctx, shift),
        chief.full_name if chief else "",
        _calls(ctx, shift.starts_at, until),
        len(incidents),
        _closed(ctx, shift.starts_at, until),
        _pending(ctx, until),
        _by_priority(incidents),
        _by_type(incidents, titles),
        _lines(ctx, incidents, titles),
        _news(ctx, incidents),
        _units(ctx, shift.starts_at, until),
        shift.notes or "",
    )


def daily_report(ctx: ReadContext, since: datetime, until: datetime, head: Letterhead) -> sheets.DailyReport:
    """Gather the daily report; each count stands beside that of the same span before."""
    ctx.rights.check(Action.PRINT, "incidents")
    incidents = _reported(ctx, since, until)
    before = _reported(ctx, since - (until - since), since)
    titles = type_titles(ctx)
    hours = shift_hours(ctx)
    times = response_times(ctx, since, until, (GroupBy.PRIORITY,))
    relevant = [
        incident for incident in incidents if incident.priority is Priority.P1 or incident.needs_follow_up
    ]
    return sheets.DailyReport(
        head,
        since,
        until,
        _calls(ctx, since, until),
        len(incidents),
        _closed(ctx, since, until),
        _pending(ctx, until),
        int(
            ctx.session.scalar(
                select(func.count()).where(
                    Referral.incident_id.in_([incident.id for incident in incidents]),
                    Referral.voided_at.is_(None),
                )
            )
            or 0
        ),
        _by_priority(incidents, before),
        _by_type(incidents, titles, before),
        _counts(
            incidents,
            before,
            lambda found: tr(shift_at(hours, found.reported_at).kind.label),
            [tr(rule.kind.label) for rule in hours],
        ),
        _counts(incidents, before, lambda found: tr(found.channel.label)),
        _lines(ctx, relevant, titles),
        times.groups[GroupBy.PRIORITY],
    )


def response_report(
    ctx: ReadContext,
    since: datetime,
    until: datetime,
    head: Letterhead,
    cuts: Collection[GroupBy] = tuple(GroupBy),
) -> sheets.ResponseReport:
    """Gather the report of response times against the targets in force, beside the same span before."""
    ctx.rights.check(Action.PRINT, "incidents")
    return sheets.ResponseReport(
        head,
        response_times(ctx, since, until, cuts),
        targets(ctx),
        response_times(ctx, since - (until - since), since, cuts),
    )


def _reported(ctx: ReadContext, since: datetime, until: datetime) -> list[Incident]:
    """Return the incidents of a span that the person may read, in order."""
    return list(
        ctx.session.scalars(
            select(Incident)
            .where(
                Incident.reported_at >= since,
                Incident.reported_at < until,
                Incident.voided_at.is_(None),
                Incident.confidentiality.in_(ctx.rights.readable("incidents")),
            )
            .order_by(Incident.reported_at, Incident.code)
        )
    )


def _calls(ctx: ReadContext, since: datetime, until: datetime) -> int:
    counted = ctx.session.scalar(
        select(func.count()).where(
            Call.received_at >= since, Call.received_at < until, Call.voided_at.is_(None)
        )
    )
    return int(counted or 0)


def _closed(ctx: ReadContext, since: datetime, until: datetime) -> int:
    counted = ctx.session.scalar(
        select(func.count()).where(
            Incident.closed_at >= since,
            Incident.closed_at < until,
            Incident.voided_at.is_(None),
            Incident.confidentiality.in_(ctx.rights.readable("incidents")),
        )
    )
    return int(counted or 0)


def _pending(ctx: ReadContext, until: datetime) -> int:
    counted = ctx.session.scalar(
        select(func.count()).where(
            Incident.status.in_(OPEN),
            Incident.reported_at < until,
            Incident.voided_at.is_(None),
            Incident.confidentiality.in_(ctx.rights.readable("incidents")),
        )
    )
    return int(counted or 0)


def _counts(
    incidents: Iterable[Incident],
    before: Iterable[Incident] | None,
    key: Callable[[Incident], str],
    order: list[str] | None = None,
) -> tuple[sheets.Count, ...]:
    now = Counter(key(found) for found in incidents)
    earlier = None if before is None else Counter(key(found) for found in before)
    labels = order if order is not None else [label for label, _ in now.most_common(_MOST_TYPES)]
    return tuple(
        sheets.Count(label, now[label], None if earlier is None else earlier[label]) for label in labels
    )


def _by_priority(
    incidents: Iterable[Incident], before: Iterable[Incident] | None = None
) -> tuple[sheets.Count, ...]:
    return _counts(
        incidents,
        before,
        lambda found: tr(found.priority.label),
        [tr(priority.label) for priority in Priority],
    )


def _by_type(
    incidents: Iterable[Incident], titles: TypeTitles, before: Iterable[Incident] | None = None
) -> tuple[sheets.Count, ...]:
    return _counts(incidents, before, lambda found: titles.title(found.type_code))


def _lines(
    ctx: ReadContext, incidents: list[Incident], titles: TypeTitles
) -> tuple[sheets.IncidentLine, ...]:
    """Return rows of a table that goes out of the room: a sensitive incident shows its class only."""
    units = _callsigns(ctx, [incident.id for incident in incidents])
    return tuple(
        _line(incident, masked(ctx.rights, incident, Surface.QUEUE), titles, units.get(incident.id, ""))
        for incident in incidents
    )


def _line(incident: Incident, shown: Shown, titles: TypeTitles, units: str) -> sheets.IncidentLine:
    is_whole = shown is Shown.ALL
    return sheets.IncidentLine(
        incident.code,
        incident.reported_at,
        incident.priority,
        titles.title(incident.type_code)
        if is_whole
        else class_title(titles.family(incident.type_code), Surface.QUEUE),
        (incident.address or incident.reference or "") if is_whole else "",
        incident.status,
        tr(incident.result.label) if incident.result is not None and is_whole else "",
        units,
        incident.is_late_entry,
    )


def _callsigns(ctx: ReadContext, incident_ids: list[UUID]) -> dict[UUID, str]:
    found: dict[UUID, list[str]] = {}
    rows = ctx.session.execute(
        select(Assignment.incident_id, Assignment.callsign)
        .where(Assignment.incident_id.in_(incident_ids))
        .order_by(Assignment.assigned_at, Assignment.id)
    )
    for incident_id, callsign in rows:
        if callsign not in found.setdefault(incident_id, []):
            found[incident_id].append(callsign)
    return {incident_id: ", ".join(callsigns) for incident_id, callsigns in found.items()}


def _news(ctx: ReadContext, incidents: list[Incident]) -> tuple[sheets.NewsLine, ...]:
    """Return the lines that somebody marked as significant, of incidents that show whole."""
    whole = [
        incident.id for incident in incidents if masked(ctx.rights, incident, Surface.QUEUE) is Shown.ALL
    ]
    lines = ctx.session.scalars(
        select(IncidentLine)
        .where(IncidentLine.incident_id.in_(whole), IncidentLine.kind == LineKind.NOTE)
        .order_by(IncidentLine.at, IncidentLine.created_at, AS_WRITTEN)
    )
    return tuple(
        sheets.NewsLine(line.at, line.text, line.author_name, line.is_late_entry, line.struck_at is not None)
        for line in lines
        if line.data and line.data.get("significant")
    )


def _units(ctx: ReadContext, since: datetime, until: datetime) -> tuple[sheets.UnitLine, ...]:
    rows = ctx.session.execute(
        select(Assignment.callsign, Assignment.crew, Assignment.incident_id)
        .where(Assignment.assigned_at >= since, Assignment.assigned_at < until)
        .order_by(Assignment.assigned_at)
    )
    crews: dict[str, str] = {}
    worked: dict[str, set[UUID]] = {}
    for callsign, crew, incident_id in rows:
        crews[callsign] = crew or crews.get(callsign, "")
        worked.setdefault(callsign, set()).add(incident_id)
    return tuple(
        sheets.UnitLine(callsign, crews[callsign], len(worked[callsign])) for callsign in sorted(worked)
    )
