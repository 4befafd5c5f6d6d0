"""The page of a register: the list on the left, the chosen record on the right, everything by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.events import Changes
from desktop.core.i18n import N_, tr
from desktop.register.access import Action
from desktop.register.record import Confidentiality
from desktop.register.spec import Register
from desktop.views.commands import Command, Permission
from desktop.views.register.dialogs import EXPORT_REASONS, ReasonDialog, UnsavedDialog
from desktop.views.register.doors import Doors
from desktop.views.register.list_panel import ListPanel
from desktop.views.register.record_panel import RecordPanel
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button
from desktop.views.widgets.text import label

if TYPE_CHECKING:
    from desktop.views.services import Services

_COMMANDS = N_("Registro")
_ROOM_FOR_BOTH = 1300
"""A narrower page, in pixels at 100 %, is the list's alone while no record is chosen."""


class RegisterPage(QWidget):
    """Draws any declared register."""

    def __init__(self, services: Services, register: Register, doors: Doors | None = None) -> None:
        super().__init__()
        self.setObjectName(f"register-{register.key}")
        self.setAccessibleName(tr(register.title))
        self._services = services
        self._register = register
        self._doors = doors or Doors()
        self._past: list[UUID] = []
        self._wants_in = False
        self._may_create = register.generic_forms and services.rights.may(
            Action.CREATE, register.key, Confidentiality.PUBLIC
        )
        self.list = ListPanel(services, register, on_new=self.start_new if self._may_create else None)
        self.record = RecordPanel(services, register, self._doors)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.addWidget(self.list)
        self._splitter.addWidget(self.record)
        self._splitter.setStretchFactor(0, 2)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setChildrenCollapsible(False)
        self.record.setMinimumWidth(300)
        self.list.setMinimumWidth(320)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._head())
        layout.addWidget(self._splitter, 1)
        self._splitter.setSizes([660, 340])
        self.list.chosen.connect(self._choose)
        self.list.opened.connect(self._enter)
        self.record.saved.connect(lambda record_id: self.list.reload(choose=record_id))
        self.record.left.connect(self._leave_record)
        self.record.shown.connect(self._shown)
        self.record.turned.connect(self._fit_record)
        services.events.changed.connect(self._on_changes)
        self._add_commands()
        self.list.reload()

    def go_to(self, **where: object) -> None:
        """Show a record (`record=id`) or start a new one (`new=True`)."""
        record_id = where.get("record")
        if isinstance(record_id, UUID):
            self._guard(partial(self._open, record_id))
        elif where.get("new"):
            self.start_new()

    def may_close(self) -> bool:
        """Ask before typed input is lost."""
        if not self.record.is_dirty:
            return True
        self._guard(lambda: None)
        return False

    def first_focus(self) -> QWidget:
        """Start in the list."""
        return self.list.table

    def start_new(self) -> None:
        """Start a new record."""
        if self._may_create:
            self._guard(self._start_new)

    def export(self) -> None:
        """Ask where the list goes, and write it there."""
        if self._doors.documents is None:
            return
        dialog = QFileDialog(self, tr(N_("Exportar {title}"), title=tr(self._register.title).lower()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([tr(N_("Planilla Excel (*.xlsx)")), tr(N_("Texto separado por comas (*.csv)"))])
        dialog.setDefaultSuffix("xlsx")
        dialog.filterSelected.connect(
            lambda name: dialog.setDefaultSuffix("csv" if "csv" in name else "xlsx")
        )
        today = formats.day(self._services.clock.now())
        dialog.selectFile(f"{tr(self._register.title)} {today}.xlsx")
        dialog.fileSelected.connect(lambda name: self._ask_reason(Path(name)))
        dialog.open()

    def export_to(self, target: Path, reason: str) -> None:
        """Write the list as it is on screen."""
        documents, register, spec = self._doors.documents, self._register, self.list.spec
        if documents is None:
            return
        self._services.tasks.job(
            tr(N_("Exportando {title}"), title=tr(register.title).lower()),
            lambda progress: documents.export_list(register, spec, target, reason, progress),
            lambda count: self._services.toasts.toast(
                tr(N_("{count} registros en {path}."), count=formats.number(count), path=str(target)),
                "success",
            ),
            owner=self,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave a narrow page to the list until a record is chosen."""
        super().resizeEvent(event)
        self._fit_record()

    def _fit_record(self) -> None:
        has_room = self.width() * 100 >= _ROOM_FOR_BOTH * self._services.icons.theme.scale
        self.record.setVisible(has_room or not self.record.is_empty)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the record with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._to_list()
            return
        super().keyPressEvent(event)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(SIZES.space_4, SIZES.space_3, SIZES.space_4, SIZES.space_1)
        head.setSpacing(SIZES.space_2)
        head.addWidget(label(tr(self._register.title), "title"), 1)
        rights = self._services.rights
        if self._doors.documents is not None and rights.may(Action.EXPORT, self._register.key):
            head.addWidget(
                button(tr(N_("Exportar")), "quiet", self.export, tr(N_("Exportar la lista (Ctrl+E)")))
            )
        if self._may_create:
            text = tr(N_("Nuevo"))
            head.addWidget(button(text, "primary", self.start_new, tr(N_("Crear un registro (Ctrl+N)"))))
        return head

    def _add_commands(self) -> None:
        key = self._register.key
        permission = Permission
        commands = [
            self._command("find", N_("Buscar en la lista"), self.list.focus_search, "Ctrl+F"),
            self._command("reload", N_("Actualizar la lista"), self._reload, "F5"),
            self._command("back", N_("Registro anterior"), self._go_back, "Alt+Left"),
            self._command("history", N_("Ver el historial"), partial(self.record.show_part, 1), "Alt+H"),
        ]
        if self._may_create:
            commands.append(
                self._command(
                    "new", N_("Nuevo registro"), self.start_new, "Ctrl+N", permission(Action.CREATE, key)
                )
            )
        if self._register.generic_forms:
            commands.append(self._command("save", N_("Guardar"), self.record.save, "Ctrl+S"))
            commands.append(
                self._command(
                    "void", N_("Anular el registro"), self.record.void, "", permission(Action.VOID, key)
                )
            )
        if self._doors.documents is not None:
            commands.append(
                self._command(
                    "print", N_("Imprimir"), self.record.print, "Ctrl+P", permission(Action.PRINT, key)
                )
            )
            commands.append(
                self._command(
                    "export", N_("Exportar la lista"), self.export, "Ctrl+E", permission(Action.EXPORT, key)
                )
            )
        self._services.commands.add(*commands, page=self)

    def _command(
        self,
        name: str,
        title: str,
        run: Callable[[], None],
        shortcut: str,
        permission: Permission | None = None,
    ) -> Command:
        return Command(
            id=f"register.{self._register.key}.{name}",
            title=title,
            run=run,
            shortcut=shortcut,
            permission=permission,
            group=_COMMANDS,
        )

    def _choose(self, record_id: UUID) -> None:
        if record_id == self.record.record_id:
            return
        if self.record.is_dirty:
            present = self.record.record_id
            self._guard(partial(self._open, record_id))
            if present is not None:
                self.list.choose_record(present)
            return
        self._open(record_id)

    def _open(self, record_id: UUID) -> None:
        before = self.record.record_id
        if before is not None and before != record_id and (not self._past or self._past[-1] != before):
            self._past.append(before)
        self.record.open(record_id)
        self.list.choose_record(record_id)

    def _enter(self) -> None:
        """Go from the list into the record, as soon as it is here; a confidential one asks why first."""
        row = self.list.model.row(self.list.table.place())
        view = self.record.view
        if row is not None and (view is None or view.id != row.id):
            self._wants_in = True
            return
        if view is not None and view.is_locked:
            self.record.unlock()
        else:
            self.record.show_part(0)
            self.record.form.focus_first()

    def _shown(self) -> None:
        if self._wants_in:
            self._wants_in = False
            self._enter()

    def _go_back(self) -> None:
        if self._past:
            self._guard(self._open_past)

    def _open_past(self) -> None:
        record_id = self._past.pop()
        self.record.open(record_id)
        self.list.choose_record(record_id)

    def _start_new(self) -> None:
        self.list.table.choose(-1)
        self.record.start_new()

    def _reload(self) -> None:
        self.list.reload(choose=self.record.record_id)

    def _leave_record(self) -> None:
        self.list.reload()
        self._to_list()

    def _to_list(self) -> None:
        self.list.table.setFocus()

    def _guard(self, then: Callable[[], None]) -> None:
        """Do `then` at once, or after the person has said what becomes of what was typed."""
        if not self.record.is_dirty or self.record.view is None:
            then()
            return

        def discard() -> None:
            self.record.discard()
            then()

        UnsavedDialog(self.record.view.name, partial(self.record.save, then), discard, self).open()

    def _ask_reason(self, target: Path) -> None:
        ceiling = self._services.rights.ceiling(Action.EXPORT, self._register.key)
        if ceiling is None or ceiling.rank < Confidentiality.RESERVED.rank:
            self.export_to(target, "")
            return
        ReasonDialog(
            tr(N_("Exportar {title}"), title=tr(self._register.title).lower()),
            tr(
                N_(
                    "La lista puede llevar registros reservados. Diga para qué se exporta: queda en el historial."
                )
            ),
            choices=EXPORT_REASONS,
            verb=tr(N_("Exportar")),
            done=partial(self.export_to, target),
            parent=self,
        ).open()

    def _on_changes(self, changes: Changes) -> None:
        self.list.on_changes(changes)
        self.record.on_changes(changes)
