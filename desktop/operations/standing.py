"""Where what was written of a record is known to be, and what two people wrote of it apart (R126, R127)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from desktop.models.catalogue import BY_TABLE
from desktop.models.devices import Device
from desktop.operations.context import ReadContext
from desktop.operations.names import owner_of
from desktop.store import peers
from desktop.store.tables import RIVAL


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known here of a record and the rows that belong to it.

    `unsent` are its change-sets that the server is not known to hold; `holders` the stations that are known to hold all
    of them, by name. A station that belongs to no municipality has neither. `questions` wait for somebody's decision.
    """

    is_enrolled: bool = False
    unsent: int = 0
    holders: tuple[str, ...] = ()
    questions: int = 0


def standing_of(ctx: ReadContext, record_id: UUID) -> Standing:
    """Return how a record stands."""
    connection = ctx.session.connection()
    questions = _questions(ctx, record_id)
    if not peers.is_enrolled(connection):
        return Standing(questions=questions)
    count, lacked = peers.record_lacked(connection, record_id.bytes)
    unsent = lacked.pop(peers.SERVER, count)
    whole = [UUID(hex=peer) for peer, missing in lacked.items() if not missing]
    names = ctx.session.scalars(select(Device.name).where(Device.id.in_(whole)).order_by(Device.name)).all()
    return Standing(True, unsent, tuple(names), questions)


def _questions(ctx: ReadContext, record_id: UUID) -> int:
    """Count what waits about a record or a row of it; there are few open questions at any time."""
    found = ctx.session.execute(select(RIVAL.c.register, RIVAL.c.record_id).where(RIVAL.c.is_open == 1)).all()
    count = 0
    for row in found:
        if row.record_id == record_id.bytes:
            count += 1
            continue
        register = BY_TABLE.get(row.register)
        part = None if register is None else ctx.session.get(register.model, UUID(bytes=row.record_id))
        owner = None if part is None else owner_of(part)
        count += owner is not None and owner[1] == record_id
    return count
