"""`atalaya sync enroll|join|now|status`: the exchange with the municipal server from the command line."""

import argparse
import sys

from desktop.cli.opening import answer, ask_secret, opened, profile_of
from desktop.core.clock import SystemClock
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.sync.enrolment import membership
from desktop.sync.station import enrol_station, exchange_once, join, only_here


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "what",
        choices=("enroll", "join", "now", "status"),
        metavar=tr(N_("ACCIÓN")),
        help=tr(
            N_(
                "{enroll}: inscribir esta estación; {join}: crear una estación con los datos del municipio; "
                "{now}: intercambiar ahora; {status}: decir qué falta por enviar"
            ),
            enroll="enroll",
            join="join",
            now="now",
            status="status",
        ),
    )
    parser.add_argument(
        "--name", metavar=tr(N_("NOMBRE")), help=tr(N_("con {option}, cómo se llamará"), option="join")
    )


def run(options: argparse.Namespace) -> int:
    """Do it; 0 only when it did what it says."""
    if options.what == "join":
        return _join(options)
    with opened(options) as station:
        if options.what == "enroll":
            member = enrol_station(station, ask_secret(tr(N_("Código de inscripción:"))))
            answer(
                options,
                tr(N_("La estación quedó inscrita en {name}."), name=member.municipality),
                {"municipality": member.municipality, "address": member.address},
            )
            return 0
        if options.what == "now":
            outcome = exchange_once(station)
            answer(
                options,
                tr(
                    N_("Enviados: {sent}. Recibidos: {taken}. Por enviar: {remaining}."),
                    sent=outcome.sent,
                    taken=outcome.taken,
                    remaining=outcome.remaining,
                ),
                {
                    "sent": outcome.sent,
                    "taken": outcome.taken,
                    "remaining": outcome.remaining,
                    "refused": len(outcome.refused),
                    "forked": sorted(outcome.forked),
                },
            )
            return 1 if outcome.refused or outcome.forked or outcome.remaining else 0
        member_now = membership(station.store)
        count = only_here(station)
        name = tr(N_("Sin servidor")) if member_now is None else member_now.municipality
        answer(
            options,
            tr(N_("{name}. Por enviar: {count}."), name=name, count=count),
            {"enrolled": member_now is not None, "municipality": name, "remaining": count},
        )
        return 0


def _join(options: argparse.Namespace) -> int:
    if not options.name:
        raise UserError(tr(N_("Diga con {option} cómo se llamará la estación."), option="--name"))
    code = ask_secret(tr(N_("Código de inscripción:")))
    phrase = ask_secret(tr(N_("Frase de paso (en blanco: la guarda el llavero del sistema):"))) or None
    made = join(profile_of(options), options.name, code, phrase, SystemClock())
    made.station.close()
    sys.stderr.write(
        tr(N_("Código de recuperación, anótelo en papel: {code}"), code=made.recovery_code) + "\n"
    )
    answer(options, tr(N_("La estación está lista.")), {"folder": str(profile_of(options).folder)})
    return 0
