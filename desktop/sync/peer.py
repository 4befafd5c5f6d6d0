"""Whoever this station exchanges with, as the exchange sees them; how the bytes travel is the transport's."""

from typing import Protocol

from wire.messages import Hello, Pull, Pulled, Push, Pushed, Welcome


class PeerAway(Exception):
    """The other side did not answer, or not in time. Nothing is lost; it is asked again later."""

    def __init__(self, words: str, retry_after_s: float = 0.0) -> None:
        super().__init__(words)
        self.retry_after_s = retry_after_s


class NotWelcome(Exception):
    """The other side knows this device no longer, or never did; asking again does not help."""


class Peer(Protocol):
    """One exchange partner. Every call may raise `PeerAway` or `NotWelcome`, and may be repeated."""

    def hello(self, hello: Hello) -> Welcome:
        """Begin a session."""

    def push(self, push: Push) -> Pushed:
        """Give pieces; the answer says how far each chain is held."""

    def pull(self, pull: Pull) -> Pulled:
        """Ask for what is new."""
