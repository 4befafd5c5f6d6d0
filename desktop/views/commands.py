"""Commands: declared once, they feed menus, keys, the `Ctrl+K` bar and the `F1` key sheet.

A window owns one `CommandRegistry`; pages add theirs with `page=self` and they live as long as the page. A page's
keys (Ins, F2, F6 ...) work only while that page is on screen in the active window. A command calls operations and
holds no logic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid

from desktop.core.i18n import N_, tr
from desktop.views.orders import Order, Typed, rank, take_apart, verb_of

if TYPE_CHECKING:
    from desktop.register.access import Action, Rights


class Permission(NamedTuple):
    """What the person's rights must allow; the same question that the operation asks again."""

    action: Action
    register: str

    def held_by(self, rights: Rights) -> bool:
        """Tell whether `rights` allow it."""
        return rights.may(self.action, self.register)


def key_text(shortcut: str) -> str:
    """Return a shortcut as the person reads it; the long `Control` of Qt's Spanish is `Ctrl` on every keyboard."""
    native = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return native.replace("Control+", "Ctrl+")


def always() -> bool:
    """Say yes."""
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a person can ask for. `shortcut` is Qt's portable text; `words` are the verbs of the bar."""

    id: str
    title: str
    run: Callable[[], None]
    shortcut: str = ""
    icon: str = ""
    permission: Permission | None = None
    enabled_when: Callable[[], bool] = always
    words: tuple[str, ...] = ()
    group: str = N_("General")
    order: Order | None = None


@dataclass(slots=True)
class _Entry:
    command: Command
    action: QAction
    page: QWidget | None
    is_late: bool

    def is_alive(self) -> bool:
        return isValid(self.action) and (self.page is None or isValid(self.page))

    def is_on_screen(self, window: QWidget | None) -> bool:
        if self.page is None:
            return True
        return self.page.isVisible() and (window is None or self.page.window() is window)


class CommandRegistry(QObject):
    """The commands of one window and its pages, under one person's rights."""

    changed = Signal()

    def __init__(self, window: QWidget, rights: Rights) -> None:
        super().__init__(window)
        self._windows: list[QWidget] = [window]
        self._rights = rights
        self._keys: Mapping[str, str] = {}
        self._entries: list[_Entry] = []

    def use_rights(self, rights: Rights) -> None:
        """Take the rights of another person; commands that they may not give disappear."""
        self._rights = rights
        for entry in self._living():
            self._apply(entry)
        self.changed.emit()

    def use_keys(self, keys: Mapping[str, str]) -> None:
        """Change shortcuts: command id to key; an empty key turns the shortcut off."""
        self._keys = dict(keys)
        for entry in self._living():
            self._apply(entry)
        self.changed.emit()

    def add(self, *commands: Command, page: QWidget | None = None, are_late: bool = False) -> None:
        """Add commands of the window, or of one page; late ones are offered after the others.

        Raises:
            ValueError: an id is already taken in the same place.
        """
        for command in commands:
            taken = (entry for entry in self._living() if entry.command.id == command.id)
            if any(entry.page is page for entry in taken):
                raise ValueError(f"command {command.id} is declared twice")
            action = QAction(tr(command.title), page or self._windows[0])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.triggered.connect(lambda _=False, command=command: self.run(command))
            entry = _Entry(command, action, page, are_late)
            for home in [page] if page is not None else self._windows:
                home.addAction(action)
            self._entries.append(entry)
            self._apply(entry)
        if page is not None:
            page.destroyed.connect(self._forget_dead)
        self.changed.emit()

    def remove(self, *ids: str) -> None:
        """Take commands of the window away."""
        for entry in self._living():
            if entry.page is None and entry.command.id in ids:
                self._entries.remove(entry)
                entry.action.deleteLater()
        self.changed.emit()

    def attach(self, window: QWidget) -> None:
        """Let the keys of the window's commands work in another top-level window too."""
        self._windows.append(window)
        for entry in self._living():
            if entry.page is None:
                window.addAction(entry.action)

    def detach(self, window: QWidget) -> None:
        """Forget a top-level window that closes."""
        if window in self._windows[1:]:
            self._windows.remove(window)

    def run(self, command: Command) -> None:
        """Do it, unless the person may not or it makes no sense now."""
        if self._is_allowed(command) and command.enabled_when():
            command.run()

    def available(self, window: QWidget | None = None) -> list[Command]:
        """Return what the person can ask for now: the window's commands and those of pages on screen."""
        entries = sorted(self._living(), key=lambda entry: (entry.page is None, entry.is_late))
        return [
            entry.command
            for entry in entries
            if self._is_allowed(entry.command) and entry.is_on_screen(window)
        ]

    def all(self) -> list[Command]:
        """Return every command that the person may give, on screen or not, each id once."""
        by_id: dict[str, Command] = {}
        for entry in sorted(self._living(), key=lambda entry: entry.page is not None):
            if self._is_allowed(entry.command):
                by_id.setdefault(entry.command.id, entry.command)
        return list(by_id.values())

    def portable_key(self, command: Command) -> str:
        """Return the shortcut in force as Qt's portable text."""
        return self._key(command)

    def holder_of(self, key: str, wanted_by: str) -> Command | None:
        """Return another command that answers to `key` where the command `wanted_by` can be pressed too."""
        if not key:
            return None
        pages = [entry.page for entry in self._living() if entry.command.id == wanted_by]
        for entry in self._living():
            meets = any(page is None or entry.page is None or page is entry.page for page in pages)
            is_same_key = QKeySequence(self._key(entry.command)) == QKeySequence(key)
            if entry.command.id != wanted_by and meets and is_same_key and self._is_allowed(entry.command):
                return entry.command
        return None

    def key_of(self, command: Command) -> str:
        """Return the shortcut as the person reads it, after their own changes."""
        return key_text(self._key(command))

    def key_of_id(self, command_id: str, page: QWidget | None = None) -> str:
        """Return the shortcut of a command of the window, or of a page; empty when there is none."""
        held = (
            entry.command for entry in self._living() if entry.page is page and entry.command.id == command_id
        )
        return next(map(self.key_of, held), "")

    def find(self, query: str, window: QWidget | None = None) -> list[Command]:
        """Return the commands that answer `query` by title or verb, best first."""
        ranked = []
        for place, command in enumerate(self.available(window)):
            texts = (tr(command.title), *command.words)
            best = min((score for text in texts if (score := rank(query, text)) >= 0), default=None)
            if best is not None and command.enabled_when():
                ranked.append((best, place, command))
        return [command for _, _, command in sorted(ranked, key=lambda found: found[:2])]

    def typed(self, text: str, window: QWidget | None = None) -> tuple[Command, Typed] | None:
        """Return the order that `text` begins with, taken apart."""
        by_verb = {word: command for command in self.available(window) for word in command.words}
        found = verb_of(text, list(by_verb))
        if found is None:
            return None
        verb, rest = found
        command = by_verb[verb]
        arguments = command.order.arguments if command.order else ()
        return command, take_apart(verb, rest, arguments)

    def conflicts(self) -> list[tuple[str, str]]:
        """Return pairs of commands whose keys clash where both can be pressed."""
        clashes = []
        entries = [entry for entry in self._living() if self._key(entry.command)]
        for place, one in enumerate(entries):
            for other in entries[place + 1 :]:
                meets = one.page is None or other.page is None or one.page is other.page
                if meets and QKeySequence(self._key(one.command)) == QKeySequence(self._key(other.command)):
                    clashes.append((one.command.id, other.command.id))
        return clashes

    def fill_menu(self, menu: QMenu, ids: Iterable[str]) -> None:
        """Put the commands of those ids into `menu`; an empty id is a separator."""
        by_id = {entry.command.id: entry for entry in self._living()}
        for command_id in ids:
            if not command_id:
                menu.addSeparator()
            elif (entry := by_id.get(command_id)) and self._is_allowed(entry.command):
                entry.action.setEnabled(entry.command.enabled_when())
                menu.addAction(entry.action)
        menu.aboutToHide.connect(self._enable_all)

    def _enable_all(self) -> None:
        """Wake the keys again: whether they make sense is asked when they are pressed."""
        for entry in self._living():
            entry.action.setEnabled(True)

    def _is_allowed(self, command: Command) -> bool:
        return command.permission is None or command.permission.held_by(self._rights)

    def _key(self, command: Command) -> str:
        return self._keys.get(command.id, command.shortcut)

    def _apply(self, entry: _Entry) -> None:
        is_allowed = self._is_allowed(entry.command)
        entry.action.setVisible(is_allowed)
        entry.action.setShortcut(QKeySequence(self._key(entry.command) if is_allowed else ""))

    def _living(self) -> list[_Entry]:
        return [entry for entry in self._entries if entry.is_alive()]

    def _forget_dead(self) -> None:
        if isValid(self):
            self._entries = self._living()
            self.changed.emit()
