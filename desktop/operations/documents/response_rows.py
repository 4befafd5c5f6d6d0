"""Response times in words, as the documents show them, and beside the same figures of the period before."""

from collections.abc import Mapping
from typing import Any

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.operations.incidents.response_times import GroupBy, Percentiles, ResponseRow, ResponseTimes

CUTS: Mapping[GroupBy, tuple[str, str]] = {
    GroupBy.PRIORITY: (N_("Por prioridad"), N_("Prioridad")),
    GroupBy.TYPE: (N_("Por tipo de incidente"), N_("Tipo")),
    GroupBy.SECTOR: (N_("Por sector"), N_("Sector")),
    GroupBy.UNIT: (N_("Por móvil"), N_("Móvil")),
    GroupBy.HOUR: (N_("Por hora del día"), N_("Hora")),
    GroupBy.WEEKDAY: (N_("Por día de la semana"), N_("Día")),
    GroupBy.SHIFT: (N_("Por turno"), N_("Turno")),
}
"""The title of each cut, and the name of what it is cut by."""
_NOTHING = "–"


def cuts_in_words(times: ResponseTimes, before: ResponseTimes | None) -> list[dict[str, Any]]:
    """Return each cut with its rows; a row carries what the same group had in the period before."""
    made = []
    for by, rows in times.groups.items():
        earlier = {} if before is None else {row.key: row for row in before.groups.get(by, ())}
        made.append(
            {
                "title": tr(CUTS[by][0]),
                "name": tr(CUTS[by][1]),
                "rows": [
                    {**response_row(row), "before": _arrival_before(earlier.get(row.key))} for row in rows
                ],
            }
        )
    return made


def response_row(row: ResponseRow) -> dict[str, Any]:
    """Return one group in words; the sizes of its meters from 0 to 1."""
    return {
        "title": row.title,
        "incidents": formats.number(row.incidents),
        "dispatch": _percentiles(row.dispatch),
        "arrival": _percentiles(row.arrival),
        "closing": _percentiles(row.closing),
        "dispatch_in_target": _share(row.dispatch_in_target),
        "arrival_in_target": _share(row.arrival_in_target),
        "dispatch_size": row.dispatch_in_target or 0,
        "arrival_size": row.arrival_in_target or 0,
    }


def comparison(now: ResponseRow, before: ResponseRow) -> list[dict[str, str]]:
    """Return each figure of the whole beside that of the period before, and how much it changed."""
    counted = {
        "label": tr(N_("Incidentes medidos")),
        "now": formats.number(now.incidents),
        "before": formats.number(before.incidents),
        "change": _signed(
            now.incidents - before.incidents, formats.number(abs(now.incidents - before.incidents))
        ),
    }
    timed = (
        (N_("Despacho, mediana"), now.dispatch.p50_s, before.dispatch.p50_s),
        (N_("Despacho, percentil 90"), now.dispatch.p90_s, before.dispatch.p90_s),
        (N_("Llegada, mediana"), now.arrival.p50_s, before.arrival.p50_s),
        (N_("Llegada, percentil 90"), now.arrival.p90_s, before.arrival.p90_s),
        (N_("Cierre, mediana"), now.closing.p50_s, before.closing.p50_s),
    )
    shared = (
        (N_("Despacho en meta"), now.dispatch_in_target, before.dispatch_in_target),
        (N_("Llegada en meta"), now.arrival_in_target, before.arrival_in_target),
    )
    return [
        counted,
        *(_compared(label, this, other, _seconds, formats.timer) for label, this, other in timed),
        *(_compared(label, this, other, _share, _points) for label, this, other in shared),
    ]


def _compared(
    label: str, now: float | None, before: float | None, shown: Any, difference: Any
) -> dict[str, str]:
    change = _NOTHING
    if now is not None and before is not None:
        change = _signed(now - before, difference(abs(now - before)))
    return {"label": tr(label), "now": shown(now), "before": shown(before), "change": change}


def _signed(difference: float, words: str) -> str:
    if difference == 0:
        return tr(N_("igual"))
    return f"+{words}" if difference > 0 else f"−{words}"


def _points(share: float) -> str:
    points = round(share * 100)
    if points == 1:
        return tr(N_("1 punto"))
    return tr(N_("{count} puntos"), count=points)


def _arrival_before(row: ResponseRow | None) -> str:
    return _NOTHING if row is None else _seconds(row.arrival.p90_s)


def _percentiles(found: Percentiles) -> dict[str, str]:
    return {"n": formats.number(found.count), "p50": _seconds(found.p50_s), "p90": _seconds(found.p90_s)}


def _seconds(value: float | None) -> str:
    return _NOTHING if value is None else formats.timer(value)


def _share(value: float | None) -> str:
    return _NOTHING if value is None else formats.percent(value)
