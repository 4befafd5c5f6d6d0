"""One writer in order of urgency, readers that can be stopped, and a WAL that is folded in while nobody waits."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from desktop.core.errors import Cancelled
from desktop.store import store as store_module
from desktop.store.store import Store
from desktop.store.threads import Urgency
from tests.support.clock import FakeClock
from tests.support.profiles import OPERATOR, open_store
from tests.support.work import add_member

ENDLESS = text("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c")


def test_a_person_overtakes_jobs_and_imports_and_equals_keep_their_order(store: Store) -> None:
    gate, order = threading.Event(), []
    store.write(OPERATOR, "test", lambda _unit: gate.wait(10))
    futures = [
        store.write(OPERATOR, "test", lambda _unit, name=name: order.append(name), urgency)  # type: ignore[misc]
        for name, urgency in (
            ("bulk 1", Urgency.BULK),
            ("bulk 2", Urgency.BULK),
            ("job", Urgency.JOB),
            ("person 1", Urgency.PERSON),
            ("person 2", Urgency.PERSON),
        )
    ]
    gate.set()
    for future in futures:
        future.result()

    assert order == ["person 1", "person 2", "job", "bulk 1", "bulk 2"]


def test_a_write_cancelled_before_its_turn_never_runs(store: Store) -> None:
    gate, ran = threading.Event(), []
    store.write(OPERATOR, "test", lambda _unit: gate.wait(10))
    waiting = store.write(OPERATOR, "test", lambda _unit: ran.append(1))

    assert waiting.cancel()
    gate.set()
    add_member(store, "Marta Soto")

    assert ran == []


def test_a_read_under_way_is_stopped_and_its_connection_serves_the_next_one(store: Store) -> None:
    for _ in range(8):
        begun = threading.Event()

        def endless(session: Session, begun: threading.Event = begun) -> int:
            begun.set()
            return int(session.execute(ENDLESS).scalar_one())

        reading = store.read(endless)
        assert begun.wait(10)
        time.sleep(0.02)
        reading.cancel()
        with pytest.raises(Cancelled):
            reading.result(10)

    assert store.read(lambda session: session.execute(text("SELECT 41 + 1")).scalar_one()).result() == 42


def test_a_walk_that_is_stopped_between_its_rows_ends_as_stopped(store: Store) -> None:
    begun = threading.Event()

    def walk(session: Session) -> None:
        rows = text("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c")
        cursor: Any = session.connection().execute(rows).cursor
        while cursor.fetchmany(4096):
            begun.set()

    reading = store.read(walk)
    assert begun.wait(10)
    reading.cancel()

    with pytest.raises(Cancelled):
        reading.result(10)


def test_reads_see_one_state_while_others_write(store: Store) -> None:
    add_member(store, "Primera")
    counted = threading.Event()
    written = threading.Event()

    def twice(session: Session) -> tuple[int, int]:
        first = session.execute(text("SELECT count(*) FROM staff")).scalar_one()
        counted.set()
        assert written.wait(10)
        return first, session.execute(text("SELECT count(*) FROM staff")).scalar_one()

    reading = store.read(twice)
    assert counted.wait(10)
    add_member(store, "Segunda")
    written.set()

    assert reading.result() == (1, 1)


def test_the_wal_is_folded_in_when_nobody_waits(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "_CHECKPOINT_PAGES", 10)
    with open_store(database, clock=FakeClock()) as store:
        for number in range(200):
            add_member(store, f"Persona {number}")
        assert Path(f"{database}-wal").stat().st_size < 4_000_000

    assert not Path(f"{database}-wal").exists()


def test_a_closed_store_takes_no_more_writes(database: Path) -> None:
    store = open_store(database)
    store.close()

    with pytest.raises(RuntimeError, match="closed"):
        add_member(store, "Marta Soto")
