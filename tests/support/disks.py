"""A disk without room: a small file system where we may mount one, a limit on the size of files where we may not."""

import os
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

if os.name == "posix":
    import resource

KINDS = ("mounted", "limited")
BALLAST = "lastre"


class SmallDisk(ABC):
    """A folder whose room a test takes and gives back. `least` is the room without which no database opens.

    `process` is whose disk it is where that matters, 0 this one's.
    """

    least = 0
    process = 0

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def fill(self, leave: int) -> None:
        """Leave room for no more than about `leave` bytes."""

    @abstractmethod
    def free(self) -> None:
        """Give the room back."""

    def names(self) -> list[str]:
        """Return everything that lies on the disk but the ballast."""
        found = (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*"))
        return sorted(name for name in found if name != BALLAST)


class _Mounted(SmallDisk):
    """The real thing: every write ends with ENOSPC."""

    def fill(self, leave: int) -> None:
        room = os.statvfs(self.folder)
        (self.folder / BALLAST).write_bytes(b"\0" * max(0, room.f_bavail * room.f_frsize - leave))

    def free(self) -> None:
        (self.folder / BALLAST).unlink(missing_ok=True)


class _Limited(SmallDisk):
    """No file of the process grows beyond a size: every write ends with EFBIG. Needs no rights."""

    least = 100_000

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self, leave: int) -> None:
        resource.prlimit(self.process, resource.RLIMIT_FSIZE, (leave, self._before[1]))

    def free(self) -> None:
        resource.prlimit(self.process, resource.RLIMIT_FSIZE, self._before)


@contextmanager
def small_disk(kind: str, folder: Path, size_mib: int) -> Iterator[SmallDisk]:
    """Make a disk of one of `KINDS` at a folder that is not there yet; it is gone afterwards."""
    if os.name != "posix":
        pytest.skip("the size of a disk is limited another way on this system")
    folder.mkdir()
    if kind == "limited":
        disk = _Limited(folder)
        try:
            yield disk
        finally:
            disk.process = 0
            disk.free()
        return
    if os.geteuid() != 0:
        pytest.skip("only root mounts a file system; the limited disk shows the same")
    command = ["mount", "-t", "tmpfs", "-o", f"size={size_mib}m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine does not let us mount; the limited disk shows the same")
    try:
        yield _Mounted(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
