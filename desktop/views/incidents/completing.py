"""Lines with proposals below them: a street of the local index, a type of the catalogue."""

from collections.abc import Iterable, Mapping
from typing import cast

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QLineEdit, QWidget

from desktop.operations.incidents.values import StreetMatch, TypeGuess
from desktop.views.orders import folded

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_CONTROL = Qt.KeyboardModifier.ControlModifier


class CompletingLine(QLineEdit):
    """A line with proposals. While they are shown, Enter on none of them is the line's own Enter, and so is Ctrl+Enter.

    Qt's completer only hides its list on such a key, which costs whoever types a second one.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = QStringListModel(self)
        self._list = QCompleter(self._names, self)
        self.setCompleter(self._list)
        self.popup = cast(QAbstractItemView, self._list.popup())
        self.popup.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the line the keys that are not about a proposal."""
        if (
            event.type() != QEvent.Type.KeyPress
            or not isinstance(event, QKeyEvent)
            or event.key() not in _ENTER
        ):
            return False
        if self.popup.currentIndex().isValid() and not event.modifiers() & _CONTROL:
            return False
        self.popup.hide()
        again = QKeyEvent(QEvent.Type.KeyPress, event.key(), event.modifiers(), event.text())
        QCoreApplication.sendEvent(self, again)
        return True


class StreetField(CompletingLine):
    """An address; one of the local index brings its sector and its point."""

    taken = Signal()
    """A proposal was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._matches: dict[str, StreetMatch] = {}
        self._list.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._list.activated.connect(self.taken)

    def offer(self, streets: Iterable[StreetMatch]) -> None:
        """Propose these streets while the line has the keyboard and holds none of them."""
        self.remember(*streets)
        addresses = [street.address for street in streets]
        self._names.setStringList(addresses)
        if self.hasFocus() and addresses and self.match() is None:
            self._list.complete()

    def remember(self, *streets: StreetMatch) -> None:
        """Know what these addresses stand for."""
        self._matches |= {street.address: street for street in streets}

    def forget(self) -> None:
        """Know no address any more."""
        self._matches.clear()
        self._names.setStringList([])

    def match(self) -> StreetMatch | None:
        """Return the street that the line holds, if the index proposed it."""
        return self._matches.get(self.text().strip())


class TypeField(CompletingLine):
    """A type by code, by title or as `code title`; what a person wrote is never replaced by a proposal."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.codes: dict[str, str] = {}
        self.is_manual = False
        self._list.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._list.setFilterMode(Qt.MatchFlag.MatchContains)
        self.textEdited.connect(self._choose)
        self._list.activated.connect(self._choose)

    def use_types(self, codes: Mapping[str, str]) -> None:
        """Complete types from these titles by code."""
        self.codes = dict(codes)
        self._names.setStringList([f"{code} {title}" for code, title in codes.items()])

    def code(self) -> str | None:
        """Return the code of the type that the line holds."""
        return code_of(self.text().strip(), self.codes)

    def propose(self, guess: TypeGuess) -> bool:
        """Hold a proposed type, unless a person chose one or is about to; tell whether it does."""
        if self.is_manual or self.hasFocus():
            return False
        self.setText(f"{guess.code} {guess.title}")
        self.setCursorPosition(0)
        return True

    def _choose(self, text: str) -> None:
        self.is_manual = bool(text.strip())
        self.chosen.emit()


def code_of(text: str, codes: Mapping[str, str]) -> str | None:
    """Return the code of a type given by code, by title or as `code title`."""
    if not text:
        return None
    first = text.split(" ", 1)[0].upper()
    if first in codes:
        return first
    wanted = folded(text)
    return next((code for code, title in codes.items() if folded(title) == wanted), None)
