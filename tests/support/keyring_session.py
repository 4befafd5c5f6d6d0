"""A real keyring of the system for one test: its own message bus, its own gnome-keyring, its own home.

`run` starts a Python script inside such a session and returns what it printed as JSON. The home outlives the session,
as a person's does when they sign out and in again.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_WAIT_S = 120
_UNLOCKED = """
printf %s "$1" | gnome-keyring-daemon --daemonize --unlock --components=secrets >/dev/null || exit 70
"""
_LOCKED = """
gnome-keyring-daemon --daemonize --start --components=secrets >/dev/null </dev/null || exit 70
"""


@dataclass(frozen=True)
class KeyringSession:
    """A home whose keyring is opened by `password`."""

    home: Path
    password: str = "clave de la sesión"

    def run(self, script: str, *arguments: str, is_locked: bool = False) -> Any:
        """Run a script with a keyring that is open, or one that nobody opened."""
        self._prepare()
        start = _LOCKED if is_locked else _UNLOCKED
        return self._run(["dbus-run-session", "--", "sh", "-c", self._shell(start), "sh"], script, arguments)

    def run_without_bus(self, script: str, *arguments: str) -> Any:
        """Run a script where there is no message bus and so no keyring."""
        self._prepare()
        return self._run(["sh", "-c", self._shell(""), "sh"], script, arguments)

    @staticmethod
    def _shell(start: str) -> str:
        return start + 'shift; exec "$@"'

    def _prepare(self) -> None:
        for tool in ("dbus-run-session", "gnome-keyring-daemon"):
            if shutil.which(tool) is None:
                raise RuntimeError(f"{tool} is missing: start the tests with `python3 dev.py test`")
        for folder in ("run", "data", "config", "cache"):
            (self.home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)

    def _run(self, prefix: list[str], script: str, arguments: tuple[str, ...]) -> Any:
        left_out = ("DBUS_", "GNOME_KEYRING", "DISPLAY", "WAYLAND", "PYTHON_KEYRING", "XDG_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        environment |= {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home / "run"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "error",
        }
        done = subprocess.run(
            [*prefix, self.password, sys.executable, "-c", script, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=_WAIT_S,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout.splitlines()[-1])
