"""From the words of a narrative to proposed types, priority and risks (R69), by rules, on this machine, in Spanish.

Words are compared by sound, so that `asendio` or `vala` are understood, and one wrong letter in a long word is
forgiven. A proposal never decides: the operator's own choice is not touched.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log

from rapidfuzz import process
from rapidfuzz.distance import OSA

from desktop.core.formats import fold_text
from desktop.models.incidents import classifier_rules as rules
from desktop.models.incidents.seeds import TYPE_BY_CODE
from desktop.models.incidents.states import Priority, Risk

MAX_LENGTH = 4000
"""Characters that are read; what is decisive stands at the beginning."""

SURE = 0.25
"""Proposals under this confidence are shown to choose from, never filled in."""

_GAP = 4
_WORD = re.compile(r"[a-z0-9]+|[.;!?\n]+|,")
_FUNCTION_WORDS = frozenset(rules.FUNCTION_WORDS.split())
_NEGATED_VERBS = frozenset(rules.NEGATED_VERBS.split())
_NOT_CORRECTED = frozenset(rules.NOT_CORRECTED.split())


@dataclass(frozen=True, slots=True)
class Proposal:
    """A type that the words speak for; `confidence` is 0 to 1, `words` are those words as typed."""

    code: str
    priority: Priority
    confidence: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a narrative says: proposed types, the best first, and the risks for the crew."""

    proposals: tuple[Proposal, ...]
    risks: tuple[Risk, ...]
    is_in_progress: bool
    is_over: bool

    @property
    def best(self) -> Proposal | None:
        """Return the first proposal, if it stands on more than some words in common."""
        return self.proposals[0] if self.proposals and self.proposals[0].confidence >= SURE else None


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


@dataclass(frozen=True, slots=True)
class _Element:
    exact: frozenset[str]
    stems: tuple[str, ...]

    def matches(self, word: str) -> bool:
        return word in self.exact or (bool(self.stems) and word.startswith(self.stems))


@dataclass(frozen=True, slots=True)
class _Phrase:
    target: str
    weight: float
    elements: tuple[_Element, ...]
    stands_negated: bool


def _element(source: str) -> _Element:
    words = [word for part in source.split("/") for word in _expanded(part)]
    exact = frozenset(sound(word) for word in words if not word.endswith("*"))
    return _Element(exact, tuple(sound(word[:-1]) for word in words if word.endswith("*")))


def _expanded(part: str) -> list[str]:
    return rules.WORDS[part[1:-1]].split() if part.startswith("{") else [part]


def _phrases(target: str, weight: float, source: str) -> Iterator[_Phrase]:
    for text in source.split(";"):
        words = text.split()
        if words:
            extra = 0.6 * (len(words) - 1)
            elements = tuple(map(_element, words))
            yield _Phrase(target, weight + extra, elements, words[0] in {"no", "sin"})
            if len(words) == 2 and not _FUNCTION_WORDS.union({"no", "sin", "ya"}).intersection(words):
                yield _Phrase(target, weight + extra - 0.5, elements[::-1], stands_negated=False)


class _Rulebook:
    """Every phrase, found by its first word."""

    def __init__(self) -> None:
        self._by_word: dict[str, list[_Phrase]] = {}
        self._by_stem: dict[str, list[_Phrase]] = {}
        vocabulary: set[str] = set()
        stems: dict[int, set[str]] = {}
        for phrase in self._all():
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
        self._lengths = sorted({len(stem) for stem in self._by_stem})

    @staticmethod
    def _all() -> Iterator[_Phrase]:
        tables = (("", rules.RULES), ("risk:", rules.RISKS), ("sign:", rules.SIGNS))
        for prefix, table in tables:
            for name, lines in table.items():
                for line in lines.strip().splitlines():
                    weight, _, source = line.strip().partition(" ")
                    yield from _phrases(f"{prefix}{name}", float(weight), source)

    def starting_with(self, word: str) -> Iterator[_Phrase]:
        """Yield the phrases whose first word `word` can be."""
        yield from self._by_word.get(word, ())
        for length in self._lengths:
            if length > len(word):
                break
            yield from self._by_stem.get(word[:length], ())

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
def _rulebook() -> _Rulebook:
    """Build the rules at the first narrative, not at the start of the program."""
    return _Rulebook()


@lru_cache(maxsize=20_000)
def _corrected(word: str) -> str:
    return _rulebook().corrected(word)


class _Vocabulary:
    """Which types speak in which words at all, without order: the second look, when no phrase fits.

    A word counts by its first letters, the more the fewer types share it.
    """

    def __init__(self) -> None:
        skipped = {sound(word) for word in _FUNCTION_WORDS | {"no", "sin"}}
        keys: dict[str, set[str]] = {}
        for code, lines in rules.RULES.items():
            found = keys.setdefault(code, set())
            for line in lines.strip().splitlines():
                for phrase in _phrases(code, 0, line.strip().partition(" ")[2]):
                    for element in phrase.elements:
                        found.update(
                            word[:_KEY] for word in (*element.exact, *element.stems) if word not in skipped
                        )
        shared = Counter(key for found in keys.values() for key in found)
        self._size = {code: len(found) ** 0.3 for code, found in keys.items()}
        self._types: dict[str, list[tuple[str, float]]] = {}
        for code, found in keys.items():
            for key in found:
                self._types.setdefault(key, []).append((code, log(len(keys) / shared[key])))

    def weigh(self, text: "_Text") -> list[tuple[str, tuple[str, ...]]]:
        """Return (code, words as typed) of the types with enough words in common, the best first."""
        totals: dict[str, float] = {}
        words: dict[str, dict[str, None]] = {}
        places = {word[:_KEY]: place for place, word in enumerate(text.words) if text.negated_by[place] < 0}
        for key, place in places.items():
            for code, weight in self._types.get(key, ()):
                totals[code] = totals.get(code, 0.0) + weight
                words.setdefault(code, {})[text.typed[place]] = None
        enough = [code for code, total in totals.items() if total >= _ENOUGH and len(words[code]) > 1]
        enough.sort(key=lambda code: (-totals[code] / self._size[code], code))
        return [(code, tuple(words[code])) for code in enough]


_KEY = 5
_ENOUGH = 3.5


@cache
def _vocabulary() -> _Vocabulary:
    return _Vocabulary()


@dataclass(slots=True)
class _Text:
    """The words of a narrative with what is needed to match them."""

    typed: list[str]
    words: list[str]
    content: list[int]
    """How many words of content stand before each; a comma counts as one."""
    sentence: list[int]
    negated_by: list[int]
    """Index of the word that negates each, or -1."""


def _read_words(narrative: str) -> _Text:
    text = _Text([], [], [], [], [])
    folded = "\n".join(fold_text(line) for line in narrative[:MAX_LENGTH].splitlines())
    content = sentence = 0
    negation = -1
    scope = 0
    previous = ""
    for sign in _WORD.findall(folded):
        if sign == "," or not sign[0].isalnum():
            content += 1
            scope = 0
            previous = ""
            sentence += sign != ","
            continue
        position = len(text.words)
        text.typed.append(sign)
        text.words.append(_corrected(sound(sign)))
        text.content.append(content)
        text.sentence.append(sentence)
        text.negated_by.append(negation if scope > 0 else -1)
        scope -= 1
        if sign in {"sin", "nadie", "ningun", "ninguna"} or (previous == "no" and sign in _NEGATED_VERBS):
            negation, scope = position, 3
        content += sign not in _FUNCTION_WORDS
        previous = sign
    return text


def _match(phrase: _Phrase, text: _Text, start: int) -> tuple[int, ...] | None:
    places = [start]
    for element in phrase.elements[1:]:
        last = places[-1]
        for place in range(last + 1, min(last + 9, len(text.words))):
            if text.sentence[place] != text.sentence[last] or text.content[place] - text.content[last] > _GAP:
                return None
            if element.matches(text.words[place]):
                places.append(place)
                break
        else:
            return None
    if not phrase.stands_negated and any(
        text.negated_by[place] >= 0 and text.negated_by[place] not in places for place in places
    ):
        return None
    return tuple(places)


@dataclass(slots=True)
class _Found:
    weights: dict[tuple[int, ...], float]

    def score(self) -> float:
        """Return the strongest phrase and, ever less, those that stand on other words."""
        total, share = 0.0, 1.0
        used: set[int] = set()
        for places, weight in sorted(self.weights.items(), key=lambda item: (-item[1], item[0])):
            if used.isdisjoint(places):
                total += weight * share
                share /= 2
                used.update(places)
        return total

    def places(self) -> list[int]:
        return sorted({place for places in self.weights for place in places})


def _findings(text: _Text) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for start, word in enumerate(text.words):
        for phrase in _rulebook().starting_with(word):
            places = _match(phrase, text, start)
            if places is not None:
                weights = found.setdefault(phrase.target, _Found({})).weights
                weights[places] = max(weights.get(places, 0), phrase.weight)
    return found


_VIOLENT = frozenset(
    {"A02", "A03", "A04", "A06", "A07", "A08", "E02", "B02", "C01", "C02", "C05", "E10", "I05", "I06"}
)
_MAY_BE_OVER = frozenset({"A02", "A04", "A06", "C01", "A07", "A09"})
_RAISED_BY_TRAPPED = frozenset({"G05", "G06", "G07", "B05"})


def _priority(code: str, base: Priority, signs: set[str], risks: set[Risk]) -> Priority:
    """Return the priority of a type as the words raise or lower it."""
    over = "over" in signs
    if code in _VIOLENT and not over and Risk.WEAPONS in risks:
        return Priority.P1
    if (code == "C01" and "in_progress" in signs and not over) or (code == "E09" and "attack" in signs):
        return Priority.P1
    if code in _RAISED_BY_TRAPPED and "trapped" in signs:
        return Priority.P1
    if code in _VIOLENT and Risk.INJURED in risks:
        return base.raised()
    if code in _MAY_BE_OVER and over and Risk.INJURED not in risks and base is Priority.P1:
        return Priority.P2
    return base


def _weigh_together(
    scores: dict[str, float], found: dict[str, _Found], risks: set[Risk], signs: set[str]
) -> None:
    """Prefer the type that two findings far apart make likely: a collision and somebody hurt, a robbery and a gun."""
    pairs = (
        ("B01", "B02", "over" in signs),
        ("F02", "F01", Risk.INJURED in risks),
        ("C02", "A02", Risk.WEAPONS in risks and "A02" in scores),
        ("G03", "A06", "A06" in scores),
    )
    for weaker, stronger, holds in pairs:
        if holds and weaker in scores:
            scores[stronger] = max(scores.get(stronger, 0), scores[weaker]) + 1
            found.setdefault(stronger, found[weaker])


def read_narrative(
    narrative: str, priorities: Mapping[str, Priority] | None = None, limit: int = 3
) -> Reading:
    """Return what `narrative` says. `priorities` are those of the municipality's catalogue, by code."""
    text = _read_words(narrative)
    found = _findings(text)
    risks = {risk for risk in Risk if f"risk:{risk.value}" in found}
    signs = {target[5:] for target in found if target.startswith("sign:")}
    scores = {target: hits.score() for target, hits in found.items() if ":" not in target}
    _weigh_together(scores, found, risks, signs)
    ranked = sorted(scores, key=lambda code: (-scores[code], code))[:limit]
    proposals: list[Proposal] = []
    for place, code in enumerate(ranked):
        rival = scores[ranked[1 - min(place, 1)]] if len(ranked) > 1 else 0.0
        share = scores[code] / (scores[code] + 0.5 * rival)
        confidence = round(share * scores[code] / (scores[code] + 2), 2)
        base = (priorities or {}).get(code) or TYPE_BY_CODE[code].priority
        words = tuple(dict.fromkeys(text.typed[index] for index in found[code].places()))
        proposals.append(Proposal(code, _priority(code, base, signs, risks), confidence, words))
    for code, words in _vocabulary().weigh(text):
        if len(proposals) >= limit:
            break
        if code not in ranked:
            base = (priorities or {}).get(code) or TYPE_BY_CODE[code].priority
            confidence = 0.2 if not ranked else 0.1
            proposals.append(Proposal(code, _priority(code, base, signs, risks), confidence, words))
    ordered = tuple(risk for risk in Risk if risk in risks)
    return Reading(tuple(proposals), ordered, "in_progress" in signs, "over" in signs)
