"""Which foreign column feeds which field, and how its values are to be read."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import Channel, ClosingResult, Priority
from desktop.operations.imports.moments import MOMENT_FIELDS, layout_of
from desktop.register.choice import Choice


class ColumnMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a file is read. Saved as JSON or TOML and used again for the next month's file.

    `columns` gives the foreign column of each field of `FIELDS`. `formats` says the form of a column with dates or
    times, as `%m/%d/%Y %H:%M` or `mm/dd/aaaa hh:mm`; the others try `date_formats` in order, day first by default.
    `values` translates foreign words by field: `{"priority": {"URGENTE": "P1"}}`. `default_type` is the code for rows
    whose type is not understood, without it such rows are rejected; `default_priority` is for rows that bring none,
    without it their type decides. `encoding`, `delimiter` and `sheet` are recognised unless they are said.
    """

    columns: dict[str, str]
    date_formats: list[str] = []
    formats: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    default_type: str | None = None
    default_priority: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


CLOSED: dict[str, type[Choice]] = {"priority": Priority, "channel": Channel, "result": ClosingResult}
"""Fields with a closed list of values; the type has its catalogue."""

FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "reference_number": (
        N_("Número en el sistema de origen"),
        (
            "folio",
            "n",
            "nro",
            "numero",
            "id",
            "n incidente",
            "n procedimiento",
            "caso",
            "codigo",
            "correlativo",
            "parte",
        ),
    ),
    "reported_at": (
        N_("Fecha y hora"),
        ("fecha y hora", "fecha hora", "fechahora", "fecha ingreso", "ingreso", "fecha creacion", "inicio"),
    ),
    "reported_day": (N_("Fecha"), ("fecha", "dia", "fecha llamado", "fecha evento")),
    "reported_time": (N_("Hora"), ("hora", "hora ingreso", "hora llamado", "hora evento")),
    "type": (
        N_("Tipo"),
        (
            "tipo",
            "tipologia",
            "tipo incidente",
            "delito",
            "motivo",
            "clasificacion",
            "procedimiento",
            "materia",
        ),
    ),
    "priority": (N_("Prioridad"), ("prioridad", "urgencia", "nivel")),
    "narrative": (
        N_("Relato"),
        (
            "relato",
            "descripcion",
            "detalle",
            "observacion",
            "observaciones",
            "glosa",
            "novedad",
            "comentario",
        ),
    ),
    "address": (N_("Dirección"), ("direccion", "lugar", "ubicacion", "domicilio", "calle")),
    "number": (N_("Número de calle"), ("numero calle", "numeracion", "altura")),
    "sector": (N_("Sector"), ("sector", "poblacion", "barrio", "villa", "unidad vecinal", "cuadrante")),
    "reference": (N_("Referencia"), ("referencia", "entre calles", "interseccion")),
    "lat": (N_("Latitud"), ("latitud", "lat", "y", "coord y", "coordenada y")),
    "lon": (N_("Longitud"), ("longitud", "lon", "long", "lng", "x", "coord x", "coordenada x")),
    "channel": (N_("Canal"), ("canal", "origen", "via", "medio", "via de ingreso")),
    "phone": (N_("Teléfono"), ("telefono", "fono", "celular", "contacto")),
    "caller_name": (N_("Requirente"), ("requirente", "denunciante", "nombre", "solicitante", "llamante")),
    "unit": (N_("Móvil"), ("movil", "patrulla", "unidad", "vehiculo", "recurso")),
    "dispatched_at": (N_("Despacho"), ("despacho", "hora despacho", "asignacion", "hora asignacion")),
    "arrived_at": (N_("Llegada"), ("llegada", "hora llegada", "en el lugar", "arribo", "hora arribo")),
    "closed_at": (N_("Cierre"), ("cierre", "hora cierre", "termino", "hora termino", "fin", "fecha cierre")),
    "result": (N_("Resultado"), ("resultado", "desenlace", "resolucion", "estado final")),
}
"""Fields that a foreign log can feed: the label, and the folded headings by which they are proposed."""


def fold_heading(text: str) -> str:
    """Return a heading without accents, signs and case."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", plain.lower()))


def fold_word(text: str) -> str:
    """Return a foreign value as it is compared; one of signs only stays as it is."""
    return fold_heading(text) or text.strip()


def propose(columns: Sequence[str]) -> ColumnMapping:
    """Return the mapping that the headings suggest: exact names first, then headings that contain one."""
    folded = {column: fold_heading(column) for column in columns}
    taken: dict[str, str] = {}
    for matches in (_equals, _contains):
        for field, (_, names) in FIELDS.items():
            if field in taken:
                continue
            found = [
                c for name in names for c in columns if c not in taken.values() and matches(folded[c], name)
            ]
            if found:
                taken[field] = found[0]
    if "reported_at" in taken:
        taken.pop("reported_day", None)
        taken.pop("reported_time", None)
    return ColumnMapping(columns=taken)


def check(mapping: ColumnMapping, columns: Sequence[str]) -> None:
    """Pass, or say what the mapping lacks for this file.

    Raises:
        UserError: a field or column does not exist, or the instant of the event is not mapped.
    """
    for field, column in mapping.columns.items():
        if field not in FIELDS:
            raise UserError(tr(N_("La correspondencia nombra un campo que no existe: {field}."), field=field))
        if column not in columns:
            raise UserError(tr(N_("El archivo no tiene la columna «{column}»."), column=column))
    for field in mapping.formats:
        if field not in MOMENT_FIELDS:
            raise UserError(tr(N_("El campo {field} no lleva fecha ni hora."), field=field))
    if mapping.default_priority not in {None, *Priority.values()}:
        raise UserError(
            tr(N_("La prioridad por omisión no existe: {value}."), value=mapping.default_priority or "")
        )
    if "reported_at" not in mapping.columns and "reported_day" not in mapping.columns:
        raise UserError(tr(N_("Falta decir qué columna trae la fecha del hecho.")))
    if not {"type", "narrative"} & set(mapping.columns) and mapping.default_type is None:
        raise UserError(tr(N_("Falta decir qué columna trae el tipo o el relato.")))


def load(path: Path) -> ColumnMapping:
    """Read a mapping from a JSON or TOML file.

    Raises:
        UserError: it is not there or is no mapping.
    """
    try:
        data = path.read_bytes()
        if path.suffix.lower() == ".toml":
            import tomllib  # noqa: PLC0415 - only for this kind of file

            return _with_layouts(msgspec.convert(tomllib.loads(data.decode("utf-8")), ColumnMapping))
        return _with_layouts(msgspec.json.decode(data, type=ColumnMapping))
    except FileNotFoundError as error:
        raise UserError(tr(N_("No se encontró el archivo {name}."), name=path.name)) from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise UserError(
            tr(
                N_("{name} no es una correspondencia de columnas: {detail}"),
                name=path.name,
                detail=str(error),
            )
        ) from error


def save(mapping: ColumnMapping, path: Path) -> None:
    """Write a mapping as the JSON file that `load` reads.

    Raises:
        UserError: the file cannot be written.
    """
    plain = {name: value for name, value in to_plain(mapping).items() if value}
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(plain), indent=1) + b"\n")
    except OSError as error:
        raise UserError(tr(N_("No se pudo escribir {name}."), name=path.name)) from error


def to_text(mapping: ColumnMapping) -> str:
    """Return a mapping as it is remembered."""
    return msgspec.json.encode(mapping).decode()


def from_text(text: str) -> ColumnMapping | None:
    """Return a mapping that was remembered; None when an older version wrote it otherwise."""
    try:
        return msgspec.json.decode(text, type=ColumnMapping)
    except msgspec.MsgspecError:
        return None


def headings_key(columns: Sequence[str]) -> str:
    """Return what files with the same headings have in common."""
    return hashlib.sha256("\0".join(columns).encode()).hexdigest()[:16]


def to_plain(mapping: ColumnMapping) -> dict[str, Any]:
    """Return the mapping as plain values, for the import's record and for a file."""
    plain: Mapping[str, Any] = msgspec.to_builtins(mapping)
    return dict(plain)


def _with_layouts(mapping: ColumnMapping) -> ColumnMapping:
    """Return the mapping with its formats as `strptime` takes them."""
    return msgspec.structs.replace(
        mapping,
        date_formats=[layout_of(text) for text in mapping.date_formats],
        formats={field: layout_of(text) for field, text in mapping.formats.items()},
    )


def _equals(heading: str, name: str) -> bool:
    return heading == name


def _contains(heading: str, name: str) -> bool:
    return len(name) > 3 and re.search(rf"\b{re.escape(name)}\b", heading) is not None
