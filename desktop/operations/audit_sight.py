"""What somebody who audits may see of the records that a change-set touches: their values, their code, or nothing.

Values need the same right as opening the record, and its reason where one is asked; a row that belongs to a record
is no more open than that record. The code needs the right to audit up to the record's confidentiality and a right,
however small, to read its register: of a register that the role may not enter at all, not even a code is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select

from desktop.models.catalogue import BY_KEY, BY_TABLE
from desktop.operations.context import ReadContext
from desktop.operations.names import owner_register, source_of
from desktop.operations.record_queries import is_unlocked
from desktop.register.access import Action
from desktop.register.spec import Register
from desktop.store import lists

AUDIT = "audit"
"""The name under which roles are granted the audit; it is no register."""
_CHUNK = 900


@dataclass(frozen=True, slots=True)
class Sight:
    """One record as the reader may see it. `subject` is what a person would open: its owner, or itself."""

    shows_values: bool
    shows_code: bool
    code: str
    subject: tuple[str, UUID]


def sights(
    ctx: ReadContext, touched: Mapping[str, Iterable[bytes]], *, unlocking: bool = False
) -> dict[bytes, Sight]:
    """Return what may be seen of records given by table and id; what is not in this file is absent.

    `unlocking` also asks whether the reader opened a confidential record with its reason a moment ago.
    """
    found: dict[bytes, Sight] = {}
    for table, ids in touched.items():
        register = BY_TABLE.get(table)
        if register is not None:
            found.update(_of_register(ctx, register, [UUID(bytes=pk) for pk in ids], unlocking))
    return found


def _of_register(
    ctx: ReadContext, register: Register, ids: list[UUID], unlocking: bool
) -> dict[bytes, Sight]:
    rows: list[Any] = []
    model = register.model
    owner_name = model.owner_field
    columns = (
        model.id,
        model.confidentiality,
        lists.is_masked(model).label("masked"),
        lists.readable(source_of(ctx, register)).label("readable"),
        getattr(model, "code", literal("")).label("code"),
        (getattr(model, owner_name) if owner_name is not None else literal(None)).label("owner"),
        getattr(model, "register", getattr(model, "from_register", literal(""))).label("told"),
    )
    for chunk in _chunks(ids):
        rows.extend(ctx.session.execute(select(*columns).where(model.id.in_(chunk))))
    owner_key = owner_register(model)
    owners: dict[str, set[bytes]] = {}
    for row in rows:
        key = owner_key or str(row.told or "")
        if row.owner is not None and key in BY_KEY:
            owners.setdefault(BY_KEY[key].model.__tablename__, set()).add(row.owner.bytes)
    of_owners = sights(ctx, owners, unlocking=unlocking)
    enters = ctx.rights.ceiling(Action.READ, register.key) is not None
    found = {}
    for row in rows:
        shows = bool(row.readable)
        if shows and row.masked:
            shows = unlocking and is_unlocked(ctx, register, ctx.get(model, row.id))
        knows = enters and ctx.rights.may(Action.READ, AUDIT, row.confidentiality)
        code, subject = str(row.code or ""), (register.key, row.id)
        key = owner_key or str(row.told or "")
        if row.owner is not None and key in BY_KEY:
            owner = of_owners.get(row.owner.bytes)
            shows = shows and owner is not None and owner.shows_values
            knows = knows and owner is not None and owner.shows_code
            code = owner.code if owner is not None else ""
            subject = owner.subject if owner is not None else (key, row.owner)
        found[row.id.bytes] = Sight(shows, knows, code if shows or knows else "", subject)
    return found


def _chunks(ids: list[UUID]) -> Iterable[list[UUID]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
