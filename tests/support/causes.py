"""What follows from causes alone: an oracle that knows nothing of heads, only of who had applied what."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.replicas import Replica
from wire.changes import ChangeSet, Dot, OpKind, decode
from wire.digest import EMPTY, moved, weight_of
from wire.heads import Heads, Stamp
from wire.merge import MAKES, WRITES

Place = tuple[str, int, int]
"""(scope, replica, seq): a change-set among all scopes."""
Record = tuple[str, str, bytes]
"""(scope, table, id)."""


def change_sets(replica: Replica) -> list[ChangeSet]:
    def read(session: Any) -> list[ChangeSet]:
        bodies = session.connection().exec_driver_sql("SELECT body FROM journal ORDER BY n").scalars()
        return [decode(body) for body in bodies]

    return replica.store.read(read).result()


class Pasts:
    """What the author of each change-set had applied before it, by what they said of it themselves."""

    def __init__(self, log: Sequence[ChangeSet]) -> None:
        self._by_place = {place_of(one): one for one in log}
        self._known: dict[Place, frozenset[Dot]] = {}

    def of(self, one: ChangeSet) -> frozenset[Dot]:
        place = place_of(one)
        if place not in self._known:
            known: frozenset[Dot] = frozenset()
            for replica, seq in [*one.deps, (one.replica, one.seq - 1)]:
                if seq:
                    before = self._by_place.get((one.scope, replica, seq))
                    # What was denied has no content here; what its author had applied is not known.
                    known |= {(replica, seq)} | (frozenset() if before is None else self.of(before))
            self._known[place] = known
        return self._known[place]

    def has_seen(self, later: ChangeSet, earlier: ChangeSet) -> bool:
        """Tell whether the author of one had applied another before writing it."""
        return later.scope == earlier.scope and dot_of(earlier) in self.of(later)


def place_of(one: ChangeSet) -> Place:
    return one.scope, one.replica, one.seq


def dot_of(one: ChangeSet) -> Dot:
    return one.replica, one.seq


def heads_of(log: Sequence[ChangeSet]) -> dict[Record, dict[str, list[Stamp]]]:
    """Return, for each record and each group that was written since, the writes that no later one had seen.

    The empty group stands for the creations: heads of every group that nobody wrote since.
    """
    pasts = Pasts(log)
    writes: dict[Record, dict[str, list[ChangeSet]]] = {}
    for one in log:
        for op in one.ops:
            groups = writes.setdefault((one.scope, op.table, op.pk), {})
            if op.kind in MAKES:
                groups.setdefault("", []).append(one)
            elif op.kind in WRITES:
                for group in op.replaces:
                    groups.setdefault(group, []).append(one)
    return {
        record: {
            group: sorted(
                (one.hlc, one.replica, one.seq)
                for one in (found if not group else [*groups[""], *found])
                if not group or not any(pasts.has_seen(later, one) for later in found)
            )
            for group, found in groups.items()
        }
        for record, groups in writes.items()
        if groups
    }


def digests_of(heads: Mapping[Record, Mapping[str, list[Stamp]]]) -> dict[str, bytes]:
    """Return the digest of each scope whose records have these heads."""
    found: dict[str, bytes] = {}
    for (scope, table, pk), groups in heads.items():
        base, *also = groups[""]
        written = {group: stamps for group, stamps in groups.items() if group}
        weight = weight_of(table, pk, Heads(base, written, also=also))
        found[scope] = moved(found.get(scope, EMPTY), weight)
    return found


def open_questions(log: Sequence[ChangeSet]) -> set[tuple[bytes, str]]:
    """Return what a person must decide."""
    past_of = Pasts(log).of
    writes: dict[tuple[bytes, str], list[tuple[ChangeSet, Any]]] = {}
    for one in sorted(log, key=lambda one: one.seq):
        for op in one.ops:
            if op.kind in {OpKind.SET, OpKind.STRIKE}:
                for group in op.replaces:
                    writes.setdefault((op.pk, group), []).append((one, op.values.get(group)))
    heads = {
        key: [
            (one, value)
            for one, value in found
            if not any((one.replica, one.seq) in past_of(later) for later, _ in found)
        ]
        for key, found in writes.items()
    }
    questions = {key for key, found in heads.items() if len({repr(value) for _, value in found}) > 1}
    for (pk, group), found in heads.items():
        if group != "voided":
            continue
        edits = [
            one for (of, other), some in heads.items() if of == pk and other != "voided" for one, _ in some
        ]
        for gone, value in found:
            if value["voided_at"] is None:
                continue
            dot = (gone.replica, gone.seq)
            if any(
                (one.replica, one.seq) not in past_of(gone) and dot not in past_of(one) and one is not gone
                for one in edits
            ):
                questions.add((pk, "voided"))
    return questions
