"""A process that works on a store until somebody kills it.

Run as a program it is a server that has imported everything and forks a worker for each line on its input:
`PATH SEED STATEMENT`. A worker opens the file, does mixed work and says on the output what was committed, each time
after the commit: `ok KIND ID NUMBER`. With a STATEMENT above zero it kills itself just before that statement of the
writer, otherwise it works until it is killed. The server says `pid N` and, when a worker is over, `end STATUS`.
"""

import os
import random
import signal
import sys
from functools import partial
from pathlib import Path
from uuid import UUID

from desktop.core.clock import SystemClock
from desktop.models.incidents.records import Incident, IncidentLine
from desktop.models.incidents.states import LineKind
from desktop.models.people import StaffMember, User
from desktop.store import store as store_module
from desktop.store.store import Store
from desktop.store.unit_of_work import UnitOfWork
from tests.support.profiles import OPERATOR, open_store

BULK = 10
LINES = 3


def say(line: str) -> None:
    """Write a whole line at once: a killed worker leaves no half one."""
    os.write(1, (line + "\n").encode())


def create(unit: UnitOfWork, number: int) -> tuple[str, UUID]:
    """Make an incident with its code and lines: several rows, one change-set."""
    incident = Incident(reported_at=unit.at, narrative=f"Riña {number}", code=unit.allot_code(Incident))
    unit.session.add(incident)
    unit.session.flush()
    for line in range(LINES):
        unit.session.add(
            IncidentLine(incident_id=incident.id, at=unit.at, kind=LineKind.NOTE, text=f"{number} {line}")
        )
    return "incident", incident.id


def in_two_scopes(unit: UnitOfWork, number: int) -> tuple[str, UUID]:
    """Make a person and their account: two change-sets that belong together."""
    member = StaffMember(full_name=f"Persona {number}", callsign="0")
    unit.session.add(member)
    unit.session.flush()
    unit.session.add(User(username=f"u{number}", full_name=f"Persona {number}", staff_id=member.id))
    return "member", member.id


def edit(unit: UnitOfWork, number: int) -> tuple[str, UUID]:
    """Write a growing number into a person who was there before."""
    member = unit.session.query(StaffMember).filter_by(phone="contador").first()
    if member is None:
        member = StaffMember(full_name="Contador", phone="contador", callsign="0")
        unit.session.add(member)
        unit.session.flush()
    member.callsign = str(int(member.callsign or 0) + 1)
    unit.session.flush()
    return f"count-{member.callsign}", member.id


def bulk(unit: UnitOfWork, number: int) -> tuple[str, UUID]:
    """Import rows in one change-set."""
    batch = unit.session.query(Incident).first()
    if batch is None:
        batch = Incident(reported_at=unit.at)
        unit.session.add(batch)
        unit.session.flush()
    unit.add_rows(
        IncidentLine,
        [
            {
                "incident_id": batch.id,
                "at": unit.at,
                "kind": LineKind.NOTE,
                "text": f"importada {number} {row}",
            }
            for row in range(BULK)
        ],
    )
    return f"bulk-{number}", batch.id


KINDS = (create, in_two_scopes, edit, bulk)


def work(path: Path, seed: int, statement: int) -> None:
    """Do what the module says; returns only when a statement was given that never came."""
    store_module._CHECKPOINT_PAGES = 3
    store_module._WITNESS_WRITES = 4
    store = open_store(path, clock=SystemClock())
    say("open")
    if statement:
        die_before(store, statement)
    chance = random.Random(seed)
    order = KINDS if statement else (chance.choice(KINDS) for _ in iter(int, 1))
    for kind in order:
        number = chance.randrange(10**9)
        body = partial(kind, number=number)
        name, record_id = store.write(OPERATOR, f"test.{kind.__name__}", body).result()
        say(f"ok {name} {record_id} {number}")
    store.close()


def die_before(store: Store, statement: int) -> None:
    """Kill this process when the writer's connection begins its n-th statement, commits included."""
    count = 0

    def trace(_sql: str) -> None:
        nonlocal count
        count += 1
        if count == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    raw = store._writing.raw_connection()
    connection = raw.dbapi_connection
    raw.close()
    connection.set_trace_callback(trace)  # type: ignore[union-attr]


def serve() -> None:
    """Fork a worker for each line of the input."""
    say("ready")
    for line in sys.stdin:
        path, seed, statement = line.rsplit(" ", 2)
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                work(Path(path), int(seed), int(statement))
                status = 0
            finally:
                os._exit(status)
        say(f"pid {pid}")
        _, status = os.waitpid(pid, 0)
        say(f"end {status}")


if __name__ == "__main__":
    serve()
