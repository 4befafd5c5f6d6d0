"""`Informe de tiempos de respuesta`: its span and the ways in which it is cut."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from desktop.core import formats
from desktop.core.clock import civil_day
from desktop.core.errors import FieldError
from desktop.core.i18n import N_, tr
from desktop.operations.documents.sheets import ResponseReport
from desktop.operations.incidents.response_times import GroupBy
from desktop.operations.reporting import response_report
from desktop.views.reports.documents import Request, SpanDocument
from desktop.views.theme import SIZES

if TYPE_CHECKING:
    from desktop.operations.documents.sheets import Sheet

_CUTS = (
    (N_("Prioridad"), GroupBy.PRIORITY),
    (N_("Tipo"), GroupBy.TYPE),
    (N_("Sector"), GroupBy.SECTOR),
    (N_("Móvil"), GroupBy.UNIT),
    (N_("Hora del día"), GroupBy.HOUR),
    (N_("Día de la semana"), GroupBy.WEEKDAY),
    (N_("Turno"), GroupBy.SHIFT),
)
_USUAL = frozenset({GroupBy.PRIORITY, GroupBy.TYPE, GroupBy.SECTOR, GroupBy.SHIFT})


class Cuts(QWidget):
    """One box for each cut; Space ticks it."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[GroupBy, QCheckBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SIZES.space_4)
        grid.setVerticalSpacing(SIZES.space_1)
        for place, (title, cut) in enumerate(_CUTS):
            box = QCheckBox(tr(title))
            box.setChecked(cut in _USUAL)
            self.boxes[cut] = box
            grid.addWidget(box, place // 2, place % 2)
        self.setFocusProxy(self.boxes[GroupBy.PRIORITY])

    def chosen(self) -> tuple[GroupBy, ...]:
        """Return the cuts that are ticked, in their order on paper."""
        return tuple(cut for cut, box in self.boxes.items() if box.isChecked())


class ResponseDocument(SpanDocument):
    """`Informe de tiempos de respuesta`."""

    title = N_("Tiempos de respuesta")
    text = N_(
        "Mediana y percentil 90 de despacho, llegada y cierre contra las metas, junto al período anterior de igual "
        "duración; sólo con horas registradas en vivo."
    )

    def build(self) -> None:
        """Ask for the span and the cuts."""
        super().build()
        self.cuts = Cuts()
        self.form.add("cuts", tr(N_("Cortes")), self.cuts, tr(N_("Espacio marca o desmarca un corte.")))

    def inputs(self) -> tuple[QWidget, ...]:
        """Return the instants and every box."""
        return self.since, self.until, *self.cuts.boxes.values()

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """Propose the month so far."""
        return formats.civil_instant(civil_day(now).replace(day=1), 0), now

    def remark(self, sheet: Sheet) -> str:
        """Say that the span has nothing to measure, and what the one before had."""
        if not isinstance(sheet, ResponseReport) or sheet.times.total.incidents > 0:
            return ""
        before = 0 if sheet.before is None else sheet.before.total.incidents
        if before == 0:
            return tr(N_("Ni en este período ni en el anterior hay incidentes medidos."))
        return tr(
            N_("En este período no hay incidentes medidos; en el anterior hubo {count}."),
            count=formats.number(before),
        )

    def request(self) -> Request:
        """Return the report of the span with the chosen cuts."""
        since, until = self.chosen()
        cuts = self.cuts.chosen()
        if not cuts:
            raise FieldError("cuts", tr(N_("Marque al menos un corte.")))
        from desktop.views.reports.tables import response_table  # noqa: PLC0415 - only when asked for

        return Request(
            tr(N_("tiempos-respuesta-{day}"), day=civil_day(since).isoformat()),
            lambda ctx, head: response_report(ctx, since, until, head, cuts),
            lambda ctx, head: response_table(response_report(ctx, since, until, head, cuts)),
        )
