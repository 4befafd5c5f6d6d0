"""Patrol units: what they are, where they are, what they are doing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Float
from sqlalchemy.orm import Mapped

from desktop.core.i18n import N_
from desktop.models.incidents.states import UnitKind, UnitStatus
from desktop.register.record import Record, Scope, column
from desktop.register.spec import Register, Section


class Unit(Record):
    """A `móvil`. Its state, the instant of it and the incident it is busy with change together."""

    __tablename__ = "units"
    scope = Scope.OPERATIONS
    callsign: Mapped[str] = column(N_("Sigla"), index=True, help=N_("Como se nombra por radio: M21"))
    kind: Mapped[UnitKind] = column(N_("Tipo"), default=UnitKind.PICKUP)
    plate: Mapped[str | None] = column(N_("Patente"), role="plate")
    crew: Mapped[str | None] = column(N_("Dotación"))
    sector: Mapped[str | None] = column(N_("Sector"))
    equipment: Mapped[tuple[str, ...]] = column(N_("Equipamiento"), default=())
    status: Mapped[UnitStatus] = column(N_("Estado"), default=UnitStatus.OUT_OF_SERVICE, group="status")
    status_at: Mapped[datetime | None] = column(N_("Desde"), group="status")
    incident_id: Mapped[UUID | None] = column(N_("Incidente"), reference="incidents", group="status")
    lat: Mapped[float | None] = column(N_("Latitud"), Float, group="position")
    lon: Mapped[float | None] = column(N_("Longitud"), Float, group="position")
    position_at: Mapped[datetime | None] = column(N_("Posición de las"), group="position")
    is_active: Mapped[bool] = column(N_("En la flota"), default=True)


UNITS = Register(
    key="units",
    title=N_("Móviles"),
    singular=N_("Móvil"),
    model=Unit,
    icon="car",
    name_by=(Unit.callsign,),
    columns=(Unit.callsign, Unit.kind, Unit.plate, Unit.crew, Unit.sector, Unit.status, Unit.is_active),
    filters=(Unit.kind, Unit.status, Unit.sector, Unit.is_active),
    form=(
        Section(N_("Móvil"), Unit.callsign, Unit.kind, Unit.plate, Unit.is_active),
        Section(N_("Servicio"), Unit.crew, Unit.sector, Unit.equipment),
    ),
    search=(Unit.callsign, Unit.plate, Unit.crew),
    sort=Unit.callsign,
    empty=N_("Aquí van los móviles que se despachan. Pulse Ctrl+N para agregar el primero."),
)
