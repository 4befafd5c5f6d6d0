"""The first start of a station: try it with an invented commune, set it up, or join a municipality.

The assistant keeps every answer while the person goes back and forth, checks what it can beside each field, and emits
one `StationSetup` or `StationJoin`. What the program finds out later comes back by `refuse`, on the step of its field.
"""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.core.errors import AtalayaError, FieldError
from desktop.core.i18n import N_, tr
from desktop.views.shell.first_run_forms import (
    ADMINISTRATOR,
    JOINING,
    MUNICIPALITY,
    PROTECTION,
    STATION,
    FirstRunForms,
)
from desktop.views.shell.sign_in import Entrance
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import Form, button
from desktop.views.widgets.text import label


@dataclass(frozen=True, slots=True)
class _Step:
    title: str
    text: str


_STEPS = (
    _Step(N_("Su municipalidad"), N_("Así se presentan la ventana y cada documento que se imprime.")),
    _Step(N_("Esta estación"), N_("El código distingue los folios que nacen aquí, aun sin red.")),
    _Step(N_("Primera persona administradora"), N_("Ella crea después a las demás personas y sus roles.")),
    _Step(N_("Protección de los datos"), N_("Todo lo que guarda esta estación queda cifrado en su disco.")),
    _Step(
        N_("El municipio"),
        N_(
            "Esta estación recibe todo del servidor municipal; se ingresa con el usuario y la contraseña de siempre."
        ),
    ),
)
"""In the places of their forms."""


@dataclass(frozen=True, slots=True)
class _Way:
    """Which steps are gone in which order, and what the last button and the waiting say."""

    steps: tuple[int, ...]
    last: str
    waiting: str


_SET_UP = _Way(
    (MUNICIPALITY, STATION, ADMINISTRATOR, PROTECTION), N_("Crear la estación"), N_("Creando la estación…")
)
_JOIN = _Way((JOINING, PROTECTION), N_("Unirse"), N_("Recibiendo los datos del municipio…"))
_AT_ONCE = _Way((), "", "")
"""A door behind which nothing is asked."""


class FirstRunWindow(Entrance):
    """Three doors, then short steps. Where the server is installed too, the exchange can be looked at."""

    demo_chosen = Signal()
    trial_chosen = Signal()
    finished = Signal(object)
    """The `StationSetup` of a station of its own, or the `StationJoin` of one that joins a municipality."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "")
        self.resize(1040, 660)
        self.pages = QStackedWidget()
        self.answers = FirstRunForms()
        self.forms = self.answers.all
        self._way = _AT_ONCE
        self._trouble = label("", "error", wraps=True)
        self._trouble.hide()
        self.back = button(tr(N_("Atrás")), "quiet", self._go_back)
        self.next = button(tr(N_("Continuar")), "primary", self._go_on)
        self._head = label("", "title", wraps=True)
        self._count = label("", "label")
        self._text = label("", "muted", wraps=True)
        self.steps = QStackedWidget()
        for form in self.forms:
            self.steps.addWidget(_on_top(form))
        self.pages.addWidget(self._doors())
        self.pages.addWidget(self._assistant())
        self.pages.addWidget(self._waiting())
        self.place.addStretch(1)
        self.place.addWidget(self.pages, 8)
        self.place.addStretch(1)
        self.demo_door.setFocus()

    def wait(self, text: str) -> None:
        """Show that the station is being made."""
        self._wait_text.setText(text)
        self.pages.setCurrentIndex(2)

    def offer_trial(self) -> None:
        """Offer the demonstration of the exchange too."""
        self.trial_door.show()

    def offer_keyring(self, has_keyring: bool) -> None:
        """Say whether the system's keyring can hold the key; it is proposed unless the person has come that far."""
        self.answers.offer_keyring(has_keyring)
        is_there = self.pages.currentIndex() == 1 and self.steps.currentIndex() == PROTECTION
        if has_keyring and not is_there:
            self.answers.by_keyring.setChecked(True)

    def refuse(self, error: AtalayaError) -> None:
        """Go to the step of the field that is wrong, or back to the doors; everything typed is still there."""
        if not self._way.steps:
            self._trouble.setText(error.message)
            self._trouble.show()
            self.pages.setCurrentIndex(0)
            return
        self.pages.setCurrentIndex(1)
        for place, form in enumerate(self.forms):
            if isinstance(error, FieldError) and error.field in form.fields:
                self._show_step(place)
                form.show_error(error)
                return
        self.forms[self.steps.currentIndex()].show_error(error)

    def _doors(self) -> QWidget:
        self.demo_door = _door(
            tr(N_("Probar con una comuna de ejemplo")),
            tr(N_("Personas y lugares inventados, un año de incidentes. Nada que configurar.")),
        )
        self.demo_door.clicked.connect(lambda _=False: self._choose_demo())
        self.setup_door = _door(
            tr(N_("Configurar esta estación")),
            tr(N_("Para trabajar de verdad: municipalidad, estación y primera persona. Toma tres minutos.")),
        )
        self.setup_door.clicked.connect(lambda _=False: self._begin(_SET_UP))
        self.join_door = _door(
            tr(N_("Unirse a un municipio")),
            tr(N_("Con el código de quien administra el servidor: recibe personas, catálogos e incidentes.")),
        )
        self.join_door.clicked.connect(lambda _=False: self._begin(_JOIN))
        self.trial_door = button(
            tr(N_("Ver la sincronización: dos estaciones y un servidor")), "link", self._choose_trial
        )
        self.trial_door.hide()
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SIZES.space_4)
        rows.addStretch(1)
        rows.addWidget(label(tr(N_("Bienvenida, bienvenido")), "title"))
        rows.addWidget(
            label(
                tr(N_("Este equipo todavía no tiene una estación. ¿Cómo quiere empezar?")),
                "muted",
                wraps=True,
            )
        )
        rows.addSpacing(SIZES.space_2)
        rows.addWidget(self._trouble)
        rows.addWidget(self.demo_door)
        rows.addWidget(self.setup_door)
        rows.addWidget(self.join_door)
        rows.addWidget(self.trial_door, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addStretch(1)
        return page

    def _assistant(self) -> QWidget:
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SIZES.space_2)
        rows.addWidget(self._count)
        rows.addWidget(self._head)
        rows.addWidget(self._text)
        rows.addSpacing(SIZES.space_4)
        rows.addWidget(self.steps, 1)
        feet = QHBoxLayout()
        feet.addWidget(self.back)
        feet.addStretch(1)
        feet.addWidget(self.next)
        rows.addLayout(feet)
        return page

    def _waiting(self) -> QWidget:
        page = QWidget()
        self._wait_text = label("", "strong", wraps=True)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName(tr(N_("Preparando")))
        rows = QVBoxLayout(page)
        rows.addStretch(1)
        rows.addWidget(self._wait_text)
        rows.addSpacing(SIZES.space_3)
        rows.addWidget(bar)
        rows.addStretch(1)
        return page

    def _choose_trial(self) -> None:
        self._way = _AT_ONCE
        self.wait(tr(N_("Preparando la demostración…")))
        self.trial_chosen.emit()

    def _choose_demo(self) -> None:
        self._way = _AT_ONCE
        self.wait(tr(N_("Preparando la comuna de ejemplo…")))
        self.demo_chosen.emit()

    def _begin(self, way: "_Way") -> None:
        self._way = way
        self.pages.setCurrentIndex(1)
        self._show_step(way.steps[0])

    def _show_step(self, place: int) -> None:
        step = _STEPS[place]
        self.steps.setCurrentIndex(place)
        number = self._way.steps.index(place) + 1
        self._count.setText(tr(N_("Paso {place} de {count}"), place=number, count=len(self._way.steps)))
        self._head.setText(tr(step.title))
        self._text.setText(tr(step.text))
        is_last = place == self._way.steps[-1]
        self.next.setText(tr(self._way.last) if is_last else tr(N_("Continuar")))
        first = next(
            (field for field in self.forms[place].fields.values() if field.isVisibleTo(self.forms[place])),
            None,
        )
        if first is not None:
            first.setFocus()

    def _go_back(self) -> None:
        number = self._way.steps.index(self.steps.currentIndex())
        if number:
            self._show_step(self._way.steps[number - 1])
        else:
            self.pages.setCurrentIndex(0)
            (self.join_door if self._way is _JOIN else self.setup_door).setFocus()

    def _go_on(self) -> None:
        place = self.steps.currentIndex()
        form = self.forms[place]
        form.clear_errors()
        wrong = self.answers.wrong(place)
        for field, message in reversed(wrong.items()):
            form.show_error(FieldError(field, message))
        if wrong:
            return
        number = self._way.steps.index(place) + 1
        if number < len(self._way.steps):
            self._show_step(self._way.steps[number])
        else:
            self.wait(tr(self._way.waiting))
            self.finished.emit(self.answers.joining() if self._way is _JOIN else self.answers.setup())


def _on_top(form: Form) -> QWidget:
    """Keep the fields together at the top of their step; large type on a small screen scrolls."""
    page = QWidget()
    rows = QVBoxLayout(page)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.addWidget(form)
    rows.addStretch(1)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(page)
    return scroll


def _door(title: str, text: str) -> QPushButton:
    door = button("", "door")
    door.setAccessibleName(title)
    door.setAccessibleDescription(text)
    rows = QVBoxLayout(door)
    rows.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
    rows.setSpacing(SIZES.space_1)
    for part in (label(title, "strong"), label(text, "muted", wraps=True)):
        part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        rows.addWidget(part)
    return door
