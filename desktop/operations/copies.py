"""Readable copies that other programs open (a PDF, an attachment): in a private folder, gone when the program ends."""

import shutil
import tempfile
import threading
from pathlib import Path
from uuid import UUID

_UNSAFE = frozenset('<>:"/\\|?*')


def safe_name(name: str) -> str:
    """Return a file name that every platform takes and that stays inside its folder."""
    kept = "".join("_" if sign in _UNSAFE or not sign.isprintable() else sign for sign in name).strip(" .")
    return kept[-120:] or "archivo"


class Copies:
    """The copies of one run of the program."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._lock = threading.Lock()

    def place(self, owner: UUID, name: str) -> Path:
        """Return where the copy of something goes; only this account may read there."""
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="atalaya-"))
            folder = self._folder / owner.hex
            folder.mkdir(exist_ok=True)
            return folder / safe_name(name)

    def close(self) -> None:
        """Remove them all."""
        with self._lock:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None
