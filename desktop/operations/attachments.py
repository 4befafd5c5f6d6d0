"""Files of records: added, opened, handed out; their bytes lie sealed outside the database.

Everything here runs in the pool: bytes first, then the row, so that a row never points to nothing.
"""

from __future__ import annotations

import mimetypes
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.models.catalogue import BY_KEY
from desktop.models.shared import ATTACHMENTS, Attachment
from desktop.operations.context import Context, ReadContext
from desktop.operations.copies import Copies, safe_name
from desktop.operations.names import owner_of
from desktop.operations.record_queries import is_confidential, is_unlocked, readable_record
from desktop.register.access import Action
from desktop.register.spec import Register

if TYPE_CHECKING:
    from desktop.operations.station import Station
    from desktop.store.blobs import Blob, BlobStore

KEEP_STRAYS = timedelta(days=30)


class RecordFiles:
    """The files of one station's records."""

    def __init__(self, station: Station, blobs: BlobStore, copies: Copies) -> None:
        self._station = station
        self._blobs = blobs
        self._copies = copies

    def add(self, register: Register, record_id: UUID, path: Path) -> UUID:
        """Attach a file and return the attachment's id.

        Raises:
            NotAllowed: the role may not attach here.
            UserError: the file cannot be read, or the record was not opened with its reason.
            Unavailable: there is no room.
        """
        self._station.read(lambda ctx: _check_may_add(ctx, register, record_id)).result()
        blob = self._blobs.add(path)
        return self._station.write(lambda ctx: add_row(ctx, register, record_id, path.name, blob)).result()

    def open_copy(self, attachment_id: UUID) -> Path:
        """Return a readable copy in a folder that only this person may read; it goes when the program ends.

        Raises:
            UserError: the attachment is not here, or its record was not opened with its reason.
            Unavailable: its bytes are missing or damaged.
        """
        name, sha256 = self._station.write(lambda ctx: _hand_out(ctx, attachment_id, "open")).result()
        target = self._copies.place(attachment_id, name)
        self._blobs.export(sha256, target)
        return target

    def save_copy(self, attachment_id: UUID, target: Path) -> None:
        """Write a copy where the person asked; it is journalled.

        Raises:
            UserError: the attachment is not here, or its record was not opened with its reason.
            Unavailable: its bytes are missing, or the target cannot be written.
        """
        _, sha256 = self._station.write(lambda ctx: _hand_out(ctx, attachment_id, "export")).result()
        self._blobs.export(sha256, target)


def remove_strays(station: Station, blobs: BlobStore) -> int:
    """Remove files that no row came to name, because the program or the power was cut off; return how many went.

    Where the database itself lost entries, a file without a row may be all that is left of them: nothing goes then.
    """
    if station.store.has_lost:
        return 0
    named = station.read_as(
        station.system, lambda ctx: set(ctx.session.scalars(select(Attachment.sha256)))
    ).result()
    return blobs.remove_unreferenced(named, station.clock.now() - KEEP_STRAYS)


def add_row(ctx: Context, register: Register, record_id: UUID, name: str, blob: Blob) -> UUID:
    """Note in the database that a stored file belongs to a record; it takes the record's confidentiality."""
    _check_may_add(ctx, register, record_id)
    record = readable_record(ctx, register, record_id)
    ctx.name_operation(f"{register.key}.attach")
    made = Attachment(
        register=register.key,
        record_id=record_id,
        name=safe_name(name),
        media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        size_bytes=blob.size_bytes,
        sha256=blob.sha256,
        confidentiality=record.confidentiality,
    )
    return ctx.add(made).id


def _check_may_add(ctx: ReadContext, register: Register, record_id: UUID) -> None:
    record = readable_record(ctx, register, record_id)
    ctx.rights.check(Action.CREATE, ATTACHMENTS.key, record.confidentiality)
    if not is_unlocked(ctx, register, record):
        raise UserError(tr(N_("Abra primero el registro indicando el motivo; después podrá adjuntar.")))
    if record.voided_at is not None:
        raise UserError(tr(N_("Este registro está anulado; ya no recibe archivos.")))


def _hand_out(ctx: Context, attachment_id: UUID, verb: str) -> tuple[str, str]:
    """Return name and hash of an attachment that may be handed out, and leave who took it in the journal."""
    attachment = readable_record(ctx, ATTACHMENTS, attachment_id)
    if not isinstance(attachment, Attachment):
        raise TypeError("not an attachment")
    owner = owner_of(attachment)
    record = readable_record(ctx, BY_KEY[owner[0]], owner[1]) if owner is not None else attachment
    if owner is not None and not is_unlocked(ctx, BY_KEY[owner[0]], record):
        raise UserError(
            tr(N_("Abra primero el registro indicando el motivo; después podrá ver sus archivos."))
        )
    if verb == "export" or is_confidential(record):
        ctx.name_operation(f"{ATTACHMENTS.key}.{verb}")
        ctx.unit.capture.read(attachment)
    return attachment.name, attachment.sha256
