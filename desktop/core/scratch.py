"""Folders for readable pieces on their way: only this account enters, and they go, whatever ends the program.

Each holds a lock while its program lives. What a killed program left has no lock any more, and the next one that
makes a folder of that name removes it.
"""

import shutil
import tempfile
from pathlib import Path

from desktop.core.errors import AtalayaError
from desktop.core.lockfile import ProfileLock


class Scratch:
    """One folder, made at once; `close` removes it. Safe to use as a context."""

    def __init__(self, prefix: str, parent: Path | None = None) -> None:
        parent = parent or Path(tempfile.gettempdir())
        sweep(prefix, parent)
        self.folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        self._lock = ProfileLock(self.folder)
        try:
            self._lock.acquire()
        except AtalayaError:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def close(self) -> None:
        """Remove the folder and all that is in it."""
        self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Path:
        return self.folder

    def __exit__(self, *_: object) -> None:
        self.close()


def sweep(prefix: str, parent: Path) -> int:
    """Remove the folders that programs which are no more left behind; return how many went."""
    count = 0
    for folder in parent.glob(f"{prefix}*"):
        if folder.is_symlink() or not (folder / ".lock").is_file():
            continue
        lock = ProfileLock(folder)
        try:
            lock.acquire()
        except AtalayaError:
            continue
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)
        count += not folder.exists()
    return count
