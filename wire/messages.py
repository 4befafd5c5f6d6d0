"""What is asked and answered between a station and whoever exchanges with it: server, hub or file (sync.md §2.2).

Every message may be cut, repeated, reordered or delayed; the only effect is delay (I10). Answers name errors by kind,
each with its owner; nothing in them repeats what was sent.
"""

from typing import Final, TypeVar

import msgspec
import zstandard

from wire.segments import Segment
from wire.unreadable import UNREADABLE

PROTOCOL: Final = 1
MAX_PACKED: Final = 8 * 1024 * 1024
MAX_UNPACKED: Final = 64 * 1024 * 1024
MEDIA_TYPE: Final = "application/vnd.atalaya+msgpack+zstd"
SIGNATURE: Final = "atalaya-signature"
"""The header with which a hello is signed: Ed25519 over its bytes, base64."""


BLOB_CHUNK: Final = 1024 * 1024
MAX_BLOB: Final = 512 * 1024 * 1024
MAX_BLOBS_ASKED: Final = 500

M = TypeVar("M", bound=msgspec.Struct)


class MessageError(ValueError):
    """The bytes are no message of this kind, or are more than a message may be."""


class Refusal:
    """Why a chain was not taken further; stored and counted, never renamed."""

    GAP: Final = "gap"
    FORK: Final = "fork"
    DENIED: Final = "denied"
    SCHEMA: Final = "schema"
    QUARANTINED: Final = "quarantined"
    UNKNOWN_REPLICA: Final = "unknown_replica"
    TOO_LARGE: Final = "too_large"
    BUSY: Final = "busy"


class Tail(msgspec.Struct, frozen=True, array_like=True):
    """How far a chain is held: `replica`'s change-sets up to `seq`, whose hash is `hash`."""

    scope: str
    replica: int
    seq: int
    hash: bytes


class Challenge(msgspec.Struct, frozen=True, array_like=True):
    """What a device must sign to say hello."""

    nonce: bytes


class Hello(msgspec.Struct, frozen=True, array_like=True):
    """Who asks, with what, and how far their own chains have come. `clock_ms` is their wall clock, UTC.

    `grant` is shown to a neighbour, who cannot ask anybody; the server knows better. `cursors` say, by scope, how much
    of the answering side's log they took in the epoch that `epochs` name, `receipts` what it confirmed to them last.
    """

    protocol: int
    device: bytes
    nonce: bytes
    app: str
    schema: int
    replica: int
    clock_ms: int
    own: list[Tail]
    epochs: dict[str, int] = {}
    grant: bytes = b""
    cursors: dict[str, int] = {}
    receipts: list["ScopeState"] = []


class ScopeState(msgspec.Struct, frozen=True, array_like=True):
    """One scope as the answering side holds it: its epoch, how many change-sets it has taken, and their digest.

    `root` is the hash of its log, and `before` the one after the change-sets that the asker had taken last time, empty
    where the log has no such place; `receipt` is the municipality's signature (`wire.receipts`). Neighbours give none.
    """

    scope: str
    epoch: int
    n: int
    digest: bytes
    may_write: bool
    root: bytes = b""
    before: bytes = b""
    receipt: bytes = b""


class Welcome(msgspec.Struct, frozen=True, array_like=True):
    """The answer to a hello. `own` says how far the asker's own chains are held; a hash that differs is a fork.

    `token` opens the other requests until `expires_ms`; `grant` is what the station may show to its neighbours. A
    neighbour says in `own` how far it holds every chain, and its `grant` is its own: what it may be given.
    """

    token: bytes
    clock_ms: int
    min_schema: int
    epoch: int
    server: int
    scopes: list[ScopeState]
    own: list[Tail]
    expires_ms: int
    grant: bytes


class Push(msgspec.Struct, frozen=True, array_like=True):
    """Pieces of chains, the sender's own and those that it relays, in the order in which the sender applied them.

    `voids` go to neighbours only: the server made them.
    """

    segments: list[Segment]
    voids: list["Void"] = []


class Taken(msgspec.Struct, frozen=True, array_like=True):
    """How far a chain is held now, and why not further where something was refused. `hash` is that of `seq`."""

    scope: str
    replica: int
    seq: int
    hash: bytes
    refusal: str | None = None
    retry_after_s: float = 0.0


class Pushed(msgspec.Struct, frozen=True, array_like=True):
    """The answer to a push: one line for each chain that was named in it."""

    taken: list[Taken]


class Want(msgspec.Struct, frozen=True, array_like=True):
    """What is wanted of a scope: after `cursor` of `epoch` when that is known, else what `vector` lacks.

    `only` asks for the next piece of one chain after what `vector` says of it, and nothing else; 0 for all chains.
    """

    scope: str
    epoch: int = 0
    cursor: int = 0
    vector: dict[int, int] = {}
    only: int = 0


class Pull(msgspec.Struct, frozen=True, array_like=True):
    """Ask for what is new, up to about `budget` bytes of bodies."""

    wants: list[Want]
    budget: int = 1024 * 1024


class Void(msgspec.Struct, frozen=True, array_like=True):
    """A change-set that was denied: its place in the chain stays, its content is not given out.

    `signature` is the municipal key's.
    """

    scope: str
    replica: int
    seq: int
    prev: bytes
    hash: bytes
    signature: bytes


class Part(msgspec.Struct, frozen=True, array_like=True):
    """What one scope gives: pieces in causal order, and the cursor to go on from.

    Where that is all of it, `state` is what the server confirms there.
    """

    scope: str
    epoch: int
    cursor: int
    segments: list[Segment]
    voids: list[Void] = []
    more: bool = False
    state: ScopeState | None = None


class Pulled(msgspec.Struct, frozen=True, array_like=True):
    """The answer to a pull."""

    parts: list[Part]


class Told(msgspec.Struct, frozen=True, array_like=True):
    """A small part that is told while a station listens: what came after the scope's first `after` change-sets."""

    after: int
    part: Part


class News(msgspec.Struct, frozen=True, array_like=True):
    """What is told while a station listens: how many change-sets each scope has now."""

    scopes: dict[str, int]


class Enrol(msgspec.Struct, frozen=True, array_like=True):
    """A station asks to belong to the municipality, with the one-time code that an administrator gave."""

    protocol: int
    code: str
    name: str
    device_code: str
    signing_key: bytes
    sealing_key: bytes
    tls_request: bytes
    replica: int


class Enrolled(msgspec.Struct, frozen=True, array_like=True):
    """The answer to an enrolment: who the station is now, and whom it may trust.

    `municipal_key` signs the server's own chains; `authority` and `certificate` are X.509, PEM.
    """

    tenant: str
    municipality: str
    device: bytes
    device_code: str
    municipal_key: bytes
    authority: bytes
    certificate: bytes
    scopes: list[str]


class BlobName(msgspec.Struct, frozen=True, array_like=True):
    """The bytes of an attachment, by SHA-256, through a record of a scope."""

    scope: str
    sha256: bytes


class AskBlobs(msgspec.Struct, frozen=True, array_like=True):
    """Ask how much of some attachments the other side holds."""

    names: list[BlobName]


class BlobState(msgspec.Struct, frozen=True, array_like=True):
    """How many chunks of an attachment are held from its beginning on, and whether that is all of it."""

    sha256: bytes
    chunks: int
    is_whole: bool


class BlobStates(msgspec.Struct, frozen=True, array_like=True):
    """The answer: one line for each attachment that a record names which the asker may hold."""

    states: list[BlobState]


class PutChunk(msgspec.Struct, frozen=True, array_like=True):
    """One chunk of an attachment of `size` bytes; all but the last have `BLOB_CHUNK` bytes."""

    scope: str
    sha256: bytes
    size: int
    chunk: int
    data: bytes


class GetChunk(msgspec.Struct, frozen=True, array_like=True):
    """Ask for one chunk of an attachment."""

    scope: str
    sha256: bytes
    chunk: int


class Chunk(msgspec.Struct, frozen=True, array_like=True):
    """One chunk of an attachment of `size` bytes."""

    size: int
    data: bytes


class Problem(msgspec.Struct, frozen=True, array_like=True):
    """The answer when a request could not be served. `kind` is for programs; people read their own program's words."""

    kind: str
    retry_after_s: float = 0.0


_encoder = msgspec.msgpack.Encoder()


def pack(message: msgspec.Struct) -> bytes:
    """Return the bytes of a message, compressed."""
    return zstandard.compress(_encoder.encode(message), 3)


def unpack(data: bytes, kind: type[M], limit: int = MAX_UNPACKED) -> M:
    """Return the message of some bytes that anybody may have sent.

    Raises:
        MessageError: they are none of this kind, or would need more than `limit` bytes.
    """
    if len(data) > MAX_PACKED:
        raise MessageError("the message is too large")
    try:
        plain = zstandard.ZstdDecompressor().stream_reader(data).read(limit + 1)
        if len(plain) > limit:
            raise MessageError("the message is too large")
        return msgspec.msgpack.decode(plain, type=kind)
    except (zstandard.ZstdError, *UNREADABLE) as error:
        raise MessageError(f"no {kind.__name__}") from error


def chunks_of(size: int) -> int:
    """Return into how many chunks an attachment of `size` bytes is cut; an empty one has one too."""
    return max(1, -(-size // BLOB_CHUNK))


def is_chunk(put: PutChunk) -> bool:
    """Tell whether a chunk can be one of its attachment."""
    if len(put.sha256) != 32 or not 0 <= put.size <= MAX_BLOB or not 0 <= put.chunk < chunks_of(put.size):
        return False
    return len(put.data) == min(BLOB_CHUNK, put.size - put.chunk * BLOB_CHUNK)
