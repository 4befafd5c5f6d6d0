"""The banner of what nobody dispatched nor took: over every page, until somebody takes it (R77)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.core import formats
from desktop.core.i18n import N_, plural, tr
from desktop.models.roles import Role
from desktop.operations.incidents.escalation import untaken_escalations
from desktop.operations.incidents.timers import silence
from desktop.register.access import Action
from desktop.views.commands import Command, Permission

if TYPE_CHECKING:
    from desktop.core.events import Changes
    from desktop.operations.incidents.values import EscalationView
    from desktop.views.services import Services

BANNER = "escalation"
TAKE = "central.take_escalation"
_MAY_TAKE = Permission(Action.CREATE, "incident_lines")
_MAY_READ = Permission(Action.READ, "incidents")
_TABLES = frozenset({"incidents", "incident_lines", "incident_types"})


class EscalationWatch(QObject):
    """Keeps the banner true for the person who sits here; it lives as long as they do.

    Whoever may take an escalation sees it: the supervisor as theirs, anybody else in the supervisor's place.
    """

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._found: tuple[EscalationView, ...] = ()
        self._key = ""
        services.toasts.clear_banner(BANNER)
        if _MAY_TAKE.held_by(services.rights) and _MAY_READ.held_by(services.rights):
            services.events.changed.connect(self._changed)
            services.commands.changed.connect(self._show_key)
            self._look()

    def order(self) -> Command:
        """Return the order that takes the first one, for the window."""
        return Command(
            TAKE,
            N_("Tomar el incidente escalado"),
            self.take,
            "Ctrl+Shift+T",
            "bell-ringing",
            _MAY_TAKE,
            enabled_when=lambda: bool(self._found),
            words=("tomar", "escalado"),
            group=N_("Central"),
        )

    def take(self) -> None:
        """Take the most urgent one and show it; the timeline says who took it."""
        if self._found:
            first = self._found[0]
            self._services.tasks.write(lambda ctx: silence(ctx, first.key))
            self._services.open_page("central", record=first.incident_id)

    def _changed(self, changes: Changes) -> None:
        if _TABLES & changes.touched.keys():
            self._look()

    def _look(self) -> None:
        self._services.tasks.read(untaken_escalations, self._show, owner=self, slot="escalations")

    def _show(self, found: tuple[EscalationView, ...]) -> None:
        self._found = found
        if not found:
            self._services.toasts.clear_banner(BANNER)
            return
        self._key = self._services.commands.key_of_id(TAKE)
        verb = tr(N_("Tomar"))
        action = f"{verb} ({self._key})" if self._key else verb
        self._services.toasts.banner(BANNER, self._words(found), "danger", (action, self.take))

    def _words(self, found: tuple[EscalationView, ...]) -> str:
        first = found[0]
        is_theirs = Role.SHIFT_SUPERVISOR in self._services.actor.roles
        words = (
            N_("Escalado a usted: {incident}, sin despacho desde las {time}.")
            if is_theirs
            else N_(
                "Escalado a la supervisión de turno: {incident}, sin despacho desde las {time}. "
                "Si no está quien supervisa, tómelo usted."
            )
        )
        incident = f"{first.short} {first.title} ({tr(first.priority.label)})"
        said = tr(words, incident=incident, time=formats.time_hm(first.waits_since))
        others = len(found) - 1
        return f"{said} {plural('Hay {count} más.', 'Hay {count} más.', others)}" if others else said

    def _show_key(self) -> None:
        if self._found and self._key != self._services.commands.key_of_id(TAKE):
            self._services.toasts.clear_banner(BANNER)
            self._show(self._found)
