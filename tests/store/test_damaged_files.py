"""Torn, cut, missing and flipped files: the station opens, or says in plain words what to do; it never crashes."""

import io
import os
import random
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.cli.main import main
from desktop.core.errors import Unavailable, UserError
from desktop.core.paths import Profile
from desktop.models.catalogue import REGISTERS
from desktop.operations.backups import make_backup, restore
from desktop.operations.setup import open_station
from desktop.store.backups import copy_database
from desktop.store.engine import connect
from desktop.store.store import Store, StoreKeys
from desktop.store.verify import verify
from tests.support.clock import FakeClock
from tests.support.made import PHRASE, Made, make_station
from tests.support.profiles import KEYS, open_store
from tests.support.work import add_incident, add_member

PAGE = 4096
COUNT = "SELECT count(*), coalesce(sum(length(full_name)), 0) FROM staff"
SIDE_FILES = ("", "-wal", "-shm", ".witness")


def _staff(store: Store) -> tuple[int, int]:
    row = store.read(lambda session: session.connection().exec_driver_sql(COUNT).one()).result()
    return row[0], row[1]


def _copy(source: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    for suffix in SIDE_FILES:
        if Path(f"{source}{suffix}").exists():
            shutil.copy(f"{source}{suffix}", folder)
    return folder / source.name


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a closed file with some hundred pages."""
    path = tmp_path_factory.mktemp("escrito") / "atalaya.db"
    with open_store(path) as store:
        for number in range(30):
            add_incident(store, f"Riña {number} " + "x" * 300, lines=2)
            add_member(store, f"Persona {number}")
    return path


@pytest.fixture
def cut_off(database: Path, tmp_path: Path) -> Path:
    """Return a file as a power cut leaves it: ten people in the WAL that nobody folded in."""
    with open_store(database) as store:
        for number in range(10):
            add_member(store, f"Persona {number}")
        copied = _copy(database, tmp_path / "corte")
    assert Path(f"{copied}-wal").stat().st_size > PAGE
    return copied


# --- Pages ----------------------------------------------------------------------------------------------------


def test_a_flipped_byte_in_any_page_is_found_or_said_and_never_a_crash(written: Path, tmp_path: Path) -> None:
    whole = written.read_bytes()
    with open_store(_copy(written, tmp_path / "entero")) as store:
        expected = _staff(store)
    before = set(threading.enumerate())
    said: list[str] = []
    for page in [0, *random.Random(6).sample(range(1, len(whole) // PAGE), 24)]:
        damaged = _copy(written, tmp_path / f"p{page}")
        flipped = bytearray(whole)
        flipped[page * PAGE + 1000] ^= 0x41
        damaged.write_bytes(flipped)
        try:
            with open_store(damaged) as store:
                assert _staff(store) == expected
                add_incident(store, "Una más", lines=1)
        except Unavailable as error:
            said.append(error.message)
        try:
            found = verify(damaged, KEYS, REGISTERS)
        except Unavailable as error:
            said.append(error.message)
        else:
            assert not found.is_sound
    assert len(said) > 5
    assert all("dañado" in words and "restaure el último respaldo" in words for words in said)
    assert set(threading.enumerate()) == before


def test_a_damaged_page_stops_a_backup_in_words_and_leaves_nothing(written: Path, tmp_path: Path) -> None:
    damaged = _copy(written, tmp_path / "origen")
    flipped = bytearray(damaged.read_bytes())
    for page in range(3, len(flipped) // PAGE):
        flipped[page * PAGE + 1000] ^= 0x41
    damaged.write_bytes(flipped)
    (tmp_path / "respaldo").mkdir()

    with pytest.raises(Unavailable, match="dañado"):
        copy_database(damaged, tmp_path / "respaldo" / "copia.db", KEYS)

    assert list((tmp_path / "respaldo").iterdir()) == []


def test_housekeeping_that_fails_does_not_end_the_thread_that_writes(
    database: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with open_store(database) as store:

        def fail() -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(store._writer, "_when_idle", fail)
        add_member(store, "Primera")
        add_member(store, "Segunda")

        assert _staff(store)[0] == 2
    assert "housekeeping failed" in caplog.text
    caplog.clear()


# --- The WAL --------------------------------------------------------------------------------------------------


def _drop_the_index(path: Path) -> None:
    Path(f"{path}-shm").unlink()


def _append_garbage(path: Path) -> None:
    with Path(f"{path}-wal").open("ab") as wal:
        wal.write(random.Random(1).randbytes(3 * PAGE + 77))


def _half_a_frame_more(path: Path) -> None:
    with Path(f"{path}-wal").open("r+b") as wal:
        first = wal.read(32 + 24 + PAGE)[32:]
        wal.seek(0, 2)
        wal.write(first[: len(first) // 2])


@pytest.mark.parametrize("harm", [_drop_the_index, _append_garbage, _half_a_frame_more])
def test_what_a_power_cut_may_leave_loses_no_committed_row(
    cut_off: Path, harm: Callable[[Path], None]
) -> None:
    harm(cut_off)

    with open_store(cut_off) as store:
        assert _staff(store)[0] == 10
        assert not store.is_behind
        add_member(store, "El trabajo sigue")

    found = verify(cut_off, KEYS, REGISTERS)
    assert found.is_sound, found.text()


@pytest.mark.parametrize("kept", [0, 7, 32, 32 + 24 + 100, 0.3, 0.6, 0.95])
def test_a_cut_wal_gives_a_whole_earlier_state(cut_off: Path, kept: float) -> None:
    wal = Path(f"{cut_off}-wal")
    size = wal.stat().st_size
    with wal.open("r+b") as file:
        file.truncate(int(size * kept) if 0 < kept < 1 else int(kept))
    _drop_the_index(cut_off)

    with open_store(cut_off) as store:
        people = _staff(store)[0]
        add_member(store, "El trabajo sigue")

    assert people < 10
    found = verify(cut_off, KEYS, REGISTERS)
    assert found.is_sound, found.text()
    assert found.change_sets == people + 1


@pytest.mark.parametrize("harm", ["cut", "removed"])
def test_rows_that_went_with_the_wal_are_said_when_the_station_had_seen_them(
    database: Path, tmp_path: Path, harm: str
) -> None:
    with open_store(database) as store:
        add_member(store, "Marta Soto")
        before = database.read_bytes()
        add_member(store, "Pedro Rivas")
    database.write_bytes(before)
    wal = Path(f"{database}-wal")
    if harm == "cut":
        wal.write_bytes(b"")
    else:
        wal.unlink(missing_ok=True)

    with open_store(database) as store:
        assert store.is_behind
        add_member(store, "El trabajo sigue")
    with open_store(database) as store:
        assert not store.is_behind

    assert not verify(database, KEYS, REGISTERS).is_sound


def test_a_flipped_byte_in_the_wal_gives_a_whole_earlier_state(cut_off: Path, tmp_path: Path) -> None:
    size = Path(f"{cut_off}-wal").stat().st_size
    for place in range(10, size, size // 12):
        damaged = _copy(cut_off, tmp_path / f"w{place}")
        wal = Path(f"{damaged}-wal")
        flipped = bytearray(wal.read_bytes())
        flipped[place] ^= 0x41
        wal.write_bytes(flipped)
        _drop_the_index(damaged)

        with open_store(damaged) as store:
            people = _staff(store)[0]

        found = verify(damaged, KEYS, REGISTERS)
        assert found.is_sound, found.text()
        assert found.change_sets == people


# --- The station and its orders ---------------------------------------------------------------------------------


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    return make_station(tmp_path / "perfil", monkeypatch)


def _missing(database: Path) -> None:
    database.unlink()


def _empty(database: Path) -> None:
    database.write_bytes(b"")


def _garbage(database: Path) -> None:
    database.write_bytes(random.Random(2).randbytes(20 * PAGE))


def _half(database: Path) -> None:
    whole = database.read_bytes()
    database.write_bytes(whole[: len(whole) // 2 // PAGE * PAGE + 100])


def _all_but_the_first_page(database: Path) -> None:
    flipped = bytearray(database.read_bytes())
    for place in range(PAGE + 500, len(flipped), PAGE):
        flipped[place] ^= 0x41
    database.write_bytes(flipped)


HARMS = [_missing, _empty, _garbage, _half, _all_but_the_first_page]


@pytest.mark.parametrize("harm", HARMS)
def test_a_station_whose_file_is_gone_or_damaged_says_to_restore_and_makes_no_new_one(
    made: Made, harm: Callable[[Path], None]
) -> None:
    harm(made.profile.database)
    before = made.profile.database.read_bytes() if made.profile.database.exists() else None

    with pytest.raises(Unavailable, match="restaure el último respaldo"):
        open_station(made.profile, made.master, FakeClock())

    after = made.profile.database.read_bytes() if made.profile.database.exists() else None
    assert after == before
    with pytest.raises(Unavailable):  # the lock was given back: the second try says the same
        open_station(made.profile, made.master, FakeClock())


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("order", ["verify", "backup", "doctor"])
def test_every_order_of_the_command_line_says_it_in_one_plain_sentence(
    made: Made,
    harm: Callable[[Path], None],
    order: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    harm(made.profile.database)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PHRASE}\n"))

    code = main([order, "--profile", str(made.profile.folder)], lambda *_: 0)

    said = capsys.readouterr()
    assert code == 1
    words = said.out + said.err
    assert "restaure el último respaldo" in words
    assert "Traceback" not in words
    assert not list(made.profile.backups.iterdir())


def test_a_restored_backup_is_not_said_to_lack_anything(made: Made, tmp_path: Path) -> None:
    backup = make_backup(made.profile, made.master, FakeClock().now()).path
    with open_station(made.profile, made.master, FakeClock()) as station:
        add_member(station.store, "Después del respaldo")
    other = Profile(tmp_path / "otro")
    restore(backup, other, PHRASE, is_recovery_code=False)

    with open_station(other, made.master, FakeClock()) as station:
        assert not station.store.is_behind


def test_a_file_of_a_newer_program_is_left_alone_and_said(made: Made) -> None:
    connection = connect(made.profile.database, made.master.database)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    with pytest.raises(Unavailable, match="versión más nueva"):
        open_station(made.profile, made.master, FakeClock())


def test_a_file_that_lacks_what_was_written_is_said_once_at_opening(made: Made) -> None:
    older = made.profile.database.read_bytes()
    with open_station(made.profile, made.master, FakeClock()) as station:
        add_member(station.store, "Marta Soto")
        assert station.warnings == ()
    made.profile.database.write_bytes(older)

    with open_station(made.profile, made.master, FakeClock()) as station:
        (said,) = station.warnings

    assert "les faltan anotaciones" in said
    assert "atalaya verify" in said


def test_a_clock_set_back_by_a_year_is_said_and_the_work_goes_on_in_order(made: Made) -> None:
    clock = FakeClock()
    clock.jump(-365 * 86_400)

    with open_station(made.profile, made.master, clock) as station:
        (said,) = station.warnings
        add_member(station.store, "Marta Soto")

    assert "El reloj de este equipo está 365 d atrás" in said
    keys = StoreKeys(made.master.database, made.master.signing)
    assert verify(made.profile.database, keys, REGISTERS).is_sound


def test_a_second_program_on_the_same_data_is_told_whose_window_to_use(made: Made) -> None:
    with (
        open_station(made.profile, made.master, FakeClock()),
        pytest.raises(UserError, match="ya está abierta"),
    ):
        open_station(made.profile, made.master, FakeClock())


@pytest.fixture
def locked(made: Made) -> Iterator[Made]:
    """Take the right to write the profile: by its folder's mode, or for root by a drive that is read-only."""
    folder = made.profile.folder
    if os.name != "posix":
        pytest.skip("the right to write is taken another way on this system")
    if os.geteuid() != 0:
        modes = {path: path.stat().st_mode for path in (folder, *folder.rglob("*"))}
        for path, mode in modes.items():
            path.chmod(mode & ~0o222)
        yield made
        for path, mode in modes.items():
            path.chmod(mode)
        return
    mounted = subprocess.run(["mount", "--bind", str(folder), str(folder)], check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this machine does not let us mount")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        yield made
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_profile_that_cannot_be_written_is_said_before_anything_is_opened(locked: Made) -> None:
    with pytest.raises(Unavailable, match="No se puede escribir en la carpeta de datos"):
        open_station(locked.profile, locked.master, FakeClock())


@pytest.mark.parametrize("order", ["verify", "backup", "doctor"])
def test_orders_on_a_profile_that_cannot_be_written_do_their_work_or_say_why(
    locked: Made, order: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PHRASE}\n"))

    code = main([order, "--profile", str(locked.profile.folder)], lambda *_: 0)

    said = capsys.readouterr()
    words = said.out + said.err
    assert "Traceback" not in words
    assert code == 0 or "permiso" in words or "escribir" in words


@pytest.mark.parametrize("order", ["verify", "backup", "doctor"])
def test_an_order_on_a_folder_that_is_not_there_says_so(
    tmp_path: Path, order: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([order, "--profile", str(tmp_path / "no está")], lambda *_: 0)

    assert code == 1
    assert "no hay una estación configurada" in capsys.readouterr().err


def test_a_search_index_that_lost_its_words_is_built_again_from_the_records(
    made: Made, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_station(made.profile, made.master, FakeClock()) as station:
        add_member(station.store, "Marta Soto")
        station.store.local(lambda connection: connection.exec_driver_sql("DELETE FROM search_doc")).result()
    codes = []

    for options in ([], ["--rebuild-search"], []):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{PHRASE}\n"))
        codes.append(main(["verify", "--profile", str(made.profile.folder), *options], lambda *_: 0))

    assert codes == [1, 0, 0]
    assert "atalaya verify --rebuild-search" in capsys.readouterr().out
