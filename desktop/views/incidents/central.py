"""The central: queue and units on the left, the incident in the middle, protocol and clocks on the right.

Everything that the person can do here is a command with a key (`desktop/views/incidents/actions.py`); this page
arranges the parts, loads what they show, and reloads when somebody changes it.
"""

from collections.abc import Callable, Mapping
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop.core.errors import AtalayaError
from desktop.core.events import Changes
from desktop.core.i18n import N_, tr
from desktop.core.setting_list import SOUNDS
from desktop.operations.context import Context
from desktop.operations.incidents.checklists import checklists_for
from desktop.operations.incidents.incident_view import incident_view
from desktop.operations.incidents.intake import WITHOUT_INCIDENT, attach_call, open_incident, record_call
from desktop.operations.incidents.queue import open_incidents, units_board
from desktop.operations.incidents.suggest import suggest
from desktop.operations.incidents.timers import due_timers
from desktop.operations.incidents.titles import TypeTitles, type_titles
from desktop.operations.incidents.values import (
    IncidentRef,
    IncidentView,
    IntakeDraft,
    QueueRow,
    TimerView,
    UnitRow,
)
from desktop.views.incidents.actions import IncidentActions
from desktop.views.incidents.chooser import Choice, Option, ask
from desktop.views.incidents.console import IncidentConsole
from desktop.views.incidents.intake import IntakePanel
from desktop.views.incidents.queue import Queue
from desktop.views.incidents.side import ProtocolPanel, TimerPanel
from desktop.views.incidents.sound import Alarm
from desktop.views.incidents.units import UnitBoard
from desktop.views.pacing import Pace
from desktop.views.register.standing import StandingMark
from desktop.views.reports.printing import PrintDesk, print_incident
from desktop.views.services import Services
from desktop.views.theme import SIZES
from desktop.views.widgets.empty import EmptyState
from desktop.views.widgets.text import label

_TABLES = frozenset(
    {
        "incidents",
        "calls",
        "incident_lines",
        "assignments",
        "units",
        "referrals",
        "incident_people",
        "incident_vehicles",
        "checklist_ticks",
        "field_timers",
        "incident_types",
    }
)
_LAYOUT = "central/columns"
_LEFT, _RIGHT = 312, 264
_RELOAD_AFTER_MS = 30
_REFRESH_MS = 15_000
"""Timers follow the clock as well as changes; this is how often they are computed again."""
_HINTS = (
    ("note", N_("nota")),
    ("dispatch", N_("despachar")),
    ("unit_status", N_("estado")),
    ("refer", N_("derivar")),
    ("close", N_("cerrar")),
)
"""Commands whose keys stand below the incident, in few words."""


class _Sending:
    """A call on its way to the disk."""

    def __init__(self, draft: IntakeDraft) -> None:
        self.draft = draft
        self.is_saved = False
        self.error: AtalayaError | None = None

    def refuse(self, error: AtalayaError) -> None:
        self.error = error


class CentralPage(QWidget):
    """The main job."""

    def __init__(self, services: Services, desk: PrintDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._desk = desk
        self._wanted: UUID | None = None
        self._types: Mapping[str, str] = {}
        self._unsaved = 0
        self._columns_are_set = False
        theme, icons, clock = services.theme, services.icons, services.clock
        self.queue = Queue(theme, icons, clock)
        self.units = UnitBoard(theme, clock)
        self.console = IncidentConsole(theme, clock, StandingMark(services))
        self.intake = IntakePanel(services.drafts, clock.now)
        self.protocol = ProtocolPanel()
        self.timers = TimerPanel(theme, clock)
        self.alarm = Alarm(self, lambda: services.settings.get(SOUNDS))
        words = N_("Las alarmas de esta estación no suenan: los plazos vencidos sólo se ven.")
        self.silence = label(tr(words), "warning", wraps=True)
        self.silence.setContentsMargins(SIZES.space_3, SIZES.space_1, SIZES.space_3, 0)
        self._empty = EmptyState(
            icons,
            "headset",
            tr(N_("Ningún incidente elegido")),
            tr(N_("Elija uno en la cola con las flechas, o pulse Ins para ingresar una llamada.")),
        )
        self._middle = QStackedWidget()
        for part in (self._empty, self.console, self.intake):
            self._middle.addWidget(part)
        self._arrange()
        self.orders = IncidentActions(self, services)
        self._connect()
        self._following = Pace(self._follow, self, soon_ms=_RELOAD_AFTER_MS)
        self._refreshing = QTimer(self, interval=_REFRESH_MS)
        self._refreshing.timeout.connect(self.reload_timers)
        self._refreshing.start()
        self.reload()
        services.tasks.read(type_titles, self._take_types, owner=self, slot="types")

    def _arrange(self) -> None:
        left = QSplitter(Qt.Orientation.Vertical)
        left.addWidget(self.queue)
        left.addWidget(self.units)
        left.setStretchFactor(0, 3)
        left.setStretchFactor(1, 2)
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.protocol)
        right.addWidget(self.timers)
        right.setStretchFactor(0, 3)
        right.setStretchFactor(1, 2)
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        for part in (left, self._middle, right):
            self._columns.addWidget(part)
        self._columns.setStretchFactor(1, 1)
        left.setMinimumWidth(240)
        right.setMinimumWidth(200)
        self._middle.setMinimumWidth(380)
        for splitter in (left, right, self._columns):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        self._columns.splitterMoved.connect(self._remember_columns)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_1)
        layout.addWidget(self.silence)
        layout.addWidget(self._columns, 1)

    def showEvent(self, event: QShowEvent) -> None:
        """Put the columns where they were left, once their room is known."""
        super().showEvent(event)
        if self._columns_are_set:
            return
        self._columns_are_set = True
        remembered = self._services.memory.get(_LAYOUT)
        if remembered:
            self._columns.setSizes([int(part) for part in remembered.split(",")])
        else:
            self._columns.setSizes([_LEFT, max(380, self.width() - _LEFT - _RIGHT), _RIGHT])

    def _connect(self) -> None:
        self.queue.chosen.connect(self.show_incident)
        self.queue.list.activated.connect(self._enter)
        self.console.note_written.connect(self.orders.record.write_note)
        self.intake.asked.connect(self._suggest)
        self.intake.saving.connect(self._save)
        self.intake.attaching.connect(self._attach)
        self.intake.left.connect(self._leave_intake)
        self.intake.opening.connect(self._look_at)
        self.intake.classified.connect(self._show_protocol)
        self.protocol.ticked.connect(self.orders.clocks.tick)
        self.protocol.unticked.connect(self.orders.clocks.strike_tick)
        self.timers.taken.connect(self.orders.clocks.take_timer)
        self.timers.chosen.connect(self._look_at)
        self.timers.rang.connect(self.alarm.sound)
        self._services.events.changed.connect(self._changed)
        self._services.settings.changed.connect(self._show_silence)
        self._show_silence()
        self._services.commands.changed.connect(self._show_keys)
        self._show_keys()

    def _show_keys(self) -> None:
        key = self._services.commands.key_of_id
        own = [(key(f"central.{name}", self), tr(words)) for name, words in _HINTS]
        self.console.show_keys([*own, (key("shell.keys"), tr(N_("todas las teclas")))])
        self.intake.show_keys(*(key(f"central.{name}", self) for name in ("note", "known", "end_call")))
        self.protocol.show_key(key("central.protocol", self))

    def _show_silence(self) -> None:
        self.silence.setVisible(not self._services.settings.get(SOUNDS))

    # --- What others call -------------------------------------------------------------------------------------

    def print_incident(self) -> None:
        """Make the sheet of the incident and open it."""
        if self.current is not None:
            print_incident(self._services, self._desk, self, self.current.id)

    def go_to(self, **where: object) -> None:
        """Show an incident (`record=`), or open the intake (`intake=` an `IntakeDraft` or True)."""
        record, intake = where.get("record"), where.get("intake")
        if isinstance(record, UUID):
            self._look_at(record)
        if intake:
            self.open_intake(intake if isinstance(intake, IntakeDraft) else None)

    def first_focus(self) -> QWidget:
        """Start in the queue, or in the words of a call that is being taken."""
        if self._middle.currentWidget() is self.intake:
            return self.intake.narrative
        return self.queue.list if self.queue.rows else self.queue

    def open_intake(self, prefill: IntakeDraft | None = None) -> None:
        """Open the intake form with the cursor in the narrative."""
        self._middle.setCurrentWidget(self.intake)
        self.protocol.show_call(())
        self.intake.start(self._types, prefill)

    def show_incident(self, incident_id: UUID) -> None:
        """Load an incident into the console; a form that is open stays in front."""
        self._wanted = incident_id
        self.reload_incident()

    @property
    def current(self) -> IncidentView | None:
        """Return the incident that commands are about; None while there is none or a call is being taken or saved.

        A key pressed at once after saving is never about the incident that was there before the call.
        """
        view = self.console.view
        is_in_front = self._middle.currentWidget() is self.console and not self._unsaved
        return view if is_in_front and view is not None and view.id == self._wanted else None

    def write_or_look(self) -> None:
        """Go to the note of the incident; while a call is being taken, add it to its duplicate."""
        if self._middle.currentWidget() is self.intake:
            self.intake.take_first()
        elif self.current is not None:
            self.console.start_note()

    def is_taking_call(self) -> bool:
        """Tell whether the form of a call is in front."""
        return self._middle.currentWidget() is self.intake

    def end_call(self) -> None:
        """Ask what became of a call from which no incident comes, and save it as that."""
        options = [
            Option(result, tr(result.label), digit=place)
            for place, result in enumerate(WITHOUT_INCIDENT, start=1)
        ]
        ask(
            self,
            tr(N_("Terminar la llamada sin incidente")),
            options,
            self._record,
            hint=tr(N_("Queda en Llamadas, con lo escrito; no entra en la cola.")),
        )

    @property
    def types(self) -> Mapping[str, str]:
        """Return the titles of the types by code."""
        return self._types

    # --- Loading ----------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Load everything that is on screen again."""
        tasks = self._services.tasks
        tasks.read(open_incidents, self._take_queue, owner=self, slot="queue")
        tasks.read(units_board, self._take_units, owner=self, slot="units")
        self.reload_timers()
        self.reload_incident()

    def reload_timers(self) -> None:
        """Load the clocks again."""
        self._services.tasks.read(due_timers, self._take_timers, owner=self, slot="timers")

    def reload_incident(self) -> None:
        """Load the incident of the console again."""
        wanted = self._wanted
        if wanted is not None:
            self._services.tasks.read(
                lambda ctx: incident_view(ctx, wanted), self._take_incident, owner=self, slot="incident"
            )

    def _changed(self, changes: Changes) -> None:
        if _TABLES & changes.touched.keys():
            self._following.follow(changes)
        if "incident_types" in changes.touched:
            self._services.tasks.read(type_titles, self._take_types, owner=self, slot="types")

    def _follow(self, over: Callable[[], None]) -> None:
        self.reload()
        over()

    def _take_queue(self, rows: tuple[QueueRow, ...]) -> None:
        self.queue.take(rows)

    def _take_units(self, rows: tuple[UnitRow, ...]) -> None:
        self.units.take(rows)

    def _take_timers(self, timers: tuple[TimerView, ...]) -> None:
        self.timers.take(timers)

    def _take_types(self, types: TypeTitles) -> None:
        self._types = {code: title for code, (title, _) in types.by_code.items()}

    def _take_incident(self, view: IncidentView) -> None:
        if view.id != self._wanted:
            return
        self.console.show_incident(view)
        if not self._is_taking:
            self.protocol.show_incident(view)
        if self._middle.currentWidget() is self._empty:
            self._middle.setCurrentWidget(self.console)

    # --- Intake -----------------------------------------------------------------------------------------------

    def _suggest(self, draft: IntakeDraft) -> None:
        self._services.tasks.read(
            lambda ctx: suggest(ctx, draft), self.intake.suggest, owner=self, slot="suggest"
        )

    def _save(self, draft: IntakeDraft) -> None:
        said = N_("Guardado {code}")
        self._send(draft, lambda ctx: open_incident(ctx, draft), lambda code: tr(said, code=code))

    def _attach(self, draft: IntakeDraft, incident_id: UUID) -> None:
        said = N_("Llamada sumada a {code}")
        self._send(draft, lambda ctx: attach_call(ctx, draft, incident_id), lambda code: tr(said, code=code))

    def _record(self, choice: Choice) -> None:
        draft, result = self.intake.draft(), choice.values[0]
        said = N_("Guardada {code} sin incidente: {result}")
        self._send(
            draft,
            lambda ctx: record_call(ctx, draft, result),
            lambda code: tr(said, code=code, result=tr(result.label)),
            is_incident=False,
        )

    def _send(
        self,
        draft: IntakeDraft,
        operation: Callable[[Context], IncidentRef],
        said: Callable[[str], str],
        *,
        is_incident: bool = True,
    ) -> None:
        """Save a call and free the form at once: the next one may ring before the disk has answered.

        Whatever goes wrong, a full disk included, the call comes back into the form with what is wrong.
        """
        sending = _Sending(draft)
        self._unsaved += 1
        self._services.tasks.write(
            operation,
            lambda ref: self._saved(sending, ref, said(ref.code), is_incident=is_incident),
            on_error=sending.refuse,
            owner=self,
            settled=lambda: self._settle(sending),
        )
        self.intake.sent()
        self._leave_intake()

    def _saved(self, sending: _Sending, ref: IncidentRef, said: str, *, is_incident: bool) -> None:
        sending.is_saved = True
        self._services.toasts.toast(said)
        if is_incident and self._middle.currentWidget() is not self.intake:
            self._look_at(ref.id)
            self.queue.take_keyboard()

    def _settle(self, sending: _Sending) -> None:
        self._unsaved -= 1
        if sending.is_saved:
            return
        if self.intake.is_empty:
            self._middle.setCurrentWidget(self.intake)
            self.intake.start(self._types, sending.draft)
            if sending.error is not None:
                self.intake.show_error(sending.error)
        else:
            self.intake.put_aside(sending.draft)
            why = sending.error.message if sending.error is not None else ""
            text = tr(N_("La llamada anterior no se guardó. {why} La encuentra al terminar esta."), why=why)
            self._services.toasts.toast(text, tone="danger")

    @property
    def _is_taking(self) -> bool:
        return self._middle.currentWidget() is self.intake

    def _show_protocol(self, type_code: str) -> None:
        """Show the steps for the type that the words of a call have led to so far (R21)."""
        if self._is_taking:
            self._services.tasks.read(
                lambda ctx: checklists_for(ctx, type_code or None),
                lambda found: self.protocol.show_call(found) if self._is_taking else None,
                owner=self,
                slot="protocol",
            )

    def _leave_intake(self) -> None:
        self._middle.setCurrentWidget(self.console if self.console.view is not None else self._empty)
        self.protocol.show_incident(self.console.view)
        self.queue.take_keyboard()

    def _look_at(self, incident_id: UUID) -> None:
        self._middle.setCurrentWidget(self.console)
        self.show_incident(incident_id)
        self.queue.select(incident_id)

    def _enter(self) -> None:
        """Go into the incident under the cursor; a confidential one asks why first."""
        view = self.current
        if view is not None and view.needs_reason:
            self.orders.record.say_reason()
        elif view is not None:
            self.console.timeline.setFocus()

    def _remember_columns(self) -> None:
        self._services.memory.put(_LAYOUT, ",".join(str(size) for size in self._columns.sizes()))
