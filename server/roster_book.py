"""Who belongs to a municipality: devices, their database files and rights, in the server's own chain of `sys`.

What stations read of this travels like any record (`wire.roster`). What only the server needs lies beside it in tables
of its own, written in the same transaction.
"""

import hashlib
import re
import secrets
import uuid
from collections.abc import Sequence
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct
from sqlalchemy import delete, insert, select, update

from server import own
from server.authority import Authority
from server.chains import Chains, ScopeHead, lock_scope, store_head
from server.engine import Database, Transaction
from server.limits import ENROLMENT_HOURS, MAX_INTEGER, is_scope
from server.records import Records
from server.refusals import MAX_NAME, Kind, RosterError
from server.tables import (
    DEVICE,
    DEVICE_SCOPE,
    ENROLMENT_CODE,
    REPLICA,
    REPLICA_HEAD,
    SCOPE_HEAD,
)
from wire.changes import Op, OpKind, Values
from wire.heads import dot_of
from wire.merge import GroupValue
from wire.messages import Enrol, Enrolled
from wire.roster import DEVICES, REPLICAS, SYSTEM_SCOPE

_SPACE: Final = uuid.UUID("0d6b1d3c-0c5e-5f57-9a1d-3c9b4c6f2a10")
_DEVICE_CODE = re.compile(r"[0-9ABCDEFGHJKLMNPRTWXYZ]{2}")
_KEY_BYTES = 32
_HOUR_MS = 3600 * 1000


class Device(Struct, frozen=True):
    """An enrolled device and its rights of today. Instants in milliseconds UTC."""

    id: bytes
    name: str
    code: str
    signing_key: bytes
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    enrolled_ms: int
    revoked_ms: int | None
    seen_ms: int | None

    @property
    def is_revoked(self) -> bool:
        """Tell whether the municipality no longer trusts it."""
        return self.revoked_ms is not None


class Wanted(Struct, frozen=True):
    """What an administrator allows a station that is to come: its name, its code, what it may hold and write.

    With `brings_users` it had worked alone, and the users that were made while it was set up are taken too.
    """

    name: str
    code: str
    reads: Sequence[str]
    writes: Sequence[str]
    brings_users: bool = False


def offer_enrolment(database: Database, authority: Authority, secret: bytes, wanted: Wanted) -> int:
    """Allow one enrolment to whoever shows `secret`; return until when (milliseconds UTC).

    Raises:
        RosterError: the code is no device code or taken, or the scopes are none.
    """
    reads, writes = _completed(wanted.reads, wanted.writes)
    if _DEVICE_CODE.fullmatch(wanted.code) is None:
        raise RosterError(Kind.DEVICE_CODE)
    if not all(is_scope(scope) for scope in reads):
        raise RosterError(Kind.SCOPES)
    if not 0 < len(wanted.name.strip()) <= MAX_NAME:
        raise RosterError(Kind.NAME)
    with database.writing() as tx:
        _check_free(tx, authority.tenant, wanted.code)
        expires_ms = tx.now_ms + ENROLMENT_HOURS * _HOUR_MS
        tx.connection.execute(
            insert(ENROLMENT_CODE).values(
                tenant=authority.tenant,
                hash=_hashed(secret),
                name=wanted.name.strip(),
                code=wanted.code,
                reads=" ".join(reads),
                writes=" ".join(writes),
                brings_users=int(wanted.brings_users),
                expires_ms=expires_ms,
            )
        )
    return expires_ms


def enrol_device(database: Database, authority: Authority, secret: bytes, asked: Enrol) -> Enrolled:
    """Take a station into the municipality. Asking again with the same key and code gives the same answer.

    Raises:
        RosterError: the code is unknown, used or expired, or what was sent cannot be.
        server.authority.RequestError: the certificate request is none.
    """
    _check_keys(asked)
    with database.writing() as tx:
        head = lock_scope(tx, authority.tenant, SYSTEM_SCOPE)
        offer = tx.connection.execute(
            select(ENROLMENT_CODE).where(
                ENROLMENT_CODE.c.tenant == authority.tenant, ENROLMENT_CODE.c.hash == _hashed(secret)
            )
        ).first()
        if offer is None:
            raise RosterError(Kind.CODE)
        if offer.used_by is not None:
            return _enrolled_again(tx, authority, offer.used_by, asked)
        if tx.now_ms >= offer.expires_ms:
            raise RosterError(Kind.CODE_EXPIRED)
        _check_free(tx, authority.tenant, offer.code)
        device = _new_id(tx.now_ms)
        certificate = authority.device_certificate(device, asked.tls_request, tx.now_ms)
        reads, writes = offer.reads.split(), offer.writes.split()
        others = select(DEVICE.c.device).where(DEVICE.c.tenant == authority.tenant).limit(1)
        is_first = tx.connection.scalar(others) is None
        tx.connection.execute(
            insert(DEVICE).values(
                tenant=authority.tenant,
                device=device,
                name=offer.name,
                code=offer.code,
                signing_key=asked.signing_key,
                sealing_key=asked.sealing_key,
                certificate=certificate,
                enrolled_ms=tx.now_ms,
                brings_users=int(is_first or offer.brings_users),
            )
        )
        _add_rights(tx, authority.tenant, device, reads, writes)
        tx.connection.execute(
            update(ENROLMENT_CODE)
            .where(ENROLMENT_CODE.c.tenant == authority.tenant, ENROLMENT_CODE.c.hash == offer.hash)
            .values(used_by=device)
        )
        values: Values = {
            "name": offer.name,
            "code": offer.code,
            "signing_key": asked.signing_key,
            "sealing_key": asked.sealing_key,
            "certificate": certificate.decode(),
            "scopes": offer.reads,
            "writes": offer.writes,
            "enrolled_at": tx.now_ms * 1000,
        }
        ops = [
            Op(OpKind.CREATE, DEVICES, device, values),
            replica_op(tx, authority.tenant, device, asked.replica),
        ]
        write(tx, authority, head, ops, "enrol_device")
        return _answer(authority, device, offer.code, certificate, reads)


def note_replica(database: Database, authority: Authority, device: bytes, replica: int) -> None:
    """Know one more database file of a device, as after a fork; a known one changes nothing.

    Raises:
        RosterError: the device is unknown or revoked, or the file is another device's.
    """
    with database.reading() as tx:
        owner = _owner_of(tx, authority.tenant, replica)
    if owner == device:
        return
    with database.writing() as tx:
        head = lock_scope(tx, authority.tenant, SYSTEM_SCOPE)
        row = tx.connection.execute(
            select(DEVICE.c.revoked_ms).where(DEVICE.c.tenant == authority.tenant, DEVICE.c.device == device)
        ).first()
        if row is None:
            raise RosterError(Kind.UNKNOWN_DEVICE)
        if row.revoked_ms is not None:
            raise RosterError(Kind.REVOKED)
        if _owner_of(tx, authority.tenant, replica) == device:
            return
        op = replica_op(tx, authority.tenant, device, replica)
        write(tx, authority, head, [op], "note_replica")


def revoke_device(database: Database, authority: Authority, device: bytes, reason: str) -> None:
    """Trust a device no longer: what its chains hold until now stays, nothing more is taken. Twice is once.

    Raises:
        RosterError: there is no such device.
    """
    tenant = authority.tenant
    with database.writing() as tx:
        # Every scope is locked, always in one order: what is being taken now is inside the cut-off or comes too late.
        scopes = list(
            tx.connection.scalars(
                select(SCOPE_HEAD.c.scope).where(SCOPE_HEAD.c.tenant == tenant).order_by(SCOPE_HEAD.c.scope)
            )
        )
        heads = {scope: lock_scope(tx, tenant, scope) for scope in sorted({*scopes, SYSTEM_SCOPE})}
        mine = (DEVICE.c.tenant == tenant, DEVICE.c.device == device)
        row = tx.connection.execute(select(DEVICE.c.revoked_ms).where(*mine)).first()
        if row is None:
            raise RosterError(Kind.UNKNOWN_DEVICE)
        if row.revoked_ms is not None:
            return
        tx.connection.execute(update(DEVICE).where(*mine).values(revoked_ms=tx.now_ms))
        replicas = select(REPLICA.c.replica).where(REPLICA.c.tenant == tenant, REPLICA.c.device == device)
        held = (REPLICA_HEAD.c.tenant == tenant, REPLICA_HEAD.c.replica.in_(replicas))
        tx.connection.execute(update(REPLICA_HEAD).where(*held).values(cutoff=REPLICA_HEAD.c.seq))
        cutoffs = tx.connection.execute(
            select(REPLICA_HEAD.c.scope, REPLICA_HEAD.c.replica, REPLICA_HEAD.c.seq)
            .where(*held)
            .order_by(REPLICA_HEAD.c.scope, REPLICA_HEAD.c.replica)
        )
        whole = {
            "revoked_at": tx.now_ms * 1000,
            "revoke_reason": reason,
            "cutoffs": "\n".join(f"{cut.scope} {cut.replica} {cut.seq}" for cut in cutoffs),
        }
        _write_of_device(tx, authority, heads[SYSTEM_SCOPE], device, {"revoked": whole}, "revoke_device")


def device_of(database: Database, tenant: str, device: bytes) -> Device | None:
    """Return a device with its rights, None when nobody enrolled it."""
    found = _devices(database, tenant, device)
    return found[0] if found else None


def devices(database: Database, tenant: str) -> list[Device]:
    """Return every device that was ever enrolled, the earliest first."""
    return _devices(database, tenant, None)


def note_seen(database: Database, tenant: str, device: bytes) -> None:
    """Note that a device said hello now."""
    with database.writing() as tx:
        tx.connection.execute(
            update(DEVICE)
            .where(DEVICE.c.tenant == tenant, DEVICE.c.device == device)
            .values(seen_ms=tx.now_ms)
        )


def take_users_of(database: Database, tenant: str, device: bytes) -> None:
    """Take also the users that were made while a device was set up, which it had been refused until now."""
    with database.writing() as tx:
        mine = (DEVICE.c.tenant == tenant, DEVICE.c.device == device)
        tx.connection.execute(update(DEVICE).where(*mine).values(brings_users=1))


def set_rights(
    database: Database, authority: Authority, device: bytes, reads: Sequence[str], writes: Sequence[str]
) -> None:
    """Change what a device may hold and write, from its next request on.

    Raises:
        RosterError: a scope is none, or there is no such device.
    """
    tenant = authority.tenant
    scopes, writes = _completed(reads, writes)
    if not all(is_scope(scope) for scope in scopes):
        raise RosterError(Kind.SCOPES)
    with database.writing() as tx:
        head = lock_scope(tx, tenant, SYSTEM_SCOPE)
        tx.connection.execute(
            delete(DEVICE_SCOPE).where(DEVICE_SCOPE.c.tenant == tenant, DEVICE_SCOPE.c.device == device)
        )
        _add_rights(tx, tenant, device, scopes, writes)
        said: dict[str, GroupValue] = {"scopes": " ".join(scopes), "writes": " ".join(writes)}
        _write_of_device(tx, authority, head, device, said, "set_rights")


def _completed(reads: Sequence[str], writes: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the scopes that a device holds and writes: always `sys`, which it writes when it writes anything.

    People change their passwords where they work; what else of `sys` they may write is asked of each of them.
    """
    written = {SYSTEM_SCOPE, *writes} if writes else set()
    return sorted({SYSTEM_SCOPE, *reads, *writes}), sorted(written)


def _add_rights(
    tx: Transaction, tenant: str, device: bytes, scopes: Sequence[str], writes: Sequence[str]
) -> None:
    tx.connection.execute(
        insert(DEVICE_SCOPE),
        [
            {"tenant": tenant, "device": device, "scope": scope, "may_write": int(scope in writes)}
            for scope in scopes
        ],
    )


def _write_of_device(
    tx: Transaction,
    authority: Authority,
    head: ScopeHead,
    device: bytes,
    said: dict[str, GroupValue],
    operation: str,
) -> None:
    """Say something of a device in the roster, over whatever was said before."""
    records = Records(tx, authority.tenant, SYSTEM_SCOPE)
    records.load([(DEVICES, device)])
    state = records.get((DEVICES, device))
    if state is None:
        raise RosterError(Kind.UNKNOWN_DEVICE)
    replaced = {group: [dot_of(stamp) for stamp in state.heads.of(group)] for group in said}
    op = Op(OpKind.SET, DEVICES, device, said, replaced)
    write(tx, authority, head, [op], operation, records)


def _devices(database: Database, tenant: str, device: bytes | None) -> list[Device]:
    which = select(DEVICE).where(DEVICE.c.tenant == tenant)
    rights = select(DEVICE_SCOPE).where(DEVICE_SCOPE.c.tenant == tenant)
    if device is not None:
        which, rights = which.where(DEVICE.c.device == device), rights.where(DEVICE_SCOPE.c.device == device)
    with database.reading() as tx:
        rows = tx.connection.execute(which.order_by(DEVICE.c.enrolled_ms, DEVICE.c.device)).all()
        scopes = tx.connection.execute(rights.order_by(DEVICE_SCOPE.c.scope)).all()
    return [
        Device(
            bytes(row.device),
            row.name,
            row.code,
            bytes(row.signing_key),
            tuple(right.scope for right in scopes if right.device == row.device),
            tuple(right.scope for right in scopes if right.device == row.device and right.may_write),
            row.enrolled_ms,
            row.revoked_ms,
            row.seen_ms,
        )
        for row in rows
    ]


def write(
    tx: Transaction,
    authority: Authority,
    head: ScopeHead,
    ops: Sequence[Op],
    operation: str,
    records: Records | None = None,
) -> None:
    """Write a change-set of the server into a locked `sys`."""
    chains = Chains(tx, head, authority.public_key)
    records = records or Records(tx, authority.tenant, SYSTEM_SCOPE)
    own.write(tx, authority, head, chains, records, ops, operation)
    chains.flush()
    store_head(tx, head, records.flush(head.n))


def replica_op(tx: Transaction, tenant: str, device: bytes, replica: int) -> Op:
    """Note a database file and return how the roster says so."""
    if not 0 < replica <= MAX_INTEGER:
        raise RosterError(Kind.REPLICA)
    if _owner_of(tx, tenant, replica) is not None:
        raise RosterError(Kind.REPLICA_TAKEN)
    tx.connection.execute(
        insert(REPLICA).values(tenant=tenant, replica=replica, device=device, noted_ms=tx.now_ms)
    )
    values: Values = {"device_id": device, "replica": replica, "seen_at": tx.now_ms * 1000}
    return Op(OpKind.CREATE, REPLICAS, uuid.uuid5(_SPACE, str(replica)).bytes, values)


def _owner_of(tx: Transaction, tenant: str, replica: int) -> bytes | None:
    if not 0 < replica <= MAX_INTEGER:
        return None
    return tx.connection.scalar(
        select(REPLICA.c.device).where(REPLICA.c.tenant == tenant, REPLICA.c.replica == replica)
    )


def _check_keys(asked: Enrol) -> None:
    if len(asked.signing_key) != _KEY_BYTES or len(asked.sealing_key) != _KEY_BYTES:
        raise RosterError(Kind.KEYS)
    try:
        Ed25519PublicKey.from_public_bytes(asked.signing_key)
    except ValueError as error:
        raise RosterError(Kind.KEYS) from error


def _check_free(tx: Transaction, tenant: str, code: str) -> None:
    """See that no device has a code: its numbers were spoken on the radio and are never given twice."""
    taken = select(DEVICE.c.device).where(DEVICE.c.tenant == tenant, DEVICE.c.code == code)
    if tx.connection.scalar(taken) is not None:
        raise RosterError(Kind.DEVICE_CODE_TAKEN)


def _enrolled_again(tx: Transaction, authority: Authority, device: bytes, asked: Enrol) -> Enrolled:
    """Answer a station whose first answer was lost on the way; anybody else learns that the code was used."""
    row = tx.connection.execute(
        select(DEVICE).where(DEVICE.c.tenant == authority.tenant, DEVICE.c.device == device)
    ).one()
    if row.signing_key != asked.signing_key or row.revoked_ms is not None:
        raise RosterError(Kind.CODE_USED)
    scopes = tx.connection.scalars(
        select(DEVICE_SCOPE.c.scope)
        .where(DEVICE_SCOPE.c.tenant == authority.tenant, DEVICE_SCOPE.c.device == device)
        .order_by(DEVICE_SCOPE.c.scope)
    )
    return _answer(authority, bytes(device), row.code, bytes(row.certificate), list(scopes))


def _answer(
    authority: Authority, device: bytes, code: str, certificate: bytes, scopes: Sequence[str]
) -> Enrolled:
    return Enrolled(
        authority.tenant,
        authority.name,
        device,
        code,
        authority.public_bytes,
        authority.certificate,
        certificate,
        list(scopes),
    )


def _hashed(secret: bytes) -> bytes:
    return hashlib.sha256(b"atalaya enrolment\0" + secret).digest()


def _new_id(now_ms: int) -> bytes:
    """Return a UUIDv7."""
    return uuid.UUID(
        int=now_ms << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    ).bytes
