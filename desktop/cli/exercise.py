"""`atalaya exercise new|open|remove`: an exercise with data of its own, beside the real station."""

import argparse

from desktop.cli.opening import answer, ask_secret, facts_of, profile_of, seat
from desktop.core import vault
from desktop.core.clock import SystemClock
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile
from desktop.operations.exercise import begin_exercise, end_exercise, exercise_of
from desktop.operations.setup import open_station

_NEW, _OPEN = "atalaya exercise new", "atalaya exercise open"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "what",
        choices=("new", "open", "remove"),
        metavar=tr(N_("ACCIÓN")),
        help=tr(
            N_("{new}: iniciarlo; {open}: abrir su ventana; {remove}: terminarlo y borrar sus datos"),
            new="new",
            open="open",
            remove="remove",
        ),
    )
    parser.add_argument(
        "--user",
        metavar=tr(N_("USUARIO")),
        help=tr(N_("quién lo inicia o lo termina; su contraseña se pregunta")),
    )


def run(options: argparse.Namespace) -> int:
    """Do it; 0 when it is done."""
    profile = profile_of(options)
    facts = facts_of(profile)
    target = exercise_of(profile)
    if options.what == "open":
        if not target.exists:
            raise UserError(tr(N_("No hay un ejercicio. Inícielo con: {order}"), order=_NEW))
        code: int = options.open_window(target.folder, None, None)
        return code
    if not options.user:
        raise UserError(tr(N_("Diga con {option} quién lo pide."), option="--user"))
    phrase: str | None = None
    if facts.key_way == vault.PASSPHRASE:
        phrase = ask_secret(tr(N_("Frase de paso:")))
        master = vault.open_with_passphrase(profile, facts.station_id, phrase)
    else:
        master = vault.open_with_keyring(facts.station_id)
    with open_station(profile, master, SystemClock()) as station:
        seat(station, options.user)
        if options.what == "new":
            begin_exercise(station, phrase)
        else:
            end_exercise(station)
    answer(options, _said(options.what, target), {"folder": str(target.folder), "is_there": target.exists})
    return 0


def _said(what: str, target: Profile) -> str:
    if what == "remove":
        return tr(N_("El ejercicio terminó y sus datos se borraron."))
    return tr(N_("Ejercicio listo en {folder}. Ábralo con: {order}"), folder=target.folder, order=_OPEN)
