"""The place of an incident or call, checked once for every operation that takes one."""

from typing import Any

from desktop.core.errors import FieldError
from desktop.core.i18n import N_, tr
from desktop.models.incidents.places import place_key
from desktop.models.incidents.states import PlaceSource


def place_values(
    *,
    address: str,
    reference: str = "",
    sector: str = "",
    lat: float | None = None,
    lon: float | None = None,
    source: PlaceSource | None = None,
    is_required: bool = True,
) -> dict[str, Any]:
    """Return the column values of a place.

    Raises:
        FieldError: nothing says where it is, or the coordinates are half or outside the world.
    """
    where, near = address.strip(), reference.strip()
    if (lat is None) != (lon is None):
        raise FieldError("lat", tr(N_("Faltan la latitud o la longitud: indique ambas o ninguna.")))
    if lat is not None and lon is not None and not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise FieldError("lat", tr(N_("Esas coordenadas no existen.")))
    if is_required and not where and not near and lat is None:
        raise FieldError("address", tr(N_("Indique dónde ocurre: una dirección, una referencia o un punto.")))
    return {
        "address": where,
        "reference": near or None,
        "sector": sector.strip() or None,
        "lat": lat,
        "lon": lon,
        "place_source": source or (PlaceSource.MANUAL if lat is not None else None),
        "place_key": place_key(where),
    }
