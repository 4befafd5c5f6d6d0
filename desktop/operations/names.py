"""What records and people are called, looked up in one query per register, under the rights of who asks."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, bindparam, case, func, inspect, select

from desktop.core.i18n import N_, tr
from desktop.models.catalogue import BY_KEY
from desktop.models.people import User
from desktop.operations.context import SYSTEM_USER, ReadContext
from desktop.operations.display import one_line, text_of
from desktop.register.access import Action
from desktop.register.kinds import Kind, kind_of
from desktop.register.record import FieldInfo, Record, field_info
from desktop.register.spec import Attribute, Register
from desktop.store import lists
from desktop.store.lists import Source

_OPEN_KINDS = frozenset({Kind.CHOICE, Kind.INSTANT, Kind.DAY, Kind.FLAG})
_OPEN_NAMES = frozenset({"code", "folio", "type_code", "sector"})
_NAME_LENGTH = 90
_OWNERS = {"incident_id": "incidents", "shift_id": "shifts", "unit_id": "units"}


@cache
def open_attributes(model: type[Record]) -> frozenset[str]:
    """Return what may be shown of a confidential record before its reader has said why: numbers, class, times."""
    found = set()
    for attribute in inspect(model).column_attrs:
        column = attribute.columns[0]
        info = column.info.get("field")
        if not isinstance(info, FieldInfo) or info.role == "secret":
            continue
        if kind_of(column) in _OPEN_KINDS or attribute.key in _OPEN_NAMES:
            found.add(attribute.key)
    return frozenset(found)


def owner_of(record: Record) -> tuple[str, UUID] | None:
    """Return the register and id of the record that this one belongs to."""
    name = record.owner_field
    owner_id = getattr(record, name) if name is not None else None
    if name is None or owner_id is None:
        return None
    told = getattr(record, "register", None) or getattr(record, "from_register", None)
    key = owner_register(type(record)) or str(told or "")
    return (key, owner_id) if key in BY_KEY else None


def owner_register(model: type[Record]) -> str:
    """Return the register that a model's rows belong to, empty when each row says it."""
    if model.owner_field is None:
        return ""
    return field_info(getattr(model, model.owner_field)).reference or _OWNERS.get(model.owner_field, "")


def source_of(ctx: ReadContext, register: Register) -> Source:
    """Return a register's table as this person may see it."""
    owner = BY_KEY.get(owner_register(register.model))
    return Source(
        register.model,
        register.key,
        ctx.rights.ceiling(Action.READ, register.key),
        open_attributes(register.model),
        owner.model if owner is not None else None,
        ctx.rights.ceiling(Action.READ, owner.key) if owner is not None else None,
        {column.key: _words_of(register.model, column) for column in register.columns if _is_code(column)},
    )


def code_of(model: type[Record]) -> Any:
    """Return the column by whose value fields of other registers refer to a record (`column(code_of=…)`)."""
    return inspect(model).attrs["code"].class_attribute


def _is_code(column: Attribute) -> bool:
    return kind_of(column) is Kind.CODE and field_info(column).reference in BY_KEY


def _words_of(model: type[Record], column: Attribute) -> ColumnElement[Any]:
    """Return what a code is ordered by: the title that is read, or the code where that is all that is shown."""
    register = BY_KEY[field_info(column).reference]
    code = code_of(register.model)
    titles = [getattr(register.model, field.key) for field in register.name_by if field.key != "code"]
    title = select(titles[0]).where(code == column).limit(1).correlate(model).scalar_subquery()
    return case((lists.is_masked(model), column), else_=func.coalesce(title, column))


def names_of(
    ctx: ReadContext, register: Register, keys: Iterable[Any], *, unlocked: bool = False
) -> Mapping[Any, str]:
    """Return one-line names by id, or by code for references that hold codes; what may not be read is absent.

    A confidential record is named by its class, unless `unlocked`.
    """
    wanted = list(keys)
    if not wanted or ctx.rights.ceiling(Action.READ, register.key) is None:
        return {}
    model = register.model
    by_code = not isinstance(wanted[0], UUID)
    key: Any = code_of(model) if by_code else model.id
    name_by = [column for column in register.name_by if not (by_code and column.key == "code")]
    statement = select(
        key,
        model.confidentiality,
        lists.is_masked(model),
        *[getattr(model, column.key) for column in name_by],
    ).where(
        key.in_(bindparam("keys", wanted, expanding=True, type_=Text() if by_code else model.id.type)),
        lists.readable(source_of(ctx, register)),
    )
    allowed = open_attributes(model)
    names = {}
    rows = ctx.session.execute(statement).all()
    codes: dict[str, Mapping[Any, str]] = {}
    for place, column in enumerate(name_by, start=3):
        reference = field_info(column).reference
        if reference in BY_KEY and BY_KEY[reference] is not register:
            codes[column.key] = names_of(ctx, BY_KEY[reference], {row[place] for row in rows if row[place]})
    for row in rows:
        is_masked = bool(row[2]) and not unlocked
        parts = []
        for column, value in zip(name_by, row[3:], strict=True):
            if value is None or value == "" or (is_masked and column.key not in allowed):
                continue
            known = {} if is_masked else codes.get(column.key, {})
            parts.append(known.get(value) or text_of(kind_of(column), value))
        if is_masked:
            parts.append(tr(N_("(reservado)")))
        names[row[0]] = _short(" · ".join(parts)) or tr(register.singular)
    return names


def title_of(ctx: ReadContext, column: Attribute, value: Any) -> str:
    """Return what stands behind a code, empty when the column holds none or nobody has that code."""
    if not _is_code(column) or not value:
        return ""
    return names_of(ctx, BY_KEY[field_info(column).reference], (value,)).get(value, "")


def hidden_name(register: Register, record: Record) -> str:
    """Return what a confidential record is called before it is opened."""
    allowed = open_attributes(register.model)
    parts = [
        text_of(kind_of(column), getattr(record, column.key))
        for column in register.name_by
        if column.key in allowed and getattr(record, column.key)
    ]
    return " · ".join(parts) or tr(register.singular)


def people_names(ctx: ReadContext, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of those who wrote; authorship is not a secret of the user register."""
    wanted = set(ids)
    names = {SYSTEM_USER: tr(N_("Sistema"))}
    rows = ctx.session.execute(select(User.id, User.full_name).where(User.id.in_(wanted)))
    names.update({row[0]: row[1] for row in rows})
    if ctx.actor.user_id in wanted:
        names.setdefault(ctx.actor.user_id, ctx.actor.name)
    return {record_id: names[record_id] for record_id in wanted if record_id in names}


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _NAME_LENGTH else line[: _NAME_LENGTH - 1].rstrip() + "…"
