"""One process per profile: two would be two writers of one chain (sync.md rule 19)."""

import errno
import os
import platform
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from desktop.core.errors import Unavailable, UserError
from desktop.core.i18n import N_, tr

_BUSY = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK})


class ProfileLock:
    """Held while the profile is open; the system frees it when the process ends, however it ends.

    What the file says is only for the message: a process that died leaves its name and no lock.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / ".lock"
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            UserError: another Atalaya has this profile open.
            Unavailable: the folder cannot be written, or its file system has no locks.
        """
        if self._descriptor is not None:
            raise RuntimeError("the lock is held already")
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _no_locks() from error
        try:
            _lock(descriptor)
        except OSError as error:
            holder = _holder(descriptor)
            os.close(descriptor)
            if error.errno in _BUSY:
                raise _held_by(holder) from error
            raise _no_locks() from error
        self._descriptor = descriptor
        with suppress(
            OSError
        ):  # a full disk keeps nobody from opening the station: the name is only for words
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()} {platform.node()}".encode())

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _holder(descriptor: int) -> tuple[str, str] | None:
    """Return process and machine of who holds the lock, when the file says so."""
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        pid, _, host = os.read(descriptor, 300).decode("utf-8", "replace").partition(" ")
    except OSError:
        return None
    return (pid, host) if pid.isdecimal() and host else None


def _held_by(holder: tuple[str, str] | None) -> UserError:
    if holder is None:
        return UserError(tr(N_("Atalaya ya está abierta con estos datos. Use esa ventana.")))
    pid, host = holder
    if host != platform.node():
        return UserError(
            tr(
                N_(
                    "Atalaya está abierta con estos datos en el equipo {host} (proceso {pid}). Cada equipo necesita "
                    "su propia carpeta de datos."
                ),
                host=host,
                pid=pid,
            )
        )
    return UserError(
        tr(
            N_("Atalaya ya está abierta con estos datos en este equipo (proceso {pid}). Use esa ventana."),
            pid=pid,
        )
    )


def _no_locks() -> Unavailable:
    return Unavailable(
        tr(
            N_(
                "No se puede reservar la carpeta de datos. Revise sus permisos y que esté en un disco de este equipo."
            )
        )
    )


if sys.platform == "win32":
    import msvcrt

    _LOCKED_AT = 1 << 30
    """Far behind what the file says, which stays readable to the others."""

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_AT, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
