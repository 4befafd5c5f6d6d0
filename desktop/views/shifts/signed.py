"""What is shown once both people have signed: where the act is, and the way back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.core.i18n import N_, tr
from desktop.views.icons import Icons
from desktop.views.shifts.earlier import ENTER
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button
from desktop.views.widgets.empty import EmptyState
from desktop.views.widgets.text import label


class SignedPanel(QWidget):
    """`open_asked` carries the file of the act; `left` goes back to the shift."""

    open_asked = Signal(object)
    left = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pdf: Path | None = None
        state = EmptyState(
            icons,
            "check",
            tr(N_("Turno entregado")),
            tr(N_("El acta lleva ambas firmas. Quien recibió ya puede abrir su sesión en este puesto.")),
        )
        state.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.file = label("", "muted", wraps=True)
        self.file.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.show_pdf = button(tr(N_("Abrir para imprimir")), "primary", self._open)
        self.show_pdf.installEventFilter(self)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.show_pdf)
        row.addWidget(button(tr(N_("Volver al turno")), "plain", self.left.emit))
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_12)
        layout.setSpacing(SIZES.space_3)
        layout.addStretch(2)
        layout.addWidget(state)
        layout.addWidget(self.file)
        layout.addLayout(row)
        layout.addStretch(3)

    def wait(self) -> None:
        """Say that the act is being made."""
        self._pdf = None
        self.file.setText(tr(N_("Preparando el acta…")))
        self.show_pdf.setEnabled(False)

    def show_file(self, path: Path) -> None:
        """Say where the act is, and offer to open it."""
        self._pdf = path
        self.file.setText(tr(N_("Acta guardada en {path}"), path=path))
        self.show_pdf.setEnabled(True)
        self.show_pdf.setFocus()

    def _open(self) -> None:
        if self._pdf is not None:
            self.open_asked.emit(self._pdf)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Enter presses the button that stands alone."""
        is_enter = (
            event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in ENTER
        )
        if is_enter:
            self._open()
        return is_enter
