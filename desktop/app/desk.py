"""The main window with all its pages, over an opened station. Imported after the first window is painted."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from desktop.core.setting_list import DIRECTORATE_NAME
from desktop.core.vault import PASSPHRASE
from desktop.operations.attachments import RecordFiles, remove_strays
from desktop.operations.backups import last_backup_at
from desktop.operations.copies import Copies, sweep_copies
from desktop.operations.documents.letterhead import Letterhead
from desktop.operations.exercise import begin_exercise, end_exercise, exercise_of, has_exercise
from desktop.operations.export import RecordDocuments
from desktop.operations.keys import StationKeys
from desktop.operations.proofs import prove
from desktop.operations.second_factor import SecondFactor
from desktop.operations.upkeep import BACKUPS, Upkeep
from desktop.operations.users import enrol
from desktop.register.access import Action
from desktop.store.blobs import BlobStore
from desktop.sync.state import EXCHANGE
from desktop.views.handover import DataEvents
from desktop.views.icons import Icons
from desktop.views.incidents.bar import central_orders, searcher
from desktop.views.incidents.central import CentralPage
from desktop.views.incidents.escalation import EscalationWatch
from desktop.views.incidents.notes import note_orders
from desktop.views.incidents.paste import paste_orders
from desktop.views.page_makers import Given
from desktop.views.people.second_factor import second_factor_orders
from desktop.views.rail_pages import rail_pages
from desktop.views.register.doors import Doors
from desktop.views.reports.printing import print_desk
from desktop.views.settings import MunicipalTexts
from desktop.views.shell.exercise_orders import ExerciseDesk, exercise_orders
from desktop.views.shell.status import SyncState, backup_item
from desktop.views.shell.window import Desk, MainWindow
from desktop.views.shifts.orders import shift_orders

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from PySide6.QtCore import QObject

    from desktop.core.clock import Clock
    from desktop.core.paths import Profile
    from desktop.core.station_file import StationFile
    from desktop.operations.station import Station
    from desktop.sync.care import ExchangeCare
    from desktop.sync.lan.neighbours import Neighbours
    from desktop.views.commands import Command
    from desktop.views.services import Services
    from desktop.views.theme import Theme


class StationDesk:
    """One station's main window, what its pages are given, and what the bar and the status line say."""

    def __init__(
        self,
        profile: Profile,
        station: Station,
        facts: StationFile,
        theme: Theme,
        clock: Clock,
        report_crash: Callable[[BaseException], None],
        enrolled: Callable[[], None],
        parent: QObject,
    ) -> None:
        self._enrolled = enrolled
        self._profile = profile
        self._station = station
        self._facts = facts
        self._clock = clock
        self._copies = Copies()
        self._sync = SyncState(has_server=False, is_connected=False, unsent=0)
        self.neighbours: Callable[[], Neighbours | None] = lambda: None
        icons = Icons(theme)
        events = self._events = DataEvents(station.events, parent)
        self.window = MainWindow(
            Desk(
                theme=theme,
                icons=icons,
                clock=clock,
                memory=station.memory,
                runner=station,
                events=events,
                pages=rail_pages(self._given()),
                municipality=facts.municipality,
                report_crash=report_crash,
                municipality_settings=MunicipalTexts(
                    partial(station.read_as, station.system), events, parent
                ),
                is_exercise=facts.is_exercise,
                station=facts.name,
            )
        )
        QTimer.singleShot(0, icons.load)

    def add_orders(self) -> None:
        """Give the bar the orders of the central and the search over everything, for the person who sits here now."""
        window = self.window
        services = window.services
        if services is None or window.bar is None:
            return

        def current() -> UUID | None:
            page = window.page("central")
            view = page.current if isinstance(page, CentralPage) else None
            return None if view is None else view.id

        orders = (
            *central_orders(services),
            *shift_orders(services),
            *paste_orders(services),
            EscalationWatch(services, services.settings).order(),
            *note_orders(services, window, current),
            *self._exercise_orders(services),
            *self._second_factor_orders(services),
        )
        window.commands.remove(*(order.id for order in orders))
        window.commands.add(*orders)
        window.bar.add_searcher(searcher(services))

    def show_state(self) -> None:
        """Say in the status bar what is true now: the exchange, and when the last good backup was made."""
        self.window.status.show_sync(self._sync, self._door(EXCHANGE))
        page = self._door(BACKUPS)
        self.window.status.set_item(backup_item(last_backup_at(self._profile), self._clock.now(), page))

    def show_exchange(self, state: SyncState) -> None:
        """Say in the status bar how the exchange with the server stands."""
        self._sync = state
        self.window.status.show_sync(state, self._door(EXCHANGE))
        self._events.exchanged.emit()

    def _door(self, page: str) -> str:
        """Return the page for whoever may open it."""
        actor = self._station.actor
        return page if actor is not None and actor.rights.may(Action.READ, page) else ""

    def warn(self) -> None:
        """Keep in banners what the opening found wrong with the file or the clock."""
        for number, warning in enumerate(self._station.warnings):
            self.window.banner(f"station.{number}", warning)

    def close(self) -> None:
        """Remove the copies that were opened in other programs."""
        self._copies.close()

    def _given(self) -> Given:
        """Return what pages need beyond their services: files, documents."""
        blobs = BlobStore(self._profile.blobs, self._station.master.blobs)
        blobs.sweep()
        self._station.background(sweep_copies)
        self._station.background(partial(remove_strays, self._station, blobs))
        return Given(
            doors=Doors(
                RecordFiles(self._station, blobs, self._copies),
                RecordDocuments(self._station, self._letterhead, self._copies),
            ),
            desk=print_desk(self._facts),
            prove=partial(prove, self._station),
            runner=self._station,
            upkeep=Upkeep(self._station),
            keys=StationKeys(self._station),
            exchange=self._exchange_care,
            enrolled=self._enrolled,
            backed_up=self.show_state,
        )

    def _exchange_care(self) -> ExchangeCare:
        from desktop.sync.care import ExchangeCare  # noqa: PLC0415 - its libraries load slowly, and the start waits

        return ExchangeCare(self._station, self.neighbours)

    def _exercise_orders(self, services: Services) -> tuple[Command, ...]:
        """Return the orders for an exercise beside this station; within one there are none."""
        if self._facts.is_exercise:
            return ()

        def begin(passphrase: str | None) -> None:
            begin_exercise(self._station, passphrase)

        return exercise_orders(
            services,
            ExerciseDesk(
                exercise_of(self._profile).folder,
                self._facts.key_way == PASSPHRASE,
                partial(has_exercise, self._profile),
                begin,
                partial(end_exercise, self._station),
            ),
            self.window,
        )

    def _second_factor_orders(self, services: Services) -> tuple[Command, ...]:
        if self._facts.is_exercise:
            return ()
        return second_factor_orders(
            services, SecondFactor(self._station).begin, partial(enrol, self._station), self.window
        )

    def _letterhead(self, at: datetime) -> Letterhead:
        facts = self._facts
        head = Letterhead(facts.municipality, facts.commune, at, exercise=facts.is_exercise)
        services = self.window.services
        return (
            head if services is None else replace(head, directorate=services.settings.get(DIRECTORATE_NAME))
        )
