"""The bytes of attachments: who may bring them, who may have them, and when they count."""

import hashlib
import secrets

import pytest

from server import blobs, roster_book
from server.blobs import NoBlob
from tests.support.municipality import Municipality, Station
from wire.messages import (
    BLOB_CHUNK,
    MAX_BLOB,
    AskBlobs,
    BlobName,
    BlobState,
    GetChunk,
    MessageError,
    PutChunk,
)

SCOPE = "operaciones"


def attached(municipality: Municipality, station: Station, data: bytes, scope: str = SCOPE) -> bytes:
    """Let a station name a file in a record; return its hash."""
    sha256 = hashlib.sha256(data).digest()
    values = {"sha256": sha256.hex(), "size_bytes": len(data), "name": "foto.jpg"}
    station.create(scope, "attachments", secrets.token_bytes(16), values)
    municipality.push(station, station.piece(scope, len(station.chains[scope])))
    return sha256


def chunks(data: bytes, sha256: bytes, scope: str = SCOPE) -> list[PutChunk]:
    places = range(0, max(len(data), 1), BLOB_CHUNK)
    return [
        PutChunk(scope, sha256, len(data), number, data[place : place + BLOB_CHUNK])
        for number, place in enumerate(places)
    ]


def bring(municipality: Municipality, station: Station, chunk: PutChunk) -> BlobState:
    return blobs.put(municipality.database, municipality.tenant, station.device, chunk)


def ask(municipality: Municipality, station: Station, sha256: bytes, scope: str = SCOPE) -> list[BlobState]:
    asked = AskBlobs([BlobName(scope, sha256)])
    return blobs.states(municipality.database, municipality.tenant, station.device, asked).states


def fetch(municipality: Municipality, station: Station, sha256: bytes, scope: str = SCOPE) -> bytes:
    found = b""
    while True:
        number = len(found) // BLOB_CHUNK
        asked = GetChunk(scope, sha256, number)
        chunk = blobs.get(municipality.database, municipality.tenant, station.device, asked)
        found += chunk.data
        if len(found) >= chunk.size:
            return found


@pytest.mark.parametrize("size", [0, 1, BLOB_CHUNK, BLOB_CHUNK + 1, 2 * BLOB_CHUNK + 7])
def test_what_one_station_brings_in_any_order_and_twice_another_one_gets(
    municipality: Municipality, size: int
) -> None:
    author, other = municipality.station(), municipality.station()
    data = secrets.token_bytes(size)
    sha256 = attached(municipality, author, data)
    assert ask(municipality, other, sha256) == [BlobState(sha256, 0, is_whole=False)]
    pieces = chunks(data, sha256)
    for piece in [*reversed(pieces), *pieces]:
        state = bring(municipality, author, piece)
    assert state == BlobState(sha256, len(pieces), is_whole=True)
    assert ask(municipality, other, sha256) == [state]
    assert fetch(municipality, other, sha256) == data


def test_bytes_count_only_once_all_of_them_are_there(municipality: Municipality) -> None:
    author = municipality.station()
    data = secrets.token_bytes(2 * BLOB_CHUNK)
    sha256 = attached(municipality, author, data)
    first, second = chunks(data, sha256)
    assert bring(municipality, author, first) == BlobState(sha256, 1, is_whole=False)
    with pytest.raises(NoBlob):
        fetch(municipality, author, sha256)
    assert ask(municipality, author, sha256) == [BlobState(sha256, 1, is_whole=False)]
    assert bring(municipality, author, second).is_whole


def test_bytes_that_are_not_what_the_hash_says_are_thrown_away_and_may_be_brought_right(
    municipality: Municipality,
) -> None:
    author = municipality.station()
    data = secrets.token_bytes(BLOB_CHUNK + 5)
    sha256 = attached(municipality, author, data)
    first, second = chunks(data, sha256)
    wrong = PutChunk(SCOPE, sha256, first.size, 0, bytes(BLOB_CHUNK))
    bring(municipality, author, wrong)
    assert bring(municipality, author, second) == BlobState(sha256, 0, is_whole=False)
    assert ask(municipality, author, sha256) == [BlobState(sha256, 0, is_whole=False)]
    other_size = PutChunk(SCOPE, sha256, 3, 0, b"abc")
    bring(municipality, author, other_size)
    for piece in (first, second):
        state = bring(municipality, author, piece)
    assert state.is_whole
    assert fetch(municipality, author, sha256) == data


def test_knowing_a_hash_opens_nothing(municipality: Municipality) -> None:
    """Rule 21: bytes are had through a record of a scope that one may hold."""
    author = municipality.station()
    narrow = municipality.station(reads=("sys", "emergencia"), writes=("sys",))
    reader = municipality.station(reads=("sys", SCOPE), writes=("sys",))
    data = secrets.token_bytes(40)
    sha256 = attached(municipality, author, data)
    (piece,) = chunks(data, sha256)
    for one, scope in ((narrow, SCOPE), (narrow, "emergencia"), (reader, SCOPE), (author, "emergencia")):
        with pytest.raises(NoBlob):
            bring(municipality, one, PutChunk(scope, sha256, piece.size, 0, piece.data))
    unnamed = secrets.token_bytes(32)
    with pytest.raises(NoBlob):
        bring(municipality, author, PutChunk(SCOPE, unnamed, 1, 0, b"x"))
    bring(municipality, author, piece)
    assert fetch(municipality, reader, sha256) == data
    for one, scope in ((narrow, SCOPE), (narrow, "emergencia"), (author, "emergencia")):
        assert ask(municipality, one, sha256, scope) == []
        with pytest.raises(NoBlob):
            fetch(municipality, one, sha256, scope)
    roster_book.revoke_device(municipality.database, municipality.authority, reader.device, "perdida")
    assert ask(municipality, reader, sha256) == []
    with pytest.raises(NoBlob):
        fetch(municipality, reader, sha256)


@pytest.mark.parametrize(
    "wrong",
    [
        PutChunk(SCOPE, bytes(31), 1, 0, b"x"),
        PutChunk(SCOPE, bytes(32), -1, 0, b""),
        PutChunk(SCOPE, bytes(32), MAX_BLOB + 1, 0, bytes(BLOB_CHUNK)),
        PutChunk(SCOPE, bytes(32), 5, 0, b"four"),
        PutChunk(SCOPE, bytes(32), 5, 1, b"five!"),
        PutChunk(SCOPE, bytes(32), 5, -1, b"five!"),
        PutChunk(SCOPE, bytes(32), BLOB_CHUNK + 1, 1, b"xx"),
    ],
)
def test_what_can_be_no_chunk_is_refused(municipality: Municipality, wrong: PutChunk) -> None:
    with pytest.raises(MessageError):
        bring(municipality, municipality.station(), wrong)
    too_many = AskBlobs([BlobName(SCOPE, bytes(32))] * 501)
    with pytest.raises(MessageError):
        blobs.states(municipality.database, municipality.tenant, bytes(16), too_many)
