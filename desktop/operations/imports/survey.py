"""What stands in a foreign file before anything is decided: its first rows, its words, the forms of its dates."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from desktop.core.i18n import tr
from desktop.models.catalogues import IncidentType
from desktop.operations.context import ReadContext
from desktop.operations.imports.convert import Understood
from desktop.operations.imports.mapping import CLOSED, ColumnMapping, fold_word
from desktop.operations.imports.run import make_converter
from desktop.operations.imports.running import ProgressLike
from desktop.operations.imports.source import Cell, Source

MOST_WORDS = 500
"""A column with more different values holds no closed list."""
_FIRST_ROWS = 8
_SAMPLES = 400
_EVERY = 997
_LOOK_EVERY = 1_000


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found; `words` counts the values of columns with few of them, `samples` are values from all over."""

    rows: int
    first: tuple[tuple[str, ...], ...]
    words: Mapping[str, Mapping[str, int]]
    samples: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ForeignWord:
    """A value of a field with closed values, how often it comes, and what it becomes."""

    field: str
    word: str
    count: int
    becomes: Understood | None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The foreign words, those that nothing understands first, and our values by field: code and title."""

    words: tuple[ForeignWord, ...]
    ours: Mapping[str, tuple[tuple[str, str], ...]]


def survey(source: Source, progress: ProgressLike) -> Survey:
    """Read a file once from end to end; it keeps as little as a screenful of it.

    Raises:
        Cancelled: the person asked to stop.
    """
    counts: dict[int, Counter[Cell]] = {index: Counter() for index in range(len(source.columns))}
    samples: list[list[str]] = [[] for _ in source.columns]
    first: list[tuple[str, ...]] = []
    rows = 0
    for _, cells in source.rows():
        rows += 1
        if rows <= _FIRST_ROWS:
            first.append(tuple(_shown(cell) for cell in cells))
        if rows <= _SAMPLES // 2 or rows % _EVERY == 0:
            _sample(cells, samples)
        for index, counter in list(counts.items()):
            if index < len(cells):
                counter[cells[index]] += 1
                if len(counter) > MOST_WORDS:
                    del counts[index]
        if rows % _LOOK_EVERY == 0:
            progress.check()
            progress.report(rows)
    return Survey(
        rows,
        tuple(first),
        {source.columns[index]: _words(counter) for index, counter in counts.items()},
        {column: tuple(kept) for column, kept in zip(source.columns, samples, strict=True)},
    )


def vocabulary(ctx: ReadContext, source: Source, mapping: ColumnMapping, seen: Survey) -> Vocabulary:
    """Return the words of the mapped fields with closed values, and what this mapping makes of them."""
    converter = make_converter(ctx, source, mapping)
    words = [
        ForeignWord(name, word, count, converter.understood(name, word))
        for name in ("type", *CLOSED)
        for word, count in seen.words.get(mapping.columns.get(name, ""), {}).items()
    ]
    words.sort(key=lambda found: (_certainty(found), -found.count))
    types = ctx.session.execute(
        select(IncidentType.code, IncidentType.title)
        .where(IncidentType.voided_at.is_(None))
        .order_by(IncidentType.code)
    )
    ours = {"type": tuple((code, title) for code, title in types)}
    for name, choices in CLOSED.items():
        ours[name] = tuple((str(member.value), tr(member.label)) for member in choices)
    return Vocabulary(tuple(words), ours)


def remembered(
    words: Mapping[str, Mapping[str, str]], seen: Survey, mapping: ColumnMapping
) -> dict[str, dict[str, str]]:
    """Return, of translations made for earlier files, those of words that come in this one."""
    found: dict[str, dict[str, str]] = {}
    for name, known in words.items():
        by_fold = {fold_word(foreign): ours for foreign, ours in known.items()}
        here = {
            word: by_fold[fold_word(word)]
            for word in seen.words.get(mapping.columns.get(name, ""), {})
            if fold_word(word) in by_fold
        }
        if here:
            found[name] = here
    return found


def _certainty(found: ForeignWord) -> int:
    """Return 0 for what nothing understands, 1 for a guess, 2 for the rest."""
    if found.becomes is None:
        return 0
    return 1 if found.becomes.is_guess else 2


def _sample(cells: Sequence[Cell], samples: list[list[str]]) -> None:
    for cell, kept in zip(cells, samples, strict=False):
        if isinstance(cell, str) and cell.strip() and len(kept) < _SAMPLES:
            kept.append(cell)


def _words(counter: Counter[Cell]) -> dict[str, int]:
    """Return the words as a converter reads them."""
    words: Counter[str] = Counter()
    for cell, count in counter.items():
        if shown := _shown(cell):
            words[shown] += count
    return dict(words)


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())
