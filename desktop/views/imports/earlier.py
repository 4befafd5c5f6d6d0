"""The imports that were made, and undoing one of them."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.events import Changes
from desktop.core.i18n import N_, tr
from desktop.models.system import IMPORT_BATCHES, ImportBatch, ImportStatus
from desktop.operations.imports.history import BatchView, earlier_imports
from desktop.operations.imports.running import Runner
from desktop.operations.imports.undo import Undone, undo_import
from desktop.views.services import Services
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button
from desktop.views.widgets.text import label

_BATCH = Qt.ItemDataRole.UserRole


class EarlierPart(QWidget):
    """`told` is given the sentence in which an undoing ended."""

    def __init__(
        self, services: Services, runner: Runner, told: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._runner = runner
        self._told = told
        self._is_undoing = False
        self.list = QListWidget()
        self.list.setProperty("part", "notes")
        self.list.setAccessibleName(tr(N_("Importaciones anteriores")))
        self.empty = label(tr(IMPORT_BATCHES.empty), "muted", wraps=True)
        self.undo_button = button(tr(N_("Deshacer la elegida")), "plain", self.undo)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_2)
        layout.addWidget(label(tr(N_("Importaciones anteriores")), "strong"))
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.undo_button, 0, Qt.AlignmentFlag.AlignLeft)
        services.events.changed.connect(self._changed)
        self.reload()

    def reload(self) -> None:
        """Load the earlier imports again."""
        self._services.tasks.read(earlier_imports, self._take, owner=self, slot="earlier")

    def undo(self) -> None:
        """Void everything that the chosen import made, or go on with an undoing that was stopped."""
        item = self.list.currentItem() if self.list.currentRow() >= 0 else None
        if item is None:
            self._services.toasts.toast(tr(N_("Elija la importación que quiere deshacer.")))
            return
        if self._is_undoing:
            self._services.toasts.toast(tr(N_("Ya se está deshaciendo una importación.")))
            return
        batch: BatchView = item.data(_BATCH)
        self._is_undoing = True
        self._services.tasks.job(
            tr(N_("Deshaciendo {name}"), name=batch.file_name),
            lambda progress: undo_import(self._runner, batch.id, progress),
            self._undone,
            owner=self,
            settled=self._rest,
        )

    def _undone(self, undone: Undone) -> None:
        self._told(undone.text)
        self.reload()

    def _rest(self) -> None:
        self._is_undoing = False

    def _take(self, batches: tuple[BatchView, ...]) -> None:
        here = self.list.currentRow()
        self.list.clear()
        for batch in batches:
            item = QListWidgetItem(_text(batch))
            item.setData(_BATCH, batch)
            if batch.status in {ImportStatus.UNDONE, ImportStatus.RUNNING}:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        if 0 <= here < self.list.count():
            self.list.setCurrentRow(here)
        self.undo_button.setEnabled(bool(batches))
        self.list.setVisible(bool(batches))
        self.undo_button.setVisible(bool(batches))
        self.empty.setVisible(not batches)

    def _changed(self, changes: Changes) -> None:
        if changes.of(ImportBatch.__tablename__):
            self.reload()


def _text(batch: BatchView) -> str:
    text = tr(
        N_("{name} · {status}\n{at} · filas importadas: {count}"),
        name=batch.file_name,
        status=tr(batch.status.label),
        at=formats.day_time(batch.started_at),
        count=formats.number(batch.imported),
    )
    if batch.remaining:
        text += tr(N_(" · faltan {count} por anular"), count=formats.number(batch.remaining))
    return text
