"""The real program over a profile: signs in after a pause, changes the person, prints when what was there.

The keyring is played by standard input; everything else is as a person starts it.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.app.loading import begin_loading

begin_loading()

from PySide6.QtCore import QTimer  # noqa: E402 - as the program does it

from desktop.app.program import Application, prepare_qt  # noqa: E402
from desktop.core.paths import Profile  # noqa: E402
from desktop.views.shell.sign_in import SignInWindow  # noqa: E402

if TYPE_CHECKING:
    from desktop.views.services import Services
    from desktop.views.shell.window import MainWindow

_LOOK_EVERY_MS = 5
_SETTLED_MS = 2_000
_NEXT = "operador"
"""Who takes the place of the first person."""
told: dict[str, float] = {}
seated: dict[str, Services | None] = {}


def main(folder: Path, user: str, password: str, pause_s: float) -> int:
    """Run until the central is usable."""
    secret = bytes.fromhex(sys.stdin.read())
    qt = prepare_qt([])
    program = Application(qt, Profile(folder))
    looking = QTimer(program, interval=_LOOK_EVERY_MS)

    def painted(first: SignInWindow) -> None:
        from benchmarks.memory import held_mib  # noqa: PLC0415 - after the first window is painted
        from desktop.core import vault  # noqa: PLC0415

        told["painted_s"] = time.time()
        told["sign_in_mib"] = held_mib()
        vault.open_with_keyring = lambda station_id: vault.MasterKey(secret)
        QTimer.singleShot(int(pause_s * 1000), program, lambda: enter(first))

    def enter(first: SignInWindow) -> None:
        told["entered_s"] = time.time()
        first.submitted.emit(user, password)
        looking.start()

    def look() -> None:
        window = program.window
        if window is None or window.services is seated.get("before"):
            return
        from desktop.views.incidents.central import CentralPage  # noqa: PLC0415

        page = window.page("central")
        if isinstance(page, CentralPage) and page.queue.rows and window.tasks.is_idle:
            looking.stop()
            window.repaint()
            if "changing_s" in told:
                told["changed_s"] = time.time() - told.pop("changing_s")
                program.end()
            else:
                told["usable_s"] = time.time()
                QTimer.singleShot(_SETTLED_MS, program, lambda: change(window))

    def change(window: MainWindow) -> None:
        from benchmarks.memory import held_mib  # noqa: PLC0415

        told["mib"] = held_mib()
        told["changing_s"] = time.time()
        seated["before"] = window.services
        window.change_asked.emit(_NEXT, password)
        looking.start()

    looking.timeout.connect(look)
    program.start()
    first = program.first_window
    if not isinstance(first, SignInWindow):
        raise TypeError("the profile asks for something else before the sign-in")
    first.painted.connect(lambda: painted(first))
    code = qt.exec()
    sys.stdout.write(json.dumps(told) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])))
