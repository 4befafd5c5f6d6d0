"""Settings: declared once with type, default, words and scope; read and written through whoever keeps them.

The classes here are the vocabulary, `desktop/core/setting_list.py` is the list. A stored value that makes no sense
counts as not set: a damaged preference never keeps anybody from working.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from desktop.core.errors import FieldError, Unavailable
from desktop.core.formats import parse_time
from desktop.core.i18n import N_, tr
from desktop.core.paths import write_atomically

T = TypeVar("T")
VERSION_KEY = "settings.version"
_DAY_MIN = 24 * 60


class Scope(Enum):
    """Whose a setting is."""

    MACHINE = "machine"
    PERSON = "person"
    MUNICIPALITY = "municipality"


class SettingsBackend(Protocol):
    """Where the settings of one scope are kept: JSON texts by key."""

    def get(self, key: str) -> str | None:
        """Return what was put under `key`."""
        ...

    def put(self, key: str, text: str) -> None:
        """Keep `text`."""
        ...

    def forget(self, key: str) -> None:
        """Remove `key`; an unknown one is no error."""
        ...


@dataclass(frozen=True, kw_only=True)
class Setting(Generic[T]):
    """One setting. `key` is stored and never reused; `title` and `help` are what the person reads.

    `guard` names what the person must have the right to change, when not everybody may.
    """

    key: str
    default: T
    title: str
    help: str
    scope: Scope
    guard: str = ""

    def accepted(self, value: object) -> T:
        """Return `value` as this setting keeps it.

        Raises:
            FieldError: it is not acceptable; its field is the key.
        """
        raise NotImplementedError

    def refused(self, message: str, **values: object) -> FieldError:
        """Return the error that is shown beside the setting."""
        return FieldError(self.key, tr(message, **values))


@dataclass(frozen=True, kw_only=True)
class Switch(Setting[bool]):
    """On or off."""

    def accepted(self, value: object) -> bool:
        """Take True or False and nothing that only looks like them."""
        if not isinstance(value, bool):
            raise self.refused(N_("Elija sí o no."))
        return value


@dataclass(frozen=True, kw_only=True)
class Whole(Setting[int]):
    """A whole number; `unit` is the word behind it."""

    minimum: int
    maximum: int
    unit: str = ""

    def accepted(self, value: object) -> int:
        """Take a whole number between the limits."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refused(N_("Escriba un número entero."))
        if not self.minimum <= value <= self.maximum:
            raise self.refused(
                N_("Escriba un número entre {least} y {most}."), least=self.minimum, most=self.maximum
            )
        return value


@dataclass(frozen=True, kw_only=True)
class Text(Setting[str]):
    """A short text; `pattern` is what all of it must match, `example` shows how."""

    max_length: int = 120
    pattern: str = ""
    example: str = ""

    def accepted(self, value: object) -> str:
        """Take a text without blanks around it."""
        if not isinstance(value, str):
            raise self.refused(N_("Escriba un texto."))
        text = " ".join(value.split())
        if len(text) > self.max_length:
            raise self.refused(N_("Escriba a lo más {count} caracteres."), count=self.max_length)
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise self.refused(
                N_("No tiene la forma esperada; por ejemplo, {example}."), example=self.example
            )
        return text


@dataclass(frozen=True, kw_only=True)
class Pick(Setting[str]):
    """One of a few; `choices` are labels by stored value."""

    choices: Mapping[str, str]

    def accepted(self, value: object) -> str:
        """Take one of the stored values."""
        if not isinstance(value, str) or value not in self.choices:
            raise self.refused(N_("Elija una de las opciones."))
        return value


@dataclass(frozen=True, kw_only=True)
class Hours(Setting[Mapping[str, tuple[str, str]]]):
    """Shifts by kind, each from a civil time to another; together they are one whole day."""

    labels: Mapping[str, str] = field(default_factory=dict)

    def accepted(self, value: object) -> Mapping[str, tuple[str, str]]:
        """Take spans in «HH:mm» that follow one another around the clock, each of a known kind."""
        if not isinstance(value, Mapping) or not value or not value.keys() <= self.labels.keys():
            raise self.refused(N_("Indique al menos un turno."))
        spans: dict[str, tuple[str, str]] = {}
        ends_by_start: dict[int, int] = {}
        for kind, span in value.items():
            if not isinstance(span, (list, tuple)) or len(span) != 2:
                raise self.refused(N_("Cada turno necesita inicio y término."))
            starts, ends = (self._minute(at) for at in span)
            ends_by_start[starts] = ends
            spans[str(kind)] = (_clock_text(starts), _clock_text(ends))
        if len(ends_by_start) != len(spans) or not _is_one_day(ends_by_start):
            raise self.refused(N_("Los turnos deben cubrir el día completo, uno tras otro y sin encimarse."))
        return spans

    def _minute(self, value: object) -> int:
        try:
            at = parse_time(str(value))
        except ValueError as error:
            raise self.refused(N_("Escriba cada hora como 14:30.")) from error
        return at.hour * 60 + at.minute


@dataclass(frozen=True, kw_only=True)
class Keys(Setting[Mapping[str, str]]):
    """Shortcuts that a person changed: key by command; an empty key turns the shortcut off."""

    def accepted(self, value: object) -> Mapping[str, str]:
        """Take texts by text."""
        if not isinstance(value, Mapping) or not all(
            isinstance(part, str) for pair in value.items() for part in pair
        ):
            raise self.refused(N_("Indique una tecla por orden."))
        return dict(value)


def _clock_text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _is_one_day(ends_by_start: Mapping[int, int]) -> bool:
    first = at = min(ends_by_start)
    total = 0
    for _ in ends_by_start:
        if at not in ends_by_start:
            return False
        total += (ends_by_start[at] - at) % _DAY_MIN or _DAY_MIN
        at = ends_by_start[at]
    return at == first and total == _DAY_MIN


class Settings:
    """The settings as the person at this desk has them; a scope without a keeper gives its defaults."""

    def __init__(self, backends: Mapping[Scope, SettingsBackend]) -> None:
        self._backends = dict(backends)

    def get(self, setting: Setting[T]) -> T:
        """Return the value in force: what is stored when it is acceptable, else the default."""
        backend = self._backends.get(setting.scope)
        text = None if backend is None else backend.get(setting.key)
        if text is None:
            return setting.default
        try:
            return setting.accepted(json.loads(text))
        except (FieldError, ValueError, RecursionError):
            return setting.default

    def put(self, setting: Setting[T], value: T) -> None:
        """Store a value.

        Raises:
            FieldError: it is not acceptable.
            Unavailable: it cannot be kept now.
        """
        text = json.dumps(setting.accepted(value))
        if setting.scope not in self._backends:
            raise Unavailable(tr(N_("Esta preferencia se puede cambiar después de iniciar sesión.")))
        self._backends[setting.scope].put(setting.key, text)

    def reset(self, setting: Setting[Any]) -> None:
        """Go back to the default."""
        if setting.scope in self._backends:
            self._backends[setting.scope].forget(setting.key)


class FileBackend:
    """Settings of a machine in a file of their own: they are needed before anybody opens the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values = self._load()

    def get(self, key: str) -> str | None:
        """Return what was put under `key`."""
        return self._values.get(key)

    def put(self, key: str, text: str) -> None:
        """Keep `text`.

        Raises:
            Unavailable: the file cannot be written; the old values are still in force.
        """
        self._replace({**self._values, key: text})

    def forget(self, key: str) -> None:
        """Remove `key`.

        Raises:
            Unavailable: the file cannot be written; the old values are still in force.
        """
        if key in self._values:
            self._replace({other: text for other, text in self._values.items() if other != key})

    def _load(self) -> dict[str, str]:
        try:
            held = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return (
            {str(key): text for key, text in held.items() if isinstance(text, str)}
            if isinstance(held, dict)
            else {}
        )

    def _replace(self, values: dict[str, str]) -> None:
        try:
            write_atomically(self._path, json.dumps(values, indent=1).encode())
        except OSError as error:
            raise Unavailable(
                tr(
                    N_(
                        "No se pudo guardar la preferencia. Revise el espacio y los permisos de la carpeta de datos."
                    )
                )
            ) from error
        self._values = values


@dataclass(frozen=True)
class Rename:
    """A key that changed, numbered in order; `convert` turns the old text into the new one."""

    number: int
    scope: Scope
    old: str
    new: str
    convert: Callable[[str], str] = lambda text: text


def migrate(backend: SettingsBackend, scope: Scope, renames: Iterable[Rename]) -> int:
    """Apply the renames that a backend has not seen yet, and return how many values moved.

    A value already stored under the new key stays: it is the later one. Run again after a crash it does the rest.
    """
    held = backend.get(VERSION_KEY) or ""
    version = int(held) if held.isdecimal() else 0
    due = sorted((rename for rename in renames if rename.number > version), key=lambda rename: rename.number)
    moved = 0
    for rename in due:
        text = backend.get(rename.old) if rename.scope is scope else None
        if text is not None:
            if backend.get(rename.new) is None:
                backend.put(rename.new, rename.convert(text))
                moved += 1
            backend.forget(rename.old)
    if due:
        backend.put(VERSION_KEY, str(due[-1].number))
    return moved
