"""Where a station keeps its files."""

import errno
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from desktop.core.errors import Unavailable
from desktop.core.i18n import N_, tr

_APP = "Atalaya"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Profile:
    """The data folder of one station; everything in it but `station.json` and `logs/` is encrypted."""

    folder: Path

    @property
    def database(self) -> Path:
        """Return the encrypted database."""
        return self.folder / "atalaya.db"

    @property
    def blobs(self) -> Path:
        """Return the folder of encrypted attachments."""
        return self.folder / "blobs"

    @property
    def backups(self) -> Path:
        """Return the folder of encrypted backups."""
        return self.folder / "backups"

    @property
    def logs(self) -> Path:
        """Return the folder of logs, which hold no personal data."""
        return self.folder / "logs"

    @property
    def station_file(self) -> Path:
        """Return the file that says what the station is called and how its keys are kept; it holds no secret."""
        return self.folder / "station.json"

    @property
    def keys_file(self) -> Path:
        """Return the file with the keys sealed by a passphrase or by the recovery code."""
        return self.folder / "station.keys"

    @property
    def exists(self) -> bool:
        """Tell whether a station was set up here."""
        return self.station_file.is_file()

    def prepare(self) -> None:
        """Make the folders, readable by their owner only.

        Raises:
            Unavailable: the folder cannot be made or written.
        """
        try:
            for folder in (self.folder, self.blobs, self.backups, self.logs):
                folder.mkdir(parents=True, exist_ok=True)
                if os.name == "posix":
                    folder.chmod(0o700)
            # A read-only drive lets folders that exist be made again; only a file tells.
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            if error.errno in _FULL and self.logs.is_dir():
                return  # what is there can be read, and the store says when there is no room
            raise Unavailable(
                tr(
                    N_(
                        "No se puede escribir en la carpeta de datos {folder}. Revise que la unidad esté conectada "
                        "y que su usuario tenga permiso, o elija otra carpeta."
                    ),
                    folder=self.folder,
                )
            ) from error


def default_profile() -> Profile:
    """Return the profile of this person on this machine."""
    from platformdirs import user_data_path  # noqa: PLC0415 - not needed when a folder was named

    return Profile(user_data_path(_APP, appauthor=False))


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file so that a crash leaves the old one or the new one, never a part; owner-only on POSIX."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
