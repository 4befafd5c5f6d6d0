"""Who ends a connection: never anybody but those who read from it.

A file number that is closed while another thread still reads from it is soon another file's, the database's for one:
what came was then taken for TLS, and the alert that answers it was written over the first page.
"""

import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.sync.state import Link
from tests.support.enrolled import Enrolled, enrolled_stations, until
from tests.support.server import RunningServer


class Closings:
    """The threads that ended connections, and those that read from them while that was done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.readers: dict[int, set[str]] = {}
        self.foreign: list[tuple[str, set[str]]] = []
        read, close = ssl.SSLSocket.recv, ssl.SSLSocket._real_close  # type: ignore[attr-defined]

        def noted_read(one: ssl.SSLSocket, *arguments: int) -> bytes:
            readers = self.readers.setdefault(id(one), set())
            name = threading.current_thread().name
            readers.add(name)
            try:
                return read(one, *arguments)
            finally:
                readers.discard(name)

        def noted_close(one: ssl.SSLSocket) -> None:
            others = self.readers.pop(id(one), set()) - {threading.current_thread().name}
            if others:
                self.foreign.append((threading.current_thread().name, others))
            close(one)

        monkeypatch.setattr(ssl.SSLSocket, "recv", noted_read)
        monkeypatch.setattr(ssl.SSLSocket, "_real_close", noted_close)

    @property
    def reading(self) -> bool:
        """Tell whether somebody waits for a peer's next word."""
        return any("exchange-live" in readers for readers in tuple(self.readers.values()))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(tmp_path / "servidor") as running:
        running.found()
        running.start()
        yield running


@pytest.fixture
def stations(tmp_path: Path, server: RunningServer) -> Iterator[list[Enrolled]]:
    with enrolled_stations(tmp_path, server, ("Central 1", "Central 2")) as made:
        yield made


def test_a_line_to_the_server_ends_without_closing_what_another_thread_reads(
    stations: list[Enrolled], monkeypatch: pytest.MonkeyPatch
) -> None:
    closings = Closings(monkeypatch)
    service = stations[0].begin_service()
    until(lambda: service.state.link is Link.CURRENT and closings.reading)
    service.close()
    assert closings.foreign == []
    assert not closings.reading


def test_lines_to_neighbours_end_without_closing_what_another_thread_reads(
    stations: list[Enrolled], monkeypatch: pytest.MonkeyPatch
) -> None:
    closings = Closings(monkeypatch)
    first, second = stations
    port = first.open_to_neighbours(networks=()).port
    second.open_to_neighbours(networks=()).type_addresses([f"127.0.0.1:{port}"])
    until(lambda: closings.reading)
    assert second.neighbours is not None
    second.neighbours.type_addresses([])
    until(lambda: not closings.reading)
    assert closings.foreign == []
