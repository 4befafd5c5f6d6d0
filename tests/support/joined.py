"""Two whole stations of one municipality and a third that works alone, over a real server."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.core import station_file, vault
from desktop.core.clock import SystemClock
from desktop.core.paths import Profile
from desktop.operations.setup import open_station
from desktop.operations.station import Station
from desktop.operations.users import sign_in
from desktop.sync.station import enrol_station, exchange_once, join
from tests.support.server import RunningServer
from tests.support.set_up_stations import PASSWORD, PHRASE, USERNAME, make_station

NAMES = ("sola", "a", "b")


@contextmanager
def joined_municipality(folder: Path) -> Iterator[RunningServer]:
    """Make the folders of a station set up alone, one enrolled, and another that joined; the server runs."""
    with RunningServer(folder / "servidor") as server:
        server.found()
        server.start()
        make_station(folder / "sola").station.close()
        shutil.copytree(folder / "sola", folder / "a")
        with opened(folder / "a") as first:
            enrol_station(first, server.code("Central 1", first.identity.device))
            exchange_once(first)
            code = server.code("Central 2", "K2")
            join(Profile(folder / "b"), "Central 2", code, PHRASE, SystemClock()).station.close()
            exchange_once(first)
        with opened(folder / "b") as second:
            exchange_once(second)
        yield server


def opened(folder: Path) -> Station:
    """Open a station of a folder."""
    profile = Profile(folder)
    master = vault.open_with_passphrase(profile, station_file.load(profile).station_id, PHRASE)
    return open_station(profile, master, SystemClock())


@contextmanager
def signed_in(source: Path, folder: Path) -> Iterator[dict[str, Station]]:
    """Open copies of the stations, each with its administrator signed in."""
    made = {}
    for name in NAMES:
        shutil.copytree(source / name, folder / name)
        made[name] = opened(folder / name)
        sign_in(made[name], USERNAME, PASSWORD)
    yield made
    for station in made.values():
        station.close()
