"""Lists of any register, answered in plain values under the rights of who asks.

A record that a person may not know of is absent everywhere: list, counts, record, search. Of a confidential record
(Reservado and above, or of a sensitive type) a list shows its class only; `record_queries` opens it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.core.errors import NotAllowed
from desktop.core.i18n import N_, tr
from desktop.models.catalogue import BY_KEY
from desktop.operations.context import ReadContext
from desktop.operations.display import label_of, one_line, text_of
from desktop.operations.names import (
    code_of,
    names_of,
    open_attributes,
    source_of,
)
from desktop.operations.query_values import (
    ColumnView,
    RowView,
)
from desktop.register.access import Action
from desktop.register.kinds import Kind, kind_of
from desktop.register.record import field_info
from desktop.register.spec import Attribute, Register
from desktop.store import lists
from desktop.store.lists import Compare, Condition, ListSpec

MASK = "•••"

__all__ = ["Compare", "Condition", "ListSpec", "source_of"]
"""The words of lists are the store's; views take them from here."""


def columns_of(register: Register) -> tuple[ColumnView, ...]:
    """Return the list's columns."""
    allowed = open_attributes(register.model)
    return tuple(
        ColumnView(column.key, label_of(field_info(column)), kind_of(column), column.key in allowed)
        for column in register.columns
    )


def default_spec(register: Register) -> ListSpec:
    """Return the list as it opens the first time."""
    sort = register.sort.key if register.sort is not None else ""
    return ListSpec(sort=sort, newest_first=register.newest_first)


def list_rows(ctx: ReadContext, register: Register, spec: ListSpec, limit: int | None = None) -> array[int]:
    """Return the rowids of a list in order; nothing to who may not read the register."""
    return lists.row_ids(ctx.session, source_of(ctx, register), spec, limit)


def row_of(ctx: ReadContext, register: Register, record_id: UUID) -> int | None:
    """Return where a record lies, None when this person may not know of it."""
    return lists.rowid_of(ctx.session, source_of(ctx, register), record_id)


def page_rows(ctx: ReadContext, register: Register, rowids: Sequence[int]) -> list[RowView]:
    """Return the rows that are still there and readable, in the order asked for."""
    source = source_of(ctx, register)
    columns = register.columns
    names = [column.key for column in columns]
    found = lists.page(ctx.session, source, names, rowids)
    resolved = resolve(ctx, columns, found.values())
    rows = []
    for rowid in rowids:
        row = found.get(rowid)
        if row is None:
            continue
        is_masked = bool(row["masked"])
        cells = tuple(
            MASK
            if is_masked and column.key not in source.open
            else one_line(cell(column, row[column.key], resolved, is_masked=is_masked))
            for column in columns
        )
        rows.append(
            RowView(
                rowid,
                row["id"],
                cells,
                tuple(row[name] for name in names),
                is_masked,
                row["voided_at"] is not None,
                row["confidentiality"],
            )
        )
    return rows


def group_counts(
    ctx: ReadContext, register: Register, spec: ListSpec, attribute: str
) -> list[tuple[Any, str, int]]:
    """Return value, words and number of rows for each value of a column, commonest first."""
    column = getattr(register.model, attribute)
    counts = lists.group_counts(ctx.session, source_of(ctx, register), spec, attribute)
    resolved = resolve(ctx, (column,), [{attribute: value} for value, _ in counts])
    return [(value, cell(column, value, resolved), count) for value, count in counts]


def reference_options(
    ctx: ReadContext, register: Register, words: str, limit: int = 20
) -> list[tuple[UUID, str]]:
    """Return the records that a reference field may point to, by what was typed.

    Raises:
        NotAllowed: the role may not read that register.
    """
    ids = _offered(ctx, register, words, limit)
    names = names_of(ctx, register, ids)
    return [(record_id, names[record_id]) for record_id in ids if record_id in names]


def code_options(ctx: ReadContext, register: Register, words: str, limit: int = 20) -> list[tuple[str, str]]:
    """Return the codes that a field may hold, each with its title and the code beside it, by what was typed.

    Raises:
        NotAllowed: the role may not read that register.
    """
    ids = _offered(ctx, register, words, limit)
    code = code_of(register.model)
    by_id = {
        row[0]: row[1]
        for row in ctx.session.execute(select(register.model.id, code).where(register.model.id.in_(ids)))
    }
    codes = [by_id[record_id] for record_id in ids if by_id.get(record_id)]
    names = names_of(ctx, register, codes)
    return [(found, with_code(names[found], found)) for found in dict.fromkeys(codes) if found in names]


def with_code(words: str, code: Any) -> str:
    """Return a title with its code beside it, to choose among several."""
    return f"{words} · {code}" if words != code else words


def _offered(ctx: ReadContext, register: Register, words: str, limit: int) -> list[UUID]:
    if ctx.rights.ceiling(Action.READ, register.key) is None:
        raise NotAllowed(tr(N_("Su rol no permite consultar {title}."), title=tr(register.title).lower()))
    spec = default_spec(register)
    if register.search:
        spec = ListSpec(words=words, sort=spec.sort, newest_first=spec.newest_first)
    rowids = list_rows(ctx, register, spec, limit)
    found = lists.page(ctx.session, source_of(ctx, register), (), rowids)
    return [found[rowid]["id"] for rowid in rowids if rowid in found]


def resolve(
    ctx: ReadContext, columns: Iterable[Attribute], rows: Iterable[Mapping[str, Any]]
) -> dict[str, Mapping[Any, str]]:
    """Return the names of everything that reference columns point to, one query per column."""
    rows = list(rows)
    resolved: dict[str, Mapping[Any, str]] = {}
    for column in columns:
        info = field_info(column)
        if info.reference in BY_KEY:
            wanted = {row[column.key] for row in rows if row[column.key] is not None}
            resolved[column.key] = names_of(ctx, BY_KEY[info.reference], wanted) if wanted else {}
    return resolved


def cell(
    column: Attribute, value: Any, resolved: Mapping[str, Mapping[Any, str]], *, is_masked: bool = False
) -> str:
    """Return the words of a value; a confidential record shows no more than the code of what it refers to."""
    if value is None:
        return ""
    names = resolved.get(column.key)
    if names is not None and not (is_masked and kind_of(column) is Kind.CODE):
        return names.get(value, tr(N_("Sin acceso")) if isinstance(value, UUID) else str(value))
    return "" if isinstance(value, UUID) else text_of(kind_of(column), value)
