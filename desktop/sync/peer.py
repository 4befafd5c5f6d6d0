"""Whoever this station exchanges with, as the exchange sees them; how the bytes travel is the transport's."""

from collections.abc import Sequence
from typing import Protocol

from wire.messages import (
    BlobName,
    BlobState,
    Chunk,
    GetChunk,
    Hello,
    Pull,
    Pulled,
    Push,
    Pushed,
    PutChunk,
    Welcome,
)


class PeerAway(Exception):
    """The other side did not answer, or not in time. Nothing is lost; it is asked again later."""

    def __init__(self, words: str, retry_after_s: float = 0.0) -> None:
        super().__init__(words)
        self.retry_after_s = retry_after_s


class NotWelcome(Exception):
    """The other side knows this device no longer, or never did; asking again does not help."""


class NotThere(Exception):
    """The other side has no such bytes, or none for this device; they may come later."""


class Peer(Protocol):
    """One exchange partner. Every call may raise `PeerAway` or `NotWelcome`, and may be repeated."""

    def hello(self, hello: Hello) -> Welcome:
        """Begin a session."""

    def push(self, push: Push) -> Pushed:
        """Give pieces; the answer says how far each chain is held."""

    def pull(self, pull: Pull) -> Pulled:
        """Ask for what is new."""


class BlobPeer(Protocol):
    """One who takes and gives the bytes of attachments. Every call may raise `PeerAway` or `NotWelcome`."""

    def blob_states(self, names: Sequence[BlobName]) -> list[BlobState]:
        """Ask how much of some attachments is held; what this device may not have is left out."""

    def put_chunk(self, chunk: PutChunk) -> BlobState:
        """Give one chunk.

        Raises:
            NotThere: the record that names the attachment is not there yet, or not to be written.
        """

    def get_chunk(self, asked: GetChunk) -> Chunk:
        """Ask for one chunk.

        Raises:
            NotThere: it is not there.
        """
