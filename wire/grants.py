"""Grants: the server's signed word that a device may hold and write scopes, until a day, checked without a network.

A station shows its grant to a neighbour, who knows the municipal key and need not ask anybody (I9). A grant is renewed
at every hello; one that is older than its days, or of a device revoked since, opens nothing.
"""

from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wire.unreadable import UNREADABLE

OFFLINE_DAYS: Final = 7
_CONTEXT: Final = b"atalaya grant 1\0"


class GrantError(ValueError):
    """The bytes are no grant of this municipality, or no longer one."""


class Grant(msgspec.Struct, frozen=True, array_like=True):
    """What a device may: hold `reads`, and write the part of them in `writes`. Instants in milliseconds UTC."""

    tenant: str
    device: bytes
    signing_key: bytes
    reads: list[str]
    writes: list[str]
    issued_ms: int
    expires_ms: int


class _Signed(msgspec.Struct, frozen=True, array_like=True):
    grant: bytes
    signature: bytes


def sign(grant: Grant, key: Ed25519PrivateKey) -> bytes:
    """Return the grant as it travels."""
    plain = msgspec.msgpack.encode(grant)
    return msgspec.msgpack.encode(_Signed(plain, key.sign(_CONTEXT + plain)))


def opened(data: bytes, key: Ed25519PublicKey, tenant: str, now_ms: int) -> Grant:
    """Return a grant that holds now.

    Raises:
        GrantError: it was not signed by the municipality, is another municipality's, or has run out.
    """
    try:
        signed = msgspec.msgpack.decode(data, type=_Signed)
        key.verify(signed.signature, _CONTEXT + signed.grant)
        grant = msgspec.msgpack.decode(signed.grant, type=Grant)
    except (*UNREADABLE, InvalidSignature) as error:
        raise GrantError("no grant of this municipality") from error
    if grant.tenant != tenant:
        raise GrantError("a grant of another municipality")
    if now_ms >= grant.expires_ms:
        raise GrantError("the grant has run out")
    return grant
