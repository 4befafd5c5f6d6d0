"""Heads: which writes of each field group have not been overwritten, and how they merge (sync.md §1.1 rule 1).

A write removes exactly the dots that it lists and adds its own. More than one head with different values is a
conflict. The normal case, everything as created, is one base stamp and no overrides. Heads are a pure function of
the set of writes that were applied: any order that respects causes gives the same.
"""

from collections.abc import Iterable

import msgspec

from wire.changes import VOIDED, Dot

Stamp = tuple[int, int, int]
"""(hybrid instant, replica, seq) of a write. Its order chooses which of several heads is shown first, nothing else."""

BESIDE = frozenset({VOIDED, "folio"})
"""Groups whose writes are no edit that a deletion could pass over: the deletion itself, and the server's number."""


def dot_of(stamp: Stamp) -> Dot:
    """Return the identity of a write."""
    return stamp[1], stamp[2]


class Heads(msgspec.Struct, array_like=True):
    """The heads of one record.

    `base` is its creation; `groups` the heads of the groups written since, in the order of their stamps; `last` the
    latest write to the record, None when that is its creation; `seen` what each deletion among the heads had seen;
    `also` further creations of the same record, which nobody makes on purpose and which must not divide anybody.
    """

    base: Stamp
    groups: dict[str, list[Stamp]] = {}
    last: Stamp | None = None
    seen: list[tuple[Dot, list[Dot]]] = []
    also: list[Stamp] = []

    @property
    def latest(self) -> Stamp:
        """Return the stamp of the latest write to the record."""
        return self.last or self.base

    def of(self, group: str) -> list[Stamp]:
        """Return the heads of one group, the one that is shown last."""
        return self.groups.get(group) or [self.base, *self.also]

    def overwrite(self, group: str, stamp: Stamp) -> list[Dot]:
        """Record a local write that has seen every head of `group`; return the dots that it replaces."""
        replaced = [dot_of(head) for head in self.of(group)]
        self._put(group, stamp, replaced)
        return replaced

    def merge(self, group: str, stamp: Stamp, replaces: Iterable[Dot]) -> None:
        """Apply a write that has seen only `replaces`."""
        self._put(group, stamp, replaces)

    def _put(self, group: str, stamp: Stamp, replaces: Iterable[Dot]) -> None:
        gone = {*replaces, dot_of(stamp)}
        self.groups[group] = sorted([*(head for head in self.of(group) if dot_of(head) not in gone), stamp])
        if group == VOIDED and self.seen:
            self.seen = [entry for entry in self.seen if entry[0] not in gone]
        self.touch(stamp)

    def touch(self, stamp: Stamp) -> None:
        """Count a write as one to this record."""
        if stamp > self.latest:
            self.last = stamp

    def made_again(self, stamp: Stamp) -> None:
        """Apply another creation of the same record: it is a head of every group, as the first one is."""
        latest = max(self.latest, stamp)
        for group, heads in self.groups.items():
            self.groups[group] = sorted([*heads, stamp])
        self.base, *self.also = sorted([self.base, *self.also, stamp])
        self.last = None if latest == self.base else latest

    def voided(self, stamp: Stamp, seen: list[Dot] | None) -> None:
        """Note what a deletion, already among the heads of its group, had seen; None when it is none after all."""
        others = [entry for entry in self.seen if entry[0] != dot_of(stamp)]
        self.seen = others if seen is None else sorted([*others, (dot_of(stamp), sorted(seen))])

    def knew(self, stamp: Stamp, deletions: Iterable[Dot]) -> None:
        """Note that an edit was made by somebody who knew of these deletions."""
        known = set(deletions)
        self.seen = [
            (dot, sorted({*seen, dot_of(stamp)}) if dot in known else seen) for dot, seen in self.seen
        ]

    def deletions(self) -> list[Dot]:
        """Return the deletions among the heads."""
        return [dot for dot, _ in self.seen]

    def edits(self) -> list[Dot]:
        """Return the heads that a deletion made now would have to list."""
        return sorted(
            {dot_of(head) for group, heads in self.groups.items() if group not in BESIDE for head in heads}
        )

    def unseen(self) -> list[Dot]:
        """Return the edits that a deletion passed over: the record is voided and edited at the same time."""
        if not self.seen:
            return []
        known = set.intersection(*({*seen, own} for own, seen in self.seen))
        known |= {dot_of(made) for made in (self.base, *self.also)}
        return [dot for dot in self.edits() if dot not in known]


_encoder = msgspec.msgpack.Encoder(order="deterministic")
_decoder = msgspec.msgpack.Decoder(Heads)


def pack(heads: Heads) -> bytes:
    """Return the deterministic bytes that a row carries."""
    return _encoder.encode(heads)


def unpack(data: bytes) -> Heads:
    """Return the heads of a row's bytes."""
    return _decoder.decode(data)
