"""Receipts: the municipality's signed word of what a scope held, in which order, and what it added up to (I14).

Whoever keeps one notices a server that shows less of the same epoch later, or something else: put back from a copy of
its disk, or altered.
"""

from hashlib import sha256
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wire.messages import ScopeState

FIRST_ROOT: Final = bytes(32)
"""The root of a log in which nothing is yet."""
_CONTEXT: Final = b"atalaya receipt 1\0"


def follow(root: bytes, n: int, replica: int, tail: bytes) -> bytes:
    """Return the root of a log after its next piece, `replica`'s, with which it has `n` change-sets in all."""
    return sha256(root + n.to_bytes(8) + replica.to_bytes(8) + tail).digest()


def signed(state: ScopeState, key: Ed25519PrivateKey) -> ScopeState:
    """Return a scope's state with the municipality's signature over it."""
    return msgspec.structs.replace(state, receipt=key.sign(_message(state)))


def is_genuine(state: ScopeState, key: Ed25519PublicKey) -> bool:
    """Tell whether the municipality signed a scope's state."""
    try:
        key.verify(state.receipt, _message(state))
    except InvalidSignature:
        return False
    return True


def _message(state: ScopeState) -> bytes:
    return _CONTEXT + f"{state.scope}\0{state.epoch}\0{state.n}\0".encode() + state.digest + state.root
