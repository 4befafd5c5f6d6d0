"""Changing how a station's key is kept: at every moment the old way or the new one opens it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import text

from desktop.core import station_file, vault
from desktop.core.errors import AtalayaError, FieldError, NotAllowed, Unavailable
from desktop.core.paths import Profile, write_atomically
from desktop.core.vault import KEYRING, PASSPHRASE, KeyringUnavailable, MasterKey, WrongPassphrase
from desktop.models.roles import Role
from desktop.operations.keys import StationKeys
from desktop.operations.setup import open_station
from desktop.operations.station import Station
from desktop.operations.users import sign_in
from tests.support.clock import FakeClock
from tests.support.set_up_stations import PASSWORD, PHRASE, QUICK_ARGON, USERNAME, Ring, make_station
from tests.support.stations import somebody

OLD, NEW = PHRASE, "otra frase bastante larga"


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setattr(vault, "_accepted_ring", lambda: made)
    return made


@pytest.fixture(autouse=True)
def _quick_stretching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "_ARGON", QUICK_ARGON)


@dataclass(frozen=True)
class Kept:
    """A closed station of each way, to be copied: folder, recovery code, what its keyring holds."""

    folder: Path
    code: str
    held: dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def stations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Kept]:
    kept = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault, "_ARGON", QUICK_ARGON)
        for way in (KEYRING, PASSPHRASE):
            ring = Ring()
            patch.setattr(vault, "_accepted_ring", lambda ring=ring: ring)
            folder = tmp_path_factory.mktemp(way) / "perfil"
            done = make_station(folder, by_keyring=way == KEYRING)
            done.station.close()
            kept[way] = Kept(folder, done.recovery_code, ring.held)
    return kept


@pytest.fixture
def opened(
    stations: dict[str, Kept], ring: Ring, tmp_path: Path
) -> Iterator[Callable[[str], tuple[Station, str]]]:
    """Open a copy of a station of the given way, with its administrator seated."""
    open_now: list[Station] = []

    def make(way: str) -> tuple[Station, str]:
        profile = Profile(tmp_path / "perfil")
        shutil.copytree(stations[way].folder, profile.folder)
        ring.held.update(stations[way].held)
        station = open_station(profile, open_as_named(profile, OLD), FakeClock())
        open_now.append(station)
        sign_in(station, USERNAME, PASSWORD)
        return station, stations[way].code

    yield make
    for station in open_now:
        station.close()


def open_as_named(profile: Profile, *phrases: str) -> MasterKey:
    """Open as the program does at its start: the way that `station.json` names, and nothing else."""
    facts = station_file.load(profile)
    if facts.key_way == KEYRING:
        return vault.open_with_keyring(facts.station_id)
    for phrase in phrases:
        try:
            return vault.open_with_passphrase(profile, facts.station_id, phrase)
        except WrongPassphrase:
            continue
    raise AssertionError("no phrase opens the station")


def changes_of(way: str) -> dict[str, Callable[[StationKeys], object]]:
    changes: dict[str, Callable[[StationKeys], object]] = {
        "use_passphrase": lambda keys: keys.use_passphrase(PASSWORD, NEW)
    }
    if way == PASSPHRASE:
        changes["use_keyring"] = lambda keys: keys.use_keyring(PASSWORD)
    return changes


CHANGES = [(way, name) for way in (KEYRING, PASSPHRASE) for name in changes_of(way)]
STEPS = {
    "use_passphrase": (
        (vault, "change_passphrase"),
        (vault, "open_with_passphrase"),
        (station_file, "save"),
        (vault, "forget_in_keyring"),
    ),
    "use_keyring": (
        (vault, "keep_in_keyring"),
        (vault, "open_with_keyring"),
        (station_file, "save"),
        (vault, "drop_passphrase"),
    ),
}
CRASHES = [
    pytest.param(way, change, module, step, id=f"{way}-{change}-{step}")
    for way, change in CHANGES
    for module, step in STEPS[change]
]


class Crash(BaseException):
    """The power went."""


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("way", "change", "module", "step"), CRASHES)
def test_a_crash_before_or_after_any_step_leaves_a_station_that_opens(
    opened: Callable[[str], tuple[Station, str]],
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    change: str,
    module: ModuleType,
    step: str,
    after: bool,
) -> None:
    station, code = opened(way)
    real = getattr(module, step)

    def crashes(*arguments: Any) -> None:
        if after:
            real(*arguments)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(module, step, crashes)
        with pytest.raises(Crash):
            changes_of(way)[change](StationKeys(station))

    facts = station_file.load(station.profile)
    assert open_as_named(station.profile, OLD, NEW) == station.master
    assert vault.open_with_recovery(station.profile, facts.station_id, code) == station.master

    changes_of(way)[change](StationKeys(station))
    assert not StationKeys(station).is_half_changed()
    assert open_as_named(station.profile, NEW) == station.master


@pytest.mark.parametrize(("way", "change"), CHANGES)
def test_a_full_disk_at_any_write_leaves_a_station_that_opens(
    opened: Callable[[str], tuple[Station, str]], monkeypatch: pytest.MonkeyPatch, way: str, change: str
) -> None:
    station, _ = opened(way)
    for writes in range(3):
        left = iter(range(writes))

        def no_room(path: Path, data: bytes, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise OSError(28, "No space left on device")
            write_atomically(path, data)

        with monkeypatch.context() as patch:
            patch.setattr(vault, "write_atomically", no_room)
            patch.setattr(station_file, "write_atomically", no_room)
            with suppress(Unavailable):
                changes_of(way)[change](StationKeys(station))
        assert open_as_named(station.profile, OLD, NEW) == station.master


def test_the_keyring_forgets_the_key_and_the_old_phrase_opens_nothing(
    opened: Callable[[str], tuple[Station, str]], ring: Ring
) -> None:
    station, _ = opened(KEYRING)
    keys = StationKeys(station)

    assert keys.use_passphrase(PASSWORD, NEW) is True
    assert (keys.way(), ring.held) == (PASSPHRASE, {})

    keys.use_keyring(PASSWORD)
    assert keys.way() == KEYRING
    assert list(ring.held.values())
    assert vault.ways_of(station.profile) == {vault.RECOVERY}

    facts = station_file.load(station.profile)
    with pytest.raises(AtalayaError):
        vault.open_with_passphrase(station.profile, facts.station_id, NEW)


def test_a_keyring_that_is_away_changes_nothing_or_is_said(
    opened: Callable[[str], tuple[Station, str]], ring: Ring
) -> None:
    station, _ = opened(KEYRING)
    keys = StationKeys(station)

    ring.is_away = True
    assert keys.use_passphrase(PASSWORD, NEW) is False
    ring.is_away = False
    assert keys.is_half_changed()
    ring.is_away = True
    with pytest.raises(KeyringUnavailable):
        keys.use_keyring(PASSWORD)

    assert keys.way() == PASSPHRASE
    assert open_as_named(station.profile, NEW) == station.master


@pytest.mark.parametrize("phrase", ["corta", "a" * 40])
def test_a_weak_phrase_changes_nothing_and_leaves_no_note(
    opened: Callable[[str], tuple[Station, str]], phrase: str
) -> None:
    station, _ = opened(PASSPHRASE)

    with pytest.raises(FieldError) as caught:
        StationKeys(station).use_passphrase(PASSWORD, phrase)

    assert caught.value.field == "passphrase"
    assert open_as_named(station.profile, OLD) == station.master
    assert noted(station) == []


def test_a_wrong_password_of_the_person_changes_nothing(
    opened: Callable[[str], tuple[Station, str]],
) -> None:
    station, code = opened(PASSPHRASE)
    keys = StationKeys(station)

    for change in (
        lambda: keys.use_passphrase("no es esa", NEW),
        lambda: keys.use_keyring("no es esa"),
        lambda: keys.draft_code("no es esa"),
    ):
        with pytest.raises(FieldError) as caught:
            change()
        assert caught.value.field == "password"

    facts = station_file.load(station.profile)
    assert open_as_named(station.profile, OLD) == station.master
    assert vault.open_with_recovery(station.profile, facts.station_id, code) == station.master


def test_who_does_not_administer_changes_nothing(opened: Callable[[str], tuple[Station, str]]) -> None:
    station, _ = opened(PASSPHRASE)
    keys = StationKeys(station)
    code = keys.draft_code(PASSWORD)

    for actor in (somebody(Role.SHIFT_SUPERVISOR), somebody(Role.AUDITOR), None):
        station.seat(actor)
        for change in (
            keys.way,
            lambda: keys.use_passphrase(PASSWORD, NEW),
            lambda: keys.use_keyring(PASSWORD),
            lambda: keys.draft_code(PASSWORD),
            lambda: keys.keep_code(code, code),
        ):
            with pytest.raises(NotAllowed):
                change()


def test_a_new_code_opens_only_after_it_was_copied_from_the_paper(
    opened: Callable[[str], tuple[Station, str]],
) -> None:
    station, old = opened(PASSPHRASE)
    keys, facts = StationKeys(station), station_file.load(station.profile)

    new = keys.draft_code(PASSWORD)
    with pytest.raises(FieldError) as caught:
        keys.keep_code(new, new[:-1])
    assert caught.value.field == "typed"
    assert vault.open_with_recovery(station.profile, facts.station_id, old) == station.master

    keys.keep_code(new, new.lower().replace("-", " "))

    assert vault.open_with_recovery(station.profile, facts.station_id, new) == station.master
    with pytest.raises(WrongPassphrase):
        vault.open_with_recovery(station.profile, facts.station_id, old)


def test_each_change_is_in_the_journal_and_no_secret_is(
    opened: Callable[[str], tuple[Station, str]],
) -> None:
    station, _ = opened(PASSPHRASE)
    keys = StationKeys(station)
    keys.use_passphrase(PASSWORD, NEW)
    keys.use_keyring(PASSWORD)
    code = keys.draft_code(PASSWORD)
    keys.keep_code(code, code)

    assert noted(station) == ["keys.use_passphrase", "keys.use_keyring", "keys.recovery_code"]
    bodies = station.read_as(
        station.system,
        lambda ctx: b"".join(ctx.session.scalars(text("SELECT body FROM journal"))),
    ).result()
    for secret in (NEW, PASSWORD, code, vault.plain_code(code)):
        assert secret.encode() not in bodies


def noted(station: Station) -> list[str]:
    return station.read_as(
        station.system,
        lambda ctx: list(
            ctx.session.scalars(
                text("SELECT operation FROM journal WHERE operation LIKE 'keys.%' ORDER BY n")
            )
        ),
    ).result()
