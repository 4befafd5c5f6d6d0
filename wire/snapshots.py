"""Snapshots: what the records of a scope add up to at one moment, for a station that begins with nothing.

The municipality signs a manifest that names every chunk by its hash. A station takes the records first and works; the
change-sets that made them follow, until its journal tells all of it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wire.messages import MAX_UNPACKED, Tail
from wire.unreadable import UNREADABLE

CHUNK_BYTES: Final = 1024 * 1024
"""About so many bytes of records are in a chunk, before compression."""
_CONTEXT: Final = b"atalaya snapshot 1\0"


class SnapshotError(ValueError):
    """The bytes are no snapshot of this municipality, or not the part of it that they should be."""


class Manifest(msgspec.Struct, frozen=True, array_like=True):
    """What a snapshot holds: the records of a scope after its first `n` change-sets, counted in `epoch`.

    `tails` say how far each chain is in it, `digest` what it adds up to (`wire.digest`), `hlc` the latest hybrid
    instant in it, `root` the log's root there; `chunks` are the SHA-256 of its parts as they travel.
    """

    tenant: str
    scope: str
    epoch: int
    n: int
    hlc: int
    digest: bytes
    tails: list[Tail]
    chunks: list[bytes]
    root: bytes


class SignedManifest(msgspec.Struct, frozen=True, array_like=True):
    """A manifest's bytes and the municipal key's signature over them."""

    manifest: bytes
    signature: bytes


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """One record: the bytes of its `wire.merge.RecordState`."""

    table: str
    pk: bytes
    state: bytes


class AskSnapshot(msgspec.Struct, frozen=True, array_like=True):
    """Ask for the manifest of a scope's snapshot."""

    scope: str


class AskSnapshotChunk(msgspec.Struct, frozen=True, array_like=True):
    """Ask for one chunk of a snapshot, by its hash."""

    scope: str
    sha256: bytes


class SnapshotChunk(msgspec.Struct, frozen=True, array_like=True):
    """One chunk: its records, packed and compressed."""

    data: bytes


_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_manifest_in = msgspec.msgpack.Decoder(Manifest).decode
_records_in = msgspec.msgpack.Decoder(list[Kept]).decode


def signed(manifest: Manifest, key: Ed25519PrivateKey) -> SignedManifest:
    """Return a manifest as it travels, signed with the municipal key."""
    said = _encode(manifest)
    return SignedManifest(said, key.sign(_CONTEXT + said))


def opened(given: SignedManifest, key: Ed25519PublicKey) -> Manifest:
    """Return what a manifest says.

    Raises:
        SnapshotError: another one signed it, or it is none.
    """
    try:
        key.verify(given.signature, _CONTEXT + given.manifest)
        return _manifest_in(given.manifest)
    except (InvalidSignature, *UNREADABLE) as error:
        raise SnapshotError("no manifest of this municipality") from error


def chunks_of(records: Iterable[Kept]) -> Iterator[bytes]:
    """Yield the chunks of some records, in their order."""
    some: list[Kept] = []
    size = 0
    for record in records:
        some.append(record)
        size += len(record.state)
        if size >= CHUNK_BYTES:
            yield _chunk(some)
            some, size = [], 0
    if some:
        yield _chunk(some)


def records_of(data: bytes, sha256: bytes) -> list[Kept]:
    """Return the records of a chunk that must have this hash.

    Raises:
        SnapshotError: it has another one, or cannot be read.
    """
    if hashlib.sha256(data).digest() != sha256:
        raise SnapshotError("another chunk")
    try:
        plain = zstandard.ZstdDecompressor().stream_reader(data).read(MAX_UNPACKED + 1)
        if len(plain) > MAX_UNPACKED:
            raise SnapshotError("the chunk is too large")
        return _records_in(plain)
    except (zstandard.ZstdError, *UNREADABLE) as error:
        raise SnapshotError("no chunk") from error


def _chunk(records: list[Kept]) -> bytes:
    return zstandard.compress(_encode(records), 3)
