"""How soon one station's line is on another one, through the server and straight over the network; and a slow line."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.field import field, through, write_incidents
from benchmarks.measure import Mark, percentile
from benchmarks.slow_line import SlowLine
from desktop.core.events import Changes
from desktop.sync.peer import PeerAway
from tests.support.enrolled import Enrolled, until
from tests.support.work import add_incident

_ROUNDS = 300
_PAUSE_S = 0.02
_WITHIN_S = 10.0
_P50_MS, _P95_MS = 30.0, 80.0
_FIVE_S = 2.0
_SLOW_BITS = 1_000_000
_SLOW_S = 30.0


def measure(folder: Path, rounds: int = _ROUNDS, slow: int = 10_000) -> list[Mark]:
    """Measure `rounds` single lines each way, then `slow` change-sets over 1 Mbit/s, cut once in the middle."""
    folder.mkdir()
    with field(folder, ("Una", "Otra", "Tercera", "Cuarta", "Quinta")) as (server, stations):
        first, second, *_ = stations
        services = [one.begin_service() for one in (first, second)]
        until(lambda: all(one.state.link.name == "CURRENT" for one in services))
        marks = _latencies("server", first, second, rounds)
        for one in services:
            one.close()
        with _neighbours([first, second]):
            marks += _latencies("lan", first, second, rounds)
        with _neighbours(stations):
            marks.append(_to_all_five(stations, max(1, rounds // 10)))
        marks.append(_slowly(server.port, first, second, slow))
        return marks


@contextmanager
def _neighbours(stations: Sequence[Enrolled]) -> Iterator[None]:
    """Let stations find each other as they do in a control room, with nobody between them."""
    try:
        for one in stations:
            one.open_to_neighbours()
        seen = [add_incident(one.file.store, "Primera", lines=0) for one in stations]
        until(lambda: all(one.has(incident) for one in stations for incident in seen))
        yield
    finally:
        for one in stations:
            if one.neighbours is not None:
                one.neighbours.close()
                one.neighbours = None


def _to_all_five(stations: Sequence[Enrolled], rounds: int) -> Mark:
    """Measure until what one of five writes is on all the others, whoever of them passes it on (R124)."""
    slowest = 0.0
    for number in range(rounds):
        time.sleep(_PAUSE_S)
        writer = stations[number % len(stations)]
        began = time.perf_counter()
        incident = add_incident(writer.file.store, "Ruidos molestos", lines=1)
        until(lambda incident=incident: all(one.has(incident) for one in stations))  # type: ignore[misc]
        slowest = max(slowest, time.perf_counter() - began)
    return Mark("lan_five_slowest", "s", slowest, _FIVE_S, note=f"slowest of {rounds} writes, no server")


def _latencies(by: str, first: Enrolled, second: Enrolled, rounds: int) -> list[Mark]:
    """Measure from the moment in which a write is asked for to the moment in which the other one's pages are told."""
    found = [_shown_after_ms(first, second) for _ in range(rounds)]
    note = f"{rounds} single writes, from the key to the other station's pages; slowest {max(found):.0f} ms"
    return [
        Mark(f"live_{by}_p50", "ms", percentile(found, 0.5), _P50_MS, note=note),
        Mark(f"live_{by}_p95", "ms", percentile(found, 0.95), _P95_MS, note=note),
    ]


def _shown_after_ms(first: Enrolled, second: Enrolled) -> float:
    time.sleep(_PAUSE_S)
    arrived = threading.Event()
    at = 0.0

    def heard(changes: Changes) -> None:
        nonlocal at
        if "incidents" in changes.touched:
            at = time.perf_counter()
            arrived.set()

    forget: Callable[[], None] = second.file.store.events.listen(heard)
    began = time.perf_counter()
    add_incident(first.file.store, "Ruidos molestos", lines=1)
    if not arrived.wait(_WITHIN_S):
        raise TimeoutError("it did not arrive")
    forget()
    return (at - began) * 1000


def _slowly(port: int, first: Enrolled, second: Enrolled, count: int) -> Mark:
    """Send change-sets to the server and on to the other station; the line is cut once in the middle of each way."""
    first.exchange()
    second.exchange()
    write_incidents(first, count)
    with SlowLine(port, _SLOW_BITS) as line:
        began = time.perf_counter()
        for one in (through(first, line.address), through(second, line.address)):
            line.cut_after(40_000)
            while True:
                try:
                    one.exchange()
                except PeerAway:
                    continue
                break
        seconds = time.perf_counter() - began
    if first.file.vector != second.file.vector:
        raise RuntimeError("the stations differ")
    note = f"{count} change-sets to the server and on to another station, {line.cuts} cuts, {line.bytes / 1e6:.2f} MB"
    return Mark("slow_line_s", "s", seconds, _SLOW_S, note=note)
