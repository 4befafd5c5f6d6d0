"""What writing and taking a bundle share: who belongs to the municipality, and who watches a long job."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from sqlalchemy import Connection

from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.operations.station import Station
from desktop.store.blobs import BlobStore
from desktop.sync.enrolment import Membership, membership
from wire import roster

T = TypeVar("T")
SUFFIX: Final = ".atalaya"

_DEVICES: Final = (
    f"SELECT id, name, code, signing_key, sealing_key, scopes, revoked_at FROM {roster.DEVICES} "  # noqa: S608 - declared names
    "WHERE voided_at IS NULL AND length(sealing_key) = 32"
)


class ProgressLike(Protocol):
    """What a long job tells and asks."""

    def report(self, done: int, total: int = 0, text: str = "") -> None:
        """Say how far it is."""

    def check(self) -> None:
        """Raise `Cancelled` when the person asked to stop."""


class NoProgress:
    """Nobody watches."""

    def report(self, done: int, total: int = 0, text: str = "") -> None:
        """Say nothing."""

    def check(self) -> None:
        """Go on."""


@dataclass(frozen=True, slots=True)
class Device:
    """One enrolled workstation, as the server wrote it down."""

    id: bytes
    name: str
    letters: str
    signing_key: bytes
    sealing_key: bytes
    scopes: frozenset[str]
    is_revoked: bool


def member_of(station: Station) -> Membership:
    """Return what the station was given.

    Raises:
        UserError: it is not enrolled.
    """
    member = membership(station.store)
    if member is None:
        raise UserError(
            tr(N_("Esta estación no está inscrita. Inscríbala con: {order}"), order="atalaya sync enroll")
        )
    return member


def devices_of(station: Station) -> list[Device]:
    """Return every station of the municipality that is known here, this one too; the server is none of them."""
    rows = reading(station, lambda connection: connection.exec_driver_sql(_DEVICES).fetchall())
    return [
        Device(
            bytes(row.id),
            row.name,
            row.code,
            bytes(row.signing_key),
            bytes(row.sealing_key),
            frozenset(row.scopes.split()),
            row.revoked_at is not None,
        )
        for row in rows
    ]


def blobs_of(station: Station) -> BlobStore:
    """Return the attachments of a station."""
    return BlobStore(station.profile.blobs, station.master.blobs)


def reading(station: Station, body: Callable[[Connection], T]) -> T:
    """Read from a station's file; waits."""
    return station.store.read(lambda session: body(session.connection())).result()
