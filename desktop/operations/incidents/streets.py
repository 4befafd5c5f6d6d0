"""Completing an address from the local street index, with a point where the number is known."""

from functools import lru_cache

from sqlalchemy import select

from desktop.models.catalogues import Street
from desktop.models.incidents.places import StreetIndex, StreetRow
from desktop.operations.context import ReadContext
from desktop.operations.incidents.values import StreetMatch

_SHORTEST = 3


def complete_street(ctx: ReadContext, typed: str) -> tuple[StreetMatch, ...]:
    """Return completions of an address, from the third letter on."""
    if len(typed.strip()) < _SHORTEST:
        return ()
    rows = tuple(
        StreetRow(
            row.name,
            row.sector,
            row.number_from,
            row.number_to,
            tuple((float(number), float(lat), float(lon)) for number, lat, lon in row.points or ()),
        )
        for row in ctx.session.execute(
            select(Street.name, Street.sector, Street.number_from, Street.number_to, Street.points)
            .where(Street.voided_at.is_(None))
            .order_by(Street.id)
        )
    )
    return tuple(
        StreetMatch(found.address, found.sector, found.lat, found.lon)
        for found in _index(rows).complete(typed)
    )


@lru_cache(maxsize=1)
def _index(rows: tuple[StreetRow, ...]) -> StreetIndex:
    """Return the index of these streets; it is built again only when the catalogue changed."""
    return StreetIndex(rows)
