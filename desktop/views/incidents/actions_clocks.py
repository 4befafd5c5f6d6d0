"""Clocks of the field, steps of protocols, and overdue clocks that somebody takes."""

from __future__ import annotations

from uuid import UUID

from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import FieldTimerKind
from desktop.operations.incidents.checklists import strike_tick, tick
from desktop.operations.incidents.legal_clocks import end_field_timer, start_flagrancy, start_identity_check
from desktop.operations.incidents.timers import silence
from desktop.operations.incidents.values import TimerView
from desktop.views.incidents.actions_base import Acts
from desktop.views.incidents.chooser import Choice, Option, ask


class ClockActs(Acts):
    """Acts on clocks and protocols."""

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
