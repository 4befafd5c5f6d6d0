"""The server's tables (sync.md §2.3): `tenant` in every key, so that municipalities never meet and can be spread.

The hot ones are partitioned by hash of the tenant on PostgreSQL; SQLite ignores that.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

METADATA: Final = MetaData(
    naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"}
)
PARTITIONS: Final = 16
PARTITIONED: Final = ("record", "segment")
_BY_TENANT = "HASH (tenant)"

TENANT = Table(
    "tenant",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("replica", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant"),
)
"""One municipality. `replica` is the server's own chain since this `epoch`, which is another after every restore;
`sealed` its private keys, which only the passphrase opens."""

SCOPE_HEAD = Table(
    "scope_head",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("scope", String(80), nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("hlc", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "scope"),
)
"""How many change-sets a scope has taken, and the digest of their state. Whoever takes more locks this row first.
`root` is the hash of the log until here (`wire.receipts.follow`), `hlc` the server's own clock in the scope."""

REPLICA = Table(
    "replica",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("replica", BigInteger, nullable=False),
    Column("device", LargeBinary, nullable=False),
    Column("noted_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "replica"),
)
"""Whose key signs a chain: a device's or, with the device of sixteen zero bytes, the municipality's own."""

REPLICA_HEAD = Table(
    "replica_head",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("scope", String(80), nullable=False),
    Column("replica", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("past", LargeBinary, nullable=False),
    Column("cutoff", BigInteger),
    PrimaryKeyConstraint("tenant", "scope", "replica"),
)
"""How far each chain is held, since which `n`, and what its author had applied by then (`past`, a packed vector).
Beyond `cutoff`, set when the device is revoked, nothing is taken."""

SEGMENT = Table(
    "segment",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("scope", String(80), nullable=False),
    Column("n_first", BigInteger, nullable=False),
    Column("n_last", BigInteger, nullable=False),
    Column("n_whole", BigInteger, nullable=False),
    Column("replica", BigInteger, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("prev", LargeBinary, nullable=False),
    Column("tail", LargeBinary, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("bodies", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("voids", Integer, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("via", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant", "scope", "n_first"),
    Index(None, "tenant", "scope", "replica", "last"),
    postgresql_partition_by=_BY_TENANT,
)
"""The log: pieces of chains as they were signed, bodies verbatim (compressed together), with an empty body in the
place of each of the `voids` denied ones. `prev` is the hash before `start`. Pieces that depend on each other both ways
were taken together and are given together, up to `n_whole`. `via` is the device that brought the piece."""

RECORD = Table(
    "record",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("scope", String(80), nullable=False),
    Column("tbl", String(64), nullable=False),
    Column("pk", LargeBinary, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("n", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "scope", "tbl", "pk"),
    postgresql_partition_by=_BY_TENANT,
    sqlite_with_rowid=False,
)
"""What the writes to each record add up to (`wire.merge.RecordState`, packed), for snapshots and authorisation."""

DEVICE = Table(
    "device",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("device", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("code", String(8), nullable=False),
    Column("signing_key", LargeBinary, nullable=False),
    Column("sealing_key", LargeBinary, nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("enrolled_ms", BigInteger, nullable=False),
    Column("brings_users", Integer, nullable=False),
    Column("revoked_ms", BigInteger),
    Column("seen_ms", BigInteger),
    PrimaryKeyConstraint("tenant", "device"),
    Index(None, "tenant", "code", unique=True),
)
"""One enrolled device. With `brings_users`, the users that its program made while it was set up are the municipality's:
the first device always, another one that had worked alone when an administrator says so."""

DEVICE_SCOPE = Table(
    "device_scope",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("device", LargeBinary, nullable=False),
    Column("scope", String(80), nullable=False),
    Column("may_write", Integer, nullable=False),
    PrimaryKeyConstraint("tenant", "device", "scope"),
)
"""What a device may hold and, of that, write. No row, no right."""

ENROLMENT_CODE = Table(
    "enrolment_code",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("code", String(8), nullable=False),
    Column("reads", Text, nullable=False),
    Column("writes", Text, nullable=False),
    Column("brings_users", Integer, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("used_by", LargeBinary),
    PrimaryKeyConstraint("tenant", "hash"),
)
"""One-time permission to enrol. The secret itself is never kept, its hash is."""

QUARANTINE = Table(
    "quarantine",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("scope", String(80), nullable=False),
    Column("replica", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "scope", "replica", "seq"),
)
"""Change-sets that were denied, kept as evidence and given to nobody."""

VOID = Table(
    "void",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("scope", String(80), nullable=False),
    Column("replica", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("prev", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant", "scope", "replica", "seq"),
)
"""The signed word that a change-set has its place in the chain and no content."""

FOLIO_COUNTER = Table(
    "folio_counter",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("prefix", String(8), nullable=False),
    Column("year", Integer, nullable=False),
    Column("last", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "prefix", "year"),
)

BLOB = Table(
    "blob",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("chunk", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("is_whole", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant", "sha256", "chunk"),
)
"""The bytes of attachments, in chunks as they came; `is_whole` once all are there and are what the hash says."""

BLOB_REF = Table(
    "blob_ref",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("scope", String(80), nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant", "scope", "sha256"),
)
"""Which scopes speak of a blob: knowing its hash opens nothing."""

SNAPSHOT = Table(
    "snapshot",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("scope", String(80), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("chunk", Integer, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant", "scope", "epoch", "n", "chunk"),
    Index(None, "tenant", "scope", "sha256"),
)
"""The records of a scope as they stood at `n`, for stations that begin with nothing: chunk 0 is the signed manifest,
written last. It can be made again at any time and is in no backup."""

BACKUP = Table(
    "backup",
    METADATA,
    Column("tenant", String(64), nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "made_ms"),
)
"""When a backup was made and read back. It is in no backup itself: one that was restored must be backed up anew."""
