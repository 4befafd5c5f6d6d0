"""A process that undoes an import and says so after each commit, until somebody kills it.

`python -m tests.support.undoing FOLDER BATCH`
"""

import sys
import time
from pathlib import Path
from uuid import UUID

from desktop.operations.imports.undo import undo_import
from tests.support.stations import open_station


class Told:
    """Progress on the output; slow, so that there is time to kill it in the middle."""

    def report(self, done: int, total: int = 0, text: str = "") -> None:
        del total, text
        if done:
            sys.stdout.write(f"{done}\n")
            sys.stdout.flush()
            time.sleep(0.2)

    def check(self) -> None:
        """Go on."""


if __name__ == "__main__":
    with open_station(Path(sys.argv[1])) as station:
        undo_import(station, UUID(sys.argv[2]), Told())
