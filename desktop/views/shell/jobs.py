"""Running jobs above the status bar, and the thin line that says that something is under way."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from desktop.core.i18n import N_, tr
from desktop.views.tasks import Job
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button
from desktop.views.widgets.text import ElidedLabel, label


class _JobRow(QWidget):
    """Title, how far, and after a while a way to stop it."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job
        title = tr(job.title)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(title)
        self.text = ElidedLabel("", "small")
        self.stop = button(tr(N_("Detener")), "quiet", job.cancel)
        self.stop.setAccessibleName(tr(N_("Detener: {title}"), title=title))
        row = QHBoxLayout(self)
        row.setContentsMargins(SIZES.space_4, SIZES.space_1, SIZES.space_4, SIZES.space_1)
        row.setSpacing(SIZES.space_3)
        row.addWidget(label(title))
        row.addWidget(self.bar, 1)
        row.addWidget(self.text)
        row.addWidget(self.stop)
        job.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the last report."""
        done, total, text = self._job.progress.state
        self.setVisible(self._job.is_visible)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        is_stopping = self._job.progress.cancelled
        percent = f"{done * 100 // total} %" if total else ""
        words = tr(N_("Deteniendo…")) if is_stopping else " · ".join(part for part in (percent, text) if part)
        self.text.setText(words)
        self.stop.setVisible(self._job.can_cancel)
        self.stop.setEnabled(not is_stopping)


class JobStrip(QFrame):
    """One row for each job."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobStrip")
        self.setAccessibleName(tr(N_("Trabajos en marcha")))
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._shown: list[_JobRow] = []
        self.hide()

    def add(self, job: Job) -> None:
        """Follow a job until it ends; it is seen only when it takes a while."""
        row = _JobRow(job)
        self._shown.append(row)
        self._rows.addWidget(row)
        job.changed.connect(self._settle)
        job.finished.connect(lambda: self._drop(row))

    def _settle(self) -> None:
        self.setVisible(any(not row.isHidden() for row in self._shown))

    def _drop(self, row: _JobRow) -> None:
        self._shown.remove(row)
        self._rows.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._settle()


class BusyLine(QProgressBar):
    """A thin moving line under the top bar; it keeps its place, so nothing jumps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("busyLine")
        self.setAccessibleName(tr(N_("Trabajando")))
        self.setTextVisible(False)
        self.setRange(0, 1)

    def show_busy(self, is_busy: bool) -> None:
        """Move or rest."""
        self.setRange(0, 0 if is_busy else 1)
