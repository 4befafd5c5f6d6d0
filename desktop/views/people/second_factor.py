"""The order with which a person activates their second factor, or changes it, over the main window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.core.errors import AtalayaError
from desktop.core.i18n import N_, tr
from desktop.operations.second_factor import Enrolment
from desktop.views.commands import Command

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.views.services import Services

Confirm = Callable[[Enrolment, str, str], tuple[str, ...]]
"""Keeps the second factor, given the code and the password; called off the interface's thread."""


def second_factor_orders(
    services: Services, begin: Callable[[], Enrolment], confirm: Confirm, window: QWidget
) -> tuple[Command, ...]:
    """Return the orders for the person who sits here now."""

    def run() -> None:
        services.tasks.job(
            tr(N_("Preparando el segundo factor")),
            lambda _: begin(),
            lambda enrolment: _show(services, enrolment, confirm, window),
            owner=window,
        )

    return (
        Command(
            "second_factor.enrol",
            N_("Activar segundo factor…"),
            run,
            "",
            "key",
            words=("segundo factor", "activar segundo factor"),
            group=N_("Cuenta"),
        ),
    )


def _show(services: Services, enrolment: Enrolment, confirm: Confirm, window: QWidget) -> None:
    from desktop.views.people.enrolment import EnrolDialog  # noqa: PLC0415 - what draws the code loads slowly

    dialog = EnrolDialog(enrolment, window)

    def work(code: str, password: str) -> tuple[str, ...] | AtalayaError:
        try:
            return confirm(enrolment, code, password)
        except AtalayaError as error:
            return error

    def ended(outcome: tuple[str, ...] | AtalayaError) -> None:
        if isinstance(outcome, AtalayaError):
            dialog.card.refuse(outcome)
        else:
            dialog.card.show_papers(outcome)

    dialog.card.confirmed.connect(
        lambda code, password: services.tasks.job(
            tr(N_("Activando el segundo factor")), lambda _: work(code, password), ended, owner=dialog
        )
    )
    dialog.open()
