"""The keys of every command: found by its words, changed by pressing another, put back one by one or all."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QKeyCombination, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.core.i18n import N_, tr
from desktop.core.setting_list import KEYS
from desktop.views.commands import Command, CommandRegistry, key_text
from desktop.views.orders import rank
from desktop.views.settings import LiveSettings
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button, restyle
from desktop.views.widgets.text import label

_BARE = {Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr}
_ALONE = {*range(Qt.Key.Key_F1, Qt.Key.Key_F35 + 1), Qt.Key.Key_Insert, Qt.Key.Key_Delete, Qt.Key.Key_Pause}
_HOLDING = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_OF_FIELDS = {"Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+A", "Alt+F4"}
_COMMAND, _GROUP, _KEY, _STATE = range(4)


def refusal_of(key: str, combination: QKeyCombination) -> str:
    """Return why `key` cannot be given to a command, or an empty text."""
    if combination.key() not in _ALONE and not combination.keyboardModifiers() & _HOLDING:
        return tr(
            N_("«{key}» se necesita para escribir. Use una tecla de función, o Ctrl o Alt con otra."), key=key
        )
    if key in _OF_FIELDS:
        return tr(N_("«{key}» es de los campos y de las ventanas. Elija otra."), key=key)
    return ""


class KeyCapture(QPushButton):
    """Takes the next key that is pressed. `Esc` leaves it as it was, `Supr` alone leaves the command without a key."""

    pressed_key = Signal(str, object)
    cleared = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "primary")
        self.setAutoDefault(False)
        self.hide()

    def event(self, event: QEvent) -> bool:
        """Take keys before any command does."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self.keyPressEvent(event)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take it."""
        key, holding = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _BARE:
            return
        if not holding and key == Qt.Key.Key_Escape:
            self.left.emit()
        elif not holding and key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.cleared.emit()
        else:
            combination = QKeyCombination(holding, Qt.Key(key))
            text = QKeySequence(combination).toString(QKeySequence.SequenceFormat.PortableText)
            self.pressed_key.emit(text, combination)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Stop when the person goes elsewhere."""
        super().focusOutEvent(event)
        self.left.emit()


class KeyList(QWidget):
    """Every command with its key."""

    def __init__(self, registry: CommandRegistry, settings: LiveSettings) -> None:
        super().__init__()
        self._registry = registry
        self._settings = settings
        self._commands: list[Command] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr(N_("Buscar una orden o una tecla")))
        self.search.setAccessibleName(tr(N_("Buscar una orden o una tecla")))
        self.search.textChanged.connect(lambda _: self._fill())
        table = self.table = QTableWidget(0, 4)
        table.setAccessibleName(tr(N_("Teclas de las órdenes")))
        table.setHorizontalHeaderLabels([tr(N_("Orden")), tr(N_("Dónde")), tr(N_("Tecla")), tr(N_("Estado"))])
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.horizontalHeader().setSectionResizeMode(_COMMAND, QHeaderView.ResizeMode.Stretch)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(SIZES.row)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.itemSelectionChanged.connect(self._chosen)
        table.activated.connect(lambda _: self.begin())
        self.change = button(tr(N_("Cambiar la tecla")), "primary", self.begin, tr(N_("También con Enter")))
        self.capture = KeyCapture()
        self.capture.pressed_key.connect(self._take)
        self.capture.cleared.connect(lambda: self._give(""))
        self.capture.left.connect(self._end)
        self.restore = button(tr(N_("Restablecer")), "plain", self._restore)
        self.restore_all = button(tr(N_("Restablecer todas")), "quiet", self._restore_all)
        self.note = label("", "small", wraps=True)
        feet = QHBoxLayout()
        feet.setSpacing(SIZES.space_2)
        for part in (self.change, self.capture, self.restore):
            feet.addWidget(part)
        feet.addStretch(1)
        feet.addWidget(self.restore_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SIZES.space_4, 0, 0)
        column.setSpacing(SIZES.space_3)
        words = N_("{help} Las de una página aparecen después de abrirla por primera vez.")
        column.addWidget(label(tr(words, help=tr(KEYS.help)), "small", wraps=True))
        column.addWidget(self.search)
        column.addWidget(table, 1)
        column.addWidget(self.note)
        column.addLayout(feet)
        registry.changed.connect(self._fill)
        self._fill()

    @property
    def current(self) -> Command | None:
        """Return the command that is chosen in the list."""
        row = self.table.currentRow()
        return self._commands[row] if 0 <= row < len(self._commands) else None

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """Return what is listed: command, key, state."""
        return [
            (self._text(row, _COMMAND), self._text(row, _KEY), self._text(row, _STATE))
            for row in range(self.table.rowCount())
        ]

    def begin(self) -> None:
        """Wait for the key of the chosen command."""
        command = self.current
        if command is None:
            return
        words = tr(N_("Pulse la tecla para «{title}»"), title=tr(command.title))
        self.capture.setText(words)
        self.capture.setAccessibleName(words)
        self.change.hide()
        self.capture.show()
        self.capture.setFocus()
        self._say(tr(N_("Esc la deja como está; Supr la quita.")))

    def _take(self, key: str, combination: QKeyCombination) -> None:
        command = self.current
        if command is None:
            return
        shown = key_text(key)
        refusal = refusal_of(shown, combination)
        holder = self._registry.holder_of(key, command.id)
        if holder is not None:
            refusal = tr(
                N_("«{key}» ya es de «{title}». Pulse otra, o cambie primero la de esa orden."),
                key=shown,
                title=tr(holder.title),
            )
        if refusal:
            self._say(refusal, is_wrong=True)
        else:
            self._give(key)

    def _give(self, key: str) -> None:
        command = self.current
        if command is not None:
            changed = self._settings.get(KEYS)
            held = {other: text for other, text in changed.items() if other != command.id}
            if key != command.shortcut:
                held[command.id] = key
            self._settings.put(KEYS, held)
            words = N_("«{title}» queda con {key}.") if key else N_("«{title}» queda sin tecla.")
            self._say(tr(words, title=tr(command.title), key=key_text(key)))
        self._end()

    def _end(self) -> None:
        if self.capture.isHidden():
            return
        had_keyboard = self.capture.hasFocus()
        self.capture.hide()
        self.change.show()
        if had_keyboard:
            self.table.setFocus()

    def _restore(self) -> None:
        command = self.current
        if command is None:
            return
        holder = self._registry.holder_of(command.shortcut, command.id)
        if holder is not None:
            self._say(
                tr(
                    N_("«{key}» es ahora de «{title}». Cambie primero la de esa orden."),
                    key=key_text(command.shortcut),
                    title=tr(holder.title),
                ),
                is_wrong=True,
            )
            return
        self._give(command.shortcut)

    def _restore_all(self) -> None:
        self.table.setFocus()  # the button goes to sleep
        self._settings.reset(KEYS)
        self._say(tr(N_("Todas las teclas son otra vez las del programa.")))

    def _fill(self) -> None:
        current = self.current
        query = self.search.text()
        changed = self._settings.get(KEYS)
        clashing = {name for pair in self._registry.conflicts() for name in pair}
        found = [command for command in self._registry.all() if self._answers(command, query)]
        self._commands = sorted(found, key=lambda command: (tr(command.group), tr(command.title)))
        self.table.setRowCount(len(self._commands))
        for row, command in enumerate(self._commands):
            state = tr(N_("cambiada")) if command.id in changed else ""
            state = tr(N_("en conflicto")) if command.id in clashing else state
            cells = (tr(command.title), tr(command.group), self._registry.key_of(command), state)
            for column, text in enumerate(cells):
                self.table.setItem(row, column, QTableWidgetItem(text))
        ids = [command.id for command in self._commands]
        self.table.setCurrentCell(ids.index(current.id) if current and current.id in ids else 0, 0)
        self.restore_all.setEnabled(bool(changed))
        if not self._commands:
            self._say(tr(N_("Nada coincide. Borre letras para ver más.")))
        elif self.note.text() == tr(N_("Nada coincide. Borre letras para ver más.")):
            self._say("")
        self._chosen()

    def _answers(self, command: Command, query: str) -> bool:
        texts = (tr(command.title), tr(command.group), self._registry.key_of(command), *command.words)
        return any(rank(query, text) >= 0 for text in texts)

    def _chosen(self) -> None:
        command = self.current
        self.change.setEnabled(command is not None)
        self.restore.setEnabled(command is not None and command.id in self._settings.get(KEYS))

    def _say(self, text: str, *, is_wrong: bool = False) -> None:
        self.note.setText(text)
        restyle(self.note, "role", "error" if is_wrong else "small")

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return item.text() if item is not None else ""
