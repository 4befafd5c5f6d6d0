"""One search box over everything: words, numbers, RUN, telephones and plates; accents ignored, rights respected."""

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from desktop.core import formats
from desktop.core.i18n import tr
from desktop.models.catalogue import BY_KEY, REGISTERS
from desktop.models.incidents.register import INCIDENTS
from desktop.operations.context import ReadContext
from desktop.operations.display import one_line, text_of
from desktop.operations.incidents.find import find_incident
from desktop.operations.names import names_of, open_attributes, owner_of, title_of
from desktop.operations.record_queries import is_confidential, may_know
from desktop.register.access import Action
from desktop.register.kinds import Kind, kind_of
from desktop.register.record import Numbered, Record
from desktop.register.spec import Register
from desktop.store.search import Hit

_NUMBER = re.compile(r"[A-Za-z]{0,4}[- ]?[\dA-Za-z-]*\d[\dA-Za-z-]*")
_SUBTITLE_KINDS = frozenset(
    {Kind.INSTANT, Kind.CHOICE, Kind.TEXT, Kind.CODE, Kind.PHONE, Kind.PLATE, Kind.RUN}
)
_SUBTITLE_PARTS = 3


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Something found. `register` and `record_id` are what Enter opens; `kind` is what was found, in words.

    `is_exact` marks a record called by that very number: Enter opens it without choosing.
    """

    register: str
    record_id: UUID
    title: str
    subtitle: str
    kind: str
    icon: str
    is_exact: bool = False


def search_everything(ctx: ReadContext, text: str, limit: int = 30) -> list[SearchHit]:
    """Return what `text` finds, the record with that number first, then the newest that hold every word.

    What belongs to a record (a line, a person, a vehicle) opens that record.
    """
    words = text.strip()
    if not words:
        return []
    exact = _by_number(ctx, words)
    found: dict[tuple[str, UUID], None] = dict.fromkeys(exact)
    readable = {}
    for register in REGISTERS:
        ceiling = ctx.rights.ceiling(Action.READ, register.key)
        if register.search and ceiling is not None:
            readable[register.key] = ceiling.rank
    for query in _ways_to_say(words):
        for hit in ctx.search.find(ctx.session.connection(), query, readable, limit * 2):
            found.setdefault((hit.register, hit.record_id))
    return _views(ctx, [Hit(*key) for key in found], frozenset(exact), limit)


def _ways_to_say(words: str) -> Iterable[str]:
    """Return the query as typed and, where it is a RUN, telephone or plate, as it is stored."""
    ways = [words]
    compact = "".join(words.split())
    if formats.is_run(compact) and len(compact) > 7:
        ways.insert(0, formats.normalise_run(compact))
    digits = sum(sign.isdigit() for sign in compact)
    if digits >= 8:
        with contextlib.suppress(ValueError):
            ways.append(formats.normalise_phone(compact))
    if 5 <= len(compact) <= 9 and any(map(str.isalpha, compact)) and digits >= 2:
        ways.append(formats.normalise_plate(compact))
    return dict.fromkeys(ways)


def _by_number(ctx: ReadContext, words: str) -> list[tuple[str, UUID]]:
    if not _NUMBER.fullmatch(words):
        return []
    found = [("incidents", ref.id) for ref in find_incident(ctx, words)]
    said = "".join(words.upper().split())
    for register in REGISTERS:
        model = register.model
        ceiling = ctx.rights.ceiling(Action.READ, register.key)
        if ceiling is None or register is INCIDENTS or not issubclass(model, Numbered):
            continue
        ids = ctx.session.scalars(
            select(model.id)
            .where(or_(model.code == said, model.folio == said), model.voided_at.is_(None))
            .limit(5)
        )
        found.extend((register.key, record_id) for record_id in ids)
    return found


def _views(
    ctx: ReadContext, hits: list[Hit], exact: frozenset[tuple[str, UUID]], limit: int
) -> list[SearchHit]:
    records: dict[tuple[str, UUID], Record] = {}
    by_register: dict[str, list[UUID]] = {}
    for hit in hits:
        by_register.setdefault(hit.register, []).append(hit.record_id)
    for key, ids in by_register.items():
        model = BY_KEY[key].model
        for record in ctx.session.scalars(select(model).where(model.id.in_(ids))):
            records[(key, record.id)] = record
    views: list[SearchHit] = []
    seen: set[tuple[str, UUID, str]] = set()
    names = {key: dict(names_of(ctx, BY_KEY[key], ids)) for key, ids in by_register.items()}
    owners: dict[str, set[UUID]] = {}
    openable: dict[tuple[str, UUID], tuple[str, UUID]] = {}
    for place, record in records.items():
        owner = owner_of(record)
        openable[place] = place if owner is None else owner
        if owner is not None:
            owners.setdefault(owner[0], set()).add(owner[1])
    owner_names = {key: names_of(ctx, BY_KEY[key], ids) for key, ids in owners.items()}
    for hit in hits:
        place = (hit.register, hit.record_id)
        found = records.get(place)
        if found is None or found.voided_at is not None or len(views) >= limit:
            continue
        register = BY_KEY[hit.register]
        if not may_know(ctx, register, found) or hit.record_id not in names[hit.register]:
            continue
        opens = openable[place]
        owner_name = owner_names.get(opens[0], {}).get(opens[1], "") if opens != place else ""
        title = names[hit.register][hit.record_id]
        subtitle = owner_name or _subtitle(ctx, register, found)
        if opens != place and _is_hidden(ctx, opens):
            title, subtitle = owner_name, tr(register.singular)
        view = SearchHit(
            opens[0], opens[1], title, subtitle, tr(register.singular), register.icon, place in exact
        )
        if (opens[0], opens[1], title) not in seen:
            seen.add((opens[0], opens[1], title))
            views.append(view)
    return views


def _is_hidden(ctx: ReadContext, place: tuple[str, UUID]) -> bool:
    owner = ctx.session.get(BY_KEY[place[0]].model, place[1])
    return owner is not None and is_confidential(owner)


def _subtitle(ctx: ReadContext, register: Register, record: Record) -> str:
    allowed = open_attributes(register.model) if is_confidential(record) else None
    named = {column.key for column in register.name_by}
    parts = []
    for column in register.columns:
        value = getattr(record, column.key)
        if column.key in named or not value or kind_of(column) not in _SUBTITLE_KINDS:
            continue
        if allowed is None or column.key in allowed:
            title = "" if allowed is not None else title_of(ctx, column, value)
            parts.append(one_line(title or text_of(kind_of(column), value)))
        if len(parts) == _SUBTITLE_PARTS:
            break
    return " · ".join(parts)
