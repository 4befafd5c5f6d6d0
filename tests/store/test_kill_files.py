"""kill -9 while files are written: what counts is whole, what is half does not count, and the next start clears it."""

import os
import random
import signal
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.core.ids import new_id
from desktop.core.paths import Profile
from desktop.models.catalogue import BY_KEY, REGISTERS
from desktop.operations.attachments import KEEP_STRAYS, remove_strays
from desktop.operations.backup_file import manifest_of
from desktop.operations.backups import SUFFIX, make_backup
from desktop.operations.copies import Copies, sweep_copies
from desktop.operations.documents.spreadsheet import write_csv
from desktop.operations.setup import open_station
from desktop.store.blobs import BlobStore
from desktop.store.verify import verify
from tests.support.clock import FakeClock
from tests.support.file_worker import BLOB_KEY
from tests.support.killing import Server
from tests.support.made import make_station
from tests.support.profiles import KEYS
from tests.support.stations import open_station as open_simple

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 is sent where processes fork"),
    pytest.mark.slow,
]
KILLS = 10
STAFF = BY_KEY["staff"]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that workers and this test take for the system's temporary one."""
    folder = tmp_path / "temporal"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def server(temporary: Path) -> Iterator[Server]:
    made = Server("tests.support.file_worker")
    yield made
    made.close()


def _lives(longest_s: float) -> Iterator[float]:
    chance = random.Random(9)
    for _ in range(KILLS):
        yield chance.uniform(0.02, longest_s)


def test_a_kill_while_files_are_attached_leaves_no_row_without_its_bytes(
    server: Server, tmp_path: Path
) -> None:
    profile = Profile(tmp_path / "perfil")
    profile.prepare()
    done = 0
    for life_s in _lives(0.8):
        status, said = server.run(f"attach {profile.folder}", life_s, "done")
        assert status == signal.SIGKILL
        done += len(said)
    assert done > 0

    blobs = BlobStore(profile.blobs, BLOB_KEY)
    blobs.sweep()
    assert not list(profile.blobs.glob("*.part"))
    with open_simple(profile.folder) as station:
        rows = station.read(
            lambda ctx: (
                ctx.session.connection().exec_driver_sql("SELECT sha256 FROM attachments").scalars().all()
            )
        ).result()
        assert len(rows) >= done
        assert all(blobs.is_sound(sha256) for sha256 in rows)
        stray = blobs.add_chunks([b"sin fila"])
        old = (FakeClock().now() - KEEP_STRAYS - timedelta(days=1)).timestamp()
        for file in blobs.files():
            os.utime(file, (old, old))
        fresh = blobs.add_chunks([b"fila en camino"])
        assert remove_strays(station, blobs) >= 1
        assert not blobs.has(stray.sha256)
        assert blobs.has(fresh.sha256)
        assert all(blobs.has(sha256) for sha256 in rows)
    assert verify(profile.database, KEYS, REGISTERS).is_sound


def test_files_without_rows_stay_where_the_database_lost_entries(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    profile.prepare()
    with open_simple(tmp_path):
        pass
    older = profile.database.read_bytes()
    with open_simple(tmp_path) as station:
        station.write(lambda ctx: ctx.add(STAFF.model(full_name="Juana"))).result()
    profile.database.write_bytes(older)
    blobs = BlobStore(profile.blobs, BLOB_KEY)
    left = blobs.add_chunks([b"lo que queda de un registro"])
    for file in blobs.files():
        os.utime(file, (0, 0))

    for _ in range(2):
        with open_simple(tmp_path) as station:
            assert remove_strays(station, blobs) == 0

    assert blobs.has(left.sha256)


def test_a_kill_during_a_backup_leaves_nothing_that_counts_as_one(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_station(tmp_path / "perfil", monkeypatch)
    for life_s in _lives(1.2):
        status, _ = server.run(f"back_up {made.profile.folder}", life_s, "done")
        assert status == signal.SIGKILL
        for path in made.profile.backups.glob(f"*{SUFFIX}"):
            # Named and perhaps not yet said: whole all the same, for it was read back before it got its name.
            assert manifest_of(path, made.master) is not None
        for path in made.profile.backups.glob(f"*{SUFFIX}"):
            path.unlink()

    two_days_ago = time.time() - 2 * 86_400
    left = [path for path in made.profile.backups.iterdir() if path.name.startswith(".")]
    assert left
    for path in left:
        os.utime(path, (two_days_ago, two_days_ago))
    backup = make_backup(made.profile, made.master, datetime.now(UTC)).path
    assert list(made.profile.backups.iterdir()) == [backup]
    with open_station(made.profile, made.master, FakeClock()) as station:
        assert station.warnings == ()


def test_a_kill_during_an_export_leaves_the_old_file_or_the_new_one(server: Server, tmp_path: Path) -> None:
    profile = Profile(tmp_path / "perfil")
    profile.prepare()
    out = tmp_path / "salida"
    out.mkdir()

    def left() -> list[Path]:
        return [path for path in out.iterdir() if path.name.startswith(".atalaya-")]

    # On a busy machine a worker may not come to its first export in so short a life.
    for life_s in (*_lives(1.2), 2.0, 4.0, 8.0):
        if life_s > 1.2 and left():
            break
        status, _ = server.run(f"export {profile.folder}", life_s, "done")
        assert status == signal.SIGKILL
        for path in out.glob("lista*.csv"):
            assert "Exportado por" in path.read_text("utf-8-sig").splitlines()[-1]
        for path in out.glob("lista*.xlsx"):
            assert zipfile.ZipFile(path).testzip() is None
    assert left()

    write_csv(out / "siguiente.csv", ["Nombre"], [["Juana"]])

    assert not [path for path in out.iterdir() if path.name.startswith(".")]


def test_readable_copies_of_a_killed_program_go_at_the_next_start(
    server: Server, tmp_path: Path, temporary: Path
) -> None:
    profile = Profile(tmp_path / "perfil")
    profile.prepare()
    for life_s in (0.5, 1.0, 1.5, 2.0):
        status, _ = server.run(f"copy_out {profile.folder}", life_s, "done")
        assert status == signal.SIGKILL
    mine = Copies()
    kept = mine.place(new_id(), "abierta.txt")
    kept.write_text("sigue abierta")

    sweep_copies()

    assert [path for path in temporary.rglob("*") if path.is_file() and path.name != ".lock"] == [kept]
    mine.close()
    assert list(temporary.iterdir()) == []


def test_a_set_up_that_was_killed_can_be_done_again_at_any_point(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off = 0
    for number, life_s in enumerate(_lives(0.7)):
        folder = tmp_path / f"perfil {number}"
        status, _ = server.run(f"set_up {folder}", life_s, "done")
        profile = Profile(folder)
        cut_off += status == signal.SIGKILL and folder.exists() and not profile.exists
        if profile.exists:
            continue
        made = make_station(folder, monkeypatch)
        with open_station(made.profile, made.master, FakeClock()) as station:
            assert station.warnings == ()
    assert cut_off
