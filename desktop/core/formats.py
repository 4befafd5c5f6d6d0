"""One way to read and write RUN, telephones, plates, dates, durations, money and names, for screens and reports.

Parsers raise `ValueError` whose message is a Spanish sentence for the person; callers that know the field turn it
into `FieldError(field, str(error))`. Civil times are those of Santiago; instants are aware, in UTC.
Source: domain.md §8.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta

from desktop.core.clock import SANTIAGO, civil_day
from desktop.core.i18n import N_, tr

_NARROW = "\u00a0"
MONTHS = (
    N_("enero"),
    N_("febrero"),
    N_("marzo"),
    N_("abril"),
    N_("mayo"),
    N_("junio"),
    N_("julio"),
    N_("agosto"),
    N_("septiembre"),
    N_("octubre"),
    N_("noviembre"),
    N_("diciembre"),
)
WEEKDAYS = (
    N_("lunes"),
    N_("martes"),
    N_("miércoles"),
    N_("jueves"),
    N_("viernes"),
    N_("sábado"),
    N_("domingo"),
)

# --- RUN / RUT ---------------------------------------------------------------------------------------------------

_RUN_SHAPE = re.compile(r"(\d{1,9}?)-?([0-9K])", re.ASCII)


def run_check_digit(body: int) -> str:
    """Return the verifier of `body`, by modulus 11."""
    total, factor = 0, 2
    while body:
        body, digit = divmod(body, 10)
        total += digit * factor
        factor = 2 if factor == 7 else factor + 1
    return "0K987654321"[total % 11]


def make_run(body: int) -> str:
    """Return the valid RUN of `body` in stored form; every invented RUN of this program comes from here.

    Raises:
        ValueError: `body` has not 1 to 8 digits.
    """
    if not 1 <= body <= 99_999_999:
        raise ValueError(tr(N_("El RUN tiene entre 1 y 8 dígitos antes del guion.")))
    return f"{body}-{run_check_digit(body)}"


def normalise_run(text: str) -> str:
    """Return `12345678-5`; dots, spaces, a missing hyphen and a small k are accepted.

    Raises:
        ValueError: the shape or the verifier is wrong.
    """
    compact = re.sub(
        r"[\s.\u2010-\u2015]", lambda found: "" if found[0].isspace() or found[0] == "." else "-", text
    )
    shape = _RUN_SHAPE.fullmatch(compact.upper())
    if shape is None:
        raise ValueError(tr(N_("Escriba el RUN completo, con su dígito verificador: 12.345.678-5.")))
    body = int(shape[1])
    if not 1 <= body <= 99_999_999:
        raise ValueError(tr(N_("El RUN tiene entre 1 y 8 dígitos antes del guion.")))
    if shape[2] != run_check_digit(body):
        raise ValueError(tr(N_("El dígito verificador no corresponde a ese RUN. Revise el número.")))
    return f"{body}-{shape[2]}"


def is_run(text: str) -> bool:
    """Tell whether `text` is a RUN with its right verifier."""
    try:
        normalise_run(text)
    except ValueError:
        return False
    return True


def run(stored: str) -> str:
    """Return the stored RUN with its dots: `12.345.678-5`; anything else comes back as it was."""
    body, hyphen, verifier = stored.partition("-")
    return f"{number(int(body))}-{verifier}" if hyphen and body.isdecimal() else stored


# --- Telephones --------------------------------------------------------------------------------------------------

_SHORT_CODE = re.compile(r"\*?\d{3,4}", re.ASCII)


def normalise_phone(text: str) -> str:
    """Return E.164 (`+56987654321`), or the short code as it is dialled (`133`, `1451`, `*4141`).

    Raises:
        ValueError: it cannot be dialled.
    """
    import phonenumbers  # noqa: PLC0415 - slow to load, and the first page can do without

    compact = re.sub(r"[\s.\-()/]", "", text)
    if _SHORT_CODE.fullmatch(compact):
        return compact
    problem = ValueError(
        tr(N_("El teléfono lleva 9 dígitos (9 8765 4321 o 63 221 1234), o un número corto como 133."))
    )
    try:
        parsed = phonenumbers.parse(compact, "CL")
    except phonenumbers.NumberParseException as error:
        raise problem from error
    if parsed.country_code == 56:
        nine_digits = 200_000_000 <= (parsed.national_number or 0) <= 999_999_999
        usable = nine_digits or phonenumbers.is_valid_number(parsed)
    else:
        usable = phonenumbers.is_possible_number(parsed)
    if not usable or parsed.italian_leading_zero:
        raise problem
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def phone(stored: str) -> str:
    """Return the stored telephone as it is read: `+56 9 8765 4321`, `133`."""
    if not stored.startswith("+"):
        return stored
    import phonenumbers  # noqa: PLC0415 - as above

    try:
        parsed = phonenumbers.parse(stored)
    except phonenumbers.NumberParseException:
        return stored
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


# --- Plates ------------------------------------------------------------------------------------------------------

_PLATE_SHAPE = re.compile(r"([A-Z]{4})(\d{2})|([A-Z]{2})(\d{3,4})|([A-Z]{3})(\d{2,3})", re.ASCII)


def normalise_plate(text: str) -> str:
    """Return the plate in capitals without separators; unknown shapes (foreign, trailers) are kept.

    Raises:
        ValueError: no letter or digit at all, or too long for a plate.
    """
    compact = "".join(sign for sign in text.upper() if sign.isalnum())
    if not 2 <= len(compact) <= 12:
        raise ValueError(tr(N_("Escriba la patente con sus letras y números: BBCD-12.")))
    return compact


def plate(stored: str) -> str:
    """Return the stored plate with its hyphen: `BBCD-12`, `AA-1234`, `BBB-012`."""
    shape = _PLATE_SHAPE.fullmatch(stored)
    return "-".join(part for part in shape.groups() if part) if shape else stored


# --- Dates and times ---------------------------------------------------------------------------------------------


def _civil(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(SANTIAGO)


def _as_day(value: date | datetime) -> date:
    return civil_day(value) if isinstance(value, datetime) else value


def day(value: date | datetime) -> str:
    """Return `22-11-2026`; of an instant, its civil date."""
    return _as_day(value).strftime("%d-%m-%Y")


def time_hm(instant: datetime) -> str:
    """Return the civil time `14:30`."""
    return _civil(instant).strftime("%H:%M")


def time_hms(instant: datetime) -> str:
    """Return the civil time `14:30:05`."""
    return _civil(instant).strftime("%H:%M:%S")


def day_time(instant: datetime) -> str:
    """Return `22-11-2026 14:30`."""
    return _civil(instant).strftime("%d-%m-%Y %H:%M")


def day_time_s(instant: datetime) -> str:
    """Return `22-11-2026 14:30:05`."""
    return _civil(instant).strftime("%d-%m-%Y %H:%M:%S")


def long_day(value: date | datetime) -> str:
    """Return `22 de noviembre de 2026`, as documents write it."""
    found = _as_day(value)
    return tr(
        N_("{day} de {month} de {year}"), day=found.day, month=tr(MONTHS[found.month - 1]), year=found.year
    )


def weekday(value: date | datetime) -> str:
    """Return the name of the day: `domingo`."""
    return tr(WEEKDAYS[_as_day(value).weekday()])


def parse_day(text: str, *, today: date | None = None) -> date:
    """Return the date of `22-11-2026`, `22/11/26`, `22.11.2026`, `22112026`.

    With `today` also `22-11`, `hoy` and `ayer`.

    Raises:
        ValueError: it is not a date.
    """
    compact = text.strip().lower()
    if today is not None and compact in {"hoy", "ayer"}:
        return today - timedelta(days=compact == "ayer")
    shape = re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{4}|\d{2}))?", compact) or re.fullmatch(
        r"(\d{2})(\d{2})(\d{4})", compact
    )
    if shape is None or (shape[3] is None and today is None):
        raise ValueError(tr(N_("Escriba la fecha como día-mes-año: 22-11-2026.")))
    year = int(shape[3]) if shape[3] else today.year if today else 0
    try:
        return date(year + 2000 if year < 100 else year, int(shape[2]), int(shape[1]))
    except ValueError as error:
        raise ValueError(tr(N_("Esa fecha no existe. Revise el día y el mes."))) from error


def parse_time(text: str) -> time:
    """Return the time of `14:30`, `14.30`, `1430`, `9:05`, `14:30:05`, `14:30 h`.

    Raises:
        ValueError: it is not a time of 24 hours.
    """
    compact = re.sub(r"\s*(h|hrs?|horas)\.?$", "", text.strip().lower())
    shape = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?", compact) or re.fullmatch(
        r"(\d{1,2})(\d{2})(?:(\d{2}))?", compact
    )
    if shape is None:
        raise ValueError(tr(N_("Escriba la hora como 14:30.")))
    try:
        return time(int(shape[1]), int(shape[2]), int(shape[3] or 0))
    except ValueError as error:
        raise ValueError(tr(N_("Esa hora no existe. Las horas van de 00:00 a 23:59."))) from error


def _exists(civil: datetime) -> bool:
    back = civil.astimezone(UTC).astimezone(SANTIAGO)
    return back.replace(tzinfo=None) == civil.replace(tzinfo=None)


def instant_of(on: date, at: time, *, fold: int = 0) -> datetime:
    """Return the UTC instant of a civil date and time of Santiago.

    Of an hour that happened twice, `fold` 0 is the first (summer time) and 1 the second.

    Raises:
        ValueError: the clocks skipped that hour.
    """
    civil = datetime.combine(on, at.replace(tzinfo=None), SANTIAGO).replace(fold=fold)
    if not _exists(civil):
        raise ValueError(
            tr(
                N_("Las {time} del {day} no existieron: esa noche se adelantó el reloj. Revise la hora."),
                time=at.strftime("%H:%M"),
                day=day(on),
            )
        )
    return civil.astimezone(UTC)


def civil_date(instant: datetime) -> date:
    """Return the calendar date of `instant` in Santiago."""
    return civil_day(instant)


def civil_hour(instant: datetime) -> int:
    """Return the hour of `instant` in Santiago, 0 to 23."""
    return _civil(instant).hour


def civil_instant(on: date, hour: int) -> datetime:
    """Return the instant at which that hour of the day begins; a skipped hour begins when the clocks jump."""
    return datetime.combine(on, time(hour), SANTIAGO).astimezone(UTC)


def parse_instant(text: str, *, fold: int = 0, today: date | None = None) -> datetime:
    """Return the UTC instant of `22-11-2026 14:30`; with `today`, the time alone is of that day.

    Raises:
        ValueError: it is not a date and a time, or the clocks skipped that hour.
    """
    parts = re.split(r"[\sT,]+", text.strip(), maxsplit=1)
    if len(parts) == 1 and today is not None:
        return instant_of(today, parse_time(parts[0]), fold=fold)
    if len(parts) != 2:
        raise ValueError(tr(N_("Escriba la fecha y la hora: 22-11-2026 14:30.")))
    return instant_of(parse_day(parts[0], today=today), parse_time(parts[1]), fold=fold)


# --- Quantities --------------------------------------------------------------------------------------------------


def duration(seconds: float) -> str:
    """Return `45 s`, `12 min`, `1 h 05 min`, `2 d 3 h`, for prose and reports."""
    whole = int(abs(seconds))
    sign = "-" if seconds <= -1 else ""
    if whole < 60:
        return f"{sign}{whole} s"
    minutes = whole // 60
    if minutes < 60:
        return f"{sign}{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{sign}{hours} h {minutes:02d} min" if minutes else f"{sign}{hours} h"
    days, hours = divmod(hours, 24)
    return f"{sign}{days} d {hours} h" if hours else f"{sign}{days} d"


def timer(seconds: float) -> str:
    """Return a running clock in the least room: `0:42`, `21:03`, `2 h`, `1 h 05`, `3 d`."""
    whole = int(abs(seconds))
    sign = "-" if seconds <= -1 else ""
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{sign}{minutes}:{rest:02d}"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{sign}{hours} h {minutes:02d}" if minutes else f"{sign}{hours} h"
    return f"{sign}{hours // 24} d"


def number(value: float, decimals: int = 0) -> str:
    """Return `1.234.567` or, with decimals, `1.234,50`."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def money(pesos: int) -> str:
    """Return Chilean pesos: `$ 1.234.567`."""
    return f"{'-' if pesos < 0 else ''}${_NARROW}{number(abs(pesos))}"


def percent(ratio: float, decimals: int = 0) -> str:
    """Return `0.125` as `13 %`, or `12,5 %` with one decimal."""
    return f"{number(ratio * 100, decimals)}{_NARROW}%"


def distance(metres: float) -> str:
    """Return `350 m` up to a kilometre, `1,2 km` beyond."""
    rounded = round(metres / 10) * 10
    return f"{rounded} m" if rounded < 1000 else f"{number(metres / 1000, 1 if metres < 99_950 else 0)} km"


def size(count: int) -> str:
    """Return a count of bytes as `512 B`, `1,2 MB`."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            break
        value /= 1000
    return f"{number(value, 0 if unit == 'B' else 1)} {unit}"


# --- Words -------------------------------------------------------------------------------------------------------


def fold_text(text: str) -> str:
    """Return `text` for searching: small letters, no accents, ñ as n, single spaces."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())


def sort_key(text: str) -> str:
    """Return a key that orders as a Chilean directory does: accents ignored, ñ after n."""
    composed = unicodedata.normalize("NFC", text.casefold())
    return fold_text(composed.replace("ñ", "n\U0010ffff"))
