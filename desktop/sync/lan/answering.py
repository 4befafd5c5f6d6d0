"""The hub's own thread: an HTTPS server for the neighbours, beside the window and never in its way."""

import errno
import logging
import socket
import sys
import threading
from typing import Final

import uvicorn

from desktop.sync.enrolment import Membership
from desktop.sync.lan.hub import Hub
from desktop.sync.lan.tls import answering

DEFAULT_PORT: Final = 8444
"""Where a typed address leads when it names no port; a second station on the same machine answers on another one."""
_MOST_AT_ONCE: Final = 400
_WAITING: Final = 128
_KEEP_ALIVE_S: Final = 75
_END_WITHIN_S: Final = 3
_log = logging.getLogger(__name__)


class Answering:
    """Serves one hub until it is closed."""

    def __init__(self, hub: Hub, member: Membership, host: str = "0.0.0.0", port: int = DEFAULT_PORT) -> None:  # noqa: S104 - neighbours call here; TLS asks who they are
        self._socket = _bound(host, port)
        context = answering(member)
        config = uvicorn.Config(
            hub.application(),
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_END_WITHIN_S,
            limit_concurrency=_MOST_AT_ONCE,
            ssl_context_factory=lambda _config, _default: context,
        )
        self._server = _Serving(config, hub)
        self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Return the port on which it answers."""
        return int(self._socket.getsockname()[1])

    def let_go(self) -> None:
        """Begin to end; nobody waits for it yet."""
        self._server.should_exit = True

    def close(self) -> None:
        """Let everybody go and end."""
        self.let_go()
        self._thread.join(_END_WITHIN_S + 2)

    def _run(self) -> None:
        try:
            self._server.run([self._socket])
        except Exception:
            _log.exception("the hub ended with an error of ours")


class _Serving(uvicorn.Server):
    """A server that ends its open answers when it is told to stop."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let those who listen go, then end."""
        self._hub.end_live()
        await super().shutdown(sockets)


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket on the port that neighbours expect, or on any other one when that is taken."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform == "win32":
        made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        if error.errno not in {errno.EADDRINUSE, errno.EACCES} or not port:
            made.close()
            raise
        made.bind((host, 0))
    made.listen(_WAITING)
    return made
