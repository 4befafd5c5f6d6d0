"""The digest of a scope: what its records add up to, in 16 bytes that two sides compare (I7).

A sum over all heads of all records: a write changes it by the difference that it makes to one record, in any order.
"""

from hashlib import sha256
from typing import Final

from msgspec.msgpack import encode

from wire.heads import Heads

BYTES: Final = 16
EMPTY: Final = bytes(BYTES)
_MODULUS: Final = 1 << (8 * BYTES)


def weight_of(table: str, pk: bytes, heads: Heads) -> int:
    """Return what a record adds to its scope's digest.

    For each head: the first 16 bytes of SHA-256(table ‖ 0 ‖ pk ‖ group ‖ 0 ‖ packed dot); creations count under the
    empty group, as they are heads of every group that nobody wrote since.
    """
    known = table.encode() + b"\0" + pk
    total = _weight(known, "", heads.base[1:])
    for made in heads.also:
        total += _weight(known, "", made[1:])
    for group, stamps in heads.groups.items():
        for stamp in stamps:
            total += _weight(known, group, stamp[1:])
    return total % _MODULUS


def moved(digest: bytes, difference: int) -> bytes:
    """Return a digest after the weights under it changed by `difference` in all."""
    return ((int.from_bytes(digest) + difference) % _MODULUS).to_bytes(BYTES)


def _weight(known: bytes, group: str, dot: tuple[int, int]) -> int:
    return int.from_bytes(sha256(known + group.encode() + b"\0" + encode(dot)).digest()[:BYTES])
