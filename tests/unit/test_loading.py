"""Loading leaves out what nobody needs, and what is loaded is never walked again."""

import subprocess
import sys

_LOADS = """
import gc, linecache
import PySide6.QtCore
from desktop.app.loading import begin_loading, end_loading
begin_loading()
import csv, decimal, fractions
print(gc.isenabled(), sorted(name for name in linecache.cache if "fractions" in name or "csv" in name))
end_loading()
print(gc.get_freeze_count() > 0)
"""


def test_no_source_is_read_while_loading_and_what_is_loaded_is_left_alone() -> None:
    said = subprocess.run([sys.executable, "-c", _LOADS], check=True, capture_output=True, text=True).stdout

    assert said.splitlines() == ["False []", "True"]
