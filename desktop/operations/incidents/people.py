"""People and vehicles of an incident."""

from typing import Any
from uuid import UUID

from desktop.core.errors import FieldError
from desktop.core.i18n import N_, tr
from desktop.models.incidents.records import Incident, IncidentPerson, IncidentVehicle
from desktop.models.incidents.register import INCIDENT_PEOPLE, INCIDENT_VEHICLES
from desktop.models.incidents.states import LineKind
from desktop.operations.context import Context
from desktop.operations.incidents.common import incident_for, write_line
from desktop.operations.incidents.values import PersonDraft, VehicleDraft
from desktop.register.access import Action
from desktop.register.checks import check_values


def add_person(ctx: Context, incident_id: UUID, draft: PersonDraft) -> UUID:
    """Add a person; one of whom nothing is known but the role is allowed.

    Raises:
        FieldError: the RUN or the phone is wrong.
    """
    incident = incident_for(ctx, incident_id, Action.CREATE, "incident_people")
    made = put_person(ctx, incident, draft)
    write_line(ctx, incident, LineKind.PERSON, tr(N_("Se agrega {role}"), role=tr(draft.role.label).lower()))
    ctx.name_operation("incidents.person")
    return made


def edit_person(ctx: Context, person_id: UUID, draft: PersonDraft) -> None:
    """Correct a person's data.

    Raises:
        FieldError: the RUN or the phone is wrong.
    """
    person = ctx.get(IncidentPerson, person_id)
    incident = incident_for(ctx, person.incident_id, Action.EDIT, "incident_people")
    for name, value in _person_values(draft).items():
        setattr(person, name, value)
    write_line(ctx, incident, LineKind.PERSON, tr(N_("Se corrige {role}"), role=tr(draft.role.label).lower()))
    ctx.name_operation("incidents.person_edit")


def add_vehicle(ctx: Context, incident_id: UUID, draft: VehicleDraft) -> UUID:
    """Add a vehicle.

    Raises:
        FieldError: neither plate nor description is given.
    """
    incident = incident_for(ctx, incident_id, Action.CREATE, "incident_vehicles")
    made = put_vehicle(ctx, incident, draft)
    write_line(ctx, incident, LineKind.VEHICLE, tr(N_("Se agrega un vehículo")))
    ctx.name_operation("incidents.vehicle")
    return made


def edit_vehicle(ctx: Context, vehicle_id: UUID, draft: VehicleDraft) -> None:
    """Correct a vehicle's data."""
    vehicle = ctx.get(IncidentVehicle, vehicle_id)
    incident = incident_for(ctx, vehicle.incident_id, Action.EDIT, "incident_vehicles")
    for name, value in _vehicle_values(draft).items():
        setattr(vehicle, name, value)
    write_line(ctx, incident, LineKind.VEHICLE, tr(N_("Se corrige un vehículo")))
    ctx.name_operation("incidents.vehicle_edit")


def put_person(ctx: Context, incident: Incident, draft: PersonDraft) -> UUID:
    """Add the row of a person, as confidential as the incident."""
    return ctx.add(
        IncidentPerson(
            incident_id=incident.id, confidentiality=incident.confidentiality, **_person_values(draft)
        )
    ).id


def put_vehicle(ctx: Context, incident: Incident, draft: VehicleDraft) -> UUID:
    """Add the row of a vehicle, as confidential as the incident."""
    return ctx.add(
        IncidentVehicle(
            incident_id=incident.id, confidentiality=incident.confidentiality, **_vehicle_values(draft)
        )
    ).id


def _person_values(draft: PersonDraft) -> dict[str, Any]:
    return check_values(
        INCIDENT_PEOPLE,
        {
            "role": draft.role,
            "full_name": draft.full_name,
            "run": draft.run,
            "phone": draft.phone,
            "description": draft.description,
        },
        partial=True,
    )


def _vehicle_values(draft: VehicleDraft) -> dict[str, Any]:
    if not draft.plate.strip() and not draft.description.strip():
        raise FieldError("plate", tr(N_("Indique la patente o describa el vehículo.")))
    return check_values(
        INCIDENT_VEHICLES,
        {
            "plate": draft.plate,
            "description": draft.description,
            "is_reported_stolen": draft.is_reported_stolen,
        },
        partial=True,
    )
