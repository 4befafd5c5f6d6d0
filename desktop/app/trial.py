"""Two stations and a server on this computer, to see the exchange at work: invented data and public passwords.

Each of the three is a process of its own, as in a municipality. All of it lies in one folder that may be deleted.
"""

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, NamedTuple

from desktop.core import station_file, vault
from desktop.core.clock import Clock
from desktop.core.errors import Unavailable
from desktop.core.i18n import N_, tr
from desktop.core.paths import Profile
from desktop.operations.demo import (
    DEMO_PASSPHRASE,
    DEMO_PASSWORD,
    DEMO_USER,
    make_demo,
    municipality_name,
)
from desktop.sync.station import enrol_station, exchange_once, join

STATIONS: Final = ("Central 1", "Central 2")
_LETTERS: Final = ("K7", "K2")
_INCIDENTS: Final = 400
_READY: Final = "listo.json"
_HOST: Final = "127.0.0.1"
_STARTS_WITHIN_S: Final = 30.0
_ENDS_WITHIN_S: Final = 15.0


class TrialState(NamedTuple):
    """Which of the three run now."""

    server: bool
    stations: tuple[bool, ...]


def is_possible() -> bool:
    """Tell whether the server's program is installed beside this one."""
    try:
        return importlib.util.find_spec("server.serving") is not None
    except ModuleNotFoundError:
        return False


class Trial:
    """The three of them. Everything but `state` may wait."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._port = 0
        self._server: subprocess.Popen[bytes] | None = None
        self._stations: list[subprocess.Popen[bytes] | None] = [None for _ in STATIONS]

    @property
    def state(self) -> TrialState:
        """Return which of them run now."""
        return TrialState(_runs(self._server), tuple(_runs(one) for one in self._stations))

    def prepare(self, told: Callable[[str], None]) -> None:
        """Make the municipality the first time, and start its server.

        Raises:
            Unavailable: the folder cannot be written, or the server does not start.
        """
        if (self._folder / _READY).is_file():
            self._port = json.loads((self._folder / _READY).read_text())["port"]
            self.start_server()
            return
        try:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
            self._make(told)
            (self._folder / _READY).write_text(json.dumps({"port": self._port}))
        except OSError as error:
            raise Unavailable(
                tr(N_("No se pudo escribir en {folder}."), folder=self._folder.parent)
            ) from error

    def start_server(self) -> None:
        """Start the server and wait until it answers; one that runs is left alone.

        Raises:
            Unavailable: it does not start.
        """
        if _runs(self._server):
            return
        self._server = subprocess.Popen(  # noqa: S603 - this program's own server
            [*_BESIDE, *_SERVER, "run", *self._place(), "--listen", self._address],
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        limit = time.monotonic() + _STARTS_WITHIN_S
        while _runs(self._server) and time.monotonic() < limit:
            try:
                socket.create_connection((_HOST, self._port), 1.0).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise Unavailable(
            tr(N_("El servidor de la demostración no se inició en {place}."), place=self._address)
        )

    def stop_server(self) -> None:
        """Stop the server; the stations go on without it."""
        if self._server is not None and self._server.stdin is not None:
            with suppress(OSError):
                self._server.stdin.close()
            self._server.wait()

    def open_station(self, place: int) -> None:
        """Open the window of a station with its person signed in; one that is open is left alone."""
        if _runs(self._stations[place]):
            return
        profile = self._profile(place)
        process = subprocess.Popen(  # noqa: S603 - this program itself
            [*_PROGRAM, "run", "--profile", str(profile.folder), "--user", DEMO_USER],
            env=_environment(),
            stdin=subprocess.PIPE,
        )
        by_phrase = station_file.load(profile).key_way == vault.PASSPHRASE
        said = [*([DEMO_PASSPHRASE] if by_phrase else []), DEMO_PASSWORD]
        if process.stdin is not None:
            with process.stdin as pipe:
                pipe.write("".join(f"{line}\n" for line in said).encode())
        self._stations[place] = process

    def end(self) -> None:
        """End whatever runs."""
        for process in self._stations:
            _stop(process)
        self.stop_server()

    def _make(self, told: Callable[[str], None]) -> None:
        told(tr(N_("Fundando el servidor…")))
        self._port = _free_port()
        self._command("init", "--name", municipality_name())
        self.start_server()
        told(tr(N_("Creando la primera estación…")))
        with make_demo(self._profile(0), self._clock, _INCIDENTS) as first:
            told(tr(N_("Enviando lo suyo al servidor…")))
            enrol_station(first, self._code(0))
            exchange_once(first)
            commune = station_file.load(first.profile).commune
        told(tr(N_("Uniendo la segunda estación…")))
        passphrase = None if vault.keyring_is_available() else DEMO_PASSPHRASE
        joined = join(
            self._profile(1),
            STATIONS[1],
            self._code(1),
            passphrase,
            self._clock,
            commune=commune,
            is_demo=True,
        )
        joined.station.close()

    def _profile(self, place: int) -> Profile:
        return Profile(self._folder / STATIONS[place].lower().replace(" ", "-"))

    @property
    def _address(self) -> str:
        return f"{_HOST}:{self._port}"

    def _place(self) -> list[str]:
        return ["--folder", str(self._folder / "servidor")]

    def _code(self, place: int) -> str:
        words = ("--address", self._address, "--name", STATIONS[place], "--code", _LETTERS[place])
        return str(self._command("enroll", *words)["code"])

    def _command(self, word: str, *more: str) -> dict[str, object]:
        done = subprocess.run(  # noqa: S603 - this program's own server
            [*_SERVER, word, *self._place(), "--json", *more],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            raise Unavailable(done.stderr.decode(errors="replace").strip())
        said: dict[str, object] = json.loads(done.stdout)
        return said


_SERVER: Final = (sys.executable, "-P", "-m", "server")
_BESIDE: Final = (sys.executable, "-P", "-m", "desktop.app.beside")
_PROGRAM: Final = (sys.executable, "-P", "-m", "desktop")


def _environment() -> dict[str, str]:
    """Return this process's surroundings, in which both programs are found wherever this one was."""
    paths = filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")))
    return {
        **os.environ,
        "ATALAYA_SERVER_PASSPHRASE": DEMO_PASSPHRASE,
        "PYTHONPATH": os.pathsep.join(paths),
    }


def _runs(process: subprocess.Popen[bytes] | None) -> bool:
    return process is not None and process.poll() is None


def _stop(process: subprocess.Popen[bytes] | None) -> None:
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind((_HOST, 0))
        return int(one.getsockname()[1])
