"""How soon one station's line is on another one, through the server and straight over the network; and a slow line."""

import threading
import time
from collections.abc import Callable, Iterator
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
_SLOW_BITS = 1_000_000
_SLOW_S = 30.0


def measure(folder: Path, rounds: int = _ROUNDS, slow: int = 10_000) -> list[Mark]:
    """Measure `rounds` single lines each way, then `slow` change-sets over 1 Mbit/s, cut once in the middle."""
    folder.mkdir()
    with field(folder, ("Una", "Otra")) as (server, [first, second]):
        services = [one.begin_service() for one in (first, second)]
        until(lambda: all(one.state.link.name == "CURRENT" for one in services))
        marks = _latencies("server", first, second, rounds)
        for one in services:
            one.close()
        with _neighbours(first, second):
            marks += _latencies("lan", first, second, rounds)
        marks.append(_slowly(server.port, first, second, slow))
        return marks


@contextmanager
def _neighbours(first: Enrolled, second: Enrolled) -> Iterator[None]:
    try:
        for one in (first, second):
            one.open_to_neighbours()
        seen = add_incident(first.file.store, "Primera", lines=0)
        until(lambda: second.has(seen))
        yield
    finally:
        for one in (first, second):
            if one.neighbours is not None:
                one.neighbours.close()
                one.neighbours = None


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
