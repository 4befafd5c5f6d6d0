"""The opened file: everything above the store writes and reads through this one object."""

import contextlib
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import sqlcipher3.dbapi2 as sqlcipher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from desktop.core.clock import Clock
from desktop.core.errors import Cancelled, Unavailable
from desktop.core.events import Changes, Events
from desktop.core.ids import new_replica_id
from desktop.register.spec import Register
from desktop.register.types import instant_to_wire
from desktop.store import branching, denied
from desktop.store.apply import Applier
from desktop.store.engine import is_out_of_room, make_engine, telling_of_the_disk
from desktop.store.evolution import catch_up
from desktop.store.journal import Journal
from desktop.store.migrations import upgrade
from desktop.store.receive import (
    Chain,
    Incoming,
    Received,
    Receiver,
    Step,
    Tip,
    keys_of,
    know_servers,
    tips_of,
)
from desktop.store.search import SearchIndex
from desktop.store.tables import REPLICA
from desktop.store.threads import Readers, Reading, Urgency, Writer
from desktop.store.unit_of_work import Author, Transactions, UnitOfWork, WriteSession, changes_of
from desktop.store.witness import (
    Witness,
    WitnessError,
    missed,
    read_witness,
    renewed,
    retire_witness,
    witness_path,
    write_witness,
)
from wire.clock import wall_ms_of
from wire.messages import Refusal, Void
from wire.roster import SYSTEM_SCOPE
from wire.segments import Link, Segment

T = TypeVar("T")
READERS = 3
_log = logging.getLogger(__name__)
_CHECKPOINT_PAGES = 500
_WITNESS_WRITES = 200
_WITNESS_S = 30.0


@dataclass(frozen=True, slots=True)
class StoreKeys:
    """What opens the file and signs its journal."""

    database: bytes
    signing: Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Took:
    """What a bulk write touched, and the hybrid instants of what it took."""

    changes: Changes | None = None
    heard: Sequence[int] = ()


class Store:
    """One encrypted file with its writer thread and its readers.

    `registers` tells what to index; the store draws no other meaning from them.
    """

    def __init__(
        self, path: Path, keys: StoreKeys, clock: Clock, registers: Iterable[Register], station: str
    ) -> None:
        self.path = path
        self.events = Events()
        self.clock = clock
        self._keys = keys
        self._writing: Engine = make_engine(path, keys.database)
        self.search = SearchIndex(registers)
        self._applier = Applier(self.search)
        self._witness_path = witness_path(path)
        self._unwitnessed = 0
        self._witnessed_at = clock.monotonic()
        self.is_behind = False
        """The file lacks what an earlier run of this station wrote: it was cut or an older copy put in its place."""
        self.has_lost = False
        """So it was found at this opening or an earlier one: what is not in the file need not be unwanted."""
        try:
            with telling_of_the_disk():
                upgrade(self._writing)
                with self._writing.begin() as connection:
                    catch_up(connection, self._applier)
                self.replica, self.station = self._own_replica(station)
                self._bear_witness()
                self._write_as(self.replica)
                self.clock_lag_s = self._clock_lag_s()
        except BaseException:
            self._writing.dispose()
            raise
        self._receiver = Receiver(self._applier)
        self._reading = make_engine(path, keys.database, read_only=True, size=READERS)
        self._readers = Readers("store-reader", READERS)
        self._writer = Writer("store-writer", self._when_idle)
        self._uncheckpointed = 0

    def write(
        self,
        author: Author,
        operation: str,
        body: Callable[[UnitOfWork], T],
        urgency: int = Urgency.PERSON,
    ) -> Future[T]:
        """Run `body` in a transaction on the writer thread and announce what it changed after the commit."""

        def task() -> T:
            with telling_of_the_disk(), WriteSession(self._writing, expire_on_commit=False) as session:
                with self._transactions.begin(session, author, operation) as unit:
                    result = body(unit)
                changes = changes_of(unit)
            self._uncheckpointed += 1
            self._unwitnessed += 1
            if changes.touched:
                self.events.announce(changes)
            return result

        return self._writer.submit(task, urgency)

    def receive(
        self, segments: Sequence[Segment], voids: Sequence[Void] = (), municipal: bytes | None = None
    ) -> Received:
        """Take pieces of other replicas' chains; called on a thread that may wait. `municipal` is the server's key.

        Raises:
            Unavailable: the disk is full or away; what was taken before stays.
        """

        def look(session: Session) -> tuple[dict[Chain, Tip], dict[int, bytes]]:
            return tips_of(session.connection()), keys_of(session.connection())

        received = Received()
        server = None if municipal is None else Ed25519PublicKey.from_public_bytes(municipal)
        # A device is known once what the server wrote of it is applied: that scope goes first.
        waiting = sorted(segments, key=lambda one: one.scope != SYSTEM_SCOPE)
        known: dict[int, bytes] = {}
        while True:
            tips, keys = self.read(look).result()
            if keys == known:
                break
            known = keys
            found = {replica: Ed25519PublicKey.from_public_bytes(key) for replica, key in keys.items()}
            received.refused.clear()
            incoming = Incoming(tips, found.get, server, self.replica)
            steps = incoming.steps(waiting, voids, received)
            if municipal is not None and incoming.of_the_server:
                self._know_servers(incoming.of_the_server, municipal)
            for step in steps:
                self._take(step).result()
                received.taken += len(step.items)
            if Refusal.UNKNOWN_REPLICA not in received.refused.values():
                break
        if server is not None and voids:
            self._take_out_denied(voids, server)
        received.tips = self.read(look).result()[0]
        return received

    def _take_out_denied(self, voids: Sequence[Void], municipal: Ed25519PublicKey) -> None:
        held = self.read(lambda session: denied.held_of(session.connection(), voids, municipal)).result()
        if held:
            now_us = instant_to_wire(self.clock.now())
            self.bulk(
                lambda connection, applier: Took(denied.take_out(connection, applier, held, now_us))
            ).result()

    def rewrite(self, branch: branching.Branch) -> Future[int]:
        """Take the branch of some chains that counts, and write again under new ids what is held beside it.

        Returns how many change-sets those were (sync.md §1.1 rule 12).

        Raises:
            CannotRewrite: the municipal server has heard of ours; nothing was changed.
            Unavailable: the disk is full or away; nothing was changed.
        """

        def task() -> int:
            author = branching.Author(self.replica, self.station, self._keys.signing)
            with telling_of_the_disk(), self._receiving(), self._writing.begin() as connection:
                now_us = instant_to_wire(self.clock.now())
                done = branching.rewrite(connection, self._applier, author, branch, now_us, new_replica_id)
                # The witness is never ahead of the journal, not even while this is being committed.
                self._bear_witness(connection.connection.cursor(), done.shortened)
            self._write_as(done.own)
            self._bear_witness()
            self.events.announce(done.changes)
            return done.change_sets

        return self._writer.submit(task, Urgency.BULK)

    def _write_as(self, replica: int) -> None:
        self.replica = replica
        self.journal = Journal(replica, self._keys.signing)
        self._transactions = Transactions(self.clock, self.journal, self.search, self.station)

    def _know_servers(self, replicas: Iterable[int], key: bytes) -> None:
        now_us = instant_to_wire(self.clock.now())
        self.local(lambda connection: know_servers(connection, replicas, key, now_us)).result()

    def _take(self, step: Step) -> Future[None]:
        heard = [item.change_set.hlc for item in step.items if isinstance(item, Link)]
        now_us = instant_to_wire(self.clock.now())
        return self.bulk(lambda connection, _: Took(self._receiver.write(connection, step, now_us), heard))

    def bulk(self, body: Callable[[Connection, Applier], Took]) -> Future[None]:
        """Write what came from elsewhere and can be fetched again, when nobody else waits for the writer."""

        def task() -> None:
            with telling_of_the_disk(), self._receiving(), self._writing.begin() as connection:
                took = body(connection, self._applier)
                self._transactions.observe(connection, took.heard)
            self._uncheckpointed += 1
            self._unwitnessed += 1
            if took.changes is not None:
                self.events.announce(took.changes)

        return self._writer.submit(task, Urgency.BULK)

    @contextmanager
    def _receiving(self) -> Iterator[None]:
        """Loosen what cannot hold for others' writes: what they refer to may not be here; they can be fetched again."""
        self._pragma("foreign_keys = OFF", "synchronous = NORMAL")
        try:
            yield
        finally:
            self._pragma("foreign_keys = ON", "synchronous = FULL")

    def _pragma(self, *settings: str) -> None:
        raw = self._writing.raw_connection()
        try:
            for setting in settings:
                raw.cursor().execute(f"PRAGMA {setting}")
        finally:
            raw.close()

    def local(self, body: Callable[[Connection], T], urgency: int = Urgency.PERSON) -> Future[T]:
        """Run `body` in a transaction over tables that belong to this file alone: settings, drafts."""

        def task() -> T:
            with telling_of_the_disk(), self._writing.begin() as connection:
                return body(connection)

        return self._writer.submit(task, urgency)

    def read(self, body: Callable[[Session], T]) -> Reading[T]:
        """Run `body` over one consistent state of the file on a reader thread."""
        reading: Reading[T] = Reading()

        def task() -> T:
            with Session(self._reading, expire_on_commit=False) as session:
                raw: Any = session.connection().connection.dbapi_connection
                if not reading.attach(raw):
                    raise Cancelled
                try:
                    with telling_of_the_disk():
                        return body(session)
                except (DBAPIError, sqlcipher.Error, Unavailable):
                    if reading.is_stopped:
                        raise Cancelled from None
                    raise
                finally:
                    reading.detach()

        self._readers.submit(reading, task)
        return reading

    def close(self) -> None:
        """Finish the writes that are queued, then close; the WAL is folded into the file."""
        self._readers.close()
        self._writer.close()
        try:
            self._bear_witness()
        except sqlcipher.Error:
            # Nothing more can be read of the file; the witness of before goes on telling how far it had come.
            _log.warning("the file could not be read at closing", exc_info=True)
        finally:
            self._reading.dispose()
            self._writing.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _own_replica(self, station: str) -> tuple[int, str]:
        """Return the id under which this file writes and the station's name.

        The file gets a new id when it has none (new, or a restored backup), when the station's key is another, and
        when it lies behind its witness (an older copy was put in its place): writing on under the old id would give
        one dot to two different writes (sync.md §1.1 rule 12).
        """
        public_key = self._keys.signing.public_key().public_bytes_raw()
        with self._writing.begin() as connection:
            own = connection.execute(
                select(REPLICA.c.replica, REPLICA.c.station, REPLICA.c.public_key).where(
                    REPLICA.c.is_own == 1
                )
            ).first()
            witness = self._known_witness()
            raw: Any = connection.connection.dbapi_connection
            lost = () if witness is None else missed(raw, witness)
            self.has_lost = bool(lost)
            if own is not None and own.public_key == public_key:
                self.is_behind = any(chain[1] == own.replica for chain in lost)
                if not self.is_behind:
                    return int(own.replica), own.station
            elif witness is None or lost:
                retire_witness(self._witness_path, self.clock.now())
            connection.execute(REPLICA.update().values(is_own=0))
            replica = new_replica_id()
            connection.execute(
                REPLICA.insert(),
                {
                    "replica": replica,
                    "station": station,
                    "public_key": public_key,
                    "is_own": 1,
                    "created_at": instant_to_wire(self.clock.now()),
                },
            )
            return replica, station

    def _clock_lag_s(self) -> float:
        """Return by how much the machine's clock lies behind the last entry; 0 when it does not."""
        with self._writing.connect() as connection:
            last_ms = wall_ms_of(self.journal.last_hlc(connection))
        return max(0.0, last_ms / 1000 - self.clock.now().timestamp())

    def _known_witness(self) -> Witness | None:
        try:
            return read_witness(self._witness_path, self._keys.signing.public_key())
        except (WitnessError, OSError):
            return None

    def _bear_witness(self, cursor: Any = None, but: Collection[Chain] = ()) -> None:
        """Write down how far the chains have come, `but` some of them; a full disk only leaves the older witness."""
        self._unwitnessed = 0
        self._witnessed_at = self.clock.monotonic()
        if cursor is None:
            raw = self._writing.raw_connection()
            try:
                witness = renewed(raw.cursor(), self._known_witness())
            finally:
                raw.close()
        else:
            witness = renewed(cursor, self._known_witness()).without(but)
        with contextlib.suppress(OSError):
            write_witness(self._witness_path, witness, self._keys.signing)

    def _when_idle(self) -> None:
        self._checkpoint()
        waited_s = self.clock.monotonic() - self._witnessed_at
        if self._unwitnessed >= _WITNESS_WRITES or (self._unwitnessed and waited_s >= _WITNESS_S):
            self._bear_witness()

    def _checkpoint(self) -> None:
        """Fold the WAL into the file while nobody waits, so that no commit has to."""
        if self._uncheckpointed < _CHECKPOINT_PAGES:
            return
        self._uncheckpointed = 0
        raw = self._writing.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlcipher.OperationalError as error:
            # Without room the WAL stays as it is and is folded in later; nothing that was accepted is in danger.
            if not is_out_of_room(error):
                raise
        finally:
            raw.close()
