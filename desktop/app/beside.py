"""`python -m desktop.app.beside COMMAND …`: runs a command for as long as whoever started this one lives.

A server that is left behind by a program that was killed would keep its port. Standard input says it: it is closed by
the system with the process that held its other end.
"""

import subprocess
import sys
import threading
from typing import Final

_ENDS_WITHIN_S: Final = 15.0


def main() -> int:
    """Run the command, end it when standard input is closed, and return its exit code."""
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)  # noqa: S603 - the caller's own

    def wait_for_the_end() -> None:
        sys.stdin.buffer.read()
        process.terminate()
        try:
            process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())
