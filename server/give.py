"""Giving what a station lacks of the scopes that it may hold, in the order in which it was taken."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from server.authority import Authority
from server.chains import hash_at, unpack_bodies
from server.engine import Database, Transaction
from server.limits import MAX_INTEGER, PULL_BUDGET
from server.tables import DEVICE, DEVICE_SCOPE, REPLICA_HEAD, SCOPE_HEAD, SEGMENT, TENANT, VOID
from wire import receipts
from wire.digest import EMPTY
from wire.messages import Hello, Part, Pull, Pulled, ScopeState, Tail, Told, Void, Want
from wire.receipts import FIRST_ROOT
from wire.segments import Segment

TOLD_BYTES = 4096
"""About so many bytes of bodies are told to everybody who listens; more is asked for."""
_LOOK_AHEAD = 64
# Built once: every word of news brings a pull of every station that listens.
_EPOCH = select(TENANT.c.epoch).where(TENANT.c.tenant == bindparam("tenant"))
_END = select(SCOPE_HEAD.c.n, SCOPE_HEAD.c.digest, SCOPE_HEAD.c.root).where(
    SCOPE_HEAD.c.tenant == bindparam("tenant"), SCOPE_HEAD.c.scope == bindparam("scope")
)
_RIGHTS = (
    select(DEVICE_SCOPE.c.scope, DEVICE_SCOPE.c.may_write)
    .join(DEVICE, (DEVICE.c.tenant == DEVICE_SCOPE.c.tenant) & (DEVICE.c.device == DEVICE_SCOPE.c.device))
    .where(
        DEVICE.c.tenant == bindparam("tenant"),
        DEVICE.c.device == bindparam("device"),
        DEVICE.c.revoked_ms.is_(None),
    )
)
_PIECE = select(
    SEGMENT.c.n_first,
    SEGMENT.c.n_last,
    SEGMENT.c.n_whole,
    SEGMENT.c.replica,
    SEGMENT.c.first,
    SEGMENT.c.start,
    SEGMENT.c.last,
    SEGMENT.c.tail,
    SEGMENT.c.signature,
    SEGMENT.c.bodies,
    SEGMENT.c.size,
    SEGMENT.c.voids,
).where(SEGMENT.c.tenant == bindparam("tenant"), SEGMENT.c.scope == bindparam("scope"))
_PIECES = _PIECE.where(SEGMENT.c.n_first > bindparam("after")).order_by(SEGMENT.c.n_first).limit(_LOOK_AHEAD)
_NEXT = (
    _PIECE.where(SEGMENT.c.replica == bindparam("replica"), SEGMENT.c.last > bindparam("held"))
    .order_by(SEGMENT.c.last)
    .limit(1)
)
_ROOT_AT = (
    select(SEGMENT.c.n_last, SEGMENT.c.root)
    .where(
        SEGMENT.c.tenant == bindparam("tenant"),
        SEGMENT.c.scope == bindparam("scope"),
        SEGMENT.c.n_first <= bindparam("n"),
    )
    .order_by(SEGMENT.c.n_first.desc())
    .limit(1)
)
_MAX_PIECES = 4096


def pull(database: Database, authority: Authority, device: bytes, asked: Pull) -> Pulled:
    """Return what is new for a device, up to about its budget; nothing at all of scopes that it may not hold.

    Raises:
        DatabaseAway: the database is gone.
    """
    budget = max(1, min(asked.budget, PULL_BUDGET))
    parts: list[Part] = []
    with database.reading() as tx:
        epoch, rights = _epoch_of(tx, authority.tenant), rights_of(tx, authority.tenant, device)
        wants = {want.scope: want for want in asked.wants if want.scope in rights}
        for scope in sorted(wants):
            part, used = _part(tx, authority, epoch, wants[scope], budget)
            parts.append(part)
            budget -= used
    return Pulled(parts)


def told_after(database: Database, authority: Authority, scope: str, after: int) -> Told | None:
    """Return what came after the first `after` change-sets of a scope, None where that is nothing or too much to tell.

    Whoever tells it sees to it that only those hear it who may hold the scope.

    Raises:
        DatabaseAway: the database is gone.
    """
    with database.reading() as tx:
        epoch = _epoch_of(tx, authority.tenant)
        part, used = _part(tx, authority, epoch, Want(scope, epoch, after), TOLD_BYTES)
    if part.more or part.cursor == after or used > TOLD_BYTES:
        return None
    return Told(after, part)


def welcome_state(
    database: Database, authority: Authority, device: bytes, hello: Hello
) -> tuple[int, int, list[ScopeState], list[Tail]]:
    """Return epoch, the server's own replica, the scopes that a device may hold, and how far its chains are held.

    Where more is held of a chain than its own device says to have, what is held at the device's own end comes too, so
    that a fork can be told from a restored backup.

    Raises:
        DatabaseAway: the database is gone.
    """
    tenant = authority.tenant
    with database.reading() as tx:
        own = tx.connection.execute(
            select(TENANT.c.epoch, TENANT.c.replica).where(TENANT.c.tenant == tenant)
        ).one()
        rights = rights_of(tx, tenant, device)
        heads = {
            row.scope: row
            for row in tx.connection.execute(select(SCOPE_HEAD).where(SCOPE_HEAD.c.tenant == tenant))
        }
        scopes = []
        for scope, may_write in sorted(rights.items()):
            head = heads.get(scope)
            n, digest, root = (
                (0, EMPTY, FIRST_ROOT) if head is None else (head.n, bytes(head.digest), bytes(head.root))
            )
            is_known = own.epoch == hello.epochs.get(scope)
            before = root_at(tx, tenant, scope, hello.cursors.get(scope, 0)) if is_known else b""
            state = ScopeState(scope, own.epoch, n, digest, may_write, root, before)
            scopes.append(receipts.signed(state, authority.signing_key))
        return own.epoch, own.replica, scopes, _tails(tx, tenant, rights, hello)


def rights_of(tx: Transaction, tenant: str, device: bytes) -> dict[str, bool]:
    """Return the scopes that a device may hold, and whether it may write each; none when it was revoked."""
    found = tx.connection.execute(_RIGHTS, {"tenant": tenant, "device": device})
    return {row.scope: bool(row.may_write) for row in found}


def _tails(tx: Transaction, tenant: str, rights: dict[str, bool], hello: Hello) -> list[Tail]:
    if not 0 < hello.replica <= MAX_INTEGER:
        return []
    said = {tail.scope: tail.seq for tail in hello.own if tail.replica == hello.replica}
    tails = []
    found = tx.connection.execute(
        select(REPLICA_HEAD.c.scope, REPLICA_HEAD.c.seq, REPLICA_HEAD.c.hash)
        .where(REPLICA_HEAD.c.tenant == tenant, REPLICA_HEAD.c.replica == hello.replica)
        .order_by(REPLICA_HEAD.c.scope)
    ).all()
    for row in found:
        if row.scope not in rights:
            continue
        seq = said.get(row.scope, 0)
        if 0 < seq < row.seq:
            own_hash = hash_at(tx, tenant, row.scope, hello.replica, seq)
            if own_hash is not None:
                tails.append(Tail(row.scope, hello.replica, seq, own_hash))
        tails.append(Tail(row.scope, hello.replica, row.seq, bytes(row.hash)))
    return tails


def _epoch_of(tx: Transaction, tenant: str) -> int:
    return int(tx.connection.scalar(_EPOCH, {"tenant": tenant}) or 0)


def root_at(tx: Transaction, tenant: str, scope: str, n: int) -> bytes:
    """Return the root of a log after its first `n` change-sets, nothing where no piece ends there."""
    if not 0 < n <= MAX_INTEGER:
        return b""
    row = tx.connection.execute(_ROOT_AT, {"tenant": tenant, "scope": scope, "n": n}).first()
    return bytes(row.root) if row is not None and row.n_last == n else b""


def _confirmed(authority: Authority, epoch: int, scope: str, head: Any) -> ScopeState:
    """Return what stands at the end of a log, signed; whoever keeps it can show it."""
    state = ScopeState(scope, epoch, head.n, bytes(head.digest), may_write=False, root=bytes(head.root))
    return receipts.signed(state, authority.signing_key)


def _part(tx: Transaction, authority: Authority, epoch: int, want: Want, budget: int) -> tuple[Part, int]:
    """Return what one scope gives and the bytes of it. With nothing left to spend, only whether there is more."""
    tenant = authority.tenant
    if want.only:
        return _next_of(tx, tenant, epoch, want)
    cursor = want.cursor if want.epoch == epoch and 0 <= want.cursor <= MAX_INTEGER else 0
    head = tx.connection.execute(_END, {"tenant": tenant, "scope": want.scope}).first()
    end = 0 if head is None else head.n
    rows: list[Any] = []
    denied: list[Any] = []
    used, whole = 0, cursor
    for row in _rows(tx, tenant, want.scope, cursor):
        if row.n_first > whole and (used >= budget or budget <= 0 or len(rows) >= _MAX_PIECES):
            break
        whole = row.n_whole
        if row.voids:
            # Also of what the asker holds: its own author learns in no other way that it does not count.
            denied.append(row)
        if row.last > want.vector.get(row.replica, 0):
            rows.append(row)
            used += row.size
    else:
        whole = max(cursor, end)
    part = Part(
        want.scope,
        epoch,
        whole,
        [_segment(want, row) for row in rows],
        _voids(tx, tenant, want.scope, denied),
        more=whole < end,
        state=None if head is None or whole != end else _confirmed(authority, epoch, want.scope, head),
    )
    return part, used


def _next_of(tx: Transaction, tenant: str, epoch: int, want: Want) -> tuple[Part, int]:
    """Return the next piece of one chain, if any, whose cursor says nothing."""
    held = want.vector.get(want.only, 0)
    asked = {"tenant": tenant, "scope": want.scope, "replica": want.only, "held": held}
    if not (0 < want.only <= MAX_INTEGER and 0 <= held <= MAX_INTEGER):
        return Part(want.scope, epoch, 0, []), 0
    rows: Sequence[Any] = tx.connection.execute(_NEXT, asked).all()
    denied = [row for row in rows if row.voids]
    part = Part(
        want.scope, epoch, 0, [_segment(want, row) for row in rows], _voids(tx, tenant, want.scope, denied)
    )
    return part, sum(row.size for row in rows)


def _rows(tx: Transaction, tenant: str, scope: str, cursor: int) -> Iterator[Any]:
    """Give the pieces of the log that end after `cursor`, a handful at a time."""
    while True:
        asked = {"tenant": tenant, "scope": scope, "after": cursor}
        found: Sequence[Any] = tx.connection.execute(_PIECES, asked).all()
        yield from found
        if len(found) < _LOOK_AHEAD:
            return
        cursor = found[-1].n_last


def _segment(want: Want, row: Any) -> Segment:
    """Return a piece, without what the asker holds of it."""
    bodies = unpack_bodies(row.bodies)
    start = max(row.start, want.vector.get(row.replica, 0) + 1)
    return Segment(
        want.scope,
        row.replica,
        row.first,
        start,
        row.last,
        bytes(row.tail),
        bytes(row.signature),
        bodies[start - row.start :],
    )


def _voids(tx: Transaction, tenant: str, scope: str, rows: Sequence[Any]) -> list[Void]:
    found: list[Void] = []
    for row in rows:
        denied = tx.connection.execute(
            select(VOID)
            .where(
                VOID.c.tenant == tenant,
                VOID.c.scope == scope,
                VOID.c.replica == row.replica,
                VOID.c.seq.between(row.start, row.last),
            )
            .order_by(VOID.c.seq)
        )
        found += [
            Void(scope, void.replica, void.seq, bytes(void.prev), bytes(void.hash), bytes(void.signature))
            for void in denied
        ]
    return found
