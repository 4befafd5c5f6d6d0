"""kill -9 on workers that were forked from a process which has imported everything."""

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Server:
    """Starts a module that forks a worker for each line, and kills the workers."""

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            bufsize=0,
        )
        self._rest = b""
        self._lines: list[str] = []
        assert self._line() == "ready"

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def run(self, task: str, life_s: float | None = None, word: str = "ok") -> tuple[int, list[list[str]]]:
        """Let a worker live, kill it after `life_s`, and return how it ended and what it had said after `word`."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{task}\n".encode())
        pid = ""
        while not pid.startswith("pid "):
            pid = self._line()
        if life_s is not None:
            time.sleep(life_s)
            with suppress(ProcessLookupError):  # it was done before
                os.kill(int(pid.split()[1]), signal.SIGKILL)
        said = []
        while not (line := self._line()).startswith("end"):
            said.append(line.split())
        return int(line.split()[1]), [words for words in said if words[0] == word]

    def _line(self) -> str:
        assert self._process.stdout is not None
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._process.stdout], [], [], 30)
            assert ready, "the worker says nothing"
            more = os.read(self._process.stdout.fileno(), 65536)
            assert more, "the worker's server is gone"
            self._rest += more
        line, self._rest = self._rest.split(b"\n", 1)
        return line.decode()
