"""This station as a hub: it answers its neighbours as the server would, with what it holds itself (sync.md §2.2).

It is a relay: it gives on what authors signed, to those whom the municipality granted it. What a neighbour was allowed
to write is judged by the server, later.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, TypeVar

import msgspec
from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from desktop.core.errors import AtalayaError
from desktop.core.events import Changes
from desktop.store import give, peers
from desktop.store.blobs import BlobStore
from desktop.store.journal import SCHEMA
from desktop.store.receive import tips_of
from desktop.store.store import Store
from desktop.sync.enrolment import Membership, shown_grant
from desktop.sync.lan.cellar import Cellar
from desktop.sync.lan.guests import Guest, Guests, NotAdmitted, is_revoked
from desktop.sync.peer import NotThere
from wire.messages import (
    MAX_PACKED,
    MEDIA_TYPE,
    SIGNATURE,
    AskBlobs,
    GetChunk,
    Hello,
    MessageError,
    Part,
    Problem,
    Pull,
    Pulled,
    Push,
    Pushed,
    PutChunk,
    ScopeState,
    Tail,
    Taken,
    Want,
    Welcome,
    pack,
    unpack,
)

HEARTBEAT_S: Final = 15.0
_GATHER_S: Final = 0.005
_RETRY_AFTER_S: Final = 2.0
_MOST_BUDGET: Final = 4 * 1024 * 1024

M = TypeVar("M", bound=msgspec.Struct)
T = TypeVar("T")


class Hub:
    """The handlers over one station's file. `told` is called when somebody begins or ceases to listen."""

    def __init__(
        self,
        store: Store,
        blobs: BlobStore,
        member: Membership,
        told: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._cellar = Cellar(store, blobs)
        self._member = member
        self._told = told
        self._guests = Guests(store, member, self._now_ms)
        self._ears: set[_Ear] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._grew = asyncio.Event()
        self._is_ending = False

    @property
    def listening(self) -> frozenset[bytes]:
        """Return the devices that listen here now."""
        return frozenset(ear.guest.device for ear in tuple(self._ears))

    def application(self) -> Starlette:
        """Return the ASGI application."""
        post: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "/v1/challenge": self._challenge,
            "/v1/hello": self._hello,
            "/v1/push": self._push,
            "/v1/pull": self._pull,
            "/v1/blob/states": partial(self._of_cellar, AskBlobs, self._cellar.states),
            "/v1/blob/put": partial(self._of_cellar, PutChunk, self._cellar.put),
            "/v1/blob/get": partial(self._of_cellar, GetChunk, self._cellar.get),
        }
        routes = [Route(path, _answering(handler), methods=["POST"]) for path, handler in post.items()]
        routes.append(Route("/v1/live", _answering(self._listen), methods=["GET"]))
        return Starlette(routes=routes, lifespan=self._lifespan)

    def end_live(self) -> None:
        """Let those who listen go; called on the loop."""
        self._is_ending = True
        for ear in self._ears:
            ear.wake.set()

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        loop = self._loop = asyncio.get_running_loop()

        def grew(changes: Changes) -> None:
            if changes.touched and not loop.is_closed():
                loop.call_soon_threadsafe(self._grew.set)

        forget = self._store.events.listen(grew)
        telling = loop.create_task(self._tell())
        yield
        forget()
        telling.cancel()
        self.end_live()

    async def _challenge(self, _: Request) -> Response:
        return _packed(self._guests.challenge())

    async def _hello(self, request: Request) -> Response:
        body = await _body(request)
        hello = unpack(body, Hello)
        signature = request.headers.get(SIGNATURE, "")

        def admit() -> Welcome:
            token, guest = self._guests.admit(hello, body, signature)
            return self._welcome(token, guest)

        return _packed(await run_in_threadpool(admit))

    def _welcome(self, token: bytes, guest: Guest) -> Welcome:
        tips = self._read(tips_of)
        own = [
            Tail(scope, replica, seq, digest)
            for (scope, replica), (seq, digest) in tips.items()
            if scope in guest.scopes
        ]
        scopes = [
            ScopeState(scope, self._store.replica, 0, b"", may_write=True) for scope in sorted(guest.scopes)
        ]
        return Welcome(
            token,
            self._now_ms(),
            SCHEMA,
            self._store.replica,
            0,
            scopes,
            own,
            guest.expires_ms,
            shown_grant(self._store),
        )

    async def _push(self, request: Request) -> Response:
        guest = await self._guest(request)
        asked = unpack(await _body(request), Push)
        return _packed(await run_in_threadpool(self._take, guest, asked))

    def _take(self, guest: Guest, asked: Push) -> Pushed:
        chains = dict.fromkeys((one.scope, one.replica) for one in asked.segments)
        mine = [one for one in asked.segments if one.scope in guest.scopes]
        received = self._store.receive(mine, asked.voids, self._member.municipal_key)
        taken = []
        for scope, replica in chains:
            if scope in guest.scopes:
                seq, digest = received.tips.get((scope, replica), (0, b""))
                taken.append(Taken(scope, replica, seq, digest, received.refused.get((scope, replica))))
        self._note(guest, [Tail(one.scope, one.replica, one.last, one.tail) for one in mine])
        return Pushed(taken)

    async def _pull(self, request: Request) -> Response:
        guest = await self._guest(request)
        asked = unpack(await _body(request), Pull)
        return _packed(await run_in_threadpool(self._give, guest, asked))

    def _give(self, guest: Guest, asked: Pull) -> Pulled:
        parts = []
        left = min(asked.budget, _MOST_BUDGET)
        for want in asked.wants:
            if want.scope not in guest.scopes:
                continue
            found = self._pieces(want, max(left, 1))
            left -= sum(len(body) for one in found.segments for body in one.bodies)
            parts.append(
                Part(want.scope, self._store.replica, 0, found.segments, found.voids, more=found.more)
            )
            tips = [Tail(want.scope, replica, seq, b"") for replica, seq in want.vector.items()]
            self._note(guest, tips)
        return Pulled(parts)

    async def _of_cellar(
        self, kind: type[M], answer: Callable[[frozenset[str], M], msgspec.Struct], request: Request
    ) -> Response:
        guest = await self._guest(request)
        return _packed(await run_in_threadpool(answer, guest.scopes, unpack(await _body(request), kind)))

    def _pieces(self, want: Want, budget: int) -> give.Pieces:
        only = frozenset({want.only}) if want.only else None
        return self._read(
            lambda connection: give.pieces(
                connection, want.scope, want.vector, 1 if want.only else budget, only, with_voids=True
            )
        )

    def _note(self, guest: Guest, tails: Iterable[Tail]) -> None:
        """Write down what a guest said to hold, where it says more than before and it is held here too."""

        def look(connection: Connection) -> list[Tail]:
            known = peers.held_by(connection, guest.device.hex())
            here = tips_of(connection)
            return [
                one
                for one in tails
                if known.get(one.scope, {}).get(one.replica, 0) < one.seq and (one.scope, one.replica) in here
            ]

        news = self._read(look)
        if news:
            self._store.local(
                lambda connection: peers.put_held(connection, guest.device.hex(), news)
            ).result()

    async def _listen(self, request: Request) -> Response:
        guest = await self._guest(request)
        return StreamingResponse(
            self._events(guest), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )

    async def _events(self, guest: Guest) -> AsyncIterator[bytes]:
        ear = _Ear(guest)
        self._ears.add(ear)
        self._told()
        try:
            yield b": hola\n\n"
            while not self._is_ending:
                try:
                    await asyncio.wait_for(ear.wake.wait(), HEARTBEAT_S)
                except TimeoutError:
                    if await run_in_threadpool(is_revoked, self._store, guest.device):
                        return
                    yield b": vivo\n\n"
                    continue
                ear.wake.clear()
                news, ear.news = ear.news, {}
                if news:
                    yield f"event: news\ndata: {json.dumps(news)}\n\n".encode()
        finally:
            self._ears.discard(ear)
            self._told()

    async def _tell(self) -> None:
        """Tell those who listen how far their scopes have come, once for all that is written together."""
        told_at = 0.0
        while True:
            await self._grew.wait()
            await asyncio.sleep(told_at + _GATHER_S - time.monotonic())
            self._grew.clear()
            told_at = time.monotonic()
            if not self._ears:
                continue
            try:
                grown = await run_in_threadpool(self._read, _sums)
            except AtalayaError:
                continue
            for ear in self._ears:
                for scope, total in grown.items():
                    if scope in ear.guest.scopes and ear.told.get(scope) != total:
                        ear.told[scope] = ear.news[scope] = total
                if ear.news:
                    ear.wake.set()

    async def _guest(self, request: Request) -> Guest:
        said = request.headers.get("authorization", "")
        return await run_in_threadpool(self._guests.guest_of, said)

    def _now_ms(self) -> int:
        return int(self._store.clock.now().timestamp() * 1000)

    def _read(self, body: Callable[[Connection], T]) -> T:
        return self._store.read(lambda session: body(session.connection())).result()


class _Ear:
    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.wake = asyncio.Event()
        self.news: dict[str, int] = {}
        self.told: dict[str, int] = {}


def _sums(connection: Connection) -> dict[str, int]:
    return dict(connection.exec_driver_sql("SELECT scope, sum(seq) FROM chain GROUP BY scope").fetchall())


def _answering(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except NotAdmitted:
            return _packed(Problem("unknown"), 401)
        except NotThere:
            return _packed(Problem("no_blob"), 404)
        except (MessageError, ClientDisconnect):
            return _packed(Problem("malformed"), 400)
        except AtalayaError:
            return _packed(Problem("busy", _RETRY_AFTER_S), 503)

    return answered


async def _body(request: Request) -> bytes:
    """Return the body, read no further than a message may be long."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_PACKED:
            raise MessageError("the message is too large")
    return bytes(body)


def _packed(message: msgspec.Struct, status: int = 200) -> Response:
    return Response(pack(message), status, media_type=MEDIA_TYPE)
