"""Writes what the other stations may lack to one file, sealed for them: the exchange by a stick.

The file is written under another name, flushed, read back from its disk and only then renamed.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Connection

from desktop.core.errors import Unavailable, UserError
from desktop.core.i18n import N_, tr
from desktop.operations.station import Station
from desktop.store import give, peers
from desktop.store.receive import tips_of
from desktop.sync.bundle_parts import (
    SUFFIX,
    Device,
    NoProgress,
    ProgressLike,
    blobs_of,
    devices_of,
    member_of,
    reading,
)
from desktop.sync.enrolment import Membership
from wire import roster
from wire.bundle import BlobPiece, BundleError, BundleReader, BundleWriter, Frame, Recipient
from wire.messages import Tail

_PIECE: Final = 1024 * 1024
_ATTACHED: Final = (
    "SELECT DISTINCT a.sha256, j.replica, j.seq FROM attachments AS a "
    "JOIN journal_touch AS t ON t.record_id = a.id JOIN journal AS j ON j.n = t.n WHERE j.scope = ?"
)


@dataclass(frozen=True, slots=True)
class Exported:
    """What a file carries, and for whom."""

    path: Path
    change_sets: int
    attachments: int
    size_bytes: int
    recipients: tuple[str, ...]
    missing_attachments: int
    """Attachments that are named but whose bytes are not on this station."""


def export_bundle(
    station: Station, path: Path, progress: ProgressLike | None = None, *, everything: bool = False
) -> Exported:
    """Write what the other stations may lack to a file; called on a thread that may wait.

    What every recipient is known to hold is left out, unless `everything` is asked for.

    Raises:
        UserError: the station is not enrolled, or there is nobody to export to.
        Unavailable: the file cannot be written; there is nothing under its name.
        Cancelled: the person stopped it; there is nothing under its name.
    """
    member = member_of(station)
    others = [one for one in devices_of(station) if not one.is_revoked and one.id != member.device]
    others = [one for one in others if one.scopes & set(member.scopes)]
    if not others:
        raise UserError(tr(N_("No hay otra estación inscrita para la cual exportar.")))
    path = path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)
    part = path.with_name(f".{path.name}.part")
    maker = _Making(station, member, others, progress or NoProgress(), everything=everything)
    try:
        with part.open("wb") as target:
            maker.write(target)
            target.flush()
            os.fsync(target.fileno())
        maker.check(part)
        size = part.stat().st_size
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise Unavailable(
            tr(
                N_("No se pudo escribir {name}. Revise que haya espacio y que se pueda escribir ahí."),
                name=path.name,
            )
        ) from error
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    names = tuple(sorted(one.name for one in others))
    return Exported(path, maker.change_sets, maker.attachments, size, names, maker.missing)


def exported_sentence(made: Exported) -> str:
    """Say what a file carries and for whom."""
    names = ", ".join(made.recipients)
    said = tr(
        N_("{name}: {count} anotaciones y {files} adjuntos, para {names}."),
        name=made.path.name,
        count=made.change_sets,
        files=made.attachments,
        names=names,
    )
    if made.missing_attachments:
        missing = made.missing_attachments
        said += " " + tr(N_("Faltan {count} adjuntos que no están en esta estación."), count=missing)
    return said


class _Making:
    def __init__(
        self,
        station: Station,
        member: Membership,
        others: list[Device],
        progress: ProgressLike,
        *,
        everything: bool,
    ) -> None:
        self._station = station
        self._member = member
        self._progress = progress
        self._others = others
        self._everything = everything
        self._blobs = blobs_of(station)
        self.change_sets = self.attachments = self.missing = 0
        held = reading(station, tips_of)
        named = set(member.scopes) & {scope for scope, _ in held}
        self._scopes = sorted(named, key=lambda scope: (scope != roster.SYSTEM_SCOPE, scope))
        self._total = sum(seq for (scope, _), (seq, _) in held.items() if scope in named)
        self._size = 0

    def write(self, target: IO[bytes]) -> None:
        recipients = [Recipient(one.sealing_key, one.scopes) for one in self._others]
        # The maker can open it too: that is how it is read back.
        own = X25519PrivateKey.from_private_bytes(self._member.sealing_key).public_key().public_bytes_raw()
        recipients.append(Recipient(own, frozenset(self._scopes)))
        writer = BundleWriter(self._member.device, self._scopes, recipients)
        self._put(target, writer.head)
        for scope in self._scopes:
            tips = reading(self._station, tips_of)
            tails = [Tail(scope, replica, *tip) for (where, replica), tip in tips.items() if where == scope]
            self._put(target, writer.holdings(scope, tails, self._station.keys.signing))
            held = self._held(scope)
            for frame in self._chains(scope, dict(held)):
                self._put(target, writer.frame(frame))
            for piece in self._attachments(scope, held):
                self._put(target, writer.frame(Frame(scope, blobs=[piece])))
        self._put(target, writer.end())

    def check(self, path: Path) -> None:
        """Read a file back from its disk.

        Raises:
            OSError: it does not hold what was written.
        """
        key = X25519PrivateKey.from_private_bytes(self._member.sealing_key)
        with path.open("rb") as source:
            try:
                for _ in BundleReader(source.read, key).frames():
                    self._progress.check()
            except BundleError as error:
                raise OSError("the file does not hold what was written") from error

    def _put(self, target: IO[bytes], data: bytes) -> None:
        self._progress.check()
        target.write(data)

    def _held(self, scope: str) -> dict[int, int]:
        """Return how far every recipient of a scope is known to hold each chain."""
        if self._everything:
            return {}
        readers = [one for one in self._others if scope in one.scopes]

        def look(connection: Connection) -> list[dict[int, int]]:
            return [peers.held_by(connection, one.id.hex()).get(scope, {}) for one in readers]

        known = reading(self._station, look)
        common = set(known[0]).intersection(*known[1:]) if known else set()
        return {replica: min(one[replica] for one in known) for replica in common}

    def _chains(self, scope: str, held: dict[int, int]) -> Iterator[Frame]:
        while True:
            found = reading(
                self._station,
                lambda connection: give.pieces(connection, scope, held, _PIECE, with_voids=True),
            )
            for one in found.segments:
                self.change_sets += one.last - one.start + 1
                held[one.replica] = one.last
            if found.segments:
                self._progress.report(self.change_sets, self._total)
                yield Frame(scope, segments=found.segments, voids=found.voids)
            if not found.more:
                return

    def _attachments(self, scope: str, held: dict[int, int]) -> Iterator[BlobPiece]:
        rows = reading(
            self._station, lambda connection: connection.exec_driver_sql(_ATTACHED, (scope,)).fetchall()
        )
        for sha256 in sorted({row.sha256 for row in rows if row.seq > held.get(row.replica, 0)}):
            if not self._blobs.has(sha256):
                self.missing += 1
                continue
            size = sum(len(chunk) for chunk in self._blobs.chunks(sha256))
            offset = 0
            for chunk in self._blobs.chunks(sha256):
                yield BlobPiece(sha256, offset, size, chunk)
                offset += len(chunk)
            if not size:
                yield BlobPiece(sha256, 0, 0, b"")
            self.attachments += 1
