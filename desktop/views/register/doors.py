"""What a register's page needs beyond its services: files and documents, given by whoever builds the program.

A door that is not given has no button: nothing is greyed out as a promise. All of them run in the pool.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from desktop.operations.queries import ListSpec
from desktop.register.spec import Register
from desktop.views.tasks import Progress


class Files(Protocol):
    """Attachments of records."""

    def add(self, register: Register, record_id: UUID, path: Path) -> UUID:
        """Attach a file and return the attachment's id."""
        ...

    def open_copy(self, attachment_id: UUID) -> Path:
        """Return a readable copy in the profile's private folder."""
        ...

    def save_copy(self, attachment_id: UUID, target: Path) -> None:
        """Write a copy where the person asked."""
        ...


class Documents(Protocol):
    """Prints and exports."""

    def print_record(self, register: Register, record_id: UUID, report: str) -> Path:
        """Make the PDF of a record and return where it lies."""
        ...

    def export_list(
        self, register: Register, spec: ListSpec, target: Path, reason: str, progress: Progress
    ) -> int:
        """Write a list to XLSX or CSV, by the target's ending; return the rows written."""
        ...


@dataclass(frozen=True, slots=True)
class Doors:
    """What was given."""

    files: Files | None = None
    documents: Documents | None = None
