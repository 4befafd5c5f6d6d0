"""`atalaya audit export FILE --user USER [--from DAY] [--to DAY]`: any range of the audit as CSV or JSON."""

import argparse
import sys
from datetime import datetime
from pathlib import Path

from desktop.cli.opening import answer, opened, seat
from desktop.core import formats
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.operations.audit import AuditQuery, read_moment
from desktop.operations.audit_export import FORMATS, export_audit


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
    moment = tr(N_("día-mes-año, con o sin hora: «22-11-2026 08:00»"))
    parser.add_argument("what", choices=("export",), help=tr(N_("exportar la auditoría")))
    parser.add_argument("file", type=Path, metavar=tr(N_("ARCHIVO")), help=tr(N_("dónde escribirla")))
    parser.add_argument("--user", required=True, help=tr(N_("quién exporta; su contraseña se pregunta")))
    parser.add_argument("--from", dest="since", metavar=tr(N_("DESDE")), help=moment)
    parser.add_argument(
        "--to", dest="until", metavar=tr(N_("HASTA")), help=tr(N_("hasta cuándo, sin incluirlo"))
    )
    parser.add_argument("--format", choices=FORMATS, help=tr(N_("csv o json; si falta, según el archivo")))


def run(options: argparse.Namespace) -> int:
    """Export; 0 only when the file is whole and the journal knows of it."""
    query = AuditQuery(_moment(options.since), _moment(options.until))
    target = options.file
    if options.format is not None and target.suffix.lower() != f".{options.format}":
        target = target.with_name(f"{target.name}.{options.format}")
    with opened(options) as station:
        seat(station, options.user)
        made = export_audit(station, query, target, _Console())
    words = tr(
        N_("{count} líneas en {file}. SHA-256: {digest}"),
        count=formats.number(made.lines),
        file=made.path,
        digest=made.sha256,
    )
    answer(options, words, {"file": made.path, "lines": made.lines, "sha256": made.sha256})
    return 0


def _moment(text: str | None) -> datetime | None:
    try:
        return read_moment(text or "")
    except ValueError as error:
        raise UserError(str(error)) from error
