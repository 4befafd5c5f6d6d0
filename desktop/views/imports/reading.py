"""How the file is read as a table, and what a row gets that brings too little."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFormLayout,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.core.i18n import N_, tr
from desktop.operations.imports.mapping import ColumnMapping
from desktop.operations.imports.source import DELIMITERS, ENCODINGS, Source
from desktop.operations.imports.survey import Survey
from desktop.views.theme import SIZES
from desktop.views.widgets.text import label

_WIDEST = 220
_DELIMITERS = {
    ";": N_("Punto y coma"),
    ",": N_("Coma"),
    "\t": N_("Tabulador"),
    "|": N_("Barra vertical"),
}


class ReadingPart(QWidget):
    """`reread` asks for the file to be read again, `changed` follows what a row gets by default."""

    reread = Signal()
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.encoding = _box(tr(N_("Codificación")))
        self.delimiter = _box(tr(N_("Separador")))
        self.sheet = _box(tr(N_("Hoja")))
        self.default_type = _box(tr(N_("Tipo si no se reconoce")))
        self.default_priority = _box(tr(N_("Prioridad si no viene")))
        self._says: dict[str, QComboBox] = {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "sheet": self.sheet,
        }
        self._wanted_type = ""
        self.default_type.addItem(tr(N_("— rechazar la fila —")), "")
        self.default_priority.addItem(tr(N_("La de su tipo")), "")
        for box in self._says.values():
            box.activated.connect(lambda _: self.reread.emit())
        for box in (self.default_type, self.default_priority):
            box.activated.connect(lambda _: self.changed.emit())
        self.raw = QTableWidget()
        self.raw.setAccessibleName(tr(N_("El archivo como se lee")))
        self.raw.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.raw.setTabKeyNavigation(False)
        self.raw.verticalHeader().hide()
        self.raw.horizontalHeader().setMaximumSectionSize(_WIDEST)
        form = QFormLayout()
        form.setVerticalSpacing(SIZES.space_2)
        for box in (*self._says.values(), self.default_type, self.default_priority):
            form.addRow(box.accessibleName(), box)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 0, SIZES.space_2, 0)
        inner.setSpacing(SIZES.space_2)
        inner.addLayout(form)
        inner.addWidget(label(tr(N_("El archivo como se lee")), "strong"))
        inner.addWidget(self.raw, 1)
        self.raw.setMinimumHeight(5 * SIZES.row)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(holder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def show_file(self, source: Source, survey: Survey, mapping: ColumnMapping) -> None:
        """Show how a file was read and what was said about it."""
        is_text = source.sheet is None
        found = ENCODINGS.get(source.encoding or "", source.encoding or "")
        sign = tr(_DELIMITERS.get(source.delimiter or "", source.delimiter or ""))
        _fill(self.encoding, tr(N_("Automática: {found}"), found=found), ENCODINGS.items(), mapping.encoding)
        signs = [(delimiter, tr(_DELIMITERS[delimiter])) for delimiter in DELIMITERS]
        _fill(self.delimiter, tr(N_("Automático: {found}"), found=sign), signs, mapping.delimiter)
        sheets = [(sheet, sheet) for sheet in source.sheets]
        _fill(self.sheet, tr(N_("La primera")), sheets, mapping.sheet)
        self.encoding.setEnabled(is_text)
        self.delimiter.setEnabled(is_text)
        self.sheet.setEnabled(not is_text)
        self.default_priority.setCurrentIndex(
            max(0, self.default_priority.findData(mapping.default_priority or ""))
        )
        self._wanted_type = mapping.default_type or ""
        self._choose_type()
        self._show_rows(source, survey)

    def offer(self, ours: Mapping[str, tuple[tuple[str, str], ...]]) -> None:
        """Offer types and priorities."""
        if self.default_type.count() == 1:
            for code, title in ours.get("type", ()):
                self.default_type.addItem(f"{code} {title}", code)
            self._choose_type()
        if self.default_priority.count() == 1:
            for code, title in ours.get("priority", ()):
                self.default_priority.addItem(title, code)

    def said(self) -> dict[str, str | None]:
        """Return encoding, delimiter and sheet where a person said them."""
        return {name: str(box.currentData() or "") or None for name, box in self._says.items()}

    def defaults(self) -> dict[str, str | None]:
        """Return type and priority of rows that bring none."""
        kind = str(self.default_type.currentData() or "") or self._wanted_type
        return {
            "default_type": kind or None,
            "default_priority": str(self.default_priority.currentData() or "") or None,
        }

    def _choose_type(self) -> None:
        place = self.default_type.findData(self._wanted_type)
        if place >= 0:
            self.default_type.setCurrentIndex(place)
            self._wanted_type = ""

    def _show_rows(self, source: Source, survey: Survey) -> None:
        self.raw.setColumnCount(len(source.columns))
        self.raw.setHorizontalHeaderLabels(list(source.columns))
        self.raw.setRowCount(len(survey.first))
        for row, cells in enumerate(survey.first):
            for column in range(len(source.columns)):
                text = cells[column] if column < len(cells) else ""
                self.raw.setItem(row, column, QTableWidgetItem(text))
        self.raw.resizeColumnsToContents()


def _box(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(14)
    return box


def _fill(box: QComboBox, automatic: str, choices: Iterable[tuple[str, str]], said: str | None) -> None:
    box.clear()
    box.addItem(automatic, "")
    for value, title in choices:
        box.addItem(title, value)
    box.setCurrentIndex(max(0, box.findData(said or "")))
