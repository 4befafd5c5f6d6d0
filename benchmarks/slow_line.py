"""A TCP line of so many bits a second each way, that can be cut in the middle."""

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

_CHUNK = 2_048


class SlowLine:
    """Listens on loopback and carries to a port of this machine, no faster than `bits` a second each way."""

    def __init__(self, port: int, bits: int) -> None:
        self._port, self._bytes_per_s = port, bits / 8
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._left: int | None = None
        self._lock = threading.Lock()
        self._free_at = [0.0, 0.0]
        self.bytes = 0
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """Return where it listens."""
        return f"127.0.0.1:{self._listening.getsockname()[1]}"

    def cut_after(self, count: int) -> None:
        """Cut every connection, once, when so many more bytes have gone."""
        with self._lock:
            self._left = count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.close()
        self._cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                with self._lock:
                    self._open += [near, far]
                for way, (come, go) in enumerate(((near, far), (far, near))):
                    threading.Thread(target=self._carry, args=(come, go, way), daemon=True).start()

    def _carry(self, come: socket.socket, go: socket.socket, way: int) -> None:
        with suppress(OSError):
            while data := come.recv(_CHUNK):
                self._wait_for(len(data), way)
                go.sendall(data)
                if self._is_cut_by(len(data)):
                    self._cut()
            go.shutdown(socket.SHUT_WR)

    def _wait_for(self, count: int, way: int) -> None:
        """Wait until so many bytes have gone down the wire behind those of before."""
        with self._lock:
            begins = max(self._free_at[way], time.monotonic())
            self._free_at[way] = begins + count / self._bytes_per_s
            until = self._free_at[way]
        time.sleep(max(0.0, until - time.monotonic()))

    def _is_cut_by(self, count: int) -> bool:
        with self._lock:
            self.bytes += count
            if self._left is None:
                return False
            self._left -= count
            if self._left > 0:
                return False
            self._left = None
            self.cuts += 1
            return True

    def _cut(self) -> None:
        with self._lock:
            cut, self._open = self._open, []
        for one in cut:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
