"""The orders of the shift that work from any page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop.core.i18n import N_
from desktop.register.access import Action
from desktop.views.commands import Command, Permission

if TYPE_CHECKING:
    from desktop.views.services import Services

PAGE = "shifts"
GROUP = N_("Turno")


def shift_orders(services: Services) -> tuple[Command, ...]:
    """Return the orders that work from any page."""
    return (
        Command(
            "shifts.hand_over",
            N_("Entregar turno"),
            partial(services.open_page, PAGE, handover=True),
            "Ctrl+Shift+E",
            "handshake",
            Permission(Action.CREATE, "handovers"),
            words=("entregar turno", "entregar"),
            group=GROUP,
        ),
    )
