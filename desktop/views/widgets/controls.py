"""Buttons by their weight, surfaces by their height, and a label with its input and its error."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.core.errors import AtalayaError, FieldError
from desktop.core.i18n import N_, tr
from desktop.views.icons import Icons
from desktop.views.theme import SIZES
from desktop.views.widgets.text import label

Kind = Literal["plain", "primary", "quiet", "danger", "link", "door"]
Surface = Literal["window", "page", "card", "popup"]


class _Button(QPushButton):
    """Enter presses it as Space does, also outside of dialogs."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press at Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)


def button(
    text: str, kind: Kind = "plain", on_click: Callable[[], None] | None = None, tip: str = ""
) -> QPushButton:
    """Make a push button; one `primary` per view."""
    made = _Button(text)
    made.setProperty("kind", kind)
    made.setToolTip(tip)
    made.setAutoDefault(False)
    made.ensurePolished()  # its bold font must be known before a layout asks for its width
    if on_click is not None:
        made.clicked.connect(lambda _=False: on_click())
    return made


def icon_button(
    icons: Icons, icon: str, name: str, key: str = "", on_click: Callable[[], None] | None = None
) -> QToolButton:
    """Make a button without words: its tooltip names the action and its key, and so does its accessible name."""
    made = QToolButton()
    made.setAccessibleName(name)
    made.setToolTip(f"{name} ({key})" if key else name)
    made.setFixedSize(SIZES.control, SIZES.control)
    made.setIconSize(QSize(SIZES.icon, SIZES.icon))
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    icons.put(made, icon)
    if on_click is not None:
        made.clicked.connect(lambda _=False: on_click())
    return made


def surface(kind: Surface, parent: QWidget | None = None) -> QFrame:
    """Make a ground that carries content."""
    frame = QFrame(parent)
    frame.setProperty("surface", kind)
    return frame


def line(*, is_upright: bool = False) -> QFrame:
    """Make a line that separates; use it where space alone does not."""
    made = QFrame()
    made.setProperty("surface", "line")
    if is_upright:
        made.setFixedWidth(1)
    else:
        made.setFixedHeight(1)
    return made


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and let it look again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def paint_ground(shown: QPushButton, painter: QPainter) -> None:
    """Draw a button as the style sheet says, without its words and icon, which the caller paints."""
    option = QStyleOptionButton()
    shown.initStyleOption(option)
    option.text = ""
    option.icon = QIcon()
    shown.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, shown)


class Field(QWidget):
    """A label above its input, with help or the error below it. The error is also read aloud with the input."""

    def __init__(
        self, title: str, editor: QWidget, help_text: str = "", *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self._input = editor.focusProxy() or editor
        self._help = help_text
        caption = label(title, "label")
        caption.setBuddy(editor)
        self._below = label(help_text, "small", wraps=True)
        editor.setAccessibleName(title)
        editor.setAccessibleDescription(help_text)
        self.setFocusProxy(editor)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_1)
        layout.addWidget(caption)
        layout.addWidget(editor)
        layout.addWidget(self._below)
        self._below.setVisible(bool(help_text))  # only now: a label without a parent would be a window
        if isinstance(self._input, QLineEdit):
            self._input.textEdited.connect(lambda _: self.clear_error())

    @property
    def error(self) -> str:
        """Return the error that is shown, or an empty text."""
        return self._below.text() if self._below.property("role") == "error" else ""

    def show_error(self, text: str) -> None:
        """Say beside the input what is wrong; what was typed stays."""
        self._say(text, "error")
        restyle(self._input, "invalid", True)

    def clear_error(self) -> None:
        """Show the help again."""
        if self.error:
            self._say(self._help, "small")
            restyle(self._input, "invalid", False)

    def _say(self, text: str, role: str) -> None:
        self._below.setText(text)
        restyle(self._below, "role", role)
        self._below.setVisible(bool(text))
        self.editor.setAccessibleDescription(text)


class Form(QWidget):
    """Fields below each other, and a place for what concerns them all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, Field] = {}
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(SIZES.space_4)
        self._whole = label("", "error", wraps=True)
        self._whole.hide()

    def add(self, name: str, title: str, editor: QWidget, help_text: str = "") -> Field:
        """Add a field; `name` is the one that a `FieldError` carries."""
        field = Field(title, editor, help_text)
        self.fields[name] = field
        self.rows.addWidget(field)
        return field

    def end(self) -> None:
        """Put the place for general errors below the last field."""
        self.rows.addWidget(self._whole)

    def show_error(self, error: AtalayaError) -> None:
        """Show an error where it belongs; the first wrong field takes the keyboard."""
        field = self.fields.get(error.field) if isinstance(error, FieldError) else None
        if field is None:
            self._whole.setText(error.message)
            self._whole.show()
            return
        field.show_error(error.message)
        field.editor.setFocus()

    def clear_errors(self) -> None:
        """Forget every error."""
        self._whole.hide()
        self._whole.setText("")
        for field in self.fields.values():
            field.clear_error()

    @property
    def errors(self) -> dict[str, str]:
        """Return what is wrong by field; the empty name is for the whole form."""
        wrong = {name: field.error for name, field in self.fields.items() if field.error}
        return wrong | ({"": self._whole.text()} if self._whole.text() else {})


class PasswordEdit(QWidget):
    """A secret with a button that shows it while it is held down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.input = QLineEdit()
        self.input.setEchoMode(QLineEdit.EchoMode.Password)
        self._peek = button(tr(N_("Ver")), "quiet")
        self._peek.setAccessibleName(tr(N_("Ver la contraseña mientras se mantiene apretado")))
        self._peek.pressed.connect(lambda: self.input.setEchoMode(QLineEdit.EchoMode.Normal))
        self._peek.released.connect(lambda: self.input.setEchoMode(QLineEdit.EchoMode.Password))
        self.setFocusProxy(self.input)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_1)
        layout.addWidget(self.input, 1)
        layout.addWidget(self._peek)

    def show_plainly(self) -> None:
        """Show what is typed: it stands on paper beside the keyboard."""
        self.input.setEchoMode(QLineEdit.EchoMode.Normal)
        self._peek.hide()

    def setAccessibleName(self, name: str) -> None:
        """Name the input, which is what the keyboard meets."""
        super().setAccessibleName(name)
        self.input.setAccessibleName(name)

    def setAccessibleDescription(self, description: str) -> None:
        """Describe the input."""
        super().setAccessibleDescription(description)
        self.input.setAccessibleDescription(description)

    def text(self) -> str:
        """Return the secret."""
        return self.input.text()

    def clear(self) -> None:
        """Forget the secret."""
        self.input.clear()
