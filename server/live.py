"""Telling stations that something is new, while they listen: one open answer each, no thread.

What is told is only how far a scope has come; the station asks for it as always, so a lost word is late, never wrong.
Rights are asked for again when `sys` grew, where they are taken away, and at each heart-beat.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from server.metrics import LISTENING
from server.news import Growth, News
from wire.roster import SYSTEM_SCOPE

HEARTBEAT_S: Final = 15.0
_SHARE_S: Final = 0.0005
"""So much of the loop's time each word to one listener is worth: with many of them, words are gathered for longer."""


class Live:
    """Hands the growth of scopes to the stations that listen on this process's loop."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant
        self._listening: set[_Ear] = set()
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
        ear = _Ear(scopes)
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
                news = {scope: n for scope, n in grown.items() if scope in ear.scopes}
                if news:
                    yield f"event: news\ndata: {json.dumps(news)}\n\n".encode()
        finally:
            self._listening.discard(ear)
            LISTENING.dec()

    def _grew(self, growth: Growth) -> None:
        if self._loop is not None and growth.tenant == self._tenant and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell, growth)

    def _tell(self, growth: Growth) -> None:
        for ear in self._listening:
            if growth.scope in ear.scopes:
                ear.news[growth.scope] = max(growth.n, ear.news.get(growth.scope, 0))
                ear.wake.set()


class _Ear:
    def __init__(self, scopes: frozenset[str]) -> None:
        self.scopes = scopes
        self.wake = asyncio.Event()
        self.news: dict[str, int] = {}
        self.told_at = 0.0
