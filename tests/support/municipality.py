"""A municipality for tests: its server's core in a real database, and stations that write and hear of each other.

A station here is the smallest thing that keeps the protocol: signed chains, causes, heads. It shares no code with the
desktop's store.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import delete, select

from server import roster_book, tenants
from server.authority import Authority
from server.engine import Database
from server.give import pull, welcome_state
from server.roster_book import Wanted
from server.sealing import Cost
from server.tables import FOLIO_COUNTER, RECORD, REPLICA_HEAD, SCOPE_HEAD, SEGMENT
from server.take import push
from wire.changes import GENESIS, VERSION, ChangeSet, Dot, Op, OpKind, Values, chain_hash, encode
from wire.heads import dot_of
from wire.merge import WRITES, RecordState, merge
from wire.messages import Enrol, Enrolled, Hello, Part, Pull, Push, Pushed, Taken, Want
from wire.segments import Segment, signed_message

TENANT = "maipu"
PASSPHRASE = "cuatro palabras que nadie dice"
CHEAP = Cost(8, 1, 1)
"""A seal that costs nothing to try: only for tests."""
SCOPES = ("sys", "operaciones", "emergencia")
PROGRAM = bytes(16)
START_MS = 1_790_000_000_000


class Wall:
    """A wall clock that moves when told."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


def request_of(name: str = "estación") -> bytes:
    """Return a certificate request, PEM."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return made.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(Encoding.PEM)


@dataclass
class Chained:
    """One change-set of a station's chain."""

    body: bytes
    hash: bytes


@dataclass
class Station:
    """A station with its keys, its chains, and what it applied of others'."""

    key: Ed25519PrivateKey
    replica: int
    device: bytes = b""
    chains: dict[str, list[Chained]] = field(default_factory=dict)
    applied: dict[str, dict[int, int]] = field(default_factory=dict)
    told: dict[str, dict[int, int]] = field(default_factory=dict)
    states: dict[str, dict[tuple[str, bytes], RecordState]] = field(default_factory=dict)
    hlc: int = 1 << 40

    def write(self, scope: str, ops: Sequence[Op], *, actor: bytes = PROGRAM, hlc: int = 0) -> ChangeSet:
        """Append a change-set and apply it here."""
        chain = self.chains.setdefault(scope, [])
        vector = self.applied.setdefault(scope, {})
        told = self.told.setdefault(scope, {})
        deps = sorted((r, s) for r, s in vector.items() if r != self.replica and s > told.get(r, 0))
        told.update(deps)
        self.hlc = max(self.hlc + 1, hlc)
        change_set = ChangeSet(
            VERSION, scope, self.replica, len(chain) + 1, hlc or self.hlc, deps, 1, actor, uuid4().bytes, "t", None,
            list(ops),
        )  # fmt: skip
        self.append(scope, encode(change_set))
        self.apply(change_set)
        return change_set

    def append(self, scope: str, body: bytes) -> None:
        """Put bytes at the end of a chain, whatever they are."""
        chain = self.chains.setdefault(scope, [])
        chain.append(Chained(body, chain_hash(chain[-1].hash if chain else GENESIS, body)))

    def apply(self, change_set: ChangeSet) -> None:
        """Merge a change-set, this station's or another's."""
        states = self.states.setdefault(change_set.scope, {})
        stamp = (change_set.hlc, change_set.replica, change_set.seq)
        for op in change_set.ops:
            if op.kind in WRITES:
                key = (op.table, op.pk)
                states[key] = merge(states.get(key), op, stamp, change_set.actor)
        self.applied.setdefault(change_set.scope, {})[change_set.replica] = change_set.seq

    def create(
        self, scope: str, table: str, pk: bytes, values: Values, *, actor: bytes = PROGRAM
    ) -> ChangeSet:
        """Make a record."""
        return self.write(scope, [Op(OpKind.CREATE, table, pk, values)], actor=actor)

    def set(
        self, scope: str, table: str, pk: bytes, values: Values, *, actor: bytes = PROGRAM, hlc: int = 0
    ) -> ChangeSet:
        """Write over every head that this station knows."""
        heads = self.states[scope][table, pk].heads
        replaces: dict[str, list[Dot]] = {group: [dot_of(one) for one in heads.of(group)] for group in values}
        return self.write(scope, [Op(OpKind.SET, table, pk, values, replaces)], actor=actor, hlc=hlc)

    def piece(self, scope: str, start: int = 1, last: int = 0, first: int = 0) -> Segment:
        """Return change-sets of this station's chain, signed."""
        chain = self.chains[scope]
        last = last or len(chain)
        first = first or start
        tail = chain[last - 1].hash
        signature = self.key.sign(signed_message(scope, self.replica, first, last, tail))
        bodies = [one.body for one in chain[start - 1 : last]]
        return Segment(scope, self.replica, first, start, last, tail, signature, bodies)


@dataclass
class Municipality:
    """A server's core and the stations enrolled with it."""

    database: Database
    authority: Authority
    wall: Wall
    stations: list[Station] = field(default_factory=list)

    @classmethod
    def found(cls, where: str | Path, tenant: str = TENANT) -> "Municipality":
        wall = Wall()
        return cls.of(Database.open(where, wall, pool=4), wall, tenant)

    @classmethod
    def of(cls, database: Database, wall: Wall, tenant: str) -> "Municipality":
        """Make another municipality in an open database."""
        return cls(database, tenants.found(database, tenant, "Maipú", PASSPHRASE, CHEAP), wall)

    @property
    def tenant(self) -> str:
        return self.authority.tenant

    def station(
        self, reads: Iterable[str] = SCOPES, writes: Iterable[str] = SCOPES, *, code: str = ""
    ) -> Station:
        """Enrol a new station."""
        number = len(self.stations) + 1
        station = Station(Ed25519PrivateKey.generate(), 1000 + number)
        return self.enrol_station(station, code or f"K{number}", reads, writes)

    def enrol_station(
        self, station: Station, code: str, reads: Iterable[str] = SCOPES, writes: Iterable[str] = SCOPES
    ) -> Station:
        """Enrol a station that is there already."""
        wanted = Wanted(f"Estación {code}", code, tuple(reads), tuple(writes))
        station.device = self.enrol(station, code, wanted).device
        self.stations.append(station)
        return station

    def enrol(self, station: Station, secret: str, wanted: Wanted) -> Enrolled:
        roster_book.offer_enrolment(self.database, self.authority, secret.encode(), wanted)
        return roster_book.enrol_device(
            self.database, self.authority, secret.encode(), self.ask(station, secret)
        )

    @staticmethod
    def ask(station: Station, secret: str) -> Enrol:
        """Return what a station asks to be enrolled."""
        public = station.key.public_key().public_bytes_raw()
        return Enrol(1, secret, "x", "x", public, bytes(32), request_of(), station.replica)

    def administrator(self, station: Station) -> bytes:
        """Let a station make the first administrator; return who it is."""
        user = uuid4().bytes
        station.create(
            "sys", "users", user, {"username": "jefa", "roles": '["administrator"]', "is_active": 1}
        )
        self.push(station, station.piece("sys", len(station.chains["sys"])))
        return user

    def push(self, station: Station, *segments: Segment) -> list[Taken]:
        """Push pieces as a station."""
        pushed: Pushed = push(self.database, self.authority, station.device, Push(list(segments)))
        return pushed.taken

    def pull(self, station: Station, *wants: Want, budget: int = 1 << 20) -> list[Part]:
        """Pull as a station."""
        return pull(self.database, self.authority, station.device, Pull(list(wants), budget)).parts

    def states(self, scope: str) -> dict[tuple[str, bytes], bytes]:
        """Return the records of a scope as the database holds them."""
        with self.database.reading() as tx:
            found = tx.connection.execute(
                select(RECORD).where(RECORD.c.tenant == self.tenant, RECORD.c.scope == scope)
            )
            return {(row.tbl, bytes(row.pk)): bytes(row.state) for row in found}

    def digest(self, scope: str) -> bytes:
        """Return the digest of a scope as the database holds it."""
        with self.database.reading() as tx:
            return bytes(
                tx.connection.scalar(
                    select(SCOPE_HEAD.c.digest).where(
                        SCOPE_HEAD.c.tenant == self.tenant, SCOPE_HEAD.c.scope == scope
                    )
                )
                or b""
            )

    def tails(self, station: Station, hello: Hello) -> list[tuple[str, int]]:
        """Return how far a station's own chains are held, as it is told."""
        _, _, _, tails = welcome_state(self.database, self.authority, station.device, hello)
        return [(tail.scope, tail.seq) for tail in tails]

    def forget(self, scope: str) -> None:
        """Lose what was taken of a scope, as a server that was restored from an older backup."""
        with self.database.writing() as tx:
            for table in (RECORD, SEGMENT, REPLICA_HEAD, SCOPE_HEAD):
                tx.connection.execute(
                    delete(table).where(table.c.tenant == self.tenant, table.c.scope == scope)
                )
            tx.connection.execute(delete(FOLIO_COUNTER).where(FOLIO_COUNTER.c.tenant == self.tenant))

    def close(self) -> None:
        self.database.close()
