"""How the exchange stands, in the words of the page."""

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.operations.self_check import Health
from desktop.sync.care import Carried, ExchangeOverview, Holder


def state_words(overview: ExchangeOverview) -> tuple[Health | None, str]:
    """Say whether the server has everything, and how good that is."""
    if not overview.is_enrolled:
        return None, tr(N_("Esta estación trabaja sola: no está inscrita en un servidor municipal."))
    lacks = next((one.lacks for one in overview.holders if one.is_server), None)
    place = tr(N_("{name}, servidor {address}."), name=overview.municipality, address=overview.address)
    if lacks is None:
        words = tr(N_("Todavía no se ha intercambiado con el servidor."))
        return Health.WARNING, f"{place} {words}"
    if lacks:
        words = tr(N_("Por enviar al servidor: {count}."), count=formats.number(lacks))
        return Health.WARNING, f"{place} {words}"
    return Health.GOOD, f"{place} " + tr(N_("El servidor confirmó todo lo que hay aquí."))


def lacks_words(holder: Holder) -> str:
    """Say what somebody lacks of what is here."""
    if holder.is_revoked:
        return tr(N_("Dada de baja"))
    if holder.lacks is None:
        return tr(N_("No se sabe: aquí no se ha recibido nada suyo que lo diga"))
    if holder.lacks:
        return tr(N_("{count}, según lo último que dijo"), count=formats.number(holder.lacks))
    return tr(N_("Ninguna, según lo último que dijo"))


def line_words(holder: Holder) -> str:
    """Say whether there is a line to somebody now."""
    return tr(N_("En línea por la LAN")) if holder.is_near else ""


def near_words(overview: ExchangeOverview) -> str:
    """Say where this station answers its neighbours."""
    if not overview.answers_at:
        return tr(N_("Esta estación no está en una red local, o todavía no contesta."))
    addresses = ", ".join(overview.answers_at)
    return tr(N_("Esta estación contesta a sus vecinas en {addresses}."), addresses=addresses)


def set_aside_words(overview: ExchangeOverview) -> str:
    """Say what came to count otherwise than it was written, or is not all here, a line each; empty when nothing."""
    said = []
    if overview.history:
        said.append(
            tr(
                N_(
                    "Los registros ya están completos. De lo que se anotó antes de que existiera esta estación faltan "
                    "por llegar {count} anotaciones: hasta entonces, las líneas de tiempo no muestran sus comienzos."
                ),
                count=formats.number(overview.history),
            )
        )
    if overview.altered_at is not None:
        said.append(
            tr(
                N_(
                    "El {at} el servidor municipal mostró menos de lo que ya había confirmado, o algo distinto, y se "
                    "le devolvió lo que había aquí. Quien lo administra debe revisar si se repuso una copia antigua."
                ),
                at=formats.day_time(overview.altered_at),
            )
        )
    if overview.denied:
        said.append(
            tr(
                N_(
                    "Anotaciones de aquí que no fueron aceptadas por el servidor municipal: {count}. Ya no cuentan y "
                    "se conservan aparte; avise a quien administra el servidor."
                ),
                count=formats.number(overview.denied),
            )
        )
    if overview.rewritten:
        said.append(
            tr(
                N_(
                    "Otra copia del disco de una estación siguió escribiendo con el mismo nombre. Anotaciones que aquí "
                    "se volvieron a asentar, con su autor y su hora: {count}. No se perdió ninguna."
                ),
                count=formats.number(overview.rewritten),
            )
        )
    if overview.unread:
        said.append(
            tr(
                N_(
                    "Registros de los que llegó algo que esta versión del programa no sabe leer: {count}. Está "
                    "guardado y se verá cuando se actualice el programa."
                ),
                count=formats.number(overview.unread),
            )
        )
    return "\n".join(said)


def carried_words(overview: ExchangeOverview) -> str:
    """Say what left and came by stick last."""

    def said(words: str, never: str, one: Carried | None) -> str:
        if one is None:
            return tr(never)
        return tr(words, at=formats.day_time(one.at), name=one.name, other=one.other)

    return "  ·  ".join(
        (
            said(
                N_("Último USB exportado: {at}, {name}"), N_("Nunca se ha exportado a USB"), overview.exported
            ),
            said(
                N_("Último USB recibido: {at}, {name}, de {other}"),
                N_("Nunca se ha recibido un USB"),
                overview.imported,
            ),
        )
    )
