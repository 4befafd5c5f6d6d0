"""Who signs in when nobody sits at the keyboard."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entry:
    """A user with what opens the station and the session; the secrets never show themselves."""

    user: str
    password: str = field(repr=False)
    passphrase: str = field(default="", repr=False)
