"""A station's file for tests of the store: real SQLCipher, invented people, a clock that stands still."""

import hashlib
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.core.clock import Clock
from desktop.models.catalogue import REGISTERS
from desktop.store.store import Store, StoreKeys
from desktop.store.unit_of_work import Author
from tests.support.clock import FakeClock

OPERATOR = Author(UUID(int=7), "Central 1", "K7")
STATION = "Central 1"


def keys_of(word: str) -> StoreKeys:
    """Return keys that depend on `word` alone, so that a child process can make the same ones."""
    seed = hashlib.sha256(word.encode()).digest()
    return StoreKeys(hashlib.sha256(b"database" + seed).digest(), Ed25519PrivateKey.from_private_bytes(seed))


KEYS = keys_of("estación de pruebas")


def open_store(
    path: Path, keys: StoreKeys = KEYS, clock: Clock | None = None, station: str = STATION
) -> Store:
    return Store(path, keys, clock or FakeClock(), REGISTERS, station)
