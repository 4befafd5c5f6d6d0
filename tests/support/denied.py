"""An author's chain as the server gives it when it denied some places."""

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from tests.support.replicas import Replica
from wire.messages import Void
from wire.segments import Segment
from wire.voids import NO_BODY, made

MUNICIPAL = Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
PUBLIC = MUNICIPAL.public_key().public_bytes_raw()
SCOPE = "operaciones"


def denied(author: Replica, *places: int) -> tuple[list[Segment], list[Void]]:
    """Return an author's chain as the server gives it when it denied some places."""

    def read(connection: Connection) -> dict[int, tuple[bytes, bytes]]:
        rows = connection.exec_driver_sql(
            "SELECT seq, prev, hash FROM journal WHERE scope = ? AND replica = ?",
            (SCOPE, author.store.replica),
        )
        return {seq: (prev, own) for seq, prev, own in rows}

    links = author.store.read(lambda session: read(session.connection())).result()
    voids = [made(SCOPE, author.store.replica, seq, *links[seq], MUNICIPAL) for seq in places]
    segments = []
    for one in author.pieces_for({}):
        bodies = [NO_BODY if one.start + i in places else body for i, body in enumerate(one.bodies)]
        segments.append(msgspec.structs.replace(one, bodies=bodies) if one.scope == SCOPE else one)
    return segments, voids
