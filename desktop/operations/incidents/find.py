"""Any incident by its number, in whatever way it is said: `451`, `INC-26-K7-0451-R`, a folio, a call's code."""

import re
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from desktop.core.clock import civil_day
from desktop.core.ids import radio_code
from desktop.models.incidents.records import Call, Incident
from desktop.operations.context import ReadContext
from desktop.operations.incidents.values import IncidentRef
from desktop.register.access import Action

_SPOKEN = re.compile(r"(?:(INC|LL)-)?(\d{2})-([0-9A-Z]{2})-(\d{1,7})(?:-([0-9A-Z]))?")
_FOLIO = re.compile(r"(INC|LL)-(\d{4})-(\d{1,7})")
_SHORT = re.compile(r"(?:INC-?)?0*(\d{1,7})")
_MOST_DEVICES = 200


def short_number(code: str) -> str:
    """Return what people say for a code within the year: `451` of `INC-26-K7-0451-R`."""
    parts = code.split("-")
    return parts[3].lstrip("0") or "0" if len(parts) == 5 else code


def find_incident(ctx: ReadContext, text: str) -> tuple[IncidentRef, ...]:
    """Return the incidents with that number, this station's first; empty when there is none that may be read.

    A short number is looked for in this year and then in the one before.
    """
    if ctx.rights.ceiling(Action.READ, "incidents") is None:
        return ()
    said = "".join(text.upper().split())
    if spoken := _SPOKEN.fullmatch(said):
        prefix, year, device, number, _ = spoken.groups()
        code = radio_code(prefix or "INC", 2000 + int(year), device, int(number))
        return _by_codes(ctx, (code,))
    if folio := _FOLIO.fullmatch(said):
        prefix, year, number = folio.groups()
        written = f"{prefix}-{year}-{int(number):06d}"
        return (
            _calls(ctx, Call.folio == written) if prefix == "LL" else _where(ctx, Incident.folio == written)
        )
    if short := _SHORT.fullmatch(said):
        this_year = civil_day(ctx.now).year
        for year in (this_year, this_year - 1):
            number = int(short[1])
            codes = tuple(radio_code("INC", year, device, number) for device in _devices(ctx, year))
            official = f"INC-{year}-{number:06d}"
            found = _where(ctx, or_(Incident.code.in_(codes), Incident.folio == official))
            if found:
                own = f"INC-{year % 100:02d}-{ctx.actor.device}-"
                return tuple(sorted(found, key=lambda ref: not ref.code.startswith(own)))
    return ()


def _devices(ctx: ReadContext, year: int) -> tuple[str, ...]:
    """Return the stations that numbered incidents in `year`, by hopping over the index of codes."""
    start = f"INC-{year % 100:02d}-"
    devices: list[str] = []
    after = start
    while len(devices) < _MOST_DEVICES:
        code = ctx.session.scalar(
            select(Incident.code)
            .where(Incident.code > after, Incident.code < start + "~")
            .order_by(Incident.code)
            .limit(1)
        )
        if code is None:
            break
        devices.append(code.split("-")[2])
        after = f"{start}{devices[-1]}~"
    return tuple(devices)


def _by_codes(ctx: ReadContext, codes: tuple[str, ...]) -> tuple[IncidentRef, ...]:
    return _where(ctx, Incident.code.in_(codes)) or _calls(ctx, Call.code.in_(codes))


def _calls(ctx: ReadContext, condition: ColumnElement[bool]) -> tuple[IncidentRef, ...]:
    ids: list[UUID | None] = list(ctx.session.scalars(select(Call.incident_id).where(condition)))
    return _where(ctx, Incident.id.in_([found for found in ids if found is not None]))


def _where(ctx: ReadContext, condition: ColumnElement[bool]) -> tuple[IncidentRef, ...]:
    rows = ctx.session.execute(
        select(Incident.id, Incident.code)
        .where(condition, Incident.voided_at.is_(None))
        .where(Incident.confidentiality.in_(ctx.rights.readable("incidents")))
        .order_by(Incident.code)
    )
    return tuple(IncidentRef(row.id, row.code) for row in rows)
