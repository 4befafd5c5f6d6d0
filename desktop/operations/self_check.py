"""The station looks at itself: disk, clock, keys, file, backups, reports; each line says how to mend it (R150)."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile
from desktop.core.vault import MasterKey
from desktop.operations.backups import SUFFIX
from desktop.register.choice import Choice
from desktop.store.engine import connect
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

    Called off the interface's thread; opens the file by itself and only reads.
    """
    looks: list[Callable[[], Line]] = [
        lambda: _disk(profile),
        lambda: _file(profile, master),
        lambda: _clock(profile, master, now),
        lambda: _backups(profile, now),
    ]
    if chain:
        looks.append(lambda: _chain(profile, master))
    return [look() for look in looks]


def _disk(profile: Profile) -> Line:
    free = shutil.disk_usage(profile.folder).free
    health = (
        Health.BAD
        if free < LOW_DISK_BYTES // 10
        else Health.WARNING
        if free < LOW_DISK_BYTES
        else Health.GOOD
    )
    mend = "" if health is Health.GOOD else tr(N_("Libere espacio en la unidad o mueva respaldos antiguos."))
    return Line("disk", tr(N_("Disco")), health, tr(N_("{size} libres"), size=formats.size(free)), mend)


def _file(profile: Profile, master: MasterKey) -> Line:
    connection = connect(profile.database, master.database, read_only=True)
    try:
        broken = connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok"
        size = profile.database.stat().st_size
    finally:
        connection.close()
    if broken:
        return Line(
            "file",
            tr(N_("Base de datos")),
            Health.BAD,
            tr(N_("El archivo está dañado.")),
            tr(N_("Deje de usar esta estación y restaure el último respaldo en una carpeta vacía.")),
        )
    return Line(
        "file", tr(N_("Base de datos")), Health.GOOD, tr(N_("íntegra, {size}"), size=formats.size(size))
    )


def _clock(profile: Profile, master: MasterKey, now: datetime) -> Line:
    connection = connect(profile.database, master.database, read_only=True)
    try:
        row = connection.execute("SELECT max(hlc) FROM journal").fetchone()
    finally:
        connection.close()
    ahead = timedelta(milliseconds=wall_ms_of(row[0] or 0) - now.timestamp() * 1000)
    if ahead > SKEW:
        return Line(
            "clock",
            tr(N_("Reloj")),
            Health.WARNING,
            tr(
                N_("El reloj está {time} atrás de la última anotación."),
                time=formats.duration(ahead.total_seconds()),
            ),
            tr(N_("Ponga el equipo en hora. El orden de lo anotado no cambia, pero las horas mostradas sí.")),
        )
    return Line("clock", tr(N_("Reloj")), Health.GOOD, formats.day_time_s(now))


def _backups(profile: Profile, now: datetime) -> Line:
    found = sorted(profile.backups.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime)
    title = tr(N_("Respaldos"))
    mend = tr(N_("Haga uno ahora en Respaldo, o con «atalaya backup»."))
    if not found:
        return Line("backups", title, Health.WARNING, tr(N_("Todavía no hay ninguno.")), mend)
    age = now.timestamp() - found[-1].stat().st_mtime
    text = tr(N_("{count}; el último hace {time}"), count=len(found), time=formats.duration(max(0, age)))
    if age > OLD_BACKUP.total_seconds():
        return Line("backups", title, Health.WARNING, text, mend)
    return Line("backups", title, Health.GOOD, text)


def _chain(profile: Profile, master: MasterKey) -> Line:
    report = verify(profile.database, StoreKeys(master.database, master.signing), deep=False)
    if report.is_sound:
        text = tr(
            N_("{count} anotaciones, cadena y firmas correctas"), count=formats.number(report.change_sets)
        )
        return Line("chain", tr(N_("Bitácora")), Health.GOOD, text)
    return Line(
        "chain",
        tr(N_("Bitácora")),
        Health.BAD,
        report.text().splitlines()[0],
        tr(N_("No borre nada. Ejecute «atalaya verify», guarde su salida y avise a Control.")),
    )
