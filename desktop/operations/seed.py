"""The catalogues that a new station starts with; every row is the supervisor's to change."""

from desktop.models.catalogues import IncidentType, Protocol, ResponseTarget, Service
from desktop.models.incidents.seed_protocols import PROTOCOLS
from desktop.models.incidents.seeds import SERVICES, TYPES
from desktop.models.incidents.states import DEFAULT_TARGETS
from desktop.operations.context import Context


def seed_catalogues(ctx: Context) -> None:
    """Write types, services, protocols and targets into an empty station."""
    ctx.name_operation("setup.catalogues")
    ctx.add_rows(
        IncidentType,
        [
            {
                "code": seed.code,
                "title": seed.title,
                "family": seed.family,
                "priority": seed.priority,
                "priority_note": seed.priority_note or None,
                "services": seed.services,
                "raised_to": str(seed.raised_to.value) if seed.raised_to is not None else None,
                "is_sensitive": seed.is_sensitive,
                "is_dmcs": seed.is_dmcs,
                "note": seed.note or None,
            }
            for seed in TYPES
        ],
    )
    ctx.add_rows(
        Service,
        [
            {
                "name": seed.name,
                "short_name": seed.short_name,
                "phone": seed.phone,
                "is_municipal": seed.is_municipal,
                "order": place * 10,
            }
            for place, seed in enumerate(SERVICES, start=1)
        ],
    )
    ctx.add_rows(
        ResponseTarget,
        [
            {"priority": priority, "dispatch_s": targets.dispatch_s, "arrival_s": targets.arrival_s}
            for priority, targets in DEFAULT_TARGETS.items()
        ],
    )
    ctx.add_rows(
        Protocol,
        [
            {
                "title": seed.title,
                "type_codes": seed.type_codes,
                "version": seed.version,
                "steps": seed.steps,
                "source": seed.source or None,
            }
            for seed in PROTOCOLS
        ],
    )
