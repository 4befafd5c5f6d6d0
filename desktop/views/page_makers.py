"""Makes the pages of the rail. Each is imported when it is first opened, or by `load_pages` once there is time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from desktop.operations.imports.running import Runner
    from desktop.operations.keys import StationKeys
    from desktop.operations.upkeep import Upkeep
    from desktop.register.spec import Register
    from desktop.sync.care import ExchangeCare
    from desktop.views.register.doors import Doors
    from desktop.views.reports.printing import PrintDesk
    from desktop.views.services import Services
    from desktop.views.shifts.signing import Prove


@dataclass(frozen=True, slots=True)
class Given:
    """What pages need beyond their services; the builder of the program has it."""

    doors: Doors
    desk: PrintDesk
    prove: Prove
    runner: Runner
    upkeep: Upkeep
    keys: StationKeys
    exchange: Callable[[], ExchangeCare]
    enrolled: Callable[[], None]
    """Called when this station became one of a municipality."""
    backed_up: Callable[[], None]
    """Called when a page made a backup."""


class PageMakers:
    """One method for each page that is not drawn from a declaration alone, and one for those that are."""

    def __init__(self, given: Given) -> None:
        self._given = given

    def central(self, services: Services) -> QWidget:
        """Make the page of the central."""
        from desktop.views.incidents.central import CentralPage  # noqa: PLC0415 - see the module's text

        return CentralPage(services, self._given.desk)

    def late_entry(self, services: Services) -> QWidget:
        """Make the page of the paper cards."""
        from desktop.views.incidents.late_entry import LateEntryPage  # noqa: PLC0415

        return LateEntryPage(services, self._given.desk)

    def shifts(self, services: Services) -> QWidget:
        """Make the page of the shift."""
        from desktop.views.shifts.page import ShiftPage  # noqa: PLC0415

        return ShiftPage(services, self._given.prove, self._given.desk)

    def reports(self, services: Services) -> QWidget:
        """Make the page of the reports."""
        from desktop.views.reports.page import ReportsPage  # noqa: PLC0415

        return ReportsPage(services, self._given.desk)

    def imports(self, services: Services) -> QWidget:
        """Make the page of imports."""
        from desktop.views.imports.page import ImportPage  # noqa: PLC0415

        return ImportPage(services, self._given.runner)

    def users(self, services: Services) -> QWidget:
        """Make the page of users."""
        from desktop.views.people.users import UsersPage  # noqa: PLC0415

        return UsersPage(services)

    def audit(self, services: Services) -> QWidget:
        """Make the page of the audit."""
        from desktop.views.audit.page import AuditPage  # noqa: PLC0415

        return AuditPage(services, self._given.runner)

    def conflicts(self, services: Services) -> QWidget:
        """Make the page of what was changed in two places."""
        from desktop.views.conflicts.page import ConflictsPage  # noqa: PLC0415

        return ConflictsPage(services)

    def exchange(self, services: Services) -> QWidget:
        """Make the page of the exchange."""
        from desktop.views.exchange.page import ExchangePage  # noqa: PLC0415

        return ExchangePage(services, self._given.exchange(), self._given.enrolled)

    def backups(self, services: Services) -> QWidget:
        """Make the page of backups."""
        from desktop.views.station.backups import BackupsPage  # noqa: PLC0415

        return BackupsPage(services, self._given.upkeep, self._given.backed_up)

    def self_check(self, services: Services) -> QWidget:
        """Make the page of the self-check."""
        from desktop.views.station.self_check import SelfCheckPage  # noqa: PLC0415

        return SelfCheckPage(services, self._given.upkeep)

    def keys(self, services: Services) -> QWidget:
        """Make the page of the key of the data."""
        from desktop.views.station.keys import KeysPage  # noqa: PLC0415

        return KeysPage(services, self._given.keys)

    def preferences(self, services: Services) -> QWidget:
        """Make the page of preferences."""
        from desktop.views.preferences.page import PreferencesPage  # noqa: PLC0415

        return PreferencesPage(services)

    def register(self, register: Register, services: Services) -> QWidget:
        """Make the page of a register from its declaration."""
        from desktop.views.register.page import RegisterPage  # noqa: PLC0415

        return RegisterPage(services, register, self._given.doors)


def load_pages() -> None:
    """Import what was not needed for the first page, and build the rules that read the first call's words.

    So no other page waits when it is opened, and no call either.
    """
    import desktop.views.audit.page  # noqa: PLC0415
    import desktop.views.conflicts.page  # noqa: PLC0415
    import desktop.views.exchange.page  # noqa: PLC0415
    import desktop.views.imports.page  # noqa: PLC0415
    import desktop.views.incidents.late_entry  # noqa: PLC0415
    import desktop.views.people.users  # noqa: PLC0415
    import desktop.views.preferences.page  # noqa: PLC0415
    import desktop.views.register.page  # noqa: PLC0415
    import desktop.views.reports.page  # noqa: PLC0415
    import desktop.views.shifts.page  # noqa: PLC0415
    import desktop.views.station.backups  # noqa: PLC0415
    import desktop.views.station.keys  # noqa: PLC0415
    import desktop.views.station.self_check  # noqa: F401, PLC0415
    from desktop.models.incidents.classifier import read_narrative  # noqa: PLC0415

    read_narrative("choque con lesionados")
