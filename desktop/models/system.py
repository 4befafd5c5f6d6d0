"""Records of the program's own keeping: imports, and what the municipality decided for all its stations."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.orm import Mapped

from desktop.core.i18n import N_
from desktop.register.choice import Choice
from desktop.register.record import Record, Scope, column
from desktop.register.spec import Group, Register


class ImportStatus(Choice):
    """How an import ended."""

    RUNNING = "running", N_("En curso")
    DONE = "done", N_("Terminada")
    CANCELLED = "cancelled", N_("Detenida")
    UNDOING = "undoing", N_("Deshecha a medias")
    UNDONE = "undone", N_("Deshecha")


class ImportBatch(Record):
    """One file brought in; undoing it voids every record that it made (R144)."""

    __tablename__ = "import_batches"
    scope = Scope.OPERATIONS
    register: Mapped[str] = column(N_("Registro"))
    file_name: Mapped[str] = column(N_("Archivo"))
    file_sha256: Mapped[str] = column(N_("Huella del archivo"))
    mapping: Mapped[dict[str, Any]] = column(N_("Correspondencia de columnas"))
    started_at: Mapped[datetime] = column(N_("Inicio"))
    ended_at: Mapped[datetime | None] = column(N_("Término"), group="end")
    status: Mapped[ImportStatus] = column(N_("Estado"), default=ImportStatus.RUNNING, group="end")
    rows_read: Mapped[int] = column(N_("Filas leídas"), default=0, group="end")
    rows_imported: Mapped[int] = column(N_("Filas importadas"), default=0, group="end")
    rows_rejected: Mapped[int] = column(N_("Filas rechazadas"), default=0, group="end")
    rows_duplicate: Mapped[int] = column(N_("Filas repetidas"), default=0, group="end")


IMPORT_BATCHES = Register(
    key="import_batches",
    title=N_("Importaciones"),
    singular=N_("Importación"),
    model=ImportBatch,
    group=Group.SYSTEM,
    icon="upload-simple",
    name_by=(ImportBatch.file_name,),
    columns=(
        ImportBatch.started_at,
        ImportBatch.file_name,
        ImportBatch.status,
        ImportBatch.rows_imported,
        ImportBatch.rows_rejected,
        ImportBatch.rows_duplicate,
    ),
    sort=ImportBatch.started_at,
    newest_first=True,
    own_page=True,
    generic_forms=False,
    empty=N_("Todavía no se ha importado ningún archivo."),
)

_SETTINGS_SPACE = UUID("6b1f3c0e-52a7-5d0b-9a4e-0c7d2f6e8a11")


class MunicipalSetting(Record):
    """The value of one setting of the municipality; without one its default is in force.

    Its id follows from its key, so that two stations that set it while apart speak of the same record.
    """

    __tablename__ = "municipal_settings"
    scope = Scope.SYSTEM
    key: Mapped[str] = column(N_("Preferencia"))
    value: Mapped[str | None] = column(N_("Valor"))


def municipal_setting_id(key: str) -> UUID:
    """Return the id of the record that holds the setting `key`."""
    return uuid5(_SETTINGS_SPACE, key)


MUNICIPAL_SETTINGS = Register(
    key="municipal_settings",
    title=N_("Preferencias de la municipalidad"),
    singular=N_("Preferencia de la municipalidad"),
    model=MunicipalSetting,
    group=Group.SYSTEM,
    name_by=(MunicipalSetting.key,),
    columns=(MunicipalSetting.key, MunicipalSetting.value),
    page=False,
    generic_forms=False,
)
