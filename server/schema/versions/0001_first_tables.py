"""first tables."""

import sqlalchemy as sa
from alembic import op

_PARTITIONS = 16

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "backup",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "made_ms", name=op.f("pk_backup")),
    )
    op.create_table(
        "blob",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("chunk", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("is_whole", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "sha256", "chunk", name=op.f("pk_blob")),
    )
    op.create_table(
        "blob_ref",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "scope", "sha256", name=op.f("pk_blob_ref")),
    )
    op.create_table(
        "device",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("signing_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealing_key", sa.LargeBinary(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("enrolled_ms", sa.BigInteger(), nullable=False),
        sa.Column("brings_users", sa.Integer(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.Column("seen_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "device", name=op.f("pk_device")),
    )
    op.create_index(op.f("ix_device_tenant_code"), "device", ["tenant", "code"], unique=True)
    op.create_table(
        "device_scope",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("may_write", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "device", "scope", name=op.f("pk_device_scope")),
    )
    op.create_table(
        "enrolment_code",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("reads", sa.Text(), nullable=False),
        sa.Column("writes", sa.Text(), nullable=False),
        sa.Column("brings_users", sa.Integer(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_by", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "hash", name=op.f("pk_enrolment_code")),
    )
    op.create_table(
        "folio_counter",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "prefix", "year", name=op.f("pk_folio_counter")),
    )
    op.create_table(
        "quarantine",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("replica", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "scope", "replica", "seq", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "record",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("tbl", sa.String(length=64), nullable=False),
        sa.Column("pk", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "scope", "tbl", "pk", name=op.f("pk_record")),
        postgresql_partition_by="HASH (tenant)",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "replica",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("replica", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("noted_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "replica", name=op.f("pk_replica")),
    )
    op.create_table(
        "replica_head",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("replica", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("past", sa.LargeBinary(), nullable=False),
        sa.Column("cutoff", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "scope", "replica", name=op.f("pk_replica_head")),
    )
    op.create_table(
        "scope_head",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("hlc", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "scope", name=op.f("pk_scope_head")),
    )
    op.create_table(
        "segment",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("n_first", sa.BigInteger(), nullable=False),
        sa.Column("n_last", sa.BigInteger(), nullable=False),
        sa.Column("n_whole", sa.BigInteger(), nullable=False),
        sa.Column("replica", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("tail", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("bodies", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("voids", sa.Integer(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("via", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "scope", "n_first", name=op.f("pk_segment")),
        postgresql_partition_by="HASH (tenant)",
    )
    op.create_index(
        op.f("ix_segment_tenant_scope_replica_last"),
        "segment",
        ["tenant", "scope", "replica", "last"],
        unique=False,
    )
    op.create_table(
        "snapshot",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("chunk", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "scope", "epoch", "n", "chunk", name=op.f("pk_snapshot")),
    )
    op.create_index(
        op.f("ix_snapshot_tenant_scope_sha256"), "snapshot", ["tenant", "scope", "sha256"], unique=False
    )
    op.create_table(
        "tenant",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("replica", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_tenant")),
    )
    op.create_table(
        "void",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("replica", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "scope", "replica", "seq", name=op.f("pk_void")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("record", "segment"):
            for place in range(_PARTITIONS):
                op.execute(
                    f"CREATE TABLE {table}_{place} PARTITION OF {table} "
                    f"FOR VALUES WITH (MODULUS {_PARTITIONS}, REMAINDER {place})"
                )
