"""Turno: who is on now, what happened, the earlier shifts, and the hand-over (`desktop/views/shifts/handover.py`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.core.errors import AtalayaError
from desktop.core.events import Changes
from desktop.core.i18n import N_, tr
from desktop.operations.context import Context
from desktop.operations.incidents.queue import units_board
from desktop.operations.incidents.values import UnitRow
from desktop.operations.reporting import shift_report
from desktop.operations.shift_book import ShiftDesk, handover_act, shift_desk
from desktop.operations.shifts import RosterEntry, open_shift, set_roster, set_shift_notes
from desktop.register.access import Action
from desktop.views.commands import Command, Permission
from desktop.views.reports.printing import Paper, PrintDesk, file_word
from desktop.views.services import Services
from desktop.views.shifts.earlier import EarlierShifts
from desktop.views.shifts.handover import HandoverPanel
from desktop.views.shifts.now import ShiftNow
from desktop.views.shifts.orders import GROUP, PAGE
from desktop.views.shifts.roster import RosterEditor
from desktop.views.shifts.signed import SignedPanel
from desktop.views.shifts.signing import Prove
from desktop.views.theme import SIZES

_TABLES = frozenset({"shifts", "shift_members", "handovers", "staff", "units", "users"})
_SHEET_TABLES = frozenset(
    {"incidents", "units", "referrals", "field_timers", "assignments", "incident_lines", "handovers"}
)
_RELOAD_AFTER_MS = 40
_SAVE_AFTER_MS = 2000


class ShiftPage(QWidget):
    """The page of the shift."""

    def __init__(
        self, services: Services, prove: Prove, desk: PrintDesk, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._desk: ShiftDesk | None = None
        self._units: dict[str, UUID] = {}
        self._lost_notes = ""
        self._paper = Paper(services, desk, self)
        self._wants_handover = False
        self._now = ShiftNow(services.icons, self.open_shift, self.start_handover)
        self._side = EarlierShifts()
        self._signed = SignedPanel(services.icons)
        self.handover = HandoverPanel(services, prove)
        self._stack = QStackedWidget()
        self._build()
        self._add_commands()
        self._side.print_asked.connect(self.print_earlier)
        self._signed.open_asked.connect(self._paper.show)
        self._signed.left.connect(self._leave_handover)
        self.roster.changed.connect(self._save_roster)
        self.notes.textChanged.connect(self._notes_typed)
        self.handover.left.connect(self._leave_handover)
        self.handover.finished.connect(self._finished)
        self._saving = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._saving.timeout.connect(self.save_notes)
        self._reloading = QTimer(self, singleShot=True, interval=_RELOAD_AFTER_MS)
        self._reloading.timeout.connect(self.reload)
        services.events.changed.connect(self._changed)
        self._keeper = services.drafts.keep("shift", self, self._collect)
        for draft in services.drafts.found("shift")[:1]:
            self.roster.restore(draft.values.get("member", {}))
            self._lost_notes = str(draft.values.get("notes", ""))
            services.drafts.discard(draft.key)
        self.reload()

    def _build(self) -> None:
        desk = QWidget()
        layout = QHBoxLayout(desk)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
        layout.setSpacing(SIZES.space_6)
        layout.addWidget(self._now, 3)
        layout.addWidget(self._side, 1)
        for part in (desk, self.handover, self._signed):
            self._stack.addWidget(part)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    @property
    def roster(self) -> RosterEditor:
        """Return where the roster is typed."""
        return self._now.roster

    @property
    def notes(self) -> QPlainTextEdit:
        """Return where the `novedades` are typed."""
        return self._now.notes

    @property
    def open(self) -> QPushButton:
        """Return the button that opens the proposed shift."""
        return self._now.open

    @property
    def earlier(self) -> QListWidget:
        """Return the list of earlier shifts."""
        return self._side.list

    @property
    def show_pdf(self) -> QPushButton:
        """Return the button that opens the signed act."""
        return self._signed.show_pdf

    def _add_commands(self) -> None:
        def command(
            name: str, title: str, key: str, icon: str, run: Callable[[], None], may: Permission | None = None
        ) -> Command:
            return Command(
                f"shifts.{name}",
                title,
                run,
                key,
                icon,
                may,
                enabled_when=self.isVisible,
                group=GROUP,
            )

        edit = Permission(Action.EDIT, PAGE)
        self._services.commands.add(
            command("add", N_("Agregar a la dotación"), "Ctrl+N", "user-plus", self._add_member, edit),
            command("save", N_("Guardar novedades"), "Ctrl+S", "floppy-disk", self.save_notes, edit),
            command(
                "earlier", N_("Ir a los turnos anteriores"), "F5", "clock-clockwise", self.earlier.setFocus
            ),
            command(
                "report",
                N_("Imprimir el parte de novedades"),
                "Ctrl+P",
                "printer",
                self.print_report,
                Permission(Action.PRINT, PAGE),
            ),
            page=self,
        )

    # --- What others call -------------------------------------------------------------------------------------

    def go_to(self, **where: object) -> None:
        """Start the hand-over (`handover=True`), or choose an earlier shift (`record=` its id)."""
        record = where.get("record")
        if where.get("handover"):
            self.start_handover()
        elif isinstance(record, UUID):
            self._stack.setCurrentIndex(0)
            self._side.choose(record)

    def first_focus(self) -> QWidget:
        """Start with the next name, the button that opens the shift, or what the hand-over waits for."""
        shown = self._stack.currentWidget()
        if shown is self.handover:
            return self.handover.first_focus()
        if shown is self._signed:
            return self.show_pdf
        return self.roster.name if self._now.is_running else self.open

    def start_handover(self) -> None:
        """Show the sheet, as soon as it is known which shift is handed over."""
        desk = self._desk
        if desk is None:
            self._wants_handover = True
        elif desk.current is None:
            self._services.toasts.toast(tr(N_("No hay un turno abierto que entregar.")))
        else:
            self._wants_handover = False
            self.save_notes()
            self._stack.setCurrentWidget(self.handover)
            self.handover.start(desk.current.id)

    # --- Loading ----------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Load everything again."""
        tasks = self._services.tasks
        tasks.read(units_board, self._take_units, owner=self, slot="units")
        tasks.read(shift_desk, self._take, owner=self, slot="desk")

    def _changed(self, changes: Changes) -> None:
        if _TABLES & changes.touched.keys():
            self._reloading.start()
        is_signing = self._stack.currentWidget() is self.handover
        if is_signing and _SHEET_TABLES & changes.touched.keys():
            self.handover.reload()

    def _take_units(self, units: tuple[UnitRow, ...]) -> None:
        self._units = {unit.callsign: unit.id for unit in units}
        self._offer()

    def _offer(self) -> None:
        desk = self._desk
        self.roster.offer(desk.staff if desk is not None else (), self._units)
        if desk is not None and desk.current is not None:
            self.roster.show_roster(desk.current.roster)

    def _take(self, desk: ShiftDesk) -> None:
        before = self._desk.current if self._desk is not None else None
        is_first = self._desk is None
        self._desk = desk
        shift = desk.current
        if shift is None:
            self._now.show_proposal(desk.proposed)
        else:
            self._now.show_running(shift, desk)
            if before is None or before.id != shift.id or not self._now.is_editing_notes:
                self._now.show_notes(shift.notes)
        self._offer()
        self._side.show_rows(desk.earlier, None if shift is None else shift.id)
        if is_first and self._lost_notes and shift is not None:
            self.notes.setPlainText(self._lost_notes)
            self._lost_notes = ""
        opened_here = before is None and shift is not None and not is_first
        if self.isVisible() and opened_here and self._stack.currentIndex() == 0:
            self.roster.name.setFocus()
        if self._wants_handover:
            self.start_handover()

    # --- Acting -----------------------------------------------------------------------------------------------

    def open_shift(self) -> None:
        """Open the shift that the hour proposes."""
        if self._desk is not None:
            window = self._desk.proposed
            self._write(lambda ctx: open_shift(ctx, window=window))

    def save_notes(self) -> None:
        """Save the `novedades` when they changed."""
        self._saving.stop()
        shift = self._desk.current if self._desk is not None else None
        text = self.notes.toPlainText()
        if shift is None or text.strip() == shift.notes.strip():
            return
        self._write(
            lambda ctx: set_shift_notes(ctx, shift.id, text),
            lambda _: self.notes.document().setModified(False),
        )

    def print_report(self) -> None:
        """Print the `parte` of the chosen earlier shift, or of the one that runs."""
        row = self._side.chosen() if self.earlier.hasFocus() else None
        current = self._desk.current if self._desk is not None else None
        found = row or current or self._side.chosen()
        if found is None:
            self._services.toasts.toast(tr(N_("Todavía no hay un turno del que imprimir el parte.")))
            return
        self.save_notes()
        shift_id = found.id
        self._paper.make(
            N_("Parte de novedades"),
            lambda ctx, head: shift_report(ctx, shift_id, head),
            tr(N_("parte-{day}-{kind}"), day=found.day.isoformat(), kind=file_word(found.kind)),
        )

    def print_earlier(self) -> None:
        """Print the act of the chosen shift; one without signatures has its report."""
        row = self._side.chosen()
        if row is None:
            return
        if row.handover_id is None:
            self.print_report()
        else:
            self._print_act(row.handover_id, row.day.isoformat(), file_word(row.kind), self._paper.open)

    def _print_act(self, handover_id: UUID, day: str, kind: str, done: Callable[[Path], None]) -> None:
        self._paper.make(
            N_("Acta de entrega de turno"),
            lambda ctx, head: handover_act(ctx, handover_id, head),
            tr(N_("acta-entrega-{day}-{kind}"), day=day, kind=kind),
            done=done,
        )

    def _finished(self, handover_id: UUID) -> None:
        shift = self._desk.current if self._desk is not None else None
        self._signed.wait()
        self._stack.setCurrentWidget(self._signed)
        if shift is not None:
            self._print_act(handover_id, shift.day.isoformat(), file_word(shift.kind), self._signed.show_file)

    def _leave_handover(self) -> None:
        self._wants_handover = False
        self._stack.setCurrentIndex(0)
        self.reload()
        self.first_focus().setFocus()

    def _add_member(self) -> None:
        self._stack.setCurrentIndex(0)
        self.roster.name.setFocus()

    def _save_roster(self, entries: tuple[RosterEntry, ...]) -> None:
        shift = self._desk.current if self._desk is not None else None
        if shift is not None:
            self._write(lambda ctx: set_roster(ctx, shift.id, entries), refused=self._roster_refused)

    def _roster_refused(self, error: AtalayaError) -> None:
        self.roster.show_error(error)
        self.reload()

    def _notes_typed(self) -> None:
        if self._now.is_editing_notes:
            self._saving.start()

    def _collect(self) -> dict[str, Any]:
        held: dict[str, Any] = {}
        if member := self.roster.typed():
            held["member"] = member
        if self._now.is_editing_notes:
            held["notes"] = self.notes.toPlainText()
        return held

    def _write(
        self,
        operation: Callable[[Context], Any],
        done: Callable[[Any], None] | None = None,
        refused: Callable[[AtalayaError], None] | None = None,
    ) -> None:
        self._services.tasks.write(operation, done, on_error=refused, owner=self)
