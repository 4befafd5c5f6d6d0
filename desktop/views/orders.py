"""Orders in Spanish for the command bar: a verb and its arguments, taken apart and completed. No widgets here."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from desktop.core.i18n import N_, tr


@dataclass(frozen=True, slots=True)
class Candidate:
    """One line offered under the command bar. With `run` it is a thing to open; without, a text to complete."""

    text: str
    label: str = ""
    hint: str = ""
    run: Callable[[], None] | None = None


Give = Callable[[Sequence[Candidate]], None]
Completer = Callable[[str, Give], None]
"""Called with what is typed so far; calls `give` at once or later, on the interface's thread."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One value of an order. `takes_rest`: everything that follows, spaces included; only the last may."""

    title: str
    complete: Completer | None = None
    takes_rest: bool = False
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Call:
    """An order as it was given. `answer` shows a sentence in place; it may be called later, once it is known."""

    values: tuple[str, ...]
    answer: Callable[[str], None]
    refuse: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What a command does when it is typed with arguments."""

    arguments: tuple[Argument, ...]
    run: Callable[[Call], None]


@dataclass(frozen=True, slots=True)
class Typed:
    """A verb with what follows it, as far as it is typed."""

    verb: str
    values: tuple[str, ...] = ()
    arguments: tuple[Argument, ...] = field(default=())
    is_open: bool = False  # the last value is still being typed, or a new one has not begun

    @property
    def current(self) -> Argument | None:
        """Return the argument under the cursor."""
        place = max(0, len(self.values) - 1)
        return self.arguments[place] if place < len(self.arguments) else None

    @property
    def prefix(self) -> str:
        """Return what is typed of the current argument."""
        return self.values[-1] if self.values else ""

    def missing(self) -> Argument | None:
        """Return the first required argument without a value."""
        for place, argument in enumerate(self.arguments):
            if argument.is_required and (place >= len(self.values) or not self.values[place].strip()):
                return argument
        return None


def folded(text: str) -> str:
    """Return `text` as it is compared: lower case, without accents, single spaces (ñ counts as n)."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def verb_of(text: str, verbs: Sequence[str]) -> tuple[str, str] | None:
    """Return the longest of `verbs` that `text` starts with, and what follows it."""
    words = text.lstrip().split(" ")
    for length in range(min(4, len(words)), 0, -1):
        head = folded(" ".join(words[:length]))
        for verb in verbs:
            if head and head == folded(verb):
                return verb, " ".join(words[length:]) if len(words) > length else ""
    return None


def take_apart(verb: str, rest: str, arguments: tuple[Argument, ...]) -> Typed:
    """Split `rest` into values; text in quotation marks is one value."""
    values: list[str] = []
    text = rest.lstrip()
    while text or not values:
        place = len(values)
        if place < len(arguments) and arguments[place].takes_rest:
            values.append(text)
            break
        if text.startswith('"'):
            value, _, text = text[1:].partition('"')
            is_finished = text.startswith(" ")
        else:
            value, gap, text = text.partition(" ")
            is_finished = bool(gap)
        values.append(value)
        text = text.lstrip()
        if is_finished and not text:
            values.append("")
            break
        if not text:
            break
    return Typed(verb, tuple(values), arguments, is_open=True)


def completed(typed: Typed, value: str) -> str:
    """Return the whole order with its current argument replaced by `value`, ready for the next one."""
    argument = typed.current
    before = [_quoted(old) for old in typed.values[:-1]]
    last = value if argument is not None and argument.takes_rest else _quoted(value)
    more = " " if len(before) + 1 < len(typed.arguments) else ""
    return " ".join([typed.verb, *before, last]) + more


def usage(verb: str, arguments: tuple[Argument, ...]) -> str:
    """Return the shape of an order: `despachar ‹móvil› ‹incidente›`."""
    parts = [f"‹{tr(argument.title)}›" for argument in arguments]
    return " ".join([verb, *parts])


def what_is_missing(typed: Typed) -> str:
    """Return the sentence that asks for the first missing argument, or an empty text."""
    argument = typed.missing()
    if argument is None:
        return ""
    return tr(
        N_("Falta: {argument}. Escriba: {usage}"),
        argument=tr(argument.title),
        usage=usage(typed.verb, typed.arguments),
    )


def rank(query: str, text: str) -> int:
    """Return how well `text` answers `query`: 0 best, larger is worse, -1 not at all."""
    wanted, found = folded(query), folded(text)
    if not wanted:
        return 3
    if found == wanted:
        return 0
    if found.startswith(wanted):
        return 1
    if any(word.startswith(wanted) for word in found.split()):
        return 2
    if all(any(word.startswith(part) for word in found.split()) for part in wanted.split()):
        return 3
    return -1


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
