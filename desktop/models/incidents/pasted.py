"""Text pasted from WhatsApp, an app or mail becomes the draft of an incident (R89)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import unquote_plus

from desktop.core import formats
from desktop.models.incidents.states import Channel

MAX_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class PastedDraft:
    """What could be read; the narrative is kept whole, without the marks of the program it came from."""

    channel: Channel
    narrative: str
    address: str = ""
    phone: str = ""
    caller_name: str = ""
    reported_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None


_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_WHATSAPP = re.compile(
    r"^\[?(?P<day>\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}),? +(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?"
    r"\s*(?P<half>[ap]\.?\s?m\.?)?\]?(?: -)? (?P<who>[^:\n]{1,60}): ?(?P<text>.*)$",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^(?P<name>de|from|para|to|cc|asunto|subject|fecha|date|enviado(?: el)?|sent|responder a|reply-to)"
    r"\s*:\s*(?P<value>.*)$",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"^[\W_]*(?P<name>tipo(?: de (?:alerta|reporte|incidente))?|categor[ií]a|direcci[oó]n|ubicaci[oó]n|lugar"
    r"|domicilio|usuario|usuaria|nombre|vecino|vecina|reportado por|contacto|solicitante|denunciante|tel[eé]fono"
    r"|celular|fono|fecha(?: y hora)?|hora|descripci[oó]n|detalle|mensaje|relato|comentario|coordenadas|mapa|link"
    r"|estado|id(?: de alerta)?|folio)\s*:\s*(?P<value>.*)$",
    re.IGNORECASE,
)
_APP = re.compile(r"sosafe|\bapp\b|aplicaci[oó]n|nueva alerta|nuevo reporte|alerta ciudadana", re.IGNORECASE)
_FORWARDED = re.compile(
    r"^\W*(reenviado(?: muchas veces)?|forwarded|mensaje reenviado"
    r"|-+ ?(?:forwarded message|mensaje reenviado|mensaje original) ?-+)\W*$",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_MAP_PAIR = re.compile(r"(?:[@=/:,]|!3d)(-\d{1,2}\.\d{3,})(?:,\s*|!4d)(-\d{1,3}\.\d{3,})", re.IGNORECASE)
_PAIR = re.compile(r"(?<![\d.])(-\d{1,2}[.,]\d{3,})\s*[,; ]\s*(-\d{2,3}[.,]\d{3,})(?![\d.])")
_PHONE = re.compile(
    r"(?<![\d.,\-])(?:\+?56[\s-]?)?"
    r"(?:\(?9\)?[\s-]?\d{4}[\s-]?\d{4}|\(?[2-7]\d\)?[\s-]?\d{3}[\s-]?\d{4})(?!\d)"
)
_CLOCK = re.compile(
    r"(?:a las|tipo|desde las|hora:?|\bson las)\s+(\d{1,2})(?:[:.](\d{2}))?\s*(?:h(?:rs?|oras)?\b)?\.?"
    r"\s*(am|pm|de la (?:tarde|noche|mañana))?"
    r"|\b(\d{1,2}):(\d{2})\s*(?:h(?:rs?|oras)?\b)\.?",
    re.IGNORECASE,
)
_DATE = re.compile(r"\b(\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})\b")
_WHO = re.compile(
    r"(?i:mi nombre es|me llamo|\bsoy|habla|saluda(?: atte\.?)?,?|\batte\.?,?|atentamente,?)\s+"
    r"(?i:do[nñ]a?\s+|la\s+se[nñ]ora\s+|el\s+se[nñ]or\s+)?"
    r"((?:[A-ZÁÉÍÓÚÑ][a-záéíóúñü']+)(?:\s+(?:de\s+|del\s+|la\s+)?[A-ZÁÉÍÓÚÑ][a-záéíóúñü']+){0,3})"
)
_STREET = (
    r"(?i:avenida|av\.?|avda\.?|calle|pasaje|pje\.?|psje\.?|camino|ruta|villa|poblaci[oó]n|pobl?\.?|costanera|paseo"
    r"|plaza)"
)
_WORD = r"[A-ZÁÉÍÓÚÑ0-9][\wáéíóúñüÁÉÍÓÚÑ'.°]*"
_NAME = rf"{_WORD}(?:\s+(?:(?:del|de|las|los|la|el|a)\s+)*[A-ZÁÉÍÓÚÑ][\wáéíóúñü'°]*){{0,4}}"
_NUMBER = (
    r"(?:\s*,?\s*(?i:n[°ºo.]+\s*|#\s*|km\s*)?\d{1,5}"
    r"(?!\d|[:.]\d|\s*(?i:hrs?|horas|autos|personas|años|metros|mts)\b)"
    r"(?:\s*[-,]?\s*(?i:depto?\.?|casa|block|torre)\s*\w+)?)"
)
_WITH = r"(?i:con|esquina(?:\s+con|\s+de)?|esq\.?)"
_BEFORE = r"\b(?i:en|de|por|calle|esquina)"
_ADDRESSES = (
    re.compile(rf"\b({_STREET}\s+(?:a\s+)?{_NAME}{_NUMBER})"),
    re.compile(rf"\b({_STREET}\s+{_NAME}\s+{_WITH}\s+(?:{_STREET}\s+)?{_NAME})"),
    re.compile(rf"{_BEFORE}\s+({_NAME}{_NUMBER})"),
    re.compile(rf"{_BEFORE}\s+({_NAME}\s+{_WITH}\s+{_NAME})"),
    re.compile(rf"(?:^|[.,;:\n]\s*)({_NAME}{_NUMBER})(?=\s*(?:$|[,.;\n]))", re.MULTILINE),
    re.compile(rf"\b({_NAME}\s+{_WITH}\s+{_NAME})"),
    re.compile(rf"\b({_STREET}\s+{_NAME})"),
)


def _coordinates(text: str) -> tuple[float, float] | None:
    for url in _URL.findall(text):
        found = _MAP_PAIR.search(unquote_plus(url))
        if found:
            return _usable(found[1], found[2])
    plain = _PAIR.search(_URL.sub(" ", text))
    return _usable(plain[1], plain[2]) if plain else None


def _usable(lat_text: str, lon_text: str) -> tuple[float, float] | None:
    lat, lon = float(lat_text.replace(",", ".")), float(lon_text.replace(",", "."))
    return (round(lat, 6), round(lon, 6)) if -90 <= lat <= 90 and -180 <= lon <= 180 else None


def _phone(text: str) -> str:
    without_links = _PAIR.sub(" ", _URL.sub(" ", text))
    for found in _PHONE.finditer(without_links):
        try:
            return formats.normalise_phone(found[0])
        except ValueError:
            continue
    return ""


def find_address(text: str) -> str:
    """Return the first street with number, corner or named place in `text`, or nothing."""
    clean = _URL.sub(" ", text)
    for pattern in _ADDRESSES:
        found = pattern.search(clean)
        if found:
            return " ".join(found[1].split()).rstrip(" .,;")
    return ""


def _clock_time(hour: str, minute: str | None, half: str | None) -> str:
    value = int(hour)
    part = (half or "").lower().replace(".", "").replace(" ", "")
    if part in {"pm", "delatarde", "delanoche"} and value < 12:
        value += 12
    elif part in {"am", "delamañana"} and value == 12:
        value = 0
    return f"{value}:{minute or '00'}"


def _read_day(text: str, today: date) -> date:
    if re.fullmatch(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}", text):
        year, month, day = (int(part) for part in re.split(r"[-/.]", text))
        return date(year, month, day)
    parts = re.split(r"[-/.]", text)
    if (
        len(parts) == 3
        and len(parts[2]) == 2
        and len(parts[0]) == 2
        and int(parts[0]) > 23
        and int(parts[2]) <= 31
    ):
        return date(2000 + int(parts[0]), int(parts[1]), int(parts[2]))
    return formats.parse_day(text, today=today)


def _instant(day_text: str, time_text: str, now: datetime) -> datetime | None:
    """Return the instant; of a text that reads in two ways, the one that is not in the future."""
    today = formats.civil_date(now)
    try:
        at = formats.parse_time(time_text)
        on = _read_day(day_text, today) if day_text else today
        instant = formats.instant_of(on, at)
        if not day_text and instant > now + timedelta(minutes=5):
            instant = formats.instant_of(on - timedelta(days=1), at)
    except ValueError:
        return None
    return instant if instant <= now + timedelta(minutes=5) else None


def _mentioned_time(text: str, now: datetime) -> datetime | None:
    found = _CLOCK.search(text)
    if found is None:
        return None
    hour, minute = (found[1], found[2]) if found[1] else (found[4], found[5])
    day = _DATE.search(text)
    return _instant(day[1] if day else "", _clock_time(hour, minute, found[3]), now)


@dataclass(slots=True)
class _Parts:
    channel: Channel
    lines: list[str]
    fields: dict[str, str]
    who: str = ""
    at: datetime | None = None


def _split(text: str, now: datetime) -> _Parts:
    parts = _Parts(Channel.WHATSAPP, [], {})
    headers = whatsapp = app = False
    for raw in text.splitlines():
        line = _INVISIBLE.sub("", raw).replace("\u202f", " ").replace("\xa0", " ").strip()
        if not line or _FORWARDED.match(line):
            continue
        if line.startswith(">"):
            line = line.lstrip("> ")
        message = _WHATSAPP.match(line)
        if message:
            whatsapp = True
            clock = _clock_time(message["hour"], message["minute"], message["half"])
            if parts.at is None:
                parts.at = _instant(message["day"], clock, now)
                parts.who = message["who"].strip("~ ")
            _add_line(parts, message["text"])
            continue
        header = _HEADER.match(line)
        if header and (
            headers or header["name"].lower() in {"de", "from", "asunto", "subject", "enviado el"}
        ):
            headers = True
            parts.fields.setdefault(f"header:{_plain(header['name'])}", header["value"].strip())
            continue
        app = app or bool(_APP.search(line))
        _add_line(parts, line)
    if headers:
        parts.channel = Channel.MAIL
    elif app and not whatsapp:
        parts.channel = Channel.APP
    return parts


def _plain(name: str) -> str:
    return formats.fold_text(name).split(" ")[0]


def _add_line(parts: _Parts, line: str) -> None:
    found = _FIELD.match(line)
    if found and found["value"].strip():
        parts.fields.setdefault(_plain(found["name"]), found["value"].strip())
        if _plain(found["name"]) not in {
            "descripcion",
            "detalle",
            "mensaje",
            "relato",
            "comentario",
            "tipo",
            "categoria",
        }:
            return
        line = found["value"].strip()
    parts.lines.append(line)


_PLACE_FIELDS = ("direccion", "ubicacion", "lugar", "domicilio")
_NAME_FIELDS = (
    "usuario",
    "usuaria",
    "nombre",
    "vecino",
    "vecina",
    "reportado",
    "contacto",
    "solicitante",
    "denunciante",
)
_PHONE_FIELDS = ("telefono", "celular", "fono", "contacto")


def _first(fields: dict[str, str], names: tuple[str, ...]) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")


def _sender(parts: _Parts, body: str) -> str:
    header = re.sub(
        r"<[^>]*>|\S+@\S+", "", parts.fields.get("header:de") or parts.fields.get("header:from", "")
    )
    named = _first(parts.fields, _NAME_FIELDS) or header.strip(" \"'")
    signed = _WHO.search(body)
    who = parts.who if not _PHONE.fullmatch(parts.who) else ""
    name = named or (signed[1] if signed else "") or who
    return " ".join(_PHONE.sub("", name).split()).strip(" ,.;-")[:120]


def read_pasted(text: str, now: datetime) -> PastedDraft:
    """Return the draft of what was pasted at `now`; nothing found leaves the narrative alone."""
    parts = _split(text[:MAX_LENGTH], now)
    body = "\n".join(parts.lines).strip()
    subject = parts.fields.get("header:asunto") or parts.fields.get("header:subject", "")
    subject = re.sub(r"^(?:(?:re|rv|fw|fwd)\s*:\s*)+", "", subject, flags=re.IGNORECASE)
    narrative = f"{subject}\n{body}".strip() if subject and subject not in body else body
    place = _coordinates(text[:MAX_LENGTH])
    placed = _URL.sub("", _first(parts.fields, _PLACE_FIELDS))
    address = _PAIR.sub("", placed).strip(" ,") or find_address(narrative)
    phone = _phone(_first(parts.fields, _PHONE_FIELDS)) or _phone(parts.who) or _phone(narrative)
    day, hour = parts.fields.get("fecha", ""), parts.fields.get("hora", "")
    sent = _first(parts.fields, ("header:fecha", "header:enviado", "header:date", "header:sent"))
    at = parts.at or _stamped(f"{day} {hour}", now) or _stamped(sent, now) or _mentioned_time(narrative, now)
    return PastedDraft(
        channel=parts.channel,
        narrative=narrative,
        address=address,
        phone=phone,
        caller_name=_sender(parts, body),
        reported_at=at,
        lat=place[0] if place else None,
        lon=place[1] if place else None,
    )


_MONTH = re.compile(r"(\d{1,2}) (?:de )?([a-z]{3})[a-z]*\.? (?:de )?(\d{4})")
_MONTHS = {
    **{formats.fold_text(name)[:3]: number for number, name in enumerate(formats.MONTHS, 1)},
    **{"jan": 1, "apr": 4, "aug": 8, "dec": 12},
}


def _stamped(text: str, now: datetime) -> datetime | None:
    """Return the instant of a header: `22-11-2026 14:30`, `domingo, 22 de noviembre de 2026 14:30`."""
    clock = re.search(r"(\d{1,2}):(\d{2})(?::\d{2})?\s*([ap]\.?\s?m\.?)?", text, re.IGNORECASE)
    if clock is None:
        return None
    named = _MONTH.search(formats.fold_text(text))
    numeric = re.search(r"\b\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\b", text)
    day = ""
    if named and named[2] in _MONTHS:
        day = f"{named[1]}-{_MONTHS[named[2]]}-{named[3]}"
    elif numeric:
        day = numeric[0]
    return _instant(day, _clock_time(clock[1], clock[2], clock[3]), now)
