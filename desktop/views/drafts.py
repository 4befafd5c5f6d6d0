"""Unsent input survives a crash: every few seconds what is typed is put aside, encrypted, and offered again.

self.keeper = services.drafts.keep("intake", self, self.values)     # values() -> dict of plain data, or {}
for draft in services.drafts.found("intake"): self.offer(draft.values)
self.keeper.discard()                                               # after saving, or when thrown away
"""

import json
import logging
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from desktop.core.clock import Clock
from desktop.core.ids import new_id

if TYPE_CHECKING:
    from desktop.views.services import Memory

EVERY_MS = 3000
Values = dict[str, Any]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """Input that was never sent; `saved_at` is when it was last put aside."""

    key: str
    values: Values
    saved_at: datetime


class DraftKeeper(QObject):
    """Puts aside the input of one form while it lives."""

    def __init__(
        self, key: str, owner: QObject, collect: Callable[[], Mapping[str, Any]], drafts: "Drafts"
    ) -> None:
        super().__init__(owner)
        self.key = key
        self._collect = collect
        self._drafts = drafts
        self._last: Values = {}
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.save)
        self._timer.start()

    def save(self) -> None:
        """Put the input aside now; an empty or unchanged one costs nothing."""
        values = dict(self._collect())
        if values == self._last:
            return
        self._last = values
        if values:
            self._drafts.put(self.key, values)
        else:
            self._drafts.discard(self.key)

    def discard(self) -> None:
        """Forget the input, because it was saved or thrown away; typing again starts a new draft."""
        self._last = dict(self._collect())
        self._drafts.discard(self.key)


class Drafts:
    """The unsent input of one person on this station."""

    def __init__(self, memory: "Memory", person: UUID, clock: Clock) -> None:
        self._memory = memory
        self._clock = clock
        self._prefix = f"draft/{person}/"
        self._keepers: list[weakref.ref[DraftKeeper]] = []

    def keep(self, form: str, owner: QObject, collect: Callable[[], Mapping[str, Any]]) -> DraftKeeper:
        """Start putting aside what `collect` returns (plain JSON data) until `owner` goes."""
        keeper = DraftKeeper(f"{self._prefix}{form}/{new_id()}", owner, collect, self)
        self._keepers.append(weakref.ref(keeper))
        return keeper

    def save_all(self) -> None:
        """Put aside whatever is typed at this moment, before a page is closed without asking."""
        for keeper in self._living():
            keeper.save()

    def found(self, form: str) -> list[Draft]:
        """Return what was left of `form`, newest first, without what an open form still holds.

        An unreadable one is skipped and logged.
        """
        drafts = []
        held_now = {keeper.key for keeper in self._living()}
        for key in set(self._memory.keys(f"{self._prefix}{form}/")) - held_now:
            text = self._memory.get(key)
            try:
                held = json.loads(text or "")
                drafts.append(Draft(key, dict(held["values"]), datetime.fromisoformat(held["saved_at"])))
            except (ValueError, KeyError, TypeError):
                _log.warning("a draft of %s cannot be read", form)
        return sorted(drafts, key=lambda draft: draft.saved_at, reverse=True)

    def _living(self) -> list[DraftKeeper]:
        alive = [keeper for reference in self._keepers if (keeper := reference()) and isValid(keeper)]
        self._keepers = [weakref.ref(keeper) for keeper in alive]
        return alive

    def put(self, key: str, values: Values) -> None:
        """Remember `values` under the keeper's key."""
        held = {"values": values, "saved_at": self._clock.now().isoformat()}
        self._memory.put(key, json.dumps(held, ensure_ascii=False))

    def discard(self, key: str) -> None:
        """Forget one draft."""
        self._memory.forget(key)
