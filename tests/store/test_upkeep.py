"""The care of a station from its own pages: who may, what is remembered, what is said when nobody looked."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from desktop.core import station_file, vault
from desktop.core.errors import Cancelled, NotAllowed
from desktop.core.paths import Profile
from desktop.core.vault import MasterKey
from desktop.models.fleet import Unit
from desktop.models.incidents.states import UnitStatus
from desktop.models.roles import Role
from desktop.models.shared import Attachment
from desktop.operations.backups import silent
from desktop.operations.context import Context
from desktop.operations.self_check import Health, Line
from desktop.operations.setup import open_station
from desktop.operations.station import Station
from desktop.operations.upkeep import Upkeep
from desktop.operations.users import sign_in
from desktop.store.engine import connect
from tests.support.clock import FakeClock
from tests.support.set_up_stations import PASSWORD, PHRASE, QUICK_ARGON, USERNAME, Ring, make_station
from tests.support.stations import somebody


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "_ARGON", QUICK_ARGON)
        made = tmp_path_factory.mktemp("estación") / "perfil"
        make_station(made).station.close()
    return made


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def profile(folder: Path, tmp_path: Path) -> Profile:
    made = Profile(tmp_path / "perfil")
    shutil.copytree(folder, made.folder)
    return made


def master_of(profile: Profile) -> MasterKey:
    return vault.open_with_passphrase(profile, station_file.load(profile).station_id, PHRASE)


@pytest.fixture
def station(profile: Profile, clock: FakeClock) -> Iterator[Station]:
    with open_station(profile, master_of(profile), clock) as opened:
        sign_in(opened, USERNAME, PASSWORD)
        yield opened


def line_of(lines: tuple[Line, ...], key: str) -> Line:
    return next(line for line in lines if line.key == key)


def lose_a_file(station: Station) -> None:
    def body(ctx: Context) -> None:
        ctx.add(
            Attachment(
                register="users",
                record_id=UUID(int=5),
                name="parte.pdf",
                media_type="application/pdf",
                size_bytes=9,
                sha256="ab" * 32,
            )
        )

    station.write(body).result()


def tamper(station: Station, sql: str) -> None:
    connection = connect(station.profile.database, station.keys.database)
    try:
        connection.execute(sql)
    finally:
        connection.close()


def test_before_anybody_looked_nothing_is_said_to_be_well(station: Station) -> None:
    upkeep = Upkeep(station)

    assert upkeep.last_check() is None
    assert upkeep.last_verification() is None
    lines = upkeep.check().lines
    for key, found in (("chain", "Nunca"), ("drill", "Nunca"), ("copy", "Ningún"), ("backups", "ninguno")):
        line = line_of(lines, key)
        assert (line.health, found in line.found, bool(line.mend)) == (Health.WARNING, True, True)
    for key in ("disk", "file", "files", "clock", "key"):
        assert line_of(lines, key).health is Health.GOOD


def test_what_was_done_is_good_until_it_is_old(station: Station, clock: FakeClock, tmp_path: Path) -> None:
    upkeep, stick = Upkeep(station), tmp_path / "pendrive"
    stick.mkdir()
    made = upkeep.back_up(silent)
    assert upkeep.rehearse(made.path, silent).is_good
    upkeep.copy_out(made.path, stick, silent)
    assert upkeep.verify(silent).is_sound

    assert {line.health for line in upkeep.check().lines} == {Health.GOOD}
    clock.advance(timedelta(days=40).total_seconds())
    old = {line.key for line in upkeep.check().lines if line.health is Health.WARNING}

    assert old == {"backups", "drill", "copy", "chain"}
    assert all(line.mend for line in upkeep.check().lines if line.health is not Health.GOOD)


def test_what_was_found_is_remembered_with_its_date_after_a_restart(
    profile: Profile, clock: FakeClock, tmp_path: Path
) -> None:
    stick = tmp_path / "pendrive"
    stick.mkdir()
    with open_station(profile, master_of(profile), clock) as station:
        sign_in(station, USERNAME, PASSWORD)
        upkeep = Upkeep(station)
        made = upkeep.back_up(silent)
        upkeep.rehearse(made.path, silent)
        upkeep.copy_out(made.path, stick, silent)
        before = (upkeep.check(), upkeep.verify(silent), upkeep.overview())
    clock.advance(3600)

    with open_station(profile, master_of(profile), clock) as station:
        sign_in(station, USERNAME, PASSWORD)
        upkeep = Upkeep(station)
        assert (upkeep.last_check(), upkeep.last_verification(), upkeep.overview()) == before
    _, verified, overview = before
    assert overview.drills[made.path.name].is_good
    assert overview.copied is not None
    assert (overview.copied.name, overview.copied.folder) == (made.path.name, str(stick))
    assert verified.at < clock.now()


def test_a_drill_in_words_compares_register_by_register(station: Station) -> None:
    upkeep = Upkeep(station)
    made = upkeep.back_up(silent)

    shown = upkeep.rehearse(made.path, silent)

    rows = {row.title: row for row in shown.tables}
    assert (rows["Usuarios"].noted, rows["Usuarios"].restored, rows["Usuarios"].is_same) == (1, 1, True)
    assert rows["Anotaciones de la bitácora"].today > rows["Anotaciones de la bitácora"].restored
    assert [line.key for line in shown.lines] == ["counts", "chain", "continued", "files"]
    assert {line.health for line in shown.lines} == {Health.GOOD}


def test_a_bad_drill_is_said_by_the_self_check_too(station: Station) -> None:
    upkeep = Upkeep(station)
    lose_a_file(station)
    made = upkeep.back_up(silent)

    shown = upkeep.rehearse(made.path, silent)

    assert made.missing_files == 1
    assert not shown.is_good
    assert [line.key for line in shown.lines if line.health is Health.BAD] == ["files"]
    lines = upkeep.check().lines
    assert line_of(lines, "drill").health is Health.BAD
    assert line_of(lines, "files").health is Health.BAD
    assert "1 de 1" in line_of(lines, "files").found


def test_the_first_broken_link_is_named_with_its_author_and_what_it_touches(station: Station) -> None:
    station.write(
        lambda ctx: ctx.add(Unit(callsign="M21", status=UnitStatus.AVAILABLE, status_at=ctx.now))
    ).result()
    tamper(station, "UPDATE units SET callsign = 'M99'")
    upkeep = Upkeep(station)

    found = upkeep.verify(silent)

    assert not found.is_sound
    assert "no dice lo mismo que la bitácora" in found.first
    assert "Marta Soto" in found.first
    assert "Ámbito «Operaciones»" in found.first
    assert found.count == 2, "the record, and the search index that still has its old words"
    assert len(found.touches) == 1
    assert found.touches[0].startswith("Móvil")
    assert upkeep.last_verification() == found
    assert line_of(upkeep.check().lines, "chain").health is Health.BAD


def test_an_attachment_without_its_file_is_no_sound_station(station: Station) -> None:
    lose_a_file(station)

    found = Upkeep(station).verify(silent)

    assert not found.is_sound
    assert "1 adjuntos sin su archivo" in found.first
    assert found.touches == (f"Usuario {UUID(int=5)}",)


def stopping_after(calls: int) -> Callable[[int, int, str], None]:
    left = iter(range(calls))

    def progress(_done: int, _all: int, _text: str) -> None:
        if next(left, None) is None:
            raise Cancelled

    return progress


def test_a_verification_that_is_stopped_changes_nothing_that_is_known(station: Station) -> None:
    upkeep = Upkeep(station)
    reports: list[tuple[int, int]] = []
    before = upkeep.verify(lambda done, whole, _: reports.append((done, whole)))
    assert reports == sorted(reports)
    assert len(reports) > 5

    for calls in range(len(reports)):
        with pytest.raises(Cancelled):
            upkeep.verify(stopping_after(calls))

    assert upkeep.last_verification() == before


def test_a_lost_keyring_is_said_while_the_station_is_still_open(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring, facts = Ring(), station_file.load(station.profile)
    monkeypatch.setattr(vault, "_accepted_ring", lambda: ring)
    vault.keep_in_keyring(facts.station_id, station.master)
    station_file.save(station.profile, replace(facts, key_way=vault.KEYRING))
    upkeep = Upkeep(station)

    half = line_of(upkeep.check().lines, "key")
    vault.drop_passphrase(station.profile)
    good = line_of(upkeep.check().lines, "key")
    ring.held.clear()
    lost = line_of(upkeep.check().lines, "key")

    assert [half.health, good.health, lost.health] == [Health.WARNING, Health.GOOD, Health.BAD]
    assert "a medias" in half.found
    assert "No cierre Atalaya" in lost.mend


def test_what_cannot_be_looked_at_is_a_line_and_the_rest_is_said_all_the_same(station: Station) -> None:
    station.profile.keys_file.write_text("{")

    lines = Upkeep(station).check().lines

    assert line_of(lines, "key").health is Health.BAD
    assert "dañado" in line_of(lines, "key").found
    assert line_of(lines, "file").health is Health.GOOD


def test_only_who_may_looks_makes_and_takes_away(station: Station, tmp_path: Path) -> None:
    upkeep = Upkeep(station)
    made = upkeep.back_up(silent)
    backups: list[Callable[[], object]] = [
        upkeep.overview,
        lambda: upkeep.back_up(silent),
        lambda: upkeep.rehearse(made.path, silent),
        lambda: upkeep.copy_out(made.path, tmp_path, silent),
    ]
    looks: list[Callable[[], object]] = [
        upkeep.check,
        upkeep.last_check,
        upkeep.last_verification,
        lambda: upkeep.verify(silent),
    ]
    for role, refused in (
        (Role.AUDITOR, backups),
        (Role.SHIFT_SUPERVISOR, backups),
        (Role.OPERATOR, backups + looks),
        (None, backups + looks),
    ):
        station.seat(somebody(role) if role is not None else None)
        for refuse in refused:
            with pytest.raises(NotAllowed):
                refuse()
    station.seat(somebody(Role.AUDITOR))
    assert upkeep.verify(silent).is_sound


def test_who_makes_tries_or_takes_a_backup_away_is_in_the_journal(station: Station, tmp_path: Path) -> None:
    upkeep = Upkeep(station)
    made = upkeep.back_up(silent)
    upkeep.rehearse(made.path, silent)
    upkeep.copy_out(made.path, tmp_path, silent)

    noted = station.read(
        lambda ctx: list(
            ctx.session.scalars(
                text("SELECT operation FROM journal WHERE operation LIKE 'backups.%' ORDER BY n")
            )
        )
    ).result()

    assert noted == ["backups.make", "backups.drill", "backups.export"]
