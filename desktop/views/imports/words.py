"""What foreign words mean: each value of the columns with closed lists, and ours for it."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.i18n import N_, plural, tr
from desktop.operations.imports.mapping import FIELDS, fold_word
from desktop.operations.imports.survey import ForeignWord, Vocabulary
from desktop.views.theme import SIZES
from desktop.views.widgets.text import label

_WORD = Qt.ItemDataRole.UserRole
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class WordsPart(QWidget):
    """A list of words, those that nothing understands first; Enter goes to the meaning and from there to the next.

    `changed` follows each meaning that is chosen; `values` holds them as a mapping does.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: dict[str, dict[str, str]] = {}
        self._ours: Mapping[str, tuple[tuple[str, str], ...]] = {}
        self.said = label("", "muted", wraps=True)
        self.meaning = QComboBox()
        self.meaning.setAccessibleName(tr(N_("Equivale a")))
        self.meaning.activated.connect(self._choose)
        self.meaning.installEventFilter(self)
        self.words = QListWidget()
        self.words.setProperty("part", "notes")
        self.words.setAccessibleName(tr(N_("Palabras del archivo")))
        self.words.currentItemChanged.connect(self._show_meaning)
        self.words.itemActivated.connect(lambda _: self.meaning.setFocus())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_2)
        layout.addWidget(self.said)
        layout.addWidget(self.words, 1)
        layout.addWidget(label(tr(N_("Equivale a")), "strong"))
        layout.addWidget(self.meaning)
        layout.addWidget(
            label(
                tr(N_("Enter va de la palabra a su equivalencia y de ahí a la siguiente.")),
                "small",
                wraps=True,
            )
        )
        self._show_meaning()

    def show_vocabulary(self, found: Vocabulary) -> None:
        """Show the words of a file; the person stays on the word where they were."""
        self._ours = found.ours
        here = self._current()
        self.words.blockSignals(True)  # the meaning is shown once, below
        self.words.clear()
        for word in found.words:
            item = QListWidgetItem(self._text(word))
            item.setData(_WORD, word)
            self.words.addItem(item)
            if here is not None and (word.field, word.word) == (here.field, here.word):
                self.words.setCurrentItem(item)
        if self.words.currentRow() < 0 and found.words:
            self.words.setCurrentRow(0)
        self.words.blockSignals(False)
        unknown = sum(word.becomes is None for word in found.words)
        self.said.setText(self._summary(len(found.words), unknown))
        self._show_meaning()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go from a meaning to the next word with Enter."""
        if (
            watched is self.meaning
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in _ENTER
        ):
            self._choose(self.meaning.currentIndex())
            self.words.setFocus()
            self.words.setCurrentRow(min(self.words.currentRow() + 1, self.words.count() - 1))
            return True
        return False

    def _current(self) -> ForeignWord | None:
        item = self.words.currentItem() if self.words.currentRow() >= 0 else None
        return item.data(_WORD) if item is not None else None

    def _show_meaning(self, *_: object) -> None:
        word = self._current()
        self.meaning.setEnabled(word is not None)
        self.meaning.clear()
        if word is None:
            return
        self.meaning.addItem(tr(N_("— sin equivalencia —")), "")
        for code, title in self._ours.get(word.field, ()):
            self.meaning.addItem(f"{code} {title}" if word.field == "type" else title, code)
        code = word.becomes.code if word.becomes is not None else ""
        self.meaning.setCurrentIndex(max(0, self.meaning.findData(code)))

    def _choose(self, place: int) -> None:
        word = self._current()
        if word is None:
            return
        code = str(self.meaning.itemData(place) or "")
        known = self.values.setdefault(word.field, {})
        for foreign in [other for other in known if fold_word(other) == fold_word(word.word)]:
            del known[foreign]
        if code:
            known[word.word] = code
        self.values = {field: words for field, words in self.values.items() if words}
        self.changed.emit()

    def _text(self, word: ForeignWord) -> str:
        titles = dict(self._ours.get(word.field, ()))
        if word.becomes is None:
            meaning = tr(N_("sin equivalencia"))
        elif word.field == "type":
            meaning = f"{word.becomes.code} {titles.get(word.becomes.code, '')}".strip()
        else:
            meaning = titles.get(word.becomes.code, word.becomes.code)
        if word.becomes is not None and word.becomes.is_guess:
            meaning = tr(N_("{meaning} (por parecido)"), meaning=meaning)
        rows = plural(N_("{shown} fila"), N_("{shown} filas"), word.count, shown=formats.number(word.count))
        head = tr(
            N_("{field}: {word} → {meaning}"),
            field=tr(FIELDS[word.field][0]),
            word=word.word,
            meaning=meaning,
        )
        return f"{head}\n{rows}"

    def _summary(self, whole: int, unknown: int) -> str:
        if not whole:
            return tr(N_("Ninguna columna elegida trae palabras de una lista cerrada."))
        if not unknown:
            return tr(N_("Todas las palabras del archivo tienen equivalencia."))
        return tr(
            N_("{unknown} de {whole} palabras no tienen equivalencia; están primero."),
            unknown=unknown,
            whole=whole,
        )
