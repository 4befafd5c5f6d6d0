"""Stored values as people read them: the same words in lists, forms, timelines, exports and prints."""

from typing import Any

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.register.choice import Choice
from desktop.register.kinds import Kind
from desktop.register.record import FieldInfo

YES, NO = N_("Sí"), N_("No")
_LINE_ENDS = str.maketrans({"\n": " ", "\r": " ", "\t": " "})


def text_of(kind: Kind, value: Any) -> str:  # noqa: PLR0911 - one line per kind
    """Return the words of a value of that kind."""
    if value is None:
        return ""
    if isinstance(value, Choice):
        return tr(value.label)
    match kind:
        case Kind.DAY:
            return formats.day(value)
        case Kind.INSTANT:
            return formats.day_time(value)
        case Kind.FLAG:
            return tr(YES if value else NO)
        case Kind.INTEGER:
            return str(value)
        case Kind.DECIMAL:
            return f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",")
        case Kind.LIST:
            return _list_text(value)
        case Kind.RUN:
            return formats.run(value)
        case Kind.PHONE:
            return formats.phone(value)
        case Kind.PLATE:
            return formats.plate(value)
        case _:
            return str(value)


def one_line(text: str) -> str:
    """Return a text fit for a cell."""
    return text.translate(_LINE_ENDS) if "\n" in text or "\t" in text or "\r" in text else text


def label_of(info: FieldInfo) -> str:
    """Return a field's label in the person's language."""
    return tr(info.label)


def _list_text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {item}" for key, item in value.items())
    return ", ".join(str(item) for item in value)
