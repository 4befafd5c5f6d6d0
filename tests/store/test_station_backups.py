"""A backup of the whole station: read back, opened with phrase or paper, refused when damaged, rotated."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core import station_file, vault
from desktop.core.clock import SANTIAGO
from desktop.core.errors import AtalayaError, Unavailable, UserError
from desktop.core.paths import Profile
from desktop.core.vault import MasterKey, WrongPassphrase
from desktop.models.people import User
from desktop.operations import backups
from desktop.operations.backups import SUFFIX, Retention, kept_backups, make_backup, restore, rotate
from desktop.operations.rehearsal import drill
from desktop.operations.setup import NewStation, open_station, set_up
from desktop.store.blobs import Blob, BlobStore
from desktop.store.sealed import CHUNK
from tests.support.clock import FakeClock

PHRASE = "una frase bastante larga"
NOW = datetime(2026, 3, 16, 17, 0, tzinfo=UTC)
KEEP = Retention(days=7, weeks=5, months=12)


@dataclass(frozen=True)
class Made:
    """A station that was set up, closed, and backed up once."""

    profile: Profile
    master: MasterKey
    code: str
    backup: Path
    blob: Blob


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "_ARGON", {"memory_kib": 64, "iterations": 1, "lanes": 1})
        profile = Profile(tmp_path_factory.mktemp("estación") / "perfil")
        wanted = NewStation(
            municipality="Municipalidad de Puerto Esperanza",
            commune="Puerto Esperanza",
            name="Central 1",
            device="K7",
            admin_username="msoto",
            admin_name="Marta Soto",
            admin_password="clave larga 1",
            passphrase=PHRASE,
        )
        done = set_up(profile, wanted, FakeClock())
        done.station.close()
        master = done.station.master
        blob = BlobStore(profile.blobs, master.blobs).add_chunks([os.urandom(CHUNK + 99)])
        backup = make_backup(profile, master, NOW).path
        yield Made(profile, master, done.recovery_code, backup, blob)


def test_a_backup_is_named_by_the_time_of_chile_and_leaves_no_scratch(made: Made) -> None:
    assert made.backup.name == "atalaya-20260316-140000.atb"
    assert list(made.profile.backups.iterdir()) == [made.backup]


def test_nothing_readable_is_in_a_backup_but_the_names_of_the_station(made: Made) -> None:
    held = made.backup.read_bytes()

    assert b"Puerto Esperanza" in held
    for secret in ("Marta Soto", "msoto", PHRASE, made.code, "SQLite format", "CREATE TABLE"):
        assert secret.encode() not in held


@pytest.mark.parametrize("by_code", [False, True], ids=["phrase", "recovery code"])
def test_a_restored_station_opens_with_its_people_and_files(
    made: Made, tmp_path: Path, by_code: bool
) -> None:
    profile = Profile(tmp_path / "nuevo")

    done = restore(made.backup, profile, made.code if by_code else PHRASE, is_recovery_code=by_code)

    assert done.is_sound
    assert done.rows > 0
    assert station_file.load(profile) == station_file.load(made.profile)
    master = vault.open_with_passphrase(profile, station_file.load(profile).station_id, PHRASE)
    assert BlobStore(profile.blobs, master.blobs).is_sound(made.blob.sha256)
    with open_station(profile, master, FakeClock()) as station:
        assert station.read_as(station.system, lambda ctx: ctx.session.query(User).count()).result()
    left = {path.name for path in profile.folder.iterdir()}
    assert not {name for name in left if name.startswith(".restaura")}


def test_the_drill_says_that_a_good_backup_is_good(made: Made) -> None:
    assert drill(made.backup, made.profile, made.master).is_good


def test_a_wrong_phrase_restores_nothing_and_the_folder_stays_free(made: Made, tmp_path: Path) -> None:
    profile = Profile(tmp_path / "nuevo")

    with pytest.raises(WrongPassphrase):
        restore(made.backup, profile, "otra frase bastante larga", is_recovery_code=False)

    assert not profile.exists
    assert not profile.database.exists()
    assert restore(made.backup, profile, PHRASE, is_recovery_code=False).is_sound


def test_a_folder_with_a_station_is_never_written_over(made: Made) -> None:
    before = {path: path.read_bytes() for path in made.profile.folder.rglob("*") if path.is_file()}

    with pytest.raises(UserError, match="carpeta vacía"):
        restore(made.backup, made.profile, PHRASE, is_recovery_code=False)

    assert {path: path.read_bytes() for path in made.profile.folder.rglob("*") if path.is_file()} == before


def cut(part: float) -> Callable[[bytes], bytes]:
    return lambda held: held[: int(len(held) * part)]


def flip(part: float) -> Callable[[bytes], bytes]:
    def change(held: bytes) -> bytes:
        place = int((len(held) - 1) * part)
        return held[:place] + bytes([held[place] ^ 1]) + held[place + 1 :]

    return change


@pytest.mark.parametrize(
    "damage",
    [
        cut(0),
        cut(0.001),
        cut(0.3),
        cut(0.999),
        flip(0),
        flip(0.3),
        flip(0.7),
        flip(1),
        lambda held: held + b"\0",
    ],
    ids=[
        "nothing",
        "a head",
        "a third",
        "nearly all",
        "magic",
        "early",
        "late",
        "last byte",
        "one byte more",
    ],
)
def test_a_damaged_backup_is_said_and_restores_nothing(
    made: Made, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    broken = tmp_path / "atalaya-20260316-140000.atb"
    broken.write_bytes(damage(made.backup.read_bytes()))
    profile = Profile(tmp_path / "nuevo")

    with pytest.raises(AtalayaError):
        restore(broken, profile, PHRASE, is_recovery_code=False)

    assert not profile.exists
    assert not profile.database.exists()
    assert not profile.keys_file.exists()
    assert [path for path in profile.blobs.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["no está.atb", "foto.jpg"])
def test_what_is_no_backup_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "foto.jpg").write_bytes(b"\xff\xd8\xff" * 100)

    with pytest.raises(UserError, match=name):
        restore(tmp_path / name, Profile(tmp_path / "nuevo"), PHRASE, is_recovery_code=False)


def test_a_backup_that_does_not_read_back_is_thrown_away(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiled(part: Path, *rest: object) -> None:
        part.write_bytes(part.read_bytes()[:-1])
        check(part, *rest)  # type: ignore[arg-type]

    check = backups._check
    monkeypatch.setattr(backups, "_check", spoiled)

    with pytest.raises(Unavailable):
        make_backup(made.profile, made.master, NOW, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_rotation_touches_only_files_of_our_own_name(tmp_path: Path) -> None:
    ours = [
        tmp_path / f"atalaya-{(NOW - timedelta(days=age)).astimezone(SANTIAGO):%Y%m%d-%H%M%S}{SUFFIX}"
        for age in range(400)
    ]
    others = [tmp_path / name for name in ("informe.atb", "atalaya-2020.atb", "atalaya-20200101-000000.txt")]
    for path in (*ours, *others):
        path.write_bytes(b"")

    removed = rotate(tmp_path, NOW, KEEP)

    assert removed
    assert set(removed) < set(ours)
    assert all(path.exists() for path in others)
    assert {path for path in ours if path.exists()} == set(ours) - set(removed)
    assert rotate(tmp_path, NOW, KEEP) == []


ages = st.lists(st.integers(0, 800 * 24 * 60), max_size=80).map(
    lambda minutes: [NOW - timedelta(minutes=minute) for minute in minutes]
)


@settings(max_examples=200)
@given(made_at=ages)
def test_rotation_keeps_the_newest_everything_of_today_and_not_too_many(made_at: list[datetime]) -> None:
    kept = kept_backups(made_at, NOW, KEEP)

    assert kept <= set(made_at)
    assert {at for at in made_at if NOW - at < timedelta(days=1)} <= kept
    if made_at:
        assert max(made_at) in kept
    older = {at for at in kept if NOW - at >= timedelta(days=1)}
    assert len(older) <= KEEP.days + KEEP.weeks + KEEP.months


@settings(max_examples=200)
@given(made_at=ages, later=st.timedeltas(timedelta(0), timedelta(days=60)))
def test_rotating_twice_removes_no_more_than_rotating_once(made_at: list[datetime], later: timedelta) -> None:
    once = kept_backups(made_at, NOW, KEEP)

    assert kept_backups(sorted(once), NOW, KEEP) == once
    assert kept_backups(made_at, NOW + later, KEEP) <= set(made_at)


def test_a_year_of_backups_every_six_hours_keeps_days_weeks_and_months() -> None:
    made_at = [NOW - timedelta(hours=6 * count) for count in range(4 * 365)]
    kept: set[datetime] = set()
    for at in sorted(made_at):
        kept = kept_backups([*kept, at], at, KEEP)

    months = {(at.astimezone(SANTIAGO).year, at.astimezone(SANTIAGO).month) for at in kept}
    assert len(months) == KEEP.months
    assert len(kept) <= 4 + KEEP.days + KEEP.weeks + KEEP.months


def test_the_bytes_of_a_backup_are_on_the_disk_before_it_gets_its_name(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    really = os.fsync

    def note(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        really(descriptor)

    monkeypatch.setattr("os.fsync", note)

    written = make_backup(made.profile, made.master, NOW + timedelta(hours=1), tmp_path)

    assert written.path.stat().st_ino in synced
