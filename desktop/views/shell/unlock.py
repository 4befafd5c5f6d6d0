"""Opening the station's data with its passphrase, where the system keeps no keys."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.views.shell.sign_in import Entrance
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import Form, PasswordEdit, button
from desktop.views.widgets.text import label


class UnlockWindow(Entrance):
    """Asks for the passphrase, or for the recovery code, and says what it is for.

    A code that was copied from paper is seen while it is typed and stays when it is refused; a phrase is neither.
    """

    submitted = Signal(str)
    other_way_asked = Signal()
    """The person wants the recovery code in place of the phrase, or back."""

    def __init__(
        self,
        theme: Theme,
        municipality: str = "",
        *,
        by_recovery_code: bool = False,
        has_passphrase: bool = True,
        is_exercise: bool = False,
    ) -> None:
        super().__init__(theme, municipality)
        self.setWindowTitle(tr(N_("Atalaya · Abrir los datos")))
        if is_exercise:
            self.mark_exercise()
        self._by_recovery_code = by_recovery_code
        self.passphrase = PasswordEdit()
        if by_recovery_code:
            self.passphrase.show_plainly()
        self.form = Form()
        title = N_("Código de recuperación") if by_recovery_code else N_("Frase de paso")
        self.form.add("passphrase", tr(title), self.passphrase)
        self.form.end()
        self.go = button(tr(N_("Abrir los datos")), "primary", self._submit)
        self.passphrase.input.returnPressed.connect(self._submit)
        card = QWidget()
        card.setFixedWidth(380)
        rows = QVBoxLayout(card)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SIZES.space_4)
        rows.addWidget(label(tr(N_("Abrir los datos de esta estación")), "title", wraps=True))
        if not by_recovery_code:
            why = N_("Los datos están cifrados. Escriba la frase de paso que se fijó para esta estación.")
        elif has_passphrase:
            why = N_(
                "Escriba el código de recuperación que guarda la municipalidad. Una vez adentro, cambie la frase de "
                "paso en «Llave de los datos»."
            )
        else:
            why = N_(
                "El llavero de este equipo no entrega la llave de los datos. Desbloquéelo y abra Atalaya otra vez, o "
                "escriba el código de recuperación que guarda la municipalidad."
            )
        rows.addWidget(label(tr(why), "muted", wraps=True))
        rows.addWidget(self.form)
        rows.addWidget(self.go)
        words = N_("Usar la frase de paso") if by_recovery_code else N_("Usar el código de recuperación")
        self.other_way = button(tr(words), "link", self.other_way_asked.emit)
        rows.addWidget(self.other_way)
        self.other_way.setVisible(has_passphrase)
        self.place.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        self.passphrase.setFocus()

    def refuse(self, error: AtalayaError) -> None:
        """Say why not."""
        self.go.setEnabled(True)
        if not self._by_recovery_code:
            self.passphrase.clear()
        self.passphrase.setFocus()
        self.form.show_error(error)

    def _submit(self) -> None:
        self.form.clear_errors()
        if not self.passphrase.text():
            self.form.fields["passphrase"].show_error(tr(N_("Escríbalo para abrir los datos.")))
        elif self.go.isEnabled():
            self.go.setEnabled(False)
            self.submitted.emit(self.passphrase.text())
