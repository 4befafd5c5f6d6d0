"""Which stored values a column can hold and its type can read back.

A change-set is signed and kept whatever it says; what it says becomes part of a row only where this version can read
it. Otherwise one newer list of values, or one broken program, would stop every page that shows the record.
"""

import json
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import Boolean, Enum, Float, Integer, LargeBinary
from sqlalchemy.types import TypeEngine

from desktop.register.types import Day, Id, Instant, Json, instant_to_wire
from wire.changes import Value

Fits = Callable[[Value], bool]

_ID_BYTES: Final = 16
_FIRST_INSTANT: Final = instant_to_wire(datetime.min.replace(tzinfo=UTC))
_LAST_INSTANT: Final = instant_to_wire(datetime.max.replace(tzinfo=UTC))


def fits_of(kind: TypeEngine[Any]) -> Fits:
    """Return the test of a value, None apart, for a column of this type."""
    if isinstance(kind, Enum):
        names = frozenset(kind.enums)
        return lambda value: type(value) is str and value in names
    for known, fits in _FITS:
        if isinstance(kind, known):
            return fits
    return _is_text


def _is_text(value: Value) -> bool:
    return type(value) is str


def _is_whole(value: Value) -> bool:
    return type(value) is int and -(1 << 63) <= value < 1 << 63


def _is_number(value: Value) -> bool:
    return _is_whole(value) or (type(value) is float and math.isfinite(value))


def _is_truth(value: Value) -> bool:
    return value is True or value is False or (type(value) is int and value in {0, 1})


def _is_instant(value: Value) -> bool:
    return type(value) is int and _FIRST_INSTANT <= value <= _LAST_INSTANT


def _is_day(value: Value) -> bool:
    if type(value) is not str:
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_bytes(value: Value) -> bool:
    return type(value) is bytes


def _is_id(value: Value) -> bool:
    return type(value) is bytes and len(value) == _ID_BYTES


def _is_json(value: Value) -> bool:
    return type(value) is str and (value in _SHORT or _can_be_read(value))


def _can_be_read(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


_SHORT: Final = frozenset({"[]", "{}"})
"""What nearly every row holds."""
_FITS: Final[tuple[tuple[type[TypeEngine[Any]], Fits], ...]] = (
    (Id, _is_id),
    (Instant, _is_instant),
    (Day, _is_day),
    (Json, _is_json),
    (LargeBinary, _is_bytes),
    (Boolean, _is_truth),
    (Float, _is_number),
    (Integer, _is_whole),
)
