"""Signing with a password, at the desk, over what is on screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop.core.errors import AtalayaError, FieldError, NotAllowed, UserError
from desktop.core.i18n import N_, tr
from desktop.operations.handover import PasswordProof
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Form, PasswordEdit, button
from desktop.views.widgets.text import label

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


Prove = Callable[[str, str], PasswordProof]
"""Checks a user name and a password without changing who sits at the desk; called off the interface's thread.

Raises `UserError` or `NotAllowed` when they do not match or when it is too early for another try.
"""


def proved(prove: Prove, username: str, password: str) -> PasswordProof:
    """Return the proof, with a refusal that belongs beside the password."""
    try:
        return prove(username, password)
    except (UserError, NotAllowed) as error:
        raise FieldError("password", error.message) from error


class SignBox(QWidget):
    """One signature: who, and the password. It turns into the line that says who signed and when."""

    signing = Signal(str, str)
    """User name and password."""

    def __init__(self, title: str, action: str, *, asks_user: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asks_user = asks_user
        self._title = label(title, "strong", wraps=True)
        self._said = label("", "muted", wraps=True)
        self.user = QLineEdit()
        self.password = PasswordEdit()
        self.form = Form()
        self.form.rows.setSpacing(SIZES.space_2)
        if asks_user:
            self.form.add("username", tr(N_("Usuario de quien recibe")), self.user)
        field = tr(N_("Contraseña de quien recibe")) if asks_user else tr(N_("Su contraseña"))
        self.form.add("password", field, self.password)
        self.form.end()
        self.sign = button(action, "primary", self.submit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_2)
        for part in (self._title, self._said, self.form):
            layout.addWidget(part)
        layout.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignLeft)
        for editor in (self.user, self.password.input):
            editor.installEventFilter(self)

    def ask(self, said: str = "", user: str = "") -> None:
        """Wait for the signature of the person; without `user` it is asked, where it may be."""
        self.say(said)
        self.password.clear()
        if user:
            self.user.setText(user)
        self.form.setVisible(True)
        self.sign.setVisible(True)
        self.sign.setEnabled(True)
        self.setEnabled(True)

    def wait(self, said: str) -> None:
        """Stand by: it is not this person's turn."""
        self.say(said)
        self.form.setVisible(False)
        self.sign.setVisible(False)

    def say(self, text: str) -> None:
        """Say how things stand below the title."""
        self._said.setText(text)
        self._said.setVisible(bool(text))

    @property
    def said(self) -> str:
        """Return the line below the title."""
        return self._said.text()

    def first_focus(self) -> QWidget:
        """Return where typing starts."""
        starts_with_user = self._asks_user and not self.user.text()
        return self.user if starts_with_user else self.password.input

    def refuse(self, error: AtalayaError) -> None:
        """Show why it was not signed; the password is typed again."""
        self.sign.setEnabled(True)
        self.form.show_error(error)
        self.password.clear()
        self.first_focus().setFocus()

    def submit(self) -> None:
        """Ask for the signature."""
        self.form.clear_errors()
        if self._asks_user and not self.user.text().strip():
            self.form.show_error(FieldError("username", tr(N_("Escriba su usuario."))))
        elif not self.password.text():
            self.form.show_error(FieldError("password", tr(N_("Escriba la contraseña para firmar."))))
        elif self.sign.isEnabled():
            self.sign.setEnabled(False)
            self.signing.emit(self.user.text().strip(), self.password.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes on to the password, and from there it signs."""
        if (
            event.type() != QEvent.Type.KeyPress
            or not isinstance(event, QKeyEvent)
            or event.key() not in _ENTER
        ):
            return False
        if watched is self.user and not self.password.text():
            self.password.input.setFocus()
        else:
            self.submit()
        return True
