"""Change-sets: the unit of writing, of the journal and of exchange (sync.md §2.1).

Bytes are deterministic: the same change-set encodes alike on every machine and in every version that knows
`VERSION`. `hash = SHA-256(prev ‖ body)`, where `prev` is the hash of the predecessor of the same scope and
replica, and `GENESIS` before the first.
"""

import hashlib
from typing import Annotated, Any, Final

import msgspec

from wire.unreadable import UNREADABLE

VERSION: Final = 1
GENESIS: Final = bytes(32)

Value = Any
"""None, bool, int, float, str or bytes: what SQLite stores is what travels."""

Count = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
"""What every database of ours holds in an integer. As an instant (`wire.clock`) it ends in the year 6429."""

Id = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]

Dot = tuple[Count, Count]
"""(replica, seq): the identity of one write inside a scope."""


Values = dict[str, Value | dict[str, Value]]
"""What an op writes, by field group. A group of one field is that field's value; a group of several is the map of all
its fields: whole, because two halves written by two people would be a fact that nobody stated (sync.md §1.1 rule 5)."""

VOIDED: Final = "voided"
"""The group whose write says that a record no longer counts (`voided_at`, `void_reason`): deletion, as it travels."""
VOIDED_AT: Final = "voided_at"


class OpKind:
    """What an op does; stored text, never renamed nor reused."""

    CREATE: Final = "create"
    SET: Final = "set"
    APPEND: Final = "append"
    STRIKE: Final = "strike"
    READ: Final = "read"
    BLOB: Final = "blob"


class Op(msgspec.Struct, frozen=True, array_like=True):
    """One change to one record.

    `replaces` lists, for each field group that is written, the dots that this write overwrites: exactly those
    leave the heads. A group that the writer saw untouched since creation replaces the dot of its creation. `seen`
    lists, when a record is voided, the heads of its other groups: an edit that is not among them was made by
    somebody who did not know that the record was going (sync.md §1.1 rule 3).
    """

    kind: str
    table: str
    pk: Id
    values: Values = {}
    replaces: dict[str, list[Dot]] = {}
    seen: list[Dot] = []


class ChangeSet(msgspec.Struct, frozen=True, array_like=True):
    """What one unit of work changed in one scope.

    `tx` is shared by the change-sets of one unit of work in several scopes. `deps` is what the author had applied
    from other replicas since their previous change-set: (replica, seq) pairs, empty on a lone station.
    """

    version: int
    scope: str
    replica: Count
    seq: Count
    hlc: Count
    deps: list[Dot]
    schema: Count
    actor: Id
    tx: Id
    operation: str
    reason: str | None
    ops: list[Op]


def fields_of(values: Values) -> dict[str, Value]:
    """Return the values by field, with the groups opened."""
    fields: dict[str, Value] = {}
    for group, value in values.items():
        if isinstance(value, dict):
            fields.update(value)
        else:
            fields[group] = value
    return fields


_encoder = msgspec.msgpack.Encoder(order="deterministic")
_decoder = msgspec.msgpack.Decoder(ChangeSet)


def encode(change_set: ChangeSet) -> bytes:
    """Return the body: the bytes that are hashed, stored, relayed and never rewritten."""
    return _encoder.encode(change_set)


def decode(body: bytes) -> ChangeSet:
    """Return the change-set of a body.

    Raises:
        ValueError: the bytes are no change-set of a known version.
    """
    try:
        change_set = _decoder.decode(body)
    except UNREADABLE as error:
        raise ValueError("not a change-set") from error
    if change_set.version != VERSION:
        raise ValueError(f"change-set of unknown version {change_set.version}")
    return change_set


def chain_hash(prev: bytes, body: bytes) -> bytes:
    """Return SHA-256(prev ‖ body)."""
    digest = hashlib.sha256(prev)
    digest.update(body)
    return digest.digest()
