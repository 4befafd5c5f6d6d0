"""What an exchange did."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Outcome:
    """What an exchange did. `refused` names chains by scope and replica with the kind of refusal."""

    sent: int = 0
    taken: int = 0
    refused: dict[tuple[str, int], str] = field(default_factory=dict)
    clock_ahead_ms: int | None = None
    """How far this station's clock is surely ahead of the peer's, whatever the line's delay; negative when behind. None
    when nobody was asked."""
    forked: frozenset[str] = frozenset()
    """Scopes in which somebody else wrote under this file's replica: a cloned or restored copy (rule 12)."""
    altered: frozenset[str] = frozenset()
    """Scopes of which the server shows less than it had confirmed, or something else: it is given all again (I14)."""
    is_receiving: bool = True
    """False when this version is too old to be given anything; its own work was delivered all the same."""
    remaining: int = 0
    history: int | None = None
    """How many change-sets of the time before this station's beginning are still to come; None when not looked at."""
    rewritten: int = 0
    """Change-sets of branches that others went on from differently, written again under new ids."""
