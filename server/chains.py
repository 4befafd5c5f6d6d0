"""Chains of one scope inside one transaction: how far each is held, and the pieces that are added to them."""

from collections.abc import Iterable, Sequence
from typing import Final

import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct, msgpack
from sqlalchemy import and_, bindparam, insert, select, text, update

from server.engine import Transaction
from server.tables import DEVICE, DEVICE_SCOPE, REPLICA, REPLICA_HEAD, SCOPE_HEAD, SEGMENT, TENANT, VOID
from wire.changes import GENESIS, Dot, chain_hash
from wire.digest import EMPTY, moved
from wire.receipts import FIRST_ROOT, follow
from wire.segments import Segment

SERVER_DEVICE: Final = bytes(16)
"""The device of the server's own chains; the municipal key signs them."""
_LEVEL = 3
_AT_ONCE = 500
_past = msgpack.Decoder(dict[int, int])


class Chain(Struct):
    """One chain. `key` is its author's, `may_write` whether they may write the scope today."""

    replica: int
    device: bytes
    key: Ed25519PublicKey
    may_write: bool
    is_revoked: bool
    brings_users: bool = False
    seq: int = 0
    hash: bytes = GENESIS
    n: int = 0
    past: dict[int, int] = {}
    cutoff: int | None = None
    is_stored: bool = False
    is_changed: bool = False

    @property
    def is_server(self) -> bool:
        """Tell whether the server wrote this chain."""
        return self.device == SERVER_DEVICE


class Piece(Struct, frozen=True):
    """What is added to the log: a signed piece from `start` on, where the chain's hash was `prev`."""

    segment: Segment
    prev: bytes
    voids: int
    via: bytes


class ScopeHead(Struct):
    """The head of a scope, locked by this transaction. `replica` is the server's own chain of now."""

    tenant: str
    scope: str
    epoch: int
    replica: int
    n: int
    digest: bytes
    root: bytes
    hlc: int


# Statements of every push are built once: building them anew costs more than running them.
_MAKE_HEAD = text(
    "INSERT INTO scope_head (tenant, scope, n, digest, root, hlc) VALUES (:tenant, :scope, 0, :digest, :root, 0) "
    "ON CONFLICT DO NOTHING"
)
_LOCK = (
    select(
        TENANT.c.epoch,
        TENANT.c.replica,
        SCOPE_HEAD.c.n,
        SCOPE_HEAD.c.digest,
        SCOPE_HEAD.c.root,
        SCOPE_HEAD.c.hlc,
    )
    .join(SCOPE_HEAD, SCOPE_HEAD.c.tenant == TENANT.c.tenant)
    .where(SCOPE_HEAD.c.tenant == bindparam("tenant"), SCOPE_HEAD.c.scope == bindparam("scope"))
    .with_for_update(of=SCOPE_HEAD)
)
_STORE_HEAD = (
    update(SCOPE_HEAD)
    .where(SCOPE_HEAD.c.tenant == bindparam("of_tenant"), SCOPE_HEAD.c.scope == bindparam("of_scope"))
    .values(n=bindparam("n"), digest=bindparam("digest"), root=bindparam("root"), hlc=bindparam("hlc"))
)
_CHAINS = (
    select(
        REPLICA.c.replica,
        REPLICA.c.device,
        DEVICE.c.signing_key,
        DEVICE.c.revoked_ms,
        DEVICE.c.brings_users,
        DEVICE_SCOPE.c.may_write,
        REPLICA_HEAD.c.seq,
        REPLICA_HEAD.c.hash,
        REPLICA_HEAD.c.n,
        REPLICA_HEAD.c.past,
        REPLICA_HEAD.c.cutoff,
    )
    .select_from(REPLICA)
    .outerjoin(DEVICE, and_(DEVICE.c.tenant == REPLICA.c.tenant, DEVICE.c.device == REPLICA.c.device))
    .outerjoin(
        DEVICE_SCOPE,
        and_(
            DEVICE_SCOPE.c.tenant == REPLICA.c.tenant,
            DEVICE_SCOPE.c.device == REPLICA.c.device,
            DEVICE_SCOPE.c.scope == bindparam("scope"),
        ),
    )
    .outerjoin(
        REPLICA_HEAD,
        and_(
            REPLICA_HEAD.c.tenant == REPLICA.c.tenant,
            REPLICA_HEAD.c.scope == bindparam("scope"),
            REPLICA_HEAD.c.replica == REPLICA.c.replica,
        ),
    )
    .where(
        REPLICA.c.tenant == bindparam("tenant"),
        REPLICA.c.replica.in_(bindparam("wanted", expanding=True)),
    )
)
_GROWN = (
    select(REPLICA_HEAD.c.replica, REPLICA_HEAD.c.seq)
    .where(
        REPLICA_HEAD.c.tenant == bindparam("tenant"),
        REPLICA_HEAD.c.scope == bindparam("scope"),
        REPLICA_HEAD.c.replica != bindparam("but"),
        REPLICA_HEAD.c.n > bindparam("since"),
    )
    .order_by(REPLICA_HEAD.c.replica)
)
_ADD_PIECE = insert(SEGMENT)
_ADD_CHAIN = insert(REPLICA_HEAD)
_MOVE_CHAIN = (
    update(REPLICA_HEAD)
    .where(
        REPLICA_HEAD.c.tenant == bindparam("of_tenant"),
        REPLICA_HEAD.c.scope == bindparam("of_scope"),
        REPLICA_HEAD.c.replica == bindparam("of_replica"),
    )
    .values({name: bindparam(name) for name in ("seq", "hash", "n", "past")})
)


def lock_scope(tx: Transaction, tenant: str, scope: str) -> ScopeHead:
    """Lock a scope until the transaction ends, making its head when it has none.

    Raises:
        LookupError: there is no such municipality here.
    """
    place = {"tenant": tenant, "scope": scope}
    row = tx.connection.execute(_LOCK, place).first()
    if row is None:
        # Two that meet here: one makes the row, the other finds it.
        tx.connection.execute(_MAKE_HEAD, {**place, "digest": EMPTY, "root": FIRST_ROOT})
        row = tx.connection.execute(_LOCK, place).first()
    if row is None:
        raise LookupError("no such municipality")
    return ScopeHead(tenant, scope, row.epoch, row.replica, row.n, row.digest, row.root, row.hlc)


def store_head(tx: Transaction, head: ScopeHead, difference: int) -> None:
    """Write a locked head, whose records' weights changed by `difference` in all, and tell of its growth."""
    head.digest = moved(head.digest, difference)
    tx.connection.execute(
        _STORE_HEAD,
        {
            "of_tenant": head.tenant,
            "of_scope": head.scope,
            "n": head.n,
            "digest": head.digest,
            "root": head.root,
            "hlc": head.hlc,
        },
    )
    tx.grew(head.tenant, head.scope, head.n)


class Chains:
    """The chains of a scope, as far as this transaction asked for them."""

    def __init__(self, tx: Transaction, head: ScopeHead, municipal_key: Ed25519PublicKey) -> None:
        self._tx, self._head, self._municipal_key = tx, head, municipal_key
        self._place = {"tenant": head.tenant, "scope": head.scope}
        self._chains: dict[int, Chain] = {}
        self._pieces: list[dict[str, object]] = []

    def load(self, replicas: Iterable[int]) -> None:
        """Read chains that were not read yet. Replicas that nobody enrolled stay unknown."""
        wanted = sorted({replica for replica in replicas if replica not in self._chains})
        for start in range(0, len(wanted), _AT_ONCE):
            self._load(wanted[start : start + _AT_ONCE])

    def _load(self, wanted: list[int]) -> None:
        found = self._tx.connection.execute(_CHAINS, {**self._place, "wanted": wanted})
        for row in found:
            is_server = row.device == SERVER_DEVICE
            key = self._municipal_key if is_server else Ed25519PublicKey.from_public_bytes(row.signing_key)
            chain = Chain(
                row.replica,
                row.device,
                key,
                is_server or bool(row.may_write),
                row.revoked_ms is not None,
                bool(row.brings_users),
            )
            if row.seq is not None:
                chain.seq, chain.hash, chain.n = row.seq, row.hash, row.n
                chain.past, chain.cutoff, chain.is_stored = _past.decode(row.past), row.cutoff, True
            self._chains[row.replica] = chain

    def get(self, replica: int) -> Chain | None:
        """Return a chain that was loaded, None when its replica is unknown."""
        return self._chains.get(replica)

    def held(self) -> dict[int, int]:
        """Return how far the loaded chains are held."""
        return {chain.replica: chain.seq for chain in self._chains.values()}

    def is_beyond(self, dot: Dot) -> bool:
        """Tell whether a change-set of a loaded chain will never be taken, as its device was revoked before it."""
        chain = self._chains.get(dot[0])
        return chain is not None and chain.is_revoked and dot[1] > (chain.cutoff or 0)

    def hash_at(self, replica: int, seq: int) -> bytes | None:
        """Return the hash of a held change-set."""
        self.flush()
        return hash_at(self._tx, self._head.tenant, self._head.scope, replica, seq)

    def own(self) -> Chain:
        """Return the server's own chain."""
        self.load([self._head.replica])
        chain = self._chains.get(self._head.replica)
        return chain or Chain(self._head.replica, SERVER_DEVICE, self._municipal_key, True, False)

    def grown_since(self, n: int, but: int) -> list[Dot]:
        """Return how far the other chains are held that grew after `n`: what a writer of now has applied."""
        self.flush()
        found = self._tx.connection.execute(_GROWN, {**self._place, "but": but, "since": n})
        return [(row.replica, row.seq) for row in found]

    def add(self, group: Sequence[Piece]) -> None:
        """Give pieces that were taken together their places in the log of the scope."""
        n_whole = self._head.n + sum(len(piece.segment.bodies) for piece in group)
        for piece in group:
            self._pieces.append(self._row(piece, n_whole))

    def advance(self, chain: Chain, seq: int, own_hash: bytes, deps: Sequence[Dot]) -> None:
        """Note that a chain is held up to `seq`, whose author had applied `deps` besides."""
        chain.seq, chain.hash, chain.is_changed = seq, own_hash, True
        if deps:
            chain.past = {**chain.past, **{r: max(s, chain.past.get(r, 0)) for r, s in deps}}
        self._chains[chain.replica] = chain

    def flush(self) -> None:
        """Write what was added and how far the chains are held now."""
        connection = self._tx.connection
        if self._pieces:
            connection.execute(_ADD_PIECE, self._pieces)
            self._pieces = []
        changed = [chain for chain in self._chains.values() if chain.is_changed]
        if new := [chain for chain in changed if not chain.is_stored]:
            connection.execute(
                _ADD_CHAIN,
                [{**self._place, "replica": chain.replica, **self._moving(chain)} for chain in new],
            )
        if old := [chain for chain in changed if chain.is_stored]:
            place = {"of_tenant": self._head.tenant, "of_scope": self._head.scope}
            connection.execute(
                _MOVE_CHAIN, [{**place, "of_replica": chain.replica, **self._moving(chain)} for chain in old]
            )
        for chain in changed:
            chain.is_stored, chain.is_changed = True, False

    @staticmethod
    def _moving(chain: Chain) -> dict[str, object]:
        return {"seq": chain.seq, "hash": chain.hash, "n": chain.n, "past": msgpack.encode(chain.past)}

    def _row(self, piece: Piece, n_whole: int) -> dict[str, object]:
        segment, head = piece.segment, self._head
        n_first = head.n + 1
        head.n += len(segment.bodies)
        self._chains[segment.replica].n = head.n
        head.root = follow(head.root, head.n, segment.replica, segment.tail)
        return {
            "tenant": head.tenant,
            "scope": head.scope,
            "n_first": n_first,
            "n_last": head.n,
            "n_whole": n_whole,
            "replica": segment.replica,
            "first": segment.first,
            "start": segment.start,
            "last": segment.last,
            "prev": piece.prev,
            "tail": segment.tail,
            "root": head.root,
            "signature": segment.signature,
            "bodies": pack_bodies(segment.bodies),
            "size": sum(map(len, segment.bodies)),
            "voids": piece.voids,
            "received_ms": self._tx.now_ms,
            "via": piece.via,
        }


def hash_at(tx: Transaction, tenant: str, scope: str, replica: int, seq: int) -> bytes | None:
    """Return the hash of a change-set of the log, None when it is not held."""
    row = tx.connection.execute(
        select(SEGMENT.c.start, SEGMENT.c.last, SEGMENT.c.prev, SEGMENT.c.tail, SEGMENT.c.bodies)
        .where(
            SEGMENT.c.tenant == tenant,
            SEGMENT.c.scope == scope,
            SEGMENT.c.replica == replica,
            SEGMENT.c.last >= seq,
        )
        .order_by(SEGMENT.c.last)
        .limit(1)
    ).first()
    if row is None or row.start > seq:
        return None
    if row.last == seq:
        return bytes(row.tail)
    found = tx.connection.execute(
        select(VOID.c.seq, VOID.c.hash).where(
            VOID.c.tenant == tenant,
            VOID.c.scope == scope,
            VOID.c.replica == replica,
            VOID.c.seq.between(row.start, seq),
        )
    )
    denied = {void.seq: bytes(void.hash) for void in found}
    digest = bytes(row.prev)
    for place, body in enumerate(unpack_bodies(row.bodies)[: seq - row.start + 1], start=row.start):
        digest = denied.get(place) or chain_hash(digest, body)
    return digest


def pack_bodies(bodies: list[bytes]) -> bytes:
    """Return bodies as they are kept: verbatim, compressed together."""
    return zstandard.compress(msgpack.encode(bodies), _LEVEL)


def unpack_bodies(data: bytes) -> list[bytes]:
    """Return the bodies that were kept."""
    return msgpack.decode(zstandard.decompress(data), type=list[bytes])
