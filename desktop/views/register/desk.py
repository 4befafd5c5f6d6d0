"""What a person's desk remembers of a list: columns, order, and filters that were given a name."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from desktop.operations.queries import Compare, Condition, ListSpec, default_spec
from desktop.register.choice import Choice
from desktop.register.kinds import Kind, choices_of, kind_of
from desktop.register.spec import Register

if TYPE_CHECKING:
    from desktop.views.services import Memory

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class ColumnMemory:
    """Columns as the person left them: order by name, widths, and the hidden ones."""

    order: list[str] = field(default_factory=list)
    widths: dict[str, int] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A list that somebody gave a name."""

    name: str
    spec: ListSpec


class ListDesk:
    """One person's memory of one register's list."""

    def __init__(self, memory: Memory, person: UUID, register: Register) -> None:
        self._memory = memory
        self._register = register
        self._columns_key = f"columns/{person}/{register.key}"
        self._order_key = f"order/{person}/{register.key}"
        self._filters_key = f"filters/{person}/{register.key}"

    def columns(self) -> ColumnMemory:
        """Return the columns as they were left; what no longer exists is dropped."""
        held = self._read(self._columns_key)
        known = {column.key for column in self._register.columns}
        widths = held.get("widths", {})
        return ColumnMemory(
            [name for name in held.get("order", []) if name in known],
            {name: int(width) for name, width in widths.items() if name in known},
            [name for name in held.get("hidden", []) if name in known],
        )

    def keep_columns(self, columns: ColumnMemory) -> None:
        """Remember the columns."""
        held = {"order": columns.order, "widths": columns.widths, "hidden": columns.hidden}
        self._memory.put(self._columns_key, json.dumps(held))

    def first_spec(self) -> ListSpec:
        """Return the list as it opens: the register's order or the one that the person chose last."""
        held = self._read(self._order_key)
        spec = default_spec(self._register)
        if held.get("sort") in {column.key for column in self._register.columns}:
            return replace(spec, sort=held["sort"], newest_first=bool(held.get("newest_first")))
        return spec

    def keep_order(self, spec: ListSpec) -> None:
        """Remember the order."""
        held = {"sort": spec.sort, "newest_first": spec.newest_first}
        self._memory.put(self._order_key, json.dumps(held))

    def saved_filters(self) -> list[SavedFilter]:
        """Return the named filters; one that this version cannot read is left out."""
        found = []
        for entry in self._read(self._filters_key).get("filters", []):
            try:
                found.append(SavedFilter(str(entry["name"]), self._spec(entry)))
            except (KeyError, ValueError, TypeError, AttributeError, LookupError):
                _log.warning("a saved filter of %s cannot be read", self._register.key)
        return found

    def save_filter(self, name: str, spec: ListSpec) -> None:
        """Remember a filter by name; the same name is replaced."""
        kept = [saved for saved in self.saved_filters() if saved.name != name]
        self._put_filters([*kept, SavedFilter(name, spec)])

    def forget_filter(self, name: str) -> None:
        """Remove a named filter."""
        self._put_filters([saved for saved in self.saved_filters() if saved.name != name])

    def _put_filters(self, filters: list[SavedFilter]) -> None:
        held = {"filters": [{"name": saved.name, **_plain(saved.spec)} for saved in filters]}
        self._memory.put(self._filters_key, json.dumps(held, ensure_ascii=False))

    def _spec(self, entry: Mapping[str, Any]) -> ListSpec:
        conditions = []
        for held in entry["conditions"]:
            column = getattr(self._register.model, held["field"])
            conditions.append(
                Condition(
                    held["field"],
                    Compare[held["compare"]],
                    tuple(_value(column, value) for value in held["values"]),
                    _value(column, held["low"]),
                    _value(column, held["high"]),
                )
            )
        return ListSpec(
            tuple(conditions),
            str(entry["words"]),
            str(entry["sort"]),
            bool(entry["newest_first"]),
            bool(entry["with_voided"]),
        )

    def _read(self, key: str) -> dict[str, Any]:
        try:
            held = json.loads(self._memory.get(key) or "{}")
        except ValueError:
            return {}
        return held if isinstance(held, dict) else {}


def _plain(spec: ListSpec) -> dict[str, Any]:
    return {
        "conditions": [
            {
                "field": condition.field,
                "compare": condition.compare.name,
                "values": [_as_plain(value) for value in condition.values],
                "low": _as_plain(condition.low),
                "high": _as_plain(condition.high),
            }
            for condition in spec.conditions
        ],
        "words": spec.words,
        "sort": spec.sort,
        "newest_first": spec.newest_first,
        "with_voided": spec.with_voided,
    }


def _as_plain(value: Any) -> Any:
    if isinstance(value, Choice):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return value.hex if isinstance(value, UUID) else value


def _value(column: Any, plain: Any) -> Any:
    if plain is None:
        return None
    kind = kind_of(column)
    if kind is Kind.CHOICE:
        return choices_of(column)(plain)
    if kind in {Kind.DAY, Kind.INSTANT}:
        return date.fromisoformat(plain)
    return UUID(plain) if kind is Kind.REFERENCE else plain
