"""The running server: TLS 1.3 with the municipality's own certificate, and a stop that lets every request end."""

import gc
import os
import secrets
import ssl
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import uvicorn
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from server.app import Gateway
from server.authority import Authority, Issued
from server.engine import Database

KEEP_ALIVE_S: Final = 75
END_WITHIN_S: Final = 10
MOST_AT_ONCE: Final = 2_000
COLLECT_AFTER: Final = (100_000, 50, 100)
"""A push makes many small values that live to its end; looking for rings among them at Python's own pace took a quarter
of its time."""
_BODY_LINE_LIMIT: Final = 16 * 1024


def context_of(issued: Issued, authority: Authority) -> ssl.SSLContext:
    """Return the TLS settings for a certificate of the municipality; its key is never on the disk in the clear."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    word = secrets.token_bytes(32)
    key = load_pem_private_key(issued.key, None)
    sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(word))
    # OpenSSL takes a key from a file only: the file holds it sealed, under a word that is in this memory alone.
    handle, name = tempfile.mkstemp(prefix="atalaya-server-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(issued.certificate + authority.certificate + sealed)
        context.load_cert_chain(name, password=word)
    finally:
        Path(name).unlink()
    return context


class Serving(uvicorn.Server):
    """A server that ends its open answers when it is told to stop."""

    def __init__(self, config: uvicorn.Config, gateway: Gateway) -> None:
        super().__init__(config)
        self._gateway = gateway

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop: no new requests, those that listen are let go, the others end; asked twice, at once.

        The base class would send itself the signal again at the end, and a wanted stop would not end with 0.
        """
        del sig, frame
        self._gateway.end_live()
        self.force_exit = self.should_exit
        self.should_exit = True


def serve(database: Database, authority: Authority, host: str, port: int, names: Sequence[str]) -> None:
    """Serve one municipality until told to stop. `names` are what stations call this server by."""
    gc.set_threshold(*COLLECT_AFTER)
    gateway = Gateway(database, authority)
    issued = authority.server_certificate(names, database.now_ms())
    config = uvicorn.Config(
        gateway.application(),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=END_WITHIN_S,
        limit_concurrency=MOST_AT_ONCE,
        h11_max_incomplete_event_size=_BODY_LINE_LIMIT,
        ssl_context_factory=lambda _config, _default: context_of(issued, authority),
    )
    Serving(config, gateway).run()
