"""What an operation is given: who acts, when, what they may, and where to read and write."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from desktop.core.clock import Clock
from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.models.roles import Role, rights_of
from desktop.register.access import Rights
from desktop.register.record import Numbered, Record
from desktop.store.search import SearchIndex
from desktop.store.unit_of_work import UnitOfWork

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `station` is where they sit; `device` its two-character code."""

    user_id: UUID
    name: str
    initials: str
    roles: frozenset[Role]
    station: str
    device: str

    @property
    def rights(self) -> Rights:
        """Return what the roles allow together."""
        return rights_of(self.roles)


SYSTEM_USER = UUID(int=0)
"""The author of what the program does by itself: first set-up, housekeeping."""


@dataclass(slots=True)
class ReadContext:
    """For queries: one consistent state of the file, and nothing that writes."""

    session: Session
    clock: Clock
    actor: Actor
    rights: Rights
    search: SearchIndex

    @property
    def now(self) -> datetime:
        """Return the current instant, in UTC."""
        return self.clock.now()

    def get(self, model: type[R], record_id: UUID) -> R:
        """Return a record.

        Raises:
            UserError: it is not in this station's file.
        """
        found = self.session.get(model, record_id)
        if found is None:
            _missing()
        return found


@dataclass(slots=True)
class Context(ReadContext):
    """For operations: everything done through it is committed together or not at all."""

    unit: UnitOfWork

    @property
    def now(self) -> datetime:
        """Return the instant of this unit of work: the same for every line that it writes."""
        return self.unit.at

    def add(self, record: R) -> R:
        """Add a new record and give it its identity; a numbered one gets its code."""
        numbered: object = record
        if isinstance(numbered, Numbered) and not numbered.code:
            numbered.code = self.unit.allot_code(type(numbered))
        self.session.add(record)
        self.session.flush()
        return record

    def add_rows(self, model: type[Record], rows: list[dict[str, Any]]) -> None:
        """Add many records given as plain values (imports)."""
        self.unit.add_rows(model, rows)

    def name_operation(self, name: str, reason: str | None = None) -> None:
        """Say in the journal what this unit of work does and, where one was asked, why."""
        self.unit.operation = name
        if reason is not None:
            self.unit.reason = reason


def _missing() -> NoReturn:
    raise UserError(tr(N_("Ese registro no está en esta estación.")))
