"""Informes: choose a document, say for when, and it is made in the background, kept and opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.core import formats
from desktop.core.clock import civil_day
from desktop.core.errors import AtalayaError, FieldError
from desktop.core.i18n import N_, tr
from desktop.operations.context import ReadContext
from desktop.operations.documents.letterhead import Letterhead
from desktop.operations.documents.sheets import IncidentSheet, PaperCard
from desktop.operations.incidents.find import find_incident
from desktop.operations.incidents.referrals import ServiceChoice
from desktop.operations.incidents.referrals import services as outside_services
from desktop.operations.incidents.response_times import GroupBy
from desktop.operations.reporting import daily_report, incident_sheet, response_report, shift_report
from desktop.operations.shift_book import ShiftRow, earlier_shifts
from desktop.register.access import Action
from desktop.views.commands import Command
from desktop.views.reports.printing import (
    MAY_PRINT,
    Gather,
    Paper,
    PrintDesk,
    Table,
    file_word,
    print_incident,
)
from desktop.views.services import Services
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Form, button
from desktop.views.widgets.empty import EmptyState
from desktop.views.widgets.text import ElidedLabel, label

if TYPE_CHECKING:
    from desktop.core.events import Changes

_GROUP = N_("Informes")
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_DAY_STARTS = time(8)
_MOST_CARDS = 50
_MOST_PHONES = 8


@dataclass(frozen=True, slots=True)
class _Request:
    """What one document needs to be made: its PDF, and its table where it has one."""

    name: str
    gather: Gather
    table: Callable[[ReadContext, Letterhead], Table] | None = None


class _Document(QWidget):
    """The questions of one document."""

    title = ""
    text = ""
    has_table = False

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self.form = Form()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_3)
        layout.addWidget(label(tr(self.title), "title"))
        layout.addWidget(label(tr(self.text), "muted", wraps=True))
        layout.addWidget(self.form)
        self.build()
        self.form.end()
        layout.addStretch(1)

    def build(self) -> None:
        """Add the fields."""

    def refresh(self) -> None:
        """Load what the fields offer."""

    def request(self) -> _Request:
        """Return what was asked for.

        Raises:
            FieldError: a value is not acceptable.
        """
        raise NotImplementedError


class _Span(_Document):
    """A document of a span of time."""

    has_table = True

    def build(self) -> None:
        """Ask from when to when."""
        self.since, self.until = QLineEdit(), QLineEdit()
        since, until = self.span(self.services.clock.now())
        example = tr(N_("Día-mes-año y hora: 22-11-2026 08:00"))
        for name, title, editor, at in (
            ("since", N_("Desde"), self.since, since),
            ("until", N_("Hasta"), self.until, until),
        ):
            editor.setText(formats.day_time(at))
            self.form.add(name, tr(title), editor, example if name == "since" else "")

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the span that is proposed."""
        raise NotImplementedError

    def chosen(self) -> tuple[datetime, datetime]:
        """Return the span that was asked for.

        Raises:
            FieldError: a date is wrong, or the end is not after the start.
        """
        since = self._instant("since", self.since.text())
        until = self._instant("until", self.until.text())
        if until <= since:
            raise FieldError("until", tr(N_("El término debe ser posterior al inicio.")))
        return since, until

    def _instant(self, name: str, text: str) -> datetime:
        try:
            return formats.parse_instant(text)
        except ValueError as error:
            raise FieldError(name, str(error)) from error


class DailyDocument(_Span):
    """`Informe diario`."""

    title = N_("Informe diario")
    text = N_("Llamadas, incidentes y tiempos de 24 horas, comparados con el período anterior.")

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """Propose the last whole day of the centre, from eight to eight."""
        until = formats.instant_of(civil_day(now), _DAY_STARTS)
        if until > now:
            until = formats.instant_of(civil_day(now) - timedelta(days=1), _DAY_STARTS)
        return formats.instant_of(civil_day(until) - timedelta(days=1), _DAY_STARTS), until

    def request(self) -> _Request:
        """Return the report of the span."""
        since, until = self.chosen()

        def table(ctx: ReadContext, head: Letterhead) -> Table:
            from desktop.views.reports.tables import daily_table  # noqa: PLC0415 - only for exports

            return daily_table(daily_report(ctx, since, until, head))

        name = tr(N_("informe-diario-{day}"), day=civil_day(since).isoformat())
        return _Request(name, lambda ctx, head: daily_report(ctx, since, until, head), table)


class ResponseDocument(_Span):
    """`Informe de tiempos de respuesta`."""

    title = N_("Tiempos de respuesta")
    text = N_(
        "Mediana y percentil 90 de despacho, llegada y cierre contra las metas, sólo con horas registradas en vivo."
    )

    def build(self) -> None:
        """Ask for the span and the cut."""
        super().build()
        self.cut = QComboBox()
        for title, cut in (
            (N_("Todos los cortes"), None),
            (N_("Por prioridad"), GroupBy.PRIORITY),
            (N_("Por tipo"), GroupBy.TYPE),
            (N_("Por sector"), GroupBy.SECTOR),
            (N_("Por turno"), GroupBy.SHIFT),
        ):
            self.cut.addItem(tr(title), cut)
        self.form.add("cut", tr(N_("Corte")), self.cut)

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """Propose the month so far."""
        return formats.civil_instant(civil_day(now).replace(day=1), 0), now

    def request(self) -> _Request:
        """Return the report of the span, whole or one cut of it."""
        since, until = self.chosen()
        cut: GroupBy | None = self.cut.currentData()
        from desktop.views.reports.tables import only_cut, response_table  # noqa: PLC0415 - only when asked for

        return _Request(
            tr(N_("tiempos-respuesta-{day}"), day=civil_day(since).isoformat()),
            lambda ctx, head: only_cut(response_report(ctx, since, until, head), cut),
            lambda ctx, head: response_table(only_cut(response_report(ctx, since, until, head), cut)),
        )


class ShiftDocument(_Document):
    """`Parte de novedades`."""

    title = N_("Parte de novedades")
    text = N_("Dotación, incidentes, móviles y novedades de un turno.")
    has_table = True

    def build(self) -> None:
        """Ask for the shift."""
        self.shift = QComboBox()
        self.form.add("shift", tr(N_("Turno")), self.shift)

    def refresh(self) -> None:
        """Load the shifts, the latest first."""
        self.services.tasks.read(earlier_shifts, self._take, owner=self, slot="shifts")

    def _take(self, rows: tuple[ShiftRow, ...]) -> None:
        chosen = self.shift.currentData()
        self.shift.clear()
        for row in rows:
            text = f"{formats.day(row.day)} · {tr(row.kind.label)} · {tr(row.status.label)}"
            self.shift.addItem(text, row)
            if chosen is not None and chosen.id == row.id:
                self.shift.setCurrentIndex(self.shift.count() - 1)

    def request(self) -> _Request:
        """Return the report of the chosen shift."""
        row: ShiftRow | None = self.shift.currentData()
        if row is None:
            raise FieldError("shift", tr(N_("Todavía no hay turnos: abra el primero en la página Turno.")))

        def table(ctx: ReadContext, head: Letterhead) -> Table:
            from desktop.views.reports.tables import shift_table  # noqa: PLC0415 - only for exports

            return shift_table(shift_report(ctx, row.id, head))

        name = tr(N_("parte-{day}-{kind}"), day=row.day.isoformat(), kind=file_word(row.kind))
        return _Request(name, lambda ctx, head: shift_report(ctx, row.id, head), table)


class IncidentDocument(_Document):
    """`Ficha de incidente`."""

    title = N_("Ficha de incidente")
    text = N_("Todo lo registrado de un incidente, con su cronología y los ingresos tardíos marcados.")

    def build(self) -> None:
        """Ask for the number."""
        self.number = QLineEdit()
        self.form.add(
            "number",
            tr(N_("Incidente")),
            self.number,
            tr(N_("Número corto, código o folio: 451, INC-26-K7-0451")),
        )

    def request(self) -> _Request:
        """Return the sheet of the incident with that number."""
        text = self.number.text().strip()
        if not text:
            raise FieldError("number", tr(N_("Escriba el número del incidente.")))

        def gather(ctx: ReadContext, head: Letterhead) -> IncidentSheet:
            found = find_incident(ctx, text)
            if not found:
                raise FieldError(
                    "number", tr(N_("No hay un incidente {text} que usted pueda ver."), text=text)
                )
            return incident_sheet(ctx, found[0].id, head)

        name = "".join(sign if sign.isalnum() or sign == "-" else "-" for sign in text)
        return _Request(tr(N_("ficha-incidente-{name}"), name=name), gather)


class CardDocument(_Document):
    """`Tarjeta de papel`."""

    title = N_("Tarjetas de papel")
    text = N_(
        "Tarjetas en blanco para anotar mientras el sistema no esté; después se ingresan en «Ingreso tardío»."
    )

    def build(self) -> None:
        """Ask how many."""
        self.copies = QSpinBox()
        self.copies.setRange(1, _MOST_CARDS)
        self.copies.setValue(10)
        self.form.add("copies", tr(N_("Cuántas")), self.copies)

    def request(self) -> _Request:
        """Return that many cards."""
        copies = self.copies.value()
        return _Request(tr(N_("tarjetas-de-papel")), lambda ctx, head: blank_cards(ctx, head, copies))


DOCUMENTS = (DailyDocument, ResponseDocument, ShiftDocument, IncidentDocument, CardDocument)


def blank_cards(ctx: ReadContext, head: Letterhead, copies: int) -> PaperCard:
    """Gather blank cards with the telephones of the services at hand."""
    found: tuple[ServiceChoice, ...] = ()
    if ctx.rights.may(Action.READ, "services"):
        found = outside_services(ctx)
    phones = tuple(
        f"{service.short_name} {formats.phone(service.phone)}" for service in found if service.phone
    )
    return PaperCard(head, copies, phones[:_MOST_PHONES])


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
        self.documents: list[_Document] = [kind(services) for kind in DOCUMENTS]
        self._stack = QStackedWidget()
        for document in self.documents:
            self.list.addItem(QListWidgetItem(tr(document.title)))
            self._stack.addWidget(document)
            for field in document.form.fields.values():
                field.editor.installEventFilter(self)
        self.make_button = button(
            tr(N_("Hacer y abrir")), "primary", self.make, tr(N_("Hacer el PDF y abrirlo (Ctrl+P)"))
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
        services.events.changed.connect(self._changed)

    def _build(self) -> None:
        actions = QHBoxLayout()
        actions.setSpacing(SIZES.space_2)
        for part in (self.make_button, self.export_button, self._csv):
            actions.addWidget(part)
        actions.addStretch(1)
        folder = QHBoxLayout()
        folder.addWidget(self._folder, 1)
        folder.addWidget(
            button(tr(N_("Cambiar carpeta…")), "quiet", self.choose_folder, tr(N_("Elegir dónde se guardan")))
        )
        right = QVBoxLayout()
        right.setSpacing(SIZES.space_4)
        right.addWidget(self._stack, 1)
        right.addLayout(actions)
        right.addLayout(folder)
        held = QWidget()
        held.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        held.setMaximumWidth(620)
        left = QVBoxLayout()
        left.setSpacing(SIZES.space_2)
        left.addWidget(label(tr(N_("Informes")), "title"))
        left.addWidget(self.list, 1)
        left.addWidget(label(tr(N_("Enter va a los datos · Ctrl+P hace el PDF")), "small", wraps=True))
        self._content = QWidget()
        layout = QHBoxLayout(self._content)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
        layout.setSpacing(SIZES.space_6)
        layout.addLayout(left)
        layout.addWidget(held, 1)
        layout.addStretch(0)
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
            command("make", N_("Hacer y abrir el documento"), "Ctrl+P", "printer", self.make),
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
    def current(self) -> _Document:
        """Return the questions on screen."""
        return self.documents[self._stack.currentIndex()]

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

    def _asked(self) -> _Request | None:
        document = self.current
        document.form.clear_errors()
        try:
            return document.request()
        except AtalayaError as error:
            document.form.show_error(error)
            return None

    def _busy(self, is_busy: bool) -> None:
        for part in (self.make_button, self.export_button, self._csv):
            part.setEnabled(not is_busy)

    def _show(self, row: int) -> None:
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
        """Enter goes from the list to the first question, and from any question makes the document."""
        if (
            event.type() != QEvent.Type.KeyPress
            or not isinstance(event, QKeyEvent)
            or event.key() not in _ENTER
        ):
            return False
        if watched is self.list:
            fields = list(self.current.form.fields.values())
            (fields[0].editor if fields else self.make_button).setFocus()
        else:
            self.make()
        return True
