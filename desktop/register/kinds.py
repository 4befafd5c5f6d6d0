"""Which editor a mapped column needs, read from its type, its role and its size."""

from enum import Enum, auto
from typing import Any

from sqlalchemy import Boolean, Float, Integer
from sqlalchemy import Enum as EnumType

from desktop.register.choice import Choice
from desktop.register.record import FieldInfo
from desktop.register.types import Day, Id, Instant, Json


class Kind(Enum):
    """The ways in which one value is shown and edited."""

    TEXT = auto()
    LONG_TEXT = auto()
    CHOICE = auto()
    DAY = auto()
    INSTANT = auto()
    INTEGER = auto()
    DECIMAL = auto()
    FLAG = auto()
    REFERENCE = auto()
    CODE = auto()
    LIST = auto()
    RUN = auto()
    PHONE = auto()
    PLATE = auto()


_BY_ROLE = {"run": Kind.RUN, "phone": Kind.PHONE, "plate": Kind.PLATE}


def kind_of(column: Any) -> Kind:
    """Return the kind of a mapped attribute or column that carries a `FieldInfo`."""
    info: FieldInfo = column.info["field"]
    type_ = column.type
    if info.role in _BY_ROLE:
        return _BY_ROLE[info.role]
    by_type: tuple[tuple[type, Kind], ...] = (
        (EnumType, Kind.CHOICE),
        (Day, Kind.DAY),
        (Instant, Kind.INSTANT),
        (Id, Kind.REFERENCE),
        (Json, Kind.LIST),
        (Boolean, Kind.FLAG),
        (Integer, Kind.INTEGER),
        (Float, Kind.DECIMAL),
    )
    for type_class, kind in by_type:
        if isinstance(type_, type_class):
            return kind
    if info.reference:
        return Kind.CODE
    return Kind.LONG_TEXT if info.multiline else Kind.TEXT


def choices_of(column: Any) -> type[Choice]:
    """Return the closed list behind a choice column.

    Raises:
        LookupError: the column holds no choice.
    """
    found = getattr(column.type, "enum_class", None)
    if not (isinstance(found, type) and issubclass(found, Choice)):
        raise LookupError(f"{column} holds no choice")
    return found


def is_required(column: Any) -> bool:
    """Tell whether the person must give a value: not nullable and without a default."""
    table_column = getattr(column, "property", None)
    mapped = table_column.columns[0] if table_column is not None else column
    return not mapped.nullable and mapped.default is None
