"""The words of a narrative, and which phrases of the rules stand in them."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import log

from desktop.core.formats import fold_text
from desktop.models.incidents.classifier_phrases import (
    FUNCTION_WORDS,
    Element,
    Phrase,
    about,
    corrected,
    phrases,
    sound,
)
from desktop.models.incidents.classifier_rules import RULES
from desktop.models.incidents.classifier_rules import words as words_of

MAX_LENGTH = 2000
"""Characters that are read; what is decisive stands at the beginning."""

_GAP = 4
_REACH = 8
"""Words, and words of content, from one word of a phrase to its next at most."""
_DENIED = 3
"""How many words after a denial it still denies."""
_SHORT_SIGN = re.compile(r"\b(?:v/s|c/(?!u\b)|s/(?!n\b)|p/)")
_HARMLESS = re.compile(r"(?<=plaza )de armas\b|\bse arma\b")
_SHORT_SIGNS = {"v/s": "contra ", "c/": "con ", "s/": "sin ", "p/": "para "}
_WORD = re.compile(r"[a-z0-9]+|[.;!?\n]+|,")
_ABBREVIATIONS = {short: tuple(words.split()) for short, words in words_of.ABBREVIATIONS.items()}
_DENYING = frozenset(words_of.DENYING.split())
_CLITICS = frozenset({"se", "le", "les", "lo", "la", "me"})
_NEGATED_VERBS = frozenset(words_of.NEGATED_VERBS.split())


@dataclass(slots=True)
class Text:
    """The words of a narrative with what is needed to match them."""

    typed: list[str]
    words: list[str]
    content: list[int]
    """How many words of content stand before each; a comma counts as one."""
    sentence: list[int]
    negated_by: list[int]
    """Index of the word that negates each, or -1."""


def read_words(narrative: str) -> Text:
    """Return the words with abbreviations written out, and which of them are denied."""
    text = Text([], [], [], [], [])
    folded = "\n".join(fold_text(line) for line in narrative[:MAX_LENGTH].splitlines())
    folded = _HARMLESS.sub(" ", folded)
    folded = _SHORT_SIGN.sub(lambda found: _SHORT_SIGNS[found[0]], folded)
    content = sentence = 0
    negation = -1
    scope = 0
    previous = ""
    after_abbreviation = False
    for sign in _WORD.findall(folded):
        if sign == "." and after_abbreviation:
            after_abbreviation = False
            continue
        if sign == "," or not sign[0].isalnum():
            content += 1
            scope = 0
            previous = ""
            sentence += sign != ","
            continue
        after_abbreviation = sign in _ABBREVIATIONS
        for word in _ABBREVIATIONS.get(sign, (sign,)):
            position = len(text.words)
            text.typed.append(sign)
            text.words.append(corrected(sound(word)))
            text.content.append(content)
            text.sentence.append(sentence)
            text.negated_by.append(negation if scope > 0 else -1)
            scope -= 1
            if word in _DENYING or (previous == "no" and word in _NEGATED_VERBS):
                negation, scope = position, _DENIED
            elif word == "ni" and negation >= 0 and text.sentence[negation] == sentence:
                scope = _DENIED
            content += word not in FUNCTION_WORDS
            if not (previous == "no" and word in _CLITICS):
                previous = word
    return text


def _match(
    phrase: Phrase, text: Text, start: int, spots: Mapping[Element, list[int]]
) -> tuple[int, ...] | None:
    places = [start]
    for element in phrase.elements[1:]:
        fitting = spots.get(element)
        if fitting is None:
            return None
        last = places[-1]
        found = bisect_right(fitting, last)
        if found == len(fitting):
            return None
        place = fitting[found]
        if (
            place - last > _REACH
            or text.sentence[place] != text.sentence[last]
            or text.content[place] - text.content[last] > _GAP
        ):
            return None
        places.append(place)
    if not phrase.stands_negated and any(
        text.negated_by[place] >= 0 and text.negated_by[place] not in places for place in places
    ):
        return None
    return tuple(places)


@dataclass(slots=True)
class Found:
    """The places in the narrative that speak for one thing, and how much each weighs."""

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
        """Return the indices of all words that speak for it, in their order."""
        return sorted({place for places in self.weights for place in places})


def findings(text: Text) -> dict[str, Found]:
    """Return what the narrative speaks for: types, `risk:` and `sign:`, each with its phrases."""
    found: dict[str, Found] = {}
    spots: dict[Element, list[int]] = {}
    known = [about(word) for word in text.words]
    for place, (_, elements) in enumerate(known):
        for element in elements:
            spots.setdefault(element, []).append(place)
    for start, (starting, _) in enumerate(known):
        for phrase in starting:
            places = _match(phrase, text, start, spots)
            if places is not None:
                weights = found.setdefault(phrase.target, Found({})).weights
                weights[places] = max(weights.get(places, 0), phrase.weight)
    return found


class Vocabulary:
    """Which types speak in which words at all, without order: the second look, when no phrase fits.

    A word counts by its first letters, the more the fewer types share it.
    """

    def __init__(self) -> None:
        skipped = {sound(word) for word in FUNCTION_WORDS | {"no", "sin"}}
        keys: dict[str, set[str]] = {}
        for code, lines in RULES.items():
            found = keys.setdefault(code, set())
            for line in lines.strip().splitlines():
                for phrase in phrases(code, 0, line.strip().partition(" ")[2]):
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

    def weigh(self, text: Text) -> list[tuple[str, tuple[str, ...]]]:
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
def vocabulary() -> Vocabulary:
    """Build the second look when it is first needed."""
    return Vocabulary()
