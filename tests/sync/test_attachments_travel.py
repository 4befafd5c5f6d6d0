"""The bytes of attachments on a line: behind the records that name them, a chunk at a time, and never half."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from desktop.models.shared import Attachment
from desktop.store import peers
from desktop.store.unit_of_work import UnitOfWork
from desktop.sync.courier import Courier
from desktop.sync.peer import BlobPeer, NotThere, PeerAway
from desktop.sync.state import Link
from tests.support.enrolled import Enrolled, enrolled_stations, until
from tests.support.profiles import OPERATOR
from tests.support.server import RunningServer
from tests.support.work import add_incident
from wire.messages import BLOB_CHUNK, BlobName, BlobState, Chunk, GetChunk, PutChunk, chunks_of

SCOPE = "operaciones"
SIZE = 2 * BLOB_CHUNK + 100


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(tmp_path / "servidor") as running:
        running.found()
        running.start()
        yield running


@pytest.fixture
def stations(tmp_path: Path, server: RunningServer) -> Iterator[list[Enrolled]]:
    with enrolled_stations(tmp_path, server, ("Central 1", "Central 2")) as made:
        yield made


def attach(station: Enrolled, data: bytes) -> str:
    """Store a file and name it in a record; return its hash."""
    incident = add_incident(station.file.store, "Con foto", lines=1)
    stored = station.blobs.add_chunks([data])

    def body(unit: UnitOfWork) -> None:
        unit.session.add(
            Attachment(
                register="incidents",
                record_id=incident,
                name="foto.jpg",
                media_type="image/jpeg",
                size_bytes=len(data),
                sha256=stored.sha256,
            )
        )

    station.file.store.write(OPERATOR, "incidents.attach", body).result()
    return stored.sha256


@dataclass
class Shelf:
    """Somebody who holds attachments; the line goes dead after `lasts` chunks."""

    data: dict[bytes, bytes] = field(default_factory=dict)
    came: dict[bytes, dict[int, bytes]] = field(default_factory=dict)
    lasts: int = 1_000
    moved: list[int] = field(default_factory=list)

    def blob_states(self, names: Sequence[BlobName]) -> list[BlobState]:
        return [self._state(one.sha256) for one in names]

    def put_chunk(self, chunk: PutChunk) -> BlobState:
        self._move(chunk.chunk)
        came = self.came.setdefault(chunk.sha256, {})
        came[chunk.chunk] = chunk.data
        if len(came) == chunks_of(chunk.size):
            self.data[chunk.sha256] = b"".join(came[place] for place in sorted(came))
        return self._state(chunk.sha256)

    def get_chunk(self, asked: GetChunk) -> Chunk:
        self._move(asked.chunk)
        data = self.data[asked.sha256]
        start = asked.chunk * BLOB_CHUNK
        return Chunk(len(data), data[start : start + BLOB_CHUNK])

    def _move(self, place: int) -> None:
        if len(self.moved) >= self.lasts:
            raise PeerAway("dead")
        self.moved.append(place)

    def _state(self, sha256: bytes) -> BlobState:
        if sha256 in self.data:
            return BlobState(sha256, chunks_of(len(self.data[sha256])), is_whole=True)
        return BlobState(sha256, len(self.came.get(sha256, {})), is_whole=False)


def courier_of(station: Enrolled, shelf: BlobPeer) -> Courier:
    return Courier(station.file.store, station.blobs, shelf, "shelf")


def whole(station: Enrolled, sha256: str) -> bytes:
    return b"".join(station.blobs.chunks(sha256))


def test_a_file_is_on_the_other_station_and_nobody_is_told_up_to_date_before_the_server_has_it(
    stations: list[Enrolled],
) -> None:
    first, second = stations
    data = secrets.token_bytes(SIZE)
    running = [one.begin_service() for one in stations]
    try:
        until(lambda: all(one.state.link is Link.CURRENT for one in running))
        sha256 = attach(first, data)
        assert running[0].state.link is not Link.CURRENT
        until(lambda: running[0].state.link is Link.CURRENT)
        assert first.server_states([sha256]) == [True]
        until(lambda: second.blobs.has(sha256))
    finally:
        for one in running:
            one.close()
    assert whole(second, sha256) == data


def test_a_cut_line_goes_on_at_the_chunk_where_it_ended(stations: list[Enrolled]) -> None:
    first, second = stations
    data = secrets.token_bytes(3 * BLOB_CHUNK)
    sha256 = attach(first, data)
    shelf = Shelf(lasts=2)
    with pytest.raises(PeerAway):
        courier_of(first, shelf).run([SCOPE], [SCOPE])
    assert courier_of(first, shelf).pending() == 1
    shelf.lasts = 1_000
    assert courier_of(first, shelf).run([SCOPE], [SCOPE]).given == 1
    assert shelf.moved == [0, 1, 2]
    assert courier_of(first, shelf).pending() == 0
    assert list(shelf.data.values()) == [data]

    first.exchange()
    second.exchange()
    shelf.moved, shelf.lasts = [], 2
    with pytest.raises(PeerAway):
        courier_of(second, shelf).run([SCOPE], [SCOPE])
    assert not second.blobs.has(sha256)
    shelf.lasts = 1_000
    assert courier_of(second, shelf).run([SCOPE], [SCOPE]).taken == 1
    assert shelf.moved == [0, 1, 2]
    assert whole(second, sha256) == data
    assert second.blobs.parts.held(sha256) == 0


@pytest.mark.parametrize("size", [0, 1, BLOB_CHUNK, BLOB_CHUNK + 1])
def test_files_of_any_size_arrive_as_they_were(stations: list[Enrolled], size: int) -> None:
    first, second = stations
    data = secrets.token_bytes(size)
    sha256 = attach(first, data)
    first.exchange()
    second.exchange()
    assert first.carry().given == 1
    assert first.carry().given == 0
    assert second.carry().taken == 1
    assert whole(second, sha256) == data


def test_what_comes_wrong_is_thrown_away_and_asked_for_again(stations: list[Enrolled]) -> None:
    first, second = stations
    data = secrets.token_bytes(SIZE)
    sha256 = attach(first, data)
    first.exchange()
    second.exchange()
    key = bytes.fromhex(sha256)
    shelf = Shelf({key: bytes(SIZE)})
    assert courier_of(second, shelf).run([SCOPE], [SCOPE]).to_take == 1
    assert not second.blobs.has(sha256)
    shelf.data[key] = data[:-1]
    assert courier_of(second, shelf).run([SCOPE], [SCOPE]).to_take == 1
    shelf.data[key] = data
    assert courier_of(second, shelf).run([SCOPE], [SCOPE]).taken == 1
    assert whole(second, sha256) == data


def test_a_chunk_that_was_damaged_on_this_disk_spoils_nothing(stations: list[Enrolled]) -> None:
    first, second = stations
    data = secrets.token_bytes(SIZE)
    sha256 = attach(first, data)
    first.exchange()
    second.exchange()
    shelf = Shelf({bytes.fromhex(sha256): data}, lasts=2)
    with pytest.raises(PeerAway):
        courier_of(second, shelf).run([SCOPE], [SCOPE])
    (part,) = (second.file.path.parent / "blobs" / "parts").rglob("1")
    assert data[BLOB_CHUNK : BLOB_CHUNK + 64] not in part.read_bytes()
    part.write_bytes(b"damaged")
    shelf.lasts = 1_000
    courier_of(second, shelf).run([SCOPE], [SCOPE])
    assert courier_of(second, shelf).run([SCOPE], [SCOPE]).to_take == 0
    assert whole(second, sha256) == data


def test_neighbours_give_and_take_files_through_a_record_that_both_may_hold(stations: list[Enrolled]) -> None:
    first, second = stations
    given, taken = secrets.token_bytes(SIZE), secrets.token_bytes(SIZE)
    outward, inward = attach(first, given), attach(second, taken)
    first.call(second)
    first.call(second)
    carried = first.carry_to(second)
    assert (carried.given, carried.taken) == (1, 1)
    assert whole(second, outward) == given
    assert whole(first, inward) == taken
    unnamed = second.blobs.add_chunks([b"secreto"]).sha256
    peer = first.peer_of(second)
    try:
        for scope, sha256 in ((SCOPE, unnamed), ("personal", inward)):
            assert peer.blob_states([BlobName(scope, bytes.fromhex(sha256))]) == []
            with pytest.raises(NotThere):
                peer.get_chunk(GetChunk(scope, bytes.fromhex(sha256), 0))
        with pytest.raises(NotThere):
            peer.put_chunk(PutChunk(SCOPE, hashlib.sha256(b"x").digest(), 1, 0, b"x"))
    finally:
        peer.close()


def test_a_server_that_was_restored_is_given_the_files_again(stations: list[Enrolled]) -> None:
    first = stations[0]
    attach(first, b"foto")
    first.exchange()
    assert first.carry().given == 1
    first.file.store.local(lambda connection: peers.forget(connection, "server")).result()
    assert Courier(first.file.store, first.blobs, Shelf(), "server").pending() == 1
