"""Does this station add up to what the server says, where both hold the same? (I7)

Where it does not, its records are made anew from the signed journal; what still differs then is told to a person.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sqlalchemy import Connection

from desktop.store import agreement, peers
from desktop.store.anew import Record, make_anew
from desktop.store.apply import Applier
from desktop.store.store import Store, Took
from wire.messages import ScopeState

ANEW_AT_ONCE: Final = 200
"""So many records are made anew in a tenth of what an operator would notice."""
_log = logging.getLogger(__name__)

Check = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Compared:
    """The scopes that were held against the peer's word, and those of them that add up to something else here."""

    looked_at: frozenset[str] = frozenset()
    differing: frozenset[str] = frozenset()


def compare(store: Store, name: str, states: Iterable[ScopeState], check: Check) -> Compared:
    """Hold scopes against what a peer says, where both hold the same of them.

    Scopes of which one side has more, or that say what this version cannot store, are not looked at.
    """
    looked_at, differing = set(), set()
    for state in states:
        check()
        digest = _digest(store, name, state, check)
        if digest is None:
            continue
        looked_at.add(state.scope)
        if digest != state.digest:
            _log.error("%s adds up to something else than %s says", state.scope, name)
            differing.add(state.scope)
    return Compared(frozenset(looked_at), frozenset(differing))


def _digest(store: Store, name: str, state: ScopeState, check: Check) -> bytes | None:
    return store.read(lambda session: _ours(session.connection(), name, state, check)).result()


def make_all_anew(store: Store, scope: str, check: Check) -> None:
    """Make every record of a scope anew from the journal, some at a time."""
    left: list[Record] = []

    def look(connection: Connection, applier: Applier) -> Took:
        left.extend(agreement.records_of(connection, applier, scope))
        return Took()

    store.bulk(look).result()
    records = iter(left)
    while some := set(islice(records, ANEW_AT_ONCE)):
        check()
        _make_anew(store, some)


def _make_anew(store: Store, some: set[Record]) -> None:
    def write(connection: Connection, applier: Applier) -> Took:
        make_anew(connection, applier, some)
        return Took()

    store.bulk(write).result()


def _ours(connection: Connection, name: str, state: ScopeState, check: Check) -> bytes | None:
    cursor = peers.cursors(connection, name).get(state.scope)
    if cursor is None or (cursor.epoch, cursor.n) != (state.epoch, state.n):
        return None
    if peers.lacked_by(connection, name, [state.scope]):
        return None
    return agreement.digest_of(connection, state.scope, check)
