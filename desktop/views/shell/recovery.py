"""The recovery code, shown once after set-up: it belongs on paper, in the municipality's safe."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from desktop.core.i18n import N_, tr
from desktop.views.shell.sign_in import Entrance
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import button
from desktop.views.widgets.text import label


class RecoveryWindow(Entrance):
    """Goes on only after the person says that it was written down."""

    finished = Signal()

    def __init__(self, theme: Theme, municipality: str, code: str) -> None:
        super().__init__(theme, municipality)
        self.code = QLineEdit(code)
        self.code.setReadOnly(True)
        self.code.setAccessibleName(tr(N_("Código de recuperación")))
        self.kept = QCheckBox(tr(N_("Ya lo anoté en papel y lo guardaré en un lugar seguro")))
        self.go = button(tr(N_("Continuar")), "primary", self.finished.emit)
        self.go.setEnabled(False)
        self.kept.toggled.connect(self.go.setEnabled)
        card = QWidget()
        card.setFixedWidth(460)
        rows = QVBoxLayout(card)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SIZES.space_4)
        rows.addWidget(label(tr(N_("Anote el código de recuperación")), "title", wraps=True))
        why = tr(
            N_(
                "Si el llavero de este equipo se pierde o se olvida la frase de paso, este código es la única forma "
                "de abrir los datos. Se muestra una sola vez y no queda guardado en el equipo."
            )
        )
        rows.addWidget(label(why, "muted", wraps=True))
        rows.addWidget(self.code)
        rows.addWidget(self.kept)
        rows.addWidget(self.go)
        self.place.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        self.kept.setFocus()
