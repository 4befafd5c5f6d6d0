"""The lock: input stops in every window, the operational board stays readable, everything else is covered."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.views.shell.sign_in import SignInCard
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button, surface
from desktop.views.widgets.text import label

_STOPPED = {
    QEvent.Type.KeyPress,
    QEvent.Type.KeyRelease,
    QEvent.Type.ShortcutOverride,
    QEvent.Type.Shortcut,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.MouseMove,
    QEvent.Type.HoverEnter,
    QEvent.Type.HoverMove,
    QEvent.Type.Wheel,
    QEvent.Type.ContextMenu,
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
    QEvent.Type.DragEnter,
    QEvent.Type.Drop,
    QEvent.Type.InputMethod,
    QEvent.Type.Close,
}


class LockCard(QWidget):
    """The card over the locked window: the same person's password, or another person."""

    unlock_asked = Signal(str)
    change_asked = Signal(str, str)
    change_proved = Signal(str, str, str)
    """User, password and code of who has a second factor."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._person = ""
        self._user = ""
        self._is_changing = False
        self.card = SignInCard(tr(N_("Bloqueado")), tr(N_("Continuar")))
        self.card.submitted.connect(self._submit)
        self.card.code_given.connect(self.change_proved)
        self.other = button("", "quiet", self._switch)
        self.card.rows.addWidget(self.other)
        ground = surface("popup")
        inner = QHBoxLayout(ground)
        inner.setContentsMargins(SIZES.space_6, SIZES.space_6, SIZES.space_6, SIZES.space_6)
        inner.addWidget(self.card)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ground)
        self.hide()

    def show_for(self, person: str, user: str) -> None:
        """Lock in the name of `person`, who signs in as `user`."""
        self._person, self._user = person, user
        self._ask(is_changing=False)
        self.adjustSize()
        self.settle()
        self.show()
        self.raise_()
        self.card.password.setFocus()

    def settle(self) -> None:
        """Stand at the lower middle, where the board is least covered."""
        home = self.parentWidget()
        if home is not None:
            size = self.sizeHint()
            self.setGeometry(
                (home.width() - size.width()) // 2,
                max(0, home.height() - size.height() - SIZES.space_12),
                size.width(),
                size.height(),
            )

    def refuse(self, error: AtalayaError) -> None:
        """Say why not."""
        self.card.refuse(error)
        self.settle()

    def focusNextPrevChild(self, next_: bool) -> bool:
        """Keep the keyboard inside."""
        stops = [stop for stop in self._stops() if stop.isVisible() and stop.isEnabled()]
        if not stops:  # hidden: Qt asks on the way out
            return super().focusNextPrevChild(next_)
        focus = QApplication.focusWidget()
        here = next((place for place, stop in enumerate(stops) if stop is focus), -1)
        stops[(here + (1 if next_ else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _stops(self) -> list[QWidget]:
        return [
            self.card.user,
            self.card.password.input,
            self.card.code,
            self.card.go,
            self.card.back,
            self.other,
        ]

    def _ask(self, *, is_changing: bool) -> None:
        self._is_changing = is_changing
        if is_changing:
            words = tr(N_("Lo que {person} no envió queda guardado como borrador suyo."), person=self._person)
            self.card.ask(tr(N_("Cambiar de persona")), words)
            self.other.setText(tr(N_("Volver a {person}"), person=self._person))
        else:
            words = tr(N_("El teclado y el ratón están detenidos; lo operativo sigue a la vista."))
            title = tr(N_("Bloqueado por {person}"), person=self._person)
            self.card.ask(title, words, self._user, is_fixed=True)
            self.other.setText(tr(N_("Ingresa otra persona")))
        self.settle()

    def _switch(self) -> None:
        self._ask(is_changing=not self._is_changing)

    def _submit(self, user: str, password: str) -> None:
        if self._is_changing:
            self.change_asked.emit(user, password)
        else:
            self.unlock_asked.emit(password)


class Lock(QObject):
    """Holds the input of every window while it is on."""

    def __init__(self, card: LockCard, covers: Callable[[], Iterable[QWidget]]) -> None:
        super().__init__(card)
        self.card = card
        self._covers = covers
        self._veils: list[QWidget] = []
        self._aside: list[QWidget] = []
        self.is_on = False

    def turn_on(self, person: str, user: str) -> None:
        """Stop input, cover what `covers` returns, and ask for the password."""
        if self.is_on:
            return
        self.is_on = True
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        self._aside = [
            window for window in QApplication.topLevelWidgets() if window.isModal() and window.isVisible()
        ]
        for window in self._aside:  # a modal window would keep the password from being typed
            window.hide()
        for page in self._covers():
            veil = surface("window", page)
            inner = QVBoxLayout(veil)
            words = label(tr(N_("Oculto mientras la estación está bloqueada")), "muted")
            inner.setContentsMargins(0, SIZES.space_12 * 2, 0, 0)
            inner.addWidget(words, 0, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            veil.setGeometry(page.rect())
            veil.show()
            veil.raise_()
            self._veils.append(veil)
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        self.card.show_for(person, user)

    def turn_off(self) -> None:
        """Let input pass again."""
        if not self.is_on:
            return
        self.is_on = False
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        for veil in self._veils:
            veil.hide()
            veil.deleteLater()
        self._veils.clear()
        self.card.hide()
        for window in self._aside:
            if isValid(window):
                window.show()
        self._aside.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow what is meant for anything but the card."""
        kind = event.type()
        if kind == QEvent.Type.Resize and watched is self.card.parentWidget():
            self.card.settle()
        if kind not in _STOPPED:
            return False
        if isinstance(watched, QWidget):
            if watched is self.card or self.card.isAncestorOf(watched):
                return False
            if kind == QEvent.Type.KeyPress:
                self.card.card.entry.setFocus()
            return True
        return kind == QEvent.Type.Shortcut
