"""A small sheet over the page: type to narrow, Enter to take, Esc to leave. One for every quick choice.

The first option is the one to take when nothing is typed, so that the usual answer costs two keys.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.core.i18n import N_, tr
from desktop.operations.context import ReadContext
from desktop.views.orders import folded
from desktop.views.tasks import Tasks
from desktop.views.theme import SIZES
from desktop.views.widgets.text import label

T = TypeVar("T")
_WIDTH = 520
_VISIBLE_ROWS = 10
_VALUE = Qt.ItemDataRole.UserRole
_SEARCHED = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose; `digit` takes it at once while nothing is typed."""

    value: Any
    text: str
    hint: str = ""
    digit: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, and what was written beside it."""

    values: tuple[Any, ...]
    note: str


class Chooser(QFrame):
    """The sheet. It deletes itself when it closes; `taken` carries a `Choice`.

    With `waiting` it opens before its options are known: keys go into its inputs, and Enter takes nothing until `fill`.
    """

    taken = Signal(object)

    def __init__(
        self,
        window: QWidget,
        title: str,
        options: Sequence[Option],
        *,
        hint: str = "",
        note_title: str = "",
        note_is_required: bool = False,
        takes_several: bool = False,
        waiting: str = "",
    ) -> None:
        super().__init__(window)
        self.setProperty("surface", "popup")
        self.setAccessibleName(title)
        self._note_is_required = note_is_required
        self._takes_several = takes_several
        self._options = tuple(options)
        self._instead = waiting
        self._is_waiting = bool(waiting)
        self._has_list = bool(options) or self._is_waiting
        self._is_leaving = False
        self._window = window
        self._before = _origin(window)
        self._build(title, hint, note_title)
        self._fill("")
        self._place()
        self.show()
        self.raise_()
        (self.filter if self._has_list else self.note).setFocus()
        _application().focusObjectChanged.connect(self._focus_moved)

    def _build(self, title: str, hint: str, note_title: str) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_4, SIZES.space_4, SIZES.space_4, SIZES.space_4)
        layout.setSpacing(SIZES.space_2)
        layout.addWidget(label(title, "strong"))
        if hint:
            layout.addWidget(label(hint, "muted", wraps=True))
        self.filter = QLineEdit()
        self.filter.setAccessibleName(title)
        self.filter.setPlaceholderText(tr(N_("Escriba para buscar")))
        self.filter.textEdited.connect(self._narrow)
        self.filter.installEventFilter(self)
        layout.addWidget(self.filter)
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        self.list.setProperty("part", "choices")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._clicked)
        layout.addWidget(self.list)
        self.note = QLineEdit()
        self.note.installEventFilter(self)
        self._below = label("", "error", wraps=True)
        self._below.hide()
        if note_title:
            self.note.setAccessibleName(note_title)
            self.note.setPlaceholderText(note_title)
            layout.addWidget(self.note)
        else:
            self.note.hide()
            self.note.setParent(None)
        layout.addWidget(self._below)
        if not self._has_list:
            self.filter.hide()
            self.list.hide()
        keys = tr(N_("Enter elige · Esc cierra"))
        if self._takes_several:
            keys = tr(N_("Espacio marca · Enter confirma · Esc cierra"))
        layout.addWidget(label(keys, "small"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Serve the keys of the sheet from either input."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._take()
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp}:
            self._move(key)
        elif (
            watched is self.filter
            and key == Qt.Key.Key_Space
            and self._takes_several
            and not self.filter.text()
        ):
            self._mark(self.list.currentItem())
        elif watched is self.filter and not self.filter.text() and self._by_digit(event.text()):
            pass
        else:
            return False
        return True

    def fill(self, options: Sequence[Option], instead: str = "") -> None:
        """Offer what was waited for, or say `instead` when there is nothing.

        What was typed meanwhile narrows it; a lone digit leads to its option and still takes nothing.
        """
        if self._is_leaving:
            return
        self._options, self._instead, self._is_waiting = tuple(options), instead, False
        typed = self.filter.text()
        rows = [
            row
            for row, option in enumerate(options)
            if option.digit is not None and str(option.digit) == typed
        ]
        if rows:
            self.filter.clear()
        self._fill(self.filter.text())
        self.list.setCurrentRow(rows[0] if rows else 0)
        self._place()

    def give_up(self) -> None:
        """Close when what was waited for did not come."""
        if self._is_waiting:
            self.leave()

    def leave(self) -> None:
        """Close without choosing; the keyboard goes back to where it was."""
        if self._is_leaving:
            return
        self._is_leaving = True
        if self._before is not None:
            before, self._before = self._before, None
            if isValid(before):
                before.setFocus()
        self.hide()
        self.deleteLater()

    @property
    def shown(self) -> list[str]:
        """Return the options that are offered now, as they are read."""
        return [self.list.item(row).text() for row in range(self.list.count())]

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop watching where the keyboard goes."""
        super().hideEvent(event)
        _application().focusObjectChanged.disconnect(self._focus_moved)

    def _focus_moved(self, to: QObject | None) -> None:
        """Leave when the person goes on with something else."""
        if not self._is_leaving and isinstance(to, QWidget) and not self.isAncestorOf(to):
            self._before = None
            self.leave()

    def _narrow(self, text: str) -> None:
        self._fill(text)

    def _fill(self, text: str) -> None:
        marked = {id(value) for value in self._marked()}
        words = folded(text).split()
        self.list.clear()
        for option in self._options:
            searched = folded(f"{option.text} {option.hint}")
            if all(word in searched for word in words):
                prefix = f"{option.digit}   " if option.digit is not None and not text else ""
                item = QListWidgetItem(
                    f"{prefix}{option.text}" + (f"   ·   {option.hint}" if option.hint else "")
                )
                item.setData(_VALUE, option.value)
                item.setData(_SEARCHED, searched)
                if self._takes_several:
                    is_marked = id(option.value) in marked
                    item.setCheckState(Qt.CheckState.Checked if is_marked else Qt.CheckState.Unchecked)
                self.list.addItem(item)
        if not self._options and self._instead:
            said = QListWidgetItem(self._instead)
            said.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(said)
        self.list.setCurrentRow(0)

    def _marked(self) -> list[Any]:
        items = (self.list.item(row) for row in range(self.list.count()))
        return [item.data(_VALUE) for item in items if item.checkState() == Qt.CheckState.Checked]

    def _mark(self, item: QListWidgetItem | None) -> None:
        if item is not None and self._options:
            is_checked = item.checkState() == Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if is_checked else Qt.CheckState.Checked)
            self.list.setCurrentRow(min(self.list.row(item) + 1, self.list.count() - 1))

    def _move(self, key: int) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _VISIBLE_ROWS}.get(
            Qt.Key(key), -_VISIBLE_ROWS
        )
        last = self.list.count() - 1
        self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + step)))

    def _by_digit(self, text: str) -> bool:
        if not text.isdigit():
            return False
        for option in self._options:
            if option.digit == int(text):
                self._finish((option.value,))
                return True
        return False

    def _clicked(self, item: QListWidgetItem) -> None:
        if self._takes_several:
            self._mark(item)
        else:
            self._take()

    def _take(self) -> None:
        if self._has_list and not self._options:
            return
        values: tuple[Any, ...] = tuple(self._marked()) if self._takes_several else ()
        if not values and self._options:
            if self.list.currentRow() < 0:
                self._say(tr(N_("Nada coincide con lo escrito.")))
                return
            values = (self.list.currentItem().data(_VALUE),)
        self._finish(values)

    def _finish(self, values: tuple[Any, ...]) -> None:
        note = self.note.text().strip()
        if self._note_is_required and not note:
            self._say(tr(N_("Falta: {field}"), field=self.note.placeholderText()))
            self.note.setFocus()
            return
        self.leave()
        self.taken.emit(Choice(values, note))

    def _say(self, text: str) -> None:
        self._below.setText(text)
        self._below.show()

    def _place(self) -> None:
        window = self._window
        rows = min(_VISIBLE_ROWS, max(1, len(self._options)))
        row = max(self.list.sizeHintForRow(0), 1)
        above = max(SIZES.top_bar, window.height() // 8)
        self.list.setFixedHeight(rows * row + SIZES.space_2)
        width = min(_WIDTH, window.width() - 2 * SIZES.space_4)
        self.setFixedWidth(width)
        self.adjustSize()
        excess = above + self.height() - (window.height() - SIZES.space_4)
        if self._has_list and excess > 0:
            rows = max(1, rows - -(-excess // row))
            self.list.setFixedHeight(rows * row + SIZES.space_2)
            self.adjustSize()
        self.move((window.width() - width) // 2, above)


def _application() -> QGuiApplication:
    found = QGuiApplication.instance()
    if not isinstance(found, QGuiApplication):
        raise RuntimeError("a sheet needs the application")
    return found


def _origin(window: QWidget) -> QWidget | None:
    """Return what has the keyboard; from a sheet that is open already, what had it before that one."""
    here = window.focusWidget()
    above: QWidget | None = here
    while above is not None:
        if isinstance(above, Chooser):
            return above._before
        above = above.parentWidget()
    return here


def ask(
    owner: QWidget,
    title: str,
    options: Sequence[Option],
    done: Callable[[Choice], None],
    **details: Any,
) -> Chooser:
    """Open a sheet over the window of `owner` and call `done` with what was chosen."""
    sheet = Chooser(owner.window(), title, options, **details)
    sheet.taken.connect(done)
    return sheet


def ask_among(
    owner: QWidget,
    tasks: Tasks,
    title: str,
    query: Callable[[ReadContext], T],
    offer: Callable[[T], Sequence[Option]],
    done: Callable[[Choice], None],
    *,
    waiting: str,
    empty: str,
    **details: Any,
) -> Chooser:
    """Open a sheet at once, saying `waiting`, and fill it with what `query` finds; `empty` is said for nothing."""
    sheet = ask(owner, title, (), done, waiting=waiting, **details)
    tasks.read(query, lambda found: sheet.fill(offer(found), empty), owner=sheet, settled=sheet.give_up)
    return sheet
