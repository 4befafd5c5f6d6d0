"""PouchDB beside Atalaya: installed by npm into the folder of the run, and told to do the same."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_INSTALL_S = 300
_RUN_S = 3600


@dataclass(frozen=True, slots=True)
class Measured:
    """What PouchDB took, in seconds and bytes."""

    push_s: float
    push_bytes: int
    pull_s: float
    update_s: float
    update_bytes: int
    concurrent_s: float

    @property
    def note(self) -> str:
        """Say the rest of it."""
        return f"PouchDB 9 with its own settings: {self.push_bytes / 1e6:.1f} MB, pull {self.pull_s:.1f} s"


def measure(folder: Path, rows: int, changes: int) -> Measured | None:
    """Return what PouchDB takes for the same; None where there is no npm or no registry."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        return None
    folder.mkdir(parents=True)
    for name in ("server", "package.json", "run.js"):
        if name == "server":
            (folder / name).mkdir()
        else:
            shutil.copy(_HERE / name, folder / name)
    quiet = ["--silent", "--no-audit", "--no-fund"]
    try:
        subprocess.run(
            [npm, "install", *quiet], cwd=folder, check=True, timeout=_INSTALL_S, capture_output=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    done = subprocess.run(
        [node, "run.js", str(folder), str(rows), str(changes)],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        timeout=_RUN_S,
    )
    return Measured(**json.loads(done.stdout.splitlines()[-1]))
