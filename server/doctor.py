"""The server looks at itself: each line says what was found and, where something is wrong, how to mend it."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import func, select, text

from server.authority import Authority
from server.certificates import CertificateError, Certificates, Files
from server.engine import Database, DatabaseAway, DatabaseDamaged, Transaction
from server.log_check import walk
from server.refusals import RosterError
from server.schema import NewerDatabase
from server.sealing import SealError
from server.tables import BACKUP, BLOB, DEVICE, QUARANTINE
from server.tenants import names, open_authority
from server.words import DOCTOR

_DAY_MS: Final = 24 * 3600 * 1000
_SILENT_DAYS: Final = 7
_BACKUP_DAYS: Final = 2
_FEW_FREE: Final = 2 * 1024**3
_TOO_FEW_FREE: Final = 200 * 1024**2
_OLDEST_POSTGRESQL: Final = 140_000
_CLOCK_OFF_MS: Final = 2_000
_DURABLE: Final = ("fsync", "full_page_writes")


class Health(StrEnum):
    """How a thing stands."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Line:
    """One thing that was looked at; `mend` is empty where nothing is to be done."""

    health: Health
    title: str
    found: str
    mend: str = ""


def look(
    where: str | Path,
    tenant: str,
    passphrase_of: Callable[[str], str | None],
    files: Files | None = None,
    *,
    log: bool = True,
) -> Iterator[Line]:
    """Yield a line for each thing, the next only when the one before allows to look further.

    `tenant` may be empty where there is only one; `passphrase_of` finds the passphrase of a municipality.
    `log` walks the whole log, which takes a minute for some millions of change-sets.
    """
    try:
        yield from _look(where, tenant, passphrase_of, files, log=log)
    except DatabaseDamaged:
        yield _line(Health.BAD, "database", "damaged", mend=True)
    except DatabaseAway:
        yield _line(Health.BAD, "database", "away", mend=True)
    except NewerDatabase:
        yield _line(Health.BAD, "database", "newer", mend=True)


def _look(
    where: str | Path,
    tenant: str,
    passphrase_of: Callable[[str], str | None],
    files: Files | None,
    *,
    log: bool,
) -> Iterator[Line]:
    with closing(Database.open(where)) as database, database.reading() as tx:
        yield from _database(tx, where)
        known = names(database)
        of = tenant or next(iter(known), "")
        word = passphrase_of(of)
        try:
            authority = open_authority(database, of, word or "")
        except (SealError, RosterError):
            yield _line(Health.BAD, "keys", "sealed" if of in known else "no_tenant", mend=True)
            return
        yield _line(Health.GOOD, "keys", "open", {"name": authority.name})
        yield from _certificate(authority, database, files)
        yield from _stations(tx, authority.tenant)
        yield _backups(tx, authority.tenant)
        yield from _set_apart(tx, authority.tenant)
        if log:
            yield from _log(tx, authority)


def _line(
    health: Health, title: str, said: str, values: Mapping[str, object] | None = None, *, mend: bool = False
) -> Line:
    found = DOCTOR[f"{title}.{said}"].format_map(values or {})
    return Line(health, DOCTOR[title], found, DOCTOR[f"{title}.{said}.mend"] if mend else "")


def _database(tx: Transaction, where: str | Path) -> Iterator[Line]:
    ask = tx.connection.exec_driver_sql
    if not tx.is_postgresql:
        is_well = ask("PRAGMA quick_check(1)").scalar() == "ok"
        health, said = (Health.GOOD, "sqlite") if is_well else (Health.BAD, "damaged")
        yield _line(health, "database", said, mend=not is_well)
        free = shutil.disk_usage(where).free
        values = {"free": f"{free / 1024**3:.1f}".replace(".", ",")}
        if free >= _FEW_FREE:
            yield _line(Health.GOOD, "disk", "free", values)
        else:
            yield _line(
                Health.WARNING if free >= _TOO_FEW_FREE else Health.BAD, "disk", "few", values, mend=True
            )
        return
    version = int(ask("SHOW server_version_num").scalar() or 0)
    values = {"version": f"{version // 10_000}.{version % 10_000}"}
    is_old = version < _OLDEST_POSTGRESQL
    if is_old:
        yield _line(Health.WARNING, "database", "old", values, mend=True)
    else:
        yield _line(Health.GOOD, "database", "postgresql", values)
    off = [name for name in _DURABLE if ask(f"SHOW {name}").scalar() != "on"]
    if off:
        yield _line(Health.BAD, "durable", "off", {"names": ", ".join(off)}, mend=True)
    else:
        yield _line(Health.GOOD, "durable", "on")
    theirs = tx.connection.scalar(text("SELECT extract(epoch FROM clock_timestamp()) * 1000"))
    off_ms = abs(float(theirs or 0) - tx.now_ms)
    if off_ms > _CLOCK_OFF_MS:
        yield _line(Health.WARNING, "clock", "off", {"seconds": round(off_ms / 1000)}, mend=True)


def _certificate(authority: Authority, database: Database, files: Files | None) -> Iterator[Line]:
    if files is None:
        return
    try:
        until = Certificates(authority, (), database.now_ms, files).until
    except CertificateError:
        yield _line(Health.BAD, "certificate", "unusable", mend=True)
        return
    days = (until.timestamp() * 1000 - database.now_ms()) // _DAY_MS
    values = {"until": f"{until:%d-%m-%Y}"}
    if days >= _SILENT_DAYS:
        yield _line(Health.GOOD, "certificate", "until", values)
    else:
        yield _line(Health.WARNING, "certificate", "soon", values, mend=True)


def _stations(tx: Transaction, tenant: str) -> Iterator[Line]:
    found = tx.connection.execute(
        select(DEVICE.c.name, DEVICE.c.seen_ms, DEVICE.c.enrolled_ms).where(
            DEVICE.c.tenant == tenant, DEVICE.c.revoked_ms.is_(None)
        )
    ).all()
    yield _line(Health.GOOD, "stations", "count", {"count": len(found)})
    before = tx.now_ms - _SILENT_DAYS * _DAY_MS
    silent = sorted(row.name for row in found if (row.seen_ms or row.enrolled_ms) < before)
    if silent:
        values = {"names": ", ".join(silent), "days": _SILENT_DAYS}
        yield _line(Health.WARNING, "stations", "silent", values, mend=True)


def _backups(tx: Transaction, tenant: str) -> Line:
    made = tx.connection.scalar(select(func.max(BACKUP.c.made_ms)).where(BACKUP.c.tenant == tenant))
    if made is None:
        return _line(Health.WARNING, "backup", "none", mend=True)
    hours = (tx.now_ms - made) // 3_600_000
    if hours > _BACKUP_DAYS * 24:
        return _line(Health.WARNING, "backup", "old", {"hours": hours}, mend=True)
    return _line(Health.GOOD, "backup", "made", {"hours": hours})


def _set_apart(tx: Transaction, tenant: str) -> Iterator[Line]:
    denied = tx.connection.scalar(
        select(func.count()).select_from(QUARANTINE).where(QUARANTINE.c.tenant == tenant)
    )
    if denied:
        yield _line(Health.WARNING, "denied", "count", {"count": denied}, mend=True)
    partial = tx.connection.scalar(
        select(func.count(func.distinct(BLOB.c.sha256))).where(
            BLOB.c.tenant == tenant, BLOB.c.is_whole == 0, BLOB.c.received_ms < tx.now_ms - _DAY_MS
        )
    )
    if partial:
        yield _line(Health.WARNING, "blobs", "partial", {"count": partial}, mend=True)


def _log(tx: Transaction, authority: Authority) -> Iterator[Line]:
    walked = walk(tx, authority)
    if not walked.faults:
        values = {"change_sets": walked.change_sets, "records": walked.records}
        yield _line(Health.GOOD, "log", "whole", values)
    for fault in walked.faults:
        yield _line(Health.BAD, "log", fault.kind, {"scope": fault.scope, "n": fault.n}, mend=True)
