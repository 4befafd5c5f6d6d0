"""A full disk while files are written: attachments, exports, papers, backups, drafts, logs; said, and nothing half."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.core.errors import Unavailable
from desktop.core.logs import start_logging
from desktop.core.paths import Profile
from desktop.models.catalogue import BY_KEY
from desktop.operations import registers
from desktop.operations.attachments import RecordFiles
from desktop.operations.backups import make_backup
from desktop.operations.copies import Copies
from desktop.operations.documents.letterhead import Letterhead
from desktop.operations.export import RecordDocuments
from desktop.operations.memory import StoredMemory
from desktop.operations.queries import ListSpec
from desktop.operations.setup import open_station
from desktop.operations.station import Station
from desktop.store.blobs import BlobStore
from desktop.views.shell.crash import save_report
from desktop.views.tasks import Progress
from tests.support.clock import FakeClock
from tests.support.disks import KINDS, SmallDisk, small_disk
from tests.support.made import make_station
from tests.support.stations import open_station as open_simple

STAFF = BY_KEY["staff"]
NO_ROOM = "[Ee]spacio|unidad"


@pytest.fixture(params=KINDS)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(request.param, tmp_path / "disco", 24) as made:
        yield made


@pytest.fixture
def station(disk: SmallDisk) -> Iterator[Station]:
    """Open a station whose profile lies on the small disk."""
    Profile(disk.folder / "perfil").prepare()
    with open_simple(disk.folder / "perfil") as opened:
        yield opened


@pytest.fixture
def station_elsewhere(tmp_path: Path) -> Iterator[Station]:
    """Open a station with room, which writes papers to the small disk."""
    Profile(tmp_path / "perfil").prepare()
    with open_simple(tmp_path / "perfil") as opened:
        yield opened


def _people(station: Station, count: int) -> None:
    rows = [{"full_name": f"Persona {number} " + "x" * 60} for number in range(count)]
    station.write(lambda ctx: ctx.unit.add_rows(STAFF.model, rows)).result()


def _documents(station: Station, copies: Copies) -> RecordDocuments:
    return RecordDocuments(station, lambda at: Letterhead("Municipalidad de Ejemplo", "Ejemplo", at), copies)


def test_an_attachment_without_room_leaves_no_bytes_and_no_row(
    station: Station, disk: SmallDisk, tmp_path: Path
) -> None:
    photo = tmp_path / "foto.jpg"
    photo.write_bytes(b"\1" * 3_000_000)
    blobs = BlobStore(station.profile.blobs, b"k" * 32)
    files = RecordFiles(station, blobs, Copies())
    person = station.write(lambda ctx: registers.create(ctx, STAFF, {"full_name": "Juana"})).result()
    disk.fill(600_000)

    with pytest.raises(Unavailable, match=NO_ROOM):
        files.add(STAFF, person, photo)

    disk.free()
    assert list(blobs.files()) == []
    assert not list(station.profile.blobs.glob("*.part"))
    count = station.read(
        lambda ctx: ctx.session.connection().exec_driver_sql("SELECT count(*) FROM attachments").scalar()
    ).result()
    assert count == 0
    attachment = files.add(STAFF, person, photo)
    files.save_copy(attachment, tmp_path / "vuelta.jpg")
    assert (tmp_path / "vuelta.jpg").read_bytes() == photo.read_bytes()


def test_a_copy_of_an_attachment_that_does_not_fit_leaves_no_plain_part(
    station_elsewhere: Station, disk: SmallDisk, tmp_path: Path
) -> None:
    station = station_elsewhere
    photo = tmp_path / "foto.jpg"
    photo.write_bytes(b"\1" * 3_000_000)
    files = RecordFiles(station, BlobStore(station.profile.blobs, b"k" * 32), Copies())
    person = station.write(lambda ctx: registers.create(ctx, STAFF, {"full_name": "Juana"})).result()
    attachment = files.add(STAFF, person, photo)
    disk.fill(1_000_000)

    with pytest.raises(Unavailable, match=r"No se pudo escribir en copia\.jpg"):
        files.save_copy(attachment, disk.folder / "copia.jpg")

    disk.free()
    assert disk.names() == []


@pytest.mark.parametrize("name", ["lista.csv", "lista.xlsx"])
@pytest.mark.parametrize("leave", [0, 20_000])
def test_an_export_without_room_is_said_leaves_nothing_and_the_next_one_works(
    station_elsewhere: Station, disk: SmallDisk, name: str, leave: int
) -> None:
    station = station_elsewhere
    _people(station, 1_500)
    documents = _documents(station, Copies())
    target = disk.folder / name
    target.write_bytes(b"el de ayer")
    disk.fill(leave)

    with pytest.raises(Unavailable, match=f"No se pudo escribir {name}"):
        documents.export_list(STAFF, ListSpec(), target, "", Progress())

    disk.free()
    assert disk.names() == [name]
    assert target.read_bytes() == b"el de ayer"
    assert documents.export_list(STAFF, ListSpec(), target, "", Progress()) == 1_500


def test_a_paper_without_room_is_said_and_leaves_no_part(
    station_elsewhere: Station, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = station_elsewhere
    person = station.write(lambda ctx: registers.create(ctx, STAFF, {"full_name": "Juana"})).result()
    monkeypatch.setattr("tempfile.tempdir", str(disk.folder))
    copies = Copies()
    documents = _documents(station, copies)
    disk.fill(2_000)

    with pytest.raises(Unavailable, match=NO_ROOM):
        documents.print_record(STAFF, person, "record")

    disk.free()
    assert not [
        path for path in disk.folder.rglob("*") if path.is_file() and path.suffix in {".pdf", ".part"}
    ]
    assert documents.print_record(STAFF, person, "record").read_bytes().startswith(b"%PDF")
    copies.close()
    assert disk.names() == []


def test_a_backup_of_the_station_without_room_leaves_nothing_and_the_next_one_works(
    disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_station(disk.folder / "perfil", monkeypatch)
    before = disk.names()
    disk.fill(500_000)

    with pytest.raises(Unavailable, match=NO_ROOM):
        make_backup(made.profile, made.master, FakeClock().now())

    disk.free()
    assert not list(made.profile.backups.iterdir())
    assert set(disk.names()) <= {*before, "perfil/atalaya.db-wal", "perfil/atalaya.db-shm"}
    assert make_backup(made.profile, made.master, FakeClock().now()).path.is_file()


def test_a_set_up_without_room_is_said_and_can_be_done_again(
    disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk.fill(300_000)
    with pytest.raises(Unavailable, match=NO_ROOM):
        make_station(disk.folder / "perfil", monkeypatch)
    disk.free()

    made = make_station(disk.folder / "perfil", monkeypatch)

    with open_station(made.profile, made.master, FakeClock()) as station:
        assert station.warnings == ()


def test_a_draft_that_found_no_room_is_put_aside_once_there_is(station: Station, disk: SmallDisk) -> None:
    memory = StoredMemory(station.store, "")
    memory.put("borrador/1", "corto")
    memory.flush()
    disk.fill(0)
    long = "Llamada por riña " * 60_000
    memory.put("borrador/1", long)
    with pytest.raises(Unavailable):
        memory.flush()
    assert memory.get("borrador/1") == long

    disk.free()
    memory.put("borrador/1", long)
    memory.flush()

    assert StoredMemory(station.store, "").get("borrador/1") == long


def test_what_found_no_room_goes_with_the_next_thing_that_is_remembered(
    station: Station, disk: SmallDisk
) -> None:
    memory = StoredMemory(station.store, "")
    disk.fill(0)
    long = "Llamada por riña " * 60_000
    memory.put("borrador/1", long)
    with pytest.raises(Unavailable):
        memory.flush()
    disk.free()

    memory.put("columnas", "otra cosa")
    memory.flush()

    assert StoredMemory(station.store, "").get("borrador/1") == long


def test_a_log_without_room_disturbs_nobody_and_is_whole_again_afterwards(disk: SmallDisk) -> None:
    handler = start_logging(disk.folder / "logs")
    log = logging.getLogger("desktop.prueba")
    try:
        log.warning("antes")
        disk.fill(150)
        for number in range(20):
            log.warning("sin espacio %s", number)
        disk.free()
        log.warning("después")
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()

    lines = (disk.folder / "logs" / "atalaya.log").read_text(encoding="utf-8").splitlines()
    messages = [json.loads(line)["message"] for line in lines]
    assert messages[0] == "antes"
    assert messages[-1] == "después"


def test_a_crash_report_without_room_leaves_no_empty_file(disk: SmallDisk) -> None:
    disk.fill(0)

    with pytest.raises(OSError, match=r"space|large"):
        save_report(disk.folder / "logs", "informe " * 5_000, datetime(2026, 3, 16, tzinfo=UTC))

    disk.free()
    assert not list(disk.folder.rglob("*.txt"))
