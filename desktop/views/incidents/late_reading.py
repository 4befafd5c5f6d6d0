"""What a paper card as typed says: its times, its units and its place, and what cannot be read of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import Channel, ClosingResult, PlaceSource, Priority
from desktop.operations.incidents.values import CardError, CardUnit, IntakeDraft, LateCard, StreetMatch
from desktop.views.incidents.completing import code_of

STEPS = ("assigned_at", "en_route_at", "on_scene_at", "released_at")
_OF_OPERATION = {"received_at": "time", "type_code": "type", "caller_name": "caller", "hazards": "address"}
_UNIT = re.compile(r"unit(\d+)(?:_|$)")
_NEXT_DAY = timedelta(hours=12)
"""A time this long before the call belongs to the day after: the card goes over midnight."""
_STANDING = frozenset({"day", "channel", "priority", "priority_is_manual", "hazards"})
"""What every new card has already; a card with nothing else is blank."""
Typed = dict[str, str]
Errors = list[tuple[str, str]]
"""Fields of the form and what is wrong with each; `unit2_on_scene_at` is a time of the third unit."""


@dataclass(slots=True)
class Read:
    """What a card says, as far as it could be read."""

    card: LateCard | None = None
    errors: Errors = field(default_factory=list)


def is_blank(typed: Mapping[str, str]) -> bool:
    """Tell whether nothing was written on a card."""
    return not any(text.strip() for name, text in typed.items() if name not in _STANDING)


def cell(row: int, step: str = "") -> str:
    """Return the name of a unit's field: its callsign, or the time of a step."""
    return f"unit{row}_{step}" if step else f"unit{row}"


def unit_rows(typed: Mapping[str, str]) -> list[int]:
    """Return the rows of units in which something is written, from 0."""
    return sorted(
        {int(found[1]) for name, text in typed.items() if text.strip() and (found := _UNIT.match(name))}
    )


def field_of(typed: Mapping[str, str], error: CardError) -> str:
    """Return the field of the form where an error of the operation belongs."""
    if error.unit is not None:
        named = [row for row in unit_rows(typed) if typed.get(cell(row), "").strip()]
        return cell(named[error.unit], error.field if error.field in STEPS else "")
    return _OF_OPERATION.get(error.field, error.field)


def point_of(street: StreetMatch | None) -> Typed:
    """Return what a card keeps of a street of the index, so that its place outlives the form and a crash."""
    if street is None:
        return {}
    found = {"sector": street.sector, "lat": street.lat, "lon": street.lon}
    return {name: str(value) for name, value in found.items() if value is not None}


def street_of(typed: Mapping[str, str]) -> StreetMatch | None:
    """Return the street of the index that a card keeps."""
    lat, lon, sector = (typed.get(name) for name in ("lat", "lon", "sector"))
    if not (lat or lon or sector):
        return None
    return StreetMatch(
        typed.get("address", "").strip(), sector, float(lat) if lat else None, float(lon) if lon else None
    )


def read_card(typed: Mapping[str, str], codes: Mapping[str, str], today: date) -> Read:
    """Read a card; `codes` are the titles of the types by code."""
    read = Read()
    reader = _Reader(typed, today, read.errors)
    received = reader.received()
    if received is None:
        return read
    units = reader.units(received)
    notes = reader.notes(received)
    closed_at = reader.moment("closed_at", received)
    result = typed.get("result", "")
    if result and closed_at is None and not typed.get("closed_at", "").strip():
        read.errors.append(("closed_at", tr(N_("Indique la hora del cierre."))))
    type_text = typed.get("type", "").strip()
    code = code_of(type_text, codes)
    if type_text and code is None:
        read.errors.append(
            ("type", tr(N_("No hay un tipo «{text}». Elija uno de la lista."), text=type_text))
        )
    if not read.errors:
        read.card = LateCard(
            _draft(typed, received, code),
            units,
            notes,
            closed_at,
            ClosingResult(result) if result else None,
            typed.get("result_note", ""),
        )
    return read


def _draft(typed: Mapping[str, str], received: datetime, code: str | None) -> IntakeDraft:
    phone, caller = typed.get("phone", "").strip(), typed.get("caller", "").strip()
    street = street_of(typed)
    return IntakeDraft(
        channel=Channel(typed.get("channel", Channel.PHONE.value)),
        phone=phone,
        caller_name=caller,
        is_anonymous=not phone and not caller,
        narrative=typed.get("narrative", "").strip(),
        type_code=code,
        type_is_manual=bool(typed.get("type_is_manual")),
        priority=Priority(typed.get("priority", Priority.P3.value)),
        priority_is_manual=bool(typed.get("priority_is_manual")),
        address=typed.get("address", "").strip(),
        reference=typed.get("reference", "").strip(),
        sector=(street.sector or "") if street else "",
        lat=street.lat if street else None,
        lon=street.lon if street else None,
        place_source=PlaceSource.ADDRESS if street and street.lat is not None else None,
        received_at=received,
        acknowledged_hazards=frozenset(UUID(seen) for seen in typed.get("hazards", "").split()),
    )


class _Reader:
    """Reads the times of one card; what cannot be read becomes an error of its field."""

    def __init__(self, typed: Mapping[str, str], today: date, errors: Errors) -> None:
        self._typed = typed
        self._today = today
        self._errors = errors
        self._day = today

    def received(self) -> datetime | None:
        """Return when the call came in."""
        try:
            self._day = formats.parse_day(self._typed.get("day", ""), today=self._today)
        except ValueError as error:
            self._errors.append(("day", str(error)))
            return None
        text = self._typed.get("time", "")
        try:
            return formats.instant_of(self._day, formats.parse_time(text))
        except ValueError as error:
            missing = tr(N_("Escriba la hora de la llamada: 1432 o 14:32."))
            self._errors.append(("time", str(error) if text.strip() else missing))
            return None

    def units(self, received: datetime) -> tuple[CardUnit, ...]:
        """Return every unit of the card, each with the times of its own states."""
        found = []
        for row in unit_rows(self._typed):
            callsign = self._typed.get(cell(row), "").strip()
            times = {step: self.moment(cell(row, step), received) for step in STEPS}
            if callsign:
                found.append(CardUnit(callsign, **times))
            else:
                words = tr(N_("Escriba qué móvil es el de la fila {row}."), row=row + 1)
                self._errors.append((cell(row), words))
        return tuple(found)

    def moment(self, name: str, received: datetime) -> datetime | None:
        """Return a time of the card, of the day of the call or of the night after it."""
        text = self._typed.get(name, "").strip()
        if not text:
            return None
        try:
            return self._instant(text, received)
        except ValueError as error:
            self._errors.append((name, f"«{text}»: {error}"))
            return None

    def notes(self, received: datetime) -> tuple[tuple[datetime, str], ...]:
        """Return the notes, one a line, each with its time before the words."""
        found = []
        for line in self._typed.get("notes", "").splitlines():
            if not line.strip():
                continue
            time_text, _, words = line.strip().partition(" ")
            try:
                found.append((self._instant(time_text, received), words.strip()))
            except ValueError:
                said = N_("Empiece cada nota con su hora, como en «1440 llega SAMU»: «{line}»")
                self._errors.append(("notes", tr(said, line=line)))
        return tuple(found)

    def _instant(self, text: str, received: datetime) -> datetime:
        at = formats.parse_time(text)
        found = formats.instant_of(self._day, at)
        if received - found > _NEXT_DAY:
            found = formats.instant_of(self._day + timedelta(days=1), at)
        return found
