"""What is read and written in the record of an incident: the reason to open it, notes, struck lines, details."""

from __future__ import annotations

from desktop.core.i18n import N_, tr
from desktop.models.incidents.register import INCIDENTS
from desktop.operations.incidents.lines import add_note, strike_line
from desktop.operations.registers import open_confidential
from desktop.views.incidents.actions_base import Acts
from desktop.views.incidents.chooser import Choice, Option, ask
from desktop.views.incidents.details import IncidentDetails

_READ_REASONS = (
    N_("Atención del incidente"),
    N_("Despacho o seguimiento de móviles"),
    N_("Supervisión del turno"),
    N_("Informe o requerimiento de la jefatura"),
)


class RecordActs(Acts):
    """Acts on what is written about the incident on screen."""

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
