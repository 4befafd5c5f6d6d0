"""A full disk: said in plain words, nothing half written, and work goes on when there is room (issue 2 §2)."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.errors import Unavailable
from desktop.models.catalogue import REGISTERS
from desktop.models.people import StaffMember
from desktop.store.backups import copy_database
from desktop.store.store import Store
from desktop.store.verify import verify
from desktop.store.witness import read_witness, witness_path
from tests.support.profiles import KEYS, OPERATOR, open_store
from tests.support.work import add_incident, add_member

SIZE_MIB = 12


@pytest.fixture
def small_disk(tmp_path: Path, empty_profile: Path) -> Iterator[Path]:
    """Mount a small file system and put an empty profile on it."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root mounts a file system")
    disk = tmp_path / "disco"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "tmpfs", str(disk)]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine does not let us mount")
    try:
        (disk / "atalaya.db").write_bytes(empty_profile.read_bytes())
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def _fill(disk: Path, leave: int) -> Path:
    """Leave only `leave` bytes on the disk."""
    ballast = disk / "lastre"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    ballast.write_bytes(b"\0" * (free - leave))
    return ballast


def _import(store: Store, count: int) -> None:
    rows = [{"full_name": f"Persona {number} " + "x" * 400} for number in range(count)]
    store.write(OPERATOR, "staff.import", lambda unit: unit.add_rows(StaffMember, rows)).result()


def _count(store: Store) -> int:
    statement = "SELECT count(*) FROM staff"
    return store.read(
        lambda session: int(session.connection().exec_driver_sql(statement).scalar_one())
    ).result()


@pytest.mark.parametrize("leave", [0, 4096, 20_000, 100_000, 400_000])
def test_a_write_without_room_leaves_nothing_and_the_next_one_works(small_disk: Path, leave: int) -> None:
    with open_store(small_disk / "atalaya.db") as store:
        add_member(store, "Marta Soto")
        ballast = _fill(small_disk, leave)

        with pytest.raises(Unavailable, match="No queda espacio en el disco"):
            _import(store, 3_000)
        assert _count(store) == 1

        ballast.unlink()
        _import(store, 100)
        assert _count(store) == 101
        assert add_incident(store, "Riña").version == 7

    found = verify(store.path, KEYS, REGISTERS)
    assert found.is_sound, found.text()


def test_small_writes_go_on_until_the_last_byte_and_again_afterwards(small_disk: Path) -> None:
    with open_store(small_disk / "atalaya.db") as store:
        ballast = _fill(small_disk, 700_000)
        kept = 0
        with contextlib.suppress(Unavailable):
            while kept < 5_000:
                add_incident(store, f"Ruidos {kept}", lines=3)
                kept += 1
        for _ in range(3):
            with pytest.raises(Unavailable):
                _import(store, 200)
        ballast.unlink()
        add_incident(store, "Al fin", lines=3)

    assert 0 < kept < 5_000
    found = verify(store.path, KEYS, REGISTERS)
    assert found.is_sound, found.text()
    assert found.change_sets == kept + 1


def test_settings_say_it_in_the_same_words(small_disk: Path) -> None:
    with open_store(small_disk / "atalaya.db") as store:
        ballast = _fill(small_disk, 0)
        text = "x" * 2_000_000

        with pytest.raises(Unavailable, match="No queda espacio en el disco"):
            store.local(
                lambda connection: connection.exec_driver_sql(
                    "INSERT INTO draft (owner, key, value, saved_at) VALUES ('', 'x', ?, 0)", (text,)
                )
            ).result()
        ballast.unlink()


def test_a_full_disk_at_closing_and_at_opening_leaves_everything_readable(small_disk: Path) -> None:
    path = small_disk / "atalaya.db"
    with open_store(path) as store:
        add_member(store, "Marta Soto")
    before = read_witness(witness_path(path), KEYS.signing.public_key())
    with open_store(path) as store:
        add_member(store, "Pedro Rivas")
        ballast = _fill(small_disk, 0)
    assert read_witness(witness_path(path), KEYS.signing.public_key()) == before
    assert not list(small_disk.glob("*.part"))

    with open_store(path) as store:
        assert _count(store) == 2

    ballast.unlink()
    with open_store(path) as store:
        assert _count(store) == 2
    assert verify(path, KEYS, REGISTERS).is_sound


def test_a_backup_without_room_is_said_and_leaves_nothing(small_disk: Path, store: Store) -> None:
    _import(store, 500)
    (small_disk / "atalaya.db").unlink()
    _fill(small_disk, 300_000)

    with pytest.raises(Unavailable, match="No se pudo escribir el respaldo"):
        copy_database(store.path, small_disk / "copia.db", KEYS)

    assert [file.name for file in small_disk.iterdir()] == ["lastre"]
    assert add_member(store, "El trabajo sigue").version == 7
