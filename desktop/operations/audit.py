"""The journal as an auditor reads it: who did what, when, where and to which record, newest first.

Every line shows that something happened; what happened only to whoever may read the record (`audit_sight.py`). Words
are looked for in what the reader is shown and nowhere else, so a search never tells what a line hides.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from desktop.core import formats
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.models.catalogue import BY_KEY, BY_TABLE, REGISTERS
from desktop.models.people import User
from desktop.operations.audit_sight import AUDIT, Sight, sights
from desktop.operations.context import SYSTEM_USER, Context, ReadContext
from desktop.operations.history import (
    Changed,
    FieldChange,
    changed_fields,
    field_change,
    op_title,
    referred_names,
)
from desktop.operations.incidents.find import find_incident
from desktop.operations.names import people_names
from desktop.operations.query_values import ColumnView, RowView
from desktop.register.access import Action
from desktop.register.choice import Choice
from desktop.register.kinds import Kind
from desktop.register.record import Confidentiality, Numbered, Scope
from desktop.store.journal_walk import Place, Span, Stored, earlier, entries, numbers, walk
from desktop.store.tables import REPLICA
from wire.changes import ChangeSet, Op, OpKind, decode
from wire.clock import wall_ms_of

_BATCH = 128
_NEAR, _FAR = 60, 2_000
"""How many earlier entries of a record are searched for the values before: in a list of many lines, and of one."""
_NEW = frozenset({OpKind.CREATE, OpKind.APPEND})


class Act(Choice):
    """Kinds of act by which the journal is searched."""

    CREATE = "create", N_("Creación")
    CHANGE = "change", N_("Cambio")
    VOID = "void", N_("Anulación")
    READ = "read", N_("Apertura de reservado")
    PRINT = "print", N_("Impresión")
    EXPORT = "export", N_("Exportación")
    IMPORT = "import", N_("Importación")
    SIGN_IN = "sign_in", N_("Ingreso al programa")
    CONSULT = "consult", N_("Consulta de auditoría")


_VERBS = {
    "void": Act.VOID,
    "restore": Act.VOID,
    "read": Act.READ,
    "print": Act.PRINT,
    "export": Act.EXPORT,
    "import": Act.IMPORT,
    "undo": Act.IMPORT,
    "sign_in": Act.SIGN_IN,
    "consult": Act.CONSULT,
}
_SCOPES = {scope.value: scope.label for scope in Scope}
_ACCESS = frozenset({Act.READ, Act.PRINT, Act.EXPORT})
"""Acts whose reason says why somebody looked; the auditor of a register reads it without seeing the record."""

COLUMNS = (
    ColumnView("at", N_("Fecha y hora"), Kind.TEXT, True),
    ColumnView("who", N_("Persona"), Kind.TEXT, True),
    ColumnView("title", N_("Acto"), Kind.TEXT, True),
    ColumnView("subject", N_("Registro"), Kind.TEXT, True),
    ColumnView("code", N_("Folio"), Kind.TEXT, True),
    ColumnView("reason", N_("Motivo"), Kind.TEXT, True),
    ColumnView("station", N_("Estación"), Kind.TEXT, True),
)


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What is looked for; what is left empty does not narrow. `until` is not included."""

    since: datetime | None = None
    until: datetime | None = None
    person: UUID | None = None
    station: str = ""
    register: str = ""
    folio: str = ""
    act: Act | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Touched:
    """One record of a line. A hidden one has no changes."""

    register: str
    key: str
    record: tuple[str, UUID] | None
    """Register and id of what a person would open to see it, when they may know of it."""
    code: str
    changes: tuple[FieldChange, ...]
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One change-set as the reader may see it."""

    place: Place
    at: datetime
    who: str
    station: str
    act: Act
    title: str
    subject: str
    code: str
    reason: str
    scope: str
    replica: int
    seq: int
    hash: str
    prev: str
    touched: tuple[Touched, ...]

    @property
    def is_hidden(self) -> bool:
        """Tell whether some of what happened is not shown."""
        return not self.touched or any(part.is_hidden for part in self.touched)

    @property
    def cells(self) -> tuple[str, ...]:
        """Return its words in the order of `COLUMNS`."""
        at = formats.day_time_s(self.at)
        return (at, self.who, self.title, self.subject, self.code, self.reason, self.station)


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some lines and where the next page begins, None after the last."""

    lines: tuple[AuditLine, ...]
    after: Place | None


@dataclass(frozen=True, slots=True)
class AuditChoices:
    """What a search may be narrowed to."""

    people: tuple[tuple[UUID, str], ...]
    stations: tuple[str, ...]
    registers: tuple[tuple[str, str], ...]


def note_consultation(ctx: Context) -> None:
    """Leave in the journal that the person looks at the audit.

    Raises:
        NotAllowed: the role may not audit.
    """
    ctx.rights.check(Action.READ, AUDIT)
    ctx.name_operation("audit.consult")
    ctx.unit.capture.read(ctx.get(User, ctx.actor.user_id))


def audit_choices(ctx: ReadContext) -> AuditChoices:
    """Return the people, stations and registers that the journal may name.

    Raises:
        NotAllowed: the role may not audit.
    """
    ctx.rights.check(Action.READ, AUDIT)
    people = ctx.session.execute(select(User.id, User.full_name).order_by(User.full_name))
    stations = ctx.session.scalars(select(REPLICA.c.station).distinct().order_by(REPLICA.c.station))
    readable = [one for one in REGISTERS if ctx.rights.ceiling(Action.READ, one.key) is not None]
    return AuditChoices(
        ((SYSTEM_USER, tr(N_("Sistema"))), *((row[0], row[1]) for row in people)),
        tuple(stations),
        tuple(
            sorted(((one.key, tr(one.title)) for one in readable), key=lambda pair: formats.sort_key(pair[1]))
        ),
    )


def audit_lines(
    ctx: ReadContext,
    query: AuditQuery,
    *,
    after: Place | None = None,
    limit: int = _BATCH,
    up_to: int | None = None,
    with_before: bool = False,
) -> AuditPage:
    """Return the next `limit` lines after a place, without those written after number `up_to`.

    Raises:
        NotAllowed: the role may not audit.
    """
    ctx.rights.check(Action.READ, AUDIT)
    found = list(islice(_matching(ctx, query, after, up_to, _NEAR if with_before else 0), limit + 1))
    lines = tuple(found[:limit])
    return AuditPage(lines, lines[-1].place if len(found) > limit else None)


def audit_numbers(ctx: ReadContext, query: AuditQuery, limit: int | None = None) -> array[int]:
    """Return the numbers of all lines in order, for a list that scrolls; `limit` for a first screenful.

    Raises:
        NotAllowed: the role may not audit.
    """
    ctx.rights.check(Action.READ, AUDIT)
    if query.words.strip():
        return array("q", islice((line.place.n for line in _matching(ctx, query, None, None, 0)), limit))
    span = span_of(ctx, query)
    if not (query.register or query.act):
        return array("q", numbers(ctx.session, span, limit))
    chosen = (stored.n for stored in walk(ctx.session, span) if _is_chosen(decode(stored.body), query))
    return array("q", islice(chosen, limit))


def audit_rows(ctx: ReadContext, wanted: Sequence[int]) -> list[RowView]:
    """Return the lines with those numbers as rows of a list.

    Raises:
        NotAllowed: the role may not audit.
    """
    ctx.rights.check(Action.READ, AUDIT)
    lines = _lines(ctx, [(one, decode(one.body)) for one in entries(ctx.session, list(wanted))], 0)
    return [
        RowView(
            line.place.n,
            UUID(int=line.place.n),
            line.cells,
            line.cells,
            line.is_hidden,
            False,
            Confidentiality.INTERNAL,
        )
        for line in lines
    ]


def audit_line(ctx: ReadContext, number: int) -> AuditLine:
    """Return one line with what was before and after.

    Raises:
        NotAllowed: the role may not audit.
        UserError: there is no such line.
    """
    ctx.rights.check(Action.READ, AUDIT)
    found = [(one, decode(one.body)) for one in entries(ctx.session, [number])]
    if not found:
        raise UserError(tr(N_("Esa línea no está en la bitácora de esta estación.")))
    return _lines(ctx, found, _FAR, unlocking=True)[0]


def read_moment(text: str) -> datetime | None:
    """Return the instant of `22-11-2026 08:00`, the first of `22-11-2026`, None of nothing.

    Raises:
        ValueError: it is neither.
    """
    said = text.strip()
    if not said:
        return None
    return formats.parse_instant(said) if " " in said else formats.civil_instant(formats.parse_day(said), 0)


def span_of(ctx: ReadContext, query: AuditQuery, up_to: int | None = None) -> Span:
    """Return the part of a search that the journal's columns answer."""
    replicas = None
    if query.station:
        replicas = tuple(
            ctx.session.scalars(select(REPLICA.c.replica).where(REPLICA.c.station == query.station))
        )
    return Span(
        _instant(query.since),
        _instant(query.until),
        query.person.bytes if query.person is not None else None,
        replicas,
        _records_called(ctx, query.folio) if query.folio.strip() else None,
        _table_of(query.register).encode() if query.register else None,
        up_to,
    )


def _instant(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000) << 16


def _records_called(ctx: ReadContext, folio: str) -> tuple[bytes, ...]:
    """Return the ids of the records with that code or folio, as far as the reader may know of them."""
    said = "".join(folio.upper().split())
    called: dict[str, set[bytes]] = {}
    for register in REGISTERS:
        model: Any = register.model
        if issubclass(model, Numbered):
            ids = ctx.session.scalars(select(model.id).where(or_(model.code == said, model.folio == said)))
            called.setdefault(model.__tablename__, set()).update(one.bytes for one in ids)
    incidents = BY_KEY["incidents"].model.__tablename__
    called.setdefault(incidents, set()).update(one.id.bytes for one in find_incident(ctx, folio))
    seen = sights(ctx, called)
    return tuple(pk for pk, sight in seen.items() if sight.shows_values or sight.shows_code)


def _matching(
    ctx: ReadContext, query: AuditQuery, after: Place | None, up_to: int | None, back: int
) -> Iterator[AuditLine]:
    words = formats.fold_text(query.words).split()
    chosen = (
        (stored, change_set)
        for stored in walk(ctx.session, span_of(ctx, query, up_to), after)
        if _is_chosen(change_set := decode(stored.body), query)
    )
    while batch := list(islice(chosen, _BATCH)):
        for line in _lines(ctx, batch, back):
            if not words or _holds(line, words):
                yield line


def _is_chosen(change_set: ChangeSet, query: AuditQuery) -> bool:
    if query.act is not None and _act(change_set) is not query.act:
        return False
    if not query.register:
        return True
    table = _table_of(query.register)
    return any(op.table == table for op in change_set.ops)


def _table_of(key: str) -> str:
    return BY_KEY[key].model.__tablename__ if key in BY_KEY else key


def _holds(line: AuditLine, words: Sequence[str]) -> bool:
    shown = [*line.cells]
    for part in line.touched:
        shown += [part.register, part.code]
        for change in part.changes:
            shown += [change.label, change.new]
    text = formats.fold_text(" ".join(shown))
    return all(word in text for word in words)


def _act(change_set: ChangeSet) -> Act:
    verb = change_set.operation.rpartition(".")[2]
    if verb in _VERBS:
        return _VERBS[verb]
    kinds = {op.kind for op in change_set.ops}
    if kinds == {OpKind.READ}:
        return Act.READ
    first = change_set.ops[0].kind if change_set.ops else OpKind.SET
    return Act.CREATE if first in _NEW else Act.CHANGE


def _lines(
    ctx: ReadContext, batch: Iterable[tuple[Stored, ChangeSet]], back: int, *, unlocking: bool = False
) -> list[AuditLine]:
    read = list(batch)
    touched: dict[str, set[bytes]] = {}
    for _, change_set in read:
        for op in change_set.ops:
            touched.setdefault(op.table, set()).add(op.pk)
    seen = sights(ctx, touched, unlocking=unlocking)
    changed: dict[tuple[int, int], list[Changed]] = {}
    for stored, change_set in read:
        for place, op in enumerate(change_set.ops):
            if op.pk in seen and seen[op.pk].shows_values:
                known = _before(ctx, op, stored.n, back) if op.kind not in _NEW and back else {}
                changed[(stored.n, place)] = changed_fields(op, known)
    names = referred_names(ctx, [change for found in changed.values() for change in found])
    people = people_names(ctx, {UUID(bytes=change_set.actor) for _, change_set in read})
    stations = {row[0]: row[1] for row in ctx.session.execute(select(REPLICA.c.replica, REPLICA.c.station))}
    lines = []
    for stored, change_set in read:
        parts = tuple(
            _touched(
                op,
                seen.get(op.pk),
                tuple(field_change(one, names) for one in changed.get((stored.n, place), ())),
            )
            for place, op in enumerate(change_set.ops)
        )
        who = people.get(UUID(bytes=change_set.actor), tr(N_("Desconocido/a")))
        lines.append(_line(stored, change_set, parts, who, stations.get(stored.replica, "")))
    return lines


def _before(ctx: ReadContext, op: Op, number: int, back: int) -> dict[tuple[bytes, str], Any]:
    known: dict[tuple[bytes, str], Any] = {}
    for body in earlier(ctx.session, op.pk, number, back):
        for older in decode(body).ops:
            if older.pk == op.pk and older.table == op.table:
                changed_fields(older, known)
    return known


def _touched(op: Op, sight: Sight | None, changes: tuple[FieldChange, ...]) -> Touched:
    register = BY_TABLE.get(op.table)
    title = tr(register.singular) if register is not None else tr(N_("Otro registro"))
    key = register.key if register is not None else ""
    if sight is None:
        return Touched(title, key, None, "", (), True)
    knows = sight.shows_values or sight.shows_code
    return Touched(title, key, sight.subject if knows else None, sight.code, changes, not sight.shows_values)


def _line(
    stored: Stored, change_set: ChangeSet, parts: tuple[Touched, ...], who: str, station: str
) -> AuditLine:
    act = _act(change_set)
    is_open = bool(parts) and not any(part.is_hidden for part in parts)
    knows = bool(parts) and all(part.record is not None for part in parts)
    first = parts[0] if parts else None
    register = BY_KEY.get(first.key) if first is not None else None
    title = tr(act.label)
    if register is not None and (is_open or act in _ACCESS):
        title = op_title(change_set.operation, change_set.ops[0], register)
    return AuditLine(
        stored.place,
        datetime.fromtimestamp(wall_ms_of(stored.hlc) / 1000, UTC),
        who,
        station,
        act,
        title,
        _subject(parts),
        first.code if first is not None else "",
        change_set.reason or "" if is_open or (knows and act in _ACCESS) else "",
        tr(_SCOPES[change_set.scope]) if change_set.scope in _SCOPES else change_set.scope,
        stored.replica,
        stored.seq,
        stored.hash.hex(),
        stored.prev.hex(),
        parts,
    )


def _subject(parts: tuple[Touched, ...]) -> str:
    if not parts:
        return tr(N_("Otro registro"))
    first = parts[0]
    name = first.register
    if first.record is not None and first.record[0] in BY_KEY:
        name = tr(BY_KEY[first.record[0]].singular)
    others = len({part.record for part in parts}) - 1
    return name if others < 1 else tr(N_("{name} y {count} más"), name=name, count=others)
