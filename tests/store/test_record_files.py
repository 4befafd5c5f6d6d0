"""Files of records and the search over everything, over a real station."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from desktop.core.errors import NotAllowed, UserError
from desktop.core.formats import make_run
from desktop.models.catalogue import BY_KEY
from desktop.models.roles import Role
from desktop.operations import record_queries, registers
from desktop.operations.attachments import RecordFiles
from desktop.operations.context import Context
from desktop.operations.copies import Copies, safe_name
from desktop.operations.history import history
from desktop.operations.search import SearchHit, search_everything
from desktop.operations.station import Station
from desktop.register.record import Confidentiality
from desktop.store.blobs import BlobStore
from tests.support.stations import open_station, somebody

STAFF, NOTES = BY_KEY["staff"], BY_KEY["hazard_notes"]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with open_station(tmp_path) as opened:
        yield opened


@pytest.fixture
def files(station: Station, tmp_path: Path) -> Iterator[RecordFiles]:
    copies = Copies()
    yield RecordFiles(station, BlobStore(tmp_path / "blobs", b"k" * 32), copies)
    copies.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "foto ñandú.jpg"
    path.write_bytes(b"una foto")
    return path


def _person(station: Station, name: str = "Juana Ñancupil", **values: object) -> UUID:
    return station.write(lambda ctx: registers.create(ctx, STAFF, {"full_name": name, **values})).result()


def _secret_note(station: Station) -> UUID:
    def make(ctx: Context) -> UUID:
        values = {"text": "Agresor armado", "confidentiality": Confidentiality.RESERVED}
        record_id = registers.create(ctx, NOTES, values)
        ctx.name_operation("somebody.elsewhere")
        return record_id

    return station.write_as(somebody(Role.OPERATOR), make).result()


def _find(station: Station, words: str) -> list[SearchHit]:
    return station.read(lambda ctx: search_everything(ctx, words)).result()


def test_a_file_comes_back_as_it_was_and_is_in_the_timeline(
    station: Station, files: RecordFiles, photo: Path, tmp_path: Path
) -> None:
    person = _person(station)

    attachment = files.add(STAFF, person, photo)
    files.save_copy(attachment, tmp_path / "copia.jpg")

    assert (tmp_path / "copia.jpg").read_bytes() == b"una foto"
    assert files.open_copy(attachment).read_bytes() == b"una foto"
    view = station.read(lambda ctx: record_queries.record_view(ctx, STAFF, person)).result()
    assert [(file.name, file.size_bytes) for file in view.attachments] == [("foto ñandú.jpg", 8)]
    entries = station.read(lambda ctx: history(ctx, STAFF, person)).result()
    assert [entry.operation for entry in entries] == ["Exportación", "Archivo adjunto", "Creación"]


def test_opened_copies_go_with_the_program(station: Station, photo: Path, tmp_path: Path) -> None:
    copies = Copies()
    files = RecordFiles(station, BlobStore(tmp_path / "blobs", b"k" * 32), copies)
    opened = files.open_copy(files.add(STAFF, _person(station), photo))
    assert opened.exists()

    copies.close()

    assert not opened.exists()


def test_files_of_a_confidential_record_wait_for_the_reason(
    station: Station, files: RecordFiles, photo: Path, tmp_path: Path
) -> None:
    note = _secret_note(station)
    with pytest.raises(UserError):
        files.add(NOTES, note, photo)

    station.write(lambda ctx: registers.open_confidential(ctx, NOTES, note, "Revisión")).result()
    attachment = files.add(NOTES, note, photo)

    station.seat(somebody(Role.DISPATCHER, number=9))
    with pytest.raises(UserError):
        files.save_copy(attachment, tmp_path / "copia.jpg")
    assert not (tmp_path / "copia.jpg").exists()


def test_who_may_only_read_attaches_nothing(station: Station, files: RecordFiles, photo: Path) -> None:
    person = _person(station)
    station.seat(somebody(Role.INSPECTOR))

    with pytest.raises(NotAllowed):
        files.add(STAFF, person, photo)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("CON:a?.txt", "CON_a_.txt"),
        (" . ", "archivo"),
        ("a\nb", "a_b"),
    ],
)
def test_a_file_name_stays_inside_its_folder(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@pytest.mark.parametrize(
    "words", ["nancupil", "ÑANCU", "juana ñan", "12.345.678-5", "123456785", "9 8765 4321"]
)
def test_a_person_is_found_by_name_run_or_telephone(station: Station, words: str) -> None:
    person = _person(station, run=make_run(12_345_678), phone="987654321")
    note = {"text": "Llamar antes", "phone": "987654321"}
    station.write(lambda ctx: registers.create(ctx, NOTES, note)).result()

    assert person in [hit.record_id for hit in _find(station, words)] or (
        words.startswith("9 ") and [hit.register for hit in _find(station, words)] == ["hazard_notes"]
    )


def test_a_confidential_hit_shows_its_class_only(station: Station) -> None:
    note = _secret_note(station)

    hits = _find(station, "agresor")

    assert [hit.record_id for hit in hits] == [note]
    assert "Agresor" not in repr(hits)


def test_what_was_voided_is_not_found(station: Station) -> None:
    person = _person(station)
    station.write(lambda ctx: registers.void(ctx, STAFF, person, "Duplicado")).result()

    assert _find(station, "Juana") == []
