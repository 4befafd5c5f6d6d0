"""The import page: a foreign log is chosen, its columns are mapped, a trial is read, then it is brought in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.operations.imports import mapping as mappings
from desktop.operations.imports.mapping import ColumnMapping
from desktop.operations.imports.run import Preview, preview
from desktop.operations.imports.source import Source, open_source
from desktop.operations.imports.survey import Survey, Vocabulary, remembered, survey, vocabulary
from desktop.views.imports.bringing import Bringing
from desktop.views.imports.columns import ColumnsPart
from desktop.views.imports.earlier import EarlierPart
from desktop.views.imports.keeping import Decisions, joined
from desktop.views.imports.mapping_files import MappingFiles
from desktop.views.imports.orders import import_orders
from desktop.views.imports.reading import ReadingPart
from desktop.views.imports.trial import TrialPart, invitation, sentence_of
from desktop.views.imports.words import WordsPart
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button
from desktop.views.widgets.text import label

if TYPE_CHECKING:
    from desktop.operations.context import ReadContext
    from desktop.operations.imports.running import Runner
    from desktop.views.services import Services
    from desktop.views.tasks import Progress

COLUMNS, WORDS, READING = range(3)


class ImportPage(QWidget):
    """One file at a time; nothing is written before «Importar»."""

    def __init__(self, services: Services, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._source: Source | None = None
        self._survey: Survey | None = None
        self._decisions = Decisions(services.memory)
        self._date_formats: list[str] = []
        self.said = label("", "muted", wraps=True)
        self._bringing = Bringing(services, runner, self, self.said.setText, self._enable)
        self.file = QLineEdit()
        self.file.setAccessibleName(tr(N_("Archivo CSV o XLSX")))
        self.file.setPlaceholderText(tr(N_("Escriba la ruta de un CSV o XLSX y pulse Enter")))
        self.file.returnPressed.connect(self.open_typed)
        self.columns = ColumnsPart()
        self.words = WordsPart()
        self.reading = ReadingPart()
        self.trial = TrialPart()
        self.files = MappingFiles(services, self, self.mapping, self._load)
        self.earlier = EarlierPart(services, runner, self.said.setText)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(tr(N_("Partes de la importación")))
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self._parts = QStackedWidget()
        for title, part in (
            (N_("Columnas"), self.columns),
            (N_("Palabras"), self.words),
            (N_("Lectura"), self.reading),
        ):
            self.tabs.addTab(tr(title))
            self._parts.addWidget(part)
        self.tabs.currentChanged.connect(self._parts.setCurrentIndex)
        self._look = button(tr(N_("Probar")), "plain", self.look, tr(N_("Leer todo sin escribir nada (F5)")))
        self._bring = button(tr(N_("Importar")), "primary", self.bring, tr(N_("Importar (Ctrl+S)")))
        self._save = button(
            tr(N_("Guardar correspondencia…")), "quiet", self.files.ask_save, tr(N_("Guardar (Ctrl+Shift+S)"))
        )
        self._stack = QStackedWidget()
        self._arrange()
        self._enable()
        services.commands.add(*import_orders(self), page=self)
        self.columns.changed.connect(self.refresh)
        self.words.changed.connect(self._word_chosen)
        self.reading.changed.connect(self.refresh)
        self.reading.reread.connect(self._read_again)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.file, 1)
        head.addWidget(button(tr(N_("Elegir…")), "plain", self.choose, tr(N_("Elegir archivo (Ctrl+O)"))))
        feet = QHBoxLayout()
        for part in (self._bring, self._look):
            feet.addWidget(part)
        feet.addStretch(1)
        feet.addWidget(self._save)
        work = QWidget()
        inner = QVBoxLayout(work)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(SIZES.space_2)
        bar = QHBoxLayout()
        bar.addWidget(self.tabs, 1)
        bar.addWidget(
            button(
                tr(N_("Cargar…")),
                "quiet",
                self.files.ask_load,
                tr(N_("Cargar correspondencia (Ctrl+Shift+O)")),
            )
        )
        inner.addLayout(bar)
        inner.addWidget(self._parts, 1)
        inner.addLayout(feet)
        self._stack.addWidget(invitation(self._services.icons))
        self._stack.addWidget(work)
        left = QVBoxLayout()
        left.setSpacing(SIZES.space_3)
        left.addWidget(label(tr(N_("Importar incidentes")), "title"))
        left.addLayout(head)
        left.addWidget(self._stack, 1)
        left.addWidget(self.said)
        right = QVBoxLayout()
        right.setSpacing(SIZES.space_3)
        right.addWidget(self.trial, 3)
        right.addWidget(self.earlier, 2)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
        layout.setSpacing(SIZES.space_6)
        layout.addLayout(left, 3)
        layout.addLayout(right, 2)

    def first_focus(self) -> QWidget:
        """Start with the file."""
        return self.file

    def show_part(self, place: int) -> None:
        """Go to a part: columns, words or reading."""
        if self._source is None:
            self.file.setFocus()
            return
        self.tabs.setCurrentIndex(place)
        first = (self.columns.columns["reported_at"], self.words.words, self.reading.encoding)[place]
        target = first if first.isEnabled() else self.reading.sheet
        target.setFocus(Qt.FocusReason.TabFocusReason)

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
        self._open(Path(self.file.text().strip()).expanduser(), None)

    def _read_again(self) -> None:
        """Read the same file as a person says it is written; a column keeps its field while it keeps its name."""
        source = self._source
        if source is not None:
            self._open(source.path, self._as_chosen())

    def _open(self, path: Path, mapping: ColumnMapping | None) -> None:
        def work(progress: Progress) -> tuple[Source, Survey]:
            said = mapping or ColumnMapping({})
            source = open_source(path, said.sheet, said.encoding, said.delimiter)
            return source, survey(source, progress)

        self._services.tasks.job(
            tr(N_("Leyendo {name}"), name=path.name),
            work,
            lambda read: self._opened(*read, mapping),
            owner=self,
            slot="file",
        )

    def _opened(self, source: Source, seen: Survey, mapping: ColumnMapping | None) -> None:
        self._source, self._survey = source, seen
        if mapping is None:
            mapping = self._decisions.mapping_of(source) or mappings.propose(source.columns)
        missing = [column for column in mapping.columns.values() if column not in source.columns]
        kept = {field: column for field, column in mapping.columns.items() if column in source.columns}
        if missing:
            names = ", ".join(f"«{column}»" for column in missing)
            text = tr(
                N_("El archivo no tiene las columnas {names}; esos datos quedaron sin elegir."), names=names
            )
            self._services.toasts.toast(text, "warning")
        mapping = msgspec.structs.replace(mapping, columns=kept or mappings.propose(source.columns).columns)
        self._show(source, seen, mapping)

    def _show(self, source: Source, seen: Survey, mapping: ColumnMapping) -> None:
        self._date_formats = list(mapping.date_formats)
        self.columns.show_file(seen, source.columns, mapping)
        self.reading.show_file(source, seen, mapping)
        before = remembered(self._decisions.words(), seen, mapping)
        self.words.values = joined(before, mapping.values)
        self._stack.setCurrentIndex(1)
        self._enable()
        self.refresh()

    # --- The mapping ------------------------------------------------------------------------------------------

    def mapping(self) -> ColumnMapping:
        """Return what is chosen, as the file of `--map` says it.

        Raises:
            UserError: it does not fit the file.
        """
        mapping = msgspec.structs.replace(self._as_chosen(), formats=self.columns.chosen_formats())
        if self._source is not None:
            mappings.check(mapping, self._source.columns)
        return mapping

    def refresh(self) -> None:
        """Show what the first rows become with what is chosen, and which words are understood."""
        source, seen = self._source, self._survey
        if source is None or seen is None:
            return
        try:
            mapping = self.mapping()
        except AtalayaError as error:
            self.said.setText(error.message)
            self.trial.clear()
            mapping = self._as_chosen()
            self._services.tasks.read(
                lambda ctx: vocabulary(ctx, source, mapping, seen), self._take_words, owner=self, slot="trial"
            )
            return

        def read(ctx: ReadContext) -> tuple[Preview, Vocabulary]:
            return preview(ctx, source, mapping), vocabulary(ctx, source, mapping, seen)

        self._services.tasks.read(read, self._take, owner=self, slot="trial")

    def _load(self, mapping: ColumnMapping) -> None:
        if self._source is None:
            self._services.toasts.toast(tr(N_("Elija primero el archivo.")))
        else:
            self._open(self._source.path, mapping)

    def _as_chosen(self) -> ColumnMapping:
        chosen = ColumnMapping(
            self.columns.chosen_columns(), date_formats=self._date_formats, values=self.words.values
        )
        return msgspec.structs.replace(chosen, **self.reading.defaults(), **self.reading.said())

    def _word_chosen(self) -> None:
        self._decisions.keep_words(self.words.values)
        self.refresh()

    def _take(self, read: tuple[Preview, Vocabulary]) -> None:
        seen, found = read
        self.trial.show_preview(seen)
        self.said.setText(sentence_of(seen))
        self._take_words(found)

    def _take_words(self, found: Vocabulary) -> None:
        self.words.show_vocabulary(found)
        self.reading.offer(found.ours)
        unknown = sum(word.becomes is None for word in found.words)
        title = tr(N_("Palabras"))
        self.tabs.setTabText(WORDS, f"{title} ({unknown})" if unknown else title)

    # --- Bringing in ------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Read the whole file without writing anything."""
        self._start(is_dry=True)

    def bring(self) -> None:
        """Import the file."""
        self._start(is_dry=False)

    def _start(self, *, is_dry: bool) -> None:
        source = self._source
        if source is None:
            self._services.toasts.toast(tr(N_("Elija primero el archivo.")))
            return
        try:
            mapping = self.mapping()
        except AtalayaError as error:
            self.said.setText(error.message)
            return
        self._decisions.keep_mapping(source, mapping)
        self._bringing.start(source, mapping, is_dry=is_dry)

    def _enable(self) -> None:
        has_file = self._source is not None
        self._save.setEnabled(has_file)
        for part in (self._bring, self._look):
            part.setEnabled(has_file and not self._bringing.is_under_way)
