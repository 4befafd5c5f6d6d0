"""Orders of the central that can be typed from anywhere: `nuevo`, `despachar M21 451`, `estado M21 en lugar`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import UnitStatus
from desktop.operations.context import Context
from desktop.operations.incidents.dispatch import (
    assign_units,
    note_no_unit,
    release_units,
    set_unit_crew,
    set_unit_status,
)
from desktop.operations.incidents.find import find_incident
from desktop.operations.incidents.lines import add_note
from desktop.operations.incidents.queue import open_incidents, units_board
from desktop.operations.incidents.values import QueueRow, UnitRow
from desktop.operations.search import SearchHit, search_everything
from desktop.register.access import Action
from desktop.views.commands import Command, Permission
from desktop.views.orders import Argument, Call, Candidate, Completer, Give, Order, folded
from desktop.views.services import Services

_GROUP = N_("Central")
_SEARCH_LIMIT = 12


def central_orders(services: Services) -> tuple[Command, ...]:
    """Return the orders; they belong to the window, not to a page."""
    unit = Argument(tr(N_("móvil")), partial(_complete_units, services))
    incident = Argument(tr(N_("incidente")), partial(_complete_incidents, services))
    status = Argument(tr(N_("estado")), _complete_statuses, takes_rest=True)
    text = Argument(tr(N_("texto")), takes_rest=True)
    crew = Argument(tr(N_("quiénes van")), takes_rest=True)
    return (
        Command(
            "central.new",
            N_("Nueva llamada"),
            lambda: services.open_page("central", intake=True),
            "Ins",
            "phone-incoming",
            Permission(Action.CREATE, "incidents"),
            words=("nuevo", "nueva"),
            group=_GROUP,
        ),
        Command(
            "central.order.dispatch",
            N_("Despachar un móvil a un incidente"),
            lambda: services.open_page("central"),
            permission=Permission(Action.MOVE, "assignments"),
            icon="truck",
            words=("despachar",),
            group=_GROUP,
            order=Order((unit, incident), partial(_dispatch, services)),
        ),
        Command(
            "central.order.status",
            N_("Cambiar el estado de un móvil"),
            lambda: services.open_page("central"),
            permission=Permission(Action.MOVE, "assignments"),
            icon="car",
            words=("estado",),
            group=_GROUP,
            order=Order((unit, status), partial(_status, services)),
        ),
        Command(
            "central.order.release",
            N_("Liberar un móvil de su incidente"),
            lambda: services.open_page("central"),
            permission=Permission(Action.MOVE, "assignments"),
            icon="sign-out",
            words=("liberar",),
            group=_GROUP,
            order=Order((unit,), partial(_release, services)),
        ),
        Command(
            "central.order.crew",
            N_("Anotar la tripulación de un móvil"),
            lambda: services.open_page("central"),
            permission=Permission(Action.MOVE, "assignments"),
            icon="users",
            words=("tripulación",),
            group=_GROUP,
            order=Order((unit, crew), partial(_crew, services)),
        ),
        Command(
            "central.order.no_unit",
            N_("Dejar la alerta «Sin móvil disponible»"),
            lambda: services.open_page("central"),
            permission=Permission(Action.MOVE, "assignments"),
            icon="warning",
            words=("sin móvil",),
            group=_GROUP,
            order=Order((incident,), partial(_no_unit, services)),
        ),
        Command(
            "central.order.note",
            N_("Escribir una nota en un incidente"),
            lambda: services.open_page("central"),
            permission=Permission(Action.CREATE, "incident_lines"),
            icon="note",
            words=("nota",),
            group=_GROUP,
            order=Order((incident, text), partial(_note, services)),
        ),
        Command(
            "central.order.show",
            N_("Mostrar un incidente"),
            lambda: services.open_page("central"),
            permission=Permission(Action.READ, "incidents"),
            icon="magnifying-glass",
            words=("incidente", "ver"),
            group=_GROUP,
            order=Order((incident,), partial(_show, services)),
        ),
    )


def searcher(services: Services) -> Completer:
    """Return what the bar asks for anything that is typed: a number, a person, an address."""

    def search(text: str, give: Give) -> None:
        def done(hits: list[SearchHit]) -> None:
            give([_as_candidate(services, hit) for hit in hits])

        if len(text.strip()) >= 2:
            services.tasks.read(lambda ctx: search_everything(ctx, text, _SEARCH_LIMIT), done)

    return search


def _as_candidate(services: Services, hit: SearchHit) -> Candidate:
    def show() -> None:
        services.open_page(hit.register, record=hit.record_id)

    return Candidate(hit.title, hit.title, hit.subtitle, show)


def _complete_units(services: Services, prefix: str, give: Give) -> None:
    def done(rows: tuple[UnitRow, ...]) -> None:
        wanted = folded(prefix)
        give(
            [
                Candidate(row.callsign, row.callsign, tr(row.status.label))
                for row in rows
                if folded(row.callsign).startswith(wanted)
            ]
        )

    services.tasks.read(units_board, done)


def _complete_incidents(services: Services, prefix: str, give: Give) -> None:
    def done(rows: tuple[QueueRow, ...]) -> None:
        wanted = folded(prefix)
        give(
            [
                Candidate(row.short, f"{row.short} {row.title}", row.place)
                for row in rows
                if row.short.startswith(wanted) or wanted in folded(row.title)
            ]
        )

    services.tasks.read(open_incidents, done)


def _complete_statuses(prefix: str, give: Give) -> None:
    wanted = folded(prefix)
    labels = [tr(status.label) for status in UnitStatus]
    give([Candidate(text.lower(), text) for text in labels if folded(text).startswith(wanted)])


def _dispatch(services: Services, call: Call) -> None:
    unit, incident = call.values[0], call.values[1]

    def work(ctx: Context) -> str:
        found = _incident(ctx, incident)
        row = _unit(ctx, unit)
        assign_units(ctx, found, [row.id])
        return tr(N_("{unit} despachado a {incident}"), unit=row.callsign, incident=incident)

    _answer(services, call, work)


def _status(services: Services, call: Call) -> None:
    unit, wanted = call.values[0], folded(call.values[1])

    def work(ctx: Context) -> str:
        row = _unit(ctx, unit)
        found = [status for status in UnitStatus if folded(tr(status.label)).startswith(wanted)]
        by_digit = [status for status in UnitStatus if wanted == str(status.digit)]
        if len(by_digit or found) != 1:
            raise UserError(tr(N_("No hay un estado «{text}»."), text=call.values[1]))
        status = (by_digit or found)[0]
        set_unit_status(ctx, [row.id], status)
        return tr(N_("{unit}: {status}"), unit=row.callsign, status=tr(status.label))

    _answer(services, call, work)


def _release(services: Services, call: Call) -> None:
    def work(ctx: Context) -> str:
        row = _unit(ctx, call.values[0])
        if row.incident_id is None:
            raise UserError(tr(N_("{unit} no está en un incidente."), unit=row.callsign))
        release_units(ctx, row.incident_id, [row.id])
        return tr(N_("{unit} queda disponible"), unit=row.callsign)

    _answer(services, call, work)


def _crew(services: Services, call: Call) -> None:
    unit, crew = call.values[0], call.values[1].strip()

    def work(ctx: Context) -> str:
        row = _unit(ctx, unit)
        set_unit_crew(ctx, row.id, crew)
        return tr(N_("{unit}: {crew}"), unit=row.callsign, crew=crew or tr(N_("sin tripulación anotada")))

    _answer(services, call, work)


def _no_unit(services: Services, call: Call) -> None:
    incident = call.values[0]

    def work(ctx: Context) -> str:
        note_no_unit(ctx, _incident(ctx, incident))
        return tr(N_("{incident}: sin móvil disponible"), incident=incident)

    _answer(services, call, work)


def _note(services: Services, call: Call) -> None:
    incident, text = call.values[0], call.values[1]

    def work(ctx: Context) -> str:
        add_note(ctx, _incident(ctx, incident), text)
        return tr(N_("Nota escrita en {incident}"), incident=incident)

    _answer(services, call, work)


def _show(services: Services, call: Call) -> None:
    def done(found: tuple[Any, ...]) -> None:
        if found:
            services.open_page("central", record=found[0].id)
        else:
            call.refuse(tr(N_("No hay un incidente {text} que usted pueda ver."), text=call.values[0]))

    services.tasks.read(lambda ctx: find_incident(ctx, call.values[0]), done)


def _answer(services: Services, call: Call, work: Callable[[Context], str]) -> None:
    services.tasks.write(work, call.answer, on_error=lambda error: call.refuse(error.message))


def _incident(ctx: Context, text: str) -> UUID:
    found = find_incident(ctx, text)
    if not found:
        raise UserError(tr(N_("No hay un incidente {text} que usted pueda ver."), text=text))
    return found[0].id


def _unit(ctx: Context, callsign: str) -> UnitRow:
    wanted = folded(callsign)
    for row in units_board(ctx):
        if folded(row.callsign) == wanted:
            return row
    raise UserError(tr(N_("No hay un móvil {callsign}."), callsign=callsign))
