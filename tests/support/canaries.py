"""A word that may be read in no file: written everywhere, looked for everywhere."""

import logging
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from desktop.core.logs import start_logging
from desktop.models.catalogue import BY_KEY, REGISTERS
from desktop.operations.attachments import RecordFiles
from desktop.operations.context import Context
from desktop.operations.copies import Copies
from desktop.operations.documents.letterhead import Letterhead
from desktop.operations.export import RecordDocuments
from desktop.operations.queries import ListSpec
from desktop.operations.station import Station
from desktop.register.kinds import Kind, kind_of
from desktop.register.record import Record
from desktop.store.blobs import BlobStore
from desktop.store.store import Store
from desktop.store.unit_of_work import Author, UnitOfWork
from desktop.views.shell.crash import crash_report, save_report
from desktop.views.tasks import Progress
from tests.support.samples import complete_row, labelled

Row = dict[str, Any]
_OWNERS_FIRST = sorted(REGISTERS, key=lambda register: register.model.owner_field is not None)
_WORDS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.LIST})


def files_with(folder: Path, words: str) -> list[str]:
    """Return the files that hold the words in UTF-8 or UTF-16, whatever the capitals, or have them in their name."""
    needles = [words.encode(coding).lower() for coding in ("utf-8", "utf-16-le", "utf-16-be")]
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if words.lower() in path.name.lower()
        or (path.is_file() and any(needle in path.read_bytes().lower() for needle in needles))
    ]


def write_everywhere(station: Station, canary: str) -> set[str]:
    """Put the word into every text of every register; return the tables that hold it now."""
    known: dict[str, UUID] = {}
    filled: set[str] = set()
    for _ in range(3):  # what a record needs is there at the latest in the third round
        for register in _OWNERS_FIRST:
            row = complete_row(register, canary, canary, known)
            if row is None or register.key in known:
                continue
            if "sha256" in row:
                row["sha256"] = "ab" * 32  # no word, and read as what it is

            def add(ctx: Context, model: type = register.model, made: dict[str, object] = row) -> None:
                ctx.unit.add_rows(model, [made])

            station.write(add).result()
            known[register.key] = row["id"]
            if any(kind_of(column) in _WORDS for _, column in labelled(register)):
                filled.add(register.key)
    return filled


def write_into(store: Store, author: Author, scope: str, canary: str) -> set[str]:
    """Put the word into every text of every register of a scope; return the tables that hold it now."""
    known: dict[str, UUID] = {}
    for _ in range(3):
        for register in _OWNERS_FIRST:
            row = complete_row(register, canary, canary, known)
            if row is None or register.key in known or register.model.scope.value != scope:
                continue
            if "sha256" in row:
                row["sha256"] = sha256(canary.encode()).hexdigest()

            def add(unit: UnitOfWork, model: type = register.model, made: dict[str, object] = row) -> None:
                unit.add_rows(model, [made])

            store.write(author, "prueba.create", add).result()
            known[register.key] = row["id"]
    return set(known)


def write_elsewhere(store: Store, author: Author, scope: str, model: type[Record], values: Row) -> None:
    """Write a record as one of another scope, as no program does."""

    def body(unit: UnitOfWork) -> None:
        own = model.scope.value
        unit.add_rows(model, [values])
        unit.capture._drafts[scope] = unit.capture._drafts.pop(own)
        unit.capture._touched[scope] = unit.capture._touched.pop(own)

    store.write(author, "prueba.create", body).result()


def use_everything(station: Station, out: Path, canary: str) -> Copies:
    """Do whatever makes files: attach, open, print, export, remember, fail, log; papers go to `out`."""
    staff = BY_KEY["staff"]
    start_logging(station.profile.logs)
    source = out / f"{canary}.txt"
    source.write_text(canary * 1_000)
    copies = Copies()
    files = RecordFiles(station, BlobStore(station.profile.blobs, b"k" * 32), copies)
    person = station.write(lambda ctx: ctx.add(staff.model(full_name=canary)).id).result()
    files.open_copy(files.add(staff, person, source))
    documents = RecordDocuments(station, lambda at: Letterhead(canary, canary, at), copies)
    documents.print_record(staff, person, "record")
    for ending in ("csv", "xlsx"):
        documents.export_list(staff, ListSpec(), out / f"lista.{ending}", canary, Progress())
    station.memory.put(f"borrador/{canary}", canary)
    station.memory.flush()

    def fail(ctx: Context) -> None:
        ctx.add(staff.model(full_name=f"Fallido {canary}"))
        ctx.session.flush()
        raise ValueError(canary)

    error = station.write(fail).exception()
    if error is not None:
        logging.getLogger("desktop.prueba").error("an operation failed", exc_info=error)
        at = station.clock.now()
        save_report(station.profile.logs, crash_report(error, "0.1.0", at), at)
    return copies
