"""kill -9 at any point loses nothing that was acknowledged and leaves nothing half done (R129)."""

import os
import random
import signal
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from desktop.models.catalogue import REGISTERS
from desktop.store.engine import connect
from desktop.store.verify import verify
from tests.support.killing import Server
from tests.support.profiles import KEYS, open_store
from tests.support.work import add_member
from tests.support.worker import BULK, LINES

KILLS = 500

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 is sent where processes fork")


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server("tests.support.worker")
    yield made
    made.close()


def _query(path: Path, *statements: tuple[str, tuple[Any, ...]]) -> list[Any]:
    connection = connect(path, KEYS.database)
    try:
        return [connection.execute(sql, values).fetchone()[0] for sql, values in statements]
    finally:
        connection.close()


def _assert_kept(path: Path, acknowledged: list[list[str]]) -> None:
    """Look for everything that was acknowledged, whole."""
    for _, kind, record_id, number in acknowledged:
        pk = bytes.fromhex(record_id.replace("-", ""))
        if kind == "incident":
            statement = "SELECT count(*) FROM incident_lines WHERE incident_id = ? AND text LIKE ?"
            assert _query(path, (statement, (pk, f"{number} %"))) == [LINES]
        elif kind == "member":
            statement = "SELECT count(*) FROM users WHERE staff_id = ?"
            assert _query(path, (statement, (pk,))) == [1]
        elif kind.startswith("count-"):
            statement = "SELECT CAST(callsign AS INTEGER) FROM staff WHERE id = ?"
            assert _query(path, (statement, (pk,)))[0] >= int(kind.split("-")[1])
        else:
            statement = "SELECT count(*) FROM incident_lines WHERE incident_id = ? AND text LIKE ?"
            assert _query(path, (statement, (pk, f"importada {number} %"))) == [BULK]


def _assert_sound(path: Path) -> None:
    found = verify(path, KEYS, REGISTERS)
    assert found.is_sound, found.text()
    assert _query(path, ("PRAGMA integrity_check", ())) == ["ok"]
    connection = connect(path, KEYS.database)
    try:
        assert connection.execute("PRAGMA cipher_integrity_check").fetchall() == []
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        connection.close()


@pytest.mark.slow
@pytest.mark.timeout(1_500)
def test_kills_at_random_points_of_real_work_lose_nothing(database: Path, server: Server) -> None:
    chance = random.Random(129)
    kept: list[list[str]] = []
    killed = 0
    longest_s = 0.16
    for number in range(KILLS):
        status, acknowledged = server.run(f"{database} {number} 0", life_s=chance.uniform(0.0, longest_s))
        # A busy machine gives longer lives, so that there is work to be interrupted.
        longest_s = max(0.16, longest_s * 0.97) if acknowledged else min(1.5, longest_s * 1.1)
        assert status == signal.SIGKILL
        killed += 1
        kept += acknowledged
        _assert_kept(database, acknowledged)
        if number % 40 == 39:
            _assert_sound(database)

    _assert_kept(database, kept)
    _assert_sound(database)
    assert killed == KILLS
    assert len({words[1].split("-")[0] for words in kept}) > 1
    assert len(kept) > KILLS // 10
    with open_store(database) as store:
        assert add_member(store, "El trabajo sigue").version == 7


@pytest.mark.slow
def test_a_kill_before_every_single_statement_leaves_all_or_nothing(
    database: Path, server: Server, empty_profile: Path
) -> None:
    statement = 0
    status = signal.SIGKILL.value
    acknowledged_at: list[int] = []
    while status == signal.SIGKILL:
        statement += 1
        for name in ("", "-wal", "-shm"):
            Path(f"{database}{name}").unlink(missing_ok=True)
        Path(f"{database}.witness").unlink(missing_ok=True)
        database.write_bytes(empty_profile.read_bytes())

        status, acknowledged = server.run(f"{database} 5 {statement}")

        _assert_kept(database, acknowledged)
        _assert_sound(database)
        counts = _query(
            database,
            ("SELECT count(*) FROM incidents", ()),
            ("SELECT count(*) FROM users", ()),
            ("SELECT count(*) FROM journal", ()),
        )
        done = len(acknowledged)
        # What was not acknowledged is there whole or not at all: one unit of work more at most.
        assert counts[2] in {[0, 1, 3, 4, 5][step] for step in (done, min(done + 1, 4))}
        acknowledged_at.append(done)

    assert status == 0
    # What is said of a write and the housekeeping after it are on two threads: a kill in the second may come first.
    assert all(later >= earlier - 1 for earlier, later in pairwise(acknowledged_at))
    assert set(acknowledged_at) == {0, 1, 2, 3, 4}
    assert statement > 30
