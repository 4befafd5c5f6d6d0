"""Text copied from WhatsApp, an app or mail opens the intake with what could be read of it (R89)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import PlaceSource
from desktop.operations.incidents.values import IntakeDraft
from desktop.register.access import Action
from desktop.views.commands import Command, Permission
from desktop.views.services import Services

if TYPE_CHECKING:
    from desktop.models.incidents.pasted import PastedDraft

_LATE_S = 120


def paste_orders(services: Services) -> tuple[Command, ...]:
    """Return the order; it works from any page."""
    return (
        Command(
            "central.paste",
            N_("Pegar un mensaje como incidente"),
            partial(paste_message, services),
            "Ctrl+Shift+V",
            "clipboard-text",
            Permission(Action.CREATE, "incidents"),
            words=("pegar",),
            group=N_("Central"),
        ),
    )


def paste_message(services: Services) -> None:
    """Read the clipboard and open the intake with it; saving is one more key."""
    text = QGuiApplication.clipboard().text().strip()
    if not text:
        services.toasts.toast(tr(N_("No hay texto copiado. Copie el mensaje y vuelva a pegar.")))
        return
    now = services.clock.now()
    from desktop.models.incidents.pasted import read_pasted  # noqa: PLC0415 - its patterns are needed here only

    read = read_pasted(text, now)
    services.open_page("central", intake=draft_of(read, (now - (read.reported_at or now)).total_seconds()))


def draft_of(read: PastedDraft, age_s: float) -> IntakeDraft:
    """Return the intake of a message that is `age_s` seconds old; an older one says its time in the narrative."""
    narrative = read.narrative
    if read.reported_at is not None and age_s > _LATE_S:
        narrative += "\n" + tr(N_("(Mensaje del {at})"), at=formats.day_time(read.reported_at))
    reference = ""
    if read.lat is not None and read.lon is not None and not read.address:
        reference = tr(N_("Ubicación compartida: {lat}, {lon}"), lat=read.lat, lon=read.lon)
    return IntakeDraft(
        channel=read.channel,
        phone=read.phone,
        caller_name=read.caller_name,
        narrative=narrative.strip(),
        address=read.address,
        reference=reference,
        lat=read.lat,
        lon=read.lon,
        place_source=PlaceSource.MAP if read.lat is not None else None,
    )
