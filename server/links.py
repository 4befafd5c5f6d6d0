"""From a signed piece to the change-sets that come after what is held, whatever its author put into it."""

from typing import Final

from cryptography.exceptions import InvalidSignature
from msgspec import MsgspecError, Struct, msgpack

from server.chains import Chain
from server.judge import is_known_form, is_placed_well
from server.limits import MAX_BODY, MAX_INTEGER, MAX_PIECE
from wire.changes import VERSION, ChangeSet, chain_hash, decode
from wire.messages import Refusal
from wire.segments import Segment, SegmentError, links_of, signed_message
from wire.voids import NO_BODY

_HASH_BYTES: Final = 32


class Step(Struct, gc=False):
    """One change-set in its place. Without `change_set` its bytes say nothing that can be read: it is denied."""

    seq: int
    body: bytes
    prev: bytes
    hash: bytes
    change_set: ChangeSet | None


class RefusedPiece(Exception):
    """The piece cannot be taken; `refusal` says why."""

    def __init__(self, refusal: str) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def is_possible(segment: Segment) -> bool:
    """Tell whether a piece has the form of one."""
    return (
        0 < segment.replica <= MAX_INTEGER
        and 0 < segment.first <= segment.start <= segment.last <= MAX_INTEGER
        and len(segment.bodies) == segment.last - segment.start + 1
        and len(segment.tail) == _HASH_BYTES
    )


def steps_of(segment: Segment, chain: Chain, held: int, tip: bytes) -> list[Step]:
    """Return the change-sets of a piece after the `held` ones, whose last hash is `tip`.

    Raises:
        RefusedPiece: a gap, a fork, a signature that is not its author's, or what only a newer server can read.
    """
    if segment.start > held + 1:
        raise RefusedPiece(Refusal.GAP)
    sizes = [len(body) for body in segment.bodies]
    if max(sizes) > MAX_BODY or sum(sizes) > MAX_PIECE:
        raise RefusedPiece(Refusal.TOO_LARGE)
    try:
        steps = [
            Step(link.change_set.seq, link.body, link.prev, link.hash, link.change_set)
            for link in links_of(segment, held, tip, chain.key)
        ]
    except (SegmentError, RecursionError):
        steps = _examined(segment, chain, held, tip)
    for step in steps:
        if step.change_set is None:
            continue
        if not is_known_form(step.change_set):
            raise RefusedPiece(Refusal.SCHEMA)
        if not is_placed_well(step.change_set):
            step.change_set = None
    return steps


def _examined(segment: Segment, chain: Chain, held: int, tip: bytes) -> list[Step]:
    """Return the change-sets of a piece with which something is wrong, when it is only with some of its bodies."""
    message = signed_message(segment.scope, segment.replica, segment.first, segment.last, segment.tail)
    try:
        chain.key.verify(segment.signature, message)
    except InvalidSignature as error:
        raise RefusedPiece(Refusal.QUARANTINED) from error
    steps = []
    for seq, body in enumerate(segment.bodies[held + 1 - segment.start :], start=held + 1):
        if body == NO_BODY:
            # A relay that was told of a denial has no more to give; the author has.
            raise RefusedPiece(Refusal.GAP)
        prev, tip = tip, chain_hash(tip, body)
        steps.append(Step(seq, body, prev, tip, _read(segment, seq, body)))
    if tip != segment.tail:
        raise RefusedPiece(Refusal.FORK)
    return steps


def _read(segment: Segment, seq: int, body: bytes) -> ChangeSet | None:
    try:
        change_set = decode(body)
    except (ValueError, RecursionError) as error:
        if _is_newer(body):
            raise RefusedPiece(Refusal.SCHEMA) from error
        return None
    if (change_set.scope, change_set.replica, change_set.seq) != (segment.scope, segment.replica, seq):
        return None
    return change_set


def _is_newer(body: bytes) -> bool:
    try:
        read = msgpack.decode(body)
    except (MsgspecError, ValueError, RecursionError):
        return False
    return isinstance(read, list) and bool(read) and type(read[0]) is int and read[0] > VERSION
