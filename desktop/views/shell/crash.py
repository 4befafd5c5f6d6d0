"""Our own errors: a report without personal data, a dialog with what was saved, and a way to go on."""

import platform
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.core.i18n import N_, tr
from desktop.views.handover import Handover
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button
from desktop.views.widgets.text import label

KEPT_REPORTS = 20


def crash_report(error: BaseException, version: str, at: datetime) -> str:
    """Return what an engineer needs: kinds of errors and lines of code, no message and no value.

    Messages and values of an unforeseen error may carry names, phones or places, so they stay out.
    """
    lines = [f"Atalaya {version}", f"{at:%Y-%m-%dT%H:%M:%SZ}", f"{platform.system()} {platform.release()}"]
    lines.append(f"Python {platform.python_version()}")
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        kind = type(cause)
        lines += ["", f"{kind.__module__}.{kind.__qualname__}"]
        for frame in traceback.extract_tb(cause.__traceback__):
            lines.append(f"  {_short(frame.filename)}:{frame.lineno} {frame.name}")
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines) + "\n"


def save_report(folder: Path, report: str, at: datetime) -> Path:
    """Write a report and keep only the newest ones.

    Raises:
        OSError: the disk is full or away; no part of the report is left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"crash-{at:%Y%m%dT%H%M%S%f}.txt"
    try:
        file.write_text(report, encoding="utf-8")
    except OSError:
        file.unlink(missing_ok=True)
        raise
    for old in sorted(folder.glob("crash-*.txt"))[:-KEPT_REPORTS]:
        old.unlink(missing_ok=True)
    return file


class CrashHandler:
    """Takes errors that nobody caught, on any thread, writes the report and asks the window to show it."""

    def __init__(
        self, folder: Path, version: str, now: Callable[[], datetime], show: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._version = version
        self._now = now
        self._show = show
        self._handover = Handover()

    def install(self) -> Callable[[], None]:
        """Start taking errors; the returned function gives the hooks back."""
        old_main, old_threads = sys.excepthook, threading.excepthook
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread

        def restore() -> None:
            sys.excepthook, threading.excepthook = old_main, old_threads

        return restore

    def take(self, error: BaseException) -> None:
        """Write the report of `error` and show it; from any thread."""
        at = self._now()
        report = crash_report(error, self._version, at)
        try:
            save_report(self._folder, report, at)
        except OSError:
            report += "\n" + tr(N_("El informe no se pudo guardar en el disco.")) + "\n"
        self._handover.post(lambda: self._show(report))

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.take(error)

    def _uncaught_in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            self.take(args.exc_value)


class CrashDialog(QDialog):
    """Says what is safe, offers the details, and lets the person go on or start again."""

    restart_asked = Signal()

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.report = report
        self.setWindowTitle(tr(N_("Atalaya tuvo un error")))
        self.setMinimumWidth(560)
        said = tr(
            N_(
                "Fue un error del programa, no suyo. Todo lo que se guardó hasta ahora está a salvo, y lo que estaba "
                "escribiendo se ofrece de nuevo como borrador. Puede seguir trabajando; si algo se ve raro, reinicie."
            )
        )
        self.details = QPlainTextEdit(report)
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setAccessibleName(tr(N_("Detalles para soporte, sin datos personales")))
        self.details.setMinimumHeight(160)
        go_on = button(tr(N_("Seguir trabajando")), "primary", self.accept)
        feet = QHBoxLayout()
        feet.addWidget(button(tr(N_("Copiar los detalles")), on_click=self.copy))
        feet.addStretch(1)
        feet.addWidget(button(tr(N_("Reiniciar Atalaya")), on_click=self._restart))
        feet.addWidget(go_on)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(SIZES.space_6, SIZES.space_6, SIZES.space_6, SIZES.space_6)
        rows.setSpacing(SIZES.space_4)
        rows.addWidget(label(tr(N_("Algo falló dentro de Atalaya")), "title"))
        rows.addWidget(label(said, wraps=True))
        rows.addWidget(label(tr(N_("Detalles para soporte, sin datos personales")), "label"))
        rows.addWidget(self.details, 1)
        rows.addLayout(feet)
        go_on.setFocus()

    def copy(self) -> None:
        """Put the details on the clipboard."""
        QGuiApplication.clipboard().setText(self.report)

    def _restart(self) -> None:
        self.accept()
        self.restart_asked.emit()


def _short(file: str) -> str:
    """Return the part of a path that names our code or a library, without the person's folders."""
    parts = Path(file).parts
    for anchor in ("desktop", "wire", "site-packages"):
        if anchor in parts:
            return "/".join(parts[parts.index(anchor) :])
    return parts[-1] if parts else file
