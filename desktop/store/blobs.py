"""Attachments: stored once under a keyed name, sealed, outside the database.

A blob is known by the SHA-256 of its plain bytes. Its file's name is an HMAC of that, so that nobody who sees the
folder can tell whether it holds a document that they know.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from desktop.core.errors import Unavailable, UserError
from desktop.core.i18n import N_, tr
from desktop.store.engine import is_out_of_room
from desktop.store.sealed import CHUNK, SealedError, SealingWriter, opened_chunks

_PURPOSE = "blob"
_PART = ".part"


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
            Unavailable: there is no room; nothing is left half-written.
        """
        try:
            size = path.stat().st_size
            with path.open("rb") as source:
                return self.add_chunks(
                    iter(lambda: source.read(CHUNK), b""), lambda done: progress(done, size)
                )
        except FileNotFoundError as error:
            raise UserError(tr(N_("No se encontró el archivo {name}."), name=path.name)) from error
        except PermissionError as error:
            raise UserError(tr(N_("No se pudo leer el archivo {name}."), name=path.name)) from error

    def add_chunks(
        self, chunks: Iterable[bytes], progress: Callable[[int], None] = lambda _done: None
    ) -> Blob:
        """Store bytes as they come.

        Raises:
            Unavailable: there is no room; nothing is left half-written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f"{uuid4().hex}{_PART}"
        digest, size = hashlib.sha256(), 0
        try:
            with part.open("xb") as target:
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
            final.parent.mkdir(exist_ok=True)
            part.replace(final)
        except OSError as error:
            part.unlink(missing_ok=True)
            if is_out_of_room(error) or error.errno is not None:
                raise Unavailable(
                    tr(N_("No queda espacio para guardar el adjunto. Libere espacio y agréguelo otra vez."))
                ) from error
            raise
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return blob

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """Yield the plain bytes of a blob, each chunk checked.

        Raises:
            Unavailable: it is not on this station, or what lies here is damaged.
        """
        try:
            with self._path(sha256).open("rb") as source:
                yield from opened_chunks(source, self._key, _PURPOSE)
        except FileNotFoundError as error:
            raise Unavailable(tr(N_("Ese adjunto no está en esta estación."))) from error
        except SealedError as error:
            raise Unavailable(tr(N_("El adjunto está dañado en el disco. Restaure un respaldo."))) from error

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
        digest = hashlib.sha256()
        try:
            for chunk in self.chunks(sha256):
                digest.update(chunk)
        except Unavailable:
            return False
        return digest.hexdigest() == sha256

    def sweep(self) -> int:
        """Remove what a crash left half-written; return how many files went. Called when the station opens."""
        count = 0
        for part in self._folder.glob(f"*{_PART}"):
            with suppress(OSError):
                part.unlink()
                count += 1
        return count

    def files(self) -> Iterator[Path]:
        """Yield the sealed files, for backups."""
        yield from (path for path in sorted(self._folder.glob("*/*")) if path.is_file())

    def _path(self, sha256: str) -> Path:
        name = hmac.new(self._key, bytes.fromhex(sha256), hashlib.sha256).hexdigest()
        return self._folder / name[:2] / name
