"""Who sees how much of an incident, decided in one place for queue, wall, console, reports and prints.

domain.md F18: sensitive types (VIF, sexual, minors, suicide) show to authorised roles only, and never on the wall
with names.
"""

from enum import Enum, auto
from typing import Protocol

from desktop.core.i18n import N_, tr
from desktop.register.access import Action, Rights
from desktop.register.record import Confidentiality


class Surface(Enum):
    """Where something is shown."""

    QUEUE = auto()
    WALL = auto()
    RECORD = auto()


class Shown(Enum):
    """How much is shown."""

    ALL = auto()
    CLASS = auto()
    """Class, priority, state, sector and times; no place, no words, no names."""
    NOTHING = auto()


class _Classified(Protocol):
    @property
    def confidentiality(self) -> Confidentiality: ...
    @property
    def is_sensitive(self) -> bool: ...


def masked(rights: Rights, incident: _Classified, surface: Surface) -> Shown:
    """Return how much of `incident` a person with `rights` sees there."""
    if not rights.may(Action.READ, "incidents", incident.confidentiality):
        return Shown.NOTHING
    is_open = incident.confidentiality.rank < Confidentiality.RESERVED.rank and not incident.is_sensitive
    if is_open or surface is Surface.RECORD:
        return Shown.ALL
    return Shown.CLASS


def class_title(family: str, surface: Surface) -> str:
    """Return what stands for the type of a masked incident: its family, and on the wall not even that."""
    if surface is Surface.WALL or not family:
        return tr(N_("Incidente reservado"))
    return tr(N_("{family} (reservado)"), family=family)
