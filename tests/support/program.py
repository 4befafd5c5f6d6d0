"""The real program on a real (virtual) X server, driven by key events and watched through its own file."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from desktop.core import vault
from desktop.core.clock import SystemClock
from desktop.core.paths import Profile
from desktop.core.station_file import load
from desktop.models.fleet import Unit
from desktop.models.incidents.states import UnitKind, UnitStatus
from desktop.models.roles import Role
from desktop.operations.setup import NewStation, set_up
from desktop.operations.users import add_user
from desktop.store.engine import connect

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "una frase bastante larga"
PASSWORD = "clave larga 1"
UNITS = (
    ("M21", UnitKind.PICKUP),
    ("M22", UnitKind.CAR),
    ("M23", UnitKind.MOTORCYCLE),
    ("M24", UnitKind.PICKUP),
)
PEOPLE = (
    ("msoto", "Marta Soto", (Role.SHIFT_SUPERVISOR, Role.OPERATOR)),
    ("privas", "Pedro Rivas", (Role.OPERATOR, Role.DISPATCHER)),
)
WAIT_S = 30.0


def prepare(folder: Path) -> Profile:
    """Set a station up with two people and four units, as an administrator would have done."""
    profile = Profile(folder / "perfil")
    made = set_up(
        profile,
        NewStation(
            municipality="Municipalidad de Puerto Esperanza",
            commune="Puerto Esperanza",
            name="Central 1",
            device="K7",
            admin_username="informatica",
            admin_name="Iván Soto",
            admin_password=PASSWORD,
            passphrase=PASSPHRASE,
        ),
        SystemClock(),
    )
    with made.station as station:
        for username, full_name, roles in PEOPLE:
            station.write_as(
                station.system,
                lambda ctx, username=username, full_name=full_name, roles=roles: add_user(  # type: ignore[misc]
                    ctx, username=username, full_name=full_name, password=PASSWORD, roles=roles
                ),
            ).result()
        for callsign, kind in UNITS:
            station.write_as(
                station.system,
                lambda ctx, callsign=callsign, kind=kind: ctx.add(  # type: ignore[misc]
                    Unit(callsign=callsign, kind=kind, status=UnitStatus.AVAILABLE, status_at=ctx.now)
                ),
            ).result()
    return profile


class Program:
    """A running Atalaya. `keys` counts the key presses sent, without the letters of narratives and notes."""

    def __init__(self, profile: Profile) -> None:
        if shutil.which("xdotool") is None:
            raise RuntimeError("xdotool is missing: start the tests with `python3 dev.py test`")
        self.profile = profile
        self.keys = 0
        home = profile.folder.parent / "casa"
        home.mkdir()
        self.papers = home / "Documents" / "Atalaya"
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONPATH": str(ROOT),
            "HOME": str(home),
        }
        self.log = (profile.folder / "salida.txt").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "desktop", "run", "--profile", str(profile.folder)],
            cwd=ROOT,
            env=environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        facts = load(profile)
        self._key = vault.open_with_passphrase(profile, facts.station_id, PASSPHRASE).database

    def wait_window(self, title: str) -> str:
        """Wait for a visible window whose title holds `title`, give it the keyboard and return its X id."""

        def find() -> str:
            asked = subprocess.run(
                [
                    "xdotool",
                    "search",
                    "--all",
                    "--onlyvisible",
                    "--pid",
                    str(self.process.pid),
                    "--name",
                    title,
                ],
                check=False,
                capture_output=True,
                text=True,
            )
            return asked.stdout.split()[-1] if asked.stdout.split() else ""

        window = str(self.until(find))
        subprocess.run(["xdotool", "windowfocus", "--sync", window], check=False, timeout=10)
        return window

    def press(self, *keys: str) -> None:
        """Press keys by their X names, such as `ctrl+Return` or `F6`."""
        self.keys += len(keys)
        subprocess.run(["xdotool", "key", "--delay", "12", *keys], check=True, timeout=60)

    def type(self, text: str, *, counts: bool = True) -> None:
        """Type a text; what a narrative or a note says does not count."""
        self.keys += len(text) if counts else 0
        subprocess.run(["xdotool", "type", "--delay", "4", "--", text], check=True, timeout=120)

    def ask(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Read the program's file beside it."""
        connection = connect(self.profile.database, self._key, read_only=True)
        try:
            return [tuple(row) for row in connection.execute(sql, parameters).fetchall()]
        finally:
            connection.close()

    def until(self, question: Callable[[], Any], wait_s: float = WAIT_S) -> Any:
        """Ask again and again until the answer is true, and return it."""
        end = time.monotonic() + wait_s
        while True:
            answer = question()
            if answer:
                return answer
            if self.process.poll() is not None:
                raise AssertionError(f"the program ended: {self.output()}")
            if time.monotonic() > end:
                self.photograph()
                raise AssertionError(f"it did not happen in {wait_s} s; the program said: {self.output()}")
            time.sleep(0.05)

    def until_count(self, sql: str, count: int) -> None:
        """Wait until a query that counts gives `count`."""
        self.until(lambda: self.ask(sql)[0][0] == count)

    def photograph(self) -> None:
        """Leave a picture of the screen beside the profile, for whoever reads the failure."""
        if shutil.which("import"):
            picture = self.profile.folder.parent / "pantalla.png"
            subprocess.run(["import", "-window", "root", str(picture)], check=False, timeout=20)

    def output(self) -> str:
        """Return what the program wrote to its console."""
        self.log.flush()
        return (self.profile.folder / "salida.txt").read_text(errors="replace")[-4000:]

    def close(self) -> int:
        """Close the window as a person does and return the exit code."""
        if self.process.poll() is None:
            self.press("ctrl+q")
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.terminate()
                self.process.wait(10)
        self.log.close()
        return self.process.returncode
