"""Plain values in which lists and records are handed to whoever shows them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from desktop.register.choice import Choice
from desktop.register.kinds import Kind
from desktop.register.record import Confidentiality


class ColumnView(Struct, frozen=True):
    """One column of a list."""

    name: str
    label: str
    kind: Kind
    is_open: bool


class RowView(Struct, frozen=True):
    """One row of a list, cells in the order of the register's columns."""

    rowid: int
    id: UUID
    cells: tuple[str, ...]
    values: tuple[Any, ...]
    is_masked: bool
    is_voided: bool
    confidentiality: Confidentiality


class FieldView(Struct, frozen=True):
    """One field of a record with what its editor needs."""

    name: str
    label: str
    help: str
    kind: Kind
    value: Any
    text: str
    is_required: bool = False
    is_read_only: bool = False
    is_masked: bool = False
    max_length: int | None = None
    choices: tuple[Choice, ...] = ()
    reference: str = ""


class SectionView(Struct, frozen=True):
    """A titled part of the form."""

    title: str
    fields: tuple[FieldView, ...]


class MoveView(Struct, frozen=True):
    """A change of state; `why_not` is empty when it can be made now."""

    key: str
    title: str
    asks_reason: bool
    why_not: str


class LinkView(Struct, frozen=True):
    """A link as seen from one of its ends."""

    id: UUID
    register: str
    record_id: UUID
    kind: str
    name: str
    note: str


class AttachmentView(Struct, frozen=True):
    """A file of the record."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int
    added_by: str
    added_on: str
    sha256: str


class Deadline(Struct, frozen=True):
    """The next date that matters; `days_left` is negative when it has passed."""

    label: str
    on: date
    days_left: int


class RecordView(Struct, frozen=True):
    """One record as its page shows it."""

    register: str
    id: UUID | None
    name: str
    code: str
    sections: tuple[SectionView, ...]
    confidentiality: Confidentiality = Confidentiality.INTERNAL
    is_locked: bool = False
    state: Choice | None = None
    moves: tuple[MoveView, ...] = ()
    deadline: Deadline | None = None
    links: tuple[LinkView, ...] = ()
    attachments: tuple[AttachmentView, ...] = ()
    voided_on: str = ""
    void_reason: str = ""
    may_edit: bool = False
    may_void: bool = False
    created: str = ""
    modified: str = ""

    def field(self, name: str) -> FieldView:
        """Return a field by attribute name.

        Raises:
            LookupError: the form has no such field.
        """
        for section in self.sections:
            for field in section.fields:
                if field.name == name:
                    return field
        raise LookupError(name)
