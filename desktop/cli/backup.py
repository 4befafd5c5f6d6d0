"""`atalaya backup`: write a backup of the station and read it back."""

import argparse
from pathlib import Path

from desktop.cli.opening import answer, facts_of, profile_of, unlock
from desktop.core import formats
from desktop.core.clock import SystemClock
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile
from desktop.core.vault import MasterKey
from desktop.operations.backups import Retention, make_backup, retention, rotate
from desktop.operations.rehearsal import drill
from desktop.operations.settings import KnownTexts, settings_of
from desktop.store.backups import texts_of
from desktop.store.store import StoreKeys


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--to", type=Path, metavar=tr(N_("CARPETA")), help=tr(N_("dónde escribirlo")))
    parser.add_argument(
        "--drill", action="store_true", help=tr(N_("además, restaurarlo de prueba y compararlo"))
    )


def run(options: argparse.Namespace) -> int:
    """Make one backup; 0 only when it was read back."""
    profile = profile_of(options)
    master = unlock(profile, facts_of(profile))
    now = SystemClock().now()
    made = make_backup(profile, master, now, options.to)
    removed = [] if options.to is not None else rotate(made.path.parent, now, _kept(profile, master))
    is_good = drill(made.path, profile, master).is_good if options.drill else True
    words = tr(
        N_("Respaldo comprobado: {path} ({size}, {rows} filas)."),
        path=made.path,
        size=formats.size(made.size_bytes),
        rows=made.rows,
    )
    if made.missing_files:
        words += " " + tr(
            N_("Atención: {count} adjuntos no tienen su archivo en esta estación."), count=made.missing_files
        )
    if options.drill:
        words += " " + tr(
            N_("Simulacro de restauración: correcto.") if is_good else N_("Simulacro: HAY DIFERENCIAS.")
        )
    answer(
        options,
        words,
        {
            "path": str(made.path),
            "size_bytes": made.size_bytes,
            "rows": made.rows,
            "removed": [path.name for path in removed],
            "missing_files": made.missing_files,
            "drill": is_good if options.drill else None,
        },
    )
    return 0 if is_good else 1


def _kept(profile: Profile, master: MasterKey) -> Retention:
    """Return what the station was told to keep; it may be open in its window meanwhile."""
    known = KnownTexts()
    known.held = texts_of(profile.database, StoreKeys(master.database, master.signing))
    return retention(settings_of(known))
