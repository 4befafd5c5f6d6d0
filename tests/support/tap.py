"""Everything that a station hears over a line, opened as far as it can open it, to be searched."""

import base64
import binascii
from collections.abc import Iterable, Iterator

import httpx
import zstandard

from desktop.sync.http_peer import HttpPeer

_MOST = 1 << 26


class Tap:
    """Keeps what comes over the lines that it is put on: status, headers, bodies, and bodies unpacked."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.statuses: list[int] = []

    def on(self, peer: HttpPeer) -> HttpPeer:
        """Listen to a peer from now on."""
        peer._client.event_hooks["response"].append(self.keep)
        return peer

    def keep(self, response: httpx.Response) -> None:
        self.statuses.append(response.status_code)
        self.heard.append(str(response.headers).encode())
        if not isinstance(response.stream, httpx.SyncByteStream):
            return
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            response.stream = _Kept(response.stream, self.heard)
        else:
            response.read()
            self.heard += [response.content, opened(response.content)]

    def leaks(self, secrets: Iterable[bytes]) -> list[bytes]:
        """Return the secrets that were heard, as they are or in hexadecimal."""
        return leaks(self.heard, secrets)


class _Kept(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, heard: list[bytes]) -> None:
        self._stream = stream
        self._heard = heard

    def __iter__(self) -> Iterator[bytes]:
        lines = b""
        for chunk in self._stream:
            self._heard.append(chunk)
            *whole, lines = (lines + chunk).split(b"\n")
            self._heard += [opened(told_in(line)) for line in whole]
            yield chunk

    def close(self) -> None:
        self._stream.close()


def told_in(line: bytes) -> bytes:
    """Return the message that a line of an event stream carries; nothing when it carries none."""
    try:
        return base64.b64decode(line.removeprefix(b"data: "), validate=True)
    except binascii.Error:
        return b""


def opened(data: bytes) -> bytes:
    """Return what a compressed message holds; nothing when it is none."""
    try:
        return zstandard.ZstdDecompressor().stream_reader(data).read(_MOST)
    except zstandard.ZstdError:
        return b""


def leaks(heard: Iterable[bytes], secrets: Iterable[bytes]) -> list[bytes]:
    """Return the secrets that are in some bytes, as they are or in hexadecimal."""
    hay = b"\0".join(heard)
    return [secret for secret in secrets if secret in hay or secret.hex().encode() in hay]
