"""The exchange by a stick between real stations of one municipality, while its server is away."""

import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from desktop.cli.main import main
from desktop.core import station_file, vault
from desktop.core.clock import SystemClock
from desktop.core.errors import Unavailable, UserError
from desktop.core.paths import Profile
from desktop.models.incidents.records import Incident
from desktop.models.shared import Attachment
from desktop.operations.context import Context
from desktop.operations.setup import NewStation, open_station, set_up
from desktop.operations.station import Station
from desktop.store import peers
from desktop.store.blobs import Blob, BlobStore
from desktop.store.receive import tips_of
from desktop.sync.bundle_export import export_bundle
from desktop.sync.bundle_import import import_bundle
from desktop.sync.bundle_parts import member_of
from desktop.sync.station import enrol_station, exchange_once, join
from tests.support.server import RunningServer
from tests.support.work import add_incident
from wire.messages import Tail

PHRASE = "una frase larga de prueba"
CANARY = "Llamada de la calle Los Notros"


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make three enrolled stations; the third may hold nothing but the people. The server is gone afterwards."""
    folder = tmp_path_factory.mktemp("municipio")
    new = NewStation(
        municipality="Municipalidad de Prueba",
        commune="Prueba",
        name="Central 1",
        device="K1",
        admin_username="jefa",
        admin_name="Jefa de Prueba",
        admin_password="puerto esperanza",
        passphrase=PHRASE,
    )
    with RunningServer(folder / "servidor") as server:
        server.found()
        server.start()
        with set_up(Profile(folder / "a"), new, SystemClock()).station as first:
            enrol_station(first, server.code("Central 1", "K1"))
            exchange_once(first)
            for name, letters, scopes in (("b", "K2", ()), ("c", "K3", ("sys",))):
                code = server.code(f"Central {letters}", letters, *scopes)
                join(
                    Profile(folder / name), f"Central {letters}", code, PHRASE, SystemClock()
                ).station.close()
            exchange_once(first)
        for name in ("b", "c"):
            with opened(folder / name) as station:
                exchange_once(station)
    return folder


def opened(folder: Path) -> Station:
    profile = Profile(folder)
    facts = station_file.load(profile)
    master = vault.open_with_passphrase(profile, facts.station_id, PHRASE)
    return open_station(profile, master, SystemClock())


@pytest.fixture
def stations(together: Path, tmp_path: Path) -> Iterator[tuple[Station, Station, Station]]:
    for name in ("a", "b", "c"):
        shutil.copytree(together / name, tmp_path / name)
    made = tuple(opened(tmp_path / name) for name in ("a", "b", "c"))
    yield made  # type: ignore[misc]
    for station in made:
        station.close()


def ask(station: Station, body: Callable[[Any], Any]) -> Any:
    return station.store.read(body).result()


def narratives(station: Station) -> set[str]:
    return {row.narrative for row in ask(station, lambda session: session.query(Incident).all())}


def vector(station: Station) -> dict[tuple[str, int], int]:
    tips = ask(station, lambda session: tips_of(session.connection()))
    return {chain: seq for chain, (seq, _) in tips.items()}


def attach(station: Station, data: bytes) -> Blob:
    blob = blobs(station).add_chunks([data])

    def body(ctx: Context) -> None:
        ctx.add(
            Attachment(
                register="incidents",
                record_id=UUID(int=1),
                name="foto.jpg",
                media_type="image/jpeg",
                size_bytes=blob.size_bytes,
                sha256=blob.sha256,
            )
        )

    station.write_as(station.system, body).result()
    return blob


def blobs(station: Station) -> BlobStore:
    return BlobStore(station.profile.blobs, station.master.blobs)


def know_all_held(station: Station, other: Station) -> None:
    """Let a station think that another holds all that it has."""
    tips = ask(station, lambda session: tips_of(session.connection()))
    tails = [Tail(scope, replica, *tip) for (scope, replica), tip in tips.items()]
    name = member_of(other).device.hex()
    station.store.local(lambda connection: peers.put_held(connection, name, tails)).result()


def test_both_ways_by_stick_they_hold_the_same_and_a_file_taken_twice_changes_nothing(
    stations: tuple[Station, Station, Station], tmp_path: Path
) -> None:
    first, second, _ = stations
    add_incident(first.store, CANARY, lines=3)
    add_incident(second.store, "Anotado en la otra estación")
    photo = attach(first, b"\xff\xd8" * 1_600_000)

    made = export_bundle(first, tmp_path / "ida")
    assert made.path == tmp_path / "ida.atalaya"
    assert (made.attachments, made.recipients) == (1, ("Central K2", "Central K3"))
    taken = import_bundle(second, made.path)
    assert (taken.maker, taken.attachments, taken.refused, taken.is_cut) == ("Central 1", 1, {}, False)
    assert taken.taken > 0
    assert blobs(second).is_sound(photo.sha256)

    before = vector(second)
    again = import_bundle(second, made.path)
    assert (again.taken, again.attachments, vector(second)) == (0, 0, before)

    import_bundle(first, export_bundle(second, tmp_path / "vuelta").path)
    assert vector(first) == vector(second)
    assert narratives(first) == narratives(second) == {CANARY, "Anotado en la otra estación"}


def test_files_in_any_order_give_the_same(stations: tuple[Station, Station, Station], tmp_path: Path) -> None:
    first, second, _ = stations
    files = []
    for number in range(3):
        add_incident(first.store, f"Número {number}")
        files.append(export_bundle(first, tmp_path / f"{number}").path)
    for path in (files[1], files[0], files[2], files[1]):
        import_bundle(second, path)
    assert vector(second) == vector(first)


def test_what_all_others_are_known_to_hold_is_left_out(
    stations: tuple[Station, Station, Station], tmp_path: Path
) -> None:
    first, second, third = stations
    add_incident(first.store, "De antes")
    whole = export_bundle(first, tmp_path / "todo")
    for station in (second, third):
        import_bundle(station, whole.path)
        import_bundle(first, export_bundle(station, tmp_path / station.identity.name).path)
    add_incident(first.store, "De ahora")

    small = export_bundle(first, tmp_path / "nuevo")
    assert small.change_sets == 1
    assert import_bundle(second, small.path).taken == 1
    assert export_bundle(first, tmp_path / "otra", everything=True).change_sets > whole.change_sets


def test_a_file_that_builds_on_something_missing_says_what_to_ask_for(
    stations: tuple[Station, Station, Station], tmp_path: Path
) -> None:
    first, second, third = stations
    add_incident(first.store, "La que falta")
    for other in (second, third):
        know_all_held(first, other)
    add_incident(first.store, "La siguiente")

    found = import_bundle(second, export_bundle(first, tmp_path / "parte").path)
    assert found.waiting
    assert narratives(second) == set()
    import_bundle(second, export_bundle(first, tmp_path / "todo", everything=True).path)
    assert narratives(second) == {"La que falta", "La siguiente"}


def test_a_station_gets_nothing_of_a_scope_that_it_may_not_hold(
    stations: tuple[Station, Station, Station], tmp_path: Path
) -> None:
    first, _, third = stations
    add_incident(first.store, CANARY)
    photo = attach(first, b"foto de la llamada")
    made = export_bundle(first, tmp_path / "ida")
    import_bundle(third, made.path)

    assert narratives(third) == set()
    assert not blobs(third).has(photo.sha256)
    assert {scope for scope, _ in vector(third)} == {"sys"}
    assert CANARY.encode() not in made.path.read_bytes()


def test_a_cut_file_is_told_and_the_whole_one_completes_it(
    stations: tuple[Station, Station, Station], tmp_path: Path
) -> None:
    first, second, _ = stations
    for number in range(5):
        add_incident(first.store, f"Número {number}")
    attach(first, bytes(range(256)) * 5_000)
    data = export_bundle(first, tmp_path / "entero").path.read_bytes()
    cut = tmp_path / "cortado.atalaya"
    for part in (0.999, 0.5, 0.2):
        cut.write_bytes(data[: int(len(data) * part)])
        assert import_bundle(second, cut).is_cut
    import_bundle(second, tmp_path / "entero.atalaya")
    assert vector(second) == vector(first)
    assert not [path for path in second.profile.blobs.iterdir() if path.suffix == ".part"]


def test_files_that_are_not_for_here_are_refused_in_plain_words(
    stations: tuple[Station, Station, Station], together: Path, tmp_path: Path
) -> None:
    first, second, _ = stations
    other = tmp_path / "foto.atalaya"
    other.write_bytes(b"no es de Atalaya")
    with pytest.raises(UserError, match="no es un archivo de intercambio"):
        import_bundle(second, other)
    with pytest.raises(UserError, match="No se encontró"):
        import_bundle(second, tmp_path / "no.atalaya")
    made = export_bundle(first, tmp_path / "ida")
    with pytest.raises(UserError, match="esta misma estación"):
        import_bundle(first, made.path)
    with pytest.raises(Unavailable, match="No se pudo escribir"):
        export_bundle(first, tmp_path / "no hay" / "ida")
    assert not list(tmp_path.glob(".*.part"))


def test_a_station_that_is_not_enrolled_is_told_how(tmp_path: Path) -> None:
    new = NewStation("Municipalidad", "Prueba", "Sola", "K9", "jefa", "Jefa", "puerto esperanza", PHRASE)
    with set_up(Profile(tmp_path), new, SystemClock()).station as alone:
        with pytest.raises(UserError, match="no está inscrita"):
            export_bundle(alone, tmp_path / "x")
        with pytest.raises(UserError, match="no está inscrita"):
            import_bundle(alone, tmp_path / "x")


def test_the_command_line_writes_and_takes_a_file(
    stations: tuple[Station, Station, Station],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    add_incident(stations[0].store, CANARY)
    for station in stations:
        station.close()

    def run(name: str, *words: str) -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr("sys.stdin", io.StringIO(PHRASE + "\n"))
        code = main(["sync", *words, "--profile", str(tmp_path / name), "--json"], lambda *_: 1)
        said = capsys.readouterr().out
        return code, json.loads(said) if said else {}

    path = str(tmp_path / "ida.atalaya")
    code, made = run("a", "export", path)
    assert (code, made["file"]) == (0, path)
    code, taken = run("b", "import", path)
    assert (code, taken["from"], taken["cut"]) == (0, "Central 1", False)
    assert taken["taken"] > 0
    assert run("b", "import", path)[1]["taken"] == 0
    assert run("b", "export")[0] == 1
