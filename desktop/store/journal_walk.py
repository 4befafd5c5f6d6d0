"""Walking the journal newest first, in pages that begin where the last one ended: no slower at the end."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from desktop.store.tables import JOURNAL, JOURNAL_TOUCH

_BATCH = 256


class Place(NamedTuple):
    """Where a walk stands: the hybrid instant and number of an entry."""

    hlc: int
    n: int


class Stored(NamedTuple):
    """One change-set as the file holds it."""

    n: int
    hlc: int
    seq: int
    replica: int
    prev: bytes
    hash: bytes
    body: bytes

    @property
    def place(self) -> Place:
        """Return where it stands in the walk."""
        return Place(self.hlc, self.n)


@dataclass(frozen=True, slots=True)
class Span:
    """Which entries; None does not narrow. `since` and `until` are hybrid instants, `until` is not included.

    `records` are ids of which an entry touches at least one; `holding` are bytes that its body has somewhere, a sieve
    before it is read; `up_to` is the last number that is looked at.
    """

    since: int | None = None
    until: int | None = None
    actor: bytes | None = None
    replicas: tuple[int, ...] | None = None
    records: tuple[bytes, ...] | None = None
    holding: bytes | None = None
    up_to: int | None = None


_COLUMNS = (
    JOURNAL.c.n,
    JOURNAL.c.hlc,
    JOURNAL.c.seq,
    JOURNAL.c.replica,
    JOURNAL.c.prev,
    JOURNAL.c.hash,
    JOURNAL.c.body,
)


def walk(session: Session, span: Span, after: Place | None = None) -> Iterator[Stored]:
    """Yield the entries of `span`, newest first, beginning after `after`; memory does not grow with their number."""
    while True:
        statement = _narrowed(select(*_COLUMNS), span, after).limit(_BATCH)
        rows = [Stored(*row) for row in session.execute(statement)]
        yield from rows
        if len(rows) < _BATCH:
            return
        after = rows[-1].place


def numbers(session: Session, span: Span, limit: int | None = None) -> Iterator[int]:
    """Yield the numbers of the entries of `span`, newest first, without reading what they hold."""
    statement = _narrowed(select(JOURNAL.c.n), span, None)
    if limit is not None:
        statement = statement.limit(limit)
    for row in session.execute(statement.execution_options(yield_per=10_000)):
        yield row[0]


def entries(session: Session, wanted: list[int]) -> list[Stored]:
    """Return the entries with those numbers, in no order."""
    return [Stored(*row) for row in session.execute(select(*_COLUMNS).where(JOURNAL.c.n.in_(wanted)))]


def earlier(session: Session, record_id: bytes, before: int, limit: int) -> list[bytes]:
    """Return the bodies of the last `limit` entries before number `before` that touch a record, oldest first."""
    touching = (
        select(JOURNAL_TOUCH.c.n)
        .where(JOURNAL_TOUCH.c.record_id == record_id, JOURNAL_TOUCH.c.n < before)
        .order_by(JOURNAL_TOUCH.c.n.desc())
        .limit(limit)
    )
    statement = select(JOURNAL.c.body).where(JOURNAL.c.n.in_(touching)).order_by(JOURNAL.c.n)
    return list(session.execute(statement).scalars())


def last_number(session: Session) -> int:
    """Return the number of the entry that was written last, 0 when there is none."""
    return session.scalar(select(JOURNAL.c.n).order_by(JOURNAL.c.n.desc()).limit(1)) or 0


def _narrowed(statement: Select[Any], span: Span, after: Place | None) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = []
    if span.since is not None:
        conditions.append(JOURNAL.c.hlc >= span.since)
    if span.until is not None:
        conditions.append(JOURNAL.c.hlc < span.until)
    if span.actor is not None:
        conditions.append(JOURNAL.c.actor == span.actor)
    if span.replicas is not None:
        conditions.append(JOURNAL.c.replica.in_(span.replicas))
    if span.up_to is not None:
        conditions.append(JOURNAL.c.n <= span.up_to)
    if span.records is not None:
        touched = select(JOURNAL_TOUCH.c.n).where(JOURNAL_TOUCH.c.record_id.in_(span.records))
        conditions.append(JOURNAL.c.n.in_(touched))
    if span.holding is not None:
        conditions.append(func.instr(JOURNAL.c.body, span.holding) > 0)
    if after is not None:
        conditions.append(tuple_(JOURNAL.c.hlc, JOURNAL.c.n) < tuple_(after.hlc, after.n))
    return statement.where(*conditions).order_by(JOURNAL.c.hlc.desc(), JOURNAL.c.n.desc())
