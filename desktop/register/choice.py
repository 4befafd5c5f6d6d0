"""Closed lists of values: what is stored, and the words that the person reads."""

from enum import Enum
from typing import Self


class Choice(Enum):
    """A closed list; each member is `stored value, N_("label")`.

    The stored value is what the database, the journal and the wire hold: it is never renamed nor reused.
    """

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Keep the label beside the value."""
        member = object.__new__(cls)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def values(cls) -> tuple[str, ...]:
        """Return the stored values in order of declaration."""
        return tuple(str(member.value) for member in cls)
