"""The words by which people in Chile tell what is happening, per type of incident.

A line of a type is its weight and its phrases, separated by `;`. In a phrase `a/b` is one word or the other,
`word*` any ending, `{name}` a list of `WORDS`; up to three other words may stand between two of its words, and a
phrase of two is also understood the other way round. Everything is written without accents and matched by sound:
b and v, s, c and z, a silent h do not matter. A stem ends where the sound of its last letter is decided: `balace*`,
not `balac*`.
"""

from desktop.models.incidents.classifier_rules import (
    belongings,
    conduct,
    emergencies,
    services,
    traffic,
    violence,
    vulnerable,
)

RULES: dict[str, str] = {
    **violence.RULES,
    **vulnerable.RULES,
    **belongings.RULES,
    **conduct.RULES,
    **traffic.RULES,
    **emergencies.RULES,
    **services.RULES,
}
"""Phrases that speak for each type."""
