"""What the status bar and the page of the exchange say: only what is known, with its moment."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final

EXCHANGE: Final = "exchange"
"""What roles are granted; it has no records."""


class Link(Enum):
    """How things stand with the municipal server."""

    NOT_ENROLLED = auto()
    CONNECTING = auto()
    CURRENT = auto()
    """Everything was exchanged at `since`, and nothing has been written since."""
    SENDING = auto()
    AWAY = auto()
    """No answer since `since`; what is written waits here."""
    NOT_WELCOME = auto()
    FORKED = auto()
    TOO_OLD = auto()
    """The server gives nothing to this version; it takes what it is given."""


@dataclass(frozen=True, slots=True)
class ExchangeState:
    """How the exchange stands. `remaining` are change-sets that the server does not hold yet."""

    link: Link = Link.NOT_ENROLLED
    since: datetime | None = None
    remaining: int = 0
    attachments: int = 0
    """Attachments whose bytes are here and not on the server."""
    refused: int = 0
    """Chains that one side would not take further; they are looked at by a person."""
    clock_ahead_s: float = 0.0
    history: int = 0
    """Change-sets written before this station began that are still to come; its records hold them already."""
    is_altered: bool = False
    """The server showed less than it had confirmed, or something else, since this program runs."""
    differing: frozenset[str] = frozenset()
    """Scopes that add up to something else here than on the server, although both hold the same of them."""
    granted_until: datetime | None = None
    """Until when neighbours answer this station; the server renews it. None when it was never granted."""
    municipality: str = ""
    address: str = ""
