"""The forms of the first start: what is asked, and what is wrong with an answer."""

from dataclasses import dataclass

from PySide6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton

from desktop.core.i18n import N_, tr
from desktop.core.ids import is_valid_device_code
from desktop.views.widgets.controls import Form, PasswordEdit
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
class StationJoin:
    """What the person decided who joins a municipality. `passphrase` is empty when the keyring holds the key."""

    name: str
    commune: str
    code: str
    passphrase: str = ""


MUNICIPALITY, STATION, ADMINISTRATOR, PROTECTION, JOINING = range(5)
"""The places of the forms."""


class FirstRunForms:
    """Every answer of the assistant, kept while the person goes back and forth."""

    def __init__(self) -> None:
        self.all = [
            self._municipality_form(),
            self._station_form(),
            self._administrator_form(),
            self._protection_form(),
            self._joining_form(),
        ]

    def offer_keyring(self, has_keyring: bool) -> None:
        """Show the choice between keyring and passphrase where there is one."""
        self._seeking.hide()
        for choice in (self.by_keyring, self.by_phrase):
            choice.setVisible(has_keyring)

    def setup(self) -> StationSetup:
        """Return what is typed for a station of its own."""
        return StationSetup(
            municipality=self._value("municipality"),
            commune=self._value("commune"),
            station=self._value("station"),
            device=self._value("device").upper(),
            admin_name=self._value("admin_name"),
            admin_user=self._value("admin_user"),
            admin_password=self._value("admin_password"),
            passphrase=self._passphrase(),
        )

    def joining(self) -> StationJoin:
        """Return what is typed for a station that joins a municipality."""
        return StationJoin(
            self._value("name"), self._value("own_commune"), self._value("code"), self._passphrase()
        )

    def wrong(self, place: int) -> dict[str, str]:
        """Return what is wrong with the answers of a form, by field."""
        wrong: dict[str, str] = {}
        optional = {"passphrase", "passphrase_again"}
        for name in self.all[place].fields:
            if name not in optional and not self._value(name):
                wrong[name] = tr(N_("Este dato es necesario."))
        if place == STATION and not is_valid_device_code(self._value("device").upper()):
            wrong["device"] = tr(N_("Escriba dos signos: cifras o letras, salvo I, O, Q, S, U y V."))
        if place == ADMINISTRATOR:
            wrong |= self._wrong_secret("admin_password", "admin_again", SHORTEST_PASSWORD)
            if " " in self._value("admin_user"):
                wrong["admin_user"] = tr(N_("El usuario va sin espacios."))
        if place == PROTECTION and self.by_phrase.isChecked():
            wrong |= self._wrong_secret("passphrase", "passphrase_again", SHORTEST_PASSPHRASE)
        return wrong

    def _wrong_secret(self, name: str, again: str, shortest: int) -> dict[str, str]:
        if len(self._value(name)) < shortest:
            return {name: tr(N_("Escriba al menos {count} signos."), count=shortest)}
        if self._value(name) != self._value(again):
            return {again: tr(N_("No coincide con la primera."))}
        return {}

    def _passphrase(self) -> str:
        return self._value("passphrase") if self.by_phrase.isChecked() else ""

    def _value(self, name: str) -> str:
        for form in self.all:
            if name in form.fields:
                editor = form.fields[name].editor
                if isinstance(editor, PasswordEdit):
                    return editor.text()
                if isinstance(editor, QLineEdit):
                    return editor.text().strip()
        raise KeyError(name)

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
            self.all[PROTECTION].fields[name].setVisible(self.by_phrase.isChecked())

    def _joining_form(self) -> Form:
        form = Form()
        form.add(
            "name", tr(N_("Nombre de la estación")), QLineEdit(), tr(N_("Por ejemplo: Central, puesto 2"))
        )
        form.add("own_commune", tr(N_("Comuna")), QLineEdit(), tr(N_("Como debe leerse en los documentos.")))
        form.add(
            "code",
            tr(N_("Código de inscripción")),
            QLineEdit(),
            tr(N_("Lo entrega quien administra el servidor municipal; vale una sola vez.")),
        )
        form.end()
        return form
