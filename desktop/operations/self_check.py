"""The station looks at itself: disk, clock, keys, file, backups, reports; each line says how to mend it (R150)."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from desktop.core import formats, station_file, vault
from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile
from desktop.core.vault import MasterKey
from desktop.operations.attachment_check import check_files
from desktop.operations.backups import kept_here
from desktop.register.choice import Choice
from desktop.store.blobs import BlobStore
from desktop.store.engine import connect, telling_of_the_disk
from desktop.store.store import StoreKeys
from desktop.store.verify import verify
from wire.clock import wall_ms_of

LOW_DISK_BYTES = 2 * 1024**3
OLD_BACKUP = timedelta(days=1)
SKEW = timedelta(seconds=2)


class Health(Choice):
    """How one line of the check stands."""

    GOOD = "good", N_("Bien")
    WARNING = "warning", N_("Atención")
    BAD = "bad", N_("Mal")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at; `mend` says what to do and is empty when all is well."""

    key: str
    title: str
    health: Health
    found: str
    mend: str = ""


def check_station(profile: Profile, master: MasterKey, now: datetime, *, chain: bool = True) -> list[Line]:
    """Look at everything that can fail silently. `chain` walks the whole journal, which takes seconds.

    Called off the interface's thread; opens the file by itself and only reads. What cannot even be looked at is a
    line too: the rest is said all the same.
    """
    looks: list[tuple[str, str, Callable[[str], Line]]] = [
        ("disk", N_("Disco"), lambda title: _disk(title, profile)),
        ("file", N_("Base de datos"), lambda title: _file(title, profile, master)),
        ("files", N_("Adjuntos"), lambda title: _files(title, profile, master)),
        ("clock", N_("Reloj"), lambda title: _clock(title, profile, master, now)),
        ("key", N_("Llave de los datos"), lambda title: _key(title, profile, master)),
        ("backups", N_("Respaldos"), lambda title: _backups(title, profile, master, now)),
    ]
    if chain:
        looks.append(("chain", N_("Bitácora"), lambda title: _chain(title, profile, master)))
    return [_looked(key, tr(title), look) for key, title, look in looks]


def _looked(key: str, title: str, look: Callable[[str], Line]) -> Line:
    try:
        with telling_of_the_disk():
            return look(title)
    except AtalayaError as error:
        mend = tr(N_("Deje de usar esta estación y restaure el último respaldo en una carpeta vacía."))
        return Line(key, title, Health.BAD, error.message, mend)


def _disk(title: str, profile: Profile) -> Line:
    free = shutil.disk_usage(profile.folder).free
    health = (
        Health.BAD
        if free < LOW_DISK_BYTES // 10
        else Health.WARNING
        if free < LOW_DISK_BYTES
        else Health.GOOD
    )
    mend = "" if health is Health.GOOD else tr(N_("Libere espacio en la unidad o mueva respaldos antiguos."))
    return Line("disk", title, health, tr(N_("{size} libres"), size=formats.size(free)), mend)


def _file(title: str, profile: Profile, master: MasterKey) -> Line:
    connection = connect(profile.database, master.database, read_only=True)
    try:
        broken = connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok"
        size = profile.database.stat().st_size
    finally:
        connection.close()
    if broken:
        return Line(
            "file",
            title,
            Health.BAD,
            tr(N_("El archivo está dañado.")),
            tr(N_("Deje de usar esta estación y restaure el último respaldo en una carpeta vacía.")),
        )
    return Line("file", title, Health.GOOD, tr(N_("íntegra, {size}"), size=formats.size(size)))


def _clock(title: str, profile: Profile, master: MasterKey, now: datetime) -> Line:
    connection = connect(profile.database, master.database, read_only=True)
    try:
        row = connection.execute("SELECT max(hlc) FROM journal").fetchone()
    finally:
        connection.close()
    ahead = timedelta(milliseconds=wall_ms_of(row[0] or 0) - now.timestamp() * 1000)
    if ahead > SKEW:
        return Line(
            "clock",
            title,
            Health.WARNING,
            tr(
                N_("El reloj está {time} atrás de la última anotación."),
                time=formats.duration(ahead.total_seconds()),
            ),
            tr(N_("Ponga el equipo en hora. El orden de lo anotado no cambia, pero las horas mostradas sí.")),
        )
    return Line("clock", title, Health.GOOD, formats.day_time_s(now))


def _files(title: str, profile: Profile, master: MasterKey) -> Line:
    keys = StoreKeys(master.database, master.signing)
    found = check_files(profile.database, keys, BlobStore(profile.blobs, master.blobs), deep=False)
    if found.is_good:
        text = tr(N_("{count}, todos con su archivo"), count=formats.number(found.rows))
        return Line("files", title, Health.GOOD, text if found.rows else tr(N_("Ninguno todavía")))
    return Line(
        "files",
        title,
        Health.BAD,
        tr(N_("{missing} de {count} no tienen su archivo"), missing=found.missing, count=found.rows),
        tr(N_("Restaure un respaldo anterior en una carpeta vacía y traiga de ahí los archivos que faltan.")),
    )


def _key(title: str, profile: Profile, master: MasterKey) -> Line:
    facts = station_file.load(profile)
    ways = vault.ways_of(profile)
    if facts.key_way == vault.PASSPHRASE:
        if vault.PASSPHRASE not in ways:
            return _lost_key(title, tr(N_("Ninguna frase de paso abre esta estación.")))
        return Line("key", title, Health.GOOD, tr(N_("La abre la frase de paso")))
    try:
        is_kept = vault.open_with_keyring(facts.station_id) == master
    except vault.KeyringUnavailable as error:
        return _lost_key(title, error.message)
    if not is_kept:
        return _lost_key(title, tr(N_("El llavero del sistema guarda otra llave.")))
    if vault.PASSPHRASE in ways:
        return Line(
            "key",
            title,
            Health.WARNING,
            tr(N_("La abren el llavero y también una frase de paso: un cambio quedó a medias.")),
            tr(N_("Repita el cambio en «Llave de los datos».")),
        )
    return Line("key", title, Health.GOOD, tr(N_("La guarda el llavero del sistema")))


def _lost_key(title: str, found: str) -> Line:
    return Line(
        "key",
        title,
        Health.BAD,
        found,
        tr(N_("No cierre Atalaya. Cambie ahora la forma de guardar la llave en «Llave de los datos».")),
    )


def _backups(title: str, profile: Profile, master: MasterKey, now: datetime) -> Line:
    found = kept_here(profile, master)
    good = [kept for kept in found if kept.opens]
    mend = tr(N_("Haga uno ahora en Respaldos, o con «atalaya backup»."))
    if not good:
        text = tr(N_("Ninguno se puede abrir.")) if found else tr(N_("Todavía no hay ninguno."))
        return Line("backups", title, Health.BAD if found else Health.WARNING, text, mend)
    age = max(timedelta(0), now - good[0].made_at)
    text = tr(
        N_("{count}; el último hace {time}"),
        count=len(good),
        time=formats.duration(age.total_seconds()),
    )
    if len(good) < len(found):
        text += " " + tr(N_("({count} no se abren)"), count=len(found) - len(good))
    if age > OLD_BACKUP:
        return Line("backups", title, Health.WARNING, text, mend)
    return Line("backups", title, Health.GOOD, text)


def _chain(title: str, profile: Profile, master: MasterKey) -> Line:
    report = verify(profile.database, StoreKeys(master.database, master.signing), deep=False)
    if report.is_sound:
        text = tr(
            N_("{count} anotaciones, cadena y firmas correctas"), count=formats.number(report.change_sets)
        )
        return Line("chain", title, Health.GOOD, text)
    return Line(
        "chain",
        title,
        Health.BAD,
        report.text().splitlines()[0],
        tr(N_("No borre nada. Ejecute «atalaya verify», guarde su salida y avise a Control.")),
    )
