"""Column types whose stored form is also the form in the journal and on the wire.

One form in three places: a row can be compared with the journal byte by byte, and a change from another station
is applied without rebuilding objects. Instants are microseconds since 1970 UTC, dates ISO text, ids 16 bytes,
lists canonical JSON.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import UserDefinedType

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def instant_to_wire(value: datetime) -> int:
    """Return microseconds since 1970 UTC.

    Raises:
        ValueError: `value` has no time zone.
    """
    if value.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return (value - _EPOCH) // _MICROSECOND


def instant_from_wire(value: int) -> datetime:
    """Return the aware instant, in UTC."""
    return _EPOCH + timedelta(microseconds=value)


class Instant(UserDefinedType[datetime]):
    """An instant in UTC, stored as microseconds."""

    cache_ok = True

    def get_col_spec(self, **_kw: object) -> str:
        """Name the storage class."""
        return "INTEGER"

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:
        """Turn an aware instant into microseconds."""
        return lambda value: None if value is None else instant_to_wire(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None]:
        """Turn microseconds into an aware instant."""
        return lambda value: None if value is None else instant_from_wire(value)


class Day(UserDefinedType[date]):
    """A calendar date of the municipality, stored as ISO text; it has no time of day and no zone."""

    cache_ok = True

    def get_col_spec(self, **_kw: object) -> str:
        """Name the storage class."""
        return "TEXT"

    def bind_processor(self, dialect: Dialect) -> Callable[[date | None], str | None]:
        """Turn a date into ISO text."""
        return lambda value: None if value is None else value.isoformat()

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], date | None]:
        """Turn ISO text into a date."""
        return lambda value: None if value is None else date.fromisoformat(value)


class Id(UserDefinedType[UUID]):
    """A UUID, stored as its 16 bytes."""

    cache_ok = True

    def get_col_spec(self, **_kw: object) -> str:
        """Name the storage class."""
        return "BLOB"

    def bind_processor(self, dialect: Dialect) -> Callable[[UUID | None], bytes | None]:
        """Turn a UUID into bytes."""
        return lambda value: None if value is None else value.bytes

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[bytes | None], UUID | None]:
        """Turn bytes into a UUID."""
        return lambda value: None if value is None else UUID(bytes=value)


class Json(UserDefinedType[Any]):
    """A tuple of plain values or a mapping, stored as canonical JSON text; read back as tuple or dict.

    Values are replaced, never changed in place: the mapper sees a change only by assignment.
    """

    cache_ok = True

    def get_col_spec(self, **_kw: object) -> str:
        """Name the storage class."""
        return "TEXT"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:
        """Turn a plain value into canonical JSON."""

        def process(value: Any) -> str | None:
            if value is None:
                return None
            return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], Any]:
        """Turn JSON text into tuples and dicts."""

        def process(value: str | None) -> Any:
            if value is None:
                return None
            loaded = json.loads(value)
            return tuple(loaded) if isinstance(loaded, list) else loaded

        return process
