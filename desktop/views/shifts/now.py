"""The shift that runs, with its roster and its `novedades`; or the one that the hour proposes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.operations.shift_book import ShiftDesk
from desktop.operations.shifts import ShiftView, ShiftWindow
from desktop.views.icons import Icons
from desktop.views.shifts.roster import RosterEditor
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import Field, button
from desktop.views.widgets.empty import EmptyState
from desktop.views.widgets.text import label


class ShiftNow(QStackedWidget):
    """What is on now; it shows and is typed in, the page acts."""

    def __init__(
        self,
        icons: Icons,
        open_shift: Callable[[], None],
        hand_over: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.roster = RosterEditor()
        self.notes = QPlainTextEdit()
        self.notes.setTabChangesFocus(True)
        self.notes.setPlaceholderText(
            tr(N_("Lo que debe quedar en el parte: cortes, equipos, instrucciones…"))
        )
        self.notes.setMinimumHeight(2 * SIZES.control)
        self.open = button(tr(N_("Abrir turno")), "primary", open_shift)
        self._hand_over = button(tr(N_("Entregar turno")), "primary", hand_over)
        self._title = label("", "title", wraps=True)
        self._said = label("", "muted", wraps=True)
        self._proposal = label("", "strong", wraps=True)
        self.addWidget(self._build_closed(icons))
        self.addWidget(self._build_running())

    @property
    def is_running(self) -> bool:
        """Tell whether a shift is on screen."""
        return self.currentIndex() == 1

    @property
    def is_editing_notes(self) -> bool:
        """Tell whether the `novedades` were typed in and not saved."""
        return self.notes.document().isModified()

    def show_notes(self, text: str) -> None:
        """Show the saved `novedades`."""
        if self.notes.toPlainText() != text:
            self.notes.setPlainText(text)
        self.notes.document().setModified(False)

    def show_proposal(self, window: ShiftWindow) -> None:
        """Show which shift the hour proposes."""
        self.setCurrentIndex(0)
        self._proposal.setText(
            tr(
                N_("Por la hora corresponde: {kind}, {day}, de {start} a {end}"),
                kind=tr(window.kind.label),
                day=formats.day(window.day),
                start=formats.time_hm(window.starts_at),
                end=formats.time_hm(window.ends_at),
            )
        )

    def show_running(self, shift: ShiftView, desk: ShiftDesk) -> None:
        """Show the head of the shift that runs; its notes and roster are the page's to show."""
        self.setCurrentIndex(1)
        self._title.setText(
            tr(N_("Turno {kind} · {day}"), kind=tr(shift.kind.label), day=formats.day(shift.day))
        )
        said = tr(
            N_("En curso de {start} a {end}"),
            start=formats.time_hm(shift.starts_at),
            end=formats.time_hm(shift.ends_at),
        )
        if desk.chief:
            said += tr(N_(" · abierto por {name}"), name=desk.chief)
        if desk.pending is not None:
            said += tr(
                N_(" · entrega firmada por {name}: falta quien recibe"), name=desk.pending.outgoing_name
            )
        self._said.setText(said)

    def _build_running(self) -> QWidget:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._hand_over)
        made = QWidget()
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SIZES.space_2)
        layout.addLayout(head)
        layout.addWidget(self._said)
        layout.addWidget(self.roster, 3)
        layout.addWidget(Field(tr(N_("Novedades del turno")), self.notes), 2)
        return made

    def _build_closed(self, icons: Icons) -> QWidget:
        none = EmptyState(
            icons,
            "clock-clockwise",
            tr(N_("No hay un turno abierto")),
            tr(N_("Ábralo para llevar la dotación, las novedades y la entrega.")),
        )
        none.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._proposal.setAlignment(Qt.AlignmentFlag.AlignCenter)
        made = QWidget()
        layout = QVBoxLayout(made)
        layout.setSpacing(SIZES.space_3)
        layout.addStretch(2)
        layout.addWidget(none)
        layout.addWidget(self._proposal)
        layout.addWidget(self.open, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        return made
