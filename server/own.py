"""What the server itself writes: change-sets of a chain of its own, signed with the municipal key, like anybody's."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple
from uuid import uuid4

from sqlalchemy import select, text, update

from server.authority import Authority
from server.chains import SERVER_DEVICE, Chains, Piece, ScopeHead
from server.engine import Transaction
from server.judge import CODE, FOLIO, PROGRAM
from server.records import Records
from server.tables import FOLIO_COUNTER
from wire.changes import VERSION, ChangeSet, Dot, Op, OpKind, chain_hash, encode
from wire.clock import HybridClock
from wire.segments import Segment, signed_message

SCHEMA: Final = 1
_CODE = re.compile(r"([A-Z]{2,4})-([0-9]{2})-[0-9A-Z]{2}-[0-9]{4,9}-[0-9A-Z]")
_FOLIO = re.compile(r"([A-Z]{2,4})-([0-9]{4})-([0-9]{6,12})")
_CENTURY = 2000
_MAKE_COUNTER = text(
    "INSERT INTO folio_counter (tenant, prefix, year, last) VALUES (:tenant, :prefix, :year, 0) ON CONFLICT DO NOTHING"
)


class Unnumbered(NamedTuple):
    """A record that was made and waits for its official number."""

    table: str
    pk: bytes
    base: Dot
    prefix: str
    year: int


def to_be_numbered(op: Op, dot: Dot) -> Unnumbered | None:
    """Return what is to be numbered of a record that `op` makes, None when it carries no code of a station."""
    code = op.values.get(CODE)
    found = _CODE.fullmatch(code) if isinstance(code, str) else None
    if found is None:
        return None
    return Unnumbered(op.table, op.pk, dot, found[1], _CENTURY + int(found[2]))


def folio(prefix: str, year: int, number: int) -> str:
    """Return an official number: `INC-2026-000451`."""
    return f"{prefix}-{year}-{number:06d}"


def numbering(tx: Transaction, tenant: str, waiting: Sequence[Unnumbered]) -> list[Op]:
    """Return the ops that give records their official numbers, dense in each prefix and year, in this order."""
    counts = Counter((one.prefix, one.year) for one in waiting)
    # Counters are always locked in one order: two scopes may number under the same prefix.
    last = {key: _allot(tx, tenant, *key, counts[key]) - counts[key] for key in sorted(counts)}
    ops = []
    for one in waiting:
        key = one.prefix, one.year
        last[key] += 1
        ops.append(Op(OpKind.SET, one.table, one.pk, {FOLIO: folio(*key, last[key])}, {FOLIO: [one.base]}))
    return ops


def remember(tx: Transaction, tenant: str, given: Iterable[object]) -> None:
    """Never give a number again that a chain of this server from before a restore has given."""
    last: dict[tuple[str, int], int] = {}
    for number in given:
        found = _FOLIO.fullmatch(number) if isinstance(number, str) else None
        if found is not None:
            key = found[1], int(found[2])
            last[key] = max(last.get(key, 0), int(found[3]))
    for prefix, year in sorted(last):
        behind = last[prefix, year] - _allot(tx, tenant, prefix, year, 0)
        if behind > 0:
            _allot(tx, tenant, prefix, year, behind)


def _allot(tx: Transaction, tenant: str, prefix: str, year: int, count: int) -> int:
    """Take the next `count` numbers; return the last of them."""
    mine = (
        FOLIO_COUNTER.c.tenant == tenant,
        FOLIO_COUNTER.c.prefix == prefix,
        FOLIO_COUNTER.c.year == year,
    )
    tx.connection.execute(_MAKE_COUNTER, {"tenant": tenant, "prefix": prefix, "year": year})
    tx.connection.execute(update(FOLIO_COUNTER).where(*mine).values(last=FOLIO_COUNTER.c.last + count))
    return int(tx.connection.scalar(select(FOLIO_COUNTER.c.last).where(*mine)) or 0)


def write(
    tx: Transaction,
    authority: Authority,
    head: ScopeHead,
    chains: Chains,
    records: Records,
    ops: Sequence[Op],
    operation: str,
    reason: str | None = None,
) -> ChangeSet:
    """Append a change-set of the server to a locked scope and merge it; the caller flushes."""
    records.load((op.table, op.pk) for op in ops)
    chain = chains.own()
    deps = chains.grown_since(chain.n, chain.replica)
    clock = HybridClock(head.hlc)
    head.hlc = clock.tick(tx.now_ms)
    change_set = ChangeSet(
        version=VERSION,
        scope=head.scope,
        replica=chain.replica,
        seq=chain.seq + 1,
        hlc=head.hlc,
        deps=deps,
        schema=SCHEMA,
        actor=PROGRAM,
        tx=uuid4().bytes,
        operation=operation,
        reason=reason,
        ops=list(ops),
    )
    body = encode(change_set)
    prev, seq = chain.hash, change_set.seq
    tail = chain_hash(prev, body)
    signature = authority.signing_key.sign(signed_message(head.scope, chain.replica, seq, seq, tail))
    chains.advance(chain, seq, tail, deps)
    chains.add(
        [
            Piece(
                Segment(head.scope, chain.replica, seq, seq, seq, tail, signature, [body]),
                prev,
                0,
                SERVER_DEVICE,
            )
        ]
    )
    stamp = (head.hlc, chain.replica, seq)
    for op in ops:
        records.apply(op, stamp, PROGRAM, len(body))
    return change_set
