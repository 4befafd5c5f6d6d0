"""Doing what several threads ask of one thing in one go: whoever comes while the work is under way is in the next one.

Under load a transaction costs the same for one push as for fifty; alone nobody waits for anybody.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Final, Generic, TypeVar

Asked = TypeVar("Asked")
Given = TypeVar("Given")

MOST: Final = 64


class _Ticket(Generic[Asked, Given]):
    """One who waits: for an answer, or for their turn to do the work for those who came after."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.turn = threading.Event()
        self.given: list[Given] = []
        self.error: BaseException | None = None

    @property
    def is_answered(self) -> bool:
        return bool(self.given) or self.error is not None

    def answer(self) -> Given:
        if self.error is not None:
            raise self.error
        return self.given[0]


class Together(Generic[Asked, Given]):
    """Gathers what is asked by key; `work` answers several at once, in their order, or fails for all of them."""

    def __init__(self, work: Callable[[Sequence[Asked]], Sequence[Given]]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._waiting: defaultdict[Hashable, list[_Ticket[Asked, Given]]] = defaultdict(list)
        self._busy: set[Hashable] = set()

    def ask(self, key: Hashable, asked: Asked) -> Given:
        """Return the answer; raise what the work raised."""
        ticket: _Ticket[Asked, Given] = _Ticket(asked)
        with self._lock:
            self._waiting[key].append(ticket)
            leads = key not in self._busy
            self._busy.add(key)
        if not leads:
            ticket.turn.wait()
            if ticket.is_answered:
                return ticket.answer()
        with self._lock:
            batch, self._waiting[key] = self._waiting[key][:MOST], self._waiting[key][MOST:]
        self._answer(batch)
        self._hand_over(key)
        for one in batch:
            one.turn.set()
        return ticket.answer()

    def _answer(self, batch: list[_Ticket[Asked, Given]]) -> None:
        try:
            for one, given in zip(batch, self._work([one.asked for one in batch]), strict=True):
                one.given.append(given)
        except BaseException as error:
            for one in batch:
                one.given, one.error = [], error

    def _hand_over(self, key: Hashable) -> None:
        """Let the first of those who wait do the next work."""
        with self._lock:
            if self._waiting[key]:
                self._waiting[key][0].turn.set()
            else:
                del self._waiting[key]
                self._busy.discard(key)
