"""Informes: choose a document, say for when, look at it, and it is made in the background, kept and opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.operations.context import ReadContext
from desktop.register.access import Action
from desktop.views.commands import Command
from desktop.views.reports.documents import (
    CardDocument,
    DailyDocument,
    Document,
    IncidentDocument,
    Request,
    ShiftDocument,
)
from desktop.views.reports.preview import Preview
from desktop.views.reports.printing import MAY_PRINT, Paper, PrintDesk, Table, print_incident
from desktop.views.reports.response import ResponseDocument
from desktop.views.services import Services
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button
from desktop.views.widgets.empty import EmptyState
from desktop.views.widgets.text import ElidedLabel, label

if TYPE_CHECKING:
    from desktop.core.events import Changes
    from desktop.operations.documents.letterhead import Letterhead
    from desktop.operations.documents.sheets import Sheet

_GROUP = N_("Informes")
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_NARROW = 1000
"""Below this width the preview takes the place of the questions."""
_NEEDED = 560

DOCUMENTS = (DailyDocument, ResponseDocument, ShiftDocument, IncidentDocument, CardDocument)


class ReportsPage(QWidget):
    """The page of documents."""

    def __init__(self, services: Services, desk: PrintDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._print_desk = desk
        self._paper = Paper(services, desk, self)
        self.list = QListWidget()
        self.list.setAccessibleName(tr(N_("Documentos")))
        self.list.setProperty("part", "choices")
        self.list.setMinimumWidth(190)
        self.list.setMaximumWidth(260)
        self.list.installEventFilter(self)
        self.list.ensurePolished()  # the height of its rows must be known before they are laid out
        self.documents: list[Document] = [kind(services) for kind in DOCUMENTS]
        self._stack = QStackedWidget()
        for document in self.documents:
            self.list.addItem(QListWidgetItem(tr(document.title)))
            self._stack.addWidget(document)
            for part in document.inputs():
                part.installEventFilter(self)
        self.preview = Preview(services.icons)
        self.look_button = button(
            tr(N_("Vista previa")), "primary", self.look, tr(N_("Ver el documento aquí (Ctrl+Enter)"))
        )
        self.make_button = button(
            tr(N_("Guardar y abrir")), "plain", self.make, tr(N_("Guardar el PDF y abrirlo (Ctrl+P)"))
        )
        self.export_button = button(
            tr(N_("Exportar XLSX")), "plain", self.export_xlsx, tr(N_("Exportar la tabla (Ctrl+E)"))
        )
        self._csv = button(
            tr(N_("Exportar CSV")), "plain", self.export_csv, tr(N_("Exportar como CSV (Ctrl+Shift+C)"))
        )
        self._folder = ElidedLabel("", "small")
        self._build()
        self._add_commands()
        self.list.currentRowChanged.connect(self._show)
        self.list.setCurrentRow(0)
        self._say_folder()
        self.preview.left.connect(self.leave_preview)
        self.preview.stopped.connect(self.leave_preview)
        services.events.changed.connect(self._changed)

    def _build(self) -> None:
        making, exporting = QHBoxLayout(), QHBoxLayout()
        for row, parts in (
            (making, (self.look_button, self.make_button)),
            (exporting, (self.export_button, self._csv)),
        ):
            row.setSpacing(SIZES.space_2)
            for part in parts:
                row.addWidget(part)
            row.addStretch(1)
        folder = QHBoxLayout()
        folder.addWidget(self._folder, 1)
        folder.addWidget(
            button(tr(N_("Cambiar carpeta…")), "quiet", self.choose_folder, tr(N_("Elegir dónde se guardan")))
        )
        scrolled = QScrollArea()
        scrolled.setWidget(self._stack)
        scrolled.setWidgetResizable(True)
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._questions = QWidget()
        right = QVBoxLayout(self._questions)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(SIZES.space_3)
        right.addWidget(scrolled, 1)
        right.addLayout(making)
        right.addLayout(exporting)
        right.addLayout(folder)
        self._questions.setMinimumWidth(320)
        self._questions.setMaximumWidth(420)
        left = QVBoxLayout()
        left.setSpacing(SIZES.space_2)
        left.addWidget(label(tr(N_("Informes")), "title"))
        left.addWidget(self.list, 1)
        left.addWidget(
            label(
                tr(N_("Enter va a los datos y luego a la vista previa · Ctrl+P guarda el PDF")),
                "small",
                wraps=True,
            )
        )
        self._content = QWidget()
        layout = QHBoxLayout(self._content)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
        layout.setSpacing(SIZES.space_5)
        layout.addLayout(left)
        layout.addWidget(self._questions, 1)
        layout.addWidget(self.preview, 2)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        if MAY_PRINT.held_by(self._services.rights):
            outer.addWidget(self._content)
        else:
            self._content.setParent(self)
            self._content.hide()
            outer.addWidget(
                EmptyState(
                    self._services.icons,
                    "printer",
                    tr(N_("Su rol no imprime informes")),
                    tr(N_("Pídalos a la supervisión del turno o a la administración del sistema.")),
                )
            )

    def _add_commands(self) -> None:
        def command(name: str, title: str, key: str, icon: str, run: Callable[[], None]) -> Command:
            return Command(f"reports.{name}", title, run, key, icon, MAY_PRINT, group=_GROUP)

        self._services.commands.add(
            command("look", N_("Vista previa del documento"), "Ctrl+Return", "eye", self.look),
            command("make", N_("Guardar y abrir el documento"), "Ctrl+P", "printer", self.make),
            command("xlsx", N_("Exportar la tabla a XLSX"), "Ctrl+E", "export", self.export_xlsx),
            command("csv", N_("Exportar la tabla a CSV"), "Ctrl+Shift+C", "export", self.export_csv),
            command("folder", N_("Cambiar la carpeta de los documentos"), "", "folder", self.choose_folder),
            page=self,
        )

    # --- What others call -------------------------------------------------------------------------------------

    def go_to(self, **where: object) -> None:
        """Print an incident (`incident=` its id), or show a document (`document=` its class)."""
        incident, document = where.get("incident"), where.get("document")
        if isinstance(incident, UUID):
            print_incident(self._services, self._print_desk, self, incident)
        for place, found in enumerate(self.documents):
            if type(found) is document:
                self.list.setCurrentRow(place)

    def first_focus(self) -> QWidget:
        """Start by choosing the document."""
        return self.list

    # --- Acting -----------------------------------------------------------------------------------------------

    @property
    def current(self) -> Document:
        """Return the questions on screen."""
        return self.documents[self._stack.currentIndex()]

    def look(self) -> None:
        """Show the document beside its questions, before anything is kept."""
        asked = self._asked()
        if asked is None:
            return
        document = self.current
        self.preview.wait()
        self._arrange()
        self.preview.stop.setFocus()

        def drawn(sheet: Sheet, pages: tuple[bytes, ...]) -> None:
            self.preview.show_pages(pages, document.remark(sheet))
            self._arrange()
            self.preview.pane.setFocus()

        def refused(error: AtalayaError) -> None:
            self.leave_preview()
            document.form.show_error(error)

        self._paper.look(asked.gather, drawn, on_error=refused, failed=self.leave_preview)

    def leave_preview(self) -> None:
        """Go back to the questions; a document that is being drawn is dropped."""
        self._paper.stop_looking()
        if self.preview.page_count == 0 or self._is_narrow:
            self.preview.clear()
        held = self.preview.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        self._arrange()
        if held:
            (self.current.inputs() or (self.look_button,))[0].setFocus()

    def make(self) -> None:
        """Make the PDF and open it."""
        asked = self._asked()
        if asked is not None:
            document = self.current
            self._busy(True)
            self._paper.make(
                document.title,
                asked.gather,
                asked.name,
                settled=lambda: self._busy(False),
                on_error=document.form.show_error,
            )

    def export_xlsx(self) -> None:
        """Write the table as XLSX."""
        self._export("xlsx")

    def export_csv(self) -> None:
        """Write the table as CSV."""
        self._export("csv")

    def choose_folder(self) -> None:
        """Ask where documents go from now on."""
        dialog = QFileDialog(self, tr(N_("Carpeta de los documentos")), str(self._paper.folder))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.use_folder)
        dialog.open()

    def use_folder(self, chosen: str) -> None:
        """Keep documents in another folder from now on."""
        self._paper.use_folder(Path(chosen))
        self._say_folder()

    def _export(self, ending: str) -> None:
        if not self.current.has_table:
            self._services.toasts.toast(tr(N_("Ese documento no tiene una tabla que exportar.")))
            return
        asked = self._asked()
        if asked is None or asked.table is None:
            return
        table = asked.table

        def gather(ctx: ReadContext, head: Letterhead) -> Table:
            ctx.rights.check(Action.EXPORT, "incidents")
            return table(ctx, head)

        self._busy(True)
        self._paper.export(
            self.current.title, gather, f"{asked.name}.{ending}", settled=lambda: self._busy(False)
        )

    def _asked(self) -> Request | None:
        document = self.current
        document.form.clear_errors()
        try:
            return document.request()
        except AtalayaError as error:
            document.form.show_error(error)
            return None

    def _busy(self, is_busy: bool) -> None:
        for part in (self.look_button, self.make_button, self.export_button, self._csv):
            part.setEnabled(not is_busy)

    @property
    def _is_narrow(self) -> bool:
        return self.width() < _NARROW

    def _arrange(self) -> None:
        """Give a narrow page to the questions or to the preview, a wide one to both."""
        self._questions.setVisible(not self._is_narrow or self.preview.is_empty)
        self.preview.setVisible(not self._is_narrow or not self.preview.is_empty)

    def minimumSizeHint(self) -> QSize:
        """Ask for the list and one of the two others: the preview gives way where there is no room for all."""
        return QSize(_NEEDED, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for what is looked at."""
        super().resizeEvent(event)
        self._arrange()

    def _show(self, row: int) -> None:
        self._paper.stop_looking()
        self.preview.clear()
        self._stack.setCurrentIndex(max(0, row))
        may_export = self._services.rights.may(Action.EXPORT, "incidents")
        self.export_button.setVisible(self.current.has_table and may_export)
        self._csv.setVisible(self.current.has_table and may_export)
        self.current.refresh()

    def _say_folder(self) -> None:
        self._folder.setText(tr(N_("Se guardan en {folder}"), folder=self._paper.folder))

    def _changed(self, changes: Changes) -> None:
        if "shifts" in changes.touched and self.isVisible():
            self.current.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes from the list to the first question, and from any question to the preview."""
        if (
            event.type() != QEvent.Type.KeyPress
            or not isinstance(event, QKeyEvent)
            or event.key() not in _ENTER
        ):
            return False
        if watched is self.list:
            (self.current.inputs() or (self.look_button,))[0].setFocus()
        else:
            self.look()
        return True
