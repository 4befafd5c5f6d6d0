"""What can be added to or corrected in an incident beside its states: people, vehicles, place, times, numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desktop.core import formats
from desktop.core.clock import civil_day
from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import PersonRole
from desktop.operations.context import Context
from desktop.operations.incidents import progress
from desktop.operations.incidents.people import add_person, add_vehicle, edit_person, edit_vehicle
from desktop.operations.incidents.values import (
    IncidentView,
    PersonDraft,
    PersonView,
    VehicleDraft,
    VehicleView,
)
from desktop.register.choice import Choice as ClosedList
from desktop.views.incidents.actions_base import Acts
from desktop.views.incidents.chooser import Choice, Option, ask
from desktop.views.incidents.facts import person_words, vehicle_words
from desktop.views.incidents.sheet import Line, Values, typed_instant


class Instant(ClosedList):
    """The instants of an incident that a person may correct; the stored value is the attribute."""

    REPORTED = "reported_at", N_("Ingreso")
    DISPATCHED = "dispatched_at", N_("Despacho")
    EN_ROUTE = "en_route_at", N_("Salida")
    ARRIVED = "arrived_at", N_("Llegada")
    CONTROLLED = "controlled_at", N_("Control")
    CLOSED = "closed_at", N_("Cierre")


class Stolen(ClosedList):
    """Whether a vehicle is reported stolen, as far as is known."""

    UNKNOWN = "unknown", N_("Sin consultar")
    YES = "yes", N_("Con encargo por robo")
    NO = "no", N_("Sin encargo")

    @classmethod
    def of(cls, answer: bool | None) -> Stolen:
        """Return the choice for what a record holds."""
        return cls.UNKNOWN if answer is None else cls.YES if answer else cls.NO

    @property
    def answer(self) -> bool | None:
        """Return what a record holds."""
        return None if self is Stolen.UNKNOWN else self is Stolen.YES


class IncidentDetails(Acts):
    """Offers the details of one incident and saves what is written."""

    def offer(self, view: IncidentView) -> None:
        """Ask which detail."""
        steps: tuple[tuple[str, Callable[[IncidentView], None]], ...] = (
            (N_("Agregar persona"), self._person),
            (N_("Agregar vehículo"), self._vehicle),
            (N_("Corregir una persona"), self._which_person),
            (N_("Corregir un vehículo"), self._which_vehicle),
            (N_("Corregir el lugar"), self._place),
            (N_("Corregir el relato"), self._narrative),
            (N_("Corregir una hora"), self._time),
            (N_("Anotar RUC o número de parte"), self._police),
            (N_("Requiere seguimiento: sí o no"), self._follow_up),
            (N_("Separar del incidente mayor"), self._unlink),
        )
        options = [
            Option(step, tr(title), digit=place % 10) for place, (title, step) in enumerate(steps, start=1)
        ]

        def done(choice: Choice) -> None:
            choice.values[0](view)

        ask(self._page, tr(N_("Más datos de {short}"), short=view.short), options, done)

    def _person(self, view: IncidentView) -> None:
        def operation(ctx: Context, values: Values) -> None:
            add_person(ctx, view.id, _person(values))

        title = tr(N_("Persona en {short}"), short=view.short)
        self._form(title, _person_lines(PersonDraft()), operation)

    def _vehicle(self, view: IncidentView) -> None:
        def operation(ctx: Context, values: Values) -> None:
            add_vehicle(ctx, view.id, _vehicle(values))

        title = tr(N_("Vehículo en {short}"), short=view.short)
        self._form(title, _vehicle_lines(VehicleDraft()), operation)

    def _which_person(self, view: IncidentView) -> None:
        self._which(
            tr(N_("¿A quién corrige?")),
            [Option(person, person_words(person)) for person in view.people],
            self._edit_person,
            tr(N_("{code} no tiene personas anotadas."), code=view.code),
        )

    def _which_vehicle(self, view: IncidentView) -> None:
        self._which(
            tr(N_("¿Qué vehículo corrige?")),
            [Option(vehicle, vehicle_words(vehicle)) for vehicle in view.vehicles],
            self._edit_vehicle,
            tr(N_("{code} no tiene vehículos anotados."), code=view.code),
        )

    def _which(self, title: str, options: list[Option], then: Callable[[Any], None], none: str) -> None:
        """Ask which one; the only one needs no question."""
        if not options:
            self._say(none)
        elif len(options) == 1:
            then(options[0].value)
        else:
            ask(self._page, title, options, lambda choice: then(choice.values[0]))

    def _edit_person(self, person: PersonView) -> None:
        before = PersonDraft(
            person.role,
            person.full_name or "",
            formats.run(person.run) if person.run else "",
            formats.phone(person.phone) if person.phone else "",
            person.description or "",
        )

        def operation(ctx: Context, values: Values) -> None:
            edit_person(ctx, person.id, _person(values))

        self._form(
            tr(N_("Corregir: {who}"), who=person.full_name or tr(person.role.label)),
            _person_lines(before),
            operation,
            said=tr(N_("Persona corregida")),
            undo=lambda ctx: edit_person(ctx, person.id, before),
        )

    def _edit_vehicle(self, vehicle: VehicleView) -> None:
        before = VehicleDraft(
            formats.plate(vehicle.plate) if vehicle.plate else "",
            vehicle.description or "",
            vehicle.is_reported_stolen,
        )

        def operation(ctx: Context, values: Values) -> None:
            edit_vehicle(ctx, vehicle.id, _vehicle(values))

        self._form(
            tr(N_("Corregir: {what}"), what=before.plate or before.description),
            _vehicle_lines(before),
            operation,
            said=tr(N_("Vehículo corregido")),
            undo=lambda ctx: edit_vehicle(ctx, vehicle.id, before),
        )

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
            at = typed_instant("at", str(values["at"]), civil_day(view.reported_at))
            progress.correct_time(ctx, view.id, field.value, at, str(values["reason"]))

        self._form(tr(N_("Corregir una hora de {short}"), short=view.short), lines, operation)

    def _police(self, view: IncidentView) -> None:
        lines = (Line("number", tr(N_("RUC o número de parte")), view.police_report or ""),)

        def operation(ctx: Context, values: Values) -> None:
            progress.set_police_report(ctx, view.id, str(values["number"]))

        self._form(tr(N_("RUC o parte de {short}"), short=view.short), lines, operation)

    def _follow_up(self, view: IncidentView) -> None:
        self._tasks.write(
            lambda ctx: progress.set_follow_up(ctx, view.id, not view.needs_follow_up), owner=self._page
        )

    def _unlink(self, view: IncidentView) -> None:
        lines = (Line("reason", tr(N_("Motivo"))),)

        def operation(ctx: Context, values: Values) -> None:
            progress.unlink(ctx, view.id, str(values["reason"]))

        self._form(tr(N_("Separar {short} del incidente mayor"), short=view.short), lines, operation)


def _person_lines(draft: PersonDraft) -> tuple[Line, ...]:
    return (
        Line("role", tr(N_("Calidad")), str(draft.role.value), tuple(PersonRole)),
        Line("full_name", tr(N_("Nombre")), draft.full_name),
        Line("run", tr(N_("RUN")), draft.run),
        Line("phone", tr(N_("Teléfono")), draft.phone),
        Line("description", tr(N_("Descripción")), draft.description),
    )


def _person(values: Values) -> PersonDraft:
    return PersonDraft(**_known(values))


def _vehicle_lines(draft: VehicleDraft) -> tuple[Line, ...]:
    return (
        Line("plate", tr(N_("Patente")), draft.plate),
        Line("description", tr(N_("Marca, modelo y color")), draft.description),
        Line(
            "is_reported_stolen",
            tr(N_("Encargo por robo")),
            str(Stolen.of(draft.is_reported_stolen).value),
            tuple(Stolen),
        ),
    )


def _vehicle(values: Values) -> VehicleDraft:
    known = _known(values)
    return VehicleDraft(**known | {"is_reported_stolen": known["is_reported_stolen"].answer})


def _known(values: Values) -> dict[str, Any]:
    """Return the values as keyword arguments."""
    return dict(values)
