"""The right side of a register's page: one record, to read, to write, to move from state to state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.errors import AtalayaError, ConflictError, FieldError
from desktop.core.events import Changes
from desktop.core.i18n import N_, tr
from desktop.models.catalogue import BY_KEY
from desktop.models.shared import LINKS, LinkKind
from desktop.operations import queries, registers
from desktop.operations.display import text_of
from desktop.operations.history import history
from desktop.operations.queries import AttachmentView, MoveView, RecordView
from desktop.operations.search import SearchHit
from desktop.register.access import Action
from desktop.register.record import Confidentiality
from desktop.register.spec import Register
from desktop.views.register.dialogs import READ_REASONS, VOID_REASONS, ConflictDialog, ReasonDialog
from desktop.views.register.doors import Doors
from desktop.views.register.form import RecordForm
from desktop.views.register.parts import AttachmentList, HistoryList, LinkList
from desktop.views.register.record_header import RecordHeader
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button, line
from desktop.views.widgets.empty import EmptyState
from desktop.views.widgets.text import ElidedLabel, label

if TYPE_CHECKING:
    from desktop.views.drafts import Draft
    from desktop.views.services import Services

FORM, HISTORY, LINKED, FILES = range(4)


class RecordPanel(QWidget):
    """`saved` carries the id of a record that was made or changed here, `shown` follows each record that is shown.

    `left` asks the page for the list.
    """

    saved = Signal(object)
    shown = Signal()
    left = Signal()

    def __init__(
        self, services: Services, register: Register, doors: Doors, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._register = register
        self._doors = doors
        self.view: RecordView | None = None
        self.form = RecordForm(services)
        self.form.edited.connect(self._show_dirty)
        self._history = HistoryList()
        may_unlink = services.rights.may(Action.VOID, LINKS.key, Confidentiality.INTERNAL)
        self.links = LinkList(services, self._open_record, self._link, self._unlink if may_unlink else None)
        self._files = AttachmentList(services, self.attach, self._open_file, self._save_file)
        self._header = RecordHeader(
            services, on_move=self._move, on_unlock=self.unlock, on_more=self._ask_more
        )
        self._tabs = QTabBar()
        self._tabs.setAccessibleName(tr(N_("Partes del registro")))
        self._tabs.setExpanding(False)
        self._tabs.setDrawBase(False)
        self._pages = QStackedWidget()
        self._save_bar = QWidget()
        self._recover = QWidget()
        self._stack = QStackedWidget()
        self._build()
        self._keeper = services.drafts.keep(f"register.{register.key}", self, self._draft)
        self._offer_draft()

    @property
    def is_dirty(self) -> bool:
        """Tell whether something is typed that is not saved."""
        return self.view is not None and self.form.is_dirty

    @property
    def record_id(self) -> UUID | None:
        """Return the record on show."""
        return self.view.id if self.view is not None else None

    def open(self, record_id: UUID, then: Callable[[], None] | None = None) -> None:
        """Show a record."""
        register = self._register

        def show(view: RecordView) -> None:
            self.show_view(view)
            if then is not None:
                then()

        self._services.tasks.read(
            lambda ctx: queries.record_view(ctx, register, record_id), show, owner=self, slot="record"
        )

    def start_new(self) -> None:
        """Show the form of a record that does not exist yet."""
        register = self._register

        def show(view: RecordView) -> None:
            self.show_view(view)
            self.form.focus_first()

        self._services.tasks.read(
            lambda ctx: queries.new_record_view(ctx, register), show, owner=self, slot="record"
        )

    def show_view(self, view: RecordView) -> None:
        """Show what was read."""
        self.view = view
        self._stack.setCurrentIndex(1)
        self._header.show_view(view)
        self.form.show_record(view)
        self._show_parts(view)
        self._show_dirty()
        self.shown.emit()

    def clear(self) -> None:
        """Show no record."""
        self.view = None
        self._stack.setCurrentIndex(0)

    def unlock(self) -> None:
        """Ask why a confidential record is opened, and open it."""
        view = self.view
        if view is None or view.id is None or not view.is_locked:
            return
        record_id, register = view.id, self._register

        def read(reason: str) -> None:
            self._services.tasks.write(
                lambda ctx: registers.open_confidential(ctx, register, record_id, reason),
                lambda _: self.open(record_id),
                owner=self,
            )

        ReasonDialog(
            tr(N_("Registro {level}"), level=tr(view.confidentiality.label).lower()),
            tr(N_("Diga para qué lo abre. Quedará en el historial con su nombre y la hora.")),
            choices=READ_REASONS,
            verb=tr(N_("Abrir")),
            done=read,
            parent=self,
        ).open()

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Save what was typed; errors appear beside their field."""
        view = self.view
        if view is None or not view.may_edit or (view.id is not None and not self.form.is_dirty):
            return
        self.form.clear_errors()
        try:
            values = self.form.values(everything=view.id is None)
        except FieldError as error:
            self._tabs.setCurrentIndex(FORM)
            self.form.show_error(error)
            return
        if view.id is None:
            self._create(values, then)
        else:
            self._edit(view.id, values, self.form.seen, then)

    def discard(self) -> None:
        """Throw away what was typed."""
        view = self.view
        if view is None:
            return
        if view.id is None:
            self.clear()
            self.left.emit()
        else:
            self.show_view(view)
        self._keeper.discard()

    def void(self) -> None:
        """Annul the record, with its reason."""
        view = self.view
        if view is None or view.id is None or not view.may_void:
            return
        ReasonDialog(
            tr(N_("Anular «{name}»"), name=view.name),
            tr(N_("El registro sale de las listas y queda en el historial con su motivo.")),
            choices=VOID_REASONS,
            verb=tr(N_("Anular")),
            done=partial(self._void, view.id, view.name),
            parent=self,
        ).open()

    def print(self, report: str = "") -> None:
        """Make the record's document and open it."""
        view, documents = self.view, self._doors.documents
        if view is None or view.id is None or documents is None or not self._register.reports:
            return
        record_id, register = view.id, self._register
        key = report or register.reports[0].key
        self._services.tasks.job(
            tr(N_("Preparando documento")),
            lambda _: documents.print_record(register, record_id, key),
            _show_file,
            owner=self,
        )

    def on_changes(self, changes: Changes) -> None:
        """Read the record again when somebody wrote it and nothing is being typed here."""
        view = self.view
        if view is None or view.id is None or self.is_dirty:
            return
        touched = {record_id for ids in changes.touched.values() for record_id in ids}
        tables = {"links", "attachments"} & set(changes.touched)
        if view.id in touched or tables:
            self.open(view.id)

    def attach(self, path: Path) -> None:
        """Attach a file to the record."""
        view, files = self.view, self._doors.files
        if view is None or view.id is None or files is None:
            return
        record_id, register = view.id, self._register
        self._services.tasks.job(
            tr(N_("Adjuntando {name}"), name=path.name),
            lambda _: files.add(register, record_id, path),
            lambda _: self._services.toasts.toast(tr(N_("«{name}» adjunto."), name=path.name), "success"),
            owner=self,
        )

    def show_part(self, part: int) -> None:
        """Show form, history, links or files."""
        self._tabs.setCurrentIndex(part)

    def _build(self) -> None:
        titles = [N_("Ficha"), N_("Historial"), N_("Vínculos")]
        parts: list[QWidget] = [self.form, self._history, self.links]
        if self._doors.files is not None:
            titles.append(N_("Adjuntos"))
            parts.append(self._files)
        for title, part in zip(titles, parts, strict=True):
            self._tabs.addTab(tr(title))
            self._pages.addWidget(part)
        self._tabs.currentChanged.connect(self._show_page)
        bar = QHBoxLayout(self._save_bar)
        bar.setContentsMargins(SIZES.space_4, SIZES.space_2, SIZES.space_4, SIZES.space_2)
        bar.addWidget(ElidedLabel(tr(N_("Cambios sin guardar")), "warning"))
        bar.addStretch(1)
        bar.addWidget(button(tr(N_("Descartar")), "quiet", self.discard))
        bar.addWidget(button(tr(N_("Guardar")), "primary", self.save, tr(N_("Guardar (Ctrl+S)"))))
        record = QWidget()
        layout = QVBoxLayout(record)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._header)
        layout.addWidget(self._tabs)
        layout.addWidget(line())
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._save_bar)
        nothing = EmptyState(
            self._services.icons,
            "cursor",
            tr(N_("Ningún registro elegido")),
            tr(N_("Elija uno de la lista con ↑ y ↓, y pulse Enter para entrar en él.")),
        )
        self._stack.addWidget(nothing)
        self._stack.addWidget(record)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._recover)
        whole.addWidget(self._stack, 1)
        self._recover.hide()

    def _show_parts(self, view: RecordView) -> None:
        is_real = view.id is not None
        may_link = is_real and not view.is_locked and self._services.rights.may(Action.CREATE, LINKS.key)
        self.links.show_links(view.links, may_add=may_link)
        self._tabs.setTabText(LINKED, _counted(tr(N_("Vínculos")), len(view.links)))
        for part in range(1, self._tabs.count()):
            self._tabs.setTabEnabled(part, is_real)
        if self._doors.files is not None:
            may_add = (
                is_real and not view.is_locked and self._services.rights.may(Action.CREATE, "attachments")
            )
            self._files.show_attachments(view.attachments, may_add=may_add)
            self._tabs.setTabText(FILES, _counted(tr(N_("Adjuntos")), len(view.attachments)))
        if not is_real:
            self._tabs.setCurrentIndex(FORM)
        self._show_page(self._tabs.currentIndex())

    def _show_page(self, part: int) -> None:
        self._pages.setCurrentIndex(part)
        view, register = self.view, self._register
        if part == HISTORY and view is not None and view.id is not None:
            record_id = view.id
            self._services.tasks.read(
                lambda ctx: history(ctx, register, record_id),
                self._history.show_entries,
                owner=self,
                slot="history",
            )

    def _show_dirty(self) -> None:
        view = self.view
        self._save_bar.setVisible(
            view is not None and view.may_edit and (view.id is None or self.form.is_dirty)
        )

    def _create(self, values: dict[str, Any], then: Callable[[], None] | None) -> None:
        register = self._register

        def done(record_id: UUID) -> None:
            self._keeper.discard()
            self.view = None
            self._services.toasts.toast(tr(N_("{title} guardado."), title=tr(register.singular)), "success")
            self.open(record_id)
            self.saved.emit(record_id)
            if then is not None:
                then()

        self._services.tasks.write(
            lambda ctx: registers.create(ctx, register, values), done, on_error=self._failed, owner=self
        )

    def _edit(
        self, record_id: UUID, values: dict[str, Any], seen: dict[str, Any], then: Callable[[], None] | None
    ) -> None:
        register = self._register
        before = {name: seen[name] for name in values}

        def undo() -> None:
            self._services.tasks.write(
                lambda ctx: registers.edit(ctx, register, record_id, before, seen={}),
                lambda _: self._services.toasts.toast(tr(N_("Cambio deshecho."))),
            )

        def done(_: None) -> None:
            self._keeper.discard()
            if self.view is not None and self.view.id == record_id:
                self.view = replace(self.view, sections=())
                self.form.show_record(self.view)
                self.open(record_id)
            self._services.toasts.toast(tr(N_("Cambios guardados.")), "success", undo=undo)
            self.saved.emit(record_id)
            if then is not None:
                then()

        def failed(error: AtalayaError) -> None:
            if isinstance(error, ConflictError):
                self._compare(record_id, values, seen, error.message)
            else:
                self._failed(error)

        self._services.tasks.write(
            lambda ctx: registers.edit(ctx, register, record_id, values, seen=seen),
            done,
            on_error=failed,
            owner=self,
        )

    def _failed(self, error: AtalayaError) -> None:
        self._tabs.setCurrentIndex(FORM)
        self.form.show_error(error)

    def _compare(self, record_id: UUID, mine: dict[str, Any], seen: dict[str, Any], text: str) -> None:
        """Show both values of each field that somebody else changed meanwhile."""
        register = self._register

        def show(view: RecordView) -> None:
            rows, theirs = [], {}
            for name, value in mine.items():
                field = view.field(name)
                if field.value != seen[name] and field.value != value:
                    rows.append((field.label, text_of(field.kind, value), field.text))
                theirs[name] = field.value

            def keep_mine() -> None:
                self._edit(record_id, mine, {**seen, **theirs}, None)

            def take_theirs() -> None:
                self.show_view(view)
                self._keeper.discard()

            ConflictDialog(text, rows, keep_mine, take_theirs, self).open()

        self._services.tasks.read(lambda ctx: queries.record_view(ctx, register, record_id), show, owner=self)

    def _move(self, move: MoveView) -> None:
        view, register = self.view, self._register
        if view is None or view.id is None:
            return
        record_id = view.id

        def go(reason: str | None) -> None:
            self._services.tasks.write(
                lambda ctx: registers.apply_transition(ctx, register, record_id, move.key, reason=reason),
                lambda _: self._moved(record_id, move.title),
                on_error=self._failed,
                owner=self,
            )

        if move.asks_reason:
            ReasonDialog(move.title, "", choices=(), verb=move.title, done=go, parent=self).open()
        else:
            go(None)

    def _moved(self, record_id: UUID, title: str) -> None:
        self._services.toasts.toast(tr(N_("{title}: hecho."), title=title), "success")
        self.open(record_id)
        self.saved.emit(record_id)

    def _void(self, record_id: UUID, name: str, reason: str) -> None:
        register = self._register

        def undo() -> None:
            self._services.tasks.write(
                lambda ctx: registers.restore(ctx, register, record_id),
                lambda _: self.saved.emit(record_id),
                owner=self,
            )

        def done(_: None) -> None:
            self._keeper.discard()
            self.clear()
            self._services.toasts.toast(tr(N_("«{name}» anulado."), name=name), "warning", undo=undo)
            self.left.emit()

        self._services.tasks.write(
            lambda ctx: registers.void(ctx, register, record_id, reason), done, owner=self
        )

    def _open_record(self, register: str, record_id: UUID) -> None:
        self._services.open_page(register, record=record_id)

    def _link(self, hit: SearchHit, kind: LinkKind) -> None:
        view = self.view
        if view is None or view.id is None:
            return
        source, target = (self._register, view.id), (BY_KEY[hit.register], hit.record_id)
        self._services.tasks.write(
            lambda ctx: registers.link(ctx, source, target, kind),
            lambda _: self._services.toasts.toast(tr(N_("Vínculo agregado.")), "success"),
            owner=self,
        )

    def _unlink(self, link_id: UUID) -> None:
        words = tr(N_("Vínculo quitado"))

        def undo() -> None:
            self._services.tasks.write(lambda ctx: registers.restore(ctx, LINKS, link_id))

        self._services.tasks.write(
            lambda ctx: registers.void(ctx, LINKS, link_id, words),
            lambda _: self._services.toasts.toast(f"{words}.", undo=undo),
            owner=self,
        )

    def _open_file(self, file: AttachmentView) -> None:
        files = self._doors.files
        if files is not None:
            self._services.tasks.job(
                tr(N_("Abriendo {name}"), name=file.name),
                lambda _: files.open_copy(file.id),
                _show_file,
                owner=self,
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
                owner=self,
            )

    def _ask_more(self) -> None:
        view = self.view
        if view is None:
            return
        menu, anchor = QMenu(self), self._header.more
        if self._doors.documents is not None and self._services.rights.may(
            Action.PRINT, self._register.key, view.confidentiality
        ):
            for report in self._register.reports:
                menu.addAction(
                    tr(N_("Imprimir: {title}"), title=tr(report.title)), partial(self.print, report.key)
                )
        if view.may_void:
            menu.addAction(tr(N_("Anular…")), self.void)
        menu.addSeparator()
        for text in (
            tr(N_("Creado: {text}"), text=view.created),
            tr(N_("Modificado: {text}"), text=view.modified),
        ):
            menu.addAction(text).setEnabled(False)
        menu.popup(anchor.mapToGlobal(anchor.rect().bottomLeft()))

    def _draft(self) -> dict[str, Any]:
        if not self.is_dirty or self.view is None:
            return {}
        return {"record": self.view.id.hex if self.view.id else "", "raws": self.form.raws()}

    def _offer_draft(self) -> None:
        found = self._services.drafts.found(f"register.{self._register.key}")
        if not found:
            return
        draft = found[0]
        layout = QHBoxLayout(self._recover)
        layout.setContentsMargins(SIZES.space_4, SIZES.space_2, SIZES.space_4, SIZES.space_2)
        when = formats.day_time(draft.saved_at)
        layout.addWidget(
            label(tr(N_("Quedó algo sin guardar el {when}."), when=when), "warning", wraps=True), 1
        )
        layout.addWidget(button(tr(N_("Olvidar")), "quiet", partial(self._forget_draft, draft)))
        layout.addWidget(button(tr(N_("Recuperar")), "plain", partial(self.recover, draft)))
        self._recover.show()

    def recover(self, draft: Draft) -> None:
        """Write back what was typed before the program ended."""
        raws = dict(draft.values.get("raws", {}))
        held = str(draft.values.get("record", ""))

        def fill() -> None:
            self.form.set_raws(raws)
            self._show_dirty()
            self._forget_draft(draft)

        if held:
            self.open(UUID(held), fill)
            return
        register = self._register

        def show(view: RecordView) -> None:
            self.show_view(view)
            fill()

        self._services.tasks.read(
            lambda ctx: queries.new_record_view(ctx, register), show, owner=self, slot="record"
        )

    def _forget_draft(self, draft: Draft) -> None:
        self._services.drafts.discard(draft.key)
        self._recover.hide()


def _counted(title: str, count: int) -> str:
    return f"{title} ({count})" if count else title


def _show_file(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
