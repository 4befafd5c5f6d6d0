"""Addresses against the local street index, and how likely two reports are the same event.

Distances are metres over WGS84 degrees. The index is plain values; nothing here reads a file or the clock.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import asin, cos, radians, sin, sqrt

from desktop.core import formats
from desktop.core.i18n import N_, tr

_EARTH_M = 6_371_000.0
_KINDS = {
    "av": "avenida",
    "avda": "avenida",
    "ave": "avenida",
    "pje": "pasaje",
    "psje": "pasaje",
    "psj": "pasaje",
    "cam": "camino",
    "pob": "poblacion",
    "pobl": "poblacion",
    "vla": "villa",
    "gral": "general",
    "gen": "general",
    "sta": "santa",
    "sto": "santo",
    "pdte": "presidente",
    "dr": "doctor",
    "cap": "capitan",
    "ing": "ingeniero",
}
_GENERIC = frozenset(
    [
        "avenida",
        "calle",
        "pasaje",
        "camino",
        "villa",
        "poblacion",
        "costanera",
        "paseo",
        "de",
        "del",
        "la",
        "las",
        "los",
        "el",
    ]
)
_NUMBER = re.compile(r"^(?:n|nro|numero|num|no)?(\d{1,5})[a-z]?$")
_JOINS = frozenset({"con", "esquina", "esq", "y", "/"})


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return the great-circle distance between two WGS84 points."""
    half_lat, half_lon = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(half_lon) ** 2
    return 2 * _EARTH_M * asin(min(1.0, sqrt(chord)))


def address_words(text: str) -> list[str]:
    """Return the words of an address without accents or signs, abbreviations written out."""
    words = re.findall(r"[a-z0-9/]+", re.sub(r"(?<=n)[°º]\s*", "", formats.fold_text(text)))
    return [_KINDS.get(word, word) for word in words]


def place_key(address: str) -> str:
    """Return a key under which the same address typed in two ways is found: `picarte 1120`.

    The kind of street is left out, and what follows the number (flat, floor) too.
    """
    kept: list[str] = []
    for word in address_words(address):
        number = _NUMBER.match(word)
        if number and kept:
            return " ".join([*kept, str(int(number[1]))])
        if word not in _GENERIC:
            kept.append("con" if word in _JOINS else word)
    return " ".join(kept)


@dataclass(frozen=True, slots=True)
class StreetRow:
    """A street of the index; `points` are (number, lat, lon), from the lowest number up."""

    name: str
    sector: str | None = None
    number_from: int | None = None
    number_to: int | None = None
    points: tuple[tuple[float, float, float], ...] = ()

    def locate(self, number: int) -> tuple[float, float] | None:
        """Return where a number is, between the points around it; None outside the numbering."""
        if not self.points or not self.points[0][0] <= number <= self.points[-1][0]:
            return None
        for before, after in zip(self.points, self.points[1:], strict=False):
            if before[0] <= number <= after[0]:
                share = (number - before[0]) / (after[0] - before[0]) if after[0] > before[0] else 0.0
                lat = before[1] + share * (after[1] - before[1])
                return round(lat, 6), round(before[2] + share * (after[2] - before[2]), 6)
        return self.points[0][1], self.points[0][2]


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """A completion of what was typed; coordinates when the index knows them."""

    address: str
    sector: str | None
    lat: float | None = None
    lon: float | None = None
    is_corner: bool = False


class StreetIndex:
    """The streets of the commune, searched by the beginning of any word of their names."""

    def __init__(self, streets: Iterable[StreetRow]) -> None:
        self._streets = sorted(streets, key=lambda street: formats.sort_key(street.name))
        self._words = [address_words(street.name) for street in self._streets]
        self._by_start: dict[str, set[int]] = {}
        for place, words in enumerate(self._words):
            for word in words:
                for length in range(1, len(word) + 1):
                    self._by_start.setdefault(word[:length], set()).add(place)

    def _find(self, words: Sequence[str], limit: int) -> list[StreetRow]:
        """Return the streets in whose name every typed word begins some word, the closest name first."""
        wanted = [
            word for word in words if word not in {"calle", "de", "del", "la", "las", "los", "el"}
        ] or list(words)
        if not wanted:
            return []
        found = set.intersection(*(self._by_start.get(word, set()) for word in wanted))

        text = f" {' '.join(words)}"

        def closeness(place: int) -> tuple[int, bool, bool, int, int]:
            own = [word for word in self._words[place] if word not in _GENERIC]
            exact = sum(word in own for word in wanted)
            first = bool(own) and own[0].startswith(wanted[0])
            as_typed = text in f" {' '.join(self._words[place])}"
            return (-exact, not as_typed, not first, len(own), place)

        return [self._streets[place] for place in sorted(found, key=closeness)[:limit]]

    def complete(self, typed: str, limit: int = 6) -> list[AddressMatch]:
        """Return completions of `picarte 11`, `av alemania`, `picarte con arauco`."""
        words = address_words(typed)
        for place, word in enumerate(words):
            if word in _JOINS and 0 < place < len(words) - 1:
                corner = self._corners(words[:place], words[place + 1 :], limit)
                if corner or word != "y":
                    return corner
        number: int | None = None
        rest = ""
        if len(words) > 1:
            for place in range(1, len(words)):
                digits = _NUMBER.match(words[place])
                if digits and not self._find(words[: place + 1], 1):
                    number, words, rest = int(digits[1]), words[:place], _after_number(typed, digits[1])
                    break
        matches = []
        for street in self._find(words, limit):
            if number is None:
                spot = street.points[len(street.points) // 2][1:] if street.points else (None, None)
                matches.append(AddressMatch(street.name, street.sector, *spot))
            else:
                where = street.locate(number)
                spot = where or (None, None)
                matches.append(AddressMatch(f"{street.name} {number}{rest}", street.sector, *spot))
        return matches

    def _corners(self, first: Sequence[str], second: Sequence[str], limit: int) -> list[AddressMatch]:
        corners = []
        for one in self._find(first, limit):
            for other in self._find(second, limit):
                if one is not other:
                    lat, lon = crossing(one, other)
                    corners.append(
                        AddressMatch(f"{one.name} con {other.name}", one.sector, lat, lon, is_corner=True)
                    )
        corners.sort(key=lambda match: match.lat is None)
        return corners[:limit]


def _after_number(typed: str, digits: str) -> str:
    tail = typed.rsplit(digits, 1)[-1].strip(" ,")
    return f", {tail}" if tail else ""


def crossing(one: StreetRow, other: StreetRow) -> tuple[float, float] | tuple[None, None]:
    """Return where two streets meet, or Nones when their points do not show it.

    Segments are crossed on the plane; streets that end within 60 metres of each other are taken to meet.
    """
    for a, b in zip(one.points, one.points[1:], strict=False):
        for c, d in zip(other.points, other.points[1:], strict=False):
            spot = _segments_meet(a[1:], b[1:], c[1:], d[1:])
            if spot is not None:
                return spot
    near = min(
        ((distance_m(a[1], a[2], c[1], c[2]), a) for a in one.points for c in other.points),
        default=None,
        key=lambda pair: pair[0],
    )
    return (near[1][1], near[1][2]) if near is not None and near[0] <= 60 else (None, None)


def _segments_meet(
    a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]
) -> tuple[float, float] | None:
    r0, r1, s0, s1 = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    turn = r0 * s1 - r1 * s0
    if turn == 0:
        return None
    t = ((c[0] - a[0]) * s1 - (c[1] - a[1]) * s0) / turn
    u = ((c[0] - a[0]) * r1 - (c[1] - a[1]) * r0) / turn
    if not (0 <= t <= 1 and 0 <= u <= 1):
        return None
    return round(a[0] + t * r0, 6), round(a[1] + t * r1, 6)


# --- The same event? ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Report:
    """What of a report says whether it tells of the same event as another. `type_code` may not be known yet."""

    at: datetime
    address: str = ""
    phone: str = ""
    type_code: str | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two reports are, 0 to 1, and why in Spanish."""

    score: float
    reason: str


DUPLICATE_FROM = 0.5
"""From this score on a report is offered as the same event."""

_WINDOW_S = 2 * 3600
_RELATED = (
    frozenset({"F01", "F02", "F03", "F06", "F07"}),
    frozenset({"A06", "A07", "E02", "D03"}),
    frozenset({"A02", "A03", "A09", "E03"}),
    frozenset({"G01", "G02", "E07", "G04"}),
    frozenset({"B01", "B02", "B03", "A08"}),
    frozenset({"G05", "G06", "G07", "G08"}),
    frozenset({"C01", "C02", "E03", "I06"}),
    frozenset({"E01", "A07", "D03"}),
)


def duplicate_score(draft: Report, candidate: Report) -> Likeness:
    """Return how likely both tell of one event: by place, telephone, type and time.

    Without a common place or telephone the score stays under `DUPLICATE_FROM`, whatever else agrees.
    """
    gap_s = abs((draft.at - candidate.at).total_seconds())
    freshness = max(0.0, 1 - gap_s / _WINDOW_S)
    reasons: list[str] = []
    place = _place_likeness(draft, candidate, reasons)
    same_phone = bool(draft.phone) and draft.phone == candidate.phone
    if same_phone:
        reasons.append(tr(N_("mismo teléfono")))
    kind = _type_likeness(draft.type_code, candidate.type_code, reasons)
    reasons.append(tr(N_("hace {time}"), time=formats.duration(gap_s)) if gap_s >= 60 else tr(N_("recién")))
    anchor = max(place, 0.8 if same_phone else 0.0)
    score = anchor * (0.45 + 0.25 * freshness) + 0.25 * kind * anchor + 0.05 * (same_phone and place > 0)
    if gap_s > _WINDOW_S:
        score *= 0.5
    if anchor < 0.3:
        score = min(score, DUPLICATE_FROM - 0.01)
    return Likeness(round(min(score, 1.0), 3), ", ".join(reasons))


def _place_likeness(draft: Report, candidate: Report, reasons: list[str]) -> float:
    if draft.address and place_key(draft.address) == place_key(candidate.address):
        reasons.append(tr(N_("misma dirección")))
        return 1.0
    if draft.lat is None or draft.lon is None or candidate.lat is None or candidate.lon is None:
        return 0.0
    metres = distance_m(draft.lat, draft.lon, candidate.lat, candidate.lon)
    if metres <= 600:
        reasons.append(tr(N_("a {distance}"), distance=formats.distance(metres)))
    return max(0.0, 1 - metres / 600)


def _type_likeness(one: str | None, other: str | None, reasons: list[str]) -> float:
    if one is None or other is None:
        return 0.4
    if one == other:
        reasons.append(tr(N_("mismo tipo")))
        return 1.0
    if any({one, other} <= group for group in _RELATED):
        reasons.append(tr(N_("tipo parecido")))
        return 0.7
    return 0.3 if one[0] == other[0] else 0.0
