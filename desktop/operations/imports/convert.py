"""One foreign row into the values of an incident, or the reasons why not."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from desktop.core import formats
from desktop.core.clock import SANTIAGO
from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import Channel, IncidentStatus, PlaceSource, Priority
from desktop.operations.imports.mapping import CLOSED, FIELDS, ColumnMapping, fold_heading, fold_word
from desktop.operations.imports.moments import MomentReader
from desktop.operations.imports.source import Cell
from desktop.register.choice import Choice
from desktop.register.record import Confidentiality

_LATEST = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class KnownType:
    """What an imported row needs of an incident type."""

    code: str
    title: str
    priority: Priority
    confidentiality: Confidentiality
    is_sensitive: bool


@dataclass(frozen=True, slots=True)
class Understood:
    """What a foreign word becomes; a guess is worth a look."""

    code: str
    is_guess: bool


@dataclass(frozen=True, slots=True)
class Converted:
    """A row that can be imported: attribute values of an incident, and its fingerprint."""

    values: dict[str, Any]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot, with what is wrong in words for the person who will mend the file."""

    number: int
    reasons: tuple[str, ...]
    cells: Sequence[Cell]


@dataclass(slots=True)
class _Row:
    cells: Mapping[str, Cell]
    problems: list[str] = field(default_factory=list)

    def text(self, name: str) -> str | None:
        value = self.cells.get(name)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return " ".join(str(value).split()) or None


class Converter:
    """Converts the rows of one file by one mapping."""

    def __init__(
        self,
        mapping: ColumnMapping,
        columns: Sequence[str],
        types: Sequence[KnownType],
        classify: Callable[[str], str | None],
        now: datetime,
    ) -> None:
        self._mapping = mapping
        self._index = {field: columns.index(column) for field, column in mapping.columns.items()}
        self._by_code = {kind.code.lower(): kind for kind in types}
        self._by_title = {fold_heading(kind.title): kind for kind in types}
        self._latest = now + _LATEST
        self._classify = lru_cache(maxsize=4096)(classify)
        self._moments = MomentReader(mapping.date_formats, mapping.formats)
        self._priority = self._member(Priority, mapping.default_priority)
        self._values = {
            name: {fold_word(foreign): ours for foreign, ours in words.items()}
            for name, words in mapping.values.items()
        }

    def convert(self, number: int, cells: Sequence[Cell]) -> Converted | Rejected:
        """Return the incident's values or what is wrong with the row."""
        row = _Row({name: cells[i] if i < len(cells) else None for name, i in self._index.items()})
        reported_at = self._reported_at(row)
        kind = self._type(row)
        address, sector, reference = self._address(row), row.text("sector"), row.text("reference")
        lat, lon = self._position(row)
        if not (address or reference or sector) and lat is None:
            row.problems.append(tr(N_("sin dirección, referencia, sector ni coordenadas")))
        times = {
            name: self._later(row, name, reported_at) for name in ("dispatched_at", "arrived_at", "closed_at")
        }
        priority = self._choice(row, "priority")
        if row.problems or reported_at is None or kind is None:
            return Rejected(number, tuple(row.problems), cells)
        values: dict[str, Any] = {
            "type_code": kind.code,
            "type_is_manual": True,
            "priority": priority or self._priority or kind.priority,
            "is_sensitive": kind.is_sensitive,
            "confidentiality": kind.confidentiality,
            "status": IncidentStatus.CLOSED,
            "narrative": self._narrative(row),
            "channel": self._choice(row, "channel", is_strict=False) or Channel.SHORT_NUMBER,
            "reported_at": reported_at,
            **times,
            "closed_at": times["closed_at"] or reported_at,
            "times_edited": True,
            "result": self._choice(row, "result", is_strict=False),
            "address": address or "",
            "reference": reference,
            "sector": sector,
            "lat": lat,
            "lon": lon,
            "place_source": PlaceSource.IMPORTED if lat is not None else None,
            "place_key": formats.fold_text(address or ""),
        }
        return Converted(values, self._fingerprint(row, values))

    def _fingerprint(self, row: _Row, values: Mapping[str, Any]) -> str:
        """Return what makes this row the same as another one: its number there, else when, where and what."""
        number = row.text("reference_number")
        if number is not None:
            return f"n:{number}"
        parts = (
            values["reported_at"].isoformat(),
            values["type_code"],
            values["place_key"],
            values["narrative"],
        )
        return "h:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]

    def _reported_at(self, row: _Row) -> datetime | None:
        if "reported_at" in self._index:
            return self._instant(row, "reported_at")
        if "reported_time" not in self._index:
            return self._instant(row, "reported_day")
        day = self._moments.day("reported_day", row.cells.get("reported_day"))
        if day is None:
            row.problems.append(tr(N_("fecha ilegible: «{value}»"), value=row.text("reported_day") or ""))
            return None
        moment = row.cells.get("reported_time")
        at = time(0, 0) if moment in {None, ""} else self._moments.time("reported_time", moment)
        if at is None:
            row.problems.append(tr(N_("hora ilegible: «{value}»"), value=row.text("reported_time") or ""))
            return None
        return self._local(row, datetime.combine(day, at))

    def _later(self, row: _Row, name: str, start: datetime | None) -> datetime | None:
        """Return a later instant of the row; a bare time of day belongs to the event's day, or the next one."""
        value = row.cells.get(name)
        if value in {None, ""} or start is None:
            return None
        alone = self._moments.time(name, value)
        if alone is None or isinstance(value, datetime):
            found = self._instant(row, name)
        else:
            found = _next_instant_of(alone, start)
            if found is None:
                text = row.text(name) or ""
                row.problems.append(tr(N_("esa hora no existió (cambio de horario): {value}"), value=text))
        if found is not None and found < start.replace(second=0, microsecond=0):
            row.problems.append(tr(N_("«{value}» es anterior al ingreso"), value=row.text(name) or ""))
        return found

    def _instant(self, row: _Row, name: str) -> datetime | None:
        found = self._moments.moment(name, row.cells.get(name))
        if found is None:
            row.problems.append(tr(N_("fecha ilegible: «{value}»"), value=row.text(name) or ""))
            return None
        return self._local(row, found)

    def _local(self, row: _Row, moment: datetime) -> datetime | None:
        """Return the instant of a civil time of Santiago; an hour that never was is a problem of the row."""
        if moment.tzinfo is None:
            aware = moment.replace(tzinfo=SANTIAGO)
            if aware.astimezone(UTC).astimezone(SANTIAGO).replace(tzinfo=None) != moment:
                row.problems.append(tr(N_("esa hora no existió (cambio de horario): {value}"), value=moment))
                return None
            return self._checked(row, aware)
        return self._checked(row, moment)

    def _checked(self, row: _Row, moment: datetime) -> datetime | None:
        if moment.tzinfo is None:
            return self._local(row, moment)
        instant = moment.astimezone(UTC)
        if instant > self._latest or instant.year < 1980:
            row.problems.append(tr(N_("fecha imposible: {value}"), value=formats.day(instant.date())))
            return None
        return instant

    def understood(self, name: str, text: str) -> Understood | None:
        """Return what a foreign word of a field with closed values becomes, None when nothing."""
        if name == "type":
            return self._understood_type(text)
        member = self._said_choice(name, text)
        return Understood(str(member.value), is_guess=False) if member is not None else None

    def _understood_type(self, text: str) -> Understood | None:
        folded = fold_word(text)
        ours = self._values.get("type", {}).get(folded)
        found = self._by_code.get((ours or text).lower()) or self._by_title.get(folded)
        if found is not None:
            return Understood(found.code, is_guess=False)
        guess = self._classify(text)
        return Understood(guess, is_guess=True) if guess and guess.lower() in self._by_code else None

    def _type(self, row: _Row) -> KnownType | None:
        text = row.text("type")
        found = self._understood_type(text) if text else None
        code = found.code if found is not None else None
        if code is None and (narrative := row.text("narrative")):
            code = self._classify(narrative)
        code = code or self._mapping.default_type
        if code is None or code.lower() not in self._by_code:
            row.problems.append(tr(N_("tipo que no se reconoce: «{value}»"), value=text or ""))
            return None
        return self._by_code[code.lower()]

    def _narrative(self, row: _Row) -> str:
        told = str(row.cells.get("narrative") or "").strip()
        extra = [
            tr(N_("Móvil: {value}."), value=unit) if (unit := row.text("unit")) else "",
            tr(N_("Requirente: {value}."), value=caller) if (caller := row.text("caller_name")) else "",
            tr(N_("Teléfono: {value}."), value=phone) if (phone := row.text("phone")) else "",
        ]
        return "\n".join(part for part in (told, " ".join(filter(None, extra))) if part)

    def _address(self, row: _Row) -> str | None:
        address, number = row.text("address"), row.text("number")
        if address and number and number not in address.split():
            return f"{address} {number}"
        return address

    def _position(self, row: _Row) -> tuple[float | None, float | None]:
        """Return WGS84 degrees; an impossible pair is left out, since the address is enough."""
        pair = []
        for name in ("lat", "lon"):
            text = (row.text(name) or "").replace(",", ".")
            try:
                pair.append(float(text))
            except ValueError:
                return None, None
        lat, lon = pair
        if not (-56.5 <= lat <= -17 and -110 <= lon <= -66):
            return None, None
        return lat, lon

    def _choice(self, row: _Row, name: str, *, is_strict: bool = True) -> Any:
        text = row.text(name)
        if text is None:
            return None
        member = self._said_choice(name, text)
        if member is None and is_strict:
            row.problems.append(
                tr(
                    N_("{field} que no se reconoce: «{value}»"),
                    field=tr(FIELDS[name][0]).lower(),
                    value=text,
                )
            )
        return member

    def _said_choice(self, name: str, text: str) -> Any:
        folded = fold_word(text)
        return self._member(CLOSED[name], self._values.get(name, {}).get(folded, folded))

    @staticmethod
    def _member(choices: type[Choice], wanted: str | None) -> Any:
        for member in choices if wanted else ():
            label = fold_heading(member.label)
            if wanted in {str(member.value), label} or (
                choices is Priority and label.startswith(f"{wanted} ")
            ):
                return member
        return None


def _next_instant_of(at: time, start: datetime) -> datetime | None:
    """Return when the clocks of Santiago next show `at`, from the minute of `start` on and within a day.

    In autumn they show an hour twice; in spring there is one that they do not show.
    """
    earliest = start.replace(second=0, microsecond=0)
    day = start.astimezone(SANTIAGO).date()
    for days in (0, 1):
        civil = datetime.combine(day + timedelta(days=days), at)
        for fold in (0, 1):
            moment = civil.replace(tzinfo=SANTIAGO, fold=fold).astimezone(UTC)
            if moment >= earliest and moment.astimezone(SANTIAGO).replace(tzinfo=None) == civil:
                return moment
    return None
