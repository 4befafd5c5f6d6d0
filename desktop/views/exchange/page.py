"""The page of the exchange: who holds what, what only this station has, and carrying it by stick."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from desktop.core import formats
from desktop.core.errors import FieldError
from desktop.core.i18n import N_, tr
from desktop.register.access import Action
from desktop.sync.bundle_export import exported_sentence
from desktop.sync.bundle_import import Imported, imported_sentence
from desktop.sync.bundle_parts import SUFFIX
from desktop.sync.care import ExchangeCare, ExchangeOverview
from desktop.sync.outcome import Outcome
from desktop.sync.state import EXCHANGE
from desktop.views.commands import Command, Permission
from desktop.views.exchange.tables import fill, table
from desktop.views.exchange.words import (
    carried_words,
    lacks_words,
    line_words,
    near_words,
    set_aside_words,
    state_words,
)
from desktop.views.services import Services
from desktop.views.station.lines import HealthWord
from desktop.views.tasks import Progress
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Form, button
from desktop.views.widgets.text import label

T = TypeVar("T")
_GROUP = N_("Sincronización")


class ExchangePage(QWidget):
    """A station that is not enrolled is asked for its code; the others see who holds what."""

    def __init__(
        self,
        services: Services,
        care: ExchangeCare,
        enrolled: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._care = care
        self._told_enrolled = enrolled
        self._overview: ExchangeOverview | None = None
        self.state = HealthWord(services.theme)
        self.carried = label("", "muted", wraps=True)
        self.set_aside = label("", "strong", wraps=True)
        self.result = label("", "strong", wraps=True)
        self.holders = table(
            tr(N_("Quién tiene qué")),
            (N_("Quién"), N_("Letras"), N_("Anotaciones de aquí que le faltan"), N_("Ahora")),
            stretched=2,
        )
        self.near = label("", "muted", wraps=True)
        self.addresses = QLineEdit()
        self.addresses.setPlaceholderText(tr(N_("Por ejemplo: 192.168.1.20 192.168.1.31:8444")))
        self.addresses.returnPressed.connect(self.call)
        self.calling = Form()
        self.calling.add(
            "neighbours",
            tr(N_("Vecinas que no aparecen solas")),
            self.addresses,
            tr(
                N_(
                    "Direcciones separadas por espacios; Intro las guarda. En blanco, solo las que se encuentran."
                )
            ),
        )
        self.calling.end()
        self.only_here = table(tr(N_("Solo en esta estación")), (N_("Qué"), N_("Anotaciones")), stretched=0)
        self.nothing_only_here = label(
            tr(N_("Todo lo que hay aquí está también en otra parte.")), "muted", wraps=True
        )
        self.now_button = button(
            tr(N_("Sincronizar ahora")), "primary", self.exchange, tr(N_("Intercambiar con el servidor (F5)"))
        )
        self.export_button = button(
            tr(N_("Exportar a USB…")),
            "plain",
            self.choose_target,
            tr(N_("Escribir lo que a las otras puede faltarles (Ctrl+E)")),
        )
        self.import_button = button(
            tr(N_("Importar desde USB…")),
            "plain",
            self.choose_source,
            tr(N_("Recibir el archivo de otra estación (Ctrl+I)")),
        )
        self.code = QLineEdit()
        self.code.returnPressed.connect(self.enrol)
        self.form = Form()
        self.form.add(
            "code",
            tr(N_("Código de inscripción")),
            self.code,
            tr(N_("Lo entrega quien administra el servidor municipal; vale una sola vez.")),
        )
        self.form.end()
        self.enrol_button = button(tr(N_("Inscribir esta estación")), "primary", self.enrol)
        self._arrange()
        self._add_commands()
        services.events.exchanged.connect(self._follow)
        self._show_overview(None)

    def _arrange(self) -> None:
        head = QVBoxLayout()
        head.setSpacing(SIZES.space_1)
        head.addWidget(label(tr(N_("Sincronización")), "title"))
        head.addWidget(self.state)
        head.addWidget(self.carried)
        head.addWidget(self.set_aside)
        actions = QHBoxLayout()
        actions.setSpacing(SIZES.space_2)
        for part in (self.now_button, self.export_button, self.import_button):
            actions.addWidget(part)
        actions.addStretch(1)
        self._enrolling = QWidget()
        asking = QVBoxLayout(self._enrolling)
        asking.setContentsMargins(0, 0, 0, 0)
        asking.setSpacing(SIZES.space_3)
        asking.addWidget(self.form)
        asking.addWidget(self.enrol_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._enrolling.setMaximumWidth(SIZES.row * 18)
        self._shown = QWidget()
        shown = QHBoxLayout(self._shown)
        shown.setContentsMargins(0, 0, 0, 0)
        shown.setSpacing(SIZES.space_5)
        for title, parts, stretch in (
            (N_("Quién tiene qué"), (self.holders, self.near, self.calling), 3),
            (N_("Solo en esta estación"), (self.nothing_only_here, self.only_here), 2),
        ):
            column = QVBoxLayout()
            column.setSpacing(SIZES.space_2)
            column.addWidget(label(tr(title), "strong"))
            for shown_part in parts:
                column.addWidget(shown_part)
            if self.holders not in parts:
                column.addStretch(1)
            shown.addLayout(column, stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
        layout.setSpacing(SIZES.space_3)
        layout.addLayout(head)
        layout.addLayout(actions)
        layout.addWidget(self.result)
        layout.addWidget(self._enrolling)
        layout.addWidget(self._shown, 1)
        layout.addStretch(0)
        self.result.hide()
        self.set_aside.hide()

    def _add_commands(self) -> None:
        def command(
            name: str, title: str, key: str, icon: str, run: Callable[[], None], action: Action
        ) -> Command:
            return Command(
                f"exchange.{name}", title, run, key, icon, Permission(action, EXCHANGE), group=_GROUP
            )

        self._services.commands.add(
            command("now", N_("Sincronizar ahora"), "F5", "arrows-clockwise", self.exchange, Action.READ),
            command("export", N_("Exportar a USB"), "Ctrl+E", "export", self.choose_target, Action.EXPORT),
            command(
                "export_all",
                N_("Exportar todo a USB"),
                "Ctrl+Shift+U",
                "export",
                lambda: self.choose_target(everything=True),
                Action.EXPORT,
            ),
            command(
                "import", N_("Importar desde USB"), "Ctrl+I", "download", self.choose_source, Action.IMPORT
            ),
            command(
                "neighbours",
                N_("Direcciones de estaciones vecinas"),
                "Ctrl+Shift+D",
                "link",
                self.addresses.setFocus,
                Action.EXPORT,
            ),
            page=self,
        )

    def first_focus(self) -> QWidget:
        """Start with what can be done: the code, or the list."""
        return self.holders if self._overview is None or self._overview.is_enrolled else self.code

    def showEvent(self, event: QShowEvent) -> None:
        """Read again how things stand."""
        super().showEvent(event)
        self.reload()

    # --- What is shown ----------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read who holds what."""
        self._services.tasks.read(
            lambda _ctx: self._care.overview(), self._show_overview, owner=self, slot="overview"
        )

    def _follow(self) -> None:
        if self.isVisible():
            self.reload()

    def _show_overview(self, overview: ExchangeOverview | None) -> None:
        self._overview = overview
        is_enrolled = overview is not None and overview.is_enrolled
        rights = self._services.rights
        self._shown.setVisible(is_enrolled)
        self._enrolling.setVisible(
            overview is not None and not is_enrolled and rights.may(Action.CREATE, EXCHANGE)
        )
        for part, action in (
            (self.now_button, Action.READ),
            (self.export_button, Action.EXPORT),
            (self.import_button, Action.IMPORT),
        ):
            part.setVisible(is_enrolled)
            part.setEnabled(rights.may(action, EXCHANGE))
        if overview is None:
            return
        self.state.say(*state_words(overview))
        self.carried.setText(carried_words(overview))
        set_aside = set_aside_words(overview)
        self.set_aside.setText(set_aside)
        self.set_aside.setVisible(bool(set_aside))
        self.carried.setVisible(is_enrolled)
        fill(
            self.holders,
            [(one.name, one.letters, lacks_words(one), line_words(one)) for one in overview.holders],
        )
        self.near.setText(near_words(overview))
        self.calling.setVisible(rights.may(Action.EXPORT, EXCHANGE))
        if not self.addresses.hasFocus():
            self.addresses.setText(" ".join(overview.typed))
        fill(self.only_here, [(tr(title), formats.number(count)) for title, count in overview.only_here])
        self.only_here.setVisible(bool(overview.only_here))
        self.nothing_only_here.setVisible(not overview.only_here)

    # --- What is done -----------------------------------------------------------------------------------------

    def exchange(self) -> None:
        """Exchange with the server now."""
        if self._is_enrolled:
            self._job(tr(N_("Sincronizando")), lambda _: self._care.now(), self._exchanged)

    def _exchanged(self, outcome: Outcome) -> None:
        said = tr(
            N_("Enviadas: {sent}. Recibidas: {taken}. Por enviar: {remaining}."),
            sent=formats.number(outcome.sent),
            taken=formats.number(outcome.taken),
            remaining=formats.number(outcome.remaining),
        )
        if outcome.refused:
            said += " " + tr(N_("Hay anotaciones que no se recibieron."))
        self._say(said)

    def call(self) -> None:
        """Call the neighbours at the addresses that are typed."""
        text = self.addresses.text()
        self.calling.clear_errors()

        def done(found: tuple[str, ...]) -> None:
            self.addresses.setText(" ".join(found))
            self._say(
                tr(N_("Se llamará también a: {addresses}."), addresses=", ".join(found))
                if found
                else tr(N_("Se llamará solo a las vecinas que se encuentren solas."))
            )
            self.reload()

        self._services.tasks.job(
            tr(N_("Guardando las direcciones")),
            lambda _: self._care.call(text),
            done,
            on_error=self.calling.show_error,
            owner=self,
        )

    def choose_target(self, *, everything: bool = False) -> None:
        """Ask where to write the file."""
        if not self._is_enrolled or not self.export_button.isEnabled():
            return
        dialog = QFileDialog(self, tr(N_("Exportar a USB")))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(_kinds())
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        at = formats.day_time(self._services.clock.now())
        dialog.selectFile("atalaya " + at.replace(":", ".") + SUFFIX)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.export_to(name, everything=everything))
        dialog.open()

    def export_to(self, name: str, *, everything: bool = False) -> None:
        """Write the file."""
        self._job(
            tr(N_("Exportando a USB")),
            lambda progress: self._care.export(Path(name), progress, everything=everything),
            lambda made: self._say(exported_sentence(made) + " " + tr(N_("Ya puede retirar la unidad."))),
        )

    def choose_source(self) -> None:
        """Ask for the file of another station."""
        if not self._is_enrolled or not self.import_button.isEnabled():
            return
        dialog = QFileDialog(self, tr(N_("Importar desde USB")))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(_kinds())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.import_from)
        dialog.open()

    def import_from(self, name: str) -> None:
        """Take the file."""
        self._job(
            tr(N_("Importando desde USB")),
            lambda progress: self._care.take(Path(name), progress),
            self._imported,
        )

    def _imported(self, found: Imported) -> None:
        self._say(imported_sentence(found))

    def enrol(self) -> None:
        """Enrol with the code that is typed; a code that was misread is said beside it."""
        code = self.code.text().strip()
        if not code:
            self.form.show_error(FieldError("code", tr(N_("Escriba el código de inscripción."))))
            return
        if not self.enrol_button.isEnabled():
            return
        self.form.clear_errors()
        self.enrol_button.setEnabled(False)

        def settled() -> None:
            if isValid(self):
                self.enrol_button.setEnabled(True)

        def done(_: object) -> None:
            self.code.clear()
            self._told_enrolled()
            self._say(tr(N_("La estación quedó inscrita. El intercambio comienza ahora.")))
            self.reload()

        self._services.tasks.job(
            tr(N_("Inscribiendo la estación")),
            lambda _: self._care.enrol(code),
            done,
            on_error=self.form.show_error,
            owner=self,
            settled=settled,
        )

    @property
    def _is_enrolled(self) -> bool:
        return self._overview is not None and self._overview.is_enrolled

    def _say(self, words: str) -> None:
        self.result.setText(words)
        self.result.show()

    def _job(self, title: str, work: Callable[[Progress], T], done: Callable[[T], None]) -> None:
        if not self.now_button.isEnabled():
            return

        def settled() -> None:
            if isValid(self):
                self.reload()

        for part in (self.now_button, self.export_button, self.import_button):
            part.setEnabled(False)
        self.result.hide()
        self._services.tasks.job(title, work, done, owner=self, settled=settled)


def _kinds() -> str:
    return tr(N_("Intercambio de Atalaya (*{suffix})"), suffix=SUFFIX)
