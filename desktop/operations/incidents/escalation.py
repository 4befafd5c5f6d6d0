"""Incidents that nobody dispatches: past a second limit they go up to the shift supervisor by themselves (R77).

The clock is that of the dispatch (`timers.py`), and taking an escalation is taking that clock's warning.
"""

from collections.abc import Iterable, Sequence
from uuid import uuid5

from sqlalchemy import select

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.models.incidents.records import Incident
from desktop.models.incidents.states import BEFORE_DISPATCH, LineKind
from desktop.operations.context import Context, ReadContext
from desktop.operations.incidents.common import write_line
from desktop.operations.incidents.find import short_number
from desktop.operations.incidents.masking import Shown, Surface, masked
from desktop.operations.incidents.timers import (
    Running,
    clocks_of_incidents,
    escalated_at,
    shown_name,
    taken_warnings,
)
from desktop.operations.incidents.titles import type_titles
from desktop.operations.incidents.values import EscalationView
from desktop.register.access import Action

_IN_TIME_S = 60
"""A line this late was not written by a station that ran."""


def is_escalation_due(ctx: ReadContext) -> bool:
    """Tell whether something is to be escalated now, for a job that would else write for nothing."""
    return bool(_due(ctx))


def escalate_untaken(ctx: Context) -> None:
    """Write the escalation of every incident that waits beyond its second limit, once; the program's own act.

    Written in time, the line's id, hour and words follow from the incident alone: stations that notice it while apart
    write the same line. One that comes late, because no station ran, has the hour of now.
    """
    for clock, incident in _due(ctx):
        limit = clock.escalates_at or ctx.now
        is_in_time = (ctx.now - limit).total_seconds() < _IN_TIME_S
        waited_s = ((limit if is_in_time else ctx.now) - clock.started_at).total_seconds()
        words = N_("Escalado a la supervisión de turno: {time} sin despacho y nadie tomó el aviso")
        write_line(
            ctx,
            incident,
            LineKind.ESCALATION,
            tr(words, time=formats.timer(waited_s)),
            at=limit if is_in_time else ctx.now,
            line_id=uuid5(incident.id, clock.key) if is_in_time else None,
        )
    ctx.name_operation("timers.escalate")


def untaken_escalations(ctx: ReadContext) -> tuple[EscalationView, ...]:
    """Return the escalated incidents that nobody has dispatched nor taken, the most urgent first.

    Those that the person may not read are left out; of a sensitive one only the class shows.
    """
    ctx.rights.check(Action.READ, "incidents")
    incidents = [
        incident
        for incident in _waiting(ctx)
        if masked(ctx.rights, incident, Surface.QUEUE) is not Shown.NOTHING
    ]
    escalated = escalated_at(ctx, incidents)
    if not escalated:
        return ()
    taken = taken_warnings(ctx, escalated.keys())
    titles = type_titles(ctx)
    found = [
        EscalationView(
            clock.key,
            incident.id,
            short_number(incident.code),
            incident.priority,
            shown_name(ctx, incident, titles),
            clock.started_at,
            escalated[incident.id],
        )
        for clock, incident in _clocks(ctx, [one for one in incidents if one.id in escalated])
        if clock.key not in taken
    ]
    return tuple(sorted(found, key=lambda view: (view.priority.rank, view.waits_since, view.short)))


def _due(ctx: ReadContext) -> list[tuple[Running, Incident]]:
    beyond = [
        (clock, incident)
        for clock, incident in _clocks(ctx, _waiting(ctx))
        if clock.escalates_at is not None and clock.escalates_at <= ctx.now
    ]
    if not beyond:
        return []
    incidents = [incident for _, incident in beyond]
    done = escalated_at(ctx, incidents)
    taken = taken_warnings(ctx, [incident.id for incident in incidents])
    return [
        (clock, incident) for clock, incident in beyond if incident.id not in done and clock.key not in taken
    ]


def _waiting(ctx: ReadContext) -> Sequence[Incident]:
    return ctx.session.scalars(
        select(Incident).where(Incident.status.in_(tuple(BEFORE_DISPATCH)), Incident.voided_at.is_(None))
    ).all()


def _clocks(ctx: ReadContext, incidents: Sequence[Incident]) -> Iterable[tuple[Running, Incident]]:
    return (
        (clock, clock.incident) for clock in clocks_of_incidents(ctx, incidents) if clock.incident is not None
    )
