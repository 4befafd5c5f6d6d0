"""The server's private keys at rest: sealed by a passphrase that comes from outside and is written nowhere here.

It comes from the environment, from a credential file of the service manager, or from the system's keyring when a real
one is there; never from the command line, where every process of the machine could read it.
"""

import os
import secrets
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from wire.unreadable import UNREADABLE

VARIABLE: Final = "ATALAYA_SERVER_PASSPHRASE"
FILE_VARIABLE: Final = "ATALAYA_SERVER_PASSPHRASE_FILE"
CREDENTIALS_VARIABLE: Final = "CREDENTIALS_DIRECTORY"
CREDENTIAL: Final = "atalaya-server-passphrase"
MIN_SIGNS: Final = 16
_SERVICE = "Atalaya server"
_KEY_BYTES = 32
_REAL_RINGS = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.Windows.WinVaultKeyring",
        "keyring.backends.macOS.Keyring",
    }
)

"""Stores that the system encrypts; anything else would be plain text on the disk."""


class SealError(RuntimeError):
    """The passphrase is missing or is not the one."""


class Cost(msgspec.Struct, frozen=True, array_like=True):
    """What it costs to try a passphrase (Argon2id)."""

    memory_kib: int = 64 * 1024
    iterations: int = 3
    lanes: int = 2


_MOST = Cost(1024 * 1024, 20, 16)
"""More than this in a sealed box is damage, not a setting."""


class _Box(msgspec.Struct, frozen=True, array_like=True):
    cost: Cost
    salt: bytes
    nonce: bytes
    sealed: bytes


def passphrase_from(environment: Mapping[str, str]) -> str | None:
    """Return the passphrase that the machine's administrator provides, None when there is none.

    Raises:
        SealError: a file is named that cannot be read.
    """
    if environment.get(VARIABLE):
        return environment[VARIABLE]
    named = environment.get(FILE_VARIABLE)
    folder = environment.get(CREDENTIALS_VARIABLE)
    path = Path(named) if named else Path(folder) / CREDENTIAL if folder else None
    if path is None or (not named and not path.is_file()):
        return None
    try:
        return path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SealError("the credential file cannot be read") from error


def is_long_enough(passphrase: str) -> bool:
    """Tell whether a passphrase may seal the keys of a municipality."""
    return len(passphrase.strip()) >= MIN_SIGNS


def keep_in_keyring(tenant: str) -> str | None:
    """Make a passphrase, give it to the system's keyring, and return it; None when there is no real keyring."""
    ring = _ring()
    if ring is None:
        return None
    made = secrets.token_urlsafe(_KEY_BYTES)
    ring.set_password(_SERVICE, tenant, made)
    return made if ring.get_password(_SERVICE, tenant) == made else None


def find_in_keyring(tenant: str) -> str | None:
    """Return the passphrase that the system's keyring holds for a municipality."""
    ring = _ring()
    found = None if ring is None else ring.get_password(_SERVICE, tenant)
    return None if found is None else str(found)


def seal(plain: bytes, passphrase: str, purpose: str, cost: Cost | None = None) -> bytes:
    """Return `plain`, readable only with the passphrase and for the same purpose (Argon2id, AES-256-GCM)."""
    cost = cost or Cost()
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(stretched(passphrase, salt, cost)).encrypt(nonce, plain, purpose.encode())
    return msgspec.msgpack.encode(_Box(cost, salt, nonce, sealed))


def unseal(data: bytes, passphrase: str, purpose: str) -> bytes:
    """Return what was sealed.

    Raises:
        SealError: another passphrase sealed it, or it is damaged.
    """
    try:
        box = msgspec.msgpack.decode(data, type=_Box)
        if not is_bearable(box.cost):
            raise SealError("the sealed keys are damaged")
        return AESGCM(stretched(passphrase, box.salt, box.cost)).decrypt(
            box.nonce, box.sealed, purpose.encode()
        )
    except InvalidTag as error:
        raise SealError("the passphrase does not open the keys") from error
    except (*UNREADABLE, ValueError) as error:
        raise SealError("the sealed keys are damaged") from error


def is_bearable(cost: Cost) -> bool:
    """Tell whether a cost that was read somewhere is one that this program could have written."""
    return all(0 < asked <= most for asked, most in zip(_parts(cost), _parts(_MOST), strict=True))


def _parts(cost: Cost) -> tuple[int, int, int]:
    return cost.memory_kib, cost.iterations, cost.lanes


def stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """Return the 32-byte key that a passphrase and a salt give."""
    # «ñ» is one sign or two, depending on the keyboard and the system that typed it.
    typed = unicodedata.normalize("NFKC", passphrase).encode()
    return Argon2id(
        salt=salt,
        length=_KEY_BYTES,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    ).derive(typed)


def _ring() -> Any:
    import keyring  # noqa: PLC0415 - slow to import, and not needed with a passphrase
    from keyring.backends import chainer  # noqa: PLC0415

    ring = keyring.get_keyring()
    candidates = list(ring.backends) if isinstance(ring, chainer.ChainerBackend) else [ring]
    for candidate in candidates:
        kind = type(candidate)
        if f"{kind.__module__}.{kind.__qualname__}" in _REAL_RINGS:
            return candidate
    return None
