"""Takes a file of another station, like what comes over a line: any number of times, in any order, cut anywhere.

What is held already is passed over; what does not fit yet needs the file that has the rest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from desktop.core.errors import Unavailable, UserError
from desktop.core.i18n import N_, tr
from desktop.operations.station import Station
from desktop.store import peers
from desktop.store.receive import Chain
from desktop.sync.bundle_parts import NoProgress, ProgressLike, blobs_of, devices_of, member_of
from desktop.sync.enrolment import Membership
from wire.bundle import BlobPiece, BundleError, BundleReader, Frame, NotForUs, maker_of
from wire.messages import Refusal
from wire.segments import Segment, size_of

_MOST_WAITING: Final = 64 * 1024 * 1024
"""Bytes of pieces kept aside while a file is read, until the ones come that they build on."""


@dataclass(slots=True)
class Imported:
    """What was new in a file."""

    maker: str = ""
    taken: int = 0
    attachments: int = 0
    waiting: frozenset[Chain] = frozenset()
    """Chains of which something earlier is missing here: a fuller file is needed."""
    refused: dict[Chain, str] = field(default_factory=dict)
    is_cut: bool = False


def import_bundle(station: Station, path: Path, progress: ProgressLike | None = None) -> Imported:
    """Take what is new in a file; called on a thread that may wait. What was taken before an error stays.

    Raises:
        UserError: the station is not enrolled, or the file is none, is for others, or of a revoked station.
        Unavailable: the file cannot be read, or this station's disk is full or away.
        Cancelled: the person stopped it.
    """
    member = member_of(station)
    try:
        with path.open("rb") as source:
            return _Taking(station, member, source, path, progress or NoProgress()).run()
    except FileNotFoundError as error:
        raise UserError(tr(N_("No se encontró el archivo {name}."), name=path.name)) from error
    except OSError as error:
        raise Unavailable(tr(N_("No se pudo leer {name}."), name=path.name)) from error


def imported_sentence(found: Imported) -> str:
    """Say what was new in a file, and what to do when something did not come in."""
    said = tr(
        N_("De {name}: {count} anotaciones nuevas y {files} adjuntos."),
        name=found.maker or tr(N_("una estación que aquí no se conoce")),
        count=found.taken,
        files=found.attachments,
    )
    if found.is_cut:
        said += " " + tr(
            N_("El archivo está cortado o dañado: se recibió lo que venía antes. Pida otra copia.")
        )
    if found.waiting:
        said += " " + tr(
            N_("Falta algo anterior para recibir el resto: pida un archivo con todo ({option})."),
            option="--all",
        )
    elif found.refused:
        said += " " + tr(N_("Hay anotaciones que no se recibieron; avise a quien administra el servidor."))
    return said


class _Taking:
    def __init__(
        self, station: Station, member: Membership, source: IO[bytes], path: Path, progress: ProgressLike
    ) -> None:
        self._station = station
        self._member = member
        self._progress = progress
        self._source = source
        self._name = path.name
        self._size = path.stat().st_size
        self._blobs = blobs_of(station)
        self._waiting: list[Segment] = []
        self._signed: list[Frame] = []
        self._result = Imported()

    def run(self) -> Imported:
        reader = self._opened()
        frames = reader.frames()
        try:
            for frame in frames:
                self._progress.check()
                self._progress.report(self._source.tell(), self._size)
                if frame.scope not in self._member.scopes:
                    continue
                if frame.tails:
                    self._signed.append(frame)
                if frame.segments:
                    self._take(frame)
                for piece in frame.blobs:
                    self._store(piece, frames)
        except BundleError:
            self._result.is_cut = True
        self._note(reader)
        return self._result

    def _opened(self) -> BundleReader:
        key = X25519PrivateKey.from_private_bytes(self._member.sealing_key)
        try:
            device = maker_of(self._source.read)
            if device == self._member.device:
                raise UserError(tr(N_("Este archivo lo hizo esta misma estación; llévelo a las otras.")))
            if any(one.id == device and one.is_revoked for one in devices_of(self._station)):
                raise UserError(
                    tr(
                        N_("La estación que hizo {name} fue dada de baja; su archivo no se recibe."),
                        name=self._name,
                    )
                )
            self._source.seek(0)
            return BundleReader(self._source.read, key)
        except NotForUs as error:
            raise UserError(
                tr(
                    N_(
                        "{name} no es para esta estación: se hizo para otras, o antes de que esta se inscribiera. "
                        "Pida que la exporten de nuevo."
                    ),
                    name=self._name,
                )
            ) from error
        except BundleError as error:
            raise UserError(
                tr(N_("{name} no es un archivo de intercambio de Atalaya, o está dañado."), name=self._name)
            ) from error

    def _take(self, frame: Frame) -> None:
        segments = [*self._waiting, *frame.segments]
        received = self._station.store.receive(segments, frame.voids, self._member.municipal_key)
        self._result.taken += received.taken
        later = {Refusal.GAP, Refusal.UNKNOWN_REPLICA}
        self._waiting = [one for one in segments if received.refused.get((one.scope, one.replica)) in later]
        while size_of(self._waiting) > _MOST_WAITING:
            self._waiting.pop()
        for chain in {(one.scope, one.replica) for one in segments}:
            self._result.refused.pop(chain, None)
        self._result.refused.update(received.refused)

    def _store(self, piece: BlobPiece, frames: Iterator[Frame]) -> None:
        if piece.offset:
            return
        if self._blobs.has(piece.sha256):
            for _ in _whole(piece, frames, self._progress.check):
                pass
            return
        stored = self._blobs.add_chunks(_whole(piece, frames, self._progress.check))
        if stored.sha256 == piece.sha256:
            self._result.attachments += 1

    def _note(self, reader: BundleReader) -> None:
        """Write down what the maker holds, when it is a station of the municipality that says so."""
        maker = next((one for one in devices_of(self._station) if one.id == reader.device), None)
        self._result.maker = "" if maker is None else maker.name
        self._result.waiting = frozenset(
            chain for chain, kind in self._result.refused.items() if kind == Refusal.GAP
        )
        if maker is None or maker.is_revoked:
            return
        key = Ed25519PublicKey.from_public_bytes(maker.signing_key)
        tails = [tail for frame in self._signed if reader.is_signed(frame, key) for tail in frame.tails]
        self._station.store.local(
            lambda connection: peers.put_held(connection, maker.id.hex(), tails)
        ).result()


def _whole(first: BlobPiece, frames: Iterator[Frame], check: Callable[[], None]) -> Iterator[bytes]:
    """Yield the bytes of an attachment whose pieces follow each other.

    Raises:
        BundleError: they do not.
    """
    piece, done = first, 0
    while True:
        if piece.sha256 != first.sha256 or piece.offset != done or (not piece.data and done < first.size):
            raise BundleError("a piece that does not follow")
        done += len(piece.data)
        yield piece.data
        if done >= first.size:
            return
        check()
        frame = next(frames, None)
        if frame is None or len(frame.blobs) != 1:
            raise BundleError("an attachment was cut")
        piece = frame.blobs[0]
