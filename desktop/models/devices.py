"""The workstations of the municipality, as the server writes them down (wire/roster.py): whom an exchange may trust."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped

from desktop.core.i18n import N_
from desktop.register.record import Record, Scope, column
from wire import roster


class Device(Record):
    """One enrolled workstation. Only the server's own chain holds these; a station never writes them."""

    __tablename__ = roster.DEVICES
    scope = Scope.SYSTEM
    name: Mapped[str] = column(N_("Estación"), default="")
    code: Mapped[str] = column(N_("Letras del código"), default="")
    signing_key: Mapped[bytes] = column(N_("Llave de firma"), LargeBinary, default=b"", role="secret")
    sealing_key: Mapped[bytes] = column(N_("Llave de sellado"), LargeBinary, default=b"", role="secret")
    certificate: Mapped[str] = column(N_("Certificado"), default="", role="secret")
    scopes: Mapped[str] = column(N_("Ámbitos"), default="")
    enrolled_at: Mapped[datetime | None] = column(N_("Inscrita el"))
    revoked_at: Mapped[datetime | None] = column(N_("Revocada el"), group="revoked")
    revoke_reason: Mapped[str | None] = column(N_("Motivo de la revocación"), group="revoked")
    cutoffs: Mapped[str | None] = column(N_("Hasta dónde vale lo suyo"), group="revoked")


class DeviceReplica(Record):
    """One database file of a device; a restored or cloned one gets another number (sync.md §1.1 rule 12)."""

    __tablename__ = roster.REPLICAS
    scope = Scope.SYSTEM
    owner_field = "device_id"
    device_id: Mapped[UUID] = column(N_("Estación"), reference=roster.DEVICES)
    replica: Mapped[int] = column(N_("Archivo"), default=0)
    seen_at: Mapped[datetime | None] = column(N_("Vista el"))
    fork_of: Mapped[int | None] = column(N_("En lugar de"))
