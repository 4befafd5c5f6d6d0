"""The routes: bytes in, bytes out. Whatever a peer sends, the answer names the kind of problem and no more."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from server import blobs, snapshots
from server.authority import Authority, RequestError
from server.blobs import NoBlob
from server.certificates import Certificates
from server.engine import Database, DatabaseAway
from server.give import pull, told_after
from server.limits import RETRY_AFTER_S, Buckets
from server.live import Live
from server.metrics import DATABASE_AWAY
from server.observed import DEVICE
from server.refusals import Kind, RosterError
from server.roster_book import enrol_device
from server.session import Sessions, Unknown
from server.snapshots import NoSnapshot
from server.take import TooMuch, push
from wire import enrolment
from wire.messages import (
    MAX_PACKED,
    MEDIA_TYPE,
    SIGNATURE,
    AskBlobs,
    Enrol,
    GetChunk,
    Hello,
    MessageError,
    Problem,
    Pull,
    Push,
    PutChunk,
    pack,
    unpack,
)
from wire.snapshots import AskSnapshot, AskSnapshotChunk

M = TypeVar("M", bound=msgspec.Struct)
REQUESTS_PER_S: Final = 40.0
REQUESTS_AT_ONCE: Final = 200.0
STRANGERS_PER_S: Final = 2.0
STRANGERS_AT_ONCE: Final = 30.0
"""Requests without a session, by address: hellos and enrolments, where somebody may be guessing."""
_POSTED: Final = (
    "/v1/challenge",
    "/v1/hello",
    "/v1/enrol",
    "/v1/push",
    "/v1/pull",
    "/v1/snap",
    "/v1/snap/chunk",
    "/v1/blob/states",
    "/v1/blob/put",
    "/v1/blob/get",
)
OPEN_ENDED: Final = ("/v1/live",)
ROUTES: Final = (*_POSTED, *OPEN_ENDED, "/v1/authority", "/v1/certificate", "/healthz")

_PROBLEMS: Final[dict[type[Exception], tuple[int, str, float]]] = {
    Unknown: (401, "unknown", 0.0),
    NoBlob: (404, "no_blob", 0.0),
    NoSnapshot: (404, "no_snapshot", 0.0),
    MessageError: (400, "malformed", 0.0),
    TooMuch: (400, "malformed", 0.0),
    ClientDisconnect: (400, "malformed", 0.0),
    RosterError: (403, "", 0.0),
    DatabaseAway: (503, "busy", RETRY_AFTER_S),
}
"""What is answered to what may happen: status, kind, seconds to wait."""


class _Answer(Exception):
    """A request ends here with a problem."""

    def __init__(self, status: int, kind: str, retry_after_s: float = 0.0) -> None:
        super().__init__(kind)
        self.status = status
        self.problem = Problem(kind, retry_after_s)


class Gateway:
    """The handlers over one municipality's database."""

    def __init__(self, database: Database, authority: Authority, certificates: Certificates) -> None:
        self._database = database
        self._authority = authority
        self._certificates = certificates
        self._tenant = authority.tenant
        self._sessions = Sessions(database, authority)
        self._live = Live(
            authority.tenant, lambda scope, after: told_after(database, authority, scope, after)
        )
        self._devices = Buckets(REQUESTS_PER_S, REQUESTS_AT_ONCE, time.monotonic)
        self._strangers = Buckets(STRANGERS_PER_S, STRANGERS_AT_ONCE, time.monotonic)

    def application(self, lifespan: Callable[[Starlette], AbstractAsyncContextManager[None]]) -> Starlette:
        """Return the ASGI application; `lifespan` holds this gateway's own, and what else lasts as long."""
        post = (
            self._challenge,
            self._hello,
            self._enrol,
            self._push,
            self._pull,
            self._snapshot,
            self._snapshot_chunk,
            self._blob_states,
            self._blob_put,
            self._blob_get,
        )
        routes = [
            Route(path, _answering(handler), methods=["POST"])
            for path, handler in zip(_POSTED, post, strict=True)
        ]
        routes.append(Route("/v1/live", _answering(self._listen), methods=["GET"]))
        routes.append(Route("/v1/authority", self._authority_known, methods=["GET"]))
        routes.append(Route("/v1/certificate", self._certificate_vouched, methods=["GET"]))
        routes.append(Route("/healthz", self._health, methods=["GET"]))
        return Starlette(routes=routes, lifespan=lifespan)

    def end_live(self) -> None:
        """Let those who listen go, so that the server can stop."""
        self._live.end()

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Hand on news while the application runs."""
        self._live.begin(self._database.news)
        yield
        self._live.end()

    async def _challenge(self, request: Request) -> Response:
        self._check_stranger(request)
        return _packed(self._sessions.challenge())

    async def _hello(self, request: Request) -> Response:
        self._check_stranger(request)
        body = await _body(request)
        hello = _read(body, Hello)
        signature = request.headers.get(SIGNATURE, "")
        return _packed(await run_in_threadpool(self._sessions.hello, hello, body, signature))

    async def _enrol(self, request: Request) -> Response:
        self._check_stranger(request)
        asked = _read(await _body(request), Enrol)

        def enrol() -> msgspec.Struct:
            try:
                secret = enrolment.parse(asked.code).secret
                return enrol_device(self._database, self._authority, secret, asked)
            except (MessageError, RosterError) as error:
                kind = error.kind if isinstance(error, RosterError) else "code"
                raise _Answer(403, kind) from error
            except RequestError as error:
                raise _Answer(403, Kind.KEYS) from error

        return _packed(await run_in_threadpool(enrol))

    async def _push(self, request: Request) -> Response:
        device = self._device(request)
        asked = _read(await _body(request), Push)
        return _packed(await run_in_threadpool(push, self._database, self._authority, device, asked))

    async def _pull(self, request: Request) -> Response:
        device = self._device(request)
        asked = _read(await _body(request), Pull)
        return _packed(await run_in_threadpool(pull, self._database, self._authority, device, asked))

    async def _snapshot(self, request: Request) -> Response:
        device = self._device(request)
        asked = _read(await _body(request), AskSnapshot)
        return _packed(
            await run_in_threadpool(snapshots.manifest, self._database, self._authority, device, asked)
        )

    async def _snapshot_chunk(self, request: Request) -> Response:
        device = self._device(request)
        asked = _read(await _body(request), AskSnapshotChunk)
        return _packed(
            await run_in_threadpool(snapshots.chunk, self._database, self._authority, device, asked)
        )

    async def _blob_states(self, request: Request) -> Response:
        device = self._device(request)
        asked = _read(await _body(request), AskBlobs)
        return _packed(await run_in_threadpool(blobs.states, self._database, self._tenant, device, asked))

    async def _blob_put(self, request: Request) -> Response:
        device = self._device(request)
        given = _read(await _body(request), PutChunk)
        return _packed(await run_in_threadpool(blobs.put, self._database, self._tenant, device, given))

    async def _blob_get(self, request: Request) -> Response:
        device = self._device(request)
        asked = _read(await _body(request), GetChunk)
        return _packed(await run_in_threadpool(blobs.get, self._database, self._tenant, device, asked))

    async def _listen(self, request: Request) -> Response:
        device = self._device(request)
        scopes = await run_in_threadpool(self._sessions.readable, device)

        async def readable() -> frozenset[str]:
            try:
                return await run_in_threadpool(self._sessions.readable, device)
            except DatabaseAway:
                # Whoever listens calls again, as after any line that ended.
                return frozenset()

        return StreamingResponse(
            self._live.events(scopes, readable),
            media_type="text/event-stream",
            headers={"cache-control": "no-store"},
        )

    async def _authority_known(self, _: Request) -> Response:
        """Give the certificate whose fingerprint an enrolment code names: the station trusts it for that alone."""
        return Response(self._authority.certificate, media_type="application/x-pem-file")

    async def _certificate_vouched(self, _: Request) -> Response:
        """Give the authority's word for the certificate of this line, where it made it not itself."""
        voucher = self._certificates.voucher
        return Response(voucher, 200 if voucher else 204, media_type=MEDIA_TYPE)

    async def _health(self, _: Request) -> Response:
        def look() -> bool:
            try:
                with self._database.reading():
                    return True
            except DatabaseAway:
                return False

        is_well = await run_in_threadpool(look)
        return PlainTextResponse("ok" if is_well else "database", 200 if is_well else 503)

    def _device(self, request: Request) -> bytes:
        device = self._sessions.device_of(request.headers.get("authorization", ""))
        wait_s = self._devices.take(device.hex())
        if wait_s:
            raise _Answer(429, "busy", wait_s)
        setattr(request.state, DEVICE, device)
        return device

    def _check_stranger(self, request: Request) -> None:
        address = "" if request.client is None else request.client.host
        wait_s = self._strangers.take(address)
        if wait_s:
            raise _Answer(429, "busy", wait_s)


def _answering(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except _Answer as answer:
            return _packed(answer.problem, answer.status)
        except tuple(_PROBLEMS) as error:
            if isinstance(error, DatabaseAway):
                DATABASE_AWAY.inc()
            status, kind, retry_after_s = next(
                answer for known, answer in _PROBLEMS.items() if isinstance(error, known)
            )
            said = error.kind if isinstance(error, RosterError) else kind
            return _packed(Problem(said, retry_after_s), status)

    return answered


async def _body(request: Request) -> bytes:
    """Return the body, read no further than a message may be long."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > MAX_PACKED:
        raise _Answer(413, "too_large")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_PACKED:
            raise _Answer(413, "too_large")
    return bytes(body)


def _read(body: bytes, kind: type[M]) -> M:
    return unpack(body, kind)


def _packed(message: msgspec.Struct, status: int = 200) -> Response:
    return Response(pack(message), status, media_type=MEDIA_TYPE)
