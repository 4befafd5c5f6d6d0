"""A backup outside the station: copied to a folder, then read again from there before it counts."""

import hashlib
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from desktop.core.errors import Unavailable, UserError
from desktop.core.i18n import N_, tr
from desktop.operations.backup_file import Step, is_full
from desktop.operations.backups import WHOLE, Progress, part_of, silent

_CHUNK = 1024 * 1024


def copy_to(path: Path, folder: Path, progress: Progress = silent) -> Path:
    """Copy a backup into a folder of another drive and read it back from there; return where it lies.

    The same backup that is already there is only read again.

    Raises:
        UserError: the folder is no place for it, or holds another file of that name.
        Unavailable: there is no room, the drive went away, or what was written does not read the same.
        Cancelled: `progress` raised it; no part of it is left.
    """
    target = folder / path.name
    if not folder.is_dir():
        raise UserError(
            tr(N_("No se encontró la carpeta {folder}. Conecte la unidad y elíjala otra vez."), folder=folder)
        )
    if folder.resolve() == path.parent.resolve():
        raise UserError(
            tr(N_("Elija una carpeta de otra unidad: esa es la de los respaldos de esta estación."))
        )
    part = folder / f".{path.name}.part"
    try:
        if target.exists():
            _compare(path, target, progress)
            return target
        if shutil.disk_usage(folder).free < path.stat().st_size:
            raise Unavailable(tr(N_("En esa unidad no queda espacio para el respaldo.")))
        try:
            written = _copy(path, part, part_of(progress, 0, 500, tr(N_("Copiando el respaldo"))))
            reading = part_of(progress, 500, WHOLE, tr(N_("Leyendo la copia de vuelta")))
            if _digest(part, reading) != written:
                raise Unavailable(
                    tr(N_("La copia no se leyó igual de vuelta y se descartó. Use otra unidad."))
                )
            part.replace(target)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        _sync(folder)
    except OSError as error:
        raise Unavailable(
            tr(N_("En esa unidad no queda espacio para el respaldo."))
            if is_full(error)
            else tr(
                N_(
                    "No se pudo escribir en esa carpeta. Revise que la unidad siga conectada y no esté protegida."
                )
            )
        ) from error
    return target


def _compare(path: Path, target: Path, progress: Progress) -> None:
    ours = _digest(path, part_of(progress, 0, 500, tr(N_("Leyendo el respaldo"))))
    if _digest(target, part_of(progress, 500, WHOLE, tr(N_("Leyendo la copia de vuelta")))) != ours:
        raise UserError(
            tr(
                N_("En esa carpeta ya hay otro archivo {name}. Elija otra carpeta o retírelo."),
                name=path.name,
            )
        )


def _copy(path: Path, part: Path, step: Step) -> bytes:
    """Write the file through to the drive and return the hash of what was read."""
    digest, done, whole = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as source, part.open("wb") as target:
        while chunk := source.read(_CHUNK):
            target.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            step(done, whole)
        target.flush()
        os.fsync(target.fileno())
        if sys.platform == "linux":  # what is read back shall come from the drive and not from memory
            os.posix_fadvise(target.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return digest.digest()


def _digest(path: Path, step: Step) -> bytes:
    digest, done, whole = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            step(done, whole)
    return digest.digest()


def _sync(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
