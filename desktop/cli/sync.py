"""`atalaya sync enroll|join|now|status|export|import`: the exchange with server and stick from the command line."""

import argparse
import sys
from pathlib import Path

from desktop.cli.opening import answer, ask_secret, opened, profile_of
from desktop.core.clock import SystemClock
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.operations.station import Station
from desktop.sync.bundle_export import export_bundle, exported_sentence
from desktop.sync.bundle_import import import_bundle, imported_sentence
from desktop.sync.enrolment import membership
from desktop.sync.station import enrol_station, exchange_once, join, only_here


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "what",
        choices=("enroll", "join", "now", "status", "export", "import"),
        metavar=tr(N_("ACCIÓN")),
        help=tr(
            N_(
                "{enroll}: inscribir esta estación; {join}: crear una estación con los datos del municipio; "
                "{now}: intercambiar ahora; {status}: decir qué falta por enviar; {export}: escribir en un archivo "
                "lo que a las otras estaciones puede faltarles; {import_}: recibir un archivo así"
            ),
            enroll="enroll",
            join="join",
            now="now",
            status="status",
            export="export",
            import_="import",
        ),
    )
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar=tr(N_("ARCHIVO")),
        help=tr(N_("con {export} o {import_}, el archivo"), export="export", import_="import"),
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help=tr(N_("con {option}, todo, también lo que las otras ya dijeron tener"), option="export"),
    )
    parser.add_argument(
        "--commune",
        default="",
        metavar=tr(N_("COMUNA")),
        help=tr(N_("con {option}, la comuna que se lee en los documentos"), option="join"),
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
        if options.what in {"export", "import"}:
            return _carry(options, station)
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


def _carry(options: argparse.Namespace, station: Station) -> int:
    if options.file is None:
        raise UserError(tr(N_("Diga el archivo: {order}"), order=f"atalaya sync {options.what} ARCHIVO"))
    if options.what == "export":
        made = export_bundle(station, options.file, everything=options.all)
        answer(
            options,
            exported_sentence(made),
            {
                "file": str(made.path),
                "change_sets": made.change_sets,
                "attachments": made.attachments,
                "bytes": made.size_bytes,
                "recipients": list(made.recipients),
                "missing_attachments": made.missing_attachments,
            },
        )
        return 0
    found = import_bundle(station, options.file)
    answer(
        options,
        imported_sentence(found),
        {
            "from": found.maker,
            "taken": found.taken,
            "attachments": found.attachments,
            "waiting": len(found.waiting),
            "refused": len(found.refused),
            "cut": found.is_cut,
        },
    )
    return 1 if found.refused or found.is_cut else 0


def _join(options: argparse.Namespace) -> int:
    if not options.name:
        raise UserError(tr(N_("Diga con {option} cómo se llamará la estación."), option="--name"))
    code = ask_secret(tr(N_("Código de inscripción:")))
    phrase = ask_secret(tr(N_("Frase de paso (en blanco: la guarda el llavero del sistema):"))) or None
    made = join(profile_of(options), options.name, code, phrase, SystemClock(), commune=options.commune)
    made.station.close()
    sys.stderr.write(
        tr(N_("Código de recuperación, anótelo en papel: {code}"), code=made.recovery_code) + "\n"
    )
    answer(options, tr(N_("La estación está lista.")), {"folder": str(profile_of(options).folder)})
    return 0
