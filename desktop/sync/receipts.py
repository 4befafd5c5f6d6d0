"""What the server confirmed before: kept, and held against what it shows now (I14)."""

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from desktop.store.peers import Cursor
from desktop.sync.peer import PeerAway
from wire.messages import Part, ScopeState
from wire.receipts import is_genuine

_ALTERED: Final = "altered"
_LAST: Final = "SELECT epoch, n, digest, root FROM receipt WHERE scope = ? ORDER BY epoch DESC LIMIT 1"
_ALL: Final = (
    "SELECT scope, epoch, n, digest, root, signature FROM receipt AS r "
    "WHERE epoch = (SELECT max(epoch) FROM receipt WHERE scope = r.scope) ORDER BY scope"
)
_PUT: Final = (
    "INSERT INTO receipt (scope, epoch, n, digest, root, signature, taken_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (scope, epoch) DO UPDATE SET n = excluded.n, digest = excluded.digest, root = excluded.root, "
    "signature = excluded.signature, taken_at = excluded.taken_at"
)
_log = logging.getLogger(__name__)


def check_genuine(states: Iterable[ScopeState], key: Ed25519PublicKey) -> None:
    """See that the municipality signed what the server says of its scopes.

    Raises:
        PeerAway: it did not.
    """
    if not all(is_genuine(state, key) for state in states):
        raise PeerAway("a receipt that the municipality did not sign")


def is_said_of(state: ScopeState, part: Part, municipal_key: bytes) -> bool:
    """Tell whether the municipality confirmed what stands where a part of a scope ends."""
    place = (part.scope, part.epoch, part.cursor)
    key = Ed25519PublicKey.from_public_bytes(municipal_key)
    return (state.scope, state.epoch, state.n) == place and is_genuine(state, key)


def altered(
    connection: Connection, states: Iterable[ScopeState], cursors: Mapping[str, Cursor]
) -> frozenset[str]:
    """Return the scopes of which the server shows less than it confirmed, or another log up to the same place.

    `cursors` say how far its log was taken here; it was asked for the roots there.
    """
    found = set()
    for state in states:
        last = connection.exec_driver_sql(_LAST, (state.scope,)).first()
        if last is None or state.epoch > last.epoch:
            continue
        taken = cursors.get(state.scope, Cursor())
        is_less = (state.epoch, state.n) < (last.epoch, last.n)
        is_same = (state.epoch, state.n) == (last.epoch, last.n)
        is_other = is_same and (state.digest, state.root) != (last.digest, last.root)
        is_known = state.epoch == taken.epoch and taken.n > 0 and bool(taken.root)
        is_another_way = is_known and state.before != taken.root
        if is_less or is_other or is_another_way:
            _log.error("the server shows %s at %d, it had confirmed %d", state.scope, state.n, last.n)
            found.add(state.scope)
    return frozenset(found)


def last(connection: Connection) -> list[ScopeState]:
    """Return what the server confirmed last of each scope, with its signature."""
    return [
        ScopeState(scope, epoch, n, digest, may_write=False, root=root, receipt=signature)
        for scope, epoch, n, digest, root, signature in connection.exec_driver_sql(_ALL)
    ]


def keep(connection: Connection, states: Iterable[ScopeState], now_ms: int, *, is_altered: bool) -> None:
    """Keep what the server confirms now, and when it last showed less than before."""
    rows = [(one.scope, one.epoch, one.n, one.digest, one.root, one.receipt, now_ms) for one in states]
    if is_altered:
        # What it had confirmed of this epoch is no longer what it will be held against.
        scopes = [(one.scope, one.epoch) for one in states]
        connection.exec_driver_sql("DELETE FROM receipt WHERE scope = ? AND epoch >= ?", scopes)
        connection.exec_driver_sql(
            "INSERT OR REPLACE INTO enrolment (key, value) VALUES (?, ?)", (_ALTERED, str(now_ms).encode())
        )
    if rows:
        connection.exec_driver_sql(_PUT, rows)


def altered_at(connection: Connection) -> datetime | None:
    """Return when the server last showed less than it had confirmed, None when it never did."""
    value = connection.exec_driver_sql("SELECT value FROM enrolment WHERE key = ?", (_ALTERED,)).scalar()
    return None if value is None else datetime.fromtimestamp(int(bytes(value)) / 1000, UTC)
