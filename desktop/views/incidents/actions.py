"""What the person does in the central: every key, every order of the command bar. Each calls one operation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from desktop.core.i18n import N_, tr
from desktop.models.incidents.register import INCIDENTS
from desktop.models.incidents.states import (
    ClosingResult,
    FieldTimerKind,
    IncidentStatus,
    Priority,
    UnitStatus,
    unit_menu,
)
from desktop.operations.context import Context
from desktop.operations.incidents import progress
from desktop.operations.incidents.checklists import strike_tick, tick
from desktop.operations.incidents.dispatch import assign_units, set_unit_status
from desktop.operations.incidents.legal_clocks import end_field_timer, start_flagrancy, start_identity_check
from desktop.operations.incidents.lines import add_note, strike_line
from desktop.operations.incidents.nearby import recommended_units
from desktop.operations.incidents.referrals import ServiceChoice, confirm_referral, refer, services
from desktop.operations.incidents.timers import silence
from desktop.operations.incidents.values import IncidentView, TimerView, UnitAdvice, UnitRow
from desktop.operations.registers import open_confidential
from desktop.register.access import Action
from desktop.views.commands import Command, Permission
from desktop.views.incidents.chooser import Choice, Option, ask
from desktop.views.incidents.details import IncidentDetails
from desktop.views.services import Services

if TYPE_CHECKING:
    from desktop.views.incidents.central import CentralPage

_GROUP = N_("Central")
_DISPATCH = Permission(Action.MOVE, "assignments")
_EDIT = Permission(Action.EDIT, "incidents")
_MOVE = Permission(Action.MOVE, "incidents")
_WRITE = Permission(Action.CREATE, "incident_lines")
_READ_REASONS = (
    N_("Atención del incidente"),
    N_("Despacho o seguimiento de móviles"),
    N_("Supervisión del turno"),
    N_("Informe o requerimiento de la jefatura"),
)


class IncidentActions:
    """The commands of the central page."""

    def __init__(self, page: CentralPage, services_: Services) -> None:
        self._page = page
        self._services = services_
        self._tasks = services_.tasks
        services_.commands.add(*self._commands(), page=page)

    def _commands(self) -> tuple[Command, ...]:
        def has() -> bool:
            return self._page.current is not None

        def command(
            name: str,
            title: str,
            key: str,
            icon: str,
            run: Callable[[], None],
            permission: Permission | None = None,
            enabled_when: Callable[[], bool] = has,
        ) -> Command:
            return Command(
                id=f"central.{name}",
                title=title,
                run=run,
                shortcut=key,
                icon=icon,
                permission=permission,
                enabled_when=enabled_when,
                group=_GROUP,
            )

        return (
            command("open", N_("Abrir incidente reservado"), "", "lock", self.say_reason),
            command(
                "note", N_("Escribir nota"), "F2", "note", self._page.write_or_look, _WRITE, lambda: True
            ),
            command("classify", N_("Cambiar tipo"), "F3", "tag", self.classify, _EDIT),
            command("priority", N_("Cambiar prioridad"), "Shift+F3", "flag", self.set_priority, _EDIT),
            command("link", N_("Unir a incidente mayor"), "F4", "link", self.link, _EDIT),
            command(
                "protocol", N_("Ir al protocolo"), "F5", "check-square", self._page.protocol.list.setFocus
            ),
            command("dispatch", N_("Despachar"), "F6", "truck", self.dispatch, _DISPATCH),
            command(
                "unit_status", N_("Estado de móvil"), "F7", "car", self.unit_status, _DISPATCH, lambda: True
            ),
            command(
                "refer",
                N_("Derivar"),
                "F8",
                "share-network",
                self.refer,
                Permission(Action.CREATE, "referrals"),
            ),
            command("confirm", N_("Confirmar derivación"), "Shift+F8", "check", self.confirm, _EDIT),
            command("close", N_("Cerrar incidente"), "F9", "check", self.close, _MOVE),
            command("end", N_("Terminar sin atender"), "Shift+F9", "prohibit", self.end, _MOVE),
            command("timer", N_("Plazo en terreno"), "F10", "clock", self.field_timer, _EDIT),
            command("status", N_("Cambiar estado"), "Ctrl+F7", "arrow-right", self.set_status, _MOVE),
            command(
                "details", N_("Más datos: personas, lugar, horas"), "Ctrl+M", "list-plus", self.details, _EDIT
            ),
            command(
                "print",
                N_("Imprimir la ficha"),
                "Ctrl+P",
                "printer",
                self._page.print_incident,
                Permission(Action.PRINT, "incidents"),
            ),
            command("reopen", N_("Reabrir"), "Ctrl+R", "arrow-counter-clockwise", self.reopen, _MOVE),
            command("strike", N_("Tachar línea"), "Del", "text-strikethrough", self.strike, _WRITE),
            command(
                "timers",
                N_("Ir a los plazos"),
                "F12",
                "bell",
                self._page.timers.list.setFocus,
                None,
                lambda: True,
            ),
        )

    # --- The incident on screen -------------------------------------------------------------------------------

    def say_reason(self) -> None:
        """Ask why a confidential incident is opened, and open it."""
        view = self._page.current
        if view is None or not view.needs_reason:
            return
        options = [
            Option(tr(text), tr(text), digit=place) for place, text in enumerate(_READ_REASONS, start=1)
        ]

        def done(choice: Choice) -> None:
            reason = choice.note or choice.values[0]
            self._tasks.write(
                lambda ctx: open_confidential(ctx, INCIDENTS, view.id, reason),
                lambda _: self._page.reload_incident(),
                owner=self._page,
            )

        ask(
            self._page,
            tr(N_("Incidente reservado: ¿para qué lo abre?")),
            options,
            done,
            hint=tr(N_("El motivo queda registrado con su nombre y la hora.")),
            note_title=tr(N_("Otro motivo")),
        )

    def write_note(self, text: str) -> None:
        """Write a line; the input is emptied when it is in the journal."""
        view = self._page.current
        if view is not None:
            self._tasks.write(
                lambda ctx: add_note(ctx, view.id, text),
                lambda _: self._page.console.note_saved(text),
                owner=self._page,
            )

    def strike(self) -> None:
        """Strike the line under the cursor, with its reason."""
        line = self._page.console.timeline.current_line()
        if line is None:
            self._say(tr(N_("Elija primero la línea en la cronología.")))
            return
        if not line.can_strike:
            self._say(tr(N_("Esa línea no la puede tachar usted: pídalo a la supervisión del turno.")))
            return
        ask(
            self._page,
            tr(N_("Tachar: {text}"), text=line.text[:80]),
            (),
            lambda choice: self._write(lambda ctx: strike_line(ctx, line.id, choice.note)),
            note_title=tr(N_("Motivo")),
            note_is_required=True,
        )

    def details(self) -> None:
        """Offer what can be added or corrected beside states."""
        view = self._page.current
        if view is not None:
            IncidentDetails(self._page, self._services).offer(view)

    def classify(self) -> None:
        """Choose another type."""
        view = self._page.current
        if view is None:
            return
        options = [Option(code, f"{code} {title}") for code, title in self._page.types.items()]
        ask(
            self._page,
            tr(N_("Tipo de incidente")),
            options,
            lambda choice: self._write(lambda ctx: progress.classify(ctx, view.id, choice.values[0])),
        )

    def set_priority(self) -> None:
        """Choose another priority."""
        view = self._page.current
        if view is None:
            return
        options = [
            Option(priority, f"{priority.shape} {tr(priority.label)}", digit=priority.rank)
            for priority in Priority
        ]
        ask(
            self._page,
            tr(N_("Prioridad")),
            options,
            lambda choice: self._write(
                lambda ctx: progress.set_priority(ctx, view.id, choice.values[0], choice.note)
            ),
            note_title=tr(N_("Motivo (opcional)")),
        )

    def set_status(self) -> None:
        """Choose a state that no unit brings about."""
        view = self._page.current
        if view is None:
            return
        if not view.next_statuses:
            self._say(tr(N_("Desde «{state}» no hay otro estado que elegir."), state=tr(view.status.label)))
            return
        options = [
            Option(status, tr(status.label), digit=place)
            for place, status in enumerate(view.next_statuses, start=1)
        ]

        def done(choice: Choice) -> None:
            status: IncidentStatus = choice.values[0]
            self._write(lambda ctx: progress.set_status(ctx, view.id, status))

        ask(self._page, tr(N_("Estado del incidente")), options, done)

    def link(self) -> None:
        """Put the incident under another one that is in the queue."""
        view = self._page.current
        if view is None:
            return
        rows = [row for row in self._page.queue.rows if row.id != view.id]
        if not rows:
            self._say(tr(N_("No hay otro incidente abierto al que unirlo.")))
            return
        options = [Option(row.id, f"{row.short} {row.title}", row.place) for row in rows]
        ask(
            self._page,
            tr(N_("Unir {short} al incidente mayor"), short=view.short),
            options,
            lambda choice: self._write(lambda ctx: progress.link_to_major(ctx, view.id, choice.values[0])),
        )

    def close(self) -> None:
        """Close with a result; units that are still there are freed with it."""
        view = self._page.current
        if view is None:
            return
        options = [
            Option(result, tr(result.label), digit=place if place < 10 else None)
            for place, result in enumerate(ClosingResult, start=1)
        ]
        active = [unit.callsign for unit in view.assignments if unit.is_active]
        hint = tr(N_("Quedan disponibles: {units}"), units=", ".join(active)) if active else ""
        ask(
            self._page,
            tr(N_("Cerrar {short}: resultado"), short=view.short),
            options,
            lambda choice: self._write(
                lambda ctx: progress.close(ctx, view.id, choice.values[0], choice.note, free_units=True),
                undo=lambda ctx: progress.reopen(ctx, view.id, tr(N_("Cierre deshecho"))),
                said=tr(N_("Cerrado {code}"), code=view.code),
            ),
            hint=hint,
            note_title=tr(N_("Detalle (opcional)")),
        )

    def end(self) -> None:
        """End without attending: cancelled, false, duplicate, or left to another service."""
        view = self._page.current
        if view is None:
            return
        endings: tuple[tuple[str, str], ...] = (
            ("cancel", N_("Cancelado por requirente")),
            ("false", N_("Falso")),
            ("derive", N_("Derivado: se cierra cuando el servicio confirma")),
            ("duplicate", N_("Duplicado de otro abierto")),
        )
        options = [Option(key, tr(text), digit=place) for place, (key, text) in enumerate(endings, start=1)]

        def done(choice: Choice) -> None:
            note = choice.note
            match choice.values[0]:
                case "cancel":
                    self._write(lambda ctx: progress.cancel(ctx, view.id, note, free_units=True))
                case "false":
                    self._write(lambda ctx: progress.mark_false(ctx, view.id, note, free_units=True))
                case "derive":
                    self._write(lambda ctx: progress.derive(ctx, view.id, note, free_units=True))
                case _:
                    self._duplicate(view)

        ask(
            self._page,
            tr(N_("Terminar {short}"), short=view.short),
            options,
            done,
            note_title=tr(N_("Detalle")),
        )

    def reopen(self) -> None:
        """Open a closed incident again, with its reason."""
        view = self._page.current
        if view is not None:
            ask(
                self._page,
                tr(N_("Reabrir {short}"), short=view.short),
                (),
                lambda choice: self._write(lambda ctx: progress.reopen(ctx, view.id, choice.note)),
                note_title=tr(N_("Motivo")),
                note_is_required=True,
            )

    def _duplicate(self, view: IncidentView) -> None:
        options = [
            Option(row.id, f"{row.short} {row.title}", row.place)
            for row in self._page.queue.rows
            if row.id != view.id
        ]
        if not options:
            self._say(tr(N_("No hay otro incidente abierto del que pueda ser duplicado.")))
            return
        ask(
            self._page,
            tr(N_("{short} es duplicado de"), short=view.short),
            options,
            lambda choice: self._write(
                lambda ctx: progress.mark_duplicate(ctx, view.id, choice.values[0], free_units=True)
            ),
        )

    # --- Units ------------------------------------------------------------------------------------------------

    def dispatch(self) -> None:
        """Offer the units by recommendation, each with its reason."""
        view = self._page.current
        if view is None:
            return
        self._tasks.read(
            lambda ctx: recommended_units(ctx, view.id),
            lambda found: self._offer_units(view, found),
            owner=self._page,
            slot="advice",
        )

    def _offer_units(self, view: IncidentView, advice: Sequence[UnitAdvice]) -> None:
        if not advice:
            self._say(tr(N_("No hay móviles en la flota. Agréguelos en Catálogos, Móviles.")))
            return
        options = [Option(unit, unit.callsign, unit.reason) for unit in advice]

        def done(choice: Choice) -> None:
            units: tuple[UnitAdvice, ...] = choice.values
            reasons = {unit.unit_id: unit.reason for unit in units if unit.is_recommended}
            self._write(
                lambda ctx: assign_units(
                    ctx, view.id, [unit.unit_id for unit in units], recommendation=reasons
                )
            )

        ask(
            self._page,
            tr(N_("Despachar a {short} · {title}"), short=view.short, title=view.title),
            options,
            done,
            takes_several=True,
        )

    def unit_status(self) -> None:
        """Change the state of the chosen units, or of those on the incident."""
        units = self._page.units.selected() if self._page.units.list.hasFocus() else []
        view = self._page.current
        if not units and view is not None:
            units = self._page.units.busy_on(view.id)
        units = units or self._page.units.selected()
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

    # --- Referrals, protocol, clocks --------------------------------------------------------------------------

    def refer(self) -> None:
        """Offer the services, the usual ones of the type first."""
        view = self._page.current
        if view is None:
            return
        self._tasks.read(
            services, lambda found: self._offer_services(view, found), owner=self._page, slot="services"
        )

    def _offer_services(self, view: IncidentView, found: Sequence[ServiceChoice]) -> None:
        usual = [service for service in found if service.short_name in view.services]
        ordered = [*usual, *(service for service in found if service not in usual)]
        options = [
            Option(service.id, service.name, service.phone or "", digit=place if place < 10 else None)
            for place, service in enumerate(ordered, start=1)
        ]
        ask(
            self._page,
            tr(N_("Derivar {short}"), short=view.short),
            options,
            lambda choice: self._write(
                lambda ctx: refer(ctx, view.id, choice.values[0], answered_by=choice.note)
            ),
            note_title=tr(N_("Quién contesta (opcional)")),
        )

    def confirm(self) -> None:
        """Note that a service has answered."""
        view = self._page.current
        waiting = [item for item in view.referrals if item.arrived_at is None] if view is not None else []
        if not waiting:
            self._say(tr(N_("No hay derivaciones por confirmar.")))
            return
        ask(
            self._page,
            tr(N_("Confirmar derivación")),
            [Option(item.id, item.service_name, tr(item.status.label)) for item in waiting],
            lambda choice: self._write(
                lambda ctx: confirm_referral(ctx, choice.values[0], number_given=choice.note)
            ),
            note_title=tr(N_("Número entregado (opcional)")),
        )

    def field_timer(self) -> None:
        """Start or end a legal clock of the field."""
        view = self._page.current
        if view is None:
            return
        options = [
            *(
                Option(("end", item), tr(N_("Terminar: {kind}"), kind=tr(item.kind.label)), item.reason)
                for item in view.field_timers
                if item.ended_at is None
            ),
            Option(
                ("start", FieldTimerKind.IDENTITY_CHECK),
                tr(N_("Iniciar control de identidad (60 min)")),
                digit=1,
            ),
            Option(("start", FieldTimerKind.FLAGRANCY), tr(N_("Iniciar detención en flagrancia")), digit=2),
            Option(("minor", None), tr(N_("La persona es menor de 18 años")), digit=3),
        ]

        def done(choice: Choice) -> None:
            step, subject = choice.values[0]
            note = choice.note
            if step == "end":
                self._end_timer(subject.id, subject.kind, note)
            elif step == "minor":
                self._write(lambda ctx: start_identity_check(ctx, view.id, reason=note, is_adult=False))
            elif subject is FieldTimerKind.IDENTITY_CHECK:
                self._write(lambda ctx: start_identity_check(ctx, view.id, reason=note, is_adult=True))
            else:
                self._write(lambda ctx: start_flagrancy(ctx, view.id, reason=note))

        ask(
            self._page,
            tr(N_("Plazo en terreno")),
            options,
            done,
            note_title=tr(N_("Infracción que se cursa, delito o resultado")),
            note_is_required=True,
        )

    def _end_timer(self, timer_id: UUID, kind: FieldTimerKind, outcome: str) -> None:
        if kind is FieldTimerKind.IDENTITY_CHECK:
            self._write(lambda ctx: end_field_timer(ctx, timer_id, outcome=outcome))
            return
        ask(
            self._page,
            tr(N_("¿Quién recibe al detenido/a?")),
            (),
            lambda choice: self._write(
                lambda ctx: end_field_timer(ctx, timer_id, outcome=outcome, received_by=choice.note)
            ),
            note_title=tr(N_("Grado y nombre de quien recibe")),
            note_is_required=True,
        )

    def tick(self, protocol_id: UUID, step: int) -> None:
        """Note that a step of the protocol is done."""
        view = self._page.current
        if view is not None:
            self._write(lambda ctx: tick(ctx, view.id, protocol_id, step))

    def strike_tick(self, tick_id: UUID) -> None:
        """Take a tick back, with its reason."""
        ask(
            self._page,
            tr(N_("Quitar la marca del paso")),
            (),
            lambda choice: self._write(lambda ctx: strike_tick(ctx, tick_id, choice.note)),
            note_title=tr(N_("Motivo")),
            note_is_required=True,
        )

    def take_timer(self, timer: TimerView) -> None:
        """Take an overdue clock: it stops sounding and the timeline says who took it."""
        self._write(lambda ctx: silence(ctx, timer.key))

    # --- Shared -----------------------------------------------------------------------------------------------

    def _write(
        self,
        operation: Callable[[Context], Any],
        *,
        said: str = "",
        undo: Callable[[Context], Any] | None = None,
    ) -> None:
        def done(_result: object) -> None:
            if undo is not None:
                take_back = undo
                self._services.toasts.toast(said, undo=lambda: self._tasks.write(take_back))
            elif said:
                self._say(said)

        def refused(error: Exception) -> None:
            self._services.toasts.toast(str(error), tone="danger")

        self._tasks.write(operation, done, on_error=refused, owner=self._page)

    def _say(self, text: str) -> None:
        self._services.toasts.toast(text)
