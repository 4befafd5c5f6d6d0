"""Printing: gather on a reader, draw in the background, keep the file where the person looks for it, and open it.

paper = Paper(services, desk, owner)
paper.make(N_("Ficha de incidente"), lambda ctx, head: incident_sheet(ctx, incident_id, head), "ficha-451")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices

from desktop.core import formats
from desktop.core.errors import AtalayaError, Unavailable
from desktop.core.i18n import N_, tr
from desktop.core.paths import write_atomically
from desktop.core.setting_list import DIRECTORATE_NAME
from desktop.core.station_file import StationFile
from desktop.operations.context import ReadContext
from desktop.operations.documents.letterhead import Letterhead, PrintRun, Signature
from desktop.register.access import Action
from desktop.register.choice import Choice
from desktop.views.commands import Permission
from desktop.views.services import Services
from desktop.views.tasks import Job, Progress

if TYPE_CHECKING:
    from desktop.operations.documents.sheets import Sheet
    from desktop.operations.documents.spreadsheet import Row

FOLDER = "reports/folder"
_LOOK = "look"
MAY_PRINT = Permission(Action.PRINT, "incidents")
Gather = Callable[[ReadContext, Letterhead], "Sheet"]
Table = tuple[str, tuple[str, ...], "Iterable[Row]"]
"""Title, columns and rows."""


def open_in_viewer(path: Path) -> bool:
    """Open a file with the program that the system has for it; False when there is none."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def documents_folder() -> Path:
    """Return the folder of this program among the person's documents."""
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(home) / "Atalaya"


@dataclass(frozen=True, slots=True)
class PrintDesk:
    """Who issues documents here, where files go until the person chooses otherwise, and what opens them."""

    municipality: str
    place: str
    is_exercise: bool = False
    unit: str = N_("Departamento de Seguridad Ciudadana · Central de Comunicaciones")
    folder: Path = field(default_factory=documents_folder)
    show: Callable[[Path], bool] = open_in_viewer


def print_desk(facts: StationFile) -> PrintDesk:
    """Return the desk of a station."""
    return PrintDesk(facts.municipality, facts.commune, facts.is_exercise)


class Paper:
    """Makes files for one page; `owner` is the page, whose end drops the answers."""

    def __init__(self, services: Services, desk: PrintDesk, owner: QObject) -> None:
        self._services = services
        self._desk = desk
        self._owner = owner
        self._looking: Job | None = None

    @property
    def folder(self) -> Path:
        """Return where files go."""
        chosen = self._services.memory.get(FOLDER)
        return Path(chosen) if chosen else self._desk.folder

    def use_folder(self, folder: Path) -> None:
        """Put files there from now on."""
        self._services.memory.put(FOLDER, str(folder))

    def make(
        self,
        title: str,
        gather: Gather,
        name: str,
        *,
        done: Callable[[Path], None] | None = None,
        settled: Callable[[], None] | None = None,
        on_error: Callable[[AtalayaError], None] | None = None,
    ) -> None:
        """Make a PDF called `name`, once the journal has it; without `done` it is opened at once."""
        head, run, folder = self.head(), self.run(), self.folder
        finish = done or self.open
        words = tr(title)

        def gathered(sheet: Sheet) -> None:
            from desktop.operations.prints import note_print  # noqa: PLC0415 - documents load slowly

            self._services.tasks.write(
                lambda ctx: note_print(ctx, words, sheet),
                lambda _: self._draw(title, sheet, run, folder / self._named(f"{name}.pdf"), finish),
                owner=self._owner,
            )

        self._services.tasks.read(
            lambda ctx: gather(ctx, head), gathered, owner=self._owner, settled=settled, on_error=on_error
        )

    def look(
        self,
        gather: Gather,
        done: Callable[[Sheet, tuple[bytes, ...]], None],
        *,
        on_error: Callable[[AtalayaError], None],
        failed: Callable[[], None],
    ) -> None:
        """Draw the pages to be looked at: nothing is kept, and nothing is noted. A newer look takes its place."""
        head, run = self.head(), self.run()
        self.stop_looking()

        def draw(sheet: Sheet) -> None:
            def work(progress: Progress) -> tuple[bytes, ...]:
                from desktop.operations.documents.engine import pictures  # noqa: PLC0415 - slow to load

                progress.check()
                made = pictures(sheet, run)
                progress.check()
                return made

            def drawn(pages: tuple[bytes, ...]) -> None:
                if self._looking is job:
                    self._looking = None
                    done(sheet, pages)

            def settle() -> None:
                if self._looking is job:
                    self._looking = None
                    failed()

            job = self._services.tasks.job(
                tr(N_("Preparando la vista previa")), work, drawn, owner=self._owner, settled=settle
            )
            self._looking = job

        def gathered() -> None:
            if self._looking is None:
                failed()

        self._services.tasks.read(
            lambda ctx: gather(ctx, head),
            draw,
            owner=self._owner,
            slot=_LOOK,
            on_error=on_error,
            settled=gathered,
        )

    def stop_looking(self) -> None:
        """Drop the pages that are being drawn."""
        self._services.tasks.abandon(self._owner, _LOOK)
        job, self._looking = self._looking, None
        if job is not None:
            job.cancel()

    def export(
        self,
        title: str,
        gather: Callable[[ReadContext, Letterhead], Table],
        name: str,
        settled: Callable[[], None] | None = None,
    ) -> None:
        """Write a table; the ending of `name` says whether XLSX or CSV."""
        head, target = self.head(), self.folder / self._named(name)

        def write(table: Table, progress: Progress) -> Path:
            def tick(rows: int) -> None:
                progress.report(rows)
                progress.check()

            from desktop.operations.documents.spreadsheet import write_table  # noqa: PLC0415 - only for exports

            path = _free(target)
            write_table(path, table[0], table[1], table[2], tick)
            return path

        def start(table: Table) -> None:
            self._services.tasks.job(
                tr(title), lambda progress: write(table, progress), self.tell, owner=self._owner
            )

        self._services.tasks.read(lambda ctx: gather(ctx, head), start, owner=self._owner, settled=settled)

    def open(self, path: Path) -> None:
        """Say where the file is and open it."""
        self.tell(path)
        self.show(path)

    def show(self, path: Path) -> None:
        """Open the file, or say what to do where nothing can."""
        if not self._desk.show(path):
            self._services.toasts.toast(
                tr(
                    N_("No hay un programa que abra {file}. Ábralo desde {folder}."),
                    file=path.name,
                    folder=path.parent,
                ),
                tone="warning",
            )

    def tell(self, path: Path) -> None:
        """Say where the file is."""
        self._services.toasts.toast(
            tr(N_("Guardado: {path}"), path=path),
            tone="success",
            action=(tr(N_("Abrir")), lambda: self.show(path)),
        )

    def _draw(
        self, title: str, sheet: Sheet, run: PrintRun, target: Path, done: Callable[[Path], None]
    ) -> None:
        def work(_progress: Progress) -> Path:
            from desktop.operations.documents.engine import render  # noqa: PLC0415 - the typesetter is slow to load

            data = render(sheet, run)
            path = _free(target)
            try:
                write_atomically(path, data)
            except OSError as error:
                raise Unavailable(
                    tr(
                        N_("No se pudo escribir {file}. Revise la carpeta y el espacio en disco."),
                        file=path.name,
                    )
                ) from error
            return path

        self._services.tasks.job(tr(title), work, done, owner=self._owner)

    def _named(self, name: str) -> str:
        """Return a file's name; one of an exercise says so before it is opened."""
        return tr(N_("EJERCICIO-{name}"), name=name) if self._desk.is_exercise else name

    def head(self) -> Letterhead:
        """Return the letterhead of a document issued now by the person who sits here."""
        roles = sorted(self._services.actor.roles, key=lambda role: role.value)
        post = tr(roles[0].label) if roles else ""
        return Letterhead(
            self._desk.municipality,
            self._desk.place,
            self._services.clock.now(),
            unit=tr(self._desk.unit),
            directorate=self._services.settings.get(DIRECTORATE_NAME),
            exercise=self._desk.is_exercise,
            signatures=(Signature(self._services.actor.name, post),),
        )

    def run(self) -> PrintRun:
        """Return who prints, and when."""
        return PrintRun(self._services.actor.name, self._services.clock.now())


def print_incident(services: Services, desk: PrintDesk, owner: QObject, incident_id: UUID) -> None:
    """Make the sheet of an incident and open it."""
    from desktop.operations.reporting import incident_sheet  # noqa: PLC0415 - documents load slowly

    Paper(services, desk, owner).make(
        N_("Ficha de incidente"),
        lambda ctx, head: incident_sheet(ctx, incident_id, head),
        tr(N_("ficha-incidente-{id}"), id=str(incident_id)[-8:]),
    )


def file_word(choice: Choice) -> str:
    """Return the first word of a choice as a file name bears it: `dia`, `tarde`."""
    return formats.fold_text(tr(choice.label)).split()[0]


def _free(wanted: Path) -> Path:
    """Return `wanted`, or the first of its numbered sisters that is not there: nothing printed is overwritten."""
    try:
        wanted.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            tr(N_("No se puede usar la carpeta {folder}. Elija otra."), folder=wanted.parent)
        ) from error
    found, number = wanted, 2
    while found.exists():
        found = wanted.with_stem(f"{wanted.stem}-{number}")
        number += 1
    return found
