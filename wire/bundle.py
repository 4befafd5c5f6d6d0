"""Bundles: an exchange in one file, on a stick, sealed for the stations that may read it (sync.md §2.2).

    head   = magic ‖ length ‖ Head                 who made it; one lock for each recipient
    frame  = section ‖ length ‖ sealed Frame        one section for each scope, a key for each section
    end    = an empty frame in every section        without it the file was cut

A lock holds the keys of the sections that its recipient may read, under a secret that only its device can derive
(X25519, HKDF-SHA-256). Frames are AES-256-GCM; the nonce is the frame's place and whether it is the last one, so that
a missing, swapped, repeated or cut frame is found. Each can be taken alone: what is read before a cut counts (I10).
Nothing in clear names a scope, and nobody without a lock learns more than sizes (I9).
"""

import os
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wire.messages import MAX_PACKED, MessageError, Tail, Void, pack, unpack
from wire.segments import Segment
from wire.unreadable import UNREADABLE

MAGIC: Final = b"ATALAYA BUNDLE 1\n"
MAX_HEAD: Final = 1024 * 1024
_LENGTH: Final = struct.Struct(">I")
_FRAME: Final = struct.Struct(">HI")
_NONCE: Final = struct.Struct(">QI")
_KEY_BYTES: Final = 32
_LOCK_NONCE: Final = bytes(12)
"""Each lock has a key of its own, which seals once."""
_SIGNED: Final = b"atalaya bundle holdings 1\0"

Read = Callable[[int], bytes]


class BundleError(ValueError):
    """The file is none of ours, or was cut or changed on its way."""


class NotForUs(BundleError):
    """The file is sealed for other stations."""


class Recipient(NamedTuple):
    """A device that may open a bundle: its X25519 public key, raw, and the scopes that it may hold."""

    sealing_key: bytes
    scopes: frozenset[str]


class BlobPiece(msgspec.Struct, frozen=True, array_like=True):
    """Bytes of an attachment from `offset`; `size` is the whole, `sha256` its plain bytes', in hexadecimal."""

    sha256: str
    offset: int
    size: int
    data: bytes


class Frame(msgspec.Struct, frozen=True, array_like=True):
    """What one frame of a scope carries. The first frame says with `tails` how far the maker holds every chain.

    `signature` is the maker's over the tails; a wrong word about them would cost a later bundle its pieces.
    """

    scope: str
    tails: list[Tail] = []
    signature: bytes = b""
    segments: list[Segment] = []
    voids: list[Void] = []
    blobs: list[BlobPiece] = []


class _Head(msgspec.Struct, frozen=True, array_like=True):
    device: bytes
    ephemeral: bytes
    sections: int
    locks: list[bytes]


class BundleWriter:
    """Makes the bytes of a bundle, in order: `head`, any number of `frame`, `end`."""

    def __init__(self, device: bytes, scopes: Sequence[str], recipients: Sequence[Recipient]) -> None:
        self._sections = {scope: place for place, scope in enumerate(scopes)}
        self._keys = [os.urandom(_KEY_BYTES) for _ in scopes]
        self._places = [0 for _ in scopes]
        ephemeral = X25519PrivateKey.generate()
        self._ephemeral = ephemeral.public_key().public_bytes_raw()
        locks = [self._lock(ephemeral, one) for one in recipients if one.scopes & self._sections.keys()]
        head = msgspec.msgpack.encode(_Head(device, self._ephemeral, len(scopes), locks))
        self.head = MAGIC + _LENGTH.pack(len(head)) + head
        self._device = device

    def holdings(self, scope: str, tails: list[Tail], key: Ed25519PrivateKey) -> bytes:
        """Return the first frame of a scope, signed with the maker's key."""
        signature = key.sign(_holdings_message(self._device, self._ephemeral, scope, tails))
        return self.frame(Frame(scope, tails, signature))

    def frame(self, frame: Frame) -> bytes:
        """Return the bytes of one frame."""
        return self._sealed(self._sections[frame.scope], pack(frame), is_last=False)

    def end(self) -> bytes:
        """Return the bytes without which the file counts as cut."""
        return b"".join(self._sealed(section, b"", is_last=True) for section in range(len(self._keys)))

    def _lock(self, ephemeral: X25519PrivateKey, recipient: Recipient) -> bytes:
        key = X25519PublicKey.from_public_bytes(recipient.sealing_key)
        keys = {
            section: self._keys[section]
            for scope, section in self._sections.items()
            if scope in recipient.scopes
        }
        secret = _lock_key(ephemeral.exchange(key), self._ephemeral, recipient.sealing_key)
        return AESGCM(secret).encrypt(_LOCK_NONCE, msgspec.msgpack.encode(keys), self._ephemeral)

    def _sealed(self, section: int, plain: bytes, *, is_last: bool) -> bytes:
        nonce = _NONCE.pack(self._places[section], is_last)
        self._places[section] += 1
        sealed = AESGCM(self._keys[section]).encrypt(nonce, plain, self._ephemeral)
        return _FRAME.pack(section, len(sealed)) + sealed


class BundleReader:
    """Reads a bundle with a device's sealing key. `read(n)` returns up to `n` bytes, fewer only at the end.

    Raises:
        NotForUs: there is no lock for this key; `maker_of` tells who made the file.
        BundleError: it is no bundle.
    """

    def __init__(self, read: Read, key: X25519PrivateKey) -> None:
        self._read = read
        head = _head_of(read)
        self.device = head.device
        self._ephemeral = head.ephemeral
        self._sections = head.sections
        self._keys = _unlocked(head, key)

    def frames(self) -> Iterator[Frame]:
        """Yield the frames that this device may read, each checked.

        Raises:
            BundleError: the file was cut or changed; what was yielded before is genuine.
        """
        places = dict.fromkeys(self._keys, 0)
        open_sections = set(self._keys)
        while True:
            start = self._read(_FRAME.size)
            if len(start) < _FRAME.size:
                break
            section, length = _FRAME.unpack(start)
            if length > MAX_PACKED or section >= self._sections:
                raise BundleError("a frame that cannot be")
            sealed = self._read(length)
            if len(sealed) < length:
                break
            if section not in open_sections:
                if section in self._keys:
                    raise BundleError("a frame after the last one")
                continue
            plain = self._opened(section, places[section], sealed)
            places[section] += 1
            if plain is None:
                open_sections.discard(section)
                continue
            try:
                yield unpack(plain, Frame)
            except MessageError as error:
                raise BundleError("a frame that cannot be") from error
        if open_sections:
            raise BundleError("the file was cut")

    def is_signed(self, frame: Frame, key: Ed25519PublicKey) -> bool:
        """Tell whether the maker's key signed what a frame says of its holdings."""
        try:
            key.verify(
                frame.signature, _holdings_message(self.device, self._ephemeral, frame.scope, frame.tails)
            )
        except InvalidSignature:
            return False
        return True

    def _opened(self, section: int, place: int, sealed: bytes) -> bytes | None:
        """Return what a frame holds, None at the end of its section."""
        cipher = AESGCM(self._keys[section])
        for is_last in (False, True):
            try:
                plain = cipher.decrypt(_NONCE.pack(place, is_last), sealed, self._ephemeral)
            except InvalidTag:
                continue
            return None if is_last else plain
        raise BundleError("a frame was changed")


def maker_of(read: Read) -> bytes:
    """Return the device that says it made a bundle.

    Raises:
        BundleError: it is no bundle.
    """
    return _head_of(read).device


def _head_of(read: Read) -> _Head:
    if read(len(MAGIC)) != MAGIC:
        raise BundleError("no bundle")
    size = read(_LENGTH.size)
    if len(size) < _LENGTH.size:
        raise BundleError("the file was cut")
    (length,) = _LENGTH.unpack(size)
    if length > MAX_HEAD:
        raise BundleError("a head that cannot be")
    data = read(length)
    if len(data) < length:
        raise BundleError("the file was cut")
    try:
        head = msgspec.msgpack.decode(data, type=_Head)
    except UNREADABLE as error:
        raise BundleError("a head that cannot be") from error
    if len(head.ephemeral) != _KEY_BYTES:
        raise BundleError("a head that cannot be")
    return head


def _unlocked(head: _Head, key: X25519PrivateKey) -> dict[int, bytes]:
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(head.ephemeral))
    except ValueError as error:
        raise BundleError("a head that cannot be") from error
    cipher = AESGCM(_lock_key(shared, head.ephemeral, key.public_key().public_bytes_raw()))
    for lock in head.locks:
        try:
            plain = cipher.decrypt(_LOCK_NONCE, lock, head.ephemeral)
            keys = msgspec.msgpack.decode(plain, type=dict[int, bytes])
        except InvalidTag:
            continue
        except UNREADABLE as error:
            raise BundleError("a lock that cannot be") from error
        if any(len(one) != _KEY_BYTES or not 0 <= section < head.sections for section, one in keys.items()):
            raise BundleError("a lock that cannot be")
        return keys
    raise NotForUs("no lock for this device")


def _lock_key(shared: bytes, ephemeral: bytes, recipient: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=ephemeral + recipient, info=b"atalaya bundle lock 1").derive(
        shared
    )


def _holdings_message(device: bytes, ephemeral: bytes, scope: str, tails: list[Tail]) -> bytes:
    return _SIGNED + msgspec.msgpack.encode([device, ephemeral, scope, tails])
