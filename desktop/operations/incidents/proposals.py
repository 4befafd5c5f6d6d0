"""What the words and the place of a draft say: type, priority, warnings (R69, R71)."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, or_, select

from desktop.core import formats
from desktop.models.catalogues import IncidentType
from desktop.models.incidents.classifier import read_narrative
from desktop.models.incidents.places import place_key
from desktop.models.incidents.records import HazardNote
from desktop.models.incidents.states import Priority
from desktop.operations.context import ReadContext
from desktop.operations.incidents.values import Hazard, IntakeDraft, TypeGuess

_NEAR_DEGREES = 0.0005
"""About 50 m of latitude: how near a hazard note's point must be."""
_SHORTEST_PHONE = 3


def propose(ctx: ReadContext, draft: IntakeDraft) -> tuple[tuple[TypeGuess, ...], Priority | None]:
    """Return the types that the words speak for, best first, and the priority of the best.

    Only types in force are proposed, with the municipality's own priorities.
    """
    if not draft.narrative.strip():
        return (), None
    catalogue: Mapping[str, IncidentType] = {
        kind.code: kind
        for kind in ctx.session.scalars(
            select(IncidentType).where(IncidentType.is_active, IncidentType.voided_at.is_(None))
        )
    }
    reading = read_narrative(draft.narrative, {code: kind.priority for code, kind in catalogue.items()})
    risks = tuple(str(risk.value) for risk in reading.risks)
    guesses = tuple(
        TypeGuess(found.code, catalogue[found.code].title, found.priority, found.words, risks)
        for found in reading.proposals
        if found.code in catalogue
    )
    return guesses, guesses[0].priority if guesses else None


def hazards_for(ctx: ReadContext, draft: IntakeDraft) -> tuple[Hazard, ...]:
    """Return the warnings in force about the phone, the address or the point of a draft."""
    phone = phone_or_none(draft.phone)
    key = place_key(draft.address)
    conditions: list[ColumnElement[bool]] = []
    if phone:
        conditions.append(HazardNote.phone == phone)
    if key:
        conditions.append(HazardNote.place_key == key)
    if draft.lat is not None and draft.lon is not None:
        conditions.append(
            and_(
                HazardNote.lat.between(draft.lat - _NEAR_DEGREES, draft.lat + _NEAR_DEGREES),
                HazardNote.lon.between(draft.lon - _NEAR_DEGREES, draft.lon + _NEAR_DEGREES),
            )
        )
    if not conditions:
        return ()
    notes = ctx.session.scalars(
        select(HazardNote)
        .where(or_(*conditions), HazardNote.voided_at.is_(None))
        .where(HazardNote.confidentiality.in_(ctx.rights.readable("hazard_notes")))
        .order_by(HazardNote.created_at, HazardNote.id)
    )
    return tuple(
        Hazard(note.id, note.text, note.address or formats.phone(note.phone or ""))
        for note in notes
        if note.valid_until is None or note.valid_until > ctx.now
    )


def phone_or_none(text: str) -> str | None:
    """Return the telephone in stored form, or None while it is not one yet."""
    if len(text.strip()) < _SHORTEST_PHONE:
        return None
    try:
        return formats.normalise_phone(text)
    except ValueError:
        return None
