"""Auditoría: everything that was done at this station and its neighbours, newest first, and out of here as a file."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.core import formats
from desktop.core.errors import FieldError
from desktop.core.i18n import N_, tr
from desktop.models.catalogue import BY_KEY
from desktop.operations.audit import (
    COLUMNS,
    AuditLine,
    AuditQuery,
    audit_choices,
    audit_line,
    audit_numbers,
    audit_rows,
    note_consultation,
)
from desktop.operations.audit_export import AuditFile, export_audit
from desktop.operations.audit_sight import AUDIT
from desktop.operations.imports.running import Runner
from desktop.operations.query_values import RowView
from desktop.register.access import Action
from desktop.views.audit.detail import AuditDetail
from desktop.views.audit.filters import AuditFilters
from desktop.views.audit.table import AuditTable
from desktop.views.commands import Command, Permission
from desktop.views.register.model import RowsModel
from desktop.views.services import Services
from desktop.views.tasks import Progress
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button
from desktop.views.widgets.empty import EmptyState
from desktop.views.widgets.text import label

MAY_READ = Permission(Action.READ, AUDIT)
_MAY_EXPORT = Permission(Action.EXPORT, AUDIT)
_FIRST = 200
_NARROW = 900
_WITHOUT_DOOR = frozenset({"users", "import_batches"})
"""Registers whose page shows no single record, or not to those who audit."""


class AuditPage(QWidget):
    """The page of the audit. Each time that it is opened is itself a line of it."""

    def __init__(self, services: Services, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._runner = runner
        self._query = AuditQuery()
        self._wanted = -1
        self.filters = AuditFilters(services.clock.now())
        columns = [msgspec.structs.replace(column, label=tr(column.label)) for column in COLUMNS]
        self.model = RowsModel(columns, services.tasks, _reader, self)
        self.table = AuditTable(services.theme, self.model)
        self.detail = AuditDetail(self._may_open, self._open_record)
        self.count = label("", "muted")
        self.count.setAccessibleName(tr(N_("Cantidad de líneas")))
        self.search_button = button(tr(N_("Buscar")), "primary", self.search, tr(N_("Buscar de nuevo (F5)")))
        self.csv_button = button(
            tr(N_("Exportar CSV")), "plain", self.export_csv, tr(N_("Exportar a una planilla (Ctrl+E)"))
        )
        self.json_button = button(
            tr(N_("Exportar JSON")), "plain", self.export_json, tr(N_("Exportar para otro programa (Ctrl+J)"))
        )
        self._split = QSplitter()
        self._stack = QStackedWidget()
        self._arrange()
        self._add_commands()
        self.filters.asked.connect(self.search)
        self.table.chosen.connect(self._choose)
        self.table.opened.connect(lambda _: self.detail.setFocus())

    # --- Layout -----------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SIZES.space_2)
        head.addWidget(label(tr(N_("Auditoría")), "title"))
        head.addWidget(self.count)
        head.addStretch(1)
        for part in (self.search_button, self.csv_button, self.json_button):
            head.addWidget(part)
        empty = EmptyState(
            self._services.icons,
            "magnifying-glass",
            tr(N_("Ninguna línea con estos filtros")),
            tr(
                N_(
                    "Aquí aparece todo lo que se hace en el programa. Amplíe las fechas o quite filtros con "
                    "Ctrl+Shift+L, y busque con F5."
                )
            ),
        )
        self._stack.addWidget(self.table)
        self._stack.addWidget(empty)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._stack)
        self._split.addWidget(self.detail)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
        layout.setSpacing(SIZES.space_3)
        layout.addLayout(head)
        layout.addWidget(self.filters)
        layout.addWidget(self._split, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the detail below the list where both have no room beside each other."""
        super().resizeEvent(event)
        wanted = Qt.Orientation.Vertical if self.width() < _NARROW else Qt.Orientation.Horizontal
        if wanted is not self._split.orientation():
            self._split.setOrientation(wanted)
            self._split.setSizes([1, 1] if wanted is Qt.Orientation.Vertical else [3, 1])

    def showEvent(self, event: QShowEvent) -> None:
        """Leave in the journal that the audit is looked at, and look."""
        super().showEvent(event)
        if not event.spontaneous():
            self._services.tasks.write(note_consultation, lambda _: self._load(), owner=self)

    def first_focus(self) -> QWidget:
        """Start with the word."""
        return self.filters.words

    def _add_commands(self) -> None:
        self._services.commands.add(
            _command("search", N_("Buscar en la auditoría"), "F5", "magnifying-glass", self.search),
            _command("filter", N_("Ir a los filtros"), "Ctrl+F", "funnel", self.filters.words.setFocus),
            _command("clear", N_("Quitar los filtros"), "Ctrl+Shift+L", "funnel", self.filters.clear),
            _command(
                "record", N_("Abrir el registro"), "Ctrl+O", "arrow-square-out", self.detail.open_record
            ),
            _command("csv", N_("Exportar CSV"), "Ctrl+E", "export", self.export_csv, _MAY_EXPORT),
            _command("json", N_("Exportar JSON"), "Ctrl+J", "export", self.export_json, _MAY_EXPORT),
            page=self,
        )
        may_export = _MAY_EXPORT.held_by(self._services.rights)
        self.csv_button.setVisible(may_export)
        self.json_button.setVisible(may_export)

    # --- Searching --------------------------------------------------------------------------------------------

    def _load(self) -> None:
        self._services.tasks.read(audit_choices, self.filters.offer, owner=self, slot="choices")
        self.search()

    def search(self) -> None:
        """Look for what the filters say: the first lines at once, the whole list behind them."""
        self.filters.clear_error()
        try:
            query = self.filters.query()
        except FieldError as error:
            self._services.tasks.abandon(self, "lines")
            self.filters.show_error(error)
            return
        self._query = query
        self.count.setText(tr(N_("Buscando…")))
        self._services.tasks.read(
            lambda ctx: audit_numbers(ctx, query, _FIRST), self._take_first, owner=self, slot="lines"
        )

    def _take_first(self, found: array[int]) -> None:
        self._wanted = -1
        self.detail.show_line(None)
        self.model.show_ids(found)
        self._stack.setCurrentIndex(0 if found else 1)
        if len(found) < _FIRST:
            self._say_count()
            return
        query = self._query
        self._services.tasks.read(
            lambda ctx: audit_numbers(ctx, query), self._take_all, owner=self, slot="lines"
        )

    def _take_all(self, found: array[int]) -> None:
        if not self.model.extend(found):
            self.model.show_ids(found)
        self._say_count()

    def _say_count(self) -> None:
        count = len(self.model.ids)
        words = N_("1 línea") if count == 1 else N_("{count} líneas")
        self.count.setText(tr(words, count=formats.number(count)))

    # --- One line ---------------------------------------------------------------------------------------------

    def _choose(self, place: int) -> None:
        number = self.model.ids[place]
        self._wanted = number
        self._services.tasks.read(
            lambda ctx: audit_line(ctx, number), partial(self._show, number), owner=self, slot="line"
        )

    def _show(self, number: int, found: AuditLine) -> None:
        if number == self._wanted:
            self.detail.show_line(found)

    def _may_open(self, key: str) -> bool:
        register = BY_KEY.get(key)
        if register is None or not register.page or key in _WITHOUT_DOOR:
            return False
        return self._services.rights.ceiling(Action.READ, key) is not None

    def _open_record(self, key: str, record_id: UUID) -> None:
        self._services.open_page(key, record=record_id)

    # --- Exporting --------------------------------------------------------------------------------------------

    def export_csv(self) -> None:
        """Ask where the spreadsheet goes, and write it there."""
        self._ask_file("csv", tr(N_("Texto separado por punto y coma (*.csv)")))

    def export_json(self) -> None:
        """Ask where the JSON goes, and write it there."""
        self._ask_file("json", tr(N_("JSON (*.json)")))

    def _ask_file(self, ending: str, name_filter: str) -> None:
        dialog = QFileDialog(self, tr(N_("Exportar la auditoría")))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([name_filter])
        dialog.setDefaultSuffix(ending)
        dialog.selectFile(f"{tr(N_('Auditoría'))} {formats.day(self._services.clock.now())}.{ending}")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    def export_to(self, target: Path) -> None:
        """Write what the filters say to a file."""
        self.filters.clear_error()
        try:
            query = self.filters.query()
        except FieldError as error:
            self.filters.show_error(error)
            return

        def work(progress: Progress) -> AuditFile:
            return export_audit(self._runner, query, target, progress)

        self._services.tasks.job(tr(N_("Exportando la auditoría")), work, self._exported, owner=self)

    def _exported(self, made: AuditFile) -> None:
        self._services.toasts.toast(
            tr(
                N_("Exportadas {count} líneas a {file}. SHA-256: {digest}"),
                count=formats.number(made.lines),
                file=made.path.name,
                digest=made.sha256,
            )
        )


def _reader(wanted: Sequence[int]) -> Callable[[Any], list[RowView]]:
    return lambda ctx: audit_rows(ctx, wanted)


def _command(
    name: str, title: str, key: str, icon: str, run: Callable[[], None], may: Permission = MAY_READ
) -> Command:
    return Command(f"audit.{name}", title, run, key, icon, may, group=N_("Auditoría"))
