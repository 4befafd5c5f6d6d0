"""A peer over HTTPS: TLS 1.3 with the municipality's authority alone, a signed hello, then a session.

The municipal server and a neighbour speak alike; a neighbour must also show the certificate of its device.
"""

import base64
import binascii
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final, Self, TypeVar
from weakref import WeakSet

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop.sync.enrolment import Membership
from desktop.sync.peer import NotThere, NotWelcome, PeerAway
from desktop.sync.trust import is_unproven, trust_vouched, trusting
from wire.messages import (
    SIGNATURE,
    AskBlobs,
    BlobName,
    BlobState,
    BlobStates,
    Challenge,
    Chunk,
    GetChunk,
    Hello,
    MessageError,
    Problem,
    Pull,
    Pulled,
    Push,
    Pushed,
    PutChunk,
    Told,
    Welcome,
    pack,
    unpack,
)
from wire.snapshots import AskSnapshot, AskSnapshotChunk, SignedManifest, SnapshotChunk

CONNECT_S: Final = 10.0
ANSWER_S: Final = 60.0
SILENCE_S: Final = 40.0
"""Longer than two heart-beats of the server: then the line is taken for dead."""
_PART: Final = "part"
_UNKNOWN: Final = 401
_REFUSED: Final = 403
M = TypeVar("M", bound=msgspec.Struct)


class HttpPeer:
    """Whoever answers at an address. `host` is the name that its certificate must carry, its address when empty;
    `asks_as` is how the questions that it gives to be signed begin, so that nobody passes on another one's."""

    def __init__(
        self,
        address: str,
        context: ssl.SSLContext,
        signing: Ed25519PrivateKey,
        *,
        host: str = "",
        asks_as: bytes = b"",
        connect_s: float = CONNECT_S,
        prove: Callable[[], bool] = lambda: False,
    ) -> None:
        """`prove` is asked once when the certificate is not trusted; it tells whether to try again."""
        self._prove = prove
        self._signing = signing
        self._asks_as = asks_as
        self._extensions: dict[str, Any] = {"trace": self._connected}
        if host:
            self._extensions["sni_hostname"] = host
        self._token = b""
        self._lock = threading.Lock()
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._is_interrupted = False
        self._client = httpx.Client(
            base_url=f"https://{address}",
            verify=context,
            timeout=httpx.Timeout(ANSWER_S, connect=connect_s),
            trust_env=False,
        )

    @classmethod
    def server(cls, member: Membership, signing: Ed25519PrivateKey) -> Self:
        """Return the server of the municipality in which this station is enrolled."""
        context = trusting(member.authority)
        address, authority = member.address, member.authority
        return cls(address, context, signing, prove=lambda: trust_vouched(context, address, authority))

    def interrupt(self) -> None:
        """Let nobody wait on this peer any more: whoever does is told that it is away. For any thread.

        Connections are cut and not closed: whoever still reads from one would go on with the same file number, which
        may be the database's by then, and would write an alert of TLS into it.
        """
        with self._lock:
            self._is_interrupted = True
            for one in self._sockets:
                with suppress(OSError):
                    socket.socket.shutdown(one, socket.SHUT_RDWR)

    def close(self) -> None:
        """End the connections, once no other thread waits on this peer."""
        with self._lock:
            self._sockets.clear()
        self._client.close()

    def hello(self, hello: Hello) -> Welcome:
        """Begin a session."""
        challenge = self._challenge()
        if not challenge.nonce.startswith(self._asks_as):
            raise PeerAway("another one's question")
        body = pack(msgspec.structs.replace(hello, nonce=challenge.nonce))
        signature = base64.b64encode(self._signing.sign(body)).decode()
        welcome = self._post("/v1/hello", body, Welcome, {SIGNATURE: signature})
        self._token = welcome.token
        return welcome

    def push(self, push: Push) -> Pushed:
        """Give pieces."""
        return self._post("/v1/push", pack(push), Pushed, self._session())

    def pull(self, pull: Pull) -> Pulled:
        """Ask for what is new."""
        return self._post("/v1/pull", pack(pull), Pulled, self._session())

    def snapshot(self, asked: AskSnapshot) -> SignedManifest:
        """Ask for the manifest of a snapshot."""
        return self._post("/v1/snap", pack(asked), SignedManifest, self._session())

    def snapshot_chunk(self, asked: AskSnapshotChunk) -> SnapshotChunk:
        """Ask for a part of a snapshot."""
        return self._post("/v1/snap/chunk", pack(asked), SnapshotChunk, self._session())

    def blob_states(self, names: Sequence[BlobName]) -> list[BlobState]:
        """Ask how much of some attachments is held."""
        return self._post("/v1/blob/states", pack(AskBlobs(list(names))), BlobStates, self._session()).states

    def put_chunk(self, chunk: PutChunk) -> BlobState:
        """Give one chunk of an attachment."""
        return self._post("/v1/blob/put", pack(chunk), BlobState, self._session())

    def get_chunk(self, asked: GetChunk) -> Chunk:
        """Ask for one chunk of an attachment."""
        return self._post("/v1/blob/get", pack(asked), Chunk, self._session())

    def news(self) -> Iterator[dict[str, int] | Told]:
        """Yield how far scopes have come, or what is new itself; an empty word says that the other side is there.

        Raises:
            PeerAway: it does not tell any more.
            NotWelcome: the session is over.
        """
        timeout = httpx.Timeout(SILENCE_S, connect=CONNECT_S)
        try:
            with self._client.stream(
                "GET", "/v1/live", headers=self._session(), timeout=timeout, extensions=self._extensions
            ) as response:
                if response.status_code in {_UNKNOWN, _REFUSED}:
                    raise NotWelcome
                if response.status_code != httpx.codes.OK:
                    raise PeerAway(str(response.status_code))
                kind = ""
                for line in response.iter_lines():
                    if line.startswith("event: "):
                        kind = line[7:]
                    elif line.startswith("data: "):
                        yield _part_in(line[6:]) if kind == _PART else _news_in(line[6:])
                    elif line.startswith(":"):
                        yield {}
        except (httpx.HTTPError, ssl.SSLError, OSError, RuntimeError) as error:
            raise PeerAway(type(error).__name__) from error
        raise PeerAway("the server ended its answer")

    def _connected(self, event: str, info: dict[str, Any]) -> None:
        """Remember a connection as it is made, so that it can be cut."""
        if event != "connection.start_tls.complete":
            return
        made = info["return_value"].get_extra_info("socket")
        with self._lock:
            self._sockets.add(made)
            is_late = self._is_interrupted
        if is_late:
            self.interrupt()

    def _challenge(self) -> Challenge:
        """Ask for what is to be signed; whoever is not known by their certificate may have another one by now."""
        try:
            return self._post("/v1/challenge", None, Challenge, {})
        except PeerAway as error:
            if not is_unproven(error):
                raise
        try:
            if self._prove():
                return self._post("/v1/challenge", None, Challenge, {})
        except (httpx.HTTPError, ssl.SSLError, OSError) as error:
            raise PeerAway(type(error).__name__) from error
        raise PeerAway("nobody vouches for this certificate")

    def _session(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {base64.urlsafe_b64encode(self._token).decode()}".rstrip()}

    def _post(self, path: str, body: bytes | None, kind: type[M], headers: dict[str, str]) -> M:
        try:
            response = self._client.post(path, content=body, headers=headers, extensions=self._extensions)
        except (httpx.HTTPError, ssl.SSLError, OSError, RuntimeError) as error:
            raise PeerAway(type(error).__name__) from error
        try:
            if response.status_code == httpx.codes.OK:
                return unpack(response.content, kind)
            problem = unpack(response.content, Problem)
        except MessageError as error:
            raise PeerAway("no answer of ours") from error
        if response.status_code in {_UNKNOWN, _REFUSED}:
            raise NotWelcome(problem.kind)
        if response.status_code == httpx.codes.NOT_FOUND:
            raise NotThere(problem.kind)
        raise PeerAway(problem.kind, problem.retry_after_s)


def _part_in(data: str) -> dict[str, int] | Told:
    try:
        return unpack(base64.b64decode(data, validate=True), Told)
    except (binascii.Error, MessageError) as error:
        raise PeerAway("no word of ours") from error


def _news_in(data: str) -> dict[str, int]:
    try:
        said = json.loads(data)
    except ValueError:
        return {}
    return {str(scope): int(n) for scope, n in said.items()} if isinstance(said, dict) else {}
