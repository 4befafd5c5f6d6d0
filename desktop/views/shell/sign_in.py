"""The first window: who sits down. Imports little, so that it is painted at once.

`SignInCard` is also the card of the lock and of the change of user. It emits plain data; whoever checks it calls
`refuse` or goes on. What was typed stays, except the password.
"""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.core.second_factor import CodeNeeded
from desktop.views.shell.exercise import ExerciseStripe
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import Form, PasswordEdit, button, surface
from desktop.views.widgets.text import label

_CARD = 380


class SignInCard(QFrame):
    """User and password, then the code of who has a second factor. `Enter` goes from field to field and signs in."""

    submitted = Signal(str, str)
    code_given = Signal(str, str, str)
    """User, password and code."""

    def __init__(self, title: str, action: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_CARD)
        self._title = label(title, "title", wraps=True)
        self._below = label("", "muted", wraps=True)
        self._below.hide()
        self.user = QLineEdit()
        self.password = PasswordEdit()
        self.form = Form()
        self.form.add("user", tr(N_("Usuario")), self.user)
        self.form.add("password", tr(N_("Contraseña")), self.password)
        self.code = QLineEdit()
        self.form.add("code", tr(N_("Código de verificación")), self.code)
        self.form.end()
        self._asks_code = False
        self._action = action
        self._words = ("", "")
        self.go = button(action, "primary", self._submit)
        self.back = button(tr(N_("Volver")), "quiet", self._leave_code)
        self.user.returnPressed.connect(self.password.setFocus)
        self.password.input.returnPressed.connect(self._submit)
        self.code.returnPressed.connect(self._submit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_4)
        layout.addWidget(self._title)
        layout.addWidget(self._below)
        layout.addWidget(self.form)
        layout.addWidget(self.go)
        layout.addWidget(self.back)
        self._is_fixed = False
        self._show_step(asks_code=False)
        self.rows = layout

    def ask(self, title: str, below: str = "", user: str = "", *, is_fixed: bool = False) -> None:
        """Begin anew, for `user` if given; `is_fixed` asks for the password only."""
        self._words = (title, below)
        self._is_fixed = is_fixed
        self.user.setText(user)
        self._show_step(asks_code=False)
        self.password.clear()
        self.form.clear_errors()
        self.set_busy(is_busy=False)
        (self.password if user else self.user).setFocus()

    def refuse(self, error: AtalayaError) -> None:
        """Say why not, or ask for the code; the user's name stays, the password and the code go."""
        self.set_busy(is_busy=False)
        if isinstance(error, CodeNeeded):
            self._ask_code(error.message)
            return
        if self._asks_code:
            self.code.clear()
            self.code.setFocus()
            self.form.show_error(error)
            return
        self.password.clear()
        self.password.setFocus()
        self.form.show_error(error)

    def set_busy(self, *, is_busy: bool) -> None:
        """Wait for the answer without a second try."""
        self.go.setEnabled(not is_busy)

    @property
    def entry(self) -> QLineEdit:
        """Return where the proof is typed now: the password, or the code."""
        return self.code if self._asks_code else self.password.input

    def _ask_code(self, words: str) -> None:
        self._show_step(asks_code=True)
        self._title.setText(tr(N_("Código de verificación")))
        self._below.setText(words)
        self._below.show()
        self.code.setFocus()

    def _leave_code(self) -> None:
        self._show_step(asks_code=False)
        self.form.clear_errors()
        self.set_busy(is_busy=False)
        self.password.clear()
        self.password.setFocus()

    def _show_step(self, *, asks_code: bool) -> None:
        title, below = self._words
        self._asks_code = asks_code
        self._title.setText(title or self._title.text())
        self._below.setText(below)
        self._below.setVisible(bool(below))
        fields = self.form.fields
        fields["user"].setVisible(not asks_code and not self._is_fixed)
        fields["password"].setVisible(not asks_code)
        fields["code"].setVisible(asks_code)
        self.back.setVisible(asks_code)
        self.go.setText(tr(N_("Comprobar")) if asks_code else self._action)
        self.code.clear()

    def _submit_code(self) -> None:
        code = self.code.text().strip()
        if not code:
            self.form.fields["code"].show_error(tr(N_("Escriba el código.")))
            self.code.setFocus()
        elif self.go.isEnabled():
            self.set_busy(is_busy=True)
            self.code_given.emit(self.user.text().strip(), self.password.text(), code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Escape go back from the code."""
        if event.key() == Qt.Key.Key_Escape and self._asks_code:
            self._leave_code()
            return
        super().keyPressEvent(event)

    def _submit(self) -> None:
        self.form.clear_errors()
        if self._asks_code:
            self._submit_code()
            return
        user, password = self.user.text().strip(), self.password.text()
        fields = self.form.fields
        if not user:
            fields["user"].show_error(tr(N_("Escriba su usuario.")))
            self.user.setFocus()
        elif not password:
            fields["password"].show_error(tr(N_("Escriba su contraseña.")))
            self.password.setFocus()
        elif self.go.isEnabled():
            self.set_busy(is_busy=True)
            self.submitted.emit(user, password)


class Emblem(QWidget):
    """The name of the program under its mark, a watchtower: what it is called after."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedSize(SIZES.space_12, SIZES.space_12)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a tower and the light that it sends."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = float(self.width())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("accent"))
        painter.drawRoundedRect(QRectF(0, 0, side, side), side * 0.24, side * 0.24)
        pen = QPen(self._theme.colour("on_accent"), side * 0.07)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        unit = side / 16
        painter.drawPolyline(
            [_at(unit, 5.4, 12.6), _at(unit, 6.4, 7.4), _at(unit, 9.6, 7.4), _at(unit, 10.6, 12.6)]
        )
        painter.drawLine(_at(unit, 4.9, 7.4), _at(unit, 11.1, 7.4))
        painter.drawPolyline([_at(unit, 6.6, 7.2), _at(unit, 8, 3.9), _at(unit, 9.4, 7.2)])


class Entrance(QWidget):
    """The calm window before the work: emblem and name on the left, one card on the right."""

    painted = Signal()

    def __init__(self, theme: Theme, municipality: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr(N_("Atalaya")))
        self.resize(960, 600)
        self.setMinimumSize(760, 480)
        self._was_painted = False
        self._theme = theme
        brand = surface("window")
        side = QVBoxLayout(brand)
        side.setContentsMargins(SIZES.space_12, SIZES.space_12, SIZES.space_8, SIZES.space_8)
        side.setSpacing(SIZES.space_3)
        side.addStretch(2)
        side.addWidget(Emblem(theme))
        side.addSpacing(SIZES.space_3)
        side.addWidget(label(tr(N_("Atalaya")), "display"))
        side.addWidget(label(tr(N_("Centro de mando municipal de seguridad pública")), "muted", wraps=True))
        side.addStretch(3)
        side.addWidget(label(municipality, "muted", wraps=True))
        ground = surface("page")
        self.place = QVBoxLayout(ground)
        self.place.setContentsMargins(SIZES.space_12, SIZES.space_8, SIZES.space_12, SIZES.space_8)
        halves = QHBoxLayout()
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(0)
        halves.addWidget(brand, 2)
        halves.addWidget(ground, 3)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._whole.addLayout(halves, 1)

    def mark_exercise(self) -> None:
        """Put the striped banner on top."""
        self._whole.insertWidget(0, ExerciseStripe(self._theme))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say once that the window is on screen; slow imports wait for it."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()


class SignInWindow(Entrance):
    """Signing in at the start of the program."""

    submitted = Signal(str, str)
    code_given = Signal(str, str, str)

    def __init__(
        self, theme: Theme, municipality: str = "", last_user: str = "", *, is_exercise: bool = False
    ) -> None:
        super().__init__(theme, municipality)
        self.setWindowTitle(tr(N_("Atalaya · Ingresar")))
        if is_exercise:
            self.mark_exercise()
        self.card = SignInCard(tr(N_("Ingresar")), tr(N_("Ingresar")))
        self.card.submitted.connect(self.submitted)
        self.card.code_given.connect(self.code_given)
        self.place.addWidget(self.card, 0, Qt.AlignmentFlag.AlignCenter)
        self.card.ask(tr(N_("Ingresar")), user=last_user)

    def refuse(self, error: AtalayaError) -> None:
        """Say why not."""
        self.card.refuse(error)


def _at(unit: float, x: float, y: float) -> QPointF:
    return QPointF(unit * x, unit * y)
