"""Stations and a server as real processes and files, for the measurements of the exchange."""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from desktop.models.incidents.records import Incident
from desktop.store.unit_of_work import UnitOfWork
from tests.support.core_peer import add_operator
from tests.support.enrolled import Enrolled, enrolled
from tests.support.postgres import Postgres
from tests.support.profiles import OPERATOR
from tests.support.replicas import make
from tests.support.server import RunningServer

_IN_FLIGHT = 200


@contextmanager
def field(
    folder: Path, names: Sequence[str], options: Sequence[str] = ()
) -> Iterator[tuple[RunningServer, list[Enrolled]]]:
    """Give a server on a PostgreSQL that keeps its promises to the disk, and stations enrolled with it."""
    with ExitStack() as ends:
        postgres = ends.enter_context(Postgres())
        dsn = ends.enter_context(postgres.database())
        server = ends.enter_context(RunningServer(dsn, options=options))
        server.found()
        server.start()
        stations = [
            enrolled(file, server, f"K{place}") for place, file in enumerate(make(folder, names), start=1)
        ]
        add_operator(stations[0].file.store)
        for _ in range(2):
            for station in stations:
                station.exchange()
        try:
            yield server, stations
        finally:
            for station in stations:
                station.close()


def through(station: Enrolled, address: str) -> Enrolled:
    """Return the same station calling the server at another address."""
    return Enrolled(station.file, msgspec.structs.replace(station.member, address=address))


def write_incidents(station: Enrolled, count: int) -> list[UUID]:
    """Write incidents, each in a change-set of its own.

    They have no radio code: giving each an official number would be a second write, of the server.
    """

    def one(number: int) -> Callable[[UnitOfWork], UUID]:
        def body(unit: UnitOfWork) -> UUID:
            incident = Incident(
                reported_at=unit.at,
                narrative=f"Ruidos molestos, caso {number}",
                address=f"Los Notros {number}",
                external_ref=f"X{number}",
                sector="Centro",
                lat=-33.4,
                lon=-70.6,
            )
            unit.session.add(incident)
            unit.session.flush()
            return incident.id

        return body

    return _all(station, [one(number) for number in range(count)])


def change_incidents(station: Enrolled, ids: Sequence[UUID], **values: object) -> None:
    """Change every one of some incidents, each in a change-set of its own."""

    def one(incident_id: UUID) -> Callable[[UnitOfWork], None]:
        def body(unit: UnitOfWork) -> None:
            incident = unit.session.get_one(Incident, incident_id)
            for name, value in values.items():
                setattr(incident, name, value)

        return body

    _all(station, [one(incident_id) for incident_id in ids])


def _all(station: Enrolled, bodies: Sequence[Callable[[UnitOfWork], Any]]) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(bodies), _IN_FLIGHT):
        waiting: list[Future[Any]] = [
            station.file.store.write(OPERATOR, "bench", body) for body in bodies[start : start + _IN_FLIGHT]
        ]
        found += [one.result() for one in waiting]
    return found


def taken_s(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def raw_insert_speed(folder: Path, station: Enrolled, driver: Any = sqlite3, key: str = "") -> float:
    """Return how many of a station's incidents a second go into a table like its own, with its indexes, and no more.

    One `executemany` in one transaction, write-ahead log, `synchronous=NORMAL`, rows in memory before.
    """

    def look(session: Any) -> tuple[list[str], list[tuple[Any, ...]]]:
        run = session.connection().exec_driver_sql
        made = run("SELECT sql FROM sqlite_master WHERE tbl_name = 'incidents' AND sql IS NOT NULL")
        return [row[0] for row in made], [tuple(row) for row in run("SELECT * FROM incidents")]

    statements, rows = station.file.store.read(look).result()
    path = folder / "raw" / "raw.db"
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir()
    with closing(driver.connect(str(path), isolation_level=None)) as connection:
        if key:
            connection.execute(f"PRAGMA key = \"x'{key}'\"")
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -65536"):
            connection.execute(f"PRAGMA {pragma}")
        for statement in statements:
            connection.execute(statement)
        marks = ", ".join("?" * len(rows[0]))

        def insert() -> None:
            connection.execute("BEGIN")
            connection.executemany(f"INSERT INTO incidents VALUES ({marks})", rows)
            connection.execute("COMMIT")

        return len(rows) / taken_s(insert)
