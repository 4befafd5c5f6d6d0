"""Official numbers of sixteen stations that wrote a thousand records each without a network (R59).

Radio codes are the stations' own and were spoken on the radio already; the server numbers what it takes, once, without
a gap, whichever of its processes takes it and however often it is sent.
"""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from server.engine import Database
from server.records import unpack_state
from server.take import push
from tests.support.municipality import Municipality, Station
from wire.messages import Push, Refusal

STATIONS, RECORDS = 16, 1_000
SCOPE = "operaciones"


def written(municipality: Municipality) -> list[Station]:
    stations = [municipality.station(code=f"K{sign}") for sign in "123456789ABCDEFG"]
    for place, station in enumerate(stations, start=1):
        for number in range(1, RECORDS + 1):
            code = f"INC-26-{place:02d}-{number:04d}-R"
            station.create(SCOPE, "incidents", uuid4().bytes, {"code": code})
    return stations


def send(
    municipality: Municipality, gateways: Sequence[Database], station: Station, chance: random.Random
) -> None:
    """Send a chain in pieces of any size through any process, some of them twice."""
    start = 1
    while start <= RECORDS:
        last = min(RECORDS, start + chance.randrange(1, 200))
        piece = station.piece(SCOPE, start=start, last=last, first=start)
        for _ in range(chance.choice((1, 1, 1, 2))):
            taken = push(chance.choice(gateways), municipality.authority, station.device, Push([piece])).taken
            assert [one.refusal for one in taken] in ([None], [Refusal.BUSY])
        if taken[0].seq >= last:
            start = last + 1


@pytest.mark.slow
def test_every_record_has_one_number_and_no_number_is_left_out(
    municipality: Municipality, where: str | Path
) -> None:
    stations = written(municipality)
    others = [Database.open(where, municipality.wall) for _ in range(2 if isinstance(where, str) else 0)]
    gateways = [municipality.database, *others]
    with ThreadPoolExecutor(8) as pool:
        sent = [
            pool.submit(send, municipality, gateways, station, random.Random(place))
            for place, station in enumerate(stations)
        ]
        for done in sent:
            done.result()
    for database in others:
        database.close()

    states = [unpack_state(data).values for data in municipality.states(SCOPE).values()]
    assert len({state["code"] for state in states}) == STATIONS * RECORDS
    numbers = sorted(str(state["folio"]) for state in states)
    assert numbers == [f"INC-2026-{number:06d}" for number in range(1, STATIONS * RECORDS + 1)]
