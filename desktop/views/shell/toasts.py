"""Toasts that pass, banners that stay, and the list behind the bell."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.core.clock import SANTIAGO, Clock
from desktop.core.i18n import N_, tr
from desktop.views.icons import Icons
from desktop.views.notices import NoticeAction, Tone
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button, icon_button, surface
from desktop.views.widgets.marks import Mark, Shape
from desktop.views.widgets.text import label

SECONDS: dict[Tone, int] = {"info": 6, "success": 6, "warning": 10, "danger": 12}
KEPT = 50
SHOWN = 4
WIDTH = 420
_SHAPES: dict[Tone, Shape] = {"info": "disc", "success": "disc", "warning": "triangle", "danger": "cross"}
_NAMES: dict[Tone, str] = {
    "info": N_("Aviso"),
    "success": N_("Hecho"),
    "warning": N_("Advertencia"),
    "danger": N_("Error"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A toast as the bell keeps it."""

    at: datetime
    text: str
    tone: Tone


def tone_mark(icons: Icons, tone: Tone) -> Mark:
    """Return the shape that says `tone` without its colour."""
    return Mark(icons.theme, _SHAPES[tone], tone, tr(_NAMES[tone]))


class _Toast(QFrame):
    """One passing message. It waits while the pointer or the keyboard is on it."""

    gone = Signal()

    def __init__(
        self, icons: Icons, text: str, tone: Tone, actions: list[NoticeAction], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setProperty("notice", tone)
        self.setAccessibleName(text)
        words = label(text, wraps=True)
        close = icon_button(icons, "x", tr(N_("Cerrar el aviso")), on_click=self.leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(SIZES.space_3, SIZES.space_2, SIZES.space_2, SIZES.space_2)
        row.setSpacing(SIZES.space_2)
        row.addWidget(tone_mark(icons, tone))
        row.addWidget(words, 1)
        for title, do in actions:
            row.addWidget(button(title, "link", partial(self._act, do)))
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self, singleShot=True, interval=SECONDS[tone] * 1000)
        self._timer.timeout.connect(self.leave)
        self._timer.start()

    def leave(self) -> None:
        """Go away."""
        self._timer.stop()
        self.gone.emit()
        self.deleteLater()

    def event(self, event: QEvent) -> bool:
        """Wait while somebody reads."""
        if event.type() == QEvent.Type.Enter:
            self._timer.stop()
        elif event.type() == QEvent.Type.Leave:
            self._timer.start()
        return super().event(event)

    def _act(self, do: Callable[[], None]) -> None:
        self.leave()
        do()


class Toasts(QWidget):
    """The stack of toasts at the upper middle of the page, below the command field.

    Buttons that save stand at the foot of a page and rows at its left; there a toast would come between the hand and
    the work. A new toast goes below the others, so none moves while it is read.
    """

    kept_changed = Signal(int)

    def __init__(self, icons: Icons, clock: Clock, page: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons = icons
        self._clock = clock
        self._page = page
        self._undo: Callable[[], None] | None = None
        self.kept: deque[Kept] = deque(maxlen=KEPT)
        self.unread = 0
        self._shown: list[_Toast] = []
        self._stack = QVBoxLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.setSpacing(SIZES.space_2)
        page.installEventFilter(self)
        self.hide()

    def say(
        self,
        text: str,
        tone: Tone = "info",
        undo: Callable[[], None] | None = None,
        action: NoticeAction | None = None,
    ) -> None:
        """Show `text`; the oldest toast leaves when there are too many."""
        actions = [action] if action is not None else []
        if undo is not None:
            actions.append((tr(N_("Deshacer")), self.undo))
            self._undo = undo
        toast = _Toast(self._icons, text, tone, actions, self)
        toast.gone.connect(lambda: self._drop(toast))
        self._shown.append(toast)
        self._stack.addWidget(toast)
        for old in self._shown[:-SHOWN]:
            old.leave()
        self.kept.appendleft(Kept(self._clock.now(), text, tone))
        if tone in {"warning", "danger"}:
            self.unread += 1
        self.kept_changed.emit(self.unread)
        self.show()
        self.raise_()
        toast.show()
        self._settle()
        announce(self, text, is_urgent=tone == "danger")

    def undo(self) -> None:
        """Take back the last thing that offered it, once."""
        undo, self._undo = self._undo, None
        if undo is not None:
            undo()

    @property
    def can_undo(self) -> bool:
        """Tell whether something can be taken back."""
        return self._undo is not None

    def mark_read(self) -> None:
        """Set the counter of the bell back."""
        self.unread = 0
        self.kept_changed.emit(0)

    def forget(self) -> None:
        """Drop everything, because another person sits down."""
        self._undo = None
        self.kept.clear()
        for toast in list(self._shown):
            toast.leave()
        self.mark_read()

    @property
    def texts(self) -> list[str]:
        """Return what is on screen, oldest first."""
        return [toast.accessibleName() for toast in self._shown]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle when the page changes its size or place."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Move} and watched is self._page:
            self._settle()
        return super().eventFilter(watched, event)

    def _drop(self, toast: _Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            self._stack.removeWidget(toast)
            toast.hide()
        if self._shown:
            QTimer.singleShot(0, self, self._settle)
        else:
            self.hide()

    def _settle(self) -> None:
        home = self.parentWidget()
        if not isValid(self) or home is None:
            return
        corner = self._page.mapTo(home, QPoint(0, 0))
        width = min(WIDTH, self._page.width() - 2 * SIZES.space_4)
        height = (
            self._stack.heightForWidth(width) if self._stack.hasHeightForWidth() else self.sizeHint().height()
        )
        left = corner.x() + (self._page.width() - width) // 2
        self.setGeometry(left, corner.y() + SIZES.space_3, width, height)


class Banners(QWidget):
    """What stays above the page until its cause is gone."""

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._held: dict[str, tuple[QFrame, str]] = {}
        self._stack = QVBoxLayout(self)
        self._stack.setContentsMargins(SIZES.space_4, SIZES.space_2, SIZES.space_4, 0)
        self._stack.setSpacing(SIZES.space_1)
        self.hide()

    def show_banner(self, key: str, text: str, tone: Tone, action: NoticeAction | None) -> None:
        """Show or replace the banner of `key`."""
        if key in self._held and self._held[key][1] == text:
            return
        self.clear(key)
        frame = QFrame()
        frame.setProperty("notice", tone)
        frame.setAccessibleName(text)
        row = QHBoxLayout(frame)
        row.setContentsMargins(SIZES.space_3, SIZES.space_2, SIZES.space_3, SIZES.space_2)
        row.setSpacing(SIZES.space_2)
        row.addWidget(tone_mark(self._icons, tone))
        row.addWidget(label(text, wraps=True), 1)
        if action is not None:
            row.addWidget(button(action[0], "plain", action[1]))
        self._held[key] = (frame, text)
        self._stack.addWidget(frame)
        self.show()
        announce(self, text, is_urgent=tone == "danger")

    def clear(self, key: str) -> None:
        """Take a banner away."""
        held = self._held.pop(key, None)
        if held is not None:
            self._stack.removeWidget(held[0])
            held[0].hide()
            held[0].deleteLater()
        self.setVisible(bool(self._held))

    @property
    def texts(self) -> dict[str, str]:
        """Return what is shown by key."""
        return {key: text for key, (_, text) in self._held.items()}


class BellList(QFrame):
    """The last toasts, for somebody who was looking elsewhere. It closes when the keyboard goes on."""

    closed = Signal()

    def __init__(self, icons: Icons, toasts: Toasts, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "popup")
        self.setAccessibleName(tr(N_("Avisos recientes")))
        self.setFixedWidth(WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SIZES.space_4, SIZES.space_4, SIZES.space_4, SIZES.space_4)
        rows.setSpacing(SIZES.space_3)
        rows.addWidget(label(tr(N_("Avisos recientes")), "strong"))
        for kept in list(toasts.kept)[:10]:
            rows.addWidget(self._row(icons, kept))
        if not toasts.kept:
            rows.addWidget(
                label(tr(N_("Aquí quedan los avisos de esta sesión. No hay ninguno.")), "muted", wraps=True)
            )

    def leave(self) -> None:
        """Close."""
        self.hide()
        self.closed.emit()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Close when somebody goes on working."""
        super().focusOutEvent(event)
        if self.isVisible():
            self.leave()

    @staticmethod
    def _row(icons: Icons, kept: Kept) -> QWidget:
        row = surface("popup")
        row.setProperty("surface", "")
        cells = QHBoxLayout(row)
        cells.setContentsMargins(0, 0, 0, 0)
        cells.setSpacing(SIZES.space_2)
        cells.addWidget(tone_mark(icons, kept.tone), 0, Qt.AlignmentFlag.AlignTop)
        cells.addWidget(label(kept.text, wraps=True), 1)
        cells.addWidget(label(f"{kept.at.astimezone(SANTIAGO):%H:%M}", "small"), 0, Qt.AlignmentFlag.AlignTop)
        return row


def announce(widget: QWidget, text: str, *, is_urgent: bool = False) -> None:
    """Let a screen reader say `text`, without moving the focus."""
    if not QAccessible.isActive():
        return
    event = QAccessibleAnnouncementEvent(widget, text)
    urgency = QAccessible.AnnouncementPoliteness
    event.setPoliteness(urgency.Assertive if is_urgent else urgency.Polite)
    QAccessible.updateAccessibility(event)
