"""A TCP line between a station and the server that carries, counts, and breaks where it is told."""

import select
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from types import TracebackType
from typing import Final, NamedTuple, Self

_CHUNK: Final = 65_536
_AT_ONCE_WHEN_SLOW: Final = 97
_LOOK_S: Final = 0.2


class Way(Enum):
    """To where bytes go."""

    TO_SERVER = auto()
    TO_STATION = auto()


class Break(Enum):
    """How a line ends: closed, reset, or silent without an end."""

    CUT = auto()
    RESET = auto()
    STALL = auto()


class Fault(NamedTuple):
    """What happens once so many bytes have gone one way, since the line was told of it."""

    how: Break
    way: Way
    after: int


@dataclass
class Carried:
    """How many bytes went each way."""

    to_server: int = 0
    to_station: int = 0

    def add(self, way: Way, count: int) -> None:
        if way is Way.TO_SERVER:
            self.to_server += count
        else:
            self.to_station += count

    def of(self, way: Way) -> int:
        return self.to_server if way is Way.TO_SERVER else self.to_station


class Proxy:
    """Listens on loopback and carries to a port of this machine.

    Each connection comes from another loopback address, as stations do: the server counts strangers by address. After
    a fault the line stays dead until `mend`, so that nobody comes through by calling again.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._is_dead = threading.Event()
        self._ending = threading.Event()
        self._is_slow = False
        self._threads: list[threading.Thread] = []
        self._calls = 0
        self.carried = Carried()
        self._accepting = threading.Thread(target=self._accept, name="proxy")
        self._accepting.start()

    @property
    def address(self) -> str:
        """Return where it listens, as `host:port`."""
        return f"127.0.0.1:{self._listening.getsockname()[1]}"

    @property
    def has_broken(self) -> bool:
        """Tell whether the fault came."""
        return self._is_dead.is_set()

    def mend(self, fault: Fault | None = None, *, is_slow: bool = False) -> None:
        """Carry again from now on, counting anew, until the next fault; `is_slow` hands on a few bytes at a time."""
        with self._lock:
            self._fault, self._is_slow = fault, is_slow
            self.carried = Carried()
            self._is_dead.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._accepting.join()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                station, _ = self._listening.accept()
            except OSError:
                return
            if self._is_dead.is_set():
                station.close()
                continue
            thread = threading.Thread(target=self._carry, args=(station,), name="proxy-line")
            thread.start()
            self._threads.append(thread)

    def _carry(self, station: socket.socket) -> None:
        self._calls += 1
        source = f"127.{1 + self._calls // 250 % 250}.{1 + self._calls % 250}.2"
        try:
            server = socket.create_connection(("127.0.0.1", self.port), source_address=(source, 0))
        except OSError:
            station.close()
            return
        ways = {station: (server, Way.TO_SERVER), server: (station, Way.TO_STATION)}
        with station, server, suppress(OSError):
            for one in ways:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while not self._ending.is_set():
                ready, _, _ = select.select(list(ways), [], [], _LOOK_S)
                for one in ready:
                    data = one.recv(_AT_ONCE_WHEN_SLOW if self._is_slow else _CHUNK)
                    other, way = ways[one]
                    if not data or not self._hand_on(other, way, data):
                        return

    def _hand_on(self, other: socket.socket, way: Way, data: bytes) -> bool:
        """Give bytes to the other side as far as the fault lets; tell whether the line still stands."""
        with self._lock:
            if self._is_dead.is_set():
                return False
            fault, done = self._fault, self.carried.of(way)
            is_last = fault is not None and fault.way is way and done + len(data) >= fault.after
            if fault is not None and is_last:
                data = data[: fault.after - done]
                self._is_dead.set()
            self.carried.add(way, len(data))
        other.sendall(data)
        if fault is None or not is_last:
            return True
        if fault.how is Break.RESET:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if fault.how is Break.STALL:
            # Both sides stay connected to a line on which nothing comes any more.
            while self._is_dead.is_set() and not self._ending.wait(0.01):
                pass
        return False
