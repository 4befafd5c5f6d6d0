"""The folder of a station: its own, written whole or not at all."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.errors import Unavailable
from desktop.core.paths import Profile, default_profile, write_atomically

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")


@posix
def test_only_the_owner_enters_the_folders(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "datos" / "perfil")
    (tmp_path / "datos" / "perfil").mkdir(parents=True, mode=0o755)

    profile.prepare()
    profile.prepare()

    for folder in (profile.folder, profile.blobs, profile.backups, profile.logs):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(profile.folder.iterdir()) == sorted([profile.blobs, profile.backups, profile.logs])


def test_a_folder_is_a_station_once_it_was_set_up(tmp_path: Path) -> None:
    profile = Profile(tmp_path)
    profile.prepare()
    assert not profile.exists

    profile.station_file.write_text("{}")

    assert profile.exists


def test_a_place_that_is_no_folder_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "archivo").write_text("")

    with pytest.raises(Unavailable, match="elija otra carpeta"):
        Profile(tmp_path / "archivo" / "perfil").prepare()


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """Mount a drive that holds a prepared profile and takes no writing."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root mounts a file system")
    disk = tmp_path / "unidad"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(disk)], check=False).returncode != 0:
        pytest.skip("this machine does not let us mount")
    try:
        Profile(disk / "perfil").prepare()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_read_only_drive_is_said_before_anything_is_opened(read_only: Path) -> None:
    with pytest.raises(Unavailable, match="No se puede escribir en la carpeta de datos"):
        Profile(read_only / "perfil").prepare()


def test_a_full_drive_keeps_nobody_from_opening_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Profile(tmp_path).prepare()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)

    Profile(tmp_path).prepare()

    assert Profile(tmp_path).logs.is_dir()


def test_the_usual_folder_is_the_persons_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("the folder is named by variables on Linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    assert default_profile() == Profile(tmp_path / "Atalaya")


@posix
def test_a_file_is_replaced_whole_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "station.json"
    path.write_bytes(b"viejo")
    path.chmod(0o644)

    write_atomically(path, b"nuevo")

    assert path.read_bytes() == b"nuevo"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "station.json"
    path.write_bytes(b"viejo")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(step, fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"nuevo")
    monkeypatch.undo()

    assert path.read_bytes() == b"viejo"
    assert list(tmp_path.iterdir()) == [path]
