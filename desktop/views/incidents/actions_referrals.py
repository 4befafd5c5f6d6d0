"""Referrals to other services, from the call to the result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from desktop.core.clock import civil_day
from desktop.core.i18n import N_, tr
from desktop.models.incidents.states import ReferralStatus
from desktop.operations.context import Context
from desktop.operations.incidents.referrals import (
    ServiceChoice,
    cancel_referral,
    confirm_referral,
    finish_referral,
    refer,
    referral_arrived,
    services,
)
from desktop.operations.incidents.values import ReferralView
from desktop.views.incidents.actions_base import Acts
from desktop.views.incidents.chooser import Choice, Option, ask, ask_among
from desktop.views.incidents.sheet import Line, Values, typed_instant

_UNCONFIRMED = frozenset({ReferralStatus.REQUESTED, ReferralStatus.ACCEPTED})
_RUNNING = _UNCONFIRMED | {ReferralStatus.ARRIVED}


class ReferralActs(Acts):
    """Acts on referrals of the incident on screen."""

    def refer(self) -> None:
        """Offer the services, the usual ones of the type first; the sheet is there before they are known."""
        view = self._page.current
        if view is None:
            return

        def offer(found: Sequence[ServiceChoice]) -> list[Option]:
            usual = [service for service in found if service.short_name in view.services]
            ordered = [*usual, *(service for service in found if service not in usual)]
            return [
                Option(service.id, service.name, service.phone or "", digit=place if place < 10 else None)
                for place, service in enumerate(ordered, start=1)
            ]

        ask_among(
            self._page,
            self._tasks,
            tr(N_("Derivar {short}"), short=view.short),
            services,
            offer,
            lambda choice: self._write(
                lambda ctx: refer(ctx, view.id, choice.values[0], answered_by=choice.note)
            ),
            waiting=tr(N_("Buscando servicios…")),
            empty=tr(N_("No hay servicios vigentes. Agréguelos en Catálogos, Servicios.")),
            note_title=tr(N_("Quién contesta (opcional)")),
        )

    def confirm(self) -> None:
        """Note that a service has answered."""
        view = self._page.current
        asked = view.referrals if view is not None else ()
        waiting = [item for item in asked if item.status in _UNCONFIRMED]
        if not waiting:
            self._say(tr(N_("No hay derivaciones por confirmar.")))
            return
        ask(
            self._page,
            tr(N_("Confirmar derivación")),
            [Option(item.id, item.service_name, tr(item.status.label)) for item in waiting],
            lambda choice: self._write(
                lambda ctx: confirm_referral(ctx, choice.values[0], number_given=choice.note)
            ),
            note_title=tr(N_("Número entregado (opcional)")),
        )

    def follow(self) -> None:
        """Note what became of a referral: the service arrived, ended, refused, or the request is withdrawn."""
        view = self._page.current
        running = [item for item in view.referrals if item.status in _RUNNING] if view is not None else []
        if not running:
            self._say(tr(N_("No hay derivaciones en curso.")))
        elif len(running) == 1:
            self._offer_steps(running[0])
        else:
            ask(
                self._page,
                tr(N_("Seguir una derivación")),
                [
                    Option(
                        item, item.service_name, tr(item.status.label), digit=place if place < 10 else None
                    )
                    for place, item in enumerate(running, start=1)
                ],
                lambda choice: self._offer_steps(choice.values[0]),
            )

    def _offer_steps(self, referral: ReferralView) -> None:
        steps = [
            Option(self._arrived, tr(N_("El servicio está en lugar")), digit=1),
            Option(self._finished, tr(N_("Concluye, con su resultado")), digit=2),
            Option(self._refused, tr(N_("Rechaza o no concurre")), digit=3),
            Option(self._cancelled, tr(N_("Se anula la petición")), digit=4),
        ]

        def done(choice: Choice) -> None:
            choice.values[0](referral)

        ask(
            self._page,
            tr(N_("Derivación a {service}"), service=referral.service_name),
            steps if referral.arrived_at is None else steps[1:],
            done,
            hint=tr(referral.status.label),
        )

    def _arrived(self, referral: ReferralView) -> None:
        def operation(ctx: Context, values: Values) -> None:
            text = str(values["at"])
            at: datetime | None = typed_instant("at", text, civil_day(ctx.now)) if text else None
            referral_arrived(ctx, referral.id, at=at)

        self._form(
            tr(N_("{service} en lugar"), service=referral.service_name),
            (Line("at", tr(N_("Hora de llegada")), help=tr(N_("Vacío: ahora. Si fue antes: 1432 o 14:32"))),),
            operation,
        )

    def _finished(self, referral: ReferralView) -> None:
        self._form(
            tr(N_("{service} concluye"), service=referral.service_name),
            (Line("result", tr(N_("Resultado"))),),
            lambda ctx, values: finish_referral(ctx, referral.id, str(values["result"])),
        )

    def _refused(self, referral: ReferralView) -> None:
        self._form(
            tr(N_("{service} rechaza"), service=referral.service_name),
            (Line("result", tr(N_("Motivo"))),),
            lambda ctx, values: finish_referral(ctx, referral.id, str(values["result"]), was_refused=True),
        )

    def _cancelled(self, referral: ReferralView) -> None:
        self._form(
            tr(N_("Anular la petición a {service}"), service=referral.service_name),
            (Line("reason", tr(N_("Motivo"))),),
            lambda ctx, values: cancel_referral(ctx, referral.id, str(values["reason"])),
        )
