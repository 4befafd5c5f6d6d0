"""Preview, import in small commits, list what was rejected.

Each chunk is a unit of work of its own behind every write of a person, so that the centre goes on working; a row
imported twice is recognised by its number or its content. Nothing is kept per row beyond the chunk.
"""

import csv
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from desktop.core.errors import Cancelled, UserError
from desktop.core.i18n import N_, tr
from desktop.models.catalogues import IncidentType
from desktop.models.incidents.classifier import read_narrative
from desktop.models.incidents.records import Incident
from desktop.models.system import ImportBatch, ImportStatus
from desktop.operations.context import Context, ReadContext
from desktop.operations.documents.spreadsheet import csv_safe
from desktop.operations.imports import mapping as mappings
from desktop.operations.imports.convert import Converted, Converter, KnownType, Rejected
from desktop.operations.imports.mapping import ColumnMapping
from desktop.operations.imports.running import CHUNK_ROWS, ProgressLike, Runner
from desktop.operations.imports.source import Source
from desktop.register.access import Action
from desktop.register.record import Confidentiality
from desktop.store.threads import Urgency

_IN_FLIGHT = 2
_PREVIEW_ROWS = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """What the first rows of a file would become."""

    columns: tuple[str, ...]
    encoding: str
    samples: tuple[Converted, ...]
    rejected: tuple[Rejected, ...]


@dataclass(slots=True)
class Summary:
    """How an import ended."""

    batch_id: UUID | None = None
    read: int = 0
    imported: int = 0
    rejected: int = 0
    duplicate: int = 0
    rejected_file: Path | None = None
    was_cancelled: bool = False
    reasons: dict[str, int] = field(default_factory=dict)


def preview(ctx: ReadContext, source: Source, mapping: ColumnMapping) -> Preview:
    """Convert the first rows without writing anything.

    Raises:
        UserError: the mapping does not fit the file.
    """
    mappings.check(mapping, source.columns)
    converter = make_converter(ctx, source, mapping)
    samples: list[Converted] = []
    rejected: list[Rejected] = []
    for number, cells in islice(source.rows(), _PREVIEW_ROWS):
        found = converter.convert(number, cells)
        if isinstance(found, Rejected):
            rejected.append(found)
        else:
            samples.append(found)
    return Preview(source.columns, source.encoding or "XLSX", tuple(samples), tuple(rejected))


def import_incidents(
    runner: Runner,
    source: Source,
    mapping: ColumnMapping,
    progress: ProgressLike,
    *,
    rejected_file: Path,
    dry_run: bool = False,
) -> Summary:
    """Bring a foreign log in. Called on a thread of its own; every write waits its turn.

    Rejected rows go to `rejected_file` (CSV: row number, reasons, the row as it was), which is only made when there
    are any. A stopped import keeps what it committed and can be undone like a whole one.

    Raises:
        UserError: the mapping does not fit, or the same file is imported already.
        NotAllowed: the role may not import.
    """
    mappings.check(mapping, source.columns)
    converter: Converter = runner.read(lambda ctx: _allowed_converter(ctx, source, mapping)).result()
    summary = Summary()
    if not dry_run:
        summary.batch_id = runner.write(lambda ctx: _open_batch(ctx, source, mapping), Urgency.JOB).result()
    writer = _RejectedFile(rejected_file, source.columns)
    seen: set[int] = set()
    under_way: list[Future[tuple[int, int]]] = []
    try:
        for chunk in _chunks(source.rows()):
            progress.check()
            good = _convert(chunk, converter, summary, writer)
            if dry_run:
                fresh = {hash(item.fingerprint) for item in good} - seen
                summary.imported += len(fresh)
                summary.duplicate += len(good) - len(fresh)
                seen |= fresh
            else:
                under_way.append(_submit(runner, summary.batch_id, good))
                if len(under_way) >= _IN_FLIGHT:
                    _settle(under_way.pop(0), summary)
            progress.report(summary.read, 0, tr(N_("Filas leídas: {count}"), count=summary.read))
    except Cancelled:
        summary.was_cancelled = True
    finally:
        for future in under_way:
            _settle(future, summary)
        summary.rejected_file = writer.close()
        if summary.batch_id is not None:
            runner.write(lambda ctx: _close_batch(ctx, summary), Urgency.JOB).result()
    return summary


def _convert(
    chunk: list[tuple[int, Sequence[Any]]], converter: Converter, summary: Summary, writer: "_RejectedFile"
) -> list[Converted]:
    """Return the rows of a chunk that can be imported; count and write out the others."""
    good = []
    for number, cells in chunk:
        summary.read += 1
        found = converter.convert(number, cells)
        if isinstance(found, Converted):
            good.append(found)
            continue
        summary.rejected += 1
        for reason in found.reasons:
            key = reason.partition(":")[0]
            summary.reasons[key] = summary.reasons.get(key, 0) + 1
        writer.write(found)
    return good


def make_converter(ctx: ReadContext, source: Source, mapping: ColumnMapping) -> Converter:
    """Return what turns rows of `source` into incidents of this station."""
    types = [
        KnownType(
            kind.code,
            kind.title,
            kind.priority,
            Confidentiality(kind.raised_to) if kind.raised_to else Confidentiality.INTERNAL,
            kind.is_sensitive,
        )
        for kind in ctx.session.scalars(select(IncidentType).where(IncidentType.voided_at.is_(None)))
    ]
    return Converter(mapping, source.columns, types, _best_type, ctx.now)


def _best_type(text: str) -> str | None:
    best = read_narrative(text, limit=1).best
    return best.code if best is not None else None


def _allowed_converter(ctx: ReadContext, source: Source, mapping: ColumnMapping) -> Converter:
    ctx.rights.check(Action.IMPORT, "incidents")
    return make_converter(ctx, source, mapping)


def _open_batch(ctx: Context, source: Source, mapping: ColumnMapping) -> UUID:
    digest = source.sha256()
    known = ctx.session.scalar(
        select(ImportBatch).where(
            ImportBatch.file_sha256 == digest,
            ImportBatch.status.in_([ImportStatus.DONE, ImportStatus.RUNNING, ImportStatus.UNDOING]),
        )
    )
    if known is not None:
        raise UserError(
            tr(
                N_("Ese mismo archivo ya se importó ({name}). Deshaga esa importación si quiere repetirla."),
                name=known.file_name,
            )
        )
    ctx.name_operation("import.start")
    batch = ImportBatch(
        register="incidents",
        file_name=source.path.name,
        file_sha256=digest,
        mapping=mappings.to_plain(mapping),
        started_at=ctx.now,
    )
    return ctx.add(batch).id


def _submit(runner: Runner, batch_id: UUID | None, good: list[Converted]) -> Future[tuple[int, int]]:
    return runner.write(lambda ctx: _import_chunk(ctx, batch_id, good), Urgency.BULK)


def _import_chunk(ctx: Context, batch_id: UUID | None, rows: Sequence[Converted]) -> tuple[int, int]:
    """Write the rows that are new; return how many were written and how many were known already."""
    wanted = {row.fingerprint: row for row in rows}
    known = set(
        ctx.session.scalars(
            select(Incident.external_ref).where(
                Incident.external_ref.in_(wanted.keys()), Incident.voided_at.is_(None)
            )
        )
    )
    fresh = [row for fingerprint, row in wanted.items() if fingerprint not in known]
    codes = ctx.unit.allot_codes(Incident, len(fresh)) if fresh else []
    ctx.name_operation("import.rows")
    ctx.add_rows(
        Incident,
        [
            {**row.values, "code": code, "external_ref": row.fingerprint, "import_batch_id": batch_id}
            for row, code in zip(fresh, codes, strict=True)
        ],
    )
    return len(fresh), len(rows) - len(fresh)


def _settle(future: Future[tuple[int, int]], summary: Summary) -> None:
    imported, duplicate = future.result()
    summary.imported += imported
    summary.duplicate += duplicate


def _close_batch(ctx: Context, summary: Summary) -> None:
    if summary.batch_id is None:
        return
    batch = ctx.get(ImportBatch, summary.batch_id)
    batch.ended_at = ctx.now
    batch.status = ImportStatus.CANCELLED if summary.was_cancelled else ImportStatus.DONE
    batch.rows_read, batch.rows_imported = summary.read, summary.imported
    batch.rows_rejected, batch.rows_duplicate = summary.rejected, summary.duplicate
    ctx.name_operation("import.end")


def _chunks(rows: Iterator[tuple[int, Sequence[Any]]]) -> Iterator[list[tuple[int, Sequence[Any]]]]:
    while chunk := list(islice(rows, CHUNK_ROWS)):
        yield chunk


class _RejectedFile:
    """The rows that were left out, in a file that a spreadsheet opens safely."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._path = path
        self._columns = columns
        self._file: Any = None
        self._writer: Any = None

    def write(self, row: Rejected) -> None:
        if self._file is None:
            self._file = self._path.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file, delimiter=";")
            header = (tr(N_("Fila")), tr(N_("Motivos")), *self._columns)
            self._writer.writerow([csv_safe(name) for name in header])
        cells = ("" if cell is None else str(cell) for cell in row.cells)
        self._writer.writerow([row.number, "; ".join(row.reasons), *(csv_safe(cell) for cell in cells)])

    def close(self) -> Path | None:
        if self._file is None:
            return None
        self._file.close()
        return self._path
