"""One transaction: rows, journal, search index and announcement together, or nothing at all."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from sqlalchemy import Connection, TextClause, bindparam, event, insert, select, update
from sqlalchemy import inspect as sqlalchemy_inspect
from sqlalchemy.orm import ORMExecuteState, Session

from desktop.core.clock import SANTIAGO, Clock
from desktop.core.events import Changes
from desktop.core.ids import new_id, radio_code
from desktop.register.record import Numbered, Record
from desktop.store.capture import Authorship, Capture, codecs_of
from desktop.store.journal import Entry, Journal
from desktop.store.search import SearchIndex
from desktop.store.tables import CODE_COUNTER
from wire.clock import HybridClock, wall_ms_of

T = TypeVar("T")
_READS = re.compile(r"\s*(SELECT|EXPLAIN)\b", re.IGNORECASE)
_SETTLE = "DELETE FROM rival WHERE record_id = ? AND field_group = ?"
_ROUND_THE_JOURNAL = "records are written as objects or through add_rows, so that the journal sees them"
_OWN_TRANSACTION = "the unit of work ends its transaction; operations only return or raise"


@dataclass(frozen=True, slots=True)
class Author:
    """On whose behalf and from which station a unit of work writes."""

    user_id: UUID
    station: str
    device: str


@dataclass(slots=True)
class UnitOfWork:
    """The running write: what operations reach through their context beside the session."""

    session: Session
    at: datetime
    author: Author
    capture: Capture
    search: SearchIndex
    operation: str = ""
    reason: str | None = None
    local: list[Callable[[], None]] = field(default_factory=list)

    def allot_code(self, model: type[Numbered]) -> str:
        """Return the next code of a numbered model."""
        return self.allot_codes(model, 1)[0]

    def allot_codes(self, model: type[Numbered], count: int) -> list[str]:
        """Return the next codes of a numbered model for the civil year of Santiago; part of this transaction."""
        year = self.at.astimezone(SANTIAGO).year
        connection = self.session.connection()
        last = connection.scalar(
            CODE_COUNTER.select()
            .with_only_columns(CODE_COUNTER.c.last)
            .where(CODE_COUNTER.c.prefix == model.prefix, CODE_COUNTER.c.year == year)
        )
        before = int(last or 0)
        if last is None:
            connection.execute(CODE_COUNTER.insert(), {"prefix": model.prefix, "year": year, "last": count})
        else:
            connection.execute(
                CODE_COUNTER.update()
                .where(CODE_COUNTER.c.prefix == model.prefix, CODE_COUNTER.c.year == year)
                .values(last=before + count)
            )
        return [
            radio_code(model.prefix, year, self.author.device, number)
            for number in range(before + 1, before + count + 1)
        ]

    def add_rows(self, model: type[Record], rows: list[dict[str, Any]]) -> None:
        """Write many new records given as plain values, journalled and indexed like any other."""
        if not rows:
            return
        complete = self.capture.add_rows(model, rows)
        table: Any = model.__table__
        defaults = {codec.attribute: codec.default for codec in codecs_of(model)}
        self.session.connection().execute(insert(table), complete)
        self.search.put_rows(
            self.session.connection(),
            model.__tablename__,
            [{**defaults, **row, "id": full["id"]} for row, full in zip(rows, complete, strict=True)],
            fresh=True,
        )

    def set_rows(self, model: type[Record], ids: list[UUID], values: dict[str, Any]) -> None:
        """Give many records the same values, journalled and indexed; objects already loaded are read again."""
        if not ids:
            return
        self.session.flush()
        table: Any = model.__table__
        connection = self.session.connection()
        found = connection.execute(select(table.c.id, table.c["_d"]).where(table.c.id.in_(ids)))
        rows = self.capture.set_rows(model, {row[0]: row[1] for row in found}, values)
        mapper = sqlalchemy_inspect(model)
        author = self.capture.authorship
        stored = {mapper.column_attrs[name].columns[0].name: value for name, value in values.items()}
        change = (
            update(table).where(table.c.id == bindparam("pk")).values({**stored, "_d": bindparam("heads")})
        )
        authorship = {"modified_at": author.at, "modified_by": author.actor, "station": author.station}
        for is_latest, statement in ((True, change.values(authorship)), (False, change)):
            some = [{"pk": row["pk"], "heads": row["heads"]} for row in rows if row["is_latest"] is is_latest]
            if some:
                connection.execute(statement, some)
        for record_id in ids:
            loaded = self.session.identity_map.get(self.session.identity_key(model, record_id))
            if loaded is not None:
                self.session.expire(loaded)
        if values.get("voided_at") is not None:
            self.search.forget(connection, ids)
        else:
            self.search.read_again(connection, model, ids)


def _refuse_unjournalled(state: ORMExecuteState) -> None:
    is_writing_text = isinstance(state.statement, TextClause) and not _READS.match(state.statement.text)
    if state.is_insert or state.is_update or state.is_delete or is_writing_text:
        raise RuntimeError(_ROUND_THE_JOURNAL)


class WriteSession(Session):
    """A session whose doors past the journal are shut."""

    def _refuse(self, *_args: Any, **_options: Any) -> NoReturn:
        raise RuntimeError(_ROUND_THE_JOURNAL)

    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _refuse


@contextmanager
def _undivided(session: Session) -> Iterator[None]:
    """Refuse that an operation ends its own transaction, or takes part of it back without the journal knowing."""
    is_taken_back = False

    def refuse(*_: object) -> NoReturn:
        raise RuntimeError(_OWN_TRANSACTION)

    def note(*_: object) -> None:
        nonlocal is_taken_back
        is_taken_back = True

    event.listen(session, "before_commit", refuse)
    event.listen(session, "after_soft_rollback", note)
    try:
        yield
    finally:
        event.remove(session, "before_commit", refuse)
        event.remove(session, "after_soft_rollback", note)
    if is_taken_back:
        raise RuntimeError(_OWN_TRANSACTION)


class Transactions:
    """Opens units of work on the writer's connection."""

    def __init__(self, clock: Clock, journal: Journal, search: SearchIndex, station: str) -> None:
        self._clock = clock
        self._station = station
        self._journal = journal
        self._search = search
        self._hybrid: HybridClock | None = None

    def observe(self, connection: Connection, instants: Iterable[int]) -> None:
        """Move past instants seen from elsewhere: what is written next comes after them in every list."""
        hybrid = self._running(connection)
        wall_ms = int(self._clock.now().timestamp() * 1000)
        for instant in instants:
            hybrid.observe(instant, wall_ms)

    def _running(self, connection: Connection) -> HybridClock:
        if self._hybrid is None:
            self._hybrid = HybridClock(self._journal.last_hlc(connection))
            heard = self._journal.last_heard(connection)
            self._hybrid.observe(heard, int(self._clock.now().timestamp() * 1000))
        return self._hybrid

    @contextmanager
    def begin(self, session: Session, author: Author, operation: str) -> Iterator[UnitOfWork]:
        """Run the body in one transaction; commit when it returns, roll back when it raises.

        Raises:
            Unavailable: the disk is full or away; nothing was written.
        """
        try:
            connection = session.connection()
            hlc = self._running(connection).tick(int(self._clock.now().timestamp() * 1000))
            at = datetime.fromtimestamp(wall_ms_of(hlc) / 1000, UTC)
            capture = Capture(
                Authorship(author.user_id, self._station, at),
                hlc,
                lambda scope: self._journal.next_dot(connection, scope),
            )
            event.listen(session, "before_flush", capture.before_flush)
            event.listen(session, "do_orm_execute", _refuse_unjournalled)
            unit = UnitOfWork(session, at, author, capture, self._search, operation)
            with _undivided(session):
                yield unit
            session.flush()
            self._search.put_records(session, capture.records.values())
            ops = capture.ops()
            if capture.settled:
                connection.exec_driver_sql(_SETTLE, capture.settled)
            if ops:
                self._journal.append(
                    connection,
                    [Entry(scope, scope_ops, touched) for scope, (scope_ops, touched) in ops.items()],
                    hlc=hlc,
                    actor=author.user_id,
                    tx=new_id(),
                    operation=unit.operation,
                    reason=unit.reason,
                )
            session.commit()
        except BaseException:
            session.rollback()
            raise


def changes_of(unit: UnitOfWork) -> Changes:
    """Return what a committed unit of work touched."""
    touched: Mapping[str, frozenset[UUID]] = {
        table: frozenset(ids) for table, ids in unit.capture.by_table.items()
    }
    return Changes(touched, unit.operation)
