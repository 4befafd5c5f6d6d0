"""`atalaya import incidents FILE --map MAP [--dry-run]`, and `atalaya import undo BATCH`."""

import argparse
import sys
from pathlib import Path
from uuid import UUID

from desktop.cli.opening import answer, opened, seat
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.operations.imports import mapping as mappings
from desktop.operations.imports.run import import_incidents
from desktop.operations.imports.source import open_source
from desktop.operations.imports.undo import undo_import


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
        "what", choices=("incidents", "undo"), help=tr(N_("qué importar, o deshacer una importación"))
    )
    parser.add_argument(
        "subject", metavar=tr(N_("ARCHIVO")), help=tr(N_("CSV o XLSX, o el número de la importación"))
    )
    parser.add_argument("--user", required=True, help=tr(N_("quién importa; su contraseña se pregunta")))
    parser.add_argument("--map", type=Path, help=tr(N_("correspondencia de columnas (JSON o TOML)")))
    parser.add_argument("--dry-run", action="store_true", help=tr(N_("decir qué pasaría, sin escribir nada")))
    parser.add_argument("--rejected", type=Path, help=tr(N_("dónde dejar las filas rechazadas")))


def run(options: argparse.Namespace) -> int:
    """Import or undo; 0 only when every row was imported or known, or all was undone."""
    with opened(options) as station:
        seat(station, options.user)
        if options.what == "undo":
            try:
                batch = UUID(options.subject)
            except ValueError as error:
                raise UserError(tr(N_("Ese no es el número de una importación."))) from error
            undone = undo_import(station, batch, _Console())
            answer(options, undone.text, {"voided": undone.voided, "remaining": undone.remaining})
            return 0 if undone.remaining == 0 else 1
        path = Path(options.subject)
        source = open_source(path)
        mapping = mappings.load(options.map) if options.map else mappings.propose(source.columns)
        rejected = options.rejected or path.with_name(f"{path.stem}-rechazadas.csv")
        summary = import_incidents(
            station, source, mapping, _Console(), rejected_file=rejected, dry_run=options.dry_run
        )
    head = N_("Prueba, no se escribió nada: ") if options.dry_run else N_("Importación {batch}: ")
    words = tr(head, batch=summary.batch_id) + tr(
        N_("{read} filas leídas, {imported} importadas, {duplicate} repetidas, {rejected} rechazadas."),
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
