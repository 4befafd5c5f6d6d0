"""Attachments on their way: the chunks that came so far, sealed, so that a cut line goes on where it ended."""

import errno
import hashlib
import hmac
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from desktop.core.errors import Unavailable
from desktop.core.i18n import N_, tr
from desktop.store.sealed import SealedError, SealingWriter, opened_chunks

_PURPOSE: Final = "blob part"
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_FRESH: Final = ".fresh"
_BINARY: Final[int] = getattr(os, "O_BINARY", 0)


class BlobParts:
    """Chunks by attachment and place. What is damaged or half-written does not count."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._key = key

    def held(self, sha256: str) -> int:
        """Return how many chunks are here from the first one on."""
        folder = self._of(sha256)
        place = 0
        while (folder / str(place)).is_file():
            place += 1
        return place

    def add(self, sha256: str, place: int, data: bytes) -> None:
        """Keep one chunk.

        Raises:
            Unavailable: there is no room, or the folder cannot be written.
        """
        try:
            self._add(self._of(sha256), sha256, place, data)
        except OSError as error:
            raise unwritable(error) from error

    def _add(self, folder: Path, sha256: str, place: int, data: bytes) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = folder / f"{place}{_FRESH}"
        with os.fdopen(
            os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o600), "wb"
        ) as target:
            with SealingWriter(target, self._key, self._purpose(sha256, place)) as sealing:
                sealing.write(data)
            target.flush()
            os.fsync(target.fileno())
        fresh.replace(folder / str(place))

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """Yield the chunks from the first one on, up to the first that is missing or damaged."""
        for place in range(self.held(sha256)):
            try:
                with (self._of(sha256) / str(place)).open("rb") as source:
                    data = b"".join(opened_chunks(source, self._key, self._purpose(sha256, place)))
            except (SealedError, OSError):
                return
            yield data

    def drop(self, sha256: str) -> None:
        """Forget what came of an attachment."""
        with suppress(OSError):
            shutil.rmtree(self._of(sha256))

    def _of(self, sha256: str) -> Path:
        name = hmac.new(self._key, b"part" + bytes.fromhex(sha256), hashlib.sha256).hexdigest()
        return self._folder / name

    def _purpose(self, sha256: str, place: int) -> str:
        return f"{_PURPOSE} {sha256} {place}"


def unwritable(error: OSError) -> Unavailable:
    """Say why an attachment could not be written."""
    if error.errno in _FULL:
        return Unavailable(
            tr(N_("No queda espacio para guardar el adjunto. Libere espacio y agréguelo otra vez."))
        )
    return Unavailable(
        tr(N_("No se pudo guardar el adjunto en la carpeta de datos. Revise la unidad y sus permisos."))
    )
