"""The mark of a record: whether the server has all of it, who else does, and what waits for a decision (R126, R127)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.core.i18n import N_, plural, tr
from desktop.operations.standing import Standing, standing_of
from desktop.views.register.chip import Chip
from desktop.views.register.flow import FlowLayout
from desktop.views.theme import SIZES

if TYPE_CHECKING:
    from desktop.core.events import Changes
    from desktop.views.services import Services
    from desktop.views.widgets.marks import Shape

_MOST_NAMES = 2


class StandingMark(QWidget):
    """Follows one record: what is written of it, and what the server and the neighbours say that they hold."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._record_id: UUID | None = None
        self._said: tuple[tuple[str, str, Shape], ...] = ()
        self._chips = FlowLayout(self, SIZES.space_2)
        services.events.changed.connect(self._on_changes)
        services.events.exchanged.connect(self._on_exchange)
        self.hide()

    @property
    def words(self) -> tuple[str, ...]:
        """Return what is said."""
        return tuple(text for text, _, _ in self._said)

    def follow(self, record_id: UUID | None) -> None:
        """Show the mark of a record from now on, or of none."""
        if record_id != self._record_id:
            self._record_id = record_id
            self._show(())
        self._read()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask again what changed while nobody could see it."""
        super().showEvent(event)
        self._read()

    def _on_changes(self, changes: Changes) -> None:
        record_id = self._record_id
        if record_id is not None and any(record_id in ids for ids in changes.touched.values()):
            self._read()

    def _on_exchange(self) -> None:
        if self.isVisible():
            self._read()

    def _read(self) -> None:
        record_id = self._record_id
        if record_id is None:
            return
        self._services.tasks.read(
            lambda ctx: standing_of(ctx, record_id),
            partial(self._take, record_id),
            owner=self,
            slot="standing",
        )

    def _take(self, record_id: UUID, standing: Standing) -> None:
        if record_id == self._record_id:
            self._show(tuple(words_of(standing)))

    def _show(self, said: tuple[tuple[str, str, Shape], ...]) -> None:
        if said == self._said:
            return
        self._said = said
        while (item := self._chips.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for text, tone, shape in said:
            self._chips.addWidget(Chip(self._services.theme, text, tone, mark=(shape, tone)))
        self.setVisible(bool(said))


def words_of(standing: Standing) -> list[tuple[str, str, Shape]]:
    """Return what is said of a record: words, tone and shape. Of a station that works alone nothing is."""
    said: list[tuple[str, str, Shape]] = []
    if standing.questions:
        words = plural(N_("{count} dato por decidir"), N_("{count} datos por decidir"), standing.questions)
        said.append((words, "danger", "diamond"))
    if not standing.is_enrolled:
        return said
    if not standing.unsent:
        said.append((tr(N_("En el servidor")), "success", "disc"))
    elif not standing.holders:
        said.append((tr(N_("Solo en esta estación")), "warning", "ring"))
    else:
        said.append(
            (
                tr(N_("Aún no en el servidor; también en {names}"), names=_some(standing.holders)),
                "warning",
                "half",
            )
        )
    return said


def _some(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return tr(N_("{names} y {count} más"), names=shown, count=more) if more > 0 else shown
