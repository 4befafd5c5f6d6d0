"""One line of the audit in full: who, when, where, each field before and after, and its seal in the chain."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.operations.audit import AuditLine, Touched
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button, line
from desktop.views.widgets.text import label

_MOST = 20
"""Records of one line that are shown here; an import touches hundreds, and the export holds them all."""
_GROUP = 16
OpenRecord = Callable[[str, UUID], None]


class AuditDetail(QScrollArea):
    """Shows a line. `may_open` tells which registers have a page that this person may open."""

    def __init__(
        self, may_open: Callable[[str], bool], open_record: OpenRecord, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._may_open = may_open
        self._open_record = open_record
        self.record: tuple[str, UUID] | None = None
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr(N_("Detalle de la línea")))
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.show_line(None)

    def show_line(self, shown: AuditLine | None) -> None:
        """Show a line, or how to choose one."""
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(SIZES.space_4, SIZES.space_2, SIZES.space_3, SIZES.space_4)
        layout.setSpacing(SIZES.space_2)
        self.record = None
        if shown is None:
            layout.addWidget(label(tr(N_("Elija una línea para ver qué cambió.")), "muted", wraps=True))
        else:
            self._fill(layout, shown)
        layout.addStretch(1)
        self.setWidget(body)

    def words(self) -> str:
        """Return everything that is on screen, for whoever reads it aloud or searches in it."""
        return "\n".join(one.text() for one in self.findChildren(QLabel))

    def _fill(self, layout: QVBoxLayout, shown: AuditLine) -> None:
        layout.addWidget(label(shown.title, "title", wraps=True))
        self.record = next((part.record for part in shown.touched if self._is_openable(part)), None)
        if self.record is not None:
            tip = tr(N_("Abrir el registro (Ctrl+O); si es reservado, pide el motivo"))
            layout.addWidget(
                button(tr(N_("Abrir el registro")), "plain", self.open_record, tip),
                0,
                Qt.AlignmentFlag.AlignLeft,
            )
        self._pairs(
            layout,
            (
                (tr(N_("Persona")), shown.who),
                (tr(N_("Fecha y hora")), formats.day_time_s(shown.at)),
                (tr(N_("Estación")), shown.station),
                (tr(N_("Motivo")), shown.reason),
            ),
        )
        for part in shown.touched[:_MOST]:
            self._part(layout, part)
        if len(shown.touched) > _MOST:
            rest = tr(
                N_("Y {count} registros más; la exportación los lleva todos."),
                count=len(shown.touched) - _MOST,
            )
            layout.addWidget(label(rest, "muted", wraps=True))
        layout.addWidget(line())
        layout.addWidget(label(tr(N_("Sello")), "overline"))
        self._pairs(
            layout,
            (
                (tr(N_("Línea")), str(shown.place.n)),
                (tr(N_("Cadena")), tr(N_("{scope}, secuencia {seq}"), scope=shown.scope, seq=shown.seq)),
                (tr(N_("Huella")), _grouped(shown.hash)),
                (tr(N_("Huella anterior")), _grouped(shown.prev)),
            ),
        )

    def open_record(self) -> None:
        """Open the page of the record that the line is about."""
        if self.record is not None:
            self._open_record(*self.record)

    def _is_openable(self, part: Touched) -> bool:
        return part.record is not None and self._may_open(part.record[0])

    def _part(self, layout: QVBoxLayout, part: Touched) -> None:
        layout.addWidget(line())
        layout.addWidget(label(" · ".join(filter(None, (part.register, part.code))), "strong", wraps=True))
        if part.is_hidden:
            said = tr(N_("Su rol no permite ver aquí el contenido, o falta abrir el registro con su motivo."))
            layout.addWidget(label(said, "muted", wraps=True))
        elif not part.changes:
            layout.addWidget(label(tr(N_("Sin cambios de contenido.")), "muted", wraps=True))
        for change in part.changes:
            layout.addWidget(label(change.label, "small", wraps=True))
            words = change.new or tr(N_("(vacío)"))
            if change.old:
                words = f"{change.old} → {words}"
            layout.addWidget(_selectable(words))

    @staticmethod
    def _pairs(layout: QVBoxLayout, pairs: tuple[tuple[str, str], ...]) -> None:
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setHorizontalSpacing(SIZES.space_3)
        for title, words in pairs:
            if words:
                form.addRow(label(title, "muted"), _selectable(words))
        layout.addLayout(form)


def _selectable(words: str) -> QLabel:
    made = label(words, wraps=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def _grouped(digest: str) -> str:
    return " ".join(digest[start : start + _GROUP] for start in range(0, len(digest), _GROUP))
