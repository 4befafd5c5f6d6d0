"""The phrases of the rules, matched by sound and found by their first word."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from desktop.models.incidents.classifier_rules import RULES, signs
from desktop.models.incidents.classifier_rules import words as words_of

FUNCTION_WORDS = frozenset(words_of.FUNCTION_WORDS.split())
_NOT_CORRECTED = frozenset(words_of.NOT_CORRECTED.split())


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """Return how a folded Spanish word sounds in Chile, coarsely; also `curao` as `curado`."""
    if len(word) > 4 and word.endswith("ao"):
        word = f"{word[:-1]}do"
    elif len(word) > 4 and word.endswith("aos"):
        word = f"{word[:-2]}dos"
    word = word.replace("ch", "\1").replace("h", "").replace("qu", "k").replace("ll", "y")
    word = re.sub(r"c(?=[ei])", "s", word).replace("c", "k").replace("z", "s").replace("v", "b")
    word = re.sub(r"g(?=[ei])", "j", word)
    return re.sub(r"([^r])\1+", r"\1", word)


@dataclass(frozen=True, slots=True, eq=False)
class Element:
    """One place of a phrase: the words, and the beginnings of words, that fit there. Each exists once."""

    exact: frozenset[str]
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in their order and what they speak for; `stands_negated` when the phrase itself begins by denying."""

    target: str
    weight: float
    elements: tuple[Element, ...]
    stands_negated: bool


@cache
def _element(source: str) -> Element:
    words = [word for part in source.split("/") for word in _expanded(part)]
    exact = frozenset(sound(word) for word in words if not word.endswith("*"))
    return Element(exact, tuple(sound(word[:-1]) for word in words if word.endswith("*")))


def _expanded(part: str) -> list[str]:
    return words_of.WORDS[part[1:-1]].split() if part.startswith("{") else [part]


def phrases(target: str, weight: float, source: str) -> Iterator[Phrase]:
    """Yield the phrases of one line of the rules; longer ones weigh more."""
    for text in source.split(";"):
        words = text.split()
        if words:
            extra = 0.6 * (len(words) - 1)
            elements = tuple(map(_element, words))
            yield Phrase(target, weight + extra, elements, words[0] in {"no", "sin"})
            if len(words) == 2 and not FUNCTION_WORDS.union({"no", "sin", "ya"}).intersection(words):
                yield Phrase(target, weight + extra - 0.5, elements[::-1], stands_negated=False)


class Rulebook:
    """Every phrase, found by its first word."""

    def __init__(self) -> None:
        self._by_word: dict[str, list[Phrase]] = {}
        self._by_stem: dict[str, list[Phrase]] = {}
        vocabulary: set[str] = set()
        stems: dict[int, set[str]] = {}
        everything = tuple(self._all())
        for phrase in everything:
            for word in phrase.elements[0].exact:
                self._by_word.setdefault(word, []).append(phrase)
            for stem in phrase.elements[0].stems:
                self._by_stem.setdefault(stem, []).append(phrase)
            for element in phrase.elements:
                vocabulary |= element.exact
                for stem in element.stems:
                    stems.setdefault(len(stem), set()).add(stem)
        self._known = vocabulary
        self._long_words = sorted(word for word in vocabulary if len(word) >= 6)
        self._long_stems = {length: sorted(found) for length, found in stems.items() if length >= 7}
        self._stems = tuple(sorted({stem for found in stems.values() for stem in found}))
        self._elements_by_word: dict[str, list[Element]] = {}
        self._elements_by_stem: dict[str, list[Element]] = {}
        for element in dict.fromkeys(element for phrase in everything for element in phrase.elements):
            for word in element.exact:
                self._elements_by_word.setdefault(word, []).append(element)
            for stem in element.stems:
                self._elements_by_stem.setdefault(stem, []).append(element)
        self._lengths = sorted({len(stem) for stem in self._stems})

    @staticmethod
    def _all() -> Iterator[Phrase]:
        tables = (("", RULES), ("risk:", signs.RISKS), ("sign:", signs.SIGNS))
        for prefix, table in tables:
            for name, lines in table.items():
                for line in lines.strip().splitlines():
                    weight, _, source = line.strip().partition(" ")
                    yield from phrases(f"{prefix}{name}", float(weight), source)

    def about(self, word: str) -> tuple[tuple[Phrase, ...], tuple[Element, ...]]:
        """Return the phrases whose first word `word` can be, and every place of a phrase that it fits."""
        starts = list(self._by_word.get(word, ()))
        fits = dict.fromkeys(self._elements_by_word.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            starts += self._by_stem.get(word[:length], ())
            fits.update(dict.fromkeys(self._elements_by_stem.get(word[:length], ())))
        return tuple(starts), tuple(fits)

    def _has_stem_of(self, word: str) -> bool:
        place = bisect_left(self._stems, word)
        near = self._stems[max(place - 40, 0) : place + 1]
        return any(word.startswith(stem) for stem in near)

    def corrected(self, word: str) -> str:
        """Return the known word or stem that `word` misses by one letter, or `word`."""
        if len(word) < 6 or word in self._known or word in _NOT_CORRECTED or self._has_stem_of(word):
            return word
        found = process.extractOne(word, self._long_words, scorer=OSA.distance, score_cutoff=1)
        if found is not None:
            return str(found[0])
        for length, stems in self._long_stems.items():
            if length <= len(word):
                near = process.extractOne(word[:length], stems, scorer=OSA.distance, score_cutoff=1)
                if near is not None:
                    return f"{near[0]}{word[length:]}"
        return word


@cache
def rulebook() -> Rulebook:
    """Build the rules at the first narrative, not at the start of the program."""
    return Rulebook()


@lru_cache(maxsize=5_000)
def about(word: str) -> tuple[tuple[Phrase, ...], tuple[Element, ...]]:
    """Return what the rules hold about a word given by its sound; see `Rulebook.about`."""
    return rulebook().about(word)


@lru_cache(maxsize=20_000)
def corrected(word: str) -> str:
    """Return the word of the rules that the sound `word` misses by one letter, or `word`."""
    return rulebook().corrected(word)
