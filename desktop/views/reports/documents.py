"""The documents of the page, each with its questions; `response.py` holds the one that is cut in several ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.clock import civil_day
from desktop.core.errors import FieldError
from desktop.core.i18n import N_, tr
from desktop.operations.context import ReadContext
from desktop.operations.documents.sheets import DailyReport, IncidentSheet, PaperCard
from desktop.operations.incidents.find import find_incident
from desktop.operations.incidents.referrals import ServiceChoice
from desktop.operations.incidents.referrals import services as outside_services
from desktop.operations.reporting import daily_report, incident_sheet, shift_report
from desktop.operations.shift_book import ShiftRow, earlier_shifts
from desktop.register.access import Action
from desktop.views.reports.printing import Gather, Table, file_word
from desktop.views.services import Services
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Form
from desktop.views.widgets.text import label

if TYPE_CHECKING:
    from desktop.operations.documents.letterhead import Letterhead
    from desktop.operations.documents.sheets import Sheet

_DAY_STARTS = time(8)
_MOST_CARDS = 50
_MOST_PHONES = 8


@dataclass(frozen=True, slots=True)
class Request:
    """What one document needs to be made: its PDF, and its table where it has one."""

    name: str
    gather: Gather
    table: Callable[[ReadContext, Letterhead], Table] | None = None


class Document(QWidget):
    """The questions of one document."""

    title = ""
    text = ""
    has_table = False

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self.form = Form()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, SIZES.space_3, 0)  # room for the bar of whatever scrolls it
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

    def inputs(self) -> tuple[QWidget, ...]:
        """Return what the keyboard meets, in order."""
        return tuple(field.editor for field in self.form.fields.values())

    def remark(self, sheet: Sheet) -> str:
        """Return what to say above the pages: that there is nothing in the span, or nothing at all."""
        del sheet
        return ""

    def request(self) -> Request:
        """Return what was asked for.

        Raises:
            FieldError: a value is not acceptable.
        """
        raise NotImplementedError


class SpanDocument(Document):
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


class DailyDocument(SpanDocument):
    """`Informe diario`."""

    title = N_("Informe diario")
    text = N_("Llamadas, incidentes y tiempos de 24 horas, comparados con el período anterior.")

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """Propose the last whole day of the centre, from eight to eight."""
        until = formats.instant_of(civil_day(now), _DAY_STARTS)
        if until > now:
            until = formats.instant_of(civil_day(now) - timedelta(days=1), _DAY_STARTS)
        return formats.instant_of(civil_day(until) - timedelta(days=1), _DAY_STARTS), until

    def remark(self, sheet: Sheet) -> str:
        """Say that the span is empty."""
        if isinstance(sheet, DailyReport) and sheet.opened == sheet.calls == 0:
            return tr(N_("En este período no hay llamadas ni incidentes."))
        return ""

    def request(self) -> Request:
        """Return the report of the span."""
        since, until = self.chosen()

        def table(ctx: ReadContext, head: Letterhead) -> Table:
            from desktop.views.reports.tables import daily_table  # noqa: PLC0415 - only for exports

            return daily_table(daily_report(ctx, since, until, head))

        name = tr(N_("informe-diario-{day}"), day=civil_day(since).isoformat())
        return Request(name, lambda ctx, head: daily_report(ctx, since, until, head), table)


class ShiftDocument(Document):
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

    def request(self) -> Request:
        """Return the report of the chosen shift."""
        row: ShiftRow | None = self.shift.currentData()
        if row is None:
            raise FieldError("shift", tr(N_("Todavía no hay turnos: abra el primero en la página Turno.")))

        def table(ctx: ReadContext, head: Letterhead) -> Table:
            from desktop.views.reports.tables import shift_table  # noqa: PLC0415 - only for exports

            return shift_table(shift_report(ctx, row.id, head))

        name = tr(N_("parte-{day}-{kind}"), day=row.day.isoformat(), kind=file_word(row.kind))
        return Request(name, lambda ctx, head: shift_report(ctx, row.id, head), table)


class IncidentDocument(Document):
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

    def request(self) -> Request:
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
        return Request(tr(N_("ficha-incidente-{name}"), name=name), gather)


class CardDocument(Document):
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

    def request(self) -> Request:
        """Return that many cards."""
        copies = self.copies.value()
        return Request(tr(N_("tarjetas-de-papel")), lambda ctx, head: blank_cards(ctx, head, copies))


def blank_cards(ctx: ReadContext, head: Letterhead, copies: int) -> PaperCard:
    """Gather blank cards with the telephones of the services at hand."""
    found: tuple[ServiceChoice, ...] = ()
    if ctx.rights.may(Action.READ, "services"):
        found = outside_services(ctx)
    phones = tuple(
        f"{service.short_name} {formats.phone(service.phone)}" for service in found if service.phone
    )
    return PaperCard(head, copies, phones[:_MOST_PHONES])
