"""How the first rows would be read, and how a trial or an import ended, in words."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.operations.imports.convert import Converted
from desktop.operations.imports.run import Preview, Summary
from desktop.operations.imports.source import ENCODINGS
from desktop.views.icons import Icons
from desktop.views.theme import SIZES
from desktop.views.widgets.empty import EmptyState
from desktop.views.widgets.text import label

_SAMPLES = 8


class TrialPart(QWidget):
    """Rows that are understood, then rows that would be rejected and why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.samples = QListWidget()
        self.samples.setProperty("part", "notes")
        self.samples.setWordWrap(True)
        self.samples.setAccessibleName(tr(N_("Cómo quedarían las primeras filas")))
        self.empty = label(
            tr(N_("Aquí verá cómo quedan las primeras filas y por qué se rechazaría alguna.")),
            "muted",
            wraps=True,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_2)
        layout.addWidget(label(tr(N_("Primeras filas")), "strong"))
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.samples, 1)
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self.samples.clear()
        self._show()

    def show_preview(self, seen: Preview) -> None:
        """Show some of both; the rejected first, since they ask for something."""
        self.samples.clear()
        for bad in seen.rejected[: _SAMPLES // 2]:
            self.samples.addItem(
                tr(N_("Fila {number}: {why}"), number=bad.number, why="; ".join(bad.reasons))
            )
        for row in seen.samples[:_SAMPLES]:
            self.samples.addItem(_text(row))
        self._show()

    def _show(self) -> None:
        is_there = self.samples.count() > 0
        self.samples.setVisible(is_there)
        self.empty.setVisible(not is_there)


def invitation(icons: Icons) -> EmptyState:
    """Return what stands where a file will be."""
    return EmptyState(
        icons,
        "upload-simple",
        tr(N_("Traer incidentes de otro sistema")),
        tr(
            N_(
                "Elija un archivo CSV o XLSX. Antes de escribir nada verá qué se entiende de él, podrá corregirlo y "
                "probarlo; lo importado se puede deshacer entero."
            )
        ),
    )


def sentence_of(done: Preview | Summary, *, is_dry: bool = False) -> str:
    """Return what was read, tried or brought in."""
    if isinstance(done, Preview):
        return tr(
            N_("{encoding}. De las primeras filas, {good} se entienden y {bad} no."),
            encoding=ENCODINGS.get(done.encoding, done.encoding),
            good=len(done.samples),
            bad=len(done.rejected),
        )
    head = tr(N_("Prueba, no se escribió nada: ")) if is_dry else ""
    if done.was_cancelled:
        head = tr(N_("Detenida a medias; lo escrito se puede deshacer: "))
    text = head + tr(
        N_("Filas leídas: {read}; importadas: {imported}; repetidas: {duplicate}; rechazadas: {rejected}."),
        read=formats.number(done.read),
        imported=formats.number(done.imported),
        duplicate=formats.number(done.duplicate),
        rejected=formats.number(done.rejected),
    )
    if done.rejected_file is not None:
        text += "\n" + tr(N_("Rechazadas, con su motivo: {path}"), path=done.rejected_file)
    return text


def _text(row: Converted) -> str:
    """Return a row in which day and month cannot be taken for each other."""
    values = row.values
    at = values["reported_at"]
    place = values["address"] or values["reference"] or values["sector"] or ""
    head = tr(
        N_("{day}, {time} · {type} · {priority} · {place}"),
        day=formats.long_day(at),
        time=formats.time_hm(at),
        type=values["type_code"],
        priority=values["priority"].value,
        place=place,
    )
    return f"{head}\n{values['narrative'][:90]}".strip()
