"""Attachments: kept once, sealed, told apart when damaged, whole or not at all."""

import hashlib
import os
import random
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.errors import Cancelled, Unavailable, UserError
from desktop.store.blobs import BlobStore
from desktop.store.sealed import CHUNK

KEY = hashlib.sha256(b"adjuntos de pruebas").digest()
ROOT = Path(__file__).resolve().parents[2]
SEALED_CHUNK = CHUNK + 4 + 16
HEAD = 24


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs", KEY)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Return a file of three and a bit chunks."""
    path = tmp_path / "parte.pdf"
    path.write_bytes(random.Random(7).randbytes(3 * CHUNK + 4_321))
    return path


def only_file(blobs: BlobStore) -> Path:
    (file,) = blobs.files()
    return file


def parts(blobs: BlobStore) -> list[Path]:
    return list(blobs._folder.rglob("*.part"))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_what_goes_in_comes_out(blobs: BlobStore, tmp_path: Path, size: int) -> None:
    source = tmp_path / "foto.jpg"
    source.write_bytes(random.Random(size).randbytes(size))

    blob = blobs.add(source)
    target = tmp_path / "copia.jpg"
    blobs.export(blob.sha256, target)

    assert target.read_bytes() == source.read_bytes()
    assert (blob.size_bytes, blob.sha256) == (size, hashlib.sha256(source.read_bytes()).hexdigest())
    assert blobs.has(blob.sha256)
    assert blobs.is_sound(blob.sha256)


@settings(max_examples=30, deadline=None)
@given(pieces=st.lists(st.binary(max_size=200_000), max_size=12))
def test_bytes_that_come_in_any_pieces_are_one_blob(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    blobs = BlobStore(tmp_path_factory.mktemp("blobs"), KEY)

    blob = blobs.add_chunks(pieces)

    assert b"".join(blobs.chunks(blob.sha256)) == b"".join(pieces)


def test_the_same_bytes_are_kept_once(blobs: BlobStore, picture: Path, tmp_path: Path) -> None:
    twin = tmp_path / "otro nombre.pdf"
    twin.write_bytes(picture.read_bytes())

    assert blobs.add(picture) == blobs.add(twin)
    assert len(list(blobs.files())) == 1


def test_the_folder_tells_nothing_about_a_known_document(blobs: BlobStore, tmp_path: Path) -> None:
    known = tmp_path / "conocido.txt"
    known.write_bytes(b"Ordenanza 12 " * 5_000)

    blob = blobs.add(known)

    file = only_file(blobs)
    assert blob.sha256 not in str(file)
    assert file.name != hashlib.sha256(known.read_bytes()).hexdigest()
    assert b"Ordenanza" not in file.read_bytes()
    assert not BlobStore(blobs._folder, bytes(32)).has(blob.sha256)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_only_the_owner_reads_the_sealed_file(blobs: BlobStore, picture: Path) -> None:
    blobs.add(picture)

    assert stat.S_IMODE(only_file(blobs).stat().st_mode) == 0o600
    assert stat.S_IMODE(only_file(blobs).parent.stat().st_mode) == 0o700


def change_bit(held: bytes) -> bytes:
    middle = len(held) // 2
    return held[:middle] + bytes([held[middle] ^ 1]) + held[middle + 1 :]


def swap_chunks(held: bytes) -> bytes:
    first, second = HEAD, HEAD + SEALED_CHUNK
    return (
        held[:first]
        + held[second : second + SEALED_CHUNK]
        + held[first:second]
        + held[second + SEALED_CHUNK :]
    )


def repeat_chunk(held: bytes) -> bytes:
    return held[: HEAD + SEALED_CHUNK] + held[HEAD:]


def drop_last_chunk(held: bytes) -> bytes:
    return held[: HEAD + 3 * SEALED_CHUNK]


def drop_first_chunk(held: bytes) -> bytes:
    return held[:HEAD] + held[HEAD + SEALED_CHUNK :]


DAMAGES = {
    "a changed bit": change_bit,
    "swapped chunks": swap_chunks,
    "a repeated chunk": repeat_chunk,
    "no last chunk": drop_last_chunk,
    "no first chunk": drop_first_chunk,
    "cut inside a chunk": lambda held: held[:-5],
    "cut inside a length": lambda held: held[: HEAD + SEALED_CHUNK + 2],
    "only a head": lambda held: held[:HEAD],
    "nothing": lambda held: b"",
    "bytes after the end": lambda held: held + b"\0",
    "a huge length": lambda held: held[:HEAD] + b"\xff\xff\xff\xff" + held[HEAD + 4 :],
    "another magic": lambda held: b"X" + held[1:],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_every_damage_is_said_and_leaves_no_file_behind(
    blobs: BlobStore, picture: Path, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    blob = blobs.add(picture)
    file = only_file(blobs)
    held = file.read_bytes()
    file.write_bytes(damage(held))
    assert file.read_bytes() != held
    target = tmp_path / "salida" / "copia.pdf"
    target.parent.mkdir()

    with pytest.raises(Unavailable, match="dañado"):
        blobs.export(blob.sha256, target)

    assert list(target.parent.iterdir()) == []
    assert not blobs.is_sound(blob.sha256)


def test_a_sealed_file_put_in_the_place_of_another_is_found(blobs: BlobStore, picture: Path) -> None:
    true = blobs.add(picture)
    false = blobs.add_chunks([b"otro documento, sellado con la misma llave"])
    os.replace(blobs._path(false.sha256), blobs._path(true.sha256))  # noqa: PTH105 - the two are paths of ours

    with pytest.raises(Unavailable, match="dañado"):
        list(blobs.chunks(true.sha256))
    assert not blobs.is_sound(true.sha256)


def test_adding_a_damaged_blob_again_mends_it(blobs: BlobStore, picture: Path) -> None:
    blob = blobs.add(picture)
    only_file(blobs).write_bytes(b"")

    blobs.add(picture)

    assert blobs.is_sound(blob.sha256)


def test_a_blob_that_is_not_here_is_said(blobs: BlobStore) -> None:
    with pytest.raises(Unavailable, match="no está en esta estación"):
        list(blobs.chunks("ab" * 32))
    assert not blobs.is_sound("ab" * 32)


def test_progress_reaches_the_whole_and_a_person_who_stops_leaves_nothing(
    blobs: BlobStore, picture: Path
) -> None:
    seen: list[tuple[int, int]] = []

    def stop_at_the_second(done: int, whole: int) -> None:
        seen.append((done, whole))
        if len(seen) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        blobs.add(picture, stop_at_the_second)

    assert seen == [(CHUNK, picture.stat().st_size), (2 * CHUNK, picture.stat().st_size)]
    assert list(blobs.files()) == parts(blobs) == []
    seen.clear()
    blobs.add(picture, lambda done, whole: seen.append((done, whole)))
    assert seen[-1] == (picture.stat().st_size, picture.stat().st_size)


@pytest.mark.parametrize("name", ["no está.pdf", "carpeta"])
def test_a_file_that_cannot_be_read_is_named(blobs: BlobStore, tmp_path: Path, name: str) -> None:
    (tmp_path / "carpeta").mkdir()

    with pytest.raises(UserError, match=name):
        blobs.add(tmp_path / name)

    assert parts(blobs) == []


def test_a_source_that_fails_while_it_is_read_is_not_taken_for_a_full_disk(
    blobs: BlobStore, tmp_path: Path
) -> None:
    if sys.platform != "linux":
        pytest.skip("needs a file that opens and does not read")

    with pytest.raises(UserError, match="No se pudo leer"):
        blobs.add(Path("/proc/self/mem"))

    assert list(blobs.files()) == parts(blobs) == []


def test_only_blobs_that_no_row_names_and_that_are_old_are_removed(blobs: BlobStore) -> None:
    named = blobs.add_chunks([b"nombrado"])
    old = blobs.add_chunks([b"viejo"])
    fresh = blobs.add_chunks([b"recien agregado"])
    for blob in (named, old):
        os.utime(blobs._path(blob.sha256), (1_000_000, 1_000_000))

    gone = blobs.remove_unreferenced({named.sha256}, datetime(2020, 1, 1, tzinfo=UTC))

    assert gone == 1
    assert [blobs.has(blob.sha256) for blob in (named, old, fresh)] == [True, False, True]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 4 MiB."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root mounts a file system")
    disk = tmp_path / "disco"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine does not let us mount")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("room", [0, 4_096, CHUNK + 100_000, 3 * CHUNK + 4_321])
def test_a_full_disk_is_said_leaves_nothing_and_the_next_try_works(
    small_disk: Path, picture: Path, room: int
) -> None:
    blobs = BlobStore(small_disk / "blobs", KEY)
    before = blobs.add_chunks([b"de antes"])
    ballast = small_disk / "lastre"
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    ballast.write_bytes(b"\0" * (free - room))

    with pytest.raises(Unavailable, match="No queda espacio"):
        blobs.add(picture)

    assert parts(blobs) == []
    assert [file.name for file in blobs.files()] == [blobs._path(before.sha256).name]
    ballast.unlink()
    assert blobs.is_sound(blobs.add(picture).sha256)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_file_system_that_refuses_the_size_is_not_called_full(tmp_path: Path, picture: Path) -> None:
    script = """
import resource, sys
from pathlib import Path
from desktop.core.errors import Unavailable
from desktop.store.blobs import BlobStore
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
folder = Path(sys.argv[1])
try:
    BlobStore(folder, bytes(32)).add(Path(sys.argv[2]))
except Unavailable as error:
    print(error.message)
print([path.name for path in folder.rglob("*")])
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "blobs"), str(picture)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )

    said, left = done.stdout.splitlines()
    assert "No se pudo guardar el adjunto" in said
    assert left == "[]"


def test_a_kill_leaves_only_what_the_next_start_sweeps(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from desktop.store.blobs import BlobStore
def endless():
    while True:
        yield b"x" * 300_000
BlobStore(Path(sys.argv[1]), bytes(32)).add_chunks(endless())
"""
    blobs = BlobStore(tmp_path / "blobs", bytes(32))
    kept = blobs.add_chunks([b"de antes"])
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "blobs")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        end = time.monotonic() + 60
        while not any(path.stat().st_size > 3 * CHUNK for path in parts(blobs)):
            assert child.poll() is None
            assert time.monotonic() < end
            time.sleep(0.01)
    finally:
        child.kill()
        child.wait(10)
    assert len(parts(blobs)) == 1

    assert blobs.sweep() == 1

    assert parts(blobs) == []
    assert [file.name for file in blobs.files()] == [blobs._path(kept.sha256).name]
    assert blobs.sweep() == 0
