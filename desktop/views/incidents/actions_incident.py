"""What an incident is and how it goes on and ends: type, priority, state, links, closing."""

from __future__ import annotations

from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import ClosingResult, IncidentStatus, Priority
from desktop.operations.incidents import progress
from desktop.operations.incidents.values import IncidentView
from desktop.views.incidents.actions_base import Acts
from desktop.views.incidents.chooser import Choice, Option, ask


class IncidentActs(Acts):
    """Acts on the incident on screen as a whole."""

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
