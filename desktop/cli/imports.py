"""`atalaya import incidents FILE --map MAP [--dry-run]`, `atalaya import undo BATCH` and `atalaya import list`."""

import argparse
import sys
from pathlib import Path
from uuid import UUID

from desktop.cli.opening import answer, opened, seat
from desktop.core import formats
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.models.system import IMPORT_BATCHES
from desktop.operations.imports import mapping as mappings
from desktop.operations.imports.history import earlier_imports, settle_interrupted
from desktop.operations.imports.mapping import ColumnMapping
from desktop.operations.imports.run import import_incidents
from desktop.operations.imports.source import open_source
from desktop.operations.imports.undo import undo_import
from desktop.operations.station import Station


class _Console:
    """Shows progress on the error stream, so that the answer stays clean."""

    def report(self, done: int, total: int = 0, text: str = "") -> None:
        del done, total
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{text}")

    def check(self) -> None:
        """Go on: Ctrl+C ends the program."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "what",
        choices=("incidents", "undo", "list"),
        help=tr(N_("qué importar, deshacer una importación o ver las anteriores")),
    )
    parser.add_argument(
        "subject",
        nargs="?",
        default="",
        metavar=tr(N_("ARCHIVO")),
        help=tr(N_("CSV o XLSX, o el número de la importación")),
    )
    parser.add_argument("--user", required=True, help=tr(N_("quién importa; su contraseña se pregunta")))
    parser.add_argument("--map", type=Path, help=tr(N_("correspondencia de columnas (JSON o TOML)")))
    parser.add_argument("--dry-run", action="store_true", help=tr(N_("decir qué pasaría, sin escribir nada")))
    parser.add_argument("--rejected", type=Path, help=tr(N_("dónde dejar las filas rechazadas")))


def run(options: argparse.Namespace) -> int:
    """Import, undo or list; 0 only when every row was imported or known, or all was undone."""
    if not options.subject and options.what != "list":
        raise UserError(tr(N_("Falta decir qué archivo se importa o qué importación se deshace.")))
    with opened(options) as station:
        station.write_as(station.system, settle_interrupted).result()
        seat(station, options.user)
        if options.what == "list":
            return _list(options, station)
        if options.what == "undo":
            try:
                batch = UUID(options.subject)
            except ValueError as error:
                raise UserError(tr(N_("Ese no es el número de una importación."))) from error
            undone = undo_import(station, batch, _Console())
            answer(options, undone.text, {"voided": undone.voided, "remaining": undone.remaining})
            return 0 if undone.remaining == 0 else 1
        path = Path(options.subject)
        said = mappings.load(options.map) if options.map else ColumnMapping({})
        source = open_source(path, said.sheet, said.encoding, said.delimiter)
        mapping = said if options.map else mappings.propose(source.columns)
        rejected = options.rejected or path.with_name(f"{path.stem}-rechazadas.csv")
        summary = import_incidents(
            station, source, mapping, _Console(), rejected_file=rejected, dry_run=options.dry_run
        )
    head = N_("Prueba, no se escribió nada: ") if options.dry_run else N_("Importación {batch}: ")
    words = tr(head, batch=summary.batch_id) + tr(
        N_("Filas leídas: {read}; importadas: {imported}; repetidas: {duplicate}; rechazadas: {rejected}."),
        read=summary.read,
        imported=summary.imported,
        duplicate=summary.duplicate,
        rejected=summary.rejected,
    )
    if summary.rejected_file is not None:
        words += "\n" + tr(N_("Filas rechazadas, con su motivo: {path}"), path=summary.rejected_file)
    answer(
        options,
        words,
        {
            "batch": summary.batch_id,
            "read": summary.read,
            "imported": summary.imported,
            "duplicate": summary.duplicate,
            "rejected": summary.rejected,
            "reasons": summary.reasons,
            "rejected_file": summary.rejected_file,
            "dry_run": options.dry_run,
        },
    )
    return 0 if summary.rejected == 0 and not summary.was_cancelled else 1


def _list(options: argparse.Namespace, station: Station) -> int:
    batches = station.read(earlier_imports).result()
    lines = []
    for batch in batches:
        line = tr(
            N_("{id}  {at}  {name}: {status}, filas importadas: {count}"),
            id=batch.id,
            at=formats.day_time(batch.started_at),
            name=batch.file_name,
            status=tr(batch.status.label).lower(),
            count=formats.number(batch.imported),
        )
        if batch.remaining:
            line += tr(N_(", faltan {count} por anular"), count=formats.number(batch.remaining))
        lines.append(line)
    told = [
        {"batch": batch.id, "status": batch.status.value, "remaining": batch.remaining} for batch in batches
    ]
    answer(options, "\n".join(lines) or tr(IMPORT_BATCHES.empty), {"imports": told})
    return 0
