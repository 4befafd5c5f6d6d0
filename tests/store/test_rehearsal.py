"""Drills, lists and copies of backups: what is missing is said, what is stopped leaves nothing."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from desktop.core import vault
from desktop.core.errors import Cancelled, Unavailable, UserError
from desktop.core.paths import Profile
from desktop.core.vault import MasterKey
from desktop.models.shared import Attachment
from desktop.operations import backup_copies, backup_file, backups
from desktop.operations.backup_copies import copy_to
from desktop.operations.backups import kept_here, make_backup, restore, sweep_scratch
from desktop.operations.context import Context
from desktop.operations.rehearsal import drill
from desktop.operations.setup import open_station
from desktop.store.blobs import Blob, BlobStore
from tests.support.clock import FakeClock
from tests.support.set_up_stations import PHRASE, QUICK_ARGON, make_station

NOW = datetime(2026, 3, 16, 17, 0, tzinfo=UTC)
OWNER = UUID(int=77)


@dataclass(frozen=True)
class Made:
    """A closed station with one attachment."""

    profile: Profile
    master: MasterKey
    blob: Blob

    @property
    def blob_file(self) -> Path:
        return next(BlobStore(self.profile.blobs, self.master.blobs).files())


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "_ARGON", QUICK_ARGON)
        profile = Profile(tmp_path_factory.mktemp("estación") / "perfil")
        done = make_station(profile.folder)
        with done.station as station:
            master = station.master
            blob = BlobStore(profile.blobs, master.blobs).add_chunks([os.urandom(3_000)])
            station.write_as(station.system, lambda ctx: attach(ctx, blob)).result()
        yield Made(profile, master, blob)


@pytest.fixture
def made(original: Made, tmp_path: Path) -> Made:
    profile = Profile(tmp_path / "perfil")
    shutil.copytree(original.profile.folder, profile.folder)
    return Made(profile, original.master, original.blob)


def attach(ctx: Context, blob: Blob) -> None:
    ctx.add(
        Attachment(
            register="incidents",
            record_id=OWNER,
            name="parte.pdf",
            media_type="application/pdf",
            size_bytes=blob.size_bytes,
            sha256=blob.sha256,
        )
    )


def stopping_after(calls: int) -> Callable[[int, int, str], None]:
    left = iter(range(calls))

    def progress(_done: int, _all: int, _text: str) -> None:
        if next(left, None) is None:
            raise Cancelled

    return progress


def everything_in(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def test_a_drill_compares_what_was_noted_with_what_comes_back_and_leaves_nothing(made: Made) -> None:
    backup = make_backup(made.profile, made.master, NOW).path
    before = everything_in(made.profile.folder)

    shown = drill(backup, made.profile, made.master)

    assert shown.is_good
    assert shown.report.is_sound
    assert shown.files.rows == 1
    counts = {table.table: (table.noted, table.restored, table.today) for table in shown.tables}
    assert counts["users"] == (1, 1, 1)
    assert counts["attachments"] == (1, 1, 1)
    assert counts["journal"][1] > 1
    assert everything_in(made.profile.folder) == before


def test_what_the_station_wrote_after_the_backup_is_no_difference(made: Made) -> None:
    backup = make_backup(made.profile, made.master, NOW).path
    with open_station(made.profile, made.master, FakeClock()) as station:
        station.write_as(station.system, lambda ctx: attach(ctx, made.blob)).result()

    shown = drill(backup, made.profile, made.master)

    assert shown.is_good
    row = next(table for table in shown.tables if table.table == "attachments")
    assert (row.noted, row.restored, row.today) == (1, 1, 2)


def test_a_backup_that_the_station_does_not_go_on_from_is_no_good_one(made: Made, tmp_path: Path) -> None:
    first = make_backup(made.profile, made.master, NOW).path
    other = Profile(tmp_path / "otra")
    restore(first, other, PHRASE, is_recovery_code=False)
    with open_station(made.profile, made.master, FakeClock()) as station:
        station.write_as(station.system, lambda ctx: attach(ctx, made.blob)).result()
    later = make_backup(made.profile, made.master, NOW + timedelta(hours=1)).path

    assert drill(first, other, made.master).is_continued
    shown = drill(later, other, made.master)

    assert shown.report.is_sound
    assert not shown.is_continued
    assert not shown.is_good


def test_counts_that_differ_from_those_noted_are_a_difference(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lies(manifest: backup_file.Manifest) -> bytes:
        return encoded(backup_file.Manifest(NOW, {**manifest.counts, "users": 9}, manifest.files))

    encoded = backup_file._encoded
    monkeypatch.setattr(backup_file, "_encoded", lies)
    backup = make_backup(made.profile, made.master, NOW).path

    shown = drill(backup, made.profile, made.master)

    assert not shown.is_good
    assert [table.table for table in shown.tables if not table.is_same] == ["users"]


def test_an_attachment_that_the_station_lost_is_counted_and_does_not_stop_the_backup(made: Made) -> None:
    made.blob_file.unlink()

    backup = make_backup(made.profile, made.master, NOW)
    shown = drill(backup.path, made.profile, made.master)

    assert backup.missing_files == 1
    assert (shown.files.missing, shown.files.damaged) == (1, 0)
    assert shown.files.touched == (("incidents", OWNER),)
    assert not shown.is_good


def test_an_attachment_that_rotted_on_the_disk_is_found_by_the_drill(made: Made) -> None:
    held = bytearray(made.blob_file.read_bytes())
    held[-5] ^= 1
    made.blob_file.write_bytes(held)

    shown = drill(make_backup(made.profile, made.master, NOW).path, made.profile, made.master)

    assert (shown.files.missing, shown.files.damaged) == (0, 1)
    assert not shown.is_good


def test_a_backup_without_an_attachment_that_the_station_has_is_thrown_away(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(
        part: Path,
        profile: Profile,
        master: MasterKey,
        copy: Path,
        manifest: backup_file.Manifest,
        step: backup_file.Step,
    ) -> None:
        hidden = profile.folder / "escondidos"
        profile.blobs.rename(hidden)
        try:
            write(part, profile, master, copy, manifest, step)
        finally:
            hidden.rename(profile.blobs)

    write = backup_file.write
    monkeypatch.setattr(backups, "write", forgetful)

    with pytest.raises(Unavailable, match="no se leyó igual"):
        make_backup(made.profile, made.master, NOW)

    assert list(made.profile.backups.iterdir()) == []


def test_a_restored_station_says_which_attachments_did_not_come(made: Made, tmp_path: Path) -> None:
    made.blob_file.unlink()
    backup = make_backup(made.profile, made.master, NOW).path

    done = restore(backup, Profile(tmp_path / "otra"), PHRASE, is_recovery_code=False)

    assert done.is_sound
    assert done.missing_files == 1


@pytest.mark.parametrize("calls", range(0, 24, 3))
def test_a_backup_or_drill_that_is_stopped_leaves_nothing(made: Made, calls: int) -> None:
    whole: list[tuple[int, int]] = []
    made_first = make_backup(made.profile, made.master, NOW, progress=lambda d, a, _: whole.append((d, a)))
    before = everything_in(made.profile.folder)
    assert len(whole) > 24
    assert whole == sorted(whole)

    with pytest.raises(Cancelled):
        make_backup(made.profile, made.master, NOW + timedelta(hours=1), progress=stopping_after(calls))
    if calls < 15:
        with pytest.raises(Cancelled):
            drill(made_first.path, made.profile, made.master, stopping_after(calls))

    assert everything_in(made.profile.folder) == before


def test_a_second_backup_of_the_same_second_is_refused_and_hurts_the_first_not(made: Made) -> None:
    part = made.profile.backups / ".atalaya-20260316-140000.atb.part"
    part.write_bytes(b"somebody's work")

    with pytest.raises(UserError, match="Ya se está haciendo"):
        make_backup(made.profile, made.master, NOW)

    assert part.read_bytes() == b"somebody's work"


def test_the_list_says_what_each_backup_holds_and_which_does_not_open(made: Made) -> None:
    first = make_backup(made.profile, made.master, NOW)
    second = make_backup(made.profile, made.master, NOW + timedelta(hours=1))
    first.path.write_bytes(first.path.read_bytes()[:900])

    newest, oldest = kept_here(made.profile, made.master)

    assert (newest.path, newest.made_at, newest.opens) == (second.path, second.made_at, True)
    assert newest.manifest is not None
    assert (newest.manifest.rows, newest.manifest.files) == (second.rows, 1)
    assert (oldest.path, oldest.opens, oldest.manifest) == (first.path, False, None)


def test_a_backup_from_before_manifests_is_listed_and_drilled(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(backup_file, "_MANIFEST", "otra-cosa.json")
        backup = make_backup(made.profile, made.master, NOW).path

    (kept,) = kept_here(made.profile, made.master)
    shown = drill(backup, made.profile, made.master)

    assert kept.opens
    assert kept.manifest is None
    assert shown.is_good
    assert {table.noted for table in shown.tables} == {None}


def test_what_a_crash_left_goes_after_a_day_and_younger_work_stays(tmp_path: Path) -> None:
    names = (".copia-a", ".lectura-a", ".simulacro-a")
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "atalaya.db").write_bytes(b"x")
    (tmp_path / ".atalaya-20260101-000000.atb.part").write_bytes(b"x")
    (tmp_path / "atalaya-20260101-000000.atb").write_bytes(b"x")
    now = datetime.fromtimestamp(time.time(), UTC)

    sweep_scratch(tmp_path, now)
    young = everything_in(tmp_path)
    sweep_scratch(tmp_path, now + timedelta(days=2))

    assert len(young) == 8
    assert [path.name for path in everything_in(tmp_path)] == ["atalaya-20260101-000000.atb"]


# Copies to another drive


@pytest.fixture
def backup(made: Made) -> Path:
    return make_backup(made.profile, made.master, NOW).path


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "pendrive"
    folder.mkdir()
    return folder


def test_a_copy_on_a_stick_is_the_backup_and_restores(backup: Path, stick: Path, tmp_path: Path) -> None:
    copied = copy_to(backup, stick)

    assert copied == stick / backup.name
    assert copied.read_bytes() == backup.read_bytes()
    assert [path.name for path in stick.iterdir()] == [backup.name]
    assert restore(copied, Profile(tmp_path / "otra"), PHRASE, is_recovery_code=False).is_sound


def test_the_same_copy_again_is_only_read(backup: Path, stick: Path) -> None:
    first = copy_to(backup, stick)
    stamp = first.stat().st_mtime_ns

    assert copy_to(backup, stick) == first
    assert first.stat().st_mtime_ns == stamp


def test_another_file_of_that_name_is_never_written_over(backup: Path, stick: Path) -> None:
    (stick / backup.name).write_bytes(b"otra cosa")

    with pytest.raises(UserError, match="ya hay otro archivo"):
        copy_to(backup, stick)

    assert (stick / backup.name).read_bytes() == b"otra cosa"


def test_a_copy_that_does_not_read_the_same_is_thrown_away(
    backup: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cheating(path: Path, part: Path, step: backup_file.Step) -> bytes:
        digest = copy(path, part, step)
        held = bytearray(part.read_bytes())
        held[len(held) // 2] ^= 1
        part.write_bytes(held)
        return digest

    copy = backup_copies._copy
    monkeypatch.setattr(backup_copies, "_copy", cheating)

    with pytest.raises(Unavailable, match="no se leyó igual"):
        copy_to(backup, stick)

    assert list(stick.iterdir()) == []


@pytest.mark.parametrize("calls", [0, 1, 2, 3])
def test_a_copy_that_is_stopped_leaves_nothing(backup: Path, stick: Path, calls: int) -> None:
    with pytest.raises(Cancelled):
        copy_to(backup, stick, stopping_after(calls))

    assert list(stick.iterdir()) == []


def test_a_folder_that_is_no_place_for_a_copy_is_named(backup: Path, stick: Path) -> None:
    with pytest.raises(UserError, match="No se encontró la carpeta"):
        copy_to(backup, stick / "no está")
    with pytest.raises(UserError, match="otra unidad"):
        copy_to(backup, backup.parent)


def test_a_stick_that_is_full_or_protected_is_said_and_nothing_is_left(
    backup: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, said in ((28, "no queda espacio"), (30, "no esté protegida")):

        def fails(*_: object, code: int = code) -> None:
            raise OSError(code, os.strerror(code))

        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", fails)
            with pytest.raises(Unavailable, match=said):
                copy_to(backup, stick)

    assert list(stick.iterdir()) == []
