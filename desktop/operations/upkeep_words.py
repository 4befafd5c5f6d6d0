"""What a drill and a verification of the journal found, in words and plain values for a page."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.models.catalogue import BY_TABLE, REGISTERS
from desktop.operations.attachment_check import FilesCheck
from desktop.operations.context import ReadContext
from desktop.operations.names import people_names
from desktop.operations.rehearsal import Compared, Rehearsal
from desktop.operations.self_check import Health, Line
from desktop.register.record import Numbered, Scope
from desktop.store.report import Finding, Naming, VerifyReport

_JOURNAL = "journal"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the comparison that a drill shows; `noted` is None when the backup did not say."""

    title: str
    noted: int | None
    restored: int
    today: int
    is_same: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A drill in words: the comparison, and each thing that was looked at with its result."""

    name: str
    at: datetime
    is_good: bool
    tables: tuple[TableRow, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """What the verification of the journal last found. The texts are Spanish; `touches` are records by code."""

    at: datetime
    is_sound: bool
    scope: str
    """What was walked, in one sentence."""
    first: str = ""
    touches: tuple[str, ...] = ()
    count: int = 0
    advice: str = ""


def shown(name: str, at: datetime, found: Rehearsal) -> Shown:
    """Return a drill in words: registers with something in them, and whatever differs."""
    rows, inner = [], Compared("", 0, 0, 0)
    for table in found.tables:
        register = BY_TABLE.get(table.table)
        if register is None and table.table != _JOURNAL and table.is_same:
            noted = None if inner.noted is None or table.noted is None else inner.noted + table.noted
            inner = Compared("", noted, inner.restored + table.restored, inner.today + table.today)
        elif table.restored or table.noted or not table.is_same:
            title = table.table if register is None else tr(register.title)
            rows.append(
                _row(tr(N_("Anotaciones de la bitácora")) if table.table == _JOURNAL else title, table)
            )
    rows.append(_row(tr(N_("Tablas internas")), inner))
    return Shown(name, at, found.is_good, tuple(rows), tuple(_drill_lines(found)))


def _row(title: str, table: Compared) -> TableRow:
    return TableRow(title, table.noted, table.restored, table.today, table.is_same)


def _drill_lines(found: Rehearsal) -> Iterable[Line]:
    differing = sum(not table.is_same for table in found.tables)
    noted = any(table.noted is not None for table in found.tables)
    counts = (
        tr(N_("Iguales a las del momento del respaldo"))
        if noted
        else tr(N_("El respaldo es anterior y no las trae"))
    )
    yield _line(
        "counts",
        tr(N_("Cuentas")),
        differing == 0,
        counts if not differing else tr(N_("{count} tablas tienen otras cuentas"), count=differing),
    )
    sound = found.report.is_sound
    walked = tr(
        N_("{count} anotaciones y {records} registros, cadena y firmas correctas"),
        count=formats.number(found.report.change_sets),
        records=formats.number(found.report.records),
    )
    yield _line(
        "chain",
        tr(N_("Cadena")),
        sound,
        walked if sound else tr(N_("{count} problemas; verifique la bitácora"), count=found.report.count),
    )
    yield _line(
        "continued",
        tr(N_("Continuidad")),
        found.is_continued,
        tr(N_("La estación continúa desde donde termina el respaldo"))
        if found.is_continued
        else tr(N_("La bitácora de la estación no continúa la de este respaldo")),
    )
    yield _line("files", tr(N_("Adjuntos")), found.files.is_good, _files_text(found.files))


def _line(key: str, title: str, is_good: bool, found: str) -> Line:
    return Line(key, title, Health.GOOD if is_good else Health.BAD, found)


def _files_text(files: FilesCheck) -> str:
    if files.is_good:
        return (
            tr(N_("{count}, todos leídos completos"), count=formats.number(files.rows))
            if files.rows
            else tr(N_("El respaldo no tiene adjuntos"))
        )
    return tr(
        N_("De {count}, faltan {missing} y {damaged} están dañados"),
        count=formats.number(files.rows),
        missing=files.missing,
        damaged=files.damaged,
    )


def verified(ctx: ReadContext, report: VerifyReport, files: FilesCheck) -> Verified:
    """Return a report in words that name people and records as this person sees them elsewhere."""
    scope, *said = report.text().splitlines()
    if report.is_sound and files.is_good:
        return Verified(ctx.now, is_sound=True, scope=scope)
    if report.is_sound:
        lost = tr(
            N_("Hay {count} adjuntos sin su archivo. La cadena y los registros están íntegros."),
            count=files.missing,
        )
        advice = tr(N_("Restaure un respaldo anterior en una carpeta vacía y traiga de ahí los archivos."))
        return Verified(
            ctx.now, False, scope, lost, _register_codes(ctx, files.touched), files.missing, advice
        )
    first = report.findings[0]
    actors = people_names(ctx, () if first.actor is None else (first.actor,))
    naming = Naming(
        person=lambda person: actors.get(person, tr(N_("alguien que no está en el registro de usuarios"))),
        scope=_scope_title,
    )
    return Verified(
        ctx.now,
        is_sound=False,
        scope=scope,
        first=replace(first, records=()).text(naming),
        touches=_touched(ctx, first),
        count=report.count + files.missing,
        advice=said[-1],
    )


def _touched(ctx: ReadContext, finding: Finding) -> tuple[str, ...]:
    return tuple(_called(ctx, table, record_id) for table, record_id in finding.records)


def _register_codes(ctx: ReadContext, records: Iterable[tuple[str, UUID]]) -> tuple[str, ...]:
    tables = {register.key: register.model.__tablename__ for register in REGISTERS}
    return tuple(_called(ctx, tables.get(key, key), record_id) for key, record_id in records)


def _called(ctx: ReadContext, table: str, record_id: UUID) -> str:
    """Return register and code of a record; its content may be secret, or the very thing that was altered."""
    register = BY_TABLE.get(table)
    if register is None:
        return f"{table} {record_id}"
    code = None
    if issubclass(register.model, Numbered):
        code = ctx.session.scalar(select(register.model.code).where(register.model.id == record_id))
    return f"{tr(register.singular)} {code or record_id}"


def _scope_title(scope: str) -> str:
    return tr(Scope(scope).label) if scope in {known.value for known in Scope} else scope
