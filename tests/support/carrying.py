"""A file on a stick between two stations' files: the form is the real one, what is beside the chains is left out."""

from io import BytesIO

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.support.profiles import keys_of
from tests.support.replicas import Replica
from wire.bundle import BundleError, BundleReader, BundleWriter, Frame, Recipient
from wire.messages import Tail


def carry(sender: Replica, receiver: Replica, scopes: tuple[str, ...], part: float, budget: int) -> bool:
    """Let a station take what another one wrote to a file, cut after a part of it; tell whether it was whole."""
    key = X25519PrivateKey.generate()
    recipient = Recipient(key.public_key().public_bytes_raw(), frozenset(scopes))
    writer = BundleWriter(sender.name.encode(), scopes, [recipient])
    data = writer.head
    segments = sender.pieces_for({}, budget)
    for scope in scopes:
        tails = [
            Tail(where, replica, seq, b"")
            for (where, replica), seq in sender.vector.items()
            if where == scope
        ]
        data += writer.holdings(scope, tails, keys_of(sender.name).signing)
        for one in segments:
            if one.scope == scope:
                data += writer.frame(Frame(scope, segments=[one]))
    data += writer.end()
    try:
        for frame in BundleReader(BytesIO(data[: int(len(data) * part)]).read, key).frames():
            receiver.store.receive(frame.segments, frame.voids)
    except BundleError:
        return False
    return True
