"""Segments: runs of consecutive change-sets of one chain, as they are signed, relayed and checked (sync.md §2.1).

The author signs the tail of a run; the hashes tie every body before it to that signature. A piece may begin anywhere
in the run, so that a receiver takes only what it lacks, but it always ends where the author signed. Bodies are never
decoded and encoded again on their way.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wire.changes import ChangeSet, chain_hash, decode

MAX_CHANGE_SETS: Final = 512
MAX_BYTES: Final = 1024 * 1024
"""A run is closed when it holds so many change-sets or bytes of bodies, whichever is first."""


class SegmentError(ValueError):
    """The piece is not what its author signed, or does not continue the chain that the receiver holds."""


class Segment(msgspec.Struct, frozen=True, array_like=True):
    """The change-sets `start` to `last` of a chain, out of a run that begins at `first`.

    `signature` covers the whole run and its tail hash, which `bodies` lead to from the hash of `start - 1`.
    """

    scope: str
    replica: int
    first: int
    start: int
    last: int
    tail: bytes
    signature: bytes
    bodies: list[bytes]


class Link(NamedTuple):
    """One checked change-set: what it says, its bytes, and the hashes before and after it."""

    change_set: ChangeSet
    body: bytes
    prev: bytes
    hash: bytes


def signed_message(scope: str, replica: int, first: int, last: int, tail: bytes) -> bytes:
    """Return the bytes that a run's signature covers."""
    return b"atalaya segment 1\0" + f"{scope}\0{replica}\0{first}\0{last}\0".encode() + tail


def is_signed_by(segment: Segment, key: Ed25519PublicKey) -> bool:
    """Tell whether the owner of a key signed the run of a piece."""
    try:
        key.verify(segment.signature, _message(segment))
    except InvalidSignature:
        return False
    return True


def links_of(segment: Segment, held: int, tip: bytes, key: Ed25519PublicKey) -> list[Link]:
    """Return the change-sets of a piece that come after the `held` ones, whose last hash is `tip`.

    Raises:
        SegmentError: a gap, another chain than the one held, a wrong signature, or a body that says another place.
    """
    if (
        not segment.first <= segment.start <= held + 1
        or len(segment.bodies) != segment.last - segment.start + 1
    ):
        raise SegmentError(f"piece {segment.start} to {segment.last} does not continue {held}")
    if not is_signed_by(segment, key):
        raise SegmentError("the signature is not its author's")
    links: list[Link] = []
    digest = tip
    for seq, body in enumerate(segment.bodies[held + 1 - segment.start :], start=held + 1):
        prev, digest = digest, chain_hash(digest, body)
        links.append(Link(_in_place(segment, seq, body), body, prev, digest))
    if links and digest != segment.tail:
        raise SegmentError("the bodies do not lead to the signed tail")
    return links


def _in_place(segment: Segment, seq: int, body: bytes) -> ChangeSet:
    try:
        change_set = decode(body)
    except ValueError as error:
        raise SegmentError(str(error)) from error
    if (change_set.scope, change_set.replica, change_set.seq) != (segment.scope, segment.replica, seq):
        raise SegmentError("a body says another place in the chain than its own")
    return change_set


def _message(segment: Segment) -> bytes:
    return signed_message(segment.scope, segment.replica, segment.first, segment.last, segment.tail)


def size_of(segments: Sequence[Segment]) -> int:
    """Return the bytes of the bodies of some pieces."""
    return sum(len(body) for segment in segments for body in segment.bodies)
