"""The commands of the central: every key and every order of the command bar, each bound to one act."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.core.i18n import N_
from desktop.register.access import Action
from desktop.views.commands import Command, Permission, always
from desktop.views.incidents.actions_clocks import ClockActs
from desktop.views.incidents.actions_incident import IncidentActs
from desktop.views.incidents.actions_record import RecordActs
from desktop.views.incidents.actions_referrals import ReferralActs
from desktop.views.incidents.actions_units import UnitActs
from desktop.views.services import Services

if TYPE_CHECKING:
    from desktop.views.incidents.central import CentralPage

_GROUP = N_("Central")
_DISPATCH = Permission(Action.MOVE, "assignments")
_EDIT = Permission(Action.EDIT, "incidents")
_MOVE = Permission(Action.MOVE, "incidents")
_WRITE = Permission(Action.CREATE, "incident_lines")
_REFER = Permission(Action.CREATE, "referrals")
_FOLLOW = Permission(Action.EDIT, "referrals")
_CALL = Permission(Action.CREATE, "calls")
_PRINT = Permission(Action.PRINT, "incidents")


class IncidentActions:
    """The commands of the central page, and the acts behind them by concern."""

    def __init__(self, page: CentralPage, services: Services) -> None:
        self._page = page
        self.record = RecordActs(page, services)
        self.incident = IncidentActs(page, services)
        self.units = UnitActs(page, services)
        self.referrals = ReferralActs(page, services)
        self.clocks = ClockActs(page, services)
        services.commands.add(*self._of_incident(), *self._of_units(), *self._of_page(), page=page)

    def _of_incident(self) -> tuple[Command, ...]:
        record, incident, referrals = self.record, self.incident, self.referrals
        command = self._command
        return (
            command("open", N_("Abrir incidente reservado"), "", "lock", record.say_reason),
            command("classify", N_("Cambiar tipo"), "F3", "tag", incident.classify, _EDIT),
            command("priority", N_("Cambiar prioridad"), "Shift+F3", "flag", incident.set_priority, _EDIT),
            command("link", N_("Unir a incidente mayor"), "F4", "link", incident.link, _EDIT),
            command("refer", N_("Derivar"), "F8", "share-network", referrals.refer, _REFER),
            command("confirm", N_("Confirmar derivación"), "Shift+F8", "check", referrals.confirm, _EDIT),
            command(
                "follow_referral",
                N_("Seguir derivación: en lugar, concluye, rechaza o se anula"),
                "Ctrl+F8",
                "path",
                referrals.follow,
                _FOLLOW,
                words=("derivación", "seguir"),
            ),
            command("close", N_("Cerrar incidente"), "F9", "check", incident.close, _MOVE),
            command("end", N_("Terminar sin atender"), "Shift+F9", "prohibit", incident.end, _MOVE),
            command("timer", N_("Plazo en terreno"), "F10", "clock", self.clocks.field_timer, _EDIT),
            command("status", N_("Cambiar estado"), "Ctrl+F7", "arrow-right", incident.set_status, _MOVE),
            command(
                "details",
                N_("Más datos: personas, vehículos, lugar, horas"),
                "Ctrl+M",
                "list-plus",
                record.details,
                _EDIT,
            ),
            command("print", N_("Imprimir la ficha"), "Ctrl+P", "printer", self._page.print_incident, _PRINT),
            command("reopen", N_("Reabrir"), "Ctrl+R", "arrow-counter-clockwise", incident.reopen, _MOVE),
            command("strike", N_("Tachar línea"), "Del", "text-strikethrough", record.strike, _WRITE),
        )

    def _of_units(self) -> tuple[Command, ...]:
        units, command = self.units, self._command
        return (
            command("dispatch", N_("Despachar"), "F6", "truck", units.dispatch, _DISPATCH),
            command(
                "no_unit",
                N_("Sin móvil disponible: dejar la alerta"),
                "Shift+F6",
                "warning",
                units.no_unit,
                _DISPATCH,
            ),
            command(
                "unit_status",
                N_("Estado de móvil"),
                "F7",
                "car",
                units.unit_status,
                _DISPATCH,
                enabled_when=always,
            ),
            command(
                "release",
                N_("Liberar móviles del incidente"),
                "Shift+F7",
                "sign-out",
                units.release,
                _DISPATCH,
            ),
            command(
                "crew",
                N_("Tripulación de un móvil"),
                "Ctrl+F6",
                "users",
                units.crew,
                _DISPATCH,
                enabled_when=always,
            ),
        )

    def _of_page(self) -> tuple[Command, ...]:
        page, command = self._page, self._command
        return (
            command(
                "note", N_("Escribir nota"), "F2", "note", page.write_or_look, _WRITE, enabled_when=always
            ),
            command(
                "known",
                N_("Ir a lo que ya se sabe de la llamada"),
                "Shift+F2",
                "list",
                page.intake.go_to_help,
                _WRITE,
                enabled_when=page.is_taking_call,
            ),
            command("protocol", N_("Ir al protocolo"), "F5", "check-square", page.protocol.list.setFocus),
            command(
                "timers", N_("Ir a los plazos"), "F12", "bell", page.timers.list.setFocus, enabled_when=always
            ),
            command(
                "end_call",
                N_("Terminar la llamada sin incidente"),
                "Ctrl+F9",
                "phone-disconnect",
                page.end_call,
                _CALL,
                enabled_when=page.is_taking_call,
                words=("equivocada", "broma", "orientación", "cortada"),
            ),
        )

    def _command(
        self,
        name: str,
        title: str,
        key: str,
        icon: str,
        run: Callable[[], None],
        permission: Permission | None = None,
        *,
        enabled_when: Callable[[], bool] | None = None,
        words: tuple[str, ...] = (),
    ) -> Command:
        return Command(
            id=f"central.{name}",
            title=title,
            run=run,
            shortcut=key,
            icon=icon,
            permission=permission,
            enabled_when=enabled_when or self._has_incident,
            words=words,
            group=_GROUP,
        )

    def _has_incident(self) -> bool:
        return self._page.current is not None
