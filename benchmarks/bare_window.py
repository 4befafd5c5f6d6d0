"""The reference: a window with nothing in it. Prints when it was painted and what it holds."""

import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget


class BareWindow(QWidget):
    """Notes its first paint and ends the program."""

    painted_at = 0.0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Note the time once."""
        super().paintEvent(event)
        if not self.painted_at:
            self.painted_at = time.time()
            QTimer.singleShot(0, QApplication.quit)


app = QApplication(sys.argv)
window = BareWindow()
window.resize(1366, 768)
window.show()
app.exec()

import json  # noqa: E402 - the reference pays for nothing before its paint

from benchmarks.memory import held_mib  # noqa: E402

sys.stdout.write(json.dumps({"painted_s": window.painted_at, "mib": held_mib()}) + "\n")
