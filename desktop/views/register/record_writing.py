"""What a record's page writes: made, changed, moved, annulled; and the comparison when two people wrote the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from desktop.core.errors import AtalayaError, ConflictError
from desktop.core.i18n import N_, tr
from desktop.operations import record_queries, registers
from desktop.operations.display import text_of
from desktop.operations.query_values import MoveView, RecordView
from desktop.register.spec import Register
from desktop.views.register.dialogs import READ_REASONS, VOID_REASONS, ConflictDialog, ReasonDialog

if TYPE_CHECKING:
    from desktop.views.register.record_panel import RecordPanel
    from desktop.views.services import Services


class RecordWriting:
    """The writes of one page; what they change is shown by the page."""

    def __init__(self, services: Services, register: Register, panel: RecordPanel) -> None:
        self._services = services
        self._register = register
        self._panel = panel

    def unlock(self) -> None:
        """Ask why a confidential record is opened, and open it."""
        panel = self._panel
        view = panel.view
        if view is None or view.id is None or not view.is_locked:
            return
        record_id, register = view.id, self._register

        def read(reason: str) -> None:
            self._services.tasks.write(
                lambda ctx: registers.open_confidential(ctx, register, record_id, reason),
                lambda _: panel.open(record_id),
                owner=panel,
            )

        ReasonDialog(
            tr(N_("Registro {level}"), level=tr(view.confidentiality.label).lower()),
            tr(N_("Diga para qué lo abre. Quedará en el historial con su nombre y la hora.")),
            choices=READ_REASONS,
            verb=tr(N_("Abrir")),
            done=read,
            parent=panel,
        ).open()

    def void(self) -> None:
        """Annul the record, with its reason."""
        panel = self._panel
        view = panel.view
        if view is None or view.id is None or not view.may_void:
            return
        ReasonDialog(
            tr(N_("Anular «{name}»"), name=view.name),
            tr(N_("El registro sale de las listas y queda en el historial con su motivo.")),
            choices=VOID_REASONS,
            verb=tr(N_("Anular")),
            done=partial(self._void, view.id, view.name),
            parent=panel,
        ).open()

    def create(self, values: dict[str, Any], then: Callable[[], None] | None) -> None:
        """Make a record with those values."""
        panel, register = self._panel, self._register

        def done(record_id: UUID) -> None:
            panel.keeper.discard()
            panel.view = None
            self._services.toasts.toast(tr(N_("{title} guardado."), title=tr(register.singular)), "success")
            panel.open(record_id)
            panel.saved.emit(record_id)
            if then is not None:
                then()

        self._services.tasks.write(
            lambda ctx: registers.create(ctx, register, values), done, on_error=panel.show_error, owner=panel
        )

    def edit(
        self, record_id: UUID, values: dict[str, Any], seen: dict[str, Any], then: Callable[[], None] | None
    ) -> None:
        """Change a record; a conflict is shown side by side."""
        panel, register = self._panel, self._register
        before = {name: seen[name] for name in values}

        def undo() -> None:
            self._services.tasks.write(
                lambda ctx: registers.edit(ctx, register, record_id, before, seen={}),
                lambda _: self._services.toasts.toast(tr(N_("Cambio deshecho."))),
            )

        def done(_: None) -> None:
            panel.keeper.discard()
            if panel.view is not None and panel.view.id == record_id:
                panel.view = msgspec.structs.replace(panel.view, sections=())
                panel.form.show_record(panel.view)
                panel.open(record_id)
            self._services.toasts.toast(tr(N_("Cambios guardados.")), "success", undo=undo)
            panel.saved.emit(record_id)
            if then is not None:
                then()

        def failed(error: AtalayaError) -> None:
            if isinstance(error, ConflictError):
                self._compare(record_id, values, seen, error.message)
            else:
                panel.show_error(error)

        self._services.tasks.write(
            lambda ctx: registers.edit(ctx, register, record_id, values, seen=seen),
            done,
            on_error=failed,
            owner=panel,
        )

    def move(self, move: MoveView) -> None:
        """Take a record to another state."""
        panel = self._panel
        view, register = panel.view, self._register
        if view is None or view.id is None:
            return
        record_id = view.id

        def go(reason: str | None) -> None:
            self._services.tasks.write(
                lambda ctx: registers.apply_transition(ctx, register, record_id, move.key, reason=reason),
                lambda _: self._moved(record_id, move.title),
                on_error=panel.show_error,
                owner=panel,
            )

        if move.asks_reason:
            ReasonDialog(move.title, "", choices=(), verb=move.title, done=go, parent=panel).open()
        else:
            go(None)

    def _compare(self, record_id: UUID, mine: dict[str, Any], seen: dict[str, Any], text: str) -> None:
        """Show both values of each field that somebody else changed meanwhile."""
        panel, register = self._panel, self._register

        def show(view: RecordView) -> None:
            rows, theirs = [], {}
            for name, value in mine.items():
                field = view.field(name)
                if field.value != seen[name] and field.value != value:
                    rows.append((field.label, text_of(field.kind, value), field.text))
                theirs[name] = field.value

            def keep_mine() -> None:
                self.edit(record_id, mine, {**seen, **theirs}, None)

            def take_theirs() -> None:
                panel.show_view(view)
                panel.keeper.discard()

            ConflictDialog(text, rows, keep_mine, take_theirs, panel).open()

        self._services.tasks.read(
            lambda ctx: record_queries.record_view(ctx, register, record_id), show, owner=panel
        )

    def _moved(self, record_id: UUID, title: str) -> None:
        panel = self._panel
        self._services.toasts.toast(tr(N_("{title}: hecho."), title=title), "success")
        panel.open(record_id)
        panel.saved.emit(record_id)

    def _void(self, record_id: UUID, name: str, reason: str) -> None:
        panel, register = self._panel, self._register

        def undo() -> None:
            self._services.tasks.write(
                lambda ctx: registers.restore(ctx, register, record_id),
                lambda _: panel.saved.emit(record_id),
                owner=panel,
            )

        def done(_: None) -> None:
            panel.keeper.discard()
            panel.clear()
            self._services.toasts.toast(tr(N_("«{name}» anulado."), name=name), "warning", undo=undo)
            panel.left.emit()

        self._services.tasks.write(
            lambda ctx: registers.void(ctx, register, record_id, reason), done, owner=panel
        )
