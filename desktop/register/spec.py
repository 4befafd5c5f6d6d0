"""The words in which a register is declared: typed data and small pure predicates, no callbacks, no Qt.

Fields are named by attribute (`Unit.callsign`), never by string, so that a rename fails in the type checker.
Labels, types, lengths and "required" are read from the mapping.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from desktop.core.i18n import N_
from desktop.register.choice import Choice
from desktop.register.record import Record

Attribute = InstrumentedAttribute[Any]


class Group(Choice):
    """Sections of the navigation rail, in order."""

    OPERATE = "operate", N_("Opera")
    TERRITORY = "territory", N_("Territorio")
    PEOPLE = "people", N_("Personas")
    MANAGEMENT = "management", N_("Gestión")
    CATALOGUES = "catalogues", N_("Catálogos")
    SYSTEM = "system", N_("Sistema")


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a record's form."""

    title: str
    fields: tuple[Attribute, ...]

    def __init__(self, title: str, *fields: Attribute) -> None:
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "fields", fields)


@dataclass(frozen=True, slots=True)
class Transition:
    """A move between two states, shown as a button named by its verb."""

    key: str
    title: str
    source: Choice
    target: Choice
    requires: tuple[Attribute, ...] = ()
    asks_reason: bool = False
    roles: frozenset[str] | None = None
    """Who may make this move when it is fewer than those who may change states here at all."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """The states of a register and the moves between them; no other move is possible."""

    field: Attribute
    transitions: tuple[Transition, ...]

    def __init__(self, field: Attribute, *transitions: Transition) -> None:
        object.__setattr__(self, "field", field)
        object.__setattr__(self, "transitions", transitions)

    def from_state(self, state: Choice) -> tuple[Transition, ...]:
        """Return the moves that start at `state`."""
        return tuple(transition for transition in self.transitions if transition.source is state)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A warning some days before a date field."""

    field: Attribute
    days_before: int


@dataclass(frozen=True, slots=True)
class Report:
    """A document printed from one record: template key and the title that the person reads."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Register:
    """One kind of record as people meet it: list, filters, form, workflow, search, documents.

    `name_by` are the fields that make a record's one-line name in links, search results and prints.
    `search` are the fields whose words are found by the search box. `page` is false for records that only live
    inside another's page (timeline lines, assignments).
    """

    key: str
    title: str
    singular: str
    model: type[Record]
    name_by: tuple[Attribute, ...]
    group: Group = Group.CATALOGUES
    icon: str = "list"
    columns: tuple[Attribute, ...] = ()
    filters: tuple[Attribute, ...] = ()
    form: tuple[Section, ...] = ()
    search: tuple[Attribute, ...] = ()
    sort: Attribute | None = None
    newest_first: bool = False
    workflow: Workflow | None = None
    reminders: tuple[Reminder, ...] = ()
    reports: tuple[Report, ...] = field(default=(Report("record", N_("Ficha")),))
    empty: str = N_("Todavía no hay registros. Pulse Ctrl+N para crear el primero.")
    page: bool = True
    own_page: bool = False
    """True when its page is written by hand (`desktop/views/rail_pages.py`), not drawn from the declaration."""
    generic_forms: bool = True
    """False when records are made and changed only by operations of their own (incidents, users)."""
