"""The document on the page before it is printed or kept: its pages as pictures, read and enlarged by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.core.i18n import N_, tr
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button, icon_button
from desktop.views.widgets.empty import EmptyState
from desktop.views.widgets.text import label

if TYPE_CHECKING:
    from desktop.views.icons import Icons

_ZOOMS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
"""Of the width of the pane."""
_WHOLE = 1.0
_EMPTY, _WAITING, _SHOWN = range(3)


class Preview(QWidget):
    """One page at a time. `left` when the person goes back to the questions, `stopped` when they stop the wait."""

    left = Signal()
    stopped = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages: tuple[bytes, ...] = ()
        self._at = 0
        self._zoom = _WHOLE
        self._picture = QPixmap()
        self._paper = QLabel()
        self._paper.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.pane = QScrollArea()
        self.pane.setWidget(self._paper)
        self.pane.setWidgetResizable(True)
        self.pane.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.pane.setAccessibleName(tr(N_("Vista previa del documento")))
        self.pane.setProperty("part", "lines")
        self.pane.installEventFilter(self)
        self.remark = label("", "strong", wraps=True)
        self.number = label("", "muted")
        self._scale = label("", "muted")
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState(
                icons,
                "file-text",
                tr(N_("Vista previa")),
                tr(N_("Enter en los datos muestra aquí el documento, antes de guardarlo o imprimirlo.")),
            )
        )
        self._stack.addWidget(self._build_waiting())
        self._stack.addWidget(self._build_shown(icons))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is neither a document nor one on its way."""
        return self._stack.currentIndex() == _EMPTY

    @property
    def page_count(self) -> int:
        """Return how many pages the document on screen has."""
        return len(self._pages)

    @property
    def zoom(self) -> float:
        """Return the width of a page in widths of the pane."""
        return self._zoom

    @property
    def shown_width(self) -> int:
        """Return how wide the page is drawn, in pixels of the screen."""
        return self._paper.pixmap().width()

    def clear(self) -> None:
        """Show no document."""
        self._pages = ()
        self._stack.setCurrentIndex(_EMPTY)

    def wait(self) -> None:
        """Say that the document is being made."""
        self._stack.setCurrentIndex(_WAITING)

    def show_pages(self, pages: tuple[bytes, ...], remark: str = "") -> None:
        """Show the first of `pages`, which are PNG; `remark` stands above in words."""
        self._pages = pages
        self.remark.setText(remark)
        self.remark.setVisible(bool(remark))
        self._stack.setCurrentIndex(_SHOWN)
        self.go_to_page(0)

    def go_to_page(self, place: int) -> None:
        """Show another page, from its top."""
        if not self._pages:
            return
        self._at = min(max(place, 0), len(self._pages) - 1)
        self._picture = QPixmap()
        self._picture.loadFromData(self._pages[self._at])
        words = tr(N_("Página {number} de {count}"), number=self._at + 1, count=len(self._pages))
        self.number.setText(words)
        self.pane.setAccessibleDescription(words)
        self._draw()
        self.pane.verticalScrollBar().setValue(0)

    def turn(self, step: int) -> None:
        """Read on: down the page, then the next one; or back."""
        bar = self.pane.verticalScrollBar()
        before = bar.value()
        bar.setValue(before + step * bar.pageStep())
        if bar.value() == before and 0 <= self._at + step < len(self._pages):
            self.go_to_page(self._at + step)
            if step < 0:
                bar.setValue(bar.maximum())

    def enlarge(self, step: int) -> None:
        """Take the next zoom, up or down; 0 fits the width."""
        place = _ZOOMS.index(self._zoom)
        self._zoom = _WHOLE if step == 0 else _ZOOMS[min(max(place + step, 0), len(_ZOOMS) - 1)]
        self._draw()

    def _draw(self) -> None:
        self._scale.setText(f"{round(self._zoom * 100)} %")
        if self._picture.isNull():
            return
        room = self.pane.viewport().width() - 2
        ratio = self.devicePixelRatioF()
        width = max(1, round(room * self._zoom * ratio))
        shown = self._picture.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        shown.setDevicePixelRatio(ratio)
        self._paper.setPixmap(shown)

    def _build_waiting(self) -> QWidget:
        made = QWidget()
        words = label(tr(N_("Preparando la vista previa…")), "muted")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stop = button(tr(N_("Cancelar")), "plain", self.stopped.emit, tr(N_("Dejar de preparar (Esc)")))
        layout = QVBoxLayout(made)
        layout.setSpacing(SIZES.space_3)
        layout.addStretch(1)
        layout.addWidget(words)
        layout.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        self.stop.installEventFilter(self)
        return made

    def _build_shown(self, icons: Icons) -> QWidget:
        made = QWidget()
        bar = QHBoxLayout()
        bar.setSpacing(SIZES.space_1)
        bar.addWidget(
            icon_button(
                icons,
                "caret-left",
                tr(N_("Página anterior")),
                tr(N_("Re Pág")),
                lambda: self.go_to_page(self._at - 1),
            )
        )
        bar.addWidget(self.number)
        bar.addWidget(
            icon_button(
                icons,
                "caret-right",
                tr(N_("Página siguiente")),
                tr(N_("Av Pág")),
                lambda: self.go_to_page(self._at + 1),
            )
        )
        bar.addStretch(1)
        for icon, name, key, step in (
            ("magnifying-glass-minus", N_("Alejar"), "Ctrl+-", -1),
            ("magnifying-glass-plus", N_("Acercar"), "Ctrl++", 1),
            ("arrows-out-line-horizontal", N_("Ajustar al ancho"), "Ctrl+0", 0),
        ):
            bar.addWidget(icon_button(icons, icon, tr(name), key, self._enlarger(step)))
        bar.addWidget(self._scale)
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_2)
        layout.addLayout(bar)
        layout.addWidget(self.remark)
        layout.addWidget(self.pane, 1)
        layout.addWidget(
            label(
                tr(N_("Av Pág y Re Pág leen · Ctrl++ y Ctrl+- acercan y alejan · Esc vuelve")),
                "small",
                wraps=True,
            )
        )
        return made

    def _enlarger(self, step: int) -> Callable[[], None]:
        return lambda: self.enlarge(step)

    def sizeHint(self) -> QSize:
        """Ask for the width of a readable page."""
        return QSize(460, 520)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the page as wide as the zoom says."""
        super().resizeEvent(event)
        self._draw()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Read and enlarge by keyboard; Esc leaves, or stops the wait."""
        if event.type() == QEvent.Type.Resize and watched is self.pane:
            self._draw()
        if event.type() not in {QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride} or not isinstance(
            event, QKeyEvent
        ):
            return False
        run = self._key(watched, event)
        if run is None:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        else:
            run()
        return True

    def _key(self, watched: QObject, event: QKeyEvent) -> Callable[[], None] | None:
        key = event.key()
        if watched is self.stop:
            return self.stopped.emit if key == Qt.Key.Key_Escape else None
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1, Qt.Key.Key_0: 0}
            return self._enlarger(steps[Qt.Key(key)]) if key in steps else None
        return {
            Qt.Key.Key_PageDown: lambda: self.turn(1),
            Qt.Key.Key_PageUp: lambda: self.turn(-1),
            Qt.Key.Key_Home: lambda: self.go_to_page(0),
            Qt.Key.Key_End: lambda: self.go_to_page(len(self._pages) - 1),
            Qt.Key.Key_Escape: self.left.emit,
        }.get(Qt.Key(key))
