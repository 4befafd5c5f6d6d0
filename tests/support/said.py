"""Change-sets that say anything at all: a newer version's, a broken program's, or somebody's with a grudge."""

from uuid import UUID

from sqlalchemy import Connection

from desktop.core.ids import new_id
from desktop.store.journal import Entry
from tests.support.profiles import OPERATOR
from tests.support.replicas import Replica
from wire.changes import Op

HLC = 1_790_000_000_000 << 16


def say(author: Replica, *ops: Op, scope: str = "operaciones", hlc: int = HLC) -> None:
    """Write a change-set into a station's chain, signed, and into none of its rows."""

    def body(connection: Connection) -> None:
        author.store.journal.append(
            connection,
            [Entry(scope, list(ops), {op.pk for op in ops})],
            hlc=hlc,
            actor=OPERATOR.user_id,
            tx=UUID(bytes=new_id().bytes),
            operation="prueba",
            reason=None,
        )

    author.store.local(body).result()
