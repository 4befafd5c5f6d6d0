"""A page over a real station with a small command centre in it, in a window that takes keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.errors import UserError
from desktop.models.fleet import Unit
from desktop.models.incidents.states import UnitStatus
from desktop.models.people import StaffMember, User
from desktop.operations.context import Actor, Context, ReadContext
from desktop.operations.handover import PasswordProof
from desktop.operations.station import Station
from desktop.register.record import Record
from desktop.views.commands import CommandRegistry
from desktop.views.drafts import Drafts
from desktop.views.handover import DataEvents
from desktop.views.icons import Icons
from desktop.views.reports.printing import PrintDesk
from desktop.views.services import Memory, Services
from desktop.views.settings import LiveSettings, MunicipalTexts
from desktop.views.tasks import Tasks
from desktop.views.theme import Theme
from tests.support.desk import DictMemory, Noted
from tests.support.keys import wait_active
from tests.support.quiet import wait_until_quiet

T = TypeVar("T")
Page = TypeVar("Page", bound=QWidget)
PASSWORDS = {"marta": "clave de marta", "ana": "clave de ana"}


def write(widget: QWidget, text: str) -> None:
    """Type `text`, also with the accents that `QTest` does not know."""
    for sign in text:
        if sign.isascii():
            QTest.keyClicks(widget, sign)
        else:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, sign)
                QCoreApplication.sendEvent(widget, event)


@dataclass
class KnownPeople:
    """People whose signature is checked against passwords that the test knows."""

    station: Station
    asked: list[str] = field(default_factory=list)

    def prove(self, username: str, password: str) -> PasswordProof:
        self.asked.append(username)
        if PASSWORDS.get(username) != password:
            raise UserError("El usuario o la contraseña no coinciden.")
        number, name = (7, "Marta Soto") if username == "marta" else (9, "Ana Cayún")
        return PasswordProof(UUID(int=number), name, self.station.clock.now())


@dataclass
class Desk(Generic[Page]):
    """A window with one page."""

    page: Page
    window: QMainWindow
    station: Station
    services: Services
    notices: Noted
    files: list[Path]
    files_folder: Path
    opened: list[tuple[str, dict[str, object]]]

    def settle(self, qtbot: QtBot) -> None:
        """Wait until nothing is read, written or about to be loaded again."""
        wait_until_quiet(qtbot, self.services.tasks, self.window)
        assert self.notices.crashes == []

    def do(self, operation: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        def body(ctx: Context) -> T:
            return operation(ctx, *args, **kwargs)

        return self.station.write(body).result()

    def ask(self, query: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        def body(ctx: ReadContext) -> T:
            return query(ctx, *args, **kwargs)

        return self.station.read(body).result()

    def row(self, model: type[T], record_id: UUID) -> T:
        def body(ctx: ReadContext) -> T:
            return ctx.session.get_one(model, record_id)

        return self.ask(body)

    def close(self, qtbot: QtBot) -> None:
        self.settle(qtbot)
        self.services.events.stop()
        self.window.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def furnish(station: Station) -> None:
    """Put people, staff and two units in the station."""

    def body(ctx: Context) -> None:
        people: tuple[Record, ...] = (
            User(id=UUID(int=7), username="marta", full_name="Marta Soto", roles=("shift_supervisor",)),
            User(id=UUID(int=9), username="ana", full_name="Ana Cayún", roles=("operator",)),
            StaffMember(full_name="José Ñanco"),
            StaffMember(full_name="Íngrid Muñoz"),
            Unit(callsign="M21", status=UnitStatus.AVAILABLE, status_at=ctx.now),
            Unit(callsign="M22", status=UnitStatus.AVAILABLE, status_at=ctx.now),
        )
        for record in people:
            ctx.add(record)

    station.write(body).result()


def print_desk(folder: Path, files: list[Path]) -> PrintDesk:
    def show(path: Path) -> bool:
        files.append(path)
        return True

    return PrintDesk("Ilustre Municipalidad de Puerto Ñielol", "Puerto Ñielol", folder=folder, show=show)


def open_desk(
    qtbot: QtBot,
    station: Station,
    theme: Theme,
    icons: Icons,
    make: Callable[[Services, PrintDesk], Page],
    folder: Path,
    *,
    memory: Memory | None = None,
    size: tuple[int, int] = (1118, 686),
) -> Desk[Page]:
    """Open what `make` makes, as large as the window leaves beside its rail at 1366×768."""
    actor = cast(Actor, station.actor)
    window = QMainWindow()
    notices = Noted()
    held = memory or DictMemory()
    files: list[Path] = []
    opened: list[tuple[str, dict[str, object]]] = []

    def open_elsewhere(key: str, /, **where: object) -> None:
        opened.append((key, where))

    def tear_off(_: str) -> QWidget | None:
        return None

    tasks = Tasks(station, notices, window)
    events = DataEvents(station.events, window)
    services = Services(
        tasks=tasks,
        commands=CommandRegistry(window, actor.rights),
        theme=theme,
        icons=icons,
        toasts=notices,
        clock=station.clock,
        actor=actor,
        rights=actor.rights,
        drafts=Drafts(held, actor.user_id, station.clock),
        memory=held,
        events=events,
        settings=LiveSettings(
            held,
            actor.user_id,
            tasks,
            actor.rights,
            MunicipalTexts(partial(station.read_as, station.system), events, window),
            window,
        ),
        open_page=open_elsewhere,
        tear_off=tear_off,
    )
    page = make(services, print_desk(folder, files))
    window.setCentralWidget(page)
    window.resize(*size)
    window.show()
    wait_active(window)
    desk = Desk(page, window, station, services, notices, files, folder.parent, opened)
    desk.settle(qtbot)
    return desk
