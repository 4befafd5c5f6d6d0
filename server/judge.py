"""Whether a change-set may count: who wrote it, about what, and in which form. Whatever no rule allows is denied.

A verdict is about one change-set of a checked chain; what its device may do in the scope was asked before.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from server.chains import Chain
from server.limits import MAX_DEPS, MAX_INTEGER, MAX_OPS, MAX_STATE, is_table
from server.records import Key, Records
from wire.changes import VOIDED, VOIDED_AT, ChangeSet, Op, OpKind, Value
from wire.heads import Stamp
from wire.merge import MAKES, WRITES, RecordState
from wire.roster import ADMINISTRATOR, DEVICES, REPLICAS, ROLES_FIELD, SETTINGS, SYSTEM_SCOPE, USERS

PROGRAM: Final = bytes(16)
"""The actor of what the program itself writes."""
FOLIO: Final = "folio"
CODE: Final = "code"
OWN_GROUPS: Final = frozenset({"password", "second_factor"})
"""What people may write about themselves."""
_KINDS: Final = frozenset(
    value for name, value in vars(OpKind).items() if name.isupper() and isinstance(value, str)
)
_SERVERS_OWN: Final = frozenset({DEVICES, REPLICAS})
_GUARDED: Final = frozenset({USERS, SETTINGS})
_SETTERS: Final = frozenset({ADMINISTRATOR, "director"})
"""Roles that may write the settings of the municipality; users are an administrator's alone."""
_PLAIN: Final = frozenset({type(None), bool, int, float, str, bytes})
_NAMES: Final = frozenset({str})
_ID_BYTES = 16
_ACTIVE = "is_active"
_KIND = re.compile(r"[a-z_]{1,20}")


class Reason:
    """Why a change-set was denied; stored and counted, never renamed."""

    MALFORMED: Final = "malformed"
    ELSEWHERE: Final = "elsewhere"
    UNSEEN: Final = "unseen"
    NEVER_MADE: Final = "never_made"
    TOO_LARGE: Final = "too_large"
    ACTOR: Final = "actor"
    ROLE: Final = "role"
    SERVERS_OWN: Final = "servers_own"


class Person(Struct, frozen=True):
    """A user as the server knows them. `inactive_from` is the hybrid instant from which they may not write."""

    roles: frozenset[str]
    inactive_from: int | None

    @property
    def is_administrator(self) -> bool:
        """Tell whether they are one today."""
        return ADMINISTRATOR in self.roles and self.inactive_from is None


class People:
    """The users of a municipality, from the records of `sys`; they `may_change` while those are being written."""

    def __init__(self, records: Records, *, may_change: bool) -> None:
        self._records, self._may_change = records, may_change
        self._known: dict[bytes, Person | None] = {}

    def load(self, actors: Iterable[bytes]) -> None:
        """Read some users, all at once."""
        self._records.load([(USERS, actor) for actor in actors if actor != PROGRAM])

    def get(self, actor: bytes) -> Person | None:
        """Return a user that was loaded, None when nobody made them."""
        if actor not in self._known or self._may_change:
            state = self._records.get((USERS, actor))
            self._known[actor] = None if state is None else person_of(state)
        return self._known[actor]

    def has_administrator(self) -> bool:
        """Tell whether anybody is an administrator; before that, a program makes the first one."""
        return any(person_of(state).is_administrator for state in self._records.all_of(USERS))


def person_of(state: RecordState) -> Person:
    """Return what a user's record says; where it says several things, the least of them."""
    roles = [_roles_in(value) for _, value in _said(state, ROLES_FIELD)]
    gone = [stamp[0] for stamp, value in _said(state, _ACTIVE) if isinstance(value, bool | int) and not value]
    gone += [
        stamp[0]
        for stamp, value in _said(state, VOIDED)
        if isinstance(value, dict) and value.get(VOIDED_AT) is not None
    ]
    return Person(frozenset.intersection(*roles), min(gone, default=None))


def _said(state: RecordState, group: str) -> list[tuple[Stamp, Value]]:
    if group in state.rivals:
        return [(version.stamp, version.value) for version in state.rivals[group]]
    return [(state.heads.of(group)[-1], state.values.get(group))]


def _roles_in(value: Value) -> frozenset[str]:
    try:
        roles = json.loads(value) if isinstance(value, str) else []
    except ValueError:
        return frozenset()
    return (
        frozenset(role for role in roles if isinstance(role, str)) if isinstance(roles, list) else frozenset()
    )


def founds(change_set: ChangeSet) -> bool:
    """Tell whether a program makes users or settings by itself, as it does while a station is set up."""
    return change_set.actor == PROGRAM and any(
        op.table in _GUARDED and op.kind in MAKES for op in change_set.ops
    )


def is_known_form(change_set: ChangeSet) -> bool:
    """Tell whether every kind of op is known; a newer program may write others, which wait for a newer server."""
    return all(not (op.kind not in _KINDS and _KIND.fullmatch(op.kind) is not None) for op in change_set.ops)


def is_placed_well(change_set: ChangeSet) -> bool:
    """Tell whether a change-set can be stored and looked up at all."""
    for op in change_set.ops:
        if op.kind not in _KINDS or len(op.pk) != _ID_BYTES or not is_table(op.table):
            return False
    for replica, seq in change_set.deps:
        if not (0 < replica <= MAX_INTEGER and 0 < seq <= MAX_INTEGER):
            return False
    return (
        len(change_set.actor) == _ID_BYTES
        and len(change_set.tx) == _ID_BYTES
        and 0 <= change_set.hlc <= MAX_INTEGER
        and len(change_set.ops) <= MAX_OPS
        and len(change_set.deps) <= MAX_DEPS
    )


class Judge:
    """Judges the change-sets of one scope. `records` and `people` have been loaded for what is judged."""

    def __init__(self, scope: str, records: Records, people: People) -> None:
        self._scope, self._records, self._people = scope, records, people

    def verdict(self, change_set: ChangeSet, chain: Chain, size: int) -> str | None:
        """Return why a change-set is denied, None when it counts. `chain` stands just before it, its deps noted."""
        if chain.is_server:
            return self._of_form(change_set, chain, size)
        return self._of_actor(change_set) or self._of_form(change_set, chain, size)

    def _of_actor(self, change_set: ChangeSet) -> str | None:
        actor = change_set.actor
        person = None
        if actor != PROGRAM:
            person = self._people.get(actor)
            if person is None or (person.inactive_from is not None and change_set.hlc > person.inactive_from):
                return Reason.ACTOR
        for op in change_set.ops:
            reason = self._of_table(op, actor, person)
            if reason is not None:
                return reason
        return None

    def _of_table(self, op: Op, actor: bytes, person: Person | None) -> str | None:
        if op.kind not in WRITES:
            return None
        if op.table in _SERVERS_OWN or FOLIO in op.replaces or op.values.get(FOLIO) is not None:
            return Reason.SERVERS_OWN
        if op.table not in _GUARDED:
            return None
        if self._scope != SYSTEM_SCOPE:
            return Reason.ELSEWHERE
        return None if self._may_guard(op, actor, person) else Reason.ROLE

    def _may_guard(self, op: Op, actor: bytes, person: Person | None) -> bool:
        """Tell whether users and settings may be written. Whether a program may found them was asked before."""
        if person is None:
            return op.kind in MAKES
        roles = _SETTERS if op.table == SETTINGS else {ADMINISTRATOR}
        return not roles.isdisjoint(person.roles) or self._is_about_self(op, actor)

    def _is_about_self(self, op: Op, actor: bytes) -> bool:
        return (
            op.table == USERS
            and op.kind == OpKind.SET
            and op.pk == actor
            and op.replaces.keys() | op.values.keys() <= OWN_GROUPS
        )

    def _of_form(self, change_set: ChangeSet, chain: Chain, size: int) -> str | None:
        made: set[Key] = set()
        for op in change_set.ops:
            if not _is_plain(op):
                return Reason.MALFORMED
            if op.kind not in WRITES:
                continue
            key = (op.table, op.pk)
            if op.kind in MAKES:
                made.add(key)
            elif key not in made and self._records.get(key) is None:
                return Reason.NEVER_MADE
            if (op.replaces or op.seen) and not _has_seen(op, change_set, chain.past):
                return Reason.UNSEEN
            if self._records.would_exceed(key, size, MAX_STATE):
                return Reason.TOO_LARGE
        return None


def _is_plain(op: Op) -> bool:
    for value in op.values.values():
        if type(value) in _PLAIN:
            continue
        if not isinstance(value, dict):
            return False
        if not (_PLAIN.issuperset(map(type, value.values())) and _NAMES.issuperset(map(type, value))):
            return False
    return True


def _has_seen(op: Op, change_set: ChangeSet, past: Mapping[int, int]) -> bool:
    """Tell whether every dot that a write names lies in its author's past: else the order of arrival would count."""
    own, seq = change_set.replica, change_set.seq
    for dots in (*op.replaces.values(), op.seen):
        for replica, number in dots:
            if not 0 < number <= (seq - 1 if replica == own else past.get(replica, 0)):
                return False
    return True
