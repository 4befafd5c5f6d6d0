"""`atalaya`: the words of the command line. Each word's module is imported only when it is used."""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from desktop.cli.spanish import speak_spanish
from desktop.core.entry import Entry
from desktop.core.errors import AtalayaError, Cancelled
from desktop.core.i18n import N_, tr

OpenWindow = Callable[[Path | None, Path | None, Entry | None], int]
"""Opens the program on a data folder; with a second folder, saves pictures of every page there and ends.

The third signs in by itself, where the station exists.
"""

_RUN = "run"
_WORDS: dict[str, tuple[str, str]] = {
    "demo": ("desktop.cli.demo", N_("crear una comuna de ejemplo")),
    "import": ("desktop.cli.imports", N_("importar registros de otro sistema")),
    "audit": ("desktop.cli.audit", N_("exportar la auditoría")),
    "exercise": ("desktop.cli.exercise", N_("iniciar, abrir o terminar un ejercicio con datos aparte")),
    "backup": ("desktop.cli.backup", N_("respaldar ahora y leer el respaldo")),
    "restore": ("desktop.cli.restore", N_("restaurar un respaldo en un perfil vacío")),
    "sync": ("desktop.cli.sync", N_("intercambiar con el servidor municipal")),
    "verify": ("desktop.cli.verify", N_("comprobar la cadena de registros")),
    "doctor": ("desktop.cli.doctor", N_("revisar esta estación y decir cómo arreglarla")),
}


def main(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Run one word; return 0 only when it did what it says."""
    speak_spanish()
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
            own.add_argument(
                "--user",
                metavar=tr(N_("USUARIO")),
                help=tr(
                    N_(
                        "quién ingresa sin que nadie escriba; la frase de paso y la contraseña se leen de la "
                        "entrada estándar"
                    )
                ),
            )
            options = own.parse_args(words[1:])
            return open_window(options.profile, options.screenshots, _entry(options))
        own.add_argument("--json", action="store_true", help=tr(N_("responder en JSON")))
        module = importlib.import_module(_WORDS[chosen][0])
        module.declare(own)
        own.set_defaults(open_window=open_window)
        code: int = module.run(own.parse_args(words[1:]))
    except Cancelled:
        return 1
    except AtalayaError as error:
        sys.stderr.write(error.message + "\n")
        return 1
    return code


def _entry(options: argparse.Namespace) -> Entry | None:
    """Return who signs in by itself; the secrets come from standard input, the passphrase first."""
    if not options.user:
        return None
    from desktop.cli.opening import ask_secret, facts_of, profile_of  # noqa: PLC0415 - the window needs none of it
    from desktop.core.vault import PASSPHRASE  # noqa: PLC0415

    has_passphrase = facts_of(profile_of(options)).key_way == PASSPHRASE
    passphrase = ask_secret(tr(N_("Frase de paso:"))) if has_passphrase else ""
    return Entry(options.user, ask_secret(tr(N_("Contraseña de {user}:"), user=options.user)), passphrase)


def _help() -> str:
    return "; ".join(
        [tr(N_("run: abrir el programa")), *(f"{word}: {tr(text)}" for word, (_, text) in _WORDS.items())]
    )
