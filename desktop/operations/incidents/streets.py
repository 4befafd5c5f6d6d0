"""Completing an address from the local street index, with a point where the number is known."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from desktop.core import formats
from desktop.models.catalogues import Street
from desktop.operations.context import ReadContext
from desktop.operations.incidents.values import StreetMatch

_NUMBERED = re.compile(r"(?P<street>.*?\D)\s+(?P<number>\d{1,5})(?P<rest>\b.*)?")
_MOST = 6
_SHORTEST = 3


def complete_street(ctx: ReadContext, typed: str) -> tuple[StreetMatch, ...]:
    """Return the streets whose name has a word for each word typed, those that begin so first."""
    found = _NUMBERED.fullmatch(typed.strip())
    name = found["street"] if found else typed
    number = int(found["number"]) if found else None
    words = formats.fold_text(name).split()
    if len("".join(words)) < _SHORTEST:
        return ()
    ranked = []
    for street in ctx.session.execute(
        select(Street.name, Street.sector, Street.number_from, Street.number_to, Street.points).where(
            Street.voided_at.is_(None)
        )
    ):
        known = formats.fold_text(street.name)
        parts = known.split()
        if not all(any(part.startswith(word) for part in parts) for word in words):
            continue
        is_outside = number is not None and not (
            (street.number_from or 0) <= number <= (street.number_to or 10**6)
        )
        ranked.append(
            (is_outside, not known.startswith(" ".join(words)), formats.sort_key(street.name), street)
        )
    return tuple(_match(row[-1], number) for row in sorted(ranked, key=lambda row: row[:-1])[:_MOST])


def _match(street: Any, number: int | None) -> StreetMatch:
    lat, lon = point_on(street.points or (), number)
    address = street.name if number is None else f"{street.name} {number}"
    return StreetMatch(address, street.sector, lat, lon)


def point_on(
    points: Sequence[Sequence[float]], number: int | None
) -> tuple[float, float] | tuple[None, None]:
    """Return the point of a house number between the known points of its street; None beyond them."""
    if number is None or not points or not points[0][0] <= number <= points[-1][0]:
        return None, None
    before = max((point for point in points if point[0] <= number), key=lambda point: point[0])
    after = min((point for point in points if point[0] >= number), key=lambda point: point[0])
    span = after[0] - before[0]
    share = (number - before[0]) / span if span else 0.0
    return (
        round(before[1] + share * (after[1] - before[1]), 6),
        round(before[2] + share * (after[2] - before[2]), 6),
    )
