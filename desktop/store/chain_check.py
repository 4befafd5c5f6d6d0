"""Checks the journal as a chain: dense, linked, signed, and telling the same beside the body as inside it.

The entries are read once, in the order of `n`, on a thread of their own, so that decryption and hashing overlap.
Nothing is kept per entry, so a million of them need no more memory than a thousand.
"""

import hashlib
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desktop.core.errors import Cancelled
from desktop.store.base import Base, all_bases
from desktop.store.models import record_models
from desktop.store.receive import SERVER_STATION
from desktop.store.report import (
    MAX_FINDINGS,
    Fault,
    Finding,
    VerifyReport,
    instant_of,
    ops_of,
    touched_by,
    uuid_of,
)
from desktop.store.witness import Chain, Witness
from wire.changes import GENESIS, VERSION
from wire.messages import Void
from wire.segments import signed_message
from wire.snapshots import SignedManifest, SnapshotError, opened
from wire.unreadable import UNREADABLE
from wire.voids import is_genuine

Progress = Callable[[int, int], bool]
"""Called with (done, total); returning False stops the check."""

_BATCH: Final = 2_000
_NO_END: Final = 2**62
_ENTRIES: Final = (
    "SELECT n, scope, replica, seq, prev, hash, hlc, actor, operation, body FROM journal ORDER BY n"
)


class _Head(msgspec.Struct, frozen=True, array_like=True):
    """A change-set whose ops are only stepped over; the check of the rows reads them."""

    version: int
    scope: str
    replica: int
    seq: int
    hlc: int
    deps: msgspec.Raw
    schema: int
    actor: bytes
    tx: bytes
    operation: str
    reason: str | None
    ops: msgspec.Raw


_decode = msgspec.msgpack.Decoder(_Head).decode


@dataclass(slots=True)
class _Segment:
    first: int
    last: int
    hash: bytes
    signature: bytes


@dataclass(slots=True)
class _State:
    """Where one chain stands while it is walked."""

    n: int = -_NO_END
    seq: int = 0
    hash: bytes = GENESIS
    ends: dict[int, _Segment] = field(default_factory=dict)
    """Segments by their last sequence, while their end has not been reached."""
    signed_to: int = 0
    witnessed: tuple[int, bytes] = (0, GENESIS)
    is_witness_met: bool = False
    is_past_base: bool = False
    """Whether the next run may begin before what the journal tells after a snapshot."""
    key: Ed25519PublicKey | None = None


class ChainCheck:
    """One walk over the journal of an open file."""

    def __init__(
        self, connection: Any, own_key: Ed25519PublicKey, witness: Witness | None, report: VerifyReport
    ) -> None:
        self._connection = connection
        self._report = report
        self._own_raw = own_key.public_bytes_raw()
        self._witness = witness or Witness()
        self._keys = self._known_keys()
        self._states: dict[Chain, _State] = {}
        self._applied: dict[Chain, tuple[int, bytes]] = {
            (scope, replica): (seq, digest)
            for scope, replica, seq, digest in connection.execute(
                "SELECT scope, replica, seq, hash FROM chain"
            )
        }
        self._own = {replica for (replica,) in connection.execute("SELECT replica FROM replica WHERE is_own")}
        self._voids = self._genuine_voids()
        self._bases = self._genuine_bases()
        self._unnamed: dict[int, tuple[int, int]] = {}
        """Findings (by place) about a run of a chain, with the `n` between which lost entries lay."""
        self.body_bytes = 0

    def run(self, progress: Progress) -> None:
        """Walk the whole journal and add what is wrong to the report.

        Raises:
            Cancelled: `progress` said stop.
        """
        total = self._connection.execute("SELECT count(*) FROM journal").fetchone()[0]
        for scope, replica, first, last, digest, signature in self._connection.execute(
            "SELECT scope, replica, seq_first, seq_last, hash, signature FROM segment ORDER BY 1, 2, 3"
        ).fetchall():
            self._state((scope, replica)).ends[last] = _Segment(first, last, digest, signature)
            self._report.segments += 1
        done = 0
        for batch in _ahead(self._connection, _ENTRIES):
            self._walk(batch)
            done += len(batch)
            if not progress(done, total):
                raise Cancelled
        self._report.change_sets = done
        for chain in (*self._witness.tails, *self._applied):
            self._state(chain)
        for chain, state in sorted(self._states.items()):
            self._finish(chain, state)
        self._report.chains = len(self._states)
        for place, between in self._unnamed.items():
            self._report.findings[place] = self._named(self._report.findings[place], *between)

    def _known_keys(self) -> dict[int, Ed25519PublicKey]:
        keys = {}
        rows = self._connection.execute("SELECT replica, public_key, is_own FROM replica").fetchall()
        for replica, raw, is_own in rows:
            witnessed = self._witness.keys.get(replica, raw)
            if raw != witnessed or (is_own and raw != self._own_raw):
                self._report.add(Finding(Fault.UNKNOWN_STATION, replica=replica))
            trusted = self._own_raw if is_own else witnessed
            try:
                keys[replica] = Ed25519PublicKey.from_public_bytes(trusted)
            except (ValueError, TypeError):
                self._report.add(Finding(Fault.UNKNOWN_STATION, replica=replica))
        return keys

    def _genuine_voids(self) -> dict[Chain, dict[int, Void]]:
        """Return the places that the municipality denied; a marker that it did not sign counts for nothing."""
        keys = self._municipal_keys()
        found: dict[Chain, dict[int, Void]] = {}
        for row in self._connection.execute("SELECT scope, replica, seq, prev, hash, signature FROM void"):
            void = Void(*row)
            if any(is_genuine(void, key) for key in keys):
                found.setdefault((void.scope, void.replica), {})[void.seq] = void
        return found

    def _municipal_keys(self) -> list[Ed25519PublicKey]:
        server = self._connection.execute(
            "SELECT replica FROM replica WHERE station = ? AND NOT is_own", (SERVER_STATION,)
        ).fetchall()
        return [self._keys[replica] for (replica,) in server if replica in self._keys]

    def _genuine_bases(self) -> dict[Chain, Base]:
        """Return where chains go on after snapshots; one that the municipality did not sign counts for nothing."""
        signed: dict[Chain, tuple[int, bytes]] = {}
        for scope, data in self._connection.execute("SELECT scope, manifest FROM snapshot").fetchall():
            given = msgspec.msgpack.decode(data, type=SignedManifest)
            for key in self._municipal_keys():
                with suppress(SnapshotError):
                    said = opened(given, key)
                    signed |= {(scope, one.replica): (one.seq, one.hash) for one in said.tails}
                    break
        found = {}
        for chain, one in all_bases(self._connection).items():
            if signed.get(chain) == (one.seq, one.hash):
                found[chain] = one
            else:
                self._report.add(Finding(Fault.SIGNATURE, *chain))
        return found

    def _state(self, chain: Chain) -> _State:
        state = self._states.get(chain)
        if state is None:
            state = self._states[chain] = _State(key=self._keys.get(chain[1]))
            state.witnessed = self._witness.tails.get(chain, (0, GENESIS))
            state.is_witness_met = state.witnessed[0] == 0
        return state

    def _walk(self, batch: list[tuple[Any, ...]]) -> None:
        sha256 = hashlib.sha256
        states = self._states
        for row in batch:
            n, scope, replica, seq, prev, stored, hlc, actor, operation, body = row
            state = states.get((scope, replica)) or self._state((scope, replica))
            try:
                digest = sha256(prev + body).digest()
                head = _decode(body)
                self.body_bytes += len(body)
            except (*UNREADABLE, TypeError):
                self._found(Fault.UNREADABLE, row)
                digest, head = stored, None
            if head is not None and (
                head.seq != seq
                or head.hlc != hlc
                or head.actor != actor
                or head.operation != operation
                or head.scope != scope
                or head.replica != replica
                or head.version != VERSION
            ):
                self._found(Fault.COLUMNS, row, fields=_differing(head, row))
            if digest != stored:
                self._found(Fault.ALTERED, row)
            if seq > state.seq + 1:
                self._pass_voids((scope, replica), state)
                self._pass_base((scope, replica), state, seq)
                self._pass_voids((scope, replica), state)
            if seq != state.seq + 1:
                self._out_of_step(state, row)
            elif prev != state.hash:
                self._found(Fault.LINK, row)
            state.n = n
            self._reach((scope, replica), state, seq, stored)

    def _reach(self, chain: Chain, state: _State, seq: int, digest: bytes) -> None:
        state.seq, state.hash = seq, digest
        if seq in state.ends:
            self._segment_end(chain, state, state.ends.pop(seq))
        if seq == state.witnessed[0]:
            state.is_witness_met = digest == state.witnessed[1]

    def _pass_voids(self, chain: Chain, state: _State) -> None:
        """Go on through places that were denied, as far as their markers continue the chain."""
        voids = self._voids.get(chain, {})
        while (void := voids.get(state.seq + 1)) is not None and void.prev == state.hash:
            self._reach(chain, state, void.seq, void.hash)

    def _pass_base(self, chain: Chain, state: _State, upto: int) -> None:
        """Go on where the snapshot ends, where something is to come after it."""
        base = self._bases.get(chain)
        if base is None or not state.seq < base.seq < upto:
            return
        if state.seq < base.told:
            self._range(Fault.MISSING, chain, state.seq + 1, base.told, (state.n, _NO_END))
        self._reach(chain, state, base.seq, base.hash)
        state.signed_to, state.is_past_base = base.seq, True

    def _out_of_step(self, state: _State, row: tuple[Any, ...]) -> None:
        n, scope, replica, seq = row[:4]
        if seq > state.seq + 1:
            self._range(Fault.MISSING, (scope, replica), state.seq + 1, seq - 1, (state.n, n))
        else:
            self._found(Fault.ORDER, row)

    def _segment_end(self, chain: Chain, state: _State, segment: _Segment) -> None:
        scope, replica = chain
        is_from_before, state.is_past_base = state.is_past_base and segment.first <= state.signed_to, False
        if segment.first != state.signed_to + 1 and not is_from_before:
            first, last = sorted((state.signed_to + 1, segment.first - 1))
            self._range(Fault.UNSIGNED, chain, first, last)
        message = signed_message(scope, replica, segment.first, segment.last, segment.hash)
        if segment.hash != state.hash or not _is_signed(state.key, segment.signature, message):
            self._range(Fault.SIGNATURE, chain, segment.first, segment.last)
        state.signed_to = segment.last

    def _finish(self, chain: Chain, state: _State) -> None:
        scope, replica = chain
        self._pass_voids(chain, state)
        self._pass_base(chain, state, _NO_END)
        self._pass_voids(chain, state)
        if state.key is None and not (chain in self._bases and state.n == -_NO_END):
            self._report.add(Finding(Fault.UNKNOWN_STATION, scope, replica))
        lost = (state.n, _NO_END)
        for segment in state.ends.values():
            if segment.last > state.seq:
                if not self._is_arriving(chain, state):
                    self._range(Fault.TRUNCATED, chain, state.seq + 1, segment.last, lost)
            else:
                self._range(Fault.SIGNATURE, chain, segment.first, segment.last)
        if state.signed_to < state.seq:
            self._range(Fault.UNSIGNED, chain, state.signed_to + 1, state.seq)
        if self._applied.get(chain, (0, GENESIS)) != (state.seq, state.hash):
            self._range(Fault.TAIL, chain, state.seq, state.seq)
        if not state.is_witness_met:
            seq = state.witnessed[0]
            if seq > state.seq:
                self._range(Fault.TRUNCATED, chain, state.seq + 1, seq, lost)
            else:
                self._range(Fault.ALTERED, chain, seq, seq)

    def _is_arriving(self, chain: Chain, state: _State) -> bool:
        """Tell whether a neighbour's run is here in part: it is signed to its end, and taken in several steps."""
        return chain[1] not in self._own and self._applied.get(chain) == (state.seq, state.hash)

    def _range(
        self, fault: Fault, chain: Chain, first: int, last: int, lost: tuple[int, int] = (0, 0)
    ) -> None:
        """Report a run of a chain; what it touches is looked up after the walk."""
        if self._report.count < MAX_FINDINGS:
            self._unnamed[self._report.count] = lost
        self._report.add(Finding(fault, *chain, first, last))

    def _named(self, finding: Finding, after: int, before: int) -> Finding:
        """Return the finding with what its entries touch: those that are there, or their traces when they are not."""
        rows = self._connection.execute(
            "SELECT body, operation, actor, hlc FROM journal WHERE scope = ? AND replica = ? AND seq BETWEEN ? AND ? "
            "ORDER BY seq LIMIT 50",
            (finding.scope, finding.replica, finding.seq, finding.seq_last),
        ).fetchall()
        if not rows:
            return replace(finding, records=self._traces(after, before))
        _, operation, actor, hlc = rows[0]
        return replace(
            finding,
            operation=str(operation),
            actor=uuid_of(actor),
            at=instant_of(hlc),
            records=touched_by(op for row in rows for op in ops_of(row[0])),
        )

    def _traces(self, after: int, before: int) -> tuple[tuple[str, UUID], ...]:
        """Return the records that lost entries between two `n` touched, as far as their timeline index tells."""
        found = []
        lost = self._connection.execute(
            "SELECT DISTINCT record_id FROM journal_touch AS t WHERE n > ? AND n < ? "
            "AND NOT EXISTS (SELECT 1 FROM journal AS j WHERE j.n = t.n) LIMIT 20",
            (after, before),
        ).fetchall()
        for (pk,) in lost:
            for model in record_models():
                table = model.__tablename__
                if self._connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (pk,)).fetchone():  # noqa: S608
                    found.append((table, UUID(bytes=pk)))
        return tuple(found)

    def _found(
        self,
        fault: Fault,
        row: tuple[Any, ...],
        *,
        fields: tuple[str, ...] = (),
    ) -> None:
        _, scope, replica, seq, _, _, hlc, actor, operation, body = row
        self._report.add(
            Finding(
                fault,
                scope,
                replica,
                seq,
                None,
                str(operation),
                uuid_of(actor),
                instant_of(hlc),
                touched_by(ops_of(body)) if isinstance(body, bytes) else (),
                fields,
            )
        )


def _is_signed(key: Ed25519PublicKey | None, signature: bytes, message: bytes) -> bool:
    if key is None:
        return False
    try:
        key.verify(signature, message)
    except (InvalidSignature, TypeError):
        return False
    return True


def _differing(head: _Head, row: tuple[Any, ...]) -> tuple[str, ...]:
    _, scope, replica, seq, _, _, hlc, actor, operation, _ = row
    pairs = {
        "version": (head.version, VERSION),
        "scope": (head.scope, scope),
        "replica": (head.replica, replica),
        "seq": (head.seq, seq),
        "hlc": (head.hlc, hlc),
        "actor": (head.actor, actor),
        "operation": (head.operation, operation),
    }
    return tuple(name for name, (inside, beside) in pairs.items() if inside != beside)


def _ahead(connection: Any, statement: str) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows of a statement in batches, the next ones being read meanwhile on another thread."""
    batches: queue.Queue[list[tuple[Any, ...]] | BaseException] = queue.Queue(maxsize=4)
    is_left = threading.Event()

    def put(item: list[tuple[Any, ...]] | BaseException) -> bool:
        while not is_left.is_set():
            try:
                batches.put(item, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False

    def read() -> None:
        try:
            cursor = connection.cursor()
            cursor.execute(statement)
            while rows := cursor.fetchmany(_BATCH):
                if not put(rows):
                    return
            put([])
        except BaseException as error:
            put(error)

    thread = threading.Thread(target=read, name="chain-reader")
    thread.start()
    try:
        while item := batches.get():
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        is_left.set()
        thread.join()
