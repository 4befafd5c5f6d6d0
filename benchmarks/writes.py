"""What journal, chain and signature cost: a small write with and without them, and bulk against raw inserts."""

import time
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from benchmarks.measure import Mark, percentile, times_ms
from desktop.core.clock import SystemClock
from desktop.models.catalogue import REGISTERS
from desktop.models.people import StaffMember
from desktop.store.engine import connect, make_engine
from desktop.store.store import Store, StoreKeys
from desktop.store.unit_of_work import Author, UnitOfWork
from desktop.store.verify import verify

_KEY = bytes(range(32))
_AUTHOR = Author(UUID(int=7), "Banco", "K7")
_ROUNDS = 200
_CHUNK = 250
_TABLES = ("staff", "journal", "journal_touch")


def measure(folder: Path, bulk_rows: int) -> list[Mark]:
    """Measure over files made for it in `folder`."""
    keys = StoreKeys(_KEY, Ed25519PrivateKey.generate())
    with Store(folder / "con.db", keys, SystemClock(), REGISTERS, "Banco") as store:

        def journalled(i: int) -> None:
            store.write(_AUTHOR, "bench", lambda unit: _add(unit, i)).result()

        with_journal = times_ms(journalled, _ROUNDS)
        began = time.perf_counter()
        for start in range(0, bulk_rows, _CHUNK):
            rows = [{"full_name": f"Persona inventada {start + i}", "run": None} for i in range(_CHUNK)]
            store.write(_AUTHOR, "bench", partial(_add_rows, rows=rows)).result()
        bulk_s = time.perf_counter() - began
    bare = _same_write_without(folder)
    raw_s = _raw_insert(folder, bulk_rows)
    began = time.perf_counter()
    report = verify(folder / "con.db", keys, deep=False)
    chain_s = time.perf_counter() - began
    return [
        Mark(
            "journalled_write",
            "ms",
            percentile(with_journal, 0.5),
            2.5,
            percentile(bare, 0.5),
            note="median of one record through the store, against the same mapped record committed without journal",
        ),
        Mark(
            "bulk_import_speed",
            "rows/s",
            bulk_rows / bulk_s,
            0.25,
            bulk_rows / raw_s,
            note=f"{bulk_rows} rows against raw SQLCipher inserts of the same records and journal",
            at_least=True,
        ),
        Mark(
            "verify_chain",
            "s per million rows",
            chain_s / (bulk_rows + _ROUNDS) * 1_000_000,
            10,
            note=f"extrapolated from {bulk_rows} imported rows in {report.change_sets} change-sets",
        ),
    ]


def _add(unit: UnitOfWork, i: int) -> None:
    unit.session.add(StaffMember(full_name=f"Persona inventada {i}"))


def _add_rows(unit: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    unit.add_rows(StaffMember, rows)


def _same_write_without(folder: Path) -> list[float]:
    """Commit the same mapped record with the same durability, but without journal, search index or hand-over."""
    template = {"created_by": UUID(int=7), "modified_by": UUID(int=7), "station": "Banco", "dots": b""}
    engine = make_engine(folder / "sin.db", _KEY)
    now = SystemClock().now()
    with engine.begin() as connection:
        StaffMember.__table__.create(connection)  # type: ignore[attr-defined]  # a mapped class has a table

    def write(i: int) -> None:
        with Session(engine, expire_on_commit=False) as session:
            record = StaffMember(
                id=UUID(int=1000 + i), full_name=f"Persona {i}", created_at=now, modified_at=now, **template
            )
            session.add(record)
            session.commit()

    try:
        return times_ms(write, _ROUNDS)
    finally:
        engine.dispose()


def _raw_insert(folder: Path, rows: int) -> float:
    """Insert the very rows that the import wrote, records and journal, into the same schema; return the seconds.

    The search index is left out: no raw insert would have one. Transactions are as long as the import's.
    """
    source = connect(folder / "con.db", _KEY, read_only=True)
    target = connect(folder / "crudo.db", _KEY)
    held: dict[str, list[tuple[object, ...]]] = {}
    for table in _TABLES:
        for (sql,) in source.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC",
            (table,),
        ):
            target.execute(sql)
        held[table] = source.execute(f"SELECT * FROM {table}").fetchall()
    source.close()
    chunks = max(1, rows // _CHUNK)
    began = time.perf_counter()
    for place in range(chunks):
        target.execute("BEGIN IMMEDIATE")
        for table, values in held.items():
            part = values[place * len(values) // chunks : (place + 1) * len(values) // chunks]
            if part:
                marks = ", ".join("?" * len(part[0]))
                target.executemany(f"INSERT INTO {table} VALUES ({marks})", part)
        target.execute("COMMIT")
    seconds = time.perf_counter() - began
    target.close()
    return seconds
