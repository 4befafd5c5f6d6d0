"""Things that were looked at: a mark and a word for the state, what was found, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.core.i18n import N_, tr
from desktop.operations.self_check import Health, Line
from desktop.views.tasks import Progress
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import line
from desktop.views.widgets.marks import Mark, Shape
from desktop.views.widgets.text import label

_UNKNOWN: tuple[Shape, str] = ("ring", "text_muted")
HEALTH_MARKS: dict[Health, tuple[Shape, str]] = {
    Health.GOOD: ("disc", "success"),
    Health.WARNING: ("triangle", "warning"),
    Health.BAD: ("cross", "danger"),
}


def reporting(progress: Progress) -> Callable[[int, int, str], None]:
    """Return what an operation calls on its way: it shows how far it is, and leaves when the person asked to stop."""

    def report(done: int, whole: int, text: str) -> None:
        progress.check()
        progress.report(done, whole, text)

    return report


def put_out(page: QWidget, pressed: QPushButton) -> Callable[[], None]:
    """Put a button out while its work runs; what is returned lights it again, with the keyboard if it had it."""
    had_focus = pressed.hasFocus()
    pressed.setEnabled(False)

    def give_back() -> None:
        if isValid(page):
            pressed.setEnabled(True)
            if had_focus:
                pressed.setFocus()

    return give_back


class HealthWord(QWidget):
    """A mark and the words beside it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mark = Mark(theme, *_UNKNOWN, "")
        self.words = label("", "strong", wraps=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SIZES.space_2)
        row.addWidget(self.mark)
        row.addWidget(self.words, 1)

    def say(self, health: Health | None, words: str) -> None:
        """Show a state; None when nobody knows."""
        shape, token = _UNKNOWN if health is None else HEALTH_MARKS[health]
        self.mark.show_state(shape, token, tr(N_("Sin comprobar")) if health is None else tr(health.label))
        self.words.setText(words)

    def text(self) -> str:
        """Return the words."""
        return self.words.text()


class LineList(QScrollArea):
    """Lines below each other; arrows scroll."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.lines: tuple[Line, ...] = ()
        self.setAccessibleName(name)
        self.setProperty("part", "lines")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_lines(self, lines: Iterable[Line]) -> None:
        """Show them in place of those before."""
        self.lines = tuple(lines)
        self.setAccessibleDescription("\n".join(_spoken(found) for found in self.lines))
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, SIZES.space_2, SIZES.space_2, SIZES.space_2)
        rows.setSpacing(SIZES.space_2)
        for place, found in enumerate(self.lines):
            if place:
                rows.addWidget(line())
            rows.addWidget(self._row(found))
        rows.addStretch(1)
        self.setWidget(page)

    def _row(self, found: Line) -> QWidget:
        made = QWidget()
        made.setAccessibleName(_spoken(found))
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SIZES.space_3)
        shape, token = HEALTH_MARKS[found.health]
        row.addWidget(Mark(self._theme, shape, token, tr(found.health.label)), 0, Qt.AlignmentFlag.AlignTop)
        word = label(tr(found.health.label), "small")
        word.setMinimumWidth(word.fontMetrics().horizontalAdvance(tr(Health.WARNING.label)) + SIZES.space_2)
        row.addWidget(word, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(SIZES.space_1)
        words.addWidget(label(found.title, "strong", wraps=True))
        words.addWidget(label(found.found, wraps=True))
        if found.mend:
            words.addWidget(label(found.mend, "muted", wraps=True))
        row.addLayout(words, 1)
        return made


def _spoken(found: Line) -> str:
    text = tr(
        N_("{title}: {state}. {found}."),
        title=found.title,
        state=tr(found.health.label),
        found=found.found.rstrip("."),
    )
    return f"{text} {found.mend}".strip()
