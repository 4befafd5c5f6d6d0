"""The response targets in force: the catalogue of the municipality before the defaults."""

from collections.abc import Mapping

from sqlalchemy import select

from desktop.models.catalogues import ResponseTarget
from desktop.models.incidents.states import DEFAULT_TARGETS, Priority, Targets, escalation_s
from desktop.operations.context import ReadContext


def targets(ctx: ReadContext) -> Mapping[Priority, Targets]:
    """Return the targets of every priority."""
    rows = ctx.session.execute(
        select(ResponseTarget.priority, ResponseTarget.dispatch_s, ResponseTarget.arrival_s).where(
            ResponseTarget.voided_at.is_(None)
        )
    )
    return {**DEFAULT_TARGETS, **{row.priority: Targets(row.dispatch_s, row.arrival_s) for row in rows}}


def escalation_limits(ctx: ReadContext) -> Mapping[Priority, int]:
    """Return for every priority the seconds without dispatch after which an incident goes up."""
    rows = ctx.session.execute(
        select(ResponseTarget.priority, ResponseTarget.dispatch_s, ResponseTarget.escalate_s).where(
            ResponseTarget.voided_at.is_(None)
        )
    )
    own = {row.priority: escalation_s(row.dispatch_s, row.escalate_s) for row in rows}
    return {priority: escalation_s(target.dispatch_s) for priority, target in DEFAULT_TARGETS.items()} | own
