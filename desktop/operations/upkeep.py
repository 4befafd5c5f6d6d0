"""What keeps a station trustworthy, done from its own pages: backups, drills, copies, self-check, verification.

Everything here runs in the pool. What was found is remembered with its date, so that a page can say when it was last
looked at, and never says that all is well when nobody looked.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from desktop.core import formats
from desktop.core.errors import NotAllowed
from desktop.core.i18n import N_, tr
from desktop.models.catalogue import REGISTERS
from desktop.operations.attachment_check import check_files
from desktop.operations.backup_copies import copy_to
from desktop.operations.backups import (
    WHOLE,
    Kept,
    Made,
    Progress,
    kept_here,
    make_backup,
    part_of,
    retention,
    rotate,
)
from desktop.operations.context import Context
from desktop.operations.rehearsal import drill
from desktop.operations.self_check import Health, Line, check_station
from desktop.operations.settings import settings_of
from desktop.operations.station import Station
from desktop.operations.trail import note_of_person
from desktop.operations.upkeep_words import Shown, Verified, shown, verified
from desktop.register.access import Action
from desktop.store.blobs import BlobStore
from desktop.store.verify import verify

BACKUPS, SELF_CHECK = "backups", "self_check"
"""What roles are granted; neither has records."""
OLD_VERIFICATION = timedelta(days=7)
OLD_DRILL = timedelta(days=31)
OLD_COPY = timedelta(days=7)
_DRILLS, _COPY, _CHECK, _VERIFY = "upkeep/drills", "upkeep/copy", "upkeep/check", "upkeep/verify"


@dataclass(frozen=True, slots=True)
class Drilled:
    """When a backup was last tried, and whether it would bring the station back."""

    at: datetime
    is_good: bool


@dataclass(frozen=True, slots=True)
class CopiedOut:
    """The last copy that left the station."""

    at: datetime
    name: str
    folder: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The backups of the station, the newest first, with their drills by file name."""

    kept: tuple[Kept, ...]
    drills: dict[str, Drilled]
    copied: CopiedOut | None
    folder: Path


@dataclass(frozen=True, slots=True)
class Checked:
    """What the self-check last found."""

    at: datetime
    lines: tuple[Line, ...]


class Upkeep:
    """The care of one open station, for whoever sits there."""

    def __init__(self, station: Station) -> None:
        self._station = station

    # --- Backups ----------------------------------------------------------------------------------------------

    def overview(self) -> Overview:
        """Return the backups here.

        Raises:
            NotAllowed: the role does not permit it.
        """
        self._check_may(Action.READ, BACKUPS)
        station = self._station
        kept = tuple(kept_here(station.profile, station.master))
        held = self._held(_COPY)
        copied = CopiedOut(_instant(held["at"]), held["name"], held["folder"]) if held else None
        return Overview(kept, self._drills(), copied, station.profile.backups)

    def back_up(self, progress: Progress) -> Made:
        """Make a backup now and let old ones go.

        Raises:
            NotAllowed: the role does not permit it.
            Unavailable: there is no room, or it did not read back.
            Cancelled: `progress` raised it.
        """
        self._check_may(Action.CREATE, BACKUPS)
        station = self._station
        now = station.clock.now()
        made = make_backup(station.profile, station.master, now, progress=progress)
        rotate(station.profile.backups, now, retention(settings_of(station.memory)))
        self._note("make")
        return made

    def rehearse(self, path: Path, progress: Progress) -> Shown:
        """Restore a backup aside, compare it, remember the result.

        Raises:
            NotAllowed: the role does not permit it.
            Unavailable: there is no room for the scratch.
            Cancelled: `progress` raised it; what was known before stays.
        """
        self._check_may(Action.CREATE, BACKUPS)
        station = self._station
        at = station.clock.now()
        found = shown(path.name, at, drill(path, station.profile, station.master, progress))
        drills = self._drills() | {path.name: Drilled(at, found.is_good)}
        self._keep(
            _DRILLS,
            {
                name: {"at": drilled.at.isoformat(), "is_good": drilled.is_good}
                for name, drilled in drills.items()
                if (path.parent / name).exists()
            },
        )
        self._note("drill")
        return found

    def copy_out(self, path: Path, folder: Path, progress: Progress) -> Path:
        """Copy a backup to another drive, read it back from there, and remember that it left.

        Raises:
            NotAllowed: the role does not permit it.
            UserError: the folder is no place for it.
            Unavailable: the drive is full, protected or gone, or the copy does not read the same.
            Cancelled: `progress` raised it.
        """
        self._check_may(Action.EXPORT, BACKUPS)
        self._note("export")
        target = copy_to(path, folder, progress)
        at = self._station.clock.now()
        self._keep(_COPY, {"at": at.isoformat(), "name": path.name, "folder": str(folder)})
        return target

    # --- Looking ----------------------------------------------------------------------------------------------

    def last_check(self) -> Checked | None:
        """Return what the self-check found last, None when it never ran here.

        Raises:
            NotAllowed: the role does not permit it.
        """
        self._check_may(Action.READ, SELF_CHECK)
        held = self._held(_CHECK)
        if held is None:
            return None
        lines = tuple(Line(**{**line, "health": Health(line["health"])}) for line in held["lines"])
        return Checked(_instant(held["at"]), lines)

    def check(self) -> Checked:
        """Look at everything but the whole journal, and remember it.

        Raises:
            NotAllowed: the role does not permit it.
        """
        self._check_may(Action.READ, SELF_CHECK)
        station = self._station
        now = station.clock.now()
        lines = (
            *check_station(station.profile, station.master, now, chain=False),
            self._drill_line(now),
            self._copy_line(now),
            self._chain_line(now),
        )
        held = [{**asdict(line), "health": line.health.value} for line in lines]
        self._keep(_CHECK, {"at": now.isoformat(), "lines": held})
        return Checked(now, lines)

    def last_verification(self) -> Verified | None:
        """Return what the last verification of the journal found, None when it never ran here.

        Raises:
            NotAllowed: the role does not permit it.
        """
        self._check_may(Action.READ, SELF_CHECK)
        held = self._held(_VERIFY)
        if held is None:
            return None
        return Verified(**{**held, "at": _instant(held["at"]), "touches": tuple(held["touches"])})

    def verify(self, progress: Progress) -> Verified:
        """Walk the whole journal, compare every record and look for every attachment; remember the result.

        Raises:
            NotAllowed: the role does not permit it.
            Unavailable: the file does not open.
            Cancelled: `progress` raised it; what was known before stays.
        """
        self._check_may(Action.READ, SELF_CHECK)
        station = self._station
        parts = {
            "chain": part_of(progress, 0, 450, tr(N_("Recorriendo la cadena y las firmas"))),
            "rows": part_of(progress, 450, 900, tr(N_("Comparando los registros")), begins=False),
            "search": part_of(progress, 900, 950, tr(N_("Comparando el índice de búsqueda")), begins=False),
        }

        def walked(part: str, done: int, whole: int) -> bool:
            parts[part](done, whole)
            return True

        report = verify(station.profile.database, station.keys, REGISTERS, walked)
        looking = part_of(progress, 950, WHOLE, tr(N_("Buscando los adjuntos")))
        blobs = BlobStore(station.profile.blobs, station.master.blobs)
        files = check_files(station.profile.database, station.keys, blobs, looking, deep=False)
        found = station.read(lambda ctx: verified(ctx, report, files)).result()
        held = {**asdict(found), "at": found.at.isoformat(), "touches": list(found.touches)}
        self._keep(_VERIFY, held)
        return found

    # --- Remembered -------------------------------------------------------------------------------------------

    def _drills(self) -> dict[str, Drilled]:
        held = self._held(_DRILLS) or {}
        return {name: Drilled(_instant(one["at"]), bool(one["is_good"])) for name, one in held.items()}

    def _held(self, key: str) -> Any:
        text = self._station.memory.get(key)
        return None if text is None else json.loads(text)

    def _keep(self, key: str, value: Any) -> None:
        self._station.memory.put(key, json.dumps(value, ensure_ascii=False))

    def _drill_line(self, now: datetime) -> Line:
        title, drills = tr(N_("Simulacro de restauración")), self._drills()
        mend = tr(N_("Pulse «Ensayar restauración» en Respaldos."))
        if not drills:
            return Line("drill", title, Health.WARNING, tr(N_("Nunca se ha ensayado.")), mend)
        last = max(drills.values(), key=lambda drilled: drilled.at)
        if not last.is_good:
            found = tr(N_("Con diferencias, {at}"), at=formats.day_time(last.at))
            mend = tr(N_("Vea las diferencias en Respaldos, haga un respaldo nuevo y ensáyelo."))
            return Line("drill", title, Health.BAD, found, mend)
        return _aged("drill", title, tr(N_("Correcto")), last.at, now, OLD_DRILL, mend)

    def _copy_line(self, now: datetime) -> Line:
        title, held = tr(N_("Copia fuera del equipo")), self._held(_COPY)
        mend = tr(N_("Conecte una unidad y pulse «Copiar a una carpeta…» en Respaldos."))
        if held is None:
            found = tr(N_("Ningún respaldo se ha copiado desde estas páginas."))
            return Line("copy", title, Health.WARNING, found, mend)
        return _aged("copy", title, tr(N_("Comprobada")), _instant(held["at"]), now, OLD_COPY, mend)

    def _chain_line(self, now: datetime) -> Line:
        title, held = tr(N_("Bitácora")), self._held(_VERIFY)
        mend = tr(N_("Pulse «Verificar la bitácora»."))
        if held is None:
            return Line("chain", title, Health.WARNING, tr(N_("Nunca se ha verificado.")), mend)
        at = _instant(held["at"])
        if not held["is_sound"]:
            found = tr(N_("Con problemas, {at}"), at=formats.day_time(at))
            return Line("chain", title, Health.BAD, found, tr(N_("No borre nada y avise a Control.")))
        return _aged("chain", title, tr(N_("Íntegra")), at, now, OLD_VERIFICATION, mend)

    # --- Rights and trail -------------------------------------------------------------------------------------

    def _check_may(self, action: Action, register: str) -> None:
        actor = self._station.actor
        if actor is None:
            raise NotAllowed(tr(N_("Inicie sesión para continuar.")))
        actor.rights.check(action, register)

    def _note(self, verb: str) -> None:
        def body(ctx: Context) -> None:
            note_of_person(ctx, f"{BACKUPS}.{verb}")

        self._station.write(body).result()


def _aged(key: str, title: str, found: str, at: datetime, now: datetime, old: timedelta, mend: str) -> Line:
    text = tr(N_("{found}, {at}"), found=found, at=formats.day_time(at))
    if now - at > old:
        return Line(key, title, Health.WARNING, text, mend)
    return Line(key, title, Health.GOOD, text)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
