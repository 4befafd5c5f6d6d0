"""The command bar: one line that takes orders, completes them, remembers them and answers in place."""

import json
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.core.i18n import N_, tr
from desktop.views.commands import Command, CommandRegistry
from desktop.views.icons import Icons
from desktop.views.orders import Call, Candidate, Completer, Typed, completed, usage, what_is_missing
from desktop.views.services import Memory
from desktop.views.shell.toasts import announce
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import restyle
from desktop.views.widgets.text import label

HISTORY = 100
SHOWN = 9
_WIDTH = 640


_Index = QModelIndex | QPersistentModelIndex


class _Row(QListWidgetItem):
    """One line under the bar: a command to run, a text to complete, or a thing to open."""

    def __init__(self, title: str, hint: str, icon: str = "", command: Command | None = None) -> None:
        super().__init__(title)
        self.hint = hint
        self.icon_name = icon
        self.command = command
        self.candidate: Candidate | None = None
        self.completion = ""
        self.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}, {hint}" if hint else title)


class _Paint(QStyledItemDelegate):
    """Draws icon, words, and the key or hint at the right end."""

    def __init__(self, icons: Icons, parent: QListWidget) -> None:
        super().__init__(parent)
        self._icons = icons
        self._list = parent

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Leave room for a finger."""
        return QSize(0, SIZES.row_touch - SIZES.space_1)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one line."""
        theme: Theme = self._icons.theme
        row = self._list.item(index.row())
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("surface_selected"))
            painter.drawRoundedRect(rect, SIZES.radius, SIZES.radius)
        inner = rect.adjusted(SIZES.space_3, 0, -SIZES.space_3, 0)
        if isinstance(row, _Row):
            side = SIZES.icon
            if row.icon_name:
                spot = QRect(inner.left(), inner.center().y() - side // 2 + 1, side, side)
                self._icons.icon(row.icon_name).paint(painter, spot)
            words = inner.adjusted(side + SIZES.space_3, 0, 0, 0)
            painter.setFont(theme.font(SIZES.type_small))
            width = painter.fontMetrics().horizontalAdvance(row.hint)
            painter.setPen(theme.colour("text_muted"))
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(words, int(middle | Qt.AlignmentFlag.AlignRight), row.hint)
            painter.setFont(theme.font(SIZES.type_body, QFont.Weight.Medium))
            painter.setPen(theme.colour("text"))
            room = words.adjusted(0, 0, -width - SIZES.space_3, 0)
            shown = painter.fontMetrics().elidedText(row.text(), Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignLeft), shown)
        painter.restore()


class CommandBar(QFrame):
    """Opened by `Ctrl+K` over whichever window is active; `Esc` leaves and gives the keyboard back."""

    def __init__(
        self, registry: CommandRegistry, icons: Icons, memory: Memory, person: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "popup")
        self.setAccessibleName(tr(N_("Barra de órdenes")))
        self._registry = registry
        self._memory = memory
        self._key = f"shell/commands/{person}"
        self._searchers: list[Completer] = []
        self._generation = 0
        self._back_to: QWidget | None = None
        self._recalled = -1
        self.history = self._remembered()
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr(N_("Escriba una orden, un folio, una persona, una dirección…")))
        self.line.setAccessibleName(tr(N_("Orden")))
        self.line.textEdited.connect(self._edited)
        self.line.installEventFilter(self)
        self.rows = QListWidget()
        self.rows.setAccessibleName(tr(N_("Respuestas")))
        self.rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows.setItemDelegate(_Paint(icons, self.rows))
        self.rows.setProperty("part", "answers")
        self.rows.itemClicked.connect(self._take)
        self.said = label("", "small", wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_2, SIZES.space_2, SIZES.space_2, SIZES.space_2)
        layout.setSpacing(SIZES.space_2)
        layout.addWidget(self.line)
        layout.addWidget(self.rows)
        layout.addWidget(self.said)
        registry.changed.connect(self._refresh_if_open)
        self.hide()

    def add_searcher(self, search: Completer) -> None:
        """Ask `search` too for whatever is typed: folios, people, cameras. It answers when it can."""
        self._searchers.append(search)

    def open_over(self, window: QWidget, text: str = "") -> None:
        """Show the bar at the top of `window`, empty or with the beginning of an order."""
        focus = window.focusWidget()
        self._back_to = focus if focus is not self.line else self._back_to
        self.setParent(window)
        self._recalled = -1
        self.line.setText(text)
        self._say("")
        self.show()
        self.raise_()
        self._refresh()
        self.line.setFocus()

    def leave(self) -> None:
        """Close, and give the keyboard back to where it was."""
        self.hide()
        if self._back_to is not None and self._back_to.isVisible():
            self._back_to.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that move in the list; leave when the keyboard goes elsewhere."""
        if watched is self.line and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(event)
        if watched is self.line and event.type() == QEvent.Type.FocusOut and self.isVisible():
            focus = QApplication.focusWidget()
            if focus is not None and not self.isAncestorOf(focus):
                self.hide()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay in the middle."""
        super().resizeEvent(event)
        self._settle()

    @property
    def answer(self) -> str:
        """Return the sentence under the list."""
        return self.said.text()

    @property
    def offered(self) -> list[str]:
        """Return the lines under the bar."""
        return [self.rows.item(place).text() for place in range(self.rows.count())]

    def _pressed(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._enter()
        elif key in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}:
            self._complete()
        elif key == Qt.Key.Key_Up and (not self.line.text() or self._recalled >= 0):
            self._recall(1)
        elif key == Qt.Key.Key_Down and self._recalled >= 0:
            self._recall(-1)
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self._move(1 if key == Qt.Key.Key_Down else -1)
        else:
            return False
        return True

    def _move(self, step: int) -> None:
        count = self.rows.count()
        if count:
            self.rows.setCurrentRow((self.rows.currentRow() + step) % count)

    def _recall(self, step: int) -> None:
        if not self.history:
            return
        self._recalled = max(-1, min(len(self.history) - 1, self._recalled + step))
        self.line.setText(self.history[self._recalled] if self._recalled >= 0 else "")
        self._refresh()

    def _edited(self) -> None:
        self._recalled = -1
        self._say("")
        self._refresh()

    def _refresh_if_open(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        self._generation += 1
        self.rows.clear()
        text = self.line.text()
        found = self._registry.typed(text, self.window())
        if found is not None and found[0].order is not None and (text.endswith(" ") or found[1].prefix):
            self._offer_values(*found)
        else:
            self._offer_commands(text)
        if text.strip() and found is None:
            generation = self._generation
            for search in self._searchers:
                search(text.strip(), lambda candidates: self._offer_found(generation, candidates))
        self._settle()

    def _offer_values(self, command: Command, typed: Typed) -> None:
        self._say(usage(typed.verb, typed.arguments))
        argument = typed.current
        if argument is None or argument.complete is None:
            return
        generation = self._generation

        def give(candidates: Sequence[Candidate]) -> None:
            if generation != self._generation:
                return
            for candidate in candidates:
                row = _Row(candidate.label or candidate.text, candidate.hint, command.icon)
                row.completion = completed(typed, candidate.text)
                self.rows.addItem(row)
            self._settle()

        argument.complete(typed.prefix, give)

    def _offer_commands(self, text: str) -> None:
        for command in self._registry.find(text, self.window())[:SHOWN]:
            hint = self._registry.key_of(command) or (command.words[0] if command.words else "")
            row = _Row(tr(command.title), hint, command.icon, command)
            if command.order is not None:
                row.completion = f"{command.words[0]} "
            self.rows.addItem(row)
        if self.rows.count() and text.strip():
            self.rows.setCurrentRow(0)

    def _offer_found(self, generation: int, candidates: Sequence[Candidate]) -> None:
        if generation != self._generation:
            return
        for candidate in candidates:
            row = _Row(candidate.label or candidate.text, candidate.hint, "magnifying-glass")
            row.candidate = candidate
            self.rows.addItem(row)
        if self.rows.currentRow() < 0 and self.rows.count():
            self.rows.setCurrentRow(0)
        self._settle()

    def _complete(self) -> None:
        row = self.rows.item(max(0, self.rows.currentRow()))
        if isinstance(row, _Row):
            text = row.completion or (row.candidate.text if row.candidate else "")
            if not text and row.command is not None:
                text = row.command.words[0] if row.command.words else row.text()
            self.line.setText(text)
            self._edited()

    def _enter(self) -> None:
        row = self.rows.currentItem()
        text = self.line.text().strip()
        found = self._registry.typed(text, self.window())
        if isinstance(row, _Row) and row.completion and row.command is None:
            found = self._registry.typed(row.completion.strip(), self.window())
            if found is not None and what_is_missing(found[1]):
                self._complete()
                return
            text = row.completion.strip()
        if found is not None and (found[0].order is None or found[1].prefix or not found[1].arguments):
            self._give(*found, text)
        elif isinstance(row, _Row):
            self._take(row)
        elif found is not None:
            self._give(*found, text)
        elif text:
            self._say(
                tr(N_("No hay una orden ni un resultado para «{text}». F1 muestra las órdenes."), text=text),
                "error",
            )

    def _take(self, item: QListWidgetItem) -> None:
        if not isinstance(item, _Row):
            return
        if item.candidate is not None and item.candidate.run is not None:
            self._remember(self.line.text().strip())
            self.leave()
            item.candidate.run()
        elif item.completion or item.candidate is not None:
            self.rows.setCurrentItem(item)
            self._complete()
            self.line.setFocus()
        elif item.command is not None:
            self._run(item.command, item.command.words[0] if item.command.words else item.text())

    def _give(self, command: Command, typed: Typed, text: str) -> None:
        if command.order is None:
            self._run(command, text)
            return
        if missing := what_is_missing(typed):
            self._say(missing, "error")
            return
        self._remember(text)
        values = tuple(value.strip() for value in typed.values)
        command.order.run(Call(values, self._answered, lambda said: self._say(said, "error")))

    def _run(self, command: Command, text: str) -> None:
        self._remember(text)
        self.leave()
        self._registry.run(command)

    def _answered(self, text: str) -> None:
        if self.isVisible():
            self.line.clear()
            self._refresh()
        self._say(text)

    def _say(self, text: str, role: str = "small") -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))
        restyle(self.said, "role", role)
        if text:
            announce(self, text)
        self._settle()

    def _remember(self, text: str) -> None:
        if not text:
            return
        self.history = [text, *(old for old in self.history if old != text)][:HISTORY]
        self._memory.put(self._key, json.dumps(self.history, ensure_ascii=False))

    def _remembered(self) -> list[str]:
        try:
            return [str(text) for text in json.loads(self._memory.get(self._key) or "[]")]
        except (ValueError, TypeError):
            return []

    def _settle(self) -> None:
        window = self.parentWidget()
        if window is None:
            return
        count = min(self.rows.count(), SHOWN)
        self.rows.setVisible(count > 0)
        self.rows.setFixedHeight(count * (SIZES.row_touch - SIZES.space_1) + SIZES.space_1)
        width = min(_WIDTH, window.width() - 2 * SIZES.space_4)
        self.setFixedWidth(width)
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.setFixedHeight(
                layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else self.sizeHint().height()
            )
        self.move((window.width() - width) // 2, SIZES.space_2)
