"""Attachments: stored once under a keyed name, sealed, outside the database.

A blob is known by the SHA-256 of its plain bytes. Its file's name is an HMAC of that, so that nobody who sees the
folder can tell whether it holds a document that they know.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from desktop.core.errors import Unavailable, UserError
from desktop.core.i18n import N_, tr
from desktop.store.blob_parts import BlobParts, unwritable
from desktop.store.sealed import (
    CHUNK,
    SealedError,
    SealingWriter,
    opened_chunk,
    opened_chunks,
    plain_size,
)

_PURPOSE = "blob"
_PART = ".part"
_PARTS = "parts"
_BINARY: int = getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Blob:
    """What a stored attachment is known by."""

    sha256: str
    size_bytes: int


class BlobStore:
    """The attachments of one station."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._key = key

    def add(self, path: Path, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Blob:
        """Store a file; the same bytes are kept once. `progress` gets (bytes done, all) and may raise `Cancelled`.

        Raises:
            UserError: the file cannot be read.
            Unavailable: there is no room, or the folder cannot be written; nothing is left half-written.
        """
        try:
            source = path.open("rb")
        except FileNotFoundError as error:
            raise UserError(tr(N_("No se encontró el archivo {name}."), name=path.name)) from error
        except OSError as error:
            raise _unreadable(path) from error
        with source:
            size = os.fstat(source.fileno()).st_size
            return self.add_chunks(_read(source, path), lambda done: progress(done, size))

    def add_chunks(
        self, chunks: Iterable[bytes], progress: Callable[[int], None] = lambda _done: None
    ) -> Blob:
        """Store bytes as they come.

        Raises:
            Unavailable: there is no room, or the folder cannot be written; nothing is left half-written.
        """
        part = self._folder / f"{uuid4().hex}{_PART}"
        digest, size = hashlib.sha256(), 0
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(
                os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600), "wb"
            ) as target:
                with SealingWriter(target, self._key, _PURPOSE) as sealing:
                    for chunk in chunks:
                        digest.update(chunk)
                        size += len(chunk)
                        sealing.write(chunk)
                        progress(size)
                target.flush()
                os.fsync(target.fileno())
            blob = Blob(digest.hexdigest(), size)
            final = self._path(blob.sha256)
            final.parent.mkdir(mode=0o700, exist_ok=True)
            part.replace(final)
            # The row that names this blob is written next: a power cut must not leave the row alone.
            for folder in (final.parent, self._folder):
                _sync(folder)
        except BaseException as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise unwritable(error) from error
            raise
        return blob

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """Yield the plain bytes of a blob, each chunk checked, and after the last one that they are that blob.

        A file put in the place of another is found only at the end: use nothing before this returns.

        Raises:
            Unavailable: it is not on this station, or what lies here is damaged.
        """
        digest = hashlib.sha256()
        try:
            source = self._path(sha256).open("rb")
        except FileNotFoundError as error:
            raise Unavailable(tr(N_("Ese adjunto no está en esta estación."))) from error
        except OSError as error:
            raise _damaged() from error
        with source:
            chunks = opened_chunks(source, self._key, _PURPOSE)
            while True:
                try:
                    chunk = next(chunks, None)
                except (SealedError, OSError) as error:
                    raise _damaged() from error
                if chunk is None:
                    break
                digest.update(chunk)
                yield chunk
        if digest.hexdigest() != sha256:
            raise _damaged()

    def chunk(self, sha256: str, place: int) -> bytes:
        """Return one chunk of `sealed.CHUNK` plain bytes, the last one shorter; the whole is for its taker to check.

        Raises:
            Unavailable: it is not on this station, or what lies here is damaged.
        """
        try:
            with self._path(sha256).open("rb") as source:
                return opened_chunk(source, self._key, _PURPOSE, place)
        except FileNotFoundError as error:
            raise Unavailable(tr(N_("Ese adjunto no está en esta estación."))) from error
        except (SealedError, OSError) as error:
            raise _damaged() from error

    def size(self, sha256: str) -> int:
        """Return how many plain bytes a blob on this station has.

        Raises:
            Unavailable: it is not here.
        """
        try:
            return plain_size(self._path(sha256).stat().st_size)
        except OSError as error:
            raise Unavailable(tr(N_("Ese adjunto no está en esta estación."))) from error

    @property
    def parts(self) -> "BlobParts":
        """Return what came of attachments that are on their way."""
        return BlobParts(self._folder / _PARTS, self._key)

    def export(self, sha256: str, target: Path) -> None:
        """Write the plain bytes to a file that the person chose; a damaged blob leaves no file.

        Raises:
            Unavailable: the blob is missing or damaged, or the target cannot be written.
        """
        part = target.with_name(f".{target.name}{_PART}")
        try:
            with part.open("wb") as file:
                for chunk in self.chunks(sha256):
                    file.write(chunk)
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise Unavailable(tr(N_("No se pudo escribir en {name}."), name=target.name)) from error
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def has(self, sha256: str) -> bool:
        """Tell whether a blob is on this station."""
        return self._path(sha256).is_file()

    def is_sound(self, sha256: str) -> bool:
        """Tell whether a blob is here, whole, and what its hash says."""
        try:
            for _ in self.chunks(sha256):
                pass
        except Unavailable:
            return False
        return True

    def sweep(self) -> int:
        """Remove what a crash left half-written; return how many files went. Called when the station opens."""
        count = 0
        for part in self._folder.glob(f"*{_PART}"):
            with suppress(OSError):
                part.unlink()
                count += 1
        return count

    def remove_unreferenced(self, referenced: Collection[str], before: datetime) -> int:
        """Remove the blobs that no row names and that were stored before an instant; return how many went.

        A blob is stored before its row is written, so `before` leaves room for rows that are on their way.
        """
        kept = {self._path(sha256).name for sha256 in referenced}
        count = 0
        for file in self.files():
            with suppress(OSError):
                if file.name not in kept and file.stat().st_mtime < before.timestamp():
                    file.unlink()
                    count += 1
        return count

    def files(self) -> Iterator[Path]:
        """Yield the sealed files, for backups."""
        yield from (path for path in sorted(self._folder.glob("*/*")) if path.is_file())

    def _path(self, sha256: str) -> Path:
        name = hmac.new(self._key, bytes.fromhex(sha256), hashlib.sha256).hexdigest()
        return self._folder / name[:2] / name


def _read(source: IO[bytes], path: Path) -> Iterator[bytes]:
    """Yield the file's chunks; a stick that was pulled out is not a full disk of ours."""
    while True:
        try:
            chunk = source.read(CHUNK)
        except OSError as error:
            raise _unreadable(path) from error
        if not chunk:
            return
        yield chunk


def _sync(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unreadable(path: Path) -> UserError:
    return UserError(tr(N_("No se pudo leer el archivo {name}."), name=path.name))


def _damaged() -> Unavailable:
    return Unavailable(tr(N_("El adjunto está dañado en el disco. Restaure un respaldo.")))
