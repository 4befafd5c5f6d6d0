"""The plain data of each document: typed values, formatted only when the document is drawn.

Each names its template in `resources/reports/`; `derived` adds what has to be computed before it can be drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from desktop.core import formats
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import IncidentStatus, Priority, Risk, Targets
from desktop.operations.documents.letterhead import Letterhead
from desktop.operations.documents.response_rows import comparison, cuts_in_words, response_row
from desktop.operations.handover import HandoverSheet
from desktop.operations.history import Entry
from desktop.operations.incidents.response_times import ResponseRow, ResponseTimes
from desktop.operations.incidents.values import IncidentView
from desktop.operations.shifts import ShiftView

MOST_PRINTED_ROWS = 2_000


class Sheet(Protocol):
    """A document's data."""

    template: ClassVar[str]

    @property
    def head(self) -> Letterhead:
        """Return the letterhead."""
        ...

    def derived(self) -> Mapping[str, Any]:
        """Return values that are computed from the others."""
        ...


@dataclass(frozen=True, slots=True)
class Count:
    """A bar of a chart. `before` is the same figure of the period compared with."""

    label: str
    count: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One incident in the table of another document, already masked for whoever prints."""

    code: str
    reported_at: datetime
    priority: Priority
    title: str
    place: str
    status: IncidentStatus
    result: str = ""
    units: str = ""
    is_late_entry: bool = False


@dataclass(frozen=True, slots=True)
class NewsLine:
    """A novelty written down during the shift."""

    at: datetime
    text: str
    author: str
    is_late_entry: bool = False
    is_struck: bool = False


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit's work in a shift."""

    callsign: str
    crew: str
    incidents: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class IncidentSheet:
    """`Ficha de incidente`, from the view that the operation gave to the person who prints."""

    template: ClassVar[str] = "incident"
    head: Letterhead
    incident: IncidentView

    def derived(self) -> Mapping[str, Any]:
        """Return the table of times, the risks in words and the coordinates."""
        found = self.incident
        return {"times": _steps(found), "risks": _risk_words(found.risks), "position": _position(found)}


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """`Parte de novedades` of one shift."""

    template: ClassVar[str] = "shift_report"
    head: Letterhead
    shift: ShiftView
    in_charge: str
    calls: int
    opened: int
    closed: int
    pending: int
    by_priority: tuple[Count, ...] = ()
    by_type: tuple[Count, ...] = ()
    incidents: tuple[IncidentLine, ...] = ()
    news: tuple[NewsLine, ...] = ()
    units: tuple[UnitLine, ...] = ()
    observations: str = ""

    def derived(self) -> Mapping[str, Any]:
        """Return the bars of its charts."""
        return {"bars": {"priority": _bars(self.by_priority), "type": _bars(self.by_type)}}


@dataclass(frozen=True, slots=True)
class HandoverAct:
    """`Acta de entrega de turno`. `sheet_sha256` is what both people signed; empty while nobody has."""

    template: ClassVar[str] = "handover"
    head: Letterhead
    sheet: HandoverSheet
    next_shift: str = ""
    observations: str = ""
    sheet_sha256: str = ""

    def derived(self) -> Mapping[str, Any]:
        """Return nothing more."""
        return {}


@dataclass(frozen=True, slots=True)
class DailyReport:
    """`Informe diario`: the 24 hours from `since` to `until`."""

    template: ClassVar[str] = "daily"
    head: Letterhead
    since: datetime
    until: datetime
    calls: int
    opened: int
    closed: int
    pending: int
    referrals: int
    by_priority: tuple[Count, ...] = ()
    by_type: tuple[Count, ...] = ()
    by_shift: tuple[Count, ...] = ()
    by_channel: tuple[Count, ...] = ()
    relevant: tuple[IncidentLine, ...] = ()
    response: tuple[ResponseRow, ...] = ()
    remarks: str = ""

    def derived(self) -> Mapping[str, Any]:
        """Return the bars of its charts and the response times in words."""
        return {
            "bars": {
                "priority": _bars(self.by_priority),
                "type": _bars(self.by_type),
                "shift": _bars(self.by_shift),
                "channel": _bars(self.by_channel),
            },
            "response_rows": [response_row(row) for row in self.response],
        }


@dataclass(frozen=True, slots=True)
class ResponseReport:
    """`Informe de tiempos de respuesta` against the targets in force."""

    template: ClassVar[str] = "response"
    head: Letterhead
    times: ResponseTimes
    targets: Mapping[Priority, Targets]
    before: ResponseTimes | None = None

    def derived(self) -> Mapping[str, Any]:
        """Return every row, comparison and target in words."""
        return {
            "total": response_row(self.times.total),
            "cuts": cuts_in_words(self.times, self.before),
            "comparison": comparison(self.times.total, self.before.total) if self.before else [],
            "target_rows": [
                {
                    "priority": priority,
                    "dispatch": formats.duration(found.dispatch_s),
                    "arrival": formats.duration(found.arrival_s),
                }
                for priority, found in self.targets.items()
            ],
        }


@dataclass(frozen=True, slots=True)
class RecordField:
    """A label and its words; a long one takes the whole width."""

    label: str
    value: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class RecordSection:
    """A group of fields."""

    title: str
    fields: tuple[RecordField, ...]


@dataclass(frozen=True, slots=True)
class RecordSheet:
    """`Ficha` of a record of any register."""

    template: ClassVar[str] = "record"
    head: Letterhead
    register: str
    title: str
    state: str = ""
    sections: tuple[RecordSection, ...] = ()
    timeline: tuple[Entry, ...] = ()

    def derived(self) -> Mapping[str, Any]:
        """Return nothing more."""
        return {}


@dataclass(frozen=True, slots=True)
class ListSheet:
    """A list as it was seen: its filters in words, and its rows. `numeric` are the columns aligned to the right."""

    template: ClassVar[str] = "list"
    head: Letterhead
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    filters: str = ""
    numeric: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a list that nobody would read on paper and that would take long to draw."""
        if len(self.rows) > MOST_PRINTED_ROWS:
            raise UserError(
                tr(
                    N_(
                        "La lista tiene {count} filas: acote los filtros para imprimirla, o expórtela a planilla."
                    ),
                    count=formats.number(len(self.rows)),
                )
            )

    def derived(self) -> Mapping[str, Any]:
        """Return the widths that the columns ask for, by what is written in them."""
        return {"weights": [_weight(self, index) for index in range(len(self.columns))]}


@dataclass(frozen=True, slots=True)
class PaperCard:
    """`Tarjeta de papel`, to be filled by hand while the system is away; `copies` of them, one a page."""

    template: ClassVar[str] = "paper_card"
    head: Letterhead
    copies: int = 1
    phones: tuple[str, ...] = ()
    """Numbers to be at hand: `Carabineros 133`."""

    def derived(self) -> Mapping[str, Any]:
        """Return the choices printed as boxes to tick."""
        return {"priorities": list(Priority), "risks": [tr(risk.label) for risk in Risk]}


def _steps(found: IncidentView) -> list[dict[str, Any]]:
    """Return the instants of an incident, each with the time since the one before and since the start."""
    marks = (
        (tr(N_("Creación")), found.reported_at),
        (tr(N_("Despacho")), found.dispatched_at),
        (tr(N_("En camino")), found.en_route_at),
        (tr(N_("Llegada")), found.arrived_at),
        (tr(N_("Control")), found.controlled_at),
        (tr(N_("Cierre")), found.closed_at),
    )
    steps: list[dict[str, Any]] = []
    before = found.reported_at
    for label, at in marks:
        step: dict[str, Any] = {"label": label, "at": at, "partial": "", "total": ""}
        if at is not None and steps:
            step["partial"] = formats.timer((at - before).total_seconds())
            step["total"] = formats.timer((at - found.reported_at).total_seconds())
        before = at or before
        steps.append(step)
    return steps


def _risk_words(risks: tuple[str, ...]) -> list[str]:
    known = {str(risk.value): tr(risk.label) for risk in Risk}
    return [known.get(risk, risk) for risk in risks]


def _position(found: IncidentView) -> str:
    if found.lat is None or found.lon is None:
        return ""
    return f"{formats.number(found.lat, 6)}; {formats.number(found.lon, 6)}"


def _bars(counts: tuple[Count, ...]) -> list[dict[str, Any]]:
    most = max((found.count for found in counts), default=0)
    total = sum(found.count for found in counts)
    return [
        {
            "label": found.label,
            "count": formats.number(found.count),
            "before": None if found.before is None else formats.number(found.before),
            "size": found.count / most if most else 0,
            "share": formats.percent(found.count / total) if total else "",
        }
        for found in counts
    ]


def _weight(sheet: ListSheet, index: int) -> int:
    lengths = sorted(len(row[index]) for row in sheet.rows) or [0]
    usual = lengths[len(lengths) * 9 // 10]
    return min(max(usual, len(sheet.columns[index]), 6), 48)
