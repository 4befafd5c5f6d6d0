"""A station that was set up as an administrator does it, with keys that open at once."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.core import vault
from desktop.core.paths import Profile
from desktop.operations.setup import NewStation, set_up
from tests.support.clock import FakeClock

PHRASE = "una frase bastante larga"
PASSWORD = "clave larga 1"
WANTED = NewStation(
    municipality="Municipalidad de Puerto Esperanza",
    commune="Puerto Esperanza",
    name="Central 1",
    device="K7",
    admin_username="msoto",
    admin_name="Marta Soto",
    admin_password=PASSWORD,
    passphrase=PHRASE,
)


@dataclass(frozen=True)
class Made:
    """A station that was set up and closed."""

    profile: Profile
    master: vault.MasterKey


def stretch_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make keys from phrases cheap, for the length of a test."""
    monkeypatch.setattr(vault, "_ARGON", {"memory_kib": 64, "iterations": 1, "lanes": 1})


def make_station(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    stretch_little(monkeypatch)
    done = set_up(Profile(folder), WANTED, FakeClock())
    done.station.close()
    return Made(Profile(folder), done.station.master)
