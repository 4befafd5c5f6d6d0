"""The drill: a backup is restored aside and compared, before an emergency tells that it was no good (R147)."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from desktop.core.errors import Unavailable
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile
from desktop.core.vault import MasterKey
from desktop.models.catalogue import REGISTERS
from desktop.operations.attachment_check import FilesCheck, check_files
from desktop.operations.backup_file import BLOBS, DATABASE, damaged, is_full, unpack
from desktop.operations.backups import WHOLE, Progress, part_of, silent
from desktop.store.backups import counts_of, is_continued, read_back
from desktop.store.blobs import BlobStore
from desktop.store.report import VerifyReport
from desktop.store.store import StoreKeys


@dataclass(frozen=True, slots=True)
class Compared:
    """The rows of one table: noted when the backup was made (None for an old one), restored now, and on the station."""

    table: str
    noted: int | None
    restored: int
    today: int

    @property
    def is_same(self) -> bool:
        """Tell whether what was restored is what was noted."""
        return self.noted is None or self.noted == self.restored


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a drill showed."""

    tables: tuple[Compared, ...]
    report: VerifyReport
    files: FilesCheck
    is_continued: bool
    """Whether the station's own journal goes on from where the backup ends."""

    @property
    def is_good(self) -> bool:
        """Tell whether this backup would bring the station back."""
        is_same = all(table.is_same for table in self.tables)
        return is_same and self.report.is_sound and self.files.is_good and self.is_continued


def drill(path: Path, profile: Profile, master: MasterKey, progress: Progress = silent) -> Rehearsal:
    """Restore a backup into a scratch folder, compare counts, chain, records and attachments, and remove the folder.

    Raises:
        Unavailable: it does not open or is damaged, or there is no room for the scratch.
        Cancelled: `progress` raised it; the scratch is gone.
    """
    keys = StoreKeys(master.database, master.signing)
    try:
        with tempfile.TemporaryDirectory(dir=profile.folder, prefix=".simulacro-") as scratch:
            folder = Path(scratch)
            manifest = unpack(path, master, folder, part_of(progress, 0, 300, tr(N_("Restaurando aparte"))))
            copy = folder / DATABASE
            if not copy.exists():
                raise damaged(path)
            comparing = part_of(progress, 300, 800, tr(N_("Comparando cadena y registros")))
            found = read_back(copy, keys, registers=REGISTERS, progress=comparing)
            reading = part_of(progress, 800, WHOLE, tr(N_("Leyendo los adjuntos")))
            files = check_files(copy, keys, BlobStore(folder / BLOBS, master.blobs), reading, deep=True)
            restored, today = counts_of(copy, keys), counts_of(profile.database, keys)
            tables = tuple(
                Compared(
                    table,
                    None if manifest is None else manifest.counts.get(table, 0),
                    count,
                    today.get(table, 0),
                )
                for table, count in restored.items()
            )
            return Rehearsal(tables, found.report, files, is_continued(copy, profile.database, keys))
    except OSError as error:
        if is_full(error):
            raise Unavailable(
                tr(N_("No hay espacio para restaurar el respaldo aparte. Libere espacio y ensaye otra vez."))
            ) from error
        raise damaged(path) from error
