"""One process per profile: two would be two writers of one chain (sync.md rule 19)."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr


class ProfileLock:
    """Held while the profile is open; the system frees it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / ".lock"
        self._file: Any = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            UserError: another Atalaya has this profile open.
        """
        file = self._path.open("a+b")
        try:
            _lock(file.fileno())
        except OSError as error:
            file.close()
            raise UserError(
                tr(N_("Atalaya ya está abierta con estos datos en este equipo. Use esa ventana."))
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
