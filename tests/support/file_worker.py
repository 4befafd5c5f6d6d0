"""A process that writes files of a station until somebody kills it.

Run as a program it is a server that has imported everything and forks a worker for each line on its input:
`KIND FOLDER`. It says `pid N`, what the worker says, and `end STATUS`. What a worker has finished it says: `done WORD`.
"""

import os
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from desktop.core import station_file, vault
from desktop.core.paths import Profile
from desktop.models.catalogue import BY_KEY
from desktop.operations import registers
from desktop.operations.attachments import RecordFiles
from desktop.operations.backups import make_backup
from desktop.operations.copies import Copies
from desktop.operations.documents.letterhead import Letterhead
from desktop.operations.export import RecordDocuments
from desktop.operations.queries import ListSpec
from desktop.operations.setup import set_up
from desktop.store.blobs import BlobStore
from desktop.views.tasks import Progress
from tests.support.clock import FakeClock
from tests.support.made import PHRASE, WANTED
from tests.support.stations import SUPERVISOR
from tests.support.stations import open_station as open_simple
from tests.support.worker import say

STAFF = BY_KEY["staff"]
BLOB_KEY = b"k" * 32


def attach(folder: Path) -> None:
    """Attach growing files to one person for ever."""
    with open_simple(folder) as station:
        person = station.write(lambda ctx: registers.create(ctx, STAFF, {"full_name": "Juana"})).result()
        files = RecordFiles(station, BlobStore(station.profile.blobs, BLOB_KEY), Copies())
        for number in iter(int, 1):
            source = folder.parent / "foto.jpg"
            source.write_bytes(os.urandom(400_000))
            say(f"done {files.add(STAFF, person, source)} {number}")


def copy_out(folder: Path) -> None:
    """Open copies of attachments and print papers for ever."""
    with open_simple(folder) as station:
        person = station.write(lambda ctx: registers.create(ctx, STAFF, {"full_name": "Canario"})).result()
        copies = Copies()
        files = RecordFiles(station, BlobStore(station.profile.blobs, BLOB_KEY), copies)
        documents = RecordDocuments(station, lambda at: Letterhead("Municipalidad", "Ejemplo", at), copies)
        source = folder.parent / "canario.txt"
        source.write_bytes(b"canario " * 200_000)
        attachment: UUID = files.add(STAFF, person, source)
        source.unlink()
        while True:
            say(f"done {files.open_copy(attachment)}")
            say(f"done {documents.print_record(STAFF, person, 'record')}")


def export(folder: Path) -> None:
    """Export a long list for ever, CSV and XLSX in turn."""
    with open_simple(folder) as station:
        rows = [{"full_name": f"Persona {number} " + "x" * 60} for number in range(1_500)]
        station.write(lambda ctx: ctx.unit.add_rows(STAFF.model, rows)).result()
        documents = RecordDocuments(station, lambda at: Letterhead("Municipalidad", "Ejemplo", at), Copies())
        out = folder.parent / "salida"
        for number in iter(int, 1):
            for ending in ("csv", "xlsx"):
                target = out / f"lista {SUPERVISOR.name}.{ending}"
                documents.export_list(STAFF, ListSpec(), target, "", Progress())
                say(f"done {target} {number}")


def back_up(folder: Path) -> None:
    """Make backups of a station that was set up, one a minute of its clock, for ever."""
    profile = Profile(folder)
    clock = FakeClock(datetime(2026, 3, 16, tzinfo=UTC) + timedelta(hours=os.getpid()))
    master = vault.open_with_passphrase(profile, station_file.load(profile).station_id, PHRASE)
    while True:
        clock.advance(60)
        say(f"done {make_backup(profile, master, clock.now()).path}")


def set_one_up(folder: Path) -> None:
    """Set a station up, once."""
    set_up(Profile(folder), WANTED, FakeClock()).station.close()
    say("done station")


KINDS: dict[str, Callable[[Path], None]] = {
    "attach": attach,
    "copy_out": copy_out,
    "export": export,
    "back_up": back_up,
    "set_up": set_one_up,
}


def serve() -> None:
    """Fork a worker for each line of the input."""
    vault._ARGON = {"memory_kib": 64, "iterations": 1, "lanes": 1}
    say("ready")
    for line in sys.stdin:
        kind, folder = line.rstrip("\n").split(" ", 1)
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                KINDS[kind](Path(folder))
                status = 0
            except Exception:
                traceback.print_exc()
            finally:
                os._exit(status)
        say(f"pid {pid}")
        _, status = os.waitpid(pid, 0)
        say(f"end {status}")


if __name__ == "__main__":
    serve()
