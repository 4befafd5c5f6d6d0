"""How the key of the data is kept: passphrase, keyring of the system, and the recovery code on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from desktop.core import vault
from desktop.core.errors import FieldError
from desktop.core.i18n import N_, tr
from desktop.operations.keys import StationKeys
from desktop.operations.self_check import Health
from desktop.views.services import Services
from desktop.views.station.lines import HealthWord
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Form, PasswordEdit, button
from desktop.views.widgets.text import label

T = TypeVar("T")
_BACKUPS_PAGE = "backups"


class _Choice(QWidget):
    """One way to change: what it does, its questions, its button."""

    title = ""
    text = ""

    def __init__(self) -> None:
        super().__init__()
        self.form = Form()
        self.password = PasswordEdit()
        self.go: QPushButton
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(SIZES.space_4)
        self.rows.addWidget(label(tr(self.title), "title", wraps=True))
        self.rows.addWidget(label(tr(self.text), "muted", wraps=True))
        self.rows.addWidget(self.form)

    def ask_password(self) -> None:
        """Ask who sits there to prove it; the last question."""
        self.form.add(
            "password", tr(N_("Su contraseña")), self.password, tr(N_("La suya, con la que inició sesión"))
        )
        self.form.end()

    def end_with(self, words: str, run: Callable[[], None]) -> None:
        """Put the button below; Enter in any input presses it."""
        self.go = button(tr(words), "primary", run)
        feet = QHBoxLayout()
        feet.addWidget(self.go)
        feet.addStretch(1)
        self.rows.addLayout(feet)
        self.rows.addStretch(1)
        for field in self.form.fields.values():
            editor = field.editor.input if isinstance(field.editor, PasswordEdit) else field.editor
            if isinstance(editor, QLineEdit):
                editor.returnPressed.connect(run)


class _Passphrase(_Choice):
    title = N_("Frase de paso")
    text = N_(
        "Se pide al abrir Atalaya. Si ahora la llave está en el llavero del sistema, se quita de ahí; si ya hay una "
        "frase, la nueva la reemplaza."
    )

    def __init__(self, run: Callable[[], None]) -> None:
        super().__init__()
        self.phrase, self.again = PasswordEdit(), PasswordEdit()
        self.form.add(
            "passphrase",
            tr(N_("Frase de paso nueva")),
            self.phrase,
            tr(N_("Al menos {count} signos; conviene que sean varias palabras."), count=vault.MIN_PASSPHRASE),
        )
        self.form.add("again", tr(N_("Repita la frase de paso")), self.again)
        self.ask_password()
        self.end_with(N_("Guardar la frase de paso"), run)

    def clear(self) -> None:
        """Forget the secrets."""
        for part in (self.phrase, self.again, self.password):
            part.clear()


class _Keyring(_Choice):
    title = N_("Llavero del sistema")
    text = N_(
        "La llave se abre sola con la sesión de este equipo y Atalaya no pregunta nada. La frase de paso deja de abrir "
        "la estación."
    )

    def __init__(self, run: Callable[[], None]) -> None:
        super().__init__()
        self.ask_password()
        self.end_with(N_("Guardar la llave en el llavero"), run)

    def clear(self) -> None:
        """Forget the secret."""
        self.password.clear()


class _Code(_Choice):
    title = N_("Código de recuperación nuevo")
    text = N_(
        "Para cuando el papel se perdió o alguien lo vio. El código de antes sigue valiendo hasta que usted copie el "
        "nuevo desde el papel."
    )

    def __init__(self, draft: Callable[[], None], keep: Callable[[], None]) -> None:
        super().__init__()
        self.ask_password()
        self.end_with(N_("Hacer un código nuevo"), draft)
        self.code = QLineEdit()
        self.code.setReadOnly(True)
        self.typed = QLineEdit()
        self.typed.returnPressed.connect(keep)
        self.second = Form()
        self.second.add(
            "code",
            tr(N_("Código nuevo")),
            self.code,
            tr(N_("Anótelo en papel: se muestra una sola vez y no queda guardado en el equipo.")),
        )
        self.second.add("typed", tr(N_("Cópielo desde el papel")), self.typed)
        self.second.end()
        self.keep = button(tr(N_("Usar este código")), "primary", keep)
        self.drop = button(tr(N_("Descartar")), "quiet", self.clear)
        feet = QHBoxLayout()
        feet.addWidget(self.keep)
        feet.addWidget(self.drop)
        feet.addStretch(1)
        self.drafted = QWidget()
        inner = QVBoxLayout(self.drafted)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(SIZES.space_4)
        inner.addWidget(self.second)
        inner.addLayout(feet)
        self.rows.insertWidget(3, self.drafted)
        self.drafted.hide()

    def show_code(self, code: str) -> None:
        """Ask to copy the code from the paper before it counts."""
        self.password.clear()
        self.code.setText(code)
        self.form.hide()
        self.go.hide()
        self.drafted.show()
        self.typed.setFocus()

    def clear(self) -> None:
        """Forget the code; the one before goes on."""
        for part in (self.password, self.code, self.typed):
            part.clear()
        self.second.clear_errors()
        self.drafted.hide()
        self.form.show()
        self.go.show()


class KeysPage(QWidget):
    """Three changes; each asks for the password of the person who sits there."""

    def __init__(self, services: Services, keys: StationKeys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._keys = keys
        self.state = HealthWord(services.theme)
        self.list = QListWidget()
        self.list.setAccessibleName(tr(N_("Qué cambiar")))
        self.list.setProperty("part", "choices")
        self.list.setMinimumWidth(190)
        self.list.setMaximumWidth(260)
        self.passphrase = _Passphrase(self.use_passphrase)
        self.keyring = _Keyring(self.use_keyring)
        self.code = _Code(self.draft_code, self.keep_code)
        self._stack = QStackedWidget()
        for choice in (self.passphrase, self.keyring, self.code):
            self.list.addItem(tr(choice.title))
            self._stack.addWidget(choice)
        self.list.ensurePolished()  # the height of its rows must be known before they are laid out
        self.backup = button(tr(N_("Hacer un respaldo nuevo")), "link", self._open_backups)
        self._arrange()
        self.list.currentRowChanged.connect(lambda row: self._stack.setCurrentIndex(max(0, row)))
        self.list.setCurrentRow(0)
        self.state.say(None, tr(N_("Leyendo cómo se guarda la llave…")))
        self.reload()

    def _arrange(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(SIZES.space_2)
        left.addWidget(label(tr(N_("Llave de los datos")), "title"))
        left.addWidget(self.list, 1)
        held = QWidget()
        right = QVBoxLayout(held)
        right.setContentsMargins(0, 0, SIZES.space_2, 0)
        right.setSpacing(SIZES.space_3)
        right.addWidget(self.state)
        right.addWidget(self._stack, 1)
        old = tr(
            N_(
                "Los respaldos ya hechos se abren con la frase o el código que había entonces. Haga uno nuevo después."
            )
        )
        right.addWidget(label(old, "muted", wraps=True))
        right.addWidget(self.backup)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(held)
        scroll.setMaximumWidth(640)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
        layout.setSpacing(SIZES.space_6)
        layout.addLayout(left)
        layout.addWidget(scroll, 1)
        layout.addStretch(0)

    def first_focus(self) -> QWidget:
        """Start by choosing what to change."""
        return self.list

    def reload(self) -> None:
        """Read how the key is kept now."""
        self._services.tasks.job(
            tr(N_("Leyendo la llave")),
            lambda _progress: (self._keys.way(), self._keys.is_half_changed()),
            self._take,
            owner=self,
        )

    def _take(self, found: tuple[str, bool]) -> None:
        way, is_half_changed = found
        if way == vault.KEYRING:
            words = tr(N_("Ahora la llave la guarda el llavero del sistema."))
        else:
            words = tr(N_("Ahora la llave la abre una frase de paso."))
        if is_half_changed:
            words += " " + tr(N_("El cambio quedó a medias: la forma anterior también abre. Repítalo."))
        self.state.say(Health.WARNING if is_half_changed else Health.GOOD, words)

    # --- Changing ---------------------------------------------------------------------------------------------

    def use_passphrase(self) -> None:
        """Let the typed phrase open the station."""
        choice = self.passphrase
        choice.form.clear_errors()
        phrase, password = choice.phrase.text(), choice.password.text()
        if phrase != choice.again.text():
            choice.form.show_error(FieldError("again", tr(N_("No coincide con la primera."))))
            return

        def done(is_clean: bool) -> None:
            choice.clear()
            self._changed(tr(N_("La frase de paso nueva abre la estación")))
            if not is_clean:
                self._services.toasts.toast(
                    tr(
                        N_(
                            "El llavero del sistema no respondió y conserva la llave. Repita el cambio más tarde."
                        )
                    ),
                    "warning",
                )

        self._job(choice, lambda: self._keys.use_passphrase(password, phrase), done)

    def use_keyring(self) -> None:
        """Let the system keep the key."""
        choice = self.keyring
        password = choice.password.text()

        def done(_: None) -> None:
            choice.clear()
            self._changed(tr(N_("El llavero del sistema guarda la llave")))

        self._job(choice, lambda: self._keys.use_keyring(password), done)

    def draft_code(self) -> None:
        """Show a new code to be written down."""
        password = self.code.password.text()
        self._job(self.code, lambda: self._keys.draft_code(password), self.code.show_code)

    def keep_code(self) -> None:
        """Let the new code hold, once it was copied from the paper."""
        choice = self.code
        code, typed = choice.code.text(), choice.typed.text()

        def done(_: None) -> None:
            choice.clear()
            self._changed(tr(N_("El código nuevo abre la estación; el anterior ya no")))

        self._job(choice, lambda: self._keys.keep_code(code, typed), done, form=choice.second, go=choice.keep)

    def _changed(self, words: str) -> None:
        self._services.toasts.toast(words, "success")
        self.reload()

    def _job(
        self,
        choice: _Choice,
        work: Callable[[], T],
        done: Callable[[T], None],
        *,
        form: Form | None = None,
        go: QPushButton | None = None,
    ) -> None:
        asked, pressed = form or choice.form, go or choice.go
        if not pressed.isEnabled():
            return
        asked.clear_errors()
        pressed.setEnabled(False)

        def settled() -> None:
            if isValid(self):
                pressed.setEnabled(True)

        self._services.tasks.job(
            tr(N_("Cambiando la llave")),
            lambda _progress: work(),
            done,
            on_error=asked.show_error,
            owner=self,
            settled=settled,
        )

    def _open_backups(self) -> None:
        self._services.open_page(_BACKUPS_PAGE)
