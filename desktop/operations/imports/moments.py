"""Dates and times as foreign files write them, and how a person names their form: `dd/mm/aaaa hh:mm`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.operations.imports.source import Cell

MOMENT_FIELDS = ("reported_at", "reported_day", "reported_time", "dispatched_at", "arrived_at", "closed_at")
DATE_FORMATS = ("%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%y", "%d/%m/%y", "%Y/%m/%d")
TIME_FORMATS = ("%H:%M:%S", "%H:%M", "%H.%M", "%H%M", "%I:%M %p", "%I:%M:%S %p")
OFFERED_DATES = (*DATE_FORMATS, "%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%Y%m%d", "%d%m%Y")
OFFERED_TIMES = ("%H:%M", "%H:%M:%S", "%H.%M", "%H%M", "%I:%M %p")
_MONTH_FIRST = frozenset({"%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y"})
_DAY_FIRST = {"%m/%d/%Y": "%d/%m/%Y", "%m-%d-%Y": "%d-%m-%Y", "%m/%d/%y": "%d/%m/%y"}
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's serial days have no zone
_SERIAL_DAYS = (20_000, 80_000)
_WORD = re.compile(r"aaaa|aa|dd|mm|hh|ss|am/pm|[^\W\d_]+|%", re.IGNORECASE)
_SIGNS = {"aaaa": "%Y", "aa": "%y", "dd": "%d", "ss": "%S", "am/pm": "%p"}
_DAY_SIGNS, _TIME_SIGNS = ("%d", "%Y", "%y"), ("%H", "%I")


@dataclass(frozen=True, slots=True)
class DateGuess:
    """The form of a column's dates: None where none reads them; ambiguous where day and month may change places."""

    layout: str | None
    is_ambiguous: bool


def layout_of(text: str) -> str:
    """Return the `strptime` form of `dd/mm/aaaa hh:mm`; mm after hh are minutes. One with % is left as it is.

    Raises:
        UserError: it holds something else.
    """
    words = " ".join(text.split())
    if "%" in words:
        return words
    is_twelve = "am/pm" in words.lower()
    after_hour = False

    def sign(found: re.Match[str]) -> str:
        nonlocal after_hour
        word = found[0].lower()
        if word == "hh":
            after_hour = True
            return "%I" if is_twelve else "%H"
        if word == "mm":
            return "%M" if after_hour else "%m"
        if word not in _SIGNS:
            raise UserError(
                tr(N_("«{text}» no es un formato: use dd, mm, aaaa, hh, mm, ss y am/pm."), text=text)
            )
        return _SIGNS[word]

    return _WORD.sub(sign, words)


def words_of(layout: str) -> str:
    """Return how a person reads a `strptime` form."""
    signs = {**{sign: word for word, sign in _SIGNS.items()}, "%m": "mm", "%M": "mm", "%H": "hh", "%I": "hh"}
    return re.sub(r"%.", lambda found: signs.get(found[0], found[0]), layout)


def guess_dates(values: Iterable[str]) -> DateGuess:
    """Return the form in which all dates of a sample can be read; day first where both orders would do."""
    heads = {head for value in values if (head := value.strip().partition(" ")[0].partition("T")[0])}
    if not heads:
        return DateGuess(None, is_ambiguous=False)
    fitting = [layout for layout in OFFERED_DATES if all(_parsed(head, layout) for head in heads)]
    first = next(iter(fitting), None)
    return DateGuess(
        first, first not in _MONTH_FIRST and any(_DAY_FIRST.get(other) == first for other in fitting)
    )


class MomentReader:
    """Reads the cells of one file. A column whose form is said is read in that form only."""

    def __init__(self, date_formats: Sequence[str], formats: Mapping[str, str]) -> None:
        self._dates = tuple(date_formats) or DATE_FORMATS
        self._preferred = self._dates[0]
        self._said = dict(formats)

    def moment(self, name: str, value: Cell) -> datetime | None:
        """Return the civil moment of a cell, or an aware one where it names its zone; a date alone is its midnight."""
        if isinstance(value, datetime):
            return value
        if _is_serial(value):
            return (_EXCEL_EPOCH + timedelta(days=float(str(value)))).replace(microsecond=0)
        text = _text(value)
        said = self._said.get(name)
        if said is not None and _has(said, _TIME_SIGNS):
            return _parsed(text, said)
        if said is None and ("T" in text or text.endswith("Z")):
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                pass
        head, _, tail = text.partition(" ")
        day = self.day(name, head)
        at = self.time("", tail) if tail else time(0, 0)
        return None if day is None or at is None else datetime.combine(day, at)

    def day(self, name: str, value: Cell) -> date | None:
        """Return the date of a cell."""
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if _is_serial(value):
            return (_EXCEL_EPOCH + timedelta(days=int(float(str(value))))).date()
        text = _text(value)
        said = self._said.get(name)
        if said is not None:
            is_whole = _has(said, _TIME_SIGNS)
            found = _parsed(text if is_whole else text.partition(" ")[0], said)
            return found.date() if found is not None else None
        head = text.partition(" ")[0]
        for layout in (self._preferred, *self._dates):
            found = _parsed(head, layout)
            if found is not None:
                self._preferred = layout
                return found.date()
        return None

    def time(self, name: str, value: Cell) -> time | None:
        """Return the time of day of a cell that holds nothing else."""
        if isinstance(value, datetime):
            return value.time()
        if isinstance(value, float) and 0 <= value < 1:
            return (_EXCEL_EPOCH + timedelta(days=value)).time().replace(microsecond=0)
        text = _text(value).lower().removesuffix("hrs").strip()
        text = text.replace("a. m.", "am").replace("p. m.", "pm")
        said = self._said.get(name)
        if said is not None and _has(said, _DAY_SIGNS):
            return None
        for layout in (said,) if said is not None else TIME_FORMATS:
            found = _parsed(text, layout)
            if found is not None:
                return found.time()
        return None


def _text(value: Cell) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value if value is not None else "").split())


def _is_serial(value: Cell) -> bool:
    low, high = _SERIAL_DAYS
    return isinstance(value, int | float) and not isinstance(value, bool) and low < value < high


def _has(layout: str, signs: Sequence[str]) -> bool:
    return any(sign in layout for sign in signs)


@lru_cache(maxsize=8_192)
def _parsed(text: str, layout: str) -> datetime | None:
    try:
        return datetime.strptime(text, layout)  # noqa: DTZ007 - what the file says, before a zone is known
    except ValueError:
        return None
