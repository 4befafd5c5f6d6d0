"""Draws a document: plain data in, the bytes of an archival and accessible PDF out.

The data reach the template as JSON and never as markup, so that no name or narrative can become an instruction of
the typesetter. The same data give the same bytes.
"""

import hashlib
import json
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

import typst
from msgspec import Struct

from desktop.core import formats
from desktop.core.i18n import tr
from desktop.models.incidents.states import Priority
from desktop.operations.documents.glyphs import printable
from desktop.operations.documents.letterhead import PrintRun
from desktop.operations.documents.sheets import Sheet
from desktop.register.choice import Choice

_RESOURCES = Path(__file__).resolve().parents[3] / "resources"
TEMPLATES = _RESOURCES / "reports"
FONTS = _RESOURCES / "fonts"
_drawing = Lock()
"""The compiler holds the inputs of the document that it draws, so it draws one at a time."""


def render(sheet: Sheet, run: PrintRun) -> bytes:
    """Return the PDF (PDF/A-2a, PDF/UA-1, Letter size). Any thread may call it; drawings queue.

    The creation date written in the file is that of `run.printed_at`.
    """
    made = _compile(sheet, run, format="pdf", pdf_standards=["a-2a", "ua-1"])
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave no single file")
    return made


def pictures(sheet: Sheet, run: PrintRun, dots_per_inch: float = 132) -> tuple[bytes, ...]:
    """Return the pages of the same document as PNG, to be looked at before it is printed or kept."""
    made = _compile(sheet, run, format="png", ppi=dots_per_inch)
    return (made,) if isinstance(made, bytes) else tuple(made or ())


def verification_code(sheet: Sheet) -> str:
    """Return the first 80 bits of the SHA-256 of the document's data, as people compare them: `3F9A-1C22-…`."""
    canonical = json.dumps(
        {"template": sheet.template, **_stored(sheet)},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()[:20].upper()
    return "-".join(digest[at : at + 4] for at in range(0, 20, 4))


def _compile(sheet: Sheet, run: PrintRun, **how: Any) -> bytes | list[bytes] | None:
    data = {
        **_shown(sheet),
        **_shown(sheet.derived()),
        "run": _shown(run),
        "verification": verification_code(sheet),
    }
    text = json.dumps(data, ensure_ascii=False)
    with _drawing:
        return _compiler().compile(
            input=TEMPLATES / f"{sheet.template}.typ",
            sys_inputs={"data": text},
            timestamp=int(run.printed_at.timestamp()),
            **how,
        )


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=TEMPLATES, font_paths=[FONTS], ignore_system_fonts=True)


def _shown(value: Any) -> Any:  # noqa: PLR0911 - one line per kind
    """Return a value as a template reads it: instants in each form that a document may want, choices in words."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return printable(value, FONTS)
        case datetime():
            return {
                "day": formats.day(value),
                "long": formats.long_day(value),
                "hm": formats.time_hm(value),
                "hms": formats.time_hms(value),
                "day_hm": formats.day_time(value),
                "day_hms": formats.day_time_s(value),
            }
        case date():
            return {
                "day": formats.day(value),
                "long": formats.long_day(value),
                "weekday": formats.weekday(value),
            }
        case timedelta():
            return formats.duration(value.total_seconds())
        case Priority():
            return {"value": value.value, "label": tr(value.label), "rank": value.rank}
        case Choice():
            return {"value": value.value, "label": tr(value.label)}
        case _:
            return _parts(value, _shown)


def _stored(value: Any) -> Any:
    """Return a value as it is hashed: no words that a translation or a formatter could change."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Choice():
            return value.value
        case _:
            return _parts(value, _stored)


def _parts(value: Any, each: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case Mapping():
            return {_key(key): each(item) for key, item in value.items()}
        case Enum():
            return value.name
        case Set():
            return [each(item) for item in sorted(value)]
        case list() | tuple():
            return [each(item) for item in value]
        case _ if is_dataclass(value) or isinstance(value, Struct):
            return {name: each(getattr(value, name)) for name in _names_of(value)}
    raise TypeError(f"{type(value).__name__} does not go in a document")


def _names_of(value: Any) -> tuple[str, ...]:
    if isinstance(value, Struct):
        return value.__struct_fields__
    return tuple(field.name for field in fields(value))


def _key(key: object) -> str:
    return str(key.value if isinstance(key, Choice) else key.name if isinstance(key, Enum) else key)
