"""Lists of any length: which rows, in what order, as eight bytes a row; and the rows of one page.

A list is read in two steps. First the rowids for filter and sort, by a walk that can be interrupted at any row;
then the cells of the few rows on screen. Rows above the reader's ceiling are not in the answer, and columns that a
reader may not see of a confidential row never leave SQLite.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
    true,
    type_coerce,
)
from sqlalchemy.orm import Session

from desktop.core.clock import SANTIAGO
from desktop.core.formats import sort_key
from desktop.register.kinds import Kind, choices_of, kind_of
from desktop.register.record import Confidentiality, Record
from desktop.store.search import match_expression

BATCH = 4096
SORTED_BY_DIRECTORY = 20_000
"""Up to so many rows a text column is ordered as a directory is (accents ignored, ñ after n); beyond, as SQLite can."""
READ_REASON_FROM = Confidentiality.RESERVED
"""From here on a record's words are shown only after its reader has said why."""

Open = frozenset[str]
_WORDS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.CODE})


class Compare(Enum):
    """How a condition compares."""

    IN = auto()
    BETWEEN = auto()
    CONTAINS = auto()


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter: any of `values` (None is "empty"), or from `low` to `high` inclusive, by attribute name.

    Days that bound an instant are civil days of Santiago.
    """

    field: str
    compare: Compare
    values: tuple[Any, ...] = ()
    low: Any = None
    high: Any = None


@dataclass(frozen=True, slots=True)
class ListSpec:
    """Which rows and in what order. `words` is what was typed in the search box."""

    conditions: tuple[Condition, ...] = ()
    words: str = ""
    sort: str = ""
    newest_first: bool = False
    with_voided: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A table as one reader may see it: up to `ceiling`; of masked rows only the `open` attributes.

    A row that belongs to a record of `owner` is seen only where that record may be, up to `owner_ceiling`. `words`
    gives, by attribute, what a column is ordered by where that is not what it holds: the title behind a code.
    """

    model: type[Record]
    register: str
    ceiling: Confidentiality | None
    open: Open = frozenset()
    owner: type[Record] | None = None
    owner_ceiling: Confidentiality | None = None
    words: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)


def row_ids(session: Session, source: Source, spec: ListSpec, limit: int | None = None) -> array[int]:
    """Return the rowids of the list in order; `limit` for a first screenful."""
    sorted_in_python = _directory_order(session, source, spec) if limit is None else None
    if sorted_in_python is not None:
        return sorted_in_python
    walks_in_order = limit is not None
    statement = select(_rowid(source)).where(*_where(source, spec, walks_in_order))
    statement = statement.order_by(*_order(source, spec))
    if limit is not None:
        statement = statement.limit(limit)
    return _collect(session, statement, source, spec)


def page(
    session: Session, source: Source, attributes: Sequence[str], rowids: Sequence[int]
) -> dict[int, Mapping[str, Any]]:
    """Return the values of some rows by rowid and attribute, with `id`, `confidentiality`, `voided_at`, `masked`.

    A row that went above the ceiling meanwhile is absent. Masked values are None.
    """
    masked = is_masked(source.model)
    columns: list[Any] = [
        _rowid(source).label("rowid_"),
        source.model.id.label("id"),
        source.model.confidentiality.label("confidentiality"),
        source.model.voided_at.label("voided_at"),
        masked.label("masked"),
    ]
    for name in attributes:
        columns.append(_shown(source, name).label(f"c_{name}"))
    statement = select(*columns).where(
        _rowid(source).in_(bindparam("rows", list(rowids), expanding=True)), readable(source)
    )
    found: dict[int, Mapping[str, Any]] = {}
    for row in session.execute(statement).mappings():
        values: dict[str, Any] = {
            name: row[name] for name in ("id", "confidentiality", "voided_at", "masked")
        }
        values.update({name: row[f"c_{name}"] for name in attributes})
        found[row["rowid_"]] = values
    return found


def group_counts(
    session: Session, source: Source, spec: ListSpec, attribute: str, limit: int = 60
) -> list[tuple[Any, int]]:
    """Return how many rows of the list hold each value of a column, commonest first."""
    total = func.count().label("total")
    value = _shown(source, attribute).label("value")
    statement = (
        select(value, total).where(*_where(source, spec)).group_by(value).order_by(total.desc()).limit(limit)
    )
    return [(row[0], int(row[1])) for row in session.execute(statement, _parameters(source, spec))]


def rowid_of(session: Session, source: Source, record_id: UUID) -> int | None:
    """Return the rowid of a record, None when the reader may not know of it."""
    found = session.scalar(select(_rowid(source)).where(source.model.id == record_id, readable(source)))
    return None if found is None else int(found)


def is_masked(model: type[Record]) -> ColumnElement[bool]:
    """Return the condition under which a row's words are hidden until its reader has said why."""
    levels = [level for level in Confidentiality if level.rank >= READ_REASON_FROM.rank]
    confidential = model.confidentiality.in_(levels)
    sensitive = getattr(model, "is_sensitive", None)
    if sensitive is None or not hasattr(model, "narrative"):
        return confidential
    return or_(confidential, sensitive.is_(True))


def readable_levels(ceiling: Confidentiality | None) -> list[Confidentiality]:
    """Return the confidentialities up to `ceiling`."""
    return [level for level in Confidentiality if ceiling is not None and level.rank <= ceiling.rank]


def readable(source: Source) -> ColumnElement[bool]:
    """Return the condition under which this reader may know of a row."""
    if source.ceiling is None:
        return false()
    model, owner = source.model, source.owner
    own: ColumnElement[bool] = true()
    if source.ceiling is not Confidentiality.SECRET:
        own = model.confidentiality.in_(readable_levels(source.ceiling))
    if owner is None or model.owner_field is None or source.owner_ceiling is Confidentiality.SECRET:
        return own
    above = [level for level in Confidentiality if level not in readable_levels(source.owner_ceiling)]
    belongs = getattr(model, model.owner_field)
    hidden = exists().where(owner.id == belongs, owner.confidentiality.in_(above)).correlate(model)
    return and_(own, ~hidden)


def _rowid(source: Source) -> ColumnElement[int]:
    column: ColumnElement[int] = literal_column(f"{source.model.__tablename__}.rowid")
    return column


def _shown(source: Source, attribute: str, words: ColumnElement[Any] | None = None) -> Any:
    """Return a column, or its `words`, as this reader may see it: masked rows give nothing but what is open of them."""
    column = getattr(source.model, attribute)
    shown = column if words is None else words
    if attribute in source.open:
        return shown
    return type_coerce(case((is_masked(source.model), null()), else_=shown), column.type)


def _where(
    source: Source,
    spec: ListSpec,
    walks_in_order: bool = False,
) -> list[ColumnElement[bool]]:
    model = source.model
    conditions: list[ColumnElement[bool]] = [readable(source)]
    if not spec.with_voided:
        conditions.append(model.voided_at.is_(None))
    conditions.extend(_condition(source, condition, walks_in_order) for condition in spec.conditions)
    if spec.words.strip():
        if match_expression(spec.words):
            found = text(
                "SELECT d.record_id FROM search_text AS t CROSS JOIN search_doc AS d ON d.n = t.rowid "
                "WHERE t.words MATCH :match AND d.register = :register"
            ).columns(record_id=model.id.type)
            conditions.append(model.id.in_(found))
        else:
            conditions.append(false())
    return conditions


def _parameters(source: Source, spec: ListSpec) -> dict[str, Any]:
    if not spec.words.strip() or not match_expression(spec.words):
        return {}
    return {"match": match_expression(spec.words), "register": source.register}


def _condition(source: Source, condition: Condition, walks_in_order: bool) -> ColumnElement[bool]:
    """Return the condition in SQL.

    `walks_in_order` keeps SQLite from fetching all that match and ordering them: the first screenful of a common
    value comes at once by walking the order. A unary plus is how SQLite is told.
    """
    attribute = getattr(source.model, condition.field)
    column = attribute
    if walks_in_order:
        name = attribute.property.columns[0].name
        column = type_coerce(literal_column(f'+{source.model.__tablename__}."{name}"'), attribute.type)
    found: ColumnElement[bool]
    if condition.compare is Compare.IN:
        values = [value for value in condition.values if value is not None]
        found = column.in_(values)
        if None in condition.values:
            found = or_(found, column.is_(None))
    elif condition.compare is Compare.CONTAINS:
        found = column.icontains(str(condition.low or ""), autoescape=True)
    else:
        low, high = condition.low, condition.high
        bounds = []
        if kind_of(attribute) is Kind.INSTANT:
            low, high = _start_of(low), None if high is None else _start_of(_next(high))
            bounds += [column >= low] if low is not None else []
            bounds += [column < high] if high is not None else []
        else:
            bounds += [column >= low] if low is not None else []
            bounds += [column <= high] if high is not None else []
        found = and_(true(), *bounds)
    if condition.field in source.open:
        return found
    return and_(found, ~is_masked(source.model))


def _start_of(day: Any) -> Any:
    if isinstance(day, datetime) or not isinstance(day, date):
        return day
    return datetime(day.year, day.month, day.day, tzinfo=SANTIAGO)


def _next(bound: Any) -> Any:
    if isinstance(bound, datetime):
        return bound + timedelta(microseconds=1)
    return bound + timedelta(days=1)


def _order(source: Source, spec: ListSpec) -> list[Any]:
    rowid = _rowid(source)
    if not spec.sort:
        return [rowid.desc() if spec.newest_first else rowid.asc()]
    column = getattr(source.model, spec.sort)
    key: Any = source.words.get(spec.sort, column)
    if kind_of(column) is Kind.CHOICE:
        choices = list(choices_of(column))
        key = case(*[(column == choice, place) for place, choice in enumerate(choices)], else_=len(choices))
    if spec.sort not in source.open:
        key = case((is_masked(source.model), null()), else_=key)
    ordered = key.desc() if spec.newest_first else key.asc()
    may_be_empty = column.property.columns[0].nullable or key is not column
    if may_be_empty and not spec.newest_first:
        ordered = ordered.nulls_last()
    return [ordered, rowid.desc() if spec.newest_first else rowid.asc()]


def _directory_order(session: Session, source: Source, spec: ListSpec) -> array[int] | None:
    """Return the list ordered as a directory when it goes by text and is short enough, else None."""
    if not spec.sort or kind_of(getattr(source.model, spec.sort)) not in _WORDS:
        return None
    statement = (
        select(_rowid(source), _shown(source, spec.sort, source.words.get(spec.sort)))
        .where(*_where(source, spec))
        .limit(SORTED_BY_DIRECTORY + 1)
    )
    rows = session.execute(statement, _parameters(source, spec)).all()
    if len(rows) > SORTED_BY_DIRECTORY:
        return None
    keyed = [(sort_key(row[1]) if row[1] else "", row[0]) for row in rows]
    filled = sorted((pair for pair in keyed if pair[0]), reverse=spec.newest_first)
    return array("q", [rowid for _, rowid in filled] + [rowid for word, rowid in keyed if not word])


def _collect(session: Session, statement: Select[Any], source: Source, spec: ListSpec) -> array[int]:
    """Walk the answer in batches, so that memory is the array's and a stop is felt at once."""
    result = session.connection().execute(statement, _parameters(source, spec))
    ids: array[int] = array("q")
    cursor: Any = result.cursor
    try:
        while batch := cursor.fetchmany(BATCH):
            ids.extend([row[0] for row in batch])
    finally:
        # A cursor left to the collector resets its cached statement later, when the next walk is using it.
        result.close()
    return ids
