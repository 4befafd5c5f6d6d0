"""Gives change-sets that are written again new dots, and names the dots in them anew (`branching`)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from desktop.store.receive import Chain
from wire.changes import ChangeSet, Dot, decode

_BODIES: Final = "SELECT body FROM journal WHERE scope = ? AND replica = ? AND seq <= ? ORDER BY seq"


class Renaming:
    """New dots for `change_sets`, which were taken out of the journal; each chain begins anew under its new name.

    `names` gives the new id of each of their authors, `held` how far every other chain will be held. Ask in the
    order in which they are written.
    """

    def __init__(
        self,
        connection: Connection,
        names: Mapping[int, int],
        change_sets: Iterable[ChangeSet],
        held: Mapping[Chain, int],
    ) -> None:
        self._connection = connection
        self._names = names
        self._new = frozenset(names.values())
        self._held = held
        self._kept: dict[Chain, int] = {}
        self._places: dict[Chain, dict[int, int]] = {}
        self._said: dict[Chain, dict[int, int]] = {}
        for one in change_sets:
            chain = (one.scope, one.replica)
            self._kept.setdefault(chain, one.seq - 1)
            places = self._places.setdefault(chain, {})
            places[one.seq] = len(places) + 1

    def renamed(self, one: ChangeSet) -> ChangeSet:
        """Return a change-set in its new place."""
        scope = one.scope
        chain = (scope, one.replica)
        replica, seq = self._names[one.replica], self._places[chain][one.seq]
        deps = self._deps(scope, one.deps)
        if seq == 1:
            deps = self._past(chain, self._kept[chain], deps)
        said = self._said.setdefault((scope, replica), {})
        said.update(deps)
        named: dict[int, int] = {}

        def renamed(dots: Sequence[Dot]) -> list[Dot]:
            found = sorted(
                dot for dot in (self._dot(scope, dot) for dot in dots) if self._is_held(scope, dot)
            )
            named.update(dot for dot in found if dot[0] != replica and dot[1] > said.get(dot[0], 0))
            return found

        ops = [
            msgspec.structs.replace(
                op,
                replaces={group: renamed(dots) for group, dots in op.replaces.items()},
                seen=renamed(op.seen),
            )
            for op in one.ops
        ]
        # Whoever overwrites a write has applied it; numbers of another branch may have hidden that.
        said.update(named)
        deps = sorted({**dict(deps), **named}.items())
        return msgspec.structs.replace(one, replica=replica, seq=seq, deps=deps, ops=ops)

    def _is_held(self, scope: str, dot: Dot) -> bool:
        """Tell whether a dot means a write here; one of a branch that nobody holds overwrote nothing."""
        replica, seq = dot
        return replica in self._new or seq <= self._held.get((scope, replica), 0)

    def _past(self, chain: Chain, cut: int, deps: Sequence[Dot]) -> list[Dot]:
        """Return all that the author had applied: what the part of the chain says that stays, that part, and `deps`."""
        past: dict[int, int] = {chain[1]: cut} if cut else {}
        for body in self._connection.exec_driver_sql(_BODIES, (*chain, cut)).scalars():
            past.update(decode(body).deps)
        past.update(deps)
        return sorted(past.items())

    def _dot(self, scope: str, dot: Dot) -> Dot:
        replica, seq = dot
        place = self._places.get((scope, replica), {}).get(seq)
        return dot if place is None else (self._names[replica], place)

    def _deps(self, scope: str, dots: Sequence[Dot]) -> list[Dot]:
        """Return how far chains had been applied; places that the municipality denied have no new ones."""
        deps: list[Dot] = []
        for replica, seq in dots:
            places = self._places.get((scope, replica), {})
            before = [old for old in places if old <= seq]
            if not before:
                # Of a chain that was cut, more had been applied than there is any more.
                known = min(seq, self._held.get((scope, replica), 0))
                if known:
                    deps.append((replica, known))
                continue
            deps.append((self._names[replica], places[max(before)]))
            if self._kept[scope, replica]:
                deps.append((replica, self._kept[scope, replica]))
        return sorted(deps)
