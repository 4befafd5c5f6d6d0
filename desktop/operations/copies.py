"""Readable copies that other programs open (a PDF, an attachment): in a private folder, gone when the program ends."""

import tempfile
import threading
from pathlib import Path
from uuid import UUID

from desktop.core.errors import Unavailable
from desktop.core.i18n import N_, tr
from desktop.core.scratch import Scratch, sweep

_PREFIX = "atalaya-copias-"

_UNSAFE = frozenset('<>:"/\\|?*')


def safe_name(name: str) -> str:
    """Return a file name that every platform takes and that stays inside its folder."""
    kept = "".join("_" if sign in _UNSAFE or not sign.isprintable() else sign for sign in name).strip(" .")
    return kept[-120:] or "archivo"


class Copies:
    """The copies of one run of the program."""

    def __init__(self) -> None:
        self._scratch: Scratch | None = None
        self._lock = threading.Lock()

    def place(self, owner: UUID, name: str) -> Path:
        """Return where the copy of something goes; only this account may read there.

        Raises:
            Unavailable: there is no room for it.
        """
        try:
            with self._lock:
                if self._scratch is None:
                    self._scratch = Scratch(_PREFIX)
                folder = self._scratch.folder / owner.hex
                folder.mkdir(exist_ok=True)
        except OSError as error:
            raise unwritable(name) from error
        return folder / safe_name(name)

    def close(self) -> None:
        """Remove them all."""
        with self._lock:
            if self._scratch is not None:
                self._scratch.close()
                self._scratch = None


def sweep_copies() -> int:
    """Remove the copies of programs that were killed; return how many of them there were."""
    return sweep(_PREFIX, Path(tempfile.gettempdir()))


def unwritable(name: str) -> Unavailable:
    """Return the error that says that a readable copy could not be written."""
    return Unavailable(
        tr(N_("No se pudo escribir {file}. Revise la carpeta y el espacio en disco."), file=safe_name(name))
    )
