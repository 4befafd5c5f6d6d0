"""The tables of the reports, as rows for a spreadsheet: figures stay figures."""

from collections.abc import Iterator

from desktop.core.i18n import N_, tr
from desktop.operations.documents.response_rows import CUTS
from desktop.operations.documents.sheets import Count, DailyReport, IncidentLine, ResponseReport, ShiftReport
from desktop.operations.documents.spreadsheet import Row
from desktop.operations.incidents.response_times import ResponseRow
from desktop.views.reports.printing import Table


def response_table(sheet: ResponseReport) -> Table:
    """Return one row for each group; times in seconds, compliance from 0 to 1."""
    columns = (
        tr(N_("Corte")),
        tr(N_("Grupo")),
        tr(N_("Incidentes")),
        tr(N_("Despacho p50 (s)")),
        tr(N_("Despacho p90 (s)")),
        tr(N_("Llegada p50 (s)")),
        tr(N_("Llegada p90 (s)")),
        tr(N_("Cierre p50 (s)")),
        tr(N_("Cierre p90 (s)")),
        tr(N_("Despacho en plazo")),
        tr(N_("Llegada en plazo")),
        tr(N_("Incidentes, período anterior")),
        tr(N_("Llegada p90, período anterior (s)")),
        tr(N_("Llegada en plazo, período anterior")),
    )
    before = sheet.before
    rows: list[Row] = [
        _response_row(tr(N_("Todos")), sheet.times.total, None if before is None else before.total)
    ]
    for cut, groups in sheet.times.groups.items():
        earlier = {} if before is None else {row.key: row for row in before.groups.get(cut, ())}
        rows.extend(_response_row(tr(CUTS[cut][1]), row, earlier.get(row.key)) for row in groups)
    return tr(N_("Tiempos de respuesta")), columns, rows


def daily_table(sheet: DailyReport) -> Table:
    """Return every count of the day beside that of the span before."""
    rows = list(
        _counts(
            {
                N_("Prioridad"): sheet.by_priority,
                N_("Tipo"): sheet.by_type,
                N_("Turno"): sheet.by_shift,
                N_("Canal"): sheet.by_channel,
            }
        )
    )
    totals: tuple[Row, ...] = (
        (tr(N_("Total")), tr(N_("Llamadas")), sheet.calls, None),
        (tr(N_("Total")), tr(N_("Incidentes")), sheet.opened, None),
        (tr(N_("Total")), tr(N_("Cerrados")), sheet.closed, None),
        (tr(N_("Total")), tr(N_("Pendientes")), sheet.pending, None),
        (tr(N_("Total")), tr(N_("Derivaciones")), sheet.referrals, None),
    )
    columns = (tr(N_("Corte")), tr(N_("Grupo")), tr(N_("Incidentes")), tr(N_("Período anterior")))
    return tr(N_("Informe diario")), columns, [*totals, *rows]


def shift_table(sheet: ShiftReport) -> Table:
    """Return the incidents of a shift, already masked for whoever asked."""
    columns = (
        tr(N_("Código")),
        tr(N_("Ingreso")),
        tr(N_("Prioridad")),
        tr(N_("Tipo")),
        tr(N_("Lugar")),
        tr(N_("Estado")),
        tr(N_("Resultado")),
        tr(N_("Móviles")),
        tr(N_("Ingreso tardío")),
    )
    return tr(N_("Parte de novedades")), columns, [_incident_row(line) for line in sheet.incidents]


def _response_row(cut: str, row: ResponseRow, before: ResponseRow | None) -> Row:
    return (
        cut,
        row.title,
        row.incidents,
        row.dispatch.p50_s,
        row.dispatch.p90_s,
        row.arrival.p50_s,
        row.arrival.p90_s,
        row.closing.p50_s,
        row.closing.p90_s,
        row.dispatch_in_target,
        row.arrival_in_target,
        None if before is None else before.incidents,
        None if before is None else before.arrival.p90_s,
        None if before is None else before.arrival_in_target,
    )


def _counts(groups: dict[str, tuple[Count, ...]]) -> Iterator[Row]:
    for title, counts in groups.items():
        for found in counts:
            yield (tr(title), found.label, found.count, found.before)


def _incident_row(line: IncidentLine) -> Row:
    return (
        line.code,
        line.reported_at,
        tr(line.priority.label),
        line.title,
        line.place,
        tr(line.status.label),
        line.result,
        line.units,
        line.is_late_entry,
    )
