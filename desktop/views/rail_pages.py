"""Every page of the program, as the rail shows them. Imported after the first window is painted."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from desktop.core.i18n import N_
from desktop.models.catalogue import REGISTERS
from desktop.models.people import USERS
from desktop.models.shifts import SHIFTS
from desktop.models.system import IMPORT_BATCHES
from desktop.operations.audit_sight import AUDIT
from desktop.operations.imports.running import Runner
from desktop.operations.keys import REGISTER as KEYS
from desktop.operations.keys import StationKeys
from desktop.operations.upkeep import BACKUPS, SELF_CHECK, Upkeep
from desktop.register.access import Action
from desktop.register.spec import Group, Register
from desktop.views.audit.page import MAY_READ as MAY_AUDIT
from desktop.views.audit.page import AuditPage
from desktop.views.commands import Permission
from desktop.views.imports.page import ImportPage
from desktop.views.incidents.central import CentralPage
from desktop.views.incidents.late_entry import LateEntryPage
from desktop.views.pages import PageSpec, RailGroup
from desktop.views.people.users import UsersPage
from desktop.views.preferences.page import PreferencesPage
from desktop.views.register.doors import Doors
from desktop.views.register.page import RegisterPage
from desktop.views.reports.page import ReportsPage
from desktop.views.reports.printing import PrintDesk
from desktop.views.services import Services
from desktop.views.shifts.page import ShiftPage
from desktop.views.shifts.signing import Prove
from desktop.views.station.backups import BackupsPage
from desktop.views.station.keys import KeysPage
from desktop.views.station.self_check import SelfCheckPage

_GROUPS = {
    Group.OPERATE: RailGroup.OPERATE,
    Group.TERRITORY: RailGroup.TERRITORY,
    Group.PEOPLE: RailGroup.PEOPLE,
    Group.MANAGEMENT: RailGroup.MANAGEMENT,
    Group.CATALOGUES: RailGroup.CATALOGUES,
    Group.SYSTEM: RailGroup.SYSTEM,
}
_HAND_WRITTEN = frozenset({"users", "shifts", "import_batches"})
"""Registers whose page is not drawn from the declaration alone."""


@dataclass(frozen=True, slots=True)
class Given:
    """What pages need beyond their services; the builder of the program has it."""

    doors: Doors
    desk: PrintDesk
    prove: Prove
    runner: Runner
    upkeep: Upkeep
    keys: StationKeys
    backed_up: Callable[[], None]
    """Called when a page made a backup."""


def rail_pages(given: Given) -> tuple[PageSpec, ...]:
    """Return the pages in menu order."""
    central = PageSpec(
        "central",
        N_("Central"),
        RailGroup.OPERATE,
        "headset",
        lambda services: CentralPage(services, given.desk),
        shortcut="Ctrl+1",
        permission=Permission(Action.READ, "incidents"),
        words=("central",),
        is_readable_when_locked=True,
    )
    shifts = PageSpec(
        "shifts",
        SHIFTS.title,
        RailGroup.OPERATE,
        SHIFTS.icon,
        lambda services: ShiftPage(services, given.prove, given.desk),
        shortcut="Ctrl+5",
        permission=Permission(Action.READ, "shifts"),
        words=("turno",),
    )
    late_entry = PageSpec(
        "late_entry",
        N_("Ingreso tardío"),
        RailGroup.OPERATE,
        "cards",
        lambda services: LateEntryPage(services, given.desk),
        shortcut="Ctrl+6",
        permission=Permission(Action.CREATE, "incidents"),
        words=("ingreso tardío", "tarjetas"),
    )
    reports = PageSpec(
        "reports",
        N_("Informes"),
        RailGroup.MANAGEMENT,
        "chart-bar",
        lambda services: ReportsPage(services, given.desk),
        shortcut="Ctrl+7",
        permission=Permission(Action.PRINT, "incidents"),
        words=("informes", "informe"),
    )
    imports = PageSpec(
        "import_batches",
        IMPORT_BATCHES.title,
        RailGroup.SYSTEM,
        IMPORT_BATCHES.icon,
        lambda services: ImportPage(services, given.runner),
        permission=Permission(Action.IMPORT, "incidents"),
        words=("importar",),
    )
    users = PageSpec(
        "users",
        USERS.title,
        RailGroup.SYSTEM,
        USERS.icon,
        UsersPage,
        permission=Permission(Action.EDIT, "users"),
        words=("usuarios",),
    )
    audit = PageSpec(
        AUDIT,
        N_("Auditoría"),
        RailGroup.SYSTEM,
        "book-open",
        lambda services: AuditPage(services, given.runner),
        permission=MAY_AUDIT,
        words=("auditoría", "auditoria"),
    )
    drawn = tuple(
        _register_page(register, given)
        for register in REGISTERS
        if register.page and register.key not in _HAND_WRITTEN
    )
    return (central, shifts, late_entry, reports, *drawn, imports, users, audit, *_station_pages(given))


def _station_pages(given: Given) -> tuple[PageSpec, ...]:
    """Return the pages about the station itself."""
    return (
        PageSpec(
            BACKUPS,
            N_("Respaldos"),
            RailGroup.SYSTEM,
            "database",
            lambda services: BackupsPage(services, given.upkeep, given.backed_up),
            permission=Permission(Action.READ, BACKUPS),
            words=("respaldos", "respaldo"),
        ),
        PageSpec(
            SELF_CHECK,
            N_("Autocomprobación"),
            RailGroup.SYSTEM,
            "shield-check",
            lambda services: SelfCheckPage(services, given.upkeep),
            permission=Permission(Action.READ, SELF_CHECK),
            words=("autocomprobación", "comprobar"),
        ),
        PageSpec(
            KEYS,
            N_("Llave de los datos"),
            RailGroup.SYSTEM,
            "key",
            lambda services: KeysPage(services, given.keys),
            permission=Permission(Action.EDIT, KEYS),
            words=("llave",),
        ),
        PageSpec(
            "preferences",
            N_("Preferencias"),
            RailGroup.SYSTEM,
            "sliders",
            PreferencesPage,
            shortcut="Ctrl+,",
            words=("preferencias",),
        ),
    )


def _register_page(register: Register, given: Given) -> PageSpec:
    return PageSpec(
        register.key,
        register.title,
        _GROUPS[register.group],
        register.icon,
        _factory(register, given.doors),
        permission=Permission(Action.READ, register.key),
    )


def _factory(register: Register, doors: Doors) -> Callable[[Services], QWidget]:
    return lambda services: RegisterPage(services, register, doors)
