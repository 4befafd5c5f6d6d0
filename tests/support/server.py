"""The municipal server as a process of its own, over TLS on this machine, and stations that are enrolled with it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "cuatro palabras que nadie dice"
_READY_S = 30.0


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class RunningServer:
    """`atalaya-server` over a folder or a DSN. What it says of errors goes to `log`, where one is given."""

    def __init__(
        self,
        where: Path | str,
        port: int | None = None,
        *,
        log: Path | None = None,
        options: Sequence[str] = (),
    ) -> None:
        self.where = where
        self.log = log
        self.options = options
        self.port = port or free_port()
        self.process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def command(self, *words: str) -> dict[str, object]:
        """Run a word of the command line and return what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "server", *self.words(words[0], "--json", *words[1:])],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        said: dict[str, object] = json.loads(done.stdout)
        return said

    def found(self) -> None:
        self.command("init", "--name", "Municipalidad de Prueba")

    def code(self, name: str, letters: str, *scopes: str) -> str:
        """Return a one-time enrolment code."""
        more = ["--scopes", ",".join(scopes)] if scopes else []
        said = self.command("enroll", "--address", self.address, "--name", name, "--code", letters, *more)
        return str(said["code"])

    def start(self) -> None:
        with ExitStack() as files:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "server", *self.words("run", "--listen", self.address, *self.options)],
                cwd=ROOT,
                env=self.environment(),
                stdout=subprocess.DEVNULL,
                stderr=files.enter_context(self.log.open("a")) if self.log else subprocess.PIPE,
                text=True,
            )
        limit = time.monotonic() + _READY_S
        while time.monotonic() < limit:
            assert self.process.poll() is None, self.process.communicate()[1]
            try:
                if httpx.get(f"https://{self.address}/healthz", verify=False, trust_env=False).is_success:  # noqa: S501
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise TimeoutError("the server does not answer")

    def stop(self) -> int:
        """Ask it to stop; return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        _, piped = self.process.communicate(timeout=30)
        errors = self.log.read_text() if self.log else piped
        # What failed in the program stands in its log as a line with the kind of the error.
        assert "Traceback" not in errors, errors
        assert '"error": ' not in errors, errors
        return int(self.process.returncode)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def words(self, word: str, *more: str) -> list[str]:
        """Return a word of the command line with the place that it is about."""
        place = ["--dsn", self.where] if isinstance(self.where, str) else ["--folder", str(self.where)]
        return [word, *place, *more]

    @staticmethod
    def environment() -> dict[str, str]:
        """Return the surroundings in which the server finds its passphrase."""
        return {**os.environ, "ATALAYA_SERVER_PASSPHRASE": PASSPHRASE}
