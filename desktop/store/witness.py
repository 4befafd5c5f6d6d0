"""A witness beside the database: how far each chain had come, signed, so that a cut tail is missed.

A chain whose last links were cut off, rows and all, is sound in itself. The witness remembers the tail of every
chain in a file of its own. It is written after the commit that it speaks of, now and then and at closing, so it
is never ahead of the journal; and it never forgets a longer chain for a shorter one, so that writing on after a
cut does not bury it. It holds no personal data: scopes, replica ids, sequences, hashes, public keys.

What it cannot see is a whole profile put back as it was, witness and all; only another machine can.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wire.unreadable import UNREADABLE

Chain = tuple[str, int]
"""(scope, replica)."""
Link = tuple[int, bytes]
"""(seq, hash)."""

_CONTEXT: Final = b"atalaya witness 1\0"


class WitnessError(ValueError):
    """The file is no witness, or not one that this station signed."""


@dataclass(frozen=True, slots=True)
class Witness:
    """The tails of all chains and the public keys of their replicas at one moment."""

    tails: dict[Chain, Link] = field(default_factory=dict)
    keys: dict[int, bytes] = field(default_factory=dict)

    def without(self, chains: Collection[Chain]) -> "Witness":
        """Return what it says of the other chains."""
        return Witness({chain: end for chain, end in self.tails.items() if chain not in chains}, self.keys)


class _Message(msgspec.Struct):
    tails: list[tuple[str, int, int, bytes]]
    keys: list[tuple[int, bytes]]


class _File(msgspec.Struct):
    message: bytes
    signature: bytes


def witness_path(database: Path) -> Path:
    """Return where the witness of a database lies."""
    return database.with_name(database.name + ".witness")


def read_witness(path: Path, public_key: Ed25519PublicKey) -> Witness | None:
    """Return the witness of the file, None when there is none.

    Raises:
        WitnessError: the file was not signed by this key or is damaged.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        file = msgspec.msgpack.decode(data, type=_File)
        public_key.verify(file.signature, _CONTEXT + file.message)
        message = msgspec.msgpack.decode(file.message, type=_Message)
    except (*UNREADABLE, InvalidSignature) as error:
        raise WitnessError(str(path.name)) from error
    return Witness(
        {(scope, replica): (seq, digest) for scope, replica, seq, digest in message.tails},
        dict(message.keys),
    )


def write_witness(path: Path, witness: Witness, signing: Ed25519PrivateKey) -> None:
    """Replace the file in one step: after a crash there is the old one or the new one.

    Raises:
        OSError: the disk is full or away; the old file stays.
    """
    message = msgspec.msgpack.encode(
        _Message(
            [
                (scope, replica, seq, digest)
                for (scope, replica), (seq, digest) in sorted(witness.tails.items())
            ],
            sorted(witness.keys.items()),
        )
    )
    data = msgspec.msgpack.encode(_File(message, signing.sign(_CONTEXT + message)))
    draft = path.with_name(path.name + ".part")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def retire_witness(path: Path, now: datetime) -> None:
    """Put the witness of what was here before aside: it stays readable, and no longer speaks of the restored file."""
    if path.exists():
        path.replace(path.with_name(f"{path.name}.{now:%Y%m%dT%H%M%S}"))


def renewed(connection: Any, before: Witness | None) -> Witness:
    """Return the tails as the file has them now, and of what `before` saw whatever the file no longer confirms.

    `connection` is a DB-API connection or cursor.
    """
    rows = connection.execute(
        "SELECT j.scope, j.replica, j.seq, j.hash FROM journal AS j JOIN (SELECT scope, replica, max(seq_last) AS seq "
        "FROM segment GROUP BY scope, replica) AS s ON j.scope = s.scope AND j.replica = s.replica AND j.seq = s.seq"
    ).fetchall()
    tails: dict[Chain, Link] = {(scope, replica): (seq, digest) for scope, replica, seq, digest in rows}
    keys = dict(connection.execute("SELECT replica, public_key FROM replica").fetchall())
    if before is None:
        return Witness(tails, keys)
    lost = missed(connection, before)
    return Witness(tails | {chain: before.tails[chain] for chain in lost}, keys | before.keys)


def missed(connection: Any, witness: Witness) -> tuple[Chain, ...]:
    """Return the chains of which the file no longer holds the link that the witness saw."""
    return tuple(
        chain
        for chain, (seq, digest) in sorted(witness.tails.items())
        if connection.execute(
            "SELECT 1 FROM journal WHERE scope = ? AND replica = ? AND seq = ? AND hash = ?",
            (*chain, seq, digest),
        ).fetchone()
        is None
    )
