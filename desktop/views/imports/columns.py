"""Which foreign column feeds which field, and how its dates are written."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.core.errors import UserError
from desktop.core.i18n import N_, tr
from desktop.operations.imports.mapping import FIELDS, ColumnMapping
from desktop.operations.imports.moments import (
    MOMENT_FIELDS,
    OFFERED_DATES,
    OFFERED_TIMES,
    guess_dates,
    layout_of,
    words_of,
)
from desktop.operations.imports.survey import Survey
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import restyle
from desktop.views.widgets.text import label

_NOT_MAPPED = ""
_SHORTEST = 7
"""Letters of a choice that are always seen."""
_OFFERED = {
    "reported_at": OFFERED_DATES,
    "reported_day": OFFERED_DATES,
    "reported_time": OFFERED_TIMES,
}


class ColumnsPart(QWidget):
    """`changed` follows every choice of a person."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns: dict[str, QComboBox] = {}
        self.formats: dict[str, QComboBox] = {}
        self._is_showing = False
        self._survey: Survey | None = None
        self.note = label("", "muted", wraps=True)
        holder = QWidget()
        self._fields = QFormLayout(holder)
        self._fields.setVerticalSpacing(SIZES.space_2)
        self._fields.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for field in FIELDS:
            self._add(field)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(holder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.note)

    def show_file(self, survey: Survey, columns: tuple[str, ...], mapping: ColumnMapping) -> None:
        """Offer the columns of a file, choose those of a mapping, and guess the form of dates that it does not say."""
        self._survey = survey
        self._is_showing = True
        for field, box in self.columns.items():
            box.clear()
            box.addItem(tr(N_("— no viene —")), _NOT_MAPPED)
            for column in columns:
                box.addItem(column, column)
            box.setCurrentIndex(max(0, box.findData(mapping.columns.get(field, _NOT_MAPPED))))
            if field in self.formats:
                self._show_automatic(field, mapping)
                self.formats[field].setCurrentText(words_of(mapping.formats.get(field, "")))
                if field not in mapping.formats and not mapping.date_formats:
                    self._guess(field)
        self._is_showing = False
        self._tell()

    def chosen_columns(self) -> dict[str, str]:
        """Return the foreign column of each field that comes."""
        chosen = {field: str(box.currentData() or _NOT_MAPPED) for field, box in self.columns.items()}
        return {field: column for field, column in chosen.items() if column != _NOT_MAPPED}

    def chosen_formats(self) -> dict[str, str]:
        """Return the forms that are said for mapped columns.

        Raises:
            UserError: one of them is no form.
        """
        mapped = self.chosen_columns()
        found = {}
        for field, box in self.formats.items():
            text = box.currentText().strip()
            if field in mapped and text:
                found[field] = layout_of(text)
        return found

    def _add(self, field: str) -> None:
        title = tr(FIELDS[field][0])
        box = QComboBox()
        box.setAccessibleName(title)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(_SHORTEST)
        box.currentIndexChanged.connect(partial(self._column_chosen, field))
        self.columns[field] = box
        if field not in MOMENT_FIELDS:
            self._fields.addRow(title, box)
            return
        form = QComboBox()
        form.setEditable(True)
        form.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        form.setMinimumContentsLength(_SHORTEST)
        form.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        form.setAccessibleName(tr(N_("Formato de {field}"), field=title.lower()))
        form.addItem("")
        for layout in _OFFERED.get(field, (*OFFERED_TIMES, *OFFERED_DATES)):
            form.addItem(words_of(layout))
        editor = form.lineEdit()
        if editor is not None:
            editor.setAccessibleName(form.accessibleName())
            editor.editingFinished.connect(self._changed)
        form.setToolTip(
            tr(N_("dd día, mm mes, aaaa año, hh:mm:ss hora, am/pm. Vacío: se reconoce, con el día primero."))
        )
        form.activated.connect(self._changed)
        self.formats[field] = form
        both = QHBoxLayout()
        both.setSpacing(SIZES.space_2)
        both.addWidget(box, 3)
        both.addWidget(form, 2)
        self._fields.addRow(title, both)

    def _show_automatic(self, field: str, mapping: ColumnMapping) -> None:
        """Say what is tried where no form is chosen."""
        editor = self.formats[field].lineEdit()
        if editor is not None:
            tried = ", ".join(words_of(layout) for layout in mapping.date_formats)
            editor.setPlaceholderText(tried or tr(N_("Automático")))

    def _column_chosen(self, field: str, _place: int = 0) -> None:
        if not self._is_showing:
            if field in self.formats:
                self.formats[field].setCurrentText("")
                self._guess(field)
            self._changed()

    def _guess(self, field: str) -> None:
        """Say the form of a column whose dates do not come with the day first."""
        values = self._samples(field)
        if field == "reported_time" or not values:
            return
        found = guess_dates(values)
        if found.layout is not None and not found.layout.startswith(("%d", "%Y-", "%Y/")):
            self.formats[field].setCurrentText(words_of(found.layout))

    def _samples(self, field: str) -> tuple[str, ...]:
        column = self.columns[field].currentData()
        return self._survey.samples.get(str(column), ()) if self._survey is not None else ()

    def _changed(self) -> None:
        if not self._is_showing:
            self._tell()
            self.changed.emit()

    def _tell(self) -> None:
        """Say what is wrong with a form, and which dates could be read in two ways."""
        notes = []
        mapped = self.chosen_columns()
        for field, box in self.formats.items():
            box.setEnabled(field in mapped)
            text = box.currentText().strip()
            problem = _problem_of(text)
            restyle(box, "invalid", bool(problem))
            if problem:
                notes.append(problem)
            elif field in mapped and field != "reported_time":
                notes += self._doubts(field, mapped, text)
        self.note.setText("\n".join(notes))
        self.note.setVisible(bool(notes))

    def _doubts(self, field: str, mapped: Mapping[str, str], said: str) -> list[str]:
        found = guess_dates(self._samples(field))
        if found.is_ambiguous and found.layout is not None and not said:
            return [
                tr(
                    N_(
                        "«{column}»: en las fechas vistas el día y el mes se pueden confundir. Se lee {form}, el día "
                        "primero; si viene primero el mes, elija ese formato."
                    ),
                    column=mapped[field],
                    form=words_of(found.layout),
                )
            ]
        if (
            found.layout is not None
            and found.layout.startswith("%m")
            and layout_of(said or "-") == found.layout
        ):
            return [tr(N_("«{column}»: el mes viene primero."), column=mapped[field])]
        return []


def _problem_of(text: str) -> str:
    try:
        layout_of(text)
    except UserError as error:
        return error.message
    return ""
