"""The form of a backup: a clear head, then one sealed tar that says first what it holds.

The head has the station's facts and its sealed keys (neither holds a secret). The tar has `manifest.json`, the
database, its witness and the attachments. Everything behind the head is authentic or does not open.
"""

import errno
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from desktop.core import station_file
from desktop.core.errors import Unavailable, UserError
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile
from desktop.core.station_file import StationFile
from desktop.core.vault import MasterKey
from desktop.store.sealed import OpeningReader, SealedError, SealingWriter
from desktop.store.witness import witness_path

DATABASE, BLOBS = "atalaya.db", "blobs"
_MANIFEST = "manifest.json"
_PURPOSE = "backup"
_MAGIC = b"ATALAYA-BACKUP-1\n"

Step = Callable[[int, int], None]
"""Called with (bytes done, all bytes); it may raise `Cancelled`."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup held when it was made: rows by table, and files of attachments."""

    made_at: datetime
    counts: Mapping[str, int]
    files: int

    @property
    def rows(self) -> int:
        """Return how many rows there were in all tables."""
        return sum(self.counts.values())


def write(
    target: Path, profile: Profile, master: MasterKey, copy: Path, manifest: Manifest, step: Step
) -> None:
    """Seal a copy of the database and the attachments of the profile into one file.

    Raises:
        FileExistsError: somebody is writing that file already.
        OSError: there is no room, or the drive is away.
        Cancelled: `step` raised it; a part is left at `target`.
    """
    facts = station_file.load(profile)
    head = json.dumps({"facts": asdict(facts), "keys": profile.keys_file.read_text()}).encode()
    blobs = [path for path in sorted(profile.blobs.glob("*/*")) if path.is_file()]
    whole = copy.stat().st_size + sum(path.stat().st_size for path in blobs)
    said = copy.with_name(_MANIFEST)
    said.write_bytes(_encoded(manifest))
    with target.open("xb") as file:
        file.write(_MAGIC + len(head).to_bytes(4, "big") + head)
        with (
            _Sealing(file, master.backups, lambda done: step(done, whole)) as sealing,
            tarfile.open(fileobj=sealing, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            tar.add(said, _MANIFEST)
            tar.add(copy, DATABASE)
            if witness_path(copy).exists():
                tar.add(witness_path(copy), witness_path(copy).name)
            for blob in blobs:
                tar.add(blob, f"{BLOBS}/{blob.parent.name}/{blob.name}")
        # It gets the name of a good backup next: a power cut must not leave the name with half the bytes.
        file.flush()
        os.fsync(file.fileno())


def unpack(
    path: Path, master: MasterKey, folder: Path, step: Step = lambda _done, _all: None
) -> Manifest | None:
    """Lay everything that a backup holds into a folder; return what it says of itself, None for an old one.

    Raises:
        Unavailable: it is damaged, incomplete, or of another station.
        OSError: there is no room in the folder.
        Cancelled: `step` raised it.
    """
    try:
        with path.open("rb") as file:
            whole = path.stat().st_size
            _pass_head(file)
            opening = _Opening(file, master.backups, lambda: step(file.tell(), whole))
            with tarfile.open(fileobj=opening, mode="r|") as tar:
                _lay_out(tar, folder)
            if file.read(1):
                raise SealedError("bytes after the end")  # noqa: TRY301 - one way out for every damage
        said = folder / _MANIFEST
        return _decoded(said.read_bytes()) if said.exists() else None
    except (SealedError, tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
        raise damaged(path) from error


def _lay_out(tar: tarfile.TarFile, folder: Path) -> None:
    """Write the files of a backup into a folder; it holds nothing else, and nothing outside of it.

    `extractall` has its filter from Python 3.11.4 on only, and Debian 12 has an older one.
    """
    for member in tar:
        name = PurePosixPath(member.name)
        held = tar.extractfile(member)
        if held is None or name.is_absolute() or ".." in name.parts:
            raise SealedError("not a file of a backup")
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            shutil.copyfileobj(held, file)


def manifest_of(path: Path, master: MasterKey) -> Manifest | None:
    """Return what a backup says of itself, reading only its beginning; None for one made before it said so.

    Raises:
        Unavailable: it does not open with this key, or its beginning is damaged.
    """
    try:
        with path.open("rb") as file:
            _pass_head(file)
            with tarfile.open(fileobj=OpeningReader(file, master.backups, _PURPOSE), mode="r|") as tar:
                first = tar.next()
                held = tar.extractfile(first) if first is not None and first.name == _MANIFEST else None
                return None if held is None else _decoded(held.read())
    except (OSError, SealedError, tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
        raise damaged(path) from error


def head_of(path: Path) -> tuple[StationFile, bytes]:
    """Return the facts of the station and its file of sealed keys.

    Raises:
        UserError: it is not there, or no backup.
        Unavailable: it is damaged.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise UserError(tr(N_("{name} no es un respaldo de Atalaya."), name=path.name))
            held = json.loads(file.read(int.from_bytes(file.read(4), "big")))
        return StationFile(**held["facts"]), str(held["keys"]).encode()
    except FileNotFoundError as error:
        raise UserError(tr(N_("No se encontró el archivo {name}."), name=path.name)) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(path) from error


def is_full(error: OSError) -> bool:
    """Tell whether a drive has no room left."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}


def damaged(path: Path) -> Unavailable:
    """Return what is said of a backup that cannot be used."""
    return Unavailable(tr(N_("El respaldo {name} está dañado o incompleto. Use otro."), name=path.name))


class _Sealing(SealingWriter):
    """Says how many plain bytes went through."""

    def __init__(self, target: IO[bytes], key: bytes, step: Callable[[int], None]) -> None:
        super().__init__(target, key, _PURPOSE)
        self._step = step
        self._done = 0

    def write(self, data: object) -> int:
        count = super().write(data)
        self._done += count
        self._step(self._done)
        return count


class _Opening(OpeningReader):
    """Says that something was read."""

    def __init__(self, source: IO[bytes], key: bytes, step: Callable[[], None]) -> None:
        super().__init__(source, key, _PURPOSE)
        self._step = step

    def readinto(self, into: object) -> int:
        self._step()
        return super().readinto(into)


def _pass_head(file: IO[bytes]) -> None:
    file.seek(len(_MAGIC))
    file.seek(int.from_bytes(file.read(4), "big"), 1)


def _encoded(manifest: Manifest) -> bytes:
    said: dict[str, Any] = {
        "made_at": manifest.made_at.isoformat(),
        "counts": dict(manifest.counts),
        "files": manifest.files,
    }
    return json.dumps(said).encode()


def _decoded(data: bytes) -> Manifest:
    held = json.loads(data)
    counts = {str(table): int(count) for table, count in held["counts"].items()}
    return Manifest(datetime.fromisoformat(held["made_at"]), counts, int(held["files"]))
