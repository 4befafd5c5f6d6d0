"""Units: sending them, their states, freeing them, who is in them, and the alert that there is none."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from desktop.core.i18n import N_, plural, tr
from desktop.models.incidents.states import UnitStatus, unit_menu
from desktop.operations.incidents.dispatch import (
    assign_units,
    note_no_unit,
    release_units,
    set_unit_crew,
    set_unit_status,
    withdraw_no_unit,
)
from desktop.operations.incidents.nearby import recommended_units
from desktop.operations.incidents.values import UnitAdvice, UnitRow
from desktop.views.incidents.actions_base import Acts
from desktop.views.incidents.chooser import Choice, Option, ask, ask_among
from desktop.views.incidents.sheet import Line


class UnitActs(Acts):
    """Acts on units."""

    def dispatch(self) -> None:
        """Offer the units by recommendation, each with its reason; the sheet is there before they are known."""
        view = self._page.current
        if view is None:
            return

        def offer(advice: Sequence[UnitAdvice]) -> list[Option]:
            return [Option(unit, unit.callsign, unit.reason) for unit in advice]

        def done(choice: Choice) -> None:
            units: tuple[UnitAdvice, ...] = choice.values
            reasons = {unit.unit_id: unit.reason for unit in units if unit.is_recommended}
            self._write(
                lambda ctx: assign_units(
                    ctx, view.id, [unit.unit_id for unit in units], recommendation=reasons
                )
            )

        ask_among(
            self._page,
            self._tasks,
            tr(N_("Despachar a {short} · {title}"), short=view.short, title=view.title),
            lambda ctx: recommended_units(ctx, view.id),
            offer,
            done,
            waiting=tr(N_("Buscando móviles…")),
            empty=self._nobody(),
            takes_several=True,
        )

    def _nobody(self) -> str:
        key = self._services.commands.key_of_id("central.no_unit", self._page)
        text = (
            N_("Ningún móvil puede salir. Con {key} queda la alerta.")
            if key
            else N_("Ningún móvil puede salir.")
        )
        return tr(text, key=key)

    def unit_status(self) -> None:
        """Change the state of the chosen units, or of those on the incident."""
        units = self._meant()
        if not units:
            self._say(tr(N_("Elija uno o varios móviles en el tablero y repita la orden.")))
            return
        menu = unit_menu(units[0].status, has_incident=units[0].incident_id is not None)
        options = [Option(status, tr(status.label), digit=digit) for digit, status in menu]
        names = ", ".join(unit.callsign for unit in units)
        ask(
            self._page,
            tr(N_("Estado de {units}"), units=names),
            options,
            lambda choice: self.put_units(units, choice.values[0], choice.note),
            note_title=tr(N_("Nota (opcional)")),
        )

    def put_units(self, units: Sequence[UnitRow], status: UnitStatus, note: str = "") -> None:
        """Put units in a state."""
        ids = [unit.id for unit in units]
        self._write(lambda ctx: set_unit_status(ctx, ids, status, note=note or None))

    def release(self) -> None:
        """Free units of the incident, some or all; they are available again."""
        view = self._page.current
        if view is None:
            return
        active = [unit for unit in view.assignments if unit.is_active]
        if not active:
            self._say(tr(N_("{code} no tiene móviles que liberar."), code=view.code))
            return

        def done(choice: Choice) -> None:
            ids: tuple[UUID, ...] = choice.values
            names = ", ".join(unit.callsign for unit in active if unit.unit_id in ids)
            self._write(
                lambda ctx: release_units(ctx, view.id, ids, reason=choice.note or None),
                said=plural("{units} queda disponible", "{units} quedan disponibles", len(ids), units=names),
            )

        ask(
            self._page,
            tr(N_("Liberar móviles de {short}"), short=view.short),
            [
                Option(unit.unit_id, unit.callsign, tr(unit.status.label) if unit.status else "")
                for unit in active
            ],
            done,
            note_title=tr(N_("Motivo (opcional)")),
            takes_several=True,
        )

    def no_unit(self) -> None:
        """Raise the alert that no unit can go; the next dispatch ends it."""
        view = self._page.current
        if view is not None:
            self._write(
                lambda ctx: note_no_unit(ctx, view.id),
                said=tr(N_("{code}: sin móvil disponible"), code=view.code),
                undo=lambda ctx: withdraw_no_unit(ctx, view.id),
            )

    def crew(self) -> None:
        """Write who is in a unit: the one that is meant, or one of the board."""
        meant = self._meant()
        if len(meant) == 1:
            self._write_crew(meant[0])
            return
        rows = meant or self._page.units.rows
        if not rows:
            self._say(tr(N_("No hay móviles en la flota. Agréguelos en Catálogos, Móviles.")))
            return
        ask(
            self._page,
            tr(N_("Tripulación: ¿de qué móvil?")),
            [Option(row, row.callsign, row.crew or tr(N_("sin tripulación anotada"))) for row in rows],
            lambda choice: self._write_crew(choice.values[0]),
        )

    def _write_crew(self, unit: UnitRow) -> None:
        before = unit.crew or ""
        help_text = tr(N_("Separe con comas. Vacío: nadie anotado."))
        self._form(
            tr(N_("Tripulación de {unit}"), unit=unit.callsign),
            (Line("crew", tr(N_("Quiénes van")), before, help=help_text),),
            lambda ctx, values: set_unit_crew(ctx, unit.id, str(values["crew"])),
            said=tr(N_("Tripulación de {unit} anotada"), unit=unit.callsign),
            undo=lambda ctx: set_unit_crew(ctx, unit.id, before),
        )

    def _meant(self) -> list[UnitRow]:
        """Return what is chosen on the board if it has the keyboard, else the incident's units, else what is chosen."""
        board, view = self._page.units, self._page.current
        chosen = board.selected()
        if chosen and board.list.hasFocus():
            return chosen
        return (board.busy_on(view.id) if view is not None else []) or chosen
