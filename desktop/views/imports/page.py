"""The import page: a foreign log is chosen, its columns are mapped, a trial is read, then it is brought in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.core import formats
from desktop.core.errors import AtalayaError
from desktop.core.events import Changes
from desktop.core.i18n import N_, tr
from desktop.models.system import ImportBatch, ImportStatus
from desktop.operations.imports import mapping as mappings
from desktop.operations.imports.history import BatchView, earlier_imports
from desktop.operations.imports.mapping import FIELDS, ColumnMapping
from desktop.operations.imports.run import Preview, Summary, import_incidents, preview
from desktop.operations.imports.running import Runner
from desktop.operations.imports.source import Source, open_source
from desktop.operations.imports.undo import undo_import
from desktop.register.access import Action
from desktop.views.commands import Command, Permission
from desktop.views.services import Services
from desktop.views.tasks import Progress
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button
from desktop.views.widgets.text import label

_BATCH = Qt.ItemDataRole.UserRole
_NOT_MAPPED = ""
_SAMPLES = 8


class ImportPage(QWidget):
    """One file at a time; nothing is written before «Importar»."""

    def __init__(self, services: Services, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._runner = runner
        self._source: Source | None = None
        self.file = QLineEdit()
        self.file.setAccessibleName(tr(N_("Archivo CSV o XLSX")))
        self.file.setPlaceholderText(tr(N_("Escriba la ruta de un CSV o XLSX y pulse Enter")))
        self.file.returnPressed.connect(self.open_typed)
        self.columns: dict[str, QComboBox] = {}
        self.said = label("", "muted", wraps=True)
        self.samples = QListWidget()
        self.samples.setProperty("part", "notes")
        self.samples.setWordWrap(True)
        self.samples.setAccessibleName(tr(N_("Cómo quedarían las primeras filas")))
        self.earlier = QListWidget()
        self.earlier.setProperty("part", "notes")
        self.earlier.setAccessibleName(tr(N_("Importaciones anteriores")))
        self._fields = QFormLayout()
        self._look = button(tr(N_("Probar")), "plain", self.look, tr(N_("Leer todo sin escribir nada (F5)")))
        self._bring = button(tr(N_("Importar")), "primary", self.bring, tr(N_("Importar (Ctrl+S)")))
        self._undo = button(tr(N_("Deshacer la elegida")), "plain", self.undo)
        self._arrange()
        self._enable()
        permission = Permission(Action.IMPORT, "incidents")
        services.commands.add(
            Command(
                "imports.choose",
                N_("Elegir archivo"),
                self.choose,
                "Ctrl+O",
                "folder-open",
                permission,
                group=N_("Importaciones"),
            ),
            Command(
                "imports.look",
                N_("Probar la importación"),
                self.look,
                "F5",
                "eye",
                permission,
                group=N_("Importaciones"),
            ),
            Command(
                "imports.bring",
                N_("Importar"),
                self.bring,
                "Ctrl+S",
                "upload-simple",
                permission,
                group=N_("Importaciones"),
            ),
            page=self,
        )
        services.events.changed.connect(self._changed)
        self.reload()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.file, 1)
        head.addWidget(button(tr(N_("Elegir…")), "plain", self.choose, tr(N_("Elegir archivo (Ctrl+O)"))))
        holder = QWidget()
        self._fields.setVerticalSpacing(SIZES.space_2)
        holder.setLayout(self._fields)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(holder)
        feet = QHBoxLayout()
        feet.addWidget(self._bring)
        feet.addWidget(self._look)
        feet.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(SIZES.space_3)
        left.addWidget(label(tr(N_("Importar incidentes")), "title"))
        left.addLayout(head)
        left.addWidget(label(tr(N_("Qué columna trae cada dato")), "strong"))
        left.addWidget(scroll, 1)
        left.addWidget(self.said)
        left.addLayout(feet)
        right = QVBoxLayout()
        right.setSpacing(SIZES.space_3)
        right.addWidget(label(tr(N_("Primeras filas")), "strong"))
        right.addWidget(self.samples, 3)
        right.addWidget(label(tr(N_("Importaciones anteriores")), "strong"))
        right.addWidget(self.earlier, 2)
        right.addWidget(self._undo, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
        layout.setSpacing(SIZES.space_6)
        layout.addLayout(left, 1)
        layout.addLayout(right, 1)

    def first_focus(self) -> QWidget:
        """Start with the file."""
        return self.file

    # --- The file ---------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Ask for the file."""
        kinds = tr(N_("Tablas (*.csv *.txt *.xlsx *.xlsm *.xls *.ods)"))
        chosen, _ = QFileDialog.getOpenFileName(self, tr(N_("Elegir archivo")), "", kinds)
        if chosen:
            self.file.setText(chosen)
            self.open_typed()

    def open_typed(self) -> None:
        """Look at the file whose path is typed."""
        path = Path(self.file.text().strip()).expanduser()
        self._services.tasks.job(
            tr(N_("Leyendo {name}"), name=path.name),
            lambda _progress: open_source(path),
            self._opened,
            owner=self,
        )

    def _opened(self, source: Source) -> None:
        self._source = source
        while self._fields.rowCount():
            self._fields.removeRow(0)
        self.columns = {}
        proposed = mappings.propose(source.columns)
        for field, (title, _) in FIELDS.items():
            box = QComboBox()
            box.setAccessibleName(tr(title))
            box.addItem(tr(N_("— no viene —")), _NOT_MAPPED)
            for column in source.columns:
                box.addItem(column, column)
            box.setCurrentIndex(max(0, box.findData(proposed.columns.get(field, _NOT_MAPPED))))
            box.currentIndexChanged.connect(self._show_preview)
            self._fields.addRow(tr(title), box)
            self.columns[field] = box
        self._enable()
        self._show_preview()

    def mapping(self) -> ColumnMapping:
        """Return what is chosen."""
        chosen = {field: str(box.currentData()) for field, box in self.columns.items()}
        return ColumnMapping({field: column for field, column in chosen.items() if column != _NOT_MAPPED})

    def _show_preview(self) -> None:
        source, mapping = self._source, self.mapping()
        if source is None:
            return
        try:
            mappings.check(mapping, source.columns)
        except AtalayaError as error:
            self.said.setText(error.message)
            self.samples.clear()
            return
        self._services.tasks.read(
            lambda ctx: preview(ctx, source, mapping), self._take_preview, owner=self, slot="preview"
        )

    def _take_preview(self, seen: Preview) -> None:
        self.samples.clear()
        for row in seen.samples[:_SAMPLES]:
            values = row.values
            at = formats.day_time(values["reported_at"])
            place = values["address"] or values["reference"] or values["sector"] or ""
            self.samples.addItem(
                f"{at} · {values['type_code']} · {place}\n{values['narrative'][:90]}".strip()
            )
        for bad in seen.rejected[:_SAMPLES]:
            self.samples.addItem(
                tr(N_("Fila {number}: {why}"), number=bad.number, why="; ".join(bad.reasons))
            )
        self.said.setText(
            tr(
                N_("{encoding}. De las primeras filas, {good} se entienden y {bad} no."),
                encoding=seen.encoding,
                good=len(seen.samples),
                bad=len(seen.rejected),
            )
        )

    # --- Bringing in and undoing ------------------------------------------------------------------------------

    def look(self) -> None:
        """Read the whole file without writing anything."""
        self._start(is_dry=True)

    def bring(self) -> None:
        """Import the file."""
        self._start(is_dry=False)

    def _start(self, *, is_dry: bool) -> None:
        source, mapping = self._source, self.mapping()
        if source is None:
            self._services.toasts.toast(tr(N_("Elija primero el archivo.")))
            return
        rejected = source.path.with_name(f"{source.path.stem}-rechazadas.csv")

        def work(progress: Progress) -> Summary:
            return import_incidents(
                self._runner, source, mapping, progress, rejected_file=rejected, dry_run=is_dry
            )

        self._bring.setEnabled(False)
        title = tr(N_("Probando {name}") if is_dry else N_("Importando {name}"), name=source.path.name)
        self._services.tasks.job(
            title, work, lambda done: self._finished(done, is_dry=is_dry), owner=self, settled=self._enable
        )

    def _finished(self, done: Summary, *, is_dry: bool) -> None:
        head = tr(N_("Prueba, no se escribió nada: ")) if is_dry else ""
        if done.was_cancelled:
            head = tr(N_("Detenida a medias; lo escrito se puede deshacer: "))
        text = head + tr(
            N_("{read} filas leídas, {imported} importadas, {duplicate} repetidas, {rejected} rechazadas."),
            read=done.read,
            imported=done.imported,
            duplicate=done.duplicate,
            rejected=done.rejected,
        )
        if done.rejected_file is not None:
            text += "\n" + tr(N_("Rechazadas, con su motivo: {path}"), path=done.rejected_file)
        self.said.setText(text)

    def undo(self) -> None:
        """Void everything that the chosen import made."""
        item = self.earlier.currentItem() if self.earlier.currentRow() >= 0 else None
        if item is None:
            self._services.toasts.toast(tr(N_("Elija la importación que quiere deshacer.")))
            return
        batch: BatchView = item.data(_BATCH)
        self._services.tasks.job(
            tr(N_("Deshaciendo {name}"), name=batch.file_name),
            lambda progress: undo_import(self._runner, batch.id, progress),
            lambda undone: self.said.setText(undone.text),
            owner=self,
        )

    def reload(self) -> None:
        """Load the earlier imports again."""
        self._services.tasks.read(earlier_imports, self._take_earlier, owner=self, slot="earlier")

    def _take_earlier(self, batches: tuple[BatchView, ...]) -> None:
        self.earlier.clear()
        for batch in batches:
            text = tr(
                N_("{name} · {status}\n{at} · {count} importadas"),
                name=batch.file_name,
                status=tr(batch.status.label),
                at=formats.day_time(batch.started_at),
                count=batch.imported,
            )
            item = QListWidgetItem(text)
            item.setData(_BATCH, batch)
            if batch.status is ImportStatus.UNDONE:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.earlier.addItem(item)
        self._undo.setEnabled(bool(batches))

    def _changed(self, changes: Changes) -> None:
        if changes.of(ImportBatch.__tablename__):
            self.reload()

    def _enable(self) -> None:
        self._bring.setEnabled(self._source is not None)
        self._look.setEnabled(self._source is not None)
