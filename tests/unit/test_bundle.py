"""The file on a stick: only its recipients read it, each its own scopes, and no cut or changed byte passes unseen."""

import io
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from wire.bundle import (
    MAGIC,
    BlobPiece,
    BundleError,
    BundleReader,
    BundleWriter,
    Frame,
    NotForUs,
    Recipient,
    maker_of,
)
from wire.messages import Tail

MAKER = bytes(range(16))
SIGNING = Ed25519PrivateKey.from_private_bytes(bytes([5]) * 32)
FULL, NARROW, STRANGER = (X25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
CANARY = b"una persona y su domicilio"
TAILS = [Tail("victimas", 7, 3, bytes(32))]


def recipient(key: X25519PrivateKey, *scopes: str) -> Recipient:
    return Recipient(key.public_key().public_bytes_raw(), frozenset(scopes))


def blob(scope: str, data: bytes) -> Frame:
    return Frame(scope, blobs=[BlobPiece("aa", 0, len(data), data)])


def frames_sent() -> list[Frame]:
    return [
        blob("sys", b"gente"),
        blob("victimas", CANARY),
        blob("sys", b"moviles"),
        blob("victimas", b"otra"),
    ]


def made(frames: Sequence[Frame]) -> bytes:
    writer = BundleWriter(
        MAKER, ("sys", "victimas"), [recipient(FULL, "sys", "victimas"), recipient(NARROW, "sys", "otro")]
    )
    parts = [writer.head, writer.holdings("victimas", TAILS, SIGNING)]
    return b"".join([*parts, *map(writer.frame, frames), writer.end()])


WHOLE = made(frames_sent())


def read_by(key: X25519PrivateKey, data: bytes) -> list[Frame]:
    return list(BundleReader(io.BytesIO(data).read, key).frames())


def test_each_recipient_reads_its_scopes_and_nobody_else_reads_anything() -> None:
    assert read_by(FULL, WHOLE)[1:] == frames_sent()
    assert read_by(NARROW, WHOLE) == [frame for frame in frames_sent() if frame.scope == "sys"]
    with pytest.raises(NotForUs):
        BundleReader(io.BytesIO(WHOLE).read, STRANGER)
    assert maker_of(io.BytesIO(WHOLE).read) == MAKER


def test_nothing_in_clear_names_a_scope_or_its_content() -> None:
    for word in (CANARY, b"victimas", b"sys", b"gente"):
        assert word not in WHOLE


def test_a_device_without_any_of_the_scopes_has_no_lock() -> None:
    writer = BundleWriter(MAKER, ("victimas",), [recipient(NARROW, "sys")])
    with pytest.raises(NotForUs):
        read_by(NARROW, writer.head + writer.end())


def test_what_the_maker_holds_is_taken_only_under_its_signature() -> None:
    reader = BundleReader(io.BytesIO(WHOLE).read, FULL)
    first = next(reader.frames())

    assert first.tails == TAILS
    assert reader.is_signed(first, SIGNING.public_key())
    assert not reader.is_signed(first, Ed25519PrivateKey.generate().public_key())
    other = Frame(first.scope, [Tail("victimas", 7, 4, bytes(32))], first.signature)
    assert not reader.is_signed(other, SIGNING.public_key())


def read_until_it_fails(data: bytes) -> tuple[list[Frame], bool]:
    """Return what the full reader is given, and whether it was told that something is wrong."""
    found: list[Frame] = []
    try:
        found.extend(BundleReader(io.BytesIO(data).read, FULL).frames())
    except BundleError:
        return found, True
    return found, False


@given(st.integers(0, len(WHOLE) - 1))
def test_a_cut_file_says_that_it_is_cut(length: int) -> None:
    assert read_until_it_fails(WHOLE[:length])[1]


def test_what_came_before_a_cut_is_given() -> None:
    reader = BundleReader(io.BytesIO(WHOLE[:-1]).read, FULL)
    frames = reader.frames()
    assert [next(frames) for _ in range(5)][1:] == frames_sent()
    with pytest.raises(BundleError):
        next(frames)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_changed_byte_never_passes(place: int, change: int) -> None:
    data = bytearray(WHOLE)
    data[place] ^= change
    found, is_told = read_until_it_fails(bytes(data))
    if not is_told:
        # Another's lock, or the name of the maker, which its signature then no longer bears out.
        assert place < len(head_of(WHOLE))
        assert found[1:] == frames_sent()
        reader = BundleReader(io.BytesIO(bytes(data)).read, FULL)
        assert reader.device == MAKER or not reader.is_signed(found[0], SIGNING.public_key())


def head_of(whole: bytes) -> bytes:
    start = len(MAGIC) + 4
    return whole[: start + int.from_bytes(whole[len(MAGIC) : start])]


@given(st.binary(max_size=400))
@example((3).to_bytes(4) + b"\x91\xa1\x80")
def test_any_other_file_is_refused(data: bytes) -> None:
    with pytest.raises(BundleError):
        read_by(FULL, data)
    with pytest.raises(BundleError):
        read_by(FULL, b"ATALAYA BUNDLE 1\n" + data)


def test_frames_cannot_be_swapped_repeated_or_left_out() -> None:
    writer = BundleWriter(MAKER, ("sys",), [recipient(FULL, "sys")])
    one, two = writer.frame(blob("sys", b"1")), writer.frame(blob("sys", b"2"))
    end = writer.end()
    for frames in ([two, one], [one, one, two], [two], [one], [one, two, end, end], [one, two, end, one]):
        tail = [] if end in frames else [end]
        with pytest.raises(BundleError):
            read_by(FULL, b"".join([writer.head, *frames, *tail]))
    assert len(read_by(FULL, writer.head + one + two + end)) == 2
