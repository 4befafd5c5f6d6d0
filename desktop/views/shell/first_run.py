"""The first start of a station: try it with an invented commune, or set it up.

The assistant keeps every answer while the person goes back and forth, checks what it can beside each field, and emits
one `StationSetup`. Whatever the program finds out later comes back by `refuse`, on the step of its field.
"""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.core.errors import AtalayaError, FieldError
from desktop.core.i18n import N_, tr
from desktop.core.ids import is_valid_device_code
from desktop.views.shell.sign_in import Entrance
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import Form, PasswordEdit, button
from desktop.views.widgets.text import label

SHORTEST_PASSWORD = 10
SHORTEST_PASSPHRASE = 16


@dataclass(frozen=True, slots=True)
class StationSetup:
    """What the person decided. `passphrase` is empty when the system's keyring holds the key."""

    municipality: str
    commune: str
    station: str
    device: str
    admin_name: str
    admin_user: str
    admin_password: str
    passphrase: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    title: str
    text: str


_STEPS = (
    _Step(N_("Su municipalidad"), N_("Así se presentan la ventana y cada documento que se imprime.")),
    _Step(N_("Esta estación"), N_("El código distingue los folios que nacen aquí, aun sin red.")),
    _Step(N_("Primera persona administradora"), N_("Ella crea después a las demás personas y sus roles.")),
    _Step(N_("Protección de los datos"), N_("Todo lo que guarda esta estación queda cifrado en su disco.")),
)


class FirstRunWindow(Entrance):
    """Two doors, then four short steps."""

    demo_chosen = Signal()
    finished = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "")
        self.resize(1040, 660)
        self.pages = QStackedWidget()
        self.forms = [
            self._municipality_form(),
            self._station_form(),
            self._administrator_form(),
            self._protection_form(),
        ]
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

    def offer_keyring(self, has_keyring: bool) -> None:
        """Say whether the system's keyring can hold the key; it is proposed unless the person has come that far."""
        self._seeking.hide()
        for choice in (self.by_keyring, self.by_phrase):
            choice.setVisible(has_keyring)
        is_there = self.pages.currentIndex() == 1 and self.steps.currentIndex() == len(_STEPS) - 1
        if has_keyring and not is_there:
            self.by_keyring.setChecked(True)

    def refuse(self, error: AtalayaError) -> None:
        """Go to the step of the field that is wrong; everything typed is still there."""
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
        self.setup_door.clicked.connect(lambda _=False: self._begin())
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
        rows.addWidget(self.demo_door)
        rows.addWidget(self.setup_door)
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

    def _municipality_form(self) -> Form:
        form = Form()
        form.add(
            "municipality",
            tr(N_("Nombre de la municipalidad")),
            QLineEdit(),
            tr(N_("Por ejemplo: Municipalidad de Los Boldos")),
        )
        form.add("commune", tr(N_("Comuna")), QLineEdit())
        form.end()
        return form

    def _station_form(self) -> Form:
        form = Form()
        form.add(
            "station", tr(N_("Nombre de la estación")), QLineEdit(), tr(N_("Por ejemplo: Central, puesto 1"))
        )
        device = QLineEdit()
        device.setMaxLength(2)
        device.textEdited.connect(lambda text: device.setText(text.upper()))
        help_text = tr(
            N_(
                "Dos signos entre 0–9 y A–Z, sin I, O, Q, S, U ni V, distintos en cada estación. Por ejemplo: K7"
            )
        )
        form.add("device", tr(N_("Código de la estación")), device, help_text)
        form.end()
        return form

    def _administrator_form(self) -> Form:
        form = Form()
        form.add("admin_name", tr(N_("Nombre y apellido")), QLineEdit())
        form.add(
            "admin_user", tr(N_("Usuario")), QLineEdit(), tr(N_("Con el que ingresa. Por ejemplo: msoto"))
        )
        long_enough = tr(
            N_("Al menos {count} signos. Una frase corta es fácil de recordar."), count=SHORTEST_PASSWORD
        )
        form.add("admin_password", tr(N_("Contraseña")), PasswordEdit(), long_enough)
        form.add("admin_again", tr(N_("Repita la contraseña")), PasswordEdit())
        form.end()
        return form

    def _protection_form(self) -> Form:
        form = Form()
        self.by_keyring = QRadioButton(tr(N_("Guardar la llave en el llavero del sistema")))
        self.by_phrase = QRadioButton(tr(N_("Pedir una frase de paso al encender")))
        group = QButtonGroup(form)
        for choice in (self.by_keyring, self.by_phrase):
            group.addButton(choice)
        form.add(
            "passphrase",
            tr(N_("Frase de paso")),
            PasswordEdit(),
            tr(
                N_(
                    "Al menos {count} signos. Sin ella nadie puede abrir los datos: guárdela en sobre cerrado."
                ),
                count=SHORTEST_PASSPHRASE,
            ),
        )
        form.add("passphrase_again", tr(N_("Repita la frase de paso")), PasswordEdit())
        self._seeking = label(tr(N_("Buscando el llavero de este equipo…")), "small", wraps=True)
        for place, part in enumerate((self._seeking, self.by_keyring, self.by_phrase)):
            form.rows.insertWidget(place, part)
        for choice in (self.by_keyring, self.by_phrase):
            choice.hide()
        self.by_phrase.setChecked(True)
        self.by_phrase.toggled.connect(lambda _: self._show_phrase())
        form.end()
        return form

    def _show_phrase(self) -> None:
        for name in ("passphrase", "passphrase_again"):
            self.forms[3].fields[name].setVisible(self.by_phrase.isChecked())

    def _choose_demo(self) -> None:
        self.wait(tr(N_("Preparando la comuna de ejemplo…")))
        self.demo_chosen.emit()

    def _begin(self) -> None:
        self.pages.setCurrentIndex(1)
        self._show_step(0)

    def _show_step(self, place: int) -> None:
        step = _STEPS[place]
        self.steps.setCurrentIndex(place)
        self._count.setText(tr(N_("Paso {place} de {count}"), place=place + 1, count=len(_STEPS)))
        self._head.setText(tr(step.title))
        self._text.setText(tr(step.text))
        is_last = place == len(_STEPS) - 1
        self.next.setText(tr(N_("Crear la estación")) if is_last else tr(N_("Continuar")))
        first = next(
            (field for field in self.forms[place].fields.values() if field.isVisibleTo(self.forms[place])),
            None,
        )
        if first is not None:
            first.setFocus()

    def _go_back(self) -> None:
        place = self.steps.currentIndex()
        if place:
            self._show_step(place - 1)
        else:
            self.pages.setCurrentIndex(0)
            self.setup_door.setFocus()

    def _go_on(self) -> None:
        place = self.steps.currentIndex()
        form = self.forms[place]
        form.clear_errors()
        wrong = self._wrong(place)
        for field, message in reversed(wrong.items()):
            form.show_error(FieldError(field, message))
        if wrong:
            return
        if place < len(_STEPS) - 1:
            self._show_step(place + 1)
        else:
            self.wait(tr(N_("Creando la estación…")))
            self.finished.emit(self.setup())

    def setup(self) -> StationSetup:
        """Return what is typed."""
        return StationSetup(
            municipality=self._value("municipality"),
            commune=self._value("commune"),
            station=self._value("station"),
            device=self._value("device").upper(),
            admin_name=self._value("admin_name"),
            admin_user=self._value("admin_user"),
            admin_password=self._value("admin_password"),
            passphrase=self._value("passphrase") if self.by_phrase.isChecked() else "",
        )

    def _value(self, name: str) -> str:
        for form in self.forms:
            if name in form.fields:
                editor = form.fields[name].editor
                if isinstance(editor, PasswordEdit):
                    return editor.text()
                if isinstance(editor, QLineEdit):
                    return editor.text().strip()
        raise KeyError(name)

    def _wrong(self, place: int) -> dict[str, str]:
        wrong: dict[str, str] = {}
        optional = {"passphrase", "passphrase_again"}
        for name in self.forms[place].fields:
            if name not in optional and not self._value(name):
                wrong[name] = tr(N_("Este dato es necesario."))
        if place == 1 and not is_valid_device_code(self._value("device").upper()):
            wrong["device"] = tr(N_("Escriba dos signos: cifras o letras, salvo I, O, Q, S, U y V."))
        if place == 2:
            wrong |= self._wrong_secret("admin_password", "admin_again", SHORTEST_PASSWORD)
            if " " in self._value("admin_user"):
                wrong["admin_user"] = tr(N_("El usuario va sin espacios."))
        if place == 3 and self.by_phrase.isChecked():
            wrong |= self._wrong_secret("passphrase", "passphrase_again", SHORTEST_PASSPHRASE)
        return wrong

    def _wrong_secret(self, name: str, again: str, shortest: int) -> dict[str, str]:
        if len(self._value(name)) < shortest:
            return {name: tr(N_("Escriba al menos {count} signos."), count=shortest)}
        if self._value(name) != self._value(again):
            return {again: tr(N_("No coincide con la primera."))}
        return {}


def _on_top(form: Form) -> QWidget:
    """Keep the fields together at the top of their step."""
    page = QWidget()
    rows = QVBoxLayout(page)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.addWidget(form)
    rows.addStretch(1)
    return page


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
