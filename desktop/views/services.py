"""What a page receives. It asks for nothing else: no global registry, no window, no database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from desktop.core.clock import Clock
    from desktop.models.roles import Role
    from desktop.register.access import Rights
    from desktop.views.commands import CommandRegistry
    from desktop.views.drafts import Drafts
    from desktop.views.handover import DataEvents
    from desktop.views.icons import Icons
    from desktop.views.notices import Notices
    from desktop.views.settings import LiveSettings
    from desktop.views.tasks import Tasks
    from desktop.views.theme import Theme


class Actor(Protocol):
    """The person who is signed in."""

    @property
    def user_id(self) -> UUID:
        """Return the id of the user's record."""
        ...

    @property
    def name(self) -> str:
        """Return the name as others read it."""
        ...

    @property
    def roles(self) -> frozenset[Role]:
        """Return the person's roles."""
        ...


class Memory(Protocol):
    """Small texts that a station remembers: layouts, columns, history, unsent input.

    Kept in the encrypted store, because a history or a draft may name a person. Answers at once, from memory;
    what is put is written behind.
    """

    def get(self, key: str) -> str | None:
        """Return what was put under `key`."""
        ...

    def put(self, key: str, text: str) -> None:
        """Remember `text`."""
        ...

    def forget(self, key: str) -> None:
        """Remove `key`; an unknown one is no error."""
        ...

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that start with `prefix`."""
        ...


class OpenPage(Protocol):
    """Shows a page of the rail."""

    def __call__(self, key: str, /, **where: object) -> None:
        """Open the page `key` and hand `where` to its `go_to`."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a page may use. Made anew when another person signs in."""

    tasks: Tasks
    commands: CommandRegistry
    theme: Theme
    icons: Icons
    toasts: Notices
    clock: Clock
    actor: Actor
    rights: Rights
    drafts: Drafts
    memory: Memory
    events: DataEvents
    settings: LiveSettings
    open_page: OpenPage
    tear_off: Callable[[str], QWidget | None]
