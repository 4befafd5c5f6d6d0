"""The head of a record: its name and number, its state and next deadline, and the moves that can be made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.i18n import N_, plural, tr
from desktop.operations.query_values import MoveView, RecordView
from desktop.register.record import Confidentiality
from desktop.views.register.chip import Chip
from desktop.views.register.flow import FlowLayout
from desktop.views.register.standing import StandingMark
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button, icon_button
from desktop.views.widgets.text import label

if TYPE_CHECKING:
    from desktop.views.services import Services

_SOON_DAYS = 3


class RecordHeader(QWidget):
    """What a person looks at first."""

    def __init__(
        self,
        services: Services,
        *,
        on_move: Callable[[MoveView], None],
        on_unlock: Callable[[], None],
        on_more: Callable[[], None],
    ) -> None:
        super().__init__()
        self._services = services
        self._on_move = on_move
        self._on_unlock = on_unlock
        self._name = label("", "title", wraps=True)
        self._code = label("", "small")
        self._chips = QWidget()
        self._chips_layout = FlowLayout(self._chips, SIZES.space_2)
        self.standing = StandingMark(services)
        self._moves = QWidget()
        self._moves_layout = FlowLayout(self._moves, SIZES.space_2)
        self._why_not = label("", "small", wraps=True)
        self.more = icon_button(services.icons, "dots-three", tr(N_("Más acciones")), "", on_more)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._name)
        names.addWidget(self._code)
        top = QHBoxLayout()
        top.addLayout(names, 1)
        top.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_4, SIZES.space_3, SIZES.space_4, SIZES.space_2)
        layout.setSpacing(SIZES.space_2)
        layout.addLayout(top)
        layout.addWidget(self._chips)
        layout.addWidget(self.standing)
        layout.addWidget(self._moves)
        layout.addWidget(self._why_not)

    def show_view(self, view: RecordView) -> None:
        """Show a record's head."""
        self._name.setText(view.name if view.id else tr(N_("{title} (sin guardar)"), title=view.name))
        self._code.setText(view.code if view.code not in view.name else "")
        self._code.setVisible(bool(self._code.text()))
        self.more.setVisible(view.id is not None)
        self.standing.follow(view.id)
        self._show_chips(view)
        self._show_moves(view)

    def _show_chips(self, view: RecordView) -> None:
        _empty(self._chips_layout)
        theme = self._services.theme
        chips = []
        if view.state is not None:
            chips.append(Chip(theme, tr(view.state.label), "text", view.state))
        if view.deadline is not None:
            chips.append(Chip(theme, *_deadline(view)))
        if view.confidentiality.rank >= Confidentiality.RESERVED.rank:
            chips.append(Chip(theme, tr(view.confidentiality.label), "warning"))
        if view.voided_on:
            text = tr(N_("Anulado el {day}: {reason}"), day=view.voided_on, reason=view.void_reason)
            chips.append(Chip(theme, text, "danger"))
        for chip in chips:
            self._chips_layout.addWidget(chip)
        self._chips.setVisible(bool(chips))

    def _show_moves(self, view: RecordView) -> None:
        _empty(self._moves_layout)
        reasons = []
        if view.is_locked:
            self._moves_layout.addWidget(
                button(
                    tr(N_("Abrir registro reservado")),
                    "primary",
                    self._on_unlock,
                    tr(N_("Pide el motivo (Enter)")),
                )
            )
        for move in view.moves:
            made = button(move.title, "plain", partial(self._on_move, move), move.why_not)
            made.setEnabled(not move.why_not)
            made.setAccessibleDescription(move.why_not)
            self._moves_layout.addWidget(made)
            if move.why_not:
                reasons.append(f"{move.title}: {move.why_not}")
        self._moves.setVisible(bool(view.moves) or view.is_locked)
        self._why_not.setText("\n".join(reasons))
        self._why_not.setVisible(bool(reasons))


def _deadline(view: RecordView) -> tuple[str, str]:
    deadline = view.deadline
    if deadline is None:
        return "", "text"
    if deadline.days_left < 0:
        words = plural(N_("vencido hace {count} día"), N_("vencido hace {count} días"), -deadline.days_left)
        tone = "danger"
    elif deadline.days_left == 0:
        words, tone = tr(N_("vence hoy")), "danger"
    else:
        words = plural(N_("queda {count} día"), N_("quedan {count} días"), deadline.days_left)
        tone = "warning" if deadline.days_left <= _SOON_DAYS else "text"
    return f"{deadline.label} {formats.day(deadline.on)} · {words}", tone


def _empty(layout: FlowLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
