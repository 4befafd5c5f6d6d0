"""`python -m desktop` and the command `atalaya`."""

import sys
from pathlib import Path

from desktop.cli.main import main
from desktop.core.entry import Entry


def open_window(folder: Path | None, screenshots: Path | None, visitor: Entry | None) -> int:
    """Open the program; Qt is imported only now."""
    from desktop.app.loading import begin_loading  # noqa: PLC0415 - the command line needs no Qt

    begin_loading()
    from desktop.app.program import run  # noqa: PLC0415

    return run(folder, screenshots, visitor)


def entry() -> None:
    """Serve the command `atalaya`."""
    sys.exit(main(sys.argv[1:], open_window))


if __name__ == "__main__":
    entry()
