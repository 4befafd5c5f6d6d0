"""Void markers: the municipality's signed word that a change-set keeps its place in a chain and has no content.

In a piece with denied change-sets their bodies are empty; the markers that travel beside it give their hashes, so that
the chain is checked through them to the author's signature.
"""

from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wire.changes import chain_hash, decode
from wire.messages import Void
from wire.segments import Link, Segment, SegmentError, is_signed_by, links_of

NO_BODY: Final = b""


def made(scope: str, replica: int, seq: int, prev: bytes, own: bytes, key: Ed25519PrivateKey) -> Void:
    """Return the marker of a change-set whose hash is `own`, signed with the municipal key."""
    return Void(scope, replica, seq, prev, own, key.sign(_message(scope, replica, seq, prev, own)))


def is_genuine(void: Void, key: Ed25519PublicKey) -> bool:
    """Tell whether the municipality signed a marker."""
    try:
        key.verify(void.signature, _message(void.scope, void.replica, void.seq, void.prev, void.hash))
    except InvalidSignature:
        return False
    return True


def links_past(
    segment: Segment, held: int, tip: bytes, key: Ed25519PublicKey, voids: Mapping[int, Void]
) -> list[Link | Void]:
    """Return what comes after the `held` change-sets, as `links_of` does, with a marker where a body is empty.

    `voids` are genuine markers of this chain by sequence.

    Raises:
        SegmentError: as `links_of`, or a body is empty for which there is no marker.
    """
    if NO_BODY not in segment.bodies:
        return list(links_of(segment, held, tip, key))
    if (
        not segment.first <= segment.start <= held + 1
        or len(segment.bodies) != segment.last - segment.start + 1
    ):
        raise SegmentError(f"piece {segment.start} to {segment.last} does not continue {held}")
    if not is_signed_by(segment, key):
        raise SegmentError("the signature is not its author's")
    found: list[Link | Void] = []
    digest = tip
    for seq, body in enumerate(segment.bodies[held + 1 - segment.start :], start=held + 1):
        if body == NO_BODY:
            void = voids.get(seq)
            if void is None or void.prev != digest:
                raise SegmentError(f"no marker for {seq}")
            digest = void.hash
            found.append(void)
            continue
        prev, digest = digest, chain_hash(digest, body)
        try:
            change_set = decode(body)
        except ValueError as error:
            raise SegmentError(str(error)) from error
        if (change_set.scope, change_set.replica, change_set.seq) != (segment.scope, segment.replica, seq):
            raise SegmentError("a body says another place in the chain than its own")
        found.append(Link(change_set, body, prev, digest))
    if found and digest != segment.tail:
        raise SegmentError("the bodies do not lead to the signed tail")
    return found


def _message(scope: str, replica: int, seq: int, prev: bytes, own: bytes) -> bytes:
    return b"atalaya void 1\0" + f"{scope}\0{replica}\0{seq}\0".encode() + prev + own
