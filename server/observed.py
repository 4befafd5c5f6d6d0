"""Looking at every request from outside: what it counted, how long it took, and a line where somebody should know."""

import logging
import time
from collections.abc import Collection, MutableMapping
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server import metrics

SLOW_S: Final = 1.0
DEVICE: Final = "device"
"""Under this name a handler leaves, in the request's state, whose session it was."""
_OTHER: Final = "other"
_FAILED: Final = 500
_log = logging.getLogger("server.requests")


class Observed:
    """An application, and what is seen of it. `routes` are the paths that it knows: invented ones are counted as one;
    `open_ended` are those whose answer lasts as long as somebody listens."""

    def __init__(self, app: ASGIApp, routes: Collection[str], open_ended: Collection[str] = ()) -> None:
        self._app, self._routes, self._open_ended = app, frozenset(routes), frozenset(open_ended)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = _Seen(scope, scope["path"] if scope["path"] in self._routes else _OTHER)
        try:
            await self._app(scope, seen.receiving(receive), seen.sending(send))
        finally:
            seen.tell(lasts=seen.route in self._open_ended)


class _Seen:
    """One request."""

    def __init__(self, scope: Scope, route: str) -> None:
        self.route = route
        self._state: MutableMapping[str, Any] = scope.setdefault("state", {})
        self._began = time.perf_counter()
        self._status = 0
        self._in = self._out = 0

    def receiving(self, receive: Receive) -> Receive:
        async def received() -> Message:
            message = await receive()
            self._in += len(message.get("body", b""))
            return message

        return received

    def sending(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._status = message["status"]
            self._out += len(message.get("body", b""))
            await send(message)

        return sent

    def tell(self, *, lasts: bool) -> None:
        """Count the request, which has ended. One without a status is one whose handler failed."""
        seconds = time.perf_counter() - self._began
        status = self._status or _FAILED
        metrics.REQUESTS.labels(self.route, str(status)).inc()
        metrics.RECEIVED.inc(self._in)
        metrics.SENT.inc(self._out)
        if not lasts:
            metrics.SECONDS.labels(self.route).observe(seconds)
        is_slow = seconds >= SLOW_S and not lasts
        level = logging.WARNING if is_slow or status >= _FAILED else logging.DEBUG
        if not _log.isEnabledFor(level):
            return
        fields: dict[str, object] = {
            "route": self.route,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "in": self._in,
            "out": self._out,
        }
        device = self._state.get(DEVICE)
        if device is not None:
            fields[DEVICE] = device.hex()
        _log.log(level, "request", extra={"fields": fields})
