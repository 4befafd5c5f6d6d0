"""Telling stations that something is new, while they listen: one open answer each, no thread.

What is small is told itself, read once for all who listen; of the rest only how far a scope has come, and the station
asks for it as always. A lost word is late, never wrong. Rights are asked for again when `sys` grew, where they are
taken away, and at each heart-beat.
"""

import asyncio
import base64
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from starlette.concurrency import run_in_threadpool

from server.engine import DatabaseAway
from server.metrics import LISTENING
from server.news import Growth, News
from wire.messages import Told, pack
from wire.roster import SYSTEM_SCOPE

HEARTBEAT_S: Final = 15.0
_SHARE_S: Final = 0.0005
"""So much of the loop's time each word to one listener is worth: with many of them, words are gathered for longer."""
_KEPT: Final = 64
"""So many small parts of a scope are kept for listeners to whom words are gathered."""

Read = Callable[[str, int], Told | None]
"""What came after a place of a scope, None where that is too much to tell; called off the loop."""


class Live:
    """Hands the growth of scopes to the stations that listen on this process's loop."""

    def __init__(self, tenant: str, read: Read) -> None:
        self._tenant = tenant
        self._read = read
        self._listening: set[_Ear] = set()
        self._feeds: dict[str, _Feed] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_ending = False

    def begin(self, news: News) -> None:
        """Begin to hand on; called on the loop."""
        self._loop = asyncio.get_running_loop()
        news.subscribe(self._grew)

    def end(self) -> None:
        """Let every open answer come to its end; called on the loop."""
        self._is_ending = True
        for ear in self._listening:
            ear.wake.set()

    async def events(
        self, scopes: frozenset[str], readable: Callable[[], Awaitable[frozenset[str]]]
    ) -> AsyncIterator[bytes]:
        """Yield server-sent events about some scopes until the station goes, may hold none, or the server ends.

        `readable` says which it may hold now. News of `sys` come before those of what was taken after it, so nobody is
        told of what they lost the right to.
        """
        # Whoever hears the greeting asks for all that came until now: what comes next can be told itself.
        ear = _Ear(scopes, {scope: self._feeds[scope].n for scope in scopes & self._feeds.keys()})
        self._listening.add(ear)
        LISTENING.inc()
        try:
            yield b": hola\n\n"
            while ear.scopes and not self._is_ending:
                try:
                    await asyncio.wait_for(ear.wake.wait(), HEARTBEAT_S)
                except TimeoutError:
                    ear.scopes = await readable()
                    yield b": vivo\n\n"
                    continue
                # The first word after a quiet moment goes at once; nobody is told more often than all can be told.
                await asyncio.sleep(ear.told_at + len(self._listening) * _SHARE_S - time.monotonic())
                ear.wake.clear()
                ear.told_at = time.monotonic()
                grown, ear.news = ear.news, {}
                if SYSTEM_SCOPE in grown:
                    ear.scopes = await readable()
                said = self._said(ear, {scope: n for scope, n in grown.items() if scope in ear.scopes})
                if said:
                    yield said
        finally:
            self._listening.discard(ear)
            LISTENING.dec()

    def _said(self, ear: "_Ear", grown: dict[str, int]) -> bytes:
        """Return the events that bring a listener to where scopes stand now."""
        said = []
        news = {}
        for scope, n in sorted(grown.items(), key=lambda one: (one[0] != SYSTEM_SCOPE, one[0])):
            parts = self._feeds[scope].between(ear.heard.get(scope), n)
            if parts is None:
                news[scope] = n
            else:
                said += parts
            ear.heard[scope] = n
        if news:
            said.append(f"event: news\ndata: {json.dumps(news)}\n\n".encode())
        return b"".join(said)

    def _grew(self, growth: Growth) -> None:
        if self._loop is not None and growth.tenant == self._tenant and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell, growth)

    def _tell(self, growth: Growth) -> None:
        feed = self._feeds.setdefault(growth.scope, _Feed(growth.scope))
        feed.target = max(feed.target, growth.n)
        if feed.task is None or feed.task.done():
            feed.task = asyncio.create_task(self._follow(feed))

    async def _follow(self, feed: "_Feed") -> None:
        """Read what is new of a scope and wake whoever listens to it, until nothing is."""
        while feed.n < feed.target:
            target = feed.target
            told = None
            if feed.n and any(feed.scope in ear.scopes for ear in self._listening):
                try:
                    told = await run_in_threadpool(self._read, feed.scope, feed.n)
                except DatabaseAway:
                    told = None
            feed.add(told, target)
            for ear in self._listening:
                if feed.scope in ear.scopes:
                    ear.news[feed.scope] = feed.n
                    ear.wake.set()


class _Feed:
    """How far a scope has come, as far as is told, and its last small parts as events."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.n = 0
        """0 until the first growth is told of: what came before is not known here."""
        self.target = 0
        self.task: asyncio.Task[None] | None = None
        self._parts: deque[tuple[int, int, bytes]] = deque(maxlen=_KEPT)

    def add(self, told: Told | None, target: int) -> None:
        """Note what came, or only how far it goes."""
        if told is None:
            self._parts.clear()
            self.n = target
            return
        event = b"event: part\ndata: " + base64.b64encode(pack(told)) + b"\n\n"
        self._parts.append((told.after, told.part.cursor, event))
        self.n = told.part.cursor

    def between(self, heard: int | None, n: int) -> list[bytes] | None:
        """Return the events that lead from one place to another, None where they do not."""
        found = []
        for after, upto, event in self._parts:
            if heard == after and upto <= n:
                found.append(event)
                heard = upto
        return found if found and heard == n else None


class _Ear:
    def __init__(self, scopes: frozenset[str], heard: dict[str, int]) -> None:
        self.scopes = scopes
        self.wake = asyncio.Event()
        self.news: dict[str, int] = {}
        self.heard = heard
        """How far each scope had come when it was told of last."""
        self.told_at = 0.0
