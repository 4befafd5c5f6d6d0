"""Streams of bytes sealed in chunks: attachments and backups.

`magic ‖ salt ‖ (length ‖ ciphertext)*`. Each 1 MiB chunk is AES-256-GCM under a key derived from the salt; its nonce
is its place, and whether it is the last one is authenticated, so that a missing, swapped, repeated or cut chunk is
found. Nothing is given out before its chunk was checked.
"""

import io
import os
import struct
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC: Final = b"ATALAYA1"
CHUNK: Final = 1024 * 1024
_SALT = 16
_LENGTH = struct.Struct(">I")
_TAG = 16
_STRIDE = _LENGTH.size + CHUNK + _TAG


class SealedError(ValueError):
    """The bytes are not what was sealed: another key, or changed, cut or swapped chunks."""


class SealingWriter(io.RawIOBase):
    """Writes through to `target`, sealed; `close` writes the last chunk and leaves `target` open.

    Left by an error, it writes no last chunk: what was cut short never reads as whole.
    """

    def __init__(self, target: IO[bytes], key: bytes, purpose: str) -> None:
        super().__init__()
        salt = os.urandom(_SALT)
        self._target = target
        self._cipher = _cipher(key, salt, purpose)
        self._buffer = bytearray()
        self._place = 0
        self._is_abandoned = False
        target.write(MAGIC + salt)

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: object) -> int:
        """Take bytes; a full chunk is sealed as soon as more comes."""
        view = memoryview(data)  # type: ignore[arg-type]  # the base class allows any buffer
        self._buffer += view
        while len(self._buffer) > CHUNK:
            self._seal(bytes(self._buffer[:CHUNK]), is_last=False)
            del self._buffer[:CHUNK]
        return view.nbytes

    def close(self) -> None:
        """Seal what is left as the last chunk."""
        if self.closed:
            return
        # Closed first: a last chunk that did not fit is not tried again when the object is collected.
        super().close()
        if not self._is_abandoned:
            self._seal(bytes(self._buffer), is_last=True)
        self._buffer.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_abandoned = kind is not None
        super().__exit__(kind, error, trace)

    def _seal(self, chunk: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._place), chunk, _bound(self._place, is_last=is_last))
        self._target.write(_LENGTH.pack(len(sealed)) + sealed)
        self._place += 1


def opened_chunks(source: IO[bytes], key: bytes, purpose: str) -> Iterator[bytes]:
    """Yield the checked chunks of a sealed stream.

    Raises:
        SealedError: the stream is not whole, not ours, or sealed by another key.
    """
    head = source.read(len(MAGIC) + _SALT)
    if len(head) != len(MAGIC) + _SALT or not head.startswith(MAGIC):
        raise SealedError("not a sealed stream")
    cipher = _cipher(key, head[len(MAGIC) :], purpose)
    place = 0
    following = _next(source)
    while following is not None:
        current, following = following, _next(source)
        try:
            yield cipher.decrypt(_nonce(place), current, _bound(place, is_last=following is None))
        except InvalidTag as error:
            raise SealedError(f"chunk {place} is not what was sealed") from error
        place += 1
    if place == 0:
        raise SealedError("a sealed stream has at least one chunk")


def plain_size(sealed_size: int) -> int:
    """Return how many plain bytes a sealed stream of so many bytes holds."""
    body = max(0, sealed_size - len(MAGIC) - _SALT)
    return body - -(-body // _STRIDE) * (_LENGTH.size + _TAG)


def opened_chunk(source: IO[bytes], key: bytes, purpose: str, place: int) -> bytes:
    """Return one checked chunk of a sealed stream that can be sought in.

    Raises:
        SealedError: there is no such chunk, or it is not what was sealed there.
    """
    head = source.read(len(MAGIC) + _SALT)
    if len(head) != len(MAGIC) + _SALT or not head.startswith(MAGIC):
        raise SealedError("not a sealed stream")
    source.seek(place * _STRIDE, os.SEEK_CUR)
    found = _next(source)
    if found is None:
        raise SealedError(f"there is no chunk {place}")
    is_last = not source.read(1)
    try:
        return _cipher(key, head[len(MAGIC) :], purpose).decrypt(
            _nonce(place), found, _bound(place, is_last=is_last)
        )
    except InvalidTag as error:
        raise SealedError(f"chunk {place} is not what was sealed") from error


class OpeningReader(io.RawIOBase):
    """Reads a sealed stream as plain bytes."""

    def __init__(self, source: IO[bytes], key: bytes, purpose: str) -> None:
        super().__init__()
        self._chunks = opened_chunks(source, key, purpose)
        self._buffer = b""

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, into: object) -> int:
        """Fill `into` from the next chunk.

        Raises:
            SealedError: the stream is not what was sealed.
        """
        while not self._buffer:
            following = next(self._chunks, None)
            if following is None:
                return 0
            self._buffer = following
        view = memoryview(into).cast("B")  # type: ignore[arg-type]  # the base class allows any buffer
        count = min(len(view), len(self._buffer))
        view[:count] = self._buffer[:count]
        self._buffer = self._buffer[count:]
        return count


def _next(source: IO[bytes]) -> bytes | None:
    head = source.read(_LENGTH.size)
    if not head:
        return None
    if len(head) != _LENGTH.size:
        raise SealedError("the stream is cut")
    (length,) = _LENGTH.unpack(head)
    if length > CHUNK + _TAG:
        raise SealedError("a chunk is longer than chunks are")
    chunk = source.read(length)
    if len(chunk) != length:
        raise SealedError("the stream is cut")
    return chunk


def _cipher(key: bytes, salt: bytes, purpose: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=salt, info=f"atalaya:sealed:{purpose}".encode()).derive(key))


def _nonce(place: int) -> bytes:
    return place.to_bytes(12, "big")


def _bound(place: int, *, is_last: bool) -> bytes:
    return place.to_bytes(8, "big") + (b"\1" if is_last else b"\0")
