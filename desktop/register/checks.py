"""Checks of a form's values against the declaration: required, length, RUN, phone, plate, whole numbers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect

from desktop.core import formats
from desktop.core.errors import FieldError
from desktop.core.i18n import N_, tr
from desktop.register.kinds import Kind, is_required, kind_of
from desktop.register.record import FieldInfo
from desktop.register.spec import Register


def check_values(register: Register, values: Mapping[str, Any], *, partial: bool) -> dict[str, Any]:
    """Return the values as they are stored: trimmed, RUN and phone in normal form, empty text as None.

    `partial` leaves out what is not given, as an edit does.

    Raises:
        FieldError: the first value, in form order, that is not acceptable.
    """
    cleaned: dict[str, Any] = {}
    for attribute in inspect(register.model).column_attrs:
        col = attribute.columns[0]
        info = col.info.get("field")
        if not isinstance(info, FieldInfo):
            continue
        name = attribute.key
        if name not in values:
            if not partial and is_required(col):
                raise FieldError(name, tr(N_("Falta {label}."), label=tr(info.label).lower()))
            continue
        value = _clean(name, kind_of(col), values[name])
        if value is None and not col.nullable:
            if is_required(col):
                raise FieldError(name, tr(N_("Falta {label}."), label=tr(info.label).lower()))
            value = "" if col.default is None else col.default.arg
        length = getattr(col.type, "length", None)
        if isinstance(value, str) and length is not None and len(value) > length:
            raise FieldError(name, tr(N_("Admite hasta {count} caracteres."), count=length))
        cleaned[name] = value
    return cleaned


def _clean(name: str, kind: Kind, value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
        if not value:
            return None
    if value is None:
        return None
    try:
        if kind is Kind.RUN:
            return formats.normalise_run(value)
        if kind is Kind.PHONE:
            return formats.normalise_phone(value)
        if kind is Kind.PLATE:
            return formats.normalise_plate(value)
    except ValueError as error:
        raise FieldError(name, str(error)) from error
    return value
