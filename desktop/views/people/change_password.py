"""Somebody who was given a password changes it before anything else."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.views.shell.sign_in import Entrance
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import Form, PasswordEdit, button
from desktop.views.widgets.text import label


class ChangePasswordWindow(Entrance):
    """Asks for the new password twice; the one that was typed to sign in is known."""

    submitted = Signal(str)

    def __init__(self, theme: Theme, municipality: str) -> None:
        super().__init__(theme, municipality)
        self.setWindowTitle(tr(N_("Atalaya · Cambiar la contraseña")))
        self.password, self.again = PasswordEdit(), PasswordEdit()
        self.form = Form()
        self.form.add("password", tr(N_("Nueva contraseña")), self.password, tr(N_("Al menos 10 caracteres")))
        self.form.add("again", tr(N_("Otra vez")), self.again)
        self.form.end()
        self.go = button(tr(N_("Cambiar y entrar")), "primary", self._submit)
        self.password.input.returnPressed.connect(self.again.input.setFocus)
        self.again.input.returnPressed.connect(self._submit)
        card = QWidget()
        card.setFixedWidth(380)
        rows = QVBoxLayout(card)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SIZES.space_4)
        rows.addWidget(label(tr(N_("Elija su contraseña")), "title", wraps=True))
        why = tr(N_("La que usó se la dio otra persona. Desde ahora solo usted conocerá la suya."))
        rows.addWidget(label(why, "muted", wraps=True))
        rows.addWidget(self.form)
        rows.addWidget(self.go)
        self.place.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        self.password.setFocus()

    def refuse(self, error: AtalayaError) -> None:
        """Say beside its field what is wrong."""
        self.go.setEnabled(True)
        self.form.show_error(error)

    def _submit(self) -> None:
        self.form.clear_errors()
        if self.password.text() != self.again.text():
            self.form.fields["again"].show_error(tr(N_("No son iguales.")))
        elif self.go.isEnabled():
            self.go.setEnabled(False)
            self.submitted.emit(self.password.text())
