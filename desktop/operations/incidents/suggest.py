"""What the form shows beside the words while they are typed (R69–R71): every query stays on an index."""

import heapq
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import ColumnElement, select

from desktop.models.incidents.places import place_key
from desktop.models.incidents.records import Call, Incident
from desktop.operations.context import ReadContext
from desktop.operations.incidents.masking import Shown, Surface, class_title, masked
from desktop.operations.incidents.nearby import nearby_incidents
from desktop.operations.incidents.proposals import hazards_for, phone_or_none, propose
from desktop.operations.incidents.streets import complete_street
from desktop.operations.incidents.titles import TypeTitles, type_titles
from desktop.operations.incidents.values import (
    Earlier,
    EarlierIncident,
    IntakeDraft,
    Suggestions,
)
from desktop.register.access import Action

_EARLIER = timedelta(days=365)
_LATEST = 5
_NEAR_DEGREES = 0.0005
"""About 50 m of latitude: how near a hazard note's point must be."""
_SHORTEST_PHONE = 3


def suggest(ctx: ReadContext, draft: IntakeDraft) -> Suggestions:
    """Return everything that is proposed for a draft, complete or not.

    Raises:
        NotAllowed: the role may not read incidents.
    """
    ctx.rights.check(Action.READ, "incidents")
    types, priority = propose(ctx, draft)
    titles = type_titles(ctx)
    phone = phone_or_none(draft.phone)
    key = place_key(draft.address)
    return Suggestions(
        types,
        priority,
        nearby_incidents(ctx, draft, types, titles),
        _earlier_by_phone(ctx, phone, titles) if phone else Earlier(),
        _earlier(ctx, Incident.place_key == key, titles) if key else Earlier(),
        hazards_for(ctx, draft),
        complete_street(ctx, draft.address),
    )


def _earlier_by_phone(ctx: ReadContext, phone: str, titles: TypeTitles) -> Earlier:
    calls = select(Call.incident_id).where(
        Call.phone == phone,
        Call.received_at >= ctx.now - _EARLIER,
        Call.confidentiality.in_(ctx.rights.readable("calls")),
    )
    return _earlier(ctx, Incident.id.in_(calls), titles)


def _earlier(ctx: ReadContext, condition: ColumnElement[bool], titles: TypeTitles) -> Earlier:
    """Count the incidents of twelve months and return the latest; a sensitive one shows its class only."""
    within = (
        condition,
        Incident.reported_at >= ctx.now - _EARLIER,
        Incident.voided_at.is_(None),
        Incident.confidentiality.in_(ctx.rights.readable("incidents")),
    )
    found = ctx.session.execute(select(Incident.reported_at, Incident.id).where(*within)).all()
    if not found:
        return Earlier()
    newest = [row.id for row in heapq.nlargest(_LATEST, found, key=lambda row: row.reported_at)]
    latest = ctx.session.scalars(select(Incident).where(Incident.id.in_(newest)))
    ordered = sorted(latest, key=lambda incident: incident.reported_at, reverse=True)
    return Earlier(len(found), tuple(_views(ctx, ordered, titles)))


def _views(ctx: ReadContext, incidents: Iterable[Incident], titles: TypeTitles) -> Iterable[EarlierIncident]:
    for incident in incidents:
        is_whole = masked(ctx.rights, incident, Surface.QUEUE) is Shown.ALL
        yield EarlierIncident(
            incident.id,
            incident.code,
            titles.title(incident.type_code)
            if is_whole
            else class_title(titles.family(incident.type_code), Surface.QUEUE),
            incident.reported_at,
            (incident.address or incident.reference or "") if is_whole else "",
            incident.result if is_whole else None,
        )
