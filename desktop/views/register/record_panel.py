"""The right side of a register's page: one record, to read, to write, to move from state to state."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from desktop.core.errors import AtalayaError, FieldError
from desktop.core.events import Changes
from desktop.core.i18n import N_, tr
from desktop.operations import record_queries
from desktop.operations.query_values import RecordView
from desktop.register.access import Action
from desktop.register.spec import Register
from desktop.views.register.doors import Doors
from desktop.views.register.draft_offer import DraftOffer
from desktop.views.register.form import RecordForm
from desktop.views.register.record_header import RecordHeader
from desktop.views.register.record_parts import RecordParts
from desktop.views.register.record_writing import RecordWriting
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button, line
from desktop.views.widgets.empty import EmptyState
from desktop.views.widgets.text import ElidedLabel

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
    turned = Signal()
    """A record came where there was none, or the other way round."""

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
        self._writing = RecordWriting(services, register, self)
        self._parts = RecordParts(services, register, doors, self)
        self.links = self._parts.links
        self.header = RecordHeader(
            services, on_move=self._writing.move, on_unlock=self.unlock, on_more=self._ask_more
        )
        self._tabs = QTabBar()
        self._tabs.setAccessibleName(tr(N_("Partes del registro")))
        self._tabs.setExpanding(False)
        self._tabs.setDrawBase(False)
        self._pages = QStackedWidget()
        self._save_bar = QWidget()
        self._offer = DraftOffer(services, f"register.{register.key}", self._recover)
        self._stack = QStackedWidget()
        self._build()
        self.keeper = services.drafts.keep(f"register.{register.key}", self, self._draft)

    @property
    def is_dirty(self) -> bool:
        """Tell whether something is typed that is not saved."""
        return self.view is not None and self.form.is_dirty

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing here to look at: no record, no draft."""
        return self._stack.currentIndex() == 0 and self._offer.isHidden()

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
            lambda ctx: record_queries.record_view(ctx, register, record_id), show, owner=self, slot="record"
        )

    def start_new(self, then: Callable[[], None] | None = None) -> None:
        """Show the form of a record that does not exist yet."""
        register = self._register

        def show(view: RecordView) -> None:
            self.show_view(view)
            if then is not None:
                then()
            else:
                self.form.focus_first()

        self._services.tasks.read(
            lambda ctx: record_queries.new_record_view(ctx, register), show, owner=self, slot="record"
        )

    def show_view(self, view: RecordView) -> None:
        """Show what was read."""
        self.view = view
        self._stack.setCurrentIndex(1)
        self.header.show_view(view)
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
        self._writing.unlock()

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
            self._writing.create(values, then)
        else:
            self._writing.edit(view.id, values, self.form.seen, then)

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
        self.keeper.discard()

    def void(self) -> None:
        """Annul the record, with its reason."""
        self._writing.void()

    def print(self, report: str = "") -> None:
        """Make the record's document and open it."""
        self._parts.print(report)

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
        self._parts.attach(path)

    def show_part(self, part: int) -> None:
        """Show form, history, links or files."""
        self._tabs.setCurrentIndex(part)

    def _build(self) -> None:
        titles = [N_("Ficha"), N_("Historial"), N_("Vínculos")]
        parts: list[QWidget] = [self.form, self._parts.history, self.links]
        if self._parts.files is not None:
            titles.append(N_("Adjuntos"))
            parts.append(self._parts.files)
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
        layout.addWidget(self.header)
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
        self._stack.currentChanged.connect(lambda _: self.turned.emit())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._offer)
        whole.addWidget(self._stack, 1)

    def _show_parts(self, view: RecordView) -> None:
        is_real = view.id is not None
        self._parts.show(view)
        self._tabs.setTabText(LINKED, _counted(tr(N_("Vínculos")), len(view.links)))
        for part in range(1, self._tabs.count()):
            self._tabs.setTabEnabled(part, is_real)
        if self._parts.files is not None:
            self._tabs.setTabText(FILES, _counted(tr(N_("Adjuntos")), len(view.attachments)))
        if not is_real:
            self._tabs.setCurrentIndex(FORM)
        self._show_page(self._tabs.currentIndex())

    def _show_page(self, part: int) -> None:
        self._pages.setCurrentIndex(part)
        if part == HISTORY:
            self._parts.read_history()

    def _show_dirty(self) -> None:
        view = self.view
        self._save_bar.setVisible(
            view is not None and view.may_edit and (view.id is None or self.form.is_dirty)
        )

    def show_error(self, error: AtalayaError) -> None:
        """Say beside the form what was refused."""
        self._tabs.setCurrentIndex(FORM)
        self.form.show_error(error)

    def _ask_more(self) -> None:
        view = self.view
        if view is None:
            return
        menu, anchor = QMenu(self), self.header.more
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

    def _recover(self, draft: Draft, over: Callable[[], None]) -> None:
        """Write back what was typed before the program ended."""
        raws = dict(draft.values.get("raws", {}))
        held = str(draft.values.get("record", ""))

        def fill() -> None:
            self.form.set_raws(raws)
            self._show_dirty()
            over()

        if held:
            self.open(UUID(held), fill)
        else:
            self.start_new(fill)


def _counted(title: str, count: int) -> str:
    return f"{title} ({count})" if count else title
