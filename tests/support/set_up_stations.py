"""A station that was really set up, with keys, facts and an administrator; and a keyring in memory for it."""

from dataclasses import dataclass, field
from pathlib import Path

from desktop.core.paths import Profile
from desktop.operations.setup import NewStation, SetUp, set_up
from tests.support.clock import FakeClock

PHRASE = "una frase bastante larga"
USERNAME, PASSWORD = "msoto", "clave larga 1"
QUICK_ARGON = {"memory_kib": 64, "iterations": 1, "lanes": 1}
"""For `vault._ARGON`: the strength is one of the values kept in the file."""


@dataclass
class Ring:
    """A keyring in memory, for `vault._accepted_ring`; `is_away` makes it refuse."""

    held: dict[tuple[str, str], str] = field(default_factory=dict)
    is_away: bool = False

    def get_password(self, service: str, name: str) -> str | None:
        self._answer()
        return self.held.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        self._answer()
        self.held[service, name] = secret

    def delete_password(self, service: str, name: str) -> None:
        self._answer()
        del self.held[service, name]

    def _answer(self) -> None:
        if self.is_away:
            raise RuntimeError("locked")


def make_station(folder: Path, *, by_keyring: bool = False) -> SetUp:
    """Set a station up with one administrator; the caller closes it."""
    wanted = NewStation(
        municipality="Municipalidad de Puerto Esperanza",
        commune="Puerto Esperanza",
        name="Central 1",
        device="K7",
        admin_username=USERNAME,
        admin_name="Marta Soto",
        admin_password=PASSWORD,
        passphrase=None if by_keyring else PHRASE,
    )
    return set_up(Profile(folder), wanted, FakeClock())
