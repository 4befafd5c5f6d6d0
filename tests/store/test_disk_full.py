"""A full disk: said in plain words, nothing half written, and work goes on when there is room (issue 2 §2)."""

import contextlib
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
from tests.support.disks import KINDS, SmallDisk, small_disk
from tests.support.profiles import KEYS, OPERATOR, open_store
from tests.support.work import add_incident, add_member

SIZE_MIB = 12


@pytest.fixture(params=KINDS)
def disk(request: pytest.FixtureRequest, tmp_path: Path, empty_profile: Path) -> Iterator[SmallDisk]:
    """Put an empty profile on a small disk."""
    with small_disk(request.param, tmp_path / "disco", SIZE_MIB) as made:
        (made.folder / "atalaya.db").write_bytes(empty_profile.read_bytes())
        yield made


def _import(store: Store, count: int) -> None:
    rows = [{"full_name": f"Persona {number} " + "x" * 400} for number in range(count)]
    store.write(OPERATOR, "staff.import", lambda unit: unit.add_rows(StaffMember, rows)).result()


def _count(store: Store) -> int:
    statement = "SELECT count(*) FROM staff"
    return store.read(
        lambda session: int(session.connection().exec_driver_sql(statement).scalar_one())
    ).result()


@pytest.mark.parametrize("leave", [0, 4096, 20_000, 100_000, 400_000])
def test_a_write_without_room_leaves_nothing_and_the_next_one_works(disk: SmallDisk, leave: int) -> None:
    with open_store(disk.folder / "atalaya.db") as store:
        add_member(store, "Marta Soto")
        disk.fill(leave)

        with pytest.raises(Unavailable, match="No queda espacio en el disco"):
            _import(store, 3_000)
        assert _count(store) == 1

        disk.free()
        _import(store, 100)
        assert _count(store) == 101
        assert add_incident(store, "Riña").version == 7

    found = verify(store.path, KEYS, REGISTERS)
    assert found.is_sound, found.text()


def test_small_writes_go_on_until_the_last_byte_and_again_afterwards(disk: SmallDisk) -> None:
    with open_store(disk.folder / "atalaya.db") as store:
        disk.fill(700_000)
        kept = 0
        with contextlib.suppress(Unavailable):
            while kept < 5_000:
                add_incident(store, f"Ruidos {kept}", lines=3)
                kept += 1
        for _ in range(3):
            with pytest.raises(Unavailable):
                _import(store, 200)
        disk.free()
        add_incident(store, "Al fin", lines=3)

    assert 0 < kept < 5_000
    found = verify(store.path, KEYS, REGISTERS)
    assert found.is_sound, found.text()
    assert found.change_sets == kept + 1


def test_settings_say_it_in_the_same_words(disk: SmallDisk) -> None:
    with open_store(disk.folder / "atalaya.db") as store:
        disk.fill(0)
        text = "x" * 2_000_000

        with pytest.raises(Unavailable, match="No queda espacio en el disco"):
            store.local(
                lambda connection: connection.exec_driver_sql(
                    "INSERT INTO draft (owner, key, value, saved_at) VALUES ('', 'x', ?, 0)", (text,)
                )
            ).result()
        disk.free()


def test_a_full_disk_at_closing_and_at_opening_leaves_everything_readable(disk: SmallDisk) -> None:
    path = disk.folder / "atalaya.db"
    with open_store(path) as store:
        add_member(store, "Marta Soto")
    before = read_witness(witness_path(path), KEYS.signing.public_key())
    with open_store(path) as store:
        add_member(store, "Pedro Rivas")
        disk.fill(0)
    assert read_witness(witness_path(path), KEYS.signing.public_key()) == before
    assert not list(disk.folder.glob("*.part"))

    if disk.least:
        disk.fill(disk.least)
    with open_store(path) as store:
        assert _count(store) == 2

    disk.free()
    with open_store(path) as store:
        assert _count(store) == 2
    assert verify(path, KEYS, REGISTERS).is_sound


def test_a_backup_without_room_is_said_and_leaves_nothing(disk: SmallDisk, store: Store) -> None:
    _import(store, 500)
    (disk.folder / "atalaya.db").unlink()
    disk.fill(300_000)

    with pytest.raises(Unavailable, match="No se pudo escribir el respaldo"):
        copy_database(store.path, disk.folder / "copia.db", KEYS)

    disk.free()
    assert disk.names() == []
    assert add_member(store, "El trabajo sigue").version == 7


def test_a_disk_too_full_to_open_is_said_and_the_next_try_opens(disk: SmallDisk) -> None:
    disk.fill(0)

    with pytest.raises(Unavailable, match="espacio"):
        open_store(disk.folder / "atalaya.db")

    disk.free()
    with open_store(disk.folder / "atalaya.db") as store:
        add_member(store, "Marta Soto")
