"""A second station joins with a code: its people and catalogues are those of the first, not another set of its own."""

import io
import json
from pathlib import Path

import pytest

from desktop.app.exchange import sync_state
from desktop.cli.main import main
from desktop.core.clock import SystemClock
from desktop.core.errors import Unavailable, UserError
from desktop.core.paths import Profile
from desktop.models.catalogue import BY_KEY
from desktop.models.catalogues import IncidentType
from desktop.operations.history import history
from desktop.operations.setup import NewStation, set_up
from desktop.operations.users import sign_in
from desktop.sync import bootstrap
from desktop.sync.care import ExchangeCare
from desktop.sync.enrolment import membership
from desktop.sync.state import ExchangeState, Link
from desktop.sync.station import begin_exchange, enrol_station, exchange_once, join
from tests.support.enrolled import until
from tests.support.server import RunningServer

PHRASE = "una frase larga de prueba"
PASSWORD = "puerto esperanza"


def first_station(folder: Path) -> NewStation:
    return NewStation(
        municipality="Municipalidad de Prueba",
        commune="Prueba",
        name="Central 1",
        device="K1",
        admin_username="jefa",
        admin_name="Jefa de Prueba",
        admin_password=PASSWORD,
        passphrase=PHRASE,
    )


def test_a_joining_station_has_the_people_and_catalogues_of_the_municipality(tmp_path: Path) -> None:
    with RunningServer(tmp_path / "servidor") as server:
        server.found()
        server.start()
        with set_up(Profile(tmp_path / "a"), first_station(tmp_path), SystemClock()).station as first:
            enrol_station(first, server.code("Central 1", "K1"))
            assert exchange_once(first).remaining == 0

            profile = Profile(tmp_path / "b")
            made = join(profile, "Central 2", server.code("Central 2", "K2"), PHRASE, SystemClock())
            with made.station as second:
                assert sign_in(second, "jefa", PASSWORD).name == "Jefa de Prueba"
                assert (
                    second.read(lambda ctx: ctx.session.query(IncidentType).count()).result()
                    == first.read_as(
                        first.system, lambda ctx: ctx.session.query(IncidentType).count()
                    ).result()
                )
                member = membership(second.store)
                assert member is not None
                assert member.device_code == "K2"
        with pytest.raises(UserError, match="ya hay una estación"):
            join(profile, "Otra", server.code("Otra", "K3"), PHRASE, SystemClock())


def test_a_joining_station_works_before_its_history_came_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "WORTHWHILE", 1)
    monkeypatch.setattr(bootstrap, "_BUDGET", 1)
    with RunningServer(tmp_path / "servidor") as server:
        server.found()
        server.start()
        with set_up(Profile(tmp_path / "a"), first_station(tmp_path), SystemClock()).station as first:
            enrol_station(first, server.code("Central 1", "K1"))
            exchange_once(first)
            made = join(
                Profile(tmp_path / "b"), "Central 2", server.code("Central 2", "K2"), PHRASE, SystemClock()
            )
            with made.station as second:
                sign_in(second, "jefa", PASSWORD)
                kind = second.read(lambda ctx: ctx.session.query(IncidentType).first()).result()
                assert kind is not None

                def titles() -> list[str]:
                    read = second.read(lambda ctx: history(ctx, BY_KEY["incident_types"], kind.id))
                    return [entry.operation for entry in read.result()]

                assert titles() == ["La historia anterior de este registro está llegando desde el servidor"]
                care = ExchangeCare(second)
                assert care.overview().history > 0

                told: list[ExchangeState] = []
                service = begin_exchange(second, told.append)
                assert service is not None
                until(lambda: care.overview().history == 0)
                service.close()
                assert len({state.history for state in told}) > 2
                assert told[-1].history == 0
                assert len(titles()) == 1
                assert "llegando" not in titles()[0]


def test_a_join_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    with RunningServer(tmp_path / "servidor") as server:
        server.found()
        code = server.code("Central 2", "K2")
    profile = Profile(tmp_path / "b")
    with pytest.raises(Unavailable):
        join(profile, "Central 2", code, PHRASE, SystemClock())

    assert not profile.exists
    assert not profile.database.exists()


def test_the_command_line_enrols_exchanges_and_tells_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a"
    set_up(Profile(folder), first_station(tmp_path), SystemClock()).station.close()

    def run(what: str, *typed: str) -> tuple[int, dict[str, object]]:
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join([PHRASE, *typed]) + "\n"))
        code = main(["sync", what, "--profile", str(folder), "--json"], lambda *_: 1)
        said = capsys.readouterr().out
        return code, json.loads(said) if said else {}

    with RunningServer(tmp_path / "servidor") as server:
        server.found()
        server.start()
        assert run("now") == (1, {})
        assert run("enroll", server.code("Central 1", "K1"))[0] == 0
        before = run("status")[1]
        assert before["enrolled"] is True
        assert before["remaining"] != 0
        assert run("now")[1]["remaining"] == 0
        assert run("status")[1]["remaining"] == 0


@pytest.mark.parametrize("link", list(Link))
@pytest.mark.parametrize("remaining", [0, 3])
def test_the_bar_says_up_to_date_only_when_nothing_is_left_to_send(link: Link, remaining: int) -> None:
    from desktop.views.shell.status import sync_items  # noqa: PLC0415

    items = sync_items(sync_state(ExchangeState(link=link, remaining=remaining)))
    is_green = any(item.tone == "ok" for item in items)

    assert is_green == (link is Link.CURRENT and remaining == 0)
    assert any("al día" in item.text for item in items) == is_green
