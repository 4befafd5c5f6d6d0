"""The enrolment code: what an administrator reads aloud so that a station can find the server and be sure of it.

It holds the one-time secret, the server's address and the beginning of its authority's fingerprint, in groups of five
signs without those that are misread, the last one of each group a check sign of the ones before.
"""

import base64
import secrets
from typing import Final, NamedTuple

from wire.messages import MessageError

SECRET_BYTES: Final = 10
FINGERPRINT_BYTES: Final = 16
"""128 bits of SHA-256: nobody makes a second authority with the same beginning."""
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SPOKEN: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's alphabet: no I, L, O, U."""
_GROUP: Final = 5
_MAX_ADDRESS: Final = 120
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


class CodeError(MessageError):
    """It is no enrolment code: `group` counts from 1 where a group was misread, 0 when it is no code at all."""

    def __init__(self, group: int = 0) -> None:
        super().__init__("no enrolment code")
        self.group = group


class EnrolmentCode(NamedTuple):
    """What a code says. `address` is `host:port`."""

    secret: bytes
    fingerprint: bytes
    address: str

    @classmethod
    def new(cls, address: str, fingerprint: bytes) -> "EnrolmentCode":
        """Return a fresh code for a server whose authority has this SHA-256 fingerprint."""
        return cls(secrets.token_bytes(SECRET_BYTES), fingerprint[:FINGERPRINT_BYTES], address)

    @property
    def spoken(self) -> str:
        """Return the code as it is read aloud and typed."""
        data = self.secret + self.fingerprint + self.address.encode()
        signs = base64.b32encode(data).decode().rstrip("=").translate(str.maketrans(_ALPHABET, _SPOKEN))
        groups = [signs[start : start + _GROUP - 1] for start in range(0, len(signs), _GROUP - 1)]
        return "-".join(group + _check(place, group) for place, group in enumerate(groups))


def parse(text: str) -> EnrolmentCode:
    """Return what a typed code says; case, spaces and hyphens do not matter.

    Raises:
        CodeError: it is none, or a group was misread.
    """
    signs = "".join(text.upper().translate(_MISREAD).replace("-", " ").split())
    if not signs or any(sign not in _SPOKEN for sign in signs):
        raise CodeError
    data = ""
    for place, start in enumerate(range(0, len(signs), _GROUP)):
        group = signs[start : start + _GROUP]
        if len(group) < 2 or _check(place, group[:-1]) != group[-1]:
            raise CodeError(place + 1)
        data += group[:-1]
    coded = data.translate(str.maketrans(_SPOKEN, _ALPHABET))
    try:
        plain = base64.b32decode(coded + "=" * (-len(coded) % 8))
        address = plain[SECRET_BYTES + FINGERPRINT_BYTES :].decode()
    except ValueError as error:
        raise CodeError from error
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or len(address) > _MAX_ADDRESS:
        raise CodeError
    return EnrolmentCode(
        plain[:SECRET_BYTES], plain[SECRET_BYTES : SECRET_BYTES + FINGERPRINT_BYTES], address
    )


def _check(place: int, group: str) -> str:
    total = place + 1
    for sign in group:
        total = (total * 7 + _SPOKEN.index(sign)) % 31
    return _SPOKEN[total]
