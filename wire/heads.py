"""Heads: which writes of each field group have not been overwritten, and how they merge (sync.md §1.1 rule 1).

A write removes exactly the dots that it lists and adds its own. More than one head with different values is a
conflict. The normal case, everything as created, is one base dot and no overrides.
"""

import msgspec

from wire.changes import Dot


class Heads(msgspec.Struct, array_like=True):
    """The heads of one record: the dot of its creation, and the groups written since."""

    base: Dot
    groups: dict[str, list[Dot]] = {}

    def of(self, group: str) -> list[Dot]:
        """Return the heads of one group."""
        return self.groups.get(group, [self.base])

    def overwrite(self, group: str, dot: Dot) -> list[Dot]:
        """Record a local write that has seen every head of `group`; return the dots that it replaces."""
        replaced = list(self.of(group))
        self.groups[group] = [dot]
        return replaced

    def merge(self, group: str, dot: Dot, replaces: list[Dot]) -> None:
        """Apply a write from elsewhere that has seen only `replaces`."""
        left = [head for head in self.of(group) if head not in replaces and head != dot]
        self.groups[group] = sorted([*left, dot])

    def in_conflict(self) -> frozenset[str]:
        """Return the groups with more than one head."""
        return frozenset(group for group, heads in self.groups.items() if len(heads) > 1)


_encoder = msgspec.msgpack.Encoder(order="deterministic")
_decoder = msgspec.msgpack.Decoder(Heads)


def pack(heads: Heads) -> bytes:
    """Return the deterministic bytes that a row carries."""
    return _encoder.encode(heads)


def unpack(data: bytes) -> Heads:
    """Return the heads of a row's bytes."""
    return _decoder.decode(data)
