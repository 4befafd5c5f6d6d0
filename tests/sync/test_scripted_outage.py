"""A shift over a server, three stations and a stick, all of them real processes, with the middle third in the dark.

The server is killed, one station stands alone, what it writes leaves it on a stick; then everything heals. Nothing may
be lost or doubled, all hold the same, and what was truly changed apart waits for a person, and nothing else does.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from desktop.core import vault
from desktop.core.clock import SystemClock
from desktop.core.paths import Profile
from desktop.sync.station import join
from tests.support.joined import joined_municipality
from tests.support.ledger import ledger_of
from tests.support.server import ROOT, RunningServer
from tests.support.set_up_stations import PHRASE, QUICK_ARGON

PATIENCE_S = 60.0


class Worked:
    """A station's process; every word of `tests.support.shift_worker` may be asked of it."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.shift_worker", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._answer() == "ready"

    def ask(self, word: str, **values: object) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": word, **values}) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        self.process.communicate(timeout=PATIENCE_S)
        assert self.process.returncode == 0

    def end(self) -> None:
        """End the process, however the test went."""
        self.process.kill()
        self.process.communicate()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the station's process ended"
        return json.loads(line)


def until(is_so: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(0.1)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningServer]:
    monkeypatch.setattr(vault, "_ARGON", QUICK_ARGON)
    with joined_municipality(tmp_path) as running:
        code = running.code("Central 3", "K3")
        join(Profile(tmp_path / "c"), "Central 3", code, PHRASE, SystemClock()).station.close()
        yield running


@pytest.fixture
def stations(server: RunningServer, tmp_path: Path) -> Iterator[list[Worked]]:
    del server
    made: list[Worked] = []
    with ExitStack() as stack:
        for name in "abc":
            made.append(Worked(tmp_path / name))
            stack.callback(made[-1].end)
        yield made


class Shift:
    """What was written so far, to be found again everywhere, once."""

    def __init__(self, stations: list[Worked]) -> None:
        self.stations = stations
        self.incidents: list[str] = []
        self.notes: list[str] = []
        for place, station in enumerate(stations):
            station.ask("unit", callsign=f"M{place}")

    def go_on(self, third: str, calls: int = 4) -> None:
        """Every station takes some calls from beginning to end."""
        for number in range(calls):
            for place, station in enumerate(self.stations):
                said = station.ask("call", text=f"Llamada {third} {number} en {place}", callsign=f"M{place}")
                self.incidents.append(said["incident"])
                self.notes += said["notes"]

    def open(self, place: int, text: str) -> str:
        incident = str(self.stations[place].ask("open", text=text))
        self.incidents.append(incident)
        return incident

    def note(self, place: int, incident: str, text: str) -> None:
        self.stations[place].ask("note", incident=incident, text=text)
        self.notes.append(text)

    def knows(self, place: int, incident: str) -> bool:
        sql = "SELECT 1 FROM incidents WHERE hex(id) = ?"
        return bool(self.stations[place].ask("ask", sql=sql, given=incident.replace("-", "").upper()))

    def reads(self, place: int, note: str) -> bool:
        sql = "SELECT 1 FROM incident_lines WHERE text = ?"
        return bool(self.stations[place].ask("ask", sql=sql, given=note))


def test_a_shift_with_its_middle_third_in_the_dark(
    server: RunningServer, stations: list[Worked], tmp_path: Path
) -> None:
    first, second, third = stations
    shift = Shift(stations)

    shift.go_on("con servidor")
    subjects = ("dos relatos", "lo mismo", "dos campos", "turnos")
    shared = {what: shift.open(0, f"Para {what}") for what in subjects}
    for incident in shared.values():
        until(lambda: all(shift.knows(place, incident) for place in range(3)))  # noqa: B023 - at once

    server.kill()
    third.ask("isolate")
    shift.go_on("sin servidor")
    shift.note(0, shared["turnos"], "nota por la red local")
    until(lambda: shift.reads(1, "nota por la red local"))
    first.ask("narrative", incident=shared["turnos"], text="Primero esto")
    shift.note(0, shared["turnos"], "el relato cambió")
    until(lambda: shift.reads(1, "el relato cambió"))
    second.ask("narrative", incident=shared["turnos"], text="Después esto, con lo otro a la vista")
    first.ask("narrative", incident=shared["dos relatos"], text="Eran tres y huyeron al norte")
    third.ask("narrative", incident=shared["dos relatos"], text="Eran dos y huyeron al sur")
    second.ask("narrative", incident=shared["lo mismo"], text="Falsa alarma")
    third.ask("narrative", incident=shared["lo mismo"], text="Falsa alarma")
    second.ask("narrative", incident=shared["dos campos"], text="Choque sin heridos")
    third.ask("police_report", incident=shared["dos campos"], number="P-1234")

    shift.note(2, shared["dos campos"], "solo en la memoria")
    third.ask("export", path=str(tmp_path / "memoria.atalaya"))
    first.ask("take", path=str(tmp_path / "memoria.atalaya"))
    until(lambda: shift.reads(1, "solo en la memoria"))

    server.start()
    third.ask("connect")
    shift.go_on("de vuelta")
    with ledger_of(tmp_path / "servidor") as ledger:
        until(lambda: all_hold(stations, chains(ledger.held())))
    contents = [one.ask("contents") for one in stations]
    for other in contents[1:]:
        assert set(contents[0]) ^ set(other) == set()
        assert contents[0] == other

    for station in stations:
        station.ask("isolate")
        notes = [
            row[0] for row in station.ask("ask", sql="SELECT text FROM incident_lines WHERE kind = 'note'")
        ]
        assert sorted(notes) == sorted([*shift.notes, "RUC o parte: P-1234"]), "every note once"
        rows = station.ask("ask", sql="SELECT id, code, folio FROM incidents")
        assert sorted(row[0] for row in rows) == sorted(one.replace("-", "") for one in shift.incidents)
        assert len({row[1] for row in rows}) == len(rows), "no radio code twice"
        numbers = sorted(row[2] for row in rows)
        assert [int(one.rsplit("-", 1)[1]) for one in numbers] == list(range(1, len(rows) + 1)), (
            "no number missing"
        )
        asked = station.ask("ask", sql="SELECT record_id, field_group FROM rival WHERE is_open = 1")
        assert asked == [[shared["dos relatos"].replace("-", ""), "narrative"]]
        station.close()
    assert server.stop() == 0
    with ledger_of(tmp_path / "servidor") as ledger:
        ledger.check()


def all_hold(stations: list[Worked], held: dict[str, list[object]]) -> bool:
    """Tell whether all hold the same, and so nothing that one of them wrote is still to be sent."""
    return all(one.ask("held") == held for one in stations)


def chains(held: dict[tuple[str, int], tuple[int, bytes]]) -> dict[str, list[object]]:
    return {f"{scope}/{replica}": [seq, tip.hex()] for (scope, replica), (seq, tip) in held.items() if seq}
