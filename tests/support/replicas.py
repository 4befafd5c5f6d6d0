"""Several stations' files that know one another, and what an exchange between two of them carries."""

import atexit
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from desktop.models.catalogue import REGISTERS
from desktop.store.blobs import BlobStore
from desktop.store.give import pieces
from desktop.store.models import record_models
from desktop.store.receive import Received, keys_of, tips_of
from desktop.store.store import Store
from desktop.store.verify import verify
from tests.support.clock import FakeClock
from tests.support.profiles import keys_of as keys_for
from tests.support.profiles import open_store
from wire.segments import Segment

SCOPES = ("sys", "operaciones")
PLENTY = 1 << 30


@dataclass
class Replica:
    """One station: its file and its clock."""

    name: str
    path: Path
    clock: FakeClock
    store: Store

    def reopen(self) -> None:
        """Close, where it is open, and open again."""
        self.store.close()
        self.store = open_store(self.path, keys_for(self.name), self.clock, self.name)

    @property
    def vector(self) -> dict[tuple[str, int], int]:
        tips = self.store.read(lambda session: tips_of(session.connection())).result()
        return {chain: seq for chain, (seq, _) in tips.items()}

    def pieces_for(self, held: dict[tuple[str, int], int], budget: int = PLENTY) -> list[Segment]:
        """Return what one who holds `held` lacks."""
        found = []
        for scope in SCOPES:
            known = {replica: seq for (where, replica), seq in held.items() if where == scope}
            found += self.store.read(
                lambda session, scope=scope, known=known: pieces(session.connection(), scope, known, budget)[
                    0
                ]  # type: ignore[misc]
            ).result()
        return found

    def hear(self, other: "Replica", budget: int = PLENTY) -> Received:
        return self.store.receive(other.pieces_for(self.vector, budget))

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every record and every open decision, as stored."""

        def read(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
            tables = [*(model.__tablename__ for model in record_models()), "rival"]
            return {
                table: sorted(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {table}")), key=repr)  # noqa: S608
                for table in tables
            }

        return self.store.read(lambda session: read(session.connection())).result()

    def faults(self) -> list[str]:
        """Return what a verification finds."""
        report = verify(self.path, keys_for(self.name), REGISTERS)
        return [finding.fault.value for finding in report.findings]


def blobs_of(replica: Replica) -> BlobStore:
    """Return the attachments of a station."""
    return BlobStore(replica.path.parent / "blobs", bytes(32))


def make(folder: Path, names: Sequence[str]) -> list[Replica]:
    """Return stations that trust each other's keys; new files are made once and copied after."""
    made = _template(tuple(names))
    replicas = []
    for name in names:
        shutil.copytree(made / name, folder / name)
        path = folder / name / "atalaya.db"
        clock = FakeClock()
        replicas.append(Replica(name, path, clock, open_store(path, keys_for(name), clock, name)))
    return replicas


@cache
def _template(names: tuple[str, ...]) -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    replicas = []
    for name in names:
        path = folder / name / "atalaya.db"
        path.parent.mkdir(parents=True)
        clock = FakeClock()
        replicas.append(Replica(name, path, clock, open_store(path, keys_for(name), clock, name)))
    introduce(replicas)
    for replica in replicas:
        replica.store.close()
    return folder


def introduce(replicas: Iterable[Replica]) -> None:
    """Let every station know the keys of all."""
    known: dict[int, tuple[str, bytes]] = {}
    for replica in replicas:
        own = replica.store.read(lambda session: keys_of(session.connection())).result()
        known[replica.store.replica] = (replica.name, own[replica.store.replica])

    def learn(connection: Connection) -> None:
        connection.exec_driver_sql(
            "INSERT OR IGNORE INTO replica (replica, station, public_key, is_own, created_at) VALUES (?, ?, ?, 0, 0)",
            [(number, name, key) for number, (name, key) in known.items()],
        )

    for replica in replicas:
        replica.store.local(learn).result()
