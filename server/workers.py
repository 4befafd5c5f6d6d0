"""Several processes on one database and one socket: whoever dies is replaced, the others go on.

The first process serves nobody. It holds the socket, so that no call is lost while one of the others is being replaced,
and ends them all when it is told to stop. Keys reach the others through their pipe, never through a file.
"""

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Final, NamedTuple

from server import logs, manager
from server.certificates import CertificateError, Files
from server.engine import Database, DatabaseAway
from server.metrics import forget
from server.refusals import RosterError
from server.schema import NewerDatabase
from server.sealing import SealError
from server.serving import END_WITHIN_S, serve
from server.tenants import open_authority

CANNOT_START: Final = 3
"""The exit code of a process that would fail the same way again."""
FAILED: Final = 1
_LOOK_S: Final = 0.5
_PAUSES_S: Final = (0.0, 0.5, 1.0, 2.0, 5.0)
_LONG_LIFE_S: Final = 30.0
_spawn = multiprocessing.get_context("spawn")
_log = logging.getLogger("server")


class Order(NamedTuple):
    """What a serving process needs to know. It holds a secret and is never written anywhere."""

    where: str | Path
    tenant: str
    passphrase: str
    names: Sequence[str]
    files: Files | None = None
    every_request: bool = False

    def __repr__(self) -> str:
        return f"Order({self.tenant!r}, …)"


def _serving(order: Order, sockets: Sequence[socket.socket], line: Connection) -> None:
    """Run in a process of its own; the line tells when it serves."""
    # The service manager is told by the first process alone.
    os.environ.pop(manager.VARIABLE, None)
    threading.Thread(target=_end_with_the_first, name="first", daemon=True).start()
    logs.begin(every_request=order.every_request)
    raise SystemExit(_served(order, sockets, lambda: line.send(None)))


def _served(order: Order, sockets: Sequence[socket.socket], started: Callable[[], None]) -> int:
    try:
        with closing(Database.open(order.where)) as database:
            authority = open_authority(database, order.tenant, order.passphrase)
            return (
                0 if serve(database, authority, sockets, order.names, order.files, started) else CANNOT_START
            )
    except DatabaseAway:
        _log.error("database away")
        return FAILED
    except (CertificateError, RosterError, SealError, NewerDatabase) as error:
        _log.error("cannot start", exc_info=error)
        return CANNOT_START


def _end_with_the_first() -> None:
    """End when nobody is there any more who would end this process: it would hold the socket for ever."""
    first = multiprocessing.parent_process()
    if first is not None:
        wait([first.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


class _Worker:
    def __init__(self, order: Order, sockets: Sequence[socket.socket], deaths: int) -> None:
        self.line, theirs = _spawn.Pipe(duplex=False)
        self.process = _spawn.Process(target=_serving, args=(order, sockets, theirs), name="serving")
        self.deaths = deaths
        self.began = time.monotonic()
        self.serves = False
        self.process.start()
        theirs.close()

    def look(self) -> None:
        """See whether it came to serving."""
        with suppress(EOFError, OSError):
            if not self.serves and self.line.poll():
                self.line.recv()
                self.serves = True


class Crew:
    """The first process and those who serve."""

    def __init__(
        self, order: Order, sockets: Sequence[socket.socket], count: int, folder: Path | None
    ) -> None:
        self._order, self._sockets, self._count, self._folder = order, sockets, count, folder
        self._workers: list[_Worker] = []
        self._again: list[tuple[float, int]] = []
        self._asked: list[int] = []
        self._was_ready = False

    def run(self) -> int:
        """Keep as many serving as were asked for until told to stop; return the exit code.

        A process that could never serve ends all of them: the certificate or the passphrase is wrong.
        """
        with _signals(self._asked.append):
            self._workers = [_Worker(self._order, self._sockets, 0) for _ in range(self._count)]
            code = self._keep()
            manager.stopping()
            self._end()
        return code

    def _keep(self) -> int:
        while True:
            wait([one.process.sentinel for one in self._workers], _LOOK_S)
            while self._asked:
                if not self._heard(self._asked.pop(0)):
                    return 0
            for one in list(self._workers):
                one.look()
                if one.process.exitcode is not None and not self._buried(one):
                    return CANNOT_START
            now = time.monotonic()
            for at, deaths in [one for one in self._again if one[0] <= now]:
                self._again.remove((at, deaths))
                self._workers.append(_Worker(self._order, self._sockets, deaths))
            if not self._was_ready and sum(one.serves for one in self._workers) == self._count:
                self._was_ready = True
                _log.info("ready", extra={"fields": {"processes": self._count}})
                manager.ready()

    def _heard(self, told: int) -> bool:
        """Do what a signal asks; tell whether to go on."""
        if told not in _RENEW:
            return False
        manager.reloading()
        for one in self._workers:
            if one.serves and one.process.pid is not None:
                os.kill(one.process.pid, told)
        manager.ready()
        return True

    def _buried(self, one: _Worker) -> bool:
        """Put another in the place of one that ended; tell whether that makes sense."""
        self._workers.remove(one)
        one.line.close()
        code, pid = one.process.exitcode, one.process.pid
        if self._folder is not None and pid is not None:
            forget(pid, self._folder)
        if code == CANNOT_START and not one.serves:
            return False
        deaths = 0 if time.monotonic() - one.began > _LONG_LIFE_S else one.deaths
        pause = _PAUSES_S[min(deaths, len(_PAUSES_S) - 1)]
        _log.error("process ended", extra={"fields": {"code": code, "again_in_s": pause}})
        self._again.append((time.monotonic() + pause, deaths + 1))
        return True

    def _end(self) -> None:
        for one in self._workers:
            one.process.terminate()
        limit = time.monotonic() + END_WITHIN_S + 5
        for one in self._workers:
            one.process.join(max(0.1, limit - time.monotonic()))
            if one.process.exitcode is None:
                one.process.kill()
                one.process.join()
            one.line.close()


_RENEW: Final = frozenset({signal.SIGHUP} if hasattr(signal, "SIGHUP") else ())


@contextmanager
def _signals(heard: Callable[[int], Any]) -> Iterator[None]:
    """Hand signals to `heard` meanwhile, and give back what was done with them before."""
    before = {
        told: signal.signal(told, lambda number, _: heard(number))
        for told in (signal.SIGINT, signal.SIGTERM, *_RENEW)
    }
    try:
        yield
    finally:
        for told, handler in before.items():
            signal.signal(told, handler)
