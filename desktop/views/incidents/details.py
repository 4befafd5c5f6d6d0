"""What can be added to or corrected in an incident beside its states: people, vehicles, place, times, numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.core import formats
from desktop.core.clock import civil_day
from desktop.core.errors import FieldError
from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import PersonRole
from desktop.operations.context import Context
from desktop.operations.incidents import progress
from desktop.operations.incidents.people import add_person, add_vehicle
from desktop.operations.incidents.values import IncidentView, PersonDraft, VehicleDraft
from desktop.register.choice import Choice as ClosedList
from desktop.views.incidents.chooser import Choice, Option, ask
from desktop.views.incidents.sheet import FormSheet, Line, Values, ask_form
from desktop.views.services import Services


class Instant(ClosedList):
    """The instants of an incident that a person may correct; the stored value is the attribute."""

    REPORTED = "reported_at", N_("Ingreso")
    DISPATCHED = "dispatched_at", N_("Despacho")
    EN_ROUTE = "en_route_at", N_("Salida")
    ARRIVED = "arrived_at", N_("Llegada")
    CONTROLLED = "controlled_at", N_("Control")
    CLOSED = "closed_at", N_("Cierre")


@dataclass(frozen=True, slots=True)
class IncidentDetails:
    """Offers the details of one incident and saves what is written."""

    owner: QWidget
    services: Services

    def offer(self, view: IncidentView) -> None:
        """Ask which detail."""
        steps: tuple[tuple[str, Callable[[IncidentView], None]], ...] = (
            (N_("Agregar persona"), self._person),
            (N_("Agregar vehículo"), self._vehicle),
            (N_("Corregir el lugar"), self._place),
            (N_("Corregir el relato"), self._narrative),
            (N_("Corregir una hora"), self._time),
            (N_("Anotar RUC o número de parte"), self._police),
            (N_("Requiere seguimiento: sí o no"), self._follow_up),
            (N_("Separar del incidente mayor"), self._unlink),
        )
        options = [Option(step, tr(title), digit=place) for place, (title, step) in enumerate(steps, start=1)]

        def done(choice: Choice) -> None:
            choice.values[0](view)

        ask(self.owner, tr(N_("Más datos de {short}"), short=view.short), options, done)

    def _person(self, view: IncidentView) -> None:
        lines = (
            Line("role", tr(N_("Calidad")), "involved", tuple(PersonRole)),
            Line("full_name", tr(N_("Nombre"))),
            Line("run", tr(N_("RUN"))),
            Line("phone", tr(N_("Teléfono"))),
            Line("description", tr(N_("Descripción"))),
        )

        def operation(ctx: Context, values: Values) -> None:
            add_person(ctx, view.id, PersonDraft(**_known(values)))

        self._form(tr(N_("Persona en {short}"), short=view.short), lines, operation)

    def _vehicle(self, view: IncidentView) -> None:
        lines = (
            Line("plate", tr(N_("Patente"))),
            Line("description", tr(N_("Marca, modelo y color"))),
        )

        def operation(ctx: Context, values: Values) -> None:
            add_vehicle(ctx, view.id, VehicleDraft(**_known(values)))

        self._form(tr(N_("Vehículo en {short}"), short=view.short), lines, operation)

    def _place(self, view: IncidentView) -> None:
        lines = (
            Line("address", tr(N_("Dirección")), view.address),
            Line("reference", tr(N_("Referencia")), view.reference or ""),
            Line("sector", tr(N_("Sector")), view.sector or ""),
        )

        def operation(ctx: Context, values: Values) -> None:
            progress.correct_place(ctx, view.id, **_known(values))

        self._form(tr(N_("Lugar de {short}"), short=view.short), lines, operation)

    def _narrative(self, view: IncidentView) -> None:
        lines = (Line("narrative", tr(N_("Relato")), view.narrative),)

        def operation(ctx: Context, values: Values) -> None:
            progress.set_narrative(ctx, view.id, str(values["narrative"]))

        self._form(tr(N_("Relato de {short}"), short=view.short), lines, operation)

    def _time(self, view: IncidentView) -> None:
        lines = (
            Line("field", tr(N_("Qué hora")), "reported_at", tuple(Instant)),
            Line("at", tr(N_("Hora correcta")), help=tr(N_("1432, 14:32 o 22-11-2026 14:32"))),
            Line("reason", tr(N_("Motivo"))),
        )

        def operation(ctx: Context, values: Values) -> None:
            field: Any = values["field"]
            text = str(values["at"])
            day = civil_day(view.reported_at)
            try:
                at = formats.parse_instant(text if " " in text else f"{formats.day(day)} {text}")
            except ValueError as error:
                raise FieldError("at", str(error)) from error
            progress.correct_time(ctx, view.id, field.value, at, str(values["reason"]))

        self._form(tr(N_("Corregir una hora de {short}"), short=view.short), lines, operation)

    def _police(self, view: IncidentView) -> None:
        lines = (Line("number", tr(N_("RUC o número de parte")), view.police_report or ""),)

        def operation(ctx: Context, values: Values) -> None:
            progress.set_police_report(ctx, view.id, str(values["number"]))

        self._form(tr(N_("RUC o parte de {short}"), short=view.short), lines, operation)

    def _follow_up(self, view: IncidentView) -> None:
        self.services.tasks.write(
            lambda ctx: progress.set_follow_up(ctx, view.id, not view.needs_follow_up), owner=self.owner
        )

    def _unlink(self, view: IncidentView) -> None:
        lines = (Line("reason", tr(N_("Motivo"))),)

        def operation(ctx: Context, values: Values) -> None:
            progress.unlink(ctx, view.id, str(values["reason"]))

        self._form(tr(N_("Separar {short} del incidente mayor"), short=view.short), lines, operation)

    def _form(
        self, title: str, lines: tuple[Line, ...], operation: Callable[[Context, Values], None]
    ) -> None:
        def save(sheet: FormSheet, values: Values) -> None:
            self.services.tasks.write(
                lambda ctx: operation(ctx, values), lambda _: sheet.done(), on_error=sheet.refuse, owner=sheet
            )

        ask_form(self.owner, title, lines, save)


def _known(values: Values) -> dict[str, Any]:
    """Return the values as keyword arguments."""
    return dict(values)
