"""`python -m server` and the command `atalaya-server`."""

import sys

from server.cli import main


def entry() -> None:
    """Run the command line and exit with its code."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    entry()
