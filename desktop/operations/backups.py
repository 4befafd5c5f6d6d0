"""Backups of the whole station in one sealed file, read back before they count; restoring into an empty profile.

`atalaya-20261122-1430.atb`: a clear head with the station's facts and its sealed keys (neither holds a secret), then a
sealed tar with the database, its witness and the attachments. A new machine opens it with the passphrase or the
recovery code of the station.
"""

import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.core import station_file, vault
from desktop.core.clock import SANTIAGO, civil_day
from desktop.core.errors import Unavailable, UserError
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile, write_atomically
from desktop.core.station_file import StationFile
from desktop.core.vault import MasterKey
from desktop.models.catalogue import REGISTERS
from desktop.store.backups import Copied, ReadBack, copy_database, put_in_place, read_back, table_counts
from desktop.store.engine import connect, is_out_of_room
from desktop.store.sealed import OpeningReader, SealedError, SealingWriter
from desktop.store.store import StoreKeys
from desktop.store.witness import witness_path

SUFFIX = ".atb"
_PURPOSE = "backup"
_MAGIC = b"ATALAYA-BACKUP-1\n"
KEEP_DAYS, KEEP_WEEKS, KEEP_MONTHS = 7, 5, 12

Progress = Callable[[int, int, str], None]


def _silent(_done: int, _all: int, _text: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written and read back."""

    path: Path
    size_bytes: int
    rows: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Restored:
    """A profile made from a backup."""

    rows: int
    is_sound: bool


def make_backup(
    profile: Profile,
    master: MasterKey,
    now: datetime,
    folder: Path | None = None,
    progress: Progress = _silent,
) -> Made:
    """Write a backup of the station as it is now, while it goes on working, and read it back.

    Raises:
        Unavailable: there is no room, or what was written does not read back; no file is left then.
    """
    target_folder = folder or profile.backups
    name = now.astimezone(SANTIAGO).strftime("atalaya-%Y%m%d-%H%M%S") + SUFFIX
    target = target_folder / name
    part = target_folder / f".{name}.part"
    keys = StoreKeys(master.database, master.signing)
    try:
        target_folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target_folder, prefix=".copia-") as scratch:
            copy = Path(scratch) / "atalaya.db"
            progress(0, 3, tr(N_("Copiando la base de datos")))
            copied = copy_database(profile.database, copy, keys)
            progress(1, 3, tr(N_("Escribiendo el respaldo")))
            _write(part, profile, master, copy)
        progress(2, 3, tr(N_("Leyendo el respaldo de vuelta")))
        _check(part, master, keys, copied)
        part.replace(target)
    except OSError as error:
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
    progress(3, 3, tr(N_("Respaldo comprobado")))
    return Made(target, target.stat().st_size, sum(copied.counts.values()), now)


def last_backup_at(profile: Profile) -> datetime | None:
    """Return when the last good backup here was made: a file has its name only once it was read back."""
    made = [at for path in profile.backups.glob(f"atalaya-*{SUFFIX}") if (at := _made_at(path)) is not None]
    return max(made, default=None)


def drill(path: Path, master: MasterKey) -> ReadBack:
    """Restore a backup into a scratch folder and compare it with itself: chain, journal and rows (R147).

    Raises:
        Unavailable: it does not open, or is damaged.
    """
    keys = StoreKeys(master.database, master.signing)
    with tempfile.TemporaryDirectory(prefix="atalaya-simulacro-") as scratch:
        _unpack(path, master, Path(scratch))
        return read_back(Path(scratch) / "atalaya.db", keys, registers=REGISTERS)


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
    facts, keys_text = _head(path)
    profile.prepare()
    write_atomically(profile.keys_file, keys_text)
    try:
        opening = vault.open_with_recovery if is_recovery_code else vault.open_with_passphrase
        master = opening(profile, facts.station_id, secret)
        with tempfile.TemporaryDirectory(dir=profile.folder, prefix=".restaura-") as scratch:
            _unpack(path, master, Path(scratch))
            copy = Path(scratch) / "atalaya.db"
            checked = read_back(copy, StoreKeys(master.database, master.signing), registers=REGISTERS)
            rows = sum(_rows(copy, master).values())
            for blob in (Path(scratch) / "blobs").glob("*/*"):
                place = profile.blobs / blob.parent.name / blob.name
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(blob, place)
            put_in_place(copy, profile.database)
        if facts.key_way == vault.KEYRING and vault.keyring_is_available():
            vault.move_to_keyring(profile, facts.station_id, master)
        station_file.save(profile, facts)
    except BaseException:
        profile.keys_file.unlink(missing_ok=True)
        profile.database.unlink(missing_ok=True)
        raise
    return Restored(rows, checked.is_good)


def rotate(folder: Path, now: datetime) -> list[Path]:
    """Remove backups that are no longer kept; return them. Only files of our own name are ever touched."""
    found: dict[datetime, Path] = {}
    for path in folder.glob(f"atalaya-*{SUFFIX}"):
        made_at = _made_at(path)
        if made_at is not None:
            found[made_at] = path
    kept = kept_backups(list(found), now)
    removed = [path for made_at, path in found.items() if made_at not in kept]
    for path in removed:
        path.unlink(missing_ok=True)
    return removed


def kept_backups(made: list[datetime], now: datetime) -> set[datetime]:
    """Return which backups stay: all of the last day, the last of each recent day, week and month."""
    kept = {at for at in made if now - at < timedelta(days=1)}
    for count, period in (
        (KEEP_DAYS, lambda at: civil_day(at).toordinal()),
        (KEEP_WEEKS, lambda at: civil_day(at).isocalendar()[:2]),
        (KEEP_MONTHS, lambda at: (civil_day(at).year, civil_day(at).month)),
    ):
        newest: dict[object, datetime] = {}
        for at in sorted(made):
            newest[period(at)] = at
        kept |= set(sorted(newest.values())[-count:])
    return kept


def _made_at(path: Path) -> datetime | None:
    try:
        civil = datetime.strptime(path.name, f"atalaya-%Y%m%d-%H%M%S{SUFFIX}")  # noqa: DTZ007 - civil time
    except ValueError:
        return None
    return civil.replace(tzinfo=SANTIAGO).astimezone(UTC)


def _write(target: Path, profile: Profile, master: MasterKey, copy: Path) -> None:
    facts = station_file.load(profile)
    head = json.dumps({"facts": asdict(facts), "keys": profile.keys_file.read_text()}).encode()
    with target.open("xb") as file:
        file.write(_MAGIC + len(head).to_bytes(4, "big") + head)
        with (
            SealingWriter(file, master.backups, _PURPOSE) as sealing,
            tarfile.open(fileobj=sealing, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            tar.add(copy, "atalaya.db")
            if witness_path(copy).exists():
                tar.add(witness_path(copy), witness_path(copy).name)
            for blob in sorted(profile.blobs.glob("*/*")):
                tar.add(blob, f"blobs/{blob.parent.name}/{blob.name}")


def _check(part: Path, master: MasterKey, keys: StoreKeys, copied: Copied) -> None:
    with tempfile.TemporaryDirectory(dir=part.parent, prefix=".lectura-") as scratch:
        _unpack(part, master, Path(scratch))
        found = read_back(Path(scratch) / "atalaya.db", keys, copied, REGISTERS, deep=False)
        if not found.is_good:
            raise Unavailable(
                tr(
                    N_(
                        "El respaldo no se leyó igual de vuelta y se descartó. Compruebe la base de datos con «verify»."
                    )
                )
            )


def _head(path: Path) -> tuple[StationFile, bytes]:
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise UserError(tr(N_("{name} no es un respaldo de Atalaya."), name=path.name))
            held = json.loads(file.read(int.from_bytes(file.read(4), "big")))
        return StationFile(**held["facts"]), str(held["keys"]).encode()
    except FileNotFoundError as error:
        raise UserError(tr(N_("No se encontró el archivo {name}."), name=path.name)) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path) from error


def _unpack(path: Path, master: MasterKey, folder: Path) -> None:
    try:
        with path.open("rb") as file:
            file.seek(len(_MAGIC))
            file.seek(int.from_bytes(file.read(4), "big"), 1)
            with tarfile.open(fileobj=OpeningReader(file, master.backups, _PURPOSE), mode="r|") as tar:
                tar.extractall(folder, filter="data")
            if file.read(1):
                raise SealedError("bytes after the end")  # noqa: TRY301 - one way out for every damage
    except (SealedError, tarfile.TarError, EOFError) as error:
        raise _damaged(path) from error


def _rows(copy: Path, master: MasterKey) -> dict[str, int]:
    connection = connect(copy, master.database, read_only=True)
    try:
        return table_counts(connection)
    finally:
        connection.close()


def _damaged(path: Path) -> Unavailable:
    return Unavailable(tr(N_("El respaldo {name} está dañado o incompleto. Use otro."), name=path.name))
