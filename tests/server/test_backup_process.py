"""Backup and restore as they run: beside a server at work, killed at any moment, and of more than fits into memory."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from server import tenants
from server.backup import examine
from server.engine import Database
from server.tables import BLOB, METADATA
from tests.support.postgres import Postgres
from tests.support.server import PASSPHRASE, ROOT, RunningServer

MIB = 1024 * 1024


@pytest.fixture
def server(where: str | Path) -> Iterator[RunningServer]:
    with RunningServer(where) as running:
        running.found()
        yield running


@pytest.fixture
def elsewhere(where: str | Path, tmp_path: Path, postgres: Postgres) -> Iterator[RunningServer]:
    """Return an empty place of the same kind."""
    if isinstance(where, str):
        with postgres.database() as dsn:
            yield RunningServer(dsn)
    else:
        yield RunningServer(tmp_path / "otro")


def fill(where: str | Path, count: int) -> None:
    """Keep `count` MiB that do not compress."""
    database = Database.open(where)
    for number in range(count):
        row = {
            "tenant": "municipio",
            "sha256": os.urandom(32),
            "chunk": 0,
            "size": MIB,
            "received_ms": number,
            "is_whole": 1,
        }
        with database.writing() as tx:
            tx.connection.execute(insert(BLOB).values(row | {"data": os.urandom(MIB)}))
    database.close()


def begin(server: RunningServer, word: str, path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "server", *server.words(word, str(path))],
        cwd=ROOT,
        env=server.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def peak_mib(process: subprocess.Popen[str]) -> float:
    """Wait for a process; return the most memory that it held."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.returncode == 0, errors
    return usage.ru_maxrss / 1024


def rows_in(where: str | Path) -> int:
    database = Database.open(where)
    with database.reading() as tx:
        count = sum(
            len(tx.connection.execute(select(table.c.tenant)).all()) for table in METADATA.tables.values()
        )
    database.close()
    return count


def test_a_server_at_work_is_saved_and_brought_back_by_command(
    server: RunningServer, elsewhere: RunningServer, tmp_path: Path
) -> None:
    server.start()
    made = server.command("backup", str(tmp_path / "uno"))
    assert made["size"] == (tmp_path / "uno").stat().st_size
    assert server.stop() == 0
    done = elsewhere.command("restore", str(tmp_path / "uno"))
    assert done["tenant"] == "municipio"
    with elsewhere:
        elsewhere.start()
        assert elsewhere.stop() == 0


def test_more_than_fits_into_memory_is_saved_and_brought_back(
    server: RunningServer, elsewhere: RunningServer, tmp_path: Path
) -> None:
    small = peak_mib(begin(server, "backup", tmp_path / "poco"))
    fill(server.where, 160)
    large = peak_mib(begin(server, "backup", tmp_path / "mucho"))
    assert (tmp_path / "mucho").stat().st_size > 160 * MIB
    assert large - small < 110
    back = peak_mib(begin(elsewhere, "restore", tmp_path / "mucho"))
    assert back - small < 110
    assert rows_in(elsewhere.where) > 160


def test_a_backup_that_is_killed_leaves_no_file_of_its_name_and_nothing_to_read(
    server: RunningServer, tmp_path: Path
) -> None:
    fill(server.where, 40)
    folder = tmp_path / "respaldos"
    folder.mkdir()
    for part in (0, 10, 30):
        process = begin(server, "backup", folder / "uno")
        while process.poll() is None:
            if any(one.stat().st_size >= part * MIB for one in folder.glob(".uno.*.part")):
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(0.001)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert not (folder / "uno").exists()
    left = list(folder.iterdir())
    assert len(left) == 3
    for one in left:
        assert b"Municipalidad" not in one.read_bytes()
    server.command("backup", str(folder / "uno"))
    assert examine(folder / "uno", PASSPHRASE).counts["blob"] == 40


def test_a_restore_that_is_killed_leaves_the_place_empty_or_whole(
    server: RunningServer, elsewhere: RunningServer, tmp_path: Path
) -> None:
    fill(server.where, 40)
    server.command("backup", str(tmp_path / "uno"))
    counts = examine(tmp_path / "uno", PASSPHRASE).counts
    began = time.monotonic()
    measured = RunningServer(tmp_path / "medida")
    measured.command("restore", str(tmp_path / "uno"))
    whole_s = time.monotonic() - began
    empty = 0
    for tenths in (5, 7, 8, 9, 10):
        process = begin(elsewhere, "restore", tmp_path / "uno")
        time.sleep(whole_s * tenths / 10)
        process.kill()
        process.communicate()
        database = Database.open(elsewhere.where)
        found = tenants.names(database)
        database.close()
        if found:
            break
        assert rows_in(elsewhere.where) == 0
        empty += 1
    if not found:
        elsewhere.command("restore", str(tmp_path / "uno"))
    assert empty > 0
    assert rows_in(elsewhere.where) >= sum(counts.values())
    with elsewhere:
        elsewhere.start()
        assert elsewhere.stop() == 0
