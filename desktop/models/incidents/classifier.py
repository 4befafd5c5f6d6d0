"""From the words of a narrative to proposed types, priority and risks (R69), by rules, on this machine, in Spanish.

Words are compared by sound, so that `asendio` or `vala` are understood, and one wrong letter in a long word is
forgiven. A proposal never decides: the operator's own choice is not touched.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.models.incidents.classifier_text import Found, findings, read_words, vocabulary
from desktop.models.incidents.seeds import TYPE_BY_CODE
from desktop.models.incidents.states import Priority, Risk

SURE = 0.25
"""Proposals under this confidence are shown to choose from, never filled in."""


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


_VIOLENT = frozenset(
    {"A02", "A03", "A04", "A06", "A07", "A08", "E02", "B02", "C01", "C02", "C05", "E10", "I05", "I06"}
)
_WITH_PEOPLE = "ABDE"
"""Families of types in which an armed person is a danger to those who are there."""

_ABOUT_ANIMALS = frozenset({"E09"})
_MAY_BE_OVER = frozenset({"A02", "A04", "A06", "C01", "A07", "A09"})
_RAISED_BY_TRAPPED = frozenset({"G05", "G06", "G07", "B05", "F02", "H04", "E07"})


def _is_danger_to_life(code: str, signs: set[str], risks: set[Risk]) -> bool:
    """Tell whether the words put lives at risk now, whatever the type."""
    now = "over" not in signs
    if "life" in signs and code not in _ABOUT_ANIMALS:
        return True
    if "armed" in signs and "long_ago" not in signs and (code in _VIOLENT or code[0] in _WITH_PEOPLE):
        return True
    return (
        (now and code in _VIOLENT and Risk.WEAPONS in risks)
        or (now and code == "C01" and "in_progress" in signs)
        or (code in _ABOUT_ANIMALS and "attack" in signs)
        or (code in _RAISED_BY_TRAPPED and "trapped" in signs)
    )


def _priority(code: str, base: Priority, signs: set[str], risks: set[Risk]) -> Priority:
    """Return the priority of a type as the words raise or lower it."""
    hurt = Risk.INJURED in risks
    if _is_danger_to_life(code, signs, risks):
        return Priority.P1
    if code in _VIOLENT | _RAISED_BY_TRAPPED and (hurt or "child_exposed" in signs):
        return base.raised()
    if code in _MAY_BE_OVER and "over" in signs and not hurt and base is Priority.P1:
        return Priority.P2
    return base


def _weigh_together(
    scores: dict[str, float], found: dict[str, Found], risks: set[Risk], signs: set[str]
) -> None:
    """Prefer the type that two findings far apart make likely: a collision and somebody hurt, a robbery and a gun."""
    pairs = (
        ("B01", "B02", "over" in signs),
        ("F02", "F01", Risk.INJURED in risks),
        ("C02", "A02", Risk.WEAPONS in risks and "A02" in scores),
        ("G03", "A06", "A06" in scores),
        ("A09", "A02", "armed" in signs and "A02" in scores and "A04" not in scores),
        ("G03", "A07", "A07" in scores),
        ("G03", "F01", "F01" in scores),
        ("G03", "E02", "E02" in scores),
    )
    for weaker, stronger, holds in pairs:
        if holds and weaker in scores:
            scores[stronger] = max(scores.get(stronger, 0), scores[weaker]) + 1
            found.setdefault(stronger, found[weaker])


def read_narrative(
    narrative: str, priorities: Mapping[str, Priority] | None = None, limit: int = 3
) -> Reading:
    """Return what `narrative` says. `priorities` are those of the municipality's catalogue, by code."""
    text = read_words(narrative)
    found = findings(text)
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
    for code, words in vocabulary().weigh(text):
        if len(proposals) >= limit:
            break
        if code not in ranked:
            base = (priorities or {}).get(code) or TYPE_BY_CODE[code].priority
            confidence = 0.2 if not ranked else 0.1
            proposals.append(Proposal(code, _priority(code, base, signs, risks), confidence, words))
    ordered = tuple(risk for risk in Risk if risk in risks)
    return Reading(tuple(proposals), ordered, "in_progress" in signs, "over" in signs)
