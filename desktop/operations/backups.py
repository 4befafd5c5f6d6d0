"""Backups of the whole station in one sealed file, read back before they count; restoring into an empty profile.

`atalaya-20261122-143000.atb` (`backup_file.py` says its form) has its name only once it was read back. A new machine
opens it with the passphrase or the recovery code that the station had when it was made.
"""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.core import station_file, vault
from desktop.core.clock import SANTIAGO, civil_day
from desktop.core.errors import Unavailable, UserError
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile, write_atomically
from desktop.core.setting_list import BACKUP_KEEP_DAYS, BACKUP_KEEP_MONTHS, BACKUP_KEEP_WEEKS
from desktop.core.settings import Settings
from desktop.core.vault import MasterKey
from desktop.models.catalogue import REGISTERS
from desktop.operations.attachment_check import FilesCheck, check_files
from desktop.operations.backup_file import BLOBS, DATABASE, Manifest, head_of, manifest_of, unpack, write
from desktop.store.backups import Copied, copy_database, counts_of, put_in_place, read_back
from desktop.store.blobs import BlobStore
from desktop.store.engine import is_out_of_room
from desktop.store.store import StoreKeys

SUFFIX = ".atb"
WHOLE = 1_000
"""What the progress of a backup or a drill counts up to."""
_SCRATCH = (".copia-*", ".lectura-*", ".simulacro-*", ".atalaya-*.part")
_FORGOTTEN = timedelta(days=1)

Progress = Callable[[int, int, str], None]
"""Called with (done, all, what is under way); it may raise `Cancelled`."""


def silent(_done: int, _all: int, _text: str) -> None:
    """Tell nobody."""


def part_of(
    progress: Progress, first: int, last: int, text: str, *, begins: bool = True
) -> Callable[[int, int], None]:
    """Return the progress of one part of a work that counts up to `WHOLE`; `begins` announces it at once."""

    def step(done: int, whole: int) -> None:
        progress(first + (last - first) * min(done, whole) // max(1, whole), WHOLE, text)

    if begins:
        step(0, 1)
    return step


@dataclass(frozen=True, slots=True)
class Retention:
    """Of how many recent days, weeks and months the last backup stays."""

    days: int
    weeks: int
    months: int


def retention(settings: Settings) -> Retention:
    """Return what the station was told to keep."""
    return Retention(
        settings.get(BACKUP_KEEP_DAYS), settings.get(BACKUP_KEEP_WEEKS), settings.get(BACKUP_KEEP_MONTHS)
    )


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written and read back. `missing_files` were not on the station either."""

    path: Path
    size_bytes: int
    rows: int
    made_at: datetime
    missing_files: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup in the station's folder. `manifest` is None when it was made before backups said what they hold,
    and `opens` is False when this station's key does not open it."""

    path: Path
    made_at: datetime
    size_bytes: int
    manifest: Manifest | None
    opens: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """A profile made from a backup."""

    rows: int
    is_sound: bool
    missing_files: int = 0


def make_backup(
    profile: Profile,
    master: MasterKey,
    now: datetime,
    folder: Path | None = None,
    progress: Progress = silent,
) -> Made:
    """Write a backup of the station as it is now, while it goes on working, and read it back.

    An attachment that the station itself lost does not stop it: the rest must not go without a backup for that.

    Raises:
        Unavailable: there is no room, or what was written does not read back; no file is left then.
        UserError: another one is being made this very second.
        Cancelled: `progress` raised it; no file is left then.
    """
    target_folder = folder or profile.backups
    name = now.astimezone(SANTIAGO).strftime("atalaya-%Y%m%d-%H%M%S") + SUFFIX
    target = target_folder / name
    part = target_folder / f".{name}.part"
    keys = StoreKeys(master.database, master.signing)
    try:
        target_folder.mkdir(parents=True, exist_ok=True)
        sweep_scratch(target_folder, now)
        with tempfile.TemporaryDirectory(dir=target_folder, prefix=".copia-") as scratch:
            copy = Path(scratch) / DATABASE
            copying = part_of(progress, 0, 300, tr(N_("Copiando la base de datos")))
            copied = copy_database(profile.database, copy, keys, copying)
            manifest = Manifest(now, copied.counts, sum(1 for _ in profile.blobs.glob("*/*")))
            writing = part_of(progress, 300, 600, tr(N_("Escribiendo el respaldo")))
            write(part, profile, master, copy, manifest, writing)
        files = _check(part, profile, master, keys, copied, progress)
        part.replace(target)
    except OSError as error:
        if isinstance(error, FileExistsError) and target_folder.is_dir():  # the part is somebody else's
            raise UserError(tr(N_("Ya se está haciendo un respaldo. Espere a que termine."))) from error
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if is_out_of_room(error) or error.errno is not None:
            raise Unavailable(
                tr(
                    N_(
                        "No se pudo escribir el respaldo: falta espacio o la unidad no está. Los datos siguen intactos."
                    )
                )
            ) from error
        raise
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    progress(WHOLE, WHOLE, tr(N_("Respaldo comprobado")))
    return Made(target, target.stat().st_size, manifest.rows, now, files.missing)


def last_backup_at(profile: Profile) -> datetime | None:
    """Return when the last good backup here was made: a file has its name only once it was read back."""
    return max(_found(profile.backups), default=None)


def kept_here(profile: Profile, master: MasterKey) -> list[Kept]:
    """Return the backups in the station's folder, the newest first, with what each says that it holds."""
    kept = []
    for made_at, path in sorted(_found(profile.backups).items(), reverse=True):
        try:
            kept.append(Kept(path, made_at, path.stat().st_size, manifest_of(path, master), opens=True))
        except Unavailable:
            kept.append(Kept(path, made_at, path.stat().st_size, None, opens=False))
        except FileNotFoundError:
            continue  # let go by the rotation meanwhile
    return kept


def sweep_scratch(folder: Path, now: datetime) -> None:
    """Remove what a crash left half-done more than a day ago; what is younger may be somebody's work."""
    for pattern in _SCRATCH:
        for path in folder.glob(pattern):
            with suppress(OSError):
                if now.timestamp() - path.stat().st_mtime < _FORGOTTEN.total_seconds():
                    continue
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()


def restore(path: Path, profile: Profile, secret: str, *, is_recovery_code: bool) -> Restored:
    """Make an empty profile into the station that a backup holds; it writes on under a new replica id.

    On the new machine a passphrase keeps the key when one did before; else the keyring takes it, and where there is
    none the recovery code goes on opening the station.

    Raises:
        UserError: the profile is not empty, or the secret does not open the backup.
        Unavailable: the backup is damaged or there is no room.
    """
    if profile.exists or profile.database.exists():
        raise UserError(tr(N_("Ese perfil ya tiene datos. Restaure en una carpeta vacía.")))
    facts, keys_text = head_of(path)
    profile.prepare()
    write_atomically(profile.keys_file, keys_text)
    try:
        opening = vault.open_with_recovery if is_recovery_code else vault.open_with_passphrase
        master = opening(profile, facts.station_id, secret)
        with tempfile.TemporaryDirectory(dir=profile.folder, prefix=".restaura-") as scratch:
            unpack(path, master, Path(scratch))
            copy = Path(scratch) / DATABASE
            keys = StoreKeys(master.database, master.signing)
            checked = read_back(copy, keys, registers=REGISTERS)
            files = check_files(copy, keys, BlobStore(Path(scratch) / BLOBS, master.blobs), deep=True)
            rows = sum(counts_of(copy, keys).values())
            for blob in (Path(scratch) / BLOBS).glob("*/*"):
                place = profile.blobs / blob.parent.name / blob.name
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(blob, place)
            put_in_place(copy, profile.database)
        if facts.key_way == vault.KEYRING and vault.keyring_is_available():
            vault.keep_in_keyring(facts.station_id, master)
            vault.drop_passphrase(profile)
        station_file.save(profile, facts)
    except BaseException:
        profile.keys_file.unlink(missing_ok=True)
        profile.database.unlink(missing_ok=True)
        raise
    return Restored(rows, checked.is_good, files.missing + files.damaged)


def rotate(folder: Path, now: datetime, keep: Retention) -> list[Path]:
    """Remove backups that are no longer kept; return them. Only files of our own name are ever touched."""
    found = _found(folder)
    kept = kept_backups(list(found), now, keep)
    removed = [path for made_at, path in found.items() if made_at not in kept]
    for path in removed:
        path.unlink(missing_ok=True)
    return removed


def kept_backups(made: list[datetime], now: datetime, keep: Retention) -> set[datetime]:
    """Return which backups stay: all of the last day, the last of each recent day, week and month."""
    kept = {at for at in made if now - at < timedelta(days=1)}
    for count, period in (
        (keep.days, lambda at: civil_day(at).toordinal()),
        (keep.weeks, lambda at: civil_day(at).isocalendar()[:2]),
        (keep.months, lambda at: (civil_day(at).year, civil_day(at).month)),
    ):
        newest: dict[object, datetime] = {}
        for at in sorted(made):
            newest[period(at)] = at
        kept |= set(sorted(newest.values(), reverse=True)[:count])
    return kept


def _made_at(path: Path) -> datetime | None:
    try:
        civil = datetime.strptime(path.name, f"atalaya-%Y%m%d-%H%M%S{SUFFIX}")  # noqa: DTZ007 - civil time
    except ValueError:
        return None
    return civil.replace(tzinfo=SANTIAGO).astimezone(UTC)


def _check(
    part: Path, profile: Profile, master: MasterKey, keys: StoreKeys, copied: Copied, progress: Progress
) -> FilesCheck:
    """Read the backup back: rows and chain are those of the copy, and no attachment was lost on the way."""
    with tempfile.TemporaryDirectory(dir=part.parent, prefix=".lectura-") as scratch:
        folder, text = Path(scratch), tr(N_("Leyendo el respaldo de vuelta"))
        unpack(part, master, folder, part_of(progress, 600, 750, text))
        walking = part_of(progress, 750, 950, text)
        found = read_back(folder / DATABASE, keys, copied, REGISTERS, deep=False, progress=walking)
        looking = part_of(progress, 950, WHOLE, text)
        files = check_files(
            folder / DATABASE, keys, BlobStore(folder / BLOBS, master.blobs), looking, deep=False
        )
        is_whole = files.is_good
        if not is_whole:
            here = check_files(folder / DATABASE, keys, BlobStore(profile.blobs, master.blobs), deep=False)
            is_whole = files.missing <= here.missing
        if not found.is_good or not is_whole:
            raise Unavailable(
                tr(
                    N_(
                        "El respaldo no se leyó igual de vuelta y se descartó. Compruebe la base de datos con «verify»."
                    )
                )
            )
        return files


def _found(folder: Path) -> dict[datetime, Path]:
    """Return the files of our own name by the instant in it."""
    found = {}
    for path in folder.glob(f"atalaya-*{SUFFIX}"):
        made_at = _made_at(path)
        if made_at is not None:
            found[made_at] = path
    return found
