"""Every page of the program, as the rail shows them; `page_makers` makes each when it is first opened."""

from functools import partial

from desktop.core.i18n import N_
from desktop.models.catalogue import REGISTERS
from desktop.models.people import USERS
from desktop.models.shifts import SHIFTS
from desktop.models.system import IMPORT_BATCHES
from desktop.operations.audit_sight import AUDIT
from desktop.operations.conflicts import CONFLICTS
from desktop.operations.keys import REGISTER as KEYS
from desktop.operations.upkeep import BACKUPS, SELF_CHECK
from desktop.register.access import Action
from desktop.register.spec import Group, Register
from desktop.sync.state import EXCHANGE
from desktop.views.commands import Permission
from desktop.views.page_makers import Given, PageMakers
from desktop.views.pages import PageSpec, RailGroup

_GROUPS = {
    Group.OPERATE: RailGroup.OPERATE,
    Group.TERRITORY: RailGroup.TERRITORY,
    Group.PEOPLE: RailGroup.PEOPLE,
    Group.MANAGEMENT: RailGroup.MANAGEMENT,
    Group.CATALOGUES: RailGroup.CATALOGUES,
    Group.SYSTEM: RailGroup.SYSTEM,
}


def rail_pages(given: Given) -> tuple[PageSpec, ...]:
    """Return the pages in menu order."""
    make = PageMakers(given)
    central = PageSpec(
        "central",
        N_("Central"),
        RailGroup.OPERATE,
        "headset",
        make.central,
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
        make.shifts,
        shortcut="Ctrl+5",
        permission=Permission(Action.READ, "shifts"),
        words=("turno",),
    )
    late_entry = PageSpec(
        "late_entry",
        N_("Ingreso tardío"),
        RailGroup.OPERATE,
        "cards",
        make.late_entry,
        shortcut="Ctrl+6",
        permission=Permission(Action.CREATE, "incidents"),
        words=("ingreso tardío", "tarjetas"),
    )
    reports = PageSpec(
        "reports",
        N_("Informes"),
        RailGroup.MANAGEMENT,
        "chart-bar",
        make.reports,
        shortcut="Ctrl+7",
        permission=Permission(Action.PRINT, "incidents"),
        words=("informes", "informe"),
    )
    imports = PageSpec(
        "import_batches",
        IMPORT_BATCHES.title,
        RailGroup.SYSTEM,
        IMPORT_BATCHES.icon,
        make.imports,
        permission=Permission(Action.IMPORT, "incidents"),
        words=("importar",),
    )
    users = PageSpec(
        "users",
        USERS.title,
        RailGroup.SYSTEM,
        USERS.icon,
        make.users,
        permission=Permission(Action.EDIT, "users"),
        words=("usuarios",),
    )
    audit = PageSpec(
        AUDIT,
        N_("Auditoría"),
        RailGroup.SYSTEM,
        "book-open",
        make.audit,
        permission=Permission(Action.READ, AUDIT),
        words=("auditoría", "auditoria"),
    )
    drawn = tuple(
        _register_page(register, make) for register in REGISTERS if register.page and not register.own_page
    )
    conflicts = PageSpec(
        CONFLICTS,
        N_("Conflictos"),
        RailGroup.SYSTEM,
        "git-merge",
        make.conflicts,
        permission=Permission(Action.EDIT, "incidents"),
        words=("conflictos", "conflicto"),
    )
    drawn_and_own = (central, shifts, late_entry, reports, *drawn, imports, users, audit)
    return (*drawn_and_own, conflicts, *_station_pages(make))


def _station_pages(make: PageMakers) -> tuple[PageSpec, ...]:
    """Return the pages about the station itself."""
    return (
        PageSpec(
            EXCHANGE,
            N_("Sincronización"),
            RailGroup.SYSTEM,
            "arrows-clockwise",
            make.exchange,
            permission=Permission(Action.READ, EXCHANGE),
            words=("sincronización", "sincronizacion", "usb"),
        ),
        PageSpec(
            BACKUPS,
            N_("Respaldos"),
            RailGroup.SYSTEM,
            "database",
            make.backups,
            permission=Permission(Action.READ, BACKUPS),
            words=("respaldos", "respaldo"),
        ),
        PageSpec(
            SELF_CHECK,
            N_("Autocomprobación"),
            RailGroup.SYSTEM,
            "shield-check",
            make.self_check,
            permission=Permission(Action.READ, SELF_CHECK),
            words=("autocomprobación", "comprobar"),
        ),
        PageSpec(
            KEYS,
            N_("Llave de los datos"),
            RailGroup.SYSTEM,
            "key",
            make.keys,
            permission=Permission(Action.EDIT, KEYS),
            words=("llave",),
        ),
        PageSpec(
            "preferences",
            N_("Preferencias"),
            RailGroup.SYSTEM,
            "sliders",
            make.preferences,
            shortcut="Ctrl+,",
            words=("preferencias",),
        ),
    )


def _register_page(register: Register, make: PageMakers) -> PageSpec:
    return PageSpec(
        register.key,
        register.title,
        _GROUPS[register.group],
        register.icon,
        partial(make.register, register),
        permission=Permission(Action.READ, register.key),
    )
