"""`atalaya restore FILE`: make an empty profile into the station of a backup."""

import argparse
from pathlib import Path

from desktop.cli.opening import answer, ask_secret, profile_of
from desktop.core.i18n import N_, tr
from desktop.operations.backups import restore


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, metavar=tr(N_("RESPALDO")), help=tr(N_("archivo .atb")))
    parser.add_argument(
        "--recovery", action="store_true", help=tr(N_("abrirlo con el código de recuperación"))
    )


def run(options: argparse.Namespace) -> int:
    """Restore; 0 only when what was restored is sound."""
    question = N_("Código de recuperación:") if options.recovery else N_("Frase de paso:")
    done = restore(
        options.file, profile_of(options), ask_secret(tr(question)), is_recovery_code=options.recovery
    )
    words = N_("Restaurado: {rows} filas, cadena y registros correctos.")
    if not done.is_sound:
        words = N_("Restaurado con diferencias: {rows} filas. Ejecute «verify» para ver cuáles.")
    text = tr(words, rows=done.rows)
    if done.missing_files:
        text += " " + tr(
            N_("Adjuntos que faltan o están dañados en ese respaldo: {count}."), count=done.missing_files
        )
    answer(
        options,
        text,
        {"rows": done.rows, "is_sound": done.is_sound, "missing_files": done.missing_files},
    )
    return 0 if done.is_sound and not done.missing_files else 1
