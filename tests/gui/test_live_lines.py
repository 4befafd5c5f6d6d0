"""Two people on the same incident: what one writes arrives at the other, who loses nothing of what they are typing."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from desktop.core import vault
from desktop.operations.incidents.lines import add_note
from desktop.operations.station import Station
from desktop.sync.station import begin_exchange, exchange_once
from desktop.views.icons import Icons
from desktop.views.incidents.central import CentralPage
from desktop.views.theme import Theme
from tests.support.core_peer import add_operator
from tests.support.desks import Desk, open_desk, write
from tests.support.joined import joined_municipality, signed_in
from tests.support.keys import press
from tests.support.set_up_stations import QUICK_ARGON
from tests.support.work import add_incident

WAIT_MS = 30_000


@pytest.fixture
def stations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Station]]:
    monkeypatch.setattr(vault, "_ARGON", QUICK_ARGON)
    with joined_municipality(tmp_path / "hechas"), signed_in(tmp_path / "hechas", tmp_path) as made:
        add_operator(made["a"].store)
        exchange_once(made["a"])
        exchange_once(made["b"])
        yield made


def lines(page: CentralPage) -> list[str]:
    view = page.console.view
    return [] if view is None else [line.text for line in view.timeline]


def note(station: Station, incident: UUID, text: str) -> None:
    station.write(lambda ctx: add_note(ctx, incident, text)).result()


def test_what_another_station_writes_arrives_while_one_types(
    stations: dict[str, Station], theme: Theme, icons: Icons, tmp_path: Path, qtbot: QtBot
) -> None:
    here, there = stations["a"], stations["b"]
    incident = add_incident(here.store, "Riña en la plaza", lines=1)
    services = [begin_exchange(one, lambda state: None) for one in (here, there)]
    desk: Desk[CentralPage] = open_desk(qtbot, here, theme, icons, CentralPage, tmp_path / "papeles")
    page = desk.page
    page.show_incident(incident)
    desk.settle(qtbot)
    qtbot.waitUntil(lambda: bool(_known(there, incident)), timeout=WAIT_MS)

    page.console.start_note()
    write(page.console.note, "Llega el SA")
    note(there, incident, "Hay dos heridos")
    qtbot.waitUntil(lambda: "Hay dos heridos" in lines(page), timeout=WAIT_MS)
    assert page.console.note.text() == "Llega el SA"
    assert page.console.note.hasFocus()

    write(page.console.note, "MU al lugar")
    note(there, incident, "Uno está inconsciente")
    press(page.console.note, "Return")
    qtbot.waitUntil(lambda: "Uno está inconsciente" in lines(page), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "Llega el SAMU al lugar" in lines(page), timeout=WAIT_MS)
    assert page.console.note.text() == ""
    qtbot.waitUntil(lambda: "Llega el SAMU al lugar" in _notes(there, incident), timeout=WAIT_MS)
    assert lines(page).count("Hay dos heridos") == 1
    for service in services:
        assert service is not None
        service.close()
    desk.close(qtbot)


def _known(station: Station, incident: UUID) -> bool:
    return bool(_notes(station, incident))


def _notes(station: Station, incident: UUID) -> list[str]:
    return station.store.read(
        lambda session: [
            row[0]
            for row in session.connection().exec_driver_sql(
                "SELECT text FROM incident_lines WHERE incident_id = ?", (incident.bytes,)
            )
        ]
    ).result()
