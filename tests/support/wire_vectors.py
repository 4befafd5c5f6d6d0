"""One example of everything that travels, and the bytes that it had in every version: they must be read for ever.

`python -m tests.support.wire_vectors` adds the bytes of what changed or is new to `tests/data/wire_vectors.txt`, and
never takes any away. Messages are kept as they are before compression, whose bytes are its library's own.
"""

import inspect
from pathlib import Path
from types import ModuleType
from typing import Final

import msgspec

from wire import bundle, changes, grants, heads, merge, messages, segments, snapshots
from wire.bundle import BlobPiece, Frame
from wire.changes import ChangeSet, Op, OpKind
from wire.grants import Grant
from wire.heads import Heads
from wire.merge import RecordState, Version
from wire.messages import (
    PROTOCOL,
    AskBlobs,
    BlobName,
    BlobState,
    BlobStates,
    Challenge,
    Chunk,
    Enrol,
    Enrolled,
    GetChunk,
    Hello,
    News,
    Part,
    Problem,
    Pull,
    Pulled,
    Push,
    Pushed,
    PutChunk,
    Refusal,
    ScopeState,
    Tail,
    Taken,
    Told,
    Void,
    Want,
    Welcome,
)
from wire.segments import Segment
from wire.snapshots import AskSnapshot, AskSnapshotChunk, Kept, Manifest, SignedManifest, SnapshotChunk

FILE: Final = Path(__file__).resolve().parents[1] / "data" / "wire_vectors.txt"
MODULES: Final[tuple[ModuleType, ...]] = (
    bundle,
    changes,
    grants,
    heads,
    merge,
    messages,
    segments,
    snapshots,
)
_HASH, _OTHER, _SIGNATURE, _DEVICE, _KEY = (
    bytes([sign]) * size for sign, size in zip(b"hosdk", (32, 32, 64, 16, 32), strict=True)
)
_MS: Final = 1_773_680_400_000
_TAIL: Final = Tail("operaciones", 7, 12, _HASH)
_VOID: Final = Void("operaciones", 9, 3, _OTHER, _HASH, _SIGNATURE)
_OP: Final = Op(
    OpKind.SET,
    "incidents",
    _DEVICE,
    {"place": {"lat": -39.8, "lon": None}, "risks": "arma"},
    {"place": [(7, 1)]},
    [(8, 2)],
)
_CHANGE_SET: Final = ChangeSet(
    1, "operaciones", 7, 12, _MS << 16, [(9, 3)], 1, _DEVICE, _DEVICE, "incidents.create", "motivo", [_OP]
)
_SEGMENT: Final = Segment("operaciones", 7, 1, 11, 12, _HASH, _SIGNATURE, [changes.encode(_CHANGE_SET), b""])
_HEADS: Final = Heads(
    (1, 7, 1), {"place": [(2, 7, 2), (2, 8, 1)]}, (2, 8, 1), [((7, 3), [(7, 2)])], [(1, 9, 1)]
)
_PIECE: Final = BlobPiece("ab" * 32, 1024, 4096, b"bytes")

EXAMPLES: Final[tuple[msgspec.Struct, ...]] = (
    _TAIL,
    _VOID,
    AskSnapshot("operaciones"),
    AskSnapshotChunk("operaciones", _HASH),
    Kept("incidents", _DEVICE, b"state"),
    Manifest("maipu", "operaciones", 3, 120, _MS << 16, _DEVICE, [_TAIL], [_HASH, _OTHER], _OTHER),
    SignedManifest(b"manifest", _SIGNATURE),
    SnapshotChunk(b"bytes"),
    _OP,
    _CHANGE_SET,
    _SEGMENT,
    _HEADS,
    _PIECE,
    Challenge(_HASH),
    Hello(PROTOCOL, _DEVICE, _HASH, "0.1.0", 1, 7, _MS, [_TAIL], {"operaciones": 2}, b"grant"),
    ScopeState("operaciones", 2, 40, _HASH, may_write=True),
    Welcome(
        b"token", _MS, 1, 2, 5, [ScopeState("sys", 2, 3, _OTHER, may_write=False)], [_TAIL], _MS + 1, b"grant"
    ),
    Push([_SEGMENT], [_VOID]),
    Taken("operaciones", 7, 12, _HASH, Refusal.GAP, 1.5),
    Pushed([Taken("sys", 7, 1, _HASH)]),
    Want("operaciones", 2, 40, {7: 12, 9: 3}),
    Pull([Want("sys")], 4096),
    Part("operaciones", 2, 41, [_SEGMENT], [_VOID], more=True),
    Pulled([Part("sys", 1, 0, [])]),
    Told(39, Part("sys", 1, 40, [_SEGMENT], [_VOID])),
    News({"operaciones": 41}),
    Enrol(PROTOCOL, "código", "Central 2", "K2", _KEY, _KEY, b"request", 7),
    Enrolled(
        "municipio", "Municipalidad de Prueba", _DEVICE, "K2", _KEY, b"authority", b"certificate", ["sys"]
    ),
    BlobName("operaciones", _HASH),
    AskBlobs([BlobName("operaciones", _HASH)]),
    BlobState(_HASH, 2, is_whole=False),
    BlobStates([BlobState(_HASH, 3, is_whole=True)]),
    PutChunk("operaciones", _HASH, 5, 0, b"bytes"),
    GetChunk("operaciones", _HASH, 0),
    Chunk(5, b"bytes"),
    Problem("busy", 2.0),
    Grant("municipio", _DEVICE, _KEY, ["sys", "operaciones"], ["operaciones"], _MS, _MS + 1),
    Frame("operaciones", [_TAIL], _SIGNATURE, [_SEGMENT], [_VOID], [_PIECE]),
    Version((1, 7, 1), "valor"),
    RecordState(
        _HEADS, {"risks": "arma"}, _DEVICE, _DEVICE, {"place": [Version((2, 7, 2), {"lat": 1.5, "lon": 2})]}
    ),
)

_encode = msgspec.msgpack.Encoder().encode


def kinds() -> set[type[msgspec.Struct]]:
    """Return every kind of value that the wire declares for others to read."""
    return {
        kind
        for module in MODULES
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, msgspec.Struct)
        and kind.__module__ == module.__name__
        and not name.startswith("_")
    }


def now() -> dict[str, bytes]:
    """Return the bytes that the examples have in this version."""
    return {type(example).__name__: _encode(example) for example in EXAMPLES}


def kept() -> list[tuple[str, bytes]]:
    """Return the bytes of every version, oldest first."""
    lines = FILE.read_text().splitlines() if FILE.exists() else []
    return [(name, bytes.fromhex(data)) for name, data in (line.split() for line in lines)]


def main() -> None:
    """Keep what is new."""
    old = kept()
    new = [(name, data) for name, data in now().items() if (name, data) not in old]
    FILE.write_text("".join(f"{name} {data.hex()}\n" for name, data in [*old, *new]))


if __name__ == "__main__":
    main()
