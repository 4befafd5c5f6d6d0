"""What an operator does, over a station with many incidents: save, assign, note, search, open by number."""

import random
from itertools import cycle
from typing import Any
from uuid import UUID

from sqlalchemy import select

from benchmarks.measure import Mark, percentile, times_ms
from desktop.models.fleet import Unit
from desktop.models.incidents.records import Incident
from desktop.models.incidents.states import UnitStatus
from desktop.operations.context import Context
from desktop.operations.incidents.dispatch import assign_units, set_unit_status
from desktop.operations.incidents.find import find_incident
from desktop.operations.incidents.incident_view import incident_view
from desktop.operations.incidents.intake import open_incident
from desktop.operations.incidents.lines import add_note
from desktop.operations.incidents.queue import open_incidents
from desktop.operations.incidents.suggest import suggest
from desktop.operations.incidents.values import IntakeDraft
from desktop.operations.search import search_everything
from desktop.operations.station import Station

_WORDS = ("choque", "ruidos molestos", "picarte", "robo", "luminaria", "perro", "los", "centro", "ana", "m21")
_ROUNDS = 120


def measure(station: Station) -> list[Mark]:
    """Measure the marks of daily work; each write waits for its commit, each read for its answer."""
    rng = random.Random(7)
    made: list[UUID] = []

    def save(i: int) -> None:
        draft = IntakeDraft(
            narrative=f"Choque de dos autos, hay un herido, caso {i}",
            address=f"Los Notros {100 + i}",
            phone="912345678",
        )
        made.append(station.write(lambda ctx: open_incident(ctx, draft)).result().id)
        station.read(open_incidents).result()

    def note(i: int) -> None:
        station.write(lambda ctx: add_note(ctx, made[i % len(made)], f"Nota {i}")).result()

    saved = times_ms(save, _ROUNDS)
    noted = times_ms(note, _ROUNDS)
    units: list[UUID] = station.write(_free_units).result()
    turn = cycle(units)

    def assign(i: int) -> None:
        unit = next(turn)
        station.write(lambda ctx: assign_units(ctx, made[i % len(made)], [unit])).result()

    def state(_: int) -> None:
        unit = next(turn)
        station.write(lambda ctx: _next_state(ctx, unit)).result()

    assigned = times_ms(assign, _ROUNDS)
    moved = times_ms(state, _ROUNDS)
    codes: list[str] = station.read(
        lambda ctx: list(ctx.session.scalars(select(Incident.code).limit(20_000)))
    ).result()

    def search(i: int) -> Any:
        return station.read(lambda ctx: search_everything(ctx, _WORDS[i % len(_WORDS)], 30)).result()

    def by_code(_: int) -> None:
        code = rng.choice(codes)
        (found,) = station.read(lambda ctx: find_incident(ctx, code)).result()
        station.read(lambda ctx: incident_view(ctx, found.id)).result()

    def type_words(i: int) -> Any:
        draft = IntakeDraft(
            narrative="Chocaron en la esquina, hay heridos", address=f"Picarte {i}", phone="912345678"
        )
        return station.read(lambda ctx: suggest(ctx, draft)).result()

    return [
        Mark(
            "save_incident_p95",
            "ms",
            percentile(saved, 0.95),
            50,
            note="commit, journal and the queue read back",
        ),
        Mark("note_p95", "ms", percentile(noted, 0.95), 50),
        Mark("assign_p95", "ms", percentile(assigned, 0.95), 50),
        Mark("unit_state_p95", "ms", percentile(moved, 0.95), 50),
        Mark("search_p95", "ms", percentile(times_ms(search, _ROUNDS), 0.95), 100),
        Mark("open_by_code_p95", "ms", percentile(times_ms(by_code, _ROUNDS), 0.95), 30),
        Mark("suggest_p95", "ms", percentile(times_ms(type_words, _ROUNDS), 0.95), 100),
    ]


def _free_units(ctx: Context) -> list[UUID]:
    for unit in ctx.session.scalars(select(Unit)):
        unit.status, unit.incident_id, unit.status_at = UnitStatus.AVAILABLE, None, ctx.now
    return list(ctx.session.scalars(select(Unit.id)))


def _next_state(ctx: Context, unit_id: UUID) -> None:
    steps = {
        UnitStatus.ASSIGNED: UnitStatus.EN_ROUTE,
        UnitStatus.EN_ROUTE: UnitStatus.ON_SCENE,
        UnitStatus.AVAILABLE: UnitStatus.ON_BREAK,
    }
    set_unit_status(ctx, [unit_id], steps.get(ctx.get(Unit, unit_id).status, UnitStatus.AVAILABLE))
