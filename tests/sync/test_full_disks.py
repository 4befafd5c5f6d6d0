"""A disk that is full in the middle of an exchange: said plainly, nothing half taken, and on when there is room."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import msgspec
import pytest

from desktop.core.errors import Unavailable
from desktop.models.people import StaffMember
from desktop.store.unit_of_work import UnitOfWork
from desktop.sync.exchange import Exchange
from desktop.sync.http_peer import HttpPeer
from desktop.sync.peer import PeerAway
from tests.support.disks import KINDS, SmallDisk, small_disk
from tests.support.enrolled import Enrolled, enrolled_stations
from tests.support.ledger import ledger_of
from tests.support.postgres import Postgres
from tests.support.profiles import OPERATOR, keys_of
from tests.support.proxy import Proxy
from tests.support.server import RunningServer

NAMES = ("uno", "dos")
SIZE_MIB = 64
LEAVES = (0, 8_192, 200_000)
ROWS = 60


@pytest.fixture(params=KINDS)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(request.param, tmp_path / "disco", SIZE_MIB) as made:
        yield made


def write_much(station: Enrolled, change_sets: int) -> None:
    """Write more than the rooms that are left hold, in change-sets of many rows."""
    for number in range(change_sets):
        rows: list[dict[str, object]] = [
            {"full_name": f"Persona {number} {row} " + "x" * 400} for row in range(ROWS)
        ]
        station.file.store.write(OPERATOR, "staff.import", partial(_add, rows=rows)).result()


def _add(unit: UnitOfWork, rows: list[dict[str, object]]) -> None:
    unit.add_rows(StaffMember, rows)


def people(station: Enrolled) -> int:
    return len(station.file.rows()["staff"])


def check_alike(stations: list[Enrolled], where: Path | str) -> None:
    for station in (*stations, *stations[:1]):
        assert station.exchange().remaining == 0
    first, second = (one.file for one in stations)
    assert first.rows() == second.rows()
    with ledger_of(where) as ledger:
        ledger.check()
        assert first.vector == second.vector == {chain: seq for chain, (seq, _) in ledger.held().items()}
    assert [one.file.faults() for one in stations] == [[], []]


def test_a_station_whose_disk_is_full_takes_whole_change_sets_or_none_and_goes_on(
    disk: SmallDisk, postgres: Postgres
) -> None:
    with ExitStack() as stack:
        dsn = stack.enter_context(postgres.database())
        server = stack.enter_context(RunningServer(dsn))
        server.found()
        server.start()
        proxy = stack.enter_context(Proxy(server.port))
        stations = stack.enter_context(enrolled_stations(disk.folder, server, NAMES))
        for station in stations:
            station.member = msgspec.structs.replace(station.member, address=proxy.address)
        first, second = stations
        for leave in LEAVES:
            write_much(first, 14)
            first.exchange()
            before = second.file.vector
            disk.fill(leave)
            with pytest.raises(Unavailable, match="No queda espacio en el disco"):
                second.exchange()
            assert people(second) % ROWS == 0
            assert all(second.file.vector[chain] >= seq for chain, seq in before.items())
            disk.free()
            assert second.exchange().refused == {}
            assert people(second) == people(first)
        check_alike(stations, dsn)


def test_a_server_whose_disk_is_full_takes_nothing_and_is_sent_it_again(
    disk: SmallDisk, tmp_path: Path
) -> None:
    folder = disk.folder / "servidor"
    with ExitStack() as stack:
        server = stack.enter_context(RunningServer(folder, log=tmp_path / "server.log"))
        server.found()
        server.start()
        assert server.process is not None
        disk.process = server.process.pid
        stations = stack.enter_context(enrolled_stations(tmp_path, server, NAMES))
        first = stations[0]
        peer = HttpPeer.server(first.member, keys_of(first.file.name).signing)
        stack.callback(peer.close)
        exchange = Exchange(first.file.store, peer, "server", first.identity)
        exchange.run()
        for leave in LEAVES:
            write_much(first, 14)
            with ledger_of(folder) as ledger:
                before = ledger.heads()
            disk.fill(leave)
            with pytest.raises(PeerAway, match="busy"):
                exchange.push()
            disk.free()
            with ledger_of(folder) as ledger:
                assert ledger.heads() == before, "all of a push or nothing"
                ledger.check()
            assert exchange.push().remaining == 0
        check_alike(stations, folder)
        assert "Traceback" not in (tmp_path / "server.log").read_text()
