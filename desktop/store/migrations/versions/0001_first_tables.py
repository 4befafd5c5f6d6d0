"""first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "attachments",
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BLOB(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_sha256"), ["sha256"], unique=False)

    op.create_table(
        "chain",
        sa.Column("scope", sa.TEXT(), nullable=False),
        sa.Column("replica", sa.INTEGER(), nullable=False),
        sa.Column("seq", sa.INTEGER(), nullable=False),
        sa.Column("hash", sa.BLOB(), nullable=False),
        sa.Column("n", sa.INTEGER(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "replica", name=op.f("pk_chain")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "code_counter",
        sa.Column("prefix", sa.TEXT(), nullable=False),
        sa.Column("year", sa.INTEGER(), nullable=False),
        sa.Column("last", sa.INTEGER(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "year", name=op.f("pk_code_counter")),
    )
    op.create_table(
        "draft",
        sa.Column("owner", sa.TEXT(), nullable=False),
        sa.Column("key", sa.TEXT(), nullable=False),
        sa.Column("value", sa.TEXT(), nullable=False),
        sa.Column("saved_at", sa.INTEGER(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "key", name=op.f("pk_draft")),
    )
    op.create_table(
        "hazard_notes",
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.INTEGER(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("place_source", sa.String(40), nullable=True),
        sa.Column("place_key", sa.Text(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_notes")),
    )
    with op.batch_alter_table("hazard_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hazard_notes_phone"), ["phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_hazard_notes_place_key"), ["place_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_hazard_notes_sector"), ["sector"], unique=False)

    op.create_table(
        "import_batches",
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("mapping", sa.TEXT(), nullable=False),
        sa.Column("started_at", sa.INTEGER(), nullable=False),
        sa.Column("ended_at", sa.INTEGER(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_imported", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("rows_duplicate", sa.Integer(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
    )
    op.create_table(
        "incident_types",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("priority", sa.String(40), nullable=False),
        sa.Column("priority_note", sa.Text(), nullable=True),
        sa.Column("services", sa.TEXT(), nullable=False),
        sa.Column("raised_to", sa.Text(), nullable=True),
        sa.Column("is_sensitive", sa.Boolean(), nullable=False),
        sa.Column("is_dmcs", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_types")),
    )
    with op.batch_alter_table("incident_types", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_types_code"), ["code"], unique=False)

    op.create_table(
        "journal",
        sa.Column("n", sa.INTEGER(), nullable=False),
        sa.Column("scope", sa.TEXT(), nullable=False),
        sa.Column("replica", sa.INTEGER(), nullable=False),
        sa.Column("seq", sa.INTEGER(), nullable=False),
        sa.Column("prev", sa.BLOB(), nullable=False),
        sa.Column("hash", sa.BLOB(), nullable=False),
        sa.Column("hlc", sa.INTEGER(), nullable=False),
        sa.Column("actor", sa.BLOB(), nullable=False),
        sa.Column("operation", sa.TEXT(), nullable=False),
        sa.Column("body", sa.BLOB(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_journal")),
        sa.UniqueConstraint("scope", "replica", "seq", name=op.f("uq_journal_scope_replica_seq")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index("ix_journal_hlc", ["hlc"], unique=False)

    op.create_table(
        "journal_touch",
        sa.Column("record_id", sa.BLOB(), nullable=False),
        sa.Column("n", sa.INTEGER(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "n", name=op.f("pk_journal_touch")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "links",
        sa.Column("from_register", sa.Text(), nullable=False),
        sa.Column("from_id", sa.BLOB(), nullable=False),
        sa.Column("to_register", sa.Text(), nullable=False),
        sa.Column("to_id", sa.BLOB(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_links_from_id"), ["from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_links_to_id"), ["to_id"], unique=False)

    op.create_table(
        "local_phones",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=True),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_phones")),
    )
    op.create_table(
        "municipal_settings",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipal_settings")),
    )
    op.create_table(
        "protocols",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("type_codes", sa.TEXT(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("steps", sa.TEXT(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocols")),
    )
    op.create_table(
        "replica",
        sa.Column("replica", sa.INTEGER(), nullable=False),
        sa.Column("station", sa.TEXT(), nullable=False),
        sa.Column("public_key", sa.BLOB(), nullable=False),
        sa.Column("is_own", sa.INTEGER(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.PrimaryKeyConstraint("replica", name=op.f("pk_replica")),
    )
    op.create_table(
        "response_targets",
        sa.Column("priority", sa.String(40), nullable=False),
        sa.Column("dispatch_s", sa.Integer(), nullable=False),
        sa.Column("arrival_s", sa.Integer(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_targets")),
    )
    op.create_table(
        "rival",
        sa.Column("record_id", sa.BLOB(), nullable=False),
        sa.Column("field_group", sa.TEXT(), nullable=False),
        sa.Column("register", sa.TEXT(), nullable=False),
        sa.Column("versions", sa.BLOB(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "field_group", name=op.f("pk_rival")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_doc",
        sa.Column("n", sa.INTEGER(), nullable=False),
        sa.Column("register", sa.TEXT(), nullable=False),
        sa.Column("record_id", sa.BLOB(), nullable=False),
        sa.Column("secrecy", sa.INTEGER(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_search_doc")),
        sa.UniqueConstraint("record_id", name=op.f("uq_search_doc_record_id")),
    )
    op.create_table(
        "sectors",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quadrant", sa.Text(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sectors")),
    )
    with op.batch_alter_table("sectors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sectors_name"), ["name"], unique=False)

    op.create_table(
        "segment",
        sa.Column("scope", sa.TEXT(), nullable=False),
        sa.Column("replica", sa.INTEGER(), nullable=False),
        sa.Column("seq_first", sa.INTEGER(), nullable=False),
        sa.Column("seq_last", sa.INTEGER(), nullable=False),
        sa.Column("hash", sa.BLOB(), nullable=False),
        sa.Column("signature", sa.BLOB(), nullable=False),
        sa.Column("bytes", sa.INTEGER(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "replica", "seq_first", name=op.f("pk_segment")),
    )
    op.create_table(
        "services",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("is_municipal", sa.Boolean(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
    )
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_services_short_name"), ["short_name"], unique=False)

    op.create_table(
        "setting",
        sa.Column("owner", sa.TEXT(), nullable=False),
        sa.Column("key", sa.TEXT(), nullable=False),
        sa.Column("value", sa.TEXT(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "key", name=op.f("pk_setting")),
    )
    op.create_table(
        "shifts",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("day", sa.TEXT(), nullable=False),
        sa.Column("starts_at", sa.INTEGER(), nullable=False),
        sa.Column("ends_at", sa.INTEGER(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("opened_by", sa.BLOB(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shifts_day"), ["day"], unique=False)

    op.create_table(
        "staff",
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=True),
        sa.Column("post", sa.String(40), nullable=False),
        sa.Column("callsign", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("department", sa.String(40), nullable=False),
        sa.Column("credential_until", sa.TEXT(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    op.create_table(
        "streets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("number_from", sa.Integer(), nullable=True),
        sa.Column("number_to", sa.Integer(), nullable=True),
        sa.Column("points", sa.TEXT(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_streets")),
    )
    with op.batch_alter_table("streets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_streets_name"), ["name"], unique=False)

    op.create_table(
        "users",
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("roles", sa.TEXT(), nullable=False),
        sa.Column("department", sa.String(40), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=True),
        sa.Column("paper_codes", sa.TEXT(), nullable=False),
        sa.Column("staff_id", sa.BLOB(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_username"), ["username"], unique=False)

    op.create_table(
        "handovers",
        sa.Column("shift_id", sa.BLOB(), nullable=False),
        sa.Column("next_shift_id", sa.BLOB(), nullable=True),
        sa.Column("sheet", sa.TEXT(), nullable=False),
        sa.Column("sheet_sha256", sa.Text(), nullable=False),
        sa.Column("outgoing_id", sa.BLOB(), nullable=False),
        sa.Column("outgoing_name", sa.Text(), nullable=False),
        sa.Column("outgoing_signed_at", sa.INTEGER(), nullable=False),
        sa.Column("incoming_id", sa.BLOB(), nullable=True),
        sa.Column("incoming_name", sa.Text(), nullable=True),
        sa.Column("incoming_signed_at", sa.INTEGER(), nullable=True),
        sa.Column("observations", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["next_shift_id"],
            ["shifts.id"],
            name=op.f("fk_handovers_next_shift_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"],
            ["shifts.id"],
            name=op.f("fk_handovers_shift_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handovers_shift_id"), ["shift_id"], unique=False)

    op.create_table(
        "incidents",
        sa.Column("type_code", sa.Text(), nullable=True),
        sa.Column("type_is_manual", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.String(40), nullable=False),
        sa.Column("is_sensitive", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("narrative", sa.Text(), nullable=False),
        sa.Column("risks", sa.TEXT(), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("reported_at", sa.INTEGER(), nullable=False),
        sa.Column("dispatched_at", sa.INTEGER(), nullable=True),
        sa.Column("en_route_at", sa.INTEGER(), nullable=True),
        sa.Column("arrived_at", sa.INTEGER(), nullable=True),
        sa.Column("controlled_at", sa.INTEGER(), nullable=True),
        sa.Column("closed_at", sa.INTEGER(), nullable=True),
        sa.Column("times_edited", sa.Boolean(), nullable=False),
        sa.Column("is_late_entry", sa.Boolean(), nullable=False),
        sa.Column("no_unit_since", sa.INTEGER(), nullable=True),
        sa.Column("result", sa.String(40), nullable=True),
        sa.Column("result_note", sa.Text(), nullable=True),
        sa.Column("police_report", sa.Text(), nullable=True),
        sa.Column("needs_follow_up", sa.Boolean(), nullable=False),
        sa.Column("parent_id", sa.BLOB(), nullable=True),
        sa.Column("duplicate_of_id", sa.BLOB(), nullable=True),
        sa.Column("external_ref", sa.Text(), nullable=True),
        sa.Column("import_batch_id", sa.BLOB(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("place_source", sa.String(40), nullable=True),
        sa.Column("place_key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("folio", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"],
            ["incidents.id"],
            name=op.f("fk_incidents_duplicate_of_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["import_batch_id"],
            ["import_batches.id"],
            name=op.f("fk_incidents_import_batch_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["incidents.id"],
            name=op.f("fk_incidents_parent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index("ix_incidents_closed", ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_external_ref"), ["external_ref"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_folio"), ["folio"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_import_batch_id"), ["import_batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_place_key"), ["place_key"], unique=False)
        batch_op.create_index(
            "ix_incidents_reported", ["reported_at", "confidentiality", "voided_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_incidents_sector"), ["sector"], unique=False)
        batch_op.create_index(
            "ix_incidents_state",
            ["status", "confidentiality", "is_sensitive", "voided_at", "priority"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_incidents_type_code"), ["type_code"], unique=False)

    op.create_table(
        "calls",
        sa.Column("received_at", sa.INTEGER(), nullable=False),
        sa.Column("answered_at", sa.INTEGER(), nullable=True),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("caller_name", sa.Text(), nullable=True),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("preliminary_type", sa.Text(), nullable=True),
        sa.Column("result", sa.String(40), nullable=True),
        sa.Column("incident_id", sa.BLOB(), nullable=True),
        sa.Column("is_late_entry", sa.Boolean(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("place_source", sa.String(40), nullable=True),
        sa.Column("place_key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("folio", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name=op.f("fk_calls_incident_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calls_code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_folio"), ["folio"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_phone"), ["phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_place_key"), ["place_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_sector"), ["sector"], unique=False)

    op.create_table(
        "checklist_ticks",
        sa.Column("incident_id", sa.BLOB(), nullable=False),
        sa.Column("protocol_id", sa.BLOB(), nullable=False),
        sa.Column("protocol_version", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.INTEGER(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("struck_at", sa.INTEGER(), nullable=True),
        sa.Column("struck_by", sa.BLOB(), nullable=True),
        sa.Column("strike_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name=op.f("fk_checklist_ticks_incident_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["protocol_id"],
            ["protocols.id"],
            name=op.f("fk_checklist_ticks_protocol_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_ticks")),
    )
    with op.batch_alter_table("checklist_ticks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checklist_ticks_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "incident_lines",
        sa.Column("incident_id", sa.BLOB(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.INTEGER(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("is_late_entry", sa.Boolean(), nullable=False),
        sa.Column("data", sa.TEXT(), nullable=True),
        sa.Column("struck_at", sa.INTEGER(), nullable=True),
        sa.Column("struck_by", sa.BLOB(), nullable=True),
        sa.Column("strike_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name=op.f("fk_incident_lines_incident_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_lines")),
    )
    with op.batch_alter_table("incident_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_lines_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "incident_people",
        sa.Column("incident_id", sa.BLOB(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("run", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name=op.f("fk_incident_people_incident_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_people")),
    )
    with op.batch_alter_table("incident_people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_people_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_people_run"), ["run"], unique=False)

    op.create_table(
        "incident_vehicles",
        sa.Column("incident_id", sa.BLOB(), nullable=False),
        sa.Column("plate", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("is_reported_stolen", sa.Boolean(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name=op.f("fk_incident_vehicles_incident_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_vehicles")),
    )
    with op.batch_alter_table("incident_vehicles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_vehicles_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_vehicles_plate"), ["plate"], unique=False)

    op.create_table(
        "quick_notes",
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.INTEGER(), nullable=False),
        sa.Column("moved_to_id", sa.BLOB(), nullable=True),
        sa.Column("moved_at", sa.INTEGER(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["moved_to_id"],
            ["incidents.id"],
            name=op.f("fk_quick_notes_moved_to_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quick_notes")),
    )
    op.create_table(
        "referrals",
        sa.Column("incident_id", sa.BLOB(), nullable=False),
        sa.Column("service_id", sa.BLOB(), nullable=True),
        sa.Column("service_name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("requested_at", sa.INTEGER(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("number_given", sa.Text(), nullable=True),
        sa.Column("expected_at", sa.INTEGER(), nullable=True),
        sa.Column("arrived_at", sa.INTEGER(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name=op.f("fk_referrals_incident_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["services.id"],
            name=op.f("fk_referrals_service_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referrals_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "units",
        sa.Column("callsign", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("plate", sa.Text(), nullable=True),
        sa.Column("crew", sa.Text(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("equipment", sa.TEXT(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("status_at", sa.INTEGER(), nullable=True),
        sa.Column("incident_id", sa.BLOB(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("position_at", sa.INTEGER(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name=op.f("fk_units_incident_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
    )
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_units_callsign"), ["callsign"], unique=False)

    op.create_table(
        "assignments",
        sa.Column("incident_id", sa.BLOB(), nullable=False),
        sa.Column("unit_id", sa.BLOB(), nullable=False),
        sa.Column("callsign", sa.Text(), nullable=False),
        sa.Column("crew", sa.Text(), nullable=True),
        sa.Column("assigned_at", sa.INTEGER(), nullable=False),
        sa.Column("en_route_at", sa.INTEGER(), nullable=True),
        sa.Column("on_scene_at", sa.INTEGER(), nullable=True),
        sa.Column("transporting_at", sa.INTEGER(), nullable=True),
        sa.Column("released_at", sa.INTEGER(), nullable=True),
        sa.Column("preempted_at", sa.INTEGER(), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.Column("was_recommended", sa.Boolean(), nullable=False),
        sa.Column("recommendation", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name=op.f("fk_assignments_incident_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
            name=op.f("fk_assignments_unit_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignments_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(
            "ix_assignments_unit_open", ["unit_id", "released_at", "preempted_at"], unique=False
        )

    op.create_table(
        "field_timers",
        sa.Column("incident_id", sa.BLOB(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("unit_id", sa.BLOB(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("is_adult", sa.Boolean(), nullable=False),
        sa.Column("means", sa.Text(), nullable=True),
        sa.Column("started_at", sa.INTEGER(), nullable=False),
        sa.Column("limit_s", sa.Integer(), nullable=False),
        sa.Column("police_notified_at", sa.INTEGER(), nullable=True),
        sa.Column("ended_at", sa.INTEGER(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("received_by", sa.Text(), nullable=True),
        sa.Column("silenced_at", sa.INTEGER(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name=op.f("fk_field_timers_incident_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
            name=op.f("fk_field_timers_unit_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_timers")),
    )
    with op.batch_alter_table("field_timers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_field_timers_ended_at"), ["ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_field_timers_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "shift_members",
        sa.Column("shift_id", sa.BLOB(), nullable=False),
        sa.Column("staff_id", sa.BLOB(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BLOB(), nullable=True),
        sa.Column("is_present", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shift_id"],
            ["shifts.id"],
            name=op.f("fk_shift_members_shift_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
            name=op.f("fk_shift_members_unit_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_members")),
    )
    with op.batch_alter_table("shift_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_members_shift_id"), ["shift_id"], unique=False)

    op.create_table(
        "unit_status_changes",
        sa.Column("unit_id", sa.BLOB(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("at", sa.INTEGER(), nullable=False),
        sa.Column("incident_id", sa.BLOB(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("id", sa.BLOB(), nullable=False),
        sa.Column("created_at", sa.INTEGER(), nullable=False),
        sa.Column("created_by", sa.BLOB(), nullable=False),
        sa.Column("modified_at", sa.INTEGER(), nullable=False),
        sa.Column("modified_by", sa.BLOB(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(40), nullable=False),
        sa.Column("voided_at", sa.INTEGER(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("_d", sa.LargeBinary(), nullable=False),
        sa.Column("_x", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name=op.f("fk_unit_status_changes_incident_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
            name=op.f("fk_unit_status_changes_unit_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_status_changes")),
    )
    with op.batch_alter_table("unit_status_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_status_changes_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_status_changes_unit_id"), ["unit_id"], unique=False)
    op.execute(
        "CREATE VIRTUAL TABLE search_text USING fts5(words, content='', contentless_delete=1, "
        "tokenize=\"unicode61 remove_diacritics 2\", prefix='2 3')"
    )
