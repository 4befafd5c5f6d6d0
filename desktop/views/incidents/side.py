"""What stands beside the console: the protocol of the incident's type, and the clocks that run."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.clock import Clock
from desktop.core.i18n import N_, plural, tr
from desktop.operations.incidents.values import ChecklistView, IncidentView, StepView, TimerView
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.text import label

_VALUE = Qt.ItemDataRole.UserRole
_USE_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space})
SOUND_EVERY_S = 20


class ProtocolPanel(QWidget):
    """The steps of the protocols that apply; Space ticks one, with time and author."""

    ticked = Signal(object, int)
    """The id of the protocol and the number of the step."""
    unticked = Signal(object)
    """The id of the tick."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setProperty("part", "notes")
        self.list.setAccessibleName(tr(N_("Pasos del protocolo")))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.installEventFilter(self)
        self._key = ""
        self._steps: list[StepView] = []
        self._title = label(tr(N_("Protocolo")), "strong")
        self._done = label("", "muted", wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_2, SIZES.space_3, SIZES.space_2, 0)
        layout.setSpacing(SIZES.space_1)
        layout.addWidget(self._title)
        layout.addWidget(self._done)
        layout.addWidget(self.list, 1)

    def show_key(self, key: str) -> None:
        """Name the key in force that comes here."""
        self._key = key
        if self._steps:
            self._count()

    def show_incident(self, view: IncidentView | None) -> None:
        """Show the protocols of an incident; the place in the list stays."""
        row = self.list.currentRow()
        steps = self._steps = self._fill(view.checklists if view is not None else ())
        self._count()
        self.list.setCurrentRow(max(1, row) if steps else -1)

    def _count(self) -> None:
        if not self._steps:
            self._done.setText(tr(N_("Este tipo no tiene protocolo.")))
            return
        done = sum(step.tick_id is not None for step in self._steps)
        words = N_("{done} de {steps} pasos · {key} va aquí, Espacio marca")
        if not self._key:
            words = N_("{done} de {steps} pasos · Espacio marca")
        self._done.setText(tr(words, done=done, steps=len(self._steps), key=self._key))

    def show_call(self, protocols: Sequence[ChecklistView]) -> None:
        """Show what applies to a call that is being taken; nothing can be ticked before it is saved."""
        steps, self._steps = self._fill(protocols), []
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setData(_VALUE, None)
            item.setData(Qt.ItemDataRole.CheckStateRole, None)
        text = tr(N_("Para la llamada que se ingresa · los pasos se marcan después de guardar"))
        self._done.setText(text if steps else tr(N_("Sin protocolo para lo escrito hasta ahora.")))

    def _fill(self, protocols: Sequence[ChecklistView]) -> list[StepView]:
        self.list.clear()
        steps: list[StepView] = []
        for protocol in protocols:
            head = QListWidgetItem(
                tr(N_("{title} (v{version})"), title=protocol.title, version=protocol.version)
            )
            head.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(head)
            for step in protocol.steps:
                steps.append(step)
                by = ""
                if step.ticked_at is not None:
                    by = f"\n{formats.time_hms(step.ticked_at)} · {step.ticked_by or ''}"
                item = QListWidgetItem(step.text + by)
                is_done = step.tick_id is not None
                item.setCheckState(Qt.CheckState.Checked if is_done else Qt.CheckState.Unchecked)
                item.setData(_VALUE, (protocol.protocol_id, step.number, step.tick_id))
                self.list.addItem(item)
        self.list.setVisible(bool(steps))
        return steps

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tick the step under the cursor."""
        is_key = watched is self.list and event.type() == QEvent.Type.KeyPress
        if not (is_key and isinstance(event, QKeyEvent) and event.key() in _USE_KEYS):
            return False
        value: Any = self.list.currentIndex().data(_VALUE)
        if value is not None:
            protocol_id, number, tick_id = value
            if tick_id is None:
                self.ticked.emit(protocol_id, number)
            else:
                self.unticked.emit(tick_id)
        return True


class TimerPanel(QWidget):
    """The clocks that run, the most urgent first. An overdue one stays until it is taken; taking it is logged."""

    taken = Signal(object)
    """The `TimerView` that the person takes."""
    chosen = Signal(object)
    """The id of the incident behind a clock."""
    rang = Signal()

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock = clock
        self._timers: tuple[TimerView, ...] = ()
        self._last_rang: float | None = None
        self._known_overdue: set[str] = set()
        self._title = label(tr(N_("Plazos")), "strong")
        self._said = label("", "muted", wraps=True)
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setProperty("part", "notes")
        self.list.setAccessibleName(tr(N_("Plazos que corren")))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.installEventFilter(self)
        self.list.itemDoubleClicked.connect(self._open)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_2, SIZES.space_3, SIZES.space_2, SIZES.space_2)
        layout.setSpacing(SIZES.space_1)
        layout.addWidget(self._title)
        layout.addWidget(self._said)
        layout.addWidget(self.list, 1)
        self._ticking = QTimer(self, interval=1000)
        self._ticking.timeout.connect(self.tick)
        theme.changed.connect(self.tick)
        self._ticking.start()

    def take(self, timers: Sequence[TimerView]) -> None:
        """Show a fresh state."""
        self._timers = tuple(timers)
        self.tick()

    def overdue(self) -> list[TimerView]:
        """Return the clocks that have run out and that nobody has taken."""
        now = self._clock.now()
        return [timer for timer in self._timers if timer.due_at <= now and timer.silenced_at is None]

    def tick(self) -> None:
        """Bring the figures up to date, and ring when something is overdue."""
        now = self._clock.now()
        row = self.list.currentRow()
        ordered = sorted(self._timers, key=lambda timer: (timer.silenced_at is not None, timer.due_at))
        while self.list.count() > len(ordered):
            self.list.takeItem(self.list.count() - 1)
        for place, timer in enumerate(ordered):
            if place >= self.list.count():
                self.list.addItem(QListWidgetItem())
            item = self.list.item(place)
            left = (timer.due_at - now).total_seconds()
            if left < 0:
                state = tr(N_("vencido hace {time}"), time=formats.timer(-left))
            else:
                state = tr(N_("quedan {time}"), time=formats.timer(left))
            taken = ""
            if timer.silenced_at is not None:
                taken = tr(N_(" · tomado por {who}"), who=timer.silenced_by or "")
            escalated = tr(N_(" · escalado")) if timer.escalated_at is not None else ""
            text = f"{timer.title}\n{state}{escalated}{taken}"
            if item.text() != text:
                item.setText(text)
            token = "text_muted" if timer.silenced_at is not None else "danger" if left < 0 else "text"
            item.setForeground(self._theme.colour(token))
            item.setData(_VALUE, timer)
        if 0 <= row < self.list.count():
            self.list.setCurrentRow(row)
        overdue = self.overdue()
        self._said.setText(
            plural("{count} vencido · Enter lo toma", "{count} vencidos · Enter los toma", len(overdue))
            if overdue
            else tr(N_("Nada vencido"))
        )
        self._ring(overdue)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter takes the clock under the cursor; the right arrow opens its incident."""
        if (
            watched is not self.list
            or event.type() != QEvent.Type.KeyPress
            or not isinstance(event, QKeyEvent)
        ):
            return False
        timer: TimerView | None = self.list.currentIndex().data(_VALUE)
        if timer is None or event.key() not in _USE_KEYS | {Qt.Key.Key_Right}:
            return False
        if event.key() == Qt.Key.Key_Right:
            self._open(self.list.currentItem())
        else:
            self.taken.emit(timer)
        return True

    def _open(self, item: QListWidgetItem) -> None:
        timer: TimerView = item.data(_VALUE)
        if timer.incident_id is not None:
            found: UUID = timer.incident_id
            self.chosen.emit(found)

    def _ring(self, overdue: Sequence[TimerView]) -> None:
        keys = {timer.key for timer in overdue}
        now = self._clock.monotonic()
        is_new = bool(keys - self._known_overdue)
        is_time = self._last_rang is None or now - self._last_rang >= SOUND_EVERY_S
        self._known_overdue = keys
        if keys and (is_new or is_time):
            self._last_rang = now
            self.rang.emit()
