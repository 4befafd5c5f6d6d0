"""`atalaya`: the words of the command line. Each word's module is imported only when it is used."""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from desktop.core.errors import AtalayaError, Cancelled
from desktop.core.i18n import N_, tr

OpenWindow = Callable[[Path | None, Path | None], int]
"""Opens the program on a data folder; with a second folder, saves pictures of every page there and ends."""

_RUN = "run"
_WORDS: dict[str, tuple[str, str]] = {
    "demo": ("desktop.cli.demo", N_("crear una comuna de ejemplo")),
    "import": ("desktop.cli.imports", N_("importar registros de otro sistema")),
    "backup": ("desktop.cli.backup", N_("respaldar ahora y leer el respaldo")),
    "restore": ("desktop.cli.restore", N_("restaurar un respaldo en un perfil vacío")),
    "verify": ("desktop.cli.verify", N_("comprobar la cadena de registros")),
    "doctor": ("desktop.cli.doctor", N_("revisar esta estación y decir cómo arreglarla")),
}


def main(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Run one word; return 0 only when it did what it says."""
    words = list(arguments)
    if not words or (words[0].startswith("-") and words[0] not in {"-h", "--help"}):
        words.insert(0, _RUN)
    parser = argparse.ArgumentParser(prog="atalaya", description=tr(N_("Centro de mando municipal.")))
    parser.add_argument("word", choices=(_RUN, *_WORDS), metavar=tr(N_("ORDEN")), help=_help())
    chosen = parser.parse_args(words[:1]).word
    title = tr(N_("abrir el programa")) if chosen == _RUN else tr(_WORDS[chosen][1])
    own = argparse.ArgumentParser(prog=f"atalaya {chosen}", description=title)
    folder = tr(N_("CARPETA"))
    own.add_argument("--profile", type=Path, metavar=folder, help=tr(N_("carpeta de datos de la estación")))
    try:
        if chosen == _RUN:
            pictures = tr(N_("guardar imágenes de cada página y terminar"))
            own.add_argument("--screenshots", type=Path, metavar=folder, help=pictures)
            options = own.parse_args(words[1:])
            return open_window(options.profile, options.screenshots)
        own.add_argument("--json", action="store_true", help=tr(N_("responder en JSON")))
        module = importlib.import_module(_WORDS[chosen][0])
        module.declare(own)
        code: int = module.run(own.parse_args(words[1:]))
    except Cancelled:
        return 1
    except AtalayaError as error:
        sys.stderr.write(error.message + "\n")
        return 1
    return code


def _help() -> str:
    return "; ".join(
        [tr(N_("run: abrir el programa")), *(f"{word}: {tr(text)}" for word, (_, text) in _WORDS.items())]
    )
