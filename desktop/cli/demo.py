"""`atalaya demo`: make the example commune in an empty folder."""

import argparse
import sys

from desktop.cli.opening import answer, profile_of
from desktop.core.clock import SystemClock
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.operations.demo import DEMO_PASSPHRASE, DEMO_PASSWORD, DEMO_USER, SEED, USUAL_COUNT, make_demo


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--incidents", type=int, default=USUAL_COUNT, help=tr(N_("cuántos incidentes inventar"))
    )
    parser.add_argument("--seed", type=int, default=SEED, help=tr(N_("la misma semilla da los mismos datos")))


def run(options: argparse.Namespace) -> int:
    """Make it; 0 when it is there."""
    profile = profile_of(options)
    if profile.exists:
        raise UserError(
            tr(N_("En {folder} ya hay una estación. Elija una carpeta vacía."), folder=profile.folder)
        )

    def progress(done: int, whole: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done}/{whole}")

    make_demo(profile, SystemClock(), options.incidents, options.seed, progress).close()
    words = tr(
        N_(
            "Comuna de ejemplo lista en {folder}. Usuario «{user}», contraseña «{password}»; frase de paso «{phrase}»."
        ),
        folder=profile.folder,
        user=DEMO_USER,
        password=DEMO_PASSWORD,
        phrase=DEMO_PASSPHRASE,
    )
    answer(
        options, words, {"folder": str(profile.folder), "incidents": options.incidents, "seed": options.seed}
    )
    return 0
