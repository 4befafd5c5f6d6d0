"""Checks that the search index points at the records as they are, and builds it again when it does not."""

import heapq
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from desktop.register.record import Confidentiality
from desktop.register.spec import Register
from desktop.register.types import Json
from desktop.store.report import Fault, Finding, VerifyReport, uuid_of
from desktop.store.search import SearchIndex, match_expression

_SAMPLE: Final = 1_000
_SHOWN: Final = 20
_BATCH: Final = 500


class SearchCheck:
    """Compares the index with the records: every document, and the words of a sample of each register."""

    def __init__(self, connection: Any, registers: Iterable[Register], report: VerifyReport) -> None:
        self._connection = connection
        self._registers = tuple(register for register in registers if register.search)
        self._report = report

    def run(self) -> None:
        """Add what is wrong to the report, at most a score of records for each register and fault."""
        for register in self._registers:
            self._wrong_documents(register)
            self._orphans(register)
            self._words(register)
        if self._registers:
            lost = self._connection.execute(
                "SELECT d.record_id FROM search_doc AS d "
                "WHERE NOT EXISTS (SELECT 1 FROM search_text AS t WHERE t.rowid = d.n) LIMIT ?",
                (_SHOWN,),
            ).fetchall()
            self._add("search_doc", lost)

    def _wrong_documents(self, register: Register) -> None:
        table = register.model.__tablename__
        ranks = " ".join(f"WHEN '{level.value}' THEN {level.rank}" for level in Confidentiality)
        wrong = self._connection.execute(
            f'SELECT r.id FROM "{table}" AS r LEFT JOIN search_doc AS d ON d.record_id = r.id '  # noqa: S608 - declared names
            "WHERE (d.n IS NULL AND r.voided_at IS NULL) OR d.register <> ? "
            f"OR d.secrecy <> CASE r.confidentiality {ranks} END LIMIT ?",
            (register.key, _SHOWN),
        ).fetchall()
        self._add(table, wrong)

    def _orphans(self, register: Register) -> None:
        table = register.model.__tablename__
        orphans = self._connection.execute(
            "SELECT record_id FROM search_doc AS d WHERE register = ? "  # noqa: S608
            f'AND NOT EXISTS (SELECT 1 FROM "{table}" AS r WHERE r.id = d.record_id) LIMIT ?',
            (register.key, _SHOWN),
        ).fetchall()
        self._add(table, orphans)

    def _words(self, register: Register) -> None:
        """Ask the index for the words of records spread evenly over the register."""
        table = register.model.__tablename__
        columns = [attribute.property.columns[0] for attribute in register.search]
        names = ", ".join(f'r."{column.name}"' for column in columns)
        highest = self._connection.execute("SELECT max(n) FROM search_doc").fetchone()[0] or 0
        step = max(1, highest // _SAMPLE)
        rows = self._connection.execute(
            f'SELECT d.n, r.id, {names} FROM search_doc AS d JOIN "{table}" AS r ON r.id = d.record_id '  # noqa: S608
            f"WHERE d.n % {step} = 0 LIMIT {_SAMPLE}"
        ).fetchall()
        stale = []
        for n, pk, *values in rows:
            match = match_expression(_text(columns, values))
            found = (
                not match
                or self._connection.execute(
                    "SELECT 1 FROM search_text WHERE words MATCH ? AND rowid = ?", (match, n)
                ).fetchone()
            )
            if not found:
                stale.append((pk,))
        self._add(table, stale[:_SHOWN])

    def _add(self, table: str, rows: Iterable[tuple[bytes]]) -> None:
        for (pk,) in rows:
            record_id = uuid_of(pk)
            self._report.add(
                Finding(Fault.SEARCH, records=() if record_id is None else ((table, record_id),))
            )


def rebuild_search(connection: Connection, registers: Iterable[Register]) -> int:
    """Build the index again from the records, oldest first; return how many it holds. Part of a transaction.

    Hits come newest first by their place in the index, so the records of all registers are read side by side.
    """
    searched = tuple(register for register in registers if register.search)
    index = SearchIndex(searched)
    connection.exec_driver_sql("DELETE FROM search_doc")
    connection.exec_driver_sql("INSERT INTO search_text(search_text) VALUES ('delete-all')")
    ordered = heapq.merge(*(_ids_of(connection, register) for register in searched), key=lambda pair: pair[0])
    count = 0
    batch: list[tuple[UUID, Register]] = []
    for pair in ordered:
        if batch and (len(batch) == _BATCH or batch[-1][1] is not pair[1]):
            index.read_again(connection, batch[0][1].model, [record_id for record_id, _ in batch])
            batch = []
        batch.append(pair)
        count += 1
    if batch:
        index.read_again(connection, batch[0][1].model, [record_id for record_id, _ in batch])
    return count


def _ids_of(connection: Connection, register: Register) -> Iterator[tuple[UUID, Register]]:
    table: Any = register.model.__table__
    statement = select(table.c.id).where(table.c.voided_at.is_(None)).order_by(table.c.id)
    for (record_id,) in connection.execution_options(yield_per=_BATCH).execute(statement):
        yield record_id, register


def _text(columns: list[Any], values: list[Any]) -> str:
    parts: list[str] = []
    for column, value in zip(columns, values, strict=True):
        if isinstance(column.type, Json):
            loaded = json.loads(value) if value else []
            parts.extend(str(item) for item in loaded if isinstance(loaded, list))
        elif isinstance(value, str):
            parts.append(value)
    return " ".join(parts)
