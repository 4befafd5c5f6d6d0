"""Every page of the program, as the rail shows them. Imported after the first window is painted."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from desktop.core.i18n import N_
from desktop.models.catalogue import REGISTERS
from desktop.register.access import Action
from desktop.register.spec import Group, Register
from desktop.views.commands import Permission
from desktop.views.incidents.central import CentralPage
from desktop.views.pages import PageSpec, RailGroup
from desktop.views.register.doors import Doors
from desktop.views.register.page import RegisterPage
from desktop.views.services import Services

_GROUPS = {
    Group.OPERATE: RailGroup.OPERATE,
    Group.TERRITORY: RailGroup.TERRITORY,
    Group.PEOPLE: RailGroup.PEOPLE,
    Group.MANAGEMENT: RailGroup.MANAGEMENT,
    Group.CATALOGUES: RailGroup.CATALOGUES,
    Group.SYSTEM: RailGroup.SYSTEM,
}
_HAND_WRITTEN = frozenset({"users", "shifts", "import_batches"})
"""Registers whose page is not drawn from the declaration alone."""


@dataclass(frozen=True, slots=True)
class Given:
    """What pages need beyond their services; the builder of the program has it."""

    doors: Doors


def rail_pages(given: Given) -> tuple[PageSpec, ...]:
    """Return the pages in menu order."""
    central = PageSpec(
        "central",
        N_("Central"),
        RailGroup.OPERATE,
        "headset",
        CentralPage,
        shortcut="Ctrl+1",
        permission=Permission(Action.READ, "incidents"),
        words=("central",),
        is_readable_when_locked=True,
    )
    drawn = tuple(
        _register_page(register, given)
        for register in REGISTERS
        if register.page and register.key not in _HAND_WRITTEN
    )
    return (central, *drawn)


def _register_page(register: Register, given: Given) -> PageSpec:
    return PageSpec(
        register.key,
        register.title,
        _GROUPS[register.group],
        register.icon,
        _factory(register, given.doors),
        permission=Permission(Action.READ, register.key),
    )


def _factory(register: Register, doors: Doors) -> Callable[[Services], QWidget]:
    return lambda services: RegisterPage(services, register, doors)
