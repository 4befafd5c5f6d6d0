"""Pages as the window knows them: declarations, no names.

A page is a `QWidget` made by `factory(services)` when it is first opened; it is kept until the person changes.
It may also offer, and the window calls them when they are there:

- `go_to(**where)`: show something in particular (`open_page("incidents", record=some_id)`);
- `may_close() -> bool`: False while unsaved input should not be lost (the page asks the person itself);
- `first_focus() -> QWidget`: what takes the keyboard when the page opens (default: its first control).

Its commands: `services.commands.add(Command(...), page=self)`. Its data: `services.tasks.read(...)`, again whenever
`services.events.changed` names a table that it shows. Every control has an accessible name
(`tests/support/accessibility.py` walks each page).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from desktop.core.i18n import N_
from desktop.views.commands import Permission

if TYPE_CHECKING:
    from desktop.register.access import Rights
    from desktop.views.services import Services


class RailGroup(Enum):
    """The groups of the rail in their order."""

    OPERATE = N_("Opera")
    TERRITORY = N_("Territorio")
    PEOPLE = N_("Personas")
    MANAGEMENT = N_("Gestión")
    CATALOGUES = N_("Catálogos")
    SYSTEM = N_("Sistema")


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One entry of the rail. Without `permission` everybody who signs in may open it.

    `is_readable_when_locked`: an operational board, which the lock leaves in sight; everything else is covered.
    """

    key: str
    title: str
    group: RailGroup
    icon: str
    factory: Callable[[Services], QWidget]
    shortcut: str = ""
    permission: Permission | None = None
    words: tuple[str, ...] = ()
    can_tear_off: bool = True
    is_readable_when_locked: bool = False

    def is_open_to(self, rights: Rights) -> bool:
        """Tell whether somebody with `rights` sees it."""
        return self.permission is None or self.permission.held_by(rights)


@runtime_checkable
class GoesTo(Protocol):
    """A page that can show something in particular."""

    def go_to(self, **where: object) -> None:
        """Show it."""
        ...


@runtime_checkable
class AsksBeforeClosing(Protocol):
    """A page that may hold unsaved input."""

    def may_close(self) -> bool:
        """Return False to stay."""
        ...


@runtime_checkable
class HasFirstFocus(Protocol):
    """A page that knows where typing starts."""

    def first_focus(self) -> QWidget:
        """Return the control that takes the keyboard."""
        ...


def in_rail_order(specs: Iterable[PageSpec], rights: Rights) -> list[PageSpec]:
    """Return the pages that `rights` open, by group, in their order of declaration."""
    order = list(RailGroup)
    return sorted(
        (spec for spec in specs if spec.is_open_to(rights)), key=lambda spec: order.index(spec.group)
    )
