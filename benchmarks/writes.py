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
    size = (folder / "con.db").stat().st_size
    raw_s = _raw_insert(folder, bulk_rows, size)
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
            note=f"{bulk_rows} rows against raw SQLCipher inserts of the same bytes",
            at_least=True,
        ),
        Mark(
            "verify_chain",
            "s per million change-sets",
            chain_s / max(1, report.change_sets) * 1_000_000,
            10,
            note=f"extrapolated from {report.change_sets} change-sets",
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


def _raw_insert(folder: Path, rows: int, size_bytes: int) -> float:
    """Insert as many rows with as many bytes in all, in transactions of the same length; return the seconds."""
    connection = connect(folder / "crudo.db", _KEY)
    connection.execute("CREATE TABLE raw (id INTEGER PRIMARY KEY, body BLOB)")
    body = bytes(max(1, size_bytes // rows))
    began = time.perf_counter()
    for _ in range(0, rows, _CHUNK):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO raw (body) VALUES (?)", [(body,)] * _CHUNK)
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return seconds
