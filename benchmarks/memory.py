"""How much memory this process holds."""

import re
from pathlib import Path

_ROLLUP = Path("/proc/self/smaps_rollup")


def held_mib() -> float:
    """Return the resident set in MiB, 0 where the system does not tell.

    Not the proportional one: that changes with what else runs on the machine.
    """
    if not _ROLLUP.exists():
        return 0.0
    found = re.search(r"^Rss:\s+(\d+) kB", _ROLLUP.read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0
