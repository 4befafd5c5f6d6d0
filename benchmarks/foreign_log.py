"""An invented log as another dispatch program would export it: its own headings, words, dates and mistakes."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.core.clock import SANTIAGO
from desktop.models.demo import DemoIncident, demo_incidents
from desktop.models.incidents.states import Priority
from desktop.operations.imports.mapping import ColumnMapping

_END = datetime(2026, 1, 1, 12, tzinfo=UTC)
_HEADINGS = (
    "N° PARTE",
    "FECHA INGRESO",
    "COD MATERIA",
    "URGENCIA",
    "GLOSA",
    "DOMICILIO",
    "POBLACION",
    "LAT",
    "LON",
    "HORA CIERRE",
)
_URGENCIES = {Priority.P1: "ALTA", Priority.P2: "MEDIA", Priority.P3: "BAJA", Priority.P4: "INFORMATIVA"}
_BAD_EVERY, _AGAIN_EVERY = 1_000, 500


@dataclass(frozen=True, slots=True)
class ForeignLog:
    """A file, how it is read, and what an import of it must come to."""

    path: Path
    mapping: ColumnMapping
    rows: int
    good: int
    rejected: int
    duplicate: int


def write_foreign_log(path: Path, rows: int, seed: int = 11) -> ForeignLog:
    """Write `rows` rows in Latin-1: one in 1,000 is bad in one of four ways, one in 500 says an earlier one again."""
    codes: dict[str, str] = {}
    rejected = duplicate = 0
    before: list[str] | None = None
    with path.open("w", encoding="latin-1", errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(_HEADINGS)
        for number, told in enumerate(_incidents(seed, rows), start=1):
            cells = _cells(number, told, codes)
            if number % _BAD_EVERY == 0:
                _spoil(cells, number // _BAD_EVERY)
                rejected += 1
            elif number % _AGAIN_EVERY == 1 and before is not None:
                cells = before
                duplicate += 1
            else:
                before = cells
            writer.writerow(cells)
    mapping = ColumnMapping(
        columns={
            "reference_number": "N° PARTE",
            "reported_at": "FECHA INGRESO",
            "type": "COD MATERIA",
            "priority": "URGENCIA",
            "narrative": "GLOSA",
            "address": "DOMICILIO",
            "sector": "POBLACION",
            "lat": "LAT",
            "lon": "LON",
            "closed_at": "HORA CIERRE",
        },
        date_formats=["%d/%m/%Y"],
        values={
            "type": {foreign: ours for ours, foreign in codes.items()},
            "priority": {foreign: ours.value for ours, foreign in _URGENCIES.items()},
        },
    )
    return ForeignLog(path, mapping, rows, rows - rejected - duplicate, rejected, duplicate)


def _incidents(seed: int, rows: int) -> Iterator[DemoIncident]:
    return demo_incidents(seed, rows, _END - timedelta(days=5 * 365), _END, live=0)


def _cells(number: int, told: DemoIncident, codes: dict[str, str]) -> list[str]:
    foreign = codes.setdefault(told.type_code, f"MAT-{len(codes) + 101}")
    at = told.reported_at.astimezone(SANTIAGO)
    closed = told.closed_at.astimezone(SANTIAGO) if told.closed_at is not None else None
    is_placed = number % 5 != 0
    return [
        f"{at:%Y}-{number}",
        f"{at:%d/%m/%Y %H:%M}",
        foreign,
        _URGENCIES[told.priority],
        told.narrative,
        told.address,
        told.sector,
        f"{told.lat:.6f}".replace(".", ",") if is_placed else "",
        f"{told.lon:.6f}".replace(".", ",") if is_placed else "",
        f"{closed:%H:%M}" if closed is not None else "",
    ]


def _spoil(cells: list[str], which: int) -> None:
    """Make a row unreadable: its date, its date's year, its place, or its urgency."""
    match which % 4:
        case 0:
            cells[1] = "31/02/2025 10:00"
        case 1:
            cells[1] = "05/03/2071 10:00"
        case 2:
            cells[5] = cells[6] = cells[7] = cells[8] = ""
        case _:
            cells[3] = "SEGUN CRITERIO"
