"""What a restored server learns again of itself, when stations bring back what its own chains said since the backup.

Records are merged like anybody's. Here they become again what the server acts upon: whose a chain is, who may hold
what, and who is trusted no longer.
"""

from collections.abc import Iterable, Mapping

from msgspec import msgpack
from sqlalchemy import delete, insert, select, text, update

from server.authority import Authority
from server.chains import SERVER_DEVICE, Chains, lock_scope
from server.engine import Transaction
from server.records import Key, Records
from server.tables import DEVICE, DEVICE_SCOPE, REPLICA_HEAD
from wire.changes import GENESIS, Value
from wire.roster import DEVICES, REPLICAS, SYSTEM_SCOPE
from wire.segments import Segment, is_signed_by

_ADD_REPLICA = text(
    "INSERT INTO replica (tenant, replica, device, noted_ms) VALUES (:tenant, :replica, :device, :noted_ms) "
    "ON CONFLICT DO NOTHING"
)
_ADD_DEVICE = text(
    "INSERT INTO device (tenant, device, name, code, signing_key, sealing_key, certificate, enrolled_ms, brings_users) "
    "VALUES (:tenant, :device, :name, :code, :signing_key, :sealing_key, :certificate, :enrolled_ms, 0) "
    "ON CONFLICT DO NOTHING"
)
_ADD_HEAD = text(
    "INSERT INTO replica_head (tenant, scope, replica, seq, hash, n, past) "
    "VALUES (:tenant, :scope, :replica, 0, :hash, 0, :past) ON CONFLICT DO NOTHING"
)


def know_own_chains(
    tx: Transaction, authority: Authority, chains: Chains, segments: Iterable[Segment]
) -> None:
    """Take chains that nobody knows here and the municipal key signed for the server's own, of an epoch that was lost.

    Such a chain announces itself only in its own first change-set.
    """
    lost = set()
    for segment in segments:
        if segment.replica in lost or chains.get(segment.replica) is not None:
            continue
        if not is_signed_by(segment, authority.public_key):
            continue
        lost.add(segment.replica)
        _add_replica(tx, authority.tenant, segment.replica, SERVER_DEVICE)
    chains.load(lost)


def regain_roster(tx: Transaction, tenant: str, records: Records, told: Iterable[Key]) -> None:
    """Act again upon what the server's own chains said of some devices and their files; `sys` is locked."""
    known = sorted(told, key=lambda key: (key[0] != DEVICES, key[1]))
    for table, pk in known:
        state = records.get((table, pk))
        if state is None or pk == SERVER_DEVICE:
            continue
        if table == DEVICES:
            _regain_device(tx, tenant, pk, state.values)
        elif table == REPLICAS:
            _add_replica(tx, tenant, _whole(state.values, "replica"), _raw(state.values, "device_id"))


def _regain_device(tx: Transaction, tenant: str, device: bytes, values: Mapping[str, Value]) -> None:
    mine = {"tenant": tenant, "device": device}
    tx.connection.execute(
        _ADD_DEVICE,
        {
            **mine,
            "name": _words(values, "name"),
            "code": _words(values, "code"),
            "signing_key": _raw(values, "signing_key"),
            "sealing_key": _raw(values, "sealing_key"),
            "certificate": _words(values, "certificate").encode(),
            "enrolled_ms": _whole(values, "enrolled_at") // 1000,
        },
    )
    found = select(DEVICE.c.device).where(DEVICE.c.tenant == tenant, DEVICE.c.device == device)
    if tx.connection.scalar(found) is None:
        return  # its letters were given to another station since: it must be enrolled again
    _set_rights(tx, mine, values)
    revoked = values.get("revoked")
    if isinstance(revoked, dict):
        _revoke(tx, mine, revoked)


def _set_rights(tx: Transaction, mine: Mapping[str, object], values: Mapping[str, Value]) -> None:
    writes = _words(values, "writes").split()
    tx.connection.execute(
        delete(DEVICE_SCOPE).where(
            DEVICE_SCOPE.c.tenant == mine["tenant"], DEVICE_SCOPE.c.device == mine["device"]
        )
    )
    rights = [
        {**mine, "scope": scope, "may_write": int(scope in writes)}
        for scope in _words(values, "scopes").split()
    ]
    if rights:
        tx.connection.execute(insert(DEVICE_SCOPE), rights)


def _revoke(tx: Transaction, mine: Mapping[str, object], revoked: Mapping[str, Value]) -> None:
    tenant = str(mine["tenant"])
    tx.connection.execute(
        update(DEVICE)
        .where(DEVICE.c.tenant == tenant, DEVICE.c.device == mine["device"], DEVICE.c.revoked_ms.is_(None))
        .values(revoked_ms=_whole(revoked, "revoked_at") // 1000)
    )
    for line in _words(revoked, "cutoffs").splitlines():
        scope, replica, seq = line.split()
        if scope != SYSTEM_SCOPE:
            lock_scope(tx, tenant, scope)
        place = {"tenant": tenant, "scope": scope, "replica": int(replica)}
        tx.connection.execute(_ADD_HEAD, {**place, "hash": GENESIS, "past": msgpack.encode({})})
        tx.connection.execute(
            update(REPLICA_HEAD)
            .where(
                REPLICA_HEAD.c.tenant == tenant,
                REPLICA_HEAD.c.scope == scope,
                REPLICA_HEAD.c.replica == int(replica),
            )
            .values(cutoff=int(seq))
        )


def _add_replica(tx: Transaction, tenant: str, replica: int, device: bytes) -> None:
    tx.connection.execute(
        _ADD_REPLICA, {"tenant": tenant, "replica": replica, "device": device, "noted_ms": tx.now_ms}
    )


def _words(values: Mapping[str, Value], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _whole(values: Mapping[str, Value], name: str) -> int:
    value = values.get(name)
    return value if isinstance(value, int) else 0


def _raw(values: Mapping[str, Value], name: str) -> bytes:
    value = values.get(name)
    return value if isinstance(value, bytes) else b""
