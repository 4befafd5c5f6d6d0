"""One full-text index over all registers, kept in the same transaction as the rows.

Hits are ordered by entry into the index, newest first: FTS5 walks that order without sorting, so a common word
costs no more than a rare one (sync.md §2.6: never order by bm25 over common words).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.orm import Session

from desktop.register.record import Confidentiality, Record
from desktop.register.spec import Register

_BATCH = 500
_RUN = re.compile(r"(\d{1,2}\.?\d{3}\.?\d{3})-?([\dkK])")


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that holds the words."""

    register: str
    record_id: UUID


class SearchIndex:
    """Writes and asks the index; built once from the declared registers."""

    def __init__(self, registers: Iterable[Register]) -> None:
        self._extractors: dict[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = {}
        self._read: dict[str, frozenset[str]] = {}
        for register in registers:
            if register.search:
                names = tuple(_attribute_names(register))
                self._extractors[register.model.__tablename__] = (register.key, _words_from(names))
                self._read[register.model.__tablename__] = frozenset({*names, "confidentiality"})

    def indexes(self, table: str) -> bool:
        """Tell whether records of a table are in the index at all."""
        return table in self._extractors

    def attributes(self, table: str) -> frozenset[str]:
        """Return what is read of a table's rows beside their id; nothing of one that is not in the index."""
        return self._read.get(table, frozenset())

    def put_records(self, session: Session, records: Iterable[Record]) -> None:
        """Index records that were made or changed in the running transaction."""
        connection = session.connection()
        by_table: dict[str, list[Mapping[str, Any]]] = {}
        for record in records:
            if record.__tablename__ in self._extractors:
                row = {
                    attribute.key: getattr(record, attribute.key)
                    for attribute in inspect(type(record)).column_attrs
                }
                by_table.setdefault(record.__tablename__, []).append(row)
        for table, rows in by_table.items():
            self.put_rows(connection, table, rows)

    def read_again(self, connection: Connection, model: type[Record], ids: Sequence[UUID]) -> None:
        """Index stored records again as they are now, by id."""
        table: Any = model.__table__
        if table.name not in self._extractors:
            return
        keys = {attribute.columns[0].name: attribute.key for attribute in inspect(model).column_attrs}
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            found = connection.execute(
                select(table).where(table.c.id.in_(batch)).order_by(table.c.id)
            ).mappings()
            self.put_rows(
                connection, table.name, [{keys[name]: value for name, value in row.items()} for row in found]
            )

    def put_rows(
        self, connection: Connection, table: str, rows: Sequence[Mapping[str, Any]], *, fresh: bool = False
    ) -> None:
        """Index rows given by attribute name; `fresh` promises that none of them is in the index yet."""
        if table not in self._extractors or not rows:
            return
        register, words_of = self._extractors[table]
        known: dict[bytes, int] = {}
        ids = [row["id"].bytes for row in rows]
        for start in range(0, 0 if fresh else len(ids), _BATCH):
            some = tuple(ids[start : start + _BATCH])
            marks = ", ".join("?" * len(some))
            known |= dict(
                connection.exec_driver_sql(
                    f"SELECT record_id, n FROM search_doc WHERE record_id IN ({marks})",  # noqa: S608
                    some,
                ).fetchall()
            )
        next_n = (
            int(connection.exec_driver_sql("SELECT coalesce(max(n), 0) FROM search_doc").scalar_one()) + 1
        )
        docs, texts = [], []
        for row in rows:
            pk = row["id"].bytes
            n = known.get(pk, next_n)
            next_n = max(next_n, n + 1)
            secrecy = (row.get("confidentiality") or Confidentiality.INTERNAL).rank
            docs.append((n, register, pk, secrecy))
            texts.append((n, words_of(row)))
        connection.exec_driver_sql(
            "INSERT INTO search_doc (n, register, record_id, secrecy) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (n) DO UPDATE SET secrecy = excluded.secrecy",
            docs,
        )
        connection.exec_driver_sql("INSERT OR REPLACE INTO search_text (rowid, words) VALUES (?, ?)", texts)

    def forget(self, connection: Connection, ids: Iterable[UUID]) -> None:
        """Take voided records out of the index."""
        keys = [(record_id.bytes,) for record_id in ids]
        connection.exec_driver_sql(
            "DELETE FROM search_text WHERE rowid = (SELECT n FROM search_doc WHERE record_id = ?)", keys
        )
        connection.exec_driver_sql("DELETE FROM search_doc WHERE record_id = ?", keys)

    def find(
        self, connection: Connection, query: str, readable: Mapping[str, int], limit: int = 50
    ) -> tuple[Hit, ...]:
        """Return the newest records that hold every word of `query`; the last word may be unfinished.

        `readable` gives, for each register that may be searched, the highest confidentiality rank that may be
        seen; everything else is absent from the answer.
        """
        match = match_expression(query)
        if not match or not readable:
            return ()
        conditions = " OR ".join(f"(d.register = :r{i} AND d.secrecy <= :s{i})" for i in range(len(readable)))
        parameters: dict[str, Any] = {"match": match, "limit": limit}
        for i, (register, rank) in enumerate(readable.items()):
            parameters[f"r{i}"], parameters[f"s{i}"] = register, rank
        rows = connection.execute(
            text(
                "SELECT d.register, d.record_id FROM search_text AS t CROSS JOIN search_doc AS d ON d.n = t.rowid "  # noqa: S608 - conditions hold names of parameters only
                f"WHERE t.words MATCH :match AND ({conditions}) ORDER BY t.rowid DESC LIMIT :limit"
            ),
            parameters,
        )
        return tuple(Hit(row.register, UUID(bytes=row.record_id)) for row in rows)


def match_expression(query: str) -> str:
    """Return the FTS5 expression for what a person typed: every word, the last one as a beginning.

    A word with signs inside, such as `12.345.678-5` or `INC-26-K7-0042-R`, is looked for as one phrase.
    """
    words = [word.replace('"', " ").replace("\0", " ") for word in query.split()]
    words = [word for word in words if any(map(str.isalnum, word))]
    if not words:
        return ""
    return " AND ".join([*map(_either_form, words[:-1]), _either_form(words[-1], "*")])


def _either_form(word: str, ending: str = "") -> str:
    """Return the phrase of a word; of a RUN with or without dots and hyphen, both forms that texts hold."""
    run = _RUN.fullmatch(word)
    if run is None:
        return f'"{word}"{ending}'
    body, check = run[1].replace(".", ""), run[2]
    dotted = f"{int(body):,}".replace(",", ".")
    forms = dict.fromkeys([f"{body}-{check}", f"{dotted}-{check}", f"{body}{check}", word])
    return "(" + " OR ".join(f'"{form}"{ending}' for form in forms) + ")"


def _attribute_names(register: Register) -> Iterable[str]:
    mapper = inspect(register.model)
    for attribute in register.search:
        yield mapper.get_property_by_column(attribute.property.columns[0]).key


def _words_from(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], str]:
    def words(row: Mapping[str, Any]) -> str:
        parts = []
        for name in names:
            value = row.get(name)
            if isinstance(value, str):
                parts.append(value)
            elif isinstance(value, tuple):
                parts.extend(str(item) for item in value)
        return " ".join(parts)

    return words
