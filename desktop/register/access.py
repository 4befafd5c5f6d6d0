"""The one place that decides who may do what: role × register × action × confidentiality, denied by default.

Operations, views, search and export ask here and nowhere else. A role's grants are data (`desktop/models/roles.py`);
this module only answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.core.errors import NotAllowed
from desktop.core.i18n import N_, tr
from desktop.register.choice import Choice
from desktop.register.record import Confidentiality


class Action(Choice):
    """What can be done to a register's records."""

    READ = "read", N_("consultar")
    CREATE = "create", N_("crear")
    EDIT = "edit", N_("modificar")
    MOVE = "move", N_("cambiar de estado")
    VOID = "void", N_("anular")
    PRINT = "print", N_("imprimir")
    EXPORT = "export", N_("exportar")
    IMPORT = "import", N_("importar")


@dataclass(frozen=True, slots=True)
class Grant:
    """Actions on one register up to a confidentiality."""

    actions: frozenset[Action]
    up_to: Confidentiality = Confidentiality.INTERNAL


@dataclass(frozen=True, slots=True)
class Rights:
    """Everything that one person may do, the union of the grants of their roles. Empty means nothing."""

    grants: Mapping[str, tuple[Grant, ...]] = field(default_factory=dict)

    def may(
        self, action: Action, register: str, confidentiality: Confidentiality = Confidentiality.PUBLIC
    ) -> bool:
        """Tell whether `action` on a record of `register` with that confidentiality is allowed."""
        return any(
            action in grant.actions and confidentiality.rank <= grant.up_to.rank
            for grant in self.grants.get(register, ())
        )

    def check(
        self, action: Action, register: str, confidentiality: Confidentiality = Confidentiality.PUBLIC
    ) -> None:
        """Pass silently or refuse.

        Raises:
            NotAllowed: the role does not permit it.
        """
        if not self.may(action, register, confidentiality):
            raise NotAllowed(
                tr(
                    N_(
                        "Su rol no permite {action} aquí. Pídalo a su jefatura o a la administración del sistema."
                    ),
                    action=tr(action.label),
                )
            )

    def ceiling(self, action: Action, register: str) -> Confidentiality | None:
        """Return the highest confidentiality at which `action` is allowed, or None when it never is."""
        levels = [grant.up_to for grant in self.grants.get(register, ()) if action in grant.actions]
        return max(levels, key=lambda level: level.rank, default=None)

    def readable(self, register: str) -> frozenset[Confidentiality]:
        """Return the confidentialities that may be read in `register`."""
        ceiling = self.ceiling(Action.READ, register)
        if ceiling is None:
            return frozenset()
        return frozenset(level for level in Confidentiality if level.rank <= ceiling.rank)
