"""The response targets in force: the catalogue of the municipality before the defaults."""

from collections.abc import Mapping

from sqlalchemy import select

from desktop.models.catalogues import ResponseTarget
from desktop.models.incidents.states import DEFAULT_TARGETS, Priority, Targets
from desktop.operations.context import ReadContext


def targets(ctx: ReadContext) -> Mapping[Priority, Targets]:
    """Return the targets of every priority."""
    rows = ctx.session.execute(
        select(
            ResponseTarget.priority,
            ResponseTarget.dispatch_s,
            ResponseTarget.arrival_s,
            ResponseTarget.escalate_s,
        ).where(ResponseTarget.voided_at.is_(None))
    )
    own = {row.priority: Targets(row.dispatch_s, row.arrival_s, row.escalate_s) for row in rows}
    return {**DEFAULT_TARGETS, **own}
