"""A copy made while the program writes is one instant of the file, and goes on under a new replica id."""

import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import Cancelled, Unavailable, UserError
from desktop.models.catalogue import REGISTERS
from desktop.store.backups import copy_database, put_in_place, read_back, table_counts
from desktop.store.engine import connect
from desktop.store.report import Fault
from desktop.store.store import Store
from desktop.store.verify import verify
from desktop.store.witness import witness_path
from tests.support.clock import FakeClock
from tests.support.profiles import KEYS, keys_of, open_store
from tests.support.work import add_incident, add_member, change_member, import_members


def _work(store: Store) -> None:
    for number in range(5):
        member = add_member(store, f"Ñancupil {number}")
        change_member(store, member, callsign=f"M{number}")
        add_incident(store, f"Ruidos molestos {number}")
    import_members(store, 50)


def _content(path: Path, *, of_the_station: bool = False) -> dict[str, list[Any]]:
    connection = connect(path, KEYS.database, read_only=True)
    try:
        names = [name for name in table_counts(connection) if of_the_station or name != "replica"]
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}  # noqa: S608
    finally:
        connection.close()


def test_a_copy_holds_the_same_rows_and_chain(store: Store, tmp_path: Path) -> None:
    _work(store)
    copy = tmp_path / "copia.db"

    copied = copy_database(store.path, copy, KEYS)

    assert copied.counts["staff"] == 55
    assert copied.size_bytes == copy.stat().st_size
    found = read_back(copy, KEYS, copied, REGISTERS)
    assert found.is_good, found.report.text()
    assert found.report.change_sets == copied.counts["journal"]
    assert _content(copy) == _content(store.path)


def test_a_copy_made_while_others_write_is_one_instant(store: Store, tmp_path: Path) -> None:
    _work(store)
    is_over = threading.Event()

    def write_on() -> None:
        number = 0
        while not is_over.is_set():
            add_incident(store, f"Durante el respaldo {number}")
            number += 1

    writing = threading.Thread(target=write_on)
    writing.start()
    try:
        copies = [tmp_path / f"copia{number}.db" for number in range(5)]
        copied = [copy_database(store.path, copy, KEYS) for copy in copies]
    finally:
        is_over.set()
        writing.join()

    for copy, then in zip(copies, copied, strict=True):
        found = read_back(copy, KEYS, then, REGISTERS)
        assert found.is_good, (found.different, found.report.text())


def test_a_copy_is_one_encrypted_file_and_a_witness(store: Store, tmp_path: Path) -> None:
    add_member(store, "Canario Ñuble Zunzunegui")
    folder = tmp_path / "copias"
    folder.mkdir()

    copy_database(store.path, folder / "copia.db", KEYS)

    assert {file.name for file in folder.iterdir()} == {"copia.db", "copia.db.witness"}
    data = (folder / "copia.db").read_bytes()
    assert b"SQLite format" not in data
    assert b"Zunzunegui" not in data


def test_a_damaged_copy_is_not_good(store: Store, tmp_path: Path) -> None:
    _work(store)
    copy = tmp_path / "copia.db"
    copied = copy_database(store.path, copy, KEYS)
    connection = connect(copy, KEYS.database)
    connection.execute("DELETE FROM staff WHERE full_name LIKE 'Persona%'")
    connection.close()

    found = read_back(copy, KEYS, copied, REGISTERS)

    assert not found.is_good
    assert found.different == {"staff": (55, 5)}
    assert Fault.ROW_MISSING in {finding.fault for finding in found.report.findings}


def test_a_copy_with_a_torn_page_or_another_key_does_not_open(store: Store, tmp_path: Path) -> None:
    _work(store)
    copy = tmp_path / "copia.db"
    copy_database(store.path, copy, KEYS)
    with pytest.raises(Unavailable):
        read_back(copy, keys_of("otra"))

    data = bytearray(copy.read_bytes())
    data[100] ^= 1
    copy.write_bytes(data)

    with pytest.raises(Unavailable):
        read_back(copy, KEYS)


def test_a_cancelled_copy_leaves_nothing(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "copias"
    folder.mkdir()

    def stop(_done: int, _whole: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        copy_database(store.path, folder / "copia.db", KEYS, stop)

    assert list(folder.iterdir()) == []


def test_a_copy_never_replaces_a_file(store: Store, tmp_path: Path) -> None:
    (tmp_path / "copia.db").write_text("algo")

    with pytest.raises(FileExistsError):
        copy_database(store.path, tmp_path / "copia.db", KEYS)

    assert (tmp_path / "copia.db").read_text() == "algo"


def test_a_restored_file_writes_on_under_a_new_replica_id(store: Store, tmp_path: Path) -> None:
    _work(store)
    copy, profile = tmp_path / "copia.db", tmp_path / "nuevo" / "atalaya.db"
    copied = copy_database(store.path, copy, KEYS)
    before = _content(store.path)

    put_in_place(copy, profile)
    assert _content(profile) == before
    with open_store(profile, clock=FakeClock()) as restored:
        assert restored.replica != store.replica
        member = add_member(restored, "Después de restaurar")
        change_member(restored, member, callsign="M99")
    # The station that was copied goes on as well: neither takes the other's place.
    add_member(store, "En la estación de siempre")

    found = verify(profile, KEYS, REGISTERS)
    assert found.is_sound, found.text()
    assert found.change_sets == copied.counts["journal"] + 2
    assert found.chains == 2
    after = _content(profile, of_the_station=True)
    assert {(row[0], row[3]) for row in after["replica"]} == {(store.replica, 0), (restored.replica, 1)}
    assert after["journal"][: len(before["journal"])] == before["journal"]
    with open_store(profile) as again:
        assert again.replica == restored.replica


def test_a_file_is_only_put_into_an_empty_profile(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copia.db"
    copy_database(store.path, copy, KEYS)

    with pytest.raises(UserError, match="ya tiene una base de datos"):
        put_in_place(copy, store.path)

    assert copy.exists()


def test_an_old_copy_laid_over_the_file_by_hand_writes_under_a_new_id_and_is_said(
    database: Path, tmp_path: Path
) -> None:
    with open_store(database) as store:
        add_member(store, "Antes de la copia")
    shutil.copy(database, tmp_path / "vieja.db")
    with open_store(database) as store:
        first = store.replica
        add_member(store, "Después de la copia")
    shutil.copy(tmp_path / "vieja.db", database)

    with open_store(database) as store:
        assert store.replica != first
        add_member(store, "Sobre la copia vieja")

    found = verify(database, KEYS, REGISTERS)
    assert {finding.fault for finding in found.findings} == {Fault.TRUNCATED}
    assert {(finding.replica, finding.seq) for finding in found.findings} == {(first, 2)}


def test_a_backup_restored_where_a_newer_file_was_puts_its_witness_aside(
    store: Store, tmp_path: Path
) -> None:
    _work(store)
    copy = tmp_path / "copia.db"
    copy_database(store.path, copy, KEYS)
    add_member(store, "Después del respaldo")
    store.close()
    store.path.unlink()
    witness_path(copy).unlink()

    put_in_place(copy, store.path)
    with open_store(store.path) as restored:
        add_member(restored, "Después de restaurar")

    assert verify(store.path, KEYS, REGISTERS).is_sound
    assert len(list(store.path.parent.glob("atalaya.db.witness.*"))) == 1


def test_another_station_key_gets_a_replica_of_its_own(database: Path) -> None:
    with open_store(database) as store:
        first = store.replica
        add_member(store, "Con la llave de antes")
    other = type(KEYS)(KEYS.database, keys_of("llave nueva").signing)

    with open_store(database, other) as store:
        assert store.replica != first
        add_member(store, "Con la llave nueva")

    found = verify(database, other, REGISTERS)
    assert found.is_sound, found.text()
    assert found.chains == 2
