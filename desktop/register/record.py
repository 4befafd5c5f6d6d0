"""What every record is: identity, authorship, confidentiality, and the mapping conventions of its columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Enum, ForeignKey, MetaData, Text, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column
from sqlalchemy.types import TypeEngine

from desktop.core.i18n import N_
from desktop.register.choice import Choice
from desktop.register.types import Day, Id, Instant, Json


class Scope(Choice):
    """Who may hold a record at all: the unit of permission, of ordering and of the journal (design.md §4)."""

    SYSTEM = "sys", N_("Sistema")
    OPERATIONS = "operaciones", N_("Operaciones")
    EMERGENCY = "emergencia", N_("Emergencia")
    INVENTORY = "inventario", N_("Inventario")
    MANAGEMENT = "gestion", N_("Gestión")
    STAFF = "personal", N_("Personal")


class Confidentiality(Choice):
    """Levels of domain.md §1.3. Reading the two upper ones asks the reason and leaves it in the journal."""

    PUBLIC = "public", N_("Público")
    INTERNAL = "internal", N_("Interno")
    RESERVED = "reserved", N_("Reservado")
    SECRET = "secret", N_("Secreto")

    @property
    def rank(self) -> int:
        """Return the place in the order of secrecy, 0 the most open."""
        return list(Confidentiality).index(self)


class Base(DeclarativeBase):
    """Root of every mapped class; fixes how Python types are stored."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Id(),
        datetime: Instant(),
        date: Day(),
        str: Text(),
        tuple[str, ...]: Json(),
        dict[str, Any]: Json(),
        Choice: Enum(
            Choice,
            values_callable=lambda choice: choice.values(),
            native_enum=False,
            create_constraint=False,
            length=40,
        ),
    }


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What a person and the journal need to know of a column beyond its mapping.

    `group` names the fields that only make sense together (`lat`, `lon`, `address`): two people's edits of one
    group are a conflict, never a mixture.
    """

    label: str
    help: str = ""
    group: str = ""
    multiline: bool = False
    role: str = ""
    reference: str = ""


def column(
    label: str,
    type_: TypeEngine[Any] | type[TypeEngine[Any]] | None = None,
    *,
    help: str = "",
    group: str = "",
    multiline: bool = False,
    role: str = "",
    reference: str = "",
    code_of: str = "",
    is_enforced: bool = True,
    **mapping: Any,
) -> MappedColumn[Any]:
    """Map a column that people see.

    `role` says what the text is, where an editor or a check depends on it: `run`, `phone`, `plate`, `colour`.
    `reference` is the table that an id column points to; inside a scope the database enforces it at commit, between
    scopes it never does (`is_enforced=False`): the other record may not be on this station (sync.md rule 8).
    `code_of` is the register whose `code` a text column holds; people read that record's name, and a code that no
    record has as it is.
    `mapping` goes to SQLAlchemy as it is.
    """
    info = FieldInfo(label, help, group, multiline, role, reference or code_of)
    arguments: list[Any] = [] if type_ is None else [type_]
    if reference and is_enforced:
        arguments.append(ForeignKey(f"{reference}.id", deferrable=True, initially="DEFERRED"))
    return mapped_column(*arguments, info={"field": info}, **mapping)


class Record(Base):
    """Fields that every record has (domain.md §1.1).

    `created_*`, `modified_*` and `station` repeat what the record's change-sets say, so that lists need not read
    the journal; only the unit of work writes them. `dots` are the heads of each field (sync.md §1.1), `extra`
    keeps fields that a newer version wrote and this one does not know.
    """

    __abstract__ = True
    scope: ClassVar[Scope]
    append_only: ClassVar[bool] = False
    """Rows of an append-only table are added and struck, never changed."""
    owner_field: ClassVar[str | None] = None
    """The id column that says which record a row belongs to; its history shows in that record's timeline."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(info={"derived": True})
    created_by: Mapped[UUID] = mapped_column(info={"derived": True})
    modified_at: Mapped[datetime] = mapped_column(info={"derived": True})
    modified_by: Mapped[UUID] = mapped_column(info={"derived": True})
    station: Mapped[str] = mapped_column(info={"derived": True})
    confidentiality: Mapped[Confidentiality] = column(
        N_("Confidencialidad"), default=Confidentiality.INTERNAL
    )
    voided_at: Mapped[datetime | None] = column(N_("Anulado el"), group="voided")
    void_reason: Mapped[str | None] = column(N_("Motivo de anulación"), group="voided")
    dots: Mapped[bytes] = mapped_column("_d", info={"derived": True})
    extra: Mapped[bytes | None] = mapped_column("_x", info={"derived": True})


class Numbered:
    """A record that people call by a number.

    `code` is made on the station, unique for ever and never changed (`INC-26-K7-0042-R`); `folio` is the official
    correlative (`INC-2026-000451`), written once by the municipal server when it first sees the record.
    """

    prefix: ClassVar[str]
    code: Mapped[str] = column(N_("Código"), default="", index=True)
    folio: Mapped[str | None] = column(N_("Folio oficial"), index=True)


def field_info(attribute: Any) -> FieldInfo:
    """Return what is declared of a mapped attribute or column.

    Raises:
        LookupError: the column is not one that people see.
    """
    info: Mapping[Any, Any] = getattr(attribute, "info", {})
    found = info.get("field")
    if not isinstance(found, FieldInfo):
        raise LookupError(f"{attribute} has no label")
    return found


def journalled_columns(model: type[Record]) -> tuple[Any, ...]:
    """Return the columns whose values travel in change-sets, in mapping order, without the key."""
    return tuple(
        col for col in inspect(model).columns if not col.primary_key and not col.info.get("derived", False)
    )
