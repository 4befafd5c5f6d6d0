"""One process per profile, and words that say who has it."""

import os
import platform
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.core.errors import Unavailable, UserError
from desktop.core.lockfile import ProfileLock

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from pathlib import Path
from desktop.core.lockfile import ProfileLock
ProfileLock(Path(sys.argv[1])).acquire()
print("held", flush=True)
sys.stdin.read()
"""


def holder_of(folder: Path) -> "subprocess.Popen[str]":
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_a_second_process_is_refused_and_told_which_one_has_it(tmp_path: Path) -> None:
    with holder_of(tmp_path) as child:
        with pytest.raises(UserError, match=rf"en este equipo \(proceso {child.pid}\)"):
            ProfileLock(tmp_path).acquire()
        child.kill()


def test_a_killed_process_leaves_its_file_and_no_lock(tmp_path: Path) -> None:
    with holder_of(tmp_path) as child:
        child.kill()
        child.wait(10)
    assert (tmp_path / ".lock").read_text().startswith(f"{child.pid} ")

    with ProfileLock(tmp_path):
        assert (tmp_path / ".lock").read_text() == f"{os.getpid()} {platform.node()}"


def test_the_lock_is_free_again_after_it_was_given_back(tmp_path: Path) -> None:
    first, second = ProfileLock(tmp_path), ProfileLock(tmp_path)
    first.acquire()
    with pytest.raises(UserError):
        second.acquire()

    first.release()
    first.release()

    second.acquire()
    second.release()


def test_a_refused_try_does_not_free_or_rename_the_lock_of_the_other(tmp_path: Path) -> None:
    with ProfileLock(tmp_path):
        for _ in range(3):
            with pytest.raises(UserError, match=str(os.getpid())):
                ProfileLock(tmp_path).acquire()


def test_a_profile_opened_from_another_machine_is_said(tmp_path: Path) -> None:
    with ProfileLock(tmp_path):
        (tmp_path / ".lock").write_text("77 central-2")
        with pytest.raises(UserError, match=r"en el equipo central-2 \(proceso 77\)"):
            ProfileLock(tmp_path).acquire()


@pytest.mark.parametrize("text", ["", "nada que se entienda", "77", "\x00\xff"])
def test_a_lock_file_with_anything_in_it_still_gives_words(tmp_path: Path, text: str) -> None:
    with ProfileLock(tmp_path):
        (tmp_path / ".lock").write_text(text, encoding="latin-1")
        with pytest.raises(UserError, match=r"ya está abierta con estos datos\. Use esa ventana"):
            ProfileLock(tmp_path).acquire()


def test_a_folder_that_is_not_there_is_no_second_window(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No se puede reservar"):
        ProfileLock(tmp_path / "no está").acquire()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_only_the_owner_reads_the_lock_file(tmp_path: Path) -> None:
    with ProfileLock(tmp_path):
        assert stat.S_IMODE((tmp_path / ".lock").stat().st_mode) == 0o600
