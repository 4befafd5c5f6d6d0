"""How a write from anywhere changes a record: the one merge that desktop, server and tests share (sync.md §1.1).

The state of a record is a pure function of the set of writes applied to it: any order that respects causes, any
batching and any repetition of the whole gives the same state (I4). Nothing here reads a clock or a file.
"""

import msgspec

from wire.changes import VOIDED, VOIDED_AT, Op, OpKind, Value, Values
from wire.heads import Heads, Stamp, dot_of

GroupValue = Value | dict[str, Value]
MAKES = frozenset({OpKind.CREATE, OpKind.APPEND})
WRITES = MAKES | {OpKind.SET, OpKind.STRIKE}


class MergeError(ValueError):
    """The op cannot belong to this history: it changes what was never made. Its change-set is set apart, alone."""


class Version(msgspec.Struct, frozen=True, array_like=True):
    """What one of several concurrent writes gave a group."""

    stamp: Stamp
    value: GroupValue


class RecordState(msgspec.Struct):
    """A record as its writes add up to. `values` shows, for each group, its latest head; empty values are absent.

    `rivals` holds, for each group with several heads, what each of them wrote, in the order of their stamps.
    """

    heads: Heads
    values: Values
    created_by: bytes
    modified_by: bytes
    rivals: dict[str, list[Version]] = {}


def make(op: Op, stamp: Stamp, actor: bytes) -> RecordState:
    """Return the state of a record that `op` makes."""
    values: Values = {}
    for group, value in op.values.items():
        kept = _kept(value) if isinstance(value, dict) else value
        if kept is not None:
            values[group] = kept
    return RecordState(Heads(base=stamp), values, actor, actor)


def merge(state: RecordState | None, op: Op, stamp: Stamp, actor: bytes) -> RecordState:
    """Return the state after `op`, written by `actor` as part of the change-set of `stamp`; `state` is used up.

    Raises:
        MergeError: it changes a record that was never made.
    """
    if state is None:
        if op.kind not in MAKES:
            raise MergeError(f"{op.kind} of a record of {op.table} that was never made")
        return make(op, stamp, actor)
    if stamp > state.heads.latest:
        state.modified_by = actor
    if op.kind in MAKES:
        _made_again(state, op, stamp, actor)
        return state
    for group, replaced in op.replaces.items():
        versions = _versions(state, group)
        state.heads.merge(group, stamp, replaced)
        left = {dot_of(head) for head in state.heads.of(group)}
        versions = [version for version in versions if dot_of(version.stamp) in left]
        _settle(state, group, sorted([*versions, Version(stamp, _kept(op.values.get(group)))], key=_stamp_of))
    if VOIDED in op.replaces and _is_voiding(op):
        state.heads.voided(stamp, op.seen)
    elif op.seen:
        state.heads.knew(stamp, op.seen)
    state.heads.touch(stamp)
    return state


def conflicts(state: RecordState) -> frozenset[str]:
    """Return the groups about which a person must decide: several heads that do not say the same.

    `VOIDED` is among them when the record was voided by somebody who did not know of an edit.
    """
    found = {
        group
        for group, versions in state.rivals.items()
        if any(version.value != versions[0].value for version in versions)
    }
    if state.heads.unseen():
        found.add(VOIDED)
    return frozenset(found)


def _made_again(state: RecordState, op: Op, stamp: Stamp, actor: bytes) -> None:
    if stamp < state.heads.base:
        state.created_by = actor
    groups = sorted({*state.values, *state.heads.groups, *state.rivals, *op.values})
    versions = {group: _versions(state, group) for group in groups}
    state.heads.made_again(stamp)
    for group in groups:
        own = Version(stamp, _kept(op.values.get(group)))
        _settle(state, group, sorted([*versions[group], own], key=_stamp_of))


def _versions(state: RecordState, group: str) -> list[Version]:
    if group in state.rivals:
        return state.rivals[group]
    return [Version(head, state.values.get(group)) for head in state.heads.of(group)]


def _settle(state: RecordState, group: str, versions: list[Version]) -> None:
    """Show the latest version, and keep all of them while there are several."""
    shown = versions[-1].value
    if shown is None:
        state.values.pop(group, None)
    else:
        state.values[group] = shown
    if len(versions) > 1:
        state.rivals[group] = versions
    else:
        state.rivals.pop(group, None)


def _kept(value: GroupValue) -> GroupValue:
    """Return a value without what is empty in it, None when that is all: absent and empty are one state."""
    if not isinstance(value, dict):
        return value
    kept = {name: part for name, part in value.items() if part is not None}
    return kept or None


def _is_voiding(op: Op) -> bool:
    value = op.values.get(VOIDED)
    return isinstance(value, dict) and value.get(VOIDED_AT) is not None


def _stamp_of(version: Version) -> Stamp:
    return version.stamp
