"""The store's own tables: the journal and what is local to this file. None of them is a record."""

from sqlalchemy import BLOB, INTEGER, TEXT, Column, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from desktop.register.record import Base

_metadata = Base.metadata

JOURNAL = Table(
    "journal",
    _metadata,
    Column("n", INTEGER, primary_key=True),
    Column("scope", TEXT, nullable=False),
    Column("replica", INTEGER, nullable=False),
    Column("seq", INTEGER, nullable=False),
    Column("prev", BLOB, nullable=False),
    Column("hash", BLOB, nullable=False),
    Column("hlc", INTEGER, nullable=False),
    Column("actor", BLOB, nullable=False),
    Column("operation", TEXT, nullable=False),
    Column("body", BLOB, nullable=False),
    UniqueConstraint("scope", "replica", "seq"),
)
"""Change-sets as `wire.changes` encodes them, in the order in which this file applied them. The columns beside
`body` repeat parts of it for look-ups; `atalaya verify` compares them."""

CHAIN = Table(
    "chain",
    _metadata,
    Column("scope", TEXT, nullable=False),
    Column("replica", INTEGER, nullable=False),
    Column("seq", INTEGER, nullable=False),
    Column("hash", BLOB, nullable=False),
    Column("n", INTEGER, nullable=False),
    PrimaryKeyConstraint("scope", "replica"),
    sqlite_with_rowid=False,
)
"""How far each chain is applied in this file, and at which journal entry: the version vector of sync.md §2.1."""

RIVAL = Table(
    "rival",
    _metadata,
    Column("record_id", BLOB, nullable=False),
    Column("field_group", TEXT, nullable=False),
    Column("register", TEXT, nullable=False),
    Column("versions", BLOB, nullable=False),
    Column("is_open", INTEGER, nullable=False),
    PrimaryKeyConstraint("record_id", "field_group"),
    sqlite_with_rowid=False,
)
"""What each concurrent write gave a field group of a record (`wire.merge.Version`), and whether a person must decide:
writes that say the same ask nobody. A record that was voided and edited at the same time has a row for its deletion.
`register` is the record's table."""

JOURNAL_TOUCH = Table(
    "journal_touch",
    _metadata,
    Column("record_id", BLOB, nullable=False),
    Column("n", INTEGER, nullable=False),
    PrimaryKeyConstraint("record_id", "n"),
    sqlite_with_rowid=False,
)
"""Which journal entries touch a record or one of the rows that belong to it: the way to its timeline."""

SEGMENT = Table(
    "segment",
    _metadata,
    Column("scope", TEXT, nullable=False),
    Column("replica", INTEGER, nullable=False),
    Column("seq_first", INTEGER, nullable=False),
    Column("seq_last", INTEGER, nullable=False),
    Column("hash", BLOB, nullable=False),
    Column("signature", BLOB, nullable=False),
    Column("bytes", INTEGER, nullable=False),
    PrimaryKeyConstraint("scope", "replica", "seq_first"),
)
"""Runs of consecutive change-sets whose tail the station signed; the last one of each replica still grows."""

REPLICA = Table(
    "replica",
    _metadata,
    Column("replica", INTEGER, primary_key=True),
    Column("station", TEXT, nullable=False),
    Column("public_key", BLOB, nullable=False),
    Column("is_own", INTEGER, nullable=False),
    Column("created_at", INTEGER, nullable=False),
)
"""The database files whose change-sets are known here and the Ed25519 key of each one's station."""

VOID = Table(
    "void",
    _metadata,
    Column("scope", TEXT, nullable=False),
    Column("replica", INTEGER, nullable=False),
    Column("seq", INTEGER, nullable=False),
    Column("prev", BLOB, nullable=False),
    Column("hash", BLOB, nullable=False),
    Column("signature", BLOB, nullable=False),
    PrimaryKeyConstraint("scope", "replica", "seq"),
    sqlite_with_rowid=False,
)
"""Places in chains whose change-set the municipality denied: the chain goes on through them, without content."""

UNREAD = Table(
    "unread",
    _metadata,
    Column("table", TEXT, nullable=False),
    Column("record_id", BLOB, nullable=False),
    PrimaryKeyConstraint("table", "record_id"),
    sqlite_with_rowid=False,
)
"""Records of which the journal says something that this version cannot store or read: made anew after an update."""

SET_ASIDE = Table(
    "set_aside",
    _metadata,
    Column("scope", TEXT, nullable=False),
    Column("replica", INTEGER, nullable=False),
    Column("seq", INTEGER, nullable=False),
    Column("hash", BLOB, nullable=False),
    Column("body", BLOB, nullable=False),
    Column("is_denied", INTEGER, nullable=False),
    Column("noted_at", INTEGER, nullable=False),
    PrimaryKeyConstraint("scope", "replica", "seq", "hash"),
    sqlite_with_rowid=False,
)
"""Change-sets as they were that count here no longer: those that the municipality denied after they were held
(`denied`), and those of branches that another copy of their author went on from differently: what these say was written
again under new ids (`branching`)."""

SNAPSHOT = Table(
    "snapshot",
    _metadata,
    Column("scope", TEXT, nullable=False),
    Column("manifest", BLOB, nullable=False),
    Column("hlc", INTEGER, nullable=False),
    Column("chunk", INTEGER, nullable=False),
    Column("taken", INTEGER, nullable=False),
    Column("epoch", INTEGER, nullable=False),
    Column("cursor", INTEGER, nullable=False),
    PrimaryKeyConstraint("scope"),
    sqlite_with_rowid=False,
)
"""Scopes that began with a snapshot (`wire.snapshots.SignedManifest`) and whose earlier change-sets are not all here
yet. `chunk` is the one that comes next and `taken` how many of its records are here; `epoch` and `cursor` say how far
the change-sets before it were asked for."""

BASE = Table(
    "base",
    _metadata,
    Column("scope", TEXT, nullable=False),
    Column("replica", INTEGER, nullable=False),
    Column("seq", INTEGER, nullable=False),
    Column("hash", BLOB, nullable=False),
    Column("told", INTEGER, nullable=False),
    Column("told_hash", BLOB, nullable=False),
    PrimaryKeyConstraint("scope", "replica"),
    sqlite_with_rowid=False,
)
"""Chains of which the snapshot holds the first `seq` change-sets; the journal has the first `told` of them by now, and
all that come after."""

BASE_STATE = Table(
    "base_state",
    _metadata,
    Column("table", TEXT, nullable=False),
    Column("record_id", BLOB, nullable=False),
    Column("scope", TEXT, nullable=False),
    Column("state", BLOB, nullable=False),
    PrimaryKeyConstraint("table", "record_id"),
    sqlite_with_rowid=False,
)
"""What records were in the snapshot (`wire.merge.RecordState`), while the journal does not tell all that made them."""

PEER_SCOPE = Table(
    "peer_scope",
    _metadata,
    Column("peer", TEXT, nullable=False),
    Column("scope", TEXT, nullable=False),
    Column("epoch", INTEGER, nullable=False),
    Column("cursor", INTEGER, nullable=False),
    Column("root", BLOB, nullable=False),
    PrimaryKeyConstraint("peer", "scope"),
    sqlite_with_rowid=False,
)
"""How far what a peer has of a scope was taken here, in the peer's own count, and the root of the server's log there
(`wire.receipts`), empty where it did not say. A peer is the server or a neighbour."""

PEER_CHAIN = Table(
    "peer_chain",
    _metadata,
    Column("peer", TEXT, nullable=False),
    Column("scope", TEXT, nullable=False),
    Column("replica", INTEGER, nullable=False),
    Column("seq", INTEGER, nullable=False),
    PrimaryKeyConstraint("peer", "scope", "replica"),
    sqlite_with_rowid=False,
)
"""How far a peer said that it holds each chain: what lies beyond is on this station only, as far as it knows."""

RECEIPT = Table(
    "receipt",
    _metadata,
    Column("scope", TEXT, nullable=False),
    Column("epoch", INTEGER, nullable=False),
    Column("n", INTEGER, nullable=False),
    Column("digest", BLOB, nullable=False),
    Column("root", BLOB, nullable=False),
    Column("signature", BLOB, nullable=False),
    Column("taken_at", INTEGER, nullable=False),
    PrimaryKeyConstraint("scope", "epoch"),
    sqlite_with_rowid=False,
)
"""The last that the server confirmed of each scope in each of its epochs, signed by the municipality (`wire.receipts`).
Whoever looks into a quarrel about what the server once held finds it here."""

PEER_BLOB = Table(
    "peer_blob",
    _metadata,
    Column("peer", TEXT, nullable=False),
    Column("sha256", TEXT, nullable=False),
    PrimaryKeyConstraint("peer", "sha256"),
    sqlite_with_rowid=False,
)
"""Attachments whose bytes a peer said that it holds, all of them."""

ENROLMENT = Table(
    "enrolment",
    _metadata,
    Column("key", TEXT, primary_key=True),
    Column("value", BLOB, nullable=False),
)
"""What this station was given when it was enrolled: whom it may trust, and what it shows to be trusted."""

CODE_COUNTER = Table(
    "code_counter",
    _metadata,
    Column("prefix", TEXT, nullable=False),
    Column("year", INTEGER, nullable=False),
    Column("last", INTEGER, nullable=False),
    PrimaryKeyConstraint("prefix", "year"),
)
"""The last number given to a code of each prefix and civil year on this station."""

SEARCH_DOC = Table(
    "search_doc",
    _metadata,
    Column("n", INTEGER, primary_key=True),
    Column("register", TEXT, nullable=False),
    Column("record_id", BLOB, nullable=False, unique=True),
    Column("secrecy", INTEGER, nullable=False),
)
"""What the full-text index `search_text` points to: the row `n` there is the record here."""

SETTING = Table(
    "setting",
    _metadata,
    Column("owner", TEXT, nullable=False),
    Column("key", TEXT, nullable=False),
    Column("value", TEXT, nullable=False),
    PrimaryKeyConstraint("owner", "key"),
)
"""Preferences of this station (`owner` empty) and of each person (`owner` their id), as JSON."""

DRAFT = Table(
    "draft",
    _metadata,
    Column("owner", TEXT, nullable=False),
    Column("key", TEXT, nullable=False),
    Column("value", TEXT, nullable=False),
    Column("saved_at", INTEGER, nullable=False),
    PrimaryKeyConstraint("owner", "key"),
)
"""Input that was typed and not yet saved; it survives a crash and goes when the form is saved or discarded."""

Index("ix_journal_hlc", JOURNAL.c.hlc)
