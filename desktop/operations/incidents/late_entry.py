"""Paper cards written while the system was away, entered in one batch (R85).

The instants of the card are when things happened; the journal and `created_at` say when they were typed. Everything
that comes from a card is marked as late, and its times do not count as recorded live.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from desktop.core.errors import FieldError
from desktop.core.i18n import N_, tr
from desktop.models.fleet import Unit
from desktop.models.incidents.records import Assignment, Incident, UnitStatusChange
from desktop.models.incidents.states import IncidentStatus, LineKind, UnitStatus
from desktop.operations.context import Context, ReadContext
from desktop.operations.incidents.common import write_line
from desktop.operations.incidents.intake import open_incident
from desktop.operations.incidents.values import CardError, CardUnit, IncidentRef, LateCard
from desktop.register.access import Action


class CardsRefused(FieldError):
    """Some cards of a batch are not right; none was saved. `errors` says which and why."""

    def __init__(self, errors: Sequence[CardError]) -> None:
        super().__init__(errors[0].field, errors[0].message)
        self.errors = tuple(errors)


_STEPS = (
    ("assigned_at", UnitStatus.ASSIGNED),
    ("en_route_at", UnitStatus.EN_ROUTE),
    ("on_scene_at", UnitStatus.ON_SCENE),
    ("released_at", UnitStatus.AVAILABLE),
)


def check_cards(ctx: ReadContext, cards: Sequence[LateCard]) -> tuple[CardError, ...]:
    """Return what is wrong with the cards' times and units, by card and field; empty when nothing is."""
    units = _units_by_callsign(ctx)
    return tuple(error for index, card in enumerate(cards) for error in _check(ctx, index, card, units))


def enter_cards(ctx: Context, cards: Sequence[LateCard]) -> tuple[IncidentRef, ...]:
    """Save a batch of cards, all or none.

    A card whose units were all released and that says how it ended is closed; any other joins the queue. The present
    state of a unit is not touched: the card tells of the past, and what the unit does now is known.

    Raises:
        CardsRefused: some cards are not right.
        NotAllowed: the role may not open incidents or dispatch.
    """
    ctx.rights.check(Action.CREATE, "incidents")
    ctx.rights.check(Action.MOVE, "assignments")
    errors = list(check_cards(ctx, cards))
    units = _units_by_callsign(ctx)
    refs: list[IncidentRef] = []
    if not errors:
        for index, card in enumerate(cards):
            try:
                refs.append(_enter(ctx, card, units))
            except FieldError as error:
                errors.append(CardError(index, error.field, error.message))
    if errors:
        raise CardsRefused(errors)
    ctx.name_operation("incidents.late_entry")
    return tuple(refs)


def _enter(ctx: Context, card: LateCard, units: dict[str, Unit]) -> IncidentRef:
    ref = open_incident(ctx, card.draft)
    incident = ctx.get(Incident, ref.id)
    for used in card.units:
        _enter_unit(ctx, incident, units[_key(used.callsign)], used)
    for at, text in card.notes:
        write_line(ctx, incident, LineKind.NOTE, text.strip(), at=at, is_late_entry=True)
    incident.dispatched_at = _first(used.assigned_at for used in card.units)
    incident.en_route_at = _first(used.en_route_at for used in card.units)
    incident.arrived_at = _first(used.on_scene_at for used in card.units)
    incident.status = _status(card, incident)
    if card.closed_at is not None:
        incident.closed_at = card.closed_at
        incident.result, incident.result_note = card.result, card.result_note.strip() or None
        write_line(
            ctx,
            incident,
            LineKind.CLOSED,
            tr(card.result.label) if card.result else tr(IncidentStatus.CLOSED.label),
            at=card.closed_at,
            is_late_entry=True,
        )
    return ref


def _enter_unit(ctx: Context, incident: Incident, unit: Unit, used: CardUnit) -> None:
    end = used.released_at
    ctx.add(
        Assignment(
            incident_id=incident.id,
            unit_id=unit.id,
            callsign=unit.callsign,
            crew=unit.crew,
            assigned_at=used.assigned_at or used.en_route_at or used.on_scene_at or incident.reported_at,
            en_route_at=used.en_route_at,
            on_scene_at=used.on_scene_at,
            released_at=end,
            release_reason=tr(N_("Ingreso tardío")) if end else None,
        )
    )
    for name, status in _STEPS:
        at: datetime | None = getattr(used, name)
        if at is None:
            continue
        ctx.add(
            UnitStatusChange(
                unit_id=unit.id,
                status=status,
                at=at,
                incident_id=incident.id,
                note=tr(N_("Ingreso tardío")),
            )
        )
        write_line(
            ctx,
            incident,
            LineKind.UNIT_STATUS if status is not UnitStatus.ASSIGNED else LineKind.DISPATCH,
            f"{unit.callsign} {tr(status.label).lower()}",
            at=at,
            is_late_entry=True,
            data={"unit": unit.callsign, "to": status.value},
        )


def _check(ctx: ReadContext, index: int, card: LateCard, units: dict[str, Unit]) -> Iterable[CardError]:
    start = card.draft.received_at
    if start is None:
        yield CardError(index, "received_at", tr(N_("Indique la hora de la llamada.")))
        return
    if start > ctx.now:
        yield CardError(index, "received_at", tr(N_("La hora de la llamada todavía no llega.")))
    if not card.draft.narrative.strip() and not card.draft.type_code:
        yield CardError(index, "narrative", tr(N_("Escriba qué ocurre, o elija un tipo.")))
    if not any((card.draft.address.strip(), card.draft.reference.strip(), card.draft.lat is not None)):
        yield CardError(
            index, "address", tr(N_("Indique dónde ocurre: una dirección, una referencia o un punto."))
        )
    for place, used in enumerate(card.units):
        if _key(used.callsign) not in units:
            yield CardError(index, "callsign", tr(N_("No hay un móvil {unit}."), unit=used.callsign), place)
        for name, message in _check_unit(ctx, used, start):
            yield CardError(index, name, message, place)
    for at, text in card.notes:
        if not text.strip():
            yield CardError(index, "notes", tr(N_("Escriba la nota.")))
        if not start <= at <= ctx.now:
            yield CardError(index, "notes", tr(N_("La hora de la nota queda fuera del incidente.")))
    yield from _check_closing(ctx, index, card, start)


def _check_unit(ctx: ReadContext, used: CardUnit, start: datetime) -> Iterable[tuple[str, str]]:
    before = start
    for name, _ in _STEPS:
        at: datetime | None = getattr(used, name)
        if at is None:
            continue
        if at < before:
            yield name, tr(N_("La hora de {unit} va hacia atrás."), unit=used.callsign)
        if at > ctx.now:
            yield name, tr(N_("Una hora de {unit} todavía no llega."), unit=used.callsign)
        before = max(before, at)
    if used.released_at is None:
        said = N_("Indique cuándo se liberó {unit}; si sigue allí, despáchelo desde la cola.")
        yield "released_at", tr(said, unit=used.callsign)


def _check_closing(ctx: ReadContext, index: int, card: LateCard, start: datetime) -> Iterable[CardError]:
    if card.closed_at is None:
        return
    told = [at for used in card.units for name, _ in _STEPS if (at := getattr(used, name)) is not None]
    if card.closed_at < max(told, default=start):
        yield CardError(index, "closed_at", tr(N_("El cierre es anterior a lo que cuenta la ficha.")))
    if card.closed_at > ctx.now:
        yield CardError(index, "closed_at", tr(N_("Esa hora todavía no llega.")))
    if card.result is None:
        yield CardError(index, "result", tr(N_("Indique el resultado del cierre.")))


def _status(card: LateCard, incident: Incident) -> IncidentStatus:
    if card.closed_at is not None:
        return IncidentStatus.CLOSED
    if any(used.on_scene_at is not None for used in card.units):
        incident.controlled_at = max(used.released_at for used in card.units if used.released_at is not None)
        return IncidentStatus.CONTROLLED
    return IncidentStatus.WAITING if card.units else incident.status


def _first(instants: Iterable[datetime | None]) -> datetime | None:
    return min((at for at in instants if at is not None), default=None)


def _units_by_callsign(ctx: ReadContext) -> dict[str, Unit]:
    found = ctx.session.scalars(select(Unit).where(Unit.voided_at.is_(None)))
    return {_key(unit.callsign): unit for unit in found}


def _key(callsign: str) -> str:
    return "".join(callsign.upper().split())
