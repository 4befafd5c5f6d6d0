"""The page of backups: when the last good one was made, what is kept, and making, trying and taking one away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.operations.backups import Kept, Made
from desktop.operations.self_check import OLD_BACKUP, Health
from desktop.operations.upkeep import BACKUPS, Overview, Upkeep
from desktop.operations.upkeep_words import Shown
from desktop.register.access import Action
from desktop.views.commands import Command, Permission
from desktop.views.services import Services
from desktop.views.station.lines import HealthWord, LineList, reporting
from desktop.views.tasks import Progress
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button
from desktop.views.widgets.text import ElidedLabel, label

T = TypeVar("T")
_KEPT = Qt.ItemDataRole.UserRole
_AGES_EVERY_MS = 60_000
_GROUP = N_("Respaldos")


class BackupsPage(QWidget):
    """The newest backup on top; below, what the last drill of this visit showed."""

    def __init__(
        self,
        services: Services,
        upkeep: Upkeep,
        backed_up: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._upkeep = upkeep
        self._backed_up = backed_up
        self._overview: Overview | None = None
        self.state = HealthWord(services.theme)
        self.copied = label("", "muted", wraps=True)
        self._folder = ElidedLabel("", "small")
        self.list = _table(
            tr(N_("Respaldos de esta estación")),
            (N_("Hecho"), N_("Tamaño"), N_("Leído de vuelta"), N_("Contiene"), N_("Simulacro")),
            stretched=3,
        )
        self.result = HealthWord(services.theme)
        self.lines = LineList(services.theme, tr(N_("Qué se comparó")))
        self.tables = _table(
            tr(N_("Comparación por registro")),
            (N_("Registro"), N_("Al respaldar"), N_("Restaurado"), N_("Hoy")),
            stretched=0,
        )
        self.make_button = button(
            tr(N_("Respaldar ahora")), "primary", self.back_up, tr(N_("Hacer un respaldo y leerlo (Ctrl+S)"))
        )
        self.drill_button = button(
            tr(N_("Ensayar restauración")),
            "plain",
            self.rehearse,
            tr(N_("Restaurar aparte el respaldo elegido y compararlo (F5)")),
        )
        self.copy_button = button(
            tr(N_("Copiar a una carpeta…")),
            "plain",
            self.choose_folder,
            tr(N_("Copiar el respaldo elegido a otra unidad y comprobarlo (Ctrl+E)")),
        )
        self._arrange()
        self._add_commands()
        self._ages = QTimer(self, interval=_AGES_EVERY_MS)
        self._ages.timeout.connect(self._say_state)
        self._ages.start()
        self._enable()

    def _arrange(self) -> None:
        head = QVBoxLayout()
        head.setSpacing(SIZES.space_1)
        head.addWidget(label(tr(N_("Respaldos")), "title"))
        head.addWidget(self.state)
        head.addWidget(self.copied)
        actions = QHBoxLayout()
        actions.setSpacing(SIZES.space_2)
        for part in (self.make_button, self.drill_button, self.copy_button):
            actions.addWidget(part)
        actions.addStretch(1)
        actions.addWidget(self._folder, 1)
        shown = QHBoxLayout()
        shown.setSpacing(SIZES.space_5)
        shown.addWidget(self.lines, 1)
        shown.addWidget(self.tables, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
        layout.setSpacing(SIZES.space_3)
        layout.addLayout(head)
        layout.addLayout(actions)
        layout.addWidget(self.list, 2)
        layout.addWidget(self.result)
        layout.addLayout(shown, 3)
        self._show_no_result()

    def _add_commands(self) -> None:
        def command(
            name: str, title: str, key: str, icon: str, run: Callable[[], None], action: Action
        ) -> Command:
            return Command(
                f"backups.{name}", title, run, key, icon, Permission(action, BACKUPS), group=_GROUP
            )

        self._services.commands.add(
            command("make", N_("Respaldar ahora"), "Ctrl+S", "database", self.back_up, Action.CREATE),
            command("drill", N_("Ensayar restauración"), "F5", "check-circle", self.rehearse, Action.CREATE),
            command(
                "copy", N_("Copiar a una carpeta"), "Ctrl+E", "export", self.choose_folder, Action.EXPORT
            ),
            page=self,
        )

    def first_focus(self) -> QWidget:
        """Start in the list."""
        return self.list

    def showEvent(self, event: QShowEvent) -> None:
        """Read the list again: backups also make themselves."""
        super().showEvent(event)
        self.reload()

    # --- The list ---------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read what is kept here. No job: one that went well would take away what the last one failed of."""
        self._services.tasks.read(
            lambda _ctx: self._upkeep.overview(), self._take, owner=self, slot="overview"
        )

    def _take(self, overview: Overview) -> None:
        chosen = self.chosen()
        self._overview = overview
        self.list.setRowCount(len(overview.kept))
        for row, kept in enumerate(overview.kept):
            for column, words in enumerate(self._cells(kept, overview)):
                item = QTableWidgetItem(words)
                item.setData(_KEPT, kept)
                self.list.setItem(row, column, item)
            if row == 0 or (chosen is not None and chosen.path == kept.path):
                self.list.selectRow(row)
        self._folder.setText(tr(N_("Se guardan en {folder}"), folder=overview.folder))
        self._say_state()
        self._enable()

    @staticmethod
    def _cells(kept: Kept, overview: Overview) -> tuple[str, ...]:
        drilled = overview.drills.get(kept.path.name)
        if not kept.opens:
            holds, read = tr(N_("No se abre: dañado o de otra estación")), tr(N_("No"))
        elif kept.manifest is None:
            holds, read = tr(N_("Es anterior y no lo dice")), tr(N_("Sí"))
        else:
            read = tr(N_("Sí"))
            holds = tr(
                N_("{rows} filas, {files} archivos adjuntos"),
                rows=formats.number(kept.manifest.rows),
                files=formats.number(kept.manifest.files),
            )
        tried = tr(N_("Sin ensayar"))
        if drilled is not None:
            words = N_("Correcto, {at}") if drilled.is_good else N_("Con diferencias, {at}")
            tried = tr(words, at=formats.day_time(drilled.at))
        return formats.day_time(kept.made_at), formats.size(kept.size_bytes), read, holds, tried

    def _say_state(self) -> None:
        overview = self._overview
        if overview is None:
            return
        good = next((kept for kept in overview.kept if kept.opens), None)
        if good is None:
            self.state.say(Health.WARNING, tr(N_("Todavía no hay ningún respaldo que se pueda abrir.")))
        else:
            age = max(timedelta(0), self._services.clock.now() - good.made_at)
            words = tr(
                N_("Último respaldo bueno: {at}, hace {age}"),
                at=formats.day_time(good.made_at),
                age=formats.duration(age.total_seconds()),
            )
            self.state.say(Health.GOOD if age <= OLD_BACKUP else Health.WARNING, words)
        copied = overview.copied
        self.copied.setText(
            tr(N_("Ningún respaldo se ha copiado a otra unidad desde aquí."))
            if copied is None
            else tr(
                N_("Última copia fuera del equipo: {at}, en {folder}"),
                at=formats.day_time(copied.at),
                folder=copied.folder,
            )
        )

    def chosen(self) -> Kept | None:
        """Return the backup on which drill and copy work."""
        item = self.list.item(self.list.currentRow(), 0)
        kept = None if item is None else item.data(_KEPT)
        return kept if isinstance(kept, Kept) else None

    # --- Acting -----------------------------------------------------------------------------------------------

    def back_up(self) -> None:
        """Make a backup now."""
        if self.make_button.isEnabled():
            self._job(
                tr(N_("Haciendo un respaldo")),
                lambda progress: self._upkeep.back_up(reporting(progress)),
                self._made,
            )

    def _made(self, made: Made) -> None:
        self._backed_up()
        text = tr(N_("Respaldo hecho y leído de vuelta: {size}"), size=formats.size(made.size_bytes))
        self._services.toasts.toast(text, "success")
        if made.missing_files:
            self._services.toasts.toast(
                tr(
                    N_("Atención: {count} adjuntos no tienen su archivo en esta estación."),
                    count=made.missing_files,
                ),
                "warning",
            )

    def rehearse(self) -> None:
        """Restore the chosen backup aside and compare it."""
        kept = self.chosen()
        if kept is None and self.make_button.isEnabled():
            self._services.toasts.toast(tr(N_("Haga primero un respaldo; después lo puede ensayar.")))
        elif kept is not None and self.drill_button.isEnabled():
            self._job(
                tr(N_("Ensayando la restauración")),
                lambda progress: self._upkeep.rehearse(kept.path, reporting(progress)),
                self._show_result,
            )

    def choose_folder(self) -> None:
        """Ask where the chosen backup is copied to."""
        if self.chosen() is None or not self.copy_button.isEnabled():
            if self.make_button.isEnabled():
                self._services.toasts.toast(tr(N_("Haga primero un respaldo; después lo puede copiar.")))
            return
        dialog = QFileDialog(self, tr(N_("Carpeta de otra unidad")))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.copy_into)
        dialog.open()

    def copy_into(self, folder: str) -> None:
        """Copy the chosen backup into a folder and read it back from there."""
        kept = self.chosen()
        if kept is not None and self.copy_button.isEnabled():
            self._job(
                tr(N_("Copiando el respaldo")),
                lambda progress: self._upkeep.copy_out(kept.path, Path(folder), reporting(progress)),
                self._copied_out,
            )

    def _copied_out(self, target: Path) -> None:
        self._services.toasts.toast(
            tr(N_("Copia leída de vuelta e igual: {path}. Ya puede retirar la unidad."), path=target),
            "success",
        )

    def _job(self, title: str, work: Callable[[Progress], T], done: Callable[[T], None]) -> None:
        def settled() -> None:
            if isValid(self):
                self._enable()
                self.reload()

        for part in (self.make_button, self.drill_button, self.copy_button):
            part.setEnabled(False)
        self._services.tasks.job(title, work, done, owner=self, settled=settled)

    def _enable(self) -> None:
        has_backup = self.chosen() is not None
        rights = self._services.rights
        self.make_button.setEnabled(rights.may(Action.CREATE, BACKUPS))
        self.drill_button.setEnabled(has_backup and rights.may(Action.CREATE, BACKUPS))
        self.copy_button.setEnabled(has_backup and rights.may(Action.EXPORT, BACKUPS))

    # --- The drill --------------------------------------------------------------------------------------------

    def _show_no_result(self) -> None:
        words = tr(
            N_(
                "«Ensayar restauración» restaura el respaldo elegido en una carpeta aparte, lo compara y la borra. Los "
                "datos de la estación no se tocan."
            )
        )
        self.result.say(None, words)
        self.lines.hide()
        self.tables.hide()

    def _show_result(self, shown: Shown) -> None:
        words = (
            N_("Simulacro correcto: {name} devuelve la estación.")
            if shown.is_good
            else N_("Simulacro con diferencias: {name} no devuelve la estación entera.")
        )
        self.result.say(Health.GOOD if shown.is_good else Health.BAD, tr(words, name=shown.name))
        self.lines.show_lines(shown.lines)
        self.tables.setRowCount(len(shown.tables))
        for row, table in enumerate(shown.tables):
            noted = tr(N_("no lo dice")) if table.noted is None else formats.number(table.noted)
            title = table.title if table.is_same else tr(N_("Distinto: {title}"), title=table.title)
            cells = (title, noted, formats.number(table.restored), formats.number(table.today))
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.tables.setItem(row, column, item)
        self.lines.show()
        self.tables.show()


def _table(name: str, columns: tuple[str, ...], *, stretched: int) -> QTableWidget:
    table = QTableWidget(0, len(columns))
    table.setAccessibleName(name)
    table.setHorizontalHeaderLabels([tr(column) for column in columns])
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(SIZES.row)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    return table
