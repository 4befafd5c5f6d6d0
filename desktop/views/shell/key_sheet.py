"""The sheet of keys (`F1`): everything that can be asked for now, from the same declarations as menus and bar."""

from collections import defaultdict

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.core.i18n import N_, tr
from desktop.views.commands import Command, CommandRegistry
from desktop.views.icons import Icons
from desktop.views.orders import rank, usage
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import icon_button, surface
from desktop.views.widgets.text import label


class KeySheet(QFrame):
    """Groups of commands with their keys and orders; typing narrows it, `Esc` closes it."""

    closed = Signal()

    def __init__(self, registry: CommandRegistry, icons: Icons, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("surface", "popup")
        self.setAccessibleName(tr(N_("Teclas y órdenes")))
        self._registry = registry
        self._window = window
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr(N_("Buscar una tecla o una orden")))
        self.filter.setMinimumWidth(280)
        self.filter.setAccessibleName(tr(N_("Buscar una tecla o una orden")))
        self.filter.textChanged.connect(lambda _: self._fill())
        head = QHBoxLayout()
        head.addWidget(label(tr(N_("Teclas y órdenes")), "title"))
        head.addStretch(1)
        head.addWidget(self.filter)
        head.addWidget(icon_button(icons, "x", tr(N_("Cerrar")), "Esc", self.leave))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName(tr(N_("Lista de teclas")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_6, SIZES.space_5, SIZES.space_6, SIZES.space_5)
        layout.setSpacing(SIZES.space_4)
        layout.addLayout(head)
        layout.addWidget(self._scroll, 1)
        self._fill()
        self._settle()

    def leave(self) -> None:
        """Close."""
        self.hide()
        self.closed.emit()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc."""
        if event.key() in {Qt.Key.Key_Escape, Qt.Key.Key_F1}:
            self.leave()
        else:
            super().keyPressEvent(event)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Return what is listed: words and key."""
        return [(tr(command.title), self._registry.key_of(command)) for command in self._listed()]

    def _listed(self) -> list[Command]:
        query = self.filter.text()
        found = []
        for command in self._registry.available(self._window):
            texts = (tr(command.title), self._registry.key_of(command), *command.words)
            is_reachable = bool(self._registry.key_of(command) or command.words)
            if is_reachable and any(rank(query, text) >= 0 for text in texts):
                found.append(command)
        return found

    def _fill(self) -> None:
        groups: dict[str, list[Command]] = defaultdict(list)
        for command in self._listed():
            groups[tr(command.group)].append(command)
        ground = surface("card")
        ground.setProperty("surface", "")
        columns = QHBoxLayout(ground)
        columns.setContentsMargins(0, 0, SIZES.space_4, 0)
        columns.setSpacing(SIZES.space_8)
        stacks = [QVBoxLayout(), QVBoxLayout()]
        heights = [0, 0]
        for title, commands in groups.items():
            shorter = heights.index(min(heights))
            stacks[shorter].addLayout(self._group(title, commands))
            stacks[shorter].addSpacing(SIZES.space_4)
            heights[shorter] += len(commands) + 2
        if not groups:
            stacks[0].addWidget(label(tr(N_("Nada coincide. Borre letras para ver más.")), "muted"))
        for stack in stacks:
            stack.addStretch(1)
            columns.addLayout(stack, 1)
        self._scroll.setWidget(ground)

    def _group(self, title: str, commands: list[Command]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SIZES.space_4)
        grid.setVerticalSpacing(SIZES.space_2)
        grid.addWidget(label(title, "strong"), 0, 0, 1, 2)
        for row, command in enumerate(commands, start=1):
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(label(tr(command.title), wraps=True))
            arguments = command.order.arguments if command.order else ()
            if command.words:
                words.addWidget(label(usage(command.words[0], arguments), "small"))
            key = label(self._registry.key_of(command), "label")
            key.setProperty("part", "key" if key.text() else "")
            grid.addLayout(words, row, 0)
            grid.addWidget(key, row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(0, 1)
        return grid

    def _settle(self) -> None:
        home = self._window.size()
        width = min(880, home.width() - 2 * SIZES.space_8)
        height = min(640, home.height() - 2 * SIZES.space_8)
        self.setGeometry((home.width() - width) // 2, (home.height() - height) // 2, width, height)
