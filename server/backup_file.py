"""The file of a backup: frames sealed one by one, under a key that only the municipality's passphrase gives.

    head  = magic ‖ length ‖ Head ‖ proof          whose it is; the proof tells a wrong passphrase from damage
    frame = length ‖ sealed Rows                    some rows of one table
    end   = length ‖ sealed counts                  without it the file was cut

Frames are AES-256-GCM; the nonce is the frame's place and whether it is the last one, so that a missing, swapped,
repeated or cut frame is found. Nothing but the municipality's short name and sizes is in the clear.
"""

import hmac
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final

import msgspec
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.sealing import Cost, is_bearable, stretched
from wire.unreadable import UNREADABLE

MAGIC: Final = b"ATALAYA SERVER BACKUP 1\n"
FRAME_BYTES: Final = 1024 * 1024
"""A frame is closed when its rows pass this; one row may be as large as a record or a piece may be."""
_MAX_HEAD: Final = 4096
_MAX_FRAME: Final = 32 * 1024 * 1024
_LENGTH: Final = struct.Struct(">I")
_NONCE: Final = struct.Struct(">QI")
_SALT_BYTES: Final = 16
_PROOF_BYTES: Final = 32
_KEY_BYTES: Final = 32
_LEVEL: Final = 3


class Fault:
    """Why a backup could not be made or brought back; told to programs, never renamed."""

    EXISTS: Final = "exists"
    DISK: Final = "disk"
    FOREIGN: Final = "foreign"
    PASSPHRASE: Final = "passphrase"  # noqa: S105 - a name, not one
    DAMAGED: Final = "damaged"
    VERSION: Final = "version"
    OCCUPIED: Final = "occupied"


class BackupError(Exception):
    """A backup cannot be made or used; `fault` says why."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Head(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a backup without its passphrase. `schema` is the version of the tables."""

    tenant: str
    schema: str
    made_ms: int
    salt: bytes
    cost: Cost


class Rows(msgspec.Struct, frozen=True, array_like=True):
    """Some rows of a table; values are integers, texts, bytes or nothing."""

    table: str
    columns: list[str]
    rows: list[list[Any]]


class BackupWriter:
    """Writes a backup in order: rows, then `end`."""

    def __init__(
        self, file: BinaryIO, tenant: str, schema: str, made_ms: int, passphrase: str, cost: Cost
    ) -> None:
        head = Head(tenant, schema, made_ms, os.urandom(_SALT_BYTES), cost)
        self._file, self._head = file, msgspec.msgpack.encode(head)
        key, proof = _keys(head, self._head, passphrase)
        self._cipher, self._place = AESGCM(key), 0
        file.write(MAGIC + _LENGTH.pack(len(self._head)) + self._head + proof)

    def rows(self, table: str, columns: Sequence[str], rows: list[list[Any]]) -> None:
        """Write some rows."""
        self._write(msgspec.msgpack.encode(Rows(table, list(columns), rows)), is_last=False)

    def end(self, counts: Mapping[str, int]) -> None:
        """Write how many rows each table has, without which the file counts as cut."""
        self._write(msgspec.msgpack.encode(counts), is_last=True)

    def _write(self, plain: bytes, *, is_last: bool) -> None:
        packed = zstandard.compress(plain, _LEVEL)
        sealed = self._cipher.encrypt(_NONCE.pack(self._place, is_last), packed, self._head)
        self._place += 1
        self._file.write(_LENGTH.pack(len(sealed)) + sealed)


def read_head(file: BinaryIO) -> Head:
    """Return what a backup says of itself.

    Raises:
        BackupError: it is no backup of a server.
    """
    return _read_head(file)[0]


class BackupReader:
    """Reads a backup from its beginning.

    Raises:
        BackupError: it is no backup, is damaged, or the passphrase is not the one.
    """

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._file = file
        self.head, self._raw = _read_head(file)
        key, proof = _keys(self.head, self._raw, passphrase)
        if not hmac.compare_digest(proof, file.read(_PROOF_BYTES)):
            raise BackupError(Fault.PASSPHRASE)
        self._cipher = AESGCM(key)
        self.counts: dict[str, int] = {}

    def frames(self) -> Iterator[Rows]:
        """Yield the frames; `counts` is known once they are all read.

        Raises:
            BackupError: the file was cut or changed; what was yielded before is genuine.
        """
        place = 0
        while True:
            plain, is_last = self._next(place)
            place += 1
            try:
                if not is_last:
                    yield msgspec.msgpack.decode(plain, type=Rows)
                    continue
                self.counts = msgspec.msgpack.decode(plain, type=dict[str, int])
            except UNREADABLE as error:
                raise BackupError(Fault.DAMAGED) from error
            break
        if self._file.read(1):
            raise BackupError(Fault.DAMAGED)

    def _next(self, place: int) -> tuple[bytes, bool]:
        start = self._file.read(_LENGTH.size)
        length = _LENGTH.unpack(start)[0] if len(start) == _LENGTH.size else _MAX_FRAME + 1
        if length > _MAX_FRAME:
            raise BackupError(Fault.DAMAGED)
        sealed = self._file.read(length)
        for is_last in (False, True):
            try:
                packed = self._cipher.decrypt(_NONCE.pack(place, is_last), sealed, self._raw)
                return zstandard.decompress(packed), is_last
            except InvalidTag:
                continue
            except zstandard.ZstdError as error:
                raise BackupError(Fault.DAMAGED) from error
        raise BackupError(Fault.DAMAGED)


def _read_head(file: BinaryIO) -> tuple[Head, bytes]:
    if file.read(len(MAGIC)) != MAGIC:
        raise BackupError(Fault.FOREIGN)
    start = file.read(_LENGTH.size)
    length = _LENGTH.unpack(start)[0] if len(start) == _LENGTH.size else _MAX_HEAD + 1
    if length > _MAX_HEAD:
        raise BackupError(Fault.DAMAGED)
    data = file.read(length)
    try:
        head = msgspec.msgpack.decode(data, type=Head)
    except UNREADABLE as error:
        raise BackupError(Fault.DAMAGED) from error
    if len(head.salt) != _SALT_BYTES or not is_bearable(head.cost):
        raise BackupError(Fault.DAMAGED)
    return head, data


def _keys(head: Head, raw: bytes, passphrase: str) -> tuple[bytes, bytes]:
    """Return the key of the frames and the proof that it is the right one for this head."""
    secret = stretched(passphrase, head.salt, head.cost)
    key = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"atalaya server backup frames 1").derive(secret)
    proving = HKDF(SHA256(), _KEY_BYTES, salt=None, info=b"atalaya server backup proof 1").derive(secret)
    return key, hmac.digest(proving, raw, "sha256")
