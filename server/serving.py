"""One serving process: TLS 1.3, and a stop that lets every request end."""

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette

from server import manager
from server.app import OPEN_ENDED, ROUTES, Gateway
from server.authority import Authority
from server.certificates import CertificateError, Certificates, Files
from server.engine import Database
from server.observed import Observed

KEEP_ALIVE_S: Final = 75
END_WITHIN_S: Final = 10
MOST_AT_ONCE: Final = 2_000
COLLECT_AFTER: Final = (100_000, 50, 100)
"""A push makes many small values that live to its end; looking for rings among them at Python's own pace took a quarter
of its time."""
_BODY_LINE_LIMIT: Final = 16 * 1024
_LOOK_EVERY_S: Final = 3600.0
_log = logging.getLogger("server")


class AddressError(RuntimeError):
    """The address is taken, is none of this machine, or is no `host:port`."""


class Serving(uvicorn.Server):
    """A server that ends its open answers when it is told to stop, and renews what it shows when told to."""

    def __init__(
        self, config: uvicorn.Config, gateway: Gateway, renew: Callable[[], None], started: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._gateway, self._renew, self._started = gateway, renew, started

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop: no new requests, those that listen are let go, the others end; asked twice, at once.

        The base class would send itself the signal again at the end, and a wanted stop would not end with 0.
        """
        del sig, frame
        manager.stopping()
        self._gateway.end_live()
        self.force_exit = self.should_exit
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        if hasattr(signal, "SIGHUP"):
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._renew)
        if self.started:
            self._started()


def listen(address: str) -> list[socket.socket]:
    """Return the bound sockets of `host:port`; an empty host is every address of the machine.

    Raises:
        AddressError: nobody can be answered there.
    """
    host, _, port = address.rpartition(":")
    made: list[socket.socket] = []
    try:
        for family, kind, protocol, _, where in socket.getaddrinfo(
            host.strip("[]") or None, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            one = socket.socket(family, kind, protocol)
            made.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind(where)
    except (OSError, ValueError, OverflowError) as error:
        for one in made:
            one.close()
        raise AddressError(address) from error
    return made


def serve(
    database: Database,
    authority: Authority,
    sockets: Sequence[socket.socket],
    names: Sequence[str],
    files: Files | None = None,
    started: Callable[[], None] = manager.ready,
) -> bool:
    """Serve one municipality until told to stop; tell whether it came to serving. SIGHUP reads the certificate again.

    `names` are what stations call this server by, for the certificate that it makes where `files` gives none.

    Raises:
        CertificateError: the municipality's own certificate cannot be used.
    """
    gc.set_threshold(*COLLECT_AFTER)
    certificates = Certificates(authority, names, database.now_ms, files)
    gateway = Gateway(database, authority, certificates)

    def renew() -> None:
        manager.reloading()
        _renew(certificates)
        manager.ready()

    @asynccontextmanager
    async def looked_after(app: Starlette) -> AsyncIterator[None]:
        async with gateway.lifespan(app):
            keeping = asyncio.create_task(_keep(certificates))
            yield
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping

    config = uvicorn.Config(
        Observed(gateway.application(looked_after), ROUTES, OPEN_ENDED),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=END_WITHIN_S,
        limit_concurrency=MOST_AT_ONCE,
        h11_max_incomplete_event_size=_BODY_LINE_LIMIT,
        ssl_context_factory=lambda _config, _default: certificates.context,
    )
    serving = Serving(config, gateway, renew, started)
    serving.run(list(sockets))
    return serving.started


async def _keep(certificates: Certificates) -> None:
    """Renew in time the certificate that the authority makes, and read again the one that somebody else renews."""
    while True:
        await asyncio.sleep(_LOOK_EVERY_S)
        _renew(certificates)


def _renew(certificates: Certificates) -> None:
    try:
        if certificates.renew():
            _log.info("certificate", extra={"fields": {"until": certificates.until.isoformat()}})
    except CertificateError as error:
        _log.error("certificate", exc_info=error)
