"""How soon the program is there: the first window painted, against a bare window of the same library."""

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measure import Mark, percentile

_BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
class W(QWidget):
    def paintEvent(self, event):
        QTimer.singleShot(0, app.quit)
app = QApplication(sys.argv)
w = W(); w.resize(960, 600); w.show()
app.exec()
"""
_SIGN_IN = """
import sys
from PySide6.QtCore import QTimer
from desktop.app import prepare_qt
from desktop.views.shell.sign_in import SignInWindow
from desktop.views.theme import Theme
app = prepare_qt([])
w = SignInWindow(Theme(app), "Municipalidad")
w.painted.connect(lambda: QTimer.singleShot(0, app.quit))
w.show()
app.exec()
"""
_ROUNDS = 7


def measure(root: Path) -> list[Mark]:
    """Start each of both in turn and compare the medians of whole processes."""
    bare, ours = [], []
    for _ in range(_ROUNDS):
        bare.append(_seconds(_BARE, root))
        ours.append(_seconds(_SIGN_IN, root))
    return [
        Mark(
            "start_to_sign_in",
            "s",
            percentile(ours, 0.5),
            4,
            percentile(bare, 0.5),
            note="whole processes, from exec to the first paint and exit",
        )
    ]


def _seconds(program: str, root: Path) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True, cwd=root, capture_output=True)
    return time.perf_counter() - began
