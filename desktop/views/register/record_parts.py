"""The parts that stand beside a record's form: timeline, links and files, and what is done in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from desktop.core.i18n import N_, tr
from desktop.models.catalogue import BY_KEY
from desktop.models.shared import LINKS, LinkKind
from desktop.operations import registers
from desktop.operations.history import history
from desktop.operations.query_values import AttachmentView, RecordView
from desktop.operations.search import SearchHit
from desktop.register.access import Action
from desktop.register.record import Confidentiality
from desktop.register.spec import Register
from desktop.views.register.doors import Doors
from desktop.views.register.parts import AttachmentList, HistoryList, LinkList

if TYPE_CHECKING:
    from desktop.views.register.record_panel import RecordPanel
    from desktop.views.services import Services


class RecordParts:
    """History, links and files of the record on show."""

    def __init__(self, services: Services, register: Register, doors: Doors, panel: RecordPanel) -> None:
        self._services = services
        self._register = register
        self._doors = doors
        self._panel = panel
        self.history = HistoryList()
        may_unlink = services.rights.may(Action.VOID, LINKS.key, Confidentiality.INTERNAL)
        self.links = LinkList(services, self._open_record, self._link, self._unlink if may_unlink else None)
        self.files = (
            AttachmentList(services, self.attach, self._open_file, self._save_file)
            if doors.files is not None
            else None
        )

    def show(self, view: RecordView) -> None:
        """Show the links and files of a record."""
        rights, is_open = self._services.rights, view.id is not None and not view.is_locked
        self.links.show_links(view.links, may_add=is_open and rights.may(Action.CREATE, LINKS.key))
        if self.files is not None:
            may_add = is_open and rights.may(Action.CREATE, "attachments")
            self.files.show_attachments(view.attachments, may_add=may_add)

    def read_history(self) -> None:
        """Read the timeline of the record on show."""
        record_id, register = self._panel.record_id, self._register
        if record_id is not None:
            self._services.tasks.read(
                lambda ctx: history(ctx, register, record_id),
                self.history.show_entries,
                owner=self._panel,
                slot="history",
            )

    def print(self, report: str = "") -> None:
        """Make the record's document and open it."""
        view, documents = self._panel.view, self._doors.documents
        if view is None or view.id is None or documents is None or not self._register.reports:
            return
        record_id, register = view.id, self._register
        key = report or register.reports[0].key
        self._services.tasks.job(
            tr(N_("Preparando documento")),
            lambda _: documents.print_record(register, record_id, key),
            _show_file,
            owner=self._panel,
        )

    def attach(self, path: Path) -> None:
        """Attach a file to the record."""
        view, files = self._panel.view, self._doors.files
        if view is None or view.id is None or files is None:
            return
        record_id, register = view.id, self._register
        self._services.tasks.job(
            tr(N_("Adjuntando {name}"), name=path.name),
            lambda _: files.add(register, record_id, path),
            lambda _: self._services.toasts.toast(tr(N_("«{name}» adjunto."), name=path.name), "success"),
            owner=self._panel,
        )

    def _open_record(self, register: str, record_id: UUID) -> None:
        self._services.open_page(register, record=record_id)

    def _link(self, hit: SearchHit, kind: LinkKind) -> None:
        view = self._panel.view
        if view is None or view.id is None:
            return
        source, target = (self._register, view.id), (BY_KEY[hit.register], hit.record_id)
        self._services.tasks.write(
            lambda ctx: registers.link(ctx, source, target, kind),
            lambda _: self._services.toasts.toast(tr(N_("Vínculo agregado.")), "success"),
            owner=self._panel,
        )

    def _unlink(self, link_id: UUID) -> None:
        words = tr(N_("Vínculo quitado"))

        def undo() -> None:
            self._services.tasks.write(lambda ctx: registers.restore(ctx, LINKS, link_id))

        self._services.tasks.write(
            lambda ctx: registers.void(ctx, LINKS, link_id, words),
            lambda _: self._services.toasts.toast(f"{words}.", undo=undo),
            owner=self._panel,
        )

    def _open_file(self, file: AttachmentView) -> None:
        files = self._doors.files
        if files is not None:
            self._services.tasks.job(
                tr(N_("Abriendo {name}"), name=file.name),
                lambda _: files.open_copy(file.id),
                _show_file,
                owner=self._panel,
            )

    def _save_file(self, file: AttachmentView, target: Path) -> None:
        files = self._doors.files
        if files is not None:
            self._services.tasks.job(
                tr(N_("Guardando {name}"), name=file.name),
                lambda _: files.save_copy(file.id, target),
                lambda _: self._services.toasts.toast(
                    tr(N_("Copia guardada en {path}."), path=str(target)), "success"
                ),
                owner=self._panel,
            )


def _show_file(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
