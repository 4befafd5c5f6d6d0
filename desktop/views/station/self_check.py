"""The self-check page: each thing that can fail silently with its state and its mend, and the walk over the journal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.core import formats
from desktop.core.i18n import N_, tr
from desktop.operations.self_check import Health
from desktop.operations.upkeep import SELF_CHECK, Checked, Upkeep
from desktop.operations.upkeep_words import Verified
from desktop.register.access import Action
from desktop.views.commands import Command, Permission
from desktop.views.services import Services
from desktop.views.station.lines import HealthWord, LineList, put_out, reporting
from desktop.views.theme import SIZES
from desktop.views.widgets.controls import button, surface
from desktop.views.widgets.text import label

_MAY = Permission(Action.READ, SELF_CHECK)


class SelfCheckPage(QWidget):
    """What was found last stays on screen with its date until somebody looks again."""

    def __init__(self, services: Services, upkeep: Upkeep, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._upkeep = upkeep
        self.state = HealthWord(services.theme)
        self.lines = LineList(services.theme, tr(N_("Resultado de la comprobación")))
        self.check_button = button(
            tr(N_("Comprobar de nuevo")), "primary", self.check, tr(N_("Mirar todo otra vez (F5)"))
        )
        self.verify_button = button(
            tr(N_("Verificar la bitácora")),
            "plain",
            self.verify,
            tr(N_("Recorrer todas las anotaciones y comparar los registros (Ctrl+S)")),
        )
        self.verified = HealthWord(services.theme)
        self.scope = label("", "muted", wraps=True)
        self.first = label("", wraps=True)
        self.touches = label("", wraps=True)
        self.advice = label("", "warning", wraps=True)
        self._arrange()
        services.commands.add(
            self._command("again", N_("Comprobar de nuevo"), "F5", "arrow-clockwise", self.check),
            self._command("verify", N_("Verificar la bitácora"), "Ctrl+S", "shield-check", self.verify),
            page=self,
        )
        self._show_checked(None)
        self._show_verified(None)
        services.tasks.job(
            tr(N_("Leyendo la última comprobación")),
            lambda _progress: (upkeep.last_check(), upkeep.last_verification()),
            self._remember,
            owner=self,
        )

    def _arrange(self) -> None:
        actions = QHBoxLayout()
        actions.setSpacing(SIZES.space_2)
        actions.addWidget(self.check_button)
        actions.addWidget(self.verify_button)
        actions.addStretch(1)
        card = surface("card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(SIZES.space_4, SIZES.space_3, SIZES.space_4, SIZES.space_3)
        inner.setSpacing(SIZES.space_1)
        for part in (self.verified, self.scope, self.first, self.touches, self.advice):
            inner.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIZES.space_5, SIZES.space_4, SIZES.space_5, SIZES.space_4)
        layout.setSpacing(SIZES.space_3)
        layout.addWidget(label(tr(N_("Autocomprobación")), "title"))
        layout.addWidget(self.state)
        layout.addLayout(actions)
        layout.addWidget(card)
        layout.addWidget(self.lines, 1)

    @staticmethod
    def _command(name: str, title: str, key: str, icon: str, run: Callable[[], None]) -> Command:
        return Command(f"self_check.{name}", title, run, key, icon, _MAY, group=N_("Autocomprobación"))

    def first_focus(self) -> QWidget:
        """Start where the look is begun."""
        return self.check_button

    # --- The self-check ---------------------------------------------------------------------------------------

    def check(self) -> None:
        """Look at everything again."""
        if not self.check_button.isEnabled():
            return
        self._services.tasks.job(
            tr(N_("Comprobando la estación")),
            lambda _progress: self._upkeep.check(),
            self._show_checked,
            owner=self,
            settled=put_out(self, self.check_button),
        )

    def _remember(self, found: tuple[Checked | None, Verified | None]) -> None:
        checked, verified = found
        self._show_checked(checked)
        self._show_verified(verified)

    def _show_checked(self, checked: Checked | None) -> None:
        if checked is None:
            self.state.say(None, tr(N_("Todavía no se ha comprobado esta estación.")))
            return
        bad = sum(line.health is Health.BAD for line in checked.lines)
        warned = sum(line.health is Health.WARNING for line in checked.lines)
        at = formats.day_time(checked.at)
        if bad:
            words = tr(N_("Hay algo mal ({count}). Comprobado el {at}"), count=bad, at=at)
            self.state.say(Health.BAD, words)
        elif warned:
            words = tr(N_("Hay algo que atender ({count}). Comprobado el {at}"), count=warned, at=at)
            self.state.say(Health.WARNING, words)
        else:
            self.state.say(Health.GOOD, tr(N_("Todo bien. Comprobado el {at}"), at=at))
        order = (Health.BAD, Health.WARNING, Health.GOOD)
        self.lines.show_lines(sorted(checked.lines, key=lambda line: order.index(line.health)))

    # --- The journal ------------------------------------------------------------------------------------------

    def verify(self) -> None:
        """Walk the whole journal."""
        if not self.verify_button.isEnabled():
            return
        self._services.tasks.job(
            tr(N_("Verificando la bitácora")),
            lambda progress: self._upkeep.verify(reporting(progress)),
            self._was_verified,
            owner=self,
            settled=put_out(self, self.verify_button),
        )

    def _was_verified(self, verified: Verified) -> None:
        self._show_verified(verified)
        self.check()

    def _show_verified(self, verified: Verified | None) -> None:
        for part in (self.scope, self.first, self.touches, self.advice):
            part.hide()
        if verified is None:
            self.verified.say(None, tr(N_("La bitácora nunca se ha verificado desde esta página.")))
            return
        at = formats.day_time(verified.at)
        _say(self.scope, verified.scope)
        if verified.is_sound:
            self.verified.say(Health.GOOD, tr(N_("Bitácora íntegra, verificada el {at}"), at=at))
            return
        words = tr(
            N_("Bitácora con problemas ({count}), verificada el {at}. El primero:"),
            count=formats.number(verified.count),
            at=at,
        )
        self.verified.say(Health.BAD, words)
        _say(self.first, verified.first)
        if verified.touches:
            _say(self.touches, tr(N_("Toca: {records}"), records=", ".join(verified.touches)))
        _say(self.advice, verified.advice)


def _say(part: QLabel, words: str) -> None:
    part.setText(words)
    part.show()
