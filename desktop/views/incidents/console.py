"""One incident as it is worked on: what is known, who is there, what happened, in one look."""

from collections.abc import Iterable
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.clock import Clock
from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import Risk, UnitStatus
from desktop.operations.incidents.values import AssignmentView, IncidentView
from desktop.views.incidents.facts import fact_lines
from desktop.views.incidents.timeline import Timeline
from desktop.views.register.standing import StandingMark
from desktop.views.theme import SIZES, Theme
from desktop.views.widgets.controls import line, restyle, surface
from desktop.views.widgets.marks import PRIORITY_MARKS, UNIT_MARKS, Mark
from desktop.views.widgets.text import ElidedLabel, label

_RISKS = {risk.value: risk for risk in Risk}


class IncidentConsole(QWidget):
    """Shows an `IncidentView`; what the person does with it are commands of the page."""

    note_written = Signal(str)

    def __init__(self, theme: Theme, clock: Clock, standing: StandingMark) -> None:
        super().__init__()
        self._theme = theme
        self._clock = clock
        self.view: IncidentView | None = None
        self._mark = Mark(theme, "ring", "p4", "")
        self._title = ElidedLabel("", "title")
        self._number = label("", "muted")
        self.standing = standing
        self._status = label("", "strong")
        self._place = label("", "body", wraps=True)
        self._age = label("", "muted")
        self._alert = label("", "warning", wraps=True)
        self._facts = label("", "body", wraps=True)
        self._narrative = label("", "body", wraps=True)
        self._narrative.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._risks = label("", "warning", wraps=True)
        self._units = QGridLayout()
        self._units.setHorizontalSpacing(SIZES.space_3)
        self._units.setVerticalSpacing(SIZES.space_1)
        self.timeline = Timeline(theme)
        self.note = QLineEdit()
        self.note.setAccessibleName(tr(N_("Nota para la cronología")))
        self.note.setPlaceholderText(tr(N_("Escriba la nota y pulse Enter · Esc vuelve")))
        self.note.installEventFilter(self)
        self._build()
        self._ticking = QTimer(self, interval=1000)
        self._ticking.timeout.connect(self._tick)
        self._ticking.start()

    def _build(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(SIZES.space_2)
        first.addWidget(self._mark)
        first.addWidget(self._title, 1)
        first.addWidget(self._status)
        second = QHBoxLayout()
        second.addWidget(self._number)
        second.addStretch(1)
        second.addWidget(self._age)
        facts = QWidget()
        inside = QVBoxLayout(facts)
        inside.setContentsMargins(0, 0, SIZES.space_2, 0)
        inside.setSpacing(SIZES.space_2)
        for part in (self._place, self._alert, self._narrative, self._risks, self._facts):
            inside.addWidget(part)
        inside.addLayout(self._units)
        inside.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(facts)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = surface("card")
        stacked = QVBoxLayout(head)
        stacked.setContentsMargins(SIZES.space_4, SIZES.space_3, SIZES.space_4, SIZES.space_3)
        stacked.setSpacing(SIZES.space_2)
        stacked.addLayout(first)
        stacked.addLayout(second)
        stacked.addWidget(self.standing)
        stacked.addWidget(scroll, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_2, SIZES.space_2, SIZES.space_2, SIZES.space_2)
        layout.setSpacing(SIZES.space_2)
        layout.addWidget(head, 5)
        layout.addWidget(line())
        layout.addWidget(label(tr(N_("Cronología")), "strong"))
        layout.addWidget(self.timeline, 6)
        layout.addWidget(self.note)
        self._keys = label("", "small", wraps=True)
        layout.addWidget(self._keys)

    def show_keys(self, keys: Iterable[tuple[str, str]]) -> None:
        """Name the keys in force, each with what it does; what has no key is left out."""
        self._keys.setText(" · ".join(f"{key} {words}" for key, words in keys if key))

    def show_incident(self, view: IncidentView) -> None:
        """Show a fresh state; a note that is being typed stays."""
        self.view = view
        shape, token = PRIORITY_MARKS[view.priority.name]
        self._mark.show_state(shape, token, tr(view.priority.label))
        self._title.setText(view.title)
        self._number.setText(
            " · ".join(part for part in (view.code, view.folio, tr(view.priority.label)) if part)
        )
        self._status.setText(tr(view.status.label))
        self.standing.follow(view.id)
        place = " · ".join(part for part in (view.address, view.reference, view.sector) if part)
        self._say(self._place, place or tr(N_("Sin dirección")))
        self._say(self._alert, self._alert_text(view))
        self._say(self._narrative, view.narrative)
        names = [tr(_RISKS[risk].label) for risk in view.risks if risk in _RISKS]
        self._say(
            self._risks,
            tr(N_("Riesgos: {risks}"), risks=" · ".join(f"⚠ {name}" for name in names)) if names else "",
        )
        self._say(self._facts, "\n".join(fact_lines(view)))
        self._show_units(view)
        self.timeline.take(view.timeline)
        self._tick()

    def start_note(self) -> None:
        """Give the keyboard to the note."""
        self.note.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter writes the note, Esc goes back to the timeline and keeps what is typed."""
        if watched is self.note and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                text = self.note.text().strip()
                if text:
                    self.note_written.emit(text)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.timeline.setFocus()
                return True
        return False

    def note_saved(self, text: str) -> None:
        """Forget a note that is in the timeline now; one typed meanwhile stays."""
        if self.note.text().strip() == text:
            self.note.clear()

    @property
    def incident_id(self) -> UUID | None:
        """Return the incident shown."""
        return None if self.view is None else self.view.id

    @staticmethod
    def _say(part: QLabel, text: str) -> None:
        part.setText(text)
        part.setVisible(bool(text))

    @staticmethod
    def _alert_text(view: IncidentView) -> str:
        parts = []
        if view.needs_reason:
            parts.append(tr(N_("Reservado: pulse Enter en la cola para decir el motivo y abrirlo.")))
        if view.no_unit_since is not None:
            parts.append(
                tr(N_("Sin móvil disponible desde las {time}."), time=formats.time_hm(view.no_unit_since))
            )
        if any(timer.escalated_at is not None and timer.silenced_at is None for timer in view.timers):
            parts.append(
                tr(N_("Escalado a la supervisión de turno: nadie lo ha despachado ni tomado el aviso."))
            )
        if view.is_late_entry:
            parts.append(tr(N_("Ingreso tardío, escrito {at}."), at=formats.day_time(view.entered_at)))
        for other in view.linked:
            relation = {
                "parent": N_("Parte de {short}: {title}"),
                "child": N_("Incluye {short}: {title}"),
                "duplicate_of": N_("Duplicado de {short}: {title}"),
            }[other.relation]
            parts.append(tr(relation, short=other.short, title=other.title))
        return "\n".join(parts)

    def _show_units(self, view: IncidentView) -> None:
        while (item := self._units.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for row, assignment in enumerate(view.assignments):
            status = assignment.status or UnitStatus.AVAILABLE
            shape, token = UNIT_MARKS[status]
            state = tr(status.label) if assignment.is_active else self._ended_text(assignment)
            self._units.addWidget(
                Mark(self._theme, shape, token if assignment.is_active else "unit_out", state), row, 0
            )
            name = label(assignment.callsign, "strong" if assignment.is_active else "muted")
            self._units.addWidget(name, row, 1)
            self._units.addWidget(label(state, "body" if assignment.is_active else "muted"), row, 2)
            self._units.addWidget(label(self._times(assignment), "small", wraps=True), row, 3)
        self._units.setColumnStretch(3, 1)

    @staticmethod
    def _ended_text(assignment: AssignmentView) -> str:
        return tr(N_("Desviado")) if assignment.preempted_at is not None else tr(N_("Liberado"))

    @staticmethod
    def _times(assignment: AssignmentView) -> str:
        steps = (
            (N_("asignado {time}"), assignment.assigned_at),
            (N_("en camino {time}"), assignment.en_route_at),
            (N_("en lugar {time}"), assignment.on_scene_at),
            (N_("en traslado {time}"), assignment.transporting_at),
            (N_("liberado {time}"), assignment.released_at),
        )
        times = [tr(text, time=formats.time_hms(at)) for text, at in steps if at is not None]
        return " · ".join([assignment.crew, *times] if assignment.crew else times)

    def _tick(self) -> None:
        view = self.view
        if view is None:
            return
        end = view.closed_at or self._clock.now()
        self._age.setText(formats.timer((end - view.reported_at).total_seconds()))
        is_late = any(timer.is_overdue and timer.silenced_at is None for timer in view.timers)
        restyle(self._age, "role", "error" if is_late else "muted")
