"""When a backup is due, and what a failure does to the next one."""

from datetime import timedelta
from pathlib import Path

import pytest

from desktop.core.clock import SANTIAGO
from desktop.core.errors import Unavailable
from desktop.core.paths import Profile
from desktop.core.setting_list import BACKUP_EVERY_H, BACKUP_KEEP_DAYS, BACKUP_KEEP_MONTHS, BACKUP_KEEP_WEEKS
from desktop.core.settings import Scope, Settings
from desktop.core.vault import MasterKey
from desktop.jobs.backups import RETRY, BackupJob
from desktop.operations.backups import Made
from desktop.operations.settings import KeptTexts
from tests.support.clock import FakeClock
from tests.support.desk import DictMemory


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def job(tmp_path: Path, clock: FakeClock) -> BackupJob:
    profile = Profile(tmp_path)
    profile.prepare()

    def make(profile: Profile, _master: MasterKey, _now: object) -> Made:
        at = clock.now()
        path = profile.backups / at.astimezone(SANTIAGO).strftime("atalaya-%Y%m%d-%H%M%S.atb")
        path.write_bytes(b"x")
        return Made(path, 1, 0, at)

    return BackupJob(
        profile, MasterKey(bytes(32)), clock, Settings({Scope.MACHINE: KeptTexts(DictMemory(), "")}), make
    )


def test_a_station_without_a_backup_makes_one_and_then_waits(job: BackupJob, clock: FakeClock) -> None:
    assert job.run() is not None
    assert job.run() is None

    clock.advance(timedelta(hours=4).total_seconds() - 1)
    assert job.run() is None
    clock.advance(1)
    assert job.run() is not None


def test_the_hours_between_backups_are_those_of_the_preferences(job: BackupJob, clock: FakeClock) -> None:
    job.settings.put(BACKUP_EVERY_H, 1)
    job.run()

    clock.advance(timedelta(hours=1).total_seconds())

    assert job.run() is not None


def test_the_job_keeps_as_many_backups_as_the_preferences_say(job: BackupJob, clock: FakeClock) -> None:
    for setting, count in ((BACKUP_KEEP_DAYS, 2), (BACKUP_KEEP_WEEKS, 0), (BACKUP_KEEP_MONTHS, 0)):
        job.settings.put(setting, count)

    for _ in range(6):
        job.run()
        clock.advance(timedelta(days=1).total_seconds())

    assert len(list(job.profile.backups.iterdir())) == 2


def test_a_clock_that_was_set_back_does_not_stop_the_backups(job: BackupJob, clock: FakeClock) -> None:
    job.run()
    clock.jump(-timedelta(days=2).total_seconds())

    assert job.is_due()


def test_under_a_clock_that_was_set_back_a_year_one_is_made_every_few_hours_and_no_more(
    job: BackupJob, clock: FakeClock
) -> None:
    job.run()
    clock.jump(-timedelta(days=365).total_seconds())
    made = 0

    for _ in range(24 * 12):
        made += job.run() is not None
        clock.advance(timedelta(minutes=5).total_seconds())

    assert made == 6


def test_a_failure_before_the_clock_was_set_back_is_not_waited_for_until_it_comes_again(
    job: BackupJob, clock: FakeClock
) -> None:
    working = job.make

    def fail(_profile: Profile, _master: MasterKey, _now: object) -> Made:
        raise Unavailable("no hay espacio")

    job.make = fail
    with pytest.raises(Unavailable):
        job.run()
    job.make = working
    clock.jump(-timedelta(days=365).total_seconds())

    assert job.run() is not None


def test_after_a_failure_it_is_tried_again_but_not_at_once(job: BackupJob, clock: FakeClock) -> None:
    working = job.make

    def no_room(*_: object) -> Made:
        raise Unavailable("No hay espacio.")

    job.make = no_room
    with pytest.raises(Unavailable):
        job.run()
    assert job.run() is None

    job.make = working
    clock.advance(RETRY.total_seconds())
    assert job.run() is not None
