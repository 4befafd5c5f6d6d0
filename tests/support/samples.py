"""Acceptable values for any column of any register, drawn from its declaration."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import inspect

from desktop.core.formats import make_run
from desktop.core.ids import new_id
from desktop.operations.names import open_attributes
from desktop.register.kinds import Kind, choices_of, kind_of
from desktop.register.record import FieldInfo, field_info
from desktop.register.spec import Register

NOON = datetime(2026, 3, 16, 15, 0, tzinfo=UTC)


def labelled(register: Register) -> list[tuple[str, Any]]:
    """Return name and column of everything in a register's table that people read."""
    return [
        (attribute.key, attribute.columns[0])
        for attribute in inspect(register.model).column_attrs
        if isinstance(attribute.columns[0].info.get("field"), FieldInfo)
    ]


_PLACES = {
    "incident_id": "incidents",
    "shift_id": "shifts",
    "next_shift_id": "shifts",
    "unit_id": "units",
    "record_id": "incidents",
    "from_id": "incidents",
    "to_id": "incidents",
}
_TOLD = frozenset({"register", "from_register", "to_register"})


def points_to(name: str, column: Any) -> str:
    return field_info(column).reference or _PLACES.get(name, "")


def sample(name: str, column: Any, words: str, known: dict[str, UUID], number: int = 1) -> Any:
    """Return an acceptable value of a column; what people read as words holds `words`."""
    kind = kind_of(column)
    if points_to(name, column) and kind is Kind.REFERENCE:
        return known.get(points_to(name, column))
    if name in _TOLD:
        return "incidents"
    samples: dict[Kind, Any] = {
        Kind.DAY: date(2026, 3, 1 + number % 28),
        Kind.INSTANT: NOON,
        Kind.INTEGER: number,
        Kind.DECIMAL: number / 2,
        Kind.FLAG: False,
        Kind.REFERENCE: None,
        Kind.LIST: (words,),
        Kind.RUN: make_run(10_000_000 + number),
        Kind.PHONE: f"+5698{number:07d}",
        Kind.PLATE: f"CANA{number % 100:02d}",
    }
    return next(iter(choices_of(column))) if kind is Kind.CHOICE else samples.get(kind, words)


def complete_row(
    register: Register, closed: str, opened: str, known: dict[str, UUID]
) -> dict[str, Any] | None:
    """Return a complete row, or None while a record that it needs is not known."""
    allowed = open_attributes(register.model)
    row: dict[str, Any] = {"id": new_id()}
    for name, column in labelled(register):
        if name in {"confidentiality", "voided_at", "void_reason"}:
            continue
        is_needed = not column.nullable or name == register.model.owner_field
        if kind_of(column) is Kind.REFERENCE and not is_needed:
            continue
        value = sample(name, column, opened if name in allowed else closed, known)
        if value is None and is_needed:
            return None
        row[name] = value
    return row
