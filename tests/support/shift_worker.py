"""A whole station in a process of its own, that works as one is told: `FOLDER` on the command line, then JSON lines.

Every line on the input is `{"do": WORD, …}` and gets one line of answer. The exchange with the server and with the
neighbours runs in the background, as in the program; `isolate` takes the cable out and `connect` puts it in again.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from desktop.core import vault
from desktop.core.clock import SystemClock
from desktop.core.paths import Profile
from desktop.core.station_file import load
from desktop.models.fleet import Unit
from desktop.models.incidents.states import ClosingResult, UnitStatus
from desktop.operations.context import Context
from desktop.operations.incidents.dispatch import assign_units, set_unit_status
from desktop.operations.incidents.intake import open_incident
from desktop.operations.incidents.lines import add_note
from desktop.operations.incidents.progress import close, set_narrative, set_police_report
from desktop.operations.incidents.values import IntakeDraft
from desktop.operations.setup import open_station
from desktop.operations.station import Station
from desktop.operations.users import sign_in
from desktop.store.models import record_models
from desktop.store.receive import tips_of
from desktop.sync.bundle_parts import NoProgress
from desktop.sync.care import ExchangeCare
from desktop.sync.lan.neighbours import Neighbours, Where
from desktop.sync.service import ExchangeService
from desktop.sync.station import begin_exchange, begin_neighbours
from tests.support.set_up_stations import PASSWORD, PHRASE, USERNAME
from tests.support.worker import say

LOOPBACK = Where(lambda: ("127.0.0.1",), "127.0.0.1", 0)
ROUND = (UnitStatus.EN_ROUTE, UnitStatus.ON_SCENE)


class Worker:
    """One station and what is asked of it. Answers are values that JSON knows."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._service: ExchangeService | None = None
        self._neighbours: Neighbours | None = None

    def connect(self) -> None:
        """Exchange with whoever can be reached, from now on."""
        self._service = begin_exchange(self._station, lambda state: None)
        self._neighbours = begin_neighbours(self._station, lambda: None, LOOPBACK)

    def isolate(self) -> None:
        """Exchange with nobody."""
        if self._neighbours is not None:
            self._neighbours.let_go()
        if self._service is not None:
            self._service.close()
        if self._neighbours is not None:
            self._neighbours.close()
        self._service = self._neighbours = None

    def call(self, text: str, callsign: str) -> dict[str, object]:
        """Take a call through its whole life: opened, dispatched, on scene, two notes, closed."""
        incident = UUID(self.open(text))
        unit = self._write(lambda ctx: ctx.session.query(Unit).filter_by(callsign=callsign).one().id)
        self._write(lambda ctx: assign_units(ctx, incident, [unit]))
        for status in ROUND:
            self._write(partial(set_unit_status, unit_ids=[unit], status=status))
        notes = [f"{text}: primera nota", f"{text}: segunda nota"]
        for note in notes:
            self.note(str(incident), note)
        self._write(lambda ctx: close(ctx, incident, ClosingResult.SOLVED, text, free_units=True))
        return {"incident": str(incident), "notes": notes}

    def unit(self, callsign: str) -> None:
        """Put a unit into service."""
        self._write(
            lambda ctx: ctx.add(Unit(callsign=callsign, status=UnitStatus.AVAILABLE, status_at=ctx.now))
        )

    def open(self, text: str) -> str:
        """Open an incident and leave it open."""
        draft = IntakeDraft(narrative=text, address="Picarte 100", phone="912345678")
        return str(self._write(lambda ctx: open_incident(ctx, draft)).id)

    def note(self, incident: str, text: str) -> None:
        """Write into the timeline of an incident."""
        self._write(lambda ctx: add_note(ctx, UUID(incident), text))

    def narrative(self, incident: str, text: str) -> None:
        """Rewrite what happened."""
        self._write(lambda ctx: set_narrative(ctx, UUID(incident), text))

    def police_report(self, incident: str, number: str) -> None:
        """Write the number of the report."""
        self._write(lambda ctx: set_police_report(ctx, UUID(incident), number))

    def export(self, path: str) -> None:
        """Write a stick."""
        ExchangeCare(self._station).export(Path(path), NoProgress())

    def take(self, path: str) -> None:
        """Take a stick."""
        ExchangeCare(self._station).take(Path(path), NoProgress())

    def ask(self, sql: str, given: str | None = None) -> list[list[object]]:
        """Answer a question about the station's file."""

        def read(session: Session) -> list[list[object]]:
            rows = session.connection().exec_driver_sql(sql, () if given is None else (given,)).all()
            return [[one.hex() if isinstance(one, bytes) else one for one in row] for row in rows]

        return self._station.store.read(read).result()

    def held(self) -> dict[str, list[object]]:
        """Return how far each chain is held, with its last hash: `scope/replica` → [seq, hash]."""

        def read(session: Session) -> dict[str, list[object]]:
            tips = tips_of(session.connection())
            return {f"{scope}/{replica}": [seq, tip.hex()] for (scope, replica), (seq, tip) in tips.items()}

        return self._station.store.read(read).result()

    def contents(self) -> list[str]:
        """Return every record and every version that waits for a decision, in an order that all stations share."""

        def read(session: Session) -> list[str]:
            found = []
            for table in sorted([*(model.__tablename__ for model in record_models()), "rival"]):
                rows = session.connection().exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608 - a declared name
                found += [f"{table} {row}" for row in sorted(map(repr, map(tuple, rows)))]
            return found

        return self._station.store.read(read).result()

    def _write(self, body: Callable[[Context], Any]) -> Any:
        return self._station.write(body).result()


def main(folder: Path) -> None:
    """Serve one station until the input ends."""
    profile = Profile(folder)
    master = vault.open_with_passphrase(profile, load(profile).station_id, PHRASE)
    with open_station(profile, master, SystemClock()) as station:
        sign_in(station, USERNAME, PASSWORD)
        worker = Worker(station)
        worker.connect()
        say(json.dumps("ready"))
        for line in sys.stdin:
            asked = json.loads(line)
            say(json.dumps(getattr(worker, asked.pop("do"))(**asked)))
        worker.isolate()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
