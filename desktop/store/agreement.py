"""What the records of a scope add up to here, to be held against what they add up to elsewhere (I7)."""

from collections.abc import Callable, Iterator
from typing import Final

from sqlalchemy import Connection

from desktop.store import evolution
from desktop.store.anew import Record
from desktop.store.apply import Applier
from desktop.store.models import record_models
from wire.digest import EMPTY, moved, weight_of
from wire.heads import unpack

_AT_ONCE: Final = 1_000
ANEW_AT_ONCE: Final = 200
"""So many records are made anew in a tenth of what an operator would notice."""


def digest_of(connection: Connection, scope: str, check: Callable[[], None]) -> bytes | None:
    """Return the digest of a scope's records, None where something was said of them that cannot be stored here.

    `check` is called now and then and raises to stop.
    """
    if connection.exec_driver_sql("SELECT 1 FROM unread LIMIT 1").first() is not None:
        return None
    total = 0
    for table in _tables(scope):
        rows = connection.exec_driver_sql(f'SELECT id, "_d" FROM "{table}"')  # noqa: S608 - a declared name
        while some := rows.fetchmany(_AT_ONCE):
            check()
            total += sum(weight_of(table, pk, unpack(heads)) for pk, heads in some)
    return moved(EMPTY, total)


def records_of(connection: Connection, applier: Applier, scope: str) -> Iterator[Record]:
    """Yield every record of a scope that has a row here, or of which the journal or a snapshot tells."""
    tables = set(_tables(scope))
    for table in sorted(tables):
        for pk in connection.exec_driver_sql(f'SELECT id FROM "{table}"').scalars():  # noqa: S608 - a declared name
            yield table, pk
    yield from sorted(one for one in evolution.missing(connection, applier) if one[0] in tables)


def _tables(scope: str) -> list[str]:
    return [model.__tablename__ for model in record_models() if model.scope.value == scope]
