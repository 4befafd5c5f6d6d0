"""Has every attachment its file? The journal vouches for the rows; the bytes lie outside the database."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from desktop.models.shared import Attachment
from desktop.store.blobs import BlobStore
from desktop.store.engine import connect
from desktop.store.store import StoreKeys

MAX_NAMED = 20
"""How many records are named; beyond, attachments are only counted."""


@dataclass(frozen=True, slots=True)
class FilesCheck:
    """What was found: rows of attachments, those without a file, those whose file is not what was attached."""

    rows: int = 0
    missing: int = 0
    damaged: int = 0
    touched: tuple[tuple[str, UUID], ...] = ()
    """Register and id of the first records that lost something."""

    @property
    def is_good(self) -> bool:
        """Tell whether every attachment is there and, when that was looked at, whole."""
        return not self.missing and not self.damaged


def check_files(
    database: Path,
    keys: StoreKeys,
    blobs: BlobStore,
    step: Callable[[int, int], None] = lambda _done, _all: None,
    *,
    deep: bool,
) -> FilesCheck:
    """Look for the file of every attachment in a database; `deep` reads each one through.

    Raises:
        Unavailable: the database does not open with these keys.
        Cancelled: `step` raised it.
    """
    connection = connect(database, keys.database, read_only=True)
    try:
        rows = connection.execute(
            f"SELECT sha256, register, record_id FROM {Attachment.__tablename__} ORDER BY id"  # noqa: S608 - declared
        ).fetchall()
    finally:
        connection.close()
    missing = damaged = 0
    touched: dict[tuple[str, UUID], None] = {}
    for done, (sha256, register, record_id) in enumerate(rows):
        step(done, len(rows))
        if not blobs.has(sha256):
            missing += 1
        elif deep and not blobs.is_sound(sha256):
            damaged += 1
        else:
            continue
        if len(touched) < MAX_NAMED:
            touched[register, UUID(bytes=record_id)] = None
    return FilesCheck(len(rows), missing, damaged, tuple(touched))
