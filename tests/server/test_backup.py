"""Backups of the municipal server: whole, sealed, and brought back or refused before anything is touched."""

import os
import random
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from server.backup import TABLES, back_up, examine, last_made_ms
from server.backup_file import MAGIC, BackupError, Fault
from server.cli import main
from server.engine import Database
from server.records import unpack_state
from server.restoring import Restored, restore
from server.tables import RECORD, REPLICA_HEAD, SCOPE_HEAD, SEGMENT, TENANT
from tests.support.municipality import CHEAP, PASSPHRASE, Municipality, Station
from tests.support.municipality import TENANT as NAME
from tests.support.postgres import Postgres
from wire.changes import Values
from wire.digest import EMPTY, moved, weight_of

OTHER = "otra frase, bastante larga"


@pytest.fixture
def elsewhere(where: str | Path, tmp_path: Path, postgres: Postgres) -> Iterator[str | Path]:
    """Return an empty place on the other kind of database."""
    if isinstance(where, str):
        yield tmp_path / "otro"
    else:
        with postgres.database() as dsn:
            yield dsn


def work(municipality: Municipality, count: int = 3) -> Station:
    """Let a station write records, one of which is denied, and get official numbers."""
    ana = municipality.station()
    for number in range(count):
        code: Values = {"code": f"INC-26-K1-{number:04d}-R", "narrative": "ruidos"}
        ana.create("operaciones", "incidents", uuid4().bytes, code)
    ana.create("operaciones", "devices", uuid4().bytes, {"name": "intruso"})
    ana.create("operaciones", "incidents", uuid4().bytes, {"narrative": "después"})
    municipality.push(ana, ana.piece("operaciones"))
    return ana


def saved(municipality: Municipality, path: Path) -> Path:
    back_up(municipality.database, municipality.authority, PASSPHRASE, path, CHEAP)
    return path


def brought_back(path: Path, where: str | Path) -> Restored:
    examined = examine(path, PASSPHRASE)
    database = Database.open(where)
    try:
        return restore(database, path, PASSPHRASE, examined)
    finally:
        database.close()


def fault_of(path: Path, passphrase: str = PASSPHRASE) -> str:
    with pytest.raises(BackupError) as caught:
        examine(path, passphrase)
    return caught.value.fault


def rows_of(where: str | Path) -> dict[str, Counter[tuple[object, ...]]]:
    """Return every row but what a new epoch writes."""
    database = Database.open(where)
    with database.reading() as tx:
        found = {
            table.name: Counter(map(tuple, tx.connection.execute(select(table))))
            for table in TABLES
            if table is not TENANT
        }
    database.close()
    return found


def check_agrees(where: str | Path) -> int:
    """See that every scope and chain ends where its head says, with the state that follows; return what was taken."""
    database = Database.open(where)
    with database.reading() as tx:
        weights: Counter[str] = Counter()
        for row in tx.connection.execute(select(RECORD)):
            weights[row.scope] += weight_of(row.tbl, row.pk, unpack_state(row.state).heads)
        tails: dict[tuple[str, int], tuple[int, bytes]] = {}
        ends: Counter[str] = Counter()
        for row in tx.connection.execute(select(SEGMENT)):
            key = row.scope, row.replica
            tails[key] = max(tails.get(key, (0, b"")), (row.last, row.tail))
            ends[row.scope] = max(ends[row.scope], row.n_last)
        heads = tx.connection.execute(select(REPLICA_HEAD)).all()
        assert {(one.scope, one.replica): (one.seq, one.hash) for one in heads} == tails
        scopes = tx.connection.execute(select(SCOPE_HEAD)).all()
        for scope in scopes:
            assert scope.n == ends[scope.scope]
            assert scope.digest == moved(EMPTY, weights[scope.scope])
    database.close()
    return sum(ends.values())


def test_a_backup_brings_everything_back_on_either_kind_of_database(
    municipality: Municipality, where: str | Path, elsewhere: str | Path, tmp_path: Path
) -> None:
    work(municipality)
    before = rows_of(where)
    made = back_up(municipality.database, municipality.authority, PASSPHRASE, tmp_path / "uno", CHEAP)
    with municipality.database.reading() as tx:
        assert last_made_ms(tx, NAME) == made.made_ms == municipality.wall.now_ms
    done = brought_back(tmp_path / "uno", elsewhere)
    after = rows_of(elsewhere)

    assert (done.tenant, done.name, done.rows) == ("maipu", "Maipú", made.rows)
    epoch_writes = {"scope_head", "replica", "replica_head", "segment", "record"}
    for name, rows in before.items():
        lost = rows - after[name]
        assert len(lost) == (1 if name == "scope_head" else 0), name  # `sys` grew by the epoch's own words
        assert bool(after[name] - rows) == (name in epoch_writes), name
    assert sum(map(len, before.values())) > 10
    check_agrees(elsewhere)
    restored = Database.open(elsewhere)
    with restored.reading() as tx:
        assert last_made_ms(tx, NAME) is None
        assert tx.connection.scalar(select(TENANT.c.epoch)) == done.epoch > municipality.wall.now_ms
    restored.close()


def test_what_is_saved_while_stations_push_is_one_state(
    municipality: Municipality, elsewhere: str | Path, tmp_path: Path
) -> None:
    stations = [municipality.station() for _ in range(3)]
    ended = threading.Event()
    pushed: list[int] = []

    def write(station: Station) -> None:
        number = 0
        while not ended.is_set():
            number += 1
            for scope in ("operaciones", "emergencia"):
                station.create(scope, "incidents", uuid4().bytes, {"code": f"INC-26-K1-{number:04d}-R"})
                municipality.push(station, station.piece(scope, number))
            pushed.append(number)

    threads = [threading.Thread(target=write, args=[station]) for station in stations]
    for thread in threads:
        thread.start()
    sums = []
    try:
        for number in range(4):
            while len(pushed) < 10 * number:
                ended.wait(0.01)
            saved(municipality, tmp_path / str(number))
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    for number in range(4):
        place = tmp_path / f"vuelta {number}"
        brought_back(tmp_path / str(number), place)
        sums.append(check_agrees(place))
    assert sums == sorted(set(sums))


def test_a_backup_is_never_readable_and_never_overwrites(municipality: Municipality, tmp_path: Path) -> None:
    municipality.station(code="ZX")
    path = saved(municipality, tmp_path / "uno")
    data = path.read_bytes()

    for word in (
        b"Estaci",
        b"incidents",
        b"BEGIN",
        b"Maip",
        municipality.authority.signing_key.private_bytes_raw(),
    ):
        assert word not in data
    assert {one.name for one in tmp_path.iterdir()} <= {"uno", "server"}
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BackupError) as caught:
        saved(municipality, path)
    assert caught.value.fault == Fault.EXISTS
    assert path.read_bytes() == data
    with pytest.raises(BackupError) as caught:
        saved(municipality, tmp_path / "no" / "hay")
    assert caught.value.fault == Fault.DISK


def test_a_backup_that_was_cut_changed_or_is_another_thing_is_refused(
    municipality: Municipality, tmp_path: Path
) -> None:
    work(municipality, 40)
    data = saved(municipality, tmp_path / "bueno").read_bytes()
    path = tmp_path / "malo"
    rng = random.Random(7)
    for _ in range(60):
        place = rng.randrange(len(data))
        path.write_bytes(data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :])
        assert fault_of(path) in {Fault.FOREIGN, Fault.PASSPHRASE, Fault.DAMAGED, Fault.VERSION}, place
    for place in {*rng.sample(range(len(data)), 60), len(data) - 1, len(MAGIC), 0}:
        path.write_bytes(data[:place])
        assert fault_of(path) in {Fault.FOREIGN, Fault.PASSPHRASE, Fault.DAMAGED}, place
    path.write_bytes(data + b"x")
    assert fault_of(path) == Fault.DAMAGED
    path.write_bytes(os.urandom(len(data)))
    assert fault_of(path) == Fault.FOREIGN
    path.write_bytes(MAGIC + b"\xff" * 100)
    assert fault_of(path) == Fault.DAMAGED
    assert fault_of(tmp_path / "ninguno") == Fault.DISK
    assert fault_of(tmp_path / "bueno", OTHER) == Fault.PASSPHRASE


def test_frames_that_change_places_or_files_are_refused(
    municipality: Municipality, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.backup.FRAME_BYTES", 512)
    work(municipality, 20)
    parts = frames(saved(municipality, tmp_path / "uno").read_bytes())
    others = frames(saved(municipality, tmp_path / "dos").read_bytes())
    path = tmp_path / "malo"
    assert len(parts) > 6
    for mixed in (
        [*parts[:2], parts[3], parts[2], *parts[4:]],
        [*parts[:2], *parts[3:]],
        [*parts[:2], parts[2], *parts[2:]],
        [*parts[:2], others[2], *parts[3:]],
        [*parts[:-2], parts[-1]],
        [*parts[:3], parts[-1]],
    ):
        path.write_bytes(b"".join(mixed))
        assert fault_of(path) == Fault.DAMAGED
    path.write_bytes(b"".join(parts))
    assert examine(path, PASSPHRASE).head.tenant == NAME


def frames(data: bytes) -> list[bytes]:
    """Return the head and the frames of a backup."""
    place = len(MAGIC)
    place += 4 + int.from_bytes(data[place : place + 4]) + 32
    found = [data[:place]]
    while place < len(data):
        end = place + 4 + int.from_bytes(data[place : place + 4])
        found.append(data[place:end])
        place = end
    return found


def test_a_place_where_somebody_is_stays_as_it_was(
    municipality: Municipality, where: str | Path, elsewhere: str | Path, tmp_path: Path
) -> None:
    work(municipality)
    path = saved(municipality, tmp_path / "uno")
    brought_back(path, elsewhere)
    before = rows_of(elsewhere)

    for place in (elsewhere, where):
        with pytest.raises(BackupError) as caught:
            brought_back(path, place)
        assert caught.value.fault == Fault.OCCUPIED
    assert rows_of(elsewhere) == before


def test_two_who_restore_at_once_are_one_municipality(
    municipality: Municipality, elsewhere: str | Path, tmp_path: Path
) -> None:
    work(municipality)
    path = saved(municipality, tmp_path / "uno")
    done: list[str] = []

    def bring() -> None:
        try:
            done.append(brought_back(path, elsewhere).tenant)
        except BackupError as error:
            done.append(error.fault)

    threads = [threading.Thread(target=bring) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == sorted(["maipu", Fault.OCCUPIED, Fault.OCCUPIED])
    check_agrees(elsewhere)


def test_a_file_that_changes_after_it_was_examined_leaves_nothing_behind(
    municipality: Municipality, elsewhere: str | Path, tmp_path: Path
) -> None:
    work(municipality)
    path = saved(municipality, tmp_path / "uno")
    examined = examine(path, PASSPHRASE)
    path.write_bytes(path.read_bytes()[:-5])
    database = Database.open(elsewhere)
    with pytest.raises(BackupError) as caught:
        restore(database, path, PASSPHRASE, examined)
    assert caught.value.fault == Fault.DAMAGED
    shutil.copy(saved(municipality, tmp_path / "dos"), path)
    with pytest.raises(BackupError):
        restore(database, path, PASSPHRASE, examined)
    database.close()
    assert not any(rows_of(elsewhere).values())


def test_the_command_says_in_words_what_is_wrong_and_makes_nothing(
    municipality: Municipality,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ATALAYA_SERVER_PASSPHRASE", PASSPHRASE)
    path = saved(municipality, tmp_path / "uno")
    place = tmp_path / "nuevo"
    (tmp_path / "texto").write_text("hola", encoding="utf-8")
    assert main(["restore", "--folder", str(place), str(tmp_path / "texto")]) == 1
    assert "no es un respaldo" in capsys.readouterr().err
    monkeypatch.setenv("ATALAYA_SERVER_PASSPHRASE", OTHER)
    assert main(["restore", "--folder", str(place), str(path)]) == 1
    assert "La frase no abre" in capsys.readouterr().err
    assert not place.exists()
    monkeypatch.setenv("ATALAYA_SERVER_PASSPHRASE", PASSPHRASE)
    assert main(["restore", "--folder", str(place), str(path)]) == 0
    assert main(["restore", "--folder", str(place), str(path)]) == 1
    assert "ya hay un municipio" in capsys.readouterr().err


def test_a_backup_of_another_version_is_refused(
    municipality: Municipality, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(municipality, tmp_path / "uno")
    monkeypatch.setattr("server.schema.HEAD", "0999")
    assert fault_of(path) == Fault.VERSION
